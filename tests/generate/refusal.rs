//! What the library has to refuse, worked out again from the rules.

use crate::generate::question::Asked;
use crate::reference::model::{OrderBy, Subject, World};

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
    ignored.next().map(|_| "access-dimension-unavailable")
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
