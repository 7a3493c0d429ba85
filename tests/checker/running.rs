//! Windows that run: sums of periods, each added to those before it, made into the plain groups that they are
//! instead of, beside what they say of the windows.

use super::lower::Lowered;
use super::overlapping;
use super::picked::name_at;
use super::shape::{check_groups, check_step_read, rows};
use super::tree::{From, Head, Running, Select, Tree};

/// The statement with the two steps of every leg that runs as one of plain groups.
pub fn unrun(mut statement: Select) -> Lowered<Select> {
    let mut steps: Vec<(String, Select)> = Vec::new();
    for (name, step) in std::mem::take(&mut statement.steps) {
        let summed = name.replacen("grouped", "summed", 1);
        let before = steps
            .last()
            .filter(|(before, _)| name.starts_with("grouped") && *before == summed);
        match before {
            Some((_, before)) => {
                let plain = match overlapping::pairs(&step) {
                    Some(pairs) => overlapping::plain(&summed, before, &step, pairs)?,
                    None => plain(&summed, before, &step)?,
                };
                steps.pop();
                steps.push((name, plain));
            }
            None => steps.push((name, step)),
        }
    }
    statement.steps = steps;
    Ok(statement)
}

pub fn wrong<T>() -> Lowered<T> {
    Err("windows that run in another form".to_owned())
}

/// A select of nothing but columns, rows, a condition and groups.
pub fn is_plain(select: &Select) -> bool {
    *select
        == Select {
            targets: select.targets.clone(),
            from: select.from.clone(),
            condition: select.condition.clone(),
            groups: select.groups.clone(),
            ..Select::EMPTY
        }
}

