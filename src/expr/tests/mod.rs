//! Tests of reading, printing and walking, as tables of texts.

mod accepted;
mod agreement;
mod laws;
mod meaning;
mod refused;
mod sqlite;
mod tokens;
mod types;

use super::functions::UserFunctions;
use super::parse::{FragmentKind, parse_formula, parse_fragment};
use super::render::{Unsupported, render};
use super::{Expr, FragmentError, WrittenName, ident};
use crate::value::DataType;
use crate::{Dialect, Limits};

/// What a text of the tables is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Metric,
    Row,
    Join,
    /// The formula of the metric `rate`.
    Formula,
}

fn functions() -> UserFunctions {
    let mut functions = UserFunctions::default();
    functions.insert("net_revenue").unwrap();
    functions
}

/// The tree of a text, with the names of its references.
fn read(kind: Kind, text: &str) -> Result<Expr<WrittenName>, Vec<FragmentError>> {
    let limits = Limits::default();
    let parsed = match kind {
        Kind::Metric => parse_fragment(text, FragmentKind::Metric, &functions(), &limits),
        Kind::Row => parse_fragment(text, FragmentKind::Row, &functions(), &limits),
        Kind::Join => parse_fragment(text, FragmentKind::JoinCondition, &functions(), &limits),
        Kind::Formula => parse_formula(text, "rate", &limits),
    };
    let named = parsed?.try_map(&mut |written| Ok::<_, ()>(written.name.clone()));
    Ok(named.unwrap())
}

/// The declared types of the columns in the tables, by name.
fn declared(name: &WrittenName) -> Option<DataType> {
    let WrittenName::Column { name, .. } = name else {
        return None;
    };
    Some(match &**name {
        "day" | "day2" => DataType::Date,
        "at" => DataType::Timestamp,
        "moment" => DataType::Timestamptz,
        "whole" | "whole2" => DataType::Integer,
        "dec" => DataType::Decimal,
        "flt" => DataType::Float,
        "txt" => DataType::Text,
        "flag" => DataType::Boolean,
        "doc" => DataType::Jsonb,
        "old_doc" => DataType::Json,
        "uid" => DataType::Uuid,
        _ => return None,
    })
}

/// The text of a tree; columns stand behind `o.`, the tokens of join conditions as words.
fn print(expr: &Expr<WrittenName>, dialect: Dialect) -> Result<String, Unsupported> {
    let mut names = Vec::new();
    let numbered = expr
        .try_map(&mut |name| {
            names.push(name.clone());
            Ok::<_, ()>(u32::try_from(names.len()).unwrap() - 1)
        })
        .unwrap();
    let of = |reference: u32| &names[reference as usize];
    let rendered = render(&numbered, dialect, &|reference| declared(of(*reference)))?;
    let mut out = String::new();
    rendered.write(&mut out, |reference, out| match of(reference) {
        WrittenName::Column { name, .. } | WrittenName::SourceColumn(name) => {
            out.push_str("o.");
            ident::quote_identifier(name, out);
        }
        WrittenName::Value => out.push_str("o.value_"),
        WrittenName::ClientId => out.push_str("o.client_"),
    });
    assert!(
        rendered
            .references()
            .all(|reference| (reference as usize) < names.len())
    );
    Ok(out)
}

fn postgres(kind: Kind, text: &str) -> String {
    let expr = read(kind, text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    print(&expr, Dialect::Postgres).unwrap()
}

impl Kind {
    fn parse(word: &str) -> Kind {
        match word {
            "metric" => Kind::Metric,
            "row" => Kind::Row,
            "join" => Kind::Join,
            "formula" => Kind::Formula,
            other => panic!("`{other}` is no kind of text"),
        }
    }
}

/// A block of a table: what the first line gives, and the lines below.
struct Block {
    kind: Kind,
    text: &'static str,
    below: Vec<(&'static str, &'static str)>,
}

/// The blocks of a table, which blank lines part; a line begins with a word and a colon.
fn blocks(table: &'static str) -> Vec<Block> {
    let parted = table.split("\n\n").map(str::trim_end);
    parted
        .filter(|block| !block.is_empty() && !block.starts_with('#'))
        .map(|block| {
            let mut lines = block.lines().map(|line| {
                line.split_once(": ")
                    .unwrap_or_else(|| panic!("no word in front of `{line}`"))
            });
            let (kind, text) = lines.next().unwrap();
            Block {
                kind: Kind::parse(kind),
                text,
                below: lines.collect(),
            }
        })
        .collect()
}

const ACCEPTED: &str = include_str!("accepted.txt");
const REFUSED: &str = include_str!("refused.txt");
