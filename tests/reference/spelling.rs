//! The model's catalogs, rows and questions as the library and the database read them.

use serde_json::{Value as Json, json};

use super::expression::Expr;
use super::model::{
    Aggregate, AggregateKind, COLUMNS, Condition, Definition, Dimension, Lookup, LookupRow, Metric,
    Named, OrderBy, Question, Subject, Table, Type, World,
};
use super::value::{Value, date_text};

/// The relations, made once.
pub const TABLES: &str = "
    CREATE TABLE facts (client_id bigint, day date, campaign_id bigint, seller_id bigint, kind text,
        qty integer, amount numeric, cost numeric, flag boolean, paid date);
    CREATE TABLE campaigns (client_id bigint, id bigint, name text, is_live boolean);
    CREATE TABLE sellers (client_id bigint, id bigint, name text, is_live boolean);";

pub const VARIANT_TOGGLES: [&str; 2] = ["mode", "basis"];
const SWITCH: &str = "breakdown";

/// The statements that put a world's rows in the place of the ones before.
pub fn rows(world: &World) -> String {
    let mut text = "TRUNCATE facts, campaigns, sellers;".to_owned();
    let facts = world.rows.iter().map(|row| tuple(row));
    insert("facts", facts.collect(), &mut text);
    let lookup = |rows: &[LookupRow]| -> Vec<String> {
        let row = |row: &LookupRow| {
            tuple(&[
                Value::integer(row.tenant),
                row.key.clone(),
                row.label.clone(),
                row.is_live.clone(),
            ])
        };
        rows.iter().map(row).collect()
    };
    insert("campaigns", lookup(&world.campaigns), &mut text);
    insert("sellers", lookup(&world.sellers), &mut text);
    text
}

/// The same for SQLite, which keeps dates as text.
pub fn sqlite_rows(world: &World) -> String {
    let clear = "DELETE FROM facts; DELETE FROM campaigns; DELETE FROM sellers;";
    let text = rows(world).replace("TRUNCATE facts, campaigns, sellers;", clear);
    text.replace("DATE '", "'")
}

fn insert(table: &str, tuples: Vec<String>, text: &mut String) {
    if !tuples.is_empty() {
        text.push_str(&format!(
            "INSERT INTO {table} VALUES {};",
            tuples.join(", ")
        ));
    }
}

fn tuple(values: &[Value]) -> String {
    let values: Vec<String> = values.iter().map(literal).collect();
    format!("({})", values.join(", "))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(truth) => truth.to_string().to_uppercase(),
        Value::Number(number) => number.digits(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Date(days) => format!("DATE '{}'", date_text(*days)),
    }
}

/// A catalog's text for the library.
pub fn catalog(world: &World) -> Json {
    let columns: Vec<Json> = COLUMNS
        .iter()
        .map(|(name, data_type)| json!({"name": name, "data_type": type_name(*data_type)}))
        .collect();
    let offered = world.metrics.iter().enumerate().map(|(at, metric)| {
        let mut json = json!({"metric": metric_key(at)});
        if let Some(definition) = &metric.of_source {
            define(definition, &mut json);
        }
        json
    });
    let offered: Vec<Json> = offered.collect();
    let mut source = json!({
        "source_key": "facts", "view_pattern": "public.facts", "date_column": "day",
        "columns": columns, "metrics": offered, "dimensions": "*",
    });
    if let Some(filter) = &world.base_filter {
        source["base_filter"] = json!(sql(filter, &column));
    }
    let metrics = world.metrics.iter().enumerate();
    let metrics: Vec<Json> = metrics.map(|(at, each)| metric(at, each)).collect();
    let dimensions: Vec<Json> = world.dimensions.iter().map(dimension).collect();
    let mut toggles: Vec<Json> = Vec::new();
    for (key, count) in VARIANT_TOGGLES.iter().zip(&world.toggles) {
        let mut options: Vec<Json> = (0..*count)
            .map(|at| json!({"option_key": option(at), "is_default": at == 0}))
            .collect();
        if world.last_is_paid && *key == VARIANT_TOGGLES[1] {
            options[count - 1]["date_column"] = json!("paid");
        }
        toggles
            .push(json!({"toggle_key": key, "toggle_type": "metric_variant", "options": options}));
    }
    let switch = world.switch.iter().enumerate();
    let options: Vec<Json> = switch
        .map(|(at, dimension)| {
            let key = world.dimensions[*dimension].key;
            json!({"option_key": option(at), "is_default": at == 0, "dimension_key": key})
        })
        .collect();
    toggles
        .push(json!({"toggle_key": SWITCH, "toggle_type": "dimension_switch", "options": options}));
    json!({"version": 1, "data_sources": [source], "metrics": metrics, "dimensions": dimensions, "toggles": toggles})
}

