//! The model's rows and expressions as SQL.

use crate::generate::reach::{FAR_COLUMNS, RANK};
use crate::generate::said::{date_text, digits};
use crate::generate::world::{AMOUNT, COLUMNS, QTY};
use crate::reference::expression::Expr;
use crate::reference::model::{Row, World};
use crate::reference::value::Value;

/// The relations, made once. What ends in `_text` repeats a number as text; rows are numbered from one.
pub const TABLES: &str = "
    CREATE TABLE facts (client_id bigint, day date, campaign_id bigint, seller_id bigint, kind text,
        qty integer, amount numeric, cost numeric, flag boolean, paid date,
        qty_text text, amount_text text, row_number bigint);
    CREATE TABLE others (client_id bigint, day date, campaign_id bigint, seller_id bigint, kind text,
        qty integer, amount numeric, cost numeric, flag boolean, paid date,
        qty_text text, amount_text text, row_number bigint);
    CREATE TABLE campaigns (client_id bigint, id bigint, name text, is_live boolean, id_text text);
    CREATE TABLE sellers (client_id bigint, id bigint, name text, is_live boolean, id_text text);
    CREATE TABLE people (client_id bigint, id bigint, kind text, rank integer, amount numeric,
        next_id bigint, day date, is_live boolean, rank_text text);
    CREATE TABLE areas (client_id bigint, id bigint, kind text, rank integer, amount numeric,
        next_id bigint, day date, is_live boolean, rank_text text);
    CREATE TABLE batches (client_id bigint, id bigint, kind text, rank integer, amount numeric,
        next_id bigint, day date, is_live boolean, rank_text text);";

const CLEAR: &str = "TRUNCATE facts, others, campaigns, sellers, people, areas, batches;";

/// The statements that put a world's rows in the place of the ones before. Rows for which the first
/// function says so, rows of a lookup for which the second does, and far rows for which the third does, hold a text that is no number where
/// a number is repeated.
pub fn rows_with(
    world: &World,
    is_poisoned: &dyn Fn(&Row) -> bool,
    is_lookup_poisoned: &dyn Fn(usize, &Row) -> bool,
    is_far_poisoned: &dyn Fn(usize, &Row) -> bool,
) -> String {
    let mut text = CLEAR.to_owned();
    let repeated = |value: &Value, is_poisoned: bool| match value {
        _ if is_poisoned => "'SECRET'".to_owned(),
        Value::Null => "NULL".to_owned(),
        other => format!("'{}'", literal(other)),
    };
    for (name, rows) in [("facts", &world.rows), ("others", &world.others)] {
        let rows = rows.iter().enumerate().map(|(at, row)| {
            let texts = [QTY, AMOUNT].map(|column| repeated(&row[column], is_poisoned(row)));
            let [qty, amount] = texts;
            tuple(row, &[qty, amount, (at + 1).to_string()])
        });
        insert(name, rows.collect(), &mut text);
    }
    for (table, (name, rows)) in ["campaigns", "sellers"]
        .iter()
        .zip(&world.lookups)
        .enumerate()
    {
        let rows = rows.iter().map(|row| {
            let key = repeated(&row[1], is_lookup_poisoned(table, row));
            tuple(row, &[key])
        });
        insert(name, rows.collect(), &mut text);
    }
    for (source, far) in world.reach.sources.iter().enumerate() {
        let rows = far.rows.iter().map(|row| {
            let rank = repeated(&row[RANK], is_far_poisoned(source, row));
            tuple(row, &[rank])
        });
        insert(far.name, rows.collect(), &mut text);
    }
    text
}

/// The same without any such text.
pub fn rows(world: &World) -> String {
    rows_with(world, &|_| false, &|_, _| false, &|_, _| false)
}

