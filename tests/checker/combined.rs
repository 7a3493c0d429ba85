//! The step that combines the groups of several sources and periods: each key once, and beside it every
//! aggregate as the one leg that has it gave it (R14).

use std::collections::BTreeSet;

use super::form::is_aggregate;
use super::lower::Lowered;
use super::outside::Columns;
use super::shape::{check_groups, check_step_read, rows};
use super::tree::{From, Select, Tree};

/// The alias of the rows of a union.
pub const BOTH: &str = "u";

/// A column of a side of the union: its name, and what it was computed from unless it is NULL.
pub type Side = Vec<(String, Option<u64>)>;

/// Takes the combining step apart; `legs` are the steps below with their columns.
pub fn combined(step: &Select, legs: &[(&str, Columns)], keys: &[u64]) -> Lowered<Columns> {
    if step.condition.is_some() {
        return Err("the combining step filters".to_owned());
    }
    let mut read = BTreeSet::new();
    let union = rows(step.from.as_ref(), BOTH)?;
    let below = side(union, legs, keys, &mut read)?;
    if read.len() != legs.len() {
        return Err("groups that are not combined".to_owned());
    }
    check_groups(step, keys.len())?;
    one_of_each(step, &below, keys)
}

/// The columns of a step over a union: each key, and the only value of every aggregate.
pub fn one_of_each(step: &Select, below: &Side, keys: &[u64]) -> Lowered<Columns> {
    let mut columns = Columns::new();
    for (position, (name, tree)) in step.targets.iter().enumerate() {
        let name = name.clone().ok_or("a column without a name")?;
        let column = match (keys.get(position), tree) {
            (Some(_), column @ Tree::Column(..)) => column,
            (None, Tree::Node(_, parts)) if is_one_of_many(tree) => &parts[0],
            _ => return Err("a combined column of another form".to_owned()),
        };
        let form = match column {
            Tree::Column(alias, column) if alias == BOTH => below
                .iter()
                .find(|(known, _)| known == column)
                .and_then(|(_, form)| *form),
            _ => None,
        };
        let form = form.ok_or("a combined column of nothing")?;
        if keys.get(position).is_some_and(|key| *key != form) {
            return Err("a combined key that is another one".to_owned());
        }
        if keys.get(position).is_none() && keys.contains(&form) {
            return Err("a key that is combined as an aggregate".to_owned());
        }
        if columns.insert(name, form).is_some() {
            return Err("two combined columns of one name".to_owned());
        }
    }
    match columns.len() < keys.len() {
        true => Err("a combined key is missing".to_owned()),
        false => Ok(columns),
    }
}

/// What gives the only value of a group back.
fn is_one_of_many(tree: &Tree) -> bool {
    let named = ["max", "bool_or"]
        .iter()
        .any(|name| tree.as_call(name).is_some());
    named && is_aggregate(tree) && matches!(tree, Tree::Node(_, parts) if parts.len() == 1)
}

/// What a side of a union hands out, and that each leg is read once.
fn side<'l>(
    select: &Select,
    legs: &'l [(&str, Columns)],
    keys: &[u64],
    read: &mut BTreeSet<&'l str>,
) -> Lowered<Side> {
    if let Some((left, right)) = select.both.as_deref() {
        let left = side(left, legs, keys, read)?;
        let right = side(right, legs, keys, read)?;
        return united(left, right, keys);
    }
    let plain = Select {
        targets: select.targets.clone(),
        from: select.from.clone(),
        ..Select::EMPTY
    };
    if *select != plain {
        return Err("a side of a union with a clause of its own".to_owned());
    }
    let (alias, below): (&str, Side) = match &select.from {
        Some(From::Rows { select, .. }) => {
            rows(plain.from.as_ref(), BOTH)?;
            (BOTH, side(select, legs, keys, read)?)
        }
        from => {
            let leg = legs
                .iter()
                .find(|(name, _)| check_step_read(from.as_ref(), name).is_ok());
            let (name, columns) = leg.ok_or("a side of a union that reads no groups")?;
            if !read.insert(name) {
                return Err("groups that are combined twice".to_owned());
            }
            let columns = columns
                .iter()
                .map(|(name, form)| (name.clone(), Some(*form)));
            ("g", columns.collect())
        }
    };
    let target = |(name, tree): &(Option<String>, Tree)| {
        let name = name.clone().ok_or("a column of a union without a name")?;
        let form = match tree {
            Tree::Null => None,
            Tree::Column(of, column) if of == alias => {
                let known = below.iter().find(|(known, _)| known == column);
                known.ok_or("a column of a union that is not below")?.1
            }
            _ => return Err("a column of a union that is computed".to_owned()),
        };
        Ok((name, form))
    };
    select.targets.iter().map(target).collect()
}

/// Two sides: keys meet their like, and an aggregate meets NULL.
pub fn united(left: Side, right: Side, keys: &[u64]) -> Lowered<Side> {
    if left.len() != right.len() {
        return Err("a union of different widths".to_owned());
    }
    let sides = left.into_iter().zip(right).enumerate();
    let united = sides.map(|(position, ((name, left), (_, right)))| {
        let form = match (keys.get(position), left, right) {
            (Some(key), Some(left), Some(right)) if left == *key && right == *key => Some(*key),
            (None, Some(form), None) | (None, None, Some(form)) => Some(form),
            _ => return Err("a union of columns that do not belong together".to_owned()),
        };
        Ok((name, form))
    });
    united.collect()
}
