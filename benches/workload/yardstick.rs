//! What other libraries do with the same text, as a measure of the machine.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlparser::ast::{Expr, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::{Parser, ParserError};

use super::Outcome;

/// A catalog as plain structures.
#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct CatalogText {
    data_sources: Vec<SourceText>,
    metrics: Vec<MetricText>,
    dimensions: Vec<DimensionText>,
    toggles: Vec<ToggleText>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct SourceText {
    source_key: String,
    display_name: Option<String>,
    view_pattern: String,
    priority: Option<i64>,
    base_filter: Option<String>,
    columns: Vec<ColumnText>,
    metrics: Vec<String>,
    dimensions: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct ColumnText {
    name: String,
    data_type: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct MetricText {
    metric_key: String,
    display_name: Option<String>,
    description: Option<String>,
    sql_expression: Option<String>,
    derived_formula: Option<String>,
    filter: Option<String>,
    category: Option<String>,
    data_type: Option<String>,
    format_pattern: Option<String>,
    aggregation_type: Option<String>,
    currency: Option<String>,
    #[serde(default)]
    is_derived: bool,
    #[serde(default)]
    variants: Vec<VariantText>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct VariantText {
    when: BTreeMap<String, String>,
    sql_expression: Option<String>,
    display_name: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct DimensionText {
    dimension_key: String,
    display_name: Option<String>,
    column_expression: String,
    display_column: Option<String>,
    join_table: Option<String>,
    join_condition: Option<String>,
    data_type: Option<String>,
    value_type: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct ToggleText {
    toggle_key: String,
    display_name: Option<String>,
    options: Vec<OptionText>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "filled like any program would, and not looked at")]
pub(crate) struct OptionText {
    option_key: String,
    display_name: Option<String>,
    #[serde(default)]
    is_default: bool,
}

impl CatalogText {
    fn fragments(&self) -> impl Iterator<Item = &str> {
        let metrics = self.metrics.iter().flat_map(|metric| {
            let own = [
                &metric.sql_expression,
                &metric.derived_formula,
                &metric.filter,
            ];
            let variants = metric
                .variants
                .iter()
                .map(|variant| &variant.sql_expression);
            own.into_iter().chain(variants).flatten()
        });
        let dimensions = self.dimensions.iter().flat_map(|dimension| {
            let optional = [&dimension.display_column, &dimension.join_condition];
            std::iter::once(&dimension.column_expression).chain(optional.into_iter().flatten())
        });
        let sources = self
            .data_sources
            .iter()
            .filter_map(|source| source.base_filter.as_ref());
        metrics.chain(dimensions).chain(sources).map(String::as_str)
    }
}

/// Reads a catalog into plain structures and parses each of its fragments once, without any check.
pub(crate) fn load(text: &str) -> Outcome<(CatalogText, Vec<Expr>)> {
    let catalog: CatalogText = serde_json::from_str(text)?;
    let mut parsed = Vec::with_capacity(catalog.metrics.len() * 2);
    for fragment in catalog.fragments() {
        // The tokens of a join condition are not SQL.
        let plain;
        let fragment = if fragment.contains('{') {
            plain = fragment.replace(['{', '}'], "");
            &plain
        } else {
            fragment
        };
        let parser = Parser::new(&PostgreSqlDialect {});
        parsed.push(parser.try_with_sql(fragment)?.parse_expr()?);
    }
    Ok((catalog, parsed))
}

/// Parses a statement.
pub(crate) fn parse(sql: &str) -> Result<Vec<Statement>, ParserError> {
    Parser::parse_sql(&PostgreSqlDialect {}, sql)
}

/// Pushes the words of a statement into a buffer that is large enough.
pub(crate) fn push(words: &[String], length: usize) -> String {
    let mut out = String::with_capacity(length);
    for word in words {
        out.push_str(word);
    }
    out
}
