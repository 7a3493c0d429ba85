//! What users define: plain data.

use super::operator::FilterOperator;
use crate::report::schedule::Schedule;
use crate::report::sharing::{TableSharing, Visibility};
use crate::request::ColumnAggregate;
use crate::value::Scalar;

/// A table that a user defines over sources of the catalog.
///
/// A *field* is written `name`, `source.name` or either with a grain behind it: `status`, `persons.region`,
/// `opened.month`. The source in front is one that the table lists; a name that is a key of the catalog by itself,
/// such as `person.region` along a relationship, is that key. Fields are dimensions, and where columns are shown,
/// ordered by or added up also columns that a source declares.
///
/// Without `group_by`, `aggregates` and metrics among the columns the table shows detail rows: those of the first
/// source. Else it shows groups: what is grouped by and then what is added up, those that `columns` names first.
///
/// It has nothing of a context. It is compiled for whoever looks, see [`compile_for`](Self::compile_for), under their
/// tenant, their modules and their access rules; whose table it is plays no part.
///
/// ```
/// use measurand::report::{TableDefinition, TablePage};
/// use measurand::{Catalog, Compiler, Context, Dialect, Limits};
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [
///     {"source_key": "cases", "view_pattern": "cases", "date_column": null, "primary_key": ["id"], "dimensions": ["status"],
///      "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
///        {"name": "status", "data_type": "text"}, {"name": "person_id", "data_type": "integer"},
///        {"name": "amount", "data_type": "decimal"}],
///      "relationships": [{"name": "person", "to": "persons", "on": [["person_id", "id"]],
///        "cardinality": "many_to_one"}]},
///     {"source_key": "persons", "view_pattern": "persons", "date_column": null, "primary_key": ["id"], "dimensions": ["region"],
///      "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
///        {"name": "region", "data_type": "text"}]}],
///   "dimensions": [{"dimension_key": "status", "column_expression": "status"},
///     {"dimension_key": "region", "column_expression": "region"}]
/// }"#)?;
/// let compiler = Compiler::new(catalog, Dialect::Postgres);
/// let limits = Limits::default();
/// let table = TableDefinition::from_json(r#"{
///   "name": "Open amounts", "dataSources": ["cases", "persons"], "columns": [],
///   "filters": [{"field": "status", "operator": "notEquals", "value": "closed"}],
///   "groupBy": ["persons.region"],
///   "aggregates": [{"function": "COUNT", "alias": "cases"}, {"field": "amount", "function": "SUM"}],
///   "sortBy": [{"field": "cases", "direction": "desc"}]
/// }"#, &limits)?;
/// let reader = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits)?;
///
/// let compiled = table.compile_for(&compiler, &reader, &TablePage::default())?;
/// let labels: Vec<&str> = compiled.columns().iter().map(|column| &*column.label).collect();
/// assert_eq!(labels, ["Person: Region", "cases", "Sum of Amount"]);
/// # Ok::<(), measurand::Errors>(())
/// ```
///
/// # Source
/// `UserDataTable` of the user tables, and its service.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDefinition {
    /// What it is called; a table that is only looked at need not have a name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// How it came about.
    pub created_via: TableOrigin,
    /// The prompt that it was made from.
    pub ai_prompt: Option<String>,
    /// The keys of the sources that it is over, each once; detail rows are those of the first.
    pub data_sources: Vec<String>,
    /// What is shown, in this order.
    pub columns: Vec<ColumnChoice>,
    /// What rows count; all of these hold.
    pub filters: Vec<FilterChoice>,
    /// The fields that rows are grouped by.
    pub group_by: Vec<String>,
    /// What is added up of each group.
    pub aggregates: Vec<AggregateChoice>,
    /// The order.
    pub sort_by: Vec<SortChoice>,
    /// Where it is shown besides the list of tables.
    pub destinations: Vec<Destination>,
    /// How far it is shared.
    pub visibility: Visibility,
    /// The teams that it is shared with.
    pub shared_with_teams: Vec<String>,
    /// The users that it is shared with.
    pub shared_with_users: Vec<String>,
    /// When and to whom it is sent.
    pub delivery: Option<Delivery>,
}

/// How a table came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TableOrigin {
    /// By hand.
    #[default]
    Builder,
    /// From a prompt.
    AiGenerated,
    /// From a file.
    Import,
}

