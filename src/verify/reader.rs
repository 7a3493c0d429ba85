//! Reads a statement by the closed grammar of what the library writes.
//!
//! ```text
//! statement  WITH [passing,] [top,] grouped AS ( groups ) {, grouped_2 AS ( groups )} [, combined AS ( union )]
//!            [, filled AS ( gaps )] {, derived AS ( level )} [, placed AS ( standing )] [, pivoted AS ( pivot )]
//!            result
//! groups     SELECT columns FROM rows [GROUP BY 1 {, n}] | picked
//! running    summed AS ( groups ), grouped AS ( SELECT b.name AS name {, ..} FROM ( SELECT u.name AS name,
//!            sum(max(u.name)) OVER ([PARTITION BY u.name {, ..}] ORDER BY u.name) AS name {, ..} FROM ( SELECT
//!            g.name AS name {, ..} FROM summed AS g UNION ALL SELECT w.period AS name, k.name AS name, NULL AS
//!            name {, ..} FROM windows [CROSS JOIN combinations AS k] ) AS u GROUP BY 1 {, n} ) AS b WHERE b.name = 1 )
//! overlap    summed AS ( groups ), grouped AS ( SELECT b.period AS name, g.name AS name, sum(g.name) AS name {, ..}
//!            FROM summed AS g JOIN ( SELECT d.day AS day, w.period AS period FROM ( SELECT g.name AS day FROM summed
//!            AS g GROUP BY 1 ) AS d JOIN windows ON conjuncts ) AS b ON b.day = g.name GROUP BY 1 {, n} )
//! rows       rows of a guard | sums (`summed.rs`) [JOIN windows AS w ON conjuncts] [of passing] [of top] [WHERE conjuncts]
//! picked     SELECT b.name AS name, max(b.name) AS name {, ..} FROM ( SELECT d.name AS name {, ..},
//!            max(d.name) OVER ([PARTITION BY d.name {, ..}]) AS name FROM ( SELECT columns FROM rows
//!            GROUP BY 1 {, n} ) AS d ) AS b WHERE b.name = b.name [GROUP BY 1 {, n}]
//! columns    expression AS name {, ..} | count(*) AS present
//! union      SELECT u.name AS name, max(u.name) AS name {, ..} FROM ( both ) AS u [GROUP BY 1 {, n}]
//! both       SELECT g.name AS name, NULL AS name {, ..} FROM step AS g | the same of ( both ) AS u
//!            UNION ALL SELECT g.name AS name, NULL AS name {, ..} FROM step AS g
//! gaps       SELECT u.name AS name, max(u.name) AS name {, ..} FROM ( SELECT g.name AS name {, ..}
//!            FROM step AS g UNION ALL SELECT s.period AS name, k.name AS name, NULL AS name {, ..}
//!            FROM ( periods ) AS s [CROSS JOIN ( SELECT g.name AS name {, ..} FROM step AS g
//!            GROUP BY 1 {, n} ) AS k] ) AS u GROUP BY 1 {, n}
//! level      SELECT expression AS name {, ..} FROM step AS g [fence]
//! pivot      SELECT g.name AS name {, ..}, max(CASE WHEN g.name = 1 THEN g.name END) AS name {, ..} FROM step AS g
//!            [GROUP BY 1 {, n}]
//! result     SELECT g.name AS alias {, ..} | count(*) AS count FROM step AS g
//!            {LEFT JOIN guard AS l1 ON l1.key = g.name}
//!            [WHERE conjuncts] [ORDER BY column [DESC] NULLS LAST {, ..}] [LIMIT $n] [OFFSET $n]
//! fence      OFFSET 0 | LIMIT -1 OFFSET 0
//! ```
//!
//! Which of the optional parts stand, what the expressions and conjuncts are, and what names are written
//! is the plan's to say (`computed.rs`, `conditions.rs`); `guards.rs` has what a guard is.

use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::expr::lex::{Lexer, Operator, TextKind, Token, TokenKind};
use crate::plan::{Leg, Level, OutputTerm, Passing, Plan, Term};
use crate::value::DataType;

use super::columns::Rows;
use super::{BELOW, Claim};

