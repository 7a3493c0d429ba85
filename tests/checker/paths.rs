//! Typed paths into JSON columns: how each has to be cut out, so that no stored value raises.

use measurand::DataType;
use measurand::catalog::spec::SourceSpec;

use super::fragment::normal_fragment;
use super::lower::Lowered;
use super::tree::Tree;

/// The typed paths of a source: what each looks like beside the relation, and the column it is.
#[derive(Default)]
pub struct Paths {
    forms: Vec<(Tree, String)>,
    /// The JSON columns themselves.
    columns: Vec<String>,
}

impl Paths {
    pub fn of(source: &SourceSpec, is_sqlite: bool) -> Lowered<Self> {
        let mut paths = Self::default();
        for column in source.columns.iter().flatten() {
            let Some(keys) = &column.path else { continue };
            let into = column.column.as_deref().unwrap_or("data");
            let text = if is_sqlite {
                sqlite(into, keys, column.data_type.element)
            } else {
                postgres(into, keys, column.data_type.element)
            };
            let form = normal_fragment(&super::sqlite::as_postgres(&text))?;
            paths.forms.push((form, column.name.clone()));
            paths.columns.push(into.to_owned());
        }
        Ok(paths)
    }

    /// Whether it is a JSON column that a path goes into.
    pub fn reads(&self, column: &str) -> bool {
        self.columns.iter().any(|known| known == column)
    }

    /// The expression with every typed path as the column that it is.
    pub fn restore(&self, tree: Tree) -> Tree {
        if self.forms.is_empty() {
            return tree;
        }
        if let Some((_, name)) = self.forms.iter().find(|(form, _)| *form == tree) {
            return Tree::column("", name);
        }
        match tree {
            Tree::Node(head, parts) => {
                let parts = parts.into_iter().map(|part| self.restore(part));
                Tree::Node(head, parts.collect())
            }
            Tree::Among(tested, select) => Tree::Among(Box::new(self.restore(*tested)), select),
            other => other,
        }
    }
}

fn steps(column: &str, keys: &[String], last: &str) -> String {
    let mut text = format!("(\"{}\"", column.replace('"', "\"\""));
    for (position, key) in keys.iter().enumerate() {
        let arrow = if position + 1 == keys.len() {
            last
        } else {
            "->"
        };
        text.push_str(&format!(" {arrow} '{}'", key.replace('\'', "''")));
    }
    text.push(')');
    text
}

/// The years from 1 on, and the days that a month could have.
const DAY: &str =
    "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?";
const ZONE: &str = "(Z|[-+](0[0-9]|1[0-4]):[0-5][0-9])";

fn postgres(column: &str, keys: &[String], data_type: DataType) -> String {
    let text = steps(column, keys, "->>");
    let number = |exponent: u8, length: u8| {
        format!(
            "{text} ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{{1,{exponent}}})?$' \
             AND length({text}) < {length}"
        )
    };
    // A value of which the first ten characters have to be a day that there is.
    let moment = |zone: &str, cast: &str| {
        format!(
            "CASE WHEN {text} ~ '^{DAY}[T ]{TIME}{zone}$' AND jsonb_path_query_first(to_jsonb(left({text}, 10)), \
             'strict $.datetime(\"YYYY-MM-DD\")', '{{}}', true) IS NOT NULL THEN {text}::{cast} END"
        )
    };
    match data_type {
        DataType::Json | DataType::Jsonb => steps(column, keys, "->"),
        DataType::Integer => {
            format!("CASE WHEN {text} ~ '^[-+]?[0-9]{{1,18}}$' THEN {text}::bigint END")
        }
        DataType::Decimal => format!("CASE WHEN {} THEN {text}::numeric END", number(3, 255)),
        DataType::Float => {
            format!(
                "CASE WHEN {} THEN {text}::numeric::float8 END",
                number(2, 200)
            )
        }
        DataType::Boolean => {
            format!("CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END")
        }
        DataType::Date => format!(
            "CASE WHEN {text} ~ '^{DAY}$' THEN \
             (jsonb_path_query_first(to_jsonb({text}), \
             'strict $.datetime(\"YYYY-MM-DD\")', '{{}}', true) #>> '{{}}')::date END"
        ),
        DataType::Timestamp => moment("", "timestamp"),
        DataType::Timestamptz => moment(ZONE, "timestamptz"),
        DataType::Uuid => format!(
            "CASE WHEN {text} ~ '^[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}$' THEN {text}::uuid END"
        ),
        DataType::Text => text,
    }
}

fn sqlite(column: &str, keys: &[String], data_type: DataType) -> String {
    let text = steps(column, keys, "->>");
    let json = steps(column, keys, "->");
    let is_number = format!("{json} NOT IN ('true', 'false')");
    match data_type {
        DataType::Integer => format!(
            "CASE WHEN {is_number} AND {text} GLOB '*[0-9]*' AND {text} NOT GLOB '[-+][-+]*' \
             AND ltrim({text}, '-+') NOT GLOB '*[^0-9]*' AND length(ltrim({text}, '-+')) < 19 \
             THEN CAST({text} AS INTEGER) END"
        ),
        DataType::Decimal | DataType::Float => format!(
            "CASE WHEN {is_number} AND {text} GLOB '[-+.0-9]*' AND {text} GLOB '*[0-9]*' \
             AND {text} NOT GLOB '[-+][-+eE]*' AND ltrim({text}, '-+') NOT GLOB '.[eE]*' AND length({text}) < 200 \
             AND {text} NOT GLOB '*[eE]*[0-9][0-9][0-9]*' \
             AND json_valid('1' || replace(replace(replace(ltrim(ltrim({text}, '-+'), '0') || ' ', '. ', '.0'), \
             '.e', '.0e'), '.E', '.0E')) THEN CAST({text} AS NUMERIC) END"
        ),
        DataType::Date => {
            format!("CASE WHEN date({text}) = {text} AND {text} > '0001' THEN {text} END")
        }
        DataType::Timestamp => format!(
            "CASE WHEN datetime({text}) = replace({text}, 'T', ' ') AND {text} > '0001' THEN datetime({text}) END"
        ),
        DataType::Uuid => format!(
            "CASE WHEN length({text}) = 36 AND lower({text}) NOT GLOB '*[^-0-9a-f]*' THEN lower({text}) END"
        ),
        DataType::Boolean => format!(
            "CASE {json} WHEN 'true' THEN TRUE WHEN '\"true\"' THEN TRUE \
             WHEN 'false' THEN FALSE WHEN '\"false\"' THEN FALSE END"
        ),
        DataType::Json | DataType::Jsonb => json,
        DataType::Text | DataType::Timestamptz => text,
    }
}
