//! The text of a statement depends on the shape of a request alone (R26, R28), and what identifies a
//! result covers everything that the result depends on (R25b).

use measurand_tests::checker::Checked;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use measurand::{
    Catalog, CompiledQuery, Compiler, Context, Dialect, Errors, Limits, Param, Request,
};
use measurand_tests::support::case::{catalog, catalog_folder};
use measurand_tests::support::random::Random;
use serde_json::{Value, json};

/// Requests with places for values: `<int>`, `<text>` and so on; `<short …>` and `<long …>` in a list
/// stand for up to eight values and for more.
const TEMPLATES: [&str; 14] = [
    r#"{"request": {"metrics": ["attempts"], "filters": [{"dimension": "campaign_name", "op": "eq", "values": ["<int>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "filters": [{"dimension": "affid", "op": "neq", "values": ["<text>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "dimensions": ["affid"],
        "filters": [{"dimension": "affid", "op": "in", "values": ["<short text>"]},
                    {"dimension": "campaign_name", "op": "not_in", "values": ["<long int>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "dimensions": ["campaign_name"],
        "filters": [{"dimension": "campaign_name", "op": "contains", "values": ["<text>"], "on": "label"},
                    {"dimension": "bin", "op": "starts_with", "values": ["<text>"]},
                    {"dimension": "affid", "op": "not_contains", "values": ["<text>"], "case_sensitive": true}]}}"#,
    r#"{"request": {"metrics": ["revenue"], "dimensions": ["price_point"],
        "filters": {"or": [{"dimension": "price_point", "op": "between", "values": ["<decimal>", "<decimal>"]},
                           {"not": {"dimension": "price_point", "op": "in", "values": ["<short decimal>", null]}}]}}}"#,
    r#"{"request": {"metrics": ["attempts"], "filters": [{"dimension": "is_trial", "op": "eq", "values": ["<boolean>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "dimensions": ["date"],
        "filters": [{"dimension": "settled_on", "op": "gte", "values": ["<date>"]},
                    {"dimension": "date", "op": "in", "values": ["<long date>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "date_range": {"from": "<date>"}, "limit": "<limit>", "offset": "<limit>"}}"#,
    r#"{"request": {"metrics": ["event_count"], "dimensions": ["event_id"],
        "filters": [{"dimension": "event_id", "op": "in", "values": ["<short uuid>"]},
                    {"dimension": "event_time", "op": "lt", "values": ["<moment>"]},
                    {"dimension": "channel", "op": "eq", "values": ["<text>"]}]}}"#,
    r#"{"request": {"metrics": ["refund_marks"], "filters": [{"dimension": "refunded_at", "op": "gt", "values": ["<date>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"], "metric_filters": [{"metric": "approval_rate", "op": "gt", "values": ["<decimal>"]},
                                                                {"metric": "attempts", "op": "in", "values": ["<short int>"]}]}}"#,
    r#"{"request": {"metrics": ["attempts"]},
        "access": [{"dimension": "campaign_name", "access_type": "include", "allowed_values": ["<short int>"]},
                   {"dimension": "affid", "access_type": "exclude", "allowed_values": ["<long text>"]}]}"#,
    r#"{"request": {"metrics": ["attempts"], "dimensions": ["campaign_name", "gateway_alias", "card_brand"]},
        "access": [{"dimension": "campaign_name", "access_type": "include", "allowed_values": ["<long int>", null]},
                   {"dimension": "card_brand", "access_type": "exclude", "allowed_values": ["<short text>"], "nulls": "visible"}]}"#,
    r#"{"request": {"source": "risk_scores", "metrics": ["risk_rows"], "dimensions": ["score"],
        "filters": [{"dimension": "score", "op": "gt", "values": ["<int>"]}]},
        "access": [{"dimension": "score", "access_type": "include", "allowed_values": ["<short int>"]}]}"#,
];

/// Values for each template; with fourteen templates, ten thousand and more.
const ROUNDS: usize = 750;

