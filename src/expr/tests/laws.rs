//! Laws that hold for every tree and every text.

use proptest::prelude::*;

use super::*;
use crate::expr::functions::{Callee, Function};
use crate::expr::{BaseType, BinaryOp, Call, DateField, Test, TypeName};

/// Trees as the parser makes them, of constructs that print without a guard.
fn trees() -> impl Strategy<Value = Expr<WrittenName>> {
    let name = prop_oneof!["[a-z]{1,3}", "[A-Z \"é]{1,3}", Just("order".to_owned())];
    let leaf = prop_oneof![
        name.prop_map(|name| Expr::Reference(WrittenName::Column {
            qualifier: Some("o".into()),
            name: name.into(),
        })),
        Just(Expr::Null),
        any::<bool>().prop_map(Expr::Boolean),
        "[1-9][0-9]{0,3}(\\.[0-9]{1,2})?".prop_map(|digits| Expr::Number(digits.into())),
        "[a-z'\"%_{}$;é-]{0,5}".prop_map(|text| Expr::Text(text.into())),
        Just(Expr::Typed(plain(BaseType::Date), "2026-01-31".into())),
        Just(Expr::Typed(plain(BaseType::Interval), "1 day".into())),
    ];
    leaf.prop_recursive(6, 60, 4, |inner| {
        let part = inner.clone().prop_map(Box::new);
        let negated = any::<bool>();
        prop_oneof![
            number(inner.clone()).prop_map(|operand| Expr::Negate(Box::new(operand))),
            condition(inner.clone()).prop_map(|operand| Expr::Not(Box::new(operand))),
            prop::collection::vec(condition(inner.clone()), 2..4).prop_map(|operands| {
                Expr::And(flatten(operands, |expr| match expr {
                    Expr::And(operands) => Ok(operands),
                    other => Err(other),
                }))
            }),
            prop::collection::vec(condition(inner.clone()), 2..4).prop_map(|operands| {
                Expr::Or(flatten(operands, |expr| match expr {
                    Expr::Or(operands) => Ok(operands),
                    other => Err(other),
                }))
            }),
            (sums(), number(inner.clone()), number(inner.clone()))
                .prop_map(|(op, left, right)| Expr::Binary(op, left.into(), right.into())),
            (comparisons(), part.clone(), part.clone())
                .prop_map(|(op, left, right)| Expr::Binary(op, left, right)),
            (part.clone(), tests(), negated).prop_map(|(operand, test, negated)| Expr::Is {
                operand,
                test,
                negated
            }),
            (part.clone(), part.clone(), part.clone(), negated).prop_map(
                |(operand, low, high, negated)| Expr::Between {
                    operand,
                    low,
                    high,
                    negated
                }
            ),
            (
                part.clone(),
                prop::collection::vec(inner.clone(), 1..4),
                negated
            )
                .prop_map(|(operand, mut list, negated)| {
                    list.retain(|item| *item != Expr::Null);
                    list.push(Expr::Number("1".into()));
                    Expr::In {
                        operand,
                        list,
                        negated,
                    }
                }),
            (part.clone(), part.clone(), any::<bool>(), negated).prop_map(
                |(operand, pattern, ignores_case, negated)| Expr::Like {
                    operand,
                    pattern,
                    escape: None,
                    ignores_case,
                    negated
                }
            ),
            (
                prop::option::of(part.clone()),
                prop::collection::vec((condition(inner.clone()), inner.clone()), 1..3),
                prop::option::of(part.clone()),
            )
                .prop_map(|(operand, branches, otherwise)| Expr::Case {
                    operand,
                    branches,
                    otherwise
                }),
            part.clone().prop_map(|operand| match *operand {
                Expr::Text(_) => Expr::Null,
                _ => Expr::Cast(operand, plain(BaseType::Date)),
            }),
            part.clone().prop_map(|operand| Expr::Cast(
                operand,
                TypeName {
                    base: BaseType::Numeric,
                    modifiers: (Some(12), Some(2)),
                }
            )),
            part.clone()
                .prop_map(|operand| Expr::Extract(DateField::IsoYear, operand)),
            part.prop_map(|operand| Expr::AtTimeZone(operand, Box::new(Expr::Text("UTC".into())))),
            prop::collection::vec(inner, 1..4).prop_map(|arguments| Expr::Call(Call {
                function: Callee::Known(Function::Coalesce),
                arguments,
                is_star: false,
                is_distinct: false,
                filter: None,
                within_group: None,
            })),
        ]
    })
}

fn plain(base: BaseType) -> TypeName {
    TypeName {
        base,
        modifiers: (None, None),
    }
}

