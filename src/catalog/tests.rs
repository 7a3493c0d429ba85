use super::spec::{
    AdditivitySpec, CatalogSpec, Offer, Origin, SourceDimensionSpec, SourceMetricSpec, WindowSpec,
};
use crate::error::Errors;
use crate::limits::Limits;
use crate::name::in_words;

fn nested(text: &str) -> Result<CatalogSpec, Errors> {
    CatalogSpec::from_json(text, &Limits::default())
}

fn rows(text: &str) -> Result<CatalogSpec, Errors> {
    CatalogSpec::from_rows_json(text, &Limits::default())
}

/// What is found, as `code path` in the order of the findings.
#[track_caller]
fn check(result: Result<CatalogSpec, Errors>, expected: &[&str]) {
    let found: Vec<String> = match result {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .iter()
            .map(|error| format!("{} {}", error.code(), error.path()))
            .collect(),
    };
    assert_eq!(found, expected);
}

/// A catalog that says every field there is.
const FULL: &str = r##"{
    "version": 1,
    "data_sources": [
        {"source_key": "orders", "display_name": "Orders", "view_pattern": "reporting.orders_{client_id}",
         "date_column": "sold_on", "client_id_column": "tenant", "refresh_frequency_minutes": 30,
         "description": "One row per day.", "is_active": true, "created_at": "x", "updated_at": 1,
         "columns": [{"name": "id", "data_type": "integer"}, {"name": "tags", "data_type": "text[]"},
                     {"name": "amount", "data_type": "decimal", "path": ["custom", "amount"], "column": "data"}],
         "primary_key": ["id"], "base_filter": "NOT deleted", "priority": 10,
         "relationships": [{"name": "customer", "to": "customers", "on": [["customer_id", "id"]],
                            "cardinality": "many_to_one"}],
         "access_exempt": ["bin"],
         "metrics": ["revenue", {"metric": "rate", "sql_expression": "SUM(x)"}],
         "dimensions": ["date", {"dimension": "campaign", "column_expression": "trial_campaign_id",
                                 "join_condition": "{value} = campaigns.id"}]},
        {"source_key": "customers", "view_pattern": "customers", "date_column": null,
         "client_id_column": null, "metrics": "*", "dimensions": "*"},
        {"source_key": "bare", "view_pattern": "bare"},
        {"source_key": "gone", "is_active": false, "nonsense": 1}
    ],
    "metrics": [
        {"metric_key": "revenue", "display_name": "Revenue", "description": "Money.",
         "sql_expression": "SUM(amount)", "data_type": "currency", "format_pattern": "$#,##0.00",
         "category": "sales", "aggregation_type": "sum", "sort_order": 3, "is_invertable": true,
         "filter": "amount > 0", "additivity": {"semi_additive": {"over": "date", "pick": "last"}},
         "window": {"rolling": {"n": 7, "grain": "day"}}, "offset": {"n": 1, "grain": "month"},
         "null_as": 0.50, "currency": "USD", "percent_scale": "fraction", "module": "high_risk",
         "variants": [
            {"when": {"mode": "organic"}, "sql_expression": "SUM(organic)", "is_active": false},
            {"when": {"mode": "net"}, "sql_expression": "SUM(net)", "display_name": "Net",
             "data_type": "number", "format_pattern": "0", "currency": "EUR"},
            {"when": {"mode": "organic", "basis": "refund"}, "sql_expression": "SUM(both)"}]},
        {"metric_key": "rate", "is_derived": true, "derived_formula": "revenue / cost",
         "additivity": "non_additive", "window": "cumulative"},
        {"metric_key": "cost", "sql_expression": "SUM(cost)", "additivity": "additive",
         "window": {"to_date": {"grain": "year"}}},
        {"metric_key": "gone", "is_deleted": true}
    ],
    "dimensions": [
        {"dimension_key": "campaign", "display_name": "Campaign", "description": "Who.",
         "column_expression": "campaign_id", "display_column": "name", "join_table": "public.campaigns",
         "join_condition": "{source}.campaign_id = campaigns.id", "data_type": "text",
         "filter_type": "search", "is_groupable": true, "is_filterable": false, "category": "marketing",
         "sort_order": 2, "join_tenant_column": "client_id", "join_unique": true, "value_type": "integer",
         "synonyms": ["ad"], "module": "m"},
        {"dimension_key": "date", "column_expression": "date", "is_groupable": false, "join_global": true,
         "grains": ["day", "month"]}
    ],
    "toggles": [
        {"toggle_key": "mode", "display_name": "Mode", "description": "How.", "toggle_type": "metric_variant",
         "ui_component": "dropdown", "sort_order": 1,
         "options": [{"option_key": "standard", "is_default": true}, {"option_key": "organic"},
                     {"option_key": "net", "display_name": "Net", "description": "After.", "sort_order": 2,
                      "dimension_key": "date", "date_column": "refunded_on", "format_pattern": "0.0"}]},
        {"toggle_key": "basis", "options": [{"option_key": "sale", "is_default": true},
                                            {"option_key": "refund"}, {"is_active": false}]}
    ],
    "templates": [
        {"template_key": "revenue-analytics", "name": "Revenue Analytics", "description": "All.",
         "category": "analytics", "layout": {"sections": [ {"title": "a  b", "n": 1.50} ]},
         "default_filters": {}, "default_date_range": "last_30_days", "required_data_sources": ["orders"],
         "required_toggles": ["mode"], "nav_section": "n", "nav_order": 4, "nav_icon": "i",
         "created_by": "usr_1", "is_active": true, "is_deleted": false},
        {"template_key": "text", "name": "Text", "layout": "{\"sections\": [ ]}"}
    ],
    "functions": ["my_score", {"name": "other"}, {"name": "gone", "is_active": false}]
}"##;

