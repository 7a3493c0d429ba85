//! Aggregates over declared columns that a request asks for without a metric of the catalog: `amount.sum`.

use std::borrow::Cow;

use measurand::catalog::spec::SourceSpec;
use measurand::{DataType, RequestKind};

use super::meaning::Known;
use super::metrics::Definition;

/// The column and the word of an aggregate, if a key is written so.
pub fn written(key: &str) -> Option<(&str, &str)> {
    let (column, word) = key.rsplit_once('.')?;
    const WORDS: [&str; 8] = [
        "count",
        "count_distinct",
        "sum",
        "avg",
        "min",
        "max",
        "median",
        "stddev",
    ];
    WORDS.contains(&word).then_some((column, word))
}

/// Whether a key is that of the number of rows of each value, which a request for values asks for.
pub fn counts_rows(known: &Known<'_>, key: &str) -> bool {
    key == "count" && matches!(known.request.kind, RequestKind::Values { counts: true, .. })
}

/// The number of the rows of a group.
pub fn of_rows() -> Definition<'static> {
    Definition {
        metric: None,
        sql: Some(Cow::Borrowed("COUNT(*)")),
        formula: None,
        data_type: None,
    }
}

/// What an aggregate of a column is on a source; nothing where the source does not declare the column, or
/// its type has no such aggregate.
pub fn on_source(source: &SourceSpec, key: &str) -> Option<Definition<'static>> {
    let (column, word) = written(key)?;
    let declared = source.columns.as_ref()?;
    let declared = declared.iter().find(|declared| declared.name == column)?;
    let (of, is_array) = (declared.data_type.element, declared.data_type.is_array);
    let is_number = matches!(of, DataType::Integer | DataType::Decimal | DataType::Float);
    let is_document = is_array || matches!(of, DataType::Json | DataType::Jsonb);
    let has_meaning = match word {
        "count" => true,
        "count_distinct" => !is_document,
        "min" | "max" => !is_array && (is_number || matches!(of, DataType::Text | DataType::Date)),
        _ => !is_array && is_number,
    };
    let name = format!("\"{}\"", column.replace('"', "\"\""));
    let sql = match (word, of) {
        ("count_distinct", _) => format!("COUNT(DISTINCT {name})"),
        ("median", DataType::Float) => {
            format!("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY {name})")
        }
        // The mean of the two in the middle, both of them values of the column.
        ("median", _) => format!(
            "(CAST(PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY {name}) AS numeric) + \
              CAST(PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY {name} DESC) AS numeric)) / 2"
        ),
        ("stddev", _) => format!("STDDEV_SAMP({name})"),
        (word, _) => format!("{word}({name})"),
    };
    has_meaning.then_some(Definition {
        metric: None,
        sql: Some(Cow::Owned(sql)),
        formula: None,
        data_type: match (word, of) {
            ("min" | "max", DataType::Text) => Some("text"),
            ("min" | "max", DataType::Date) => Some("date"),
            _ => None,
        },
    })
}
