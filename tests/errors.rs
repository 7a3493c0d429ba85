//! Every hand-worked mistake in a request or a context: the findings, in their order.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use measurand::{Compiler, Dialect, Errors};
use measurand_tests::support::case::{Case, Expected, ExpectedError, cases};

#[test]
fn mistakes_are_found_where_they_are() {
    let all = cases("cases_errors");
    let mut compilers: BTreeMap<String, Compiler> = BTreeMap::new();
    let mut failures = String::new();
    for case in &all {
        let compiler = compilers
            .entry(case.catalog.clone())
            .or_insert_with(|| case.compiler(Dialect::Postgres));
        if let Err(failure) = run(case, compiler) {
            let about = case.about.trim();
            let _ = writeln!(failures, "\n== {}\n{about}\n{failure}", case.name);
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(all.len() >= 80, "only {} cases", all.len());
}

fn run(case: &Case, compiler: &Compiler) -> Result<(), String> {
    let Expected::Errors(expected) = &case.expected else {
        return Err("a case here expects errors".to_owned());
    };
    let errors = match case.checked(compiler) {
        Ok(query) => return Err(format!("compiles to\n{}", query.sql())),
        Err(errors) => errors,
    };
    let fits = errors.iter().count() == expected.len()
        && errors
            .iter()
            .zip(expected)
            .all(|(found, expected)| is_as_expected(found, expected));
    if !fits {
        let expected: Vec<String> = expected.iter().map(in_words).collect();
        return Err(format!("expected {expected:#?}\nfound\n{errors}"));
    }
    says_nothing_secret(case, &errors)
}

fn is_as_expected(found: &measurand::Error, expected: &ExpectedError) -> bool {
    let help = found.help().map(ToString::to_string).unwrap_or_default();
    found.code().as_str() == expected.code
        && expected
            .path
            .as_ref()
            .is_none_or(|path| found.path().to_string() == *path)
        && expected
            .suggests
            .as_ref()
            .is_none_or(|name| help.contains(&format!("`{name}`")))
}

fn in_words(expected: &ExpectedError) -> String {
    let path = expected.path.as_deref().unwrap_or("anywhere");
    match &expected.suggests {
        Some(name) => format!("{} at {path}, suggesting {name}", expected.code),
        None => format!("{} at {path}", expected.code),
    }
}

fn says_nothing_secret(case: &Case, errors: &Errors) -> Result<(), String> {
    let Some(secret) = &case.never_says else {
        return Ok(());
    };
    let json = serde_json::to_string(errors).expect("findings serialize");
    let typed = format!("{errors:?}");
    if json.contains(secret) || typed.contains(secret) {
        return Err(format!("says `{secret}`:\n{errors}"));
    }
    Ok(())
}
