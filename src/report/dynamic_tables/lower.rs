//! Tables as a catalog: each a source over the one relation of records, guarded by its company, its table and the
//! soft delete.
//!
//! In: checked tables. Out: [`CatalogSpec`], which the catalog's own check proves again. Names that tables of users
//! cannot have hold `__`: `customer__id` is the record that `customer` refers to, `orders__total` the formula `total`
//! of `orders`. Next to read: `fields.rs`.

use super::check::{Checked, Formulas};
use super::definition::{DynamicTable, FieldKind, Rollup, RollupFunction, TableField};
use super::formula::Kind;
use super::slug::source_key;
use super::store::{RecordIds, RecordStore, SHOWN};
use crate::catalog::spec::{
    Cardinality, CatalogSpec, ColumnSpec, DimensionSpec, MetricSpec, Offer, RelationshipSpec,
    SourceDimensionSpec, SourceMetricSpec, SourceSpec,
};
use crate::request::ColumnAggregate;
use crate::value::{ColumnType, DataType};

/// How formulas are added up, where their type lets them.
pub(super) const AGGREGATES: [(ColumnAggregate, &str, &str); 6] = [
    (ColumnAggregate::Count, "count", "COUNT("),
    (
        ColumnAggregate::CountDistinct,
        "count_distinct",
        "COUNT(DISTINCT ",
    ),
    (ColumnAggregate::Sum, "sum", "SUM("),
    (ColumnAggregate::Avg, "avg", "AVG("),
    (ColumnAggregate::Min, "min", "MIN("),
    (ColumnAggregate::Max, "max", "MAX("),
];

/// The column that holds the id of a related record.
pub(super) fn reference(slug: &str) -> String {
    format!("{slug}__id")
}

/// The dimension of a formula, or of a rollup, and the source of a rollup.
pub(super) fn computed(table: &str, slug: &str) -> String {
    format!("{}__{slug}", source_key(table))
}

/// The relationship from a table to the source of a rollup.
pub(super) fn rolled(slug: &str) -> String {
    format!("{slug}__rollup")
}

/// The dimension that says whether an option is among those of a record.
pub(super) fn chosen(table: &str, slug: &str, option: usize) -> String {
    format!("{}__{slug}__{option}", source_key(table))
}

/// The metric that adds a formula up.
pub(super) fn added(table: &str, slug: &str, word: &str) -> String {
    format!("{}__{slug}__{word}", source_key(table))
}

/// The tables as a catalog.
pub(super) fn lower(checked: &Checked, store: &RecordStore) -> CatalogSpec {
    let mut spec = CatalogSpec::default();
    for column in SHOWN.iter().filter(|column| store.shows(column)) {
        spec.dimensions
            .push(dimension((*column).to_owned(), column));
    }
    let all = checked.tables.iter().zip(&checked.formulas);
    for (table, formulas) in all.clone() {
        let mut lowering = Lowering {
            store,
            table,
            formulas,
            spec: &mut spec,
        };
        lowering.table();
    }
    for (table, _) in all {
        for (column, rollup) in rollups(table) {
            let related = checked.tables.iter().zip(&checked.formulas);
            let mut related = related.filter(|(each, _)| each.slug == rollup.table);
            if let Some((of, formulas)) = related.next() {
                let mut lowering = Lowering {
                    store,
                    table: of,
                    formulas,
                    spec: &mut spec,
                };
                lowering.rollup(table, column, rollup);
            }
        }
    }
    spec
}

fn rollups(table: &DynamicTable) -> impl Iterator<Item = (&TableField, &Rollup)> {
    table
        .columns
        .iter()
        .filter_map(|column| match &column.kind {
            FieldKind::Rollup(rollup) => Some((column, rollup)),
            _ => None,
        })
}

struct Lowering<'l> {
    store: &'l RecordStore,
    table: &'l DynamicTable,
    formulas: &'l Formulas,
    spec: &'l mut CatalogSpec,
}

