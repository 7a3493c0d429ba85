//! Generated catalogs: metrics in groups of ten, of the kinds that catalogs of services have.

use serde_json::{Value, json};

/// The metrics that one pair of sources offers.
const PER_SOURCE: usize = 250;
/// The metrics that are alike but for the columns they read.
const GROUP: usize = 10;

/// The context: a tenant, a zone, and an access rule with two values.
pub(crate) const CONTEXT: &str = r#"{
  "client_id": 7, "user_id": "u-1", "timezone": "America/New_York",
  "access": [{"dimension": "campaign", "access_type": "include", "allowed_values": [101, 205]}]
}"#;

/// The request: five metrics of which two are derived and one derived from those, two dimensions of
/// which one has a label, four filters, a date range and a limit.
///
/// It asks for metrics in the middle of the catalog. Numbers have one width in every catalog, so that
/// the statements are equally long.
pub(crate) fn request(metrics: usize) -> String {
    let g = format!("{:04}", metrics / GROUP / 2);
    json!({
        "metrics": [
            format!("revenue_{g}"), format!("orders_{g}"), format!("average_order_{g}"),
            format!("refund_rate_{g}"), format!("net_average_order_{g}"),
        ],
        "dimensions": ["campaign", "channel"],
        "filters": [
            {"dimension": "country", "op": "in", "values": ["DE", "FR", "IT"]},
            {"dimension": "channel", "op": "neq", "values": ["internal"]},
            {"dimension": "landing_page", "op": "contains", "values": ["spring_sale"]},
            {"dimension": "quantity", "op": "gte", "values": [2]},
        ],
        "date_range": {"from": "2026-01-01", "to": "2026-03-31"},
        "order_by": [{"key": format!("revenue_{g}"), "direction": "desc"}],
        "limit": 100,
    })
    .to_string()
}

/// A wide request: twenty metrics of the first three sources, each aggregated apart, beside the period
/// before, with subtotals and a grand total.
pub(crate) fn wide_request() -> String {
    let groups = (0..3).map(|source| source * PER_SOURCE / GROUP);
    let kinds = [
        "revenue",
        "orders",
        "refunds",
        "margin",
        "average_order",
        "refund_rate",
        "net_average_order",
    ];
    let of_group = |group: usize| kinds.map(|kind| format!("{kind}_{group:04}"));
    let keys: Vec<String> = groups.flat_map(of_group).take(20).collect();
    json!({
        "metrics": keys,
        "dimensions": ["campaign", "channel"],
        "filters": [
            {"dimension": "country", "op": "in", "values": ["DE", "FR", "IT"]},
            {"dimension": "channel", "op": "neq", "values": ["internal"]},
        ],
        "date_range": {"from": "2026-01-01", "to": "2026-03-31"},
        "compare": {"to": "previous_period"},
        "totals": ["campaign"],
        "order_by": [{"key": keys.first(), "direction": "desc"}],
        "limit": 100,
    })
    .to_string()
}

/// A catalog with this many metrics, as pretty-printed JSON text.
pub(crate) fn catalog(metrics: usize) -> String {
    let groups: Vec<usize> = (0..metrics.div_ceil(GROUP)).collect();
    let sources: Vec<Value> = groups
        .chunks(PER_SOURCE / GROUP)
        .enumerate()
        .flat_map(|(number, groups)| [facts(number, groups), rollup(number, groups)])
        .collect();
    let document = json!({
        "version": 1,
        "data_sources": sources,
        "metrics": groups.iter().flat_map(|group| metric_group(*group)).collect::<Vec<_>>(),
        "dimensions": dimensions(),
        "toggles": toggles(),
    });
    format!("{document:#}")
}

