//! The model's catalogs as the library reads them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::generate::reach::{FAR_COLUMNS, FAR_SOURCES};
use crate::generate::said::digits;
use crate::generate::sql::{column, far_column, risky_column, risky_far_column, sql};
use crate::generate::world::COLUMNS;
use crate::reference::expression::Expr;
use crate::reference::model::{
    Aggregate, Choice, DAY, Definition, Dimension, Metric, Window, World,
};
use crate::reference::reach::{Far, Hop};

use super::{MODULE, NUMBER, SOURCES, option, toggle_key};

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
