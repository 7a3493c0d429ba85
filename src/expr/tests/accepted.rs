use super::*;

#[test]
fn accepted_texts_print_as_the_table_says() {
    let blocks = blocks(ACCEPTED);
    assert!(blocks.len() > 240, "the table has {} texts", blocks.len());
    let mut wrong = Vec::new();
    for block in blocks {
        let expr = match read(block.kind, block.text) {
            Ok(expr) => expr,
            Err(errors) => {
                wrong.push(format!("{}: {errors:?}", block.text));
                continue;
            }
        };
        for (dialect, expected) in block.below {
            let printed = match dialect {
                "postgres" => print(&expr, Dialect::Postgres),
                "sqlite" | "no sqlite" => print(&expr, Dialect::Sqlite),
                other => panic!("`{other}` is no dialect"),
            };
            let found = match (dialect, printed) {
                ("no sqlite", Err(unsupported)) => unsupported.construct,
                ("no sqlite", Ok(printed)) => format!("supported: {printed}"),
                (_, Ok(printed)) => printed,
                (_, Err(unsupported)) => format!("unsupported: {}", unsupported.construct),
            };
            if found != expected {
                wrong.push(format!("{}: {dialect}: {found}", block.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn equal_aggregates_are_one() {
    use crate::expr::aggregate::split;
    let split_of = |text: &str| split(&read(Kind::Metric, text).unwrap()).unwrap();
    let (above, calls) = split_of("SUM(a) / NULLIF(sum(A), 0) + AVG(b) * 2");
    assert_eq!(calls.len(), 2);
    let rendered = render(&above, Dialect::Postgres, &|_| None).unwrap();
    let mut out = String::new();
    rendered.write(&mut out, |position, out| {
        out.push_str(["m0", "m1"][position as usize]);
    });
    assert_eq!(out, "((m0::numeric / NULLIF(m0, 0)) + (m1 * 2))");

    let (_, calls) =
        split_of("SUM(a) FILTER (WHERE .5 = b) + SUM(a) FILTER (WHERE 0.5 = b) + SUM(a)");
    assert_eq!(calls.len(), 2);
    let (_, calls) = split_of("MIN(date_trunc('MONTH', d)) = MIN(date_trunc('month', d))");
    assert_eq!(calls.len(), 1);
    // An aggregate alone is a reference to itself.
    let (above, calls) = split_of("COUNT(*)");
    assert_eq!((above, calls.len()), (Expr::Reference(0), 1));
    assert_eq!(split(&read(Kind::Row, "a + b").unwrap()), None);
}

#[test]
fn a_filter_joins_that_of_the_aggregate() {
    use crate::expr::aggregate::restrict;
    let check = |metric: &str, filter: &str, expected: &str| {
        let Expr::Call(mut call) = read(Kind::Metric, metric).unwrap() else {
            panic!("`{metric}` is no aggregate");
        };
        restrict(&mut call, read(Kind::Row, filter).unwrap());
        assert_eq!(
            print(&Expr::Call(call), Dialect::Postgres).unwrap(),
            expected
        );
    };
    check("COUNT(*)", "a = 1", "count(*) FILTER (WHERE (o.a = 1))");
    check(
        "SUM(x) FILTER (WHERE b)",
        "c AND d",
        "sum(o.x) FILTER (WHERE (o.b AND o.c AND o.d))",
    );
    check(
        "SUM(x) FILTER (WHERE b OR c)",
        "d OR e",
        "sum(o.x) FILTER (WHERE ((o.b OR o.c) AND (o.d OR o.e)))",
    );
}

#[test]
fn holes_and_references_agree() {
    let expr = read(Kind::Row, "least(a, b) + a").unwrap();
    let mut next = 0;
    let numbered = expr
        .try_map(&mut |_| {
            next += 1;
            Ok::<_, ()>(next - 1)
        })
        .unwrap();
    let rendered = render(&numbered, Dialect::Sqlite, &|_| None).unwrap();
    assert_eq!(rendered.references().collect::<Vec<_>>(), [0, 1, 1, 0, 2]);
    let mut out = String::from("> ");
    rendered.write(&mut out, |reference, out| {
        out.push_str(&format!("c{reference}"))
    });
    assert_eq!(out, "> (min(COALESCE(c0, c1), COALESCE(c1, c0)) + c2)");
}
