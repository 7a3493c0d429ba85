use super::*;
use crate::error::ErrorCode;

/// The findings as lines of the table.
fn lines(text: &str, errors: &[FragmentError]) -> Vec<(String, String)> {
    let line = |error: &FragmentError| {
        let place = text
            .get(error.span.clone())
            .unwrap_or("outside of the text");
        let code = error.error.code().to_string();
        (code, format!("[{place}] {}", error.error))
    };
    errors.iter().map(line).collect()
}

#[test]
fn refused_texts_say_why_and_where() {
    let blocks = blocks(REFUSED);
    assert!(blocks.len() > 280, "the table has {} texts", blocks.len());
    let mut wrong = Vec::new();
    for block in blocks {
        let found = match read(block.kind, block.text) {
            Ok(expr) => vec![("accepted".to_owned(), format!("{expr:?}"))],
            Err(errors) => lines(block.text, &errors),
        };
        let is_expected = found.len() == block.below.len()
            && (found.iter().zip(&block.below))
                .all(|((code, rest), (wanted_code, wanted))| code == wanted_code && rest == wanted);
        if !is_expected {
            wrong.push(format!("{}: {found:?}", block.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that a line of the table cannot hold.
#[test]
fn refuses_blank_texts_and_control_characters() {
    let check = |text: &str, expected: &str| {
        let errors = read(Kind::Row, text).unwrap_err();
        assert_eq!(errors[0].error.to_string(), expected, "{text:?}");
    };
    for blank in [
        "",
        "  ",
        "\t\r\n",
        "-- a comment\n",
        "/* a /* nested */ comment */",
    ] {
        check(blank, "expected an expression, found the end");
    }
    let place = |text: &str, expected: &str| {
        let errors = read(Kind::Row, text).unwrap_err();
        assert_eq!(text.get(errors[0].span.clone()), Some(expected), "{text:?}");
    };
    place("b + 'a\0'", "'a\0");
    place("b + \"a\tb\"", "\"a\t");
    place("b + 'a\u{85}b'", "'a\u{85}");
    place("b + 'ab\u{85}'", "'ab\u{85}");
    check("a\0", "a control character");
    check("\u{b}a", "a control character");
    check(
        "'a\0'",
        "a control character in quotes may not be used here",
    );
    check(
        "'a\nb'",
        "a control character in quotes may not be used here",
    );
    check(
        "\"a\tb\"",
        "a control character in quotes may not be used here",
    );
    check(
        "'a\u{85}b'",
        "a control character in quotes may not be used here",
    );
    check(
        "'a\u{7f}'",
        "a control character in quotes may not be used here",
    );
    check("'a'\n'b'", "a string follows a string");
    check("'a' -- c\n 'b'", "a string follows a string");
    check(
        "a\u{a0}+ b",
        "a character beyond ASCII stands outside of quotes",
    );
    check(
        "a\u{feff}",
        "a character beyond ASCII stands outside of quotes",
    );
}

#[test]
fn help_names_the_way_out() {
    let check = |kind: Kind, text: &str, expected: &str| {
        let errors = read(kind, text).unwrap_err();
        let help = errors[0].help.as_ref().map(ToString::to_string);
        assert_eq!(help.as_deref(), Some(expected), "{text}");
    };
    check(Kind::Row, "lowr(a)", "did you mean `lower`?");
    check(Kind::Row, "net_revenu(a)", "did you mean `net_revenue`?");
    check(
        Kind::Row,
        "order",
        "a column of this name is written \"order\"",
    );
    check(Kind::Row, "a::boolaen", "did you mean `boolean`?");
    check(Kind::Row, "date_trunc('mont', a)", "did you mean `month`?");
    check(Kind::Metric, "a", "write `SUM(a)` or another aggregate");
    check(Kind::Row, "a ^ 2", "write `POWER(x, y)`");
    check(Kind::Row, "a == 2", "write `=`");
    check(Kind::Row, "a && b", "write `AND`");
    check(
        Kind::Row,
        "a +- b %% c",
        "put a blank between two operators",
    );
    // Only `extract` knows units that nothing is cut to.
    check(Kind::Row, "extract(isodo FROM a)", "did you mean `isodow`?");
    check(
        Kind::Formula,
        "total = a",
        "to compare two metrics, put the comparison into parentheses",
    );
    for text in ["a + )", "a order", "a then"] {
        let errors = read(Kind::Row, text).unwrap_err();
        assert_eq!(errors[0].help, None, "{text}");
    }
    let errors = read(Kind::Row, "date_trunc('isodo', a)").unwrap_err();
    let help = errors[0].help.as_ref().unwrap().to_string();
    assert!(help.contains("month") && !help.contains("dow"), "{help}");
}

#[test]
fn limits_are_named() {
    let check = |text: &str, limits: &Limits, limit: &str| {
        for kind in [FragmentKind::Row, FragmentKind::Metric] {
            let errors = parse_fragment(text, kind, &functions(), limits).unwrap_err();
            let exceeded = errors
                .iter()
                .find(|error| error.error.code() == ErrorCode::LimitExceeded)
                .unwrap_or_else(|| panic!("{limit}: {errors:?}"));
            let message = exceeded.error.to_string();
            assert!(message.contains(limit), "{message}");
        }
    };
    let limits = Limits::default();
    check(&"a".repeat(20_000), &limits, "fragment_bytes");
    check(&"a+".repeat(1_200), &limits, "fragment_depth");
    check(
        &format!("{}a", "a OR ".repeat(2_000)),
        &limits,
        "fragment_nodes",
    );
    check(&"(".repeat(16_000), &limits, "fragment_depth");
    check(&"-(".repeat(8_000), &limits, "fragment_depth");
    check(&"NOT ".repeat(4_000), &limits, "fragment_depth");
    check(&"lower(".repeat(2_700), &limits, "fragment_depth");
    check(&"CASE ".repeat(3_000), &limits, "fragment_depth");
    check(&"1,".repeat(8_192), &limits, "fragment_nodes");
    check(
        "a - - - a",
        &Limits {
            fragment_depth: 2,
            ..Limits::default()
        },
        "fragment_depth",
    );
    check(
        "a + b + c",
        &Limits {
            fragment_nodes: 4,
            ..Limits::default()
        },
        "fragment_nodes",
    );

    // A limit is the most that is allowed; an `AND` or `OR` of several is one node.
    let nodes = |text: &str, fragment_nodes: usize| {
        let limits = Limits {
            fragment_nodes,
            ..Limits::default()
        };
        parse_fragment(text, FragmentKind::Row, &functions(), &limits).is_ok()
    };
    for (text, count) in [
        ("a", 1),
        ("a + b + c", 5),
        ("a OR b OR c OR d", 5),
        ("a AND b AND c AND d", 5),
        ("a OR b OR c AND d", 6),
    ] {
        assert_eq!(read(Kind::Row, text).unwrap().nodes(), count, "{text}");
        assert!(nodes(text, count), "{text}");
        for fewer in 0..count {
            assert!(!nodes(text, fewer), "{text}: {fewer}");
        }
    }
    assert!(read(Kind::Row, &"a".repeat(63)).is_ok());
    assert!(read(Kind::Row, &"a".repeat(64)).is_err());
    let many = read(Kind::Row, &vec!["lowr(a)"; 40].join(" + ")).unwrap_err();
    assert_eq!(many.len(), 20, "as many as anybody reads");

    // Long flat lists are not deep.
    let flat = vec!["a = 1"; 600].join(" AND ");
    assert!(read(Kind::Row, &flat).is_ok());
    let list = format!("a IN ({})", vec!["1"; 1_900].join(", "));
    assert!(read(Kind::Row, &list).is_ok());
}
