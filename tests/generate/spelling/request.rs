//! The model's questions as the library reads them.

use serde_json::{Map, Value as Json, json};

use crate::generate::preset::Range;
use crate::generate::question::{Asked, Back};
use crate::generate::said::date_text;
use crate::generate::world::COLUMNS;
use crate::reference::model::{Condition, Detail, Group, Item, OrderBy, Pivot, Subject, World};
use crate::reference::value::Value;

use super::{NUMBER, SOURCES, metric_key, option, toggle_key, written};

/// The key of a metric, or of the aggregate of a column.
fn metric_name(world: &World, at: usize) -> String {
    match world.metrics[at].of_column {
        Some((column, word)) => format!("{}.{word}", COLUMNS[column].0),
        None => metric_key(at),
    }
}

/// The same as a request asks for it; an aggregate has a longer form too.
fn asked_metric(world: &World, at: usize, is_explicit: bool) -> Json {
    match world.metrics[at].of_column {
        Some((column, word)) if is_explicit => {
            json!({"column": COLUMNS[column].0, "aggregate": word})
        }
        _ => json!(metric_name(world, at)),
    }
}

/// A request's text. What holds anyway is left out, or said if `is_explicit`.
pub fn request(world: &World, question: &Asked, is_explicit: bool) -> Json {
    let name_of = |at: usize| group_key(world, question.groups[at]);
    let groups = question.groups.iter().enumerate();
    let mut groups = groups.map(|(at, group)| match group.grain {
        None => json!(name_of(at)),
        Some(grain) => json!({"dimension": name_of(at), "grain": grain}),
    });
    let pivot = question.pivot.as_ref();
    let pivot = pivot.map(|pivot| (pivot, groups.next_back()));
    let toggles = question.options.iter().enumerate();
    // What the context may not know cannot be said, though it holds by default.
    let is_known = |toggle: usize, option: usize| {
        let shown = world.toggles[toggle][option].dimension;
        question.has_module || shown.is_none_or(|at| !world.dimensions[at].is_gated)
    };
    let toggles = toggles
        .filter(|(toggle, option)| **option > 0 || is_explicit && is_known(*toggle, **option))
        .map(|(toggle, at)| (toggle_key(toggle), json!(option(*at))));
    let order = question.order.iter().map(|order| {
        let key = match order.by {
            OrderBy::Metric(at) => column_of(pivot.as_ref(), metric_name(world, at)),
            OrderBy::Compared(at, shown) => {
                let shown = ["previous", "change", "change_pct"][shown];
                column_of(
                    pivot.as_ref(),
                    format!("{}.{shown}", metric_name(world, at)),
                )
            }
            OrderBy::Standing(at, is_rank) => {
                let shown = if is_rank { "rank" } else { "share" };
                format!("{}.{shown}", metric_name(world, at))
            }
            OrderBy::Label(at) => format!("{}.label", name_of(at)),
            OrderBy::Group(at) => question.key(world, at),
        };
        let mut json = json!({"key": key});
        if is_explicit || order.is_descending {
            json["direction"] = json!(if order.is_descending { "desc" } else { "asc" });
        }
        if is_explicit || order.nulls_first {
            json["nulls"] = json!(if order.nulls_first { "first" } else { "last" });
        }
        json
    });
    let list = |conditions: &[Condition]| -> Json {
        let conditions = conditions.iter();
        conditions
            .map(|each| condition(world, each, is_explicit))
            .collect()
    };
    let mut json = json!({
        "metrics": question.metrics.iter().map(|at| asked_metric(world, *at, is_explicit)).collect::<Vec<_>>(),
        "dimensions": groups.collect::<Vec<_>>(), "toggles": toggles.collect::<Map<_, _>>(),
        "order_by": order.collect::<Vec<_>>(),
    });
    if asks_facts_alone(world, question) {
        json["source"] = json!("facts");
    }
    if let Some(back) = question.back {
        let to = match back {
            Back::PreviousPeriod => json!("previous_period"),
            Back::PreviousYear => json!("previous_year"),
            Back::By(offset, grain) => json!({"offset": offset, "grain": grain}),
        };
        json["compare"] = json!({ "to": to });
    }
    if question.filled.is_some() || is_explicit {
        json["fill_gaps"] = json!(question.filled.is_some());
    }
    let search = question.search.as_ref().map(|search| &search.values[0]);
    if question.of_lookup || search.is_some() {
        json["kind"] = json!("values");
        if question.of_lookup || is_explicit {
            let from = if question.of_lookup {
                "lookup"
            } else {
                "facts"
            };
            json["from"] = json!(from);
        }
        if let Some(Value::Text(text)) = search {
            json["search"] = json!(text);
        }
        json["dimension"] = json["dimensions"][0].take();
        json.as_object_mut()
            .expect("an object")
            .remove("dimensions");
    } else if question.is_count {
        json["kind"] = json!("count");
    } else if is_explicit {
        json["kind"] = json!("aggregate");
    }
    let filters = match &question.detail {
        Some(detail) => {
            ask_for_rows(world, detail, question.is_count, &mut json);
            question.row_filters()
        }
        None => question.filters.clone(),
    };
    if is_explicit || !filters.is_empty() {
        json["filters"] = list(&filters);
    }
    if question.detail.is_none() && (is_explicit || !question.metric_filters.is_empty()) {
        json["metric_filters"] = list(&question.metric_filters);
    }
    if let Some(levels) = &question.totals {
        let level = |by: &Vec<usize>| {
            let keys: Vec<String> = by.iter().map(|at| question.key(world, *at)).collect();
            match keys.as_slice() {
                [key] if !is_explicit => json!(key),
                keys => json!(keys),
            }
        };
        json["totals"] = match levels.is_empty() {
            true => json!(true),
            false => levels.iter().map(level).collect(),
        };
    } else if is_explicit {
        json["totals"] = json!(false);
    }
    for (field, wanted) in [("shares", false), ("ranks", true)] {
        let keys = question.standings.iter();
        let keys = keys.filter(|(_, is_rank)| *is_rank == wanted);
        let keys: Vec<String> = keys
            .map(|(metric, _)| metric_name(world, *metric))
            .collect();
        if is_explicit || !keys.is_empty() {
            json[field] = json!(keys);
        }
    }
    if let Some(top) = question.top {
        json["top"] = json!({"n": top.count, "by": metric_name(world, top.metric)});
        if is_explicit || question.groups.len() > 1 {
            json["top"]["dimension"] = json!(question.key(world, top.group));
        }
        if is_explicit || top.is_ascending {
            let direction = if top.is_ascending { "asc" } else { "desc" };
            json["top"]["direction"] = json!(direction);
        }
        if is_explicit || top.shows_other {
            json["top"]["other"] = json!(top.shows_other);
        }
    } else if is_explicit {
        json["top"] = json!(null);
    }
    if let Some((pivot, dimension)) = pivot {
        let members: Vec<Json> = pivot.members.iter().map(written).collect();
        json["pivot"] =
            json!({"dimension": dimension, "values": members, "other": pivot.shows_other});
    }
    if let Some(range) = question.range {
        json["date_range"] = date_range(range);
    }
    for (key, number) in [("limit", question.limit), ("offset", question.offset)] {
        if let Some(number) = number {
            json[key] = json!(number);
        }
    }
    json
}