fn metric(position: usize, metric: &Metric) -> Json {
    let mut json = json!({"metric_key": metric_key(position), "data_type": match metric.value_type {
        Type::Text => "text",
        Type::Date => "date",
        _ => "number",
    }});
    define(&metric.definition, &mut json);
    if let Some(filter) = &metric.filter {
        json["filter"] = json!(sql(filter, &column));
    }
    if let Some(instead) = metric.null_as {
        let number: serde_json::Number = instead.digits().parse().expect("a number");
        json["null_as"] = Json::Number(number);
    }
    let variants = metric.variants.iter().map(|(when, definition)| {
        let when: serde_json::Map<String, Json> = when
            .iter()
            .map(|(toggle, at)| (VARIANT_TOGGLES[*toggle].to_owned(), json!(option(*at))))
            .collect();
        let mut json = json!({"when": when});
        define(definition, &mut json);
        json
    });
    json["variants"] = variants.collect();
    json
}

fn define(definition: &Definition, json: &mut Json) {
    match definition {
        Definition::Formula(formula) => {
            json["derived_formula"] = json!(sql(formula, &metric_key));
        }
        Definition::Aggregates(aggregates, above) => {
            let text = sql(above, &|at| aggregate(&aggregates[at]));
            json["sql_expression"] = json!(text);
        }
    }
}

fn aggregate(aggregate: &Aggregate) -> String {
    use AggregateKind::{Average, Count, CountDistinct, Greatest, Least, Sum, SumDistinct};
    let argument = match &aggregate.argument {
        None => "*".to_owned(),
        Some(argument) => sql(argument, &column),
    };
    let call = match aggregate.kind {
        Count => format!("COUNT({argument})"),
        CountDistinct => format!("COUNT(DISTINCT {argument})"),
        Sum => format!("SUM({argument})"),
        SumDistinct => format!("SUM(DISTINCT {argument})"),
        Average => format!("AVG({argument})"),
        Least => format!("MIN({argument})"),
        Greatest => format!("MAX({argument})"),
    };
    match &aggregate.filter {
        None => call,
        Some(filter) => format!("{call} FILTER (WHERE {})", sql(filter, &column)),
    }
}

fn dimension(dimension: &Dimension) -> Json {
    let value_type = type_name(dimension.value_type);
    let mut json = json!({
        "dimension_key": dimension.key, "column_expression": sql(&dimension.value, &column),
        "data_type": value_type,
    });
    if dimension.value_type == Type::Date {
        json["grains"] = json!(["day", "week", "month", "quarter", "year"]);
    }
    if let Some(Lookup {
        table,
        only_live,
        is_unique,
    }) = dimension.lookup
    {
        let name = table_name(table);
        let mut join = format!("{name}.id = {{value}}");
        if table == Table::Campaigns {
            join.push_str(" AND campaigns.client_id = {client_id}");
        } else {
            json["join_global"] = json!(true);
        }
        if only_live {
            join.push_str(&format!(" AND {name}.is_live"));
        }
        json["value_type"] = json!(value_type);
        json["data_type"] = json!("text");
        json["join_table"] = json!(format!("public.{name}"));
        json["display_column"] = json!("name");
        json["join_condition"] = json!(join);
        json["join_unique"] = json!(is_unique);
    }
    json
}

fn table_name(table: Table) -> &'static str {
    match table {
        Table::Campaigns => "campaigns",
        Table::Sellers => "sellers",
    }
}

fn type_name(of: Type) -> &'static str {
    match of {
        Type::Integer => "integer",
        Type::Decimal => "decimal",
        Type::Text => "text",
        Type::Date => "date",
        Type::Boolean => "boolean",
    }
}

fn column(position: usize) -> String {
    COLUMNS[position].0.to_owned()
}

fn metric_key(position: usize) -> String {
    format!("m{position}")
}

