//! Reads the steps that rank the members of a key, and how rows are held to them.

use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, Level, OutputTerm, Term, Top, Totals};

use super::reader::{Read, Reader, failure};
use super::{BELOW, ROWS};

/// The step that has the members.
const STEP: &str = "top";
/// Its alias.
pub(super) const ALIAS: &str = "q";

impl<'a> Reader<'a> {
    /// Steps of their own, and a last one with the first members alone.
    pub(super) fn top(&mut self, top: &'a Top<'a>) -> Read<()> {
        self.sound_top(top)?;
        let whole = self.plan;
        if let Some(sums) = &top.sums {
            self.sum_members(top, sums)?;
            self.ranks = Some((whole, sums));
        }
        self.plan = &top.plan;
        self.prefix = "ranked_";
        self.grouping_steps()?;
        self.ranks = None;
        self.kind(TokenKind::Comma)?;
        self.exact_name(STEP)?;
        self.words("AS ( SELECT")?;
        self.carried(Term::Key(0), &mut true)?;
        if let Some(kept) = &top.kept {
            self.kind(TokenKind::Comma)?;
            self.number("1")?;
            self.word("AS")?;
            self.exact_name(&kept.sql)?;
        }
        self.last_step()?;
        self.words("ORDER BY")?;
        self.order(&mut true, &mut |reader, what| reader.output(what))?;
        self.page()?;
        self.close()?;
        self.kind(TokenKind::Comma)?;
        (self.plan, self.prefix) = (whole, "");
        Ok(())
    }

    /// What is ranked is one key of the same legs, by a metric and then by the key itself, and only so many
    /// members are kept. Where others are shown or summed up, a column tells them.
    fn sound_top(&self, top: &Top<'_>) -> Read<()> {
        let whole = self.plan();
        let ranked = &*top.plan;
        let of_leg = |(leg, ranked): (&Leg<'_>, &Leg<'_>)| {
            let key = leg.keys.get(top.key);
            let own = ranked.keys.first();
            ranked.keys.len() == 1
                && leg.is_previous == ranked.is_previous
                && leg.pick.is_some() == ranked.pick.is_some()
                && leg.windows.map(|windows| windows.for_key(top.key)) == ranked.windows
                && std::ptr::eq(leg.scan.source, ranked.scan.source)
                && key
                    .zip(own)
                    .is_some_and(|(key, own)| std::ptr::eq(*key, *own))
        };
        let are_the_same = whole.legs.len() == ranked.legs.len()
            && whole.legs.iter().zip(&ranked.legs).all(of_leg)
            && whole.keys.get(top.key).map(|key| &*key.name.sql)
                == ranked.keys.first().map(|key| &*key.name.sql)
            && ranked.keys.len() == 1;
        let is_ranked = match ranked.order.as_slice() {
            [metric, key] => {
                matches!(
                    metric.what,
                    OutputTerm::Term(Term::Measure(_) | Term::Computed(_))
                ) && key.what == OutputTerm::Term(Term::Key(0))
                    && !metric.nulls_first
                    && !key.nulls_first
                    && !key.descending
            }
            _ => false,
        };
        let is_of_all = whole.totals.is_some() || whole.placed.iter().any(|p| p.share.is_some());
        let tells = top.kept.is_some() == (top.shows_other || is_of_all);
        let is_whole = ranked.limit.is_some()
            && ranked.offset.is_none()
            && ranked.group_predicates.is_empty()
            && whole.group_predicates.is_empty();
        match are_the_same && is_ranked && tells && is_whole {
            true => Ok(()),
            false => failure("other members are ranked than are shown"),
        }
    }

    /// The ranking, where rows of a level are by its key.
    pub(super) fn top_of(&self, level: Option<&Level>) -> Option<&'a Top<'a>> {
        let top = self.plan().top.as_ref()?;
        match level {
            Some(level) if !level.by.contains(&top.key) => None,
            _ => Some(top),
        }
    }

    /// A key of a group: of what is ranked, the member that rows meet.
    pub(super) fn group_value(&mut self, leg: &'a Leg<'a>, at: usize) -> Read<()> {
        let plan = self.plan();
        match (&plan.top, plan.keys.get(at)) {
            (Some(top), Some(key)) if top.key == at => self.exact_column(ALIAS, &key.name.sql),
            (_, Some(key))
                if leg.summed.is_some()
                    && leg.keys.get(at).is_some_and(|key| key.path.is_none()) =>
            {
                self.exact_column(ROWS, &key.name.sql)
            }
            _ => self.key(plan, leg, at),
        }
    }

    /// The column that tells members that are shown from others.
    pub(super) fn kept_column(&mut self, level: Option<&Level>, first: &mut bool) -> Read<()> {
        let Some((kept, _)) = self.plan().kept() else {
            return Ok(());
        };
        self.next_item(first)?;
        match self.top_of(level) {
            Some(_) => self.exact_column(ALIAS, &kept.sql)?,
            None => self.word("NULL")?,
        }
        self.word("AS")?;
        self.exact_name(&kept.sql)
    }

