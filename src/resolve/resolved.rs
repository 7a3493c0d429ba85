//! `ResolvedQuery`: a request bound to the catalog, with typed values and settled toggles.

use std::fmt;
use std::sync::Arc;

use crate::calendar::{Grain, Periods, Zone};
use crate::catalog::MetricId;
use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::{Dimension, DimensionInfo, Lookup, SourceDimension};
use crate::catalog::reach::PathId;
use crate::catalog::source::{RowColumn, Source};
use crate::catalog::spelling::KeySpelling;
use crate::catalog::toggle::Selection;
use crate::context::{AccessType, Tenant};
use crate::format::Currency;
use crate::name::Name;
use crate::output::{Compared, Note, Standing};
use crate::provenance::Placements;
use crate::value::{Value, ValueList};

use super::{FrameDates, Frames, Gaps, ResolvedPivot, ResolvedTop};

/// A request bound to the sources that answer it, with typed values and settled toggles.
///
/// What it holds is for [`plan`](crate::plan); its `Debug` form leaves values out on purpose.
pub struct ResolvedQuery<'c> {
    /// Whether the rows are only counted.
    pub(crate) is_count: bool,
    /// What detail rows show, where they are what is asked for; then there is one leg.
    pub(crate) rows: Option<ResolvedRows<'c>>,
    /// The members of a lookup, where they alone are what is asked for; then there is no leg.
    pub(crate) members: Option<ResolvedMembers<'c>>,
    /// One for every source that answers; none only where no row is read.
    pub(crate) legs: Vec<ResolvedLeg<'c>>,
    pub(crate) placements: Placements,
    pub(crate) selection: Selection,
    pub(crate) buckets: Vec<Bucket<'c>>,
    pub(crate) metrics: Vec<MetricId>,
    /// The metrics whose share or rank is shown beside them.
    pub(crate) standings: Vec<(MetricId, Standing)>,
    /// Which rows in time numbers are of.
    pub(crate) frames: Frames<'c>,
    /// The periods that are shown though they may have no row.
    pub(crate) gaps: Option<Gaps>,
    /// All of them hold for a group.
    pub(crate) group_conditions: Vec<Condition<'c>>,
    /// What each level of subtotals is by, as positions of buckets; not even the grand total where absent.
    pub(crate) totals: Option<Vec<Vec<usize>>>,
    /// The members of one bucket that are shown; all where absent.
    pub(crate) top: Option<ResolvedTop>,
    /// The members of the last bucket that are columns; none where it is one of those that rows are by.
    pub(crate) pivot: Option<ResolvedPivot>,
    pub(crate) order: Vec<OrderKey>,
    pub(crate) limit: Option<i64>,
    pub(crate) offset: Option<i64>,
    pub(crate) tenant: Tenant,
    pub(crate) zone: Zone,
    pub(crate) periods: Periods,
    /// The currency of the context, where a metric that is shown is in it.
    pub(crate) currency: Option<Currency>,
    pub(crate) notes: Vec<Note>,
}

impl<'c> ResolvedQuery<'c> {
    /// Whether other sources are read beside those of the legs.
    pub(crate) fn reads_far(&self) -> bool {
        self.legs.iter().any(|leg| !leg.far.is_empty())
    }

    /// Where the labels of a bucket come from: the first source that says.
    pub(crate) fn lookup(&self, bucket: usize) -> Option<&'c Lookup> {
        let values = self.legs.iter().filter_map(|leg| leg.buckets.get(bucket));
        values.filter_map(|value| value.lookup.as_deref()).next()
    }
}

impl fmt::Debug for ResolvedQuery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: Vec<&str> = self
            .legs
            .iter()
            .map(|leg| leg.source.key.as_str())
            .collect();
        let buckets: Vec<&str> = self.buckets.iter().map(|b| &*b.value.key).collect();
        f.debug_struct("ResolvedQuery")
            .field("sources", &sources)
            .field("buckets", &buckets)
            .field("metrics", &self.metrics.len())
            .field(
                "rules",
                &self.legs.iter().map(|leg| leg.rules.len()).sum::<usize>(),
            )
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

