//! Random catalogs and rows. Everything made here is meant to compile.

use crate::generate::fragment::{amount, binary, condition, literal, numeric, text};
use crate::generate::reach::reach;
use crate::generate::refusal::is_gated_column;
use crate::reference::expression::Expr;
use crate::reference::model::{
    Aggregate, Choice, DAY, Definition, Dimension, Lookup, Metric, Row, Timing, Type, Window, World,
};
use crate::reference::number::Number;
use crate::reference::reach::Reach;
use crate::reference::value::{Value, days_of};
use crate::support::random::Random;

/// The columns of the facts, in their order, and their types.
pub const COLUMNS: [(&str, Type); 10] = [
    ("client_id", "integer"),
    ("day", "date"),
    ("campaign_id", "integer"),
    ("seller_id", "integer"),
    ("kind", "text"),
    ("qty", "integer"),
    ("amount", "decimal"),
    ("cost", "decimal"),
    ("flag", "boolean"),
    ("paid", "date"),
];
pub const CAMPAIGN: usize = 2;
pub const SELLER: usize = 3;
pub const KIND: usize = 4;
pub const QTY: usize = 5;
pub const AMOUNT: usize = 6;
pub const COST: usize = 7;
pub const FLAG: usize = 8;
pub const PAID: usize = 9;

/// Labels and kinds, few enough to collide, with wildcards and quotes among them.
const KINDS: [&str; 9] = ["a", "A", "ab", "b%", "o'neil", "x_y", "", "B!", "abba"];

/// The grains of days.
pub const GRAINS: [&str; 7] = [
    "month",
    "day",
    "week",
    "quarter",
    "year",
    "fiscal_quarter",
    "fiscal_year",
];

/// A catalog from one source of choices, its rows from another.
pub fn world(catalog: &mut Random, rows: &mut Random) -> World {
    let mut dimensions = dimensions(catalog);
    let variants = (0..catalog.below(3)).map(|_| vec![Choice::default(); 2 + catalog.below(2)]);
    let mut toggles: Vec<Vec<Choice>> = variants.collect();
    let base_filter = catalog.once_in(5).then(|| condition(catalog, 2));
    let mut metrics: Vec<Metric> = Vec::new();
    while metrics.is_empty() || metrics.len() < 6 && catalog.one_more(4) {
        let next = metric(catalog, &metrics, true, &toggles);
        metrics.push(next);
    }
    while metrics.len() < 14 && catalog.one_more(4) {
        let next = metric(catalog, &metrics, false, &toggles);
        metrics.push(next);
    }
    if catalog.once_in(6) {
        diamond(catalog, &mut metrics);
    }
    if let Some(last) = toggles.last_mut().and_then(|choices| choices.last_mut()) {
        last.date_column = catalog.once_in(2).then_some(PAID);
    }
    let position = |key| dimensions.iter().position(|dimension| dimension.key == key);
    if let (Some(from), Some(to)) = (position("campaign"), position("seller")) {
        let choice = |dimension| Choice {
            dimension: Some(dimension),
            ..Choice::default()
        };
        if catalog.below(3) > 0 && dimensions[from].is_offered && dimensions[to].is_offered {
            toggles.push(vec![choice(from), choice(to)]);
        }
    }
    if catalog.once_in(3) {
        at_home(catalog, &mut metrics);
    }
    if catalog.once_in(2) {
        timings(catalog, &mut metrics, &dimensions);
    }
    let is_unique = dimensions
        .iter()
        .any(|d| d.lookup.is_some_and(|l| l.is_unique));
    let world = World {
        base_filter,
        dimensions: Vec::new(),
        metrics,
        toggles,
        rows: facts(rows),
        lookups: [lookup_rows(rows, is_unique), lookup_rows(rows, is_unique)],
        // Late, so that a tape that ends leaves the second source empty.
        others: facts(rows),
        is_keyed: !catalog.once_in(4),
        reach: Reach::default(),
    };
    let (reach, reached) = reach(catalog, rows, &dimensions);
    dimensions.extend(reached);
    let mut world = World {
        dimensions,
        reach,
        ..world
    };
    if world.metrics.iter().all(|metric| metric.home == Some(0)) {
        of_columns(catalog, &mut world);
    }
    world
}

