//! Writes a catalog in the rows spelling.
//!
//! In: [`CatalogSpec`]. Out: JSON text with the rows that the report builder's tables would hold.
//! Guaranteed afterwards: reading the text gives the same catalog, defaults filled in and `"*"`
//! listed out. Codes: none. Next to read: `spec.rs`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde_json::Value;

use super::shown_type::ShownTypes;
use super::spec::{
    AdditivitySpec, Cardinality, CatalogSpec, ColumnSpec, DimensionSpec, GrainCount, MetricSpec,
    Offer, OptionSpec, RelationshipSpec, SourceSpec, TemplateSpec, ToggleSpec, VariantSpec,
    WindowSpec,
};
use crate::name::in_words;
use crate::value::DataType;

impl CatalogSpec {
    /// The catalog in the rows spelling, as one JSON object of tables.
    ///
    /// Ids count from 1 in each table. Every column of the report builder's tables is written, with
    /// the tables' defaults where the catalog says nothing; the further optional fields only where
    /// they are set. A reference to something that the catalog does not define is written as null,
    /// which [`from_rows_json`](Self::from_rows_json) reports.
    ///
    /// ```
    /// use measurand::{Limits, catalog::spec::CatalogSpec};
    ///
    /// let limits = Limits::default();
    /// let spec = CatalogSpec::from_json(
    ///     r#"{"metrics": [{"metric_key": "net_revenue", "sql_expression": "SUM(net)"}]}"#,
    ///     &limits,
    /// )?;
    /// let read = CatalogSpec::from_rows_json(&spec.to_rows_json(), &limits)?;
    /// assert_eq!(read.metrics[0].display_name.as_deref(), Some("Net revenue"));
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    pub fn to_rows_json(&self) -> String {
        let mut tables = Tables::default();
        tables.table("data_sources", self.data_sources.iter().map(source));
        tables.table("metrics", self.metrics.iter().map(metric));
        let shown = ShownTypes::new(self);
        let dimensions = self.dimensions.iter();
        tables.table(
            "dimensions",
            dimensions.map(|item| dimension(item, shown.of(item))),
        );
        tables.table("data_source_metrics", source_metrics(self));
        tables.table("data_source_dimensions", source_dimensions(self));
        tables.table("metric_toggles", self.toggles.iter().map(toggle));
        let mut option_ids = HashMap::new();
        tables.table("metric_toggle_options", options(self, &mut option_ids));
        tables.table("metric_variants", variants(self, &option_ids));
        tables.table("report_templates", self.templates.iter().map(template));
        if !self.functions.is_empty() {
            tables.value("functions", &Value::from(self.functions.clone()));
        }
        tables.finish()
    }
}

/// The text of one object, field by field in the order of the calls.
#[derive(Default)]
struct Row(String);

impl Row {
    /// A column that every row has.
    fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.raw(name, &value.into().to_string());
        self
    }

    /// A field that is written only where it is set.
    fn set_if(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// A flag that is written only where it is raised.
    fn flag_if(self, name: &str, value: bool) -> Self {
        self.set_if(name, value.then_some(true))
    }

    /// A list that is written only where it has elements.
    fn list_if(self, name: &str, values: &[String]) -> Self {
        self.set_if(name, (!values.is_empty()).then(|| values.to_vec()))
    }

    /// A column of JSON, kept as it was written.
    fn json(mut self, name: &str, text: Option<&str>) -> Self {
        match text {
            None => self.raw(name, "null"),
            Some(text) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => {
                self.raw(name, text);
            }
            // A text that is no JSON cannot come from a reader; as a string it is reported.
            Some(text) => return self.set(name, text),
        }
        self
    }

    fn raw(&mut self, name: &str, json: &str) {
        let separator = if self.0.is_empty() { '{' } else { ',' };
        // Writing to a string does not fail.
        let _ = write!(self.0, "{separator}{}:{json}", Value::from(name));
    }
}

/// The text of all tables.
#[derive(Default)]
struct Tables(Row);

impl Tables {
    /// Adds a table, its rows numbered from 1.
    fn table(&mut self, name: &str, rows: impl Iterator<Item = Row>) {
        let mut text = String::from("[");
        for (index, Row(row)) in rows.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            let columns = row.strip_prefix('{').unwrap_or(&row);
            let _ = write!(text, "{separator}\n{{\"id\":{},{columns}}}", index + 1);
        }
        text.push(']');
        self.0.raw(name, &text);
    }

    fn value(&mut self, name: &str, value: &Value) {
        self.0.raw(name, &value.to_string());
    }

    fn finish(self) -> String {
        let Self(Row(mut text)) = self;
        text.push('}');
        text
    }
}