/// The part of a request that one source answers.
pub(crate) struct ResolvedLeg<'c> {
    pub(crate) source: &'c Source,
    /// The dimensions to group by as the source expresses them, in the order of the buckets.
    pub(crate) buckets: Vec<&'c SourceDimension>,
    /// All of them hold for a row.
    pub(crate) row_conditions: Vec<Condition<'c>>,
    /// The date column under the settled toggles.
    pub(crate) date_column: Option<ColumnId>,
    pub(crate) dates: Option<DateBounds>,
    /// The rows of every frame but the first, where the source answers in it.
    pub(crate) framed: Vec<Option<FrameDates>>,
    pub(crate) rules: Vec<Rule<'c>>,
    /// The dimensions of rules that hold through relationships, one for each rule.
    pub(crate) rules_through: Vec<&'c Name>,
    /// What is read of other sources, each behind the one that it is reached from.
    pub(crate) far: Vec<FarRead<'c>>,
}

/// The rows of another source, at most one for each row that it is reached from.
pub(crate) struct FarRead<'c> {
    pub(crate) path: PathId,
    /// The position of the read that it is reached from; none where that is the leg's own source.
    pub(crate) parent: Option<usize>,
    pub(crate) source: &'c Source,
    /// Pairs of columns that are equal: nearer, here.
    pub(crate) on: &'c [(ColumnId, ColumnId)],
    pub(crate) rules: Vec<Rule<'c>>,
    /// Whether something that is asked for looks at its rows.
    pub(crate) is_joined: bool,
    /// Whether rows without it are not seen.
    pub(crate) is_restricting: bool,
}

impl<'c> ResolvedLeg<'c> {
    /// Whether the windows of metrics are those of the members of a bucket.
    pub(crate) fn runs_along(&self, bucket: usize) -> bool {
        let framed = self.framed.iter().flatten();
        let mut windows = framed.filter_map(|frame| frame.windows.as_ref());
        windows.any(|windows| windows.bucket == bucket)
    }

    /// A leg of which nothing but the source is known yet.
    pub(crate) fn new(source: &'c Source) -> Self {
        Self {
            source,
            buckets: Vec::new(),
            row_conditions: Vec::new(),
            date_column: None,
            dates: None,
            framed: Vec::new(),
            rules: Vec::new(),
            rules_through: Vec::new(),
            far: Vec::new(),
        }
    }
}

/// A dimension to group by.
pub(crate) struct Bucket<'c> {
    pub(crate) dimension: &'c Dimension,
    pub(crate) grain: Option<Grain>,
    /// The spelling of what was asked for, which a switch does not change.
    pub(crate) value: &'c KeySpelling,
    pub(crate) label: &'c KeySpelling,
    /// What is shown of it, under the key that it was asked for by.
    pub(crate) info: &'c Arc<DimensionInfo>,
}

/// The detail rows of one source.
pub(crate) struct ResolvedRows<'c> {
    /// What is shown, and behind it what only orders.
    pub(crate) items: Vec<RowItem<'c>>,
    /// How many of the items are shown.
    pub(crate) shown: usize,
    /// All that orders, to the last.
    pub(crate) order: Vec<RowOrder>,
    /// Whether the order tells every row from every other, by the primary key.
    pub(crate) is_total: bool,
    /// What the row before the page has in each key of the order.
    pub(crate) after: Option<Vec<Option<Value>>>,
}

impl ResolvedRows<'_> {
    /// Whether the value of an item orders, or its label.
    pub(crate) fn orders_by(&self, item: usize, by_label: bool) -> bool {
        let mut order = self.order.iter();
        order.any(|by| by.item == item && by.by_label == by_label)
    }
}

