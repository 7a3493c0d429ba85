//! Cases as pages: what is asked, how it is planned, and the statement, for people to read.
//!
//! A snapshot records what the library does; `tests/cases.rs` says that it is right.

use measurand_tests::checker::Checked;
use std::fmt::Write as _;

use measurand::{Context, Dialect, Limits, Param, Request, plan, resolve};
use measurand_tests::support::case::{Case, cases, catalog};
use measurand_tests::support::exports::{export, exporter};

/// One case per form of statement.
const PAGES: [&str; 81] = [
    "windows/rolling_days_over_gaps",
    "windows/running_total_by_day_and_shop",
    "windows/subtotals_of_running_totals",
    "offsets/compared_again",
    "semi_additive/by_branch_and_month",
    "semi_additive/last_known_balance_by_branch",
    "access/exclude",
    "access/rule_does_not_follow_a_date_basis",
    "columns/conditions",
    "columns/median_and_its_total",
    "compare/by_month",
    "gaps/every_combination",
    "gaps/totals_by_either",
    "gaps/totals_of_every_month",
    "compare/two_sources_and_two_periods",
    "count/groups_that_pass",
    "count/two_sources",
    "dates/grain_month",
    "derived/derived_of_derived",
    "filters/and_or_not_nested",
    "filters/contains_percent",
    "lookups/condition_that_can_raise",
    "lookups/condition_that_can_raise_in_a_filter",
    "lookups/key_that_can_raise",
    "metrics/average_minimum_maximum",
    "access/poisoned_rule",
    "access/poisoned_filter",
    "pivot/compared",
    "pivot/with_other",
    "relationships/a_key_that_can_raise",
    "relationships/four_hops",
    "relationships/summed_first/conditions_and_extremes",
    "relationships/one_join_for_all_that_use_it",
    "relationships/rules/behind_two_hops",
    "relationships/narrowed/held_behind",
    "rows/after_a_key_of_two_columns",
    "rows/after_a_poisoned_dimension",
    "rows/after_in_two_directions",
    "rows/labels_of_a_page",
    "rows/after_a_label_in_two_directions",
    "rows/label_order_of_a_page",
    "sources/derived_over_two",
    "sources/three_sources",
    "standing/beside_subtotals",
    "standing/of_groups_that_pass_and_a_page",
    "standing/others_and_the_total",
    "standing/others_that_are_hidden",
    "toggles/date_basis_moves_grain_and_range",
    "toggles/switch_to_month",
    "toggles/three_toggles_at_once",
    "top/by_another_dimension_too",
    "top/filled_gaps",
    "top/page_with_the_others_and_total",
    "top/ranked_among_groups_that_pass",
    "top/subtotals_without_other",
    "top/two_sources",
    "totals/compared_by_month",
    "totals/hidden_order_on_a_page",
    "totals/metric_filter_and_subtotals",
    "totals/two_sources_and_a_metric_filter",
    "traps/t01_whole_number_division",
    "traps/t09_is_not_keeps_null",
    "traps/t10_null_inside_not_in",
    "traps/t12_empty_include_denies",
    "traps/t15_rule_on_an_unselected_dimension",
    "traps/t23_lookup_not_unique",
    "traps/t25_lookup_only_for_a_filter",
    "traps/t27_one_lookup_twice",
    "traps/t29_metric_named_like_its_column",
    "traps/t31_condition_on_what_is_not_shown",
    "traps/t36_months_do_not_shift",
    "traps/t37_days_of_23_and_25_hours",
    "traps/t39_week_of_new_year_from_sunday",
    "traps/t45_nothing_is_null_or_a_declared_zero",
    "traps/t48_cascade_to_the_grandchild",
    "traps/t53_keys_beyond_63_bytes",
    "values/lookup_keys_that_can_raise",
    "values/lookup_searched_by_the_least_label",
    "values/search_in_labels",
    "values/search_in_values",
    "values/the_most_frequent",
];

#[test]
fn pages() {
    let all = cases("cases");
    for name in PAGES {
        let case = all.iter().find(|case| case.name == name);
        let case = case.unwrap_or_else(|| panic!("no case `{name}`"));
        assert_page(name, &page(case));
    }
}

