//! Damage to statements: each operator changes a text in a way that changes what it reads, who may see
//! it, or what it computes.
//!
//! What is provably harmless is no damage and not here: conditions in another order, a fence more, a
//! step that is materialized, `"t"` for `t`. So are the fences between levels of formulas, which save
//! the planner work and guard nothing.

#[path = "far_damage.rs"]
mod far_damage;
#[path = "placeholder_damage.rs"]
mod placeholder_damage;

use far_damage::{
    FAR_REPLACED, other_join_columns, turned_joins, unguarded_far_rows, without_far_rules,
    without_joins,
};
use placeholder_damage::{literals, renumbered, swapped_placeholders};

/// A damaged text, and the operator that made it.
pub type Damaged = (&'static str, String);

/// Every damage of a text, at most so many of each operator.
pub fn damages(sql: &str, most: usize) -> Vec<Damaged> {
    let mut found = Vec::new();
    let mut add = |name: &'static str, texts: Vec<String>| {
        let changed = texts.into_iter().filter(|text| text != sql);
        found.extend(changed.take(most).map(|text| (name, text)));
    };
    for (name, from, to) in REPLACED.iter().chain(FAR_REPLACED) {
        add(name, each_replaced(sql, from, to));
    }
    add("conjunct dropped", dropped_conjuncts(sql));
    add(
        "AND to OR",
        each_replaced(sql, "\n      AND ", "\n      OR "),
    );
    add("NOT added", negated_conjuncts(sql));
    add("conjunct in a comment", commented_conjuncts(sql));
    add("fence removed", each_replaced(sql, "\n    OFFSET 0", ""));
    add("fence removed", each_replaced(sql, "\n      OFFSET 0", ""));
    add(
        "fence removed",
        each_replaced(sql, "\n  OFFSET 0\n) AS l", "\n) AS l"),
    );
    add("placeholder renumbered", renumbered(sql));
    add("placeholders swapped", swapped_placeholders(sql));
    add("literal for a placeholder", literals(sql));
    add("text around", around(sql));
    add("comment injected", comments(sql));
    add("relation changed", relations(sql));
    add("relation added", joined(sql));
    add("columns of the result swapped", swapped_targets(sql));
    add("group dropped", without_line(sql, "GROUP BY "));
    add("order dropped", without_line(sql, "ORDER BY "));
    add("page dropped", without_line(sql, "LIMIT "));
    add("far rows not joined", without_joins(sql));
    add("far rows joined the other way round", turned_joins(sql));
    add("far rows joined by another column", other_join_columns(sql));
    add("far guard removed", unguarded_far_rows(sql));
    add("far rule dropped", without_far_rules(sql));
    found
}

