//! Far rows beside those of a source: the subselect that joins them, taken apart, so that what stands around
//! it reads near and far columns as if there were none.

use std::collections::HashMap;

use super::guard::{guarded, handed_out};
use super::lower::Lowered;
use super::meaning::Known;
use super::reach::{Path, Restricting, spelled};
use super::shape::{is_fenced, rows};
use super::tree::{Beside, From, Read, Select, Tree};

/// The alias of near rows, inside of the join and outside.
const NEAR: &str = "o";

/// What stands between a way and the column of the source that it leads to; no column of a catalog has it in
/// its name.
const BETWEEN: char = '\u{1f}';

/// The name of a far column where the join is taken apart: the way to it, and its own.
pub fn far_name(way: &str, column: &str) -> String {
    format!("{way}{BETWEEN}{column}")
}

/// The way and the column that such a name stands for.
pub fn far_column(name: &str) -> Option<(&str, &str)> {
    name.split_once(BETWEEN)
}

/// A hop on a way, behind what leads there: what is read, and the pairs of columns that are equal, here and
/// there. Steps of one statement may join a source under different aliases, but never in another way.
pub fn way(before: &str, (schema, name): (&str, &str), on: &[(&str, &str)]) -> String {
    format!("{before}>{schema}.{name}{on:?}")
}

/// The statement with every join taken apart.
pub fn taken_apart(statement: &Select, is_sqlite: bool) -> Lowered<Select> {
    let mut statement = statement.clone();
    for (_, step) in &mut statement.steps {
        take_apart(step, is_sqlite)?;
    }
    Ok(statement)
}

fn take_apart(step: &mut Select, is_sqlite: bool) -> Lowered<()> {
    for (_, inner) in &mut step.steps {
        take_apart(inner, is_sqlite)?;
    }
    if let Some(both) = &mut step.both {
        take_apart(&mut both.0, is_sqlite)?;
        take_apart(&mut both.1, is_sqlite)?;
    }
    let Some(mut read) = step.from.as_mut() else {
        return Ok(());
    };
    // Windows, groups that pass and members that are shown are beside what is read.
    while let From::Join { left, .. } | From::LeftJoin { left, .. } = read {
        read = left;
    }
    let is_join = |select: &Select| matches!(select.from, Some(From::LeftJoin { .. }));
    let From::Rows { select, alias } = &*read else {
        return Ok(());
    };
    if alias != NEAR || !is_join(select) {
        return Ok(());
    }
    let (beside, names) = beside(select, is_sqlite)?;
    *read = From::Beside(Box::new(beside));
    rename(step, &names)
}

/// The parts of a join, and what each of its columns is.
fn beside(join: &Select, is_sqlite: bool) -> Lowered<(Beside, HashMap<String, String>)> {
    let plain = Select {
        targets: join.targets.clone(),
        from: join.from.clone(),
        limit: join.limit.clone(),
        offset: join.offset.clone(),
        ..Select::EMPTY
    };
    if *join != plain {
        return Err("far rows are joined with a clause of their own".to_owned());
    }
    let mut reads = Vec::new();
    let mut from = join.from.as_ref();
    while let Some(From::LeftJoin { left, right, on }) = from {
        let From::Rows { select, alias } = &**right else {
            return Err("far rows that are not guarded".to_owned());
        };
        reads.push(Read {
            alias: alias.clone(),
            select: (**select).clone(),
            on: on.clone(),
        });
        from = Some(left);
    }
    reads.reverse();
    let near = rows(from, NEAR)?.clone();
    let ways = ways(&reads)?;
    let mut names = HashMap::new();
    for (name, tree) in &join.targets {
        let (name, meant) = match (name, tree) {
            (name, Tree::Column(alias, column)) => {
                let name = name.as_ref().unwrap_or(column);
                let at = reads.iter().position(|read| read.alias == *alias);
                match at {
                    Some(at) => (name, far_name(&ways[at], column)),
                    None if alias == NEAR => (name, column.clone()),
                    None => return Err(format!("a column of `{alias}`, which is not joined")),
                }
            }
            (Some(name), Tree::Number(one)) if name == "present" && one == "1" => {
                (name, name.clone())
            }
            _ => return Err("a join that hands out more than columns".to_owned()),
        };
        if names.insert(name.clone(), meant).is_some() {
            return Err(format!("a join with two columns `{name}`"));
        }
    }
    let is_fenced = is_fenced(join, is_sqlite)?;
    let beside = Beside {
        near,
        reads,
        ways,
        is_fenced,
    };
    Ok((beside, names))
}

