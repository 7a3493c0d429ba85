//! Reads a statement by the closed grammar of what the library writes.
//!
//! ```text
//! statement  WITH step {, step} result
//! step       name AS ( select )
//! select     SELECT item {, item} FROM rows [WHERE conjunct {AND conjunct}]
//!            [GROUP BY number {, number}] [fence]
//! rows       step-name AS alias | ( select ) AS alias | relation AS alias
//! result     SELECT column {, column} FROM step-name AS alias
//!            {LEFT JOIN ( select ) AS alias ON column = column}
//!            [WHERE conjunct {AND conjunct}] [ORDER BY item {, item}] [LIMIT n] [OFFSET n]
//! fence      OFFSET 0 | LIMIT -1 OFFSET 0
//! ```

use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::expr::lex::{Lexer, Operator, TextKind, Token, TokenKind};

use super::Claim;

/// A run of tokens, from the first up to but not including the second.
pub(super) type Run = (usize, usize);

/// What is being read.
pub(super) struct Reader<'a> {
    pub(super) claim: &'a Claim<'a>,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    /// The scans of the certificate that were met so far.
    pub(super) scans_met: usize,
    /// Which placeholders were met so far.
    pub(super) used: Vec<bool>,
    /// The steps read so far.
    steps: Vec<&'a str>,
}

/// What a `SELECT` reads from.
pub(super) enum Rows {
    Step,
    Guarded(Guarded),
    Relation(usize),
}

/// What is known of a subselect.
pub(super) struct Guarded {
    /// The scan of the certificate that it guards.
    pub(super) scan: usize,
    pub(super) is_fenced: bool,
    /// How many subselects stand between it and its relation.
    pub(super) depth: usize,
}

/// Where the names of columns may come from.
pub(super) type Aliases<'a> = Vec<&'a str>;

type Read<T> = Result<T, VerifyError>;

pub(super) fn failure<T>(reason: impl Into<String>) -> Read<T> {
    Err(VerifyError {
        reason: reason.into(),
    })
}

impl<'a> Reader<'a> {
    pub(super) fn new(claim: &'a Claim<'a>) -> Read<Self> {
        let mut tokens = Vec::with_capacity(claim.sql.len() / 4);
        for token in Lexer::new(claim.sql, TextKind::Statement) {
            match token {
                Ok(token) => tokens.push(token),
                Err(error) => return failure(format!("the text holds {}", error.reason)),
            }
        }
        Ok(Self {
            claim,
            tokens,
            at: 0,
            scans_met: 0,
            used: vec![false; claim.types.len()],
            steps: Vec::new(),
        })
    }

    /// Reads the whole text.
    pub(super) fn statement(mut self) -> Read<()> {
        self.word("WITH")?;
        loop {
            let name = self.name()?;
            self.word("AS")?;
            self.open()?;
            self.step()?;
            self.close()?;
            if self.steps.contains(&name) {
                return failure("two steps have one name");
            }
            self.steps.push(name);
            if !self.comma() {
                break;
            }
        }
        self.result()?;
        if self.at != self.tokens.len() {
            return failure("the text goes on behind the statement");
        }
        if self.scans_met != self.claim.certificate.scans.len() {
            return failure("a relation of the certificate is not read");
        }
        if self.used.contains(&false) {
            return failure("a parameter is not used");
        }
        Ok(())
    }

    /// A step reads an earlier step, or guarded rows.
    fn step(&mut self) -> Read<()> {
        let items = self.items()?;
        let mut aliases = Aliases::new();
        let rows = self.rows(&mut aliases)?;
        for item in items {
            self.expression(item, &aliases, false)?;
        }
        let conjuncts = self.conjuncts(&aliases)?;
        match rows {
            Rows::Relation(_) => return failure("a relation is read without a guard"),
            Rows::Guarded(guarded) if !conjuncts.is_empty() && !guarded.is_fenced => {
                return failure("a condition stands outside a guard without a fence");
            }
            Rows::Guarded(_) | Rows::Step => {}
        }
        self.group_by()?;
        self.fence()?;
        Ok(())
    }

