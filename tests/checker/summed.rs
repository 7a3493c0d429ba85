//! Sums that are taken before far rows are joined to them, made into the groups of joined rows that they are
//! instead of; and sums of members that are ranked by them, made into the rows that these are of.

use std::collections::HashMap;

use super::lower::Lowered;
use super::running::{adds_up, is_plain};
use super::shape::check_groups;
use super::tree::{From, Head, Select, Tree};

/// The alias of near rows, of sums of them, and of what both are joined in.
const NEAR: &str = "o";

/// What stands behind the name of a far column, so that it is none of a near one.
const FAR: char = '\u{1e}';

/// The statement with the groups of every step as groups of joined rows.
pub fn unsummed(mut statement: Select, is_sqlite: bool) -> Lowered<Select> {
    of_members(&mut statement, is_sqlite)?;
    for (_, step) in &mut statement.steps {
        unsum(step, is_sqlite)?;
    }
    Ok(statement)
}

/// The step that has the sums of members, where these are ranked by them: taken out, and put into what reads it.
fn of_members(statement: &mut Select, is_sqlite: bool) -> Lowered<()> {
    let names: Vec<&str> = statement
        .steps
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let ["summed", "ranked_grouped", ..] = names.as_slice() else {
        return Ok(());
    };
    let (_, summed) = statement.steps.remove(0);
    let sums = Sums::new(&summed, is_sqlite)?;
    for (name, step) in &mut statement.steps {
        match name.as_str() {
            "ranked_grouped" => *step = sums.ranked(step, &summed)?,
            "grouped" => sums.of_shown(step)?,
            _ => {}
        }
    }
    Ok(())
}

/// Whether the step of sums is read under an alias.
fn reads_sums(from: &From, wanted: &str) -> bool {
    match from {
        From::Relation {
            schema,
            name,
            alias,
        } => schema.is_empty() && name == "summed" && alias.as_deref() == Some(wanted),
        _ => false,
    }
}

fn unsum(step: &mut Select, is_sqlite: bool) -> Lowered<()> {
    if let Some(both) = &mut step.both {
        unsum(&mut both.0, is_sqlite)?;
        return unsum(&mut both.1, is_sqlite);
    }
    let Some(join) = joined(step.from.as_ref()) else {
        return Ok(());
    };
    let Some((sums, join)) = bottom(join).map(|sums| (sums.clone(), join.clone())) else {
        return Ok(());
    };
    if step.condition.is_some() || !matches!(step.from, Some(From::Rows { .. })) {
        return Err("sums that are taken first meet something else".to_owned());
    }
    let sums = Sums::new(&sums, is_sqlite)?;
    let (join, handed) = sums.of_rows(join)?;
    for (_, tree) in &mut step.targets {
        *tree = match sums.whole(tree, &handed)? {
            Some(whole) => whole,
            None => sums.parts_of(tree, &handed)?,
        };
    }
    step.from = Some(From::Rows {
        select: Box::new(join),
        alias: NEAR.to_owned(),
    });
    Ok(())
}

/// The join that a step reads.
fn joined(from: Option<&From>) -> Option<&Select> {
    match from? {
        From::Rows { select, alias } if alias == NEAR => match select.from {
            Some(From::LeftJoin { .. }) => Some(select),
            _ => None,
        },
        From::Join { left, .. } | From::LeftJoin { left, .. } => joined(Some(left)),
        _ => None,
    }
}

/// The sums that a join is of, where it is.
fn bottom(join: &Select) -> Option<&Select> {
    let mut from = join.from.as_ref();
    while let Some(From::LeftJoin { left, .. }) = from {
        from = Some(left);
    }
    match from? {
        From::Rows { select, alias } if alias == NEAR && !select.groups.is_empty() => Some(select),
        _ => None,
    }
}

/// Sums of rows.
struct Sums<'s> {
    is_sqlite: bool,
    rows: &'s From,
    /// What groups are by.
    by: HashMap<&'s str, &'s Tree>,
    /// What is of each.
    of: HashMap<&'s str, &'s Tree>,
}

