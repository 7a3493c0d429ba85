//! What an administrator reads of a user's rules is what the user sees on a real PostgreSQL.
//!
//! Could break where the words of a rule and its predicate part: at empty lists, at NULL on a list, at rows
//! without a value.

use std::sync::Arc;

use measurand::report::{AccessAccount, RuleEffect, SourceStanding, ValuesShown};
use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use measurand_tests::checker::Checked;
use measurand_tests::support::case;
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::rows::{NULL, database, execute};

const SHOP: &str = r#"{
  "data_sources": [
    {"source_key": "orders", "view_pattern": "public.orders", "date_column": null,
     "metrics": "*", "dimensions": ["site"],
     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "site", "data_type": "integer"}]},
    {"source_key": "gated", "view_pattern": "public.gated", "metrics": [], "dimensions": ["secret"]},
    {"source_key": "plain", "view_pattern": "public.plain", "metrics": ["order_count"], "dimensions": []},
    {"source_key": "targets", "view_pattern": "public.targets", "metrics": ["order_count"],
     "dimensions": [], "access_exempt": ["site"]}],
  "metrics": [{"metric_key": "order_count", "sql_expression": "COUNT(*)"}],
  "dimensions": [
    {"dimension_key": "site", "column_expression": "site", "value_type": "integer"},
    {"dimension_key": "secret", "column_expression": "client_id", "module": "vip"}]
}"#;

fn shop() -> Compiler {
    let catalog = Catalog::from_json(SHOP).unwrap_or_else(|errors| panic!("{errors}"));
    Compiler::new(catalog, Dialect::Postgres)
}