fn label(display_name: Option<&String>, key: &str) -> String {
    display_name.cloned().unwrap_or_else(|| in_words(key))
}

fn or(value: Option<&String>, default: &str) -> String {
    value.cloned().unwrap_or_else(|| default.to_owned())
}

fn source(spec: &SourceSpec) -> Row {
    let columns = spec
        .columns
        .as_ref()
        .map(|columns| columns.iter().map(column).collect::<Vec<_>>());
    let relationships: Vec<Value> = spec.relationships.iter().map(relationship).collect();
    Row::default()
        .set("source_key", spec.source_key.as_str())
        .set(
            "display_name",
            label(spec.display_name.as_ref(), &spec.source_key),
        )
        .set("view_pattern", spec.view_pattern.as_str())
        .set("date_column", spec.date_column.clone())
        .set("client_id_column", spec.client_id_column.clone())
        .set("refresh_frequency_minutes", spec.refresh_frequency_minutes)
        .set("description", spec.description.clone())
        .set("is_active", true)
        .set_if("columns", columns)
        .list_if("primary_key", &spec.primary_key)
        .list_if("rollup_by", &spec.rollup_by)
        .set_if("base_filter", spec.base_filter.clone())
        .set_if("priority", (spec.priority != 0).then_some(spec.priority))
        .set_if(
            "relationships",
            (!relationships.is_empty()).then_some(relationships),
        )
        .list_if("access_exempt", &spec.access_exempt)
}

/// An object of the fields that are set.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let set = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(set.collect())
}

fn column(spec: &ColumnSpec) -> Value {
    object([
        ("name", Some(spec.name.clone().into())),
        ("data_type", Some(spec.data_type.to_string().into())),
        ("path", spec.path.clone().map(Value::from)),
        ("column", spec.column.clone().map(Value::from)),
        ("rollup", spec.rollup.clone().map(Value::from)),
    ])
}

fn relationship(spec: &RelationshipSpec) -> Value {
    let on: Vec<Value> = spec
        .on
        .iter()
        .map(|(here, there)| vec![here.clone(), there.clone()].into())
        .collect();
    let cardinality = match spec.cardinality {
        Cardinality::ManyToOne => "many_to_one",
        Cardinality::OneToOne => "one_to_one",
        Cardinality::OneToMany => "one_to_many",
    };
    object([
        ("name", Some(spec.name.clone().into())),
        ("to", Some(spec.to.clone().into())),
        ("on", Some(on.into())),
        ("cardinality", Some(cardinality.into())),
    ])
}

fn metric(spec: &MetricSpec) -> Row {
    let row = Row::default()
        .set("metric_key", spec.metric_key.as_str())
        .set(
            "display_name",
            label(spec.display_name.as_ref(), &spec.metric_key),
        )
        .set("description", spec.description.clone())
        .set("sql_expression", or(spec.sql_expression.as_ref(), ""))
        .set("data_type", or(spec.data_type.as_ref(), "number"))
        .set("format_pattern", spec.format_pattern.clone())
        .set("category", or(spec.category.as_ref(), "general"))
        .set(
            "aggregation_type",
            or(spec.aggregation_type.as_ref(), "sum"),
        )
        .set("is_derived", spec.is_derived)
        .set("derived_formula", spec.derived_formula.clone())
        .set("sort_order", spec.sort_order)
        .set("is_invertable", spec.is_invertable)
        .set("is_active", true)
        .set_if("filter", spec.filter.clone())
        .set_if("additivity", spec.additivity.as_ref().map(additivity))
        .set_if("window", spec.window.as_ref().map(window))
        .set_if("offset", spec.offset.as_ref().map(grain_count));
    let row = match &spec.null_as {
        Some(number) => row.json("null_as", Some(number)),
        None => row,
    };
    row.set_if("currency", spec.currency.clone())
        .set_if("percent_scale", spec.percent_scale.clone())
        .set_if("module", spec.module.clone())
}

