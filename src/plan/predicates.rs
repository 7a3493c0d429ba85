//! Conditions with their values turned into parameters.

use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::source::Source;
use crate::dialect::Dialect;
use crate::error::Kind;
use crate::expr::hazard::Hazard;
use crate::resolve::{Anchor, Check, Condition, ResolvedQuery, Subject, Test};
use crate::value::{DataType, Param, Value, ValueList};

use super::measures::MetricColumns;
use super::{Comparison, ListBind, Operand, Planner, Predicate, Side, Term};

/// Up to this many values a list is compared one by one, which keeps the database's estimates; longer
/// ones are written so that the database hashes them under every kind of plan.
const SHORT_LIST: usize = 8;

/// Conditions on the rows of a source.
#[derive(Default)]
pub(super) struct RowConditions<'c> {
    pub(super) inner: Vec<Predicate<'c>>,
    pub(super) outer: Vec<Predicate<'c>>,
    /// Whether one of the outer ones can raise.
    pub(super) outer_raises: bool,
}

/// Under a date-basis option: the source's date column, and what stands for it.
type DateSwitch = Option<(ColumnId, ColumnId)>;

impl<'c> Planner<'c> {
    /// Conditions on groups; metrics that nothing else asks for are computed and stay hidden.
    pub(super) fn group_predicates(
        &mut self,
        conditions: Vec<Condition<'c>>,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
    ) -> Vec<Predicate<'c>> {
        let mut predicates = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let mut operand = |planner: &mut Self, subject: &Subject<'c>| match subject {
                Subject::Metric(id) => planner
                    .metric(*id, Side::current(*id, query), query, metrics)
                    .map(|(term, _)| Operand::Term(term)),
                Subject::Bucket(position) => Some(Operand::Term(Term::Key(*position))),
                Subject::Value(_) | Subject::Label(_) => None,
            };
            predicates.extend(self.predicate(condition, &mut operand));
        }
        predicates
    }

    /// Conditions on rows: those that stand beside the guard, and those that can raise or look at joined rows.
    pub(super) fn row_predicates(
        &mut self,
        conditions: Vec<Condition<'c>>,
        source: &Source,
        date_switch: DateSwitch,
    ) -> RowConditions<'c> {
        let mut found = RowConditions::default();
        for condition in conditions {
            let (mut can_raise, mut is_far) = (false, false);
            let mut operand = |planner: &mut Self, subject: &Subject<'c>| {
                let (source, date_switch) = match planner.far_source(subject, source) {
                    Some(far) => {
                        is_far = true;
                        (far, None)
                    }
                    None => (source, date_switch),
                };
                can_raise |= subject_hazard(subject, source.declares_columns()) != Hazard::Never
                    || subject_cuts_moments(subject, source, date_switch);
                planner.row_operand(subject)
            };
            let predicate = self.predicate(condition, &mut operand);
            found.outer_raises |= can_raise;
            // What rows are added up to is looked at when they are.
            if can_raise || is_far || source.rollup.is_some() {
                found.outer.extend(predicate)
            } else {
                found.inner.extend(predicate)
            }
        }
        found
    }

    /// The source whose rows have what a condition looks at, where that is another one.
    fn far_source(&self, subject: &Subject<'c>, source: &Source) -> Option<&'c Source> {
        let (Subject::Value(value) | Subject::Label(value)) = subject else {
            return None;
        };
        let path = source.reach.path(value.path?)?;
        self.catalog.source_by_id(path.hop.to)
    }

    fn row_operand(&mut self, subject: &Subject<'c>) -> Option<Operand<'c>> {
        let (Subject::Value(on_source) | Subject::Label(on_source)) = subject else {
            return None;
        };
        let on_source: &'c SourceDimension = on_source;
        let name = on_source.key.as_str();
        let text = self.printed(&on_source.value.printed, Kind::Dimension, name)?;
        self.check_moments(on_source, name);
        match (subject, on_source.lookup.as_deref()) {
            (Subject::Label(_), Some(lookup)) => {
                self.check_lookup(lookup, name);
                Some(Operand::Label(on_source, text, lookup, &on_source.key))
            }
            _ => Some(Operand::Value(on_source, text)),
        }
    }

    /// Moments are stored in many forms in SQLite, and it knows no zones: none of them compares.
    pub(super) fn check_moments(&mut self, on_source: &SourceDimension, name: &str) {
        let holds_moments = on_source.value_type == Some(DataType::Timestamptz)
            || on_source
                .time
                .is_some_and(|time| time.stored == DataType::Timestamptz);
        if holds_moments && self.dialect == Dialect::Sqlite {
            self.report_dialect("the type `timestamptz`".to_owned(), Kind::Dimension, name);
        }
    }

    /// Recursion is as deep as filters are nested, which the limits bound.
    fn predicate(
        &mut self,
        condition: Condition<'c>,
        operand: &mut dyn FnMut(&mut Self, &Subject<'c>) -> Option<Operand<'c>>,
    ) -> Option<Predicate<'c>> {
        let mut all = |planner: &mut Self, parts: Vec<Condition<'c>>| {
            let parts = parts
                .into_iter()
                .filter_map(|part| planner.predicate(part, operand));
            parts.collect::<Vec<_>>()
        };
        Some(match condition {
            Condition::All(parts) => Predicate::All(all(self, parts)),
            Condition::Any(parts) => Predicate::Any(all(self, parts)),
            Condition::Not(part) => Predicate::Not(Box::new(self.predicate(*part, operand)?)),
            Condition::Test(Test { subject, check }) => {
                let operand = operand(self, &subject)?;
                Predicate::Test(operand, self.comparison(check))
            }
        })
    }

    pub(super) fn comparison(&mut self, check: Check) -> Comparison {
        match check {
            Check::Compare(comparator, value) => {
                let data_type = value.data_type();
                Comparison::Compare(comparator, self.bind(Param::Scalar(value)), data_type)
            }
            Check::Between(low, high) => {
                let data_type = low.data_type();
                let low = self.bind(Param::Scalar(low));
                let high = self.bind(Param::Scalar(high));
                Comparison::Between(low, high, data_type)
            }
            Check::In {
                list,
                with_null,
                negated,
            } => {
                let list = self.list(list);
                Comparison::In {
                    list,
                    with_null,
                    negated,
                }
            }
            Check::Null { negated } => Comparison::Null { negated },
            Check::Like {
                text,
                anchor,
                case_sensitive,
                negated,
            } => {
                let pattern = match (self.dialect, case_sensitive) {
                    (Dialect::Sqlite, true) => glob_pattern(&text, anchor),
                    _ => like_pattern(&text, anchor),
                };
                let pattern = self.bind(Param::Scalar(Value::Text(pattern.into())));
                Comparison::Like {
                    pattern,
                    case_sensitive,
                    negated,
                }
            }
        }
    }

    /// A list as one parameter; nothing for an empty one.
    pub(super) fn list(&mut self, list: ValueList) -> Option<ListBind> {
        let (element, length) = (list.element(), list.values().len());
        (length > 0).then(|| ListBind {
            element,
            is_long: is_long(&list),
            values: self.bind(Param::List(list)),
        })
    }
}

