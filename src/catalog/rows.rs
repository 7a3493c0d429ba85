//! The rows spelling of a catalog: the report builder's tables as JSON, ids and foreign keys included.
//!
//! In: one object of arrays of rows, as `json_agg` over the tables gives it. Out: [`CatalogSpec`],
//! with keys in place of ids. Guaranteed afterwards: what `spec.rs` promises, and that every foreign
//! key of a live row led to a live row. Codes: those of `ReadError`, `duplicate-key`,
//! `unknown-reference`, `wrong-value`. Next to read: `write_rows.rs`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::fields;
use super::read::open;
use super::spec::{CatalogSpec, Offer, Origin, SourceSpec};
use crate::error::{CatalogError, Error, Errors, Help};
use crate::json::{Document, Node, Object};
use crate::limits::Limits;
use crate::path::echo;

/// Tables of the same schema that define nothing that a catalog holds.
const OTHER_TABLES: [&str; 9] = [
    "saved_views",
    "filter_presets",
    "dashboards",
    "dashboard_widgets",
    "scheduled_reports",
    "export_jobs",
    "user_dimension_access",
    "dimension_access_audit",
    "client_modules",
];

impl CatalogSpec {
    /// Reads a catalog in the rows spelling: one JSON object whose keys are the names of the report
    /// builder's tables and whose values are their rows.
    ///
    /// Inactive and deleted rows are left out. SQL's NULL counts as absent, except that a
    /// `date_column` of NULL is no date column and a `client_id_column` of NULL is shared data.
    ///
    /// # Errors
    /// The codes of [`from_json`](Self::from_json), and `unknown-reference` where a live row points
    /// at a row that is missing, inactive or deleted, `duplicate-key` where two rows of a table have
    /// one id.
    pub fn from_rows_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open(text, limits)?;
        let spec = catalog(&document.root()).unwrap_or_default();
        fields::report_duplicates(&document, &spec);
        document.finish(spec)
    }
}

/// What the live rows of a table stand for, by id.
type Ids<T> = HashMap<i64, T>;

fn catalog(root: &Node<'_>) -> Option<CatalogSpec> {
    let document = root.document();
    let top = root.object()?;
    let mut spec = CatalogSpec {
        data_sources: rows(&top, "data_sources", fields::source),
        metrics: rows(&top, "metrics", fields::metric),
        dimensions: rows(&top, "dimensions", fields::dimension),
        toggles: rows(&top, "metric_toggles", fields::toggle),
        templates: rows(&top, "report_templates", fields::template),
        functions: top
            .list("functions", |node, _| fields::function(&node))
            .unwrap_or_default(),
    };
    let sources = positions(document, spec.data_sources.iter().map(|spec| &spec.origin));
    let metrics = positions(document, spec.metrics.iter().map(|spec| &spec.origin));
    let dimensions = positions(document, spec.dimensions.iter().map(|spec| &spec.origin));
    let toggles = positions(document, spec.toggles.iter().map(|spec| &spec.origin));
    link_metrics(&top, &mut spec, &sources, &metrics);
    link_dimensions(&top, &mut spec, &sources, &dimensions);
    let options = link_options(&top, &mut spec, &toggles);
    link_variants(&top, &mut spec, &metrics, &options);
    top.ignore(&OTHER_TABLES);
    top.finish();
    Some(spec)
}

/// The live rows of a table.
fn rows<T>(
    top: &Object<'_>,
    table: &'static str,
    mut read: impl FnMut(&Object<'_>, Origin) -> T,
) -> Vec<T> {
    let read = |node: Node<'_>, index| {
        let row = node.object()?;
        if !fields::is_live(&row) {
            return None;
        }
        let origin = Origin {
            table,
            index,
            id: row.integer("id"),
            parent: None,
        };
        let item = read(&row, origin);
        row.finish();
        Some(item)
    };
    top.list(table, read).unwrap_or_default()
}

/// The position of each definition by its row's id.
fn positions<'o>(
    document: &Document<'_>,
    origins: impl ExactSizeIterator<Item = &'o Origin>,
) -> Ids<usize> {
    let mut ids = HashMap::with_capacity(origins.len());
    for (position, origin) in origins.enumerate() {
        insert_id(document, &mut ids, origin, position);
    }
    ids
}

fn insert_id<T>(document: &Document<'_>, ids: &mut Ids<T>, origin: &Origin, item: T) {
    // A row without an id stands for itself; nothing can point at it.
    let Some(id) = origin.id else { return };
    if let Entry::Vacant(entry) = ids.entry(id) {
        entry.insert(item);
    } else {
        let error = CatalogError::DuplicateKey {
            kind: "row id",
            name: id.to_string(),
        };
        document.report(Error::new(origin.path("id"), error));
    }
}

