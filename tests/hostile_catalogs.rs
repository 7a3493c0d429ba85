//! Catalogs made to do harm, or by a very tired hand: refused with typed findings, all at once, or
//! loaded and harmless.

use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Request, Tenant};
use measurand_tests::checker::Checked as _;
use measurand_tests::support::definitions::{base, catalog, check, compile, findings, load, loads};
use measurand_tests::support::root;
use serde_json::{Value, json};

fn toggles() -> Value {
    json!([
        {"toggle_key": "mode", "options": [{"option_key": "standard", "is_default": true},
                                           {"option_key": "organic"}, {"option_key": "net"}]},
        {"toggle_key": "basis", "options": [{"option_key": "sale", "is_default": true},
                                            {"option_key": "refund"}]},
    ])
}

#[test]
fn cycles_are_found_under_every_selection() {
    check(
        json!({"metrics": [{"metric_key": "a", "derived_formula": "a + 1"}]}),
        &["metric-cycle catalog.metrics[0].derived_formula"],
    );
    // Two cycles, each reported.
    check(
        json!({"metrics": [
            {"metric_key": "a", "derived_formula": "b + 1"}, {"metric_key": "b", "derived_formula": "a + 1"},
            {"metric_key": "c", "derived_formula": "d + 1"}, {"metric_key": "d", "derived_formula": "c + 1"},
        ]}),
        &[
            "metric-cycle catalog.metrics[0].derived_formula",
            "metric-cycle catalog.metrics[2].derived_formula",
        ],
    );
    // A variant closes it, at the variant.
    check(
        json!({"toggles": toggles(), "metrics": [base(),
            {"metric_key": "a", "derived_formula": "revenue * 2",
             "variants": [{"when": {"mode": "organic"}, "derived_formula": "b"}]},
            {"metric_key": "b", "derived_formula": "a * 2"},
        ]}),
        &["metric-cycle catalog.metrics[1].variants[0].derived_formula"],
    );
    // A variant of a variant's component closes it three metrics further.
    check(
        json!({"toggles": toggles(), "metrics": [base(),
            {"metric_key": "a", "derived_formula": "revenue",
             "variants": [{"when": {"mode": "organic", "basis": "refund"}, "derived_formula": "d"}]},
            {"metric_key": "b", "derived_formula": "a"}, {"metric_key": "c", "derived_formula": "b"},
            {"metric_key": "d", "derived_formula": "c"},
        ]}),
        &["metric-cycle catalog.metrics[1].variants[0].derived_formula"],
    );
}

#[test]
fn what_no_selection_closes_is_no_cycle() {
    // Each direction under another option of one toggle: never both.
    loads(json!({"toggles": toggles(), "metrics": [base(),
        {"metric_key": "a", "derived_formula": "revenue",
         "variants": [{"when": {"mode": "organic"}, "derived_formula": "b"}]},
        {"metric_key": "b", "derived_formula": "revenue",
         "variants": [{"when": {"mode": "net"}, "derived_formula": "a"}]},
    ]}));
    // Every option takes the cycle of the base definitions away.
    let all_options = ["standard", "organic", "net"]
        .map(|option| json!({"when": {"mode": option}, "sql_expression": "SUM(amount)"}));
    loads(json!({"toggles": toggles(), "metrics": [
        {"metric_key": "a", "derived_formula": "b", "variants": all_options},
        {"metric_key": "b", "derived_formula": "a"},
    ]}));
}

#[test]
fn toggles_have_one_default() {
    let options = |options: Value| json!({"toggles": [{"toggle_key": "mode", "options": options}]});
    let expected = ["toggle-default catalog.toggles[0].options"];
    check(options(json!([])), &expected);
    check(
        options(json!([{"option_key": "a"}, {"option_key": "b"}])),
        &expected,
    );
    check(
        options(
            json!([{"option_key": "a", "is_default": true}, {"option_key": "b", "is_default": true}]),
        ),
        &expected,
    );
    // An inactive default is as if absent.
    check(
        options(
            json!([{"option_key": "a", "is_default": true, "is_active": false}, {"option_key": "b"}]),
        ),
        &expected,
    );
}

