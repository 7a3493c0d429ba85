//! The fields that a definition has in both spellings of a catalog.
//!
//! In: an object, be it a nested definition or a row. Out: its struct in `spec.rs`, without what the
//! spellings say differently (what a source offers, options, variants). Codes: those of `ReadError`.
//! Next to read: `read.rs`.

use std::collections::{BTreeMap, HashMap};

use super::spec::{
    AdditivitySpec, Cardinality, CatalogSpec, ColumnSpec, DimensionSpec, GrainCount, MetricSpec,
    Offer, OptionSpec, Origin, RelationshipSpec, SourceDimensionSpec, SourceMetricSpec, SourceSpec,
    TemplateSpec, ToggleSpec, VariantSpec, WindowSpec,
};
use crate::error::{CatalogError, Error, Help, ReadError};
use crate::json::{Document, JsonKind, Node, Object};
use crate::path::echo;
use crate::value::{ColumnType, DataType};

/// Whether the definition counts: inactive and deleted ones are as if absent, whatever else they say.
pub(super) fn is_live(object: &Object<'_>) -> bool {
    object.ignore(&["created_at", "updated_at"]);
    let is_active = object.flag("is_active").unwrap_or(true);
    let is_deleted = object.flag("is_deleted").unwrap_or(false);
    is_active && !is_deleted
}

pub(super) fn source(object: &Object<'_>, origin: Origin) -> SourceSpec {
    SourceSpec {
        origin,
        source_key: object.required_text("source_key"),
        display_name: object.text("display_name"),
        view_pattern: object.required_text("view_pattern"),
        date_column: text_or_null(object, "date_column", "date"),
        client_id_column: text_or_null(object, "client_id_column", "client_id"),
        refresh_frequency_minutes: object.integer("refresh_frequency_minutes"),
        description: object.text("description"),
        columns: object.list("columns", |node, _| column(&node)),
        primary_key: object.texts("primary_key").unwrap_or_default(),
        rollup_by: object.texts("rollup_by").unwrap_or_default(),
        base_filter: object.text("base_filter"),
        priority: object.integer("priority").unwrap_or_default(),
        relationships: object
            .list("relationships", |node, _| relationship(&node))
            .unwrap_or_default(),
        access_exempt: object.texts("access_exempt").unwrap_or_default(),
        metrics: Offer::default(),
        dimensions: Offer::default(),
    }
}

/// A column name that `null` takes away and that has a value where nothing is said.
fn text_or_null(object: &Object<'_>, name: &'static str, absent: &str) -> Option<String> {
    match object.get_or_null(name) {
        None => Some(absent.to_owned()),
        Some(node) if node.is_null() => None,
        Some(node) => node.text(),
    }
}

fn column(node: &Node<'_>) -> Option<ColumnSpec> {
    let object = node.object()?;
    let name = object.required_text("name");
    let data_type = object.required("data_type").and_then(|node| {
        let written = node.str()?;
        let parsed = ColumnType::parse(&written);
        if parsed.is_none() {
            let element = written.strip_suffix("[]").unwrap_or(&written);
            node.wrong_word(element, DataType::ALL.map(DataType::as_str));
        }
        parsed
    });
    let path = object.texts("path");
    let column = object.text("column");
    let rollup = object.text("rollup");
    object.finish();
    Some(ColumnSpec {
        name,
        data_type: data_type?,
        path,
        column,
        rollup,
    })
}

fn relationship(node: &Node<'_>) -> Option<RelationshipSpec> {
    let object = node.object()?;
    let name = object.required_text("name");
    let to = object.required_text("to");
    let on = object
        .required("on")
        .and_then(|node| node.each(|node, _| pair(&node)));
    let cardinality = object.required("cardinality").and_then(|node| {
        node.word(&[
            ("many_to_one", Cardinality::ManyToOne),
            ("one_to_one", Cardinality::OneToOne),
            ("one_to_many", Cardinality::OneToMany),
        ])
    });
    object.finish();
    Some(RelationshipSpec {
        name,
        to,
        on: on?,
        cardinality: cardinality?,
    })
}

fn pair(node: &Node<'_>) -> Option<(String, String)> {
    let columns = node.each(|node, _| node.text())?;
    let mut columns = columns.into_iter();
    match (columns.next(), columns.next(), columns.next()) {
        (Some(here), Some(there), None) => Some((here, there)),
        _ => {
            let subject = "a list of another length than two".to_owned();
            node.report(ReadError::WrongValue { subject });
            None
        }
    }
}

pub(super) fn source_metric(
    object: &Object<'_>,
    origin: Origin,
    metric: String,
) -> SourceMetricSpec {
    SourceMetricSpec {
        origin,
        metric,
        sql_expression: object.text("sql_expression"),
    }
}

pub(super) fn source_dimension(
    object: &Object<'_>,
    origin: Origin,
    dimension: String,
) -> SourceDimensionSpec {
    SourceDimensionSpec {
        origin,
        dimension,
        column_expression: object.text("column_expression"),
        join_condition: object.text("join_condition"),
    }
}