/// Texts that would show if anything spliced them.
const NASTY: [&str; 16] = [
    "' OR 1=1 --",
    "'; DROP TABLE public.campaigns; --",
    "$1",
    "$1::bigint",
    "?1",
    "%",
    "100%_!",
    "\"quoted\"",
    "back\\slash",
    "{client_id}",
    "/* comment */",
    "Ünïcödé ☃ 日本語",
    "\u{202e}right to left",
    "line\nbreak\ttab",
    "$$dollar$$",
    "",
];

#[test]
fn ten_thousand_values_have_one_text_per_shape() {
    let limits = Limits::default();
    let mut random = Random::new(1);
    let mut count = 0;
    let known = words_of_the_catalog();
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let compiler = Compiler::new(catalog("payments"), dialect);
        for template in TEMPLATES {
            let parsed: Value = serde_json::from_str(template).unwrap();
            let mut text: Option<String> = None;
            let mut fingerprints = BTreeSet::new();
            for _ in 0..ROUNDS {
                let mut values = Vec::new();
                let filled = fill(&parsed, &mut random, &mut values);
                let access = filled.get("access").cloned().unwrap_or_else(|| json!([]));
                let context = json!({"client_id": 1, "access": access}).to_string();
                let request = filled["request"].to_string();
                let compiled = compile_with(&compiler, &request, &context, &limits);
                let Ok(query) = compiled else {
                    // Moments, and what needs them, are not for SQLite.
                    assert_eq!(dialect, Dialect::Sqlite, "{template}");
                    break;
                };
                count += values.len();
                for value in values.iter().filter(|value| value.len() > 2) {
                    // A statement has placeholders of its own.
                    let is_word = known.contains(value.as_str()) || value == "$1::bigint";
                    assert!(is_word || !query.sql().contains(value.as_str()), "{value}");
                }
                let text = text.get_or_insert_with(|| query.sql().to_owned());
                assert_eq!(text, query.sql(), "{request}\n{context}");
                fingerprints.insert(query.fingerprint());
            }
            let distinct = fingerprints.len();
            let few = template.contains("<boolean>") || text.is_none();
            assert!(
                few || distinct > ROUNDS / 2,
                "{distinct} fingerprints: {template}"
            );
        }
    }
    assert!(count >= 10_000, "only {count} values");
}