#[test]
fn ambiguous_variants_are_refused_unless_a_more_specific_one_decides() {
    let variants = |variants: Value| {
        json!({"toggles": toggles(), "metrics": [
            {"metric_key": "revenue", "sql_expression": "SUM(amount)", "variants": variants}]})
    };
    let organic = json!({"when": {"mode": "organic"}, "sql_expression": "SUM(a)"});
    let refund = json!({"when": {"basis": "refund"}, "sql_expression": "SUM(b)"});
    let both = json!({"when": {"mode": "organic", "basis": "refund"}, "sql_expression": "SUM(c)"});
    let expected = ["ambiguous-variant catalog.metrics[0].variants"];
    check(variants(json!([organic, refund])), &expected);
    loads(variants(json!([organic, refund, both])));
    loads(variants(json!([both, organic])));
    // What overlaps nowhere is not ambiguous.
    let net = json!({"when": {"mode": "net"}, "sql_expression": "SUM(d)"});
    loads(variants(json!([organic, net])));
}

#[test]
fn contradictions_of_a_variant_are_refused() {
    // In rows, an option by id and another option of the same toggle by name.
    let rows = json!({
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)"}],
        "metric_toggles": [{"id": 1, "toggle_key": "mode"}, {"id": 2, "toggle_key": "basis"}],
        "metric_toggle_options": [
            {"id": 1, "toggle_id": 1, "option_key": "standard", "is_default": true},
            {"id": 2, "toggle_id": 1, "option_key": "organic"},
            {"id": 3, "toggle_id": 2, "option_key": "sale", "is_default": true},
            {"id": 4, "toggle_id": 9, "option_key": "refund"},
            {"id": 2, "toggle_id": 2, "option_key": "refund"},
        ],
        "metric_variants": [
            {"id": 1, "metric_id": 1, "toggle_option_id": 2, "when": {"mode": "standard"}, "sql_expression": "SUM(a)"},
            {"id": 2, "metric_id": 8, "toggle_option_id": 7, "sql_expression": "SUM(a)"},
        ],
    });
    let found = findings(Catalog::from_rows_json(&rows.to_string()));
    assert_eq!(
        found,
        [
            "unknown-reference catalog.metric_toggle_options[3].toggle_id",
            "duplicate-key catalog.metric_toggle_options[4].id",
            "wrong-value catalog.metric_variants[0].when.mode",
            "unknown-reference catalog.metric_variants[1].metric_id",
            "unknown-reference catalog.metric_variants[1].toggle_option_id",
        ]
    );
}

#[test]
fn rows_that_point_at_inactive_rows_are_errors() {
    let rows = json!({
        "data_sources": [{"id": 1, "source_key": "orders", "view_pattern": "orders"},
                         {"id": 2, "source_key": "old", "view_pattern": "old", "is_active": false}],
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)", "is_deleted": true}],
        "dimensions": [{"id": 1, "dimension_key": "day", "column_expression": "day"}],
        "data_source_metrics": [{"data_source_id": 1, "metric_id": 1}],
        "data_source_dimensions": [{"data_source_id": 2, "dimension_id": 1},
                                   {"data_source_id": 2, "dimension_id": 1, "is_active": false}],
    });
    let found = findings(Catalog::from_rows_json(&rows.to_string()));
    assert_eq!(
        found,
        [
            "unknown-reference catalog.data_source_metrics[0].metric_id",
            "unknown-reference catalog.data_source_dimensions[0].data_source_id",
        ]
    );
}