pub(super) fn metric(object: &Object<'_>, origin: Origin) -> MetricSpec {
    MetricSpec {
        origin,
        metric_key: object.required_text("metric_key"),
        display_name: object.text("display_name"),
        description: object.text("description"),
        // The tables demand a text even of derived metrics; an empty one says nothing.
        sql_expression: object
            .text("sql_expression")
            .filter(|text| !text.trim().is_empty()),
        data_type: object.text("data_type"),
        format_pattern: object.text("format_pattern"),
        category: object.text("category"),
        aggregation_type: object.text("aggregation_type"),
        is_derived: object.flag("is_derived").unwrap_or(false),
        derived_formula: object.text("derived_formula"),
        sort_order: object.integer("sort_order").unwrap_or_default(),
        is_invertable: object.flag("is_invertable").unwrap_or(false),
        filter: object.text("filter"),
        additivity: object.get("additivity").and_then(|node| additivity(&node)),
        window: object.get("window").and_then(|node| window(&node)),
        offset: object.get("offset").and_then(|node| grain_count(&node)),
        null_as: object
            .get("null_as")
            .and_then(|node| node.number().map(str::to_owned)),
        currency: object.text("currency"),
        percent_scale: object.text("percent_scale"),
        module: object.text("module"),
        variants: Vec::new(),
    }
}

