//! Ways in which systems of this kind give wrong numbers or leak, and what holds each here.
//!
//! The numbers are those of the cases (`t09_…`). A trap is held by cases and tests, which have to
//! exist.

use measurand_tests::checker::Checked;
use std::collections::BTreeSet;
use std::fs;

use measurand::{Catalog, Compiler, Context, Dialect, Errors, Limits, Request};
use measurand_tests::support::case::{Expected, cases};
use measurand_tests::support::root;

/// What holds a trap: `cases/…` and `cases_errors/…` are case files, `file::function` a test.
const HELD: [(u8, &[&str]); 56] = [
    (
        1,
        &[
            "cases/traps/t01_whole_number_division",
            "cases/standing/whole_numbers_divide",
        ],
    ),
    (
        2,
        &[
            "cases/traps/t02_zero_denominator",
            "cases/standing/parts_of_zero",
            "cases/standing/without_rows",
        ],
    ),
    (3, &["cases/traps/t03_nested_precedence"]),
    (4, &["cases/traps/t04_names_inside_texts"]),
    (5, &["tests/traps.rs::every_cycle_is_found_with_its_path"]),
    (
        6,
        &["cases/pivot/a_ratio", "cases/traps/t06_average_of_averages"],
    ),
    (
        7,
        &[
            "cases/pivot/distinct_of_others",
            "cases/traps/t07_distinct_counts_do_not_add",
        ],
    ),
    (8, &["cases/traps/t08_filtered_over_unfiltered"]),
    (9, &["cases/traps/t09_is_not_keeps_null"]),
    (10, &["cases/traps/t10_null_inside_not_in"]),
    (11, &["cases/traps/t11_exclude_hides_null"]),
    (12, &["cases/traps/t12_empty_include_denies"]),
    (13, &["cases_errors/t13_missing_access"]),
    (
        14,
        &[
            "cases/traps/t14_far_rule_hides_the_orders",
            "cases/traps/t14_hidden_members_do_not_turn_into_null",
        ],
    ),
    (
        15,
        &[
            "cases/traps/t15_far_rule_on_what_is_not_asked_for",
            "cases/traps/t15_rule_on_an_unselected_dimension",
        ],
    ),
    (
        16,
        &[
            "cases_errors/t16_access_dimension_unavailable",
            "cases_errors/t16_rule_in_one_of_two_sources",
            "cases_errors/t16_rule_that_no_path_leads_to",
            "cases_errors/t16_rule_that_several_paths_lead_to",
        ],
    ),
    (
        17,
        &[
            "cases/pivot/within_a_rule",
            "cases/traps/t17_minimum_and_maximum_are_guarded",
            "cases/traps/t17_lookups_are_guarded",
        ],
    ),
    (
        18,
        &[
            "cases_errors/t18_gated_dimension_in_a_filter",
            "cases_errors/t18_gated_dimension_in_the_order",
            "cases_errors/t18_gated_metric_in_a_condition",
            "tests/hidden.rs::a_switch_does_not_open_a_gated_dimension",
        ],
    ),
    (
        19,
        &["tests/shape.rs::fingerprints_cover_all_that_a_result_depends_on"],
    ),
    (
        20,
        &[
            "cases/pivot/the_missing_member",
            "cases/sources/by_campaign",
        ],
    ),
    (21, &["cases/sources/without_dimensions"]),
    (
        22,
        &[
            "cases/traps/t22_far_orphans_keep_the_total",
            "cases/traps/t22_orphans_keep_the_total",
        ],
    ),
    (
        23,
        &[
            "cases/traps/t23_far_side_of_another_tenant",
            "cases/traps/t23_lookup_not_unique",
            "tests/diagnostics.rs::messages_are_what_they_should_be",
        ],
    ),
    (
        24,
        &[
            "cases/relationships/a_key_that_can_raise",
            "cases/traps/t24_parents_without_children",
        ],
    ),
    (
        25,
        &[
            "cases/traps/t25_far_only_for_a_filter",
            "cases/traps/t25_lookup_only_for_a_filter",
        ],
    ),
    (
        26,
        &[
            "cases/sources/far_chasm_by_status",
            "cases/sources/far_chasm_in_total",
            "cases/sources/three_sources",
            "cases/traps/t26_chasm",
        ],
    ),
    (
        27,
        &[
            "cases/traps/t27_far_source_in_two_roles",
            "cases/traps/t27_one_lookup_twice",
        ],
    ),
    (28, &["cases/traps/t28_sums_need_no_hash"]),
    (
        29,
        &[
            "cases/traps/t29_far_column_named_like_a_near_one",
            "cases/traps/t29_metric_named_like_its_column",
        ],
    ),
    (
        30,
        &[
            "cases/traps/t30_ties_at_the_limit",
            "cases/standing/in_the_order_of_ranks",
            "cases/standing/ties_share_a_rank",
            "cases/top/the_first_two",
            "cases/top/ties_put_the_missing_member_last",
        ],
    ),
    (
        31,
        &[
            "cases/traps/t31_condition_on_what_is_not_shown",
            "cases/top/ranked_by_what_is_not_shown",
        ],
    ),
    (
        32,
        &[
            "cases/gaps/totals_behind_a_page",
            "cases/standing/limit",
            "cases/standing/of_groups_that_pass_and_a_page",
            "cases/standing/others_that_are_hidden",
            "cases/standing/total_of_groups_that_pass",
            "cases/totals/limit",
            "cases/totals/metric_filter",
            "cases/totals/metric_filter_and_page",
            "cases/pivot/distinct_of_others",
            "cases/top/distinct_is_not_a_sum",
            "cases/top/metric_filter",
            "cases/top/page",
            "cases/top/total_of_groups_that_pass",
            "cases/top/total_without_other",
        ],
    ),
    (
        33,
        &[
            "cases/totals/average_is_over_rows",
            "cases/totals/distinct_is_not_a_sum",
            "cases/totals/median",
            "cases/totals/missing_member_beside_the_total",
            "cases/standing/beside_subtotals",
            "cases/totals/subtotals_by_either",
            "cases/top/median",
            "cases/pivot/distinct_of_others",
            "cases/top/ratio_beside_a_missing_member",
            "cases/top/subtotals_by_what_is_ranked",
        ],
    ),
    (34, &["cases/traps/t34_no_hidden_cap"]),
    (35, &["cases/traps/t35_last_microsecond"]),
    (
        36,
        &[
            "cases/traps/t36_dates_do_not_shift",
            "cases/traps/t36_months_do_not_shift",
        ],
    ),
    (37, &["cases/traps/t37_days_of_23_and_25_hours"]),
    (
        38,
        &["tests/poison.rs::results_do_not_depend_on_the_session"],
    ),
    (
        39,
        &[
            "cases/traps/t39_week_of_new_year",
            "cases/traps/t39_week_of_new_year_from_sunday",
        ],
    ),
    (40, &["cases/traps/t40_month_before_a_31st"]),
    (41, &["cases/compare/access_holds_in_both_periods"]),
    (42, &["cases/compare/by_campaign", "cases/compare/by_month"]),
    (
        43,
        &[
            "cases/windows/distinct_buyers_of_three_days",
            "cases/windows/rolling_days_over_gaps",
            "cases/windows/running_total_by_day_and_shop",
            "cases/windows/running_total_by_month",
        ],
    ),
    (
        44,
        &[
            "cases/semi_additive/a_rule_comes_first",
            "cases/semi_additive/last_balance_by_branch",
            "cases/semi_additive/total",
            "cases/semi_additive/without_dimensions",
        ],
    ),
    (
        45,
        &[
            "cases/gaps/a_declared_zero",
            "cases/gaps/totals_with_a_declared_zero",
            "cases/traps/t45_default_beside_real_zeros",
            "cases/traps/t45_nothing_is_null_or_a_declared_zero",
        ],
    ),
    (
        46,
        &[
            "cases/traps/t46_no_selection_is_the_default",
            "cases_errors/t46_option_of_another_toggle",
            "tests/traps.rs::a_toggle_has_one_default",
        ],
    ),
    (47, &["tests/traps.rs::two_toggles_never_compete"]),
    (48, &["cases/traps/t48_cascade_to_the_grandchild"]),
    (49, &["cases/traps/t49_date_basis_is_one_thing"]),
    (
        50,
        &[
            "cases/traps/t50_one_value_of_two_types",
            "tests/traps.rs::parameters_and_placeholders_are_as_many",
        ],
    ),
    (51, &["cases/traps/t51_wildcards_are_text"]),
    (
        52,
        &[
            "cases_errors/t52_tenant_with_sql",
            "tests/traps.rs::a_tenant_is_a_number_or_a_word",
        ],
    ),
    (
        53,
        &[
            "cases/traps/t53_keys_beyond_63_bytes",
            "cases/traps/t53_order_by_a_long_key",
            "tests/traps.rs::no_two_columns_share_a_name",
        ],
    ),
    (
        54,
        &[
            "cases/traps/t54_percent_scale",
            "tests/traps.rs::a_percentage_is_scaled_once",
        ],
    ),
    (
        55,
        &[
            "cases/traps/t55_money_does_not_drift",
            "tests/shape.rs::parameters_keep_every_digit",
            "tests/traps.rs::numbers_are_numbers",
        ],
    ),
    (
        56,
        &[
            "cases_errors/t56_far_dimension_that_one_source_lacks",
            "cases_errors/t56_far_metric_of_another_source",
            "cases_errors/t56_metric_of_another_source",
        ],
    ),
];

