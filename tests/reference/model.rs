//! What is defined and what is asked, as plain values.

use super::expression::Expr;
use super::number::Number;
use super::value::Value;

/// The columns of the facts, in their order, and their types.
pub const COLUMNS: [(&str, Type); 10] = [
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

pub const DAY: usize = 1;
pub const CAMPAIGN: usize = 2;
pub const SELLER: usize = 3;
pub const KIND: usize = 4;
pub const QTY: usize = 5;
pub const AMOUNT: usize = 6;
pub const COST: usize = 7;
pub const FLAG: usize = 8;
pub const PAID: usize = 9;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Integer,
    Decimal,
    Text,
    Date,
    Boolean,
}

/// A catalog of one source, and the rows behind it.
#[derive(Debug, Clone)]
pub struct World {
    pub base_filter: Option<Expr>,
    pub dimensions: Vec<Dimension>,
    /// Formulas refer to earlier metrics alone.
    pub metrics: Vec<Metric>,
    /// How many options each toggle of variants has; the first is the default.
    pub toggles: Vec<usize>,
    /// Whether the last option of the second toggle stands for the other date.
    pub last_is_paid: bool,
    /// The dimensions that the options of the one switch stand for; the first is the default's.
    pub switch: Vec<usize>,
    pub rows: Vec<Vec<Value>>,
    pub campaigns: Vec<LookupRow>,
    pub sellers: Vec<LookupRow>,
}

#[derive(Debug, Clone)]
pub struct LookupRow {
    pub tenant: i64,
    pub key: Value,
    pub label: Value,
    pub is_live: Value,
}

#[derive(Debug, Clone)]
pub struct Dimension {
    pub key: &'static str,
    pub value: Expr,
    pub value_type: Type,
    pub lookup: Option<Lookup>,
}

#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    pub table: Table,
    /// Whether the join condition asks for live rows.
    pub only_live: bool,
    pub is_unique: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Each row has its tenant.
    Campaigns,
    /// Shared by all tenants.
    Sellers,
}

#[derive(Debug, Clone)]
pub struct Metric {
    pub value_type: Type,
    pub definition: Definition,
    /// What the source says instead; variants are above it.
    pub of_source: Option<Definition>,
    pub filter: Option<Expr>,
    pub null_as: Option<Number>,
    /// Options by toggle (position, option), and the definition that holds under all of them.
    pub variants: Vec<(Vec<(usize, usize)>, Definition)>,
}

#[derive(Debug, Clone)]
pub enum Definition {
    /// Aggregates, and an expression over them.
    Aggregates(Vec<Aggregate>, Expr),
    /// An expression over metrics.
    Formula(Expr),
}

#[derive(Debug, Clone)]
pub struct Aggregate {
    pub kind: AggregateKind,
    pub argument: Option<Expr>,
    pub filter: Option<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AggregateKind {
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
pub struct Question {
    pub tenant: i64,
    pub rules: Vec<Rule>,
    /// Days after Monday.
    pub week_start: i64,
    pub metrics: Vec<usize>,
    pub groups: Vec<Group>,
    /// The chosen option of each toggle, then of the switch.
    pub options: Vec<usize>,
    pub filters: Vec<Condition>,
    pub metric_filters: Vec<Condition>,
    /// First and last day.
    pub range: Option<(i64, i64)>,
    pub order: Vec<Order>,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub dimension: usize,
    pub is_include: bool,
    pub values: Vec<Value>,
    pub nulls_visible: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub dimension: Named,
    pub grain: Option<&'static str>,
}

/// A dimension by its own key, or by that of the switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Dimension(usize),
    Switch,
}

#[derive(Debug, Clone)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Subject, Test),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Value(usize),
    Label(usize),
    Metric(usize),
}

#[derive(Debug, Clone)]
pub struct Test {
    pub op: &'static str,
    pub values: Vec<Value>,
    pub is_case_sensitive: bool,
}

#[derive(Debug, Clone)]
pub struct Order {
    pub by: OrderBy,
    pub is_descending: bool,
    pub nulls_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// A group by its position.
    Group(usize),
    Label(usize),
    Metric(usize),
}
