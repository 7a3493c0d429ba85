//! The values of the corpora as rows of a table: each operator finds exactly the rows that a comparison
//! written by hand finds.

use std::collections::{BTreeMap, HashMap};

use measurand::{CompiledQuery, Compiler, Dialect, Param};
use measurand_tests::support::cluster::cluster;
use measurand_tests::support::sqlite;
use postgres::types::ToSql;
use postgres::{Client, Statement};
use rusqlite::Connection;

use super::corpus::{Entry, Kind, compile, compiler, values};

const CONTEXT: &str = r#"{"client_id": 1, "access": [], "timezone": "America/New_York"}"#;

/// Columns of typed values, with the type and what stands for it in a request.
const TYPED: [(&str, &str); 8] = [
    ("whole", "bigint"),
    ("exact", "numeric"),
    ("approximate", "double precision"),
    ("flag", "boolean"),
    ("day", "date"),
    ("local", "timestamp"),
    ("instant", "timestamptz"),
    ("tag", "uuid"),
];

/// Comparisons by hand: `c` is the column, `v` the value.
const COMPARISONS: [(&str, &str); 8] = [
    ("eq", "c = v"),
    ("neq", "c <> v OR c IS NULL"),
    ("in", "c = v"),
    ("not_in", "c <> v OR c IS NULL"),
    ("gt", "c > v"),
    ("gte", "c >= v"),
    ("lt", "c < v"),
    ("lte", "c <= v"),
];

/// The same for texts, without `LIKE`.
const SEARCHES: [(&str, &str, bool); 8] = [
    ("contains", "strpos(lower(c), lower(v)) > 0", false),
    (
        "not_contains",
        "strpos(lower(c), lower(v)) = 0 OR c IS NULL",
        false,
    ),
    (
        "starts_with",
        "left(lower(c), length(lower(v))) = lower(v)",
        false,
    ),
    (
        "ends_with",
        "right(lower(c), length(lower(v))) = lower(v)",
        false,
    ),
    ("contains", "strpos(c, v) > 0", true),
    ("not_contains", "strpos(c, v) = 0 OR c IS NULL", true),
    ("starts_with", "left(c, length(v)) = v", true),
    ("ends_with", "right(c, length(v)) = v", true),
];

/// A request for the rows that pass.
fn request(filters: &str) -> String {
    format!(r#"{{"source": "things", "metrics": ["things"], "dimensions": ["id"], {filters}}}"#)
}

fn filter(subject: &str, op: &str, written: &str, more: &str) -> String {
    request(&format!(
        r#""filters": {{"dimension": "{subject}", "op": "{op}", "values": [{written}]{more}}}"#
    ))
}

fn sensitive(is_sensitive: bool) -> &'static str {
    if is_sensitive {
        r#", "case_sensitive": true"#
    } else {
        ""
    }
}

/// The value of a filter by equality, where the column's type has it.
fn accepted(compiler: &Compiler, column: &str, entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Boolean | Kind::Number | Kind::Text)
        && compile(compiler, &filter(column, "eq", &entry.written, ""), CONTEXT).is_ok()
}

/// The value as a constant of PostgreSQL, from what the corpus says and not from what was made of it.
fn constant(entry: &Entry) -> String {
    let text = entry.text.as_deref().unwrap_or(&entry.written);
    format!("'{}'", text.replace('\'', "''"))
}

/// A database with one row per value for each of two tenants. A label is missing for every seventh.
fn database(compiler: &Compiler, corpus: &[Entry]) -> Client {
    let mut client = cluster().fresh_database("hostile_values");
    client
        .batch_execute(
            "CREATE SCHEMA reporting;
             CREATE TABLE reporting.things (client_id bigint NOT NULL, id bigint NOT NULL, word text, whole bigint,
                 exact numeric, approximate double precision, flag boolean, day date, local timestamp,
                 instant timestamptz, tag uuid, document jsonb);
             CREATE TABLE public.names (client_id bigint NOT NULL, id bigint NOT NULL, name text);
             SET TIME ZONE 'America/New_York'",
        )
        .expect("the tables");
    for (id, entry) in corpus.iter().enumerate() {
        let mut columns = vec!["client_id".to_owned(), "id".to_owned()];
        let mut constants = vec!["1".to_owned(), id.to_string()];
        if entry.text.is_some() && accepted(compiler, "word", entry) {
            for (column, constant) in [
                ("word", constant(entry)),
                (
                    "document",
                    format!(
                        "jsonb_build_object('outer', jsonb_build_object('inner', {}::text))",
                        constant(entry)
                    ),
                ),
            ] {
                columns.push(column.to_owned());
                constants.push(constant);
            }
        }
        for (column, cast) in TYPED {
            if accepted(compiler, column, entry) {
                columns.push(column.to_owned());
                constants.push(format!("{}::{cast}", constant(entry)));
            }
        }
        let insert = format!(
            "INSERT INTO reporting.things ({}) VALUES ({})",
            columns.join(", "),
            constants.join(", ")
        );
        client
            .batch_execute(&insert)
            .unwrap_or_else(|error| panic!("{}: {error}\n{insert}", entry.reason));
    }
    client
        .batch_execute(
            "INSERT INTO public.names SELECT 1, id, word FROM reporting.things WHERE id % 7 <> 0;
             INSERT INTO public.names SELECT 2, id, word FROM reporting.things;
             CREATE TABLE flat AS SELECT t.*, n.name, t.document -> 'outer' ->> 'inner' AS deep
                 FROM reporting.things AS t LEFT JOIN public.names AS n ON n.client_id = 1 AND n.id = t.id;
             INSERT INTO reporting.things (client_id, id, word, whole, exact, approximate, flag, day, local, instant, tag)
                 SELECT 2, id + 1000, word, whole, exact, approximate, flag, day, local, instant, tag
                 FROM reporting.things",
        )
        .expect("the rows of the other tenant");
    client
}

