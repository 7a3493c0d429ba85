//! The shape of a statement: groups over guarded rows, combined where there are several, levels of
//! computed columns, labels beside.

use super::lower::Lowered;
use super::tree::{From, Select, Tree};

/// A statement, taken apart.
pub struct Layout<'s> {
    /// The steps that group, one for each source and period.
    pub legs: Vec<Leg<'s>>,
    /// The step that combines them, where there are several.
    pub combined: Option<&'s Select>,
    /// The step that fills gaps, where that is asked for, and the one that it fills.
    pub filled: Option<(&'s Select, &'static str)>,
    /// The step that places groups among all of them.
    pub placed: Option<&'s Select>,
    /// The steps above.
    pub levels: Vec<&'s Select>,
    /// The last `SELECT`.
    pub result: &'s Select,
    /// The labels beside it: alias, guarded rows, condition.
    pub labels: Vec<(&'s str, &'s Select, &'s Tree)>,
}

/// A step that groups.
pub struct Leg<'s> {
    pub name: &'s str,
    /// One, unless the levels of totals have passes of their own.
    pub passes: Vec<Pass<'s>>,
}

/// Groups of guarded rows.
pub struct Pass<'s> {
    pub grouped: &'s Select,
    /// The guarded rows that it reads.
    pub facts: &'s Select,
    /// The windows that rows are beside, and how they meet them.
    pub windows: Option<(&'s Vec<(String, Tree)>, &'s Tree)>,
    /// How rows meet the groups that pass, where they have to.
    pub joined: Option<&'s Tree>,
    /// How rows meet the members that are shown, and whether rows that meet none are kept.
    pub topped: Option<(&'s Tree, bool)>,
}

/// `OFFSET 0`, or `LIMIT -1 OFFSET 0` on SQLite; nothing at all is no fence.
pub fn is_fenced(select: &Select, is_sqlite: bool) -> Lowered<bool> {
    let number = |text: &str| Some(Tree::Number(text.to_owned()));
    let fence = if is_sqlite { number("-1") } else { None };
    match (&select.limit, &select.offset) {
        (None, None) => Ok(false),
        (limit, offset) if *limit == fence && *offset == number("0") => Ok(true),
        _ => Err("a page inside of the statement".to_owned()),
    }
}

/// Refuses the clauses that a step has no use for.
fn check_step(select: &Select, what: &str) -> Lowered<()> {
    if select.both.is_some() {
        return Err(format!("{what} is a set operation"));
    }
    if !select.steps.is_empty() || !select.order.is_empty() {
        return Err(format!("{what} has steps or an order"));
    }
    if select.targets.iter().any(|(name, _)| name.is_none()) {
        return Err(format!("{what} has a column without a name"));
    }
    Ok(())
}

/// The rows of a subselect of this alias.
pub fn rows<'s>(from: Option<&'s From>, wanted: &str) -> Lowered<&'s Select> {
    match from {
        Some(From::Rows { select, alias }) if alias == wanted => Ok(select),
        Some(From::Beside(beside)) if wanted == "o" => Ok(&beside.near),
        _ => Err(format!("no subselect `{wanted}`")),
    }
}

pub fn check_step_read(from: Option<&From>, step: &str) -> Lowered<()> {
    match from {
        Some(From::Relation {
            schema,
            name,
            alias: Some(alias),
        }) if schema.is_empty() && name == step && alias == "g" => Ok(()),
        _ => Err(format!("something else is read than the step `{step}`")),
    }
}

/// Takes a statement apart.
pub fn layout(statement: &Select, is_sqlite: bool) -> Lowered<Layout<'_>> {
    let is_leg = |(name, _): &&(String, Select)| name.starts_with("grouped");
    let count = statement.steps.iter().take_while(is_leg).count();
    let (grouped, mut above) = statement.steps.split_at(count);
    let legs = grouped.iter().enumerate();
    let legs = legs.map(|(position, (name, grouped))| leg(position, name, grouped, is_sqlite));
    let legs = legs.collect::<Lowered<Vec<_>>>()?;
    let mut below = match legs.as_slice() {
        [] => return Err("no steps that group".to_owned()),
        [only] => only.name,
        _ => "combined",
    };
    let mut combined = None;
    if legs.len() > 1 {
        let [(name, step), rest @ ..] = above else {
            return Err("no step combines the groups".to_owned());
        };
        if name != below || is_fenced(step, is_sqlite)? {
            return Err(format!("a step `{name}` where `{below}` has to be"));
        }
        check_step(step, name)?;
        combined = Some(step);
        above = rest;
    }
    let mut filled = None;
    if let [(name, step), rest @ ..] = above
        && name == "filled"
    {
        check_step(step, name)?;
        if is_fenced(step, is_sqlite)? {
            return Err("filled gaps are fenced".to_owned());
        }
        let filled_step = if legs.len() > 1 {
            "combined"
        } else {
            "grouped"
        };
        filled = Some((step, filled_step));
        (below, above) = ("filled", rest);
    }
    let mut placed = None;
    if let [rest @ .., (name, step)] = above
        && name == "placed"
    {
        check_step(step, name)?;
        if is_fenced(step, is_sqlite)? || !step.groups.is_empty() {
            return Err("groups are placed behind a fence, or grouped".to_owned());
        }
        (placed, above) = (Some(step), rest);
    }
    let mut levels = Vec::with_capacity(above.len());
    for (position, (name, level)) in above.iter().enumerate() {
        let wanted = match position {
            0 => "derived".to_owned(),
            _ => format!("derived_{}", position + 1),
        };
        if *name != wanted {
            return Err(format!("a step `{name}` where `{wanted}` has to be"));
        }
        check_step(level, name)?;
        is_fenced(level, is_sqlite)?;
        check_step_read(level.from.as_ref(), below)?;
        if level.condition.is_some() || !level.groups.is_empty() {
            return Err(format!("the step `{name}` filters or groups"));
        }
        below = name;
        levels.push(level);
    }
    if let Some(step) = placed {
        check_step_read(step.from.as_ref(), below)?;
        below = "placed";
    }
    let mut labels = Vec::new();
    let mut from = statement.from.as_ref();
    while let Some(From::LeftJoin { left, right, on }) = from {
        let From::Rows { select, alias } = &**right else {
            return Err("labels that are not guarded".to_owned());
        };
        labels.push((alias.as_str(), &**select, on));
        from = Some(left);
    }
    labels.reverse();
    check_step_read(from, below)?;
    if !statement.groups.is_empty() {
        return Err("the result groups".to_owned());
    }
    if statement.targets.iter().any(|(name, _)| name.is_none()) {
        return Err("the result has a column without a name".to_owned());
    }
    Ok(Layout {
        legs,
        combined,
        filled,
        placed,
        levels,
        result: statement,
        labels,
    })
}

