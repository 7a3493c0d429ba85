//! What has to come out of a question.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::expression::Expr;
use super::frames::{Frame, earlier_range};
use super::members::members as lookup_members;
use super::model::{
    Aggregate, Choice, Condition, DAY, Definition, Item, Order, OrderBy, Question, Row, Rule,
    Shift, Subject, TENANT, Test, Top, World,
};
use super::number::{Number, take_doubt};
use super::reach::{far_row, holds, leaves};
use super::rows::rows as detail_rows;
use super::value::{Value, extreme, months_later, start};

/// The rows that the question has to give, cell by cell; none if that rests on a doubt.
pub fn answer(world: &World, question: &Question) -> Option<Vec<Row>> {
    take_doubt();
    let asked = Asked { world, question };
    let rows = match &question.detail {
        Some(detail) => detail_rows(&asked, detail),
        None if question.of_lookup => lookup_members(&asked),
        None => asked.rows(),
    };
    (!take_doubt()).then_some(rows)
}

/// Whether the caller may see a row: the tenant's own rows, without what the source leaves out, within
/// every rule (R20, R21).
pub fn is_visible(world: &World, question: &Question, row: &Row) -> bool {
    let filter = world.base_filter.as_ref();
    let asked = Asked { world, question }.asked();
    row[TENANT] == Value::integer(question.tenant)
        && filter.is_none_or(|filter| filter.of_row(row) == Value::Boolean(true))
        // The date that an option brings never moves a rule (R23).
        && leaves(world, question, &asked, row)
}

/// The dimension that a group shows, after switches.
pub fn shown(world: &World, question: &Question, position: usize) -> usize {
    Asked { world, question }.shown(position)
}

/// Whether the numbers of a metric over groups add up to that over all rows, as its definition tells.
pub fn adds_up(world: &World, question: &Question, metric: usize) -> bool {
    let asked = Asked { world, question };
    let of = &world.metrics[metric];
    let is_one = match asked.definition(metric, of.home) {
        Definition::Aggregates(parts, Expr::Reference(0)) => {
            parts.len() == 1 && ["SUM", "COUNT"].contains(&parts[0].kind)
        }
        _ => false,
    };
    let is_whole = of.null_as.is_none_or(|number| number == Number::ZERO);
    is_one && is_whole && of.timing.window.is_none() && of.timing.pick.is_none()
}

/// How many sources answer.
pub fn answering(world: &World, question: &Question) -> usize {
    let sides = Asked { world, question }.sides().into_iter();
    let sources: BTreeSet<Option<usize>> = sides.map(|side| side.source).collect();
    sources.len()
}

/// Which rows a number is made of: those of a source, or of whatever source each part has, in a frame of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    source: Option<usize>,
    pub frame: Frame,
}

/// A row of a side; beside it the period whose window it is in, where there are windows of periods.
pub type SideRow<'w> = (Side, &'w Row, Option<i64>);

/// One group, or what some of them are rolled up to: its members, their labels, the rows in it, and what is known of its metrics.
pub struct Member<'w> {
    /// The dimensions that it is by; the others are rolled up.
    pub by: Vec<usize>,
    /// Whether it is of all members that are not among the first.
    pub is_other: bool,
    pub values: Vec<Value>,
    pub labels: Vec<Value>,
    pub rows: Vec<SideRow<'w>>,
    pub known: RefCell<BTreeMap<(usize, Side), Value>>,
}

/// The numbers of all groups, by which each of them stands.
#[derive(Default)]
pub struct Placing {
    /// By metric: the sum over all groups, and the numbers of those that are data.
    of: BTreeMap<usize, (Value, Vec<Value>)>,
}

pub struct Asked<'w> {
    pub world: &'w World,
    pub question: &'w Question,
}

/// Whether a row of the first source is among the detail rows.
pub fn passes_all(asked: &Asked<'_>, row: &Row) -> bool {
    let side = Side {
        source: Some(0),
        frame: Frame::default(),
    };
    let conditions = asked.question.filters.iter().flat_map(Condition::conjuncts);
    let mut of_rows = conditions.filter(|condition| !condition.names_metric());
    is_visible(asked.world, asked.question, row)
        && asked.is_in_range(row, side)
        && of_rows.all(|part| asked.row_passes(part, row))
}