/// The way to each of the far reads.
fn ways(reads: &[Read]) -> Lowered<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for read in reads {
        let guard = guarded_relation(&read.select)?;
        let mut before = NEAR;
        let mut on = Vec::new();
        for part in read.on.conjuncts() {
            let Some((Tree::Column(alias, there), Tree::Column(nearer, here))) =
                part.as_operator("=")
            else {
                return Err("far rows are joined by something else than columns".to_owned());
            };
            if *alias != read.alias {
                return Err("far rows are joined by columns of others".to_owned());
            }
            before = nearer;
            on.push((here.as_str(), there.as_str()));
        }
        let front = match reads.iter().position(|other| other.alias == before) {
            Some(at) => found
                .get(at)
                .ok_or("far rows are joined behind themselves")?,
            None => "",
        };
        found.push(way(front, guard, &on));
    }
    Ok(found)
}

/// The relation that guarded rows are read of, in one part or in two.
fn guarded_relation(select: &Select) -> Lowered<(&str, &str)> {
    match &select.from {
        Some(From::Relation { schema, name, .. }) => Ok((schema, name)),
        Some(From::Rows { select, .. }) => guarded_relation(select),
        _ => Err("far rows of something else than a relation".to_owned()),
    }
}

/// Gives every column that is read of the join the name of what it is.
fn rename(step: &mut Select, names: &HashMap<String, String>) -> Lowered<()> {
    let mut fault = None;
    let mut meant = |tree: Tree| {
        tree.rewrite(&mut |tree| match tree {
            Tree::Column(alias, name) if alias == NEAR => match names.get(&name) {
                Some(meant) => Tree::Column(alias, meant.clone()),
                None => {
                    fault = Some(format!("the join has no column `{name}`"));
                    Tree::Null
                }
            },
            other => other,
        })
    };
    let mut change = |tree: &mut Tree| {
        let taken = std::mem::replace(tree, Tree::Null);
        *tree = meant(taken);
    };
    for (name, tree) in &mut step.targets {
        // A target without a name of its own has that of its column.
        if let (None, Tree::Column(_, column)) = (&name, &*tree) {
            *name = Some(column.clone());
        }
        change(tree);
    }
    step.condition.iter_mut().for_each(&mut change);
    step.groups.iter_mut().for_each(&mut change);
    if let Some(running) = &mut step.running {
        change(&mut running.cut);
    }
    if let Some(picked) = &mut step.picked {
        change(&mut picked.over);
    }
    let mut from = step.from.as_mut();
    while let Some(From::Join { left, on, .. } | From::LeftJoin { left, on, .. }) = from {
        change(on);
        from = Some(left);
    }
    fault.map_or(Ok(()), Err)
}

/// The columns that guarded rows, and far ones beside them, hand out.
pub fn handed(from: Option<&From>, near: &Select) -> Vec<String> {
    let mut found: Vec<String> = near.targets.iter().filter_map(handed_out).collect();
    if let Some(beside) = join(from) {
        for (read, way) in beside.reads.iter().zip(&beside.ways) {
            let columns = read.select.targets.iter().filter_map(handed_out);
            found.extend(columns.map(|column| far_name(way, &column)));
        }
    }
    found
}

