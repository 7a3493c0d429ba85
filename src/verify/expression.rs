//! Reads expressions, token by token and without recursion: what may stand where, and nothing else.
//!
//! What matters is where an expression ends. `AND` belongs to a `BETWEEN` or a `CASE` that is open, so
//! that no conjunct that is looked for can hide inside another expression.

use crate::dialect::Dialect;
use crate::expr::functions;
use crate::expr::lex::{Operator, TokenKind};
use crate::value::DataType;

use super::reader::{Read, Reader, failure};

/// The types of casts.
const TYPES: [&str; 18] = [
    "bigint",
    "boolean",
    "date",
    "integer",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "real",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
    // SQLite spells its own in upper case; they are the same words but for this one.
    "blob",
    "double",
];

/// The fields of `EXTRACT`.
const FIELDS: [&str; 13] = [
    "year", "quarter", "month", "week", "day", "hour", "minute", "second", "dow", "isodow", "doy",
    "epoch", "isoyear",
];

/// The words in front of a string that make it a constant of a type.
const CONSTANTS: [&str; 5] = ["interval", "date", "timestamp", "timestamptz", "time"];

/// What is open around the current place of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Parentheses around one expression.
    Group,
    /// The arguments of a call, or the values of `IN`.
    List,
    /// `WITHIN GROUP (ORDER BY`.
    Order,
    /// `CAST(`.
    Cast,
    Case,
    /// `BETWEEN`, up to its `AND`.
    Between,
}

/// What follows an operand.
enum Next {
    /// Something that needs another operand.
    Operand,
    /// Something that does not.
    Operator,
    /// Nothing that belongs to the expression.
    End,
}

impl<'a> Reader<'a> {
    /// Reads one expression up to its end; an `AND` or `OR` outside of parentheses ends it.
    pub(super) fn expression(&mut self, alias: &str) -> Read<()> {
        let mut inside = Vec::new();
        let mut wants_operand = true;
        let mut is_behind_call = false;
        while let Some(token) = self.peek().copied() {
            if wants_operand {
                wants_operand = self.operand(&mut inside, alias)?;
                // Of the operands that end at once, only calls without arguments end in a parenthesis.
                let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
                is_behind_call = last.is_some_and(|last| last.kind == TokenKind::Close);
                continue;
            }
            let top = inside.last().copied();
            match self.behind_operand(&mut inside, is_behind_call)? {
                Next::Operand => wants_operand = true,
                Next::Operator => {
                    is_behind_call = token.kind == TokenKind::Close
                        && matches!(top, Some(Inside::List | Inside::Order));
                }
                Next::End => break,
            }
        }
        if wants_operand || !inside.is_empty() {
            return failure("an expression is not complete");
        }
        Ok(())
    }

    /// Reads an operand, or what stands in front of one; whether one is still wanted.
    fn operand(&mut self, inside: &mut Vec<Inside>, alias: &str) -> Read<bool> {
        let Some(token) = self.peek().copied() else {
            return failure("an expression is not complete");
        };
        match token.kind {
            TokenKind::Number | TokenKind::Text => {
                self.at += 1;
                Ok(false)
            }
            TokenKind::Placeholder => self.placeholder(false).map(|_| false),
            TokenKind::Operator(Operator::Minus | Operator::Plus) => {
                self.at += 1;
                Ok(true)
            }
            TokenKind::Open => {
                self.at += 1;
                if self.is_word("SELECT") {
                    return failure("a subselect stands where none may");
                }
                inside.push(Inside::Group);
                Ok(true)
            }
            TokenKind::Word | TokenKind::Quoted => {
                if self.kind_ahead(1) == Some(TokenKind::Dot) {
                    return self.column(alias).map(|_| false);
                }
                self.word_operand(inside)
            }
            _ => failure("the text is not of the form that the library writes"),
        }
    }