/// What is replaced, each place on its own.
const REPLACED: &[(&str, &str, &str)] = &[
    (
        "guard on another alias",
        "WHERE t.client_id",
        "WHERE o.client_id",
    ),
    (
        "guard on another alias",
        "WHERE t.client_id",
        "WHERE client_id",
    ),
    (
        "guard on another alias",
        "WHERE t.client_id",
        "WHERE g.client_id",
    ),
    (
        "guard on another column",
        "t.client_id = ",
        "t.campaign_id = ",
    ),
    (
        "guard on itself",
        "t.client_id = $1::bigint",
        "t.client_id = t.client_id",
    ),
    ("comparison changed", "t.client_id = ", "t.client_id >= "),
    ("comparison changed", "t.client_id = ", "t.client_id <> "),
    ("comparison changed", " >= $", " > $"),
    ("comparison changed", " < $", " <= $"),
    ("comparison changed", " = $", " < $"),
    ("list test changed", " = ANY (", " <> ALL ("),
    ("list test changed", " = ANY (", " <> ANY ("),
    ("list test changed", " = ANY (", " >= ANY ("),
    ("list test changed", " IN (SELECT ", " NOT IN (SELECT "),
    ("truth test changed", "IS NOT TRUE", "IS TRUE"),
    ("truth test changed", "IS NOT TRUE", "IS NOT FALSE"),
    ("NULL test changed", " IS NULL", " IS NOT NULL"),
    ("NULL test changed", " IS NOT NULL", " IS NULL"),
    (
        "NULL let in",
        "::bigint[])",
        "::bigint[]) OR t.campaign_id IS NULL",
    ),
    ("negation dropped", "AND NOT (", "AND ("),
    ("condition widened", "\n      AND ", "\n      AND TRUE OR "),
    ("condition widened", "WHERE t.", "WHERE TRUE OR t."),
    ("condition narrowed", "WHERE t.", "WHERE FALSE AND t."),
    ("cast changed", "::bigint", "::text"),
    ("cast changed", "::bigint", "::integer"),
    ("cast changed", "::bigint[]", "::text[]"),
    ("cast changed", "::date", "::timestamptz"),
    ("cast changed", "::text", "::name"),
    ("cast dropped", "$1::bigint", "$1"),
    ("cast to a name of the catalog", "::text", "::regclass"),
    ("LATERAL", "FROM (", "FROM LATERAL ("),
    ("LATERAL", "LEFT JOIN (", "LEFT JOIN LATERAL ("),
    ("join changed", "LEFT JOIN (", "JOIN ("),
    ("join changed", "LEFT JOIN (", "RIGHT JOIN ("),
    ("join changed", "LEFT JOIN (", "FULL JOIN ("),
    ("join changed", "LEFT JOIN (", "NATURAL LEFT JOIN ("),
    ("join condition changed", ".key = g.", ".label = g."),
    ("join condition changed", ".key = g.", ".key <> g."),
    (
        "join condition changed",
        " ON l1.key = g.",
        " ON TRUE OR l1.key = g.",
    ),
    ("union changed", "UNION ALL ", "UNION "),
    ("union changed", "UNION ALL ", "EXCEPT ALL "),
    ("union changed", "UNION ALL ", "INTERSECT "),
    (
        "leg combined twice",
        "FROM grouped_2 AS g",
        "FROM grouped AS g",
    ),
    (
        "leg combined twice",
        "FROM grouped AS g",
        "FROM grouped_2 AS g",
    ),
    ("combined otherwise", "    max(u.", "    sum(u."),
    ("combined otherwise", "    max(u.", "    min(u."),
    ("combined otherwise", "    u.", "    max(u."),
    ("value of a leg lost", ", g.", ", NULL, g."),
    ("value of a leg lost", "SELECT g.", "SELECT NULL, g."),
    ("value of a leg found elsewhere", "NULL AS ", "1 AS "),
    (
        "value of a leg found elsewhere",
        "NULL AS ",
        "g.attempts AS ",
    ),
    ("period changed", " + $", " - $"),
    ("page begins elsewhere", " > $", " >= $"),
    ("page begins elsewhere", " > $", " < $"),
    ("page begins elsewhere", " >= $", " <= $"),
    ("page begins elsewhere", ") > (", ") >= ("),
    ("page begins elsewhere", ") > (", ") < ("),
    ("page begins elsewhere", ") < (", ") <= ("),
    (
        "page begins elsewhere",
        " IS NULL OR (g.",
        " IS NULL AND (g.",
    ),
    ("page begins elsewhere", "WHERE (g.", "WHERE TRUE OR (g."),
    ("page begins elsewhere", " AND (g.", " OR (g."),
    ("page of other rows", "FROM page AS g", "FROM detail AS g"),
    ("page of other rows", "FROM detail AS g", "FROM page AS g"),
    (
        "rows not as they are",
        "SELECT\n    o.",
        "SELECT DISTINCT\n    o.",
    ),
    (
        "rows not as they are",
        "WITH detail AS (\n  SELECT\n    o.",
        "WITH detail AS (\n  SELECT\n    1 + o.",
    ),
    (
        "rows not as they are",
        "WITH detail AS (\n  SELECT\n    1 AS present",
        "WITH detail AS (\n  SELECT\n    2 AS present",
    ),
    ("step renamed", "WITH grouped AS", "WITH campaigns AS"),
    ("step renamed", "FROM grouped AS g", "FROM pg_class AS g"),
    (
        "step renamed",
        "FROM grouped AS g",
        "FROM public.campaigns AS g",
    ),
    (
        "step renamed",
        "FROM grouped AS g",
        "FROM public.grouped AS g",
    ),
    (
        "steps changed",
        "WITH grouped AS",
        "WITH RECURSIVE grouped AS",
    ),
    (
        "steps changed",
        "WITH grouped AS (",
        "WITH gone AS (DELETE FROM public.campaigns RETURNING 1), grouped AS (",
    ),
    (
        "steps changed",
        "WITH grouped AS (",
        "WITH more AS (SELECT 1 AS x), grouped AS (",
    ),
    (
        "steps changed",
        "WITH grouped AS (",
        "WITH grouped (a) AS (",
    ),
    ("function changed", "sum(", "avg("),
    ("function changed", "sum(", "max("),
    ("function changed", "sum(o.", "sum(DISTINCT o."),
    ("function changed", "count(DISTINCT ", "count("),
    ("function changed", "min(t.", "max(t."),
    ("function changed", "count(*)", "count(1)"),
    ("function changed", "count(", "sum("),
    ("function forbidden", "sum(", "pg_sleep("),
    ("function forbidden", "sum(", "array_agg("),
    ("function forbidden", "sum(", "public.sum("),
    ("function forbidden", "sum(", "pg_catalog.sum("),
    ("function forbidden", "count(", "pg_read_file("),
    ("function forbidden", "min(", "current_setting("),
    (
        "function forbidden",
        "SELECT\n  g.",
        "SELECT\n  generate_series(1, 9) AS n,\n  g.",
    ),
    (
        "function forbidden",
        "SELECT\n  g.",
        "SELECT\n  current_user AS n,\n  g.",
    ),
    ("window", "sum(o.", "sum(1) OVER () + sum(o."),
    ("label not the least", "min(t.", "(t."),
    ("division unguarded", "NULLIF(g.", "COALESCE(g."),
    ("division truncates", "::numeric / ", " / "),
    ("number changed", ", 0)", ", 1)"),
    ("arithmetic changed", " / NULLIF", " * NULLIF"),
    ("arithmetic changed", " - g.", " + g."),
    ("arithmetic changed", " + g.", " - g."),
    (
        "filter of an aggregate dropped",
        " FILTER (WHERE ",
        " FILTER (WHERE TRUE OR ",
    ),
    ("period changed", "date_trunc('month'", "date_trunc('year'"),
    ("period changed", "date_trunc('week'", "date_trunc('day'"),
    ("period changed", "'month'", "'moon'"),
    ("zone dropped", " AT TIME ZONE $1::text", ""),
    ("whole rows", "SELECT t.", "SELECT t.*, t."),
    ("whole rows", "SELECT\n  g.", "SELECT\n  g.*,\n  g."),
    ("system column", "SELECT t.", "SELECT t.ctid, t."),
    (
        "column let out",
        "SELECT\n  g.",
        "SELECT\n  o.client_id,\n  g.",
    ),
    (
        "subquery added",
        "SELECT\n  g.",
        "SELECT\n  (SELECT 1) AS x,\n  g.",
    ),
    (
        "subquery added",
        "\n      AND ",
        "\n      AND EXISTS (SELECT 1) AND ",
    ),
    (
        "subquery added",
        "WHERE t.",
        "WHERE t.client_id IN (SELECT c.client_id FROM public.campaigns AS c) AND t.",
    ),
    (
        "subquery added",
        "WHERE t.",
        "WHERE t.client_id = (SELECT 1) AND t.",
    ),
    (
        "set operation",
        "\n  ) AS o",
        "\n  UNION ALL SELECT * FROM public.campaigns) AS o",
    ),
    ("set operation", "\n  ) AS o", "\n  EXCEPT SELECT 1) AS o"),
    ("quoted name", "t.client_id", "t.\"Client_ID\""),
    ("quoted name", "reporting.", "\"Reporting\"."),
    ("quoted name", "public.", "\"Public\"."),
    ("schema changed", "FROM reporting.", "FROM public."),
    ("schema changed", "FROM public.", "FROM pg_catalog."),
    ("schema changed", "FROM reporting.", "FROM "),
    ("schema changed", "FROM reporting.", "FROM other.reporting."),
    ("DISTINCT", "SELECT\n    o.", "SELECT DISTINCT\n    o."),
    ("DISTINCT", "SELECT t.", "SELECT DISTINCT t."),
    (
        "HAVING",
        "\n  GROUP BY 1",
        "\n  GROUP BY 1\n  HAVING count(*) > 1",
    ),
    ("groups changed", "GROUP BY 1", "GROUP BY ROLLUP (1)"),
    (
        "groups changed",
        "GROUP BY 1",
        "GROUP BY GROUPING SETS ((1), ())",
    ),
    ("groups changed", "GROUP BY 1", "GROUP BY 1, 1"),
    ("groups changed", "GROUP BY 1, 2", "GROUP BY 1"),
    ("order changed", "ORDER BY l1.label", "ORDER BY g.label"),
    ("order changed", "NULLS LAST", "NULLS FIRST"),
    ("order changed", " NULLS LAST", ""),
    ("order changed", " NULLS LAST", " DESC NULLS LAST"),
    ("order changed", " DESC ", " "),
    ("page changed", "\nLIMIT $", "\nOFFSET $"),
    ("page changed", "\nLIMIT ", "\nLIMIT 1 + "),
    ("alias changed", " AS o\n", " AS p\n"),
    ("alias changed", ") AS l1 ON", ") AS l2 ON"),
    (
        "name of a column changed",
        " AS campaign_name\n",
        " AS campaign\n",
    ),
    ("levels changed", ", ())", ")"),
    ("levels changed", "SETS ((1", "SETS ((1), (1"),
    ("levels changed", "GROUPING SETS (", "CUBE ("),
    (
        "levels changed",
        "GROUP BY GROUPING SETS (",
        "GROUP BY DISTINCT GROUPING SETS (",
    ),
    ("levels changed", "((1, 2)", "((1, 2), (1, 2)"),
    ("level told otherwise", "    grouping(", "    count("),
    (
        "level told otherwise",
        "    grouping(o.",
        "    grouping(1, o.",
    ),
    ("level told otherwise", " AS level", " + 1 AS level"),
    ("level told otherwise", " WHEN 0 THEN 'data'", ""),
    (
        "level told otherwise",
        " WHEN 0 THEN 'data'",
        " WHEN 1 THEN 'data'",
    ),
    ("level told otherwise", "THEN 'data'", "THEN 'total'"),
    ("level told otherwise", "THEN 'subtotal'", "THEN 'data'"),
    ("level told otherwise", "ELSE 'total'", "ELSE 'data'"),
    ("level told otherwise", "CASE g.level", "CASE 0"),
    (
        "totals ordered otherwise",
        "ORDER BY g.level, ",
        "ORDER BY ",
    ),
    (
        "totals ordered otherwise",
        "ORDER BY g.level, ",
        "ORDER BY g.level DESC, ",
    ),
    (
        "totals ordered otherwise",
        "ORDER BY r.level, ",
        "ORDER BY ",
    ),
    ("page of totals", "r.level = 0", "r.level >= 0"),
    ("page of totals", "r.level > 0", "r.level > 1"),
    ("page of totals", "r.level > 0", "r.level >= 0"),
    (
        "page of totals",
        "UNION ALL SELECT * FROM shown",
        "UNION SELECT * FROM shown",
    ),
    (
        "page of totals",
        "SELECT * FROM shown AS r",
        "SELECT * FROM derived AS r",
    ),
    (
        "groups met otherwise",
        "JOIN passing AS p",
        "LEFT JOIN passing AS p",
    ),
    (
        "groups met otherwise",
        "JOIN passing AS p",
        "CROSS JOIN passing AS p",
    ),
    ("groups met otherwise", " ARRAY[p.", " ARRAY[o."),
    ("groups met otherwise", "] = ARRAY[", "] <> ARRAY["),
    ("groups met otherwise", " ON ARRAY[", " ON TRUE OR ARRAY["),
    (
        "groups met otherwise",
        "FROM tested_grouped AS g",
        "FROM grouped AS g",
    ),
    (
        "members met otherwise",
        "LEFT JOIN top AS q",
        "JOIN top AS q",
    ),
    (
        "members met otherwise",
        "  JOIN top AS q",
        "  LEFT JOIN top AS q",
    ),
    (
        "members met otherwise",
        "JOIN top AS q",
        "CROSS JOIN top AS q",
    ),
    ("members met otherwise", " ARRAY[q.", " ARRAY[o."),
    ("members met otherwise", "    q.kept AS", "    1 AS"),
    ("members met otherwise", "    q.", "    o."),
    (
        "members ranked otherwise",
        "FROM ranked_grouped AS g",
        "FROM grouped AS g",
    ),
    ("members ranked otherwise", "\n  LIMIT $", "\n  OFFSET $"),
    ("members ranked otherwise", "\n  LIMIT ", "\n  LIMIT 1 + "),
    ("members ranked otherwise", ", 1 AS kept", ", 2 AS kept"),
    (
        "shares of something else",
        ") OVER ()",
        ") OVER (PARTITION BY 1)",
    ),
    ("shares of something else", ") OVER ()", ")"),
    (
        "shares of something else",
        " / NULLIF(sum(",
        " / NULLIF(max(",
    ),
    (
        "ranks of something else",
        "rank() OVER",
        "dense_rank() OVER",
    ),
    (
        "ranks of something else",
        "DESC NULLS LAST) END",
        "NULLS LAST) END",
    ),
    (
        "ranks of something else",
        "DESC NULLS LAST) END",
        "DESC NULLS FIRST) END",
    ),
    (
        "ranks of something else",
        "IS NOT NULL THEN rank",
        "IS NULL THEN rank",
    ),
    ("ranks of something else", " = 1 AND g.", " = 0 AND g."),
    (
        "ranks of something else",
        "(PARTITION BY g.kept ORDER",
        "(ORDER",
    ),
    (
        "groups placed otherwise",
        "FROM placed AS g",
        "FROM grouped AS g",
    ),
    (
        "others shown otherwise",
        "CASE g.kept WHEN 1",
        "CASE g.kept WHEN 0",
    ),
    ("others shown otherwise", "CASE g.kept", "CASE 1"),
    ("others shown otherwise", "ELSE 'other'", "ELSE 'data'"),
    (
        "others shown otherwise",
        ".kept NULLS LAST, ",
        ".kept NULLS FIRST, ",
    ),
    ("others shown otherwise", "g.kept NULLS LAST, ", ""),
    ("others shown otherwise", "r.kept NULLS LAST, ", ""),
    ("others shown otherwise", "THEN g.kept", "THEN 1"),
    (
        "others shown otherwise",
        "ELSE 1 END = 1",
        "ELSE 1 END >= 1",
    ),
    (
        "others shown otherwise",
        "ELSE 1 END = 1",
        "ELSE g.kept END = 1",
    ),
    ("escape changed", "ESCAPE '!'", "ESCAPE '%'"),
    ("escape changed", " ESCAPE '!'", ""),
    ("case changed", " ILIKE ", " LIKE "),
    ("pattern changed", " ILIKE ", " SIMILAR TO "),
];