/// The join that a step reads, whatever else its rows meet.
fn join(from: Option<&From>) -> Option<&Beside> {
    match from {
        Some(From::Beside(beside)) => Some(beside),
        Some(From::Join { left, .. } | From::LeftJoin { left, .. }) => join(Some(left)),
        _ => None,
    }
}

/// Whether rows meet the groups that pass.
fn is_met(from: Option<&From>) -> bool {
    match from {
        Some(From::Join { left, right, .. } | From::LeftJoin { left, right, .. }) => {
            let is_passing = matches!(&**right, From::Relation { name, .. } if name == "passing");
            is_passing || is_met(Some(left))
        }
        _ => false,
    }
}

impl<'a> Known<'a> {
    /// The far rows that a step reads: those that are needed and no others, each guarded as its own source
    /// says, and joined by the columns of its relationship so that no near row is lost.
    pub fn check_reads(
        &self,
        from: Option<&From>,
        near: &Select,
        is_near_fenced: bool,
    ) -> Lowered<()> {
        let join = join(from);
        let found = join.map_or(&[][..], |join| &join.reads);
        // Rows that meet groups have the keys of those, though they are ranked by one of them alone.
        let needed = match is_met(from) {
            true => self.of_whole().needed()?,
            false => self.needed()?,
        };
        if found.len() != needed.len() {
            return Err(format!("{} far reads of {}", found.len(), needed.len()));
        }
        if join.is_some_and(|join| join.is_fenced != is_near_fenced) {
            return Err(
                "a join is fenced where its rows are not, or not where they are".to_owned(),
            );
        }
        let near: Vec<String> = near.targets.iter().filter_map(handed_out).collect();
        let (restricting, nothing) = (self.restricting()?, Restricting::default());
        for (position, (read, path)) in found.iter().zip(&needed).enumerate() {
            if read.alias != format!("j{}", position + 1) {
                return Err(format!("far rows called `{}`", read.alias));
            }
            let hop = path.last().ok_or("a path of no hops")?;
            let at = self.at(hop.to);
            // The rows that near ones have to find do not have to be found again beside them, but for what waits
            // in a guard, which must not look at others.
            let behind = match guarded(&read.select, self.is_sqlite)?.is_split() {
                true => restricting.behind(path).unwrap_or(&nothing),
                false => &nothing,
            };
            at.check_far(&read.select, behind)?;
            self.check_on(read, path, found, &needed, &near)?;
        }
        Ok(())
    }

    /// The condition of a join: the columns of the relationship, in their order.
    fn check_on(
        &self,
        read: &Read,
        path: &Path<'a>,
        reads: &[Read],
        needed: &[Path<'a>],
        near: &[String],
    ) -> Lowered<()> {
        let (hop, front) = path.split_last().ok_or("a path of no hops")?;
        let before = match front.is_empty() {
            true => None,
            false => {
                let written = spelled(front);
                let at = needed.iter().position(|known| spelled(known) == written);
                Some(at.ok_or("a path whose beginning is not joined")?)
            }
        };
        let of_before = before.and_then(|at| reads.get(at));
        let alias = of_before.map_or(NEAR, |read| read.alias.as_str());
        let handed: Vec<String> = match of_before {
            Some(read) => read.select.targets.iter().filter_map(handed_out).collect(),
            None => near.to_vec(),
        };
        let own: Vec<String> = read.select.targets.iter().filter_map(handed_out).collect();
        let mut found = read.on.conjuncts().into_iter();
        for (here, there) in hop.on() {
            let far = Tree::column(&read.alias, there);
            let wanted = Tree::operator("=", far, Tree::column(alias, here));
            if found.next() != Some(&wanted) {
                return Err(
                    "far rows are joined by something else than their relationship".to_owned(),
                );
            }
            if !handed.iter().any(|column| column == here) || !own.iter().any(|c| c == there) {
                return Err("far rows are joined by a column that nobody hands out".to_owned());
            }
        }
        match found.next() {
            None => Ok(()),
            Some(_) => Err("far rows are joined by more than their relationship".to_owned()),
        }
    }
}