fn additivity(node: &Node<'_>) -> Option<AdditivitySpec> {
    match node.kind() {
        JsonKind::Text => {
            let is_additive = node.word(&[("additive", true), ("non_additive", false)])?;
            Some(if is_additive {
                AdditivitySpec::Additive
            } else {
                AdditivitySpec::NonAdditive
            })
        }
        JsonKind::Object => {
            let object = node.object()?;
            let spec = object.required("semi_additive").and_then(|node| {
                let inner = node.object()?;
                let over = inner.required_text("over");
                let pick = inner.required_text("pick");
                inner.finish();
                Some(AdditivitySpec::SemiAdditive { over, pick })
            });
            object.finish();
            spec
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}

fn window(node: &Node<'_>) -> Option<WindowSpec> {
    match node.kind() {
        JsonKind::Text => node
            .word(&[("cumulative", ())])
            .map(|()| WindowSpec::Cumulative),
        JsonKind::Object => {
            let object = node.object()?;
            let form = object.either(
                &["rolling", "to_date"],
                "a window is either `rolling` or `to_date`",
            );
            let spec = match form {
                Some("rolling") => object
                    .get("rolling")
                    .and_then(|node| grain_count(&node))
                    .map(WindowSpec::Rolling),
                Some(_) => object.get("to_date").and_then(|node| {
                    let inner = node.object()?;
                    let grain = inner.required_text("grain");
                    inner.finish();
                    Some(WindowSpec::ToDate(grain))
                }),
                None => {
                    object.missing("rolling");
                    None
                }
            };
            object.finish();
            spec
        }
        _ => {
            node.wrong_type("a string or an object");
            None
        }
    }
}

fn grain_count(node: &Node<'_>) -> Option<GrainCount> {
    let object = node.object()?;
    let n = object.required_integer("n");
    let grain = object.required_text("grain");
    object.finish();
    Some(GrainCount { n: n?, grain })
}

pub(super) fn variant(
    object: &Object<'_>,
    origin: Origin,
    when: BTreeMap<String, String>,
) -> VariantSpec {
    let derived_formula = object.text("derived_formula");
    let sql_expression = match derived_formula {
        Some(_) => object.text("sql_expression"),
        None => Some(object.required_text("sql_expression")),
    };
    VariantSpec {
        origin,
        when,
        sql_expression: sql_expression.filter(|sql| !sql.trim().is_empty()),
        derived_formula,
        display_name: object.text("display_name"),
        data_type: object.text("data_type"),
        format_pattern: object.text("format_pattern"),
        currency: object.text("currency"),
    }
}

/// The options of a `when`: toggle to option.
pub(super) fn when(node: &Node<'_>) -> Option<BTreeMap<String, String>> {
    let object = node.object()?;
    let mut options = BTreeMap::new();
    object.each(|toggle, option| {
        options.insert(toggle.to_owned(), option.text().unwrap_or_default());
    });
    Some(options)
}

pub(super) fn dimension(object: &Object<'_>, origin: Origin) -> DimensionSpec {
    DimensionSpec {
        origin,
        dimension_key: object.required_text("dimension_key"),
        display_name: object.text("display_name"),
        description: object.text("description"),
        column_expression: object.required_text("column_expression"),
        display_column: object.text("display_column"),
        join_table: object.text("join_table"),
        join_condition: object.text("join_condition"),
        data_type: object.text("data_type"),
        filter_type: object.text("filter_type"),
        is_groupable: object.flag("is_groupable").unwrap_or(true),
        is_filterable: object.flag("is_filterable").unwrap_or(true),
        category: object.text("category"),
        sort_order: object.integer("sort_order").unwrap_or_default(),
        join_tenant_column: object.text("join_tenant_column"),
        join_global: object.flag("join_global").unwrap_or(false),
        join_unique: object.flag("join_unique").unwrap_or(false),
        value_type: object.text("value_type"),
        grains: object.texts("grains"),
        synonyms: object.texts("synonyms").unwrap_or_default(),
        module: object.text("module"),
    }
}

pub(super) fn toggle(object: &Object<'_>, origin: Origin) -> ToggleSpec {
    ToggleSpec {
        origin,
        toggle_key: object.required_text("toggle_key"),
        display_name: object.text("display_name"),
        description: object.text("description"),
        toggle_type: object.text("toggle_type"),
        ui_component: object.text("ui_component"),
        sort_order: object.integer("sort_order").unwrap_or_default(),
        options: Vec::new(),
    }
}

pub(super) fn option(object: &Object<'_>, origin: Origin) -> OptionSpec {
    OptionSpec {
        origin,
        option_key: object.required_text("option_key"),
        display_name: object.text("display_name"),
        description: object.text("description"),
        is_default: object.flag("is_default").unwrap_or(false),
        sort_order: object.integer("sort_order").unwrap_or_default(),
        dimension_key: object.text("dimension_key"),
        date_column: object.text("date_column"),
        format_pattern: object.text("format_pattern"),
    }
}

pub(super) fn template(object: &Object<'_>, origin: Origin) -> TemplateSpec {
    TemplateSpec {
        origin,
        template_key: object.required_text("template_key"),
        name: object.required_text("name"),
        description: object.text("description"),
        category: object.text("category"),
        layout: object
            .required("layout")
            .and_then(|node| node.json_text())
            .unwrap_or_default(),
        default_filters: object
            .get("default_filters")
            .and_then(|node| node.json_text()),
        default_date_range: object.text("default_date_range"),
        required_data_sources: object.texts("required_data_sources").unwrap_or_default(),
        required_toggles: object.texts("required_toggles").unwrap_or_default(),
        nav_section: object.text("nav_section"),
        nav_order: object.integer("nav_order").unwrap_or_default(),
        nav_icon: object.text("nav_icon"),
        module: object.text("module"),
        created_by: object.text("created_by"),
    }
}

/// A function's name, alone or as the `name` of an object.
pub(super) fn function(node: &Node<'_>) -> Option<String> {
    if node.kind() != JsonKind::Object {
        return node.text();
    }
    let object = node.object()?;
    if !is_live(&object) {
        return None;
    }
    object.ignore(&["id"]);
    let name = object.required_text("name");
    object.finish();
    Some(name)
}

/// Reports what a source offers twice, and variants of one metric under the same options.
pub(super) fn report_duplicates(document: &Document<'_>, spec: &CatalogSpec) {
    let report = |kind: &'static str, name: String, first: &Origin, second: &Origin| {
        let error = CatalogError::DuplicateKey { kind, name };
        document.report(
            Error::new(second.here(), error)
                .with_related(first.here())
                .with_help(Help::advice("remove one of the two")),
        );
    };
    // What has no key has been reported already, however often it occurs.
    for source in &spec.data_sources {
        let offered = |kind: &'static str, key: &String, first: &Origin, second: &Origin| {
            if !key.is_empty() {
                let name = format!("{}.{}", echo(&source.source_key), echo(key));
                report(kind, name, first, second);
            }
        };
        if let Offer::Listed(items) = &source.metrics {
            let keys = items.iter().map(|item| (&item.metric, &item.origin));
            duplicates(keys, |key, first, second| {
                offered("source metric", key, first, second);
            });
        }
        if let Offer::Listed(items) = &source.dimensions {
            let keys = items.iter().map(|item| (&item.dimension, &item.origin));
            duplicates(keys, |key, first, second| {
                offered("source dimension", key, first, second);
            });
        }
    }
    for metric in &spec.metrics {
        let keys = metric
            .variants
            .iter()
            .map(|item| (&item.when, &item.origin));
        duplicates(keys, |when, first, second| {
            if when.is_empty() {
                return;
            }
            let mut name = echo(&metric.metric_key);
            for (toggle, option) in when {
                name.push_str(&format!(", {}: {}", echo(toggle), echo(option)));
            }
            report("variant", name, first, second);
        });
    }
}

fn duplicates<'a, K: std::hash::Hash + Eq + 'a>(
    items: impl ExactSizeIterator<Item = (&'a K, &'a Origin)>,
    mut found: impl FnMut(&K, &Origin, &Origin),
) {
    // Most metrics have no variant or one.
    if items.len() < 2 {
        return;
    }
    let mut seen: HashMap<&K, &Origin> = HashMap::with_capacity(items.len());
    for (key, origin) in items {
        match seen.get(key) {
            Some(first) => found(key, first, origin),
            None => {
                seen.insert(key, origin);
            }
        }
    }
}