    /// A subselect that guards a relation, directly or above a fence.
    pub(super) fn guarded(&mut self) -> Read<Guarded> {
        self.open()?;
        let items = self.items()?;
        let mut aliases = Aliases::new();
        let rows = self.rows(&mut aliases)?;
        for item in items {
            self.expression(item, &aliases, false)?;
        }
        let conjuncts = self.conjuncts(&aliases)?;
        let (scan, depth) = match rows {
            Rows::Relation(scan) => {
                self.check_inner(scan, &conjuncts)?;
                (scan, 0)
            }
            Rows::Guarded(inner) if inner.depth == 0 && inner.is_fenced => {
                self.check_outer(inner.scan, &conjuncts)?;
                (inner.scan, 1)
            }
            Rows::Guarded(_) => return failure("a guard stands above another one without a fence"),
            Rows::Step => return failure("a guard reads a step"),
        };
        self.group_by()?;
        let is_fenced = self.fence()?;
        self.close()?;
        Ok(Guarded {
            scan,
            is_fenced,
            depth,
        })
    }

    /// A guarded subselect that is complete: everything the certificate says holds inside.
    pub(super) fn complete_guard(&mut self) -> Read<Guarded> {
        let guarded = self.guarded()?;
        let Some(scan) = self.claim.certificate.scans.get(guarded.scan) else {
            return failure("a relation is read that the certificate does not list");
        };
        let has_outer = scan.rules.iter().any(|rule| rule.is_outer)
            || scan
                .base_filter
                .as_ref()
                .is_some_and(|filter| filter.is_outer);
        if has_outer && guarded.depth == 0 {
            return failure("what has to wait above a fence is not there");
        }
        if scan.is_fenced && !guarded.is_fenced && guarded.depth == 0 {
            return failure("a fence is missing");
        }
        Ok(guarded)
    }

    fn rows(&mut self, aliases: &mut Aliases<'a>) -> Read<Rows> {
        self.word("FROM")?;
        let rows = if self.is_open() {
            // A guard inside a guard is checked by the outer one.
            Rows::Guarded(self.guarded()?)
        } else if self.is_step() {
            self.at += 1;
            Rows::Step
        } else {
            Rows::Relation(self.relation()?)
        };
        self.word("AS")?;
        aliases.push(self.name()?);
        if let Rows::Guarded(guarded) = &rows {
            self.check_fence(guarded)?;
        }
        Ok(rows)
    }

    /// The fence that the certificate promises stands around the whole guard.
    pub(super) fn check_fence(&self, guarded: &Guarded) -> Read<()> {
        let promised = self
            .claim
            .certificate
            .scans
            .get(guarded.scan)
            .is_some_and(|scan| scan.is_fenced);
        if promised && !guarded.is_fenced {
            failure("a fence is missing")
        } else {
            Ok(())
        }
    }

