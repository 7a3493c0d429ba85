//! The model's catalogs, questions and contexts as the library reads them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::generate::preset::Range;
use crate::generate::question::{Asked, Back};
use crate::generate::reach::{FAR_COLUMNS, FAR_SOURCES};
use crate::generate::said::{date_text, digits};
use crate::generate::sql::{column, far_column, risky_column, risky_far_column, sql};
use crate::generate::world::COLUMNS;
use crate::reference::expression::Expr;
use crate::reference::model::{
    Aggregate, Choice, Condition, DAY, Definition, Detail, Dimension, Group, Item, Metric, OrderBy,
    Pivot, Subject, Window, World,
};
use crate::reference::reach::{Far, Hop};
use crate::reference::value::Value;

/// What opens what is gated.
const MODULE: &str = "extra";

/// The column that numbers rows.
const NUMBER: &str = "row_number";

const SOURCES: [&str; 2] = ["facts", "others"];

/// How a catalog reads its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    Plain,
    /// By casts and functions that raise.
    Risky,
}

impl Reading {
    fn sql(self, expr: &Expr) -> String {
        match self {
            Self::Plain => sql(expr, &column),
            Self::Risky => sql(expr, &risky_column),
        }
    }

    fn far_sql(self, expr: &Expr) -> String {
        match self {
            Self::Plain => sql(expr, &far_column),
            Self::Risky => sql(expr, &risky_far_column),
        }
    }

    /// A catalog's text for the library.
    pub fn catalog(self, world: &World) -> Json {
        let metrics = of_catalog(world);
        let mut defined: Vec<&str> = Vec::new();
        let mut dimensions: Vec<&Dimension> = world.dimensions.iter().collect();
        // What the two sources have as well is first, and is defined by what they say.
        dimensions.retain(|dimension| {
            let is_new = !defined.contains(&dimension.key);
            defined.push(dimension.key);
            is_new
        });
        let dimensions = dimensions.into_iter();
        let own = [self.source(world, 0), self.source(world, 1)].into_iter();
        let far = world.reach.sources.iter();
        let far = far.map(|far| self.far_source(world, far));
        let mut json = json!({
            "version": 1, "data_sources": own.chain(far).collect::<Vec<_>>(),
            "toggles": toggles(world),
            "metrics": metrics.map(|(at, each)| self.metric(world, at, each)).collect::<Vec<_>>(),
            "dimensions": dimensions.map(|each| self.dimension(each)).collect::<Vec<_>>(),
        });
        if self == Self::Risky {
            json["functions"] = json!(["risky"]);
        }
        json
    }

    fn source(self, world: &World, position: usize) -> Json {
        let texts = [
            ("qty_text", "text"),
            ("amount_text", "text"),
            (NUMBER, "integer"),
        ];
        let columns = COLUMNS.iter().chain(&texts);
        let columns: Vec<Json> = columns
            .map(|(name, data_type)| json!({"name": name, "data_type": data_type}))
            .collect();
        let metrics = of_catalog(world).filter(|(_, metric)| metric.home == Some(position));
        let metrics = metrics.map(|(at, metric)| {
            let mut json = json!({"metric": metric_key(at)});
            if let Some(definition) = &metric.of_source {
                self.define(definition, &mut json);
            }
            json
        });
        let offered = world
            .dimensions
            .iter()
            .filter(|dimension| dimension.is_offered && dimension.path.is_empty());
        let dimensions = offered.map(|dimension| match dimension.otherwise {
            Some(_) => json!({"dimension": dimension.key,
                "column_expression": self.sql(&dimension.value)}),
            None => json!(dimension.key),
        });
        let exempt = world
            .dimensions
            .iter()
            .filter(|dimension| dimension.is_exempt);
        let exempt: BTreeSet<&str> = exempt.map(|dimension| dimension.key).collect();
        let hops = world.reach.hops.iter().filter(|hop| !hop.is_turned);
        let hops = hops.map(|hop| relationship(hop, COLUMNS[hop.column].0));
        let mut source = json!({
            "source_key": SOURCES[position], "view_pattern": format!("public.{}", SOURCES[position]),
            "date_column": column(DAY), "columns": columns,
            "metrics": metrics.collect::<Vec<_>>(), "dimensions": dimensions.collect::<Vec<_>>(),
            "access_exempt": exempt, "relationships": hops.collect::<Vec<_>>(),
        });
        if world.is_keyed {
            source["primary_key"] = json!([NUMBER]);
        }
        if let Some(filter) = &world.base_filter {
            source["base_filter"] = json!(self.sql(filter));
        }
        source
    }

