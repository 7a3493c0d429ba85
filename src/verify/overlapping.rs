//! Reads windows that overlap: days are summed up, and then those of each window.

use crate::calendar::Grain;
use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, WindowLists};

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};
use super::running::again;
use super::windows::WINDOW;

/// The alias of the days that have a row.
const DAYS: &str = "d";
/// The alias of these beside each window that they are in.
const BESIDE: &str = "b";

impl<'a> Reader<'a> {
    /// The sums of days, and what those of each window add up to.
    pub(super) fn overlapping(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        (along, days): (usize, WindowLists),
    ) -> Read<()> {
        let plan = self.plan();
        let rows = Rows::outside(&leg.scan);
        self.adds_up(position, leg)?;
        let (Some(key), Some(value)) = (plan.keys.get(along), leg.keys.get(along)) else {
            return failure("windows overlap along a key that is not there");
        };
        let is_of_dates = value.value.bare.is_some_and(|column| {
            let (own, chosen) = leg.scan.date_switch.unwrap_or((column, column));
            let brought = if column == own { chosen } else { column };
            leg.scan.date_column == Some(brought)
        });
        let elements = [days.since, Some(days.until)];
        let is_by_days = elements
            .into_iter()
            .flatten()
            .all(|list| list.element == crate::value::DataType::Date);
        if !is_of_dates || !is_by_days || key.grain == Some(Grain::Hour) {
            return failure("windows overlap along something else than days");
        }
        let grain = key.grain.and(Some(Grain::Day));
        self.sums(position, leg, along, |reader| {
            reader.dimension(value, grain, rows.of_dimension())
        })?;
        self.words("SELECT")?;
        let mut is_first = true;
        for (at, key) in plan.keys.iter().enumerate() {
            self.next_item(&mut is_first)?;
            match at == along {
                true => self.exact_column(BESIDE, "period")?,
                false => self.exact_column(BELOW, &key.name.sql)?,
            }
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut is_first)?;
            let (function, is_count) = again(measure)?;
            let is_cast = is_count && plan.dialect == Dialect::Postgres;
            self.words(if is_cast { "(" } else { "" })?;
            self.word(function)?;
            self.open()?;
            self.exact_column(BELOW, &measure.name.sql)?;
            self.close()?;
            self.words(if is_cast { ")::bigint" } else { "" })?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.summed(position)?;
        self.words("JOIN ( SELECT")?;
        self.day_of(DAYS)?;
        self.words("AS day ,")?;
        self.period()?;
        self.words("AS period FROM ( SELECT")?;
        self.exact_column(BELOW, &key.name.sql)?;
        self.words("AS day")?;
        self.summed(position)?;
        self.grouped_by(1..=1)?;
        self.words(") AS")?;
        self.exact_name(DAYS)?;
        self.word("JOIN")?;
        self.lists(&[
            ("period", Some(days.periods)),
            ("since", days.since),
            ("until", Some(days.until)),
        ])?;
        self.word("ON")?;
        if days.since.is_some() {
            self.day_of(DAYS)?;
            self.kind(TokenKind::Operator(Operator::GreaterOrEqual))?;
            self.exact_column(WINDOW, "since")?;
            self.word("AND")?;
        }
        self.day_of(DAYS)?;
        self.kind(TokenKind::Operator(Operator::Less))?;
        self.exact_column(WINDOW, "until")?;
        self.words(") AS")?;
        self.exact_name(BESIDE)?;
        self.word("ON")?;
        self.day_of(BESIDE)?;
        self.words("=")?;
        self.exact_column(BELOW, &key.name.sql)?;
        self.grouped_by(1..=plan.keys.len())?;
        self.close()
    }

    fn day_of(&mut self, alias: &str) -> Read<()> {
        self.exact_column(alias, "day")
    }
}