    /// A word that begins an operand: a constant, a `CASE`, or a call of a function of the list.
    fn word_operand(&mut self, inside: &mut Vec<Inside>) -> Read<bool> {
        let Some(token) = self.peek().copied() else {
            return failure("an expression is not complete");
        };
        let next = self.kind_ahead(1);
        let word = match token.kind {
            TokenKind::Quoted => token.content().into_owned(),
            _ => token.text.to_ascii_lowercase(),
        };
        let is_plain = token.kind == TokenKind::Word;
        self.at += 1;
        match word.as_str() {
            "null" | "true" | "false" if is_plain => return Ok(false),
            "not" if is_plain => return Ok(true),
            "case" if is_plain => {
                inside.push(Inside::Case);
                self.at += usize::from(self.is_word("WHEN"));
                return Ok(true);
            }
            _ => {}
        }
        if is_plain && CONSTANTS.contains(&word.as_str()) && next == Some(TokenKind::Text) {
            self.at += 1;
            return Ok(false);
        }
        let own = self.claim.functions.contains(&word);
        let known = own || is_plain && functions::is_printed(&word);
        if !known || next != Some(TokenKind::Open) {
            return failure(format!("the word `{word}` is not on the list"));
        }
        self.at += 1;
        if is_plain && word == "cast" {
            inside.push(Inside::Cast);
            return Ok(true);
        }
        if is_plain && word == "extract" {
            let is_field = self
                .peek()
                .is_some_and(|token| FIELDS.iter().any(|field| token.is_word(field)));
            if !is_field {
                return failure("what is extracted is not on the list");
            }
            self.at += 1;
            self.word("FROM")?;
            inside.push(Inside::Group);
            return Ok(true);
        }
        if self.is_kind(TokenKind::Operator(Operator::Star)) {
            self.at += 1;
            self.close()?;
            return Ok(false);
        }
        if self.is_kind(TokenKind::Close) {
            self.at += 1;
            return Ok(false);
        }
        self.at += usize::from(self.is_word("DISTINCT"));
        inside.push(Inside::List);
        Ok(true)
    }

    /// Reads what may stand behind an operand.
    fn behind_operand(&mut self, inside: &mut Vec<Inside>, is_behind_call: bool) -> Read<Next> {
        let Some(token) = self.peek().copied() else {
            return Ok(Next::End);
        };
        let top = inside.last().copied();
        match (token.kind, top) {
            (TokenKind::Close, Some(Inside::Group | Inside::List | Inside::Order)) => {
                inside.pop();
                self.at += 1;
                Ok(Next::Operator)
            }
            (TokenKind::Comma, Some(Inside::List)) => {
                self.at += 1;
                Ok(Next::Operand)
            }
            (TokenKind::Operator(Operator::Cast), _) => {
                self.at += 1;
                self.type_name().map(|()| Next::Operator)
            }
            (TokenKind::Operator(Operator::Equal), _)
                if self.token_ahead(1).is_some_and(|next| next.is_word("ANY")) =>
            {
                self.at += 2;
                self.open()?;
                self.placeholder(true)?;
                self.close()?;
                Ok(Next::Operator)
            }
            (TokenKind::Operator(_), _) => {
                self.at += 1;
                Ok(Next::Operand)
            }
            (TokenKind::Word, _) => self.word_behind(inside, is_behind_call),
            (_, None) => Ok(Next::End),
            _ => failure("the text is not of the form that the library writes"),
        }
    }

    fn word_behind(&mut self, inside: &mut Vec<Inside>, is_behind_call: bool) -> Read<Next> {
        let Some(token) = self.peek().copied() else {
            return Ok(Next::End);
        };
        let top = inside.last().copied();
        let start = self.at;
        self.at += 1;
        match (token.text.to_ascii_lowercase().as_str(), top) {
            ("and", Some(Inside::Between)) => {
                inside.pop();
                Ok(Next::Operand)
            }
            ("and" | "or", Some(Inside::Group | Inside::Case))
            | ("when" | "then" | "else", Some(Inside::Case)) => Ok(Next::Operand),
            ("end", Some(Inside::Case)) => {
                inside.pop();
                Ok(Next::Operator)
            }
            ("as", Some(Inside::Cast)) => {
                inside.pop();
                self.type_name()?;
                self.close()?;
                Ok(Next::Operator)
            }
            ("desc", Some(Inside::Order)) => Ok(Next::Operator),
            ("is", _) => self.test(),
            ("not", _) => {
                const NEGATED: [&str; 5] = ["in", "like", "ilike", "between", "glob"];
                if NEGATED.iter().any(|word| self.is_word(word)) {
                    Ok(Next::Operator)
                } else {
                    failure("`NOT` stands behind a value")
                }
            }
            ("between", _) => {
                inside.push(Inside::Between);
                Ok(Next::Operand)
            }
            ("like" | "ilike" | "glob", _) => Ok(Next::Operand),
            ("escape", _) => self.kind(TokenKind::Text).map(|()| Next::Operator),
            ("at", _) => {
                self.word("TIME")?;
                self.word("ZONE")?;
                Ok(Next::Operand)
            }
            ("in", _) => {
                if self
                    .token_ahead(1)
                    .is_some_and(|next| next.is_word("SELECT"))
                {
                    return self.listed().map(|()| Next::Operator);
                }
                self.open()?;
                inside.push(Inside::List);
                Ok(Next::Operand)
            }
            ("within", _) if is_behind_call => {
                self.word("GROUP")?;
                self.open()?;
                self.word("ORDER")?;
                self.word("BY")?;
                inside.push(Inside::Order);
                Ok(Next::Operand)
            }
            ("filter", _) if is_behind_call => {
                self.open()?;
                self.word("WHERE")?;
                inside.push(Inside::Group);
                Ok(Next::Operand)
            }
            (_, None) => {
                self.at = start;
                Ok(Next::End)
            }
            (word, _) => failure(format!("the word `{word}` is not expected")),
        }
    }