/// The same for SQLite, which keeps dates as text.
pub fn sqlite_rows(world: &World) -> String {
    let tables = CLEAR.trim_start_matches("TRUNCATE ").trim_end_matches(';');
    let clear: String = tables
        .split(", ")
        .map(|table| format!("DELETE FROM {table};"))
        .collect();
    let text = rows(world).replace(CLEAR, &clear);
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

fn tuple(values: &[Value], texts: &[String]) -> String {
    let values = values.iter().map(literal).chain(texts.iter().cloned());
    format!("({})", values.collect::<Vec<_>>().join(", "))
}

pub fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(truth) => truth.to_string().to_uppercase(),
        Value::Number(number) => digits(*number),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Date(days) => format!("DATE '{}'", date_text(*days)),
    }
}

/// A column of the facts, read as it is stored.
pub fn column(position: usize) -> String {
    COLUMNS[position].0.to_owned()
}

/// The same, but what is repeated as text is read from there, which raises where it is no number.
pub fn risky_column(position: usize) -> String {
    match position {
        QTY => "risky(qty_text)".to_owned(),
        AMOUNT => "CAST(amount_text AS numeric)".to_owned(),
        _ => column(position),
    }
}

/// A column of a far source, read as it is stored.
pub fn far_column(position: usize) -> String {
    FAR_COLUMNS[position].0.to_owned()
}

/// The same, but what is repeated as text is read from there.
pub fn risky_far_column(position: usize) -> String {
    match position {
        RANK => "risky(rank_text)".to_owned(),
        _ => far_column(position),
    }
}

/// An expression with only the parentheses that PostgreSQL's precedences need.
pub fn sql(expr: &Expr, reference: &dyn Fn(usize) -> String) -> String {
    let own = strength(expr);
    let operand = |inner: &Expr, least: u8| match sql(inner, reference) {
        text if strength(inner) < least => format!("({text})"),
        text => text,
    };
    let pair = |left: &Expr, operator: &str, right: &Expr, least: u8| {
        let (left, right) = (operand(left, least), operand(right, own + 1));
        format!("{left} {operator} {right}")
    };
    let list = |arguments: &[Expr]| {
        let arguments = arguments.iter().map(|each| sql(each, reference));
        arguments.collect::<Vec<_>>().join(", ")
    };
    let (expr, not) = negated(expr);
    match expr {
        Expr::Reference(position) => reference(*position),
        Expr::Constant(value) => literal(value),
        Expr::Negate(inner) => format!("- {}", operand(inner, own)),
        Expr::Arithmetic(operator, left, right) => pair(left, &operator.to_string(), right, own),
        Expr::Compare(operator, left, right) => pair(left, operator, right, own + 1),
        Expr::IsNull(inner) => format!("{} IS {not}NULL", operand(inner, own + 1)),
        Expr::IsTrue(inner) => format!("{} IS {not}TRUE", operand(inner, own + 1)),
        Expr::IsDistinct(left, right) => {
            pair(left, &format!("IS {not}DISTINCT FROM"), right, own + 1)
        }
        Expr::Between(inner, low, high) => {
            let [inner, low, high] = [inner, low, high].map(|each| operand(each, own + 1));
            format!("{inner} {not}BETWEEN {low} AND {high}")
        }
        Expr::In(inner, values) => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!(
                "{} {not}IN ({})",
                operand(inner, own + 1),
                values.join(", ")
            )
        }
        Expr::And(parts) | Expr::Or(parts) => {
            let is_and = matches!(expr, Expr::And(_));
            let parts: Vec<String> = parts.iter().map(|part| operand(part, own + 1)).collect();
            parts.join(if is_and { " AND " } else { " OR " })
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
        Expr::Call(name, arguments) => format!("{name}({})", list(arguments)),
    }
}

/// A test that SQL negates in its middle (`IS NOT NULL`), and the word that does so.
fn negated(expr: &Expr) -> (&Expr, &'static str) {
    match expr {
        Expr::Not(inner) => match &**inner {
            Expr::IsNull(_) | Expr::IsTrue(_) | Expr::Between(..) | Expr::In(..) => (inner, "NOT "),
            Expr::IsDistinct(..) => (inner, "NOT "),
            _ => (expr, ""),
        },
        _ => (expr, ""),
    }
}

/// How strongly an expression holds together.
///
/// # Source
/// PostgreSQL manual, "Operator Precedence".
fn strength(expr: &Expr) -> u8 {
    match negated(expr).0 {
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