/// Per value, the rows that pass a comparison written by hand.
fn by_hand(client: &mut Client, column: &str, condition: &str) -> BTreeMap<i64, Vec<i64>> {
    let value = match column {
        "name" | "deep" => "word",
        column => column,
    };
    let condition = condition
        .replace("lower(c)", &format!("lower(t.{column})"))
        .replace("lower(v)", &format!("lower(w.{value})"));
    let words: Vec<String> = condition
        .split_inclusive([' ', '(', ')', ','])
        .map(|word| match word.trim_end_matches([' ', '(', ')', ',']) {
            "c" => word.replacen('c', &format!("t.{column}"), 1),
            "v" => word.replacen('v', &format!("w.{value}"), 1),
            _ => word.to_owned(),
        })
        .collect();
    let sql = format!(
        "SELECT w.id, t.id FROM flat AS w JOIN flat AS t ON ({}) WHERE w.{value} IS NOT NULL ORDER BY 1, 2",
        words.concat()
    );
    let rows = client
        .query(&sql, &[])
        .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let mut found: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for row in rows {
        found.entry(row.get(0)).or_default().push(row.get(1));
    }
    found
}

/// Statements prepared once, since the text is the same for every value.
#[derive(Default)]
struct Prepared(HashMap<String, Statement>);

impl Prepared {
    fn ids(&mut self, client: &mut Client, query: &CompiledQuery) -> Vec<i64> {
        if !self.0.contains_key(query.sql()) {
            let statement = client
                .prepare(query.sql())
                .unwrap_or_else(|error| panic!("{error}\n{}", query.sql()));
            self.0.insert(query.sql().to_owned(), statement);
        }
        let params: Vec<&(dyn ToSql + Sync)> = query
            .params()
            .iter()
            .map(|param: &Param| param as _)
            .collect();
        let rows = client.query(&self.0[query.sql()], &params);
        let rows = rows.unwrap_or_else(|error| panic!("{error}\n{}", query.sql()));
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// Sends every value that the subject takes and compares what is found.
struct Comparison<'t> {
    client: Client,
    compiler: Compiler,
    corpus: &'t [Entry],
    /// What the filters on a column take, by the column and the place in the corpus.
    accepted: HashMap<(String, i64), bool>,
    runs: usize,
}

impl Comparison<'_> {
    fn accepts(&mut self, column: &str, id: i64, entry: &Entry) -> bool {
        let known = self.accepted.entry((column.to_owned(), id));
        *known.or_insert_with(|| accepted(&self.compiler, column, entry))
    }

    fn check(&mut self, column: &str, condition: &str, ask: &dyn Fn(&str) -> (String, String)) {
        let expected = by_hand(&mut self.client, column, condition);
        let taken = match column {
            "name" | "deep" => "word",
            column => column,
        };
        let mut prepared = Prepared::default();
        for (id, entry) in (0..).zip(self.corpus) {
            if !self.accepts(taken, id, entry) {
                continue;
            }
            let (request, context) = ask(&entry.written);
            let query = compile(&self.compiler, &request, &context)
                .unwrap_or_else(|errors| panic!("{}: {request}\n{errors}", entry.reason));
            let found = prepared.ids(&mut self.client, &query);
            let nothing = Vec::new();
            let expected = expected.get(&id).unwrap_or(&nothing);
            assert_eq!(
                found,
                *expected,
                "{} ({})\n{request}\n{context}\n{}",
                entry.reason,
                entry.written,
                query.sql()
            );
            self.runs += 1;
        }
        // No day comes after the last one, so that a range that ends there has a text of its own.
        let texts = if (column, condition) == ("day", "c <= v") {
            1..=2
        } else {
            1..=1
        };
        assert!(texts.contains(&prepared.0.len()), "{column} {condition}");
    }
}

