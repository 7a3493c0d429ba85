//! Check: `CatalogSpec` to `Catalog`; reports everything that it finds.
//!
//! In: a catalog as written. Out: the checked catalog. Guaranteed afterwards: see `catalog/mod.rs`.
//! Codes: those of `CatalogError`. Next to read: the steps, in the order in which `check` calls them.

mod dimensions;
mod formats;
mod fragments;
mod graph;
mod lookups;
mod metrics;
mod relationships;
mod rollups;
mod sources;
mod templates;
mod timing;
mod toggles;
mod variants;

pub(in crate::catalog) use variants::in_words as selection_in_words;

use std::collections::BTreeMap;

use crate::error::{CatalogError, Error, Errors, Findings, Help};
use crate::expr::functions::UserFunctions;
use crate::expr::{Call, Expr};
use crate::hash::CatalogMap;
use crate::limits::Limits;
use crate::name::Name;
use crate::path::Path;
use crate::value::DataType;

use super::columns::{ColumnId, ColumnNames, is_column};
use super::fragment::Fragment;
use super::metric::SharedFilter;
use super::source::Source;
use super::spec::{CatalogSpec, Origin};
use super::{
    Catalog, DimensionId, KeyIndex, MeasureId, MetricId, SourceId, ToggleId, digest, lint,
};

/// What the steps share while they look.
struct Checker<'s> {
    spec: &'s CatalogSpec,
    limits: Limits,
    findings: Findings,
    functions: UserFunctions,
    columns: ColumnNames,
    /// The type of each column where all sources that declare it agree.
    column_types: CatalogMap<ColumnId, Option<DataType>>,
    measures: Vec<Fragment>,
    measure_ids: CatalogMap<Call<ColumnId>, MeasureId>,
    measure_facts: Vec<MeasureFacts>,
    /// The filters of semi-additive metrics, each once.
    filters: CatalogMap<Expr<ColumnId>, SharedFilter>,
    index: KeyIndex,
    order: DefinitionOrder,
}

/// What is known of a measure by its aggregate alone.
struct MeasureFacts {
    /// It is a count, which is never NULL.
    counts: bool,
    /// Its values over parts of the rows add up to its value over all.
    adds_up: bool,
}

/// The positions in the document of what the catalog holds, sorted by key.
#[derive(Default)]
struct DefinitionOrder {
    sources: Vec<usize>,
    metrics: Vec<usize>,
    dimensions: Vec<usize>,
    toggles: Vec<usize>,
}

/// Checks a catalog.
pub(super) fn check(spec: &CatalogSpec, limits: Limits) -> Result<Catalog, Errors> {
    let mut checker = Checker::new(spec, limits);
    checker.index_keys();
    checker.collect_column_types();
    let toggles = checker.toggles();
    let parsed = checker.parse_dimensions();
    let mut metrics = checker.metrics(&toggles);
    checker.spread_timing(&mut metrics);
    let dimensions = checker.dimensions(&parsed);
    let mut sources = checker.sources(&parsed, &metrics);
    let routes = checker.relationships(&mut sources);
    checker.check_own_lookups(&parsed);
    let templates = checker.templates();
    checker.check_variants(&metrics, &toggles);
    checker.check_graph(&metrics, &sources, &toggles);
    checker.check_timing(&metrics, &sources);
    let lints = lint::lints(spec, &metrics, &sources, &toggles);
    let defaults = toggles::defaults(&toggles);
    let offering = offering(&sources, metrics.len());
    let Checker {
        limits,
        mut findings,
        columns,
        measures,
        index,
        ..
    } = checker;
    findings.sort_by_place(place);
    findings.finish(Catalog {
        limits,
        columns,
        sources,
        metrics,
        dimensions,
        toggles,
        templates,
        measures,
        defaults,
        functions: spec.functions.clone(),
        index,
        routes,
        offering,
        digest: digest::digest(spec),
        lints,
        definitions: CatalogSpec::default(),
    })
}

