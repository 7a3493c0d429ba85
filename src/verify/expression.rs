//! Checks expressions: words from a closed list, columns of known rows, typed placeholders.

use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::expr::lex::{Operator, TokenKind};

use super::reader::{Aliases, Reader, Run, failure};

/// The words that may stand in an expression beside columns, functions and types.
const WORDS: [&str; 36] = [
    "and",
    "or",
    "not",
    "is",
    "null",
    "true",
    "false",
    "unknown",
    "distinct",
    "from",
    "between",
    "in",
    "like",
    "ilike",
    "glob",
    "escape",
    "case",
    "when",
    "then",
    "else",
    "end",
    "any",
    "as",
    "at",
    "time",
    "zone",
    "interval",
    "date",
    "timestamp",
    "timestamptz",
    "filter",
    "where",
    "within",
    "group",
    "order",
    "by",
];

/// Words in front of a parenthesis that are no functions.
const OPENERS: [&str; 14] = [
    "any", "in", "and", "or", "not", "when", "then", "else", "case", "filter", "group", "is",
    "like", "where",
];

/// The words of types, behind `::` or `AS`.
const TYPES: [&str; 22] = [
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "real",
    "double",
    "precision",
    "text",
    "varchar",
    "boolean",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
    "json",
    "jsonb",
    "uuid",
    "without",
    "with",
    "zone",
    "int",
];

/// The fields of `EXTRACT`.
const FIELDS: [&str; 14] = [
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "dow", "isodow", "doy",
    "epoch", "isoyear", "decade",
];

impl<'a> Reader<'a> {
    /// Checks an expression; a subselect in it is one of the two forms that exist, where allowed.
    pub(super) fn expression(
        &mut self,
        (start, end): Run,
        aliases: &Aliases<'a>,
        may_search: bool,
    ) -> Result<(), VerifyError> {
        let behind = self.at;
        self.at = start;
        let mut depth = 0usize;
        while self.at < end {
            let Some(token) = self.tokens.get(self.at).copied() else {
                break;
            };
            match token.kind {
                TokenKind::Placeholder => {
                    self.placeholder()?;
                    continue;
                }
                TokenKind::Open => {
                    depth += 1;
                    if self
                        .tokens
                        .get(self.at + 1)
                        .is_some_and(|next| next.is_word("SELECT"))
                    {
                        if !may_search {
                            return failure("a subselect stands where none may");
                        }
                        self.search()?;
                        depth -= 1;
                        continue;
                    }
                }
                TokenKind::Close => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return failure("a parenthesis closes nothing"),
                },
                TokenKind::Word | TokenKind::Quoted => {
                    self.check_word(aliases)?;
                    continue;
                }
                TokenKind::Template | TokenKind::Dot => {
                    return failure("the text is not of the form that the library writes");
                }
                TokenKind::Number
                | TokenKind::Text
                | TokenKind::Operator(_)
                | TokenKind::OpenBracket
                | TokenKind::CloseBracket
                | TokenKind::Comma => {}
            }
            self.at += 1;
        }
        if depth != 0 || self.at != end {
            return failure("a parenthesis is not closed");
        }
        self.at = behind;
        Ok(())
    }

    /// A word is a column behind a known alias, a function of the list, a type, an alias of the
    /// select list, or a word of the list.
    fn check_word(&mut self, aliases: &Aliases<'a>) -> Result<(), VerifyError> {
        let Some(token) = self.tokens.get(self.at).copied() else {
            return Ok(());
        };
        let next = self.tokens.get(self.at + 1).map(|next| next.kind);
        if next == Some(TokenKind::Dot) {
            if !aliases.contains(&token.text) {
                return failure("a column comes from rows that are not read here");
            }
            self.at += 2;
            self.name()?;
            return Ok(());
        }
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let is_named = before.is_some_and(|before| before.is_word("AS"));
        self.at += 1;
        if token.kind == TokenKind::Quoted {
            return if is_named {
                Ok(())
            } else {
                failure("a quoted name stands alone")
            };
        }
        let word = token.text.to_ascii_lowercase();
        let is_cast =
            before.is_some_and(|before| before.kind == TokenKind::Operator(Operator::Cast));
        let known = is_named
            || is_cast && TYPES.contains(&word.as_str())
            || word == "precision" && before.is_some_and(|before| before.is_word("double"))
            || match next {
                Some(TokenKind::Open) => {
                    OPENERS.contains(&word.as_str()) || self.is_function(&word)
                }
                _ => WORDS.contains(&word.as_str()) || FIELDS.contains(&word.as_str()),
            };
        if known {
            Ok(())
        } else {
            failure(format!("the word `{word}` is not on the list"))
        }
    }

    fn is_function(&self, word: &str) -> bool {
        crate::expr::functions::is_printed(word)
            || self.claim.functions.iter().any(|function| function == word)
    }

    /// `(SELECT unnest($1::bigint[]))`, `(SELECT value FROM json_each(?1))` with decimals as
    /// `CAST(value AS NUMERIC)`, or a search of labels:
    /// `(SELECT s.key FROM (guarded lookup) AS s WHERE conjunct)`.
    fn search(&mut self) -> Result<(), VerifyError> {
        self.open()?;
        self.word("SELECT")?;
        if self.is_word("unnest") && self.claim.dialect == Dialect::Postgres {
            self.at += 1;
            self.open()?;
            self.placeholder()?;
            self.close()?;
            return self.close();
        }
        let is_cast = self.is_word("CAST");
        if (is_cast || self.is_word("value")) && self.claim.dialect == Dialect::Sqlite {
            if is_cast {
                self.at += 1;
                self.open()?;
            }
            self.word("value")?;
            if is_cast {
                self.word("AS")?;
                self.word("NUMERIC")?;
                self.close()?;
            }
            self.word("FROM")?;
            self.word("json_each")?;
            self.open()?;
            self.placeholder()?;
            self.close()?;
            return self.close();
        }
        let alias = self.name()?;
        self.kind(TokenKind::Dot)?;
        self.word("key")?;
        self.word("FROM")?;
        let guarded = self.complete_guard()?;
        self.check_fence(&guarded)?;
        self.word("AS")?;
        if self.name()? != alias {
            return failure("a search reads other rows than it names");
        }
        let aliases = vec![alias];
        self.conjuncts(&aliases)?;
        self.close()
    }

    /// A placeholder: the number of a parameter, cast to the type of its parameter.
    pub(super) fn placeholder(&mut self) -> Result<(), VerifyError> {
        let Some(token) = self.tokens.get(self.at).copied() else {
            return failure("a placeholder was expected");
        };
        let mark = if self.claim.dialect == Dialect::Postgres {
            '$'
        } else {
            '?'
        };
        let number = token
            .text
            .strip_prefix(mark)
            .and_then(|digits| digits.parse::<usize>().ok());
        let Some(number) = number.filter(|_| token.kind == TokenKind::Placeholder) else {
            return failure("a placeholder was expected");
        };
        self.at += 1;
        let at = number.wrapping_sub(1);
        let Some((data_type, is_list)) = self.claim.types.get(at).copied() else {
            return failure("a placeholder has no parameter");
        };
        if let Some(used) = self.used.get_mut(at) {
            *used = true;
        }
        if self.claim.dialect == Dialect::Sqlite {
            return Ok(());
        }
        self.kind(TokenKind::Operator(Operator::Cast))?;
        for word in data_type.postgres_cast().split(' ') {
            self.word(word)?;
        }
        if is_list {
            self.kind(TokenKind::OpenBracket)?;
            self.kind(TokenKind::CloseBracket)?;
        }
        Ok(())
    }
}