#[test]
fn every_trap_is_held_by_what_exists() {
    let root = root();
    let mut numbers = BTreeSet::new();
    for (number, held) in HELD {
        assert!(numbers.insert(number), "trap {number} stands twice");
        assert!(!held.is_empty(), "nothing holds trap {number}");
        for what in held {
            match what.split_once("::") {
                Some((file, function)) => {
                    let text = fs::read_to_string(root.join(file));
                    let text =
                        text.unwrap_or_else(|error| panic!("trap {number}, {file}: {error}"));
                    let test = format!("#[test]\nfn {function}()");
                    assert!(text.contains(&test), "trap {number}: no test `{what}`");
                }
                None => {
                    let file = root.join("tests").join(format!("{what}.toml"));
                    assert!(file.is_file(), "trap {number}: no case `{what}`");
                }
            }
        }
    }
    let all: BTreeSet<u8> = (1..=56).collect();
    assert_eq!(numbers, all);
}

/// A case file that is named after a trap is in the table.
#[test]
fn every_case_of_a_trap_is_listed() {
    let listed: BTreeSet<&str> = HELD.iter().flat_map(|(_, held)| *held).copied().collect();
    for folder in ["cases", "cases_errors"] {
        for case in cases(folder) {
            let name = case.name.rsplit('/').next().unwrap_or_default();
            let digits = name.strip_prefix('t').unwrap_or_default();
            if digits
                .get(..2)
                .is_some_and(|digits| digits.parse::<u8>().is_ok())
            {
                let file = format!("{folder}/{}", case.name);
                assert!(listed.contains(file.as_str()), "{file}");
            }
        }
    }
}

