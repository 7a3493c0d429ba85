//! Random questions to a world. All of them are meant to compile.

use super::generate::{CAMPAIGNS, SELLERS, id, value};
use super::model::{
    Condition, Group, Named, Order, OrderBy, Question, Rule, Subject, Test, Type, World,
};
use super::number::Number;
use super::value::{Value, days_of};
use crate::support::random::Random;

pub fn question(random: &mut Random, world: &World) -> Question {
    let options = vec![
        random.below(world.toggles[0]),
        random.below(world.toggles[1]),
        random.below(2),
    ];
    let is_switched = options[2] == 1;
    let groups = groups(random, world, is_switched);
    let mut metrics: Vec<usize> = Vec::new();
    for _ in 0..random.below(4) + usize::from(groups.is_empty()) {
        let metric = random.below(world.metrics.len());
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let asker = Asker {
        world,
        groups: &groups,
        is_switched,
    };
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
    let range = random.once_in(6).then(|| {
        let from = days_of(2023, 12, 1) + i64::try_from(random.below(60)).expect("small");
        (from, from + i64::try_from(random.below(60)).expect("small"))
    });
    let order = (0..random.below(3)).map(|_| asker.order(random)).collect();
    Question {
        tenant: if random.once_in(10) { 2 } else { 1 },
        rules,
        week_start: i64::try_from(*random.pick(&[0_usize, 5, 6])).expect("small"),
        metrics,
        order,
        options,
        filters,
        metric_filters,
        range,
        limit: random.once_in(3).then(|| random.below(8)),
        offset: random.once_in(5).then(|| random.below(4)),
        groups,
    }
}

/// Up to three groups, no dimension twice after the switch.
fn groups(random: &mut Random, world: &World, is_switched: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut shown: Vec<(usize, Option<&str>)> = Vec::new();
    for _ in 0..random.below(4) {
        let dimension = match random.once_in(10) {
            true => Named::Switch,
            false => Named::Dimension(random.below(world.dimensions.len())),
        };
        let (at, grain) = match dimension {
            Named::Switch => (usize::from(is_switched), None),
            Named::Dimension(CAMPAIGNS) if is_switched => (SELLERS, None),
            Named::Dimension(at) => {
                let is_date = world.dimensions[at].value_type == Type::Date;
                let grains = ["day", "week", "month", "quarter", "year"];
                let grain = (is_date && !random.once_in(4)).then(|| *random.pick(&grains));
                (at, grain)
            }
        };
        if !shown.contains(&(at, grain)) {
            shown.push((at, grain));
            groups.push(Group { dimension, grain });
        }
    }
    groups
}

fn rule(random: &mut Random, world: &World) -> Rule {
    let dimension = match random.once_in(2) {
        true => CAMPAIGNS,
        false => random.below(world.dimensions.len()),
    };
    let count = if random.once_in(8) {
        12
    } else {
        random.below(8)
    };
    Rule {
        dimension,
        is_include: random.once_in(2),
        values: members(random, world, dimension, count),
        nulls_visible: random.once_in(4),
    }
}

/// Values that a dimension may have, with NULL among them now and then.
fn members(random: &mut Random, world: &World, dimension: usize, count: usize) -> Vec<Value> {
    let mut found: Vec<Value> = (0..count)
        .map(|_| member(random, world, dimension))
        .collect();
    if random.once_in(5) {
        found.push(Value::Null);
    }
    found
}

fn member(random: &mut Random, world: &World, dimension: usize) -> Value {
    let dimension = &world.dimensions[dimension];
    match (dimension.lookup, dimension.key) {
        (Some(_), _) => Value::integer(id(random)),
        (None, "half") => Value::Number(Number::hundredths(
            50 * i128::try_from(random.below(10)).expect("small"),
        )),
        (None, _) => value(random, dimension.value_type),
    }
}

struct Asker<'w> {
    world: &'w World,
    groups: &'w [Group],
    is_switched: bool,
}

