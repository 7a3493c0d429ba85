//! `Plan`: what a statement computes, step by step; the catalog is not needed any more.

use std::borrow::Cow;

use crate::calendar::{Grain, Periods};
use crate::catalog::columns::{ColumnId, ColumnNames};
use crate::catalog::dimension::{Lookup, SourceDimension, TimeValue};
use crate::catalog::fragment::Fragment;
use crate::catalog::source::Source;
use crate::catalog::spelling::KeySpelling;
use crate::context::{AccessType, Tenant};
use crate::dialect::Dialect;
use crate::expr::render::Rendered;
use crate::name::Name;
use crate::output::{COUNT, Column, Page};
use crate::resolve::Comparator;
use crate::value::{DataType, Param};

use super::{Join, Level, Members, Passing, Pivot, Placed, Summed, Through, Top, Totals};

/// What a statement computes: guarded scans in groups, levels of derived metrics, labels, an order.
///
/// Its `Display` form explains it step by step, without values; `Debug` is the same.
pub struct Plan<'c> {
    pub(crate) dialect: Dialect,
    pub(crate) names: &'c ColumnNames,
    /// One for every source that answers; the groups of several are combined. None where no row is read.
    pub(crate) legs: Vec<Leg<'c>>,
    /// One row stands for one combination of these; of detail rows, what is read of each.
    pub(crate) keys: Vec<Key<'c>>,
    /// The order and the page of detail rows, where nothing is grouped.
    pub(crate) rows: Option<DetailRows>,
    /// The members of a lookup, where it alone is read.
    pub(crate) members: Option<Members<'c>>,
    /// The distinct aggregates, each once.
    pub(crate) measures: Vec<Measure<'c>>,
    /// The periods that are there though they may have no row.
    pub(crate) gaps: Option<FilledGaps>,
    /// What is computed from them, in levels from 1 up.
    pub(crate) computed: Vec<Computed<'c>>,
    /// The number of levels of computed columns.
    pub(crate) levels: usize,
    /// What looks at all groups that pass.
    pub(crate) placed: Vec<Placed<'c>>,
    /// All of them hold for a group that is kept.
    pub(crate) group_predicates: Vec<Predicate<'c>>,
    /// The groups that pass, where rows have to be those of such groups.
    pub(crate) passing: Option<Passing<'c>>,
    /// The members of one key that are shown, where not all are.
    pub(crate) top: Option<Top<'c>>,
    /// The members of the last key that are columns.
    pub(crate) pivot: Option<Pivot>,
    /// The rows beside the groups that sum them up.
    pub(crate) totals: Option<Totals<'c>>,
    /// The columns of the result.
    pub(crate) outputs: Vec<Output<'c>>,
    pub(crate) columns: Vec<Column>,
    pub(crate) order: Vec<OrderItem>,
    pub(crate) limit: Option<BindId>,
    pub(crate) offset: Option<BindId>,
    pub(crate) tenant: Tenant,
    /// The tenant as lookups compare it; the column is each lookup's own.
    pub(crate) lookup_tenant: TenantCheck,
    pub(crate) periods: Periods,
    pub(crate) zone: BindId,
    /// What the steps call the date of a group and the one that is picked, where one is.
    pub(crate) picked: Option<PickedNames<'c>>,
    /// What the steps call what windows that run need.
    pub(crate) running: Option<RunningNames<'c>>,
    pub(crate) binds: Vec<Param>,
}