    fn is_step(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == TokenKind::Word && self.steps.contains(&token.text))
    }

    /// The name of a relation; it has to be the next one of the certificate.
    fn relation(&mut self) -> Read<usize> {
        let start = self.at;
        self.name()?;
        if self
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Dot)
        {
            self.at += 1;
            self.name()?;
        }
        let text: String = self
            .run((start, self.at))
            .iter()
            .map(|token| token.text)
            .collect();
        let position = self.scans_met;
        match self.claim.certificate.scans.get(position) {
            Some(scan) if scan.relation == text => {
                self.scans_met += 1;
                Ok(position)
            }
            _ => failure(format!(
                "relation `{text}` is not the next one of the certificate"
            )),
        }
    }

    fn result(&mut self) -> Read<()> {
        let items = self.items()?;
        self.word("FROM")?;
        if !self.is_step() {
            return failure("the result does not read the last step");
        }
        let last = self.steps.last().copied();
        if self.peek().map(|token| token.text) != last {
            return failure("the result does not read the last step");
        }
        self.at += 1;
        self.word("AS")?;
        let mut aliases = vec![self.name()?];
        while self.is_word("LEFT") {
            self.at += 1;
            self.word("JOIN")?;
            let guarded = self.complete_guard()?;
            self.check_fence(&guarded)?;
            self.word("AS")?;
            let alias = self.name()?;
            if aliases.contains(&alias) {
                return failure("two joined subselects have one name");
            }
            aliases.push(alias);
            self.word("ON")?;
            self.column(&aliases)?;
            self.operator(Operator::Equal)?;
            self.column(&aliases)?;
        }
        self.check_columns(&items, &aliases)?;
        self.conjuncts(&aliases)?;
        self.order_by(&aliases)?;
        self.page()
    }

    /// The columns of the result are those of the metadata, each a plain column of a step or label.
    fn check_columns(&mut self, items: &[Run], aliases: &Aliases<'a>) -> Read<()> {
        let mut found = Vec::with_capacity(items.len());
        let behind = self.at;
        for (start, end) in items {
            self.at = *start;
            self.column(aliases)?;
            self.word("AS")?;
            let alias = self.tokens.get(self.at).map(|token| token.content());
            self.name()?;
            if self.at != *end {
                return failure("a column of the result is more than a column");
            }
            found.extend(alias);
        }
        self.at = behind;
        let same = found.len() == self.claim.aliases.len()
            && found
                .iter()
                .zip(self.claim.aliases)
                .all(|(found, alias)| found == alias);
        if same {
            Ok(())
        } else {
            failure("the columns are not those of the metadata")
        }
    }

    fn order_by(&mut self, aliases: &Aliases<'a>) -> Read<()> {
        if !self.is_word("ORDER") {
            return Ok(());
        }
        self.at += 1;
        self.word("BY")?;
        loop {
            self.column(aliases)?;
            if self.is_word("DESC") {
                self.at += 1;
            }
            self.word("NULLS")?;
            if !self.is_word("FIRST") {
                self.word("LAST")?;
            } else {
                self.at += 1;
            }
            if !self.comma() {
                return Ok(());
            }
        }
    }

    fn page(&mut self) -> Read<()> {
        let mut limited = false;
        if self.is_word("LIMIT") {
            self.at += 1;
            limited = true;
            if self
                .peek()
                .is_some_and(|token| token.kind == TokenKind::Placeholder)
            {
                self.placeholder()?;
            } else if self.claim.dialect == Dialect::Sqlite {
                self.operator(Operator::Minus)?;
                self.number("1")?;
                if !self.is_word("OFFSET") {
                    return failure("the limit is not a parameter");
                }
            } else {
                return failure("the limit is not a parameter");
            }
        }
        if self.is_word("OFFSET") {
            if !limited && self.claim.dialect == Dialect::Sqlite {
                return failure("SQLite needs a limit in front of an offset");
            }
            self.at += 1;
            self.placeholder()?;
        }
        Ok(())
    }

    /// The items of a select list, as runs of tokens; they are checked once the aliases are known.
    fn items(&mut self) -> Read<Vec<Run>> {
        self.word("SELECT")?;
        let mut items = Vec::new();
        loop {
            let start = self.at;
            self.skip_until(|reader| reader.is_word("FROM") || reader.is_comma())?;
            if start == self.at {
                return failure("a select list has an empty item");
            }
            items.push((start, self.at));
            if !self.comma() {
                return Ok(items);
            }
        }
    }

    /// The conjuncts behind `WHERE`, each checked.
    pub(super) fn conjuncts(&mut self, aliases: &Aliases<'a>) -> Read<Vec<Run>> {
        const ENDS: [&str; 5] = ["AND", "GROUP", "ORDER", "LIMIT", "OFFSET"];
        let mut conjuncts = Vec::new();
        if !self.is_word("WHERE") {
            return Ok(conjuncts);
        }
        loop {
            self.at += 1;
            let start = self.at;
            self.skip_until(|reader| ENDS.iter().any(|word| reader.is_word(word)))?;
            let end = self.at;
            if start == end
                || self
                    .run((start, end))
                    .iter()
                    .any(|token| token.is_word("OR"))
                    && { self.has_top_level_or((start, end)) }
            {
                return failure("a condition is not a conjunction");
            }
            self.expression((start, end), aliases, true)?;
            self.at = end;
            conjuncts.push((start, end));
            if !self.is_word("AND") {
                return Ok(conjuncts);
            }
        }
    }

    fn has_top_level_or(&self, run: Run) -> bool {
        let mut depth = 0usize;
        for token in self.run(run) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                TokenKind::Word if depth == 0 && token.is_word("OR") => return true,
                _ => {}
            }
        }
        false
    }

    /// Moves to the first token outside parentheses for which `ends` holds, or to the end of them.
    fn skip_until(&mut self, ends: impl Fn(&Self) -> bool) -> Read<()> {
        let mut depth = 0usize;
        while let Some(token) = self.peek() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close if depth == 0 => return Ok(()),
                TokenKind::Close => depth -= 1,
                _ if depth == 0 && ends(self) => return Ok(()),
                _ => {}
            }
            self.at += 1;
        }
        if depth == 0 {
            Ok(())
        } else {
            failure("a parenthesis is not closed")
        }
    }

    fn group_by(&mut self) -> Read<()> {
        if !self.is_word("GROUP") {
            return Ok(());
        }
        self.at += 1;
        self.word("BY")?;
        let mut position = 1;
        loop {
            self.number(&position.to_string())?;
            if !self.comma() {
                return Ok(());
            }
            position += 1;
        }
    }

    /// Whether a fence stands here.
    fn fence(&mut self) -> Read<bool> {
        if self.claim.dialect == Dialect::Sqlite && self.is_word("LIMIT") {
            self.at += 1;
            self.operator(Operator::Minus)?;
            self.number("1")?;
        }
        if !self.is_word("OFFSET") {
            return Ok(false);
        }
        self.at += 1;
        self.number("0")?;
        Ok(true)
    }

    /// A column behind an alias that is known here.
    fn column(&mut self, aliases: &Aliases<'a>) -> Read<()> {
        let alias = self.name()?;
        let dotted = self
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Dot);
        if !dotted || !aliases.contains(&alias) {
            return failure("a column does not name where it comes from");
        }
        self.at += 1;
        self.name()?;
        Ok(())
    }

    pub(super) fn run(&self, (start, end): Run) -> &[Token<'a>] {
        self.tokens.get(start..end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    pub(super) fn word(&mut self, word: &str) -> Read<()> {
        if !self.is_word(word) {
            return failure(format!("`{word}` was expected"));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn name(&mut self) -> Read<&'a str> {
        match self.tokens.get(self.at) {
            Some(token) if matches!(token.kind, TokenKind::Word | TokenKind::Quoted) => {
                self.at += 1;
                Ok(token.text)
            }
            _ => failure("a name was expected"),
        }
    }

    fn number(&mut self, number: &str) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Number && token.text == number => {
                self.at += 1;
                Ok(())
            }
            _ => failure(format!("`{number}` was expected")),
        }
    }

    fn operator(&mut self, operator: Operator) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Operator(operator) => {
                self.at += 1;
                Ok(())
            }
            _ => failure("another operator was expected"),
        }
    }

    fn is_open(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == TokenKind::Open)
    }

    pub(super) fn open(&mut self) -> Read<()> {
        self.kind(TokenKind::Open)
    }

    pub(super) fn close(&mut self) -> Read<()> {
        self.kind(TokenKind::Close)
    }

    pub(super) fn kind(&mut self, kind: TokenKind) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == kind => {
                self.at += 1;
                Ok(())
            }
            _ => failure("the text is not of the form that the library writes"),
        }
    }

    fn is_comma(&self) -> bool {
        self.peek()
            .is_some_and(|token| token.kind == TokenKind::Comma)
    }

    fn comma(&mut self) -> bool {
        let found = self.is_comma();
        self.at += usize::from(found);
        found
    }
}