    fn far_source(self, world: &World, far: &Far) -> Json {
        let columns = FAR_COLUMNS.iter().chain(&[("rank_text", "text")]);
        let columns: Vec<Json> = columns
            .map(|(name, data_type)| json!({"name": name, "data_type": data_type}))
            .collect();
        // A dimension that is never asked for may be in no world, and so in no catalog.
        let offers = far.offers.iter();
        let offers = offers.filter(|(key, _)| world.dimensions.iter().any(|d| d.key == *key));
        let dimensions: Vec<Json> = offers
            .map(|(key, value)| json!({"dimension": key, "column_expression": self.far_sql(value)}))
            .collect();
        let exempt = far.exempt.iter();
        let exempt = exempt.filter(|key| world.dimensions.iter().any(|d| d.key == **key));
        let hops = far.hops.iter();
        let hops = hops.map(|hop| relationship(hop, FAR_COLUMNS[hop.column].0));
        let mut relationships: Vec<Json> = hops.collect();
        for hop in world.reach.hops.iter().filter(|hop| hop.is_turned) {
            if FAR_SOURCES[hop.to] == far.name {
                for source in SOURCES {
                    relationships.push(json!({"name": format!("{source}_in_it"), "to": source,
                        "on": [["id", COLUMNS[hop.column].0]], "cardinality": "one_to_many"}));
                }
            }
        }
        // Rows that lead to a source without dates may be summed up before they are joined to it.
        let date_column = far.base_filter.is_some().then_some("day");
        let mut source = json!({
            "source_key": far.name, "view_pattern": format!("public.{}", far.name),
            "date_column": date_column, "columns": columns, "metrics": [], "dimensions": dimensions,
            "access_exempt": exempt.collect::<Vec<_>>(), "relationships": relationships,
            "primary_key": if far.is_shared { vec!["id"] } else { vec!["client_id", "id"] },
        });
        if far.is_shared {
            source["client_id_column"] = Json::Null;
        }
        if let Some(filter) = &far.base_filter {
            source["base_filter"] = json!(self.far_sql(filter));
        }
        source
    }

    fn metric(self, world: &World, position: usize, metric: &Metric) -> Json {
        let data_type = match metric.value_type {
            "decimal" => "number",
            other => other,
        };
        let mut json = json!({"metric_key": metric_key(position), "data_type": data_type});
        self.define(&metric.definition, &mut json);
        if let Some(filter) = &metric.filter {
            json["filter"] = json!(self.sql(filter));
        }
        if let Some(instead) = metric.null_as {
            let number: serde_json::Number = digits(instead).parse().expect("a number");
            json["null_as"] = Json::Number(number);
        }
        self.time(world, metric, &mut json);
        gate(metric.is_gated, &mut json);
        let variants = metric.variants.iter().map(|(when, definition)| {
            let when = when
                .iter()
                .map(|(toggle, at)| (toggle_key(*toggle), json!(option(*at))));
            let mut json = json!({"when": when.collect::<Map<_, _>>()});
            self.define(definition, &mut json);
            json
        });
        json["variants"] = variants.collect();
        json
    }

    /// Which rows in time a metric is of.
    fn time(self, world: &World, metric: &Metric, json: &mut Json) {
        let count = |(n, grain): (i64, &str)| json!({"n": n, "grain": grain});
        if let Some(offset) = metric.timing.offset {
            json["offset"] = count(offset);
        }
        if let Some(window) = metric.timing.window {
            json["window"] = match window {
                Window::Cumulative => json!("cumulative"),
                Window::Rolling(n, grain) => json!({"rolling": count((n, grain))}),
                Window::ToDate(grain) => json!({"to_date": {"grain": grain}}),
            };
        }
        if let Some((over, is_first)) = metric.timing.pick {
            let pick = if is_first { "first" } else { "last" };
            let over = world.dimensions[over].key;
            json["additivity"] = json!({"semi_additive": {"over": over, "pick": pick}});
        }
    }

    fn define(self, definition: &Definition, json: &mut Json) {
        match definition {
            Definition::Formula(formula) => {
                json["derived_formula"] = json!(sql(formula, &metric_key));
            }
            Definition::Aggregates(aggregates, above) => {
                let text = sql(above, &|at| self.aggregate(&aggregates[at]));
                json["sql_expression"] = json!(text);
            }
        }
    }

    fn aggregate(self, aggregate: &Aggregate) -> String {
        let argument = aggregate.argument.as_ref();
        let argument = argument.map_or_else(|| "*".to_owned(), |argument| self.sql(argument));
        let call = match aggregate.kind.split_once(' ') {
            Some((name, word)) => format!("{name}({word} {argument})"),
            None => format!("{}({argument})", aggregate.kind),
        };
        match &aggregate.filter {
            None => call,
            Some(filter) => format!("{call} FILTER (WHERE {})", self.sql(filter)),
        }
    }

