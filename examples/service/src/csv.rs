//! Values with commas between them (RFC 4180), safe to open in a spreadsheet.

use measurand::Value;

/// A cell: its text, and whether that came from somebody who could have written a formula there.
pub struct Cell {
    /// The text.
    pub text: String,
    /// Whether the value is a text: numbers and dates hold no formula, however they begin.
    pub is_foreign: bool,
}

/// The first line.
pub fn header<'h>(names: impl IntoIterator<Item = &'h str>) -> String {
    let mut out = String::new();
    let cells = names.into_iter().map(|name| Cell {
        text: name.to_owned(),
        is_foreign: true,
    });
    line(&mut out, cells);
    out
}

/// Appends a line.
pub fn line(out: &mut String, cells: impl IntoIterator<Item = Cell>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push(out, &cell);
    }
    out.push_str("\r\n");
}

/// A value as it is; nothing for a missing one.
pub fn plain(value: Option<&Value>) -> Cell {
    Cell {
        text: value.map(ToString::to_string).unwrap_or_default(),
        is_foreign: matches!(value, Some(Value::Text(_))),
    }
}

fn push(out: &mut String, cell: &Cell) {
    // Spreadsheets run text that begins so. In front of it an apostrophe says that it is text.
    let runs = ['=', '+', '-', '@', '\t', '\r'];
    let guard = if cell.is_foreign && cell.text.starts_with(runs) {
        "'"
    } else {
        ""
    };
    let has_marks = cell.text.contains([',', '"', '\r', '\n']);
    if has_marks {
        out.push('"');
        out.push_str(guard);
        out.push_str(&cell.text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(guard);
        out.push_str(&cell.text);
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, line};

    fn written(text: &str, is_foreign: bool) -> String {
        let mut out = String::new();
        let text = text.to_owned();
        line(&mut out, [Cell { text, is_foreign }]);
        out
    }

    #[test]
    fn marks_are_quoted_and_formulas_are_text() {
        assert_eq!(written("plain", true), "plain\r\n");
        assert_eq!(written("a,b", true), "\"a,b\"\r\n");
        assert_eq!(written("say \"so\"\n", true), "\"say \"\"so\"\"\n\"\r\n");
        assert_eq!(written("=1+1", true), "'=1+1\r\n");
        assert_eq!(written("@a,b", true), "\"'@a,b\"\r\n");
        assert_eq!(written("-1,5", false), "\"-1,5\"\r\n");
        assert_eq!(written("-5", false), "-5\r\n");
    }
}
