//! The functions, operators and types that a statement may name; anything else is refused.

use super::tree::{Head, Tree};

const FUNCTIONS: &[&str] = &[
    // Aggregates.
    "avg",
    "bool_and",
    "bool_or",
    "count",
    "max",
    "min",
    "percentile_cont",
    "percentile_disc",
    "stddev_pop",
    "stddev_samp",
    "sum",
    "var_pop",
    "var_samp",
    // Among all groups; where a window may stand, the rules say.
    "rank",
    // Numbers.
    "abs",
    "ceil",
    "exp",
    "floor",
    "ln",
    "power",
    "round",
    "sign",
    "sqrt",
    "trunc",
    // Texts.
    "btrim",
    "concat",
    "concat_ws",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "replace",
    "right",
    "rpad",
    "rtrim",
    "split_part",
    "strpos",
    "substr",
    "upper",
    // Dates.
    "date_trunc",
    "form extract",
    "form timezone",
    "make_date",
    "to_char",
    // JSON.
    "json_array_length",
    "json_extract_path_text",
    "json_typeof",
    "jsonb_array_length",
    "jsonb_extract_path_text",
    "jsonb_path_query_first",
    "jsonb_typeof",
    "to_jsonb",
    // The grammar's own way to say ESCAPE.
    "form like_escape",
    // The elements of a list that is one parameter; where it may stand, the rules say.
    "unnest",
];

/// Functions of SQLite's statements.
const SQLITE_FUNCTIONS: &[&str] = &[
    "date",
    "datetime",
    // The grammar's own way to say `trim`.
    "form btrim",
    "iif",
    "instr",
    "json",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_type",
    "json_valid",
    "julianday",
    "strftime",
    "substr",
    "time",
    "typeof",
];

const OPERATORS: &[&str] = &[
    "+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">=", "->", "->>", "#>", "#>>", "@>",
    "~", "~*",
];

/// `GLOB`, as it is rewritten.
const SQLITE_OPERATORS: &[&str] = &["~@~", "!~@~"];

const TYPES: &[&str] = &[
    "bool",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "interval",
    "json",
    "jsonb",
    "numeric",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
    "real",
    "integer",
];

/// Whether the outermost node of an expression is one that may stand in a statement.
pub fn check_node(tree: &Tree, own: &[String], is_sqlite: bool) -> Result<(), String> {
    let Tree::Node(head, _) = tree else {
        return Ok(());
    };
    match head {
        Head::Call { name, .. } => {
            let known = FUNCTIONS.contains(&name.as_str())
                || own.iter().any(|own| own.eq_ignore_ascii_case(name))
                || is_sqlite && SQLITE_FUNCTIONS.contains(&name.as_str());
            known.then_some(()).ok_or(format!("the function `{name}`"))
        }
        Head::Operator(name) => {
            let known = OPERATORS.contains(&name.as_str())
                || is_sqlite && SQLITE_OPERATORS.contains(&name.as_str());
            known.then_some(()).ok_or(format!("the operator `{name}`"))
        }
        Head::Cast(to) => {
            let element = to.strip_suffix("[]").unwrap_or(to);
            let base = element.split('(').next().unwrap_or_default();
            let known = TYPES.contains(&base);
            known.then_some(()).ok_or(format!("the type `{to}`"))
        }
        _ => Ok(()),
    }
}
