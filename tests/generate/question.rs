//! Random questions to a world. All of them are meant to compile, or to be refused for a reason that the
//! model knows.

use std::ops::{Deref, DerefMut};

use crate::generate::preset::{Clock, Range, Zone};
use crate::generate::world::{COLUMNS, DIMENSIONS, GRAINS, hundredths, id, small, value};
use crate::reference::answer;
use crate::reference::expression::Expr;
use crate::reference::model::{
    Condition, DAY, Detail, Group, Item, ItemOrder, Order, OrderBy, Question, Rule, Shift, Subject,
    Test, Top, Type, World,
};
use crate::reference::rows::order_cells;
use crate::reference::value::{Periods, Value, days_of};
use crate::support::random::Random;

const ZONES: [(&str, i64, bool); 5] = [
    ("UTC", 0, false),
    ("America/New_York", -300, true),
    ("America/St_Johns", -210, true),
    ("Asia/Kathmandu", 345, false),
    ("Pacific/Kiritimati", 840, false),
];

/// A question, and what is said to the library in another form than to the model.
#[derive(Debug, Clone)]
pub struct Asked {
    pub question: Question,
    /// What the question's range of days was worked out from.
    pub range: Option<Range>,
    pub clock: Clock,
    pub has_module: bool,
    /// What the question's shift was worked out from.
    pub back: Option<Back>,
}

/// The period that a question compares with, as a request says it.
#[derive(Debug, Clone, Copy)]
pub enum Back {
    PreviousPeriod,
    PreviousYear,
    By(i64, &'static str),
}

impl Back {
    fn shift(self, range: Option<Range>, clock: Clock) -> Option<Shift> {
        let (months, days) = match self {
            Self::PreviousPeriod => return range?.before(clock),
            Self::PreviousYear => (12, 0),
            Self::By(count, "day") => (0, count),
            Self::By(count, "week") => (0, 7 * count),
            Self::By(count, "month") => (count, 0),
            Self::By(count, "quarter" | "fiscal_quarter") => (3 * count, 0),
            Self::By(count, _) => (12 * count, 0),
        };
        Some(Shift { months, days })
    }
}

impl Deref for Asked {
    type Target = Question;

