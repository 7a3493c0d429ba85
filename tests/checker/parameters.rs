//! Parameters: each placeholder stands inside of a cast to the type of what is bound.

use std::sync::Arc;

use measurand::{DataType, Param, Value, ValueList};

use super::lower::Lowered;
use super::tree::{Select, Tree};
use super::values::PostgresType;

/// Every placeholder is cast to the type of its parameter. SQLite has no such types; there only
/// decimals are cast, since they are bound as text.
pub fn check(statement: &Select, params: &[Param], is_sqlite: bool) -> Lowered<()> {
    let mut typed = 0;
    let mut bare = 0;
    let mut wrong = None;
    statement.visit(&mut |tree| match tree {
        Tree::Param(number) => {
            bare += 1;
            let found = param(*number, params);
            if is_sqlite && found.is_some_and(|param| !is_decimal(param)) {
                typed += 1;
            }
        }
        _ => {
            let Some((Tree::Param(number), to)) = tree.as_cast() else {
                return;
            };
            let fits = param(*number, params).is_some_and(|param| {
                let (element, is_list) = match to.strip_suffix("[]") {
                    Some(element) => (element, true),
                    None => (to, false),
                };
                DataType::of_postgres(element) == Some(param.data_type())
                    && is_list == param.is_list()
                    && (!is_sqlite || is_decimal(param))
            });
            typed += 1;
            if !fits {
                wrong = Some(format!("placeholder {number} is cast to `{to}`"));
            }
        }
    });
    match wrong {
        Some(wrong) => Err(wrong),
        None if typed != bare => Err("a placeholder without a type".to_owned()),
        None => Ok(()),
    }
}

fn is_decimal(param: &Param) -> bool {
    matches!(param, Param::Scalar(value) if value.data_type() == DataType::Decimal)
}

/// The parameter of this number.
fn param(number: u32, params: &[Param]) -> Option<&Param> {
    params.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// The statement with every placeholder, and the cast around it, as what is bound to it.
pub fn bind(statement: Select, params: &[Param], is_sqlite: bool) -> Select {
    let bound: Vec<Tree> = params
        .iter()
        .map(|param| Tree::Bound(as_set(param)))
        .collect();
    let of = |number: u32| {
        let at = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        at.and_then(|at| bound.get(at)).cloned()
    };
    statement.rewrite_deep(&mut |tree| match &tree {
        Tree::Param(number) if is_sqlite => of(*number).unwrap_or(tree),
        Tree::Node(..) => match tree.as_cast() {
            Some((Tree::Param(number), _)) => of(*number).unwrap_or(tree),
            Some((Tree::Bound(param), _)) if is_sqlite => Tree::Bound(param.clone()),
            _ => tree,
        },
        _ => tree,
    })
}

/// What is bound; the order of a list and how often a value stands in it say nothing.
pub fn as_set(param: &Param) -> Arc<Param> {
    let Param::List(list) = param else {
        return Arc::new(param.clone());
    };
    Arc::new(list_of(list.element(), list.values().to_vec()))
}

/// A list of values as a parameter.
pub fn list_of(element: DataType, mut values: Vec<Value>) -> Param {
    values.sort_unstable();
    values.dedup();
    match ValueList::new(element, values) {
        Some(list) => Param::List(list),
        // Values of several types equal no parameter that there is.
        None => Param::Scalar(Value::Boolean(false)),
    }
}