    fn dimension(self, dimension: &Dimension) -> Json {
        let value = dimension.otherwise.as_ref().unwrap_or(&dimension.value);
        let value = match dimension.path.is_empty() {
            true => self.sql(value),
            false => self.far_sql(value),
        };
        let mut json = json!({
            "dimension_key": dimension.key, "column_expression": value,
            "data_type": dimension.value_type,
        });
        gate(dimension.is_gated, &mut json);
        if dimension.value_type == "date" {
            json["grains"] = json!([
                "day",
                "week",
                "month",
                "quarter",
                "year",
                "fiscal_quarter",
                "fiscal_year"
            ]);
        }
        if let Some(lookup) = dimension.lookup {
            let is_shared = lookup.table == 1;
            let name = if is_shared { "sellers" } else { "campaigns" };
            let mut join = match self == Self::Risky && !is_shared {
                true => format!("risky({name}.id_text) = {{value}}"),
                false => format!("{name}.id = {{value}}"),
            };
            if !is_shared {
                join.push_str(" AND campaigns.client_id = {client_id}");
            }
            if lookup.only_live {
                join.push_str(&format!(" AND {name}.is_live"));
            }
            let looked_up = json!({
                "value_type": dimension.value_type, "data_type": "text",
                "join_table": format!("public.{name}"), "display_column": "name",
                "join_condition": join, "join_unique": lookup.is_unique, "join_global": is_shared,
            });
            merge(&looked_up, &mut json);
        }
        json
    }
}

fn relationship(hop: &Hop, column: &str) -> Json {
    json!({"name": hop.name, "to": FAR_SOURCES[hop.to], "on": [[column, "id"]],
        "cardinality": "many_to_one"})
}

fn gate(is_gated: bool, json: &mut Json) {
    if is_gated {
        json["module"] = json!(MODULE);
    }
}

fn merge(more: &Json, into: &mut Json) {
    for (key, field) in more.as_object().into_iter().flatten() {
        into[key] = field.clone();
    }
}

fn toggles(world: &World) -> Vec<Json> {
    let toggles = world.toggles.iter().enumerate();
    let toggle = |(toggle, choices): (usize, &Vec<_>)| {
        let options = choices.iter().enumerate();
        let options = options.map(|(at, choice): (usize, &Choice)| {
            let mut json = json!({"option_key": option(at), "is_default": at == 0});
            if let Some(dimension) = choice.dimension {
                json["dimension_key"] = json!(world.dimensions[dimension].key);
            }
            if let Some(date) = choice.date_column {
                json["date_column"] = json!(COLUMNS[date].0);
            }
            json
        });
        let is_switch = choices.iter().any(|choice| choice.dimension.is_some());
        let kind = if is_switch {
            "dimension_switch"
        } else {
            "metric_variant"
        };
        json!({"toggle_key": toggle_key(toggle), "toggle_type": kind,
            "options": options.collect::<Vec<_>>()})
    };
    toggles.map(toggle).collect()
}

pub fn metric_key(position: usize) -> String {
    format!("m{position}")
}

/// The metrics that a catalog defines, with their positions.
fn of_catalog(world: &World) -> impl Iterator<Item = (usize, &Metric)> {
    let metrics = world.metrics.iter().enumerate();
    metrics.filter(|(_, metric)| metric.of_column.is_none())
}

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

fn toggle_key(position: usize) -> String {
    format!("toggle_{position}")
}

fn option(position: usize) -> String {
    format!("option_{position}")
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

/// A context's text.
pub fn context(world: &World, question: &Asked, is_explicit: bool) -> Json {
    let rules = question.rules.iter().map(|rule| {
        let values: Vec<Json> = rule.values.iter().map(written).collect();
        let mut json = json!({"dimension": world.dimensions[rule.dimension].key,
            "access_type": if rule.is_include { "include" } else { "exclude" },
            "allowed_values": values});
        if rule.nulls_visible {
            json["nulls"] = json!("visible");
        } else if is_explicit {
            json["nulls"] = json!("hidden");
        }
        json
    });
    let (day, second) = (
        question.clock.now.div_euclid(86_400),
        question.clock.now.rem_euclid(86_400),
    );
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    let now = format!(
        "{}T{hour:02}:{minute:02}:{:02}Z",
        date_text(day),
        second % 60
    );
    let mut json = json!({"client_id": question.tenant, "access": rules.collect::<Vec<_>>(),
        "now": now});
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let week_start = usize::try_from(question.periods.week).expect("a day of the week");
    if is_explicit || week_start > 0 {
        json["week_start"] = json!(DAYS[week_start]);
    }
    let fiscal_year = usize::try_from(question.periods.fiscal_year).expect("a month");
    if is_explicit || fiscal_year > 0 {
        json["fiscal_year_start"] = json!(MONTHS[fiscal_year]);
    }
    if is_explicit || question.clock.zone.name != "UTC" {
        json["timezone"] = json!(question.clock.zone.name);
    }
    if question.has_module {
        json["modules"] = json!([MODULE]);
    } else if is_explicit {
        json["modules"] = json!([]);
    }
    json
}

pub fn written(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => json!(truth),
        Value::Number(number) => {
            let digits = digits(*number);
            let whole = digits.parse().map(|whole: i64| json!(whole));
            whole.unwrap_or_else(|_| json!(digits))
        }
        Value::Text(text) => json!(text),
        Value::Date(days) => json!(date_text(*days)),
    }
}