fn option(position: usize) -> String {
    format!("option_{position}")
}

/// A request's text.
pub fn request(world: &World, question: &Question) -> Json {
    let dimension_key = |at: usize| world.dimensions[at].key;
    let name_of = |at: usize| match question.groups[at].dimension {
        Named::Switch => SWITCH,
        Named::Dimension(dimension) => dimension_key(dimension),
    };
    let groups = question
        .groups
        .iter()
        .enumerate()
        .map(|(at, group)| match group.grain {
            None => json!(name_of(at)),
            Some(grain) => json!({"dimension": name_of(at), "grain": grain}),
        });
    let toggles: serde_json::Map<String, Json> = VARIANT_TOGGLES
        .iter()
        .chain([&SWITCH])
        .zip(&question.options)
        .filter(|(_, at)| **at > 0)
        .map(|(key, at)| ((*key).to_owned(), json!(option(*at))))
        .collect();
    let order = question.order.iter().map(|order| {
        let key = match order.by {
            OrderBy::Metric(at) => metric_key(at),
            OrderBy::Label(at) => format!("{}.label", name_of(at)),
            OrderBy::Group(at) => match question.groups[at].grain {
                None => name_of(at).to_owned(),
                Some(grain) => format!("{}.{grain}", name_of(at)),
            },
        };
        json!({"key": key, "direction": if order.is_descending { "desc" } else { "asc" },
            "nulls": if order.nulls_first { "first" } else { "last" }})
    });
    let list = |conditions: &[Condition]| -> Json {
        conditions
            .iter()
            .map(|each| condition(world, each))
            .collect()
    };
    let mut json = json!({
        "source": "facts",
        "metrics": question.metrics.iter().map(|at| metric_key(*at)).collect::<Vec<_>>(),
        "dimensions": groups.collect::<Vec<_>>(), "toggles": toggles,
        "order_by": order.collect::<Vec<_>>(),
    });
    if !question.filters.is_empty() {
        json["filters"] = list(&question.filters);
    }
    if !question.metric_filters.is_empty() {
        json["metric_filters"] = list(&question.metric_filters);
    }
    if let Some((from, to)) = question.range {
        json["date_range"] = json!({"from": date_text(from), "to": date_text(to)});
    }
    for (key, number) in [("limit", question.limit), ("offset", question.offset)] {
        if let Some(number) = number {
            json[key] = json!(number);
        }
    }
    json
}

fn condition(world: &World, of: &Condition) -> Json {
    let list =
        |parts: &[Condition]| -> Json { parts.iter().map(|part| condition(world, part)).collect() };
    match of {
        Condition::All(parts) => json!({"and": list(parts)}),
        Condition::Any(parts) => json!({"or": list(parts)}),
        Condition::Not(part) => json!({"not": condition(world, part)}),
        Condition::Test(subject, test) => {
            let values: Vec<Json> = test.values.iter().map(written).collect();
            let mut json = json!({"op": test.op, "values": values});
            match subject {
                Subject::Metric(at) => json["metric"] = json!(metric_key(*at)),
                Subject::Value(at) => json["dimension"] = json!(world.dimensions[*at].key),
                Subject::Label(at) => {
                    json["dimension"] = json!(world.dimensions[*at].key);
                    json["on"] = json!("label");
                }
            }
            if test.is_case_sensitive {
                json["case_sensitive"] = json!(true);
            }
            json
        }
    }
}

/// A context's text.
pub fn context(world: &World, question: &Question) -> Json {
    let rules: Vec<Json> = question
        .rules
        .iter()
        .map(|rule| {
            let values: Vec<Json> = rule.values.iter().map(written).collect();
            let mut json = json!({"dimension": world.dimensions[rule.dimension].key,
                "access_type": if rule.is_include { "include" } else { "exclude" },
                "allowed_values": values});
            if rule.nulls_visible {
                json["nulls"] = json!("visible");
            }
            json
        })
        .collect();
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let day = DAYS[usize::try_from(question.week_start).expect("a day of the week")];
    json!({"client_id": question.tenant, "access": rules, "now": "2024-03-10T12:00:00Z", "week_start": day})
}

