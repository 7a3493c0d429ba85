//! Conditions: each is needed, where it stands and as it is; so is each placeholder.

use super::{Damages, Subject, each_subject};
use crate::certificate::RuleForm;
use crate::dialect::Dialect;

/// The lines on which a conjunct begins, and the conjunct; it may go on over further lines.
fn conjuncts(sql: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in sql.split_inclusive('\n') {
        let text = line.trim_start();
        let start = at + line.len() - text.len();
        at += line.len();
        let word = ["WHERE ", "AND "]
            .iter()
            .find(|word| text.starts_with(**word));
        let Some(word) = word else { continue };
        let begin = start + word.len();
        let mut depth = 0_i32;
        let mut end = begin;
        for (index, c) in sql[begin..].char_indices() {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if depth < 0 || (depth == 0 && c == '\n') {
                break;
            }
            end = begin + index + c.len_utf8();
        }
        found.push((start, begin, sql[begin..end].trim_end().to_owned()));
    }
    found
}

/// Whether the certificate promises the conjunct, or the plan has it as a bound of dates, so that not
/// even its inside may change.
fn is_promised(subject: &Subject<'_>, conjunct: &str) -> bool {
    // A search of labels is the request's own; the guard in it has conjuncts of its own.
    if conjunct.contains("SELECT s.key") {
        return false;
    }
    let scans = &subject.statement.certificate.scans;
    let parameter = |number: u16| match subject.plan.dialect {
        Dialect::Postgres => format!("${number}::"),
        Dialect::Sqlite => format!("?{number}"),
    };
    scans.iter().any(|scan| {
        let is_tenant = scan.tenant.iter().any(|tenant| {
            let equality = format!("{} = {}", tenant.column, parameter(tenant.parameter));
            conjunct.starts_with(&equality)
        });
        let is_rule = scan.rules.iter().any(|rule| match rule.form {
            RuleForm::Everything => false,
            RuleForm::Nothing => conjunct == "FALSE",
            RuleForm::OnlyNull => *conjunct == format!("{} IS NULL", rule.value),
            RuleForm::NotNull => *conjunct == format!("{} IS NOT NULL", rule.value),
            RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. } => {
                conjunct.contains(&rule.value) && conjunct.contains(&parameter(list.parameter))
            }
        });
        let is_filter = scan
            .base_filter
            .iter()
            .any(|filter| filter.predicate == conjunct);
        is_tenant || is_rule || is_filter
    }) || conjunct.starts_with("t.date ")
}

#[test]
fn what_the_library_writes_holds() {
    each_subject(|subject| {
        subject
            .check_text(subject.sql())
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", subject.name, subject.sql()));
    });
}

#[test]
fn blanks_and_the_case_of_words_do_not_matter() {
    each_subject(|subject| {
        let sql = subject.sql();
        let one_line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let tabs = sql.replace('\n', "\r\n\t").replace(", ", " , ");
        let mut quote = None;
        let outside_of_quotes = |c: char| {
            match quote {
                Some(open) if open == c => quote = None,
                None if c == '\'' || c == '"' => quote = Some(c),
                Some(_) => {}
                None => return c.to_ascii_lowercase(),
            }
            c
        };
        let lower: String = sql.chars().map(outside_of_quotes).collect();
        for variant in [one_line, tabs, lower] {
            subject
                .check_text(&variant)
                .unwrap_or_else(|error| panic!("{}: {error}\n{variant}", subject.name));
        }
    });
}

