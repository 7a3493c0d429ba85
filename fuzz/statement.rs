//! What holds of every compiled statement, whatever was asked.

use std::collections::BTreeSet;

use measurand::{
    AccessType, Catalog, CompiledQuery, Context, Dialect, ErrorCode, Errors, Limits, Note, Param,
    Request, RuleForm, Scalar, ScanPurpose, Value,
};
use measurand_tests::checker;

/// Looks at an outcome: errors are for people, and a statement keeps its promises.
pub fn check(outcome: &Result<CompiledQuery, Errors>, context: &Context, limits: &Limits) {
    match outcome {
        Ok(query) => promises(query, context, limits),
        Err(errors) => refusal(errors),
    }
}

/// The same, and the tests' independent reader proves the statement from the definitions.
pub fn prove(
    outcome: &Result<CompiledQuery, Errors>,
    catalog: &Catalog,
    request: &Request,
    context: &Context,
) {
    check(outcome, context, catalog.limits());
    let Ok(query) = outcome else { return };
    if let Err(faults) = checker::check(query, catalog, request, context) {
        let faults = faults.join("\n  ");
        panic!(
            "the checker refuses:\n  {faults}\n{}\n{:?}\n{request:?}\n{context:?}",
            query.sql(),
            query.params()
        );
    }
}

/// What holds of every refusal: it is none of our faults, and it ends.
pub fn refusal(errors: &Errors) {
    assert!(!errors.has(ErrorCode::Unverified), "{errors}");
    let count = errors.iter().count();
    assert!((1..=1_001).contains(&count), "{count} findings");
    assert!(!errors.to_string().is_empty());
}

fn promises(query: &CompiledQuery, context: &Context, limits: &Limits) {
    let sql = query.sql();
    assert!(
        sql.starts_with("SELECT\n") || sql.starts_with("WITH "),
        "{sql}"
    );
    assert!(sql.len() <= limits.statement_bytes, "{} bytes", sql.len());
    let used = placeholders(sql, query.dialect());
    let count = query.params().len();
    assert!(
        used.iter().copied().eq(1..=count),
        "{count} parameters, {used:?}\n{sql}"
    );
    aliases(query);
    guards(query, context);
}

/// The numbers of the placeholders, outside of strings and quoted names.
fn placeholders(sql: &str, dialect: Dialect) -> BTreeSet<usize> {
    let mark = if dialect == Dialect::Sqlite { '?' } else { '$' };
    let mut quote = None;
    let mut found = BTreeSet::new();
    for (at, letter) in sql.char_indices() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => {}
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            None if letter == mark => {
                let rest = &sql[at + 1..];
                let end = rest
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(rest.len());
                found.insert(rest[..end].parse().expect("a number behind the mark"));
            }
            None => {}
        }
    }
    assert_eq!(quote, None, "an open quote\n{sql}");
    found
}

fn aliases(query: &CompiledQuery) {
    let mut seen = BTreeSet::new();
    for column in query.columns() {
        let alias = column.alias();
        assert!(alias.len() <= 63, "{alias}");
        assert!(
            seen.insert(alias.to_lowercase()),
            "`{alias}` twice\n{}",
            query.sql()
        );
    }
    assert_eq!(query.provenance().len(), query.columns().len());
}

/// Every relation has its tenant, and the facts every rule of the context that their source is not
/// exempt from.
fn guards(query: &CompiledQuery, context: &Context) {
    let sql = query.sql();
    let certificate = query.certificate();
    assert!(!certificate.scans.is_empty(), "{sql}");
    for scan in &certificate.scans {
        if let Some(tenant) = &scan.tenant {
            let held = match param(query, tenant.parameter) {
                Param::Scalar(Value::Integer(number)) => number.to_string(),
                Param::Scalar(Value::Text(word)) => word.to_string(),
                other => panic!("{other:?} as a tenant\n{sql}"),
            };
            assert_eq!(held, context.tenant.as_str(), "{sql}");
        }
        if let ScanPurpose::Facts(facts) = &scan.purpose {
            let is_exempt =
                |note: &&Note| matches!(note, Note::AccessExempt { source, .. } if source == facts);
            let exempt = query.notes().iter().filter(is_exempt).count();
            let all = scan.rules.len() + exempt;
            assert_eq!(all, context.access.len(), "{certificate}\n{sql}");
        }
        for rule in &scan.rules {
            let (RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. }) = rule.form
            else {
                continue;
            };
            let Param::List(held) = param(query, list.parameter) else {
                panic!("no list at {}\n{sql}", list.parameter);
            };
            assert_eq!(held.element(), list.element);
            // The text follows the lengths as written; the parameter holds each value once.
            let held = held.values().len();
            let could_be = context.access.iter().any(|written| {
                let values = written
                    .values
                    .iter()
                    .filter(|value| **value != Scalar::Null);
                let written_values = values.count();
                written.access_type == rule.access_type
                    && written_values >= held
                    && (written_values > 8) == list.is_long
            });
            assert!(could_be, "{held} values, {}\n{sql}", list.is_long);
        }
        for rule in &scan.rules {
            let is_open = rule.access_type == AccessType::Include
                && matches!(rule.form, RuleForm::Everything | RuleForm::NotListed { .. });
            assert!(!is_open, "an include rule that opens\n{certificate}");
        }
    }
}

fn param(query: &CompiledQuery, number: u16) -> &Param {
    let at = usize::from(number)
        .checked_sub(1)
        .expect("parameters count from one");
    query.params().get(at).expect("a parameter for each number")
}