fn written(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(truth) => json!(truth),
        Value::Number(number) => {
            let digits = number.digits();
            digits
                .parse()
                .map_or_else(|_| json!(digits), |whole: i64| json!(whole))
        }
        Value::Text(text) => json!(text),
        Value::Date(days) => json!(date_text(*days)),
    }
}

/// An expression with only the parentheses that PostgreSQL's precedences need.
fn sql(expr: &Expr, reference: &dyn Fn(usize) -> String) -> String {
    let operand = |inner: &Expr, least: u8| -> String {
        let text = sql(inner, reference);
        if strength(inner) < least {
            format!("({text})")
        } else {
            text
        }
    };
    let own = strength(expr);
    match expr {
        Expr::Reference(position) => reference(*position),
        Expr::Constant(value) => literal(value),
        Expr::Negate(inner) => format!("- {}", operand(inner, own)),
        Expr::Arithmetic(operator, left, right) => {
            format!(
                "{} {operator} {}",
                operand(left, own),
                operand(right, own + 1)
            )
        }
        Expr::Compare(operator, left, right) => {
            format!(
                "{} {operator} {}",
                operand(left, own + 1),
                operand(right, own + 1)
            )
        }
        Expr::IsNull(inner, is_negated) => {
            let word = if *is_negated {
                "IS NOT NULL"
            } else {
                "IS NULL"
            };
            format!("{} {word}", operand(inner, own + 1))
        }
        Expr::IsTrue(inner, is_negated) => {
            let word = if *is_negated {
                "IS NOT TRUE"
            } else {
                "IS TRUE"
            };
            format!("{} {word}", operand(inner, own + 1))
        }
        Expr::IsDistinct(left, right, is_negated) => {
            let word = if *is_negated {
                "IS NOT DISTINCT FROM"
            } else {
                "IS DISTINCT FROM"
            };
            format!(
                "{} {word} {}",
                operand(left, own + 1),
                operand(right, own + 1)
            )
        }
        Expr::Between(inner, low, high, is_negated) => {
            let word = if *is_negated {
                "NOT BETWEEN"
            } else {
                "BETWEEN"
            };
            let [inner, low, high] = [inner, low, high].map(|each| operand(each, own + 1));
            format!("{inner} {word} {low} AND {high}")
        }
        Expr::In(inner, list, is_negated) => {
            let list: Vec<String> = list.iter().map(literal).collect();
            let word = if *is_negated { "NOT IN" } else { "IN" };
            format!("{} {word} ({})", operand(inner, own + 1), list.join(", "))
        }
        Expr::And(parts) | Expr::Or(parts) => {
            let word = if matches!(expr, Expr::And(_)) {
                " AND "
            } else {
                " OR "
            };
            let parts: Vec<String> = parts.iter().map(|part| operand(part, own + 1)).collect();
            parts.join(word)
        }
        Expr::Not(inner) => format!("NOT {}", operand(inner, own)),
        Expr::Case(branches, otherwise) => {
            let mut text = "CASE".to_owned();
            for (condition, result) in branches {
                let (condition, result) = (sql(condition, reference), sql(result, reference));
                text.push_str(&format!(" WHEN {condition} THEN {result}"));
            }
            if let Some(other) = otherwise {
                text.push_str(&format!(" ELSE {}", sql(other, reference)));
            }
            text + " END"
        }
        Expr::Call(name, arguments) => {
            let arguments: Vec<String> =
                arguments.iter().map(|each| sql(each, reference)).collect();
            format!("{name}({})", arguments.join(", "))
        }
    }
}

/// How strongly an expression holds together.
///
/// # Source
/// PostgreSQL manual, "Operator Precedence".
fn strength(expr: &Expr) -> u8 {
    match expr {
        Expr::Or(_) => 1,
        Expr::And(_) => 2,
        Expr::Not(_) => 3,
        Expr::IsNull(..) | Expr::IsTrue(..) | Expr::IsDistinct(..) => 4,
        Expr::Compare(..) => 5,
        Expr::In(..) | Expr::Between(..) => 6,
        Expr::Arithmetic('+' | '-', ..) => 7,
        Expr::Arithmetic(..) => 8,
        Expr::Negate(_) => 9,
        Expr::Constant(Value::Number(number)) if number.approximately() < 0.0 => 9,
        Expr::Reference(_) | Expr::Constant(_) | Expr::Case(..) | Expr::Call(..) => 10,
    }
}