impl<'c> Plan<'c> {
    /// A plan that reads nothing and shows nothing, which steps are put into: where it is written for, whose rows it
    /// reads, and when they are.
    pub(super) fn of(
        (dialect, names): (Dialect, &'c ColumnNames),
        (tenant, lookup_tenant): (Tenant, TenantCheck),
        (periods, zone): (Periods, BindId),
    ) -> Self {
        Self {
            dialect,
            names,
            legs: Vec::new(),
            keys: Vec::new(),
            rows: None,
            members: None,
            measures: Vec::new(),
            gaps: None,
            computed: Vec::new(),
            levels: 0,
            placed: Vec::new(),
            group_predicates: Vec::new(),
            passing: None,
            top: None,
            pivot: None,
            totals: None,
            outputs: Vec::new(),
            columns: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
            tenant,
            lookup_tenant,
            periods,
            zone,
            picked: None,
            running: None,
            binds: Vec::new(),
        }
    }

    /// A plan for steps in front of those of this one: what it binds and shows is this one's alone.
    pub(super) fn ahead(&self) -> Self {
        Self {
            picked: self.picked.clone(),
            ..Self::of(
                (self.dialect, self.names),
                (self.tenant.clone(), self.lookup_tenant),
                (self.periods, self.zone),
            )
        }
    }

    /// Whether the rows are put into pages before their labels are looked up, in a step of their own.
    pub(crate) fn pages_apart(&self) -> bool {
        let after = self.rows.as_ref().is_some_and(|rows| rows.after.is_some());
        let is_page = after || self.limit.is_some() || self.offset.is_some();
        let has_labels = self.keys.iter().any(|key| key.lookup.is_some());
        self.rows.is_some() && is_page && has_labels && !self.orders_by_labels()
    }

    /// Whether labels have to be there before the rows can be put into pages.
    fn orders_by_labels(&self) -> bool {
        let order = self.rows.iter().flat_map(|rows| &rows.order);
        order.into_iter().any(|by| by.by_label)
    }

    /// Whether labels of a dimension are what conditions look at: where it alone is read, and where a page comes
    /// after one of them.
    pub(crate) fn tests_labels_of(&self, dimension: &Name) -> bool {
        let rows = self.rows.iter().filter(|rows| rows.after.is_some());
        let mut order = rows.flat_map(|rows| &rows.order);
        self.members.is_some()
            || order.any(|by| {
                let lookup = self.keys.get(by.key).and_then(|key| key.lookup);
                by.by_label && lookup.is_some_and(|(_, of)| of == dimension)
            })
    }

    /// Whether the periods of a leg are summed up before its windows are.
    pub(crate) fn runs(&self, leg: &Leg<'_>) -> Option<(LegWindows, usize, BindId)> {
        let windows = leg.windows?;
        Some((windows, windows.key?, windows.running?))
    }

    /// Whether the days of a leg are summed up before its windows are: the key along which they are, and the
    /// windows as days.
    pub(crate) fn overlaps(&self, leg: &Leg<'_>) -> Option<(usize, WindowLists)> {
        let windows = leg.windows?;
        Some((windows.key?, windows.days?))
    }

    /// Whether constants are all that a leg is asked for: one row, though no aggregate makes it one.
    pub(crate) fn groups_by_nothing(&self, leg: usize) -> bool {
        self.rows.is_none() && self.keys.is_empty() && self.measures_of(leg).next().is_none()
    }

    /// The measures of a leg, with their positions among all.
    pub(crate) fn measures_of(&self, leg: usize) -> impl Iterator<Item = (usize, &Measure<'c>)> {
        let measures = self.measures.iter().enumerate();
        measures.filter(move |(_, measure)| measure.leg == leg)
    }

    /// What the order looks at and the result does not show: metrics that nothing else asks for.
    pub(crate) fn hidden_order(&self) -> impl Iterator<Item = OutputTerm> {
        let is_shown = |what| self.outputs.iter().any(|output| output.what == what);
        let all = self.order.iter().map(|item| item.what);
        all.filter(move |what| !is_shown(*what))
    }

    /// Whether a part of the rows is asked for.
    pub(crate) fn has_page(&self) -> bool {
        self.limit.is_some() || self.offset.is_some()
    }

    /// The column that tells the members that are shown from the others, and the position of their key.
    pub(crate) fn kept(&self) -> Option<(&Cow<'c, KeySpelling>, usize)> {
        let top = self.top.as_ref()?;
        Some((top.kept.as_ref()?, top.key))
    }

    /// Whether groups are of sums of members, which are ranked by these.
    pub(crate) fn sums_members(&self) -> bool {
        self.top.as_ref().is_some_and(|top| top.sums.is_some())
    }

    /// Whether the members of a key are columns.
    pub(crate) fn is_pivoted(&self, key: usize) -> bool {
        self.pivot.as_ref().is_some_and(|pivot| pivot.key == key)
    }

    /// How often each leg reads its source: once for every level of totals where one pass cannot give them.
    pub(crate) fn passes(&self) -> usize {
        match &self.totals {
            Some(totals) if !totals.in_one_pass => totals.levels.len(),
            _ => 1,
        }
    }

    /// The rules on a dimension: those of the first source that has any, or of the lookup that is read alone.
    pub(crate) fn rules_on<'p>(
        &'p self,
        dimension: &'p Name,
    ) -> impl Iterator<Item = &'p RuleCheck<'c>> + Clone {
        let has_any =
            |scan: &&'p Scan<'c>| scan.rules.iter().any(|rule| rule.dimension == dimension);
        let mut own = self.legs.iter().map(|leg| &leg.scan);
        let others = || self.legs.iter().flat_map(|leg| leg.scan.others());
        let scan = own.find(has_any).or_else(|| others().find(has_any));
        let members = self.members.as_ref();
        let alone = members.map_or(&[][..], |members| &members.rules);
        let rules = scan.map_or(alone, |scan| &scan.rules);
        rules.iter().filter(move |rule| rule.dimension == dimension)
    }
}

