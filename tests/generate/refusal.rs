//! What the library has to refuse, worked out again from the rules.

use crate::generate::question::Asked;
use crate::reference::answer::{answering, shown};
use crate::reference::expression::Expr;
use crate::reference::model::{Condition, OrderBy, Subject, World};

/// How the code of the refusal begins, if a question is refused.
///
/// What is gated is unknown without its module, in questions though not in rules (R23, R25b); and a rule
/// that the source can neither express nor is exempt from is never ignored (R22).
pub fn refusal(world: &World, asked: &Asked) -> Option<&'static str> {
    let question = &asked.question;
    let is_gated = |of: &Subject| match *of {
        Subject::Metric(at) => world.metrics[at].is_gated,
        Subject::Value(at) | Subject::Label(at) => world.dimensions[at].is_gated,
        Subject::Toggle(at) => {
            let chosen = world.toggles[at][question.options[at]].dimension;
            chosen.is_some_and(|at| world.dimensions[at].is_gated)
        }
    };
    if !asked.has_module && asked.subjects().iter().any(is_gated) {
        return Some("unknown-");
    }
    let ruled = question
        .rules
        .iter()
        .map(|rule| &world.dimensions[rule.dimension]);
    let mut ignored = ruled.filter(|dimension| !dimension.is_offered && !dimension.is_exempt);
    if ignored.next().is_some() {
        return Some("access-dimension-unavailable");
    }
    compares_keys(world, asked).then_some("not-supported")
}

/// Whether rows of several sources would have to be held to groups by values of which nobody says the type.
fn compares_keys(world: &World, asked: &Asked) -> bool {
    let question = &asked.question;
    let filters = question.filters.iter().flat_map(Condition::conjuncts);
    let mut tested = filters.filter(|condition| condition.names_metric());
    let is_tested = tested.next().is_some() || !question.metric_filters.is_empty();
    let has_totals = question.totals.is_some() && !question.is_count;
    let is_untyped = |at: usize| {
        let shown = &world.dimensions[shown(world, question, at)];
        question.groups[at].grain.is_none() && !matches!(shown.value, Expr::Reference(_))
    };
    has_totals
        && is_tested
        && (0..question.groups.len()).any(is_untyped)
        && answering(world, question) > 1
}

impl Asked {
    /// What a question names by a key of its own, an option that switches included.
    pub fn subjects(&self) -> Vec<Subject> {
        let question = &self.question;
        let conditions = question.filters.iter().chain(&question.metric_filters);
        let mut found: Vec<Subject> = conditions
            .flat_map(|condition| condition.subjects())
            .collect();
        found.extend(question.metrics.iter().map(|at| Subject::Metric(*at)));
        found.extend(question.groups.iter().map(|group| group.of));
        let options = question.options.iter().enumerate();
        let switched = options.filter(|(_, option)| **option > 0);
        found.extend(switched.map(|(toggle, _)| Subject::Toggle(toggle)));
        found.extend(question.order.iter().filter_map(|order| match order.by {
            OrderBy::Metric(at) | OrderBy::Compared(at, _) => Some(Subject::Metric(at)),
            _ => None,
        }));
        found
    }
}
