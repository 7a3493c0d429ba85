//! A definition as a request.
//!
//! In: a definition, a catalog, and the context of the reader. Out: [`Lowered`]. Guaranteed afterwards: every
//! part of the definition is in the request or has its finding. What the request finds out by itself, such as a
//! name that is nothing, is left to it. Next to read: `compiled.rs`.

use super::definition::{ColumnChoice, TableDefinition};
use super::field::Scope;
use super::filters::{Conditions, Subjects};
use super::grouped::{Aggregated, Group, Named, named};
use super::places::Places;
use crate::catalog::Catalog;
use crate::catalog::source::Source;
use crate::context::Context;
use crate::error::{Error, Findings, Help, Kind, ReportError, ResolveError};
use crate::path::{At, Path, echo};
use crate::request::{DimensionRequest, FilterRequest, OrderRequest, Request, RequestKind};

/// A definition as a request, and what the answer is to be looked at for.
pub(super) struct Lowered<'a, 'd> {
    pub(super) request: Request,
    /// What is shown, in this order.
    pub(super) shown: Vec<ShownKey<'d>>,
    pub(super) aggregated: Vec<Aggregated<'a, 'd>>,
    pub(super) places: Places,
    pub(super) scope: Scope<'a>,
}

/// A column that is shown: its key in the result, and what the user calls it.
pub(super) struct ShownKey<'d> {
    pub(super) key: String,
    pub(super) label: Option<&'d str>,
}

const TWICE: &str = "is listed twice";
const NOT_GROUPED: &str = "is neither grouped by nor added up";
const SEVERAL: &str = "is added up in several ways";

pub(super) fn lower<'a, 'd>(
    definition: &'d TableDefinition,
    catalog: &'a Catalog,
    context: &'a Context,
) -> Lowered<'a, 'd> {
    let mut scope = Scope {
        catalog,
        context,
        sources: Vec::new(),
        used: Vec::new(),
        findings: Findings::default(),
    };
    list_sources(&mut scope, definition);
    let aggregated = scope.aggregated(definition);
    let mut lowering = Lowering {
        definition,
        scope,
        places: Places::default(),
        request: Request::new(),
        shown: Vec::new(),
    };
    let is_grouped = !definition.group_by.is_empty()
        || !definition.aggregates.is_empty()
        || !aggregated.is_empty();
    match is_grouped {
        true => lowering.groups(&aggregated),
        false => lowering.rows(),
    }
    Lowered {
        request: lowering.request,
        shown: lowering.shown,
        aggregated,
        places: lowering.places,
        scope: lowering.scope,
    }
}

/// Finds the sources that a definition lists.
fn list_sources(scope: &mut Scope<'_>, definition: &TableDefinition) {
    let root = At::root("table");
    let at = root.key("dataSources");
    for (index, key) in definition.data_sources.iter().enumerate() {
        let path = at.index(index).path();
        let Some(source) = scope.catalog.source(key) else {
            let (kind, name) = (Kind::Source, echo(key));
            let sources = scope.catalog.sources.iter();
            let keys = sources.map(|source| source.key.as_str());
            let help = scope.findings.nearest(key, keys);
            let error = Error::new(path, ResolveError::Unknown { kind, name });
            scope.findings.push(error.with_help(help));
            continue;
        };
        if scope.is_listed(source) {
            let (name, reason) = (echo(key), TWICE);
            scope.report(path, ReportError::TableSource { name, reason }, None);
            continue;
        }
        scope.sources.push(source);
    }
}

struct Lowering<'a, 'd> {
    definition: &'d TableDefinition,
    scope: Scope<'a>,
    places: Places,
    request: Request,
    shown: Vec<ShownKey<'d>>,
}

