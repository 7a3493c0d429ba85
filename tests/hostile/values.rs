//! Every value in every place that takes one: the statement is that of a tame value, or the error is
//! one that any other such value gets (R26, R30).

use std::collections::BTreeMap;

use measurand::Dialect;

use super::corpus::{Entry, Kind, compile, compiler, outline, shown, values};

/// Where a value stands, written as `<v>`.
struct Place {
    request: String,
    context: String,
    /// Values that nobody would wonder about, one of every JSON type that the place takes.
    tame: &'static [&'static str],
}

const ADMINISTRATOR: &str = r#"{"client_id": 1, "access": [], "now": "2026-11-20T10:00:00Z", "timezone": "America/New_York"}"#;

/// Dimensions with values of their types.
const DIMENSIONS: [(&str, &str, &[&str]); 14] = [
    ("things", "word", &[r#""tame""#]),
    ("things", "whole", &["7"]),
    ("things", "exact", &["7.5"]),
    ("things", "approximate", &["7.5"]),
    ("things", "flag", &["true"]),
    ("things", "day", &[r#""2026-05-05""#]),
    ("things", "local", &[r#""2026-05-05T10:00:00""#]),
    ("things", "instant", &[r#""2026-05-05T10:00:00Z""#]),
    (
        "things",
        "tag",
        &[r#""11111111-2222-3333-4444-555555555555""#],
    ),
    ("things", "deep", &[r#""tame""#]),
    ("things", "named", &["7"]),
    ("things", "label of named", &[r#""tame""#]),
    // Here nobody says what type the values have.
    ("loose", "word", &[r#""tame""#, "7", "true"]),
    ("own", "word", &[r#""tame""#, "7", "true"]),
];

/// Operators, each with the values that it takes; `<t>` is a tame value.
const OPERATORS: [(&str, &str); 18] = [
    ("eq", "[<v>]"),
    ("neq", "[<v>]"),
    ("in", "[<v>]"),
    ("in", "[<t>, <v>, null]"),
    ("in", "[<t>, <t>, <t>, <t>, <t>, <t>, <t>, <t>, <v>]"),
    ("not_in", "[<v>, <t>]"),
    ("gt", "[<v>]"),
    ("gte", "[<v>]"),
    ("lt", "[<v>]"),
    ("lte", "[<v>]"),
    ("between", "[<v>, <t>]"),
    ("between", "[<t>, <v>]"),
    ("contains", "[<v>]"),
    ("not_contains", "[<v>]"),
    ("starts_with", "[<v>]"),
    ("ends_with", "[<v>]"),
    ("is_null", "[<v>]"),
    ("is_not_null", "[<v>]"),
];

/// The operators that a rare type is asked with; the others treat its values no differently.
const FEW: [&str; 5] = ["eq", "in", "between", "gt", "contains"];

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for (source, dimension, tame) in DIMENSIONS {
        let all = matches!(
            (source, dimension),
            ("things", "word" | "exact" | "label of named")
        );
        for (op, values) in OPERATORS {
            if !all && !FEW.contains(&op) {
                continue;
            }
            let values = values.replace("<t>", tame[0]);
            let (dimension, on) = match dimension.strip_prefix("label of ") {
                Some(dimension) => (dimension, r#", "on": "label""#),
                None => (dimension, ""),
            };
            places.push(Place {
                request: format!(
                    r#"{{"source": "{source}", "metrics": ["things"],
                        "filters": {{"dimension": "{dimension}", "op": "{op}", "values": {values}{on}}}}}"#
                ),
                context: ADMINISTRATOR.to_owned(),
                tame,
            });
        }
        for rule in [
            r#""access_type": "include", "allowed_values": [<v>]"#,
            r#""access_type": "exclude", "allowed_values": [<v>, null], "nulls": "visible""#,
        ] {
            let dimension = dimension.trim_start_matches("label of ");
            places.push(Place {
                request: format!(r#"{{"source": "{source}", "metrics": ["things"]}}"#),
                context: format!(
                    r#"{{"client_id": 1, "access": [{{"dimension": "{dimension}", {rule}}}],
                        "timezone": "America/New_York"}}"#
                ),
                tame: match (dimension, source) {
                    ("named", _) => &["7"],
                    _ => tame,
                },
            });
        }
    }
    for (source, dimension, tame) in DIMENSIONS {
        // Labels do not order detail rows, and one source has no primary key.
        if source != "own" && !dimension.starts_with("label") {
            places.push(Place {
                request: format!(
                    r#"{{"kind": "rows", "source": "{source}", "columns": ["id"], "limit": 9,
                        "order_by": [{{"key": "{dimension}"}}], "after": [<v>, 7]}}"#
                ),
                context: ADMINISTRATOR.to_owned(),
                tame,
            });
        }
    }
    for (metric, tame) in [
        ("things", "7"),
        ("total", "7.5"),
        ("last_word", r#""tame""#),
        ("last_day", r#""2026-05-05""#),
    ] {
        for (op, values) in OPERATORS.iter().filter(|(op, _)| FEW.contains(op)) {
            let values = values.replace("<t>", tame);
            places.push(Place {
                request: format!(
                    r#"{{"source": "things", "metrics": ["things"], "dimensions": ["id"],
                        "metric_filters": {{"metric": "{metric}", "op": "{op}", "values": {values}}}}}"#
                ),
                context: ADMINISTRATOR.to_owned(),
                tame: match metric {
                    "things" => &["7"],
                    "total" => &["7.5"],
                    "last_word" => &[r#""tame""#],
                    _ => &[r#""2026-05-05""#],
                },
            });
        }
    }
    let plain = |request: &str, tame| Place {
        request: request.to_owned(),
        context: ADMINISTRATOR.to_owned(),
        tame,
    };
    let things = |rest: &str| format!(r#"{{"source": "things", "metrics": ["things"], {rest}}}"#);
    for (rest, tame) in [
        (r#""date_range": {"from": <v>}"#, &[r#""2026-05-05""#][..]),
        (r#""date_range": {"to": <v>}"#, &[r#""2026-05-05""#]),
        (
            r#""date_range": {"from": <v>, "to": "9999-12-31"}"#,
            &[r#""2026-05-05""#],
        ),
        (
            r#""date_range": {"from": "0001-01-01", "to": <v>}"#,
            &[r#""2026-05-05""#],
        ),
        (r#""limit": <v>"#, &["7"]),
        (r#""offset": <v>"#, &["7"]),
        (
            r#""kind": "values", "dimension": "word", "search": <v>"#,
            &[r#""tame""#],
        ),
        (r#""top": {"n": 3, "by": "things", "other": <v>}"#, &[]),
        (
            r#""compare": {"to": {"offset": <v>, "grain": "day"}}"#,
            &["7"],
        ),
    ] {
        places.push(plain(&things(rest), tame));
    }
    let context = |fields: &str, tame| Place {
        request: things(r#""date_range": {"preset": "last_week"}"#),
        context: format!(r#"{{{fields}}}"#),
        tame,
    };
    for (fields, tame) in [
        (
            r#""client_id": <v>, "access": [], "now": "2026-11-20T10:00:00Z""#,
            &["7", r#""7""#][..],
        ),
        (
            r#""client_id": 1, "access": [], "now": <v>"#,
            &[r#""2026-11-20T10:00:00Z""#],
        ),
        (
            r#""client_id": 1, "access": [], "now": "2026-11-20T10:00:00Z", "user_id": <v>"#,
            &[r#""tame""#, "7"],
        ),
        (
            r#""client_id": 1, "now": "2026-11-20T10:00:00Z", "user_id": "tame", "access": [{"dimension": "id",
               "access_type": "exclude", "allowed_values": [1], "user_id": <v>}]"#,
            &[r#""tame""#],
        ),
        (
            r#""client_id": 1, "access": [], "now": "2026-11-20T10:00:00Z",
               "modules": [{"module_key": "tame", "is_enabled": true, "client_id": <v>}]"#,
            &["1", r#""1""#],
        ),
    ] {
        places.push(context(fields, tame));
    }
    places
}

/// What a service may show or keep of an answer; values stand in the parameters alone.
fn answer(query: &measurand::CompiledQuery) -> String {
    let mut json = serde_json::to_value(query).expect("an answer serializes");
    let fields = json.as_object_mut().expect("an object");
    assert!(fields.remove("params").is_some() && fields.remove("fingerprint").is_some());
    format!("{}\n{query:?}\n{json}", query.sql())
}

/// The sources that declare no columns.
const UNTYPED: [&str; 2] = [r#""source": "loose""#, r#""source": "own""#];

/// What a message may say of a number.
const SORTS: [&str; 4] = [
    "a number that is too small",
    "a number that is too large",
    "a number beyond 64 bits",
    "a number with a fraction or an exponent",
];

/// What a place has answered so far, by the type of the value.
#[derive(Default)]
struct Seen {
    answers: BTreeMap<Kind, (String, String)>,
    errors: BTreeMap<(Kind, Vec<String>), Alone>,
}

/// An error, and the first value that got it.
struct Alone {
    shown: String,
    by: String,
    text: Option<String>,
    count: usize,
}

impl Seen {
    /// Compares an answer with those to other values of the type.
    fn check(
        &mut self,
        place: &Place,
        entry: &Entry,
        compiled: Result<measurand::CompiledQuery, measurand::Errors>,
    ) {
        let said = || {
            format!(
                "{} ({})\n{}\n{}",
                entry.reason, entry.written, place.request, place.context
            )
        };
        match compiled {
            Ok(query) => {
                assert_ne!(entry.kind, Kind::None, "{}", said());
                let answer = answer(&query);
                // Where the catalog says the type, it matters not how JSON spells the value.
                let is_typed = !UNTYPED.iter().any(|source| place.request.contains(source));
                // A search for nothing is none.
                let is_none = place.request.contains(r#""search""#)
                    && entry.text.as_deref().is_some_and(str::is_empty);
                let kind = match is_typed && entry.kind != Kind::Null {
                    _ if is_none => Kind::Null,
                    true => Kind::None,
                    false => entry.kind,
                };
                let first = self.answers.entry(kind);
                let (first, by) = first.or_insert_with(|| (answer.clone(), said()));
                assert_eq!(*first, answer, "{}\nfirst: {by}", said());
            }
            Err(errors) => {
                let shown = shown(&errors);
                if entry.kind == Kind::None {
                    let is_long = entry.written.chars().count() > 6;
                    assert!(
                        !is_long || !shown.contains(&entry.written),
                        "{}\n{shown}",
                        said()
                    );
                    let codes: Vec<&str> =
                        errors.iter().map(|error| error.code().as_str()).collect();
                    assert_eq!(codes, ["json-syntax"], "{}", said());
                    return;
                }
                let mut outline = outline(&errors);
                let sorts = SORTS.iter().filter(|sort| shown.contains(*sort));
                outline.extend(sorts.map(|sort| (*sort).to_owned()));
                let first = self.errors.entry((entry.kind, outline));
                let alone = Alone {
                    shown: shown.clone(),
                    by: said(),
                    text: entry.text.clone(),
                    count: 0,
                };
                let first = first.or_insert(alone);
                first.count += 1;
                assert_eq!(first.shown, shown, "{}\nfirst: {}", said(), first.by);
            }
        }
    }

    /// What several values are told repeats none of them; what one is told is looked at.
    fn finish(self) {
        for alone in self.errors.into_values().filter(|alone| alone.count == 1) {
            let text = alone
                .text
                .as_deref()
                .filter(|text| text.chars().count() > 6);
            let is_repeated = text.is_some_and(|text| alone.shown.contains(text));
            assert!(!is_repeated, "{}\n{}", alone.by, alone.shown);
        }
    }
}

fn tame(written: &str) -> Entry {
    Entry {
        reason: "tame".to_owned(),
        written: written.to_owned(),
        text: None,
        kind: Kind::of(written),
    }
}

/// Whether a range ends with the calendar: no day comes after its last day that a half-open range could
/// end before, none before its first, and so the text is one without that end.
fn is_at_an_end(place: &Place, entry: &Entry) -> bool {
    let is_to = place.request.contains(r#""to": <v>"#);
    let is_now = place.context.contains(r#""now": <v>"#);
    is_to && entry.written == r#""9999-12-31""#
        || is_now
            && (entry.written.starts_with("\"0001-01-01")
                || entry.written.starts_with("\"9999-12-31"))
}

fn check(dialect: Dialect) {
    let compiler = compiler(dialect);
    let corpus = values();
    assert!(corpus.len() > 450, "{} values", corpus.len());
    let (mut accepted, mut refused) = (0, 0);
    for place in places() {
        let mut seen = Seen::default();
        for entry in place
            .tame
            .iter()
            .map(|written| tame(written))
            .collect::<Vec<_>>()
            .iter()
            .chain(&corpus)
        {
            let fill = |text: &str| text.replace("<v>", &entry.written);
            let compiled = compile(&compiler, &fill(&place.request), &fill(&place.context));
            *(if compiled.is_ok() {
                &mut accepted
            } else {
                &mut refused
            }) += 1;
            if compiled.is_err() || !is_at_an_end(&place, entry) {
                seen.check(&place, entry, compiled);
            }
        }
        seen.finish();
    }
    println!("{dialect:?}: {accepted} statements, {refused} refusals");
}

#[test]
fn values_are_in_no_statement_and_no_message() {
    check(Dialect::Postgres);
}

#[test]
fn values_are_in_no_statement_and_no_message_for_sqlite() {
    check(Dialect::Sqlite);
}