fn codes(errors: &Errors) -> Vec<&'static str> {
    errors.iter().map(|error| error.code().as_str()).collect()
}

/// A catalog with these metrics and toggles.
fn load(metrics: &str, toggles: &str) -> Result<Catalog, Errors> {
    Catalog::from_json(&format!(
        r#"{{"data_sources": [{{"source_key": "orders", "view_pattern": "public.orders",
              "columns": [{{"name": "client_id", "data_type": "integer"}},
                          {{"name": "date", "data_type": "date"}},
                          {{"name": "n", "data_type": "integer"}}],
              "metrics": "*", "dimensions": "*"}}],
            "metrics": [{{"metric_key": "n", "sql_expression": "SUM(n)"}}, {metrics}],
            "dimensions": [{{"dimension_key": "d", "column_expression": "date", "data_type": "date"}}],
            "toggles": [{toggles}]}}"#
    ))
}

const MODE: &str = r#"{"toggle_key": "mode", "options": [
    {"option_key": "a", "is_default": true}, {"option_key": "b"}]}"#;
const BASIS: &str = r#"{"toggle_key": "basis", "options": [
    {"option_key": "x", "is_default": true}, {"option_key": "y"}]}"#;

/// All cycles at once, each with its path, and those too that only a variant closes.
#[test]
fn every_cycle_is_found_with_its_path() {
    let two = r#"{"metric_key": "a", "derived_formula": "b + n"}, {"metric_key": "b", "derived_formula": "a * 2"},
        {"metric_key": "c", "derived_formula": "c + 1"}"#;
    let errors = load(two, "").unwrap_err();
    assert_eq!(codes(&errors), ["metric-cycle", "metric-cycle"], "{errors}");
    let text = errors.to_string();
    assert!(
        text.contains('a') && text.contains('b') && text.contains('c'),
        "{text}"
    );
    let closed_by_a_variant = r#"
        {"metric_key": "up", "derived_formula": "down + 1"},
        {"metric_key": "down", "derived_formula": "n * 2",
         "variants": [{"when": {"mode": "b"}, "derived_formula": "up - 1"}]}"#;
    let errors = load(closed_by_a_variant, MODE).unwrap_err();
    assert_eq!(codes(&errors), ["metric-cycle"], "{errors}");
    let text = errors.to_string();
    for name in ["up", "down"] {
        assert!(text.contains(name), "{text}");
    }
    // The same names without a circle.
    let open = closed_by_a_variant.replace("up - 1", "n - 1");
    assert!(load(&open, MODE).is_ok());
    // A diamond is no circle, and a metric may be declared behind the one that uses it.
    let diamond = r#"{"metric_key": "top", "derived_formula": "left / right"},
        {"metric_key": "left", "derived_formula": "n + 1"}, {"metric_key": "right", "derived_formula": "n - 1"}"#;
    assert!(load(diamond, "").is_ok());
}

