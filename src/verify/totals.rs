//! Reads the levels of groups, what says of a row which it is, and the page that leaves totals alone.

use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, Level, OutputTerm, Totals};

use super::BELOW;
use super::reader::{Read, Reader, failure};

/// The alias of rows that have the columns of the result.
const SHOWN: &str = "r";

impl<'a> Reader<'a> {
    /// The groups of a leg: of all levels in one pass, or a union of one pass for each.
    pub(super) fn levels_of(&mut self, position: usize, leg: &'a Leg<'a>) -> Read<()> {
        let plan = self.plan();
        let Some(totals) = &plan.totals else {
            return self.groups(position, leg, None);
        };
        self.sound_levels(totals)?;
        if totals.in_one_pass && (leg.windows.is_some() || leg.pick.is_some()) {
            return failure("windows and picked dates of several levels are in one pass");
        }
        if totals.in_one_pass {
            return self.groups(position, leg, None);
        }
        for (index, level) in totals.levels.iter().enumerate() {
            if index > 0 {
                self.word("UNION")?;
                self.word("ALL")?;
            }
            self.groups(position, leg, Some(level))?;
        }
        Ok(())
    }

    /// Numbers rise from 0, which is that of the groups themselves; the last level is the grand total, but where
    /// a pivot has levels of all members alone; and in one pass a number says which keys are rolled up.
    fn sound_levels(&self, totals: &Totals<'_>) -> Read<()> {
        let keys = self.plan().keys.len();
        let rise = totals
            .levels
            .windows(2)
            .all(|pair| matches!(pair, [one, next] if one.number < next.number));
        let ends = match (totals.levels.first(), totals.levels.last()) {
            (Some(data), Some(total)) => {
                let is_total = total.by.is_empty() || totals.pivoted.len() == 1;
                data.number == 0 && data.by.len() == keys && is_total
            }
            _ => false,
        };
        let is_number = |level: &Level| {
            let bits = totals.marks.iter().map(|mark| !level.by.contains(mark));
            bits.fold(0, |number, bit| number * 2 + usize::from(bit)) == level.number
        };
        let are_known = totals.levels.iter().flat_map(|level| &level.by);
        let are_known = are_known.chain(&totals.marks).all(|at| *at < keys);
        let are_told = !totals.in_one_pass || totals.levels.iter().all(is_number);
        let is_sound = keys > 0 && rise && ends && are_known && are_told;
        match is_sound && self.are_turned(totals) {
            true => Ok(()),
            false => failure("the levels of totals are not in order"),
        }
    }

    /// Of a pivot, each level of the rows is half the number of its groups: of those by members, which there
    /// always are, and of those of all members, which there are where a column or the grand total needs them.
    fn are_turned(&self, totals: &Totals<'_>) -> bool {
        let Some(pivot) = &self.plan().pivot else {
            return totals.pivoted.is_empty();
        };
        let of_all = |level: &Level| !level.by.contains(&pivot.key);
        let is_turned = |level: &Level| {
            let others = || level.by.iter().filter(|at| **at != pivot.key);
            let mut rows = totals.pivoted.iter();
            level.number % 2 == usize::from(of_all(level))
                && rows.any(|row| row.number == level.number / 2 && row.by.iter().eq(others()))
        };
        let needs_all = |row: &Level| pivot.shows_total || row.by.is_empty();
        let has = |number: usize| totals.levels.iter().any(|level| level.number == number);
        let is_whole = |row: &Level| {
            let is_of_all = has(row.number * 2 + 1);
            has(row.number * 2) && is_of_all == needs_all(row)
        };
        totals.levels.iter().all(is_turned)
            && totals.pivoted.iter().all(is_whole)
            && totals.pivoted.first().is_some_and(|row| row.number == 0)
            && totals
                .pivoted
                .is_sorted_by(|one, next| one.number < next.number)
    }

    /// `grouping(..)` of the keys that tell levels apart, or the number of the one level.
    pub(super) fn level_of_row(
        &mut self,
        totals: &'a Totals<'a>,
        level: Option<&Level>,
        leg: &'a Leg<'a>,
    ) -> Read<()> {
        if let Some(level) = level {
            if level.by.is_empty() {
                self.count_of_rows()?;
                self.kind(TokenKind::Operator(Operator::Star))?;
                self.number("0")?;
                self.kind(TokenKind::Operator(Operator::Plus))?;
            }
            return self.number(&level.number.to_string());
        }
        self.word("grouping")?;
        self.open()?;
        let mut first = true;
        for mark in &totals.marks {
            self.next_item(&mut first)?;
            self.group_value(leg, *mark)?;
        }
        self.close()
    }

