//! What refers to something else: tables to companies, relationships to tables, rollups to relationships, formulas
//! to columns.
//!
//! In: tables as read. Out: [`Checked`]: the same, with what each formula computes. Guaranteed afterwards: every
//! name leads somewhere that fits, and no formula rests on itself. Next to read: `lower.rs`.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::definition::{DynamicTable, FieldKind, Rollup, RollupFunction, TableField};
use super::formula::{Computed, Kind, computed, name_of};
use super::read::{Place, Read};
use super::slug::source_key;
use crate::error::{Error, Errors, Findings, Help, ReadError, ReportError};
use crate::expr::functions::UserFunctions;
use crate::expr::parse::{FragmentKind, parse_fragment};
use crate::expr::{Expr, Written};
use crate::limits::Limits;
use crate::path::{Path, echo};

/// Tables that are right.
pub(super) struct Checked {
    pub(super) tables: Vec<DynamicTable>,
    /// What the formulas of each table compute, by slug.
    pub(super) formulas: Vec<Formulas>,
}

/// What the formulas of a table compute, by slug.
pub(super) type Formulas = BTreeMap<String, Computed>;

const NO_TABLE: &str = "names no table";
const NO_COLUMN: &str = "names no column of the table";
const NOT_BACK: &str = "names no relationship that leads to this table";
const NOT_STORED: &str = "names a column that is computed from other records";
const NOT_ADDED: &str = "names a column that this function does not add up";

/// Checks all tables of a company.
pub(super) fn check(read: Read, limits: &Limits) -> Result<Checked, Errors> {
    let Read { tables, places } = read;
    let mut checker = Checker {
        tables: &tables,
        places: &places,
        limits,
        findings: Findings::default(),
    };
    checker.doubles();
    let formulas: Vec<Formulas> = (0..tables.len()).map(|at| checker.formulas(at)).collect();
    for (table, place) in tables.iter().zip(&places) {
        for (column, path) in table.columns.iter().zip(&place.columns) {
            match &column.kind {
                FieldKind::Relationship { table } => {
                    checker.table(path, table);
                }
                FieldKind::Rollup(rollup) => checker.rollup(table, rollup, path, &formulas),
                _ => {}
            }
        }
    }
    let findings = checker.findings;
    findings.finish(Checked { tables, formulas })
}

struct Checker<'c> {
    tables: &'c [DynamicTable],
    places: &'c [Place],
    limits: &'c Limits,
    findings: Findings,
}

impl<'c> Checker<'c> {
    fn report(&mut self, path: &Path, rest: &str, error: ReportError) {
        self.findings.push(Error::new(path.inside(rest), error));
    }

    /// All tables are of one company, and nothing has the id or the slug of another.
    fn doubles(&mut self) {
        let company = self.tables.first().map(|table| &table.company_id);
        let mut ids: BTreeMap<&str, ()> = BTreeMap::new();
        let mut keys: BTreeMap<String, &Path> = BTreeMap::new();
        for (table, place) in self.tables.iter().zip(self.places) {
            if company.is_some_and(|company| *company != table.company_id) {
                let whose = "tenant";
                self.report(
                    &place.table,
                    "company_id",
                    ReportError::ForeignRow { whose },
                );
            }
            if ids.insert(&table.id, ()).is_some() {
                let (kind, slug) = ("id", echo(&table.id));
                self.report(
                    &place.table,
                    "id",
                    ReportError::DuplicateSlug { kind, slug },
                );
            }
            if let Some(first) = keys.insert(source_key(&table.slug), &place.table) {
                let (kind, slug) = ("table", echo(&table.slug));
                let error = ReportError::DuplicateSlug { kind, slug };
                let error = Error::new(place.table.inside("slug"), error);
                let advice = Help::advice("`-` and `_` are one in slugs of tables");
                self.findings
                    .push(error.with_related(first.inside("slug")).with_help(advice));
            }
            let mut slugs: BTreeMap<&str, &Path> = BTreeMap::new();
            for (column, path) in table.columns.iter().zip(&place.columns) {
                if let Some(first) = slugs.insert(&column.slug, path) {
                    let (kind, slug) = ("column", echo(&column.slug));
                    let error = ReportError::DuplicateSlug { kind, slug };
                    let error = Error::new(path.inside("slug"), error);
                    self.findings.push(error.with_related(first.inside("slug")));
                }
            }
        }
    }

    /// The position of a table that a setting names.
    fn table(&mut self, path: &Path, slug: &str) -> Option<usize> {
        let mut all = self.tables.iter();
        let found = all.position(|table| table.slug == slug);
        if found.is_none() {
            let slugs = self.tables.iter().map(|table| table.slug.as_str());
            let help = self.findings.nearest(slug, slugs);
            self.setting(path, "table", NO_TABLE, help);
        }
        found
    }

    fn setting(
        &mut self,
        path: &Path,
        setting: &'static str,
        reason: &'static str,
        help: Option<Help>,
    ) {
        let path = path.inside(&format!("settings.{setting}"));
        let error = Error::new(path, ReportError::ColumnSetting { setting, reason });
        self.findings.push(error.with_help(help));
    }

