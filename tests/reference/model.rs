//! What is defined and what is asked, as plain values.

use super::expression::Expr;
use super::number::Number;
use super::reach::{Path, Reach};
use super::value::{Periods, Value};

/// The columns of a row that have a meaning of their own.
pub const TENANT: usize = 0;
pub const DAY: usize = 1;

pub type Row = Vec<Value>;

/// `integer`, `decimal`, `text`, `date` or `boolean`.
pub type Type = &'static str;

/// A catalog of two sources with the same columns, and the rows behind them.
#[derive(Debug, Clone)]
pub struct World {
    pub base_filter: Option<Expr>,
    pub dimensions: Vec<Dimension>,
    /// Formulas refer to earlier metrics alone.
    pub metrics: Vec<Metric>,
    /// The options of each toggle; the first is the default.
    pub toggles: Vec<Vec<Choice>>,
    pub rows: Vec<Row>,
    /// Whether the sources say that the number of a row is its primary key.
    pub is_keyed: bool,
    /// The rows of the second source.
    pub others: Vec<Row>,
    /// The rows of each lookup: tenant, key, label, and whether they are live.
    pub lookups: [Vec<Row>; 2],
    /// What the two sources lead to.
    pub reach: Reach,
}

/// What an option brings besides the variants that name it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    pub date_column: Option<usize>,
    pub dimension: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Dimension {
    /// Its key in the catalog.
    pub key: &'static str,
    /// The path to the far source that has it; none if it is of the two sources themselves.
    pub path: Path,
    /// What it is asked for by.
    pub written: String,
    /// The value on the source.
    pub value: Expr,
    pub value_type: Type,
    pub lookup: Option<Lookup>,
    /// Whether only contexts with the module may know it.
    pub is_gated: bool,
    /// Whether the source has it.
    pub is_offered: bool,
    /// Whether access rules on it do not hold on the source.
    pub is_exempt: bool,
    /// What the catalog says where the source says `value` instead.
    pub otherwise: Option<Expr>,
}

#[derive(Debug, Clone, Copy)]
pub struct Lookup {
    /// The first has a tenant in each row, the second is shared by all tenants.
    pub table: usize,
    /// Whether the join condition asks for live rows.
    pub only_live: bool,
    pub is_unique: bool,
}

#[derive(Debug, Clone)]
pub struct Metric {
    /// The source that has it; none if it is derived from metrics that sources have.
    pub home: Option<usize>,
    pub value_type: Type,
    pub definition: Definition,
    /// What the source says instead; variants are above it.
    pub of_source: Option<Definition>,
    pub filter: Option<Expr>,
    pub null_as: Option<Number>,
    /// Options by toggle (position, option), and the definition that holds under all of them.
    pub variants: Vec<(Vec<(usize, usize)>, Definition)>,
    pub is_gated: bool,
    /// Where the catalog has no such metric: the column that a request aggregates, and the word for how.
    pub of_column: Option<(usize, &'static str)>,
    pub timing: Timing,
}

/// Which rows in time a metric is of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timing {
    /// So many periods before.
    pub offset: Option<(i64, &'static str)>,
    pub window: Option<Window>,
    /// The dimension of which each group has one value, and whether that is the first.
    pub pick: Option<(usize, bool)>,
}

/// How far back from the end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    Cumulative,
    Rolling(i64, &'static str),
    ToDate(&'static str),
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
    /// `SUM`, `COUNT DISTINCT` and their kind.
    pub kind: &'static str,
    pub argument: Option<Expr>,
    pub filter: Option<Expr>,
}

/// A request and its context.
#[derive(Debug, Clone)]
pub struct Question {
    /// Whether the rows are only counted.
    pub is_count: bool,
    pub tenant: i64,
    pub rules: Vec<Rule>,
    pub periods: Periods,
    pub metrics: Vec<usize>,
    /// The metrics whose share is shown beside them, then those whose rank is, which are true.
    pub standings: Vec<(usize, bool)>,
    pub groups: Vec<Group>,
    /// What the values of the only group are searched for, by label or value.
    pub search: Option<Test>,
    /// The chosen option of each toggle.
    pub options: Vec<usize>,
    pub filters: Vec<Condition>,
    pub metric_filters: Vec<Condition>,
    /// First and last day.
    pub range: Option<(Option<i64>, Option<i64>)>,
    /// The day on which it is asked.
    pub today: i64,
    /// The position of the group of which every period in the range is shown.
    pub filled: Option<usize>,
    /// How far back the period is that every metric is compared with.
    pub compare: Option<Shift>,
    /// The groups that each level of subtotals is by; not even a total over all where there is none.
    pub totals: Option<Vec<Vec<usize>>>,
    /// The members of one group that are shown; all where there is none.
    pub top: Option<Top>,
    /// The members of the last group that are columns; rows are by it where there is none.
    pub pivot: Option<Pivot>,
    pub order: Vec<Order>,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
    /// Whether the members of the only group are those that its lookup has: no row counts then.
    pub of_lookup: bool,
    /// Detail rows instead of groups: nothing that is about groups counts then.
    pub detail: Option<Detail>,
}

/// The first members of one group by a metric.
#[derive(Debug, Clone, Copy)]
pub struct Top {
    pub group: usize,
    pub metric: usize,
    pub count: usize,
    pub is_ascending: bool,
    /// Whether the others are shown as one more.
    pub shows_other: bool,
}

/// The members of a group that are columns.
#[derive(Debug, Clone)]
pub struct Pivot {
    pub members: Vec<Value>,
    pub shows_other: bool,
    /// The column of a metric that an order by the metric means.
    pub ordered: usize,
}

/// Detail rows: what is shown of each, in what order, and behind which row.
#[derive(Debug, Clone)]
pub struct Detail {
    pub columns: Vec<Item>,
    pub order: Vec<ItemOrder>,
    /// What the row before the page has in each key of the order.
    pub after: Option<Row>,
}

/// A column of detail rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    Of(Group),
    /// A column of the source.
    Column(usize),
    /// The number of the row.
    Number,
}

#[derive(Debug, Clone, Copy)]
pub struct ItemOrder {
    pub item: Item,
    /// Whether the label of a dimension orders.
    pub by_label: bool,
    pub is_descending: bool,
    pub nulls_first: bool,
}

/// Months, then days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    pub months: i64,
    pub days: i64,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub dimension: usize,
    pub is_include: bool,
    pub values: Vec<Value>,
    pub nulls_visible: bool,
}