fn context(access: &str) -> Context {
    let json = format!(r#"{{"client_id": 1, "access": {access}}}"#);
    Context::from_json(&json, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn lines(compiler: &Compiler, access: &str, values: ValuesShown) -> Vec<String> {
    let account = AccessAccount::of(compiler, &context(access), values);
    account.to_string().lines().map(str::to_owned).collect()
}

/// Type, values, whether rows without a value are declared visible; the effect; what is seen of the sites 1, 2,
/// 3 and none. Worked out by hand.
const TABLE: [(&str, &str, bool, RuleEffect, &[&str]); 24] = {
    use RuleEffect::{Everything, Listed, NotListed, Nothing, OnlyMissing, OnlyPresent};
    const fn listed(count: usize, or_missing: bool) -> RuleEffect {
        Listed { count, or_missing }
    }
    const fn others(count: usize, or_missing: bool) -> RuleEffect {
        NotListed { count, or_missing }
    }
    [
        ("include", "[]", false, Nothing, &[]),
        ("include", "[]", true, Nothing, &[]),
        ("include", "[null]", false, OnlyMissing, &[NULL]),
        ("include", "[null]", true, OnlyMissing, &[NULL]),
        ("include", "[1]", false, listed(1, false), &["1"]),
        ("include", "[1]", true, listed(1, true), &["1", NULL]),
        ("include", "[1, null]", false, listed(1, true), &["1", NULL]),
        ("include", "[1, null]", true, listed(1, true), &["1", NULL]),
        ("include", "[3, 1]", false, listed(2, false), &["1", "3"]),
        ("include", "[1, 1]", false, listed(1, false), &["1"]),
        ("include", r#"[1, "1"]"#, false, listed(1, false), &["1"]),
        ("include", "[9]", false, listed(1, false), &[]),
        ("exclude", "[]", false, Everything, &["1", "2", "3", NULL]),
        ("exclude", "[]", true, Everything, &["1", "2", "3", NULL]),
        ("exclude", "[null]", false, OnlyPresent, &["1", "2", "3"]),
        ("exclude", "[null]", true, OnlyPresent, &["1", "2", "3"]),
        ("exclude", "[1]", false, others(1, false), &["2", "3"]),
        ("exclude", "[1]", true, others(1, true), &["2", "3", NULL]),
        ("exclude", "[1, null]", false, others(1, false), &["2", "3"]),
        ("exclude", "[1, null]", true, others(1, false), &["2", "3"]),
        ("exclude", "[3, 1]", false, others(2, false), &["2"]),
        (
            "exclude",
            "[1, 1]",
            true,
            others(1, true),
            &["2", "3", NULL],
        ),
        (
            "exclude",
            r#"[1, "1"]"#,
            false,
            others(1, false),
            &["2", "3"],
        ),
        ("exclude", "[9]", false, others(1, false), &["1", "2", "3"]),
    ]
};

#[test]
fn the_words_of_a_rule_are_what_is_seen() {
    let mut client = cluster().fresh_database("account");
    client
        .batch_execute(
            "CREATE TABLE public.orders (client_id bigint, site bigint);
             INSERT INTO public.orders VALUES (1, 1), (1, 2), (1, 3), (1, NULL), (2, 1), (2, 7), (2, NULL);",
        )
        .expect("a table");
    let compiler = shop();
    let request = Request::new()
        .source("orders")
        .dimension("site")
        .metric("order_count");
    for (access_type, values, is_visible, effect, seen) in TABLE {
        let nulls = if is_visible {
            r#", "nulls": "visible""#
        } else {
            ""
        };
        let rule = format!(
            r#"[{{"dimension": "site", "access_type": "{access_type}", "allowed_values": {values}{nulls}}}]"#
        );
        let context = context(&rule);
        let account = AccessAccount::of(&compiler, &context, ValuesShown::Counted);
        assert_eq!(account.rules[0].effect, effect, "{rule}");
        let query = compiler
            .checked(&request, &context)
            .unwrap_or_else(|errors| panic!("{errors}"));
        let rows = execute(&query, &mut client).unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<&str> = rows.iter().map(|row| &*row[0]).collect();
        assert_eq!(found, seen, "{rule}");
        // A source is restricted where its rules leave less than everything.
        let orders = account
            .sources
            .iter()
            .find(|source| source.source.as_str() == "orders");
        let standing = &orders.expect("a source").standing;
        let is_open = *standing == SourceStanding::Open;
        assert_eq!(is_open, effect == RuleEffect::Everything, "{rule}");
    }
}

#[test]
fn sources_stand_as_their_requests_are_answered() {
    let compiler = shop();
    let one = r#"[{"dimension": "site", "allowed_values": [1]}]"#;
    assert_eq!(
        lines(&compiler, one, ValuesShown::Counted),
        [
            "site: only 1 listed value; rows without a value are hidden",
            "gated: nothing to ask",
            "orders: restricted by site",
            "plain: unavailable: an access rule on dimension `site` cannot be applied to source `plain`",
            "targets: exempt from site; all rows of the client",
        ]
    );
    assert_eq!(
        lines(&compiler, "[]", ValuesShown::Counted),
        [
            "no rule restricts the user",
            "gated: nothing to ask",
            "orders: all rows of the client",
            "plain: all rows of the client",
            "targets: all rows of the client",
        ]
    );
    // What is wrong with the rules themselves makes every source that they are about unavailable.
    let unknown = r#"[{"dimension": "sites", "access_type": "exclude", "allowed_values": [null]}]"#;
    assert_eq!(
        lines(&compiler, unknown, ValuesShown::Counted),
        [
            "sites: no such dimension, so every request is refused; only rows with a value",
            "gated: nothing to ask",
            "orders: unavailable: unknown dimension `sites`",
            "plain: unavailable: unknown dimension `sites`",
            "targets: unavailable: unknown dimension `sites`",
        ]
    );
    let text = r#"[{"dimension": "site", "allowed_values": ["qqzzqq"]}]"#;
    let account = lines(&compiler, text, ValuesShown::Counted);
    assert_eq!(
        account[2],
        "orders: unavailable: the value is not a whole number"
    );
    assert_eq!(
        account[4],
        "targets: exempt from site; all rows of the client"
    );
    assert!(!account.join("\n").contains("qqzzqq"), "{account:?}");
}

#[test]
fn values_are_named_when_they_are_asked_for() {
    let compiler = shop();
    let rules = r#"[{"dimension": "site", "allowed_values": [4711, null, 4712, 4711]},
                    {"dimension": "secret", "access_type": "exclude", "allowed_values": ["a`b", true]}]"#;
    let named = lines(&compiler, rules, ValuesShown::Named);
    assert_eq!(
        named[..2],
        [
            "site: only 2 listed values (4711, 4712); rows without a value are seen",
            "secret: all but 2 listed values (`a'b`, true); rows without a value are hidden",
        ]
    );
    let counted = AccessAccount::of(&compiler, &context(rules), ValuesShown::Counted);
    let all = format!("{counted:?}\n{counted}");
    assert!(!all.contains("4711") && !all.contains("a`b"), "{all}");
}

/// The payments catalog has sources of every kind: with the campaign, exempt from it, without it.
#[test]
fn the_payments_catalog_in_words() {
    let catalog: Arc<Catalog> = case::catalog("payments");
    let compiler = Compiler::new(Arc::clone(&catalog), Dialect::Postgres);
    let rules = r#"[{"dimension": "campaign_name", "allowed_values": [101, 205]}]"#;
    let account = AccessAccount::of(&compiler, &context(rules), ValuesShown::Counted);
    assert_eq!(account.sources.len(), catalog.sources().len());
    for source in &account.sources {
        let key = source.source.as_str();
        let is_exempt = ["order_totals", "exchange_rates", "site_traffic"].contains(&key);
        let has_it = catalog.offers_dimension(key, "campaign_name");
        match &source.standing {
            SourceStanding::Open => assert!(is_exempt, "{key}"),
            SourceStanding::Restricted { by, through } => {
                assert!(has_it && !is_exempt, "{key}");
                assert_eq!((by.len(), through.len()), (1, 0), "{key}");
            }
            SourceStanding::Unavailable(_) => assert!(!has_it && !is_exempt, "{key}"),
            other => panic!("{key}: {other:?}"),
        }
        assert_eq!(!source.exempt.is_empty(), is_exempt, "{key}");
    }
    let count = |of: fn(&SourceStanding) -> bool| {
        account
            .sources
            .iter()
            .filter(|source| of(&source.standing))
            .count()
    };
    assert!(count(|standing| matches!(standing, SourceStanding::Restricted { .. })) > 1);
    assert!(count(|standing| matches!(standing, SourceStanding::Unavailable(_))) > 0);
}

/// A source that reaches the dimension through a relationship is restricted by it, as its requests are; of
/// `items`, which orders have many of, an item has one order.
#[test]
fn rules_reach_through_relationships() {
    let compiler = Compiler::new(case::catalog("shop"), Dialect::Postgres);
    let rules = r#"[{"dimension": "segment", "access_type": "exclude", "allowed_values": ["retail"], "nulls": "visible"}]"#;
    let account = lines(&compiler, rules, ValuesShown::Counted);
    let unavailable = |source: &str| {
        format!(
            "{source}: unavailable: an access rule on dimension `segment` cannot be applied to source `{source}`"
        )
    };
    let through = |source: &str| {
        format!("{source}: restricted by segment of related rows, which have to be there")
    };
    assert_eq!(
        account,
        [
            "segment: all but 1 listed value; rows without a value are seen".to_owned(),
            unavailable("channels"),
            "customers: restricted by segment".to_owned(),
            through("letters"),
            "letters_by_segment: restricted by segment".to_owned(),
            through("order_items"),
            through("orders"),
            through("payments"),
            unavailable("profiles"),
            unavailable("regions"),
            unavailable("staff"),
            "tickets: exempt from segment; all rows of the client".to_owned(),
        ]
    );
    let two = r#"[{"dimension": "segment", "allowed_values": ["retail"]},
                  {"dimension": "order_status", "allowed_values": ["open"]}]"#;
    let account = lines(&compiler, two, ValuesShown::Counted);
    let orders = "orders: restricted by order_status; and by segment of related rows, which have to be there";
    assert!(account.contains(&orders.to_owned()), "{account:#?}");
}

/// The account against the rows, for every source of a catalog with relationships: what is called open has all
/// rows of the client, what is called restricted has fewer, what is called unavailable has no answer.
#[test]
fn sources_have_the_rows_that_the_account_says() {
    let mut client = database("account_shop", "shop");
    let catalog = case::catalog("shop");
    let compiler = Compiler::new(Arc::clone(&catalog), Dialect::Postgres);
    let rules = r#"[{"dimension": "segment", "allowed_values": []}]"#;
    let (none, ruled) = (context("[]"), context(rules));
    let mut count = |source: &str, context: &Context| {
        let metrics = catalog.metrics().iter();
        let mut offered = metrics.filter(|m| catalog.offers_metric(source, m.key().as_str()));
        let metric = offered.next().expect("a metric");
        let dimensions = catalog.dimensions().iter();
        let mut dimensions =
            dimensions.filter(|d| catalog.offers_dimension(source, d.key().as_str()));
        let dimension = dimensions.next().expect("a dimension");
        let request = Request::new()
            .source(source)
            .metric(metric.key().as_str())
            .dimension(dimension.key().as_str());
        let query = compiler.checked(&request, context).ok()?;
        Some(execute(&query, &mut client).unwrap_or_else(|error| panic!("{error}")))
    };
    let account = AccessAccount::of(&compiler, &ruled, ValuesShown::Counted);
    let mut standings = [0; 3];
    for source in &account.sources {
        let key = source.source.as_str();
        let all = count(key, &none).expect("an answer without rules");
        assert!(!all.is_empty(), "{key}");
        let seen = count(key, &ruled);
        match source.standing {
            SourceStanding::Open => {
                standings[0] += 1;
                assert_eq!(seen, Some(all), "{key}");
            }
            SourceStanding::Restricted { .. } => {
                standings[1] += 1;
                assert_eq!(seen, Some(Vec::new()), "{key}");
            }
            SourceStanding::Unavailable(_) => {
                standings[2] += 1;
                assert_eq!(seen, None, "{key}");
            }
            ref other => panic!("{key}: {other:?}"),
        }
    }
    assert_eq!(standings, [1, 6, 4]);
}