impl Asker<'_> {
    fn of_rows(&self, random: &mut Random, depth: usize) -> Condition {
        self.nested(random, depth, &mut |random| {
            let dimension = random.below(self.world.dimensions.len());
            let of = &self.world.dimensions[dimension];
            if of.lookup.is_some() && random.once_in(2) {
                let test = test(random, Type::Text, &mut |random| value(random, Type::Text));
                return Condition::Test(Subject::Label(dimension), test);
            }
            let test = test(random, of.value_type, &mut |random| {
                member(random, self.world, dimension)
            });
            Condition::Test(Subject::Value(dimension), test)
        })
    }

    /// Conditions on metrics, and on the dimensions that are grouped as they are.
    fn of_groups(&self, random: &mut Random, depth: usize) -> Condition {
        let mut plain: Vec<usize> = Vec::new();
        for group in self.groups {
            match (group.dimension, group.grain) {
                (Named::Dimension(CAMPAIGNS), None) | (Named::Switch, None) => {
                    plain.push(CAMPAIGNS)
                }
                (Named::Dimension(at), None) => plain.push(at),
                _ => {}
            }
        }
        let _ = self.is_switched;
        let inner = self.nested(random, depth, &mut |random| {
            if !plain.is_empty() && random.once_in(3) {
                let dimension = *random.pick(&plain);
                let of = self.world.dimensions[dimension].value_type;
                let test = test(random, of, &mut |random| {
                    member(random, self.world, dimension)
                });
                return Condition::Test(Subject::Value(dimension), test);
            }
            self.of_metric(random)
        });
        // One metric at least, so that it is about groups wherever it stands.
        Condition::Any(vec![inner, self.of_metric(random)])
    }

    fn of_metric(&self, random: &mut Random) -> Condition {
        let metric = random.below(self.world.metrics.len());
        let of = self.world.metrics[metric].value_type;
        let test = test(random, of, &mut |random| value(random, of));
        Condition::Test(Subject::Metric(metric), test)
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
        let count = random.below(4);
        let mut parts = || {
            (0..count)
                .map(|_| self.nested(random, depth - 1, leaf))
                .collect()
        };
        let parts: Vec<Condition> = parts();
        match random.below(3) {
            0 => Condition::All(parts),
            1 => Condition::Any(parts),
            _ => Condition::Not(Box::new(self.nested(random, depth - 1, leaf))),
        }
    }

    fn order(&self, random: &mut Random) -> Order {
        let by = match random.below(3) {
            0 if !self.groups.is_empty() => {
                let at = random.below(self.groups.len());
                let has_lookup = match self.groups[at].dimension {
                    Named::Switch => true,
                    Named::Dimension(of) => self.world.dimensions[of].lookup.is_some(),
                };
                match has_lookup && random.once_in(3) {
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

fn test(random: &mut Random, of: Type, member: &mut dyn FnMut(&mut Random) -> Value) -> Test {
    const ALL: [&str; 6] = ["eq", "neq", "in", "not_in", "is_null", "is_not_null"];
    const ORDERED: [&str; 5] = ["gt", "gte", "lt", "lte", "between"];
    const TEXTS: [&str; 4] = ["contains", "not_contains", "starts_with", "ends_with"];
    let op = match (of, random.below(3)) {
        (Type::Text, 0) => *random.pick(&TEXTS),
        (Type::Boolean, _) | (_, 1) => *random.pick(&ALL),
        _ => *random.pick(&ORDERED),
    };
    let count = match op {
        "is_null" | "is_not_null" => 0,
        "between" => 2,
        "in" | "not_in" if random.once_in(6) => 10,
        "in" | "not_in" => random.below(4),
        _ => 1,
    };
    let mut values: Vec<Value> = (0..count).map(|_| member(random)).collect();
    match op {
        "in" | "not_in" if random.once_in(4) => values.push(Value::Null),
        "eq" | "neq" if random.once_in(8) => values = vec![Value::Null],
        _ => {}
    }
    let is_case_sensitive = TEXTS.contains(&op) && random.once_in(2);
    Test {
        op,
        values,
        is_case_sensitive,
    }
}
