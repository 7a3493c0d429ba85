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

fn postgres(column: &str, keys: &[String], data_type: DataType) -> String {
    let text = steps(column, keys, "->>");
    let number = "'^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$'";
    match data_type {
        DataType::Json | DataType::Jsonb => steps(column, keys, "->"),
        DataType::Integer => {
            format!("CASE WHEN {text} ~ '^[-+]?[0-9]{{1,18}}$' THEN {text}::bigint END")
        }
        DataType::Decimal => format!("CASE WHEN {text} ~ {number} THEN {text}::numeric END"),
        DataType::Float => {
            format!("CASE WHEN {text} ~ {number} THEN {text}::numeric::float8 END")
        }
        DataType::Boolean => {
            format!("CASE {text} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END")
        }
        DataType::Date => format!(
            "CASE WHEN {text} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN \
             (jsonb_path_query_first(to_jsonb({text}), \
             'strict $.datetime(\"YYYY-MM-DD\")', '{{}}', true) #>> '{{}}')::date END"
        ),
        _ => text,
    }
}

fn sqlite(column: &str, keys: &[String], data_type: DataType) -> String {
    let text = steps(column, keys, "->>");
    match data_type {
        DataType::Integer | DataType::Decimal | DataType::Float => format!(
            "CASE WHEN {text} GLOB '[-+.0-9]*' AND {text} NOT GLOB '*[^-+.eE0-9]*' \
             THEN CAST({text} AS NUMERIC) END"
        ),
        DataType::Date => format!("CASE WHEN date({text}) = {text} THEN {text} END"),
        DataType::Boolean => format!(
            "CASE {} WHEN 'true' THEN TRUE WHEN '\"true\"' THEN TRUE \
             WHEN 'false' THEN FALSE WHEN '\"false\"' THEN FALSE END",
            steps(column, keys, "->")
        ),
        DataType::Json | DataType::Jsonb => steps(column, keys, "->"),
        _ => text,
    }
}