impl<'s> Sums<'s> {
    fn new(sums: &'s Select, is_sqlite: bool) -> Lowered<Self> {
        let count = sums.groups.len();
        check_groups(sums, count)?;
        if !is_plain(sums) || sums.condition.is_some() || count > sums.targets.len() {
            return Err("sums with a clause of their own".to_owned());
        }
        let mut named = Vec::with_capacity(sums.targets.len());
        for (name, tree) in &sums.targets {
            let name = name.as_deref().ok_or("a sum without a name")?;
            if named.iter().any(|(known, _)| *known == name) {
                return Err(format!("two sums `{name}`"));
            }
            named.push((name, tree));
        }
        let of = named.split_off(count);
        match &sums.from {
            Some(rows @ From::Rows { alias, .. }) if alias == NEAR => Ok(Self {
                is_sqlite,
                rows,
                by: named.into_iter().collect(),
                of: of.into_iter().collect(),
            }),
            _ => Err("sums of something else than rows".to_owned()),
        }
    }

    /// What ranks members by sums, of their rows.
    fn ranked(&self, step: &Select, summed: &Select) -> Lowered<Select> {
        let is_read = step.from.as_ref().is_some_and(|from| reads_sums(from, "g"));
        if !is_plain(step) || step.condition.is_some() || !step.groups.is_empty() || !is_read {
            return Err("members are ranked by more than their sums".to_owned());
        }
        let mut targets = Vec::with_capacity(step.targets.len());
        for (at, (name, tree)) in step.targets.iter().enumerate() {
            let Tree::Column(alias, column) = tree else {
                return Err("members are ranked by more than their sums".to_owned());
            };
            let known = if at < self.by.len() {
                &self.by
            } else {
                &self.of
            };
            let tree = known.get(column.as_str()).filter(|_| alias == "g");
            let tree = tree.ok_or("members are ranked by what is no sum of them")?;
            targets.push((name.clone(), (*tree).clone()));
        }
        Ok(Select {
            targets,
            from: summed.from.clone(),
            groups: summed.groups.clone(),
            ..Select::EMPTY
        })
    }

    /// Groups of members that are shown, of their rows.
    fn of_shown(&self, step: &mut Select) -> Lowered<()> {
        let names = self.by.keys().chain(self.of.keys());
        let handed = names.map(|name| ((*name).to_owned(), None)).collect();
        for (_, tree) in &mut step.targets {
            *tree = match self.whole(tree, &handed)? {
                Some(whole) => whole,
                None => self.parts_of(tree, &handed)?,
            };
        }
        let Some(From::Join { left, on, .. } | From::LeftJoin { left, on, .. }) = &mut step.from
        else {
            return Err("groups of members that are not ranked".to_owned());
        };
        if step.condition.is_some() || !reads_sums(left, NEAR) {
            return Err("groups of something else than the sums of members".to_owned());
        }
        **left = self.rows.clone();
        *on = self.parts_of(on, &handed)?;
        Ok(())
    }

    /// The same join of the rows themselves, and what the names of the join are: of far columns the new one, and
    /// nothing of what is handed on of sums.
    fn of_rows(&self, mut join: Select) -> Lowered<(Select, HashMap<String, Option<String>>)> {
        let plain = Select {
            targets: join.targets.clone(),
            from: join.from.clone(),
            ..Select::EMPTY
        };
        if join != plain {
            return Err("far rows are joined to sums with a clause of their own".to_owned());
        }
        let mut handed = HashMap::new();
        let mut targets = Vec::new();
        for column in self.columns() {
            targets.push((None, Tree::column(NEAR, &column)));
        }
        for (name, tree) in std::mem::take(&mut join.targets) {
            let Tree::Column(alias, column) = &tree else {
                return Err("a join of sums that hands out more than columns".to_owned());
            };
            let shown = name.clone().unwrap_or_else(|| column.clone());
            let is_sum = alias == NEAR;
            let is_known =
                self.by.contains_key(column.as_str()) || self.of.contains_key(column.as_str());
            if is_sum && (!is_known || shown != *column) {
                return Err(format!("the sums have no column `{shown}`"));
            }
            let renamed = (!is_sum).then(|| format!("{shown}{FAR}"));
            if let Some(renamed) = &renamed {
                targets.push((Some(renamed.clone()), tree.clone()));
            }
            if handed.insert(shown.clone(), renamed).is_some() {
                return Err(format!("a join with two columns `{shown}`"));
            }
        }
        join.targets = targets;
        let mut from = join.from.as_mut();
        while let Some(From::LeftJoin { left, on, .. }) = from {
            *on = self.linked(on)?;
            from = Some(left);
        }
        if let Some(from) = from {
            *from = self.rows.clone();
        }
        Ok((join, handed))
    }