/// The text with each occurrence replaced on its own.
fn each_replaced(sql: &str, from: &str, to: &str) -> Vec<String> {
    sql.match_indices(from)
        .map(|(at, found)| format!("{}{to}{}", &sql[..at], &sql[at + found.len()..]))
        .collect()
}

/// The conjuncts that stand on one line: where each starts and ends, and whether it is the first.
fn conjuncts(sql: &str) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in sql.split_inclusive('\n') {
        let text = line.trim_start();
        let at = start + line.len() - text.len();
        start += line.len();
        let (skipped, is_first) = match (text.strip_prefix("WHERE "), text.strip_prefix("AND ")) {
            (Some(_), _) => ("WHERE ".len(), true),
            (_, Some(_)) => ("AND ".len(), false),
            _ => continue,
        };
        let text = text.trim_end();
        let is_whole = text.matches('(').count() == text.matches(')').count();
        let says_nothing = ["TRUE", "(TRUE)"].contains(&&text[skipped..]);
        if is_whole && !says_nothing {
            found.push((at + skipped, at + text.len(), is_first));
        }
    }
    found
}

fn dropped_conjuncts(sql: &str) -> Vec<String> {
    let dropped = conjuncts(sql).into_iter().map(|(from, to, is_first)| {
        let rest = &sql[to..];
        let behind = rest.trim_start();
        match (is_first, behind.strip_prefix("AND ")) {
            (true, Some(next)) => format!("{}{next}", &sql[..from]),
            (true, None) => format!("{}{rest}", &sql[..from - "WHERE ".len()]),
            (false, _) => format!("{}{rest}", &sql[..from - "AND ".len()]),
        }
    });
    dropped.collect()
}

