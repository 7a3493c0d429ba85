//! Groups that have the rows of one date each, made into groups of all dates beside the date that is picked.

use super::lower::Lowered;
use super::shape::{check_groups, rows};
use super::tree::{Head, Picked, Select, Tree};

/// The statement with every group of picked dates as the plain groups that it is made from.
pub fn unpicked(mut statement: Select) -> Lowered<Select> {
    for (name, step) in &mut statement.steps {
        let own = name
            .strip_prefix("tested_")
            .or(name.strip_prefix("ranked_"));
        let own = own.unwrap_or(name);
        if own.starts_with("grouped") {
            unpick(step)?;
        }
    }
    Ok(statement)
}

fn unpick(step: &mut Select) -> Lowered<()> {
    if let Some(both) = &mut step.both {
        unpick(&mut both.0)?;
        return unpick(&mut both.1);
    }
    let is_picked = rows(step.from.as_ref(), "b").is_ok();
    if is_picked {
        *step = plain(step)?;
    }
    Ok(())
}

fn wrong<T>() -> Lowered<T> {
    Err("picked dates of another form".to_owned())
}

/// Three selects: groups by the keys and the date; the date that is picked beside each; and those of that date.
fn plain(outer: &Select) -> Lowered<Select> {
    let beside = rows(outer.from.as_ref(), "b")?;
    let dated = rows(beside.from.as_ref(), "d")?;
    let only = Select {
        targets: outer.targets.clone(),
        from: outer.from.clone(),
        condition: outer.condition.clone(),
        groups: outer.groups.clone(),
        ..Select::EMPTY
    };
    let only_beside = Select {
        targets: beside.targets.clone(),
        from: beside.from.clone(),
        ..Select::EMPTY
    };
    if *outer != only || *beside != only_beside {
        return wrong();
    }
    // The date is behind the keys, and what is picked of it right behind it.
    let date = beside
        .targets
        .iter()
        .position(|(_, tree)| matches!(tree, Tree::Node(Head::Over { .. }, _)));
    let date = date
        .and_then(|over| over.checked_sub(1))
        .ok_or("no date is picked")?;
    let (dated_name, picked_name) = (name_at(beside, date)?, name_at(beside, date + 1)?);
    let is_carried = |(name, tree): &(Option<String>, Tree)| {
        name.as_ref()
            .is_some_and(|name| *tree == Tree::column("d", name))
    };
    let carried = beside
        .targets
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != date + 1);
    if !carried.clone().all(|(_, target)| is_carried(target)) {
        return wrong();
    }
    let names = carried.map(|(_, (name, _))| name);
    if !names.eq(dated.targets.iter().map(|(name, _)| name)) || name_at(dated, date)? != dated_name
    {
        return wrong();
    }
    check_groups(dated, date + 1)?;
    let mut all: Vec<&Option<String>> = beside.targets.iter().map(|(name, _)| name).collect();
    all.sort_unstable();
    all.dedup();
    if all.len() != beside.targets.len() {
        return Err("two columns of one name beside a picked date".to_owned());
    }
    let keys: Vec<&str> = dated
        .targets
        .iter()
        .take(date)
        .filter_map(|(name, _)| name.as_deref())
        .collect();
    let (_, Tree::Node(Head::Over { ordered }, over)) = &beside.targets[date + 1] else {
        return wrong();
    };
    if !ordered.is_empty() {
        return wrong();
    }
    let mut over = over.iter();
    let of_date = [Tree::column("d", &dated_name)];
    let first = match over.next() {
        Some(call) if call.as_call("min") == Some(&of_date) => true,
        Some(call) if call.as_call("max") == Some(&of_date) => false,
        _ => return wrong(),
    };
    if !over
        .cloned()
        .eq(keys.iter().map(|key| Tree::column("d", key)))
    {
        return Err("a date that is picked of other groups".to_owned());
    }
    let condition = Tree::operator(
        "=",
        Tree::column("b", &dated_name),
        Tree::column("b", &picked_name),
    );
    if outer.condition.as_ref() != Some(&condition) {
        return Err("dates that are not the one that is picked".to_owned());
    }
    let mut met = 0;
    let mut target = |(name, tree): &(Option<String>, Tree)| {
        let of = match tree {
            Tree::Column(alias, _) if alias == "b" => tree.clone(),
            Tree::Node(..) => match (tree.as_call("max"), tree.as_call("bool_or")) {
                (Some([one @ Tree::Column(alias, _)]), _)
                | (_, Some([one @ Tree::Column(alias, _)]))
                    if alias == "b" =>
                {
                    one.clone()
                }
                // What says of which level a row is, or that there is one.
                _ => return Ok((name.clone(), tree.clone())),
            },
            // What is rolled up, and the number of a level.
            _ => return Ok((name.clone(), tree.clone())),
        };
        let Tree::Column(_, column) = of else {
            return wrong();
        };
        let inner = dated.targets.iter().enumerate();
        let mut inner = inner.filter(|(at, _)| *at != date);
        let found = inner.find(|(_, (known, _))| known.as_deref() == Some(&column));
        let Some((at, (_, inner))) = found else {
            return wrong();
        };
        // A key is a key, and what aggregates has its one value.
        if (at < date) != matches!(tree, Tree::Column(..)) {
            return wrong();
        }
        met += 1;
        Ok((name.clone(), inner.clone()))
    };
    let targets = outer
        .targets
        .iter()
        .map(&mut target)
        .collect::<Lowered<Vec<_>>>()?;
    if met + 1 != dated.targets.len() {
        return Err("a column beside a picked date that nobody reads".to_owned());
    }
    if !dated.steps.is_empty()
        || !dated.order.is_empty()
        || dated.limit.is_some()
        || dated.offset.is_some()
    {
        return wrong();
    }
    Ok(Select {
        targets,
        from: dated.from.clone(),
        condition: dated.condition.clone(),
        groups: outer.groups.clone(),
        picked: Some(Picked {
            over: dated.targets[date].1.clone(),
            first,
        }),
        ..Select::EMPTY
    })
}

/// The name of a column, by its place.
pub fn name_at(select: &Select, at: usize) -> Lowered<String> {
    let found = select.targets.get(at).and_then(|(name, _)| name.clone());
    found.ok_or_else(|| "a column without a name".to_owned())
}