/// Puts detail rows in the place of groups.
fn ask_for_rows(world: &World, detail: &Detail, is_count: bool, json: &mut Json) {
    let fields = json.as_object_mut().expect("an object");
    for field in [
        "metrics",
        "dimensions",
        "dimension",
        "search",
        "from",
        "compare",
        "fill_gaps",
    ] {
        fields.remove(field);
    }
    json["source"] = json!(SOURCES[0]);
    json["kind"] = json!(if is_count { "count" } else { "rows" });
    let columns = detail.columns.iter().map(|item| match item {
        Item::Of(group) => match group.grain {
            None => json!(group_key(world, *group)),
            Some(grain) => json!({"dimension": group_key(world, *group), "grain": grain}),
        },
        item => json!(item_key(world, *item)),
    });
    json["columns"] = columns.collect();
    let order = detail.order.iter().map(|by| {
        let key = item_key(world, by.item);
        json!({"key": if by.by_label { format!("{key}.label") } else { key },
            "direction": if by.is_descending { "desc" } else { "asc" },
            "nulls": if by.nulls_first { "first" } else { "last" }})
    });
    json["order_by"] = order.collect();
    if let Some(after) = &detail.after {
        json["after"] = after.iter().map(written).collect();
    }
}

fn group_key(world: &World, group: Group) -> String {
    match group.of {
        Subject::Toggle(toggle) => toggle_key(toggle),
        Subject::Value(dimension) => world.dimensions[dimension].written.clone(),
        _ => panic!("dimensions are grouped"),
    }
}

