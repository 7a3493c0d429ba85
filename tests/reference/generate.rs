//! Random catalogs and rows. Everything made here is meant to compile.

use super::expression::Expr;
use super::model::{
    AMOUNT, Aggregate, AggregateKind, CAMPAIGN, COLUMNS, COST, DAY, Definition, Dimension, FLAG,
    KIND, Lookup, LookupRow, Metric, QTY, SELLER, Table, Type, World,
};
use super::number::Number;
use super::value::{Value, days_of};
use crate::support::random::Random;

const KINDS: [&str; 9] = ["a", "A", "ab", "b%", "o'neil", "x_y", "", "B!", "abba"];
pub(super) const CAMPAIGNS: usize = 0;
pub(super) const SELLERS: usize = 1;

pub fn world(random: &mut Random) -> World {
    let dimensions = dimensions(random);
    let toggles = vec![2 + random.below(2), 2 + random.below(2)];
    let mut metrics: Vec<Metric> = Vec::new();
    let bases = 4 + random.below(3);
    for _ in 0..bases + 3 + random.below(4) {
        let next = metric(random, &metrics, bases, &toggles);
        metrics.push(next);
    }
    let unique = dimensions
        .iter()
        .filter_map(|d| d.lookup)
        .any(|l| l.is_unique);
    World {
        base_filter: random.once_in(5).then(|| condition(random, 2)),
        dimensions,
        metrics,
        toggles,
        last_is_paid: random.once_in(2),
        switch: vec![CAMPAIGNS, SELLERS],
        rows: rows(random),
        campaigns: lookup_rows(random, unique),
        sellers: lookup_rows(random, unique),
    }
}

fn dimensions(random: &mut Random) -> Vec<Dimension> {
    let is_unique = random.once_in(5);
    let mut lookup = |table| {
        let only_live = random.once_in(3);
        Some(Lookup {
            table,
            only_live,
            is_unique,
        })
    };
    let (campaigns, sellers, other) = (
        lookup(Table::Campaigns),
        lookup(Table::Sellers),
        lookup(Table::Campaigns),
    );
    let plain = |key, column: usize| Dimension {
        key,
        value: Expr::Reference(column),
        value_type: COLUMNS[column].1,
        lookup: None,
    };
    vec![
        Dimension {
            lookup: campaigns,
            ..plain("campaign", CAMPAIGN)
        },
        Dimension {
            lookup: sellers,
            ..plain("seller", SELLER)
        },
        plain("kind", KIND),
        plain("quantity", QTY),
        plain("price", AMOUNT),
        plain("flag", FLAG),
        plain("day", DAY),
        Dimension {
            key: "size",
            value: text(random, 2),
            value_type: Type::Text,
            lookup: None,
        },
        Dimension {
            key: "half",
            value: binary('/', Expr::Reference(QTY), constant(2)),
            value_type: Type::Decimal,
            lookup: None,
        },
        Dimension {
            key: "own_campaign",
            value: Expr::Call(
                "COALESCE",
                vec![Expr::Reference(CAMPAIGN), Expr::Reference(SELLER)],
            ),
            value_type: Type::Integer,
            lookup: other,
        },
        Dimension {
            key: "is_dear",
            value: condition(random, 1),
            value_type: Type::Boolean,
            lookup: None,
        },
    ]
}

fn rows(random: &mut Random) -> Vec<Vec<Value>> {
    let count = match random.below(16) {
        0 => 0,
        1 => 1,
        _ => 4 + random.below(37),
    };
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for _ in 0..count {
        if !rows.is_empty() && random.once_in(8) {
            rows.push(random.pick(&rows).clone());
            continue;
        }
        let tenant = if random.once_in(6) { 2 } else { 1 };
        let mut row = vec![Value::integer(tenant)];
        for (_, of) in &COLUMNS[1..DAY + 1] {
            row.push(cell(random, *of));
        }
        for _ in [CAMPAIGN, SELLER] {
            row.push(nullable(random, |random| Value::integer(id(random))));
        }
        for (_, of) in &COLUMNS[KIND..] {
            row.push(cell(random, *of));
        }
        rows.push(row);
    }
    rows
}

fn lookup_rows(random: &mut Random, is_unique: bool) -> Vec<LookupRow> {
    let mut rows: Vec<LookupRow> = Vec::new();
    for _ in 0..random.below(12) {
        let key = nullable(random, |random| Value::integer(id(random)));
        if is_unique && rows.iter().any(|row| row.key == key) {
            continue;
        }
        rows.push(LookupRow {
            tenant: if random.once_in(4) { 2 } else { 1 },
            key,
            label: cell(random, Type::Text),
            is_live: cell(random, Type::Boolean),
        });
    }
    rows
}

pub(super) fn id(random: &mut Random) -> i64 {
    i64::try_from(101 + random.below(6)).expect("a small number")
}

fn nullable(random: &mut Random, make: impl FnOnce(&mut Random) -> Value) -> Value {
    if random.once_in(6) {
        Value::Null
    } else {
        make(random)
    }
}

fn cell(random: &mut Random, of: Type) -> Value {
    nullable(random, |random| value(random, of))
}

