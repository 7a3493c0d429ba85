//! Questions whose last group is shown in columns.

use crate::reference::answer::{Asked as Model, shown};
use crate::reference::model::{Condition, OrderBy, Pivot, World};
use crate::reference::value::Value;
use crate::support::random::Random;

use super::question::{Asked, members};

/// The same question with some members of its last group as columns, now and then, where it has a group and
/// nothing that does not go with it.
pub fn pivoted(random: &mut Random, world: &World, question: &Asked) -> Asked {
    let mut pivoted = question.clone();
    let tests = |condition: &Condition| condition.names_metric();
    let filters = question.filters.iter().flat_map(Condition::conjuncts);
    let tests_groups = !question.metric_filters.is_empty() || filters.into_iter().any(tests);
    let is_plain = question.search.is_none()
        && question.filled.is_none()
        && !question.of_lookup
        && question.detail.is_none()
        && !tests_groups;
    let Some(last) = question.groups.len().checked_sub(1).filter(|_| is_plain) else {
        return pivoted;
    };
    if question.metrics.is_empty() || random.once_in(3) {
        return pivoted;
    }
    let of = shown(world, &question.question, last);
    let grain = question.groups[last].grain;
    let count = 1 + random.below(3);
    let model = Model {
        world,
        question: &question.question,
    };
    let mut listed: Vec<Value> = Vec::new();
    for member in members(random, world, of, count) {
        let member = model.cut(grain, member);
        if !listed.iter().any(|listed| listed.is_same(&member)) {
            listed.push(member);
        }
    }
    let shows_other = random.once_in(2);
    let shows_total = random.once_in(2);
    let more = usize::from(shows_other) + usize::from(shows_total);
    let ordered = random.below(listed.len() + more);
    let shown = &mut pivoted.question;
    if let Some(levels) = &mut shown.totals {
        levels.retain(|by| !by.contains(&last));
    }
    shown.top = shown.top.filter(|top| top.group < last);
    let metrics = shown.metrics.clone();
    shown.order.retain(|order| match order.by {
        OrderBy::Group(at) | OrderBy::Label(at) => at < last,
        OrderBy::Metric(at) | OrderBy::Compared(at, _) => metrics.contains(&at),
        OrderBy::Standing(..) => false,
    });
    shown.standings.clear();
    shown.pivot = Some(Pivot {
        members: listed,
        shows_other,
        shows_total,
        ordered,
    });
    pivoted
}
