//! What totals add to a statement: steps before it where groups are tested or members ranked, and the page that
//! leaves totals alone.

use super::lower::Lowered;
use super::tree::{From, Head, Order, Select, Tree};

/// A statement, in two where groups are tested first.
pub struct Parts {
    /// The steps that find the groups that pass, and their keys.
    pub tested: Option<Select>,
    /// The steps that rank members, and the first of them.
    pub ranked: Option<Select>,
    /// The statement without them, and without what sets its page apart.
    pub rest: Select,
    pub is_paged: bool,
}

/// Takes apart what totals add to a statement.
pub fn parts(statement: &Select) -> Lowered<Parts> {
    let mut rest = statement.clone();
    let tested = steps_before(&mut rest, "passing", "tested_")?;
    let ranked = steps_before(&mut rest, "top", "ranked_")?;
    let is_paged = rest.steps.last().is_some_and(|(name, _)| name == "shown");
    let rest = match is_paged {
        true => unpaged(rest)?,
        false => rest,
    };
    Ok(Parts {
        tested,
        ranked,
        rest,
        is_paged,
    })
}

/// Takes the steps up to one off a statement, as a statement of its own.
fn steps_before(rest: &mut Select, last: &str, prefix: &str) -> Lowered<Option<Select>> {
    let Some(at) = rest.steps.iter().position(|(name, _)| name == last) else {
        return Ok(None);
    };
    let behind = rest.steps.split_off(at + 1);
    let mut steps = std::mem::replace(&mut rest.steps, behind);
    let (_, mut found) = steps.pop().ok_or("no step")?;
    for (name, step) in &mut steps {
        let own = name.strip_prefix(prefix);
        *name = own.ok_or("a step among those of others")?.to_owned();
        own_names(step, prefix)?;
    }
    own_names(&mut found, prefix)?;
    if !found.steps.is_empty() {
        return Err(format!("steps within `{last}`"));
    }
    Ok(Some(Select { steps, ..found }))
}

/// Steps that are read by the names that they have where nothing is tested first.
fn own_names(select: &mut Select, prefix: &str) -> Lowered<()> {
    if let Some(both) = &mut select.both {
        own_names(&mut both.0, prefix)?;
        own_names(&mut both.1, prefix)?;
    }
    let from = select.from.as_mut();
    from.map_or(Ok(()), |from| own_names_read(from, prefix))
}

fn own_names_read(from: &mut From, prefix: &str) -> Lowered<()> {
    match from {
        From::Relation {
            schema,
            name,
            alias: Some(alias),
        } if schema.is_empty() && alias == "g" => {
            let own = name.strip_prefix(prefix);
            *name = own.ok_or("a step that is not among its own")?.to_owned();
            Ok(())
        }
        From::Rows { select, .. } => own_names(select, prefix),
        _ => Ok(()),
    }
}

/// The result as it would be without a page: the groups' own page and the totals behind it become one order.
fn unpaged(mut statement: Select) -> Lowered<Select> {
    let wrong = || "a page of another form".to_owned();
    let (_, shown) = statement.steps.pop().ok_or_else(wrong)?;
    let column = |name: &str| Tree::column("r", name);
    let of_shown = |select: &Select| {
        let from = From::Relation {
            schema: String::new(),
            name: "shown".to_owned(),
            alias: Some("r".to_owned()),
        };
        select.targets == [(None, Tree::All)] && select.from.as_ref() == Some(&from)
    };
    let union = super::shape::rows(statement.from.as_ref(), "r")?;
    let (left, totals) = union.both.as_deref().ok_or_else(wrong)?;
    let page = super::shape::rows(left.from.as_ref(), "r")?;
    let (level, sign) = match &page.condition {
        Some(Tree::Node(Head::Operator(sign), parts)) => match parts.as_slice() {
            [Tree::Column(alias, name), Tree::Number(zero)] if alias == "r" && zero == "0" => {
                (name.clone(), sign.as_str())
            }
            _ => return Err(wrong()),
        },
        _ => return Err(wrong()),
    };
    let above = Tree::operator(">", column(&level), Tree::Number("0".to_owned()));
    let plain_left = Select {
        targets: vec![(None, Tree::All)],
        from: left.from.clone(),
        ..Select::EMPTY
    };
    let plain_page = Select {
        targets: page.targets.clone(),
        from: page.from.clone(),
        condition: page.condition.clone(),
        order: page.order.clone(),
        limit: page.limit.clone(),
        offset: page.offset.clone(),
        ..Select::EMPTY
    };
    let plain_totals = Select {
        targets: totals.targets.clone(),
        from: totals.from.clone(),
        condition: Some(above),
        ..Select::EMPTY
    };
    let plain_result = Select {
        steps: statement.steps.clone(),
        targets: statement.targets.clone(),
        from: statement.from.clone(),
        order: statement.order.clone(),
        ..Select::EMPTY
    };
    let is_plain = sign == "="
        && of_shown(page)
        && of_shown(totals)
        && *left == plain_left
        && *page == plain_page
        && *totals == plain_totals
        && statement == plain_result;
    let by_level = Order {
        by: column(&level),
        descending: false,
        nulls_first: None,
    };
    let order: Vec<Order> = [by_level].into_iter().chain(page.order.clone()).collect();
    let (limit, offset) = (page.limit.clone(), page.offset.clone());
    if !is_plain || statement.order != order {
        return Err(wrong());
    }
    if !shown.steps.is_empty()
        || !shown.order.is_empty()
        || shown.limit.is_some()
        || shown.offset.is_some()
    {
        return Err(wrong());
    }
    // What is shown stands first, under its own name; the rest is there for the order.
    let count = statement.targets.len();
    let names = shown.targets.iter().map(|(name, _)| name.as_deref());
    let named = statement
        .targets
        .iter()
        .map(|(name, tree)| match (name, tree) {
            (Some(name), found) if *found == column(name) => Some(name.as_str()),
            _ => None,
        });
    let named: Vec<Option<&str>> = named.collect();
    if named.contains(&None) || !names.clone().take(count).eq(named) {
        return Err(wrong());
    }
    let is_ordered_by = |name: &str| order.iter().any(|order| order.by == column(name));
    if !names
        .skip(count)
        .all(|name| name.is_some_and(is_ordered_by))
    {
        return Err("a column that is neither shown nor ordered by".to_owned());
    }
    let of_name = |tree: &Tree| match tree {
        Tree::Column(alias, name) if alias == "r" => {
            let mut all = shown.targets.iter();
            let found = all.find(|(known, _)| known.as_deref() == Some(name));
            found.map(|(_, tree)| tree.clone()).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    };
    let order = order.iter().map(|order| {
        Ok(Order {
            by: of_name(&order.by)?,
            ..order.clone()
        })
    });
    Ok(Select {
        order: order.collect::<Lowered<_>>()?,
        steps: statement.steps,
        targets: shown.targets.iter().take(count).cloned().collect(),
        from: shown.from,
        condition: shown.condition,
        groups: shown.groups,
        both: shown.both,
        limit,
        offset,
        picked: None,
        running: None,
    })
}