/// The order of detail rows, and the page of them.
pub(crate) struct DetailRows {
    /// All that orders, to the last; none where the rows are only counted.
    pub(crate) order: Vec<DetailOrder>,
    /// What the row before the page has in each key of the order: nothing where it is missing.
    pub(crate) after: Option<Vec<Option<(BindId, DataType)>>>,
    /// What the caller is told of the page.
    pub(crate) page: Option<Page>,
    /// Whether they are read inside of the result and not in a step, since the result is a part of another
    /// statement: with a step, a database would read all of them before it looks at what is asked of them.
    pub(crate) is_inside: bool,
}

/// A key of the order of detail rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DetailOrder {
    /// The position among the keys.
    pub(crate) key: usize,
    /// Whether its label orders, rather than its value.
    pub(crate) by_label: bool,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
    /// Whether it is never missing, so that an index need not say where missing values are.
    pub(crate) is_present: bool,
}

/// Periods that one key has for every combination of the others.
#[derive(Clone, Copy, Hash)]
pub(crate) struct FilledGaps {
    /// The position of the key.
    pub(crate) key: usize,
    pub(crate) periods: ListBind,
}

/// The position of a value in [`Plan::binds`]; it gets its number when the text first uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct BindId(pub(crate) usize);

/// The part of an answer that one source gives in one frame of time.
#[derive(Clone)]
pub(crate) struct Leg<'c> {
    /// Whether it is of the period that is compared with.
    pub(crate) is_previous: bool,
    pub(crate) scan: Scan<'c>,
    /// What each key is on this source, in the order of the keys.
    pub(crate) keys: Vec<&'c SourceDimension>,
    /// The window of every period, where one key is a period.
    pub(crate) windows: Option<LegWindows>,
    /// The one date of each group that counts.
    pub(crate) pick: Option<LegPick<'c>>,
    /// What is summed up before rows of other sources are joined.
    pub(crate) summed: Option<Summed>,
}

/// The windows that rows are looked for in: a row is in each that its date lies in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LegWindows {
    /// The position of the key that is the period; none where groups are by none.
    pub(crate) key: Option<usize>,
    /// The windows of all periods.
    pub(crate) every: WindowLists,
    /// That of the last period, where totals are not by periods.
    pub(crate) last: Option<WindowLists>,
    /// The first period, where each window is the one before and the rows of one period more, which are summed up
    /// before: rows before the first period count in it.
    pub(crate) running: Option<BindId>,
    /// The same windows as days, where days are summed up before since they are in several windows.
    pub(crate) days: Option<WindowLists>,
}

impl LegWindows {
    /// Whether the rows themselves are looked for in windows, rather than sums of them.
    pub(crate) fn join_rows(&self) -> bool {
        self.running.is_none() && self.days.is_none()
    }

    /// The windows at a level of totals: that of the last period where it is not by periods.
    pub(crate) fn of(&self, level: Option<&Level>) -> &WindowLists {
        let is_by = match (level, self.key) {
            (Some(level), Some(key)) => level.by.contains(&key),
            _ => true,
        };
        self.last.as_ref().filter(|_| !is_by).unwrap_or(&self.every)
    }

