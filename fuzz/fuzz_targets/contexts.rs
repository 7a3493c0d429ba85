//! One request in two contexts: each statement holds its own tenant and its own rules, two that share a
//! fingerprint have the same rows, and the same context gives the same bytes from any compiler.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use measurand::{AccessType, CompiledQuery, Compiler, Dialect, Param, RuleForm, ScanPurpose};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::worlds::{self, Said};
use measurand_tests::generate::question::Asked;
use measurand_tests::generate::said::{date_text, digits};
use measurand_tests::reference::answer;
use measurand_tests::reference::model::World;
use measurand_tests::reference::value::Value;

/// Whatever the bytes are, what is drawn from them is no larger than this.
const DRAWN: usize = 50_000;

fuzz_target!(|bytes: &[u8]| within_budget(DRAWN, || {
    let (world, mut questions) = worlds::draw(bytes, 2);
    let (Some(second), Some(first)) = (questions.pop(), questions.pop()) else {
        return;
    };
    let second = {
        let mut other = first.clone();
        (other.tenant, other.rules) = (second.tenant, second.question.rules);
        other
    };
    let said = [&first, &second].map(|asked| Said::new(&world, asked));
    let catalog = worlds::catalog(&world);
    for dialect in Dialect::ALL {
        let shared = Compiler::new(catalog.clone(), dialect);
        let [one, two] = said.each_ref().map(|said| said.compile(&shared));
        for (query, asked, said) in [(&one, &first, &said[0]), (&two, &second, &said[1])] {
            let Some(query) = query else { continue };
            holds_its_own(&world, query, asked);
            for compiler in [&shared, &Compiler::new(catalog.clone(), dialect)] {
                let again = compiler.compile(&said.request, &said.context);
                let again = again.expect("it compiled before");
                assert_eq!(again.sql(), query.sql());
                assert_eq!(again.params(), query.params());
                assert_eq!(again.fingerprint(), query.fingerprint());
                assert_eq!(again.certificate(), query.certificate());
            }
        }
        let (Some(one), Some(two)) = (one, two) else {
            continue;
        };
        let is_shared = one.fingerprint() == two.fingerprint();
        assert!(
            !is_shared || first.tenant == second.tenant,
            "shared by two tenants"
        );
        let rows = [&first, &second].map(|asked| answer::answer(&world, asked));
        if let [Some(rows), Some(others)] = rows {
            assert!(
                !is_shared || rows == others,
                "{}\n{}",
                one.certificate(),
                two.certificate()
            );
        }
    }
}));

/// The facts are read with the question's own rules, each once, value by value.
fn holds_its_own(world: &World, query: &CompiledQuery, asked: &Asked) {
    let rules = asked
        .rules
        .iter()
        .map(|rule| (&world.dimensions[rule.dimension], rule));
    let rules = rules.filter(|(dimension, _)| !dimension.is_exempt);
    let said = rules.map(|(dimension, rule)| {
        let listed: BTreeSet<String> = rule.values.iter().filter_map(written).collect();
        (dimension.key.to_owned(), rule.is_include, listed)
    });
    let mut said: Vec<_> = said.collect();
    said.sort();
    let scans = query.certificate().scans.iter();
    for scan in scans.filter(|scan| matches!(scan.purpose, ScanPurpose::Facts(_))) {
        let held = scan.rules.iter().map(|guard| {
            let is_include = guard.access_type == AccessType::Include;
            (
                guard.dimension.to_string(),
                is_include,
                listed(query, guard.form),
            )
        });
        let mut held: Vec<_> = held.collect();
        held.sort();
        assert_eq!(held, said, "{}", query.certificate());
    }
}

/// The values that a rule compares with.
fn listed(query: &CompiledQuery, form: RuleForm) -> BTreeSet<String> {
    let (RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. }) = form else {
        return BTreeSet::new();
    };
    match &query.params()[usize::from(list.parameter) - 1] {
        Param::List(list) => list.values().iter().map(ToString::to_string).collect(),
        Param::Scalar(value) => panic!("{value:?} as a list"),
    }
}

/// A value in the library's one form for it.
fn written(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(truth) => truth.to_string(),
        Value::Number(number) => digits(*number),
        Value::Text(text) => text.clone(),
        Value::Date(days) => date_text(*days),
    })
}