fn negated_conjuncts(sql: &str) -> Vec<String> {
    let negated = conjuncts(sql)
        .into_iter()
        .map(|(from, to, _)| format!("{}NOT ({}){}", &sql[..from], &sql[from..to], &sql[to..]));
    negated.collect()
}

fn commented_conjuncts(sql: &str) -> Vec<String> {
    let commented = conjuncts(sql)
        .into_iter()
        .filter(|(_, _, is_first)| !is_first)
        .map(|(from, to, _)| {
            let from = from - "AND ".len();
            format!("{}/* {} */{}", &sql[..from], &sql[from..to], &sql[to..])
        });
    commented.collect()
}

fn around(sql: &str) -> Vec<String> {
    let behind = [
        ";",
        "; SELECT 1",
        "; DELETE FROM public.campaigns",
        "\nFOR UPDATE",
        "\nFOR SHARE",
        "\nUNION ALL SELECT 1",
        "\nINTERSECT SELECT 1",
        "\nEXCEPT SELECT 1",
        "\nFETCH FIRST 1 ROW WITH TIES",
    ];
    let mut texts: Vec<String> = behind.iter().map(|text| format!("{sql}{text}")).collect();
    for front in [
        "EXPLAIN ANALYZE ",
        "SELECT 1; ",
        "CREATE TABLE leak AS ",
        "COPY (",
        "(",
    ] {
        let close = if front.ends_with('(') { ")" } else { "" };
        texts.push(format!("{front}{sql}{close}"));
    }
    texts.push(sql.replace("\nFROM ", "\nINTO leak\nFROM "));
    texts
}