fn additivity(spec: &AdditivitySpec) -> Value {
    match spec {
        AdditivitySpec::Additive => "additive".into(),
        AdditivitySpec::NonAdditive => "non_additive".into(),
        AdditivitySpec::SemiAdditive { over, pick } => object([(
            "semi_additive",
            Some(object([
                ("over", Some(over.clone().into())),
                ("pick", Some(pick.clone().into())),
            ])),
        )]),
    }
}

fn window(spec: &WindowSpec) -> Value {
    match spec {
        WindowSpec::Cumulative => "cumulative".into(),
        WindowSpec::Rolling(count) => object([("rolling", Some(grain_count(count)))]),
        WindowSpec::ToDate(grain) => object([(
            "to_date",
            Some(object([("grain", Some(grain.clone().into()))])),
        )]),
    }
}

fn grain_count(spec: &GrainCount) -> Value {
    object([
        ("n", Some(spec.n.into())),
        ("grain", Some(spec.grain.clone().into())),
    ])
}

fn dimension(spec: &DimensionSpec, shown: DataType) -> Row {
    Row::default()
        .set("dimension_key", spec.dimension_key.as_str())
        .set(
            "display_name",
            label(spec.display_name.as_ref(), &spec.dimension_key),
        )
        .set("description", spec.description.clone())
        .set("column_expression", spec.column_expression.as_str())
        .set("display_column", spec.display_column.clone())
        .set("join_table", spec.join_table.clone())
        .set("join_condition", spec.join_condition.clone())
        .set("data_type", or(spec.data_type.as_ref(), shown.as_str()))
        .set("filter_type", or(spec.filter_type.as_ref(), "multi_select"))
        .set("is_groupable", spec.is_groupable)
        .set("is_filterable", spec.is_filterable)
        .set("category", spec.category.clone())
        .set("sort_order", spec.sort_order)
        .set("is_active", true)
        .set_if("join_tenant_column", spec.join_tenant_column.clone())
        .flag_if("join_global", spec.join_global)
        .flag_if("join_unique", spec.join_unique)
        .set_if("value_type", spec.value_type.clone())
        .set_if("grains", spec.grains.clone())
        .list_if("synonyms", &spec.synonyms)
        .set_if("module", spec.module.clone())
}

fn toggle(spec: &ToggleSpec) -> Row {
    Row::default()
        .set("toggle_key", spec.toggle_key.as_str())
        .set(
            "display_name",
            label(spec.display_name.as_ref(), &spec.toggle_key),
        )
        .set("description", spec.description.clone())
        .set(
            "toggle_type",
            or(spec.toggle_type.as_ref(), "metric_variant"),
        )
        .set("ui_component", or(spec.ui_component.as_ref(), "pill_group"))
        .set("sort_order", spec.sort_order)
        .set("is_active", true)
}

fn template(spec: &TemplateSpec) -> Row {
    Row::default()
        .set("template_key", spec.template_key.as_str())
        .set("name", spec.name.as_str())
        .set("description", spec.description.clone())
        .set("category", or(spec.category.as_ref(), "general"))
        .json("layout", Some(&spec.layout))
        .json("default_filters", spec.default_filters.as_deref())
        .set("default_date_range", spec.default_date_range.clone())
        .set("required_data_sources", spec.required_data_sources.clone())
        .set("required_toggles", spec.required_toggles.clone())
        .set("nav_section", spec.nav_section.clone())
        .set("nav_order", spec.nav_order)
        .set("nav_icon", spec.nav_icon.clone())
        .set("is_active", true)
        .set("is_deleted", false)
        .set("created_by", spec.created_by.clone())
        .set_if("module", spec.module.clone())
}

/// The id of each key, which is its position from 1; of two equal keys the first.
fn ids<'s>(keys: impl Iterator<Item = &'s str>) -> HashMap<&'s str, i64> {
    let mut ids = HashMap::new();
    for (key, id) in keys.zip(1..) {
        ids.entry(key).or_insert(id);
    }
    ids
}

fn source_metrics(spec: &CatalogSpec) -> impl Iterator<Item = Row> {
    let ids = ids(spec.metrics.iter().map(|metric| metric.metric_key.as_str()));
    let all = spec.metrics.len();
    offered(
        spec,
        ("metric_id", all),
        |s| &s.metrics,
        move |item, row| {
            row(ids.get(item.metric.as_str()).copied())
                .set_if("sql_expression", item.sql_expression.clone())
        },
    )
}