/// Adds aggregates of columns that requests ask for by themselves, of which the catalog knows nothing. What a
/// module reads is left alone: that is refused without the module.
fn of_columns(random: &mut Random, world: &mut World) {
    const NUMBERS: [(&str, &str); 6] = [
        ("sum", "SUM"),
        ("avg", "AVG"),
        ("median", "MEDIAN"),
        ("min", "MIN"),
        ("max", "MAX"),
        ("count", "COUNT"),
    ];
    for _ in 0..random.below(3) {
        let column = *random.pick(&[QTY, AMOUNT, COST, DAY, KIND, FLAG]);
        let of = COLUMNS[column].1;
        let (word, kind) = match of {
            "integer" | "decimal" => *random.pick(&NUMBERS),
            "boolean" => ("count_distinct", "COUNT DISTINCT"),
            _ => *random.pick(&NUMBERS[3..]),
        };
        let mut known = world.metrics.iter();
        let is_known = known.any(|metric| metric.of_column == Some((column, word)));
        if is_known || is_gated_column(world, column) {
            continue;
        }
        let part = Aggregate {
            kind,
            argument: Some(Expr::Reference(column)),
            filter: None,
        };
        let value_type = match (word, of) {
            ("min" | "max", "text" | "date") => of,
            _ => "decimal",
        };
        let definition = Definition::Aggregates(vec![part], Expr::Reference(0));
        world.metrics.push(Metric {
            of_column: Some((column, word)),
            ..plain_metric(value_type, definition)
        });
    }
}

/// The keys of the dimensions that a world may have.
pub const DIMENSIONS: [&str; 12] = [
    "kind",
    "campaign",
    "seller",
    "day",
    "quantity",
    "price",
    "flag",
    "own_campaign",
    "half",
    "size",
    "is_dear",
    "paid",
];

/// Any of the dimensions there are, but the first always.
fn dimensions(random: &mut Random) -> Vec<Dimension> {
    let is_unique = random.once_in(5);
    let column = |key, column: usize| (key, Expr::Reference(column), COLUMNS[column].1, None);
    let (campaign, seller) = (Expr::Reference(CAMPAIGN), Expr::Reference(SELLER));
    let own = Expr::Call("COALESCE", vec![campaign.clone(), seller.clone()]);
    let half = binary('/', Expr::Reference(QTY), constant(2));
    let candidates = [
        column("kind", KIND),
        ("campaign", campaign, "integer", Some(0)),
        ("seller", seller, "integer", Some(1)),
        column("day", DAY),
        column("quantity", QTY),
        column("price", AMOUNT),
        column("flag", FLAG),
        ("own_campaign", own, "integer", Some(0)),
        ("half", half, "decimal", None),
        ("size", text(random, 2), "text", None),
        ("is_dear", condition(random, 1), "boolean", None),
        column("paid", PAID),
    ];
    assert!(
        candidates
            .iter()
            .map(|candidate| candidate.0)
            .eq(DIMENSIONS)
    );
    let mut found = Vec::new();
    for (at, (key, value, value_type, table)) in candidates.into_iter().enumerate() {
        if at > 0 && random.below(5) == 0 {
            continue;
        }
        let lookup = table.map(|table| Lookup {
            table,
            only_live: random.once_in(3),
            is_unique,
        });
        let is_exempt = random.once_in(12);
        found.push(Dimension {
            key,
            path: Vec::new(),
            written: key.to_owned(),
            value,
            value_type,
            lookup,
            is_gated: random.once_in(16),
            is_offered: at == 0 || !random.once_in(16),
            is_exempt,
            otherwise: random.once_in(8).then(|| other_column(value_type)),
        });
    }
    found
}

/// What the catalog says where the source says something else.
fn other_column(of: Type) -> Expr {
    let found = COLUMNS.iter().rposition(|(_, other)| *other == of);
    Expr::Reference(found.expect("a column of each type"))
}