/// A run of tokens, from the first up to but not including the second.
pub(super) type Run = (usize, usize);

/// What is being read.
pub(super) struct Reader<'a> {
    pub(super) claim: &'a Claim<'a>,
    /// The plan whose steps are being read.
    pub(super) plan: &'a Plan<'a>,
    /// What the names of steps begin with.
    pub(super) prefix: &'static str,
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    /// Where what is being read ends, at the latest.
    pub(super) end: usize,
    /// The scans of the certificate that were met so far.
    pub(super) scans_met: usize,
    /// The highest number of a placeholder that was met so far.
    pub(super) used: usize,
    /// The groups that pass, once their steps were read.
    pub(super) passing: Option<&'a Passing<'a>>,
}

pub(super) type Read<T> = Result<T, VerifyError>;

pub(super) fn failure<T>(reason: impl Into<String>) -> Read<T> {
    Err(VerifyError {
        reason: reason.into(),
    })
}

impl<'a> Reader<'a> {
    pub(super) fn new(claim: &'a Claim<'a>) -> Read<Self> {
        Self::over(claim, claim.sql)
    }

    /// A reader of another text of the claim.
    pub(super) fn over(claim: &'a Claim<'a>, text: &'a str) -> Read<Self> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for token in Lexer::new(text, TextKind::Statement) {
            match token {
                Ok(token) => tokens.push(token),
                Err(error) => return failure(format!("the text holds {}", error.reason)),
            }
        }
        Ok(Self {
            claim,
            plan: claim.plan,
            prefix: "",
            end: tokens.len(),
            tokens,
            at: 0,
            scans_met: 0,
            used: 0,
            passing: None,
        })
    }

    pub(super) fn plan(&self) -> &'a Plan<'a> {
        self.plan
    }

    /// Reads the whole text.
    pub(super) fn statement(mut self) -> Read<()> {
        if let Some(members) = &self.plan().members {
            self.members(members)?;
            return self.finish();
        }
        match &self.plan().rows {
            Some(rows) if rows.is_inside => self.detail_inside(rows)?,
            Some(rows) => {
                self.word("WITH")?;
                self.detail(rows)?;
            }
            None => {
                self.word("WITH")?;
                self.groups_and_result()?;
            }
        }
        self.finish()
    }

    /// All was read, and all that was promised was met.
    fn finish(&self) -> Read<()> {
        if self.at != self.tokens.len() {
            return failure("the text goes on behind the statement");
        }
        if self.scans_met != self.claim.certificate.scans.len() {
            return failure("a relation of the certificate is not read");
        }
        if self.used != self.claim.types.len() {
            return failure("a parameter is not used");
        }
        Ok(())
    }

    /// A statement that groups, behind its `WITH`.
    fn groups_and_result(&mut self) -> Read<()> {
        if let Some(passing) = &self.plan().passing {
            self.passing(passing)?;
        }
        if let Some(top) = &self.plan().top {
            self.top(top)?;
        }
        self.grouping_steps()?;
        if let Some(pivot) = &self.plan().pivot {
            self.kind(TokenKind::Comma)?;
            self.pivoted(pivot)?;
        }
        match &self.plan().totals {
            Some(totals) if self.plan().has_page() => self.paged(totals),
            _ => self.result(),
        }
    }

    /// The steps that give the groups with their metrics.
    pub(super) fn grouping_steps(&mut self) -> Read<()> {
        for (position, leg) in self.plan().legs.iter().enumerate() {
            if position > 0 {
                self.kind(TokenKind::Comma)?;
            }
            if let Some(running) = self.plan().runs(leg) {
                self.running(position, leg, running)?;
                continue;
            }
            if let Some(overlapping) = self.plan().overlaps(leg) {
                self.overlapping(position, leg, overlapping)?;
                continue;
            }
            self.leg_name(position)?;
            self.word("AS")?;
            self.open()?;
            self.levels_of(position, leg)?;
            self.close()?;
        }
        if self.plan().legs.len() > 1 {
            self.kind(TokenKind::Comma)?;
            self.combined()?;
        }
        if let Some(gaps) = self.plan().gaps {
            self.kind(TokenKind::Comma)?;
            self.filled(gaps)?;
        }
        for level in 1..=self.plan().levels {
            self.kind(TokenKind::Comma)?;
            self.level(level)?;
        }
        if !self.plan().placed.is_empty() {
            self.kind(TokenKind::Comma)?;
            self.placed()?;
        }
        Ok(())
    }

    /// Guarded rows of a source in groups, of one level where levels have passes of their own.
    pub(super) fn groups(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let plan = self.plan();
        if leg.keys.len() != plan.keys.len() {
            return failure("a source has more or fewer keys than the others");
        }
        if let Some(pick) = &leg.pick {
            return self.picked(position, leg, pick, level);
        }
        self.word("SELECT")?;
        let mut first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.next_item(&mut first)?;
            match level {
                Some(level) if !level.by.contains(&at) => self.word("NULL")?,
                _ => self.group_value(leg, at)?,
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        self.kept_column(level, &mut first)?;
        if let Some(totals) = &plan.totals {
            self.next_item(&mut first)?;
            self.level_of_row(totals, level, leg)?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut first)?;
            match leg.summed {
                Some(_) => self.of_sums(measure)?,
                None => self.fragment(measure.text, Rows::outside(&leg.scan))?,
            }
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        if plan.groups_by_nothing(position) {
            self.counted_rows()?;
        }
        self.rows_of(position, leg, level)?;
        match (&plan.totals, level) {
            (_, Some(level)) => self.grouped_by(self.columns_of(level)),
            (Some(totals), None) => self.grouping_sets(totals),
            (None, None) => self.grouped_by(1..=self.key_columns()),
        }
    }

    /// What a key of a plan is on a leg of it: the period that a window belongs to, or the value of a row.
    pub(super) fn key(&mut self, plan: &'a Plan<'a>, leg: &'a Leg<'a>, at: usize) -> Read<()> {
        let windows = leg.windows.as_ref();
        if windows.is_some_and(|windows| windows.key == Some(at)) {
            return self.period();
        }
        let (Some(value), Some(key)) = (leg.keys.get(at), plan.keys.get(at)) else {
            return failure("the plan names a column that it lacks");
        };
        let rows = Rows::of_keys(&leg.scan);
        match plan.pivot.as_ref().filter(|pivot| pivot.key == at) {
            Some(pivot) => self.position(pivot, leg, rows),
            None => self.dimension(value, key.grain, rows),
        }
    }

    /// The rows of a leg: those of its guard, in their windows, of groups that pass, of members that are shown,
    /// under what can raise.
    pub(super) fn rows_of(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let rows = Rows::outside(&leg.scan);
        self.word("FROM")?;
        match &leg.summed {
            Some(summed) => self.joined_sums(position, leg, summed)?,
            None => self.rows(&leg.scan)?,
        }
        let joined = leg.windows.as_ref();
        if let Some(windows) = joined.filter(|windows| windows.join_rows()) {
            self.joined_windows(windows, leg, level)?;
        }
        if let Some(passing) = self.passing {
            self.joined_passing(passing, position)?;
        }
        if let Some(top) = self.top_of(level) {
            self.joined_top(top, leg)?;
        }
        self.conditions(0, &leg.scan.outer, rows)?;
        match leg.pick.as_ref().and_then(|pick| pick.filter) {
            None => Ok(()),
            Some((_, filter)) => {
                self.conjunct_word(leg.scan.outer.len())?;
                self.fragment(filter, rows)
            }
        }
    }

    /// How many columns groups are by.
    pub(super) fn key_columns(&self) -> usize {
        self.plan().keys.len() + usize::from(self.plan().kept().is_some())
    }

    /// The columns that a level is by, by position: its keys, and what tells members of the one that is ranked.
    pub(super) fn columns_of(&self, level: &Level) -> impl Iterator<Item = usize> + use<> {
        let mut columns: Vec<usize> = level.by.iter().map(|at| at + 1).collect();
        if self
            .plan()
            .kept()
            .is_some_and(|(_, key)| level.by.contains(&key))
        {
            columns.push(self.plan().keys.len() + 1);
        }
        columns.into_iter()
    }

    /// `GROUP BY 1, 2`: these columns; nothing where there are none.
    pub(super) fn grouped_by(&mut self, columns: impl Iterator<Item = usize>) -> Read<()> {
        for (index, position) in columns.enumerate() {
            if index == 0 {
                self.word("GROUP")?;
                self.word("BY")?;
            } else {
                self.kind(TokenKind::Comma)?;
            }
            self.number(&position.to_string())?;
        }
        Ok(())
    }

    /// Without a key and an aggregate, counting is what makes one row of all.
    pub(super) fn counted_rows(&mut self) -> Read<()> {
        self.count_of_rows()?;
        self.word("AS")?;
        self.exact_name("present")
    }

    pub(super) fn count_of_rows(&mut self) -> Read<()> {
        self.word("count")?;
        self.open()?;
        self.kind(TokenKind::Operator(Operator::Star))?;
        self.close()
    }

    /// A step above: columns of the step below, carried or computed.
    fn level(&mut self, level: usize) -> Read<()> {
        let plan = self.plan();
        self.step_name(level)?;
        self.word("AS")?;
        self.open()?;
        self.word("SELECT")?;
        let mut first = true;
        self.carried_keys(&mut first)?;
        for (position, measure) in plan.measures.iter().enumerate() {
            if measure.last_use > level {
                self.carried(Term::Measure(position), &mut first)?;
            }
        }
        let mut is_shared = false;
        for (position, computed) in plan.computed.iter().enumerate() {
            if computed.level < level && computed.last_use > level {
                self.carried(Term::Computed(position), &mut first)?;
            } else if computed.level == level {
                is_shared |= computed.uses > 1;
                self.next_item(&mut first)?;
                self.formula(computed)?;
                self.word("AS")?;
                self.exact_name(&computed.name.sql)?;
            }
        }
        self.word("FROM")?;
        self.step_name(level - 1)?;
        self.word("AS")?;
        self.exact_name(BELOW)?;
        if is_shared {
            self.fence()?;
        }
        self.close()
    }

    /// The keys of the step below, and what tells others and levels apart.
    pub(super) fn carried_keys(&mut self, first: &mut bool) -> Read<()> {
        for position in 0..self.plan().keys.len() {
            self.carried(Term::Key(position), first)?;
        }
        self.carried_kept(BELOW, first)?;
        if let Some(totals) = &self.plan().totals {
            self.next_item(first)?;
            self.exact_column(BELOW, &totals.level.sql)?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        Ok(())
    }

    pub(super) fn next_item(&mut self, first: &mut bool) -> Read<()> {
        if !std::mem::take(first) {
            self.kind(TokenKind::Comma)?;
        }
        Ok(())
    }

    pub(super) fn carried(&mut self, term: Term, first: &mut bool) -> Read<()> {
        self.next_item(first)?;
        let name = self.term_name(term)?;
        self.exact_column(BELOW, name)?;
        self.word("AS")?;
        self.exact_name(name)
    }

    pub(super) fn term_name(&self, term: Term) -> Read<&'a str> {
        let plan = self.plan();
        let name = match term {
            Term::Key(at) => plan.keys.get(at).map(|key| &*key.name.sql),
            Term::Measure(at) => plan.measures.get(at).map(|measure| &*measure.name.sql),
            Term::Computed(at) => plan.computed.get(at).map(|computed| &*computed.name.sql),
            Term::Placed(at) => plan.placed.get(at).map(|placed| &*placed.name.sql),
        };
        name.map_or_else(|| failure("the plan names a column that it lacks"), Ok)
    }

    pub(super) fn leg_name(&mut self, position: usize) -> Read<()> {
        match position {
            0 => self.prefixed("grouped"),
            _ => self.prefixed(&format!("grouped_{}", position + 1)),
        }
    }

    pub(super) fn step_name(&mut self, level: usize) -> Read<()> {
        match level {
            0 if self.plan().gaps.is_some() => self.prefixed("filled"),
            0 if self.plan().legs.len() > 1 => self.prefixed("combined"),
            0 => self.leg_name(0),
            1 => self.prefixed("derived"),
            _ => self.prefixed(&format!("derived_{level}")),
        }
    }

    /// The name of a step behind what such names begin with.
    pub(super) fn prefixed(&mut self, name: &str) -> Read<()> {
        match self.prefix {
            "" => self.exact_name(name),
            prefix => self.exact_name(&format!("{prefix}{name}")),
        }
    }

    fn result(&mut self) -> Read<()> {
        let plan = self.plan();
        self.word("SELECT")?;
        self.outputs()?;
        self.last_step()?;
        self.labels()?;
        if plan.placed.is_empty() {
            self.conditions(0, &plan.group_predicates, Rows::BELOW)?;
        }
        self.without_other()?;
        if !plan.order.is_empty() {
            self.word("ORDER")?;
            self.word("BY")?;
            let mut first = true;
            if let Some(totals) = &plan.totals {
                first = false;
                self.exact_column(BELOW, &totals.level.sql)?;
            }
            self.other_last(BELOW, &mut first)?;
            self.order(&mut first, &mut |reader, what| reader.output(what))?;
        }
        self.page()
    }

    /// The columns of the result, which are those of the metadata.
    pub(super) fn outputs(&mut self) -> Read<()> {
        let plan = self.plan();
        let mut first = true;
        for output in &plan.outputs {
            self.next_item(&mut first)?;
            self.output(output.what)?;
            self.word("AS")?;
            self.exact_name(&output.alias.sql)?;
        }
        self.promised_columns()
    }

    /// The columns of the plan are those of the metadata.
    pub(super) fn promised_columns(&self) -> Read<()> {
        let shown = self.plan().outputs.iter();
        let shown = shown.map(|output| &*output.alias.alias);
        match shown.eq(self.claim.aliases.iter().copied()) {
            true => Ok(()),
            false => failure("the columns are not those of the metadata"),
        }
    }

    /// The last step is what is read.
    pub(super) fn last_step(&mut self) -> Read<()> {
        if self.plan().pivot.is_none() {
            return self.last_metrics();
        }
        self.word("FROM")?;
        self.exact_name(super::pivot::STEP)?;
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    /// The last step that has the metrics of groups.
    pub(super) fn last_metrics(&mut self) -> Read<()> {
        self.word("FROM")?;
        match self.plan().placed.is_empty() {
            true => self.step_name(self.plan().levels)?,
            false => self.exact_name("placed")?,
        }
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    /// The labels beside the step below.
    pub(super) fn labels(&mut self) -> Read<()> {
        let plan = self.plan();
        for (position, key) in plan.keys.iter().enumerate() {
            let Some((lookup, dimension)) = key.lookup else {
                continue;
            };
            let alias = label_alias(position);
            self.word("LEFT")?;
            self.word("JOIN")?;
            self.lookup(lookup, dimension)?;
            self.word("AS")?;
            self.exact_name(&alias)?;
            self.word("ON")?;
            self.exact_column(&alias, "key")?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            self.exact_column(BELOW, &key.name.sql)?;
        }
        Ok(())
    }

    pub(super) fn output(&mut self, what: OutputTerm) -> Read<()> {
        match what {
            OutputTerm::Term(term) => {
                let name = self.term_name(term)?;
                self.exact_column(BELOW, name)
            }
            OutputTerm::Label(position) => self.exact_column(&label_alias(position), "label"),
            OutputTerm::Cell(at) => {
                let cells = self.plan().pivot.as_ref().map(|pivot| &pivot.cells);
                match cells.and_then(|cells| cells.get(at)) {
                    Some(cell) => self.exact_column(BELOW, &cell.name.sql),
                    None => failure("the plan names a column that it lacks"),
                }
            }
            OutputTerm::Count => self.count_of_rows(),
            OutputTerm::RowKind => self.row_kind(),
            OutputTerm::RowBy => self.row_by(),
        }
    }

    /// The items of the order, each with its place for NULL.
    pub(super) fn order(
        &mut self,
        first: &mut bool,
        shown: &mut dyn FnMut(&mut Self, OutputTerm) -> Read<()>,
    ) -> Read<()> {
        for item in &self.plan().order {
            self.next_item(first)?;
            shown(self, item.what)?;
            if item.descending {
                self.word("DESC")?;
            }
            self.word("NULLS")?;
            self.word(if item.nulls_first { "FIRST" } else { "LAST" })?;
        }
        Ok(())
    }

    pub(super) fn page(&mut self) -> Read<()> {
        let plan = self.plan();
        if let Some(limit) = plan.limit {
            self.word("LIMIT")?;
            self.value(limit, DataType::Integer)?;
        } else if plan.offset.is_some() && plan.dialect == Dialect::Sqlite {
            self.no_limit()?;
        }
        if let Some(offset) = plan.offset {
            self.word("OFFSET")?;
            self.value(offset, DataType::Integer)?;
        }
        Ok(())
    }

    /// The word in front of a conjunct.
    pub(super) fn conjunct_word(&mut self, index: usize) -> Read<()> {
        self.word(if index == 0 { "WHERE" } else { "AND" })
    }

    /// What nothing outside is evaluated before.
    pub(super) fn fence(&mut self) -> Read<()> {
        if self.plan().dialect == Dialect::Sqlite {
            self.no_limit()?;
        }
        self.word("OFFSET")?;
        self.number("0")
    }

    /// `LIMIT -1`, which SQLite wants in front of `OFFSET`.
    fn no_limit(&mut self) -> Read<()> {
        self.word("LIMIT")?;
        self.kind(TokenKind::Operator(Operator::Minus))?;
        self.number("1")
    }

    /// A column behind this alias; its name as written.
    pub(super) fn column(&mut self, alias: &str) -> Read<Token<'a>> {
        if !self.peek().is_some_and(|token| token.is_word(alias)) {
            return failure("a column comes from rows that are not read here");
        }
        self.at += 1;
        self.kind(TokenKind::Dot)?;
        match self.peek().copied() {
            Some(name) if matches!(name.kind, TokenKind::Word | TokenKind::Quoted) => {
                self.at += 1;
                Ok(name)
            }
            _ => failure("a name was expected"),
        }
    }

    pub(super) fn exact_column(&mut self, alias: &str, name: &str) -> Read<()> {
        self.exact_name(alias)?;
        self.kind(TokenKind::Dot)?;
        self.exact_name(name)
    }

    /// This name as the library writes it; without quotes, case does not matter.
    pub(super) fn exact_name(&mut self, name: &str) -> Read<()> {
        let found = self.peek().is_some_and(|token| match token.kind {
            TokenKind::Word => token.text.eq_ignore_ascii_case(name),
            TokenKind::Quoted => token.text == name,
            _ => false,
        });
        if found {
            self.at += 1;
            Ok(())
        } else {
            failure("another name was expected")
        }
    }

    pub(super) fn run(&self, (start, end): Run) -> &[Token<'a>] {
        self.tokens.get(start..end).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.token_ahead(0)
    }

    pub(super) fn token_ahead(&self, ahead: usize) -> Option<&Token<'a>> {
        let at = self.at + ahead;
        (at < self.end).then(|| self.tokens.get(at)).flatten()
    }

    pub(super) fn kind_ahead(&self, ahead: usize) -> Option<TokenKind> {
        self.token_ahead(ahead).map(|token| token.kind)
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

    pub(super) fn number(&mut self, number: &str) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Number && token.text == number => {
                self.at += 1;
                Ok(())
            }
            _ => failure(format!("`{number}` was expected")),
        }
    }

    pub(super) fn open(&mut self) -> Read<()> {
        self.kind(TokenKind::Open)
    }

    pub(super) fn close(&mut self) -> Read<()> {
        self.kind(TokenKind::Close)
    }

    pub(super) fn is_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    pub(super) fn kind(&mut self, kind: TokenKind) -> Read<()> {
        if !self.is_kind(kind) {
            return failure("the text is not of the form that the library writes");
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn comma(&mut self) -> bool {
        let found = self.is_kind(TokenKind::Comma);
        self.at += usize::from(found);
        found
    }
}

fn label_alias(position: usize) -> String {
    format!("l{}", position + 1)
}