fn source_dimensions(spec: &CatalogSpec) -> impl Iterator<Item = Row> {
    let keys = spec.dimensions.iter();
    let ids = ids(keys.map(|dimension| dimension.dimension_key.as_str()));
    let all = spec.dimensions.len();
    offered(
        spec,
        ("dimension_id", all),
        |s| &s.dimensions,
        move |item, row| {
            row(ids.get(item.dimension.as_str()).copied())
                .set_if("column_expression", item.column_expression.clone())
                .set_if("join_condition", item.join_condition.clone())
        },
    )
}

/// The rows of what the sources offer: of each the ids of `all`, or a row for every item listed, which
/// is made from that of its id.
fn offered<'s, T: 's>(
    spec: &'s CatalogSpec,
    (id_column, all): (&'static str, usize),
    offer: fn(&SourceSpec) -> &Offer<T>,
    listed: impl Fn(&'s T, &dyn Fn(Option<i64>) -> Row) -> Row,
) -> impl Iterator<Item = Row> {
    let sources = spec.data_sources.iter().zip(1_i64..);
    sources.flat_map(move |(source, source_id)| {
        let row = |id: Option<i64>| {
            Row::default()
                .set("data_source_id", source_id)
                .set(id_column, id)
                .set("is_active", true)
        };
        match offer(source) {
            Offer::All => (1..).take(all).map(|id| row(Some(id))).collect(),
            Offer::Listed(items) => items
                .iter()
                .map(|item| listed(item, &row))
                .collect::<Vec<_>>(),
        }
    })
}

/// The rows of the options of all toggles; their ids are kept for the variants.
fn options<'s>(
    spec: &'s CatalogSpec,
    ids: &mut HashMap<(&'s str, &'s str), i64>,
) -> impl Iterator<Item = Row> + use<'s> {
    let toggles = spec.toggles.iter().zip(1_i64..);
    let options: Vec<(i64, &ToggleSpec, &OptionSpec)> = toggles
        .flat_map(|(toggle, id)| {
            toggle
                .options
                .iter()
                .map(move |option| (id, toggle, option))
        })
        .collect();
    for ((_, toggle, option), id) in options.iter().zip(1..) {
        ids.entry((&toggle.toggle_key, &option.option_key))
            .or_insert(id);
    }
    options.into_iter().map(|(toggle_id, _, option)| {
        Row::default()
            .set("toggle_id", toggle_id)
            .set("option_key", option.option_key.as_str())
            .set(
                "display_name",
                label(option.display_name.as_ref(), &option.option_key),
            )
            .set("description", option.description.clone())
            .set("is_default", option.is_default)
            .set("sort_order", option.sort_order)
            .set("is_active", true)
            .set_if("dimension_key", option.dimension_key.clone())
            .set_if("date_column", option.date_column.clone())
            .set_if("format_pattern", option.format_pattern.clone())
    })
}

fn variants(spec: &CatalogSpec, options: &HashMap<(&str, &str), i64>) -> impl Iterator<Item = Row> {
    spec.metrics
        .iter()
        .zip(1_i64..)
        .flat_map(move |(metric, metric_id)| {
            metric
                .variants
                .iter()
                .map(move |variant| variant_row(variant, metric_id, options))
        })
}

fn variant_row(variant: &VariantSpec, metric_id: i64, options: &HashMap<(&str, &str), i64>) -> Row {
    // One option is the row's own; `when` says all of them where they are several.
    let option_id = variant
        .when
        .iter()
        .find_map(|(toggle, option)| options.get(&(toggle.as_str(), option.as_str())));
    Row::default()
        .set("metric_id", metric_id)
        .set("toggle_option_id", option_id.copied())
        .set("sql_expression", or(variant.sql_expression.as_ref(), ""))
        .set("is_active", true)
        .set_if(
            "when",
            (variant.when.len() > 1).then(|| when(&variant.when)),
        )
        .set_if("derived_formula", variant.derived_formula.clone())
        .set_if("display_name", variant.display_name.clone())
        .set_if("data_type", variant.data_type.clone())
        .set_if("format_pattern", variant.format_pattern.clone())
        .set_if("currency", variant.currency.clone())
}

fn when(options: &BTreeMap<String, String>) -> Value {
    let entries = options
        .iter()
        .map(|(toggle, option)| (toggle.clone(), option.clone().into()));
    Value::Object(entries.collect())
}
