//! `Yes/No`: a word for true and one for false.

use std::fmt;

use super::PatternError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BooleanPattern {
    yes: Box<str>,
    no: Box<str>,
}

impl BooleanPattern {
    pub(super) fn parse(text: &str) -> Result<Self, PatternError> {
        const HELP: &str = "write the word for true, a slash and the word for false";
        let whole = 0..text.len();
        let Some((yes, no)) = text.split_once('/') else {
            return Err(
                PatternError::new(whole, "one word where two are told apart").with_help(HELP),
            );
        };
        if let Some(at) = no.find('/') {
            let at = yes.len() + 1 + at;
            return Err(PatternError::new(at..at + 1, "a second slash").with_help(HELP));
        }
        if yes == no {
            return Err(PatternError::new(
                whole,
                "the same word for true and for false",
            ));
        }
        Ok(Self {
            yes: yes.into(),
            no: no.into(),
        })
    }

    pub(super) fn write(&self, truth: bool) -> &str {
        if truth { &self.yes } else { &self.no }
    }
}

impl fmt::Display for BooleanPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.yes, self.no)
    }
}
