//! Every value of a question replaced by another of its type, texts by ones that would show if anything
//! spliced them: the statement stays the same, letter by letter, and the parameters change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use measurand::{Compiler, Dialect, Param};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::worlds::{self, Said};
use measurand_tests::generate::preset::Range;
use measurand_tests::generate::question::{Asked, for_each_test};
use measurand_tests::reference::number::Number;
use measurand_tests::reference::value::Value;

/// What no statement may hold.
const NASTY: &str = "' OR $1 = ?1 -- {client_id} %_\\";

/// Whatever the bytes are, what is drawn from them is no larger than this.
const DRAWN: usize = 50_000;

fuzz_target!(|bytes: &[u8]| within_budget(DRAWN, || {
    let (world, questions) = worlds::draw(bytes, 2);
    let catalog = worlds::catalog(&world);
    let compilers = Dialect::ALL.map(|dialect| Compiler::new(catalog.clone(), dialect));
    for asked in &questions {
        let said = [asked, &other_values(asked)].map(|asked| Said::new(&world, asked));
        for compiler in &compilers {
            let queries = said.each_ref().map(|said| said.compile(compiler));
            let [Some(one), Some(two)] = &queries else {
                let none = queries.iter().all(Option::is_none);
                assert!(none, "the values decide whether it compiles");
                continue;
            };
            assert_eq!(one.sql(), two.sql());
            assert!(!two.sql().contains(NASTY));
            assert_eq!(one.columns(), two.columns());
            assert_eq!(one.certificate(), two.certificate());
            assert_eq!(one.notes(), two.notes());
            let types = |params: &[Param]| -> Vec<_> {
                params
                    .iter()
                    .map(|param| (param.data_type(), param.is_list()))
                    .collect()
            };
            assert_eq!(types(one.params()), types(two.params()));
            // The tenant is another one, and it is always a parameter.
            assert_ne!(one.params(), two.params());
            assert_ne!(one.fingerprint(), two.fingerprint());
        }
    }
}));

/// Another tenant, another day, other values in every rule and every condition, another page.
fn other_values(asked: &Asked) -> Asked {
    let mut other = asked.clone();
    other.tenant += 5;
    other.clock.now += 400 * 86_400;
    if let Some(Range::Days(from, to)) = &mut other.range {
        (*from, *to) = (from.map(|day| day + 400), to.map(|day| day + 400));
    }
    let question = &mut other.question;
    question.limit = question.limit.map(|limit| limit + 1);
    question.offset = question.offset.map(|offset| offset + 1);
    for rule in &mut question.rules {
        rule.values.iter_mut().for_each(replace);
    }
    for filter in question
        .filters
        .iter_mut()
        .chain(&mut question.metric_filters)
    {
        for_each_test(filter, &mut |test| test.values.iter_mut().for_each(replace));
    }
    other
}

/// Values that differ stay different, so that lists keep their lengths.
fn replace(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Boolean(truth) => *truth = !*truth,
        Value::Number(number) => *number = number.plus(Number::integer(1_000)),
        Value::Text(text) => text.push_str(NASTY),
        Value::Date(days) => *days += 400,
    }
}
