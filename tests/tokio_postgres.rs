//! Parameters go straight to `tokio-postgres`, as they come out of a compiled query.

use futures_util::TryStreamExt;
use measurand::{CompiledQuery, Context, DataType, Dialect, Limits, Param, Request};
use measurand_tests::checker::Checked;
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::payments::{compiler, database};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row};

/// Orders of forty days: twelve campaigns, prices with cents, affiliates with and without a name.
const ROWS: &str = "
    INSERT INTO public.campaigns (client_id, campaign_id, campaign_name)
    SELECT t, 100 + n, 'Campaign ' || n FROM generate_series(1, 2) AS t, generate_series(1, 12) AS n;
    INSERT INTO reporting.order_summary_1
        (client_id, date, campaign_id, price_point, affid, attempts, approvals, revenue)
    SELECT 1 + (n % 7 = 0)::int, DATE '2026-10-01' + n % 40, 101 + n % 13, 9.95 + n % 5 * 10.10,
           CASE WHEN n % 4 > 0 THEN 'aff' || n % 4 END, n % 11, n % 6, n % 6 * (9.95 + n % 5 * 10.10)
    FROM generate_series(1, 3000) AS n;
    INSERT INTO reporting.order_details_1
        (client_id, order_id, date_of_sale, order_total, is_refund, order_status, campaign_id)
    SELECT 1, n, DATE '2026-11-01' + n % 20, n * 1.01, n % 3 = 0, 'status ' || n % 2, 101
    FROM generate_series(1, 200) AS n;";

const ADMINISTRATOR: &str = r#"{"client_id": 1, "access": [], "now": "2026-11-01T03:00:00Z",
                                "timezone": "America/New_York"}"#;

fn compiled(request: &str, context: &str) -> CompiledQuery {
    let limits = Limits::default();
    let request = Request::from_json(request, &limits).expect("a sound request");
    let context = Context::from_json(context, &limits).expect("a sound context");
    compiler(Dialect::Postgres)
        .checked(&request, &context)
        .unwrap_or_else(|errors| panic!("{errors}"))
}

/// Runs a test with a client of a database that holds the rows.
fn with_client(name: &str, test: impl AsyncFnOnce(Client)) {
    database(name).batch_execute(ROWS).expect("the rows fit");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = Config::new()
            .host_path(cluster().socket_dir())
            .user("postgres")
            .dbname(name)
            .connect(NoTls)
            .await
            .expect("the server answers");
        tokio::spawn(connection);
        test(client).await;
    });
}

/// The rows of a statement as JSON, in its order, so that decimals and dates keep every digit.
fn as_json(sql: &str) -> String {
    format!("SELECT to_json(q)::text FROM ({sql}) AS q")
}

fn texts(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// Compares a compiled statement with one written by hand that names its columns alike.
async fn check(client: &Client, request: &str, context: &str, types: &[&str], by_hand: &str) {
    let query = compiled(request, context);
    let found: Vec<_> = query.params().iter().map(Param::type_name).collect();
    assert_eq!(found, types, "{}", query.sql());
    let params: Vec<&(dyn ToSql + Sync)> = query
        .params()
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect();
    let found = client.query(&as_json(query.sql()), &params).await;
    let found = found.unwrap_or_else(|error| panic!("{error:?}\n{}", query.sql()));
    let expected = client.query(&as_json(by_hand), &[]).await;
    let expected = expected.unwrap_or_else(|error| panic!("{error:?}\n{by_hand}"));
    assert!(!expected.is_empty(), "{by_hand}");
    assert_eq!(texts(&found), texts(&expected), "{}", query.sql());
}

/// The parameters as they are, without a list of references.
#[test]
fn parameters_go_to_query_raw_as_they_are() {
    with_client("raw", async |client| {
        let request = r#"{"source": "order_summary", "dimensions": ["campaign_name"],
                          "filters": {"dimension": "campaign_name", "op": "in", "values": [105, 101, 113]}}"#;
        let query = compiled(request, ADMINISTRATOR);
        let stream = client.query_raw(query.sql(), query.params()).await;
        let rows = stream.expect("the statement runs").try_collect().await;
        let rows: Vec<Row> = rows.expect("every row arrives");
        let found: Vec<(Option<i64>, Option<String>)> =
            rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        let named = |id: i64, name: &str| (Some(id), Some(name.to_owned()));
        // The lookup has no campaign 113; its orders stay.
        let expected = [
            named(101, "Campaign 1"),
            named(105, "Campaign 5"),
            (Some(113), None),
        ];
        assert_eq!(found, expected);
    });
}