impl<'w> Asked<'w> {
    fn rows(&self) -> Vec<Row> {
        let question = self.question;
        let conditions = question.filters.iter().flat_map(Condition::conjuncts);
        // What names a metric is about groups, whatever else it names (R16).
        let (mut of_groups, of_rows): (Vec<_>, Vec<_>) = conditions.partition(|c| c.names_metric());
        of_groups.extend(&question.metric_filters);
        // A member is looked for as it is shown, though a comparison moves the date that it is computed from.
        let search = question.search.clone().map(Condition::Test);
        of_groups.extend(&search);
        let mut rows = Vec::new();
        for side in self.sides() {
            let all = match side.source {
                Some(1) => &self.world.others,
                _ => &self.world.rows,
            };
            let all = all.iter().filter(|row| {
                is_visible(self.world, question, row)
                    && (side.frame.window.is_some() || self.is_in_range(row, side))
                    && self.may_be_picked(row, side.frame)
                    && of_rows.iter().all(|part| self.row_passes(part, row))
            });
            rows.extend(all.flat_map(|row| {
                let periods = match side.frame.window {
                    Some(_) => self.periods_of(row, side.frame),
                    None => vec![None],
                };
                periods.into_iter().map(move |period| (side, row, period))
            }));
        }
        let every: Vec<usize> = (0..question.groups.len()).collect();
        let mut members = self.members(rows, &every);
        self.fill(&mut members, &every);
        members.retain(|member| {
            let mut conditions = of_groups.iter();
            conditions.all(|part| self.member_passes(part, member))
        });
        let passing = members
            .iter()
            .flat_map(|member| member.rows.iter().copied());
        let passing: Vec<SideRow<'_>> = passing.collect();
        if let Some(top) = question.top {
            let first = self.first_members(top, passing.clone());
            members = self.folded(members, top, &first, &every);
        }
        let placing = self.placing(&members);
        self.hide_others(&mut members);
        let shown = |members: Vec<Member<'w>>, by: &[usize]| match &question.pivot {
            Some(pivot) => self.pivoted(pivot, members, by),
            None => self.in_order(&members, &placing),
        };
        let by_rows: Vec<usize> = (0..self.row_groups()).collect();
        if question.is_count {
            let count = match &question.pivot {
                Some(pivot) => self.lines(pivot, members, &by_rows).len(),
                None => members.len(),
            };
            let count = i64::try_from(count).expect("few rows");
            return vec![vec![Value::integer(count)]];
        }
        let rows = shown(members, &by_rows).into_iter();
        let rows = rows.skip(question.offset.unwrap_or(0));
        let mut found: Vec<Row> = rows.take(question.limit.unwrap_or(usize::MAX)).collect();
        // Totals are of the rows whose groups pass, whatever the page is, the finest first (R17).
        let first = question.top.map(|top| {
            let first = self.first_members(top, passing.clone());
            (top, first)
        });
        for by in self.levels() {
            let own: Vec<usize> = by.iter().copied().chain(self.pivoted_group()).collect();
            let mut members = self.members(self.of_level(passing.clone(), &own), &own);
            self.fill(&mut members, &own);
            if let Some((top, first)) = first.as_ref().filter(|(top, _)| by.contains(&top.group)) {
                members = self.folded(members, *top, first, &own);
                self.hide_others(&mut members);
            }
            found.extend(shown(members, &by));
        }
        found
    }

    /// The first members of one dimension, ranked by what a metric is for all rows that each has; a metric that
    /// is missing comes last, and the member breaks ties.
    fn first_members(&self, top: Top, rows: Vec<SideRow<'w>>) -> Vec<Value> {
        let by = [top.group];
        let members = self.members(self.of_level(rows, &by), &by);
        let by = |is_descending| Order {
            by: OrderBy::Metric(top.metric),
            is_descending,
            nulls_first: false,
        };
        let ranked = members.into_iter().map(|member| {
            let value = member.values[top.group].clone();
            let metric = self.now(top.metric, &member);
            let keys = vec![(metric, by(!top.is_ascending)), (value.clone(), by(false))];
            (keys, value)
        });
        let mut ranked: Vec<(Vec<OrderKey>, Value)> = ranked.collect();
        ranked.sort_by(|(left, _), (right, _)| compare_keys(left, right));
        let first = ranked.into_iter().take(top.count);
        first.map(|(_, value)| value).collect()
    }

    /// The rows that count where groups are by some dimensions: what is not by periods has the window of the last.
    fn of_level(&self, mut rows: Vec<SideRow<'w>>, by: &[usize]) -> Vec<SideRow<'w>> {
        let is_by_periods = self.dated().is_none_or(|at| by.contains(&at));
        rows.retain(|(side, _, period)| {
            let last = || self.windows(side.frame.window?, side.frame.shift).last()?.0;
            is_by_periods || period.is_none() || *period == last()
        });
        rows
    }

    /// The groups of the first members, and beside them those of all others together, if they are shown.
    fn folded(
        &self,
        members: Vec<Member<'w>>,
        top: Top,
        first: &[Value],
        by: &[usize],
    ) -> Vec<Member<'w>> {
        let is_first = |member: &Member<'_>| {
            let value = &member.values[top.group];
            first.iter().any(|first| first.is_same(value))
        };
        let (mut kept, others): (Vec<_>, Vec<_>) = members.into_iter().partition(is_first);
        let mut folded: Vec<Member<'w>> = Vec::new();
        for member in others {
            let mut values = member.values;
            values[top.group] = Value::Null;
            let is_same = |other: &&mut Member<'w>| {
                let mut both = other.values.iter().zip(&values);
                both.all(|(left, right)| left.is_same(right))
            };
            match folded.iter_mut().find(is_same) {
                Some(other) => other.rows.extend(member.rows),
                None => folded.push(Member {
                    is_other: true,
                    ..self.member(by, values, member.rows)
                }),
            }
        }
        kept.extend(folded);
        kept
    }

    /// Others are shown where that is asked for.
    fn hide_others(&self, members: &mut Vec<Member<'_>>) {
        let shows_other = self.question.top.is_none_or(|top| top.shows_other);
        members.retain(|member| shows_other || !member.is_other);
    }

    /// What groups stand by: sums over all of them, others too, and the numbers of the data.
    fn placing(&self, members: &[Member<'_>]) -> Placing {
        let mut placing = Placing::default();
        for (metric, _) in &self.question.standings {
            let values = |is_data: bool| {
                let members = members.iter();
                let members = members.filter(move |member| !is_data || !member.is_other);
                members.map(|member| self.now(*metric, member))
            };
            let all: Vec<Value> = values(false).collect();
            let numbers = all.iter().filter_map(|value| match value {
                Value::Number(number) => Some(*number),
                _ => None,
            });
            let sum = numbers.reduce(Number::plus);
            let sum = sum.map_or(Value::Null, Value::Number);
            placing.of.insert(*metric, (sum, values(true).collect()));
        }
        placing
    }

    /// The share of a group in the sum, or its rank among the data: one more than there are larger numbers.
    fn standing(
        &self,
        (metric, is_rank): (usize, bool),
        member: &Member<'_>,
        all: &Placing,
    ) -> Value {
        let value = self.now(metric, member);
        let (sum, data) = &all.of[&metric];
        if !is_rank {
            let both = [value, sum.clone()];
            let part = |at| Box::new(Expr::Reference(at));
            let share = Expr::Arithmetic('/', part(0), part(1));
            return share.value(&mut |at| both[at].clone());
        }
        let is_data = !member.is_other && member.by.len() == self.question.groups.len();
        if value.is_null() || !is_data {
            return Value::Null;
        }
        let larger = data
            .iter()
            .filter(|other| other.compare(&value) == Some(Ordering::Greater));
        let larger = i64::try_from(larger.count()).expect("few rows");
        Value::integer(larger + 1)
    }

    fn in_order(&self, members: &[Member<'_>], all: &Placing) -> Vec<Row> {
        let found = members.iter().map(|member| {
            let keys = self.order_keys(member, all);
            (member.is_other, keys, self.cells(member, all))
        });
        let mut found: Vec<(bool, Vec<OrderKey>, Row)> = found.collect();
        found.sort_by(|(is_other, left, _), (is_other_too, right, _)| {
            let by_kind = is_other.cmp(is_other_too);
            by_kind.then_with(|| compare_keys(left, right))
        });
        found.into_iter().map(|(.., cells)| cells).collect()
    }

    /// What rows of totals are by; the last are by nothing. What is by everything is the data.
    fn levels(&self) -> Vec<Vec<usize>> {
        let every = 0..self.row_groups();
        let totals = self.question.totals.iter().filter(|_| !every.is_empty());
        let asked = totals.flat_map(|by| by.iter().cloned().chain([Vec::new()]));
        let mut levels: Vec<Vec<usize>> = asked.filter(|by| by.len() < every.len()).collect();
        let is_rolled_up = |by: &Vec<usize>| every.clone().map(|at| !by.contains(&at)).collect();
        levels.sort_by_cached_key(|by| -> Vec<bool> { is_rolled_up(by) });
        levels
    }

    /// How many groups rows are by: those in columns stand behind them.
    fn row_groups(&self) -> usize {
        self.question.groups.len() - usize::from(self.question.pivot.is_some())
    }

    /// The group whose members are columns.
    fn pivoted_group(&self) -> Option<usize> {
        self.question.pivot.is_some().then(|| self.row_groups())
    }

    /// The metrics that are shown, tested or ordered by.
    fn named(&self) -> Vec<usize> {
        let question = self.question;
        let conditions = question.filters.iter().chain(&question.metric_filters);
        let tested = conditions.flat_map(Condition::subjects);
        let tested = tested.filter_map(|of| match of {
            Subject::Metric(metric) => Some(metric),
            _ => None,
        });
        let ordered = question.order.iter().filter_map(|order| match order.by {
            OrderBy::Metric(metric) | OrderBy::Compared(metric, _) => Some(metric),
            _ => None,
        });
        let shown = question.metrics.iter().copied();
        let ranking = question.top.map(|top| top.metric);
        shown.chain(tested).chain(ordered).chain(ranking).collect()
    }

    /// The metrics that are compared with an earlier period.
    fn compared_metrics(&self) -> Vec<usize> {
        let order = self.question.order.iter();
        let ordered = order.filter_map(|order| match order.by {
            OrderBy::Compared(metric, _) => Some(metric),
            _ => None,
        });
        self.question
            .metrics
            .iter()
            .copied()
            .chain(ordered)
            .collect()
    }

    /// The sources that have the metrics, or the parts of those that none has, each in the frames that they
    /// are asked for in.
    fn answering_sides(&self, metrics: Vec<usize>, frame: Frame) -> BTreeSet<Side> {
        let of = |metric: usize, frame| (metric, self.world.metrics[metric].home, frame);
        let mut waiting: Vec<_> = metrics
            .into_iter()
            .map(|metric| of(metric, frame))
            .collect();
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        while let Some((metric, source, frame)) = waiting.pop() {
            if !seen.insert((metric, source, frame)) {
                continue;
            }
            let frame = frame.of(metric, &self.world.metrics[metric]);
            match (self.definition(metric, source), source) {
                (Definition::Formula(formula), _) if !formula.references().is_empty() => {
                    let parts = formula.references().into_iter();
                    waiting.extend(parts.map(|part| {
                        let (part, home, frame) = of(part, frame);
                        (part, source.or(home), frame)
                    }));
                }
                (_, Some(_)) => drop(found.insert(Side { source, frame })),
                (_, None) => panic!("a source has what aggregates"),
            }
        }
        found
    }

    pub fn sides(&self) -> Vec<Side> {
        let mut sides = self.answering_sides(self.named(), Frame::default());
        if let Some(shift) = self.question.compare {
            // A source that is only tested or ordered by has nothing to compare.
            let before = Frame {
                is_before: true,
                shift: Some(shift),
                ..Frame::default()
            };
            sides.extend(self.answering_sides(self.compared_metrics(), before));
        }
        if sides.is_empty() {
            let frame = Frame::default();
            sides.insert(Side {
                source: Some(0),
                frame,
            });
        }
        sides.into_iter().collect()
    }

    /// How far back the days of a side are moved (R18).
    fn shift(&self, side: Side) -> Option<Shift> {
        side.frame.shift.filter(|_| side.frame.window.is_none())
    }

    /// Whether the row's day is in the range, both ends included (R13); the range before ends with its
    /// month if the range does.
    fn is_in_range(&self, row: &Row, side: Side) -> bool {
        let range = match (self.question.range, self.shift(side)) {
            (Some(range), Some(shift)) => Some(earlier_range(range, shift)),
            (range, _) => range,
        };
        match (range, &row[self.date()]) {
            (None, _) => true,
            (Some((from, to)), Value::Date(day)) => {
                from <= Some(*day) && to.is_none_or(|to| *day <= to)
            }
            _ => false,
        }
    }

    fn row_passes(&self, condition: &Condition, row: &Row) -> bool {
        passes(condition, &mut |subject| match subject {
            Subject::Value(dimension) => self.value(self.switched(dimension), row, None),
            Subject::Label(dimension) => {
                let dimension = self.switched(dimension);
                self.label(dimension, &self.value(dimension, row, None))
            }
            _ => panic!("a row has values and labels"),
        })
    }

    fn member_passes(&self, condition: &Condition, member: &Member<'_>) -> bool {
        let group_of = |dimension: usize| {
            let dimension = self.switched(dimension);
            let groups = &self.question.groups;
            let is_it = |at: &usize| groups[*at].grain.is_none() && self.shown(*at) == dimension;
            (0..groups.len()).find(is_it).expect("a grouped dimension")
        };
        passes(condition, &mut |subject| match subject {
            Subject::Metric(metric) => self.now(metric, member),
            Subject::Value(dimension) => member.values[group_of(dimension)].clone(),
            Subject::Label(dimension) => member.labels[group_of(dimension)].clone(),
            Subject::Toggle(_) => panic!("a group has values, labels and metrics"),
        })
    }

    /// The dimensions that rows are shown, grouped, tested or ordered by, after switches.
    pub fn asked(&self) -> Vec<usize> {
        let question = self.question;
        let mut subjects: Vec<Subject> = Vec::new();
        match &question.detail {
            Some(detail) => {
                subjects.extend(question.row_filters().iter().flat_map(Condition::subjects));
                let items = detail.columns.iter();
                let items = items.chain(detail.order.iter().map(|by| &by.item));
                subjects.extend(items.filter_map(|item| match item {
                    Item::Of(group) => Some(group.of),
                    Item::Column(_) | Item::Number => None,
                }));
            }
            None => {
                subjects.extend(question.filters.iter().flat_map(Condition::subjects));
                subjects.extend(question.groups.iter().map(|group| group.of));
            }
        }
        let named = subjects.into_iter().filter_map(|of| match of {
            Subject::Value(dimension) | Subject::Label(dimension) => Some(self.switched(dimension)),
            _ => None,
        });
        named.collect()
    }

    /// The value for a row, whose day counts as the one that it is compared with. Where there is no far row
    /// there is no value; a far date is what it is, whatever is compared or brought here.
    pub fn value(&self, dimension: usize, row: &Row, shift: Option<Shift>) -> Value {
        let of = &self.world.dimensions[dimension];
        if !of.path.is_empty() {
            let far = far_row(self.world, self.question, &of.path, row);
            return far.map_or(Value::Null, |far| of.value.of_row(far));
        }
        self.world.dimensions[dimension].value.value(&mut |column| {
            let column = if column == DAY { self.date() } else { column };
            match (&row[column], shift.filter(|_| column == self.date())) {
                (Value::Date(day), Some(back)) => {
                    Value::Date(months_later(*day, back.months) + back.days)
                }
                (value, _) => value.clone(),
            }
        })
    }

    pub fn chosen(&self, toggle: usize) -> Choice {
        self.world.toggles[toggle][self.question.options[toggle]]
    }

    /// The column of dates that ranges, groups and filters mean, however a dimension uses it.
    pub fn date(&self) -> usize {
        let mut toggles = 0..self.world.toggles.len();
        let brought = toggles.find_map(|toggle| self.chosen(toggle).date_column);
        brought.unwrap_or(DAY)
    }

    /// The dimension that stands for another under the chosen option of a switch (R10).
    pub fn switched(&self, dimension: usize) -> usize {
        let mut toggles = self.world.toggles.iter();
        let switch = toggles.position(|choices| choices[0].dimension == Some(dimension));
        let chosen = switch.and_then(|switch| self.chosen(switch).dimension);
        chosen.unwrap_or(dimension)
    }

    /// The dimension that each group shows, after switches, which a grain keeps away.
    pub fn shown(&self, position: usize) -> usize {
        let group = self.question.groups[position];
        match group.of {
            Subject::Toggle(at) => self.chosen(at).dimension.expect("a switch"),
            Subject::Value(dimension) if group.grain.is_some() => dimension,
            Subject::Value(dimension) => self.switched(dimension),
            _ => panic!("dimensions are grouped"),
        }
    }

    /// The least label of a value among the rows of the lookup that count (R11, R20).
    pub fn label(&self, dimension: usize, value: &Value) -> Value {
        let Some(lookup) = self.world.dimensions[dimension].lookup else {
            return Value::Null;
        };
        // A label is hidden with its member, though it is shown by a source that is exempt.
        let key = self.world.dimensions[dimension].key;
        let is_ruled = || holds(self.world, self.question, &self.asked(), key);
        let mut rules = self.question.rules.iter();
        let hides = |rule: &Rule| rule.is_about(self.world, dimension) && !allows(rule, value);
        if rules.any(hides) && is_ruled() {
            return Value::Null;
        }
        let rows = self.world.lookups[lookup.table].iter();
        let own = rows.filter(|row| {
            (lookup.table == 1 || row[TENANT] == Value::integer(self.question.tenant))
                && (!lookup.only_live || row[3] == Value::Boolean(true))
                && row[1].compare(value) == Some(Ordering::Equal)
        });
        extreme(own.map(|row| &row[2]), Ordering::Less)
    }

    /// What is rolled up has neither value nor label.
    pub fn member(&self, by: &[usize], values: Vec<Value>, rows: Vec<SideRow<'w>>) -> Member<'w> {
        let shown = values.iter().enumerate();
        let labels = shown.map(|(at, value)| self.label(self.shown(at), value));
        let (labels, known) = (labels.collect(), RefCell::default());
        let by = by.to_vec();
        Member {
            by,
            is_other: false,
            values,
            labels,
            rows,
            known,
        }
    }

    /// The rows by their members; where nothing is grouped by, all rows are one, even if there are none.
    fn members(&self, rows: Vec<SideRow<'w>>, by: &[usize]) -> Vec<Member<'w>> {
        let groups = &self.question.groups;
        if by.is_empty() {
            return vec![self.member(by, vec![Value::Null; groups.len()], rows)];
        }
        let mut members: Vec<Member<'w>> = Vec::new();
        let dated = self.dated();
        for (side, row, period) in rows {
            let mut values = Vec::new();
            for (at, group) in groups.iter().enumerate() {
                if !by.contains(&at) {
                    values.push(Value::Null);
                    continue;
                }
                let value = self.value(self.shown(at), row, self.shift(side));
                values.push(match period.filter(|_| dated == Some(at)) {
                    Some(period) => Value::Date(period),
                    None => self.cut(group.grain, value),
                });
            }
            let mut known = members.iter_mut();
            let is_same = |(left, right): (&Value, &Value)| left.is_same(right);
            match known.find(|member| member.values.iter().zip(&values).all(is_same)) {
                Some(member) => member.rows.push((side, row, period)),
                None => members.push(self.member(by, values, vec![(side, row, period)])),
            }
        }
        members
    }

    /// The first day of a period.
    pub fn cut(&self, grain: Option<&str>, value: Value) -> Value {
        match (grain, value) {
            (Some(grain), Value::Date(day)) => {
                Value::Date(start(day, grain, self.question.periods))
            }
            (_, value) => value,
        }
    }

    /// Every period of the range beside each combination of the other members that a level is by, with no row in
    /// it (R19); nothing where it is not by periods.
    fn fill(&self, members: &mut Vec<Member<'w>>, by: &[usize]) {
        let filled = self.question.filled.filter(|at| by.contains(at));
        let Some(at) = filled else {
            return;
        };
        let grain = self.question.groups[at].grain.unwrap_or("day");
        let Some((Some(from), Some(to))) = self.question.range else {
            panic!("gaps are filled between two days");
        };
        let days = from..=to;
        let periods: BTreeSet<i64> = days
            .map(|day| start(day, grain, self.question.periods))
            .collect();
        let is_same = |left: &[Value], right: &[Value]| {
            left.iter()
                .zip(right)
                .all(|(left, right)| left.is_same(right))
        };
        let found: Vec<Vec<Value>> = members.iter().map(|member| member.values.clone()).collect();
        let mut others: Vec<Vec<Value>> = Vec::new();
        for mut values in found.iter().cloned() {
            values[at] = Value::Null;
            if !others.iter().any(|other| is_same(other, &values)) {
                others.push(values);
            }
        }
        if by.len() == 1 {
            others = vec![vec![Value::Null; self.question.groups.len()]];
        }
        for mut values in others {
            for period in &periods {
                values[at] = Value::Date(*period);
                if !found.iter().any(|found| is_same(found, &values)) {
                    members.push(self.member(by, values.clone(), Vec::new()));
                }
            }
        }
    }

    /// What the row is, where there are totals; values with their labels, then metrics, each with its
    /// comparisons.
    fn cells(&self, member: &Member<'_>, all: &Placing) -> Row {
        let mut cells = self.said(member);
        for (position, value) in member.values.iter().enumerate() {
            cells.push(value.clone());
            if self.world.dimensions[self.shown(position)].lookup.is_some() {
                cells.push(member.labels[position].clone());
            }
        }
        for metric in &self.question.metrics {
            cells.push(self.now(*metric, member));
            if self.question.compare.is_some() {
                cells.extend(self.compared(*metric, member));
            }
            let standings = self.question.standings.iter();
            for standing in standings.filter(|(of, _)| of == metric) {
                cells.push(self.standing(*standing, member, all));
            }
        }
        cells
    }

    pub fn said(&self, member: &Member<'_>) -> Row {
        let levels = self.levels();
        let by = &member.by;
        let shows_other = self.question.top.is_some_and(|top| top.shows_other);
        if levels.is_empty() && !shows_other {
            return Vec::new();
        }
        let kind = match by.len() {
            _ if member.is_other => "other",
            0 => "total",
            all if all == self.row_groups() => "data",
            _ => "subtotal",
        };
        let keys: Vec<String> = by
            .iter()
            .map(|at| self.question.key(self.world, *at))
            .collect();
        let said = [kind.to_owned(), keys.join(",")].map(Value::Text);
        said.into_iter().take(levels.len().clamp(1, 2)).collect()
    }

    pub fn now(&self, metric: usize, member: &Member<'_>) -> Value {
        let source = self.world.metrics[metric].home;
        let frame = Frame::default();
        self.metric(metric, member, Side { source, frame })
    }

    /// What a metric was; of a number, its change, and that as a share of the size it had.
    pub fn compared(&self, metric: usize, member: &Member<'_>) -> Vec<Value> {
        let source = self.world.metrics[metric].home;
        let frame = Frame {
            is_before: true,
            shift: self.question.compare,
            ..Frame::default()
        };
        let before = self.metric(metric, member, Side { source, frame });
        if !["integer", "decimal"].contains(&self.world.metrics[metric].value_type) {
            return vec![before];
        }
        let both = [self.now(metric, member), before.clone()];
        let part = |at| Box::new(Expr::Reference(at));
        let change = Expr::Arithmetic('-', part(0), part(1));
        let size = Expr::Call("ABS", vec![*part(1)]);
        let share = Expr::Arithmetic('/', Box::new(change.clone()), Box::new(size));
        let shown = [change, share].map(|shown| shown.value(&mut |at| both[at].clone()));
        [before].into_iter().chain(shown).collect()
    }

    /// What the rows are ordered by: as asked, then label and value of each group (R15).
    pub fn order_keys(&self, member: &Member<'_>, all: &Placing) -> Vec<OrderKey> {
        let by_group = |at| Order {
            by: OrderBy::Group(at),
            is_descending: false,
            nulls_first: false,
        };
        let ties = (0..member.values.len()).map(by_group);
        let mut keys = Vec::new();
        for order in self.question.order.iter().copied().chain(ties) {
            let values = match order.by {
                OrderBy::Metric(metric) => vec![self.now(metric, member)],
                OrderBy::Compared(metric, at) => vec![self.compared(metric, member)[at].clone()],
                OrderBy::Standing(metric, is_rank) => {
                    vec![self.standing((metric, is_rank), member, all)]
                }
                OrderBy::Label(at) => vec![member.labels[at].clone()],
                OrderBy::Group(at) => vec![member.labels[at].clone(), member.values[at].clone()],
            };
            keys.extend(values.into_iter().map(|value| (value, order)));
        }
        keys
    }

    /// The definition that the options choose: the most specific variant, else what the source says,
    /// else the metric's own (R9).
    fn definition(&self, position: usize, source: Option<usize>) -> &'w Definition {
        let metric = &self.world.metrics[position];
        let matching = metric.variants.iter().filter(|(when, _)| {
            let mut options = when.iter();
            options.all(|(toggle, option)| self.question.options[*toggle] == *option)
        });
        let variant = matching.max_by_key(|(when, _)| when.len());
        let of_source = metric.of_source.as_ref().filter(|_| source == metric.home);
        let base = of_source.unwrap_or(&metric.definition);
        variant.map_or(base, |(_, definition)| definition)
    }

    /// A metric over the rows of one group and one side; parts before the whole (R8). What one source
    /// answers it answers whole, else each part has its own (R14).
    fn metric(&self, position: usize, member: &Member<'_>, side: Side) -> Value {
        if let Some(value) = member.known.borrow().get(&(position, side)) {
            return value.clone();
        }
        let outer = side;
        let metric = &self.world.metrics[position];
        let frame = side.frame.of(position, metric);
        let side = Side { frame, ..side };
        let value = match self.definition(position, side.source) {
            Definition::Formula(formula) => formula.value(&mut |part| {
                let source = side.source.or(self.world.metrics[part].home);
                self.metric(part, member, Side { source, ..side })
            }),
            Definition::Aggregates(parts, above) => {
                let filter = metric.filter.as_ref();
                let own = member.rows.iter().filter(|(of, ..)| *of == side);
                let rows: Vec<&Row> = own.map(|(_, row, _)| *row).collect();
                let rows = self.picked(rows, frame);
                // A group that this side does not have is nothing here, not zero (R14), and so is a date that
                // no row has.
                let is_missing =
                    rows.is_empty() && (!member.by.is_empty() || frame.picks.is_some());
                above.value(&mut |part| match is_missing {
                    true => Value::Null,
                    false => aggregate(&parts[part], filter, &rows),
                })
            }
        };
        let value = match (value, metric.null_as) {
            (Value::Null, Some(instead)) => Value::Number(instead),
            (value, _) => value,
        };
        let mut known = member.known.borrow_mut();
        known.insert((position, outer), value.clone());
        value
    }
}

/// A condition never has a third outcome: unknown is false, and `not` is the complement (R12).
fn passes(condition: &Condition, subject: &mut dyn FnMut(Subject) -> Value) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| passes(part, subject)),
        Condition::Any(parts) => parts.iter().any(|part| passes(part, subject)),
        Condition::Not(part) => !passes(part, subject),
        Condition::Test(test) => test_passes(test, &subject(test.of)),
    }
}

