//! What is read of other sources beside a scan: rows that its own have to meet, and rows that are joined.

use crate::catalog::columns::{ColumnId, ColumnNames};
use crate::catalog::dimension::SourceDimension;
use crate::catalog::reach::PathId;
use crate::catalog::spelling::KeySpelling;
use crate::context::Tenant;
use crate::resolve::FarRead;

use super::{Operand, Planner, Predicate, Scan};

/// Pairs of columns that are equal: nearer, farther.
pub(crate) type Pairs<'c> = &'c [(ColumnId, ColumnId)];

/// Rows of another source that rows have to meet, for a rule that holds on them.
#[derive(Clone)]
pub(crate) struct Through<'c> {
    pub(crate) on: Pairs<'c>,
    pub(crate) scan: Scan<'c>,
}

/// Rows of another source beside those that it is reached from: at most one for each.
#[derive(Clone)]
pub(crate) struct Join<'c> {
    pub(crate) path: PathId,
    /// The position of the join that it is reached from; none where that is the scan itself.
    pub(crate) parent: Option<usize>,
    pub(crate) on: Pairs<'c>,
    pub(crate) scan: Scan<'c>,
    /// What is shown of its rows, under names that nothing else has.
    pub(crate) shown: Vec<(ColumnId, KeySpelling)>,
}

impl Join<'_> {
    /// The name under which a column is shown.
    pub(crate) fn name_of(&self, column: ColumnId) -> &str {
        let shown = self.shown.iter().find(|(shown, _)| *shown == column);
        shown.map_or("", |(_, name)| &name.sql)
    }

    /// A column that is missing exactly where the row is: what is equal to something is there.
    pub(crate) fn present(&self) -> Option<ColumnId> {
        self.on.first().map(|(_, there)| *there)
    }
}

impl<'c> Scan<'c> {
    /// The join whose rows have a value, with its position; none where it is the scan's own.
    pub(crate) fn join_of(&self, value: &SourceDimension) -> Option<(usize, &Join<'c>)> {
        let path = value.path?;
        let mut joins = self.joins.iter().enumerate();
        joins.find(|(_, join)| join.path == path)
    }

    /// The scan whose rows have a value.
    pub(crate) fn rows_of(&self, value: &SourceDimension) -> &Scan<'c> {
        self.join_of(value).map_or(self, |(_, join)| &join.scan)
    }

    /// The scans of other sources, in the order in which a statement has them: those that the rows have to
    /// meet, each in front of those behind it.
    pub(crate) fn restricting(&self) -> Vec<&Scan<'c>> {
        let mut all = Vec::new();
        let mut waiting: Vec<&Scan<'c>> = self.through.iter().rev().map(|one| &one.scan).collect();
        while let Some(scan) = waiting.pop() {
            all.push(scan);
            waiting.extend(scan.through.iter().rev().map(|one| &one.scan));
        }
        all
    }

    /// All scans of other sources that are read with this one, in the order of a statement: those that its rows
    /// have to meet, then each that is joined, with those that it has to meet.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Scan<'c>> {
        let joined = self.joins.iter().flat_map(|join| {
            let met = join.scan.restricting();
            std::iter::once(&join.scan).chain(met)
        });
        self.restricting().into_iter().chain(joined)
    }

    /// Whether something in the guard can raise, so that it waits for what protects the rows.
    pub(crate) fn has_waiting(&self) -> bool {
        let filter = self.base_filter.as_ref();
        self.rules.iter().any(|rule| rule.is_outer) || filter.is_some_and(|filter| filter.is_outer)
    }
}