    fn deref(&self) -> &Question {
        &self.question
    }
}

impl DerefMut for Asked {
    fn deref_mut(&mut self) -> &mut Question {
        &mut self.question
    }
}

pub fn question(random: &mut Random, world: &World) -> Asked {
    let options: Vec<usize> = world
        .toggles
        .iter()
        .map(|choices| random.below(choices.len()))
        .collect();
    let mut asker = asker(world, &options);
    asker.groups = asker.groups(random);
    let mut metrics: Vec<usize> = Vec::new();
    for _ in 0..random.below(4) + usize::from(asker.groups.is_empty()) {
        let metric = random.below(world.metrics.len());
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let rules = (0..*random.pick(&[0, 0, 0, 1, 1, 2]))
        .map(|_| rule(random, world))
        .collect();
    let depth = random.below(3);
    let filters = (0..*random.pick(&[0, 0, 1, 1, 2]))
        .map(|_| match random.once_in(6) {
            true => asker.of_groups(random, depth),
            false => asker.of_rows(random, depth),
        })
        .collect();
    let count = usize::from(random.once_in(4));
    let metric_filters = (0..count).map(|_| asker.of_groups(random, depth)).collect();
    let range = random.once_in(4).then(|| range(random));
    let mut order: Vec<Order> = (0..random.below(3)).map(|_| asker.order(random)).collect();
    let (name, minutes, has_summer) = *random.pick(&ZONES);
    let zone = Zone {
        name,
        minutes,
        has_summer,
    };
    let clock = Clock {
        now: (days_of(2024, 1, 31) + small(random, 90) - 30 * small(random, 2)) * 86_400
            + small(random, 48) * 1_800,
        zone,
        periods: Periods {
            week: *random.pick(&[0, 5, 6]),
            fiscal_year: *random.pick(&[0, 3, 9, 10]),
        },
    };
    let back = random.once_in(4).then(|| match random.below(3) {
        0 => Back::PreviousPeriod,
        1 => Back::PreviousYear,
        _ => Back::By(1 + small(random, 3), random.pick::<&str>(&GRAINS)),
    });
    let compare = back.and_then(|back| back.shift(range, clock));
    // A range without an end has no period before it.
    let back = back.filter(|_| compare.is_some());
    for order in order.iter_mut().filter(|_| compare.is_some()) {
        let (OrderBy::Metric(metric), true) = (order.by, random.once_in(2)) else {
            continue;
        };
        let is_number = world.metrics[metric].value_type == "decimal";
        let shown = if is_number { random.below(3) } else { 0 };
        order.by = OrderBy::Compared(metric, shown);
    }
    let is_count = random.once_in(10);
    let search = match random.once_in(8) && !is_count {
        true => asker.search(random),
        false => None,
    };
    let days = range.map(|range| range.days(clock));
    let filled = filled(world, &asker.groups, &options, days)
        .filter(|_| random.once_in(2) && search.is_none());
    let totals = asker.totals(random).filter(|_| search.is_none());
    let top = asker.top(random).filter(|_| search.is_none());
    let mut question = Question {
        standings: Vec::new(),
        top,
        is_count,
        search,
        filled,
        today: clock.zone.day(clock.now),
        tenant: if random.once_in(10) { 2 } else { 1 },
        rules,
        periods: clock.periods,
        metrics,
        groups: asker.groups.clone(),
        order,
        filters,
        metric_filters,
        totals,
        range: days,
        compare,
        limit: random.once_in(3).then(|| random.below(8)),
        offset: random.once_in(5).then(|| random.below(4)),
        options: options.clone(),
        of_lookup: false,
        detail: None,
        pivot: None,
    };
    question.standings = standings(random, world, &question);
    for order in &mut question.order {
        let mut shown = question.standings.iter();
        if let OrderBy::Metric(metric) = order.by
            && let Some((metric, is_rank)) = shown.find(|(of, _)| *of == metric)
        {
            order.by = OrderBy::Standing(*metric, *is_rank);
        }
    }
    let question = match random.below(10) {
        0 | 1 => detailed(random, world, question),
        2 => of_lookup(random, world, question),
        _ => question,
    };
    let is_about_rows = !question.of_lookup;
    Asked {
        question,
        range: range.filter(|_| is_about_rows),
        clock,
        has_module: !random.once_in(4),
        back: back.filter(|_| is_about_rows),
    }
}

/// Shares and ranks of some of the metrics; a share is rarely of what does not add up.
fn standings(random: &mut Random, world: &World, question: &Question) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    if question.search.is_some() {
        return found;
    }
    for is_rank in [false, true] {
        for metric in &question.metrics {
            let may_be = match is_rank {
                true => !question.hides_ranks(*metric),
                false => answer::adds_up(world, question, *metric),
            };
            let is_likely = is_rank && question.top.is_some();
            let chance = if is_likely { 2 } else { 5 };
            if random.once_in(if may_be { chance } else { 100 }) {
                found.push((*metric, is_rank));
            }
        }
    }
    found
}

/// The same question about the rows themselves.
fn detailed(random: &mut Random, world: &World, question: Question) -> Question {
    let options = question.options.clone();
    let asker = asker(world, &options);
    let mut columns: Vec<Item> = Vec::new();
    for _ in 0..1 + random.below(4) {
        let item = asker.item(random, true);
        if asker.is_new(item, &columns) {
            columns.push(item);
        }
    }
    let mut known = columns.clone();
    let mut order = Vec::new();
    for _ in 0..random.below(4) {
        let item = match random.once_in(2) {
            true => *random.pick(&columns),
            false => asker.item(random, false),
        };
        if !known.contains(&item) && !asker.is_new(item, &known) {
            continue;
        }
        let by_label = asker.has_label(item) && random.once_in(2);
        known.push(item);
        order.push(ItemOrder {
            item,
            by_label,
            is_descending: random.once_in(2),
            nulls_first: random.once_in(2),
        });
    }
    let mut detail = Detail {
        columns,
        order,
        after: None,
    };
    let mut question = Question {
        search: None,
        totals: None,
        top: None,
        standings: Vec::new(),
        detail: Some(detail.clone()),
        ..question
    };
    if random.once_in(2) && !world.rows.is_empty() && question.offset.is_none() {
        let at = random.below(world.rows.len());
        let question_so_far = question.clone();
        let asked = answer::Asked {
            world,
            question: &question_so_far,
        };
        detail.after = Some(order_cells(&asked, &detail, at));
        question.detail = Some(detail);
    }
    question
}

/// A question about the members that a lookup has, where the world has one to ask.
fn of_lookup(random: &mut Random, world: &World, question: Question) -> Question {
    let options = question.options.clone();
    let mut asker = asker(world, &options);
    let dimension = a_dimension(random, world, true);
    let of = Subject::Value(dimension);
    let shown = asker.shown(of);
    let dimension = &world.dimensions[shown];
    if dimension.lookup.is_none() || !dimension.is_offered {
        return question;
    }
    asker.groups = vec![Group { of, grain: None }];
    // A rule on another dimension is now and then there to be refused.
    let rules = (0..random.below(3)).map(|_| {
        let rule = rule(random, world);
        let count = list_length(random, 4);
        match random.once_in(10) {
            true => rule,
            false => Rule {
                dimension: shown,
                values: members(random, world, shown, count),
                ..rule
            },
        }
    });
    let rules = rules.collect();
    let order = (0..random.below(3)).map(|_| Order {
        by: match random.once_in(2) {
            true => OrderBy::Label(0),
            false => OrderBy::Group(0),
        },
        is_descending: random.once_in(2),
        nulls_first: random.once_in(2),
    });
    Question {
        is_count: false,
        of_lookup: true,
        top: None,
        standings: Vec::new(),
        rules,
        order: order.collect(),
        search: match random.once_in(2) {
            true => asker.search(random),
            false => None,
        },
        groups: asker.groups,
        metrics: Vec::new(),
        filters: Vec::new(),
        metric_filters: Vec::new(),
        range: None,
        filled: None,
        compare: None,
        totals: None,
        ..question
    }
}

/// The group in whose periods gaps can be filled: the only one of the day that the range is about, if
/// the range has two ends, near enough for a model.
fn filled(
    world: &World,
    groups: &[Group],
    options: &[usize],
    range: Option<(Option<i64>, Option<i64>)>,
) -> Option<usize> {
    let (Some(from), Some(to)) = range? else {
        return None;
    };
    let chosen = || {
        world
            .toggles
            .iter()
            .zip(options)
            .map(|(toggle, option)| toggle[*option])
    };
    let brought = chosen().find_map(|choice| choice.date_column);
    let shown = |group: &Group| match group.of {
        Subject::Toggle(at) => chosen().nth(at)?.dimension,
        Subject::Value(dimension) if group.grain.is_none() => {
            let switched = world
                .toggles
                .iter()
                .zip(options)
                .find_map(|(toggle, option)| {
                    (toggle[0].dimension == Some(dimension)).then(|| toggle[*option].dimension)
                });
            switched.flatten().or(Some(dimension))
        }
        Subject::Value(dimension) => Some(dimension),
        _ => None,
    };
    let is_of_the_day = |group: &Group| {
        let shown = shown(group).map(|dimension| &world.dimensions[dimension]);
        // A far date is never filled.
        let own = shown.filter(|dimension| dimension.path.is_empty());
        let value = own.map(|dimension| &dimension.value);
        matches!(value, Some(Expr::Reference(column)) if *column == DAY || Some(*column) == brought)
    };
    let mut of_the_day = (0..groups.len()).filter(|at| is_of_the_day(&groups[*at]));
    match (of_the_day.next(), of_the_day.next()) {
        (Some(at), None) if to - from <= 100 => Some(at),
        _ => None,
    }
}

/// A condition on rows, such as a question may have.
pub fn row_condition(random: &mut Random, world: &World, depth: usize) -> Condition {
    asker(world, &[]).of_rows(random, depth)
}

/// The same question with other values: days, pages, and the members of lists that are not NULL, of
/// which there are as many, or a few more or less where that is no other shape (R26).
pub fn other_values(random: &mut Random, world: &World, question: &Asked) -> Asked {
    let mut other = question.clone();
    other.clock.now += small(random, 400) * 86_400;
    if let Some(Range::Days(from, to)) = &mut other.range {
        let day = days_of(2020, 1, 1) + small(random, 900);
        *from = from.map(|_| day);
        *to = to.map(|_| day + small(random, 500));
    }
    other.top = other.top.map(|top| Top {
        count: 1 + random.below(500),
        ..top
    });
    other.limit = other.limit.map(|_| random.below(1_000));
    other.offset = other.offset.map(|_| random.below(1_000));
    for rule in &mut other.rules {
        let dimension = rule.dimension;
        relist(random, &mut rule.values, true, &mut |random| {
            member(random, world, dimension)
        });
    }
    if let Some(detail) = &mut other.question.detail {
        for value in detail.after.iter_mut().flatten() {
            *value = another(random, value);
        }
    }
    let other_question = &mut other.question;
    if let Some(search) = &mut other_question.search {
        search.values = vec![searched_text(random)];
    }
    let filters = other_question
        .filters
        .iter_mut()
        .chain(&mut other_question.metric_filters);
    filters.for_each(|filter| {
        for_each_test(filter, &mut |test| {
            let is_list = test.op.ends_with("in");
            let of = test.of;
            relist(random, &mut test.values, is_list, &mut |random| match of {
                Subject::Value(dimension) => member(random, world, dimension),
                Subject::Metric(metric) => value(random, world.metrics[metric].value_type),
                _ => value(random, "text"),
            });
        })
    });
    other
}

/// Another value of the same type; NULL stays.
fn another(random: &mut Random, before: &Value) -> Value {
    match before {
        Value::Null => Value::Null,
        Value::Boolean(_) => value(random, "boolean"),
        Value::Text(_) => Value::Text((*random.pick(&["", "b%", "o'neil", "zz"])).to_owned()),
        Value::Number(_) => Value::integer(small(random, 50)),
        Value::Date(_) => Value::Date(days_of(2024, 1, 1) + small(random, 300)),
    }
}

/// Other values in a list; what is NULL stays.
fn relist(
    random: &mut Random,
    values: &mut Vec<Value>,
    is_list: bool,
    member: &mut dyn FnMut(&mut Random) -> Value,
) {
    let known = values.iter().filter(|value| !value.is_null()).count();
    let count = match known {
        _ if !is_list => known,
        0 => 0,
        1..=8 => 1 + random.below(8),
        _ => 9 + random.below(30),
    };
    let nulls = values.len() - known;
    *values = (0..count).map(|_| member(random)).collect();
    values.extend(vec![Value::Null; nulls]);
}

fn range(random: &mut Random) -> Range {
    let count = 1 + small(random, 3);
    match random.below(6) {
        0 | 1 => {
            let from = days_of(2023, 12, 1) + small(random, 60);
            let to = from + small(random, 60);
            let is_open = random.once_in(5);
            Range::Days(Some(from), (!is_open).then_some(to))
        }
        2 => Range::This(random.pick::<&str>(&GRAINS)),
        3 => match *random.pick(&GRAINS) {
            "day" => Range::Last(1, "day"),
            grain => Range::Last(count, grain),
        },
        4 => Range::LastDays(count * 10),
        _ => match *random.pick(&GRAINS) {
            "day" => Range::ToDate("month"),
            grain => Range::ToDate(grain),
        },
    }
}

pub fn rule(random: &mut Random, world: &World) -> Rule {
    let dimension = a_dimension(random, world, false);
    let count = list_length(random, 4);
    Rule {
        dimension,
        is_include: random.once_in(2),
        values: members(random, world, dimension, count),
        nulls_visible: random.once_in(4),
    }
}

/// A dimension of the world, by its key, so that one less leaves the choice of another as it is.
fn a_dimension(random: &mut Random, world: &World, is_offered: bool) -> usize {
    let first = world.dimensions.iter().position(|d| !d.path.is_empty());
    if let Some(first) = first.filter(|_| random.below(5) > 2) {
        return first + random.below(world.dimensions.len() - first);
    }
    let wanted = random.below(DIMENSIONS.len());
    let keys = DIMENSIONS.iter().cycle().skip(wanted);
    let own = |key: &&str| {
        let mut own = world.dimensions.iter();
        own.position(|d| d.key == *key && d.path.is_empty())
    };
    let found = keys.filter_map(own);
    let mut usable = found.filter(|at| !is_offered || world.dimensions[*at].is_offered);
    usable.next().expect("the first is offered")
}

/// So many on average, and now and then more than are compared one by one.
fn list_length(random: &mut Random, average: usize) -> usize {
    let least = if random.once_in(8) { 9 } else { 0 };
    least
        + std::iter::repeat_with(|| random.one_more(average))
            .take(12)
            .take_while(|more| *more)
            .count()
}

/// Values that a dimension may have, with NULL among them now and then.
pub fn members(random: &mut Random, world: &World, dimension: usize, count: usize) -> Vec<Value> {
    let members = (0..count).map(|_| member(random, world, dimension));
    let mut found: Vec<Value> = members.collect();
    if random.once_in(5) {
        found.push(Value::Null);
    }
    found
}

pub fn member(random: &mut Random, world: &World, dimension: usize) -> Value {
    let dimension = &world.dimensions[dimension];
    match (dimension.lookup, dimension.key) {
        (Some(_), _) => Value::integer(id(random)),
        (None, "half") => Value::Number(hundredths(50 * i128::from(small(random, 10)))),
        (None, _) => value(random, dimension.value_type),
    }
}

struct Asker<'w> {
    world: &'w World,
    options: &'w [usize],
    groups: Vec<Group>,
}