    /// A rollup is of a column of records that refer to this table.
    fn rollup(&mut self, own: &DynamicTable, rollup: &Rollup, path: &Path, formulas: &[Formulas]) {
        let Some(at) = self.table(path, &rollup.table) else {
            return;
        };
        let (Some(table), Some(formulas)) = (self.tables.get(at), formulas.get(at)) else {
            return;
        };
        let leads_back = |column: &&TableField| matches!(&column.kind, FieldKind::Relationship { table } if *table == own.slug);
        let back = table.column(&rollup.relationship);
        if back.filter(leads_back).is_none() {
            let fitting = table.columns.iter().filter(leads_back);
            let slugs = fitting.map(|column| column.slug.as_str());
            let help = Help::one_of(slugs);
            self.setting(path, "relationship", NOT_BACK, help);
        }
        let Some(field) = &rollup.field else { return };
        let Some(column) = table.column(field) else {
            let slugs = table.columns.iter().map(|column| column.slug.as_str());
            let help = self.findings.nearest(field, slugs);
            self.setting(path, "field", NO_COLUMN, help);
            return;
        };
        let kind = match &column.kind {
            FieldKind::Rollup(_) => return self.setting(path, "field", NOT_STORED, None),
            FieldKind::Formula { .. } => formulas.get(&column.slug).map(|found| found.kind),
            other => kind_of(other),
        };
        let fits = match rollup.function {
            RollupFunction::Count => true,
            RollupFunction::Sum | RollupFunction::Avg => kind == Some(Kind::Number),
            RollupFunction::Min | RollupFunction::Max => {
                matches!(kind, Some(Kind::Number | Kind::Date))
            }
        };
        // What is wrong with a formula itself has been said.
        let is_known = !matches!(column.kind, FieldKind::Formula { .. }) || kind.is_some();
        if !fits && is_known {
            self.setting(path, "field", NOT_ADDED, None);
        }
    }

    /// What the formulas of a table compute, those first that others rest on.
    fn formulas(&mut self, at: usize) -> Formulas {
        let mut found = Formulas::new();
        let (Some(table), Some(place)) = (self.tables.get(at), self.places.get(at)) else {
            return found;
        };
        let mut parsed: BTreeMap<&str, (Expr<Written>, Path)> = BTreeMap::new();
        for (column, path) in table.columns.iter().zip(&place.columns) {
            let FieldKind::Formula { expression } = &column.kind else {
                continue;
            };
            let path = path.inside("settings.expression");
            let functions = UserFunctions::default();
            match parse_fragment(expression, FragmentKind::Row, &functions, self.limits) {
                Ok(expr) => {
                    parsed.insert(&column.slug, (expr, path));
                }
                Err(errors) => {
                    for error in errors {
                        let path = path.clone().with_span(error.span);
                        let finding = Error::new(path, error.error);
                        self.findings.push(finding.with_help(error.help));
                    }
                }
            }
        }
        let written = table.columns.iter();
        let written: Vec<&str> = written
            .map(|column| column.slug.as_str())
            .filter(|slug| parsed.contains_key(slug))
            .collect();
        for slug in self.in_order(&written, &parsed) {
            let Some((expr, path)) = parsed.get(slug) else {
                continue;
            };
            if let Some(one) = self.formula(table, &found, expr, path) {
                found.insert(slug.to_owned(), one);
            }
        }
        found
    }

    /// The formulas, each behind those that it rests on. Those on a cycle are reported and left out, and so is what
    /// rests on too many levels.
    fn in_order<'p>(
        &mut self,
        written: &[&'p str],
        parsed: &BTreeMap<&'p str, (Expr<Written>, Path)>,
    ) -> Vec<&'p str> {
        let mut uses: BTreeMap<&'p str, Vec<&'p str>> = BTreeMap::new();
        for (slug, (expr, _)) in parsed {
            let mut used: Vec<&'p str> = Vec::new();
            expr.for_each_reference(&mut |written| {
                let name = name_of(written).and_then(|name| parsed.get_key_value(name));
                used.extend(name.map(|(slug, _)| *slug));
            });
            used.sort_unstable();
            used.dedup();
            uses.insert(slug, used);
        }
        let mut order: Vec<&'p str> = Vec::new();
        // How many levels each rests on; none for what is on a cycle or rests on one.
        let mut levels: BTreeMap<&'p str, Option<usize>> = BTreeMap::new();
        for start in written {
            let mut way: Vec<(&'p str, usize)> = vec![(start, 0)];
            while let Some((slug, next)) = way.last_mut() {
                let slug = *slug;
                if levels.contains_key(slug) {
                    way.pop();
                    continue;
                }
                let used = uses.get(slug).map_or(&[][..], Vec::as_slice);
                match used.get(*next) {
                    Some(below) if way_has(&way, below) => {
                        self.report_cycle(&way, below, parsed);
                        levels.insert(slug, None);
                    }
                    Some(below) if levels.contains_key(below) => {
                        if let Some((_, next)) = way.last_mut() {
                            *next += 1;
                        }
                    }
                    Some(below) => way.push((below, 0)),
                    None => {
                        let below = used
                            .iter()
                            .map(|below| levels.get(below).copied().flatten());
                        let deepest = below.collect::<Option<Vec<usize>>>();
                        let level = deepest.map(|all| all.into_iter().max().unwrap_or(0) + 1);
                        let bound = self.limits.formula_depth;
                        let is_deep = level.is_some_and(|level| level > bound);
                        if let Some((_, path)) = parsed.get(slug).filter(|_| is_deep) {
                            self.limit(path, "formula_depth", bound);
                        }
                        levels.insert(slug, level.filter(|_| !is_deep));
                        order.extend(level.filter(|_| !is_deep).map(|_| slug));
                    }
                }
            }
        }
        order
    }

