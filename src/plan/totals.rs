//! Totals: the levels at which groups are summed up, each computed from the rows (R17).

use std::borrow::Cow;

use crate::calendar::Grain;
use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::spelling::KeySpelling;
use crate::dialect::Dialect;
use crate::output::{Column, RowColumn};
use crate::resolve::ResolvedQuery;

use super::{Key, Leg, Output, OutputTerm, Pivot, Planner, Scan, cut};

/// The rows beside the groups that sum them up.
pub(crate) struct Totals<'c> {
    /// The column of the steps that tells levels apart by their number.
    pub(crate) level: Cow<'c, KeySpelling>,
    /// From the groups themselves, whose number is 0, to the grand total; numbers rise.
    pub(crate) levels: Vec<Level>,
    /// The keys whose being rolled up makes the number of a level, the first as its highest bit.
    pub(crate) marks: Vec<usize>,
    /// Whether one pass over the rows gives all levels; else each level has a pass of its own.
    pub(crate) in_one_pass: bool,
    /// What the rows of a pivot are by, where members are columns. The number of each is half of that of its
    /// groups, of which the even ones are by members and the odd ones of all.
    pub(crate) pivoted: Vec<Level>,
}

/// A level: what its rows are by.
#[derive(Hash)]
pub(crate) struct Level {
    pub(crate) number: usize,
    /// Positions of keys; the others are rolled up.
    pub(crate) by: Vec<usize>,
}

/// The most keys that `grouping` takes.
const MAX_MARKS: usize = 31;

impl<'c> Planner<'c> {
    /// The columns that say what a row is.
    pub(super) fn row_outputs(
        &mut self,
        query: &ResolvedQuery<'c>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        let levels = query.totals.as_ref().map_or(0, |by| by.len() + 1);
        let shows_other = query.top.as_ref().is_some_and(|top| top.shows_other);
        let both = [
            (RowColumn::Kind, OutputTerm::RowKind),
            (RowColumn::By, OutputTerm::RowBy),
        ];
        // One level of totals needs no telling apart.
        let shown = match (levels, shows_other) {
            (0, false) => 0,
            (0 | 1, _) => 1,
            _ => 2,
        };
        for (column, what) in both.into_iter().take(shown) {
            let alias = self.names.take_owned(KeySpelling::new(column.key()));
            columns.push(Column::row(KeySpelling::clone(&alias), column));
            outputs.push(Output { what, alias });
        }
    }