fn asker<'w>(world: &'w World, options: &'w [usize]) -> Asker<'w> {
    Asker {
        world,
        options,
        groups: Vec::new(),
    }
}

impl Asker<'_> {
    /// Up to three groups, no dimension twice after the switch.
    fn groups(&self, random: &mut Random) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut shown: Vec<(usize, Option<&str>)> = Vec::new();
        for _ in 0..random.below(4) {
            let switch = self
                .world
                .toggles
                .iter()
                .position(|c| c[0].dimension.is_some());
            let of = match switch {
                Some(switch) if random.once_in(10) => Subject::Toggle(switch),
                _ => Subject::Value(a_dimension(random, self.world, true)),
            };
            let grain = match of {
                Subject::Value(at) if self.world.dimensions[at].value_type == "date" => {
                    (!random.once_in(4)).then(|| *random.pick(&GRAINS))
                }
                _ => None,
            };
            let seen = (self.shown(of), grain);
            if !shown.contains(&seen) {
                shown.push(seen);
                groups.push(Group { of, grain });
            }
        }
        groups
    }

    /// A column of detail rows, at a grain now and then where it is shown.
    fn item(&self, random: &mut Random, is_shown: bool) -> Item {
        let is_dimension = |name: &str| self.world.dimensions.iter().any(|d| d.key == name);
        match random.below(4) {
            0 => Item::Number,
            1 => {
                let at = random.below(COLUMNS.len());
                // A dimension comes before a column of its name.
                match is_dimension(COLUMNS[at].0) {
                    true => Item::Number,
                    false => Item::Column(at),
                }
            }
            _ => {
                let dimension = a_dimension(random, self.world, true);
                let is_date = self.world.dimensions[dimension].value_type == "date";
                let grain = is_shown && is_date && random.once_in(2);
                Item::Of(Group {
                    of: Subject::Value(dimension),
                    grain: grain.then(|| *random.pick(&GRAINS)),
                })
            }
        }
    }

    /// Whether the label of what is shown can be named.
    fn has_label(&self, item: Item) -> bool {
        match item {
            Item::Of(group) if group.grain.is_none() => {
                self.world.dimensions[self.shown(group.of)].lookup.is_some()
            }
            _ => false,
        }
    }

    /// Whether nothing among these shows the same.
    fn is_new(&self, item: Item, known: &[Item]) -> bool {
        let shown = |item: &Item| match item {
            Item::Of(group) if group.grain.is_some() => Err((group.of, group.grain)),
            Item::Of(group) => Err((Subject::Value(self.shown(group.of)), None)),
            other => Ok(*other),
        };
        !known.iter().any(|other| shown(other) == shown(&item))
    }

    /// The dimension that stands for what is named under the chosen options.
    fn shown(&self, of: Subject) -> usize {
        let chosen = |at: usize| self.world.toggles[at][self.options[at]].dimension;
        let toggles = 0..self.world.toggles.len();
        match of {
            Subject::Toggle(at) => chosen(at).expect("a switch"),
            Subject::Value(dimension) => toggles
                .filter(|at| self.world.toggles[*at][0].dimension == Some(dimension))
                .find_map(chosen)
                .unwrap_or(dimension),
            _ => panic!("dimensions are grouped"),
        }
    }

    fn of_rows(&self, random: &mut Random, depth: usize) -> Condition {
        self.nested(random, depth, &mut |random| {
            let dimension = a_dimension(random, self.world, true);
            let of = &self.world.dimensions[dimension];
            if of.lookup.is_some() && random.once_in(2) {
                return test(random, Subject::Label(dimension), "text", &mut |random| {
                    value(random, "text")
                });
            }
            test(
                random,
                Subject::Value(dimension),
                of.value_type,
                &mut |random| member(random, self.world, dimension),
            )
        })
    }

    /// Conditions on metrics, and on the dimensions that are grouped as they are.
    fn of_groups(&self, random: &mut Random, depth: usize) -> Condition {
        let mut plain: Vec<usize> = Vec::new();
        for group in self.groups.iter().filter(|group| group.grain.is_none()) {
            match group.of {
                Subject::Value(at) => plain.push(at),
                // The default's key stands for what it is switched to.
                Subject::Toggle(at) => plain.extend(self.world.toggles[at][0].dimension),
                _ => {}
            }
        }
        let inner = self.nested(random, depth, &mut |random| {
            if !plain.is_empty() && random.once_in(3) {
                let dimension = *random.pick(&plain);
                let of = self.world.dimensions[dimension].value_type;
                return test(random, Subject::Value(dimension), of, &mut |random| {
                    member(random, self.world, dimension)
                });
            }
            self.of_metric(random)
        });
        // One metric at least, so that it is about groups wherever it stands.
        Condition::Any(vec![inner, self.of_metric(random)])
    }

    fn of_metric(&self, random: &mut Random) -> Condition {
        let metric = random.below(self.world.metrics.len());
        let of = self.world.metrics[metric].value_type;
        test(random, Subject::Metric(metric), of, &mut |random| {
            value(random, of)
        })
    }

    fn nested(
        &self,
        random: &mut Random,
        depth: usize,
        leaf: &mut dyn FnMut(&mut Random) -> Condition,
    ) -> Condition {
        if depth == 0 || random.once_in(4) {
            return leaf(random);
        }
        let form = random.below(3);
        if form == 2 {
            return Condition::Not(Box::new(self.nested(random, depth - 1, leaf)));
        }
        let count = random.below(4);
        let parts = (0..count)
            .map(|_| self.nested(random, depth - 1, leaf))
            .collect();
        match form {
            0 => Condition::All(parts),
            _ => Condition::Any(parts),
        }
    }

    /// A search through the members of the only group, where they are text.
    fn search(&self, random: &mut Random) -> Option<Test> {
        let [group] = self.groups.as_slice() else {
            return None;
        };
        let shown = &self.world.dimensions[self.shown(group.of)];
        let (Subject::Value(dimension), None) = (group.of, group.grain) else {
            return None;
        };
        let of = match (shown.lookup, shown.value_type) {
            (Some(_), _) => Subject::Label(dimension),
            (None, "text") => Subject::Value(dimension),
            _ => return None,
        };
        Some(Test {
            of,
            op: "contains",
            values: vec![searched_text(random)],
            is_case_sensitive: false,
        })
    }

    /// Up to two levels of subtotals, none of them twice.
    fn totals(&self, random: &mut Random) -> Option<Vec<Vec<usize>>> {
        if !random.once_in(3) {
            return None;
        }
        let mut levels: Vec<Vec<usize>> = Vec::new();
        for _ in 0..random.below(3) {
            let all = 0..self.groups.len();
            let level: Vec<usize> = all.filter(|_| random.once_in(2)).collect();
            if !level.is_empty() && !levels.contains(&level) {
                levels.push(level);
            }
        }
        Some(levels)
    }

    /// A few members of one group, in either order.
    fn top(&self, random: &mut Random) -> Option<Top> {
        if self.groups.is_empty() || !random.once_in(3) {
            return None;
        }
        Some(Top {
            group: random.below(self.groups.len()),
            metric: random.below(self.world.metrics.len()),
            count: 1 + random.below(4),
            is_ascending: random.once_in(3),
            shows_other: !random.once_in(3),
        })
    }

    fn order(&self, random: &mut Random) -> Order {
        let by = match random.below(3) {
            1 if !self.groups.is_empty() => {
                let at = random.below(self.groups.len());
                let shown = self.shown(self.groups[at].of);
                let has_label = self.world.dimensions[shown].lookup.is_some();
                match has_label && random.once_in(3) {
                    true => OrderBy::Label(at),
                    false => OrderBy::Group(at),
                }
            }
            _ => OrderBy::Metric(random.below(self.world.metrics.len())),
        };
        Order {
            by,
            is_descending: random.once_in(2),
            nulls_first: random.once_in(2),
        }
    }
}