fn metric_group(group: usize) -> Vec<Value> {
    let g = format!("{group:04}");
    let sum = |key: &str, column: &str| {
        json!({
            "metric_key": format!("{key}_{g}"),
            "display_name": format!("{key} {g}"),
            "description": format!("The {column} of all orders of line {g}, in the currency of the shop."),
            "sql_expression": format!("SUM({column}_{g})"),
            "category": "sales", "aggregation_type": "sum", "data_type": "currency",
            "format_pattern": "$#,##0.00", "currency": "USD",
        })
    };
    let derived = |key: &str, formula: String, pattern: &str| {
        json!({
            "metric_key": format!("{key}_{g}"),
            "display_name": format!("{key} {g}"),
            "description": format!("Computed from other metrics of line {g}, at every grain anew."),
            "is_derived": true, "derived_formula": formula,
            "category": "ratios", "aggregation_type": "ratio", "data_type": "decimal",
            "format_pattern": pattern,
        })
    };
    vec![
        sum("revenue", "amount"),
        json!({
            "metric_key": format!("orders_{g}"), "display_name": format!("Orders {g}"),
            "description": "Orders that were paid, without those that were taken back.",
            "sql_expression": format!("COUNT(DISTINCT order_{g})"),
            "category": "sales", "aggregation_type": "count", "data_type": "integer",
            "format_pattern": "#,##0",
            "variants": [
                {"when": {"counting": "lines"}, "sql_expression": format!("COUNT(order_{g})"),
                 "display_name": "Order lines"},
                {"when": {"counting": "items"}, "sql_expression": format!("SUM(items_{g})"),
                 "display_name": "Items"},
            ],
        }),
        json!({
            "metric_key": format!("refunds_{g}"), "display_name": format!("Refunds {g}"),
            "sql_expression": format!("SUM(amount_{g})"),
            "filter": "status = 'refunded' AND channel <> 'internal'",
            "category": "refunds", "aggregation_type": "sum", "data_type": "currency",
            "format_pattern": "$#,##0.00", "currency": "USD",
        }),
        json!({
            "metric_key": format!("media_cost_{g}"), "display_name": format!("Media cost {g}"),
            "sql_expression":
                format!("SUM(CASE WHEN status IN ('paid', 'open') THEN cost_{g} ELSE 0 END)"),
            "category": "cost", "aggregation_type": "custom", "data_type": "currency",
            "format_pattern": "$#,##0.00", "currency": "USD",
        }),
        derived(
            "average_order",
            format!("revenue_{g} / orders_{g}"),
            "$#,##0.00",
        ),
        derived(
            "refund_rate",
            format!("refunds_{g} / revenue_{g}"),
            "0.0000",
        ),
        json!({
            "metric_key": format!("margin_{g}"), "display_name": format!("Margin {g}"),
            "sql_expression": format!("SUM(amount_{g}) - COALESCE(SUM(cost_{g}), 0)"),
            "category": "sales", "aggregation_type": "custom", "data_type": "currency",
            "format_pattern": "$#,##0.00", "currency": "USD",
        }),
        derived(
            "net_average_order",
            format!("average_order_{g} * (1 - refund_rate_{g})"),
            "$#,##0.00",
        ),
        json!({
            "metric_key": format!("trials_{g}"), "display_name": format!("Trials {g}"),
            "sql_expression": format!("COUNT(*) FILTER (WHERE quantity > 0 AND items_{g} = 1)"),
            "category": "sales", "aggregation_type": "count", "data_type": "integer",
            "format_pattern": "#,##0",
        }),
        json!({
            "metric_key": format!("cost_share_{g}"), "display_name": format!("Cost share {g}"),
            "sql_expression": format!("SUM(cost_{g}) / NULLIF(SUM(amount_{g}), 0)"),
            "category": "ratios", "aggregation_type": "ratio", "data_type": "decimal",
            "format_pattern": "0.0000",
        }),
    ]
}

const DIMENSIONS: [&str; 10] = [
    "campaign",
    "product",
    "channel",
    "country",
    "status",
    "landing_page",
    "quantity",
    "size_class",
    "date",
    "date_month",
];