/// "Is not" keeps NULL, which a list may have as a member (R12).
pub fn test_passes(test: &Test, value: &Value) -> bool {
    let first = test.values.first().unwrap_or(&Value::Null);
    let order = |other: &Value| value.compare(other);
    let is_listed = || test.values.iter().any(|item| value.is_same(item));
    match test.op {
        "is_null" => value.is_null(),
        "is_not_null" => !value.is_null(),
        "eq" | "in" => is_listed(),
        "neq" | "not_in" => !is_listed(),
        "gt" => order(first).is_some_and(Ordering::is_gt),
        "gte" => order(first).is_some_and(Ordering::is_ge),
        "lt" => order(first).is_some_and(Ordering::is_lt),
        "lte" => order(first).is_some_and(Ordering::is_le),
        "between" => {
            order(first).is_some_and(Ordering::is_ge)
                && order(&test.values[1]).is_some_and(Ordering::is_le)
        }
        "not_contains" => !finds(test, value, first),
        _ => finds(test, value, first),
    }
}

fn finds(test: &Test, value: &Value, wanted: &Value) -> bool {
    let (Value::Text(text), Value::Text(wanted)) = (value, wanted) else {
        return false;
    };
    let (text, wanted) = match test.is_case_sensitive {
        true => (text.clone(), wanted.clone()),
        false => (text.to_lowercase(), wanted.to_lowercase()),
    };
    match test.op {
        "starts_with" => text.starts_with(&wanted),
        "ends_with" => text.ends_with(&wanted),
        _ => text.contains(&wanted),
    }
}

