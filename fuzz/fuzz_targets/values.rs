//! Every value of a question replaced by another of its type, texts by ones that would show if anything
//! spliced them: the statement stays the same, letter by letter, and the parameters change.
#![no_main]

use libfuzzer_sys::fuzz_target;
use measurand::{Compiler, Dialect, Param};
use measurand_fuzz::budget::within_budget;
use measurand_fuzz::worlds::{self, Asked};
use measurand_tests::reference::model::{Condition, Question, Rule, Test};
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
    for question in &questions {
        let swapped = other_question(question);
        let [one, two] = [question, &swapped].map(|question| Asked::new(&world, question));
        for compiler in &compilers {
            let queries = [&one, &two].map(|asked| match compiler.dialect() {
                Dialect::Sqlite => asked.compile_for_sqlite(compiler),
                _ => Some(asked.compile(compiler)),
            });
            let [Some(one), Some(two)] = &queries else {
                assert!(
                    queries.iter().all(Option::is_none),
                    "the values decide whether it compiles"
                );
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

fn other_question(question: &Question) -> Question {
    let conditions = |list: &[Condition]| list.iter().map(other_condition).collect();
    Question {
        tenant: question.tenant + 5,
        rules: question.rules.iter().map(other_rule).collect(),
        filters: conditions(&question.filters),
        metric_filters: conditions(&question.metric_filters),
        range: question.range.map(|(from, to)| (from + 400, to + 400)),
        limit: question.limit.map(|limit| limit + 1),
        offset: question.offset.map(|offset| offset + 1),
        ..question.clone()
    }
}

fn other_rule(rule: &Rule) -> Rule {
    Rule {
        values: others(&rule.values),
        ..rule.clone()
    }
}

fn other_condition(condition: &Condition) -> Condition {
    let list = |parts: &[Condition]| parts.iter().map(other_condition).collect();
    match condition {
        Condition::All(parts) => Condition::All(list(parts)),
        Condition::Any(parts) => Condition::Any(list(parts)),
        Condition::Not(part) => Condition::Not(Box::new(other_condition(part))),
        Condition::Test(subject, test) => Condition::Test(
            *subject,
            Test {
                values: others(&test.values),
                ..test.clone()
            },
        ),
    }
}

/// Values that differ stay different, so that lists keep their lengths.
fn others(values: &[Value]) -> Vec<Value> {
    let other = |value: &Value| match value {
        Value::Null => Value::Null,
        Value::Boolean(truth) => Value::Boolean(!truth),
        Value::Number(number) => {
            let larger = number.plus(Number::integer(1_000));
            Value::Number(larger.expect("a small number"))
        }
        Value::Text(text) => Value::Text(format!("{text}{NASTY}")),
        Value::Date(days) => Value::Date(days + 400),
    };
    values.iter().map(other).collect()
}