impl<'s> Checker<'s> {
    fn new(spec: &'s CatalogSpec, limits: Limits) -> Self {
        let mut findings = Findings::default();
        let functions = UserFunctions::new(&spec.functions, &mut findings);
        Self {
            spec,
            limits,
            findings,
            functions,
            columns: ColumnNames::default(),
            column_types: CatalogMap::default(),
            measures: Vec::new(),
            measure_ids: CatalogMap::default(),
            measure_facts: Vec::new(),
            filters: CatalogMap::default(),
            index: KeyIndex::default(),
            order: DefinitionOrder::default(),
        }
    }

    fn report(&mut self, origin: &Origin, field: &str, error: CatalogError) {
        self.findings.push(Error::new(origin.path(field), error));
    }

    /// Reports a key that is no name.
    fn report_name(&mut self, origin: &Origin, field: &str, kind: &'static str, name: &str) {
        let name = crate::path::echo(name);
        let help = Help::advice(match kind {
            "column" => "a column has 1 to 63 bytes without control characters",
            "template" => "letters, digits, `_` and `-`, at most 100",
            _ => "letters, digits and underscores, not a digit first, at most 100",
        });
        let error = CatalogError::InvalidName { kind, name };
        self.findings
            .push(Error::new(origin.path(field), error).with_help(help));
    }

    /// A column that a field names outright, reported where no database could have it.
    fn column_name(&mut self, origin: &Origin, field: &str, name: &str) -> ColumnId {
        if !is_column(name) {
            self.report_name(origin, field, "column", name);
        }
        self.columns.intern(name)
    }

    /// Reports a key that another definition has already.
    fn report_duplicate(
        &mut self,
        (origin, first): (&Origin, &Origin),
        field: &str,
        kind: &'static str,
        name: &str,
    ) {
        let name = crate::path::echo(name);
        let error = Error::new(
            origin.path(field),
            CatalogError::DuplicateKey { kind, name },
        );
        let help = Help::advice("rename or remove one of the two");
        self.findings
            .push(error.with_related(first.path(field)).with_help(help));
    }

    /// Gives every key its position; broken and doubled keys are reported and left out.
    fn index_keys(&mut self) {
        let spec = self.spec;
        let sources = spec
            .data_sources
            .iter()
            .map(|s| (&s.origin, s.source_key.as_str()));
        let (keys, order) = self.sorted_keys("source", "source_key", sources);
        self.order.sources = order;
        self.index.sources = positions(keys, SourceId);
        let metrics = spec
            .metrics
            .iter()
            .map(|m| (&m.origin, m.metric_key.as_str()));
        let (keys, order) = self.sorted_keys("metric", "metric_key", metrics);
        self.order.metrics = order;
        self.index.metrics = positions(keys, MetricId);
        let dimensions = spec
            .dimensions
            .iter()
            .map(|d| (&d.origin, d.dimension_key.as_str()));
        let (keys, order) = self.sorted_keys("dimension", "dimension_key", dimensions);
        self.order.dimensions = order;
        self.index.dimensions = positions(keys, DimensionId);
        let toggles = spec
            .toggles
            .iter()
            .map(|t| (&t.origin, t.toggle_key.as_str()));
        let (keys, order) = self.sorted_keys("toggle", "toggle_key", toggles);
        self.order.toggles = order;
        self.index.toggles = positions(keys, |at| ToggleId(u16::try_from(at).unwrap_or(u16::MAX)));
        if self.order.toggles.len() > usize::from(u16::MAX) {
            let error = CatalogError::LimitExceeded {
                limit: "toggles",
                bound: u64::from(u16::MAX),
            };
            self.findings
                .push(Error::new(crate::path::At::root("catalog").path(), error));
        }
    }