impl Lowering<'_> {
    fn table(&mut self) {
        let table = self.table;
        let mut source = self.source(source_key(&table.slug), table.name.clone());
        source.description.clone_from(&table.description);
        source.primary_key = vec!["id".to_owned()];
        let mut dimensions: Vec<String> = SHOWN
            .iter()
            .filter(|column| self.store.shows(column))
            .map(|column| (*column).to_owned())
            .collect();
        let mut metrics = Vec::new();
        for column in &table.columns {
            let slug = column.slug.as_str();
            match &column.kind {
                FieldKind::Formula { .. } => {
                    dimensions.extend(self.formula(column));
                    metrics.extend(self.formula_metrics(column));
                }
                FieldKind::Rollup(rollup) => source.relationships.push(RelationshipSpec {
                    name: rolled(slug),
                    to: computed(&table.slug, slug),
                    on: vec![("id".to_owned(), reference(&rollup.relationship))],
                    cardinality: Cardinality::ManyToOne,
                }),
                FieldKind::Relationship { table } => {
                    source.relationships.push(RelationshipSpec {
                        name: slug.to_owned(),
                        to: source_key(table),
                        on: vec![(reference(slug), "id".to_owned())],
                        cardinality: Cardinality::ManyToOne,
                    });
                    dimensions.push(self.shared(&reference(slug)));
                }
                FieldKind::MultiSelect { options } => {
                    for (at, option) in options.iter().enumerate() {
                        dimensions.push(self.chosen(slug, at, option));
                    }
                }
                _ => dimensions.push(self.shared(slug)),
            }
        }
        let offered = dimensions.into_iter().map(|dimension| SourceDimensionSpec {
            dimension,
            ..SourceDimensionSpec::default()
        });
        source.dimensions = Offer::Listed(offered.collect());
        let offered = metrics.into_iter().map(|metric| SourceMetricSpec {
            metric,
            ..SourceMetricSpec::default()
        });
        source.metrics = Offer::Listed(offered.collect());
        self.spec.data_sources.push(source);
    }

    /// A source of the table's records, which offers nothing yet.
    fn source(&self, key: String, name: String) -> SourceSpec {
        SourceSpec {
            source_key: key,
            display_name: Some(name),
            view_pattern: self.store.relation.clone(),
            date_column: Some("created_at".to_owned()),
            client_id_column: Some("company_id".to_owned()),
            base_filter: Some(self.standing()),
            columns: Some(self.columns()),
            ..SourceSpec::default()
        }
    }

    /// Which of the relation's rows are records of the table.
    fn standing(&self) -> String {
        let id = |id: &str| match self.store.ids {
            RecordIds::Integer => id.to_owned(),
            RecordIds::Uuid => format!("'{id}'"),
        };
        let mut text = format!("table_id = {}", id(&self.table.id));
        if self.store.has_workspace {
            text.push_str(" AND workspace_id ");
            match &self.table.workspace_id {
                Some(workspace) => text.push_str(&format!("= {}", id(workspace))),
                None => text.push_str("IS NULL"),
            }
        }
        text.push_str(" AND deleted_at IS NULL");
        text
    }

    fn columns(&self) -> Vec<ColumnSpec> {
        let ids = self.store.ids.data_type();
        let mut columns: Vec<ColumnSpec> = ["id", "company_id", "table_id"]
            .map(|name| plain(name, ids))
            .into();
        if self.store.has_workspace {
            columns.push(plain("workspace_id", ids));
        }
        columns.push(plain("data", DataType::Jsonb));
        columns.push(plain("created_at", DataType::Timestamptz));
        if self.store.has_updated_at {
            columns.push(plain("updated_at", DataType::Timestamptz));
        }
        if self.store.has_created_by {
            columns.push(plain("created_by", ids));
        }
        columns.push(plain("deleted_at", DataType::Timestamptz));
        for column in &self.table.columns {
            let (name, element) = match &column.kind {
                FieldKind::Text | FieldKind::Select => (column.slug.clone(), DataType::Text),
                FieldKind::Number => (column.slug.clone(), DataType::Decimal),
                FieldKind::Integer => (column.slug.clone(), DataType::Integer),
                FieldKind::Boolean => (column.slug.clone(), DataType::Boolean),
                FieldKind::Date => (column.slug.clone(), DataType::Date),
                FieldKind::Moment => (column.slug.clone(), DataType::Timestamptz),
                FieldKind::MultiSelect { .. } => (column.slug.clone(), DataType::Jsonb),
                FieldKind::Relationship { .. } => (reference(&column.slug), ids),
                FieldKind::Rollup(_) | FieldKind::Formula { .. } => continue,
            };
            columns.push(ColumnSpec {
                path: Some(vec![column.slug.clone()]),
                column: Some("data".to_owned()),
                ..plain(&name, element)
            });
        }
        columns
    }

    /// A dimension that is a column, which every table with such a column has.
    fn shared(&mut self, column: &str) -> String {
        let known = self.spec.dimensions.iter();
        let is_known = known
            .rev()
            .any(|dimension| dimension.dimension_key == column);
        if !is_known {
            let dimension = dimension(column.to_owned(), &format!("\"{column}\""));
            self.spec.dimensions.push(dimension);
        }
        column.to_owned()
    }

    fn formula(&mut self, column: &TableField) -> Option<String> {
        let found = self.formulas.get(&column.slug)?;
        let key = computed(&self.table.slug, &column.slug);
        self.spec.dimensions.push(DimensionSpec {
            display_name: Some(column.name.clone()),
            data_type: Some(type_of(found.kind).to_owned()),
            ..dimension(key.clone(), &found.text)
        });
        Some(key)
    }

    /// What adds a formula up, where its type lets it.
    fn formula_metrics(&mut self, column: &TableField) -> Vec<String> {
        let Some(found) = self.formulas.get(&column.slug) else {
            return Vec::new();
        };
        let mut keys = Vec::new();
        for (aggregate, word, call) in AGGREGATES {
            if !adds_up(found.kind, aggregate) {
                continue;
            }
            let key = added(&self.table.slug, &column.slug, word);
            let is_count = matches!(
                aggregate,
                ColumnAggregate::Count | ColumnAggregate::CountDistinct
            );
            let data_type = match is_count {
                true => "integer",
                false => type_of(found.kind),
            };
            self.spec.metrics.push(MetricSpec {
                metric_key: key.clone(),
                display_name: Some(column.name.clone()),
                sql_expression: Some(format!("{call}{})", found.text)),
                data_type: Some(data_type.to_owned()),
                ..MetricSpec::default()
            });
            keys.push(key);
        }
        keys
    }

    fn chosen(&mut self, slug: &str, at: usize, option: &str) -> String {
        let key = chosen(&self.table.slug, slug, at);
        let text = format!("\"{slug}\" @> '[\"{}\"]'", option.replace('\'', "''"));
        self.spec.dimensions.push(DimensionSpec {
            display_name: Some(option.to_owned()),
            data_type: Some("boolean".to_owned()),
            ..dimension(key.clone(), &text)
        });
        key
    }

    /// The records of a table, added up by those that they refer to.
    fn rollup(&mut self, near: &DynamicTable, column: &TableField, rollup: &Rollup) {
        let key = computed(&near.slug, &column.slug);
        let by = reference(&rollup.relationship);
        let mut source = self.source(key.clone(), column.name.clone());
        source.date_column = None;
        source.rollup_by = vec![by];
        let field = rollup.field.as_deref();
        let of = match field.map(|field| (field, self.formulas.get(field))) {
            None => "id".to_owned(),
            Some((_, Some(formula))) => formula.text.clone(),
            Some((field, None)) => format!("\"{}\"", self.stored(field)),
        };
        let element = match rollup.function {
            RollupFunction::Count => DataType::Integer,
            RollupFunction::Sum | RollupFunction::Avg => DataType::Decimal,
            RollupFunction::Min | RollupFunction::Max => self.element_of(field),
        };
        // Whole numbers have no end that a sum could pass.
        let of = match (rollup.function, self.kind_of(field)) {
            (RollupFunction::Sum | RollupFunction::Avg, Some(FieldKind::Integer)) => {
                format!("CAST({of} AS numeric)")
            }
            _ => of,
        };
        if let Some(columns) = &mut source.columns {
            columns.push(ColumnSpec {
                rollup: Some(format!("{}({of})", call_of(rollup.function))),
                ..plain(&key, element)
            });
        }
        // Rules on the columns of the related records hold on what is added up, too.
        let mut dimensions = vec![key.clone()];
        let shown = SHOWN.iter().filter(|column| self.store.shows(column));
        dimensions.extend(shown.map(|column| (*column).to_owned()));
        for column in &self.table.columns {
            match &column.kind {
                FieldKind::Relationship { .. } => dimensions.push(reference(&column.slug)),
                FieldKind::MultiSelect { .. } | FieldKind::Moment => {}
                kind if kind.is_stored() => dimensions.push(column.slug.clone()),
                _ => {}
            }
        }
        let offered = dimensions.into_iter().map(|dimension| SourceDimensionSpec {
            dimension,
            ..SourceDimensionSpec::default()
        });
        source.dimensions = Offer::Listed(offered.collect());
        self.spec.dimensions.push(DimensionSpec {
            display_name: Some(column.name.clone()),
            ..dimension(key.clone(), &format!("\"{key}\""))
        });
        self.spec.data_sources.push(source);
    }

    /// The column of a stored field.
    fn stored(&self, slug: &str) -> String {
        match self.kind_of(Some(slug)) {
            Some(FieldKind::Relationship { .. }) => reference(slug),
            _ => slug.to_owned(),
        }
    }

    fn kind_of(&self, slug: Option<&str>) -> Option<&FieldKind> {
        let column = self.table.column(slug?)?;
        Some(&column.kind)
    }

    fn element_of(&self, slug: Option<&str>) -> DataType {
        match self.kind_of(slug) {
            Some(FieldKind::Integer) => DataType::Integer,
            Some(FieldKind::Date) => DataType::Date,
            Some(FieldKind::Formula { .. }) => {
                let found = slug.and_then(|slug| self.formulas.get(slug));
                match found.map(|found| found.kind) {
                    Some(Kind::Date) => DataType::Date,
                    _ => DataType::Decimal,
                }
            }
            _ => DataType::Decimal,
        }
    }
}