/// Fragments of one row that are refused wherever they stand.
const REFUSED: [(&str, &str); 31] = [
    ("a = 1)", "fragment-syntax"),
    ("(a = 1", "fragment-syntax"),
    ("a = ", "fragment-syntax"),
    ("a = 1 b", "fragment-syntax"),
    ("a = 'x", "fragment-syntax"),
    ("a = \"x", "fragment-syntax"),
    ("a = 1 /* ", "fragment-syntax"),
    ("", "fragment-syntax"),
    ("-- a = 1", "fragment-syntax"),
    ("a = 1; DELETE FROM orders", "fragment-forbidden"),
    ("a = 1;", "fragment-forbidden"),
    ("a IN (SELECT 1)", "fragment-forbidden"),
    ("EXISTS (SELECT 1)", "fragment-forbidden"),
    ("a = $1", "fragment-forbidden"),
    ("a = ?", "fragment-forbidden"),
    ("a = {tenant}", "fragment-forbidden"),
    ("a = {client_id} OR true OR {value}", "fragment-forbidden"),
    ("a = E'\\\\x'", "fragment-forbidden"),
    ("a = U&'\\0061'", "fragment-forbidden"),
    ("a = $$x$$", "fragment-forbidden"),
    ("a = `b`", "fragment-forbidden"),
    ("a = 'x\\'", "fragment-forbidden"),
    ("orders.* IS NULL", "fragment-forbidden"),
    ("ctid IS NULL", "fragment-forbidden"),
    ("a::regclass IS NULL", "fragment-forbidden"),
    ("pg_catalog.now() = a", "fragment-forbidden"),
    ("current_user = a", "fragment-forbidden"),
    ("ROW_NUMBER() OVER () = 1", "fragment-forbidden"),
    ("pg_sleep(10) IS NULL", "unknown-function"),
    ("lo_import('/etc/passwd') IS NULL", "unknown-function"),
    ("SUM(a) > 1", "misplaced-aggregate"),
];

#[test]
fn fragments_are_refused_wherever_they_stand() {
    for (fragment, code) in REFUSED {
        let definitions = json!({
            "data_sources": [{"source_key": "orders", "view_pattern": "orders", "base_filter": fragment}],
            "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount)", "filter": fragment}],
            "dimensions": [{"dimension_key": "flag", "column_expression": fragment}],
        });
        let found = load(&definitions).expect_err(fragment);
        for place in [
            "catalog.data_sources[0].base_filter",
            "catalog.metrics[0].filter",
            "catalog.dimensions[0].column_expression",
        ] {
            let mut here = found.iter().filter(|error| error.path().as_str() == place);
            let is_found = here.any(|error| error.code().as_str() == code);
            assert!(is_found, "{fragment} at {place}\n{found}");
        }
    }
}

#[test]
fn comments_vanish_and_hide_nothing() {
    let definitions = json!({
        "data_sources": [{"source_key": "orders", "view_pattern": "orders", "metrics": "*", "dimensions": "*",
                          "base_filter": "is_deleted = false -- "}],
        "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount) /* all of it */ -- and more"}],
        "dimensions": [{"dimension_key": "campaign", "column_expression": "campaign_id /**/",
                        "display_column": "name", "join_table": "campaigns",
                        "join_condition": "{value} = campaigns.id /* AND */ AND campaigns.client_id = {client_id} --"}],
    });
    let loaded = load(&definitions).expect("comments are nothing");
    let query = compile(
        loaded,
        json!({"metrics": ["revenue"], "dimensions": ["campaign"]}),
        json!([]),
    );
    let query = query.expect("the request compiles");
    let sql = query.sql();
    assert!(!sql.contains("--") && !sql.contains("/*"), "{sql}");
    assert_eq!(sql.matches("client_id = $1::bigint").count(), 2, "{sql}");
    assert!(sql.contains("is_deleted = "), "{sql}");
    // A comment that does not end would hide the rest.
    let mut hidden = definitions;
    hidden["dimensions"][0]["join_condition"] =
        json!("{value} = campaigns.id /* AND campaigns.client_id = {client_id}");
    assert_eq!(
        findings(load(&hidden)),
        ["fragment-syntax catalog.dimensions[0].join_condition"]
    );
    // One that ends at the wrong place leaves the lookup without its tenant.
    hidden["dimensions"][0]["join_condition"] =
        json!("{value} = campaigns.id -- AND campaigns.client_id = {client_id}");
    assert_eq!(
        findings(load(&hidden)),
        ["lookup-tenant catalog.dimensions[0].join_condition"]
    );
}