    /// The valid keys in alphabetical order, with their places in the document.
    fn sorted_keys<'k>(
        &mut self,
        kind: &'static str,
        field: &str,
        keys: impl Iterator<Item = (&'k Origin, &'k str)>,
    ) -> (Vec<Name>, Vec<usize>) {
        let mut found: BTreeMap<Name, (usize, &Origin)> = BTreeMap::new();
        for (index, (origin, key)) in keys.enumerate() {
            let Some(name) = Name::new(key) else {
                self.report_name(origin, field, kind, key);
                continue;
            };
            if let Some((_, first)) = found.get(&name) {
                self.report_duplicate((origin, first), field, kind, key);
                continue;
            }
            found.insert(name, (index, origin));
        }
        found
            .into_iter()
            .map(|(name, (index, _))| (name, index))
            .unzip()
    }

    /// Notes the declared type of every column where the sources agree on it.
    fn collect_column_types(&mut self) {
        for source in &self.spec.data_sources {
            for column in source.columns.iter().flatten() {
                let id = self.columns.intern(&column.name);
                let declared = (!column.data_type.is_array).then_some(column.data_type.element);
                self.column_types
                    .entry(id)
                    .and_modify(|known| {
                        if *known != declared {
                            *known = None;
                        }
                    })
                    .or_insert(declared);
            }
        }
    }

    /// Prepares a row-level expression.
    fn fragment(&self, expr: &Expr<ColumnId>) -> Fragment {
        Fragment::new(expr, &|column| {
            self.column_types.get(column).copied().flatten()
        })
    }

    /// The measure of an aggregate call, new or known.
    fn measure(&mut self, call: Call<ColumnId>) -> MeasureId {
        if let Some(id) = self.measure_ids.get(&call) {
            return *id;
        }
        // The number of measures is bounded by the bytes of a catalog, far below 2^32.
        let id = MeasureId(u32::try_from(self.measures.len()).unwrap_or(u32::MAX));
        self.measure_ids.insert(call.clone(), id);
        self.measure_facts.push(MeasureFacts {
            counts: call.function.is_count(),
            adds_up: !call.is_distinct && call.function.adds_up(),
        });
        let types = &self.column_types;
        let fragment = Fragment::aggregate(call, &|column| types.get(column).copied().flatten());
        self.measures.push(fragment);
        id
    }
}

/// The arrays of a catalog's document, in both spellings, in the order in which they are explained.
const TABLES: [&str; 11] = [
    "data_sources",
    "data_source_metrics",
    "data_source_dimensions",
    "metrics",
    "metric_variants",
    "dimensions",
    "toggles",
    "metric_toggles",
    "metric_toggle_options",
    "templates",
    "report_templates",
];

/// The position of a definition in its document: its array, and its index there.
fn place(path: &Path) -> (usize, usize) {
    let rest = path.as_str().strip_prefix("catalog.").unwrap_or_default();
    let (table, rest) = rest.split_once('[').unwrap_or((rest, ""));
    let rank = TABLES.iter().position(|known| *known == table);
    let index = rest.split(']').next().and_then(|index| index.parse().ok());
    (rank.unwrap_or(TABLES.len()), index.unwrap_or_default())
}

/// The sources that offer each metric.
fn offering(sources: &[Source], metrics: usize) -> Vec<Vec<SourceId>> {
    let mut offering = vec![Vec::new(); metrics];
    for (at, source) in (0u32..).zip(sources) {
        for id in source.metrics.keys() {
            if let Some(ids) = offering.get_mut(id.0 as usize) {
                ids.push(SourceId(at));
            }
        }
    }
    offering
}

/// Numbers the keys, which are sorted.
fn positions<T>(keys: Vec<Name>, id: impl Fn(u32) -> T) -> CatalogMap<Name, T> {
    keys.into_iter()
        .zip(0u32..)
        .map(|(key, at)| (key, id(at)))
        .collect()
}

/// A label: as written, or the key in words.
fn label(written: Option<&String>, key: &str) -> String {
    written
        .cloned()
        .unwrap_or_else(|| crate::name::in_words(key))
}
