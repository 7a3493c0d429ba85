//! Paths: the place that an error points at.

use std::fmt;
use std::ops::Range;

/// The longest part of a foreign name that a path or a message repeats, in characters.
const MAX_ECHO: usize = 100;

/// The place of an error, such as `request.filters.and[0].op` or `catalog.metrics.revenue.filter`,
/// with the range of bytes inside an expression's text where there is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    text: String,
    span: Option<(usize, usize)>,
}

impl Path {
    /// The place as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The range of bytes in the expression's text at that place, if the error is inside one.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.map(|(start, end)| start..end)
    }

    /// The document that the place is in.
    pub(crate) fn document(&self) -> Self {
        let name = self.text.split(['.', '[']).next();
        Self {
            text: name.unwrap_or_default().to_owned(),
            span: None,
        }
    }

    /// A place inside of this one, such as `chart.series[0]`.
    pub(crate) fn inside(&self, rest: &str) -> Self {
        Self {
            text: format!("{}.{rest}", self.text),
            span: None,
        }
    }

    /// The same place where what is `from` in this document is `to` in another; nothing where the place
    /// is not inside of `from`.
    pub(crate) fn moved(&self, from: &str, to: &str) -> Option<Self> {
        let rest = self.text.strip_prefix(from)?;
        let is_inside = rest.is_empty() || rest.starts_with(['.', '[']);
        is_inside.then(|| Self {
            text: format!("{to}{rest}"),
            span: self.span,
        })
    }

    /// The same place, narrowed to a range of bytes in its text.
    pub(crate) fn with_span(mut self, span: Range<usize>) -> Self {
        self.span = Some((span.start, span.end));
        self
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        if let Some((start, end)) = self.span {
            write!(f, "@{start}..{end}")?;
        }
        Ok(())
    }
}

impl serde::Serialize for Path {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A place while walking down a document: costs nothing until an error needs it.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The top of a document: `catalog`, `request` or `context`.
    pub(crate) const fn root(name: &'a str) -> Self {
        Self {
            parent: None,
            step: Step::Key(name),
        }
    }

    /// The member `key` of this place.
    pub(crate) fn key<'b>(&'b self, key: &'b str) -> At<'b> {
        At {
            parent: Some(self),
            step: Step::Key(key),
        }
    }

    /// The element `index` of this place.
    pub(crate) fn index(&self, index: usize) -> At<'_> {
        At {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// The place as an owned path.
    pub(crate) fn path(&self) -> Path {
        let mut text = String::new();
        self.write(&mut text);
        Path { text, span: None }
    }

    fn write(&self, out: &mut String) {
        // Depth is bounded by the limit on the depth of documents, so this loop is short.
        let mut steps = vec![self.step];
        let mut above = self.parent;
        while let Some(at) = above {
            steps.push(at.step);
            above = at.parent;
        }
        for step in steps.iter().rev() {
            match step {
                Step::Key(key) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(&echo(key));
                }
                Step::Index(index) => {
                    out.push('[');
                    out.push_str(&index.to_string());
                    out.push(']');
                }
            }
        }
    }
}

/// A foreign name made fit for a message: short, and without control characters. Messages put names
/// between backticks, and so none is left inside.
pub(crate) fn echo(name: &str) -> String {
    let mut out: String = name
        .chars()
        .take(MAX_ECHO)
        .map(|c| match c {
            '`' => '\'',
            c if c.is_control() || is_invisible(c) => '\u{fffd}',
            c => c,
        })
        .collect();
    if name.chars().nth(MAX_ECHO).is_some() {
        out.push('…');
    }
    out
}

/// Characters that reorder the text around them, end its line, or show nothing.
///
/// # Source
/// Unicode 15.1, `DerivedCoreProperties.txt`, `Default_Ignorable_Code_Point`, and the format characters
/// that are not among them.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::{At, echo};

    #[test]
    fn reads_from_the_top() {
        let root = At::root("request");
        let filters = root.key("filters");
        let and = filters.key("and");
        assert_eq!(
            and.index(2).key("op").path().as_str(),
            "request.filters.and[2].op"
        );
    }

    #[test]
    fn foreign_names_are_short_and_plain() {
        assert_eq!(echo("a\nb\u{202e}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(echo("a`b\u{61c}c\u{e0041}"), "a'b\u{fffd}c\u{fffd}");
        assert_eq!(echo(&"x".repeat(200)).chars().count(), 101);
    }
}
