//! One form for expressions that mean the same, so that the catalog's own spelling and the statement's
//! can be compared.
//!
//! The compiler writes divisions, remainders, roots and logarithms so that they are exact and never
//! fail, and dates so that no session changes them (R7). What it adds for that is taken away here, on
//! both sides; that it is there where it has to be, `raise.rs` checks on the statement alone.

use super::tree::{From, Head, Select, Tree};

/// The form in which an expression is compared: without aliases, and without what the compiler adds.
pub fn normal(tree: Tree) -> Tree {
    tree.rewrite(&mut |tree| match tree {
        Tree::Column(_, name) => Tree::Column(String::new(), name),
        Tree::Number(digits) if digits.starts_with('.') => Tree::Number(format!("0{digits}")),
        Tree::Number(digits) if digits.starts_with("-.") => {
            Tree::Number(digits.replacen('-', "-0", 1))
        }
        Tree::Node(head, parts) => normal_node(head, parts),
        Tree::Among(value, select) => match listed(&select) {
            Some(list) => Tree::node(Head::Listed, [*value, list]),
            None => Tree::Among(value, select),
        },
        other => other,
    })
}

/// The list of `(SELECT unnest(list))`, or on SQLite of `(SELECT value FROM json_each(list))`.
fn listed(select: &Select) -> Option<Tree> {
    let mut rest = select.clone();
    let [(None, target)] = rest.targets.as_slice() else {
        return None;
    };
    let list = match (target.as_call("unnest"), rest.from.take()) {
        (Some([list]), None) => list.clone(),
        (None, Some(From::Call(call))) => {
            let value = Tree::column("", "value");
            let is_value = *target == value || *target == Tree::cast(value, "numeric");
            match call.as_call("json_each")? {
                [list] if is_value => list.clone(),
                _ => return None,
            }
        }
        _ => return None,
    };
    rest.targets.clear();
    (rest == Select::EMPTY && is_list(&list)).then_some(list)
}

fn is_list(tree: &Tree) -> bool {
    matches!(tree, Tree::Bound(param) if param.is_list())
}

fn normal_node(head: Head, mut parts: Vec<Tree>) -> Tree {
    match &head {
        Head::And | Head::Or => {
            let mut flat = Vec::with_capacity(parts.len());
            for part in parts {
                match part {
                    Tree::Node(inner, more) if inner == head => flat.extend(more),
                    other => flat.push(other),
                }
            }
            Tree::Node(head, flat)
        }
        Head::Operator(name) if matches!(name.as_str(), "/" | "%") && parts.len() == 2 => {
            let casts = name == "%";
            let right = parts.pop().map(|right| divisor(right, casts));
            let left = parts.pop().map(numeric);
            Tree::Node(head, left.into_iter().chain(right).collect())
        }
        // Of one value that is the value itself, and SQLite has no other way to say it.
        Head::Greatest | Head::Least | Head::Coalesce if parts.len() == 1 => parts.remove(0),
        Head::EqualsAny if parts.get(1).is_some_and(is_list) => Tree::Node(Head::Listed, parts),
        Head::Call { .. } => normal_call(head, parts),
        Head::Case {
            has_operand: false,
            has_else: false,
        } => root(&parts).unwrap_or(Tree::Node(head, parts)),
        _ => Tree::Node(head, parts),
    }
}

/// Without casts to `numeric`.
fn numeric(mut tree: Tree) -> Tree {
    loop {
        match tree {
            Tree::Node(Head::Cast(to), mut parts) if to == "numeric" && parts.len() == 1 => {
                tree = parts.remove(0);
            }
            other => return other,
        }
    }
}

fn is_zero(tree: &Tree) -> bool {
    matches!(tree, Tree::Number(digits) if digits == "0")
}

/// Without `NULLIF(.., 0)`.
fn divisor(mut tree: Tree, casts: bool) -> Tree {
    loop {
        if casts {
            tree = numeric(tree);
        }
        match tree {
            Tree::Node(Head::Nullif, mut parts) if parts.get(1).is_some_and(is_zero) => {
                tree = parts.remove(0);
            }
            other => return other,
        }
    }
}

/// `CASE WHEN x >= 0 THEN sqrt(x) END` is `sqrt(x)` where it has a value.
fn root(parts: &[Tree]) -> Option<Tree> {
    let [condition, result] = parts else {
        return None;
    };
    let (tested, zero) = condition.as_operator(">=")?;
    let [argument] = result.as_call("sqrt")? else {
        return None;
    };
    (is_zero(zero) && numeric(tested.clone()) == *argument).then(|| result.clone())
}

fn normal_call(head: Head, mut parts: Vec<Tree>) -> Tree {
    let Head::Call {
        name,
        is_distinct,
        is_star,
        within_group,
        has_filter,
    } = head
    else {
        return Tree::Node(head, parts);
    };
    let name = one_name(&name).to_owned();
    let strip = |parts: &mut Vec<Tree>, at: usize, strip: &dyn Fn(Tree) -> Tree| {
        if let Some(part) = parts.get_mut(at) {
            let taken = std::mem::replace(part, Tree::Null);
            *part = strip(taken);
        }
    };
    match name.as_str() {
        "mod" if parts.len() == 2 => {
            return normal_node(Head::Operator("%".to_owned()), parts);
        }
        "round" | "trunc" | "floor" | "ceil" | "sign" | "exp" | "sqrt" => {
            strip(&mut parts, 0, &numeric);
        }
        "power" => {
            strip(&mut parts, 0, &numeric);
            strip(&mut parts, 1, &numeric);
        }
        "ln" => strip(&mut parts, 0, &|argument| logarithm(numeric(argument))),
        "date_trunc" => {
            strip(&mut parts, 0, &lower);
            strip(&mut parts, 1, &timestamp);
        }
        "to_char" => strip(&mut parts, 0, &timestamp),
        "form extract" => strip(&mut parts, 0, &lower),
        _ => {}
    }
    Tree::Node(
        Head::Call {
            name,
            is_distinct,
            is_star,
            within_group,
            has_filter,
        },
        parts,
    )
}

/// Without `NULLIF(GREATEST(.., 0), 0)`.
fn logarithm(argument: Tree) -> Tree {
    if let Tree::Node(Head::Nullif, parts) = &argument
        && let [Tree::Node(Head::Greatest, inner), zero] = parts.as_slice()
        && let [tested, least] = inner.as_slice()
        && is_zero(zero)
        && is_zero(least)
    {
        return numeric(tested.clone());
    }
    argument
}

fn timestamp(tree: Tree) -> Tree {
    match tree {
        Tree::Node(Head::Cast(to), mut parts) if to == "timestamp" && parts.len() == 1 => {
            parts.remove(0)
        }
        other => other,
    }
}

fn lower(tree: Tree) -> Tree {
    match tree {
        Tree::Text(text) => Tree::Text(text.to_ascii_lowercase()),
        other => other,
    }
}

/// The name that PostgreSQL's manual gives to what it knows under several.
fn one_name(name: &str) -> &str {
    match name {
        "ceiling" => "ceil",
        "char_length" | "character_length" => "length",
        "date_part" => "form extract",
        "every" => "bool_and",
        "pow" => "power",
        "stddev" => "stddev_samp",
        "variance" => "var_samp",
        "form substring" | "substring" => "substr",
        "form position" => "strpos",
        "trim" | "form btrim" => "btrim",
        "form ltrim" => "ltrim",
        "form rtrim" => "rtrim",
        other => other,
    }
}
