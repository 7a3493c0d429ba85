//! What stands outside of the guards: keys, aggregates, formulas, the result, its order and its page.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use measurand::{Grain, Param, RequestKind, Value};

use super::bucket::{followed_value, key_value};
use super::form::{form, is_aggregate};
use super::guard::Guarded;
use super::lower::Lowered;
use super::meaning::{Known, OnSource};
use super::metrics::{Metrics, on_leg};
use super::normal::normal;
use super::reached::handed;
use super::shape::{Layout, Pass, check_scope};
use super::standing::standing_form;
use super::top::KEPT;
use super::totals::{LEVEL, Levels};
use super::tree::{Head, Select, Tree};
use super::windows::is_period;

/// The columns that a step hands out, by name, as what they were computed from.
pub type Columns = HashMap<String, u64>;

/// A dimension that is asked for.
pub struct Asked<'a> {
    pub dimension: OnSource<'a>,
    pub grain: Option<Grain>,
    /// Its value at the grain, in normal form, and the form of that; where there are several sources,
    /// the form of the first one's.
    pub value: Tree,
    pub form: u64,
}

impl<'a> Known<'a> {
    /// The dimensions of the result, in order.
    pub fn asked(&self) -> Lowered<Vec<Asked<'a>>> {
        let last = self.request.dimensions.len().checked_sub(1);
        let asked = self.request.dimensions.iter().enumerate();
        let asked = asked.map(|(position, asked)| {
            let grain = asked.grain.as_deref();
            let dimension = self.meant(&asked.dimension, grain.is_some())?;
            let grain = grain.and_then(Grain::parse);
            let value = key_value(self, &dimension, grain);
            let value = match self.pivot.filter(|_| Some(position) == last) {
                Some(pivot) => self.member(pivot, (&dimension, grain), &value)?,
                None => value,
            };
            Ok(Asked {
                form: self.form(&value),
                value,
                dimension,
                grain,
            })
        });
        asked.collect()
    }

    /// The keys of the metrics that are shown, with the number of rows behind them where that is asked for.
    pub fn shown_metrics(&self) -> Vec<&'a str> {
        let mut keys: Vec<&str> = self.request.metrics.iter().map(String::as_str).collect();
        if super::of_columns::counts_rows(self, "count") {
            keys.push("count");
        }
        keys
    }

    fn form(&self, tree: &Tree) -> u64 {
        form(tree, self.is_sqlite)
    }

    /// The groups: the keys that are asked for, and aggregates over columns that the guard hands out.
    pub fn grouped(
        &self,
        pass: &Pass<'_>,
        facts: &Guarded<'_>,
        asked: &[Asked<'a>],
        keys: &[u64],
        (metrics, levels): (&Metrics<'_, 'a>, &Levels),
    ) -> Lowered<Columns> {
        let grouped = pass.grouped;
        let handed = handed(grouped.from.as_ref(), facts.select);
        let top = levels.top.as_ref().filter(|_| pass.topped.is_some());
        let period = self.period()?;
        let is_known = |alias: &str, name: &str| match alias {
            "o" => handed.iter().any(|known| known == name),
            "q" => top.is_some_and(|top| top.has(name)),
            "w" => name == "period" && period.is_some(),
            _ => false,
        };
        let over = grouped.picked.iter().map(|picked| &picked.over);
        let cut = grouped.running.iter().map(|running| &running.cut);
        for tree in over.chain(cut) {
            check_scope(tree, &is_known)?;
        }
        self.check_picked(grouped)?;
        let targets = grouped.targets.iter().map(|(_, tree)| tree);
        for tree in targets.chain(&grouped.condition) {
            check_scope(tree, &is_known)?;
        }
        let kept = self.check_levels(grouped, asked, levels)?;
        let mut columns = Columns::new();
        let told = usize::from(levels.tells_others());
        for (position, (name, written)) in grouped.targets.iter().enumerate() {
            let tree = normal(written.clone());
            let in_scope = |alias: &str, _: &str| !matches!(alias, "q" | "w");
            match asked.get(position) {
                Some(asked) => {
                    let is_rolled_up = kept.as_ref().is_some_and(|kept| !kept.contains(&position));
                    let is_meant = match is_rolled_up {
                        true => tree == Tree::Null,
                        // Of what is ranked, the member that is shown.
                        false if levels.ranks(position) => {
                            top.is_some_and(|top| top.is_member(written))
                        }
                        false if period == Some(position) => is_period(written),
                        false => {
                            check_scope(written, &in_scope)?;
                            self.is_same(&tree, &asked.value)
                        }
                    };
                    if !is_meant {
                        let key = &asked.dimension.spec.dimension_key;
                        return Err(format!("a key that is not `{key}`"));
                    }
                    // The form of what is meant, which on SQLite may be spelled otherwise.
                    let form = keys.get(position).copied().unwrap_or(asked.form);
                    self.add(&mut columns, name, form)?;
                }
                None if position == asked.len() && told == 1 => {
                    let is_meant = match top {
                        Some(top) => top.is_kept(written),
                        None => tree == Tree::Null,
                    };
                    if !is_meant {
                        return Err("members that are not told from others".to_owned());
                    }
                    self.add(&mut columns, name, *KEPT)?;
                }
                None if position == asked.len() + told && levels.are_there() => {
                    self.add(&mut columns, name, *LEVEL)?;
                }
                None if is_aggregate(&tree) => {
                    check_scope(written, &in_scope)?;
                    let form = on_leg(self.form(&tree), self.leg);
                    // Without a key and an aggregate, something has to make one row of the groups.
                    let makes_one_row = grouped.targets.len() == 1
                        && name.as_deref() == Some("present")
                        && tree == count_of_rows();
                    if !metrics.has_aggregate(form) && !makes_one_row {
                        return Err("an aggregate that nobody asked for".to_owned());
                    }
                    self.add(&mut columns, name, form)?;
                }
                None => return Err("a column of groups that is no aggregate".to_owned()),
            }
        }
        if grouped.targets.len() < asked.len() {
            return Err("a key is missing".to_owned());
        }
        Ok(columns)
    }

    /// One date of each group counts where the catalog says so, by the dimension that it says.
    fn check_picked(&self, grouped: &Select) -> Lowered<()> {
        let (found, meant) = match (&grouped.picked, self.frame.pick) {
            (None, None) => return Ok(()),
            (Some(found), Some(meant)) => (found, meant),
            _ => return Err("a picked date where there is none, or the other way round".to_owned()),
        };
        let dimension = self.on_source(self.dimension(meant.over)?)?;
        let over = followed_value(self, &dimension);
        match self.is_same(&normal(found.over.clone()), &over) && found.first == meant.first {
            true => Ok(()),
            false => Err(format!(
                "another date than the one of `{}` is picked",
                meant.over
            )),
        }
    }

    fn add(&self, columns: &mut Columns, name: &Option<String>, form: u64) -> Lowered<()> {
        let name = name.clone().ok_or("a column without a name")?;
        match columns.insert(name, form) {
            None => Ok(()),
            Some(_) => Err("two columns of one name".to_owned()),
        }
    }

    /// A level: columns of the step below, and what is computed from them.
    pub fn level(
        &self,
        level: &Select,
        below: &Columns,
        metrics: &Metrics<'_, 'a>,
    ) -> Lowered<Columns> {
        let mut columns = Columns::new();
        for (name, tree) in &level.targets {
            let resolved = self.resolved(tree, below, &|_| None)?;
            let form = self.form(&resolved);
            let is_carried = matches!(tree, Tree::Column(..));
            if !is_carried && !metrics.has_metric(form) {
                return Err("a column that is no metric that was asked for".to_owned());
            }
            self.add(&mut columns, name, form)?;
        }
        Ok(columns)
    }

    /// The expression in normal form, its columns as what they were computed from.
    pub fn resolved(
        &self,
        tree: &Tree,
        below: &Columns,
        label: &dyn Fn(&str) -> Option<u64>,
    ) -> Lowered<Tree> {
        let of = |alias: &str, name: &str| match (alias, name) {
            ("g", name) => below.get(name).copied(),
            (alias, "label") => label(alias),
            _ => None,
        };
        check_scope(tree, &|alias, name| of(alias, name).is_some())?;
        // Aliases are gone in the normal form, so columns become forms first.
        let with_forms = tree.clone().rewrite(&mut |tree| match &tree {
            Tree::Column(alias, name) => of(alias, name).map_or(tree, Tree::Form),
            _ => tree,
        });
        Ok(normal(with_forms))
    }

    /// The result: what was asked for, in order, under the names that are promised.
    pub fn result(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        asked: &[Asked<'a>],
        (metrics, levels): (&Metrics<'_, 'a>, &Levels),
        aliases: &[&str],
    ) -> Lowered<()> {
        if self.request.kind == RequestKind::Count {
            return self.counted(layout, below, (metrics, levels), aliases);
        }
        let mut wanted = Vec::new();
        let mut labels = HashMap::new();
        for (position, asked) in asked.iter().enumerate() {
            wanted.push(asked.form);
            if asked.dimension.lookup.is_some() {
                let label = label_form(position);
                labels.insert(format!("l{}", position + 1), label);
                wanted.push(label);
            }
        }
        for key in self.shown_metrics() {
            let mut shown = vec![metrics.form(key, false)?];
            if metrics.is_compared() {
                shown.extend(metrics.compared(key)?.into_iter().map(|(_, form)| form));
            }
            match self.pivot {
                Some(pivot) => wanted.extend(shown.into_iter().flat_map(|of| pivot.cells(of))),
                None => wanted.extend(shown),
            }
            for standing in self.standings(key) {
                wanted.push(standing_form(metrics.form(key, false)?, standing));
            }
        }
        if layout.labels.len() != labels.len() {
            return Err(format!(
                "{} lookups of {}",
                layout.labels.len(),
                labels.len()
            ));
        }
        let label = |alias: &str| labels.get(alias).copied();
        let said = self.row_columns(levels, asked);
        let targets = layout.result.targets.split_at_checked(said.len());
        let (saying, shown) = targets.ok_or("a row that does not say what it is")?;
        for ((_, tree), wanted) in saying.iter().zip(said) {
            if self.resolved(tree, below, &label)? != wanted {
                return Err("a row says something else of itself".to_owned());
            }
        }
        let mut found = Vec::new();
        for (_, tree) in shown {
            let tree = self.resolved(tree, below, &label)?;
            found.push(self.form(&tree));
        }
        if found != wanted {
            return Err("the result is not what was asked for".to_owned());
        }
        let names = layout
            .result
            .targets
            .iter()
            .map(|(name, _)| name.as_deref());
        if !names.eq(aliases.iter().map(|alias| Some(*alias))) {
            return Err("the columns of the result have other names".to_owned());
        }
        let mut folded: Vec<String> = aliases.iter().map(|alias| alias.to_lowercase()).collect();
        folded.sort_unstable();
        folded.dedup();
        if folded.len() != aliases.len() || aliases.iter().any(|alias| alias.len() > 63) {
            return Err("columns of the result that could be taken for one another".to_owned());
        }
        self.result_filter(layout, below, metrics, levels)?;
        self.order(layout.result, below, asked, (metrics, levels), &label)?;
        self.page(layout.result)
    }

    /// What the rows of the result have to be: groups that pass, unless they were tested before, and no others
    /// that are there for totals alone.
    fn result_filter(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        metrics: &Metrics<'_, 'a>,
        levels: &Levels,
    ) -> Lowered<()> {
        let result = layout.result;
        let hidden = levels.hides();
        if !levels.of_passing && hidden.is_none() && layout.placed.is_none() {
            return self.group_filter(result, below, metrics);
        }
        let found = result.condition.as_ref();
        let found = found.map(|tree| self.resolved(tree, below, &|_| None));
        match found.transpose()? == hidden {
            true => Ok(()),
            false => Err("groups are tested behind their totals".to_owned()),
        }
    }

    /// The number of the groups that pass, and nothing else.
    fn counted(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        (metrics, levels): (&Metrics<'_, 'a>, &Levels),
        aliases: &[&str],
    ) -> Lowered<()> {
        let result = layout.result;
        let plain = Select {
            steps: result.steps.clone(),
            targets: vec![(Some("count".to_owned()), count_of_rows())],
            from: result.from.clone(),
            condition: result.condition.clone(),
            ..Select::EMPTY
        };
        if *result != plain || aliases != ["count"] || !layout.labels.is_empty() {
            return Err("more than a count of the groups".to_owned());
        }
        self.result_filter(layout, below, metrics, levels)
    }

    pub fn group_filter(
        &self,
        result: &Select,
        below: &Columns,
        metrics: &Metrics<'_, 'a>,
    ) -> Lowered<()> {
        let condition = result.condition.as_ref();
        let mut found = Vec::new();
        for part in condition.map(Tree::conjuncts).into_iter().flatten() {
            let part = self.resolved(part, below, &|_| None)?;
            found.extend(part.conjuncts().into_iter().cloned());
        }
        for wanted in self.group_conditions(metrics)? {
            let position = found.iter().position(|tree| self.is_same(tree, &wanted));
            found.remove(position.ok_or("a condition on groups is missing")?);
        }
        match found.is_empty() {
            true => Ok(()),
            false => Err("a condition on groups that nobody asked for".to_owned()),
        }
    }

    /// The order: total, with the place of NULL in every item, by what the request names first (R15).
    fn order(
        &self,
        result: &Select,
        below: &Columns,
        asked: &[Asked<'a>],
        (metrics, levels): (&Metrics<'_, 'a>, &Levels),
        label: &dyn Fn(&str) -> Option<u64>,
    ) -> Lowered<()> {
        let mut found = Vec::new();
        for order in self.behind_level(result, below, levels)? {
            let nulls_first = order.nulls_first.ok_or("an order that leaves NULL open")?;
            let tree = self.resolved(&order.by, below, label)?;
            found.push((self.form(&tree), order.descending, nulls_first));
        }
        // One row has no order.
        if asked.is_empty() {
            return match found.is_empty() {
                true => Ok(()),
                false => Err("an order of one row".to_owned()),
            };
        }
        // What is named twice orders once; two dimensions of one value are two.
        let mut wanted: Vec<(OrderedBy, bool, bool)> = Vec::new();
        let mut add = |by: OrderedBy, descending: bool, nulls_first: bool| {
            if !wanted.iter().any(|(known, ..)| *known == by) {
                wanted.push((by, descending, nulls_first));
            }
        };
        for (at, order) in self.request.order_by.iter().enumerate() {
            for by in self.ordered_by((at, &order.key), asked)? {
                add(by, order.descending, order.nulls_first);
            }
        }
        for position in 0..asked.len() {
            for by in bucket_order(asked, position) {
                add(by, false, false);
            }
        }
        let mut once = Vec::with_capacity(wanted.len());
        for (by, descending, nulls_first) in wanted {
            let form = match by {
                OrderedBy::Label(position) => label_form(position),
                OrderedBy::Metric(key) => metrics.ordered(&key)?,
                OrderedBy::Cell(at, key) => {
                    let pivot = self.pivot.ok_or("a column of a member")?;
                    pivot.ordered(at, metrics.ordered(&key)?)?
                }
                OrderedBy::Value(position) => asked.get(position).ok_or("no such dimension")?.form,
            };
            once.push((form, descending, nulls_first));
        }
        // Metrics that are one aggregate may order once, since ordering by it again changes nothing.
        match found == once || first_of_each(&found) == first_of_each(&once) {
            true => Ok(()),
            false => Err("the order is not the one that was asked for".to_owned()),
        }
    }

    /// The dimension of the result with this output key, or that a switch has put in its place.
    pub fn bucket(&self, key: &str, asked: &[Asked<'a>]) -> Option<usize> {
        let written = |position: usize| {
            let asked = &self.request.dimensions[position];
            match &asked.grain {
                Some(grain) => format!("{}.{grain}", asked.dimension),
                None => asked.dimension.clone(),
            }
        };
        if let Some(position) = (0..asked.len()).find(|position| written(*position) == key) {
            return Some(position);
        }
        let meant = self.meant(key, false).ok()?;
        asked
            .iter()
            .position(|bucket| bucket.dimension.is(&meant) && bucket.grain.is_none())
    }

    fn ordered_by(&self, (at, key): (usize, &str), asked: &[Asked<'a>]) -> Lowered<Vec<OrderedBy>> {
        if let Some(position) = self.bucket(key, asked) {
            return Ok(bucket_order(asked, position));
        }
        let label = |position: &usize| {
            format!("{}.label", self.request.dimensions[*position].dimension) == key
        };
        if let Some(position) = (0..asked.len()).find(label) {
            return Ok(match asked[position].dimension.lookup {
                Some(_) => vec![OrderedBy::Label(position)],
                None => bucket_order(asked, position),
            });
        }
        Ok(vec![match self.pivot {
            Some(_) => OrderedBy::Cell(at, key.to_owned()),
            None => OrderedBy::Metric(key.to_owned()),
        }])
    }

    pub fn page(&self, result: &Select) -> Lowered<()> {
        let number = |rows: Option<u64>| {
            let rows = rows.and_then(|rows| i64::try_from(rows).ok());
            rows.map(|rows| Tree::Bound(Arc::new(Param::Scalar(Value::Integer(rows)))))
        };
        let limit = number(self.request.limit.or(self.max_limit));
        let offset = number(self.request.offset);
        let limit = match (&limit, &offset, self.is_sqlite) {
            // SQLite has no OFFSET without a LIMIT.
            (None, Some(_), true) => Some(Tree::Number("-1".to_owned())),
            _ => limit,
        };
        match result.limit == limit && result.offset == offset {
            true => Ok(()),
            false => Err("the page is not the one that was asked for".to_owned()),
        }
    }

    /// The labels of a dimension: joined by its own value, guarded like everything else.
    ///
    /// A rule holds if it does in any of the legs.
    pub fn joined(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        asked: &[Asked<'a>],
        legs: &[Known<'a>],
    ) -> Lowered<()> {
        for (alias, labels, on) in &layout.labels {
            let position = alias
                .strip_prefix('l')
                .and_then(|at| at.parse::<usize>().ok());
            let bucket = position
                .and_then(|position| asked.get(position.checked_sub(1)?))
                .ok_or_else(|| format!("labels called `{alias}`"))?;
            let lookup = bucket.dimension.lookup.as_ref();
            let lookup = lookup.ok_or("labels of a dimension without a lookup")?;
            let key = &bucket.dimension.spec.dimension_key;
            let position = position.unwrap_or(1) - 1;
            let ruled = legs.iter().find(|leg| leg.holds_rules_on(key));
            let ruled = ruled.unwrap_or(self);
            let mut asked_there = ruled.asked()?;
            let dimension = asked_there.swap_remove(position).dimension;
            let guard = ruled.labels(labels, &dimension, lookup)?;
            self.check_label_fence(&guard)?;
            let is_joined = match on.as_operator("=") {
                Some((key, Tree::Column(step, name))) => {
                    *key == Tree::column(alias, "key")
                        && step == "g"
                        && below.get(name) == Some(&bucket.form)
                }
                _ => false,
            };
            if !is_joined {
                return Err("labels that are joined by something else".to_owned());
            }
        }
        Ok(())
    }
}

/// An order without what it has ordered by before.
fn first_of_each(order: &[(u64, bool, bool)]) -> Vec<(u64, bool, bool)> {
    let mut known = HashSet::new();
    let mut order = order.to_vec();
    order.retain(|(form, ..)| known.insert(*form));
    order
}

/// The form of the labels of a dimension of the result.
fn label_form(position: usize) -> u64 {
    form(&Tree::column("label", &position.to_string()), false)
}

/// What one item of an order is about; dimensions by their position in the request.
#[derive(PartialEq)]
enum OrderedBy {
    Value(usize),
    Label(usize),
    Metric(String),
    /// The column of a member, by the key of the order that names it.
    Cell(usize, String),
}

/// A dimension orders by its label, then by its value.
fn bucket_order(asked: &[Asked<'_>], position: usize) -> Vec<OrderedBy> {
    let has_label = asked
        .get(position)
        .is_some_and(|asked| asked.dimension.lookup.is_some());
    match has_label {
        true => vec![OrderedBy::Label(position), OrderedBy::Value(position)],
        false => vec![OrderedBy::Value(position)],
    }
}

pub fn count_of_rows() -> Tree {
    let head = Head::Call {
        name: "count".to_owned(),
        is_distinct: false,
        is_star: true,
        within_group: None,
        has_filter: false,
    };
    Tree::node(head, [])
}