    /// The same column of a step below.
    pub(super) fn carried_kept(&mut self, alias: &str, first: &mut bool) -> Read<()> {
        let Some((kept, _)) = self.plan().kept() else {
            return Ok(());
        };
        self.next_item(first)?;
        self.exact_column(alias, &kept.sql)?;
        self.word("AS")?;
        self.exact_name(&kept.sql)
    }

    /// Rows meet the member that they are of; where rows of others are needed, they meet nothing.
    pub(super) fn joined_top(&mut self, top: &'a Top<'a>, leg: &'a Leg<'a>) -> Read<()> {
        if top.kept.is_some() {
            self.word("LEFT")?;
        }
        self.word("JOIN")?;
        self.exact_name(STEP)?;
        self.word("AS")?;
        self.exact_name(ALIAS)?;
        self.word("ON")?;
        let plan = self.plan();
        let Some(key) = plan.keys.get(top.key) else {
            return failure("members of a key that is not there");
        };
        self.met(
            top.key_type,
            |reader| match top.sums {
                Some(_) => reader.exact_column(ROWS, &key.name.sql),
                None => reader.key(plan, leg, top.key),
            },
            |reader| reader.exact_column(ALIAS, &key.name.sql),
        )
    }

    /// `WHERE CASE g.level WHEN 0 THEN g.kept ELSE 1 END = 1`, or `WHERE g.kept = 1`, where others are there for what
    /// is of all alone.
    pub(super) fn without_other(&mut self) -> Read<()> {
        let plan = self.plan();
        let hides = plan.top.as_ref().is_some_and(|top| !top.shows_other);
        let (true, Some((kept, key))) = (hides, plan.kept()) else {
            return Ok(());
        };
        self.word("WHERE")?;
        if let Some(totals) = &plan.totals {
            self.word("CASE")?;
            self.exact_column(BELOW, &totals.level.sql)?;
            let by_key = |level: &&Level| level.by.contains(&key);
            for level in totals.levels.iter().filter(by_key) {
                self.word("WHEN")?;
                self.number(&level.number.to_string())?;
                self.word("THEN")?;
                self.exact_column(BELOW, &kept.sql)?;
            }
            self.words("ELSE 1 END")?;
        } else {
            self.exact_column(BELOW, &kept.sql)?;
        }
        self.kind(TokenKind::Operator(Operator::Equal))?;
        self.number("1")
    }

    /// The order begins with the others behind those that are shown, where they are shown at all.
    pub(super) fn other_last(&mut self, alias: &str, first: &mut bool) -> Read<()> {
        let Some(kept) = self.shown_kept() else {
            return Ok(());
        };
        self.next_item(first)?;
        self.exact_column(alias, kept)?;
        self.words("NULLS LAST")
    }

    /// The column that tells others, where they are shown.
    pub(super) fn shown_kept(&self) -> Option<&'a str> {
        let shows = self.plan().top.as_ref().is_some_and(|top| top.shows_other);
        let (kept, _) = self.plan().kept()?;
        shows.then_some(&*kept.sql)
    }

    /// `kind`, or `CASE g.kept WHEN 1 THEN kind ELSE 'other' END` of rows by the key that is ranked.
    pub(super) fn kind_of_row(&mut self, kind: &str, level: Option<&Level>) -> Read<()> {
        let Some(kept) = self.shown_kept().filter(|_| self.top_of(level).is_some()) else {
            return self.exact_text(kind);
        };
        self.word("CASE")?;
        self.exact_column(BELOW, kept)?;
        self.word("WHEN")?;
        self.number("1")?;
        self.word("THEN")?;
        self.exact_text(kind)?;
        self.word("ELSE")?;
        self.exact_text("other")?;
        self.word("END")
    }

    /// What a row is by its level, or without totals by its member alone.
    pub(super) fn row_kind(&mut self) -> Read<()> {
        let kind_of = |level: &Level| match (level.number, level.by.is_empty()) {
            (0, _) => "data",
            (_, true) => "total",
            (_, false) => "subtotal",
        };
        match &self.plan().totals {
            None => match self.shown_kept() {
                Some(_) => self.kind_of_row("data", None),
                None => failure("a row says what it is, and all are alike"),
            },
            Some(totals) => self.by_level(totals, &mut |reader, level| {
                reader.kind_of_row(kind_of(level), Some(level))
            }),
        }
    }

    /// What is read for each level; the last stands for all that is left.
    pub(super) fn by_level(
        &mut self,
        totals: &'a Totals<'a>,
        text: &mut dyn FnMut(&mut Self, &Level) -> Read<()>,
    ) -> Read<()> {
        self.word("CASE")?;
        self.exact_column(BELOW, &totals.level.sql)?;
        for (index, level) in totals.levels.iter().enumerate() {
            if index + 1 < totals.levels.len() {
                self.word("WHEN")?;
                self.number(&level.number.to_string())?;
                self.word("THEN")?;
            } else {
                self.word("ELSE")?;
            }
            text(self, level)?;
        }
        self.word("END")
    }
}