    /// The levels, from the groups themselves to the grand total; of a pivot, with and without its key.
    pub(super) fn totals(
        &mut self,
        subtotals: Option<Vec<Vec<usize>>>,
        pivot: Option<&Pivot>,
        keys: &[Key<'c>],
        legs: &[Leg<'c>],
    ) -> Totals<'c> {
        let along = pivot.map(|pivot| pivot.key);
        let every: Vec<usize> = (0..keys.len()).filter(|at| along != Some(*at)).collect();
        let has_totals = subtotals.is_some();
        let mut all: Vec<Vec<usize>> = vec![every];
        all.extend(has_totals.then(Vec::new));
        all.extend(subtotals.into_iter().flatten());
        let rows = all.clone();
        if let Some(pivot) = pivot {
            all.iter_mut().for_each(|by| by.push(pivot.key));
            // Of nothing there is a grand total, though there is no member that it could be of.
            let whole = |by: &&Vec<usize>| pivot.shows_total || by.is_empty() && has_totals;
            all.extend(rows.iter().filter(whole).cloned());
        }
        let rolled = |key: usize| all.iter().map(move |by| !by.contains(&key));
        // Keys that are rolled up at the same levels are told by one of them, and members by the lowest bit.
        let mut marks: Vec<usize> = Vec::new();
        for key in (0..keys.len()).filter(|key| along != Some(*key)) {
            let is_told = marks.iter().any(|mark| rolled(*mark).eq(rolled(key)));
            if !is_told && rolled(key).any(|rolled| rolled) {
                marks.push(key);
            }
        }
        marks.extend(along);
        let differ = |one: usize, other: usize| !rolled(one).eq(rolled(other));
        let in_one_pass = self.dialect == Dialect::Postgres
            && marks.len() <= MAX_MARKS
            // Windows and picked dates are of a level, so that no pass gives several.
            && legs.iter().all(|leg| leg.windows.is_none() && leg.pick.is_none())
            && legs.iter().all(|leg| tells_apart(leg, keys, differ));
        let finest_first = |levels: &mut Vec<Vec<usize>>, marks: &[usize]| {
            levels.sort_by_cached_key(|by| {
                let rolled = marks.iter().map(|mark| !by.contains(mark));
                rolled.collect::<Vec<bool>>()
            });
        };
        let own = marks.get(..marks.len() - usize::from(along.is_some()));
        let own = own.unwrap_or_default();
        let mut rows = rows;
        finest_first(&mut rows, own);
        finest_first(&mut all, &marks);
        let bits = |marks: &[usize], by: &[usize]| {
            let bits = marks.iter().map(|mark| usize::from(!by.contains(mark)));
            bits.fold(0, |number, bit| number * 2 + bit)
        };
        let rows = rows.into_iter().enumerate().map(|(position, by)| {
            let number = match in_one_pass {
                true => bits(own, &by),
                false => position,
            };
            Level { number, by }
        });
        let rows: Vec<Level> = rows.collect();
        let Some(along) = along else {
            return self.levels(rows, Vec::new(), marks, in_one_pass);
        };
        let levels = all.into_iter().map(|by| {
            let of_all = !by.contains(&along);
            let others = || by.iter().filter(|at| **at != along);
            let row = rows.iter().find(|row| row.by.iter().eq(others()));
            let number = row.map_or(0, |row| row.number * 2) + usize::from(of_all);
            Level { number, by }
        });
        let levels = levels.collect();
        self.levels(levels, rows, marks, in_one_pass)
    }

    fn levels(
        &mut self,
        levels: Vec<Level>,
        pivoted: Vec<Level>,
        marks: Vec<usize>,
        in_one_pass: bool,
    ) -> Totals<'c> {
        Totals {
            level: self.names.take_owned(KeySpelling::new("level")),
            levels,
            marks,
            in_one_pass,
            pivoted,
        }
    }
}

impl Totals<'_> {
    /// What the rows of the result are by, in the order in which they are shown.
    pub(crate) fn shown(&self) -> &[Level] {
        match self.pivoted.is_empty() {
            true => &self.levels,
            false => &self.pivoted,
        }
    }
}

/// Whether a database that compares the expressions of keys takes no key for one that is rolled up at other
/// levels, and none for a constant.
fn tells_apart(leg: &Leg<'_>, keys: &[Key<'_>], differ: impl Fn(usize, usize) -> bool) -> bool {
    let values: Vec<(&SourceDimension, Option<Grain>)> = leg
        .keys
        .iter()
        .zip(keys)
        .map(|(value, key)| (*value, key.grain))
        .collect();
    let all = values.iter().enumerate();
    let mut pairs = all.clone().flat_map(|(at, one)| {
        let others = all.clone().skip(at + 1);
        others.map(move |(other_at, other)| ((at, *one), (other_at, *other)))
    });
    values
        .iter()
        .all(|(value, _)| !value.value.columns.is_empty())
        && !pairs.any(|((at, one), (other_at, other))| {
            differ(at, other_at) && may_be_one(&leg.scan, one, other)
        })
}

/// Whether two keys may be written as one expression: from the same columns, cut alike where nothing else is
/// done to them.
fn may_be_one(
    scan: &Scan<'_>,
    (one, one_grain): (&SourceDimension, Option<Grain>),
    (other, other_grain): (&SourceDimension, Option<Grain>),
) -> bool {
    let read = |column: &ColumnId| match scan.date_switch {
        Some((own, chosen)) if own == *column => chosen,
        _ => *column,
    };
    let columns = |value: &SourceDimension| {
        let mut columns: Vec<ColumnId> = value.value.columns.iter().map(read).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    };
    // Fiscal periods may begin with those of the calendar.
    let grain = |value, grain| match cut(value, grain).map(|(_, grain)| grain) {
        Some(Grain::FiscalQuarter) => Grain::Quarter,
        Some(Grain::FiscalYear) => Grain::Year,
        grain => grain.unwrap_or(Grain::Day),
    };
    let are_bare = one.value.bare.is_some() && other.value.bare.is_some();
    one.path == other.path
        && columns(one) == columns(other)
        && (!are_bare || grain(one, one_grain) == grain(other, other_grain))
}