    /// What stands behind `IS`.
    fn test(&mut self) -> Read<Next> {
        self.at += usize::from(self.is_word("NOT"));
        if ["NULL", "TRUE", "FALSE", "UNKNOWN"]
            .iter()
            .any(|word| self.is_word(word))
        {
            self.at += 1;
            return Ok(Next::Operator);
        }
        if self.claim.plan.dialect == Dialect::Sqlite {
            return Ok(Next::Operand);
        }
        self.word("DISTINCT")?;
        self.word("FROM")?;
        Ok(Next::Operand)
    }

    /// A type of the list, with its size.
    fn type_name(&mut self) -> Read<()> {
        let known = self
            .peek()
            .is_some_and(|token| TYPES.iter().any(|name| token.is_word(name)));
        if !known {
            return failure("a cast is to a type that is not on the list");
        }
        let is_double = self.is_word("double");
        self.at += 1;
        if is_double {
            self.word("precision")?;
        }
        if self.is_kind(TokenKind::Open) {
            self.at += 1;
            self.kind(TokenKind::Number)?;
            if self.comma() {
                self.kind(TokenKind::Number)?;
            }
            self.close()?;
        }
        Ok(())
    }

    /// What stands behind `IN`: the values of a list.
    ///
    /// `(SELECT unnest($1::bigint[]))`, or `(SELECT value FROM json_each(?1))`.
    fn listed(&mut self) -> Read<()> {
        self.open()?;
        self.word("SELECT")?;
        if self.claim.plan.dialect == Dialect::Postgres {
            self.word("unnest")?;
            self.open()?;
            self.placeholder(true)?;
            self.close()?;
            return self.close();
        }
        let as_number = self.is_word("CAST");
        self.words(if as_number {
            "CAST(value AS NUMERIC) FROM json_each("
        } else {
            "value FROM json_each("
        })?;
        let (_, element) = self.placeholder(true)?;
        if as_number != (element == DataType::Decimal) {
            return failure("a list is compared as another type");
        }
        self.close()?;
        self.close()
    }

    /// A placeholder: a parameter, cast to its type. Gives the position of the parameter and the type.
    pub(super) fn placeholder(&mut self, as_list: bool) -> Read<(usize, DataType)> {
        let Some(token) = self.peek().copied() else {
            return failure("a placeholder was expected");
        };
        let dialect = self.claim.plan.dialect;
        let mark = if dialect == Dialect::Postgres {
            '$'
        } else {
            '?'
        };
        let number = token
            .text
            .strip_prefix(mark)
            .filter(|digits| !digits.starts_with('0'))
            .and_then(|digits| digits.parse::<usize>().ok());
        let Some(number) = number.filter(|_| token.kind == TokenKind::Placeholder) else {
            return failure("a placeholder was expected");
        };
        self.at += 1;
        let at = number.wrapping_sub(1);
        let Some((data_type, is_list)) = self.claim.types.get(at).copied() else {
            return failure("a placeholder has no parameter");
        };
        if is_list != as_list {
            return failure("a list stands where a value has to, or a value where a list has to");
        }
        // Parameters have their numbers by first use.
        if number > self.used + 1 {
            return failure("a parameter is used before the one in front of it");
        }
        self.used = self.used.max(number);
        if dialect == Dialect::Sqlite {
            return Ok((at, data_type));
        }
        self.kind(TokenKind::Operator(Operator::Cast))?;
        for word in data_type.postgres_cast().split(' ') {
            self.word(word)?;
        }
        if is_list {
            self.kind(TokenKind::OpenBracket)?;
            self.kind(TokenKind::CloseBracket)?;
        }
        Ok((at, data_type))
    }
}
