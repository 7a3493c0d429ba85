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

use crate::error::VerifyError;
use crate::expr::lex::{Lexer, TextKind, Token, TokenKind};
use crate::plan::{Passing, Plan, Term};

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
    /// The whole and the sums of it that rank, where members are ranked by such.
    pub(super) ranks: Option<(&'a Plan<'a>, &'a [usize])>,
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
            ranks: None,
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
            if let Some((whole, sums)) = self.ranks {
                self.sums_of_members(whole, sums)?;
                continue;
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
}