fn comments(sql: &str) -> Vec<String> {
    let mut texts = vec![
        format!("{sql} -- x"),
        format!("/* x */ {sql}"),
        format!("{sql}\n--"),
    ];
    for (at, _) in sql.match_indices('\n') {
        texts.push(format!("{} -- x{}", &sql[..at], &sql[at..]));
        texts.push(format!("{} /* x */{}", &sql[..at], &sql[at..]));
    }
    texts
}

/// Every relation that is read inside of a guard: where its name starts and ends.
fn tables(sql: &str) -> Vec<(usize, usize)> {
    let ends = sql.match_indices(" AS t\n").map(|(at, _)| at);
    let found = ends.filter_map(|end| {
        let start = sql[..end].rfind("FROM ")? + "FROM ".len();
        let is_name = !sql[start..end].contains([' ', '(', ')']);
        is_name.then_some((start, end))
    });
    found.collect()
}

fn relations(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, to) in tables(sql) {
        let name = &sql[from..to];
        for other in [
            "public.secrets",
            "pg_catalog.pg_authid",
            "grouped",
            "(VALUES (1))",
        ] {
            texts.push(format!("{}{other}{}", &sql[..from], &sql[to..]));
        }
        texts.push(format!("{}{name}_2{}", &sql[..from], &sql[to..]));
        texts.push(format!("{}ONLY {name}{}", &sql[..from], &sql[to..]));
        texts.push(format!(
            "{}{name} TABLESAMPLE SYSTEM (50){}",
            &sql[..from],
            &sql[to..]
        ));
        if let Some(front) = name.strip_suffix("_1") {
            texts.push(format!("{}{front}_2{}", &sql[..from], &sql[to..]));
        }
    }
    texts
}