fn facts(number: usize, groups: &[usize]) -> Value {
    let metrics = groups.iter().flat_map(|group| metric_group(*group));
    let metrics: Vec<Value> = metrics.map(|metric| metric["metric_key"].clone()).collect();
    json!({
        "source_key": format!("facts_{number:03}"),
        "display_name": format!("Facts {number:03}"),
        "view_pattern": format!("reporting.facts_{number:03}_{{client_id}}"),
        "priority": 10,
        "base_filter": "status <> 'test'",
        "columns": columns(groups, true),
        "metrics": metrics,
        "dimensions": DIMENSIONS,
    })
}

/// A second source that answers part of what the first does.
fn rollup(number: usize, groups: &[usize]) -> Value {
    let metrics: Vec<String> = groups
        .iter()
        .flat_map(|group| {
            [
                format!("revenue_{group:04}"),
                format!("media_cost_{group:04}"),
            ]
        })
        .collect();
    json!({
        "source_key": format!("rollup_{number:03}"),
        "display_name": format!("Rollup {number:03}"),
        "view_pattern": format!("reporting.rollup_{number:03}_{{client_id}}"),
        "priority": 5,
        "columns": columns(groups, false),
        "metrics": metrics,
        "dimensions": ["campaign", "channel", "date"],
    })
}

fn columns(groups: &[usize], all: bool) -> Vec<Value> {
    let plain = [
        ("client_id", "integer"),
        ("date", "date"),
        ("campaign_id", "integer"),
        ("product_id", "integer"),
        ("channel", "text"),
        ("country", "text"),
        ("status", "text"),
        ("landing_page", "text"),
        ("quantity", "integer"),
    ];
    let own = groups.iter().flat_map(|group| {
        let of =
            move |name: &str, data_type: &'static str| (format!("{name}_{group:04}"), data_type);
        let kept = [of("amount", "decimal"), of("cost", "decimal")];
        let others = [of("order", "integer"), of("items", "integer")];
        kept.into_iter()
            .chain(others.into_iter().filter(move |_| all))
    });
    plain
        .into_iter()
        .map(|(name, data_type)| (name.to_owned(), data_type))
        .chain(own)
        .map(|(name, data_type)| json!({"name": name, "data_type": data_type}))
        .collect()
}

fn dimensions() -> Vec<Value> {
    let mut all = vec![
        json!({
            "dimension_key": "campaign", "display_name": "Campaign", "column_expression": "campaign_id",
            "display_column": "campaign_name", "join_table": "public.campaigns",
            "join_condition":
                "{source}.campaign_id = campaigns.campaign_id AND campaigns.client_id = {client_id}",
            "value_type": "integer",
        }),
        json!({
            "dimension_key": "product", "display_name": "Product", "column_expression": "product_id",
            "display_column": "product_name", "join_table": "public.products",
            "join_condition":
                "{source}.product_id = products.product_id AND products.client_id = {client_id}",
            "value_type": "integer",
        }),
        json!({
            "dimension_key": "size_class", "display_name": "Size class",
            "column_expression":
                "CASE WHEN quantity < 10 THEN 'small' WHEN quantity < 100 THEN 'medium' ELSE 'large' END",
            "data_type": "text",
        }),
        json!({
            "dimension_key": "date_month", "display_name": "Month",
            "column_expression": "date_trunc('month', date)", "data_type": "date",
        }),
    ];
    for (key, data_type) in [
        ("channel", "text"),
        ("country", "text"),
        ("status", "text"),
        ("landing_page", "text"),
        ("quantity", "integer"),
        ("date", "date"),
    ] {
        all.push(json!({
            "dimension_key": key, "display_name": key, "column_expression": key,
            "data_type": data_type,
        }));
    }
    all
}

fn toggles() -> Value {
    json!([
        {
            "toggle_key": "counting", "display_name": "Counting",
            "options": [
                {"option_key": "orders", "display_name": "Orders", "is_default": true},
                {"option_key": "lines", "display_name": "Lines"},
                {"option_key": "items", "display_name": "Items"},
            ],
        },
        {
            "toggle_key": "audience", "display_name": "Audience",
            "options": [
                {"option_key": "all", "display_name": "All", "is_default": true},
                {"option_key": "known", "display_name": "Known"},
            ],
        },
    ])
}
