use super::{Bound, Document, JsonKind, Node, compact};
use crate::error::{ErrorCode, Errors};

const BYTES: Bound = Bound {
    limit: "request_bytes",
    bound: 1 << 20,
};

fn read<T>(text: &str, read: impl FnOnce(Node<'_>) -> T) -> Result<T, Errors> {
    let document = Document::read("request", text, BYTES, 8)?;
    let value = read(document.root());
    document.finish(value)
}

fn found(errors: &Errors) -> Vec<(String, String)> {
    let found = |error: &crate::Error| (error.code().to_string(), error.path().to_string());
    errors.iter().map(found).collect()
}

#[track_caller]
fn check_whole(text: &str, code: ErrorCode, message: &str) {
    let errors = read(text, |_| ()).unwrap_err();
    let error = errors.iter().next().unwrap();
    assert_eq!(
        (error.code(), error.path().as_str()),
        (code, "request"),
        "{text}"
    );
    assert!(error.message().contains(message), "{}", error.message());
    assert_eq!(errors.iter().count(), 1);
}

#[test]
fn what_is_no_json_is_one_syntax_error() {
    let syntax = |text: &str, message: &str| check_whole(text, ErrorCode::JsonSyntax, message);
    syntax("", "EOF");
    syntax("  ", "EOF");
    syntax("\u{feff}{}", "byte order mark");
    syntax("{} {}", "trailing characters at line 1 column 4");
    syntax("{}x", "trailing characters");
    syntax("{\"a\":1,}", "key must be a string");
    syntax("{'a':1}", "key must be a string");
    syntax("{\"a\" 1}", "expected `:`");
    syntax("[1 2]", "expected `,` or `]`");
    syntax("[01]", "invalid number");
    syntax("[1.]", "invalid number");
    syntax("[+1]", "expected value");
    syntax("[NaN]", "expected");
    syntax("[\"a\nb\"]", "control character");
    syntax("[\"a", "EOF");
    syntax("[\"a\\", "EOF");
    syntax("[\"\\x\"]", "invalid escape");
    syntax("]", "expected value");
    syntax("[[1]", "EOF");
    syntax("[}", "expected value");
    syntax(
        "[1,\n \"ok\", \"\\ud800\"]",
        "half of a surrogate pair in the string at line 2 column 8",
    );
    syntax("{\"\\udc00\": 1}", "half of a surrogate pair");
}

#[test]
fn size_and_depth_come_before_syntax() {
    let long = format!("[{}", "x".repeat(1 << 20));
    check_whole(
        &long,
        ErrorCode::LimitExceeded,
        "`request_bytes` of 1048576",
    );
    check_whole(
        &"[".repeat(9),
        ErrorCode::LimitExceeded,
        "`json_depth` of 8",
    );
    check_whole(
        &"{\"a\":".repeat(9),
        ErrorCode::LimitExceeded,
        "`json_depth`",
    );
    check_whole(&"[".repeat(8), ErrorCode::JsonSyntax, "EOF");
    let deepest = format!("{}{}", "[".repeat(8), "]".repeat(8));
    assert!(read(&deepest, |_| ()).is_ok());
    // Brackets in strings are text.
    assert!(read(&format!("[\"{}\"]", "[\\\"{".repeat(100)), |_| ()).is_ok());
}

#[test]
fn a_hostile_depth_needs_no_stack() {
    let run = || {
        for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            check_whole(&text, ErrorCode::LimitExceeded, "`json_depth` of 8");
        }
        // Even where a service has raised the limit beyond reason.
        let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let document = Document::read("request", &text, BYTES, usize::MAX).unwrap();
        assert_eq!(document.root().kind(), JsonKind::List);
        assert_eq!(compact(&text, usize::MAX).unwrap(), text);
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn numbers_are_seen_as_written() {
    let digits = read("[1e2, 101.0, -0, 123456789012345678901234567890]", |node| {
        node.each(|node, _| node.number().map(str::to_owned))
            .unwrap()
    });
    let expected = ["1e2", "101.0", "-0", "123456789012345678901234567890"];
    assert_eq!(digits.unwrap(), expected);
}

#[test]
fn whole_numbers_are_whole_and_fit() {
    #[track_caller]
    fn natural(text: &str, expected: Result<u64, &str>) {
        let result = read(text, |node| node.natural());
        let result = result.map(Option::unwrap).map_err(|errors| {
            let error = errors.into_iter().next().unwrap();
            let code = error.code();
            assert!([ErrorCode::WrongType, ErrorCode::WrongValue].contains(&code));
            format!("{code}: {}", error.message())
        });
        assert_eq!(result, expected.map_err(str::to_owned));
    }
    natural("0", Ok(0));
    natural("18446744073709551615", Ok(u64::MAX));
    natural(
        "18446744073709551616",
        Err("wrong-value: a number that is too large is not allowed here"),
    );
    natural(
        "-1",
        Err("wrong-value: a number that is too small is not allowed here"),
    );
    let expected = "wrong-type: expected a whole number from zero up, found";
    let fraction = format!("{expected} a number with a fraction or an exponent");
    natural("1.0", Err(&fraction));
    natural("1e2", Err(&fraction));
    natural("\"1\"", Err(&format!("{expected} a string")));
    natural("null", Err(&format!("{expected} null")));
}

#[test]
fn strings_are_unescaped_wherever_they_stand() {
    let text = r#"{"\u006bey": "a\n\"\ud83d\ude00é", "plain": "é"}"#;
    let (escaped, plain) = read(text, |node| {
        let object = node.object().unwrap();
        let texts = (object.required_text("key"), object.required_text("plain"));
        object.finish();
        texts
    })
    .unwrap();
    assert_eq!((escaped.as_str(), plain.as_str()), ("a\n\"😀é", "é"));
}

#[test]
fn everything_wrong_is_found_at_once() {
    let text = r#"{"nme": 1, "size": "x", "size": 2, "\u0073ize": 3, "tags": ["a", 7, null], "kind": "smal"}"#;
    let errors = read(text, |node| {
        let object = node.object().unwrap();
        object.required_text("name");
        object.integer("size");
        object.texts("tags");
        object
            .get("kind")
            .and_then(|node| node.word(&[("small", 1), ("large", 2)]));
        object.flag("absent");
        object.finish();
    })
    .unwrap_err();
    let expected = [
        ("missing-field", "request.name"),
        ("wrong-type", "request.size"),
        ("wrong-type", "request.tags[1]"),
        ("wrong-type", "request.tags[2]"),
        ("wrong-value", "request.kind"),
        ("unknown-field", "request.nme"),
        ("duplicate-field", "request.size"),
    ];
    let expected = expected.map(|(code, path)| (code.to_owned(), path.to_owned()));
    assert_eq!(found(&errors), expected);
    let helps: Vec<String> = errors
        .iter()
        .filter_map(|error| Some(error.help()?.to_string()))
        .collect();
    assert_eq!(helps, ["did you mean `small`?", "did you mean `name`?"]);
}

#[test]
fn null_is_absent_unless_asked_for() {
    let text = r#"{"a": null, "b": null, "c": null}"#;
    let errors = read(text, |node| {
        let object = node.object().unwrap();
        assert_eq!(object.text("a"), None);
        assert!(object.get_or_null("b").unwrap().is_null());
        object.required_text("c");
        object.finish();
    })
    .unwrap_err();
    assert_eq!(
        found(&errors),
        [("wrong-type".to_owned(), "request.c".to_owned())]
    );
}

#[test]
fn free_names_may_not_repeat() {
    let errors = read(r#"{"a": 1, "b": 2, "a": 3}"#, |node| {
        let mut sum = 0;
        node.object()
            .unwrap()
            .each(|_, node| sum += node.integer().unwrap());
        assert_eq!(sum, 6);
    })
    .unwrap_err();
    assert_eq!(
        found(&errors),
        [("duplicate-field".to_owned(), "request.a".to_owned())]
    );
}

#[test]
fn lists_stop_at_their_bound() {
    let bound = Bound {
        limit: "list_values",
        bound: 3,
    };
    let list = |text: &str| {
        read(text, |node| {
            node.each_within(bound, |node, _| node.integer()).unwrap()
        })
    };
    assert_eq!(list("[1, 2, 3]").unwrap(), [1, 2, 3]);
    let errors = list("[1, 2, 3, true, true]").unwrap_err();
    assert_eq!(
        found(&errors),
        [("limit-exceeded".to_owned(), "request".to_owned())]
    );
}

#[test]
fn findings_without_end_are_cut_off_with_a_word() {
    let text = format!("[{}]", vec!["1"; 100_000].join(","));
    let errors = read(&text, |node| node.each(|node, _| node.text()).unwrap()).unwrap_err();
    assert_eq!(errors.iter().count(), 1_001);
    let last = errors.iter().last().unwrap();
    assert_eq!(last.message(), "the limit `findings` of 1000 is exceeded");
    let fields: Vec<String> = (0..100_000).map(|i| format!("\"{i}\":1")).collect();
    let text = format!("{{{}}}", fields.join(","));
    let errors = read(&text, |node| node.object().unwrap().finish()).unwrap_err();
    assert_eq!(errors.iter().count(), 1_001);
}

#[test]
fn compact_text_keeps_what_stands_in_strings() {
    let text = " { \"a b\" : [ 1.50 , \"x \\\" : , y\" ,\n{ } , [ ] ] , \"c\" : null } ";
    let expected = "{\"a b\":[1.50,\"x \\\" : , y\",{},[]],\"c\":null}";
    assert_eq!(compact(text, 8).unwrap(), expected);
    assert_eq!(compact(" 7 ", 8).unwrap(), "7");
    assert!(compact("{", 8).is_err());
}

/// Reads a value in every way there is, and agrees with `serde_json` on what it holds.
fn rebuild(node: Node<'_>) -> serde_json::Value {
    match node.kind() {
        JsonKind::Object => {
            let mut map = serde_json::Map::new();
            node.object().unwrap().each(|key, node| {
                map.insert(key.to_owned(), rebuild(node));
            });
            map.into()
        }
        JsonKind::List => node.each(|node, _| Some(rebuild(node))).unwrap().into(),
        JsonKind::Text => node.text().unwrap().into(),
        JsonKind::Boolean => node.flag().unwrap().into(),
        JsonKind::Number => serde_json::from_str(node.number().unwrap()).unwrap(),
        JsonKind::Null => serde_json::Value::Null,
    }
}

proptest::proptest! {
    #[test]
    fn agrees_with_serde_json(text in r#"[\[\]{},:" 01eE.\-tfn\\u"a\n]{0,24}"#) {
        // Depth is the one thing on which the two may differ for a text this short.
        let ours = read(&text, rebuild);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Err(error) if error.to_string().contains("number out of range") => {}
            Err(_) => proptest::prop_assert!(ours.is_err()),
            Ok(theirs) => match ours {
                Ok(ours) => proptest::prop_assert_eq!(ours, theirs),
                Err(errors) => proptest::prop_assert!(
                    errors.has(ErrorCode::LimitExceeded) || errors.has(ErrorCode::DuplicateField)
                ),
            },
        }
    }

    #[test]
    fn reads_back_any_document(value in documents()) {
        let text = serde_json::to_string_pretty(&value).unwrap();
        let document = Document::read("request", &text, BYTES, 8).unwrap();
        let read = rebuild(document.root());
        proptest::prop_assert_eq!(document.finish(read).unwrap(), value.clone());
        proptest::prop_assert_eq!(compact(&text, 8).unwrap(), value.to_string());
    }
}

fn documents() -> impl proptest::strategy::Strategy<Value = serde_json::Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