#[test]
fn metrics_aggregate_once_and_everything() {
    let sql = |sql: &str| json!({"metrics": [{"metric_key": "m", "sql_expression": sql}]});
    let at = |code: &str| format!("{code} catalog.metrics[0].sql_expression");
    for (text, code) in [
        ("amount", "missing-aggregate"),
        ("1", "missing-aggregate"),
        ("SUM(a) + b", "missing-aggregate"),
        ("SUM(AVG(a))", "misplaced-aggregate"),
        ("SUM(a) FILTER (WHERE COUNT(b) > 1)", "misplaced-aggregate"),
        ("SUM(a) OVER ()", "fragment-forbidden"),
        ("COUNT(DISTINCT a, b)", "fragment-syntax"),
        ("SUM(*)", "fragment-forbidden"),
        ("SUM(o.a)", "fragment-forbidden"),
        ("SUM({value})", "fragment-forbidden"),
    ] {
        check(sql(text), &[&at(code)]);
    }
    loads(sql("SUM(a) / NULLIF(COUNT(*), 0) + 1"));
}

fn lookup(condition: &str) -> Value {
    json!({"dimensions": [
        {"dimension_key": "campaign", "column_expression": "campaign_id", "display_column": "name",
         "join_table": "public.campaigns", "join_condition": condition}]})
}