/// The same catalog with everything said that its rows say, in an order that does not depend on
/// the spelling, and without the places of its definitions.
fn canonical(mut spec: CatalogSpec) -> CatalogSpec {
    let or = |value: &mut Option<String>, default: &str| {
        value.get_or_insert_with(|| default.to_owned());
    };
    let metrics: Vec<String> = spec
        .metrics
        .iter()
        .map(|item| item.metric_key.clone())
        .collect();
    let dimensions: Vec<String> = spec
        .dimensions
        .iter()
        .map(|item| item.dimension_key.clone())
        .collect();
    for source in &mut spec.data_sources {
        source.origin = Origin::default();
        or(&mut source.display_name, &in_words(&source.source_key));
        let mut listed = match std::mem::take(&mut source.metrics) {
            Offer::Listed(listed) => listed,
            Offer::All => {
                let all = metrics.iter().map(|key| SourceMetricSpec {
                    metric: key.clone(),
                    ..SourceMetricSpec::default()
                });
                all.collect()
            }
        };
        listed
            .iter_mut()
            .for_each(|item| item.origin = Origin::default());
        listed.sort_by(|a, b| a.metric.cmp(&b.metric));
        source.metrics = Offer::Listed(listed);
        let mut listed = match std::mem::take(&mut source.dimensions) {
            Offer::Listed(listed) => listed,
            Offer::All => {
                let all = dimensions.iter().map(|key| SourceDimensionSpec {
                    dimension: key.clone(),
                    ..SourceDimensionSpec::default()
                });
                all.collect()
            }
        };
        listed
            .iter_mut()
            .for_each(|item| item.origin = Origin::default());
        listed.sort_by(|a, b| a.dimension.cmp(&b.dimension));
        source.dimensions = Offer::Listed(listed);
    }
    for metric in &mut spec.metrics {
        metric.origin = Origin::default();
        or(&mut metric.display_name, &in_words(&metric.metric_key));
        or(&mut metric.data_type, "number");
        or(&mut metric.category, "general");
        or(&mut metric.aggregation_type, "sum");
        for variant in &mut metric.variants {
            variant.origin = Origin::default();
        }
        metric.variants.sort_by(|a, b| a.when.cmp(&b.when));
    }
    for dimension in &mut spec.dimensions {
        dimension.origin = Origin::default();
        or(
            &mut dimension.display_name,
            &in_words(&dimension.dimension_key),
        );
        or(&mut dimension.data_type, "text");
        or(&mut dimension.filter_type, "multi_select");
    }
    for toggle in &mut spec.toggles {
        toggle.origin = Origin::default();
        or(&mut toggle.display_name, &in_words(&toggle.toggle_key));
        or(&mut toggle.toggle_type, "metric_variant");
        or(&mut toggle.ui_component, "pill_group");
        for option in &mut toggle.options {
            option.origin = Origin::default();
            or(&mut option.display_name, &in_words(&option.option_key));
        }
        toggle
            .options
            .sort_by(|a, b| a.option_key.cmp(&b.option_key));
    }
    for template in &mut spec.templates {
        template.origin = Origin::default();
        or(&mut template.category, "general");
    }
    spec.data_sources
        .sort_by(|a, b| a.source_key.cmp(&b.source_key));
    spec.metrics.sort_by(|a, b| a.metric_key.cmp(&b.metric_key));
    spec.dimensions
        .sort_by(|a, b| a.dimension_key.cmp(&b.dimension_key));
    spec.toggles.sort_by(|a, b| a.toggle_key.cmp(&b.toggle_key));
    spec
}