impl<'a, 'd> Lowering<'a, 'd> {
    /// Detail rows: those of the first source.
    fn rows(&mut self) {
        let definition = self.definition;
        self.request.kind = RequestKind::Rows;
        let Some(near) = self.scope.sources.first().copied() else {
            return;
        };
        self.name_source(near);
        self.scope.mark(near.id);
        let root = At::root("table");
        let at = root.key("columns");
        for (index, column) in definition.columns.iter().enumerate() {
            let place = at.index(index);
            let path = place_of(column, &place);
            let Some(field) = self.scope.field(&column.field, &path) else {
                continue;
            };
            let Some(key) = self.scope.row_key(near, &field, &path) else {
                continue;
            };
            let position = self.request.columns.len();
            self.places.item("columns", position, path.as_str());
            let asked = asked(key, field.grain);
            self.shown.push(ShownKey {
                key: output_key(&asked),
                label: column.label.as_deref(),
            });
            self.request.columns.push(asked);
        }
        self.filter(Some(near), &[]);
        for (index, sort) in definition.sort_by.iter().enumerate() {
            let at = root.key("sortBy");
            let path = at.index(index).key("field").path();
            let Some(field) = self.scope.field(&sort.field, &path) else {
                continue;
            };
            if let Some(key) = self.scope.row_key(near, &field, &path) {
                let key = output_key(&asked(key, field.grain));
                self.order(key, sort.descending, &path);
            }
        }
    }

    /// Groups: what is grouped by, and what is added up.
    fn groups(&mut self, aggregated: &[Aggregated<'a, 'd>]) {
        let definition = self.definition;
        let root = At::root("table");
        let at = root.key("groupBy");
        let mut groups: Vec<Group<'a, 'd>> = Vec::new();
        for (index, written) in definition.group_by.iter().enumerate() {
            let place = at.index(index).path();
            groups.extend(self.scope.field(written, &place).map(|field| Group {
                field,
                written,
                place,
                key: None,
            }));
        }
        if self.scope.sources.is_empty() {
            return;
        }
        let near = self.scope.near(aggregated, &groups);
        if let Some(near) = near {
            self.name_source(near);
        }
        if let Some(near) = near.filter(|_| aggregated.is_empty()) {
            self.scope.mark(near.id);
        }
        for group in &mut groups {
            let key = self.scope.dimension_key(near, &group.field, &group.place);
            let Some(key) = key else {
                continue;
            };
            let position = self.request.dimensions.len();
            self.places
                .item("dimensions", position, group.place.as_str());
            let asked = asked(key, group.field.grain);
            group.key = Some(output_key(&asked));
            self.request.dimensions.push(asked);
        }
        for (index, one) in aggregated.iter().enumerate() {
            self.places.item("metrics", index, one.place.as_str());
            self.request.metrics.push(one.key.clone());
        }
        self.show(&groups, aggregated);
        self.filter(near, aggregated);
        for (index, sort) in definition.sort_by.iter().enumerate() {
            let at = root.key("sortBy");
            let path = at.index(index).key("field").path();
            if let Some(key) = self.group_key(&sort.field, &groups, aggregated, &path) {
                self.order(key, sort.descending, &path);
            }
        }
    }

    /// The columns that are named first, in their order, then what else there is.
    fn show(&mut self, groups: &[Group<'a, 'd>], aggregated: &[Aggregated<'a, 'd>]) {
        let root = At::root("table");
        let at = root.key("columns");
        let mut left: Vec<Option<&Group<'a, 'd>>> = groups.iter().map(Some).collect();
        let mut left_over: Vec<Option<&Aggregated<'a, 'd>>> = aggregated.iter().map(Some).collect();
        for (index, column) in self.definition.columns.iter().enumerate() {
            let path = place_of(column, &at.index(index));
            let Some(found) = self.find(&column.field, groups, aggregated, &path) else {
                continue;
            };
            let label = column.label.as_deref();
            let (key, label) = match found {
                Named::Group(at) => match left.get_mut(at).and_then(Option::take) {
                    Some(group) => (group.key.clone(), label),
                    None => {
                        self.report_twice(&column.field, path);
                        continue;
                    }
                },
                Named::Aggregated(at) => match left_over.get_mut(at).and_then(Option::take) {
                    Some(one) => (Some(one.key.clone()), label.or(one.label)),
                    None => {
                        self.report_twice(&column.field, path);
                        continue;
                    }
                },
                Named::Several | Named::Nothing => continue,
            };
            self.shown.extend(key.map(|key| ShownKey { key, label }));
        }
        let groups = left.into_iter().flatten();
        let groups = groups.filter_map(|group| Some((group.key.clone()?, None)));
        let aggregated = left_over.into_iter().flatten();
        let aggregated = aggregated.map(|one| (one.key.clone(), one.label));
        for (key, label) in groups.chain(aggregated) {
            self.shown.push(ShownKey { key, label });
        }
    }