/// What the parser does not refuse as an operand of `AND`: texts and numbers become columns.
fn condition(
    inner: impl Strategy<Value = Expr<WrittenName>>,
) -> impl Strategy<Value = Expr<WrittenName>> {
    use crate::expr::types::{Plain, outermost};
    inner.prop_map(|expr| match outermost(&expr) {
        Some(Plain::Condition) | None => expr,
        _ => Expr::Null,
    })
}

fn number(
    inner: impl Strategy<Value = Expr<WrittenName>>,
) -> impl Strategy<Value = Expr<WrittenName>> {
    use crate::expr::types::{Plain, outermost};
    inner.prop_map(|expr| match outermost(&expr) {
        Some(Plain::Number) | None => expr,
        _ => Expr::Null,
    })
}

/// The operands of a flat node, or another expression as it is.
type Opened = Result<Vec<Expr<WrittenName>>, Expr<WrittenName>>;

fn flatten(
    operands: Vec<Expr<WrittenName>>,
    open: fn(Expr<WrittenName>) -> Opened,
) -> Vec<Expr<WrittenName>> {
    operands
        .into_iter()
        .flat_map(|operand| open(operand).unwrap_or_else(|other| vec![other]))
        .collect()
}

fn sums() -> impl Strategy<Value = BinaryOp> {
    prop::sample::select(vec![BinaryOp::Add, BinaryOp::Subtract, BinaryOp::Multiply])
}

fn comparisons() -> impl Strategy<Value = BinaryOp> {
    prop::sample::select(vec![
        BinaryOp::Concat,
        BinaryOp::Equal,
        BinaryOp::NotEqual,
        BinaryOp::Less,
        BinaryOp::GreaterOrEqual,
        BinaryOp::IsDistinctFrom,
        BinaryOp::IsNotDistinctFrom,
        BinaryOp::JsonField,
        BinaryOp::JsonText,
        BinaryOp::JsonPathText,
        BinaryOp::Contains,
        BinaryOp::Matches,
        BinaryOp::MatchesIgnoringCase,
    ])
}

fn tests() -> impl Strategy<Value = Test> {
    prop::sample::select(vec![Test::Null, Test::True, Test::False, Test::Unknown])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_reads_as_itself(expr in trees()) {
        let printed = print(&expr, Dialect::Postgres).unwrap();
        let again = read(Kind::Row, &printed).map_err(|errors| {
            TestCaseError::fail(format!("{printed}: {errors:?}"))
        })?;
        prop_assert_eq!(&again, &expr, "{}", printed);
        prop_assert_eq!(expr.nodes(), again.nodes());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        for kind in [Kind::Metric, Kind::Row, Kind::Join, Kind::Formula] {
            check_spans(&text, read(kind, &text));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let text = String::from_utf8_lossy(&bytes);
        for kind in [Kind::Metric, Kind::Row, Kind::Join, Kind::Formula] {
            check_spans(&text, read(kind, &text));
        }
    }

    #[test]
    fn no_row_of_tokens_panics(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..14)) {
        let text = words.join(" ");
        for kind in [Kind::Metric, Kind::Row, Kind::Join, Kind::Formula] {
            let found = read(kind, &text);
            if let Ok(expr) = &found {
                // What is printed once is what is printed of what was printed.
                let printed = print(expr, Dialect::Postgres).unwrap();
                let _ = print(expr, Dialect::Sqlite);
                if kind == Kind::Row {
                    let again = read(kind, &printed).map_err(|errors| {
                        TestCaseError::fail(format!("{text}: {printed}: {errors:?}"))
                    })?;
                    prop_assert_eq!(print(&again, Dialect::Postgres).unwrap(), printed);
                }
            }
            check_spans(&text, found);
        }
    }
}

/// Pieces that texts are made of.
const WORDS: &[&str] = &[
    "a",
    "b",
    "o.c",
    "\"D\"",
    "1",
    "0.5",
    "'x'",
    "NULL",
    "TRUE",
    "(",
    ")",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "=",
    "<>",
    "<",
    "->",
    "->>",
    "#>>",
    "@>",
    "~",
    "::",
    "int",
    "date",
    "text",
    "AND",
    "OR",
    "NOT",
    "IS",
    "NULL",
    "IN",
    "BETWEEN",
    "LIKE",
    "ESCAPE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "CAST",
    "AS",
    "sum",
    "count",
    "lower",
    "round",
    "ln",
    "coalesce",
    "FILTER",
    "WHERE",
    "DISTINCT",
    "FROM",
    "EXTRACT",
    "year",
    "AT",
    "TIME",
    "ZONE",
    "'UTC'",
    "INTERVAL",
    "'1 day'",
    "{source}",
    ".",
    "{value}",
    "SELECT",
    "rate",
    "date_trunc",
    "'month'",
];