#[test]
fn both_spellings_say_the_same() {
    let spec = nested(FULL).unwrap();
    let text = spec.to_rows_json();
    let read = rows(&text).unwrap();
    assert_eq!(read.to_rows_json(), text, "writing is stable");
    assert_eq!(canonical(read), canonical(spec));
    assert_eq!(
        rows(&CatalogSpec::default().to_rows_json()).unwrap(),
        CatalogSpec::default()
    );
}

#[test]
fn the_nested_spelling_is_read_field_by_field() {
    let spec = nested(FULL).unwrap();
    let keys: Vec<&str> = spec
        .data_sources
        .iter()
        .map(|item| &*item.source_key)
        .collect();
    assert_eq!(keys, ["orders", "customers", "bare"]);
    let [orders, customers, bare] = &spec.data_sources[..] else {
        panic!("three sources are live")
    };
    assert_eq!(orders.date_column.as_deref(), Some("sold_on"));
    assert_eq!(
        (&customers.date_column, &customers.client_id_column),
        (&None, &None)
    );
    assert_eq!(bare.date_column.as_deref(), Some("date"));
    assert_eq!(bare.client_id_column.as_deref(), Some("client_id"));
    assert_eq!(customers.metrics, Offer::All);
    assert_eq!(bare.metrics, Offer::Listed(Vec::new()));
    assert_eq!(
        orders.relationships[0].on,
        [("customer_id".to_owned(), "id".to_owned())]
    );
    let columns = orders.columns.as_ref().unwrap();
    assert!(columns[1].data_type.is_array);
    assert_eq!(columns[2].path.as_deref().unwrap(), ["custom", "amount"]);

    let [revenue, rate, cost] = &spec.metrics[..] else {
        panic!("three metrics are live")
    };
    assert_eq!(revenue.null_as.as_deref(), Some("0.50"));
    let semi_additive = AdditivitySpec::SemiAdditive {
        over: "date".into(),
        pick: "last".into(),
    };
    assert_eq!(revenue.additivity, Some(semi_additive));
    assert_eq!(cost.window, Some(WindowSpec::ToDate("year".into())));
    assert_eq!(
        (rate.sql_expression.as_ref(), rate.is_derived),
        (None, true)
    );
    assert_eq!(revenue.variants.len(), 2);
    assert_eq!(revenue.variants[1].when.len(), 2);

    assert!(spec.dimensions[0].is_groupable && !spec.dimensions[0].is_filterable);
    assert!(!spec.dimensions[1].is_groupable && spec.dimensions[1].is_filterable);
    assert_eq!(spec.toggles[1].options.len(), 2);
    assert_eq!(
        spec.templates[0].layout,
        r#"{"sections":[{"title":"a  b","n":1.50}]}"#
    );
    assert_eq!(spec.templates[1].layout, r#"{"sections":[]}"#);
    assert_eq!(spec.functions, ["my_score", "other"]);
}

#[test]
fn a_definition_knows_its_place_in_either_spelling() {
    let spec = nested(FULL).unwrap();
    let variant = &spec.metrics[0].variants[0].origin;
    assert_eq!(
        variant.path("sql_expression").as_str(),
        "catalog.metrics[0].variants[1].sql_expression"
    );
    assert_eq!(spec.metrics[1].origin.here().as_str(), "catalog.metrics[1]");
    let Offer::Listed(offered) = &spec.data_sources[0].metrics else {
        panic!("the metrics are listed")
    };
    assert_eq!(
        offered[1].origin.path("sql_expression").as_str(),
        "catalog.data_sources[0].metrics[1].sql_expression"
    );

    let spec = rows(&spec.to_rows_json()).unwrap();
    let variant = &spec.metrics[0].variants[1].origin;
    assert_eq!(
        variant.path("when").as_str(),
        "catalog.metric_variants[1].when"
    );
    assert_eq!(variant.id, Some(2));
    assert_eq!(
        spec.toggles[1].options[0].origin.here().as_str(),
        "catalog.metric_toggle_options[3]"
    );
}

#[test]
fn the_nested_spelling_says_what_is_wrong_and_where() {
    #[track_caller]
    fn wrong(text: &str, expected: &[&str]) {
        check(nested(text), expected);
    }
    wrong("[]", &["wrong-type catalog"]);
    wrong("{", &["json-syntax catalog"]);
    wrong(r#"{"version": 2}"#, &["wrong-value catalog.version"]);
    wrong(r#"{"version": "1"}"#, &["wrong-type catalog.version"]);
    wrong(r#"{"metric": []}"#, &["unknown-field catalog.metric"]);
    wrong(r#"{"metrics": {}}"#, &["wrong-type catalog.metrics"]);
    wrong(r#"{"metrics": [1]}"#, &["wrong-type catalog.metrics[0]"]);
    wrong(
        r#"{"metrics": [], "metrics": []}"#,
        &["duplicate-field catalog.metrics"],
    );
    wrong(
        r#"{"metrics": [{"id": 1, "sql_expression": 2, "is_active": "yes"}], "dimensions": [{}]}"#,
        &[
            "wrong-type catalog.metrics[0].is_active",
            "missing-field catalog.metrics[0].metric_key",
            "wrong-type catalog.metrics[0].sql_expression",
            "unknown-field catalog.metrics[0].id",
            "missing-field catalog.dimensions[0].dimension_key",
            "missing-field catalog.dimensions[0].column_expression",
        ],
    );
    wrong(
        r#"{"data_sources": [{"source_key": "a", "view_pattern": "a", "metrics": "all", "dimensions": [1, {}],
            "columns": [{"name": "a", "data_type": "intger[]"}, {}], "date_column": 1, "priority": 1.5,
            "relationships": [{"name": "r", "to": "b", "on": [["a"]], "cardinality": "many"}]}]}"#,
        &[
            "wrong-type catalog.data_sources[0].date_column",
            "wrong-value catalog.data_sources[0].columns[0].data_type",
            "missing-field catalog.data_sources[0].columns[1].name",
            "missing-field catalog.data_sources[0].columns[1].data_type",
            "wrong-type catalog.data_sources[0].priority",
            "wrong-value catalog.data_sources[0].relationships[0].on[0]",
            "wrong-value catalog.data_sources[0].relationships[0].cardinality",
            "wrong-type catalog.data_sources[0].metrics",
            "wrong-type catalog.data_sources[0].dimensions[0]",
            "missing-field catalog.data_sources[0].dimensions[1].dimension",
        ],
    );
    wrong(
        r#"{"metrics": [{"metric_key": "a", "additivity": "adds", "window": {"rolling": {"n": 1}, "to_date": {}},
            "offset": 1, "null_as": "0", "variants": [{"when": {}, "sql_expression": "x"}, {"when": {"t": 1}}]}]}"#,
        &[
            "wrong-value catalog.metrics[0].additivity",
            "unknown-field catalog.metrics[0].window.to_date",
            "missing-field catalog.metrics[0].window.rolling.grain",
            "wrong-type catalog.metrics[0].offset",
            "wrong-type catalog.metrics[0].null_as",
            "wrong-value catalog.metrics[0].variants[0].when",
            "wrong-type catalog.metrics[0].variants[1].when.t",
            "missing-field catalog.metrics[0].variants[1].sql_expression",
        ],
    );
    wrong(
        r#"{"templates": [{"template_key": "a", "name": "b", "layout": "{"}, {"layout": null}]}"#,
        &[
            "json-syntax catalog.templates[0].layout",
            "missing-field catalog.templates[1].template_key",
            "missing-field catalog.templates[1].name",
            "wrong-type catalog.templates[1].layout",
        ],
    );
    wrong(
        r#"{"data_sources": [{"source_key": "a", "view_pattern": "a", "metrics": ["m", "n", {"metric": "m"}]}],
            "metrics": [{"metric_key": "m", "variants": [{"when": {"a": "b"}, "sql_expression": "x"},
                                                        {"when": {"a": "b"}, "sql_expression": "y"}]}]}"#,
        &[
            "duplicate-key catalog.data_sources[0].metrics[2]",
            "duplicate-key catalog.metrics[0].variants[1]",
        ],
    );
}

