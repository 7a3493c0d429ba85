//! Damage to far rows: how they are joined, which rows have to meet them, and what guards them.

use super::{conjuncts, dropped_conjuncts};

/// What is replaced, each place on its own.
pub const FAR_REPLACED: &[(&str, &str, &str)] = &[
    (
        "far rows joined otherwise",
        ") AS j1 ON j1.",
        ") AS j1 ON TRUE OR j1.",
    ),
    (
        "far rows joined otherwise",
        ") AS j1 ON j1.",
        ") AS j1 ON FALSE AND j1.",
    ),
    ("far rows joined otherwise", ") AS j1 ON ", ") AS j2 ON "),
    (
        "far rows joined otherwise",
        "LEFT JOIN (\n      SELECT t.",
        "INNER JOIN (\n      SELECT t.",
    ),
    ("far rows of another role", " AS j1 ON j1.", " AS j1 ON j2."),
    ("far rows of another role", " j1.", " j2."),
    ("far rows of another role", " j2.", " j1."),
    ("far rows of another role", "o.j1__", "o.j2__"),
    ("far rows of another role", "o.j2__", "o.j1__"),
    ("far rows of another role", " = j1.", " = o."),
    (
        "far value without a far row",
        "CASE WHEN o.j",
        "CASE WHEN TRUE OR o.j",
    ),
    (
        "far rule changed",
        " IN (SELECT s.",
        " = ANY (SELECT 1 + s.",
    ),
    ("far rule changed", " IN (SELECT s.", " IN (SELECT -s."),
    (
        "far rule changed",
        " IN (SELECT s.",
        " IN (SELECT DISTINCT s.",
    ),
    (
        "far rule changed",
        "\n      ) AS s",
        "\n      UNION ALL SELECT 1) AS s",
    ),
    ("far rule changed", ") AS s)", ") AS s WHERE TRUE)"),
];

/// A join of far rows: where its words start, its subselect starts and ends, and where its line ends.
struct FarJoin {
    start: usize,
    rows: (usize, usize),
    end: usize,
}

fn far_joins(sql: &str) -> Vec<FarJoin> {
    let mut found = Vec::new();
    for (start, words) in sql.match_indices("LEFT JOIN (") {
        let rows = start + words.len() - 1;
        let Some(close) = closing(sql, rows) else {
            continue;
        };
        if !sql[close..].starts_with(") AS j") {
            continue;
        }
        let end = sql[close..].find('\n').map_or(sql.len(), |at| close + at);
        found.push(FarJoin {
            start,
            rows: (rows, close + 1),
            end,
        });
    }
    found
}

/// Where the bracket that opens here closes; no text of a fragment in these statements has one.
fn closing(sql: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, letter) in sql[open..].char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 1 => return Some(open + at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Without a join: its columns are read of nothing.
pub fn without_joins(sql: &str) -> Vec<String> {
    let joins = far_joins(sql).into_iter();
    let rest = joins.map(|join| {
        let front = sql[..join.start].trim_end();
        format!("{front}{}", &sql[join.end..])
    });
    rest.collect()
}

/// The first join with its sides in each other's place, each under its own name.
pub fn turned_joins(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for join in far_joins(sql) {
        let front = &sql[..join.start];
        let Some(near_end) = front.trim_end().strip_suffix(" AS o").map(str::len) else {
            continue;
        };
        let near = sql[..near_end].rfind("FROM (\n      SELECT ");
        let Some(near) = near.map(|at| at + "FROM ".len()) else {
            continue;
        };
        let far = &sql[join.rows.0..join.rows.1];
        let condition = &sql[join.rows.1 + " AS j1".len()..join.end];
        texts.push(format!(
            "{}{far} AS j1\n    LEFT JOIN {} AS o{condition}{}",
            &sql[..near],
            &sql[near..near_end],
            &sql[join.end..]
        ));
    }
    texts
}

/// Each side of the condition of each join with the name of the tenant's column, or of its own key.
pub fn other_join_columns(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for join in far_joins(sql) {
        let condition = &sql[join.rows.1..join.end];
        let Some((front, near)) = condition.rsplit_once(" = ") else {
            continue;
        };
        let (alias, column) = near.split_once('.').unwrap_or(("o", near));
        for (front, near) in [
            (front.to_owned(), format!("{alias}.client_id")),
            (front.to_owned(), format!("{alias}.{column}_2")),
            (format!("{front}_2"), near.to_owned()),
        ] {
            let (before, behind) = (&sql[..join.rows.1], &sql[join.end..]);
            texts.push(format!("{before}{front} = {near}{behind}"));
        }
    }
    texts
}

/// Each conjunct of the guard of far rows dropped, whether they are joined or rows have to meet them.
pub fn unguarded_far_rows(sql: &str) -> Vec<String> {
    let joined = far_joins(sql).into_iter().map(|join| join.rows);
    let met = far_rules(sql).into_iter();
    let far: Vec<(usize, usize)> = joined.chain(met).collect();
    let inside = |at: usize| far.iter().any(|(from, to)| (*from..*to).contains(&at));
    let all = conjuncts(sql).into_iter().zip(dropped_conjuncts(sql));
    let dropped = all.filter(|((from, ..), _)| inside(*from));
    dropped.map(|(_, text)| text).collect()
}

/// Where each far rule stands: from the bracket that opens its subselect to the one that closes it.
fn far_rules(sql: &str) -> Vec<(usize, usize)> {
    let found = sql.match_indices(" IN (SELECT s.").filter_map(|(at, _)| {
        let open = at + " IN ".len();
        let close = closing(sql, open)?;
        // A search through labels is none.
        let is_rule = !sql[open..].starts_with("(SELECT s.key FROM");
        is_rule.then_some((open, close + 1))
    });
    found.collect()
}

/// Without the condition that rows meet far ones.
pub fn without_far_rules(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (_, to) in far_rules(sql) {
        let (from, _) = far_rules(sql)
            .into_iter()
            .find(|(_, end)| *end == to)
            .unwrap_or((to, to));
        let Some(start) = sql[..from].rfind("\n") else {
            continue;
        };
        let line = sql[start..from].trim_start();
        match line.strip_prefix("AND ") {
            Some(_) => texts.push(format!("{}{}", &sql[..start], &sql[to..])),
            None => {
                let at = start
                    + sql[start..]
                        .find("WHERE ")
                        .map_or(0, |at| at + "WHERE ".len());
                texts.push(format!("{}TRUE{}", &sql[..at], &sql[to..]));
            }
        }
    }
    texts
}
