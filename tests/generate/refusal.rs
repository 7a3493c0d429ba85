//! What the library has to refuse, worked out again from the rules.

use crate::generate::question::Asked;
use crate::generate::world::COLUMNS;
use crate::reference::answer::{Asked as Model, adds_up, answering, shown};
use crate::reference::expression::Expr;
use crate::reference::model::{Condition, Definition, Item, OrderBy, Question, Subject, World};
use crate::reference::reach::is_unavailable;

/// How the code of the refusal begins, if a question is refused.
///
/// What is gated is unknown without its module, in questions though not in rules (R23, R25b); and a rule
/// that the source can neither express nor is exempt from is never ignored (R22).
pub fn refusal(world: &World, asked: &Asked) -> Option<&'static str> {
    let question = &asked.question;
    if let Some(detail) = &question.detail {
        let mut columns = detail
            .columns
            .iter()
            .chain(detail.order.iter().map(|by| &by.item));
        let is_gated = columns.any(|item| match item {
            Item::Column(column) => is_gated_column(world, *column),
            Item::Of(_) | Item::Number => false,
        });
        if is_gated && !asked.has_module {
            return Some("unknown-");
        }
    }
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
    if question.of_lookup {
        let shown = shown(world, question, 0);
        let mut rules = question.rules.iter();
        let is_about_rows = rules.any(|rule| !rule.is_about(world, shown));
        return is_about_rows.then_some("rows-needed");
    }
    let asked_of = Model { world, question }.asked();
    if is_unavailable(world, question, &asked_of) {
        return Some("access-dimension-unavailable");
    }
    let detail = question.detail.as_ref();
    let is_after = detail.is_some_and(|detail| detail.after.is_some());
    if is_after && !world.is_keyed {
        return Some("no-primary-key");
    }
    let mut shares = question.standings.iter().filter(|(_, is_rank)| !is_rank);
    if shares.any(|(metric, _)| !adds_up(world, question, *metric)) {
        return Some("not-additive");
    }
    let mut ranks = question.standings.iter().filter(|(_, is_rank)| *is_rank);
    if ranks.any(|(metric, _)| question.hides_ranks(*metric)) {
        return Some("not-supported");
    }
    let model = Model { world, question };
    if question.detail.is_none() && model.has_windows() {
        let has_ends = matches!(question.range, Some((Some(_), Some(_))));
        if !model.may_move() {
            return Some("window-dates");
        }
        if model.dated().is_some() && !has_ends {
            return Some("window-without-range");
        }
    }
    if question.pivot.is_some() && model.has_windows() {
        let along = model.dated();
        if along.is_some_and(|at| at + 1 == question.groups.len()) {
            return Some("not-supported");
        }
    }
    let fills = fills_what_is_ranked(asked) || fills_what_is_tested(asked);
    let overlap = question.top.is_some_and(|top| {
        top.shows_other && model.has_windows() && model.dated() == Some(top.group)
    });
    (compares_keys(world, asked) || fills || overlap).then_some("not-supported")
}

/// Whether conditions test groups.
fn is_tested(question: &Question) -> bool {
    let filters = question.filters.iter().flat_map(Condition::conjuncts);
    let mut tested = filters.filter(|condition| condition.names_metric());
    tested.next().is_some() || !question.metric_filters.is_empty()
}

/// Whether all periods are shown of what is ranked, or some of groups that are tested before.
fn fills_what_is_ranked(asked: &Asked) -> bool {
    match (asked.question.top, asked.question.filled) {
        (Some(top), Some(filled)) => top.group == filled || is_tested(&asked.question),
        _ => false,
    }
}

/// Whether totals are of groups that pass, and a period without a row could be one.
fn fills_what_is_tested(asked: &Asked) -> bool {
    let question = &asked.question;
    let has_totals = question.totals.is_some() && !question.is_count && !question.groups.is_empty();
    has_totals && question.filled.is_some() && is_tested(question)
}

/// Whether rows of several sources would have to be held to groups by values of which nobody says the type.
fn compares_keys(world: &World, asked: &Asked) -> bool {
    let question = &asked.question;
    let has_totals = question.totals.is_some() && !question.is_count;
    let meets_passing = (has_totals || question.top.is_some()) && is_tested(question);
    let is_untyped = |at: usize| {
        let shown = &world.dimensions[shown(world, question, at)];
        question.groups[at].grain.is_none() && !matches!(shown.value, Expr::Reference(_))
    };
    let ranked = question.top.is_some_and(|top| is_untyped(top.group));
    let is_met = ranked || meets_passing && (0..question.groups.len()).any(is_untyped);
    is_met && answering(world, question) > 1
}

/// Whether a column is read by what is gated and is not a dimension that anyone may know.
pub fn is_gated_column(world: &World, column: usize) -> bool {
    let offered = || {
        world
            .dimensions
            .iter()
            .filter(|dimension| dimension.is_offered && dimension.path.is_empty())
    };
    let is_open = offered()
        .any(|dimension| !dimension.is_gated && dimension.value == Expr::Reference(column));
    let mut gated = offered().filter(|dimension| dimension.is_gated);
    if gated.any(|dimension| dimension.key == COLUMNS[column].0) {
        return true;
    }
    let mut gated = offered().filter(|dimension| dimension.is_gated);
    let by_dimension = gated.any(|dimension| dimension.value.references().contains(&column));
    let metrics = world.metrics.iter();
    let mut gated = metrics.filter(|metric| metric.is_gated && metric.home == Some(0));
    let by_metric = gated.any(|metric| {
        let variants = metric.variants.iter().map(|(_, definition)| definition);
        let mut definitions = variants
            .chain([&metric.definition])
            .chain(&metric.of_source);
        definitions.any(|definition| match definition {
            Definition::Formula(_) => false,
            Definition::Aggregates(parts, _) => parts.iter().any(|part| {
                let read = part
                    .argument
                    .iter()
                    .chain(&part.filter)
                    .chain(&metric.filter);
                read.into_iter()
                    .any(|expr| expr.references().contains(&column))
            }),
        })
    });
    !is_open && (by_dimension || by_metric)
}

impl Asked {
    /// What a question names by a key of its own, an option that switches included.
    pub fn subjects(&self) -> Vec<Subject> {
        let question = &self.question;
        let options = question.options.iter().enumerate();
        let switched = options.filter(|(_, option)| **option > 0);
        let switched = switched.map(|(toggle, _)| Subject::Toggle(toggle));
        if let Some(detail) = &question.detail {
            let filters = question.row_filters();
            let mut found: Vec<Subject> = filters.iter().flat_map(Condition::subjects).collect();
            let items = detail
                .columns
                .iter()
                .chain(detail.order.iter().map(|by| &by.item));
            found.extend(items.filter_map(|item| match item {
                Item::Of(group) => Some(group.of),
                Item::Column(_) | Item::Number => None,
            }));
            found.extend(switched);
            return found;
        }
        let conditions = question.filters.iter().chain(&question.metric_filters);
        let mut found: Vec<Subject> = conditions
            .flat_map(|condition| condition.subjects())
            .collect();
        found.extend(question.metrics.iter().map(|at| Subject::Metric(*at)));
        found.extend(question.top.map(|top| Subject::Metric(top.metric)));
        found.extend(question.groups.iter().map(|group| group.of));
        found.extend(switched);
        found.extend(question.order.iter().filter_map(|order| match order.by {
            OrderBy::Metric(at) | OrderBy::Compared(at, _) => Some(Subject::Metric(at)),
            _ => None,
        }));
        found
    }
}