impl<'c> Planner<'c> {
    /// Reads the other sources of a leg beside its scan.
    pub(super) fn read_far(&mut self, scan: &mut Scan<'c>, far: Vec<FarRead<'c>>, tenant: &Tenant) {
        let mut restricting: Vec<(usize, Option<usize>, Through<'c>)> = Vec::new();
        let mut positions: Vec<Option<usize>> = Vec::with_capacity(far.len());
        for (at, far) in far.into_iter().enumerate() {
            let (parent, on, path) = (far.parent, far.on, far.path);
            let (is_joined, is_restricting) = (far.is_joined, far.is_restricting);
            let other = self.far_scan(far, tenant);
            if is_restricting {
                let mut scan = other.clone();
                scan.columns = there(on).collect();
                restricting.push((at, parent, Through { on, scan }));
            }
            positions.push(is_joined.then_some(scan.joins.len()));
            if is_joined {
                scan.joins.push(Join {
                    path,
                    parent: parent.and_then(|parent| positions.get(parent).copied().flatten()),
                    on,
                    scan: other,
                    shown: Vec::new(),
                });
            }
        }
        // What lies farther is put into what lies nearer, so that all of it is in place at the end.
        while let Some((_, parent, through)) = restricting.pop() {
            // What waits in a guard that is joined must not look at rows either that a rule hides behind them.
            let joined = parent.and_then(|parent| positions.get(parent).copied().flatten());
            let joined = joined.and_then(|joined| scan.joins.get_mut(joined));
            if let Some(join) = joined.filter(|join| join.scan.has_waiting()) {
                join.scan.through.insert(0, through.clone());
            }
            let nearer = restricting
                .iter_mut()
                .find(|(at, _, _)| Some(*at) == parent);
            match nearer {
                Some((_, _, nearer)) => nearer.scan.through.insert(0, through),
                None => scan.through.insert(0, through),
            }
        }
    }

    fn far_scan(&mut self, far: FarRead<'c>, tenant: &Tenant) -> Scan<'c> {
        let source = far.source;
        let rules = far.rules.into_iter().map(|rule| self.rule(rule, source));
        let rules = rules.collect();
        self.bare_scan(source, rules, tenant)
    }
}

/// The columns of the rows that are farther.
fn there(on: Pairs<'_>) -> impl Iterator<Item = ColumnId> {
    on.iter().map(|(_, there)| *there)
}

fn add(columns: &mut Vec<ColumnId>, column: ColumnId) {
    if !columns.contains(&column) {
        columns.push(column);
    }
}

/// Notes what is read of a scan and of what is joined beside it, where these of its own columns are needed.
/// What nothing looks at is not joined.
pub(super) fn carry<'c>(
    scan: &mut Scan<'c>,
    needed: Vec<ColumnId>,
    keys: &[&'c SourceDimension],
    names: &ColumnNames,
) {
    let mut shown = Vec::new();
    if !scan.joins.is_empty() {
        shown = shown_columns(scan, keys);
        leave_out(scan, &mut shown);
    }
    if scan.joins.is_empty() {
        scan.columns = needed;
        scan.beside = Vec::new();
        return;
    }
    let mut taken: Vec<String> = needed.iter().map(|id| names.name(*id).to_owned()).collect();
    let mut read = shown.clone();
    let mut own = needed.clone();
    for (at, join) in scan.joins.iter().enumerate() {
        if let Some(columns) = read.get_mut(at) {
            there(join.on).for_each(|column| add(columns, column));
        }
        let nearer = match join.parent {
            Some(parent) => read.get_mut(parent),
            None => Some(&mut own),
        };
        if let Some(columns) = nearer {
            join.on.iter().for_each(|(here, _)| add(columns, *here));
        }
    }
    scan.columns = own;
    scan.beside = needed;
    for (at, ((join, columns), shown)) in scan.joins.iter_mut().zip(read).zip(shown).enumerate() {
        join.scan.columns = columns;
        join.shown.clear();
        for column in shown {
            let spelling = KeySpelling::new(&format!("j{}.{}", at + 1, names.name(column)));
            let spelling = free(spelling, &taken);
            taken.push(spelling.alias.to_string());
            join.shown.push((column, spelling));
        }
    }
}

/// What keys and conditions look at in the rows of each join.
fn shown_columns<'c>(scan: &Scan<'c>, keys: &[&'c SourceDimension]) -> Vec<Vec<ColumnId>> {
    let mut shown: Vec<Vec<ColumnId>> = scan.joins.iter().map(|_| Vec::new()).collect();
    let mut show = |value: &SourceDimension| {
        let Some((at, join)) = scan.join_of(value) else {
            return;
        };
        if let Some(shown) = shown.get_mut(at) {
            value
                .value
                .columns
                .iter()
                .for_each(|column| add(shown, *column));
            // A row that is not there has no value, whatever the expression makes of nothing.
            if value.value.bare.is_none() {
                join.present()
                    .into_iter()
                    .for_each(|column| add(shown, column));
            }
        }
    };
    keys.iter().for_each(|key| show(key));
    let mut waiting: Vec<&Predicate<'_>> = scan.outer.iter().collect();
    while let Some(predicate) = waiting.pop() {
        match predicate {
            Predicate::All(parts) | Predicate::Any(parts) => waiting.extend(parts),
            Predicate::Not(part) => waiting.push(part),
            Predicate::Test(Operand::Value(value, _) | Operand::Label(value, ..), _) => {
                show(value);
            }
            Predicate::Test(Operand::Term(_), _) => {}
        }
    }
    shown
}

/// Leaves out the joins whose rows nothing looks at and that lead to none at which something does.
fn leave_out(scan: &mut Scan<'_>, shown: &mut Vec<Vec<ColumnId>>) {
    let mut is_needed: Vec<bool> = shown.iter().map(|shown| !shown.is_empty()).collect();
    for (at, join) in scan.joins.iter().enumerate().rev() {
        let needs = is_needed.get(at).copied().unwrap_or_default();
        let parent = join.parent.and_then(|parent| is_needed.get_mut(parent));
        if let Some(parent) = parent {
            *parent |= needs;
        }
    }
    if is_needed.iter().all(|needed| *needed) {
        return;
    }
    let before = |at: usize| is_needed.iter().take(at).filter(|needed| **needed).count();
    let mut kept = is_needed.iter();
    scan.joins
        .retain(|_| kept.next().copied().unwrap_or_default());
    let mut kept = is_needed.iter();
    shown.retain(|_| kept.next().copied().unwrap_or_default());
    for join in &mut scan.joins {
        join.parent = join.parent.map(before);
    }
}

/// The spelling, or the first of the same with a number behind it that nothing has.
pub(super) fn free(spelling: KeySpelling, taken: &[String]) -> KeySpelling {
    let is_taken = |found: &KeySpelling| {
        taken
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&found.alias))
    };
    let mut number = 2;
    let mut found = spelling.clone();
    while is_taken(&found) {
        found = spelling.numbered(number);
        number += 1;
    }
    found
}
