//! Rules and filters part rows, and never add one.

use std::collections::BTreeMap;

use measurand_tests::generate::question::{self, members, row_condition, rule};
use measurand_tests::reference::model::{Condition, Rule, Subject, Test};
use measurand_tests::reference::reach::{Far, is_unavailable};
use measurand_tests::reference::value::Value;

use super::{Answer, Law, asked, check_law, counting, exact, found, parts, with_filter};

/// A rule, or one more filter under `and`, never adds a row: no group comes up, and none counts more (R23).
///
/// Could break where rules are joined by `or`, where the last of two rules on one dimension wins, or where
/// a rule or filter joins something that multiplies rows.
#[test]
fn a_rule_or_a_filter_never_adds_a_row() {
    check_law("narrowing", 20, |world, question, random| {
        let base = counting(world, question);
        let mut ruled = base.clone();
        ruled.rules.push(rule(random, world));
        let depth = random.below(3);
        let filtered = with_filter(&base, row_condition(random, world, depth));
        let is_bound = !is_unavailable(world, &ruled, &asked(world, &ruled));
        Some(Law {
            questions: [
                Some(base),
                Some(filtered).filter(|filtered| found(world, filtered).is_some()),
                Some(ruled).filter(|_| is_bound),
            ]
            .into_iter()
            .flatten()
            .collect(),
            holds: Box::new(|answers| {
                let all: BTreeMap<_, _> = answers[0].parted().into_iter().collect();
                answers[1..]
                    .iter()
                    .flat_map(Answer::parted)
                    .all(|(keys, metrics)| {
                        let known = all.get(&keys).map(|known| exact(&known[0]));
                        known.is_some_and(|known| known >= exact(&metrics[0]))
                    })
            }),
        })
    });
}

/// Rows where a condition holds and rows where `not` of it holds are all rows, each once, in every group;
/// so are rows above a value, rows up to it, and rows that have none (R12).
///
/// Could break where "is not" loses NULL, where `not` is pushed inside and turns an unknown into a false,
/// or where a filter on labels multiplies or loses rows without a label.
#[test]
fn a_condition_its_complement_and_the_unknown_part_the_rows() {
    check_law("complement", 20, |world, question, random| {
        let base = counting(world, question);
        let depth = random.below(3);
        let condition = row_condition(random, world, depth);
        let complement = Condition::Not(Box::new(condition.clone()));
        // Whoever asks about rows of other sources is held to their rules, so all rows are those asked about too.
        let all = |one: &Condition, other: &Condition| {
            let both = vec![one.clone(), other.clone()];
            with_filter(&base, Condition::Any(both))
        };
        let mut questions = vec![
            all(&condition, &complement),
            with_filter(&base, condition),
            with_filter(&base, complement),
        ];
        let ordered = world
            .dimensions
            .iter()
            .position(|dimension| dimension.is_offered && dimension.value_type != "boolean");
        if let Some(dimension) = ordered.filter(|_| random.once_in(2)) {
            let bound = question::member(random, world, dimension);
            let test = |op: &'static str, values: Vec<Value>| {
                let (of, is_case_sensitive) = (Subject::Value(dimension), false);
                Condition::Test(Test {
                    of,
                    op,
                    values,
                    is_case_sensitive,
                })
            };
            let (above, below) = *random.pick(&[("gt", "lte"), ("gte", "lt"), ("eq", "neq")]);
            let one = test(above, vec![bound.clone()]);
            questions = vec![all(&one, &Condition::Not(Box::new(one.clone())))];
            questions.push(with_filter(&base, test(above, vec![bound.clone()])));
            questions.push(with_filter(&base, test(below, vec![bound])));
            if above != "eq" {
                questions.push(with_filter(&base, test("is_null", Vec::new())));
            }
        }
        Some(parts(questions))
    });
}

/// Rows that an include list shows, rows that an exclude list of the same values shows, and rows without
/// a value part the rows; a list with NULL leaves none over (R21).
///
/// Could break where NULL slips through an exclude list, or twice through both, where a long list is
/// written in another form than a short one, or where an empty list means its contrary.
#[test]
fn include_exclude_and_what_has_no_value_part_the_rows() {
    check_law("lists", 20, |world, question, random| {
        let mut base = counting(world, question);
        // Rules do not follow switches and dates that options bring, the filter would.
        base.options.fill(0);
        let usable = |at: &usize| {
            let dimension = &world.dimensions[*at];
            dimension.is_offered && !dimension.is_exempt && dimension.path.is_empty()
        };
        let dimensions: Vec<usize> = (0..world.dimensions.len()).filter(usable).collect();
        let dimension = *dimensions.get(random.below(dimensions.len()))?;
        // What other sources say too may be something else there, and rows are held to both.
        let mut asked = asked(world, &base).into_iter();
        let is_far = |at: usize| !world.dimensions[at].path.is_empty();
        let reads_far = asked.any(is_far) || !found(world, &base)?.is_empty();
        let is_own = |far: &Far| {
            let mut offers = far.offers.iter();
            offers.all(|(key, _)| *key != world.dimensions[dimension].key)
        };
        if reads_far && !world.reach.sources.iter().all(is_own) {
            return None;
        }
        let count = random.below(14);
        let values = members(random, world, dimension, count);
        let ruled = |is_include| {
            let mut ruled = base.clone();
            let (values, nulls_visible) = (values.clone(), false);
            ruled.rules.push(Rule {
                dimension,
                is_include,
                values,
                nulls_visible,
            });
            ruled
        };
        let mut questions = vec![base.clone(), ruled(true), ruled(false)];
        if !values.is_empty() && !values.contains(&Value::Null) {
            let (of, op, values) = (Subject::Value(dimension), "is_null", Vec::new());
            let test = Test {
                of,
                op,
                values,
                is_case_sensitive: false,
            };
            questions.push(with_filter(&base, Condition::Test(test)));
        }
        Some(parts(questions))
    });
}