    /// `GROUP BY GROUPING SETS ((1, 2), (1), ())`: the keys of every level.
    pub(super) fn grouping_sets(&mut self, totals: &Totals<'_>) -> Read<()> {
        for word in ["GROUP", "BY", "GROUPING", "SETS"] {
            self.word(word)?;
        }
        self.open()?;
        let mut first = true;
        for level in &totals.levels {
            self.next_item(&mut first)?;
            self.open()?;
            let mut first = true;
            for position in self.columns_of(level) {
                self.next_item(&mut first)?;
                self.number(&position.to_string())?;
            }
            self.close()?;
        }
        self.close()
    }

    /// The output keys that a row is by.
    pub(super) fn row_by(&mut self) -> Read<()> {
        let plan = self.plan();
        let Some(totals) = plan.shown_totals() else {
            return failure("a row says what it is by, and there are no totals");
        };
        self.by_level(totals, &mut |reader, level| {
            let keys = level.by.iter().filter_map(|at| plan.keys.get(*at));
            let keys: Vec<&str> = keys.map(|key| &*key.name.key).collect();
            reader.exact_text(&keys.join(","))
        })
    }

    /// `'text'`.
    pub(super) fn exact_text(&mut self, text: &str) -> Read<()> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Text && token.content() == text => {
                self.at += 1;
                Ok(())
            }
            _ => failure("another text was expected"),
        }
    }

    /// The result where it has pages: a page of the groups alone, and behind it every row of totals.
    pub(super) fn paged(&mut self, totals: &'a Totals<'a>) -> Read<()> {
        let plan = self.plan();
        if !plan.group_predicates.is_empty() {
            return failure("groups are tested behind their totals");
        }
        self.kind(TokenKind::Comma)?;
        self.exact_name("shown")?;
        self.word("AS")?;
        self.open()?;
        self.word("SELECT")?;
        let mut first = true;
        for output in &plan.outputs {
            self.next_item(&mut first)?;
            self.output(output.what)?;
            self.word("AS")?;
            self.exact_name(&output.alias.sql)?;
        }
        self.next_item(&mut first)?;
        self.exact_column(BELOW, &totals.level.sql)?;
        self.word("AS")?;
        self.exact_name(&totals.level.sql)?;
        if let Some(kept) = self.shown_kept() {
            self.next_item(&mut first)?;
            self.exact_column(BELOW, kept)?;
            self.word("AS")?;
            self.exact_name(kept)?;
        }
        for what in plan.hidden_order() {
            self.next_item(&mut first)?;
            let OutputTerm::Term(term) = what else {
                return failure("an order by what is not shown");
            };
            self.output(what)?;
            self.word("AS")?;
            let name = self.term_name(term)?;
            self.exact_name(name)?;
        }
        self.last_step()?;
        self.labels()?;
        self.without_other()?;
        self.close()?;
        self.word("SELECT")?;
        let mut first = true;
        for output in &plan.outputs {
            self.next_item(&mut first)?;
            self.exact_column(SHOWN, &output.alias.sql)?;
            self.word("AS")?;
            self.exact_name(&output.alias.sql)?;
        }
        self.promised_columns()?;
        self.word("FROM")?;
        self.open()?;
        self.all_columns()?;
        self.open()?;
        self.shown_rows(totals, Operator::Equal)?;
        self.word("ORDER")?;
        self.word("BY")?;
        let mut first = true;
        self.other_last(SHOWN, &mut first)?;
        self.order(&mut first, &mut |reader, what| reader.shown(what))?;
        self.page()?;
        self.close()?;
        self.word("AS")?;
        self.exact_name(SHOWN)?;
        self.word("UNION")?;
        self.word("ALL")?;
        self.shown_rows(totals, Operator::Greater)?;
        self.close()?;
        self.word("AS")?;
        self.exact_name(SHOWN)?;
        self.word("ORDER")?;
        self.word("BY")?;
        self.exact_column(SHOWN, &totals.level.sql)?;
        self.other_last(SHOWN, &mut false)?;
        self.order(&mut false, &mut |reader, what| reader.shown(what))
    }

    /// `SELECT * FROM`.
    fn all_columns(&mut self) -> Read<()> {
        self.word("SELECT")?;
        self.kind(TokenKind::Operator(Operator::Star))?;
        self.word("FROM")
    }

    /// The rows of the level 0, or those of all others.
    fn shown_rows(&mut self, totals: &Totals<'_>, sign: Operator) -> Read<()> {
        self.all_columns()?;
        self.exact_name("shown")?;
        self.word("AS")?;
        self.exact_name(SHOWN)?;
        self.word("WHERE")?;
        self.exact_column(SHOWN, &totals.level.sql)?;
        self.kind(TokenKind::Operator(sign))?;
        self.number("0")
    }

    fn shown(&mut self, what: OutputTerm) -> Read<()> {
        let plan = self.plan();
        let output = plan.outputs.iter().find(|output| output.what == what);
        match (output, what) {
            (Some(output), _) => self.exact_column(SHOWN, &output.alias.sql),
            (None, OutputTerm::Term(term)) => {
                let name = self.term_name(term)?;
                self.exact_column(SHOWN, name)
            }
            (None, _) => failure("an order by what is not shown"),
        }
    }
}