pub(super) fn value(random: &mut Random, of: Type) -> Value {
    let below = |random: &mut Random, bound| i64::try_from(random.below(bound)).expect("small");
    match of {
        Type::Integer => Value::integer(below(random, 12) - 3),
        Type::Decimal => match random.below(3) {
            0 => Value::integer(below(random, 6)),
            _ => Value::Number(Number::hundredths(i128::from(below(random, 1200) - 200))),
        },
        Type::Text => Value::text(random.pick::<&str>(&KINDS)),
        Type::Date => Value::Date(days_of(2023, 11, 20) + below(random, 130)),
        Type::Boolean => Value::Boolean(random.once_in(2)),
    }
}

fn constant(value: i64) -> Expr {
    Expr::Constant(Value::integer(value))
}

fn binary(operator: char, left: Expr, right: Expr) -> Expr {
    Expr::Arithmetic(operator, Box::new(left), Box::new(right))
}

/// A constant of the fragments: a number that is not negative, or any other value.
fn literal(random: &mut Random, of: Type) -> Expr {
    Expr::Constant(match (of, value(random, of)) {
        (_, Value::Number(number)) => Value::Number(number.absolute()),
        (_, value) => value,
    })
}

/// A number of a row.
fn amount(random: &mut Random, depth: usize) -> Expr {
    let column = *random.pick(&[QTY, AMOUNT, COST]);
    if depth == 0 {
        return Expr::Reference(column);
    }
    numeric(random, depth, &mut |random, depth| match random.below(5) {
        0 => literal(random, COLUMNS[column].1),
        _ => amount(random, depth),
    })
}

/// A number computed from others.
fn numeric(
    random: &mut Random,
    depth: usize,
    part: &mut dyn FnMut(&mut Random, usize) -> Expr,
) -> Expr {
    let below = depth - 1;
    match random.below(12) {
        0..3 => binary(
            *random.pick(&['+', '-']),
            part(random, below),
            part(random, below),
        ),
        3 => binary('*', part(random, below), part(random, 0)),
        4 | 5 => binary('/', part(random, below), part(random, below)),
        6 => Expr::Call(
            random.pick::<&str>(&["COALESCE", "GREATEST", "LEAST"]),
            vec![part(random, below), part(random, 0)],
        ),
        7 => Expr::Call("NULLIF", vec![part(random, below), constant(0)]),
        8 => Expr::Call(
            "ROUND",
            vec![
                part(random, below),
                constant(i64::try_from(random.below(4)).expect("small")),
            ],
        ),
        9 => Expr::Negate(Box::new(Expr::Call("ABS", vec![part(random, below)]))),
        10 => {
            let operator = *random.pick(&["=", "<>", "<", "<=", ">", ">="]);
            let test = Expr::Compare(
                operator,
                Box::new(part(random, 0)),
                Box::new(part(random, 0)),
            );
            let other = (!random.once_in(3)).then(|| Box::new(part(random, 0)));
            Expr::Case(vec![(test, part(random, below))], other)
        }
        _ => binary(
            '%',
            part(random, 0),
            constant(i64::try_from(random.below(4)).expect("small")),
        ),
    }
}

/// A text of a row.
fn text(random: &mut Random, depth: usize) -> Expr {
    match random.below(3) {
        0 => Expr::Call("LOWER", vec![Expr::Reference(KIND)]),
        1 => Expr::Call(
            "COALESCE",
            vec![Expr::Reference(KIND), literal(random, Type::Text)],
        ),
        _ => {
            let branches = (0..depth).map(|_| (condition(random, 1), literal(random, Type::Text)));
            let branches = branches.collect();
            let other = random.once_in(2).then(|| Box::new(Expr::Reference(KIND)));
            Expr::Case(branches, other)
        }
    }
}

/// A truth about a row.
fn condition(random: &mut Random, depth: usize) -> Expr {
    if depth > 0 && random.once_in(2) {
        let mut parts = || vec![condition(random, depth - 1), condition(random, depth - 1)];
        let parts = parts();
        return match random.below(3) {
            0 => Expr::And(parts),
            1 => Expr::Or(parts),
            _ => Expr::Not(Box::new(Expr::Or(parts))),
        };
    }
    let column = *random.pick(&[DAY, CAMPAIGN, KIND, QTY, AMOUNT, COST, FLAG]);
    let (of, reference) = (COLUMNS[column].1, Expr::Reference(column));
    match random.below(7) {
        0 => Expr::IsNull(Box::new(reference), random.once_in(2)),
        1 if of == Type::Boolean => Expr::IsTrue(Box::new(reference), random.once_in(2)),
        _ if of == Type::Boolean => reference,
        2 => {
            let inner = Expr::Compare("<", Box::new(reference), Box::new(literal(random, of)));
            Expr::IsTrue(Box::new(inner), random.once_in(2))
        }
        3 => {
            let other = Box::new(literal(random, of));
            Expr::IsDistinct(Box::new(reference), other, random.once_in(2))
        }
        4 => {
            let [low, high] = [literal(random, of), literal(random, of)].map(Box::new);
            Expr::Between(Box::new(reference), low, high, random.once_in(3))
        }
        1 => {
            let mut list = Vec::new();
            for _ in 0..1 + random.below(3) {
                if let Expr::Constant(value) = literal(random, of) {
                    list.push(value);
                }
            }
            Expr::In(Box::new(reference), list, random.once_in(3))
        }
        _ => {
            let operator = *random.pick(&["=", "<>", "<", "<=", ">", ">="]);
            Expr::Compare(operator, Box::new(reference), Box::new(literal(random, of)))
        }
    }
}

