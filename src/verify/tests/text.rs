//! The rest of the text: nothing goes missing, is added, or becomes something else.

use std::collections::BTreeSet;

use super::{Damages, Subject, catalog, each_subject, query};
use crate::dialect::Dialect;

/// The text with one place changed, for every place where `from` stands.
fn each_place<'s>(sql: &'s str, from: &'s str, to: &'s str) -> impl Iterator<Item = String> + 's {
    sql.match_indices(from).map(move |(at, _)| {
        let (before, behind) = sql.split_at(at);
        format!("{before}{to}{}", &behind[from.len()..])
    })
}

/// What is put in front of any line: not one place takes it.
const INSERTED: [&str; 30] = [
    "-- nothing to see",
    "/* nothing to see */",
    ";",
    "; DROP TABLE public.campaigns",
    "UNION SELECT 1",
    "UNION ALL SELECT secret FROM reporting.sales_2",
    "EXCEPT SELECT 1",
    ", reporting.sales_2 AS x",
    "CROSS JOIN reporting.sales_2 AS x",
    "JOIN reporting.sales_2 AS x ON TRUE",
    "LEFT JOIN reporting.sales_2 AS x ON TRUE",
    "NATURAL JOIN reporting.sales_2",
    "(SELECT secret FROM reporting.sales_2)",
    "SELECT",
    "DISTINCT",
    "OR TRUE",
    "AND TRUE",
    "WHERE TRUE",
    "HAVING TRUE",
    "pg_sleep(10)",
    "pg_read_file('/etc/passwd')",
    "current_setting('x')",
    "OFFSET 0",
    "LIMIT 1",
    "FETCH FIRST 1 ROWS ONLY",
    "FOR UPDATE",
    "INTO x",
    "$$text$$",
    "'text'",
    "WINDOW w AS ()",
];

#[test]
fn nothing_is_inserted_anywhere() {
    let mut damages = Damages::default();
    each_subject(|subject| {
        let sql = subject.sql();
        for (at, _) in sql.match_indices('\n').chain([(0, ""), (sql.len(), "")]) {
            let (before, behind) = sql.split_at(at);
            for text in INSERTED {
                damages.refused(subject, text, format!("{before} {text} {behind}"));
            }
        }
    });
    damages.finish(5_000);
}

#[test]
fn no_line_goes_missing_or_comes_twice() {
    let mut damages = Damages::default();
    each_subject(|subject| {
        let lines: Vec<&str> = subject.sql().lines().collect();
        for at in 0..lines.len() {
            let mut without = lines.clone();
            let line = without.remove(at);
            damages.refused(subject, "a line less", without.join("\n"));
            let mut twice = lines.clone();
            twice.insert(at, line);
            damages.refused(subject, "a line twice", twice.join("\n"));
            if at > 0 && lines[at].trim() != lines[at - 1].trim() {
                let mut swapped = lines.clone();
                swapped.swap(at - 1, at);
                // The order of conjuncts says nothing, unless placeholders lose theirs.
                let both_and = |line: &str| line.trim_start().starts_with("AND ");
                if !(both_and(lines[at]) && both_and(lines[at - 1])) {
                    damages.refused(subject, "lines change places", swapped.join("\n"));
                }
            }
        }
    });
    damages.finish(500);
}