/// The members that a lookup has.
pub(crate) struct ResolvedMembers<'c> {
    /// The source that says how the dimension is looked up; its rows are not read.
    pub(crate) source: &'c Source,
    pub(crate) on_source: &'c SourceDimension,
    pub(crate) lookup: &'c Lookup,
    pub(crate) dimension: &'c Dimension,
    /// The rules on the dimension, which are all that there are.
    pub(crate) rules: Vec<Rule<'c>>,
    /// What labels are searched for.
    pub(crate) search: Option<Box<str>>,
}

/// A column of detail rows.
#[derive(Clone, Copy)]
pub(crate) enum RowItem<'c> {
    Column(&'c RowColumn),
    Dimension {
        dimension: &'c Dimension,
        on_source: &'c SourceDimension,
        grain: Option<Grain>,
        /// The spelling of what was asked for, which a switch does not change.
        value: &'c KeySpelling,
        label: &'c KeySpelling,
        info: &'c Arc<DimensionInfo>,
    },
}

/// A key of the order of detail rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowOrder {
    /// Whether its label orders, rather than its value.
    pub(crate) by_label: bool,
    /// The position among the items.
    pub(crate) item: usize,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
    /// Whether the primary key says that it is never missing.
    pub(crate) is_present: bool,
}

/// A condition on rows or on groups.
pub(crate) enum Condition<'c> {
    All(Vec<Condition<'c>>),
    Any(Vec<Condition<'c>>),
    /// The inner condition is false or unknown.
    Not(Box<Condition<'c>>),
    Test(Test<'c>),
}

/// A comparison with values.
pub(crate) struct Test<'c> {
    pub(crate) subject: Subject<'c>,
    pub(crate) check: Check,
}

/// What a comparison looks at.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'c> {
    /// The value of a dimension on a row.
    Value(&'c SourceDimension),
    /// The label of a dimension on a row.
    Label(&'c SourceDimension),
    /// A metric of a group.
    Metric(MetricId),
    /// The value of a dimension of a group, by position.
    Bucket(usize),
}

/// How a comparison compares.
pub(crate) enum Check {
    Compare(Comparator, Value),
    /// Both ends included.
    Between(Value, Value),
    /// NULL is a member of its own; a negated list is the complement.
    In {
        list: ValueList,
        with_null: bool,
        negated: bool,
    },
    Null {
        negated: bool,
    },
    /// The pattern is for LIKE with `!` as its escape; GLOB where case matters on SQLite.
    Like {
        text: Box<str>,
        anchor: Anchor,
        case_sensitive: bool,
        negated: bool,
    },
}

/// An order between two values, or their being the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparator {
    Equal,
    /// Keeps NULLs.
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Where a text has to occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Anywhere,
    Start,
    End,
}

/// Half-open bounds on the date column, typed as the column.
pub(crate) struct DateBounds {
    pub(crate) column: ColumnId,
    pub(crate) from: Option<Value>,
    pub(crate) until: Option<Value>,
    /// The last value of the calendar, where a range ends there and nothing comes after it.
    pub(crate) last: Option<Value>,
}

/// One key of the order.
pub(crate) struct OrderKey {
    pub(crate) by: OrderBy,
    /// The position of the column of a metric among those of its members.
    pub(crate) member: Option<usize>,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// What a key of the order looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderBy {
    /// The label, if there is one, then the value of the dimension at this position.
    Bucket(usize),
    /// The label of the dimension at this position.
    Label(usize),
    Metric(MetricId),
    /// What a comparison shows of a metric.
    Compared(MetricId, Compared),
    /// The share or rank of a metric.
    Standing(MetricId, Standing),
}

/// An access rule as the source expresses it.
pub(crate) struct Rule<'c> {
    /// The position in the context.
    pub(crate) position: usize,
    pub(crate) dimension: &'c Dimension,
    pub(crate) on_source: &'c SourceDimension,
    pub(crate) access_type: AccessType,
    pub(crate) list: ValueList,
    /// NULL is on the list.
    pub(crate) lists_null: bool,
    pub(crate) nulls_visible: bool,
}