fn aggregate(random: &mut Random) -> Aggregate {
    use AggregateKind::{Average, Count, CountDistinct, Greatest, Least, Sum, SumDistinct};
    let kinds = [
        Count,
        CountDistinct,
        Sum,
        Sum,
        Sum,
        SumDistinct,
        Average,
        Least,
        Greatest,
    ];
    let kind = *random.pick(&kinds);
    let depth = random.below(3);
    let argument = match kind {
        Count if random.once_in(2) => None,
        Count | CountDistinct => Some(Expr::Reference(1 + random.below(FLAG))),
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
    let list: Vec<Aggregate> = (0..1 + random.below(2))
        .map(|_| aggregate(random))
        .collect();
    let above = match (list.len(), random.once_in(6)) {
        (1, false) => Expr::Reference(0),
        (1, true) => Expr::Call("COALESCE", vec![Expr::Reference(0), constant(0)]),
        _ => binary(
            *random.pick(&['+', '-', '/', '*']),
            Expr::Reference(0),
            Expr::Reference(1),
        ),
    };
    Definition::Aggregates(list, above)
}

/// A formula over metrics that are numbers, the last ones sooner than the first, so that it gets deep.
fn formula(random: &mut Random, below: &[Metric], depth: usize) -> Expr {
    let numbers: Vec<usize> = (0..below.len())
        .filter(|at| below[*at].value_type == Type::Decimal)
        .collect();
    if depth == 0 {
        let recent = numbers.len().saturating_sub(3);
        return match random.below(6) {
            0 => literal(random, Type::Decimal),
            1 | 2 => Expr::Reference(*random.pick(&numbers[recent..])),
            _ => Expr::Reference(*random.pick(&numbers)),
        };
    }
    numeric(random, depth, &mut |random, depth| {
        formula(random, below, depth)
    })
}

fn metric(random: &mut Random, below: &[Metric], bases: usize, toggles: &[usize]) -> Metric {
    let is_base = below.len() < bases;
    // The first is a number, so that formulas have one.
    if is_base && !below.is_empty() && random.once_in(6) {
        let column = *random.pick(&[DAY, KIND]);
        let kind = *random.pick(&[AggregateKind::Least, AggregateKind::Greatest]);
        let argument = Some(Expr::Reference(column));
        let filter = random.once_in(3).then(|| condition(random, 1));
        let list = vec![Aggregate {
            kind,
            argument,
            filter,
        }];
        return Metric {
            value_type: COLUMNS[column].1,
            definition: Definition::Aggregates(list, Expr::Reference(0)),
            of_source: None,
            filter: None,
            null_as: None,
            variants: Vec::new(),
        };
    }
    let filter = (is_base && random.once_in(4)).then(|| condition(random, 1));
    let may_derive = filter.is_none() && !below.is_empty();
    let mut define = |is_base: bool| match is_base {
        true => aggregates(random),
        false => {
            let depth = 1 + random.below(2);
            Definition::Formula(formula(random, below, depth))
        }
    };
    let definition = define(is_base);
    let definitions: Vec<Definition> = (0..16)
        .map(|at| define(!may_derive || at % 3 == 0))
        .collect();
    let variants = if random.once_in(2) {
        variants(random, toggles)
    } else {
        Vec::new()
    };
    Metric {
        value_type: Type::Decimal,
        definition,
        of_source: (is_base && random.once_in(5)).then(|| aggregates(random)),
        filter,
        null_as: random
            .once_in(6)
            .then(|| Number::hundredths(*random.pick(&[0, 150, -200]))),
        variants: variants.into_iter().zip(definitions).collect(),
    }
}

/// Options alone and in pairs; where single ones of both toggles meet, a pair decides.
fn variants(random: &mut Random, toggles: &[usize]) -> Vec<Vec<(usize, usize)>> {
    let mut single = [Vec::new(), Vec::new()];
    for (toggle, options) in toggles.iter().enumerate() {
        for option in 0..*options {
            if random.once_in(3) {
                single[toggle].push(option);
            }
        }
    }
    let mut found: Vec<Vec<(usize, usize)>> = Vec::new();
    for (toggle, options) in single.iter().enumerate() {
        found.extend(options.iter().map(|option| vec![(toggle, *option)]));
    }
    for left in 0..toggles[0] {
        for right in 0..toggles[1] {
            let meet = single[0].contains(&left) && single[1].contains(&right);
            if meet || random.once_in(8) {
                found.push(vec![(0, left), (1, right)]);
            }
        }
    }
    found
}
