//! What a column was computed from, as one number: equal trees have equal forms.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::tree::{Head, Tree};

/// The form of an expression in normal form, whose leaves may be forms themselves; so a column that is
/// computed in several steps has the form of one that is computed in one.
///
/// SQLite has other functions for the same, so there only an aggregate's name and the leaves count.
pub fn form(tree: &Tree, is_sqlite: bool) -> u64 {
    if let Tree::Form(known) = tree {
        return *known;
    }
    let mut hasher = DefaultHasher::new();
    match is_sqlite {
        true => outline(tree, &mut hasher),
        false => whole(tree, &mut hasher),
    }
    hasher.finish()
}

fn whole(tree: &Tree, hasher: &mut DefaultHasher) {
    match tree {
        Tree::Node(head, parts) => {
            (0, head, parts.len()).hash(hasher);
            for part in parts {
                form(part, false).hash(hasher);
            }
        }
        leaf => of_leaf(leaf, hasher),
    }
}

fn of_leaf(leaf: &Tree, hasher: &mut DefaultHasher) {
    match leaf {
        Tree::Column(alias, name) => (1, alias, name).hash(hasher),
        Tree::Param(number) => (2, number).hash(hasher),
        Tree::Bound(param) => (3, param).hash(hasher),
        Tree::Form(known) => (4, known).hash(hasher),
        Tree::Null => 5.hash(hasher),
        Tree::All => 10.hash(hasher),
        Tree::Boolean(truth) => (6, truth).hash(hasher),
        Tree::Number(digits) => (7, digits).hash(hasher),
        Tree::Text(text) => (8, text).hash(hasher),
        // A search through labels is no part of a value.
        Tree::Among(..) => 9.hash(hasher),
        Tree::Node(..) => {}
    }
}

fn outline(tree: &Tree, hasher: &mut DefaultHasher) {
    let Tree::Node(head, _) = tree else {
        return of_leaf(tree, hasher);
    };
    if let (
        true,
        Head::Call {
            name, is_distinct, ..
        },
    ) = (is_aggregate(tree), head)
    {
        // Truth values are 0 and 1 there.
        let name = match name.as_str() {
            "bool_or" => "max",
            "bool_and" => "min",
            other => other,
        };
        (name, is_distinct).hash(hasher);
    }
    let mut leaves: Vec<&Tree> = Vec::new();
    tree.visit(&mut |part| {
        if matches!(part, Tree::Column(..) | Tree::Form(_)) && !leaves.contains(&part) {
            leaves.push(part);
        }
    });
    for leaf in leaves {
        of_leaf(leaf, hasher);
    }
}

/// Whether the outermost node takes the rows of a group.
pub fn is_aggregate(tree: &Tree) -> bool {
    const AGGREGATES: [&str; 13] = [
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
    ];
    match tree {
        // SQLite's `min` of several values is PostgreSQL's `LEAST`.
        Tree::Node(
            Head::Call {
                name, has_filter, ..
            },
            parts,
        ) if matches!(name.as_str(), "min" | "max") => parts.len() == 1 + usize::from(*has_filter),
        Tree::Node(Head::Call { name, .. }, _) => AGGREGATES.contains(&name.as_str()),
        _ => false,
    }
}
