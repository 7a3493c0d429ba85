//! Reads the groups that have the rows of one date each.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Key, Leg, LegPick, Level};

use super::columns::Rows;
use super::reader::{Read, Reader, failure};
use super::top::ALIAS as TOP;

/// The alias of groups by their keys and their dates.
const DATED: &str = "d";
/// The alias of the same beside the date that is picked.
const BESIDE: &str = "b";

impl<'a> Reader<'a> {
    /// Groups by keys and dates, of which one is left for each combination of the keys.
    pub(super) fn picked(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        pick: &'a LegPick<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let plan = self.plan();
        let Some(names) = &plan.picked else {
            return failure("a date is picked without a name");
        };
        let (dated, picked) = (&*names.dated.sql, &*names.picked.sql);
        let is_by = |at: usize| level.is_none_or(|level| level.by.contains(&at));
        let keys = plan.keys.iter().enumerate();
        let keys: Vec<(usize, &Key<'_>)> = keys.filter(|(at, _)| is_by(*at)).collect();
        let kept = plan.kept().filter(|(_, key)| is_by(*key));
        let kept = kept.map(|(kept, _)| &*kept.sql);
        let names_of_keys: Vec<&str> = keys
            .iter()
            .map(|(_, key)| &*key.name.sql)
            .chain(kept)
            .collect();
        self.word("SELECT")?;
        let mut first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.next_item(&mut first)?;
            match is_by(at) {
                true => self.exact_column(BESIDE, &key.name.sql)?,
                false => self.word("NULL")?,
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        if let Some((kept, key)) = plan.kept() {
            self.next_item(&mut first)?;
            match is_by(key) {
                true => self.exact_column(BESIDE, &kept.sql)?,
                false => self.word("NULL")?,
            }
            self.word("AS")?;
            self.exact_name(&kept.sql)?;
        }
        if let Some(totals) = &plan.totals {
            self.next_item(&mut first)?;
            self.level_of_row(totals, level, leg)?;
            self.word("AS")?;
            self.exact_name(&totals.level.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut first)?;
            let picks_truth = measure.fragment.is_boolean && plan.dialect == Dialect::Postgres;
            self.word(if picks_truth { "bool_or" } else { "max" })?;
            self.open()?;
            self.exact_column(BESIDE, &measure.name.sql)?;
            self.close()?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        if plan.groups_by_nothing(position) {
            self.counted_rows()?;
        }
        self.words("FROM ( SELECT")?;
        for name in &names_of_keys {
            self.dated_column(name)?;
            self.kind(TokenKind::Comma)?;
        }
        self.dated_column(dated)?;
        self.kind(TokenKind::Comma)?;
        self.word(if pick.first { "min" } else { "max" })?;
        self.open()?;
        self.exact_column(DATED, dated)?;
        self.words(") OVER (")?;
        for (index, name) in names_of_keys.iter().enumerate() {
            self.words(if index == 0 { "PARTITION BY" } else { "," })?;
            self.exact_column(DATED, name)?;
        }
        self.words(") AS")?;
        self.exact_name(picked)?;
        for (_, measure) in plan.measures_of(position) {
            self.kind(TokenKind::Comma)?;
            self.dated_column(&measure.name.sql)?;
        }
        self.words("FROM ( SELECT")?;
        for (at, key) in &keys {
            self.group_value(leg, *at)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
            self.kind(TokenKind::Comma)?;
        }
        if let Some(kept) = kept {
            self.exact_column(TOP, kept)?;
            self.word("AS")?;
            self.exact_name(kept)?;
            self.kind(TokenKind::Comma)?;
        }
        self.dimension(pick.over, None, Rows::outside(&leg.scan).of_dimension())?;
        self.word("AS")?;
        self.exact_name(dated)?;
        for (_, measure) in plan.measures_of(position) {
            self.kind(TokenKind::Comma)?;
            self.fragment(measure.text, Rows::outside(&leg.scan))?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.rows_of(position, leg, level)?;
        self.grouped_by(1..=names_of_keys.len() + 1)?;
        self.words(") AS")?;
        self.exact_name(DATED)?;
        self.words(") AS")?;
        self.exact_name(BESIDE)?;
        self.word("WHERE")?;
        self.exact_column(BESIDE, dated)?;
        self.kind(TokenKind::Operator(Operator::Equal))?;
        self.exact_column(BESIDE, picked)?;
        match level {
            Some(level) => self.grouped_by(self.columns_of(level)),
            None => self.grouped_by(1..=self.key_columns()),
        }
    }

    fn dated_column(&mut self, name: &str) -> Read<()> {
        self.exact_column(DATED, name)?;
        self.word("AS")?;
        self.exact_name(name)
    }
}