    fn limit(&mut self, path: &Path, limit: &'static str, bound: usize) {
        let bound = bound as u64;
        let error = ReadError::LimitExceeded { limit, bound };
        self.findings.push(Error::new(path.clone(), error));
    }

    fn report_cycle(
        &mut self,
        way: &[(&str, usize)],
        back: &str,
        parsed: &BTreeMap<&str, (Expr<Written>, Path)>,
    ) {
        let from = way.iter().position(|(slug, _)| *slug == back);
        let around = way.iter().skip(from.unwrap_or_default());
        let mut slugs: Vec<&str> = around.map(|(slug, _)| *slug).collect();
        slugs.push(back);
        let way = slugs.join(" -> ");
        if let Some((_, path)) = parsed.get(back) {
            let path = path.clone();
            self.findings
                .push(Error::new(path, ReportError::FormulaCycle { way }));
        }
    }

    fn formula(
        &mut self,
        table: &DynamicTable,
        known: &Formulas,
        expr: &Expr<Written>,
        path: &Path,
    ) -> Option<Computed> {
        let left = Cell::new(self.limits.fragment_nodes);
        let names = |name: &str| {
            let column = table.column(name);
            let found = match column.map(|column| &column.kind) {
                Some(FieldKind::Formula { .. }) => known.get(name).cloned(),
                Some(FieldKind::Integer) => Some(Computed::whole(name)),
                Some(kind) => kind_of(kind).map(|kind| Computed::column(name, kind)),
                None => None,
            };
            let fits = found.filter(|found| match left.get().checked_sub(found.nodes) {
                Some(rest) => {
                    left.set(rest);
                    true
                }
                None => {
                    left.set(0);
                    false
                }
            });
            fits.ok_or_else(|| {
                let reason = format!("`{}` is no column that formulas compute with", echo(name));
                ReportError::FormulaType { reason }
            })
        };
        let deepest = self.limits.fragment_depth / 2;
        match computed(expr, &names) {
            _ if left.get() == 0 => {
                self.limit(path, "fragment_nodes", self.limits.fragment_nodes);
                None
            }
            Ok(found) if found.text.len() > self.limits.fragment_bytes => {
                self.limit(path, "fragment_bytes", self.limits.fragment_bytes);
                None
            }
            Ok(found) if found.nodes > self.limits.fragment_nodes => {
                self.limit(path, "fragment_nodes", self.limits.fragment_nodes);
                None
            }
            Ok(found) if found.depth > deepest => {
                self.limit(path, "fragment_depth", self.limits.fragment_depth);
                None
            }
            Ok(found) if found.kind == Kind::Unknown => {
                let reason = "it is always nothing".to_owned();
                self.findings.push(Error::new(
                    path.clone(),
                    ReportError::FormulaType { reason },
                ));
                None
            }
            Ok(found) => Some(found),
            Err(error) => {
                let slugs = table.columns.iter().map(|column| column.slug.as_str());
                let unknown = unknown_name(table, expr);
                let help = unknown.and_then(|name| self.findings.nearest(&name, slugs));
                self.findings
                    .push(Error::new(path.clone(), error).with_help(help));
                None
            }
        }
    }
}

/// The first name of a formula that is no column.
fn unknown_name(table: &DynamicTable, expr: &Expr<Written>) -> Option<String> {
    let mut unknown = None;
    expr.for_each_reference(&mut |written| {
        let name = name_of(written).filter(|name| table.column(name).is_none());
        if unknown.is_none() {
            unknown = name.map(str::to_owned);
        }
    });
    unknown
}

fn way_has(way: &[(&str, usize)], slug: &str) -> bool {
    way.iter().any(|(each, _)| *each == slug)
}

/// The type of a stored column in formulas; none where they do not compute with it.
fn kind_of(kind: &FieldKind) -> Option<Kind> {
    match kind {
        FieldKind::Text | FieldKind::Select => Some(Kind::Text),
        FieldKind::Number | FieldKind::Integer => Some(Kind::Number),
        FieldKind::Boolean => Some(Kind::Boolean),
        FieldKind::Date => Some(Kind::Date),
        FieldKind::Moment
        | FieldKind::MultiSelect { .. }
        | FieldKind::Relationship { .. }
        | FieldKind::Rollup(_)
        | FieldKind::Formula { .. } => None,
    }
}
