//! Reads sums that are taken before rows of another source are joined to them, and sums of members, which are
//! ranked by them.
//!
//! ```text
//! sums       ( SELECT o.name {, o.name}, j1.column AS name FROM ( SELECT keys, o.column AS name, aggregates
//!            FROM guard AS o GROUP BY 1 {, n} ) AS o joins ) AS o
//! members    summed AS ( SELECT key, aggregates FROM rows GROUP BY 1 ), ranked_grouped AS ( SELECT g.name AS name
//!            {, ..} FROM summed AS g )
//! measure    sum(o.name) | min(o.name) | max(o.name) | COALESCE(sum(o.name), 0)::bigint
//! ```
//!
//! Groups of such sums are those of the rows: all that groups are by, and all that rows are joined by, is the same
//! for the rows of a sum.

use crate::catalog::columns::ColumnId;
use crate::catalog::fragment::Again;
use crate::dialect::Dialect;
use crate::plan::{Leg, Measure, Plan, Summed, Top};
use crate::value::DataType;

use super::columns::Rows;
use super::guards::Purpose;
use super::reader::{Read, Reader, failure};
use super::{BELOW, ROWS};

impl<'a> Reader<'a> {
    /// What a step reads from, where sums are taken first.
    pub(super) fn joined_sums(
        &mut self,
        position: usize,
        leg: &'a Leg<'a>,
        summed: &'a Summed,
    ) -> Read<()> {
        let plan = self.plan();
        self.sound_sums(position, leg, summed)?;
        self.words("( SELECT")?;
        let mut first = true;
        for (key, value) in plan.keys.iter().zip(&leg.keys) {
            if value.path.is_none() {
                self.next_item(&mut first)?;
                self.exact_column(ROWS, &key.name.sql)?;
            }
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut first)?;
            self.exact_column(ROWS, &measure.name.sql)?;
        }
        self.shown_of_joins(&leg.scan, &mut first)?;
        self.words("FROM ( SELECT")?;
        let mut first = true;
        let mut groups = 0;
        for (at, value) in leg.keys.iter().enumerate() {
            let Some(key) = plan.keys.get(at).filter(|_| value.path.is_none()) else {
                continue;
            };
            groups += 1;
            self.next_item(&mut first)?;
            self.key(plan, leg, at)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        for (column, name) in &summed.links {
            groups += 1;
            self.next_item(&mut first)?;
            self.exact_column(ROWS, plan.names.sql(*column))?;
            self.word("AS")?;
            self.exact_name(&name.sql)?;
        }
        for (_, measure) in plan.measures_of(position) {
            self.next_item(&mut first)?;
            self.fragment(measure.text, Rows::outside(&leg.scan))?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.word("FROM")?;
        self.guarded_rows(&leg.scan, Purpose::Facts)?;
        self.word("AS")?;
        self.exact_name(ROWS)?;
        self.grouped_by(1..=groups)?;
        self.words(") AS")?;
        self.exact_name(ROWS)?;
        for (at, join) in leg.scan.joins.iter().enumerate() {
            self.join(&leg.scan, Some(summed), at, join)?;
        }
        self.words(") AS")?;
        self.exact_name(ROWS)
    }

    /// A measure of a group, of what it is of the sums in it.
    pub(super) fn of_sums(&mut self, measure: &Measure<'_>) -> Read<()> {
        let (before, behind) = match (measure.fragment.again, self.plan().dialect) {
            (Some(Again::Sum), _) => ("sum (", ")"),
            (Some(Again::Least), _) => ("min (", ")"),
            (Some(Again::Greatest), _) => ("max (", ")"),
            (Some(Again::Count), Dialect::Postgres) => ("COALESCE ( sum (", ") , 0 ) ::bigint"),
            (Some(Again::Count), Dialect::Sqlite) => ("COALESCE ( sum (", ") , 0 )"),
            (None, _) => return failure("sums are taken first of what does not add up"),
        };
        self.words(before)?;
        self.exact_column(ROWS, &measure.name.sql)?;
        self.words(behind)
    }

    /// The column by which sums stand for the rows that a join is by.
    pub(super) fn link(&mut self, summed: &Summed, column: ColumnId) -> Read<()> {
        let mut links = summed.links.iter();
        match links.find(|(link, _)| *link == column) {
            Some((_, name)) => self.exact_column(ROWS, &name.sql),
            None => failure("rows are joined to sums that are not by what they are joined by"),
        }
    }

    /// Nothing looks at a row beside what is joined to it, every aggregate comes of those over parts of its rows to
    /// the last digit, and no name means two things.
    fn sound_sums(&self, position: usize, leg: &Leg<'_>, summed: &Summed) -> Read<()> {
        let plan = self.plan();
        let scan = &leg.scan;
        let looks_at_rows = leg.windows.is_some()
            || leg.pick.is_some()
            || scan.is_fenced
            || !scan.outer.is_empty()
            || plan.top.is_some()
            || self.passing.is_some();
        if looks_at_rows || scan.joins.is_empty() || leg.keys.len() != plan.keys.len() {
            return failure("sums are taken first where each row is looked at");
        }
        if !plan
            .measures_of(position)
            .all(|(_, measure)| self.adds_up_exactly(measure))
        {
            return failure("sums are taken first of what does not add up");
        }
        let first = scan.joins.iter().filter(|join| join.parent.is_none());
        let mut linked = first.flat_map(|join| join.on.iter().map(|(here, _)| here));
        if !linked.all(|here| summed.links.iter().any(|(link, _)| link == here)) {
            return failure("rows are joined to sums that are not by what they are joined by");
        }
        let own = plan.keys.iter().zip(&leg.keys);
        let own = own.filter(|(_, value)| value.path.is_none());
        let own: Vec<&str> = own.map(|(key, _)| &*key.name.sql).collect();
        let measures: Vec<&str> = plan
            .measures_of(position)
            .map(|(_, measure)| &*measure.name.sql)
            .collect();
        let links = summed.links.iter().map(|(_, name)| &*name.sql);
        let shown = scan.joins.iter().flat_map(|join| &join.shown);
        let shown = shown.map(|(_, name)| &*name.sql);
        let inside = own.iter().chain(&measures).copied().chain(links);
        let outside = own.iter().chain(&measures).copied().chain(shown);
        match are_distinct(inside) && are_distinct(outside) {
            true => Ok(()),
            false => failure("two columns are handed on under one name"),
        }
    }

    /// Whether an aggregate over rows comes to the same, to the last digit, of those over any parts of them.
    fn adds_up_exactly(&self, measure: &Measure<'_>) -> bool {
        match (measure.fragment.again, measure.fragment.summed_type) {
            (Some(Again::Count | Again::Least | Again::Greatest), _) => true,
            (Some(Again::Sum), Some(DataType::Integer)) => true,
            (Some(Again::Sum), Some(DataType::Decimal)) => self.plan().dialect == Dialect::Postgres,
            _ => false,
        }
    }

    /// The step that has the sums of every member, of which groups are, and by which members are ranked.
    pub(super) fn sum_members(&mut self, top: &'a Top<'a>, sums: &'a [usize]) -> Read<()> {
        let plan = self.plan();
        let ([leg], [key], [value]) = (
            plan.legs.as_slice(),
            plan.keys.as_slice(),
            plan.legs.first().map_or(&[][..], |leg| leg.keys.as_slice()),
        ) else {
            return failure("members are summed up of several sources, or by more than themselves");
        };
        let scan = &leg.scan;
        let looks_at_rows =
            leg.windows.is_some() || leg.pick.is_some() || scan.is_fenced || !scan.outer.is_empty();
        let is_apart = plan.passing.is_some() || plan.totals.is_some() || plan.pivot.is_some();
        if looks_at_rows || is_apart || self.passing.is_some() || !top.plan.placed.is_empty() {
            return failure("members are summed up where each row is looked at");
        }
        let are_of_it = |(measure, at): (&Measure<'_>, &usize)| {
            let sum = plan.measures.get(*at);
            measure.leg == 0 && sum.is_some_and(|sum| std::ptr::eq(sum.text, measure.text))
        };
        let ranked = &top.plan.measures;
        if ranked.len() != sums.len()
            || !ranked.iter().zip(sums).all(are_of_it)
            || !plan
                .measures
                .iter()
                .all(|measure| self.adds_up_exactly(measure))
        {
            return failure("members are ranked by other sums than those of the whole");
        }
        let names = plan.measures.iter().map(|measure| &*measure.name.sql);
        if !are_distinct(names.chain([&*key.name.sql])) {
            return failure("two columns are handed on under one name");
        }
        self.words("summed AS ( SELECT")?;
        self.dimension(value, key.grain, Rows::of_keys(scan))?;
        self.word("AS")?;
        self.exact_name(&key.name.sql)?;
        for measure in &plan.measures {
            self.words(",")?;
            self.fragment(measure.text, Rows::outside(scan))?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.word("FROM")?;
        self.rows(scan)?;
        self.grouped_by(1..=1)?;
        self.words(") ,")
    }

    /// What ranks members: sums that the whole is of.
    pub(super) fn sums_of_members(&mut self, whole: &'a Plan<'a>, sums: &[usize]) -> Read<()> {
        let plan = self.plan();
        self.leg_name(0)?;
        self.words("AS ( SELECT")?;
        let mut first = true;
        for key in &plan.keys {
            self.next_item(&mut first)?;
            self.exact_column(BELOW, &key.name.sql)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        for (measure, at) in plan.measures.iter().zip(sums) {
            let Some(sum) = whole.measures.get(*at) else {
                return failure("the plan names a column that it lacks");
            };
            self.next_item(&mut first)?;
            self.exact_column(BELOW, &sum.name.sql)?;
            self.word("AS")?;
            self.exact_name(&measure.name.sql)?;
        }
        self.words("FROM summed AS")?;
        self.exact_name(BELOW)?;
        self.close()
    }
}

fn are_distinct<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let mut known: Vec<String> = Vec::new();
    names.map(str::to_ascii_lowercase).all(|name| {
        let is_new = !known.contains(&name);
        known.push(name);
        is_new
    })
}