/// The key of a column of detail rows in their order.
fn item_key(world: &World, item: Item) -> String {
    match item {
        Item::Of(group) => match group.grain {
            None => group_key(world, group),
            Some(grain) => format!("{}.{grain}", group_key(world, group)),
        },
        Item::Column(at) => COLUMNS[at].0.to_owned(),
        Item::Number => NUMBER.to_owned(),
    }
}

/// Whether the first source has every metric that is named, if any is.
fn asks_facts_alone(world: &World, question: &Asked) -> bool {
    let mut metrics = question.subjects().into_iter().filter_map(|of| match of {
        Subject::Metric(at) => Some(world.metrics[at].home),
        _ => None,
    });
    metrics.all(|home| home == Some(0))
}

fn date_range(range: Range) -> Json {
    if let Some(preset) = range.preset() {
        return json!({ "preset": preset });
    }
    let mut json = json!({});
    if let Range::Days(from, to) = range {
        for (key, day) in [("from", from), ("to", to)] {
            if let Some(day) = day {
                json[key] = json!(date_text(day));
            }
        }
    }
    json
}

/// The key of a metric's column, where each member has one.
fn column_of(pivot: Option<&(&Pivot, Option<Json>)>, metric: String) -> String {
    match pivot {
        None => metric,
        Some((pivot, _)) if pivot.ordered == pivot.members.len() => format!("{metric}.other"),
        Some((pivot, _)) => format!("{metric}.{}", pivot.ordered + 1),
    }
}

fn condition(world: &World, of: &Condition, is_explicit: bool) -> Json {
    let list = |parts: &[Condition]| -> Json {
        let parts = parts.iter();
        parts
            .map(|part| condition(world, part, is_explicit))
            .collect()
    };
    let test = match of {
        Condition::All(parts) => return json!({"and": list(parts)}),
        Condition::Any(parts) => return json!({"or": list(parts)}),
        Condition::Not(part) => return json!({"not": condition(world, part, is_explicit)}),
        Condition::Test(test) => test,
    };
    let values: Vec<Json> = test.values.iter().map(written).collect();
    let mut json = json!({"op": test.op, "values": values});
    let (key, name) = match test.of {
        Subject::Metric(at) => ("metric", metric_name(world, at)),
        Subject::Value(at) | Subject::Label(at) => {
            ("dimension", world.dimensions[at].written.clone())
        }
        Subject::Toggle(_) => panic!("filters name dimensions"),
    };
    json[key] = json!(name);
    if matches!(test.of, Subject::Label(_)) {
        json["on"] = json!("label");
    }
    let is_search = test.op.contains("contains") || test.op.ends_with("_with");
    if test.is_case_sensitive || is_explicit && is_search {
        json["case_sensitive"] = json!(test.is_case_sensitive);
    }
    json
}