    fn report_twice(&mut self, name: &str, path: Path) {
        let (kind, name) = (Kind::Column, echo(name));
        let error = ResolveError::Duplicate { kind, name };
        self.scope.findings.push(Error::new(path, error));
    }

    /// What a name means among groups; what is neither a group nor a number is reported.
    fn find(
        &mut self,
        name: &str,
        groups: &[Group<'a, 'd>],
        aggregated: &[Aggregated<'a, 'd>],
        path: &Path,
    ) -> Option<Named> {
        let found = match named(name, None, groups, aggregated) {
            Named::Nothing => {
                let field = self.scope.field(name, path)?;
                named(name, Some(&field), groups, aggregated)
            }
            found => found,
        };
        let reason = match found {
            Named::Nothing => NOT_GROUPED,
            Named::Several => SEVERAL,
            found => return Some(found),
        };
        let called = aggregated.iter().map(|one| &*one.key);
        let written = groups.iter().map(|group| group.written);
        let help = Help::one_of(written.chain(called));
        let name = echo(name);
        let error = ReportError::TableField { name, reason };
        self.scope.report(path.clone(), error, help);
        None
    }

    fn group_key(
        &mut self,
        name: &str,
        groups: &[Group<'a, 'd>],
        aggregated: &[Aggregated<'a, 'd>],
        path: &Path,
    ) -> Option<String> {
        // The label of what is grouped by orders as well.
        if let Some(of) = name.strip_suffix(".label")
            && let Named::Group(at) = named(of, None, groups, aggregated)
        {
            let key = groups.get(at)?.key.as_ref()?;
            return Some(format!("{key}.label"));
        }
        match self.find(name, groups, aggregated, path)? {
            Named::Group(at) => groups.get(at)?.key.clone(),
            Named::Aggregated(at) => Some(aggregated.get(at)?.key.clone()),
            Named::Several | Named::Nothing => None,
        }
    }

    fn filter(&mut self, near: Option<&'a Source>, aggregated: &[Aggregated<'a, 'd>]) {
        let filters = &self.definition.filters;
        let subjects = Subjects { near, aggregated };
        let conditions = self.scope.conditions(filters, &subjects);
        let Conditions {
            filters: lowered,
            kept,
            range,
            range_at,
        } = conditions;
        if range.is_some() {
            let (from, to) = ("request.date_range", format!("table.filters[{range_at}]"));
            self.places
                .push(format!("{from}.preset"), format!("{to}.value"));
            self.places.push(from.to_owned(), to);
        }
        self.places.filters(filters, &kept);
        self.request.filters = (!lowered.is_empty()).then_some(FilterRequest::List(lowered));
        self.request.date_range = range;
    }

    fn order(&mut self, key: String, descending: bool, path: &Path) {
        let position = self.request.order_by.len();
        self.places.item("order_by", position, path.as_str());
        self.request.order_by.push(OrderRequest {
            key,
            descending,
            nulls_first: false,
        });
    }

    fn name_source(&mut self, near: &Source) {
        self.request.source = Some(near.key.to_string());
        let to = "table.dataSources".to_owned();
        self.places.push("request.source".to_owned(), to);
    }
}

/// The place of a column's field.
fn place_of(column: &ColumnChoice, at: &At<'_>) -> Path {
    match column.label {
        Some(_) => at.key("field").path(),
        None => at.path(),
    }
}

fn asked(key: String, grain: Option<crate::calendar::Grain>) -> DimensionRequest {
    DimensionRequest {
        dimension: key,
        grain: grain.map(|grain| grain.as_str().to_owned()),
    }
}

/// The key in the result.
fn output_key(asked: &DimensionRequest) -> String {
    match &asked.grain {
        Some(grain) => format!("{}.{grain}", asked.dimension),
        None => asked.dimension.clone(),
    }
}