#[test]
fn lookups_are_joined_by_their_key_and_tenant_alone() {
    let condition = ["join-condition catalog.dimensions[0].join_condition"];
    let forbidden = ["fragment-forbidden catalog.dimensions[0].join_condition"];
    let tenant = "campaigns.client_id = {client_id}";
    let with = |rest: &str| lookup(&format!("{rest} AND {tenant}"));
    loads(with("{value} = campaigns.id"));
    loads(with(
        "{source}.campaign_id = campaigns.id AND campaigns.is_live",
    ));
    loads(with("campaigns.id = {source}.campaign_id"));
    check(
        lookup("{value} = campaigns.id"),
        &["lookup-tenant catalog.dimensions[0].join_condition"],
    );
    // Neither under an `OR` nor under a `NOT` does the tenant hold.
    check(
        lookup(&format!(
            "{{value}} = campaigns.id AND (campaigns.a OR {tenant})"
        )),
        &condition,
    );
    check(
        lookup(&format!("{{value}} = campaigns.id AND NOT ({tenant})")),
        &condition,
    );
    check(
        lookup(&format!("{{value}} = campaigns.id OR {tenant}")),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND campaigns.client_id >= {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND {client_id} = {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND {source}.client_id = {client_id}"),
        &condition,
    );
    check(
        lookup("{value} = campaigns.id AND ABS(campaigns.client_id) = {client_id}"),
        &condition,
    );
    check(with("{source}.other_id = campaigns.id"), &condition);
    check(
        with("{value} = campaigns.id AND {source}.day = campaigns.day"),
        &condition,
    );
    check(
        with("{value} = campaigns.id AND {value} = campaigns.old_id"),
        &condition,
    );
    check(with("{value} + 1 = campaigns.id"), &condition);
    check(with("{value} = products.id"), &condition);
    check(with("{value} = id"), &condition);
    check(with("{value} > campaigns.id"), &condition);
    check(with("{value} = campaigns.id AND {source}.live"), &condition);
    check(
        with("{value} = campaigns.id AND public.campaigns.live"),
        &forbidden,
    );
    check(lookup(tenant), &condition);
}

#[test]
fn relations_are_plain_names() {
    for (pattern, is_fine) in [
        ("orders", true),
        ("reporting.orders_{client_id}", true),
        ("tenant_{client_id}.orders", true),
        ("", false),
        (".", false),
        ("a.b.c", false),
        ("a b", false),
        ("a;b", false),
        ("a--b", false),
        ("\"a\"", false),
        ("1a", false),
        ("a.{tenant}", false),
        ("a.{client_id", false),
        ("a/*", false),
        ("(SELECT 1)", false),
        ("ä", false),
    ] {
        let source = json!({"data_sources": [{"source_key": "orders", "view_pattern": pattern}]});
        let expected: &[&str] = match is_fine {
            true => &[],
            false => &["invalid-relation catalog.data_sources[0].view_pattern"],
        };
        assert_eq!(findings(load(&source)), expected, "{pattern}");
    }
}

#[test]
fn formulas_name_metrics_and_nothing_else() {
    let formula = |formula: &str| json!({"metrics": [base(), {"metric_key": "rate", "derived_formula": formula}]});
    let at = |code: &str| format!("{code} catalog.metrics[1].derived_formula");
    for (text, code) in [
        ("revenue = revenue / 2", "formula-target"),
        ("rate = revenu / 2", "unknown-reference"),
        ("amount / 2", "unknown-reference"),
        ("SUM(revenue)", "misplaced-aggregate"),
        ("revenue; DROP TABLE x", "fragment-forbidden"),
        ("(SELECT 1)", "fragment-forbidden"),
        ("UPPER(revenue)", "fragment-forbidden"),
        ("revenue /", "fragment-syntax"),
        ("", "fragment-syntax"),
        ("{value}", "fragment-forbidden"),
        ("t.revenue", "fragment-forbidden"),
    ] {
        check(formula(text), &[&at(code)]);
    }
    loads(formula("rate = revenue / 2"));
    let unknown = load(&catalog(formula("revenu / 2"))).expect_err("no such metric");
    let help = unknown
        .iter()
        .next()
        .and_then(|error| error.help())
        .map(ToString::to_string);
    assert_eq!(help.as_deref(), Some("did you mean `revenue`?"));
    check(
        json!({"metrics": [{"metric_key": "rate", "is_derived": true}]}),
        &["missing-expression catalog.metrics[0].sql_expression"],
    );
}

#[test]
fn nonsense_in_small_fields_is_refused() {
    let field = |field: &str, value: Value| json!({"metrics": [{"metric_key": "m", "sql_expression": "SUM(a)", field: value}]});
    for value in [json!("0"), json!(true), json!([0]), json!({})] {
        check(
            field("null_as", value),
            &["wrong-type catalog.metrics[0].null_as"],
        );
    }
    let load_number = |digits: &str| {
        let text = catalog(field("null_as", json!("NUMBER"))).to_string();
        findings(Catalog::from_json(&text.replace("\"NUMBER\"", digits)))
    };
    for digits in ["1e3", "1E-400", &"9".repeat(41)] {
        assert_eq!(
            load_number(digits),
            ["wrong-value catalog.metrics[0].null_as"]
        );
    }
    for digits in ["0", "-1.50", "0.0"] {
        assert_eq!(load_number(digits), [""; 0]);
    }
    check(
        field("percent_scale", json!("percent")),
        &["wrong-value catalog.metrics[0].percent_scale"],
    );
    check(
        field("percent_scale", json!(100)),
        &["wrong-type catalog.metrics[0].percent_scale"],
    );
    check(
        field("window", json!("forever")),
        &["wrong-value catalog.metrics[0].window"],
    );
    check(
        field("aggregation_type", json!("total")),
        &["wrong-value catalog.metrics[0].aggregation_type"],
    );
    check(
        field("module", json!("a b")),
        &["invalid-name catalog.metrics[0].module"],
    );
    check(
        json!({"dimensions": [{"dimension_key": "d", "column_expression": "d", "module": "a b"}]}),
        &["invalid-name catalog.dimensions[0].module"],
    );
    check(
        json!({"functions": ["pg_read_file", "sum", "Mine", "mine", "mine"]}),
        &[
            "wrong-value catalog.functions[0]",
            "duplicate-key catalog.functions[1]",
            "invalid-name catalog.functions[2]",
            "duplicate-key catalog.functions[4]",
        ],
    );
}

/// Found by fuzzing: without declared columns, a control character came as far as the statement, which
/// then failed its own verification.
#[test]
fn columns_are_names_that_a_relation_can_have() {
    let long = "x".repeat(64);
    for name in ["client\u{7f}id", "a\u{85}", "a\nb", "", long.as_str()] {
        for field in ["client_id_column", "date_column"] {
            let mut definitions = json!({"data_sources": [{"source_key": "orders",
                "view_pattern": "orders", "metrics": "*", "dimensions": "*"}]});
            definitions["data_sources"][0][field] = json!(name);
            check(
                definitions,
                &[format!("invalid-name catalog.data_sources[0].{field}").as_str()],
            );
        }
        let mut definitions = lookup("campaigns.id = {value}");
        definitions["dimensions"][0]["join_tenant_column"] = json!(name);
        check(
            definitions,
            &["invalid-name catalog.dimensions[0].join_tenant_column"],
        );
        let mut definitions = json!({"toggles": toggles()});
        definitions["toggles"][0]["options"][0]["date_column"] = json!(name);
        check(
            definitions,
            &["invalid-name catalog.toggles[0].options[0].date_column"],
        );
    }
}

#[test]
fn columns_are_those_that_the_source_declares() {
    let source = |fields: Value| {
        let mut source = json!({"source_key": "orders", "view_pattern": "orders",
            "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                        {"name": "data", "data_type": "jsonb"}]});
        let fields = fields.as_object().expect("an object").clone();
        source.as_object_mut().expect("an object").extend(fields);
        json!({"data_sources": [source],
               "metrics": [{"metric_key": "m", "sql_expression": "SUM(amount)"}, base()],
               "dimensions": [{"dimension_key": "d", "column_expression": "other"}]})
    };
    let at = |field: &str| format!("unknown-column catalog.data_sources[0].{field}");
    for (fields, field) in [
        (json!({"primary_key": ["id"]}), "primary_key"),
        (json!({"date_column": "day"}), "date_column"),
        (json!({"client_id_column": "tenant"}), "client_id_column"),
        (json!({"base_filter": "NOT deleted"}), "base_filter"),
        (json!({"metrics": ["m"]}), "metrics"),
        (json!({"dimensions": ["d"]}), "dimensions"),
        (
            json!({"dimensions": [{"dimension": "d", "column_expression": "another"}]}),
            "dimensions",
        ),
        (
            json!({"columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                            {"name": "x", "data_type": "text", "path": ["x"]}]}),
            "columns",
        ),
    ] {
        assert_eq!(findings(load(&source(fields))), [at(field)]);
    }
    // `"*"` offers what can be computed, and nothing else.
    let loaded =
        load(&source(json!({"metrics": "*", "dimensions": "*"}))).expect("nothing is named");
    let refused = compile(loaded, json!({"metrics": ["m"]}), json!([])).expect_err("not offered");
    assert!(refused.has(ErrorCode::NoSource));
}

#[test]
fn everything_wrong_is_reported_at_once_in_order() {
    let wrong = json!({
        "data_sources": [
            {"source_key": "orders", "view_pattern": "a.b.c", "base_filter": "SUM(a) > 1",
             "columns": [{"name": "amount", "data_type": "decimal"}, {"name": "amount", "data_type": "text"}],
             "client_id_column": "tenant", "date_column": "amount", "metrics": ["nothing"]},
            {"source_key": "orders", "view_pattern": "orders"},
            {"source_key": "no name", "view_pattern": "orders"},
        ],
        "metrics": [
            {"metric_key": "m", "sql_expression": "amount", "aggregation_type": "x", "filter": "a; b"},
            {"metric_key": "a", "derived_formula": "a + 1"},
            {"metric_key": "none"},
            {"metric_key": "unknown", "derived_formula": "nothing"},
        ],
        "dimensions": [
            {"dimension_key": "d", "column_expression": "MAX(x)", "data_type": "days"},
            {"dimension_key": "l", "column_expression": "c", "display_column": "n", "join_table": "t",
             "join_condition": "t.c = {value}"},
        ],
        "toggles": [{"toggle_key": "mode", "options": []}],
        "templates": [{"template_key": "a b", "name": "x", "layout": {}, "required_toggles": ["mood"]}],
        "functions": ["dblink"],
    });
    assert_eq!(
        findings(load(&wrong)),
        [
            "invalid-relation catalog.data_sources[0].view_pattern",
            "duplicate-key catalog.data_sources[0].columns",
            "misplaced-aggregate catalog.data_sources[0].base_filter",
            "unknown-column catalog.data_sources[0].client_id_column",
            "wrong-value catalog.data_sources[0].date_column",
            "unknown-reference catalog.data_sources[0].metrics",
            "duplicate-key catalog.data_sources[1].source_key",
            "invalid-name catalog.data_sources[2].source_key",
            "wrong-value catalog.metrics[0].aggregation_type",
            "fragment-forbidden catalog.metrics[0].filter",
            "missing-aggregate catalog.metrics[0].sql_expression",
            "metric-cycle catalog.metrics[1].derived_formula",
            "missing-expression catalog.metrics[2].sql_expression",
            "unknown-reference catalog.metrics[3].derived_formula",
            "misplaced-aggregate catalog.dimensions[0].column_expression",
            "wrong-value catalog.dimensions[0].data_type",
            "lookup-tenant catalog.dimensions[1].join_condition",
            "toggle-default catalog.toggles[0].options",
            "invalid-name catalog.templates[0].template_key",
            "unknown-reference catalog.templates[0].required_toggles",
            "wrong-value catalog.functions[0]",
        ]
    );
}

#[test]
fn rules_on_what_is_not_there_fail_closed() {
    let rows = json!({
        "data_sources": [{"id": 1, "source_key": "orders", "view_pattern": "orders"}],
        "metrics": [{"id": 1, "metric_key": "revenue", "sql_expression": "SUM(amount)"}],
        "dimensions": [{"id": 5, "dimension_key": "campaign", "column_expression": "campaign_id",
                        "data_type": "integer"},
                       {"id": 6, "dimension_key": "old", "column_expression": "old", "is_active": false},
                       {"id": 7, "dimension_key": "elsewhere", "column_expression": "elsewhere"}],
        "data_source_metrics": [{"data_source_id": 1, "metric_id": 1}],
        "data_source_dimensions": [{"data_source_id": 1, "dimension_id": 5},
                                   {"data_source_id": 1, "dimension_id": 6, "is_active": false}],
    });
    let rows = rows.to_string();
    let refused = |rule: Value| {
        let loaded = Catalog::from_rows_json(&rows).unwrap_or_else(|errors| panic!("{errors}"));
        let query = compile(loaded, json!({"metrics": ["revenue"]}), json!([rule]));
        match query {
            Ok(_) => Vec::new(),
            Err(errors) => findings(Err(errors)),
        }
    };
    let by_key =
        |key: &str| json!({"dimension": key, "access_type": "exclude", "allowed_values": [1]});
    let by_id =
        |id: i64| json!({"dimension_id": id, "access_type": "exclude", "allowed_values": []});
    assert_eq!(refused(by_key("campaign")), [""; 0]);
    assert_eq!(refused(by_id(5)), [""; 0]);
    assert_eq!(
        refused(by_key("old")),
        ["unknown-dimension context.access[0].dimension"]
    );
    assert_eq!(
        refused(by_id(6)),
        ["unknown-dimension context.access[0].dimension_id"]
    );
    assert_eq!(
        refused(by_key("Campaign")),
        ["unknown-dimension context.access[0].dimension"]
    );
    assert_eq!(
        refused(by_id(99)),
        ["unknown-dimension context.access[0].dimension_id"]
    );
    let unavailable = "access-dimension-unavailable context.access[0]";
    assert_eq!(
        refused(by_key("elsewhere")),
        [format!("{unavailable}.dimension")]
    );
    assert_eq!(refused(by_id(7)), [format!("{unavailable}.dimension_id")]);
}

/// Without a schema, a relation of a step's name would be hidden by the step: groups would be read for
/// rows, without a guard. The steps are those of all statements that are shown as pages.
#[test]
fn no_relation_is_taken_for_a_step() {
    let folder = root().join("tests/snapshots");
    let mut steps = std::collections::BTreeSet::new();
    for page in std::fs::read_dir(folder).expect("a folder") {
        let page = std::fs::read_to_string(page.expect("a page").path()).expect("a text");
        for line in page.lines() {
            let line = line.strip_prefix("WITH ").unwrap_or(line);
            let name = line.strip_suffix(" AS (");
            let is_name =
                |name: &&str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            steps.extend(name.filter(is_name).map(str::to_owned));
        }
    }
    assert!(steps.len() >= 10, "{steps:?}");
    for step in steps {
        let of = |pattern: String| {
            let source = json!([{"source_key": "s", "view_pattern": pattern, "metrics": "*"}]);
            findings(load(&catalog(
                json!({"metrics": [base()], "data_sources": source}),
            )))
        };
        let found = of(step.clone());
        assert_eq!(
            found,
            ["invalid-relation catalog.data_sources[0].view_pattern"],
            "{step}"
        );
        let found = of(format!("reporting.{step}"));
        assert!(found.is_empty(), "{step}: {found:?}");
    }
    let source =
        json!([{"source_key": "s", "view_pattern": "grouped_{client_id}", "metrics": "*"}]);
    let named = loads(json!({"metrics": [base()], "data_sources": source}));
    let compiler = Compiler::new(named, Dialect::Postgres);
    let request = Request::new().metric("revenue");
    let context = Context::new(Tenant::number(2).expect("a tenant"), Vec::new());
    let errors = compiler.checked(&request, &context).expect_err("a step");
    assert_eq!(
        errors.iter().next().map(|e| e.code()),
        Some(ErrorCode::InvalidRelation)
    );
}

/// A column that is named like a dimension of a module is not what the key means without the module, though
/// another dimension may show the same.
#[test]
fn a_key_means_one_thing_for_all() {
    let columns = ["client_id", "flag"].map(|name| json!({"name": name, "data_type": "integer"}));
    let source = json!([{"source_key": "s", "view_pattern": "public.s", "date_column": null,
                         "columns": columns, "metrics": [], "dimensions": "*"}]);
    let dimension = |key: &str| json!({"dimension_key": key, "column_expression": "flag"});
    let mut gated = dimension("flag");
    gated["module"] = json!("extra");
    let named =
        json!({"metrics": [], "data_sources": source, "dimensions": [gated, dimension("shown")]});
    let compiler = Compiler::new(loads(named), Dialect::Postgres);
    let mut context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    for (modules, column, is_known) in [
        (&[][..], "flag", false),
        (&[], "shown", true),
        (&["extra".to_owned()], "flag", true),
    ] {
        context.modules = modules.to_vec();
        let asked = compiler.checked(&Request::rows([column]).source("s"), &context);
        let codes: Vec<ErrorCode> = match asked {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|error| error.code()).collect(),
        };
        let expected = if is_known {
            vec![]
        } else {
            vec![ErrorCode::UnknownColumn]
        };
        assert_eq!(codes, expected, "{column} with {modules:?}");
    }
}