/// None or two defaults leave a request without a setting.
#[test]
fn a_toggle_has_one_default() {
    for options in [
        r#"{"option_key": "a"}, {"option_key": "b"}"#,
        r#"{"option_key": "a", "is_default": true}, {"option_key": "b", "is_default": true}"#,
        r#"{"option_key": "a", "is_default": true, "is_active": false}, {"option_key": "b"}"#,
    ] {
        let toggle = format!(r#"{{"toggle_key": "mode", "options": [{options}]}}"#);
        let errors = load(
            r#"{"metric_key": "m", "sql_expression": "SUM(n)"}"#,
            &toggle,
        )
        .unwrap_err();
        assert_eq!(codes(&errors), ["toggle-default"], "{options}");
    }
}

/// Two options that are chosen at once and override one metric are an error, unless a variant says
/// what both together mean.
#[test]
fn two_toggles_never_compete() {
    let metric = |more: &str| {
        format!(
            r#"{{"metric_key": "m", "sql_expression": "SUM(n)", "variants": [
                {{"when": {{"mode": "b"}}, "sql_expression": "MIN(n)"}},
                {{"when": {{"basis": "y"}}, "sql_expression": "MAX(n)"}}{more}]}}"#
        )
    };
    let toggles = format!("{MODE}, {BASIS}");
    let errors = load(&metric(""), &toggles).unwrap_err();
    assert_eq!(codes(&errors), ["ambiguous-variant"], "{errors}");
    let both = r#", {"when": {"mode": "b", "basis": "y"}, "sql_expression": "AVG(n)"}"#;
    let catalog = load(&metric(both), &toggles).unwrap_or_else(|errors| panic!("{errors}"));
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    for (mode, basis, expected) in [
        ("a", "x", "sum("),
        ("b", "x", "min("),
        ("a", "y", "max("),
        ("b", "y", "avg("),
    ] {
        let request =
            format!(r#"{{"metrics": ["m"], "toggles": {{"mode": "{mode}", "basis": "{basis}"}}}}"#);
        let query = compile(&compiler, &request, 1.into()).unwrap();
        assert!(query.sql().contains(expected), "{}", query.sql());
    }
}

fn compile(
    compiler: &Compiler,
    request: &str,
    tenant: serde_json::Value,
) -> Result<measurand::CompiledQuery, Errors> {
    let limits = Limits::default();
    let context = serde_json::json!({"client_id": tenant, "access": []}).to_string();
    let request = Request::from_json(request, &limits)?;
    compiler.checked(&request, &Context::from_json(&context, &limits)?)
}

/// In every case, placeholders are dense and as many as there are parameters.
#[test]
fn parameters_and_placeholders_are_as_many() {
    for case in cases("cases") {
        let query = case.checked(&case.compiler(Dialect::Postgres)).unwrap();
        let mut met = BTreeSet::new();
        for part in query.sql().split('$').skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            met.extend(digits.parse::<usize>().ok());
        }
        let expected: BTreeSet<usize> = (1..=query.params().len()).collect();
        assert_eq!(met, expected, "{}", case.name);
        let expected_rows = !matches!(case.expected, Expected::Errors(_));
        assert!(expected_rows, "{}", case.name);
    }
}

