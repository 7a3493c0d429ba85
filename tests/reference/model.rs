//! What is defined and what is asked, as plain values.

use super::expression::Expr;
use super::number::Number;
use super::value::Value;

/// The columns of the facts, in their order, and their types.
pub(crate) const COLUMNS: [(&str, Type); 10] = [
    ("client_id", Type::Integer),
    ("day", Type::Date),
    ("campaign_id", Type::Integer),
    ("seller_id", Type::Integer),
    ("kind", Type::Text),
    ("qty", Type::Integer),
    ("amount", Type::Decimal),
    ("cost", Type::Decimal),
    ("flag", Type::Boolean),
    ("paid", Type::Date),
];

pub(crate) const DAY: usize = 1;
pub(crate) const CAMPAIGN: usize = 2;
pub(crate) const SELLER: usize = 3;
pub(crate) const KIND: usize = 4;
pub(crate) const QTY: usize = 5;
pub(crate) const AMOUNT: usize = 6;
pub(crate) const COST: usize = 7;
pub(crate) const FLAG: usize = 8;
pub(crate) const PAID: usize = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Integer,
    Decimal,
    Text,
    Date,
    Boolean,
}

/// A catalog of one source, and the rows behind it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) base_filter: Option<Expr>,
    pub(crate) dimensions: Vec<Dimension>,
    /// Formulas refer to earlier metrics alone.
    pub(crate) metrics: Vec<Metric>,
    /// How many options each toggle of variants has; the first is the default.
    pub(crate) toggles: Vec<usize>,
    /// Whether the last option of the second toggle stands for the other date.
    pub(crate) last_is_paid: bool,
    /// The dimensions that the options of the one switch stand for; the first is the default's.
    pub(crate) switch: Vec<usize>,
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) campaigns: Vec<LookupRow>,
    pub(crate) sellers: Vec<LookupRow>,
}

#[derive(Debug, Clone)]
pub(crate) struct LookupRow {
    pub(crate) tenant: i64,
    pub(crate) key: Value,
    pub(crate) label: Value,
    pub(crate) is_live: Value,
}

#[derive(Debug, Clone)]
pub(crate) struct Dimension {
    pub(crate) key: &'static str,
    pub(crate) value: Expr,
    pub(crate) value_type: Type,
    pub(crate) lookup: Option<Lookup>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookup {
    pub(crate) table: Table,
    /// Whether the join condition asks for live rows.
    pub(crate) only_live: bool,
    pub(crate) is_unique: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// Each row has its tenant.
    Campaigns,
    /// Shared by all tenants.
    Sellers,
}

#[derive(Debug, Clone)]
pub(crate) struct Metric {
    pub(crate) value_type: Type,
    pub(crate) definition: Definition,
    /// What the source says instead; variants are above it.
    pub(crate) of_source: Option<Definition>,
    pub(crate) filter: Option<Expr>,
    pub(crate) null_as: Option<Number>,
    /// Options by toggle (position, option), and the definition that holds under all of them.
    pub(crate) variants: Vec<(Vec<(usize, usize)>, Definition)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Definition {
    /// Aggregates, and an expression over them.
    Aggregates(Vec<Aggregate>, Expr),
    /// An expression over metrics.
    Formula(Expr),
}

#[derive(Debug, Clone)]
pub(crate) struct Aggregate {
    pub(crate) kind: AggregateKind,
    pub(crate) argument: Option<Expr>,
    pub(crate) filter: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AggregateKind {
    Count,
    CountDistinct,
    Sum,
    SumDistinct,
    Average,
    Least,
    Greatest,
}

/// A request and its context.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) tenant: i64,
    pub(crate) rules: Vec<Rule>,
    /// Days after Monday.
    pub(crate) week_start: i64,
    pub(crate) metrics: Vec<usize>,
    pub(crate) groups: Vec<Group>,
    /// The chosen option of each toggle, then of the switch.
    pub(crate) options: Vec<usize>,
    pub(crate) filters: Vec<Condition>,
    pub(crate) metric_filters: Vec<Condition>,
    /// First and last day.
    pub(crate) range: Option<(i64, i64)>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) dimension: usize,
    pub(crate) is_include: bool,
    pub(crate) values: Vec<Value>,
    pub(crate) nulls_visible: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) dimension: Named,
    pub(crate) grain: Option<&'static str>,
}

/// A dimension by its own key, or by that of the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Dimension(usize),
    Switch,
}

#[derive(Debug, Clone)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Subject, Test),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Value(usize),
    Label(usize),
    Metric(usize),
}

#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) op: &'static str,
    pub(crate) values: Vec<Value>,
    pub(crate) is_case_sensitive: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) by: OrderBy,
    pub(crate) is_descending: bool,
    pub(crate) nulls_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderBy {
    /// A group by its position.
    Group(usize),
    Label(usize),
    Metric(usize),
}