impl Rule {
    /// Whether it is about this dimension, by whatever path that is reached.
    pub fn is_about(&self, world: &World, dimension: usize) -> bool {
        world.dimensions[self.dimension].key == world.dimensions[dimension].key
    }
}

/// What a result is grouped by: a dimension by its own key, or by that of a toggle that switches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    pub of: Subject,
    pub grain: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Value(usize),
    Label(usize),
    Metric(usize),
    Toggle(usize),
}

#[derive(Debug, Clone)]
pub struct Test {
    pub of: Subject,
    pub op: &'static str,
    pub values: Vec<Value>,
    pub is_case_sensitive: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Order {
    pub by: OrderBy,
    pub is_descending: bool,
    pub nulls_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// A group by its position, with its label.
    Group(usize),
    Label(usize),
    Metric(usize),
    /// What a comparison shows of a metric: what it was, its change, its change as a share.
    Compared(usize, usize),
    /// The share of a metric, or its rank.
    Standing(usize, bool),
}

impl Question {
    /// The output key of a group.
    pub fn key(&self, world: &World, at: usize) -> String {
        let group = self.groups[at];
        let name = match group.of {
            Subject::Toggle(toggle) => format!("toggle_{toggle}"),
            Subject::Value(dimension) => world.dimensions[dimension].written.clone(),
            _ => panic!("dimensions are grouped"),
        };
        match group.grain {
            Some(grain) => format!("{name}.{grain}"),
            None => name,
        }
    }

    /// Whether the rank of a metric among all groups is not known, since others are folded that are no group of one
    /// dimension ranked by that metric.
    pub fn hides_ranks(&self, metric: usize) -> bool {
        self.top
            .is_some_and(|top| self.groups.len() != 1 || top.is_ascending || top.metric != metric)
    }

    /// The filters that are about rows, whatever is grouped.
    pub fn row_filters(&self) -> Vec<Condition> {
        let filters = self.filters.iter();
        let of_rows = filters.filter(|condition| !condition.names_metric());
        of_rows.cloned().collect()
    }
}

impl Condition {
    /// What a condition is about, in all its parts.
    pub fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::subjects).collect(),
            Self::Not(part) => part.subjects(),
            Self::Test(test) => vec![test.of],
        }
    }

    pub fn names_metric(&self) -> bool {
        let mut subjects = self.subjects().into_iter();
        subjects.any(|of| matches!(of, Subject::Metric(_)))
    }

    /// The conditions that all have to hold, each by itself.
    pub fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::conjuncts).collect(),
            other => vec![other],
        }
    }
}