/// What the foreign key of a row leads to.
fn reference<'i, T>(
    row: &Object<'_>,
    column: &'static str,
    kind: &'static str,
    ids: &'i Ids<T>,
) -> Option<&'i T> {
    let node = row.required(column)?;
    let id = node.integer()?;
    let found = ids.get(&id);
    if found.is_none() {
        let name = id.to_string();
        node.report(CatalogError::UnknownReference { kind, name });
    }
    found
}

fn link_metrics(
    top: &Object<'_>,
    spec: &mut CatalogSpec,
    sources: &Ids<usize>,
    metrics: &Ids<usize>,
) {
    let CatalogSpec {
        data_sources,
        metrics: defined,
        ..
    } = spec;
    rows(top, "data_source_metrics", |row, origin| {
        let source = reference(row, "data_source_id", "data source", sources);
        let metric = reference(row, "metric_id", "metric", metrics);
        let key = metric.and_then(|position| Some(defined.get(*position)?.metric_key.clone()));
        // Without a key something has been reported, so that the stand-in is never seen.
        let item = fields::source_metric(row, origin, key.unwrap_or_default());
        if let Some(source) = source_mut(data_sources, source) {
            push(&mut source.metrics, item);
        }
    });
}

fn link_dimensions(
    top: &Object<'_>,
    spec: &mut CatalogSpec,
    sources: &Ids<usize>,
    dimensions: &Ids<usize>,
) {
    let CatalogSpec {
        data_sources,
        dimensions: defined,
        ..
    } = spec;
    rows(top, "data_source_dimensions", |row, origin| {
        let source = reference(row, "data_source_id", "data source", sources);
        let dimension = reference(row, "dimension_id", "dimension", dimensions);
        let key =
            dimension.and_then(|position| Some(defined.get(*position)?.dimension_key.clone()));
        // Without a key something has been reported, so that the stand-in is never seen.
        let item = fields::source_dimension(row, origin, key.unwrap_or_default());
        if let Some(source) = source_mut(data_sources, source) {
            push(&mut source.dimensions, item);
        }
    });
}

fn source_mut<'s>(
    sources: &'s mut [SourceSpec],
    position: Option<&usize>,
) -> Option<&'s mut SourceSpec> {
    sources.get_mut(*position?)
}

fn push<T>(offer: &mut Offer<T>, item: T) {
    if let Offer::Listed(listed) = offer {
        listed.push(item);
    }
}

/// An option as variants refer to it: its toggle and its own key. The toggle is absent if the
/// option's row has been reported for pointing at none.
struct OptionKey {
    toggle: Option<String>,
    option: String,
}

fn link_options(top: &Object<'_>, spec: &mut CatalogSpec, toggles: &Ids<usize>) -> Ids<OptionKey> {
    let mut ids = HashMap::new();
    rows(top, "metric_toggle_options", |row, origin| {
        let position = reference(row, "toggle_id", "toggle", toggles);
        let item = fields::option(row, origin);
        let toggle = position.and_then(|position| spec.toggles.get_mut(*position));
        let key = OptionKey {
            toggle: toggle.as_ref().map(|toggle| toggle.toggle_key.clone()),
            option: item.option_key.clone(),
        };
        insert_id(top.document(), &mut ids, &item.origin, key);
        if let Some(toggle) = toggle {
            toggle.options.push(item);
        }
    });
    ids
}

fn link_variants(
    top: &Object<'_>,
    spec: &mut CatalogSpec,
    metrics: &Ids<usize>,
    options: &Ids<OptionKey>,
) {
    rows(top, "metric_variants", |row, origin| {
        let position = reference(row, "metric_id", "metric", metrics);
        let option = reference(row, "toggle_option_id", "option", options);
        let node = row.get("when");
        let mut when = node.as_ref().and_then(fields::when).unwrap_or_default();
        if let Some(OptionKey {
            toggle: Some(toggle),
            option,
        }) = option
        {
            match when.get(toggle) {
                Some(other) if other != option => {
                    let error = CatalogError::WrongValue {
                        subject: format!("option `{}`", echo(other)),
                    };
                    let advice = format!(
                        "the row's `toggle_option_id` is option `{}` of this toggle",
                        echo(option)
                    );
                    let at = row.at().key("when");
                    row.report(
                        Error::new(at.key(toggle).path(), error).with_help(Help::advice(advice)),
                    );
                }
                _ => {
                    when.insert(toggle.clone(), option.clone());
                }
            }
        }
        let item = fields::variant(row, origin, when);
        if let Some(metric) = position.and_then(|position| spec.metrics.get_mut(*position)) {
            metric.variants.push(item);
        }
    });
}