/// A step that groups: `grouped`, `grouped_2` and so on.
fn leg<'s>(
    position: usize,
    name: &'s str,
    grouped: &'s Select,
    is_sqlite: bool,
) -> Lowered<Leg<'s>> {
    let wanted = match position {
        0 => "grouped".to_owned(),
        _ => format!("grouped_{}", position + 1),
    };
    if name != wanted {
        return Err(format!("a step `{name}` where `{wanted}` has to be"));
    }
    let passes = passes(grouped).into_iter();
    let passes = passes.map(|grouped| pass(name, grouped, is_sqlite));
    let passes = passes.collect::<Lowered<Vec<_>>>()?;
    Ok(Leg { name, passes })
}

/// The sides of a union.
fn passes(select: &Select) -> Vec<&Select> {
    match select.both.as_deref() {
        Some((left, right)) => {
            let mut all = passes(left);
            all.extend(passes(right));
            all
        }
        None => vec![select],
    }
}

fn pass<'s>(name: &str, grouped: &'s Select, is_sqlite: bool) -> Lowered<Pass<'s>> {
    check_step(grouped, name)?;
    if is_fenced(grouped, is_sqlite)? {
        return Err("groups that are fenced".to_owned());
    }
    let is_step = |from: &From, step: &str, of: &str| match from {
        From::Relation {
            schema,
            name,
            alias: Some(alias),
        } => schema.is_empty() && name == step && alias == of,
        _ => false,
    };
    let (from, topped) = match grouped.from.as_ref() {
        Some(From::LeftJoin { left, right, on }) if is_step(right, "top", "q") => {
            (Some(&**left), Some((on, true)))
        }
        Some(From::Join { left, right, on }) if is_step(right, "top", "q") => {
            (Some(&**left), Some((on, false)))
        }
        from => (from, None),
    };
    let (from, joined) = match from {
        Some(From::Join { left, right, on }) if is_step(right, "passing", "p") => {
            (Some(&**left), Some(on))
        }
        from => (from, None),
    };
    let (from, windows) = match from {
        Some(From::Join { left, right, on }) => match &**right {
            From::Lists { lists, alias } if alias == "w" => (Some(&**left), Some((lists, on))),
            _ => return Err("rows that are joined with something else".to_owned()),
        },
        Some(From::LeftJoin { .. }) => {
            return Err("rows that are joined with something else".to_owned());
        }
        from => (from, None),
    };
    Ok(Pass {
        grouped,
        facts: rows(from, "o")?,
        windows,
        joined,
        topped,
    })
}

/// `GROUP BY 1, 2, ..`, over the first columns.
pub fn check_groups(select: &Select, count: usize) -> Lowered<()> {
    let wanted = (1..=count).map(|position| Tree::Number(position.to_string()));
    if select.groups.iter().cloned().eq(wanted) {
        Ok(())
    } else {
        Err(format!("the groups are not the first {count} columns"))
    }
}

/// Every column of an expression is one of an alias that is in scope, and that it hands out. What
/// stands in a subselect of the expression is looked at on its own.
pub fn check_scope(tree: &Tree, is_known: &dyn Fn(&str, &str) -> bool) -> Lowered<()> {
    let mut waiting = vec![tree];
    while let Some(tree) = waiting.pop() {
        match tree {
            Tree::Column(alias, name) if !is_known(alias, name) => {
                return Err(format!("the column `{alias}.{name}` is not in scope"));
            }
            Tree::Node(_, parts) => waiting.extend(parts),
            Tree::Among(tested, _) => waiting.push(tested),
            _ => {}
        }
    }
    Ok(())
}