/// A text to search for, which is not empty: that would be none.
fn searched_text(random: &mut Random) -> Value {
    Value::Text((*random.pick(&["a", "B", "b%", "o'", "_", "!"])).to_owned())
}

fn test(
    random: &mut Random,
    of: Subject,
    value_type: Type,
    member: &mut dyn FnMut(&mut Random) -> Value,
) -> Condition {
    const ALL: [&str; 6] = ["eq", "neq", "in", "not_in", "is_null", "is_not_null"];
    const ORDERED: [&str; 5] = ["gt", "gte", "lt", "lte", "between"];
    const TEXTS: [&str; 4] = ["contains", "not_contains", "starts_with", "ends_with"];
    let op = match (value_type, random.below(3)) {
        ("boolean", _) | (_, 0) => *random.pick(&ALL),
        ("text", 1) => *random.pick(&TEXTS),
        _ => *random.pick(&ORDERED),
    };
    let count = match op {
        "is_null" | "is_not_null" => 0,
        "between" => 2,
        "in" | "not_in" => list_length(random, 2),
        _ => 1,
    };
    let mut values: Vec<Value> = (0..count).map(|_| member(random)).collect();
    match op {
        "in" | "not_in" if random.once_in(4) => values.push(Value::Null),
        "eq" | "neq" if random.once_in(8) => values = vec![Value::Null],
        _ => {}
    }
    let is_case_sensitive = TEXTS.contains(&op) && random.once_in(2);
    Condition::Test(Test {
        of,
        op,
        values,
        is_case_sensitive,
    })
}

/// Visits every comparison in a condition.
pub fn for_each_test(condition: &mut Condition, visit: &mut dyn FnMut(&mut Test)) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter_mut().for_each(|part| for_each_test(part, visit));
        }
        Condition::Not(part) => for_each_test(part, visit),
        Condition::Test(test) => visit(test),
    }
}