/// A small catalog in rows, with a place for further tables.
fn small(more: &str) -> String {
    format!(
        r#"{{
        "data_sources": [{{"id": 10, "source_key": "s", "display_name": "S", "view_pattern": "s"}},
                         {{"id": 11, "source_key": "gone", "is_active": false}}],
        "metrics": [{{"id": 20, "metric_key": "m", "display_name": "M", "sql_expression": "SUM(x)"}},
                    {{"id": 21, "metric_key": "n", "display_name": "N", "sql_expression": " ", "derived_formula": "m"}},
                    {{"id": 22, "metric_key": "gone", "is_active": false}}],
        "dimensions": [{{"id": 30, "dimension_key": "d", "column_expression": "d"}}],
        "metric_toggles": [{{"id": 40, "toggle_key": "t"}}, {{"id": 41, "toggle_key": "u"}}],
        "metric_toggle_options": [{{"id": 50, "toggle_id": 40, "option_key": "a"}},
                                  {{"id": 51, "toggle_id": 41, "option_key": "b"}},
                                  {{"id": 52, "toggle_id": 99, "is_active": false}}]
        {more}}}"#
    )
}

#[test]
fn rows_find_each_other_by_id() {
    let text = small(
        r#",
        "data_source_metrics": [{"id": 1, "data_source_id": 10, "metric_id": 20, "sql_expression": "SUM(y)"},
                                {"id": 2, "data_source_id": 10, "metric_id": 21, "sql_expression": null},
                                {"id": 3, "data_source_id": 99, "metric_id": 99, "is_active": false}],
        "data_source_dimensions": [{"data_source_id": 10, "dimension_id": 30, "created_at": "x"}],
        "metric_variants": [{"id": 1, "metric_id": 20, "toggle_option_id": 50, "sql_expression": "x"},
                            {"id": 2, "metric_id": 20, "toggle_option_id": 51, "sql_expression": "y", "when": {"t": "a"}},
                            {"id": 3, "metric_id": 20, "toggle_option_id": 51, "sql_expression": "z", "when": {"u": "b"}}],
        "report_templates": null, "saved_views": [{"anything": 1}], "client_modules": []"#,
    );
    let spec = rows(&text).unwrap();
    let Offer::Listed(metrics) = &spec.data_sources[0].metrics else {
        panic!("rows list what a source offers")
    };
    let metrics: Vec<_> = metrics
        .iter()
        .map(|item| (item.metric.as_str(), item.sql_expression.as_deref()))
        .collect();
    assert_eq!(metrics, [("m", Some("SUM(y)")), ("n", None)]);
    assert_eq!(spec.metrics[1].sql_expression, None);
    let whens: Vec<String> = spec.metrics[0]
        .variants
        .iter()
        .map(|item| format!("{:?}", item.when))
        .collect();
    assert_eq!(
        whens,
        [r#"{"t": "a"}"#, r#"{"t": "a", "u": "b"}"#, r#"{"u": "b"}"#]
    );
    assert_eq!(spec.data_sources[0].origin.id, Some(10));
}

#[test]
fn the_rows_spelling_says_what_is_wrong_and_where() {
    #[track_caller]
    fn wrong(more: &str, expected: &[&str]) {
        check(rows(&small(more)), expected);
    }
    wrong("", &[]);
    wrong(r#", "dashbords": []"#, &["unknown-field catalog.dashbords"]);
    wrong(r#", "version": 1"#, &["unknown-field catalog.version"]);
    wrong(
        r#", "data_source_metrics": [{"data_source_id": 11, "metric_id": 22}, {"data_source_id": 10},
                                     {"data_source_id": 10}, {"data_source_id": "10", "metric_id": null}]"#,
        &[
            "unknown-reference catalog.data_source_metrics[0].data_source_id",
            "unknown-reference catalog.data_source_metrics[0].metric_id",
            "missing-field catalog.data_source_metrics[1].metric_id",
            "missing-field catalog.data_source_metrics[2].metric_id",
            "wrong-type catalog.data_source_metrics[3].data_source_id",
            "wrong-type catalog.data_source_metrics[3].metric_id",
        ],
    );
    wrong(
        r#", "data_source_dimensions": [{"data_source_id": 10, "dimension_id": 30},
                                        {"data_source_id": 10, "dimension_id": 30}]"#,
        &["duplicate-key catalog.data_source_dimensions[1]"],
    );
    // Only what is live can be pointed at: the option with id 52 is not.
    wrong(
        r#", "metric_variants": [{"metric_id": 22, "toggle_option_id": 52, "sql_expression": "x"},
                                 {"metric_id": 1, "toggle_option_id": 1, "is_active": false},
                                 {"metric_id": 20, "toggle_option_id": 50, "sql_expression": "x", "when": {"t": "z"}},
                                 {"metric_id": 20, "toggle_option_id": 50, "sql_expression": "x", "when": {"u": "b"}},
                                 {"metric_id": 20, "toggle_option_id": 51, "sql_expression": "x", "when": {"t": "a"}}]"#,
        &[
            "unknown-reference catalog.metric_variants[0].metric_id",
            "unknown-reference catalog.metric_variants[0].toggle_option_id",
            "wrong-value catalog.metric_variants[2].when.t",
            "duplicate-key catalog.metric_variants[4]",
        ],
    );
    check(
        rows(
            r#"{"metrics": [{"id": 1, "metric_key": "a"}, {"id": 1, "metric_key": "b"}, {"id": 1, "is_active": false}],
                "metric_toggle_options": [{"id": 1, "toggle_id": 7, "option_key": "a"}],
                "metric_variants": [{"metric_id": 1, "toggle_option_id": 1, "sql_expression": "x"}]}"#,
        ),
        &[
            "duplicate-key catalog.metrics[1].id",
            "unknown-reference catalog.metric_toggle_options[0].toggle_id",
        ],
    );
}

