//! The nested spelling of a catalog.
//!
//! In: JSON text in which metrics stand inside sources, options inside toggles and variants inside
//! metrics. Out: [`CatalogSpec`]. Guaranteed afterwards: what `spec.rs` promises. Codes: those of
//! `ReadError`, and `duplicate-key` for what is listed twice in one place. Next to read: `rows.rs`.

use super::fields;
use super::spec::{
    CatalogSpec, DimensionSpec, MetricSpec, Offer, OptionSpec, Origin, SourceDimensionSpec,
    SourceMetricSpec, SourceSpec, TemplateSpec, ToggleSpec, VariantSpec,
};
use crate::error::{Errors, Help, ReadError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;

/// The version of the nested spelling that this crate reads.
const VERSION: i64 = 1;

impl CatalogSpec {
    /// Reads a catalog in the nested spelling, the one that is made for people.
    ///
    /// Inactive and deleted definitions are left out. Everything that is wrong is reported at once.
    ///
    /// ```
    /// use measurand::{Limits, catalog::spec::CatalogSpec};
    ///
    /// let spec = CatalogSpec::from_json(
    ///     r#"{
    ///         "version": 1,
    ///         "data_sources": [{
    ///             "source_key": "orders",
    ///             "view_pattern": "reporting.orders_{client_id}",
    ///             "metrics": ["revenue"]
    ///         }],
    ///         "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount)"}]
    ///     }"#,
    ///     &Limits::default(),
    /// )?;
    /// assert_eq!(spec.data_sources[0].date_column.as_deref(), Some("date"));
    ///
    /// let errors = CatalogSpec::from_json(r#"{"metrcs": []}"#, &Limits::default()).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[unknown-field]: unknown field `metrcs`\n  \
    ///      at catalog.metrcs\n  \
    ///      help: did you mean `metrics`?",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, and `duplicate-key` where a source lists a metric or a dimension
    /// twice or a metric has two variants under the same options.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open(text, limits)?;
        let spec = catalog(&document.root()).unwrap_or_default();
        fields::report_duplicates(&document, &spec);
        document.finish(spec)
    }
}

/// The document of a catalog, within the limits.
pub(super) fn open<'t>(text: &'t str, limits: &Limits) -> Result<Document<'t>, Errors> {
    let bytes = Bound {
        limit: "catalog_bytes",
        bound: limits.catalog_bytes,
    };
    Document::read("catalog", text, bytes, limits.json_depth)
}

fn catalog(root: &Node<'_>) -> Option<CatalogSpec> {
    let top = root.object()?;
    if let Some(node) = top.get("version") {
        match node.integer() {
            None | Some(VERSION) => {}
            Some(other) => node.report_with_help(
                ReadError::WrongValue {
                    subject: format!("version `{other}`"),
                },
                Help::advice(format!("this library reads version {VERSION}")),
            ),
        }
    }
    let spec = CatalogSpec {
        data_sources: items(&top, "data_sources", None, source),
        metrics: items(&top, "metrics", None, metric),
        dimensions: items(&top, "dimensions", None, dimension),
        toggles: items(&top, "toggles", None, toggle),
        templates: items(&top, "templates", None, template),
        functions: top
            .list("functions", |node, _| fields::function(&node))
            .unwrap_or_default(),
    };
    top.finish();
    Some(spec)
}

/// The live definitions of an array, inside of `parent` if there is one.
fn items<T>(
    object: &Object<'_>,
    table: &'static str,
    parent: Option<&Origin>,
    read: impl Fn(&Object<'_>, Origin) -> Option<T>,
) -> Vec<T> {
    let read = |node: Node<'_>, index| {
        let item = node.object()?;
        if !fields::is_live(&item) {
            return None;
        }
        let read = read(&item, origin(table, index, parent));
        item.finish();
        read
    };
    object.list(table, read).unwrap_or_default()
}

fn origin(table: &'static str, index: usize, parent: Option<&Origin>) -> Origin {
    Origin {
        table,
        index,
        id: None,
        parent: parent.map(|parent| (parent.table, parent.index)),
    }
}

fn source(object: &Object<'_>, origin: Origin) -> Option<SourceSpec> {
    let mut spec = fields::source(object, origin);
    spec.metrics = offer(object, "metrics", &spec.origin, source_metric);
    spec.dimensions = offer(object, "dimensions", &spec.origin, source_dimension);
    Some(spec)
}

/// What a source offers: `"*"` for everything, or a list.
fn offer<T>(
    object: &Object<'_>,
    table: &'static str,
    parent: &Origin,
    read: impl Fn(&Node<'_>, Origin) -> Option<T>,
) -> Offer<T> {
    let Some(node) = object.get(table) else {
        return Offer::default();
    };
    match node.kind() {
        JsonKind::Text if node.str().as_deref() == Some("*") => Offer::All,
        JsonKind::List => {
            let listed = node.each(|node, index| read(&node, origin(table, index, Some(parent))));
            Offer::Listed(listed.unwrap_or_default())
        }
        _ => {
            node.wrong_type("a list or `*`");
            Offer::default()
        }
    }
}

fn source_metric(node: &Node<'_>, origin: Origin) -> Option<SourceMetricSpec> {
    if node.kind() != JsonKind::Object {
        return Some(SourceMetricSpec {
            origin,
            metric: node.text()?,
            sql_expression: None,
        });
    }
    let object = node.object()?;
    if !fields::is_live(&object) {
        return None;
    }
    let key = object.required_text("metric");
    let spec = fields::source_metric(&object, origin, key);
    object.finish();
    Some(spec)
}

fn source_dimension(node: &Node<'_>, origin: Origin) -> Option<SourceDimensionSpec> {
    if node.kind() != JsonKind::Object {
        return Some(SourceDimensionSpec {
            origin,
            dimension: node.text()?,
            ..SourceDimensionSpec::default()
        });
    }
    let object = node.object()?;
    if !fields::is_live(&object) {
        return None;
    }
    let key = object.required_text("dimension");
    let spec = fields::source_dimension(&object, origin, key);
    object.finish();
    Some(spec)
}

fn metric(object: &Object<'_>, origin: Origin) -> Option<MetricSpec> {
    let mut spec = fields::metric(object, origin);
    spec.variants = items(object, "variants", Some(&spec.origin), variant);
    Some(spec)
}

fn variant(object: &Object<'_>, origin: Origin) -> Option<VariantSpec> {
    let when = object.required("when").and_then(|node| {
        let when = fields::when(&node)?;
        if when.is_empty() {
            let subject = "an empty list of options".to_owned();
            node.report(ReadError::WrongValue { subject });
        }
        Some(when)
    });
    Some(fields::variant(object, origin, when.unwrap_or_default()))
}

fn dimension(object: &Object<'_>, origin: Origin) -> Option<DimensionSpec> {
    Some(fields::dimension(object, origin))
}

fn toggle(object: &Object<'_>, origin: Origin) -> Option<ToggleSpec> {
    let mut spec = fields::toggle(object, origin);
    spec.options = items(object, "options", Some(&spec.origin), option);
    Some(spec)
}

fn option(object: &Object<'_>, origin: Origin) -> Option<OptionSpec> {
    Some(fields::option(object, origin))
}

fn template(object: &Object<'_>, origin: Origin) -> Option<TemplateSpec> {
    Some(fields::template(object, origin))
}
