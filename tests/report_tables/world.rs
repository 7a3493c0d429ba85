//! A database with the tables that ship, two clients, their users, and what statements find there.

use measurand::catalog::sql::TABLES;
use measurand::report::{Actor, Change, Listing, NewRow, Table, TableStatement, USER_DATA_TABLES};
use measurand::{Limits, Moment};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::literal;
use measurand_tests::support::rows::{self, Rows};
use postgres::Client;
use postgres::types::ToSql;

/// Stand-ins for the tables of users and clients.
const STUBS: &str = include_str!("../../sql/stub_tables.sql");

/// Two clients; `both` works for either. Template 1 is live; 2 rests and 3 is deleted.
const ROWS: &str = "
INSERT INTO beast_insights_v2.users (id) VALUES ('ann'), ('bob'), ('both'), ('zoe'), ('root');
INSERT INTO beast_insights_v2.clients (id, name) VALUES (1, 'one'), (2, 'two');
INSERT INTO report_builder.report_templates
    (id, template_key, name, category, layout, required_data_sources, is_active, is_deleted)
VALUES (1, 'live', 'Live', 'x', '{}', '{}', true, false),
       (2, 'resting', 'Resting', 'x', '{}', '{}', false, false),
       (3, 'deleted', 'Deleted', 'x', '{}', '{}', true, true),
       (4, 'other', 'Other', 'x', '{}', '{}', true, false);
INSERT INTO report_builder.dimensions (id, dimension_key, display_name, column_expression, is_active)
VALUES (1, 'campaign_name', 'Campaign', 'campaign_id', true),
       (2, 'product_name', 'Product', 'product_id', true),
       (3, 'gone', 'Gone', 'gone', false);
";

pub const NOW: &str = "2026-11-20T10:00:00Z";

pub fn database(name: &str) -> Client {
    let mut client = cluster().fresh_database(name);
    for script in [STUBS, TABLES, USER_DATA_TABLES, ROWS] {
        client.batch_execute(script).expect("the tables are made");
    }
    settle(&mut client);
    client
}

/// A second session on a database.
pub fn another(name: &str) -> Client {
    let mut client = cluster().connect(name);
    settle(&mut client);
    client
}

/// What the statements write must not depend on where a session is; and one that would wait for ever is to
/// fail.
fn settle(client: &mut Client) {
    client
        .batch_execute("SET TIME ZONE 'Asia/Kathmandu'; SET statement_timeout = '30s'")
        .expect("settings");
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

pub fn actor(client: i64, user: &str) -> Actor {
    at(client, user, NOW)
}

pub fn at(client: i64, user: &str, now: &str) -> Actor {
    Actor::new(client, user, moment(now))
}

pub fn new_row(table: Table, json: &str) -> NewRow {
    NewRow::from_json(table, json, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

pub fn change(table: Table, json: &str) -> Change {
    Change::from_json(table, json, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// Runs a statement as a service does, with its parameters bound, and gives the ids that it returns.
pub fn ids(client: &mut Client, statement: &TableStatement) -> Vec<i64> {
    let params: Vec<&(dyn ToSql + Sync)> = statement
        .params()
        .iter()
        .map(|param| param as &(dyn ToSql + Sync))
        .collect();
    let rows = client.query(statement.sql(), &params);
    let rows = rows.unwrap_or_else(|error| panic!("{error:?}\n{}", statement.sql()));
    rows.iter().map(|row| row.get("id")).collect()
}

/// The id of the one row that a statement made or changed.
pub fn id(client: &mut Client, statement: &TableStatement) -> i64 {
    match ids(client, statement).as_slice() {
        [id] => *id,
        other => panic!("{other:?} of\n{}", statement.sql()),
    }
}

pub fn make(client: &mut Client, actor: &Actor, table: Table, json: &str) -> i64 {
    id(client, &new_row(table, json).insert(actor))
}

/// Runs a statement and gives all of its rows as text.
pub fn read(client: &mut Client, statement: &TableStatement) -> Rows {
    let values: Vec<String> = statement.params().iter().map(literal::postgres).collect();
    rows::execute_text(statement.sql(), &values, client)
        .unwrap_or_else(|error| panic!("{error}\n{}", statement.sql()))
}

/// The rows of a query written by hand.
pub fn query(client: &mut Client, sql: &str) -> Rows {
    rows::rows(client.simple_query(sql)).unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

pub fn listed(client: &mut Client, actor: &Actor, table: Table, listing: &Listing) -> Rows {
    let statement = table.list(actor, listing, &Limits::default());
    let statement = statement.unwrap_or_else(|error| panic!("{error}"));
    read(client, &statement)
}

/// Every row of every table, so that a test can say that nothing has changed.
pub fn everything(client: &mut Client) -> Rows {
    let mut all = Rows::new();
    for table in Table::ALL {
        let sql = format!(
            "SELECT to_jsonb(t)::text FROM report_builder.{} AS t ORDER BY t.id",
            table.name()
        );
        all.extend(query(client, &sql));
    }
    all
}

/// One row of each table that users write, by the actor; the widget is on the dashboard.
pub fn one_of_each(client: &mut Client, actor: &Actor) -> Vec<(Table, i64)> {
    let mut made = Vec::new();
    let mut dashboard = 0;
    for table in Table::ALL {
        let json = match table {
            Table::SavedViews => r#"{"template_id": 1, "name": "View"}"#.to_owned(),
            Table::FilterPresets => r#"{"name": "Preset", "filters": {"a": 1}}"#.to_owned(),
            Table::Dashboards => r#"{"name": "Board"}"#.to_owned(),
            Table::DashboardWidgets => format!(
                r#"{{"dashboard_id": {dashboard}, "widget_type": "chart",
                     "widget_config": {{}}, "position": {{"x": 0}}}}"#
            ),
            Table::ScheduledReports => {
                r#"{"template_id": 1, "name": "Daily", "frequency": "daily"}"#.to_owned()
            }
            Table::ExportJobs => r#"{"format": "csv"}"#.to_owned(),
            Table::UserDataTables => {
                r#"{"name": "Table", "data_sources": ["orders"], "columns": []}"#.to_owned()
            }
            _ => continue,
        };
        let id = make(client, actor, table, &json);
        if table == Table::Dashboards {
            dashboard = id;
        }
        made.push((table, id));
    }
    made
}

/// A change that every table of [`one_of_each`] takes, where it takes any.
pub fn some_change(table: Table) -> Option<Change> {
    let json = match table {
        Table::DashboardWidgets => r#"{"title": "changed"}"#,
        Table::ExportJobs | Table::DimensionAccessAudit | Table::ClientModules => return None,
        Table::UserDimensionAccess => r#"{"allowed_values": [9]}"#,
        _ => r#"{"name": "changed"}"#,
    };
    Some(change(table, json))
}
