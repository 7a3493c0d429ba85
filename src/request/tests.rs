use super::{
    CompareRequest, Comparison, DateRangeRequest, DateSpan, DimensionRequest, FilterRequest,
    OrderRequest, PivotRequest, Request, RequestKind, Scalar, Subject, SubtotalRequest, TopRequest,
    ValuesFrom,
};
use crate::calendar::Grain;
use crate::error::Errors;
use crate::limits::Limits;

fn read(text: &str) -> Result<Request, Errors> {
    Request::from_json(text, &Limits::default())
}

/// What is found in a text, as `code path` in the order of the findings.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let errors = read(text).expect_err(text);
    let found: Vec<String> = errors
        .iter()
        .map(|error| format!("{} {}", error.code(), error.path()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn reads_every_field() {
    let text = r#"{
        "kind": "aggregate", "source": "order_summary",
        "metrics": ["approvals", "approval_rate"],
        "dimensions": ["campaign_name", {"dimension": "date", "grain": "month"}],
        "toggles": {"approval_mode": "organic", "basis": "day"},
        "filters": {"and": [
            {"dimension": "campaign_name", "op": "in", "values": [101, 1e2, null, true, "x"]},
            {"or": [{"dimension": "bin", "op": "is_null"},
                    {"not": {"dimension": "bin", "op": "contains", "values": ["4"],
                             "on": "label", "case_sensitive": true}}]}]},
        "metric_filters": [{"metric": "revenue", "op": "gt", "values": [100]}],
        "date_range": {"from": "2026-01-01", "to": "2026-01-31", "if_supported": true},
        "order_by": [{"key": "revenue", "direction": "desc", "nulls": "first"}, {"key": "bin"}],
        "limit": 50, "offset": 0, "totals": false, "fill_gaps": false, "compare": null
    }"#;
    let mut inner = FilterRequest::dimension("bin", "contains", ["4"]).on_label();
    inner.case_sensitive = true;
    let first = Comparison {
        subject: Subject::Dimension("campaign_name".into()),
        op: "in".into(),
        values: vec![
            Scalar::Number("101".into()),
            Scalar::Number("1e2".into()),
            Scalar::Null,
            Scalar::Boolean(true),
            Scalar::Text("x".into()),
        ],
        on_label: false,
        case_sensitive: false,
    };
    let or = FilterRequest::any([
        FilterRequest::is_null("bin").into(),
        FilterRequest::none_of(inner),
    ]);
    let expected = Request {
        columns: Vec::new(),
        after: None,
        kind: RequestKind::Aggregate,
        source: Some("order_summary".into()),
        metrics: vec!["approvals".into(), "approval_rate".into()],
        dimensions: vec![
            DimensionRequest {
                dimension: "campaign_name".into(),
                grain: None,
            },
            DimensionRequest {
                dimension: "date".into(),
                grain: Some("month".into()),
            },
        ],
        toggles: vec![
            ("approval_mode".into(), "organic".into()),
            ("basis".into(), "day".into()),
        ],
        filters: Some(FilterRequest::all([first.into(), or])),
        metric_filters: Some(FilterRequest::List(vec![
            FilterRequest::metric("revenue", "gt", [100]).into(),
        ])),
        date_range: Some(DateRangeRequest {
            span: DateSpan::Between {
                from: Some("2026-01-01".into()),
                to: Some("2026-01-31".into()),
            },
            if_supported: true,
        }),
        compare: None,
        fill_gaps: false,
        order_by: vec![
            OrderRequest {
                key: "revenue".into(),
                descending: true,
                nulls_first: true,
            },
            OrderRequest {
                key: "bin".into(),
                descending: false,
                nulls_first: false,
            },
        ],
        totals: None,
        shares: Vec::new(),
        ranks: Vec::new(),
        top: None,
        pivot: None,
        limit: Some(50),
        offset: Some(0),
    };
    assert_eq!(read(text).unwrap(), expected);
    assert_eq!(read("{}").unwrap(), Request::default());
}

#[test]
fn says_what_is_wrong_and_where() {
    check("[]", &["wrong-type request"]);
    check("null", &["wrong-type request"]);
    check(r#"{"metrcs": []}"#, &["unknown-field request.metrcs"]);
    check(r#"{"metrics": "a"}"#, &["wrong-type request.metrics"]);
    check(
        r#"{"metrics": ["a", 1]}"#,
        &["wrong-type request.metrics[1]"],
    );
    check(
        r#"{"limit": 1, "limit": 2}"#,
        &["duplicate-field request.limit"],
    );
    check(r#"{"limit": -1}"#, &["wrong-value request.limit"]);
    check(r#"{"limit": 1.0}"#, &["wrong-type request.limit"]);
    check(r#"{"offset": "1"}"#, &["wrong-type request.offset"]);
    check(
        r#"{"dimensions": [1]}"#,
        &["wrong-type request.dimensions[0]"],
    );
    check(
        r#"{"dimensions": [{"grain": "month"}]}"#,
        &["missing-field request.dimensions[0].dimension"],
    );
    check(r#"{"toggles": ["a"]}"#, &["wrong-type request.toggles"]);
    check(
        r#"{"toggles": {"a": 1}}"#,
        &["wrong-type request.toggles.a"],
    );
    check(
        r#"{"toggles": {"a": "x", "a": "y"}}"#,
        &["duplicate-field request.toggles.a"],
    );
    check(
        r#"{"order_by": {"key": "a"}}"#,
        &["wrong-type request.order_by"],
    );
    check(
        r#"{"order_by": [{"key": "a", "direction": "down", "nulls": "none"}]}"#,
        &[
            "wrong-value request.order_by[0].direction",
            "wrong-value request.order_by[0].nulls",
        ],
    );
    check(
        r#"{"date_range": {}}"#,
        &["missing-field request.date_range.preset"],
    );
    check(
        r#"{"date_range": {"preset": "today", "from": "2026-01-01"}}"#,
        &["unknown-field request.date_range.from"],
    );
    check(
        r#"{"date_range": {"preset": "today", "to": "2026-01-01"}}"#,
        &["unknown-field request.date_range.to"],
    );
    check(r#"{"kind": "agregate"}"#, &["wrong-value request.kind"]);
    check(r#"{"totals": 1}"#, &["wrong-type request.totals"]);
    check(
        r#"{"top": {"n": -1, "direction": "up", "others": true}}"#,
        &[
            "wrong-value request.top.n",
            "missing-field request.top.by",
            "wrong-value request.top.direction",
            "unknown-field request.top.others",
        ],
    );
    check(r#"{"top": {"by": "a"}}"#, &["missing-field request.top.n"]);
    let top = read(
        r#"{"top": {"n": 3, "by": "a", "dimension": "b.month", "direction": "asc", "other": true}}"#,
    );
    let expected = TopRequest::new(3, "a")
        .of("b.month")
        .ascending()
        .with_other();
    assert_eq!(top.unwrap().top, Some(expected));
    check(
        r#"{"pivot": {"values": ["a", {}], "others": true}}"#,
        &[
            "missing-field request.pivot.dimension",
            "wrong-type request.pivot.values[1]",
            "unknown-field request.pivot.others",
        ],
    );
    let pivot = read(
        r#"{"pivot": {"dimension": {"dimension": "a", "grain": "month"}, "values": ["2026-01-01"], "other": true}}"#,
    );
    let expected = PivotRequest::new("a", ["2026-01-01"])
        .at("month")
        .with_other();
    assert_eq!(pivot.unwrap().pivot, Some(expected));
}

#[test]
fn says_what_is_wrong_with_a_condition() {
    check(r#"{"filters": 1}"#, &["wrong-type request.filters"]);
    check(
        r#"{"filters": {}}"#,
        &[
            "missing-field request.filters.dimension",
            "missing-field request.filters.op",
            "missing-field request.filters.values",
        ],
    );
    check(
        r#"{"filters": {"dimention": "a", "op": "eq", "values": [1]}}"#,
        &[
            "missing-field request.filters.dimension",
            "unknown-field request.filters.dimention",
        ],
    );
    check(
        r#"{"filters": {"and": [], "or": []}}"#,
        &["unknown-field request.filters.or"],
    );
    check(
        r#"{"filters": {"dimension": "a", "metric": "b", "op": "eq", "values": [1]}}"#,
        &["unknown-field request.filters.metric"],
    );
    check(
        r#"{"filters": {"and": [{"dimension": "a", "op": 1, "values": [1]}, {"not": []}, {"not": 1}]}}"#,
        &[
            "wrong-type request.filters.and[0].op",
            "wrong-type request.filters.and[2].not",
        ],
    );
    check(
        r#"{"filters": [{"dimension": "a", "op": "eq", "value": 1}]}"#,
        &[
            "missing-field request.filters[0].values",
            "unknown-field request.filters[0].value",
        ],
    );
    check(
        r#"{"metric_filters": {"metric": "a", "op": "gt", "values": [[1], {}, 2]}}"#,
        &[
            "wrong-type request.metric_filters.values[0]",
            "wrong-type request.metric_filters.values[1]",
        ],
    );
    check(
        r#"{"filters": {"dimension": "a", "op": "eq", "values": 1, "on": "key", "case_sensitive": 1}}"#,
        &[
            "wrong-type request.filters.values",
            "wrong-value request.filters.on",
            "wrong-type request.filters.case_sensitive",
        ],
    );
}

#[test]
fn a_comparison_needs_its_values_unless_it_takes_none() {
    let is_null = read(r#"{"filters": {"dimension": "a", "op": "is_not_null"}}"#).unwrap();
    let expected = FilterRequest::dimension("a", "is_not_null", [Scalar::Null; 0]);
    assert_eq!(is_null.filters, Some(expected.into()));
    // An empty list is one, and how many an operator takes is another question.
    assert!(read(r#"{"filters": {"dimension": "a", "op": "in", "values": []}}"#).is_ok());
    assert!(read(r#"{"filters": {"dimension": "a", "op": "is_null", "values": [1]}}"#).is_ok());
}

#[test]
fn a_comparison_names_its_period() {
    let compared = |text: &str| read(text).unwrap().compare;
    let back = CompareRequest::Back {
        offset: 2,
        grain: Grain::Month,
    };
    for (text, expected) in [
        (r#"{"compare": null}"#, None),
        (
            r#"{"compare": {"to": "previous_year"}}"#,
            Some(CompareRequest::PreviousYear),
        ),
        (
            r#"{"compare": {"to": "previous_period"}}"#,
            Some(CompareRequest::PreviousPeriod),
        ),
        (
            r#"{"compare": {"to": {"offset": 2, "grain": "month"}}}"#,
            Some(back),
        ),
    ] {
        assert_eq!(compared(text), expected, "{text}");
    }
    check(r#"{"compare": {}}"#, &["missing-field request.compare.to"]);
    check(
        r#"{"compare": {"to": "last_year"}}"#,
        &["wrong-value request.compare.to"],
    );
    check(
        r#"{"compare": {"to": 1}}"#,
        &["wrong-type request.compare.to"],
    );
    check(
        r#"{"compare": {"to": {"offset": 0, "grain": "hour"}}}"#,
        &[
            "wrong-value request.compare.to.offset",
            "wrong-value request.compare.to.grain",
        ],
    );
}

#[test]
fn values_have_one_dimension_and_fields_of_their_own() {
    let text = r#"{"kind": "values", "dimension": {"dimension": "a", "grain": "month"}, "search": "x",
                   "from": "facts", "counts": true, "metrics": ["m"], "limit": 3}"#;
    let request = read(text).unwrap();
    let search = Some("x".to_owned());
    let from = ValuesFrom::Facts;
    assert_eq!(
        request.kind,
        RequestKind::Values {
            search,
            from,
            counts: true
        }
    );
    assert_eq!(
        request.dimensions,
        Request::new().dimension_at("a", "month").dimensions
    );
    assert_eq!((request.metrics.len(), request.limit), (1, Some(3)));
    assert_eq!(
        read(r#"{"kind": "values", "dimension": "a", "search": "x"}"#).unwrap(),
        Request::values("a").search("x")
    );
    check(
        r#"{"kind": "values"}"#,
        &["missing-field request.dimension"],
    );
    check(
        r#"{"kind": "values", "dimension": ["a"], "search": 1}"#,
        &["wrong-type request.search", "wrong-type request.dimension"],
    );
    check(
        r#"{"kind": "values", "dimension": "a", "dimensions": ["b"]}"#,
        &["unknown-field request.dimensions"],
    );
    check(
        r#"{"kind": "values", "dimension": "a", "from": "cache"}"#,
        &["wrong-value request.from"],
    );
    check(
        r#"{"dimension": "a", "search": "x", "from": "facts"}"#,
        &[
            "unknown-field request.dimension",
            "unknown-field request.search",
            "unknown-field request.from",
        ],
    );
}

#[test]
fn detail_rows_name_their_columns() {
    let text = r#"{"kind": "rows", "columns": ["id", {"dimension": "day", "grain": "month"}],
        "after": [1, null, "x", true]}"#;
    let request = read(text).expect("a request");
    assert_eq!(request.kind, RequestKind::Rows);
    let columns = request.columns.iter();
    let columns: Vec<(&str, Option<&str>)> = columns
        .map(|column| (column.dimension.as_str(), column.grain.as_deref()))
        .collect();
    assert_eq!(columns, [("id", None), ("day", Some("month"))]);
    let after = request.after.expect("a row");
    assert_eq!(after.len(), 4);
    assert_eq!(after.get(1), Some(&Scalar::Null));
    let built = Request::rows(["id"]).column_at("day", "month");
    assert_eq!(built.columns, request.columns);
    assert_eq!(
        Request::rows(["id"]).after([1]).after,
        Some(vec![Scalar::from(1)])
    );
    let counted = read(r#"{"kind": "count", "columns": ["id"]}"#).expect("a request");
    assert_eq!(counted.columns.len(), 1);
}

#[test]
fn what_belongs_to_detail_rows_belongs_nowhere_else() {
    check(r#"{"kind": "rows"}"#, &["missing-field request.columns"]);
    check(
        r#"{"kind": "rows", "columns": [1], "after": [[]], "search": "x"}"#,
        &[
            "wrong-type request.columns[0]",
            "wrong-type request.after[0]",
            "unknown-field request.search",
        ],
    );
    check(
        r#"{"columns": ["id"], "after": [1]}"#,
        &[
            "unknown-field request.columns",
            "unknown-field request.after",
        ],
    );
}

#[test]
fn totals_are_all_or_by_dimensions() {
    #[track_caller]
    fn totals(written: &str) -> Option<Vec<SubtotalRequest>> {
        let request = read(&format!(r#"{{"totals": {written}}}"#)).expect(written);
        request.totals.map(|totals| totals.by)
    }
    assert_eq!(totals("false"), None);
    assert_eq!(totals("[]"), None);
    assert_eq!(totals("true"), Some(Vec::new()));
    let by = [
        SubtotalRequest::By("a".to_owned()),
        SubtotalRequest::Together(vec!["a".to_owned(), "b.month".to_owned()]),
    ];
    assert_eq!(totals(r#"["a", ["a", "b.month"]]"#), Some(by.to_vec()));
    check(r#"{"totals": [1]}"#, &["wrong-type request.totals[0]"]);
    check(
        r#"{"totals": [["a", true]]}"#,
        &["wrong-type request.totals[0][1]"],
    );
}

#[test]
fn limits_hold_and_name_themselves() {
    #[track_caller]
    fn limited(text: &str, limits: &Limits, expected: &str) {
        let errors = Request::from_json(text, limits).expect_err(text);
        let found: Vec<String> = errors
            .iter()
            .map(|error| format!("{}: {}", error.path(), error.message()))
            .collect();
        assert_eq!(found, [expected], "{text}");
    }
    let limits = Limits {
        request_bytes: 200,
        json_depth: 7,
        filter_depth: 2,
        filter_nodes: 3,
        list_values: 2,
        selected_items: 2,
        ..Limits::default()
    };
    let exceeded = |path: &str, limit: &str, bound: u64| {
        format!("{path}: the limit `{limit}` of {bound} is exceeded")
    };
    limited(
        &" ".repeat(201),
        &limits,
        &exceeded("request", "request_bytes", 200),
    );
    limited("[[[[[[[[", &limits, &exceeded("request", "json_depth", 7));
    limited(
        r#"{"metrics": ["a", "b", "c"]}"#,
        &limits,
        &exceeded("request.metrics", "selected_items", 2),
    );
    limited(
        r#"{"dimensions": ["a", "b", "c"]}"#,
        &limits,
        &exceeded("request.dimensions", "selected_items", 2),
    );
    limited(
        r#"{"toggles": {"a": "x", "b": "x", "c": "x", "d": "x"}}"#,
        &limits,
        &exceeded("request.toggles", "selected_items", 2),
    );
    limited(
        r#"{"filters": {"dimension": "a", "op": "in", "values": [1, 2, 3, []]}}"#,
        &limits,
        &exceeded("request.filters.values", "list_values", 2),
    );
    limited(
        r#"{"filters": {"not": [{"not": {"dimension": "a", "op": "is_null"}}]}}"#,
        &limits,
        &exceeded("request.filters.not[0].not", "filter_depth", 2),
    );
    // The conditions of both filters count together.
    limited(
        r#"{"filters": [[]], "metric_filters": [[], [], []]}"#,
        &limits,
        &exceeded("request.metric_filters[0]", "filter_nodes", 3),
    );
}

#[test]
fn the_deepest_filter_fits_a_small_stack() {
    let run = || {
        let leaf = r#"{"dimension": "a", "op": "is_null"}"#;
        let nested = |depth: usize| {
            format!(
                "{{\"filters\": {}{leaf}{}}}",
                "{\"not\":".repeat(depth),
                "}".repeat(depth)
            )
        };
        let request = read(&nested(32)).unwrap();
        assert_eq!(request.clone(), request);
        assert!(read(&nested(33)).is_err());
        let text = format!("{{\"filters\": {}", "[".repeat(100_000));
        check(&text, &["limit-exceeded request"]);
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn values_are_never_repeated() {
    let texts = [
        r#"{"filters": {"dimension": "a", "op": "in", "values": [{"secret": 1}]}}"#,
        r#"{"filters": {"dimension": "a", "op": "in", "values": "secret"}}"#,
        r#"{"filters": {"dimension": "a", "op": "in", "values": ["secret]}}"#,
        r#"{"filters": {"dimension": "a", "op": "in", "values": ["secret\ud800"]}}"#,
        r#"{"date_range": "secret", "toggles": "secret", "limit": "secret"}"#,
    ];
    for text in texts {
        let errors = read(text).unwrap_err();
        assert!(!errors.to_string().contains("secret"), "{errors}");
    }
}

#[test]
fn sits_in_a_document_of_the_service() {
    #[derive(serde::Deserialize)]
    struct Dashboard {
        title: String,
        requests: Vec<Request>,
    }
    let text = r#"{"title": "t", "requests": [{"metrics": ["a"], "limit": 3}]}"#;
    let dashboard: Dashboard = serde_json::from_str(text).unwrap();
    assert_eq!(dashboard.title, "t");
    assert_eq!(dashboard.requests, [Request::new().metric("a").limit(3)]);

    let text = r#"{"title": "t", "requests": [{"metric": ["a"]}]}"#;
    let error = serde_json::from_str::<Dashboard>(text).err().unwrap();
    assert!(
        error.to_string().contains("did you mean `metrics`?"),
        "{error}"
    );

    let value = serde_json::json!({"metrics": ["a"]});
    let request: Request = serde_json::from_value(value).unwrap();
    assert_eq!(request, Request::new().metric("a"));
}

#[test]
fn the_builder_says_what_json_says() {
    let built = Request::new()
        .source("orders")
        .metric("revenue")
        .dimension("campaign_name")
        .dimension_at("date", "month")
        .toggle("mode", "organic")
        .filter(FilterRequest::is_in("campaign_name", [101_i64, 205]))
        .filter(FilterRequest::is_not_in("affid", ["x"]))
        .metric_filter(FilterRequest::metric(
            "revenue",
            "gt",
            [Scalar::number("10.50").unwrap()],
        ))
        .between("2026-01-01", "2026-01-31")
        .descending("revenue")
        .ascending("campaign_name")
        .limit(10)
        .offset(20);
    let text = r#"{"source": "orders", "metrics": ["revenue"],
        "dimensions": ["campaign_name", {"dimension": "date", "grain": "month"}],
        "toggles": {"mode": "organic"},
        "filters": {"and": [{"dimension": "campaign_name", "op": "in", "values": [101, 205]},
                            {"dimension": "affid", "op": "not_in", "values": ["x"]}]},
        "metric_filters": {"metric": "revenue", "op": "gt", "values": [10.50]},
        "date_range": {"from": "2026-01-01", "to": "2026-01-31"},
        "order_by": [{"key": "revenue", "direction": "desc"}, {"key": "campaign_name"}],
        "limit": 10, "offset": 20}"#;
    assert_eq!(built, read(text).unwrap());
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_much(text in proptest::prelude::any::<String>()) {
        if let Err(errors) = read(&text) {
            // A text may happen to be an object; then its fields have places of their own.
            let of_request = |error: &crate::error::Error| error.path().as_str().starts_with("request");
            proptest::prop_assert!(errors.iter().all(of_request));
        }
    }

    #[test]
    fn no_slip_of_the_pen_is_too_much(at in 0..600_usize, byte in 0..128_u8) {
        let text = r#"{"kind":"aggregate","metrics":["a"],"dimensions":["b",{"dimension":"c","grain":"d"}],"toggles":{"e":"f"},"filters":{"and":[{"dimension":"g","op":"in","values":[1,2.5,null,true,"x"]},{"or":[{"not":[{"dimension":"g","op":"is_null"}]}]}]},"metric_filters":{"metric":"h","op":"gt","values":[1]},"date_range":{"from":"2026-01-01","to":"2026-01-31"},"order_by":[{"key":"a","direction":"desc","nulls":"last"}],"limit":1,"offset":2,"totals":false}"#;
        proptest::prop_assert!(read(text).is_ok());
        let mut bytes = text.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        if let Err(errors) = read(&changed) {
            let is_inside = |path: &str| path.starts_with("request");
            proptest::prop_assert!(errors.iter().all(|error| is_inside(error.path().as_str())));
        }
    }
}