/// A flat file, whose rows have others beside them; `tests/export/cases.rs` says that such files are right.
#[test]
fn a_page_of_a_flat_file() {
    const REQUEST: &str = r#"{"children": {"inv": 2}, "filters": {"categories": [1, 2]}, "limit": 20, "columns": ["case_number", "category_name", "amount", "fraud_amount", "inv_1_status", "inv_2_status", "subject_count"]}"#;
    const CONTEXT: &str = r#"{"client_id": 1, "access": [{"dimension": "business_unit", "access_type": "include", "allowed_values": [1]}], "now": "2026-03-15T10:00:00Z"}"#;
    let definition = include_str!("export/definition.json");
    let tags = include_str!("export/tags.json");
    let context = Context::from_json(CONTEXT, &Limits::default()).expect("a readable context");
    let [postgres, sqlite] = [Dialect::Postgres, Dialect::Sqlite].map(|dialect| {
        let exporter = exporter(&catalog("cases"), definition, tags, dialect);
        let exporter = exporter.expect("a definition that holds");
        export(&exporter, REQUEST, &context).expect("an export")
    });
    let mut page = Page::default();
    page.part("about", "Cases of some categories, each with its first two investigations, how many subjects it has, and a field that cases of one template have.");
    page.part("definition", definition);
    page.part("tags", tags);
    page.part("request", REQUEST);
    page.part("context", CONTEXT);
    page.part("sql", postgres.sql());
    page.part("parameters", &parameters(postgres.params()));
    page.part("certificate", &postgres.certificate().to_string());
    let columns = postgres.columns().iter();
    let columns = columns.map(|column| serde_json::to_string(column).expect("a column as JSON"));
    page.part("columns", &columns.collect::<Vec<String>>().join("\n"));
    page.part("sql for sqlite", sqlite.sql());
    assert_page("export/rows_beside", &page.0);
}

fn assert_page(name: &str, page: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name.replace('/', "__"), page);
    });
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn part(&mut self, title: &str, text: &str) {
        let _ = writeln!(self.0, "## {title}\n{}\n", text.trim_matches('\n'));
    }
}

fn parameters(params: &[Param]) -> String {
    let numbered = params.iter().enumerate().map(|(at, param)| {
        let param = serde_json::to_string(param).expect("a parameter as JSON");
        format!("${} {param}", at + 1)
    });
    numbered.collect::<Vec<String>>().join("\n")
}

fn page(case: &Case) -> String {
    let limits = Limits::default();
    let request = Request::from_json(&case.request, &limits).expect("a readable request");
    let context = Context::from_json(&case.context, &limits).expect("a readable context");
    let compiler = case.compiler(Dialect::Postgres);
    let resolved =
        resolve(compiler.catalog(), &request, &context).expect("a request that resolves");
    let planned = plan(compiler.catalog(), resolved, Dialect::Postgres)
        .expect("a plan")
        .to_string();
    let query = compiler.checked(&request, &context).expect("a statement");
    let mut page = Page::default();
    page.part("about", &case.about);
    page.part("request", &case.request);
    page.part("context", &case.context);
    page.part("plan", &planned);
    page.part("sql", query.sql());
    page.part("parameters", &parameters(query.params()));
    page.part("certificate", &query.certificate().to_string());
    let columns: Vec<String> = query
        .columns()
        .iter()
        .map(|column| {
            let pattern = column.format().pattern.unwrap_or("-");
            format!(
                "{} ({:?}, {}): {pattern}",
                column.key(),
                column.role(),
                column.data_type()
            )
        })
        .collect();
    page.part("columns", &columns.join("\n"));
    let origins: Vec<String> = query
        .provenance()
        .into_iter()
        .map(|provenance| provenance.sentence)
        .collect();
    page.part("provenance", &origins.join("\n"));
    if case.sqlite {
        let sqlite = case
            .checked(&case.compiler(Dialect::Sqlite))
            .expect("a statement for SQLite");
        page.part("sql for sqlite", sqlite.sql());
    }
    page.0
}
