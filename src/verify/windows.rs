//! Reads the windows beside rows.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Leg, LegWindows, Level, ListBind};

use super::columns::Rows;
use super::reader::{Read, Reader, failure};

/// The alias of the windows.
const WINDOW: &str = "w";

impl<'a> Reader<'a> {
    /// The period that a window belongs to.
    pub(super) fn period(&mut self) -> Read<()> {
        self.exact_column(WINDOW, "period")
    }

    /// The windows of a level, each beside the rows whose date lies in it.
    pub(super) fn joined_windows(
        &mut self,
        windows: &LegWindows,
        leg: &'a Leg<'a>,
        level: Option<&Level>,
    ) -> Read<()> {
        let is_by_periods = match (level, windows.key) {
            (Some(level), Some(key)) => level.by.contains(&key),
            _ => true,
        };
        let lists = match (is_by_periods, &windows.last) {
            (true, _) => &windows.every,
            (false, Some(last)) => last,
            (false, None) => return failure("rows would be in several windows of one group"),
        };
        let columns = [
            ("period", Some(lists.periods)),
            ("since", lists.since),
            ("until", Some(lists.until)),
        ];
        let columns: Vec<(&str, ListBind)> = columns
            .into_iter()
            .filter_map(|(name, list)| Some((name, list?)))
            .collect();
        self.word("JOIN")?;
        match self.plan().dialect {
            Dialect::Postgres => self.parallel_lists(&columns)?,
            Dialect::Sqlite => self.extracted_lists(&columns)?,
        }
        let Some(date) = leg.scan.date_column else {
            return failure("windows are of a source without dates");
        };
        let bounds = [
            (lists.since, "since", Operator::GreaterOrEqual),
            (Some(lists.until), "until", Operator::Less),
        ];
        let bounds = bounds.into_iter().filter(|(list, ..)| list.is_some());
        for (index, (_, name, sign)) in bounds.enumerate() {
            self.word(if index == 0 { "ON" } else { "AND" })?;
            self.stored(date, Rows::outside(&leg.scan))?;
            self.kind(TokenKind::Operator(sign))?;
            self.exact_column(WINDOW, name)?;
        }
        Ok(())
    }

    /// `unnest($1::date[], $2::date[]) AS w (period, until)`.
    fn parallel_lists(&mut self, columns: &[(&str, ListBind)]) -> Read<()> {
        self.words("unnest(")?;
        for (index, (_, list)) in columns.iter().enumerate() {
            self.words(if index > 0 { "," } else { "" })?;
            self.planned_list(*list)?;
        }
        self.words(") AS")?;
        self.exact_name(WINDOW)?;
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        self.words(&format!("({})", names.join(",")))
    }

    /// `(SELECT value AS period, json_extract(?2, '$[' || key || ']') AS until FROM json_each(?1) LIMIT -1
    /// OFFSET 0) AS w`.
    fn extracted_lists(&mut self, columns: &[(&str, ListBind)]) -> Read<()> {
        self.words("(SELECT value AS period")?;
        for (name, list) in columns.iter().skip(1) {
            self.words(", json_extract(")?;
            self.planned_list(*list)?;
            self.words(", '$[' || key || ']') AS")?;
            self.exact_name(name)?;
        }
        self.words("FROM json_each(")?;
        if let Some((_, periods)) = columns.first() {
            self.planned_list(*periods)?;
        }
        self.close()?;
        self.fence()?;
        self.words(") AS")?;
        self.exact_name(WINDOW)
    }

    fn planned_list(&mut self, list: ListBind) -> Read<()> {
        let (at, element) = self.placeholder(true)?;
        let is_planned = self.claim.order.get(at) == Some(&list.values);
        match is_planned && element == list.element {
            true => Ok(()),
            false => failure("other windows are looked into than planned"),
        }
    }
}
