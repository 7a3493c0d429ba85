//! Totals: which levels of groups there have to be, how a row says of which it is, and that totals are of
//! the groups that pass and of all of them (R17).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use measurand::{DataType, Grain, RequestKind, SubtotalRequest};

use super::form::form;
use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::normal::normal;
use super::outside::{Asked, Columns, count_of_rows};
use super::shape::{Layout, Pass, check_groups, check_scope};
use super::top::{Top, case};
use super::tree::{Head, Order, Select, Tree};
use super::values::PostgresType;
use super::windows::is_period;

/// The form of the column that says of which level a row is.
pub static LEVEL: LazyLock<u64> = LazyLock::new(|| form(&Tree::column("level", ""), false));

/// The dimensions that a level is by; the others are rolled up.
pub type By = BTreeSet<usize>;

/// The levels of groups.
#[derive(Default)]
pub struct Levels {
    /// With the groups themselves and the grand total; none where no totals are asked for.
    wanted: BTreeSet<By>,
    /// Whether groups are tested before rows are summed up.
    pub of_passing: bool,
    /// The names of the keys of the groups that pass.
    pub passing: Vec<String>,
    /// The members that are shown, where not all are.
    pub top: Option<Top>,
    /// Whether it is of steps before the ones that are shown.
    pub is_before: bool,
    /// The levels by their number in the statement.
    pub numbers: BTreeMap<u32, By>,
}

impl Levels {
    pub fn are_there(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// What holds where groups are tested, before anything else.
    pub fn tested() -> Levels {
        Levels {
            is_before: true,
            ..Levels::default()
        }
    }

    /// What holds for the rows alone, where nothing is summed up.
    pub fn of_rows(&self) -> Levels {
        Levels {
            of_passing: self.of_passing,
            passing: self.passing.clone(),
            is_before: true,
            ..Levels::default()
        }
    }

    /// Whether a column tells members that are shown from others.
    pub fn tells_others(&self) -> bool {
        self.top.as_ref().is_some_and(|top| top.kept.is_some())
    }

    /// Whether members of a dimension are ranked.
    pub fn ranks(&self, position: usize) -> bool {
        self.top.as_ref().is_some_and(|top| top.key == position)
    }

    /// What rows of the result have to be, where others are there for totals alone.
    pub fn hides(&self) -> Option<Tree> {
        let top = self.top.as_ref()?;
        let by_it = self.numbers.iter().filter(|(_, by)| by.contains(&top.key));
        let by_it: Vec<u32> = by_it.map(|(number, _)| *number).collect();
        top.hides(self.are_there().then_some(by_it))
    }

    /// Whether rows of the result are of several levels, where the members of what stands behind so many
    /// dimensions are columns.
    pub fn are_of_rows(&self, dimensions: usize) -> bool {
        let by_members = self.wanted.iter().filter(|by| by.contains(&dimensions));
        by_members.count() > 1
    }

    /// The levels of the rows, of which each has groups by members, of an even number, and may have one of all.
    pub fn turned(self, dimensions: usize) -> Lowered<Levels> {
        let are_there = self.are_of_rows(dimensions);
        let rows = |by: &By| -> By { by.iter().copied().filter(|at| *at != dimensions).collect() };
        let mut numbers = BTreeMap::new();
        for (number, by) in &self.numbers {
            let is_of_all = !by.contains(&dimensions);
            if number % 2 != u32::from(is_of_all) {
                return Err("members that are told by another bit than the last".to_owned());
            }
            let known = numbers.insert(number / 2, rows(by));
            if known.is_some_and(|known| known != rows(by)) {
                return Err("groups of a row with numbers that do not belong together".to_owned());
            }
        }
        Ok(Levels {
            wanted: match are_there {
                true => self.wanted.iter().map(rows).collect(),
                false => BTreeSet::new(),
            },
            numbers: match are_there {
                true => numbers,
                false => BTreeMap::new(),
            },
            ..self
        })
    }

    /// Reads what the numbers of levels mean, which has to be the same in every leg.
    pub fn read(&mut self, layout: &Layout<'_>, legs: &[&Known<'_>]) -> Lowered<()> {
        if !self.are_there() {
            return Ok(());
        }
        let mut count = 0;
        for (position, (leg, known)) in layout.legs.iter().zip(legs).enumerate() {
            let asked = known.asked()?;
            count = asked.len();
            let mut numbers = BTreeMap::new();
            for pass in &leg.passes {
                for (number, by) in known.levels_of(pass.grouped, &asked, self.top.as_ref())? {
                    if numbers.insert(number, by).is_some() {
                        return Err("two levels of one number".to_owned());
                    }
                }
            }
            if position > 0 && numbers != self.numbers {
                return Err("legs that number levels in different ways".to_owned());
            }
            self.numbers = numbers;
        }
        let found: Vec<&By> = self.numbers.values().collect();
        let is_finer_first = found.iter().enumerate().all(|(at, by)| {
            let mut later = found.iter().skip(at + 1);
            !later.any(|later| later.is_superset(by))
        });
        let is_wanted = found
            .iter()
            .map(|by| (*by).clone())
            .collect::<BTreeSet<By>>()
            == self.wanted;
        let starts = self.numbers.get(&0).is_some_and(|by| by.len() == count);
        match is_wanted && is_finer_first && starts {
            true => Ok(()),
            false => Err("the levels are not those that were asked for".to_owned()),
        }
    }
}