/// Include shows what is listed, exclude the rest; an empty list means what it says, and what has no
/// value is hidden unless it is listed or said to be visible (R21).
pub fn allows(rule: &Rule, value: &Value) -> bool {
    let lists_null = rule.values.contains(&Value::Null);
    match (rule.is_include, value.is_null()) {
        _ if rule.values.is_empty() => !rule.is_include,
        (true, true) => lists_null || rule.nulls_visible,
        (false, true) => !lists_null && rule.nulls_visible,
        (is_include, false) => rule.values.iter().any(|item| value.is_same(item)) == is_include,
    }
}

fn aggregate(aggregate: &Aggregate, filter: Option<&Expr>, rows: &[&Row]) -> Value {
    let is_distinct = aggregate.kind.ends_with(" DISTINCT");
    let mut values: Vec<Value> = Vec::new();
    for row in rows {
        let mut filters = filter.into_iter().chain(&aggregate.filter);
        let counts = filters.all(|filter| filter.of_row(row) == Value::Boolean(true));
        let argument = aggregate.argument.as_ref();
        let value = argument.map_or(Value::Boolean(true), |argument| argument.of_row(row));
        let is_known = is_distinct && values.iter().any(|other| value.is_same(other));
        if counts && !value.is_null() && !is_known {
            values.push(value);
        }
    }
    let count = Number::integer(i128::try_from(values.len()).expect("few rows"));
    let numbers = values.iter().map_while(Value::number);
    let number = match aggregate.kind {
        "MIN" => return extreme(values.iter(), Ordering::Less),
        "MAX" => return extreme(values.iter(), Ordering::Greater),
        "MEDIAN" => return median(values),
        "COUNT" | "COUNT DISTINCT" => Some(count),
        "AVG" => numbers.reduce(Number::plus).and_then(|sum| sum.over(count)),
        _ => numbers.reduce(Number::plus),
    };
    number.map_or(Value::Null, Value::Number)
}

/// The number in the middle, or the mean of the two there.
fn median(mut values: Vec<Value>) -> Value {
    values.sort_by(|left, right| left.compare(right).expect("numbers"));
    let middle = |at: usize| values.get(at).and_then(Value::number);
    let below = middle(values.len().saturating_sub(1) / 2);
    let above = middle(values.len() / 2);
    let both = below.zip(above).map(|(below, above)| below.plus(above));
    let median = both.and_then(|both| both.over(Number::integer(2)));
    median.map_or(Value::Null, Value::Number)
}

pub type OrderKey = (Value, Order);

pub fn compare_keys(left: &[OrderKey], right: &[OrderKey]) -> Ordering {
    let mut orders = left.iter().zip(right).map(|((left, order), (right, _))| {
        let by_null = left.is_null().cmp(&right.is_null());
        let by_value = left.compare(right).unwrap_or(Ordering::Equal);
        let turned = |is_turned, order: Ordering| if is_turned { order.reverse() } else { order };
        turned(order.nulls_first, by_null).then(turned(order.is_descending, by_value))
    });
    orders.find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}