/// The template with values in its places.
fn fill(template: &Value, random: &mut Random, values: &mut Vec<String>) -> Value {
    match template {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| (key.clone(), fill(field, random, values)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => {
            let mut filled = Vec::new();
            for item in items {
                let place = item.as_str().unwrap_or_default();
                let (count, kind) = if let Some(kind) = place.strip_prefix("<short ") {
                    (1 + random.below(8), kind)
                } else if let Some(kind) = place.strip_prefix("<long ") {
                    (9 + random.below(40), kind)
                } else {
                    filled.push(fill(item, random, values));
                    continue;
                };
                let kind = format!("<{kind}");
                for _ in 0..count {
                    filled.push(value(&kind, random, values));
                }
            }
            filled.into()
        }
        Value::String(place) if place.starts_with('<') => value(place, random, values),
        other => other.clone(),
    }
}

/// A random value for a place, noted as text.
fn value(place: &str, random: &mut Random, values: &mut Vec<String>) -> Value {
    let number = |random: &mut Random| {
        let bits = random.below(63);
        let size = random.draw() >> (63 - bits);
        i64::try_from(size).unwrap_or(i64::MAX)
    };
    let made = match place {
        "<int>" => match number(random) {
            size if random.once_in(2) => json!(-size),
            size => json!(size),
        },
        "<limit>" => json!(number(random) % 1_000_000),
        "<decimal>" => json!(format!("{}.{:04}", number(random), random.below(10_000))),
        "<boolean>" => json!(random.once_in(2)),
        "<date>" => json!(format!(
            "{:04}-{:02}-{:02}",
            1 + random.below(9_998),
            1 + random.below(12),
            1 + random.below(28)
        )),
        "<moment>" => json!(format!(
            "20{:02}-01-{:02}T{:02}:00:00Z",
            random.below(100),
            1 + random.below(28),
            random.below(24)
        )),
        "<uuid>" => json!(format!(
            "{:08x}-0000-4000-8000-{:012x}",
            random.draw() >> 32,
            random.draw() >> 16
        )),
        "<text>" => json!(random_text(random)),
        _ => panic!("no value for {place}"),
    };
    values.push(
        made.as_str()
            .map_or_else(|| made.to_string(), str::to_owned),
    );
    made
}

fn random_text(random: &mut Random) -> String {
    match random.below(4) {
        0 => (*random.pick(&NASTY)).to_owned(),
        1 => format!("{}{}", random.pick(&NASTY), random.draw()),
        2 => random.pick(&NASTY).repeat(1 + random.below(200)),
        _ => {
            let length = random.below(40);
            (0..length)
                .map(|_| char::from(32 + u8::try_from(random.below(95)).unwrap_or(0)))
                .collect()
        }
    }
}

/// Words that stand in statements by themselves.
fn words_of_the_catalog() -> BTreeSet<String> {
    let text = fs::read_to_string(catalog_folder("payments").join("catalog.json")).unwrap();
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(str::to_owned)
        .collect()
}

fn compile_with(
    compiler: &Compiler,
    request: &str,
    context: &str,
    limits: &Limits,
) -> Result<CompiledQuery, Errors> {
    let request = Request::from_json(request, limits)?;
    compiler.checked(&request, &Context::from_json(context, limits)?)
}

fn compile(request: &Value, context: &Value) -> CompiledQuery {
    let compiler = Compiler::new(catalog("payments"), Dialect::Postgres);
    compile_with(
        &compiler,
        &request.to_string(),
        &context.to_string(),
        &Limits::default(),
    )
    .unwrap_or_else(|errors| panic!("{errors}\n{request}\n{context}"))
}

#[test]
fn a_tenant_enters_nothing_but_the_name_of_the_relation() {
    let request =
        json!({"metrics": ["approval_rate"], "dimensions": ["campaign_name", "gateway_alias"]});
    let of = |tenant: u64| compile(&request, &json!({"client_id": tenant, "access": []}));
    let (one, many) = (of(1), of(987_654_321));
    assert!(many.sql().contains("reporting.order_summary_987654321 "));
    assert_eq!(
        many.sql()
            .replace("order_summary_987654321", "order_summary_1"),
        one.sql()
    );
    assert_eq!(many.sql().matches("987654321").count(), 1);
    let shared = json!({"source": "refunds", "metrics": ["refund_marks"]});
    let of = |tenant: u64| compile(&shared, &json!({"client_id": tenant, "access": []}));
    assert_eq!(of(1).sql(), of(987_654_321).sql());
    assert_ne!(of(1).fingerprint(), of(987_654_321).fingerprint());
}

/// Empty, up to eight, more than eight, each with and without NULL: no other difference is seen.
#[test]
fn lists_have_six_classes() {
    let list = |length: usize, with_null: bool| {
        let values = (0..length).map(|value| json!(value)).collect::<Vec<_>>();
        let null = with_null.then_some(Value::Null);
        values.into_iter().chain(null).collect::<Vec<Value>>()
    };
    let filtered = |op: &str, values: Vec<Value>| {
        let filter = json!([{"dimension": "campaign_name", "op": op, "values": values}]);
        compile(
            &json!({"metrics": ["attempts"], "filters": filter}),
            &json!({"client_id": 1, "access": []}),
        )
    };
    let ruled = |kind: &str, values: Vec<Value>| {
        let rule =
            json!({"dimension": "campaign_name", "access_type": kind, "allowed_values": values});
        compile(
            &json!({"metrics": ["attempts"]}),
            &json!({"client_id": 1, "access": [rule]}),
        )
    };
    let compilers: [&dyn Fn(Vec<Value>) -> CompiledQuery; 4] = [
        &|values| filtered("in", values),
        &|values| filtered("not_in", values),
        &|values| ruled("include", values),
        &|values| ruled("exclude", values),
    ];
    for (index, compile) in compilers.iter().enumerate() {
        let mut classes: BTreeMap<(usize, bool), BTreeSet<String>> = BTreeMap::new();
        for length in (0..=20).chain([100, 1_000]) {
            for with_null in [false, true] {
                let class = match length {
                    0 => 0,
                    1..=8 => 1,
                    _ => 2,
                };
                let query = compile(list(length, with_null));
                let texts = classes.entry((class, with_null)).or_default();
                texts.insert(query.sql().to_owned());
            }
        }
        assert!(classes.values().all(|texts| texts.len() == 1), "{index}");
        let texts: BTreeSet<&String> = classes.values().flatten().collect();
        // A NULL on an exclude list hides what is hidden anyway.
        let expected = if index == 3 { 4 } else { 6 };
        assert_eq!(texts.len(), expected, "{index}: {texts:#?}");
    }
}

/// Whatever can change a result changes the fingerprint.
#[test]
fn fingerprints_cover_all_that_a_result_depends_on() {
    let request = json!({"metrics": ["approvals", "event_count"], "dimensions": ["campaign_name"]});
    let request = |more: Value| {
        merged(
            &json!({"metrics": ["approvals"], "dimensions": request["dimensions"]}),
            &more,
        )
    };
    let context = |more: Value| {
        let plain = json!({"client_id": 1, "access": [], "now": "2024-03-31T23:30:00Z"});
        merged(&plain, &more)
    };
    let rule = |kind: &str, values: Value| json!({"access": [{"dimension": "campaign_name", "access_type": kind, "allowed_values": values}]});
    let days = json!({"date_range": {"preset": "today"}});
    let events = json!({"source": "order_events", "metrics": ["event_count"], "dimensions": [{"dimension": "event_time", "grain": "day"}]});
    let weeks = json!({"dimensions": [{"dimension": "date", "grain": "week"}]});
    let queries = [
        ("plain", json!({}), json!({})),
        ("tenant", json!({}), json!({"client_id": 2})),
        ("include", json!({}), rule("include", json!([101]))),
        ("other include", json!({}), rule("include", json!([102]))),
        (
            "two includes",
            json!({}),
            rule("include", json!([101, 102])),
        ),
        ("empty include", json!({}), rule("include", json!([]))),
        ("exclude", json!({}), rule("exclude", json!([101]))),
        ("exclude NULL", json!({}), rule("exclude", json!([null]))),
        (
            "toggle",
            json!({"toggles": {"approval_mode": "net"}}),
            json!({}),
        ),
        (
            "other toggle",
            json!({"toggles": {"approval_mode": "organic"}}),
            json!({}),
        ),
        (
            "date basis",
            merged(
                &json!({"toggles": {"date_basis": "settlement_date"}}),
                &days,
            ),
            json!({}),
        ),
        ("today", days.clone(), json!({})),
        (
            "today elsewhere",
            days.clone(),
            json!({"timezone": "Asia/Tokyo"}),
        ),
        (
            "another today",
            days,
            json!({"now": "2024-04-02T00:00:00Z"}),
        ),
        (
            "range",
            json!({"date_range": {"from": "2024-03-31"}}),
            json!({}),
        ),
        ("zone", events.clone(), json!({"timezone": "Asia/Tokyo"})),
        ("no zone", events, json!({})),
        ("weeks", weeks.clone(), json!({})),
        ("weeks from Sunday", weeks, json!({"week_start": "sunday"})),
        ("limit", json!({"limit": 1}), json!({})),
        ("other limit", json!({"limit": 2}), json!({})),
        ("offset", json!({"offset": 1}), json!({})),
        (
            "filter",
            json!({"filters": [{"dimension": "bin", "op": "eq", "values": ["1"]}]}),
            json!({}),
        ),
        (
            "other filter",
            json!({"filters": [{"dimension": "bin", "op": "eq", "values": ["2"]}]}),
            json!({}),
        ),
        (
            "other dimension",
            json!({"filters": [{"dimension": "affid", "op": "eq", "values": ["2"]}]}),
            json!({}),
        ),
        (
            "text list",
            json!({"filters": [{"dimension": "affid", "op": "in", "values": ["2", "3"]}]}),
            json!({}),
        ),
        (
            "text with a comma",
            json!({"filters": [{"dimension": "affid", "op": "in", "values": ["2,3"]}]}),
            json!({}),
        ),
        (
            "order",
            json!({"order_by": [{"key": "approvals"}]}),
            json!({}),
        ),
    ];
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, more, context_more) in queries {
        let query = compile(&request(more), &context(context_more));
        if let Some(other) = seen.insert(query.fingerprint(), name) {
            panic!("`{name}` and `{other}` have one fingerprint");
        }
    }
    let on_sqlite = Compiler::new(catalog("payments"), Dialect::Sqlite);
    let plain = (
        request(json!({})).to_string(),
        context(json!({})).to_string(),
    );
    let on_sqlite = compile_with(&on_sqlite, &plain.0, &plain.1, &Limits::default()).unwrap();
    assert!(!seen.contains_key(&on_sqlite.fingerprint()));
    // Another catalog, if only by the text of a description.
    let text = fs::read_to_string(catalog_folder("payments").join("catalog.json")).unwrap();
    let changed = text.replacen(
        "Daily counts of card attempts",
        "Counts of card attempts",
        1,
    );
    assert_ne!(text, changed);
    let changed = Compiler::new(Catalog::from_json(&changed).unwrap(), Dialect::Postgres);
    let changed = compile_with(&changed, &plain.0, &plain.1, &Limits::default()).unwrap();
    assert!(!seen.contains_key(&changed.fingerprint()));
}

