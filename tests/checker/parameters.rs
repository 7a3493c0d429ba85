//! Parameters: each placeholder stands inside of a cast to the type of what is bound.

use measurand::{DataType, Param};

use super::lower::Lowered;
use super::rules::param;
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
