//! The catalog's fragments, read by PostgreSQL's own grammar.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::lower::{Lowered, statement};
use super::normal::normal;
use super::tree::{Head, Tree};

/// The column name that stands for a token of a join condition.
pub const VALUE: &str = "{value}";
pub const CLIENT: &str = "{client_id}";
/// The alias in front of columns of the source.
pub const SOURCE: &str = "{source}";

/// How many texts are kept; random catalogs bring new ones without end.
const KEPT: usize = 20_000;

/// A fragment as PostgreSQL reads it, and in normal form.
type Read = Lowered<Arc<(Tree, Tree)>>;

type Known = HashMap<String, Read>;

fn fragment(text: &str) -> Read {
    static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
    let known = KNOWN.lock().ok().and_then(|known| known.get(text).cloned());
    if let Some(known) = known {
        return known;
    }
    let read = read(text).map(|tree| Arc::new((tree.clone(), normal(tree))));
    if let Ok(mut known) = KNOWN.lock() {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(text.to_owned(), read.clone());
    }
    read
}

/// A fragment in the form in which expressions are compared.
pub fn normal_fragment(text: &str) -> Lowered<Tree> {
    fragment(text).map(|read| read.1.clone())
}

fn read(text: &str) -> Lowered<Tree> {
    let named = with_quoted_tokens(text);
    let select = statement(&format!("SELECT (\n{named}\n)"))
        .map_err(|fault| format!("the catalog's `{text}`: {fault}"))?;
    match select.targets.as_slice() {
        [(None, tree)] => Ok(tree.clone()),
        _ => Err(format!("the catalog's `{text}` is no expression")),
    }
}

/// Tokens become quoted names, but not in strings and quoted names, where they are text.
fn with_quoted_tokens(text: &str) -> String {
    let mut named = String::new();
    let (mut rest, mut quote) = (text, None);
    while let Some(first) = rest.chars().next() {
        let token = [SOURCE, VALUE, CLIENT]
            .into_iter()
            .find(|token| quote.is_none() && rest.starts_with(token));
        let piece = &rest[..token.map_or(first.len_utf8(), str::len)];
        match token {
            Some(token) => named.extend(["\"", token, "\""]),
            None => named.push_str(piece),
        }
        quote = match quote {
            None => Some(first).filter(|first| matches!(first, '\'' | '"')),
            Some(open) => Some(open).filter(|open| *open != first),
        };
        rest = &rest[piece.len()..];
    }
    named
}

/// A join condition taken apart.
#[derive(Debug, Clone, Default)]
pub struct JoinCondition {
    /// What equals the dimension's value; in normal form, as all of these.
    pub key: Option<Tree>,
    pub tenant: Option<String>,
    pub conditions: Vec<Tree>,
}

/// Takes a join condition apart; `table` is the name that qualifies the lookup's columns.
pub fn join_condition(text: &str, table: &str) -> Lowered<JoinCondition> {
    let read = fragment(text)?;
    let mut found = JoinCondition::default();
    for part in read.0.conjuncts() {
        let sides = [is_beyond(part, table)];
        if sides == [false] {
            found.conditions.push(normal(part.clone()));
            continue;
        }
        let (left, right) = part
            .as_operator("=")
            .ok_or_else(|| format!("`{text}` looks beyond the lookup"))?;
        let (own, other) = if is_beyond(left, table) {
            (right, left)
        } else {
            (left, right)
        };
        match (own, other) {
            (Tree::Column(_, name), Tree::Column(_, token)) if token == CLIENT => {
                found.tenant = Some(name.clone());
            }
            (own, _) => found.key = Some(normal(own.clone())),
        }
    }
    Ok(found)
}

fn is_beyond(tree: &Tree, table: &str) -> bool {
    let mut beyond = false;
    tree.visit(&mut |part| {
        if let Tree::Column(alias, name) = part {
            beyond |= alias != table || name == VALUE || name == CLIENT;
        }
    });
    beyond
}

/// A condition beside another one, as one flat `AND`.
pub fn both(first: Tree, second: Tree) -> Tree {
    normal(Tree::node(Head::And, [first, second]))
}