fn joined(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (_, to) in tables(sql) {
        let end = to + " AS t".len();
        for join in [
            ", public.campaigns AS x",
            ", pg_stats",
            " CROSS JOIN public.campaigns AS x",
            " LEFT JOIN public.campaigns AS x ON TRUE",
            " JOIN LATERAL (SELECT 1) AS x ON TRUE",
            ", generate_series(1, 2) AS x",
        ] {
            texts.push(format!("{}{join}{}", &sql[..end], &sql[end..]));
        }
    }
    texts.push(sql.replace(" AS g", " AS g, public.campaigns AS x"));
    texts.push(sql.replace(" AS o", " AS o, public.campaigns AS x"));
    texts
}

/// The columns of the result, the first two of them under each other's names.
fn swapped_targets(sql: &str) -> Vec<String> {
    let Some(start) = sql
        .rfind("\nSELECT\n  g.")
        .map(|at| at + "\nSELECT\n".len())
    else {
        return Vec::new();
    };
    let Some(end) = sql[start..].find("\nFROM ").map(|at| start + at) else {
        return Vec::new();
    };
    let mut items: Vec<(&str, &str)> = sql[start..end]
        .split(",\n")
        .filter_map(|item| item.split_once(" AS "))
        .collect();
    let mut texts = Vec::new();
    for at in 1..items.len() {
        if items[at - 1].0 == items[at].0 {
            continue;
        }
        let names = (items[at - 1].1, items[at].1);
        (items[at - 1].1, items[at].1) = (names.1, names.0);
        let text: Vec<String> = items
            .iter()
            .map(|(value, name)| format!("{value} AS {name}"))
            .collect();
        texts.push(format!(
            "{}{}{}",
            &sql[..start],
            text.join(",\n"),
            &sql[end..]
        ));
        (items[at - 1].1, items[at].1) = names;
    }
    texts
}

fn without_line(sql: &str, start: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let lines: Vec<&str> = sql.lines().collect();
    for (position, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with(start) {
            let mut rest = lines.clone();
            rest.remove(position);
            texts.push(rest.join("\n"));
        }
    }
    texts
}