fn merged(base: &Value, more: &Value) -> Value {
    let mut merged = base.clone();
    for (key, field) in more.as_object().into_iter().flatten() {
        merged[key] = field.clone();
    }
    merged
}

#[test]
fn what_cannot_change_a_result_does_not_change_the_fingerprint() {
    let request = json!({"metrics": ["approvals"], "dimensions": ["date"]});
    let context = json!({"client_id": 1, "access": []});
    let plain = compile(&request, &context);
    let explicit = merged(
        &request,
        &json!({"toggles": {"approval_mode": "standard",
        "date_basis": "transaction_date", "display_mode": "count", "time_granularity": "day"}}),
    );
    let same = [
        (explicit, context.clone()),
        (merged(&request, &json!({"filters": []})), context.clone()),
        (request.clone(), merged(&context, &json!({"user_id": "u7"}))),
        // Nothing here depends on a zone or on the present.
        (
            request.clone(),
            merged(&context, &json!({"now": "2024-01-01T00:00:00Z"})),
        ),
        (
            request,
            merged(&context, &json!({"timezone": "Asia/Tokyo"})),
        ),
    ];
    for (request, context) in same {
        let query = compile(&request, &context);
        assert_eq!(query.sql(), plain.sql(), "{request} {context}");
        assert_eq!(
            query.fingerprint(),
            plain.fingerprint(),
            "{request} {context}"
        );
    }
}

/// Numbers stay exact on their way into a parameter.
#[test]
fn parameters_keep_every_digit() {
    let request = json!({"metrics": ["revenue"], "filters": [
        {"dimension": "price_point", "op": "eq", "values": ["12345678901234567890.123456789"]},
        {"dimension": "campaign_name", "op": "eq", "values": [9_007_199_254_740_993_i64]}]});
    let query = compile(&request, &json!({"client_id": 1, "access": []}));
    let texts: Vec<String> = query
        .params()
        .iter()
        .map(|param| match param {
            Param::Scalar(value) => value.to_string(),
            Param::List(_) => String::new(),
        })
        .collect();
    assert!(
        texts.contains(&"12345678901234567890.123456789".to_owned()),
        "{texts:?}"
    );
    assert!(texts.contains(&"9007199254740993".to_owned()), "{texts:?}");
}