#[test]
fn lists_dates_and_decimals_bind() {
    with_client("types", async |client| {
        let request = r#"{"source": "order_summary", "metrics": ["attempts", "approvals", "revenue"],
            "dimensions": ["date", "campaign_name"],
            "date_range": {"from": "2026-10-05", "to": "2026-11-03"},
            "filters": [
              {"dimension": "campaign_name", "op": "in", "values": [101, 105, 113, null]},
              {"dimension": "price_point", "op": "in", "values": [9.95, "20.05", 30.150]},
              {"dimension": "price_point", "op": "gt", "values": [9.9499999999999999999999]},
              {"dimension": "affid", "op": "not_in", "values": ["aff2", "o'neil \"x\", {y}\\"]},
              {"dimension": "date", "op": "neq", "values": ["2026-10-31"]}],
            "metric_filters": {"metric": "revenue", "op": "gte", "values": [19.90]},
            "order_by": [{"key": "revenue", "direction": "desc"}, {"key": "date"}], "limit": 7, "offset": 1}"#;
        let types = [
            "int8",
            "date",
            "date",
            "int8[]",
            "numeric[]",
            "numeric",
            "text[]",
            "date",
            "numeric",
            "int8",
            "int8",
        ];
        let by_hand = "
            SELECT o.date, o.campaign_id AS campaign_name, max(c.campaign_name) AS campaign_name__label,
                   sum(attempts) AS attempts, sum(approvals) AS approvals, sum(revenue) AS revenue
            FROM reporting.order_summary_1 o
            LEFT JOIN public.campaigns c ON c.client_id = 1 AND c.campaign_id = o.campaign_id
            WHERE o.client_id = 1 AND o.date BETWEEN '2026-10-05' AND '2026-11-03'
              AND o.date <> '2026-10-31' AND (o.campaign_id IN (101, 105, 113) OR o.campaign_id IS NULL)
              AND price_point IN (9.95, 20.05, 30.15) AND (affid <> 'aff2' OR affid IS NULL)
            GROUP BY 1, 2 HAVING sum(revenue) >= 19.90
            ORDER BY revenue DESC, date, campaign_name__label NULLS LAST, 2 LIMIT 7 OFFSET 1";
        check(&client, request, ADMINISTRATOR, &types, by_hand).await;
    });
}

/// Access rules of every form: a long list, an empty one that hides nothing, and one of texts.
#[test]
fn access_rules_bind() {
    with_client("rules", async |client| {
        let context = r#"{"client_id": 1, "access": [
            {"dimension": "campaign_name", "access_type": "include",
             "allowed_values": [101, 102, 103, 104, 105, 106, 107, 108, 109, 110]},
            {"dimension": "affid", "access_type": "exclude", "allowed_values": ["aff1"]},
            {"dimension": "sales_type", "access_type": "exclude", "allowed_values": []}]}"#;
        let request =
            r#"{"source": "order_summary", "metrics": ["attempts"], "dimensions": ["affid"]}"#;
        let by_hand = "
            SELECT affid, sum(attempts) AS attempts FROM reporting.order_summary_1
            WHERE client_id = 1 AND campaign_id BETWEEN 101 AND 110 AND affid <> 'aff1'
            GROUP BY 1 ORDER BY 1";
        check(
            &client,
            request,
            context,
            &["int8", "int8[]", "text[]"],
            by_hand,
        )
        .await;
    });
}

#[test]
fn truth_values_texts_and_presets_bind() {
    with_client("presets", async |client| {
        // In New York it is still October.
        let request = r#"{"source": "order_details", "dimensions": ["order_id"],
            "filters": [{"dimension": "is_refund", "op": "eq", "values": [true]},
                        {"dimension": "order_status", "op": "ends_with", "values": ["S 1"]}],
            "date_range": {"preset": "this_month"}}"#;
        let by_hand = "
            SELECT order_id FROM reporting.order_details_1
            WHERE client_id = 1 AND is_refund AND order_status ILIKE '%s 1'
              AND date_of_sale >= '2026-10-01' AND date_of_sale < '2026-11-01' ORDER BY 1";
        let types = ["int8", "date", "date", "bool", "text"];
        client
            .batch_execute(
                "UPDATE reporting.order_details_1 SET date_of_sale = '2026-10-31' WHERE order_id < 50",
            )
            .await
            .expect("the rows are there");
        check(&client, request, ADMINISTRATOR, &types, by_hand).await;
    });
}

/// What a column is not, the driver refuses before anything is sent.
#[test]
fn a_parameter_of_another_type_is_refused() {
    with_client("refused", async |client| {
        let query = compiled(
            r#"{"source": "order_summary", "metrics": ["attempts"]}"#,
            ADMINISTRATOR,
        );
        let error = client.query_raw("SELECT $1::numeric", query.params()).await;
        let error = error
            .err()
            .expect("a whole number is not bound as a decimal");
        let reason = std::error::Error::source(&error)
            .expect("a reason")
            .to_string();
        assert_eq!(
            reason,
            "a parameter of type int8 cannot be bound as numeric"
        );
        assert_eq!(query.params()[0].data_type(), DataType::Integer);
    });
}