fn facts(random: &mut Random) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < 40 && random.one_more(30) {
        if random.once_in(8) && !rows.is_empty() {
            let again = random.pick(&rows).clone();
            rows.push(again);
            continue;
        }
        let mut row = vec![tenant(random, 6)];
        for (at, (_, of)) in COLUMNS.iter().enumerate().skip(1) {
            let is_key = at == CAMPAIGN || at == SELLER;
            row.push(nullable(random, |random| match is_key {
                true => Value::integer(id(random)),
                false => value(random, of),
            }));
        }
        rows.push(row);
    }
    rows
}

/// Rows of a lookup: some keys of the facts are missing, some of its own nobody uses.
fn lookup_rows(random: &mut Random, is_unique: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    while rows.len() < 12 && random.one_more(6) {
        let tenant = tenant(random, 4);
        let key = nullable(random, |random| Value::integer(id(random)));
        let label = nullable(random, |random| value(random, "text"));
        let is_live = nullable(random, |random| Value::Boolean(!random.once_in(2)));
        if !is_unique || rows.iter().all(|row| row[1] != key) {
            rows.push(vec![tenant, key, label, is_live]);
        }
    }
    rows
}

pub fn tenant(random: &mut Random, times: usize) -> Value {
    Value::integer(if random.once_in(times) { 2 } else { 1 })
}

pub fn id(random: &mut Random) -> i64 {
    101 + small(random, 6)
}

pub fn nullable(random: &mut Random, make: impl FnOnce(&mut Random) -> Value) -> Value {
    match random.once_in(6) {
        true => Value::Null,
        false => make(random),
    }
}

pub fn small(random: &mut Random, bound: usize) -> i64 {
    i64::try_from(random.below(bound)).expect("small")
}

/// A value of a type, a few of which are much more frequent than others.
pub fn value(random: &mut Random, of: Type) -> Value {
    match of {
        "integer" => Value::integer(*random.pick(&[1, 2, 0, 3, -1, 5, -3, 8, 4, -2, 7, 6])),
        "decimal" => match random.below(3) {
            0 => Value::integer(*random.pick(&[1, 0, 2, 3, 4, 5])),
            _ => Value::Number(hundredths(i128::from(small(random, 1200) - 200))),
        },
        "text" => Value::Text((*random.pick(&KINDS)).to_owned()),
        "date" => Value::Date(days_of(2024, 1, 1) + small(random, 130) - 45 * small(random, 2)),
        "boolean" => Value::Boolean(random.once_in(2)),
        _ => panic!("no type {of}"),
    }
}

pub fn hundredths(count: i128) -> Number {
    let number = Number::integer(count).over(Number::integer(100));
    number.expect("a hundred is not zero")
}

pub fn constant(value: i64) -> Expr {
    Expr::Constant(Value::integer(value))
}

fn aggregate(random: &mut Random) -> Aggregate {
    let kinds = [
        "COUNT",
        "SUM",
        "SUM",
        "SUM",
        "COUNT DISTINCT",
        "SUM DISTINCT",
        "AVG",
        "MIN",
        "MAX",
    ];
    let kind = *random.pick(&kinds);
    let depth = random.below(3);
    let argument = match kind {
        "COUNT" if !random.once_in(2) => None,
        "COUNT" | "COUNT DISTINCT" => Some(Expr::Reference(1 + random.below(FLAG))),
        _ => Some(amount(random, depth)),
    };
    let filter = random.once_in(3).then(|| condition(random, 1));
    Aggregate {
        kind,
        argument,
        filter,
    }
}

fn aggregates(random: &mut Random) -> Definition {
    let count = 1 + usize::from(random.once_in(2));
    let list: Vec<Aggregate> = (0..count).map(|_| aggregate(random)).collect();
    let first = Expr::Reference(0);
    let above = match (count, random.once_in(6)) {
        (1, false) => first,
        (1, true) => Expr::Call("COALESCE", vec![first, constant(0)]),
        _ => {
            let operator = *random.pick(&['+', '-', '/', '*']);
            binary(operator, first, Expr::Reference(1))
        }
    };
    Definition::Aggregates(list, above)
}