    /// The windows of groups by one of the keys alone.
    pub(crate) fn for_key(self, key: usize) -> Self {
        match self.key == Some(key) {
            true => Self {
                key: Some(0),
                ..self
            },
            false => Self {
                key: None,
                every: self.last.unwrap_or(self.every),
                last: None,
                running: None,
                days: None,
            },
        }
    }
}

/// Windows, as lists of one length.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WindowLists {
    pub(crate) periods: ListBind,
    /// The first moment of each window; none since ever.
    pub(crate) since: Option<ListBind>,
    /// The first moment after each.
    pub(crate) until: ListBind,
}

/// The one date of each group whose rows count.
#[derive(Clone, Copy)]
pub(crate) struct LegPick<'c> {
    pub(crate) over: &'c SourceDimension,
    /// Whether it is the first date rather than the last.
    pub(crate) first: bool,
    /// What rows have to be.
    pub(crate) filter: Option<(&'c Fragment, &'c Rendered)>,
}

/// The names of the columns that running windows need.
#[derive(Clone)]
pub(crate) struct RunningNames<'c> {
    /// Where the window of a period begins.
    pub(crate) since: Cow<'c, KeySpelling>,
    /// Whether a window has a row.
    pub(crate) present: Cow<'c, KeySpelling>,
}

/// The names of the columns that a pick needs.
#[derive(Clone)]
pub(crate) struct PickedNames<'c> {
    /// The date of a group.
    pub(crate) dated: Cow<'c, KeySpelling>,
    /// The first or last of those that a group of the result has.
    pub(crate) picked: Cow<'c, KeySpelling>,
}

/// The guarded scan of a source.
#[derive(Clone)]
pub(crate) struct Scan<'c> {
    pub(crate) source: &'c Source,
    /// The relation's name with the tenant in it.
    pub(crate) relation: String,
    pub(crate) tenant: Option<TenantCheck>,
    pub(crate) rules: Vec<RuleCheck<'c>>,
    pub(crate) base_filter: Option<BaseFilter<'c>>,
    pub(crate) dates: Option<DateCheck>,
    /// Conditions that cannot raise, beside the guard.
    pub(crate) inner: Vec<Predicate<'c>>,
    /// Conditions that can raise, outside the fence, and those that look at joined rows.
    pub(crate) outer: Vec<Predicate<'c>>,
    /// The columns that are read outside the guard, each once.
    pub(crate) columns: Vec<ColumnId>,
    /// The date column under the settled toggles.
    pub(crate) date_column: Option<ColumnId>,
    /// Under a date-basis option: the source's date column, and what stands for it.
    pub(crate) date_switch: Option<(ColumnId, ColumnId)>,
    /// Months and days by which dates are moved to where they are shown.
    pub(crate) moved: Option<(BindId, BindId)>,
    /// Whether something outside can raise.
    pub(crate) is_fenced: bool,
    /// Whether one of the conditions outside can.
    pub(crate) outer_raises: bool,
    /// Rows of other sources that these have to meet: those behind relationships on which rules hold.
    pub(crate) through: Vec<Through<'c>>,
    /// The dimensions of the rules that hold so, one for each rule.
    pub(crate) rules_through: Vec<&'c Name>,
    /// Rows of other sources beside these.
    pub(crate) joins: Vec<Join<'c>>,
    /// Of the columns, those that are handed on from beside joined rows; none where nothing is joined.
    pub(crate) beside: Vec<ColumnId>,
}

/// The equality with the tenant.
#[derive(Clone, Copy)]
pub(crate) struct TenantCheck {
    pub(crate) column: ColumnId,
    pub(crate) data_type: DataType,
    pub(crate) value: BindId,
}

/// An access rule on the scan.
#[derive(Clone)]
pub(crate) struct RuleCheck<'c> {
    pub(crate) dimension: &'c Name,
    pub(crate) access_type: AccessType,
    pub(crate) value: &'c SourceDimension,
    pub(crate) form: RuleShape,
    /// Whether it can raise, so that it has to wait for the tenant and the other rules.
    pub(crate) is_outer: bool,
}

/// The form of an access predicate.
#[derive(Clone, Copy)]
pub(crate) enum RuleShape {
    Nothing,
    Everything,
    OnlyNull,
    NotNull,
    Listed { list: ListBind, or_null: bool },
    NotListed { list: ListBind, or_null: bool },
}