fn check_spans(text: &str, found: Result<Expr<WrittenName>, Vec<FragmentError>>) {
    if let Err(errors) = found {
        assert!(!errors.is_empty());
        for error in errors {
            assert!(
                text.get(error.span.clone()).is_some(),
                "{text:?}: {error:?}"
            );
            assert!(!error.error.to_string().contains('\n'));
        }
    }
}

/// The accepted table, printed and read again, prints the same.
#[test]
fn printing_is_a_fixed_point() {
    let mut count = 0;
    for block in blocks(ACCEPTED) {
        if !matches!(block.kind, Kind::Metric | Kind::Row) {
            continue;
        }
        let printed = postgres(block.kind, block.text);
        // A root prints its argument twice, in a form that holds a root.
        if !printed.contains("sqrt(") {
            assert_eq!(postgres(block.kind, &printed), printed, "{}", block.text);
            count += 1;
        }
    }
    assert!(count > 200);
}

/// Every walk over the deepest trees of the limits, on a small stack.
#[test]
fn deep_trees_fit_on_a_small_stack() {
    const STACK: usize = 256 << 10;
    let depth = Limits::default().fragment_depth;
    let texts = [
        format!("{}a{}", "lower(".repeat(depth - 1), ")".repeat(depth - 1)),
        format!("{}a{}", "a * (".repeat(depth - 1), ")".repeat(depth - 1)),
        format!("{}a", "a - (".repeat(depth - 1)) + &")".repeat(depth - 1),
        format!(
            "{}a{}",
            "CASE WHEN a THEN ".repeat(depth - 1),
            " END".repeat(depth - 1)
        ),
        format!("{}a{}", "NOT (".repeat(depth - 1), ")".repeat(depth - 1)),
        format!("{}a{}", "a IN (".repeat(depth - 1), ")".repeat(depth - 1)),
        format!("{}a{}", "a LIKE (".repeat(depth - 1), ")".repeat(depth - 1)),
        format!(
            "{}a{}",
            "a BETWEEN a AND (".repeat(depth - 1),
            ")".repeat(depth - 1)
        ),
        format!(
            "{}a{}",
            "a AND (a OR (".repeat(depth / 2 - 1),
            "))".repeat(depth / 2 - 1)
        ),
        format!(
            "{}a{}",
            "CAST(".repeat(depth - 1),
            " AS text)".repeat(depth - 1)
        ),
        format!(
            "{}a{}",
            "EXTRACT(year FROM ".repeat(depth - 1),
            ")".repeat(depth - 1)
        ),
        format!(
            "{}a{}",
            "coalesce(a, TRIM(a FROM ".repeat(depth / 2 - 1),
            "))".repeat(depth / 2 - 1)
        ),
        "(".repeat(16_000),
        "NOT ".repeat(4_000),
        "sqrt(".repeat(3_000),
        "CASE ".repeat(3_000),
    ];
    let walk = move || {
        let mut accepted = 0;
        for text in &texts {
            let Ok(expr) = read(Kind::Row, text) else {
                continue;
            };
            accepted += 1;
            assert_eq!(expr, expr.clone());
            assert!(expr.depth() <= Limits::default().fragment_depth);
            assert!(expr.nodes() <= Limits::default().fragment_nodes);
            let _ = crate::expr::hazard::hazard(&expr, &declared);
            let _ = crate::expr::types::session_dependence(&expr, &declared);
            let _ = crate::expr::aggregate::split(&expr);
            for dialect in Dialect::ALL {
                let _ = print(&expr, dialect);
            }
            let mut references = 0;
            expr.for_each_reference(&mut |_| references += 1);
            assert!(references > 0);
        }
        accepted
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(walk);
    assert_eq!(thread.unwrap().join().unwrap(), 12);
}

/// Forms that print a part twice stay bounded.
#[test]
fn nested_doubling_is_refused_not_printed() {
    let nested = |function: &str, count: usize| {
        let text = format!(
            "{}a{}",
            format!("{function}(").repeat(count),
            ")".repeat(count)
        );
        read(Kind::Row, &text).unwrap()
    };
    assert!(print(&nested("sqrt", 4), Dialect::Postgres).is_ok());
    assert!(print(&nested("sqrt", 60), Dialect::Postgres).is_err());
    assert!(print(&nested("ln", 60), Dialect::Postgres).unwrap().len() < 4_000);
    let pairs = format!("{}a{}", "least(b, ".repeat(60), ")".repeat(60));
    assert!(print(&read(Kind::Row, &pairs).unwrap(), Dialect::Sqlite).is_err());
    assert!(print(&read(Kind::Row, &pairs).unwrap(), Dialect::Postgres).is_ok());
}