/// A formula over metrics that are numbers, the last ones sooner than the first, so that it gets deep.
fn formula(random: &mut Random, below: &[Metric], depth: usize) -> Expr {
    let numbers: Vec<usize> = (0..below.len())
        .filter(|at| below[*at].value_type == "decimal")
        .collect();
    if depth == 0 {
        let recent = numbers.len().saturating_sub(3);
        return match random.below(6) {
            0..3 => Expr::Reference(*random.pick(&numbers)),
            3 | 4 => Expr::Reference(*random.pick(&numbers[recent..])),
            _ => literal(random, "decimal"),
        };
    }
    numeric(random, depth, &mut |random, depth| {
        formula(random, below, depth)
    })
}

/// Levels of metrics each of which uses the one below twice.
fn diamond(random: &mut Random, metrics: &mut Vec<Metric>) {
    while metrics.len() < 26 && random.one_more(6) {
        let below = metrics
            .iter()
            .rposition(|metric| metric.value_type == "decimal");
        let below = Expr::Reference(below.expect("the first is a number"));
        let formula = match random.below(3) {
            0 => binary('+', below.clone(), below),
            1 => binary('-', constant(1), binary('/', below.clone(), below)),
            _ => Expr::Call(
                "COALESCE",
                vec![below.clone(), binary('*', constant(2), below)],
            ),
        };
        metrics.push(plain_metric("decimal", Definition::Formula(formula)));
    }
}

/// Gives some of the metrics to the second source. A source has all parts of what it has; what has parts
/// of both is derived over them.
fn at_home(random: &mut Random, metrics: &mut [Metric]) {
    for at in 0..metrics.len() {
        let (below, rest) = metrics.split_at_mut(at);
        let metric = &mut rest[0];
        let parts = |definition: &Definition| match definition {
            Definition::Formula(formula) => formula.references(),
            Definition::Aggregates(..) => Vec::new(),
        };
        let is_at = |definition: &Definition, home: Option<usize>| {
            let mut parts = parts(definition).into_iter();
            parts.all(|part| below[part].home == home)
        };
        let homes = [Some(0), Some(1)];
        let is_formula = |of: &Definition| matches!(of, Definition::Formula(_));
        let whole = homes.into_iter().find(|home| {
            let mut variants = metric.variants.iter();
            is_at(&metric.definition, *home) && variants.all(|(_, of)| is_at(of, *home))
        });
        metric.home = match (is_formula(&metric.definition), whole) {
            (true, Some(home)) if !random.once_in(4) => home,
            // A formula of constants alone needs a source that has it.
            (true, home) if parts(&metric.definition).is_empty() => home.flatten().or(Some(0)),
            (true, _) => None,
            (false, _) => *random.pick(&homes),
        };
        let home = metric.home;
        // All of them or none, since some decide where others meet.
        let all_fit = metric.variants.iter().all(|(_, of)| match home {
            Some(_) => is_at(of, home),
            None => !parts(of).is_empty(),
        });
        if !all_fit {
            metric.variants.clear();
        }
    }
}

/// A metric of which nothing is said but its definition.
pub fn plain_metric(value_type: Type, definition: Definition) -> Metric {
    Metric {
        home: Some(0),
        value_type,
        definition,
        of_source: None,
        filter: None,
        null_as: None,
        variants: Vec::new(),
        is_gated: false,
        of_column: None,
        timing: Timing::default(),
    }
}

/// The most metrics with rows in time of their own. Each can double the frames of those below it, and those of
/// two periods are no more than the limit on frames then.
const TIMED: usize = 4;