/// A list that is one parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ListBind {
    pub(crate) values: BindId,
    pub(crate) element: DataType,
    pub(crate) is_long: bool,
}

/// The standing predicate of the source.
#[derive(Clone)]
pub(crate) struct BaseFilter<'c> {
    pub(crate) fragment: &'c Fragment,
    pub(crate) text: &'c Rendered,
    pub(crate) is_outer: bool,
}

/// Half-open bounds on the date column; `last` stands for `until` at the end of the calendar.
#[derive(Clone)]
pub(crate) struct DateCheck {
    pub(crate) column: ColumnId,
    pub(crate) data_type: DataType,
    pub(crate) from: Option<BindId>,
    pub(crate) until: Option<BindId>,
    pub(crate) last: Option<BindId>,
}

/// A column that results are grouped by.
#[derive(Clone)]
pub(crate) struct Key<'c> {
    pub(crate) grain: Option<Grain>,
    pub(crate) name: Cow<'c, KeySpelling>,
    /// Where the label comes from, and the dimension that has it.
    pub(crate) lookup: Option<(&'c Lookup, &'c Name)>,
}

/// The grain that a value is cut to.
pub(crate) fn cut(value: &SourceDimension, grain: Option<Grain>) -> Option<(TimeValue, Grain)> {
    value.cut(grain)
}

/// A distinct aggregate.
pub(crate) struct Measure<'c> {
    /// The leg that it aggregates.
    pub(crate) leg: usize,
    pub(crate) fragment: &'c Fragment,
    pub(crate) text: &'c Rendered,
    pub(crate) name: Cow<'c, KeySpelling>,
    /// The highest level that uses it; one above the last where the result does.
    pub(crate) last_use: usize,
}

/// A column computed from measures and other computed columns.
pub(crate) struct Computed<'c> {
    pub(crate) text: &'c Rendered,
    pub(crate) arguments: Vec<Term>,
    pub(crate) level: usize,
    pub(crate) name: Cow<'c, KeySpelling>,
    pub(crate) last_use: usize,
    /// How often formulas above use it.
    pub(crate) uses: u32,
    /// Whether it surely is true or false.
    pub(crate) is_boolean: bool,
}

/// A column of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    Key(usize),
    Measure(usize),
    Computed(usize),
    Placed(usize),
}

/// A column of the result.
pub(crate) struct Output<'c> {
    pub(crate) what: OutputTerm,
    pub(crate) alias: Cow<'c, KeySpelling>,
}

impl Output<'_> {
    /// The number of groups.
    pub(crate) fn count() -> Self {
        Self {
            what: OutputTerm::Count,
            alias: Cow::Owned(KeySpelling::new(COUNT)),
        }
    }
}

/// What a column of the result shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OutputTerm {
    Term(Term),
    /// The label of the key at this position.
    Label(usize),
    /// The cell at this position, where members are columns.
    Cell(usize),
    /// How many groups there are.
    Count,
    /// What a row is: of the data, a subtotal or the total.
    RowKind,
    /// The keys that a row is by.
    RowBy,
}

/// One item of a total order.
pub(crate) struct OrderItem {
    pub(crate) what: OutputTerm,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// A condition on rows or groups.
#[derive(Clone)]
pub(crate) enum Predicate<'c> {
    All(Vec<Predicate<'c>>),
    Any(Vec<Predicate<'c>>),
    Not(Box<Predicate<'c>>),
    Test(Operand<'c>, Comparison),
}

/// What a condition looks at.
#[derive(Clone, Copy)]
pub(crate) enum Operand<'c> {
    Value(&'c SourceDimension, &'c Rendered),
    /// The label that a lookup has for the value.
    Label(&'c SourceDimension, &'c Rendered, &'c Lookup, &'c Name),
    Term(Term),
}

/// How a condition compares.
#[derive(Clone, Copy, Hash)]
pub(crate) enum Comparison {
    Compare(Comparator, BindId, DataType),
    Between(BindId, BindId, DataType),
    /// No list where it is empty.
    In {
        list: Option<ListBind>,
        with_null: bool,
        negated: bool,
    },
    Null {
        negated: bool,
    },
    Like {
        pattern: BindId,
        case_sensitive: bool,
        negated: bool,
    },
}
