//! Damage to statements: each operator changes a text in a way that changes what it reads, who may see
//! it, or what it computes.
//!
//! What is provably harmless is no damage and not here: conditions in another order, a fence more, a
//! step that is materialized, `"t"` for `t`. So are the fences between levels of formulas, which save
//! the planner work and guard nothing.

mod far;
mod placeholders;
mod replaced;

use far::{
    FAR_REPLACED, other_join_columns, turned_joins, unguarded_far_rows, without_far_rules,
    without_joins,
};
use placeholders::{literals, renumbered, swapped_placeholders};
use replaced::REPLACED;

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