impl TableOrigin {
    /// Every origin with its word.
    pub(super) const ALL: [(&'static str, TableOrigin); 3] = [
        ("BUILDER", TableOrigin::Builder),
        ("AI_GENERATED", TableOrigin::AiGenerated),
        ("IMPORT", TableOrigin::Import),
    ];

    /// The word that the database has for it.
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnChoice {
    /// The field; of groups, what is grouped by, an aggregate, or a metric of the catalog.
    pub field: String,
    /// What the user calls it; the catalog's label where absent.
    pub label: Option<String>,
}

/// What is added up of each group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AggregateChoice {
    /// A column that a source declares.
    Column {
        /// The field; nothing, or `*`, where rows are counted.
        field: Option<String>,
        /// How it is added up.
        function: ColumnAggregate,
        /// What the order, filters and columns call it.
        alias: Option<String>,
        /// What it is called on the screen; the alias where absent.
        label: Option<String>,
    },
    /// A metric of the catalog, which says itself how it is added up.
    Metric {
        /// The key.
        metric: String,
        /// What the order, filters and columns call it.
        alias: Option<String>,
        /// What it is called on the screen; the alias where absent.
        label: Option<String>,
    },
}

impl AggregateChoice {
    pub(in crate::report) fn alias(&self) -> Option<&str> {
        match self {
            Self::Column { alias, .. } | Self::Metric { alias, .. } => alias.as_deref(),
        }
    }

    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Self::Column { label, .. } | Self::Metric { label, .. } => label.as_deref(),
        }
    }
}

/// What rows count, or what groups.
#[derive(Debug, Clone, PartialEq)]
pub enum FilterChoice {
    /// All of these hold.
    And(Vec<FilterChoice>),
    /// One of these holds.
    Or(Vec<FilterChoice>),
    /// This is false or unknown.
    Not(Box<FilterChoice>),
    /// A comparison.
    Compare(FilterCondition),
}

/// A comparison of a field, or of an aggregate, with values.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterCondition {
    /// The field, or the alias of an aggregate.
    pub field: String,
    /// How it is compared.
    pub operator: FilterOperator,
    /// What it is compared with.
    pub values: Vec<Scalar>,
    /// Whether the label is compared instead of the value.
    pub on_label: bool,
    /// Whether `contains` and its kind tell upper from lower case.
    pub case_sensitive: bool,
}

/// One key of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortChoice {
    /// A field, the alias of an aggregate, or an aggregate as `field.function`.
    pub field: String,
    /// Whether the largest comes first; what is missing comes last in either direction.
    pub descending: bool,
}

/// Where a table is shown. It is data for whoever draws that place: nothing of the statement depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// What kind of place.
    pub kind: DestinationKind,
    /// Which one.
    pub id: Option<String>,
}

/// What kind of place shows a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DestinationKind {
    /// A dashboard.
    Dashboard,
    /// A view of its own.
    View,
    /// A report.
    Report,
}

impl DestinationKind {
    /// Every kind with its word.
    pub(super) const ALL: [(&'static str, DestinationKind); 3] = [
        ("dashboard", DestinationKind::Dashboard),
        ("view", DestinationKind::View),
        ("report", DestinationKind::Report),
    ];

    /// The word in a definition.
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// When a table is sent, to whom, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When.
    pub schedule: Schedule,
    /// To whom, at least one.
    pub recipients: Vec<String>,
    /// As what kind of file.
    pub format: DeliveryFormat,
}

/// The kinds of files that a table is sent as; who makes the file is the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryFormat {
    /// Values with commas between them.
    Csv,
    /// A workbook.
    Excel,
    /// Pages.
    Pdf,
}

impl DeliveryFormat {
    /// Every format with its word.
    pub(super) const ALL: [(&'static str, DeliveryFormat); 3] = [
        ("csv", DeliveryFormat::Csv),
        ("excel", DeliveryFormat::Excel),
        ("pdf", DeliveryFormat::Pdf),
    ];

    /// The word in a definition.
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

impl TableDefinition {
    /// Whose the table is once it is kept, and whom it is shared with.
    pub fn sharing(&self, organization_id: i64, created_by_id: impl Into<String>) -> TableSharing {
        TableSharing {
            organization_id,
            created_by_id: created_by_id.into(),
            visibility: self.visibility,
            shared_with_users: self.shared_with_users.clone(),
            shared_with_teams: self.shared_with_teams.clone(),
            is_deleted: false,
        }
    }
}

fn word_of<T: PartialEq>(all: &[(&'static str, T)], one: T) -> &'static str {
    let mut all = all.iter();
    all.find(|(_, each)| *each == one)
        .map_or("", |(word, _)| word)
}