/// Texts that become others; each stands in some statement.
const REPLACED: [(&str, &str); 147] = [
    ("reporting.sales_1", "reporting.sales_2"),
    ("reporting.sales_1", "sales_1"),
    ("reporting.sales_1", "reporting.sales_1.x"),
    ("reporting.sales_1", "\"reporting.sales_1\""),
    ("reporting.sales_1", "\"reporting\".sales_1"),
    ("reporting.sales_1", "ONLY reporting.sales_1"),
    ("reporting.sales_1", "LATERAL reporting.sales_1"),
    (
        "reporting.sales_1",
        "reporting.sales_1 TABLESAMPLE SYSTEM (1)",
    ),
    ("reporting.sales_1", "pg_ls_dir('.')"),
    ("reporting.sales_1", "(VALUES (1))"),
    ("reporting.sales_1", "(TABLE reporting.sales_2)"),
    ("reporting.sales_1", "(SELECT * FROM reporting.sales_2)"),
    ("reporting.sales_1", "grouped"),
    ("reporting.flags", "reporting.sales_1"),
    ("public.campaigns", "reporting.sales_1"),
    ("public.campaigns", "public.kinds"),
    ("public.campaigns", "information_schema.columns"),
    (
        "public.campaigns AS t",
        "public.campaigns AS t, public.kinds AS u",
    ),
    ("AS t", "AS t (secret)"),
    ("AS t", "AS u"),
    ("AS t", "t"),
    ("AS o", "AS o (a, b)"),
    ("AS o", "AS t"),
    ("AS g", "AS o"),
    ("WITH grouped", "WITH RECURSIVE grouped"),
    ("grouped AS (", "grouped AS MATERIALIZED ("),
    ("grouped AS (", "grouped (a) AS ("),
    ("grouped AS (", "\"Grouped\" AS ("),
    ("grouped AS (", "other AS (SELECT 1), grouped AS ("),
    ("derived AS (", "grouped AS ("),
    ("derived_2 AS (", "derived AS ("),
    ("FROM derived AS", "FROM grouped AS"),
    ("FROM grouped AS", "FROM reporting.sales_1 AS"),
    ("SELECT t.campaign_id", "SELECT t.secret AS campaign_id"),
    ("SELECT t.campaign_id", "SELECT (t.secret) AS campaign_id"),
    (
        "SELECT t.campaign_id",
        "SELECT t.campaign_id AS campaign_id",
    ),
    ("SELECT t.campaign_id", "SELECT *"),
    ("SELECT t.campaign_id", "SELECT t.*"),
    ("SELECT t.campaign_id", "SELECT DISTINCT t.campaign_id"),
    ("SELECT t.campaign_id", "SELECT ALL t.campaign_id"),
    ("SELECT t.campaign_id", "SELECT t.campaign_id + 0"),
    ("SELECT t.campaign_id", "SELECT t.ctid"),
    ("SELECT t.campaign_id", "SELECT t"),
    ("SELECT t.campaign_id", "SELECT (SELECT 1)"),
    ("SELECT t.campaign_id", "SELECT t.tier"),
    ("t.attempts", "t.unknown"),
    ("t.attempts", "t.secret AS attempts"),
    ("1 AS present", "t.secret AS present"),
    ("1 AS present", "2 AS present"),
    ("-> 'custom' ->> 'fee'", "->> 'fee'"),
    ("-> 'custom' ->> 'fee'", "-> 'custom' ->> 'other'"),
    ("-> 'custom' ->> 'fee'", "-> 'custom' ->> 'fee' || t.secret"),
    ("-> 'custom' ->> 'fee'", "-> 'custom' -> 'x' ->> 'fee'"),
    ("t.data", "t.secret"),
    ("AS tier", "AS kind"),
    ("AS tier", "AS client_id"),
    ("t.campaign_id AS key", "t.client_id AS key"),
    ("t.campaign_id AS key", "t.campaign_id AS label"),
    ("t.campaign_name AS label", "t.secret AS label"),
    (
        "t.campaign_name AS label",
        "t.campaign_name || t.secret AS label",
    ),
    ("t.campaign_name AS label", "min(t.campaign_name) AS label"),
    (
        "t.campaign_name AS label",
        "t.campaign_name AS label, t.secret AS more",
    ),
    ("min(t.title)", "t.title"),
    ("min(t.title)", "max(t.title)"),
    ("    FROM (\n", "    FROM LATERAL (\n"),
    ("LEFT JOIN", "JOIN"),
    ("LEFT JOIN", "INNER JOIN"),
    ("LEFT JOIN", "RIGHT JOIN"),
    ("LEFT JOIN", "FULL JOIN"),
    ("LEFT JOIN", "CROSS JOIN"),
    ("LEFT JOIN", "LEFT OUTER JOIN"),
    ("LEFT JOIN", "LEFT JOIN LATERAL"),
    ("ON l1.key = g.campaign", "ON TRUE"),
    ("ON l1.key = g.campaign", "ON l1.key = l1.key"),
    ("ON l1.key = g.campaign", "ON g.campaign = g.campaign"),
    ("ON l1.key = g.campaign", "ON l1.key = g.attempts"),
    ("ON l1.key = g.campaign", "ON l1.key <> g.campaign"),
    ("ON l1.key = g.campaign", "ON l1.key = g.campaign OR TRUE"),
    ("ON l1.key = g.campaign", "ON l1.label = g.campaign"),
    ("ON l1.key = g.campaign", "USING (campaign)"),
    ("AS l1", "AS l2"),
    ("l1.label", "l1.key"),
    ("g.campaign AS campaign", "g.attempts AS campaign"),
    ("g.campaign AS campaign", "g.campaign AS other"),
    ("g.campaign AS campaign", "g.campaign"),
    ("g.attempts AS attempts", "g.attempts + 1 AS attempts"),
    ("g.attempts AS attempts", "sum(g.attempts) AS attempts"),
    ("g.attempts AS attempts", "*"),
    ("sum(o.attempts)", "pg_sleep(o.attempts)"),
    ("sum(o.attempts)", "pg_catalog.sum(o.attempts)"),
    ("sum(o.attempts)", "\"sum\"(o.attempts)"),
    ("sum(o.attempts)", "sum(attempts)"),
    ("sum(o.attempts)", "sum(t.attempts)"),
    ("sum(o.attempts)", "sum(o.attempts) OVER ()"),
    ("sum(o.attempts)", "sum((SELECT 1))"),
    ("sum(o.attempts)", "string_agg(o.attempts, ',')"),
    ("sum(o.attempts)", "sum(o.attempts, VARIADIC o.x)"),
    ("sum(o.attempts)", "current_user"),
    ("sum(o.attempts)", "sum(o.attempts::regclass)"),
    ("sum(o.attempts)", "ARRAY(SELECT 1)"),
    ("sum(o.attempts)", "ROW(o)"),
    ("sum(o.attempts)", "load_extension('x')"),
    ("sum(o.attempts)", "sum(o.*)"),
    ("sum(o.attempts)", "sum(o.attempts::bigint[])"),
    ("sum(o.attempts)", "\"null\""),
    ("sum(o.attempts)", "\"not\" sum(o.attempts)"),
    ("sum(o.attempts)", "\"case\" WHEN TRUE THEN 1 END"),
    ("sum(o.attempts)", "\"interval\" '1 day'"),
    ("sum(o.attempts)", "o.attempts FILTER (WHERE TRUE)"),
    ("sum(o.attempts)", "(o.attempts) FILTER (WHERE TRUE)"),
    (
        "sum(o.attempts)",
        "sum(o.attempts::bigint FILTER (WHERE TRUE))",
    ),
    (
        "sum(o.attempts)",
        "o.attempts WITHIN GROUP (ORDER BY o.attempts)",
    ),
    ("SELECT t.date", "SELECT NULL::date"),
    ("AS \"order\"", "AS \"Order\""),
    ("AS \"order\"", "AS 'order'"),
    ("fiscal_month(", "fiscal_year("),
    ("\"index\"(", "\"Index\"("),
    ("\"index\"(", "\"indexed\"("),
    ("\"index\"(", "'index'("),
    ("GROUP BY 1", "GROUP BY 2"),
    ("GROUP BY 1", "GROUP BY ROLLUP (1)"),
    ("GROUP BY 1", "GROUP BY 1, pg_sleep(1)"),
    ("GROUP BY 1", "GROUP BY o.campaign_id"),
    ("GROUP BY 1", "GROUP BY ()"),
    ("ORDER BY ", "ORDER BY pg_sleep(1), "),
    ("ORDER BY ", "ORDER BY (SELECT 1), "),
    ("ORDER BY ", "ORDER BY 1, "),
    ("NULLS LAST", "NULLS FIRST"),
    ("NULLS LAST", "DESC NULLS LAST"),
    ("NULLS LAST", "USING > NULLS LAST"),
    ("OVER ()", "OVER (PARTITION BY g.campaign)"),
    ("OVER ()", "OVER (ORDER BY g.attempts)"),
    ("= 0) OVER ()", "= 1) OVER ()"),
    ("= 0) OVER ()", ">= 0) OVER ()"),
    ("rank() OVER", "dense_rank() OVER"),
    ("rank() OVER", "row_number() OVER"),
    ("rank() OVER (", "rank() OVER (PARTITION BY g.attempts "),
    ("DESC NULLS LAST) END", "ASC NULLS LAST) END"),
    ("DESC NULLS LAST) END", "DESC NULLS LAST) ELSE 0 END"),
    ("IS NOT NULL THEN rank", "IS NULL THEN rank"),
    ("FROM placed AS", "FROM grouped AS"),
    ("placed AS (", "grouped AS ("),
    ("OFFSET 0", "OFFSET 1"),
    ("OFFSET 0", "OFFSET 0 ROWS"),
    ("OFFSET 0", "LIMIT 0"),
    ("LIMIT $", "LIMIT 5 + $"),
    ("LIMIT $", "LIMIT ALL OFFSET $"),
];