/// Whether a list is compared by hashing.
pub(super) fn is_long(list: &ValueList) -> bool {
    list.values().len() > SHORT_LIST
}

/// Whether looking at a row can raise; a search through labels reads all that its lookup computes.
fn subject_hazard(subject: &Subject<'_>, declares_types: bool) -> Hazard {
    match subject {
        Subject::Value(on_source) => on_source.value.hazard_on(declares_types),
        Subject::Label(on_source) => {
            let parts = on_source.lookup.iter().flat_map(|lookup| {
                let computed = [&lookup.key, &lookup.label];
                computed.into_iter().chain(&lookup.conditions)
            });
            parts
                .map(|part| part.hazard_undeclared)
                .fold(on_source.value.hazard_on(declares_types), Hazard::max)
        }
        Subject::Metric(_) | Subject::Bucket(_) => Hazard::Never,
    }
}

/// Whether a moment is put on a clock of its zone to find its day, which raises at the ends of time.
fn subject_cuts_moments(subject: &Subject<'_>, source: &Source, date_switch: DateSwitch) -> bool {
    match subject {
        Subject::Value(on_source) | Subject::Label(on_source) => {
            cuts_moments(on_source, source, date_switch)
        }
        Subject::Metric(_) | Subject::Bucket(_) => false,
    }
}

/// The same for the value of a dimension without a grain, and for a date column that an option brings
/// in another type than the expression expects.
pub(super) fn cuts_moments(
    value: &SourceDimension,
    source: &Source,
    date_switch: DateSwitch,
) -> bool {
    let is_moment = |data_type: DataType| data_type == DataType::Timestamptz;
    let own_cuts = value
        .time
        .is_some_and(|time| time.is_day && is_moment(time.stored));
    let brings_another = date_switch
        .filter(|_| !value.is_column)
        .is_some_and(|(own, chosen)| {
            let differ = is_moment(source.date_type(own)) != is_moment(source.date_type(chosen));
            differ && value.value.columns.contains(&own)
        });
    own_cuts || brings_another
}

/// A pattern for LIKE in which only the ends are wild; `!` escapes.
fn like_pattern(text: &str, anchor: Anchor) -> String {
    let escapes = text.bytes().filter(|b| matches!(b, b'%' | b'_' | b'!'));
    let mut pattern = String::with_capacity(text.len() + escapes.count() + 2);
    if anchor != Anchor::Start {
        pattern.push('%');
    }
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    if anchor != Anchor::End {
        pattern.push('%');
    }
    pattern
}

/// A pattern for SQLite's GLOB, which tells upper from lower case; brackets escape.
fn glob_pattern(text: &str, anchor: Anchor) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    if anchor != Anchor::Start {
        pattern.push('*');
    }
    for c in text.chars() {
        match c {
            '*' | '?' | '[' => {
                pattern.push('[');
                pattern.push(c);
                pattern.push(']');
            }
            _ => pattern.push(c),
        }
    }
    if anchor != Anchor::End {
        pattern.push('*');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{Anchor, glob_pattern, like_pattern};

    #[test]
    fn wildcards_of_the_user_are_letters() {
        assert_eq!(like_pattern("50%_!x", Anchor::Anywhere), "%50!%!_!!x%");
        assert_eq!(like_pattern("a", Anchor::Start), "a%");
        assert_eq!(like_pattern("a", Anchor::End), "%a");
        assert_eq!(glob_pattern("a*[?]", Anchor::Anywhere), "*a[*][[][?]]*");
    }
}