/// The plain groups: `summed` has them by period, `running` what they add up to.
fn plain(name: &str, summed: &Select, running: &Select) -> Lowered<Select> {
    let over = rows(running.from.as_ref(), "b")?;
    let union = rows(over.from.as_ref(), "u")?;
    let Some((groups, spine)) = union.both.as_deref() else {
        return wrong();
    };
    if ![summed, running, over, groups, spine]
        .into_iter()
        .all(is_plain)
    {
        return wrong();
    }
    let keys = summed.groups.len();
    let count = summed.targets.len();
    check_groups(summed, keys)?;
    check_groups(over, keys)?;
    let names: Vec<String> = (0..count)
        .map(|at| name_at(summed, at))
        .collect::<Lowered<_>>()?;
    let present = name_at(groups, count)?;
    let since = match groups.targets.len() - count {
        1 => None,
        2 => Some(name_at(groups, count + 1)?),
        _ => return wrong(),
    };
    let mut all: Vec<&String> = names.iter().chain([&present]).chain(&since).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() != groups.targets.len() || keys == 0 {
        return wrong();
    }
    let named = |select: &Select| -> Vec<Option<String>> {
        select
            .targets
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    };
    if named(groups) != named(spine) {
        return wrong();
    }
    // The groups as they are, marked as there.
    check_step_read(groups.from.as_ref(), name)?;
    let one = Tree::Number("1".to_owned());
    let carried = names.iter().map(|name| Tree::column("g", name));
    let carried = carried
        .chain([one.clone()])
        .chain(since.iter().map(|_| Tree::Null));
    let are_carried = groups
        .targets
        .iter()
        .map(|(_, tree)| tree.clone())
        .eq(carried);
    if !are_carried || groups.condition.is_some() || !groups.groups.is_empty() {
        return wrong();
    }
    // Every period beside every combination of the other keys, with nothing.
    let period = Tree::column("w", "period");
    let along = spine
        .targets
        .iter()
        .take(keys)
        .position(|(_, tree)| *tree == period);
    let along = along.ok_or("periods of nothing")?;
    let of_spine = |at: usize| match at {
        at if at == along => period.clone(),
        at if at < keys => Tree::column("k", &names[at]),
        _ => Tree::Null,
    };
    let wanted = (0..=count).map(of_spine);
    let wanted = wanted.chain(since.iter().map(|_| Tree::column("w", "since")));
    if !spine
        .targets
        .iter()
        .map(|(_, tree)| tree.clone())
        .eq(wanted)
        || spine.condition.is_some()
        || !spine.groups.is_empty()
    {
        return wrong();
    }
    let others: Vec<&String> = (0..keys)
        .filter(|at| *at != along)
        .map(|at| &names[at])
        .collect();
    let lists = match &spine.from {
        Some(From::CrossJoin { left, right }) if keys > 1 => {
            let combinations = rows(Some(right), "k")?;
            check_step_read(combinations.from.as_ref(), name)?;
            check_groups(combinations, keys - 1)?;
            let carried = others
                .iter()
                .map(|name| (Some((*name).clone()), Tree::column("g", name)));
            if !is_plain(combinations)
                || combinations.condition.is_some()
                || !combinations.targets.iter().cloned().eq(carried)
            {
                return wrong();
            }
            &**left
        }
        Some(from) if keys == 1 => from,
        _ => return wrong(),
    };
    let From::Lists { lists, alias } = lists else {
        return wrong();
    };
    let columns: Vec<&str> = lists.iter().map(|(name, _)| name.as_str()).collect();
    let expected: &[&str] = if since.is_some() {
        &["period", "since"]
    } else {
        &["period"]
    };
    if alias != "w" || columns != expected {
        return wrong();
    }
    // Each added to those before it, of one combination and one beginning.
    let order = std::iter::once(Tree::column("u", &names[along]));
    let partition = others.iter().map(|name| Tree::column("u", name));
    let partition = partition.chain(
        since
            .iter()
            .map(|since| Tree::node(Head::call("max"), [Tree::column("u", since)])),
    );
    let partition: Vec<Tree> = partition.collect();
    let order: Vec<Tree> = order.collect();
    let again = |name: &str, tree: &Tree| -> Lowered<String> {
        let (tree, is_cast) = match tree.as_cast() {
            Some((inner, "int8")) => (inner, true),
            Some(_) => return wrong(),
            None => (tree, false),
        };
        let Tree::Node(Head::Over { ordered }, parts) = tree else {
            return wrong();
        };
        let behind = parts.get(1..).unwrap_or_default();
        let is_upwards = ordered.iter().all(|by| *by == (false, None));
        if !is_upwards
            || ordered.len() != order.len()
            || !behind.iter().eq(partition.iter().chain(&order))
        {
            return Err("windows that run in another order".to_owned());
        }
        let only = [Tree::node(Head::call("max"), [Tree::column("u", name)])];
        let found = ["sum", "min", "max"]
            .into_iter()
            .find(|function| parts.first().and_then(|call| call.as_call(function)) == Some(&only));
        match (found, is_cast) {
            (Some("sum"), true) => Ok("count".to_owned()),
            (Some(found), false) => Ok(found.to_owned()),
            _ => wrong(),
        }
    };
    if over.targets.len() != count + 1 || named(over) != named(groups)[..=count] {
        return wrong();
    }
    for (at, (_, tree)) in over.targets.iter().enumerate() {
        if at < keys {
            if *tree != Tree::column("u", &names[at]) {
                return wrong();
            }
            continue;
        }
        if at == count {
            if again(&present, tree)? != "max" {
                return wrong();
            }
            continue;
        }
        adds_up(&summed.targets[at].1, &again(&names[at], tree)?)?;
    }
    // What windows have a row.
    let shown = names
        .iter()
        .map(|name| (Some(name.clone()), Tree::column("b", name)));
    let is_there = Tree::operator("=", Tree::column("b", &present), one);
    if !running.targets.iter().cloned().eq(shown)
        || running.condition.as_ref() != Some(&is_there)
        || !running.groups.is_empty()
        || over.condition.is_some()
    {
        return wrong();
    }
    let mut targets = summed.targets.clone();
    let (cut, first) = match targets[along].1.clone() {
        Tree::Node(Head::Greatest, parts) => parts,
        tree => match tree.as_call("max") {
            Some(parts) => parts.to_vec(),
            None => return wrong(),
        },
    }
    .into_iter()
    .collect::<Vec<Tree>>()
    .try_into()
    .map(|[cut, first]: [Tree; 2]| (cut, first))
    .map_err(|_| "a period that is none")?;
    targets[along].1 = period;
    Ok(Select {
        targets,
        running: Some(Running {
            lists: lists.clone(),
            cut,
            first: Some(first),
        }),
        ..summed.clone()
    })
}

/// An aggregate over all rows comes of those over parts of them; a sum that is made a whole number is a `count`.
pub fn adds_up(part: &Tree, whole: &str) -> Lowered<()> {
    let fits = match part {
        Tree::Node(
            Head::Call {
                name,
                is_distinct: false,
                ..
            },
            _,
        ) => match name.as_str() {
            "sum" => whole == "sum",
            // SQLite's numbers need no cast.
            "count" => whole == "count" || whole == "sum",
            "min" | "max" => whole == name,
            _ => false,
        },
        _ => false,
    };
    match fits {
        true => Ok(()),
        false => Err("windows are of sums of what does not add up".to_owned()),
    }
}