/// Whether values of a type can be added up so.
pub(super) fn adds_up(kind: Kind, aggregate: ColumnAggregate) -> bool {
    match aggregate {
        ColumnAggregate::Count | ColumnAggregate::CountDistinct => true,
        ColumnAggregate::Sum | ColumnAggregate::Avg => kind == Kind::Number,
        ColumnAggregate::Min | ColumnAggregate::Max => matches!(kind, Kind::Number | Kind::Date),
        ColumnAggregate::Median | ColumnAggregate::Stddev => false,
    }
}

fn type_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "decimal",
        Kind::Boolean => "boolean",
        Kind::Date => "date",
        Kind::Text | Kind::Unknown => "text",
    }
}

fn plain(name: &str, element: DataType) -> ColumnSpec {
    ColumnSpec {
        name: name.to_owned(),
        data_type: ColumnType {
            element,
            is_array: false,
        },
        path: None,
        column: None,
        rollup: None,
    }
}

fn dimension(key: String, expression: &str) -> DimensionSpec {
    DimensionSpec {
        dimension_key: key,
        column_expression: expression.to_owned(),
        is_groupable: true,
        is_filterable: true,
        ..DimensionSpec::default()
    }
}

/// The word of an aggregate among metrics of formulas.
pub(super) fn word_of(aggregate: ColumnAggregate) -> Option<&'static str> {
    let mut all = AGGREGATES.iter();
    let found = all.find(|(each, _, _)| *each == aggregate);
    found.map(|(_, word, _)| *word)
}

/// The word of a rollup's call.
pub(super) fn call_of(function: RollupFunction) -> &'static str {
    match function {
        RollupFunction::Count => "COUNT",
        RollupFunction::Sum => "SUM",
        RollupFunction::Avg => "AVG",
        RollupFunction::Min => "MIN",
        RollupFunction::Max => "MAX",
    }
}