#[test]
fn nothing_becomes_something_else() {
    let mut damages = Damages::default();
    let mut unused: BTreeSet<(&str, &str)> = REPLACED.into_iter().collect();
    each_subject(|subject| {
        for (from, to) in REPLACED {
            for damaged in each_place(subject.sql(), from, to) {
                unused.remove(&(from, to));
                damages.refused(subject, &format!("`{from}` becomes `{to}`"), damaged);
            }
        }
    });
    assert!(unused.is_empty(), "nowhere in the statements: {unused:?}");
    damages.finish(1_000);
}

/// A text cut off anywhere is no statement.
#[test]
fn nothing_is_cut_off() {
    let mut damages = Damages::default();
    each_subject(|subject| {
        let sql = subject.sql();
        for (at, _) in sql.char_indices().filter(|(_, c)| c.is_ascii_whitespace()) {
            damages.refused(subject, "cut off", sql[..at].to_owned());
        }
    });
    damages.finish(1_000);
}

/// Even where the certificate lists the lookup in front of the facts, as if it were read there.
#[test]
fn labels_are_searched_by_conditions_alone() {
    let catalog = catalog();
    let subject = Subject::new(&catalog, Dialect::Postgres, query("label filter"));
    let sql = subject.sql();
    let start = sql.find("IN (SELECT s.key").unwrap();
    let length = sql[start..].find(" WHERE s.label").unwrap();
    let search = format!("{} WHERE s.label = 'a')", &sql[start..start + length]);
    let mut certificate = subject.statement.certificate.clone();
    certificate.scans.insert(0, certificate.scans[1].clone());
    for column in ["sum(o.attempts)", "o.campaign_id AS campaign"] {
        assert!(sql.contains(column));
        let searching = column.replacen("o.campaign_id", &format!("(o.campaign_id {search})"), 1);
        let searching = searching.replacen(
            "o.attempts",
            &format!("CASE WHEN o.campaign_id {search} THEN 1 END"),
            1,
        );
        let damaged = sql.replacen(column, &searching, 1);
        assert!(subject.read(&damaged, &certificate).is_err(), "{damaged}");
    }
}
