//! Windows that overlap: sums of days, and those of each window, made into the plain groups that they are instead of.

use super::lower::Lowered;
use super::picked::name_at;
use super::running::{adds_up, is_plain, wrong};
use super::shape::{check_groups, check_step_read, rows};
use super::tree::{From, Running, Select, Tree};

/// The days beside their windows, where a step reads sums beside them.
pub fn pairs(step: &Select) -> Option<(&From, &Select, &Tree)> {
    match &step.from {
        Some(From::Join { left, right, on }) => {
            let select = rows(Some(right), "b").ok()?;
            Some((left, select, on))
        }
        _ => None,
    }
}

/// The plain groups: `summed` has them by day, `step` what they add up to in each window.
pub fn plain(
    name: &str,
    summed: &Select,
    step: &Select,
    (left, pairs, on): (&From, &Select, &Tree),
) -> Lowered<Select> {
    let keys = summed.groups.len();
    check_step_read(Some(left), name)?;
    check_groups(summed, keys)?;
    check_groups(step, keys)?;
    let (days, windows, meets) = match &pairs.from {
        Some(From::Join { left, right, on }) => (rows(Some(left), "d")?, &**right, on),
        _ => return wrong(),
    };
    let is_grouped = [step, pairs, days]
        .iter()
        .any(|select| select.condition.is_some());
    if is_grouped
        || !pairs.groups.is_empty()
        || ![summed, step, pairs, days].into_iter().all(is_plain)
    {
        return wrong();
    }
    let period = Tree::column("w", "period");
    let beside = Tree::column("b", "period");
    let mut along = step.targets.iter().take(keys);
    let along = along.position(|(_, tree)| *tree == beside);
    let along = along.ok_or("windows of nothing")?;
    let key = name_at(summed, along)?;
    let of_key = Tree::column("g", &key);
    let named = |name: &str, tree: &Tree| (Some(name.to_owned()), tree.clone());
    // The days that have sums, each once, beside every window that they lie in.
    check_step_read(days.from.as_ref(), name)?;
    check_groups(days, 1)?;
    let day = Tree::column("d", "day");
    let From::Lists { lists, alias } = windows else {
        return wrong();
    };
    let columns: Vec<&str> = lists.iter().map(|(name, _)| name.as_str()).collect();
    let bound = |sign: &str, name: &str| Tree::operator(sign, day.clone(), Tree::column("w", name));
    let conditions = match columns.as_slice() {
        ["period", "since", "until"] => vec![bound(">=", "since"), bound("<", "until")],
        ["period", "until"] => vec![bound("<", "until")],
        _ => return wrong(),
    };
    if alias != "w"
        || days.targets != [named("day", &of_key)]
        || pairs.targets != [named("day", &day), named("period", &period)]
        || !meets.conjuncts().into_iter().eq(&conditions)
        || *on != Tree::operator("=", Tree::column("b", "day"), of_key)
    {
        return Err("days meet windows in another way".to_owned());
    }
    // Each sum with those of the other days of a window, of one combination.
    if step.targets.len() != summed.targets.len() {
        return wrong();
    }
    for (at, (written, tree)) in step.targets.iter().enumerate() {
        let name = name_at(summed, at)?;
        if written.as_ref() != Some(&name) {
            return wrong();
        }
        let own = Tree::column("g", &name);
        if at < keys {
            if at != along && *tree != own {
                return wrong();
            }
            continue;
        }
        let (tree, is_cast) = match tree.as_cast() {
            Some((inner, "int8")) => (inner, true),
            Some(_) => return wrong(),
            None => (tree, false),
        };
        let mut functions = ["sum", "min", "max"].into_iter();
        let found = functions
            .find(|function| tree.as_call(function) == Some(std::slice::from_ref(&own)))
            .ok_or("windows of another aggregate")?;
        let whole = match (found, is_cast) {
            ("sum", true) => "count",
            (found, false) => found,
            _ => return wrong(),
        };
        adds_up(&summed.targets[at].1, whole)?;
    }
    let mut targets = summed.targets.clone();
    let cut = std::mem::replace(&mut targets[along].1, period);
    Ok(Select {
        targets,
        running: Some(Running {
            lists: lists.clone(),
            cut,
            first: None,
        }),
        ..summed.clone()
    })
}