/// Gives some of the metrics rows in time of their own. A window over a window is refused, and so is a formula
/// that picks.
fn timings(random: &mut Random, metrics: &mut [Metric], dimensions: &[Dimension]) {
    let is_date = |at: &usize| {
        let dimension = &dimensions[*at];
        let is_own = dimension.is_offered && dimension.path.is_empty();
        is_own && matches!(dimension.value, Expr::Reference(DAY | PAID))
    };
    let dates: Vec<usize> = (0..dimensions.len()).filter(is_date).collect();
    let mut is_windowed: Vec<bool> = Vec::new();
    let mut timed = 0;
    for metric in metrics {
        let variants = metric.variants.iter().map(|(_, definition)| definition);
        let definitions = variants
            .chain([&metric.definition])
            .chain(&metric.of_source);
        let formulas: Vec<&Expr> = definitions
            .filter_map(|definition| match definition {
                Definition::Formula(formula) => Some(formula),
                Definition::Aggregates(..) => None,
            })
            .collect();
        let mut below = formulas.iter().flat_map(|formula| formula.references());
        let rests_on_window = below.any(|part| is_windowed[part]);
        let may_pick = formulas.is_empty() && !dates.is_empty();
        let kind = if random.once_in(3) && timed < TIMED {
            1 + random.below(5)
        } else {
            0
        };
        timed += usize::from(kind > 0);
        if matches!(kind, 1 | 4) {
            metric.timing.offset = Some((1 + small(random, 3), *random.pick(&GRAINS)));
        }
        if matches!(kind, 2 | 4 | 5) && !rests_on_window {
            metric.timing.window = Some(match random.below(3) {
                0 => Window::Cumulative,
                1 => Window::Rolling(1 + small(random, 9), random.pick::<&str>(&GRAINS)),
                _ => Window::ToDate(random.pick::<&str>(&GRAINS)),
            });
        }
        if matches!(kind, 3 | 5) && may_pick {
            metric.timing.pick = Some((*random.pick(&dates), random.once_in(3)));
        }
        is_windowed.push(rests_on_window || metric.timing.window.is_some());
    }
}

fn metric(random: &mut Random, below: &[Metric], is_base: bool, toggles: &[Vec<Choice>]) -> Metric {
    // The first is a number, so that formulas have one.
    if is_base && !below.is_empty() && random.once_in(6) {
        let column = *random.pick(&[DAY, KIND]);
        let list = vec![Aggregate {
            kind: random.pick::<&str>(&["MIN", "MAX"]),
            argument: Some(Expr::Reference(column)),
            filter: random.once_in(3).then(|| condition(random, 1)),
        }];
        let definition = Definition::Aggregates(list, Expr::Reference(0));
        return plain_metric(COLUMNS[column].1, definition);
    }
    let filter = (is_base && random.once_in(4)).then(|| condition(random, 1));
    let may_derive = filter.is_none() && !below.is_empty();
    let define = |random: &mut Random, is_base: bool| match is_base {
        true => aggregates(random),
        false => {
            let depth = 1 + random.below(2);
            Definition::Formula(formula(random, below, depth))
        }
    };
    let mut metric = plain_metric("decimal", define(random, is_base));
    metric.of_source = (is_base && random.once_in(5)).then(|| aggregates(random));
    metric.filter = filter;
    metric.null_as = random
        .once_in(6)
        .then(|| hundredths(*random.pick(&[0, 150, -200])));
    metric.is_gated = random.once_in(20);
    if random.once_in(2) {
        for when in variants(random, toggles) {
            let is_base = !may_derive || random.once_in(3);
            metric.variants.push((when, define(random, is_base)));
        }
    }
    metric
}

/// Options alone and in pairs; where single ones of two toggles meet, a pair decides (R5).
fn variants(random: &mut Random, toggles: &[Vec<Choice>]) -> Vec<Vec<(usize, usize)>> {
    let mut found: Vec<Vec<(usize, usize)>> = Vec::new();
    for (toggle, choices) in toggles.iter().enumerate() {
        let options = (0..choices.len()).filter(|_| random.once_in(3));
        found.extend(options.map(|option| vec![(toggle, option)]));
    }
    if let [left, right] = toggles {
        for pair in
            (0..left.len()).flat_map(|left| (0..right.len()).map(move |right| (left, right)))
        {
            let pair = vec![(0, pair.0), (1, pair.1)];
            let meet = pair.iter().all(|option| found.contains(&vec![*option]));
            if meet || random.once_in(8) {
                found.push(pair);
            }
        }
    }
    found
}