    /// The columns of rows that anything looks at.
    fn columns(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting: Vec<&Tree> = self.by.values().chain(self.of.values()).copied().collect();
        while let Some(tree) = waiting.pop() {
            match tree {
                Tree::Column(alias, name) if alias == NEAR => found.push(name.clone()),
                Tree::Node(_, parts) => waiting.extend(parts),
                Tree::Among(tested, _) => waiting.push(tested),
                _ => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A condition on sums, of the rows that are in them: by a column that is the same for all of these.
    fn linked(&self, on: &Tree) -> Lowered<Tree> {
        let mut fault = None;
        let found = on.clone().rewrite(&mut |tree| match tree {
            Tree::Column(alias, name) if alias == NEAR => match self.by.get(name.as_str()) {
                Some(column @ Tree::Column(..)) => (*column).clone(),
                _ => {
                    fault = Some(format!("far rows are joined by `{name}`"));
                    Tree::Null
                }
            },
            other => other,
        });
        fault.map_or(Ok(found), Err)
    }

    /// The aggregate over all rows that one over sums is instead of.
    fn whole(
        &self,
        tree: &Tree,
        handed: &HashMap<String, Option<String>>,
    ) -> Lowered<Option<Tree>> {
        let (tree, is_cast) = match tree.as_cast() {
            Some((inner, "int8")) => (inner, true),
            _ => (tree, false),
        };
        let (tree, is_zero) = match tree {
            Tree::Node(Head::Coalesce, parts) => match parts.as_slice() {
                [inner, Tree::Number(zero)] if zero == "0" => (inner, true),
                _ => (tree, false),
            },
            _ => (tree, false),
        };
        let mut functions = ["sum", "min", "max"].into_iter();
        let Some((function, [Tree::Column(alias, name)])) =
            functions.find_map(|function| Some((function, tree.as_call(function)?)))
        else {
            return Ok(None);
        };
        let Some(part) = self.of.get(name.as_str()) else {
            return Ok(None);
        };
        if alias != NEAR || !handed.contains_key(name) {
            return Err(format!("an aggregate of `{alias}.{name}`, which is no sum"));
        }
        let is_count = matches!(part, Tree::Node(Head::Call { name, .. }, _) if name == "count");
        // A count is zero where there is no row, and a whole number, which of SQLite's any is.
        if is_count != is_zero || is_cast != (is_count && !self.is_sqlite) {
            return Err("counts that are put together in another way".to_owned());
        }
        adds_up(
            part,
            if is_count && function == "sum" {
                "count"
            } else {
                function
            },
        )?;
        Ok(Some((*part).clone()))
    }

    /// What is computed of groups, of rows: of what is the same for those of a sum.
    fn parts_of(&self, tree: &Tree, handed: &HashMap<String, Option<String>>) -> Lowered<Tree> {
        let mut fault = None;
        let found = replaced(
            tree,
            &mut |name| match (handed.get(name), self.by.get(name)) {
                (Some(Some(far)), _) => Some(Tree::column(NEAR, far)),
                (Some(None), Some(of_rows)) => Some((*of_rows).clone()),
                _ => {
                    fault = Some(format!("groups of sums are by `{name}`"));
                    None
                }
            },
        );
        match fault {
            Some(fault) => Err(fault),
            None => Ok(found),
        }
    }
}

/// The tree with its near columns replaced, each once.
fn replaced(tree: &Tree, by: &mut dyn FnMut(&str) -> Option<Tree>) -> Tree {
    match tree {
        Tree::Column(alias, name) if alias == NEAR => by(name).unwrap_or(Tree::Null),
        Tree::Node(head, parts) => {
            let parts: Vec<Tree> = parts.iter().map(|part| replaced(part, by)).collect();
            Tree::Node(head.clone(), parts)
        }
        Tree::Among(tested, among) => Tree::Among(Box::new(replaced(tested, by)), among.clone()),
        other => other.clone(),
    }
}