#[test]
fn postgresql_finds_the_rows_that_a_comparison_by_hand_finds() {
    let corpus = values();
    let compiler = compiler(Dialect::Postgres);
    let client = database(&compiler, &corpus);
    let mut comparison = Comparison {
        client,
        compiler,
        corpus: &corpus,
        accepted: HashMap::new(),
        runs: 0,
    };
    let context = || CONTEXT.to_owned();
    for (column, subject, on) in [
        ("word", "word", ""),
        ("name", "named", r#", "on": "label""#),
    ] {
        for (op, condition) in COMPARISONS {
            comparison.check(column, condition, &|v| {
                (filter(subject, op, v, on), context())
            });
        }
        for (op, condition, is_sensitive) in SEARCHES {
            let more = format!("{on}{}", sensitive(is_sensitive));
            comparison.check(column, condition, &|v| {
                (filter(subject, op, v, &more), context())
            });
        }
    }
    comparison.check("deep", "c = v", &|v| {
        (filter("deep", "eq", v, ""), context())
    });
    comparison.check("deep", SEARCHES[0].1, &|v| {
        (filter("deep", SEARCHES[0].0, v, ""), context())
    });
    for (column, _) in TYPED {
        let ordered = !matches!(column, "flag" | "tag");
        for (op, condition) in COMPARISONS.iter().take(if ordered { 8 } else { 4 }) {
            comparison.check(column, condition, &|v| {
                (filter(column, op, v, ""), context())
            });
        }
    }
    // Both ends of a range of dates are included.
    for (field, condition) in [("from", "c >= v"), ("to", "c <= v")] {
        comparison.check("day", condition, &|v| {
            (
                request(&format!(r#""date_range": {{"{field}": {v}}}"#)),
                context(),
            )
        });
    }
    // What a rule lists, and what it does not.
    for (rule, condition) in [
        (r#""include", "allowed_values": [<v>]"#, "c = v"),
        (
            r#""include", "allowed_values": [<v>, null]"#,
            "c = v OR c IS NULL",
        ),
        (r#""exclude", "allowed_values": [<v>]"#, "c <> v"),
        (
            r#""exclude", "allowed_values": [<v>], "nulls": "visible""#,
            "c <> v OR c IS NULL",
        ),
    ] {
        for column in ["word", "exact", "tag"] {
            comparison.check(column, condition, &|v| {
                let rule = rule.replace("<v>", v);
                let access = format!(r#"[{{"dimension": "{column}", "access_type": {rule}}}]"#);
                (
                    request(r#""order_by": []"#),
                    format!(r#"{{"client_id": 1, "access": {access}}}"#),
                )
            });
        }
    }
    // Conditions on groups, of which each is one row here.
    for (metric, column) in [
        ("last_word", "word"),
        ("total", "exact"),
        ("last_day", "day"),
    ] {
        for (op, condition) in COMPARISONS {
            comparison.check(column, condition, &|v| {
                let condition =
                    format!(r#"{{"metric": "{metric}", "op": "{op}", "values": [{v}]}}"#);
                (
                    request(&format!(r#""metric_filters": {condition}"#)),
                    context(),
                )
            });
        }
    }
    for (op, condition, is_sensitive) in SEARCHES.into_iter().skip(4) {
        let more = sensitive(is_sensitive);
        comparison.check("word", condition, &|v| {
            let condition =
                format!(r#"{{"metric": "last_word", "op": "{op}", "values": [{v}]{more}}}"#);
            (
                request(&format!(r#""metric_filters": {condition}"#)),
                context(),
            )
        });
    }
    println!("{} statements run", comparison.runs);
    assert!(
        comparison.runs > 15_000,
        "{} statements run",
        comparison.runs
    );
}

/// Comparisons of texts in Rust; SQLite ignores the case of ASCII letters alone.
type Compared = fn(&str, &str) -> bool;

const ON_TEXTS: [(&str, bool, Compared); 12] = [
    ("eq", false, |c, v| c == v),
    ("gt", false, |c, v| c.as_bytes() > v.as_bytes()),
    ("gte", false, |c, v| c.as_bytes() >= v.as_bytes()),
    ("lt", false, |c, v| c.as_bytes() < v.as_bytes()),
    ("lte", false, |c, v| c.as_bytes() <= v.as_bytes()),
    ("in", false, |c, v| c == v),
    ("contains", false, |c, v| {
        c.to_ascii_lowercase().contains(&v.to_ascii_lowercase())
    }),
    ("starts_with", false, |c, v| {
        c.to_ascii_lowercase().starts_with(&v.to_ascii_lowercase())
    }),
    ("ends_with", false, |c, v| {
        c.to_ascii_lowercase().ends_with(&v.to_ascii_lowercase())
    }),
    ("contains", true, |c, v| c.contains(v)),
    ("starts_with", true, |c, v| c.starts_with(v)),
    ("ends_with", true, |c, v| c.ends_with(v)),
];

/// The same, of which rows without a value pass all.
const UNLIKE_TEXTS: [(&str, bool, Compared); 4] = [
    ("neq", false, |c, v| c != v),
    ("not_in", false, |c, v| c != v),
    ("not_contains", false, |c, v| {
        !c.to_ascii_lowercase().contains(&v.to_ascii_lowercase())
    }),
    ("not_contains", true, |c, v| !c.contains(v)),
];

/// A row of the table.
struct Row<'t> {
    written: &'t str,
    word: Option<String>,
    whole: Option<i64>,
}

#[test]
fn sqlite_finds_the_rows_that_a_comparison_by_hand_finds() {
    let corpus = values();
    let compiler = compiler(Dialect::Sqlite);
    let connection = Connection::open_in_memory().expect("a database in memory");
    connection
        .execute_batch(
            "ATTACH ':memory:' AS reporting; ATTACH ':memory:' AS public;
             CREATE TABLE reporting.things (client_id INTEGER NOT NULL, id INTEGER NOT NULL, word TEXT, whole INTEGER, day TEXT);
             CREATE TABLE public.names (client_id INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT)",
        )
        .expect("the tables");
    let rows: Vec<Row> = corpus
        .iter()
        .map(|entry| Row {
            written: &entry.written,
            word: entry
                .text
                .clone()
                .filter(|_| accepted(&compiler, "word", entry)),
            whole: entry
                .written
                .parse()
                .ok()
                .filter(|_| accepted(&compiler, "whole", entry)),
        })
        .collect();
    for (id, row) in (0_i64..).zip(&rows) {
        for client in [1, 2] {
            let values = rusqlite::params![client, id + (client - 1) * 1000, row.word, row.whole];
            let insert =
                "INSERT INTO reporting.things (client_id, id, word, whole) VALUES (?, ?, ?, ?)";
            connection.execute(insert, values).expect("a row");
        }
        if id % 7 != 0 {
            let insert = "INSERT INTO public.names VALUES (1, ?, ?), (2, ?, 'of another')";
            connection
                .execute(insert, rusqlite::params![id, row.word, id])
                .expect("a label");
        }
    }
    let mut runs = 0;
    let mut check = |request: String, passes: &dyn Fn(i64, &Row) -> bool| {
        let query = compile(&compiler, &request, CONTEXT)
            .unwrap_or_else(|errors| panic!("{request}\n{errors}"));
        let found = sqlite::execute(&query, &connection)
            .unwrap_or_else(|error| panic!("{error}\n{request}"));
        let found: Vec<i64> = found
            .iter()
            .map(|row| row[0].parse().expect("an id"))
            .collect();
        let expected = (0..)
            .zip(&rows)
            .filter(|(id, row)| passes(*id, row))
            .map(|(id, _)| id);
        assert_eq!(
            found,
            expected.collect::<Vec<i64>>(),
            "{request}\n{}",
            query.sql()
        );
        runs += 1;
    };
    let operators = ON_TEXTS.map(|operator| (operator, false));
    let operators = operators
        .into_iter()
        .chain(UNLIKE_TEXTS.map(|operator| (operator, true)));
    for ((op, is_sensitive, passes), keeps_null) in operators {
        for Row { written, word, .. } in &rows {
            let Some(value) = word else { continue };
            let passes = |c: Option<&String>| c.map_or(keeps_null, |c| passes(c, value));
            let more = sensitive(is_sensitive);
            check(filter("word", op, written, more), &|_, row| {
                passes(row.word.as_ref())
            });
            let on_label = format!(r#", "on": "label"{more}"#);
            check(filter("named", op, written, &on_label), &|id, row| {
                passes(row.word.as_ref().filter(|_| id % 7 != 0))
            });
        }
    }
    for Row { written, whole, .. } in rows.iter().filter(|row| row.whole.is_some()) {
        check(filter("whole", "eq", written, ""), &|_, row| {
            row.whole == *whole
        });
        check(filter("whole", "gt", written, ""), &|_, row| {
            row.whole > *whole
        });
        check(filter("whole", "neq", written, ""), &|_, row| {
            row.whole != *whole
        });
    }
    println!("{runs} statements run on SQLite");
    assert!(runs > 10_000, "{runs} statements run on SQLite");
}