#[test]
fn every_conjunct_is_needed_where_it_stands() {
    let mut damages = Damages::default();
    each_subject(|subject| {
        let sql = subject.sql();
        for (start, begin, conjunct) in conjuncts(sql) {
            let end = begin + conjunct.len();
            let (before, behind) = (&sql[..start], &sql[end..]);
            let is_first = sql[start..].starts_with("WHERE");
            let is_followed = behind.trim_start().starts_with("AND ");
            let word = &sql[start..begin];
            let mut damage = |what: &str, text: String| damages.refused(subject, what, text);
            damage(
                "dropped",
                match (is_first, is_followed) {
                    (true, true) => format!("{before}WHERE {}", &behind.trim_start()[4..]),
                    _ => format!("{before}{behind}"),
                },
            );
            if !is_first {
                damage("AND becomes OR", format!("{before}OR {conjunct}{behind}"));
                damage(
                    "AND becomes a comma",
                    format!("{before}, {conjunct}{behind}"),
                );
            }
            for changed in [
                format!("{conjunct} OR TRUE"),
                format!("({conjunct}) OR TRUE"),
                format!("{conjunct} OR 1 = 1"),
                format!("TRUE OR {conjunct}"),
                format!("{conjunct} AND 1 = 1"),
                format!("TRUE AND {conjunct}"),
                format!("NOT TRUE IN (TRUE) AND {conjunct}"),
                format!("[{conjunct}]"),
                format!("{conjunct} COLLATE \"C\""),
                format!("{conjunct} -- and no more"),
                format!("{conjunct} /* and no more */"),
                format!("EXISTS (SELECT 1) AND {conjunct}"),
                format!("{conjunct} IS NOT NULL IS NOT NULL AND TRUE"),
                format!("{conjunct};"),
                format!("({conjunct}"),
                format!("{conjunct})"),
                format!("CASE WHEN {conjunct} THEN TRUE"),
                format!("TRUE BETWEEN {conjunct}"),
                format!("ROW ({conjunct})"),
                format!("{conjunct}::regclass IS NULL"),
            ] {
                damage(&changed, format!("{before}{word}{changed}{behind}"));
            }
            if is_promised(subject, &conjunct) {
                for changed in [
                    "TRUE".to_owned(),
                    "1 = 1".to_owned(),
                    "NULL IS NULL".to_owned(),
                    format!(
                        "CASE WHEN TRUE THEN TRUE WHEN TRUE AND {conjunct} AND TRUE THEN TRUE END"
                    ),
                    format!("TRUE BETWEEN FALSE AND {conjunct}"),
                    format!("TRUE NOT BETWEEN TRUE AND {conjunct}"),
                    format!("({conjunct} OR TRUE)"),
                    format!("(TRUE OR {conjunct})"),
                    format!("({conjunct}) IS NOT NULL"),
                    format!("({conjunct}) IS NULL"),
                    format!("({conjunct}) IS NOT TRUE"),
                    format!("({conjunct}) IS TRUE"),
                    format!("({conjunct})"),
                    format!("NOT {conjunct}"),
                    format!("NOT NOT {conjunct}"),
                    format!("COALESCE({conjunct}, TRUE)"),
                    format!("(CASE WHEN {conjunct} THEN TRUE ELSE TRUE END)"),
                    conjunct.replacen(" = ", " <> ", 1),
                    conjunct.replacen(" = ", " >= ", 1),
                    conjunct.replacen(" IN ", " NOT IN ", 1),
                    conjunct.replacen(" >= ", " <= ", 1),
                    conjunct.replacen("= ANY", "<> ALL", 1),
                    conjunct.replacen("NOT (", "(", 1),
                    conjunct.replace("IS NOT TRUE", "IS TRUE"),
                    conjunct.replace("t.", "o."),
                    conjunct.replace("t.", ""),
                    conjunct.replace("t.", "t.t."),
                    conjunct.replace("t.", "t.secret = t."),
                ] {
                    if changed != conjunct {
                        damage(&changed, format!("{before}{word}{changed}{behind}"));
                    }
                }
            }
            // Out of the guard, to where rows of the result are kept.
            if let Some(order) = sql.find("\nORDER BY").filter(|order| *order > end) {
                let rest = &sql[end..order];
                let tail = &sql[order..];
                damage(
                    "moved out of its guard",
                    format!("{before}{word}TRUE{rest}\nWHERE {conjunct}{tail}"),
                );
            }
        }
    });
    damages.finish(2_000);
}

#[test]
fn placeholders_stay_as_they_are() {
    let mut damages = Damages::default();
    each_subject(|subject| {
        let sql = subject.sql();
        let mark = if subject.plan.dialect == Dialect::Postgres {
            '$'
        } else {
            '?'
        };
        let places: Vec<usize> = sql.match_indices(mark).map(|(at, _)| at).collect();
        for at in places {
            let digits: String = sql[at + 1..]
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            // A dollar sign also ends a pattern.
            let Ok(number) = digits.parse::<usize>() else {
                continue;
            };
            let (before, behind) = (&sql[..at], &sql[at + 1 + digits.len()..]);
            for other in (0..=subject.params.len() + 1).filter(|other| *other != number) {
                damages.refused(
                    subject,
                    "another number",
                    format!("{before}{mark}{other}{behind}"),
                );
            }
            for text in [
                "1",
                "'1'",
                "NULL",
                "t.client_id",
                "$$1$$",
                ":id",
                "?",
                "@p",
                "$01",
                "(1)",
            ] {
                damages.refused(subject, text, format!("{before}{text}{behind}"));
            }
            if let Some(rest) = behind.strip_prefix("::") {
                let length = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '[' || c == ']'));
                let rest = &rest[length.unwrap_or(rest.len())..];
                for cast in [
                    "",
                    "::smallint",
                    "::varchar",
                    "::regclass",
                    "::text::oid",
                    "::bigint[][]",
                    "::name",
                ] {
                    damages.refused(subject, cast, format!("{before}{mark}{number}{cast}{rest}"));
                }
            }
        }
        // Two numbers that change places.
        for one in 1..=subject.params.len() {
            for other in one + 1..=subject.params.len() {
                let swapped = sql
                    .replace(&format!("{mark}{one}"), "\u{1}")
                    .replace(&format!("{mark}{other}"), &format!("{mark}{one}"))
                    .replace('\u{1}', &format!("{mark}{other}"));
                if subject.params.len() < 10 {
                    damages.refused(subject, "numbers change places", swapped);
                }
            }
        }
    });
    damages.finish(500);
}