/// What could be anything but a number or a word never reaches the name of a relation.
#[test]
fn a_tenant_is_a_number_or_a_word() {
    let catalog = Catalog::from_json(
        r#"{"data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
            "metrics": "*", "dimensions": "*"}], "metrics": [{"metric_key": "n", "sql_expression": "SUM(n)"}]}"#,
    );
    let compiler = Compiler::new(catalog.unwrap(), Dialect::Postgres);
    let request = r#"{"metrics": ["n"]}"#;
    for tenant in [
        "1; DROP TABLE x",
        "1 AS t --",
        "1\"",
        "1'",
        "../1",
        "1.x",
        "a.b",
        "A",
        "Ünï",
        "a b",
        "",
        " 1",
        "1 ",
        "01",
        "+1",
        "-1",
        "1.0",
        "\u{661}",
        "a\u{0}",
        "a\n",
        "{client_id}",
        "$1",
        "pg_catalog.pg_class",
        "abcdefghijklmnopqrstuvwxyz0123456789",
    ] {
        assert!(
            compile(&compiler, request, tenant.into()).is_err(),
            "{tenant:?}"
        );
    }
    for tenant in [
        serde_json::json!(-1),
        serde_json::json!(1.5),
        serde_json::json!(null),
        serde_json::json!([1]),
    ] {
        assert!(compile(&compiler, request, tenant).is_err());
    }
    for (tenant, relation) in [
        (serde_json::json!(7), "reporting.orders_7 "),
        (serde_json::json!("7"), "reporting.orders_7 "),
        (serde_json::json!("acme_eu1"), "reporting.orders_acme_eu1 "),
    ] {
        let query = compile(&compiler, request, tenant).unwrap();
        assert!(query.sql().contains(relation), "{}", query.sql());
    }
}

/// Names stay apart where the database would cut them, in the result and inside the statement.
#[test]
fn no_two_columns_share_a_name() {
    let long = "a".repeat(95);
    let metrics: Vec<String> = (0..40)
        .map(|n| format!(r#"{{"metric_key": "{long}{n:02}", "sql_expression": "SUM(n + {n})"}}"#))
        .collect();
    let catalog = load(&metrics.join(", "), "").unwrap_or_else(|errors| panic!("{errors}"));
    let compiler = Compiler::new(catalog, Dialect::Postgres);
    let keys: Vec<String> = (0..40).map(|n| format!("\"{long}{n:02}\"")).collect();
    let query = compile(
        &compiler,
        &format!(r#"{{"metrics": [{}]}}"#, keys.join(", ")),
        1.into(),
    )
    .unwrap();
    let aliases: BTreeSet<&str> = query
        .columns()
        .iter()
        .map(|column| column.alias())
        .collect();
    assert_eq!(aliases.len(), 40);
    assert!(aliases.iter().all(|alias| alias.len() <= 63));
}

/// A formula in points under a pattern that multiplies again is pointed out.
#[test]
fn a_percentage_is_scaled_once() {
    let metric = |scale: &str| {
        format!(
            r#"{{"metric_key": "rate", "derived_formula": "n / n * 100", "data_type": "percentage",
                "format_pattern": "0.00%"{scale}}}"#
        )
    };
    let lints = |metric: &str| -> Vec<String> {
        let catalog = load(metric, "").unwrap_or_else(|errors| panic!("{errors}"));
        let lints = catalog.lints().iter().map(ToString::to_string);
        lints.filter(|lint| lint.contains("`rate`")).collect()
    };
    assert_eq!(lints(&metric("")).len(), 1, "{:?}", lints(&metric("")));
    assert_eq!(lints(&metric(r#", "percent_scale": "points""#)), [""; 0]);
}

/// What is no number, or would be rounded on the way, is no value.
#[test]
fn numbers_are_numbers() {
    let catalog = Catalog::from_json(
        r#"{"data_sources": [{"source_key": "orders", "view_pattern": "public.orders",
            "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
                        {"name": "price", "data_type": "decimal"}],
            "metrics": "*", "dimensions": "*"}],
            "metrics": [{"metric_key": "n", "sql_expression": "SUM(price)"}],
            "dimensions": [{"dimension_key": "price", "column_expression": "price", "data_type": "decimal"}]}"#,
    );
    let compiler = Compiler::new(catalog.unwrap(), Dialect::Postgres);
    let filtered = |value: &str| {
        let request = format!(
            r#"{{"metrics": ["n"], "filters": [{{"dimension": "price", "op": "eq", "values": [{value}]}}]}}"#
        );
        compile(&compiler, &request, 1.into())
    };
    for value in [
        "\"NaN\"",
        "\"Infinity\"",
        "\"-inf\"",
        "1e400",
        "1e2",
        "\"1,5\"",
        "\"0x10\"",
        "NaN",
        "\"1_000\"",
        "\"\"",
    ] {
        assert!(filtered(value).is_err(), "{value}");
    }
    for (value, digits) in [
        ("0.1", "0.1"),
        (
            "79228162514264337593543950336.5",
            "79228162514264337593543950336.5",
        ),
        ("\"-0.30\"", "-0.3"),
    ] {
        let query = filtered(value).unwrap_or_else(|errors| panic!("{errors}"));
        let params = serde_json::to_string(query.params()).unwrap();
        assert!(params.contains(&format!("\"{digits}\"")), "{params}");
    }
}