impl<'a> Known<'a> {
    /// The levels that are asked for: without dimensions the one row is the total already, and a count has none.
    pub fn levels(&self, asked: &[Asked<'a>], metrics: &Metrics<'_, 'a>) -> Lowered<Levels> {
        let totals = self.request.totals.as_ref();
        let is_aggregate = self.request.kind == RequestKind::Aggregate;
        let rows = asked.len() - usize::from(self.pivot.is_some());
        let (shown, _) = asked.split_at(rows);
        let totals = totals.filter(|_| is_aggregate && !shown.is_empty());
        let tests_apart = totals.is_some() || self.has_top();
        let levels = Levels {
            of_passing: tests_apart && !self.group_conditions(metrics)?.is_empty(),
            ..Levels::default()
        };
        let mut wanted = BTreeSet::from([(0..rows).collect()]);
        if let Some(totals) = totals {
            wanted.insert(By::new());
            for by in &totals.by {
                let keys = match by {
                    SubtotalRequest::By(key) => std::slice::from_ref(key),
                    SubtotalRequest::Together(keys) => keys.as_slice(),
                };
                let by = keys.iter().map(|key| self.bucket(key, shown));
                wanted.insert(
                    by.collect::<Option<By>>()
                        .ok_or("totals by what is not asked for")?,
                );
            }
        }
        if let Some(pivot) = self.pivot {
            let by_members = wanted
                .iter()
                .map(|by| by.iter().copied().chain([rows]).collect());
            let by_members: Vec<By> = by_members.collect();
            // The grand total is there though there is no member.
            wanted.retain(|by| pivot.shows_total || by.is_empty() && totals.is_some());
            wanted.extend(by_members);
        }
        match wanted.len() {
            1 => Ok(levels),
            _ => Ok(Levels { wanted, ..levels }),
        }
    }

    /// Whether the page has to leave totals alone.
    pub fn pages_apart(&self, levels: &Levels, asked: &[Asked<'a>]) -> bool {
        let limit = self.request.limit.or(self.max_limit);
        self.sums_up(levels, asked) && (limit.is_some() || self.request.offset.is_some())
    }

    /// Whether rows of the result are of several levels.
    pub fn sums_up(&self, levels: &Levels, asked: &[Asked<'a>]) -> bool {
        match self.pivot {
            Some(_) => levels.are_of_rows(asked.len() - 1),
            None => levels.are_there(),
        }
    }

    /// The levels of a pass, by number: of all sets of keys, or of the one that it groups by.
    fn levels_of(
        &self,
        grouped: &Select,
        asked: &[Asked<'a>],
        top: Option<&Top>,
    ) -> Lowered<Vec<(u32, By)>> {
        let told = usize::from(top.is_some_and(|top| top.kept.is_some()));
        // What tells others is rolled up with the members themselves.
        let kept = |mut by: By| {
            let is_told = told == 1 && by.remove(&asked.len());
            let is_ranked = told == 1 && top.is_some_and(|top| by.contains(&top.key));
            match is_told == is_ranked {
                true => Ok(by),
                false => Err("others that are rolled up with what they are not of".to_owned()),
            }
        };
        let level = grouped.targets.get(asked.len() + told);
        let (_, level) = level.ok_or("no column says of which level a row is")?;
        if let [Tree::Node(Head::GroupingSets, sets)] = grouped.groups.as_slice() {
            let Tree::Node(Head::Grouping, marks) = level else {
                return Err("levels that rows do not say".to_owned());
            };
            let marks = marks.iter().map(|mark| {
                if let Some(top) = top.filter(|top| top.is_member(mark)) {
                    return Ok(vec![top.key]);
                }
                check_scope(mark, &|alias, _| alias != "q")?;
                let mark = normal(mark.clone());
                // A database that compares expressions has to know which key is meant.
                let found: Vec<usize> = (0..asked.len())
                    .filter(|at| top.is_none_or(|top| top.key != *at))
                    .filter(|at| self.is_same(&mark, &asked[*at].value))
                    .collect();
                match found.first() {
                    Some(first)
                        if !matches!(asked[*first].value, Tree::Number(_) | Tree::Text(_)) =>
                    {
                        Ok(found)
                    }
                    _ => Err("levels are told apart by what is no key".to_owned()),
                }
            });
            let marks = marks.collect::<Lowered<Vec<Vec<usize>>>>()?;
            let level = |set: &Tree| {
                let Tree::Node(Head::Set, keys) = set else {
                    return Err("a set of another kind".to_owned());
                };
                let by = keys.iter().map(|key| ordinal(key, asked.len() + told));
                let by = kept(by.collect::<Lowered<By>>()?)?;
                let mut number = 0;
                for mark in &marks {
                    // Keys of one expression have to be rolled up together.
                    let by_it = mark.iter().filter(|at| by.contains(at)).count();
                    if by_it != 0 && by_it != mark.len() {
                        return Err("a key is told by another one".to_owned());
                    }
                    number = number * 2 + u32::from(by_it == 0);
                }
                Ok((number, by))
            };
            return sets.iter().map(level).collect();
        }
        let by = grouped
            .groups
            .iter()
            .map(|key| ordinal(key, asked.len() + told));
        let by = by.collect::<Lowered<By>>()?;
        let in_order = by.iter().map(|at| Tree::Number((at + 1).to_string()));
        if !in_order.eq(grouped.groups.iter().cloned()) {
            return Err("groups in another order than their keys".to_owned());
        }
        let by = kept(by)?;
        let of_nothing = Tree::operator("*", count_of_rows(), Tree::Number("0".to_owned()));
        let number = match (level, by.is_empty()) {
            (Tree::Number(number), false) => number,
            // What counts makes one row of all.
            (Tree::Node(Head::Operator(plus), parts), true) if plus == "+" => {
                match parts.as_slice() {
                    [counted, Tree::Number(number)] if *counted == of_nothing => number,
                    _ => return Err("a level of another form".to_owned()),
                }
            }
            _ => return Err("a level of another form".to_owned()),
        };
        let number = number.parse().map_err(|_| "a level without a number")?;
        Ok(vec![(number, by)])
    }

    /// What a pass groups by; where it has one level alone, the keys of that.
    pub fn check_levels(
        &self,
        grouped: &Select,
        asked: &[Asked<'a>],
        levels: &Levels,
    ) -> Lowered<Option<By>> {
        if !levels.are_there() {
            check_groups(grouped, asked.len() + usize::from(levels.tells_others()))?;
            return Ok(None);
        }
        let mut found = self.levels_of(grouped, asked, levels.top.as_ref())?;
        match (grouped.groups.as_slice(), found.pop()) {
            ([Tree::Node(Head::GroupingSets, _)], _) => Ok(None),
            (_, Some((_, by))) => Ok(Some(by)),
            _ => Err("no level".to_owned()),
        }
    }

    /// Whether rows of a pass are by the members that are ranked.
    pub fn is_by_top(&self, pass: &Pass<'_>, levels: &Levels) -> Lowered<bool> {
        let Some(top) = &levels.top else {
            return Ok(false);
        };
        let by = self.check_levels(pass.grouped, &self.asked()?, levels)?;
        Ok(by.is_none_or(|by| by.contains(&top.key)))
    }

    /// What a row says of itself, by its level and its member.
    pub fn row_columns(&self, levels: &Levels, asked: &[Asked<'a>]) -> Vec<Tree> {
        let shows_other = levels.top.as_ref().is_some_and(|top| top.shows_other);
        if !levels.are_there() {
            let top = levels.top.as_ref().filter(|_| shows_other);
            return top.map(|top| top.kind("data")).into_iter().collect();
        }
        let key = |at: &usize| {
            let written = &self.request.dimensions[*at];
            match &written.grain {
                Some(grain) => format!("{}.{grain}", written.dimension),
                None => written.dimension.clone(),
            }
        };
        let kind = |by: &By| {
            let kind = match by.len() {
                0 => "total",
                all if all == asked.len() => "data",
                _ => "subtotal",
            };
            match levels.top.as_ref().filter(|top| by.contains(&top.key)) {
                Some(top) => top.kind(kind),
                None => Tree::Text(kind.to_owned()),
            }
        };
        let kinds = levels.numbers.iter();
        let kinds = kinds.map(|(number, by)| (*number, kind(by)));
        let keys = levels.numbers.iter().map(|(number, by)| {
            let keys: Vec<String> = by.iter().map(key).collect();
            (*number, Tree::Text(keys.join(",")))
        });
        let mut found = vec![by_level(kinds.collect())];
        if levels.numbers.len() > 2 {
            found.push(by_level(keys.collect()));
        }
        found
    }

    /// The order behind the level of a row, which comes first.
    pub fn behind_level<'s>(
        &self,
        result: &'s Select,
        below: &Columns,
        levels: &Levels,
    ) -> Lowered<&'s [Order]> {
        let mut order = result.order.as_slice();
        if levels.are_there() {
            let (first, rest) = order.split_first().ok_or("no order")?;
            let by = self.resolved(&first.by, below, &|_| None)?;
            if by != Tree::Form(*LEVEL) || first.descending || first.nulls_first.is_some() {
                return Err("totals do not stand behind the groups".to_owned());
            }
            order = rest;
        }
        match &levels.top {
            Some(top) => top.behind_kept(order, |tree| self.resolved(tree, below, &|_| None)),
            None => Ok(order),
        }
    }

    /// The keys of the groups that pass, and that nothing else passes; the names of the keys.
    pub fn passing(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        asked: &[Asked<'a>],
        metrics: &Metrics<'_, 'a>,
    ) -> Lowered<Vec<String>> {
        let result = layout.result;
        let plain = Select {
            steps: result.steps.clone(),
            targets: result.targets.clone(),
            from: result.from.clone(),
            condition: result.condition.clone(),
            ..Select::EMPTY
        };
        if *result != plain || !layout.labels.is_empty() || result.targets.len() != asked.len() {
            return Err("more than the keys of the groups that pass".to_owned());
        }
        self.group_filter(result, below, metrics)?;
        let names = result
            .targets
            .iter()
            .zip(asked)
            .map(
                |((name, tree), asked)| match (name, self.resolved(tree, below, &|_| None)?) {
                    (Some(name), Tree::Form(found)) if found == asked.form => Ok(name.clone()),
                    _ => Err("groups that pass by another key".to_owned()),
                },
            );
        names.collect()
    }

    /// Rows are those whose groups pass, by every key, of which a missing one is like others.
    pub fn meets_passing(
        &self,
        pass: &Pass<'_>,
        levels: &Levels,
        are_several: bool,
    ) -> Lowered<()> {
        let Some(on) = pass.joined else {
            return match levels.of_passing {
                true => Err("rows of groups that do not pass".to_owned()),
                false => Ok(()),
            };
        };
        if !levels.of_passing {
            return Err("a join that nobody asked for".to_owned());
        }
        check_scope(on, &|alias, name| match alias {
            "p" => levels.passing.iter().any(|known| known == name),
            "w" => name == "period",
            alias => alias == "o",
        })?;
        let period = self.period()?;
        let mut conjuncts = on.conjuncts().into_iter();
        for (position, (asked, name)) in self.asked()?.iter().zip(&levels.passing).enumerate() {
            let is_period = period == Some(position);
            self.met(&mut conjuncts, (asked, is_period), ("p", name), are_several)?;
        }
        match conjuncts.next() {
            None => Ok(()),
            Some(_) => Err("groups are met by more than their keys".to_owned()),
        }
    }

    /// A key of a row is that of a step, of which a missing one is like others.
    pub fn met<'t>(
        &self,
        conjuncts: &mut impl Iterator<Item = &'t Tree>,
        (asked, is_of_window): (&Asked<'_>, bool),
        (alias, name): (&str, &str),
        are_several: bool,
    ) -> Lowered<()> {
        let (value, group) = match conjuncts.next() {
            Some(Tree::Node(Head::DistinctFrom { negated: true }, parts)) if self.is_sqlite => {
                (parts.first(), parts.get(1))
            }
            Some(equal) => match equal.as_operator("=") {
                Some((Tree::Node(Head::Array, value), Tree::Node(Head::Array, group)))
                    if value.len() == 1 && group.len() == 1 =>
                {
                    (value.first(), group.first())
                }
                _ => return Err("groups that are met in another way".to_owned()),
            },
            None => return Err("a key by which groups are not met".to_owned()),
        };
        let (value, group) = value.zip(group).ok_or("groups that are met by nothing")?;
        let key_type = self.sure_type(asked);
        let (value, group) = match are_several && !self.is_sqlite {
            true => {
                let cast = |tree: &'_ Tree| match tree.as_cast() {
                    Some((inner, to))
                        if DataType::of_postgres(to) == key_type && key_type.is_some() =>
                    {
                        Ok(inner.clone())
                    }
                    _ => Err("keys of several sources that are not made one type".to_owned()),
                };
                (cast(value)?, cast(group)?)
            }
            false => (value.clone(), group.clone()),
        };
        let is_meant = |value: &Tree, group: &Tree| {
            let is_value = match is_of_window {
                true => is_period(value),
                false => self.is_same(&normal(value.clone()), &asked.value),
            };
            *group == Tree::column(alias, name) && is_value
        };
        if !is_meant(&value, &group) {
            return Err("groups are met by another key".to_owned());
        }
        if self.is_sqlite || key_type.is_some() {
            return Ok(());
        }
        // An array of what may be an array itself does not tell a missing one from an empty one.
        let missing = conjuncts.next().and_then(|both| both.as_operator("="));
        let is_null = |tree: &Tree| match tree {
            Tree::Node(Head::IsNull { negated: false }, parts) => parts.first().cloned(),
            _ => None,
        };
        let missing = missing.and_then(|(value, group)| is_null(value).zip(is_null(group)));
        if !missing.is_some_and(|(value, group)| is_meant(&value, &group)) {
            return Err("a missing key is not told from an empty one".to_owned());
        }
        Ok(())
    }

    /// The type that a key surely has: that of a period, or of a declared column.
    fn sure_type(&self, asked: &Asked<'_>) -> Option<DataType> {
        match (asked.dimension.time, asked.grain) {
            (Some((DataType::Timestamptz, _)), Some(Grain::Hour)) => Some(DataType::Timestamptz),
            (Some(_), Some(Grain::Hour)) => Some(DataType::Timestamp),
            (Some(_), Some(_)) | (Some((_, true)), None) => Some(DataType::Date),
            _ => match &asked.dimension.value {
                Tree::Column(_, name) => self.column_type(name),
                _ => None,
            },
        }
    }
}

/// One tree for each level; the last stands for all that is left.
fn by_level(mut trees: Vec<(u32, Tree)>) -> Tree {
    let last = trees.pop().map(|(_, tree)| tree);
    case(*LEVEL, trees, last.unwrap_or(Tree::Null))
}

/// A column by its place in the list, from the first.
fn ordinal(tree: &Tree, count: usize) -> Lowered<usize> {
    let place = match tree {
        Tree::Number(digits) => digits.parse::<usize>().ok(),
        _ => None,
    };
    let place = place.and_then(|place| place.checked_sub(1));
    place
        .filter(|place| *place < count)
        .ok_or_else(|| "a group by what is no key".to_owned())
}
