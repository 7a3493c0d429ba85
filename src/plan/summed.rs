//! Sums by what rows of another source are joined by, taken before they are joined.

use crate::calendar::Grain;
use crate::catalog::columns::{ColumnId, ColumnNames};
use crate::catalog::spelling::KeySpelling;
use crate::dialect::Dialect;

use super::joins::free;
use super::{Key, Leg, Measure, Plan, Scan};

/// What the rows of a leg are grouped by before others are joined to them, beside its own keys.
#[derive(Clone)]
pub(crate) struct Summed {
    /// The columns that rows of the other source are joined by, each once, under names that nothing else has.
    pub(crate) links: Vec<(ColumnId, KeySpelling)>,
}

impl Summed {
    /// The name that a column is joined by.
    pub(crate) fn name_of(&self, column: ColumnId) -> &str {
        let mut links = self.links.iter();
        let link = links.find(|(link, _)| *link == column);
        link.map_or("", |(_, name)| &name.sql)
    }
}

impl<'c> Plan<'c> {
    /// Whether the value of a key is one of the sums of a leg, rather than of rows that are joined to them.
    pub(crate) fn is_summed_by(&self, leg: &Leg<'_>, key: usize) -> bool {
        let is_own = leg.keys.get(key).is_some_and(|value| value.path.is_none());
        leg.summed.is_some() && is_own
    }

    /// The keys of a leg that are its own, with their positions.
    pub(crate) fn own_keys<'p>(
        &'p self,
        leg: &'p Leg<'c>,
    ) -> impl Iterator<Item = (usize, &'p Key<'c>)> {
        let keys = self.keys.iter().enumerate().zip(&leg.keys);
        let own = keys.filter(|(_, value)| value.path.is_none());
        own.map(|(key, _)| key)
    }
}

/// Takes sums first on each leg where that is cheaper, as far as a plan can know, and gives the same.
pub(super) fn sum_first<'c>(
    legs: &mut [Leg<'c>],
    keys: &[Key<'c>],
    measures: &[Measure<'c>],
    (dialect, names): (Dialect, &ColumnNames),
) {
    for (position, leg) in legs.iter_mut().enumerate() {
        let own = || measures.iter().filter(|measure| measure.leg == position);
        let add_up = |measure: &Measure<'_>| measure.fragment.adds_up_exactly(dialect);
        if leg.scan.joins.is_empty() || !pays(leg, keys) || !own().all(add_up) {
            continue;
        }
        let own_keys = keys.iter().zip(&leg.keys);
        let own_keys = own_keys.filter(|(_, value)| value.path.is_none());
        let taken = own_keys.map(|(key, _)| key.name.alias.to_string());
        let measured = own().map(|measure| measure.name.alias.to_string());
        let taken: Vec<String> = taken.chain(measured).collect();
        leg.summed = Some(Summed {
            links: links(&leg.scan, names, taken.clone()),
        });
        rename(&mut leg.scan, names, taken);
    }
}

/// Whether sums are fewer than rows, as far as a plan can know, and nothing looks at each row beside joined ones.
fn pays(leg: &Leg<'_>, keys: &[Key<'_>]) -> bool {
    let scan = &leg.scan;
    let looks_at_rows =
        leg.windows.is_some() || leg.pick.is_some() || scan.is_fenced || !scan.outer.is_empty();
    let mut first = scan.joins.iter().filter(|join| join.parent.is_none());
    let (Some(join), None) = (first.next(), first.next()) else {
        return false;
    };
    // A source with dates grows as the rows do that lead to it, and few rows share a part of their primary key.
    let grows = join.scan.source.date_column.is_some();
    let tells_rows = |column: &ColumnId| {
        scan.source.primary_key.contains(column) && scan.source.tenant_column != Some(*column)
    };
    let are_many = !grows && !join.on.iter().any(|(here, _)| tells_rows(here));
    let own_keys = keys.iter().zip(&leg.keys);
    let mut own_keys = own_keys.filter(|(_, value)| value.path.is_none());
    let is_coarse = |(key, _): (&Key<'_>, _)| key.grain.is_some_and(is_coarse);
    let are_few = own_keys.next().is_none_or(is_coarse) && own_keys.next().is_none();
    !looks_at_rows && are_many && are_few
}

/// Whether periods hold so many rows that they leave few sums.
fn is_coarse(grain: Grain) -> bool {
    !matches!(grain, Grain::Hour | Grain::Day | Grain::Week)
}

/// The columns that the first joins are by.
fn links(
    scan: &Scan<'_>,
    names: &ColumnNames,
    mut taken: Vec<String>,
) -> Vec<(ColumnId, KeySpelling)> {
    let mut links: Vec<(ColumnId, KeySpelling)> = Vec::new();
    let first = scan.joins.iter().filter(|join| join.parent.is_none());
    for (column, _) in first.flat_map(|join| join.on) {
        if links.iter().all(|(link, _)| link != column) {
            let name = free(KeySpelling::new(names.name(*column)), &taken);
            taken.push(name.alias.to_string());
            links.push((*column, name));
        }
    }
    links
}

/// What is shown of joined rows stands beside keys and measures now, rather than beside columns.
fn rename(scan: &mut Scan<'_>, names: &ColumnNames, mut taken: Vec<String>) {
    for (at, join) in scan.joins.iter_mut().enumerate() {
        for (column, name) in &mut join.shown {
            let spelling = KeySpelling::new(&format!("j{}.{}", at + 1, names.name(*column)));
            *name = free(spelling, &taken);
            taken.push(name.alias.to_string());
        }
    }
}