#[test]
fn a_reference_to_nothing_is_written_as_such() {
    let spec = nested(
        r#"{"data_sources": [{"source_key": "a", "view_pattern": "a", "metrics": ["nothing"]}],
            "metrics": [{"metric_key": "m", "variants": [{"when": {"t": "o"}, "sql_expression": "x"}]}]}"#,
    );
    check(
        rows(&spec.unwrap().to_rows_json()),
        &[
            "wrong-type catalog.data_source_metrics[0].metric_id",
            "wrong-type catalog.metric_variants[0].toggle_option_id",
        ],
    );
}

#[test]
fn a_hostile_catalog_needs_no_stack() {
    let run = || {
        let text = format!("{{\"templates\": [{{\"layout\": {}", "[".repeat(100_000));
        check(nested(&text), &["limit-exceeded catalog"]);
        check(rows(&text), &["limit-exceeded catalog"]);
        let text = format!(
            r#"{{"templates": [{{"template_key": "a", "name": "b", "layout": "{}"}}]}}"#,
            "[".repeat(100_000)
        );
        check(
            nested(&text),
            &["limit-exceeded catalog.templates[0].layout"],
        );
        assert!(nested(FULL).is_ok());
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread.spawn(run).unwrap().join().unwrap();
}

proptest::proptest! {
    #[test]
    fn no_slip_of_the_pen_is_too_much(at in 0..10_000_usize, byte in 0..128_u8, by_rows: bool) {
        let text = if by_rows { nested(FULL).unwrap().to_rows_json() } else { FULL.to_owned() };
        let mut bytes = text.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        let read = if by_rows { rows(&changed) } else { nested(&changed) };
        if let Err(errors) = read {
            let is_inside = |path: &str| path.starts_with("catalog");
            proptest::prop_assert!(errors.iter().all(|error| is_inside(error.path().as_str())));
        }
    }
}
