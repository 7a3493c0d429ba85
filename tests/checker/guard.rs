//! Guarded rows: one relation, the tenant, the rules, and what else the catalog says of its rows (R20).

use std::sync::Arc;

use measurand::{DataType, Param, Value};

use super::fragment::normal_fragment;
use super::lower::Lowered;
use super::meaning::{Known, Lookup, OnSource, relation};
use super::normal::normal;
use super::paths::Paths;
use super::reach::{Hop, Restricting};
use super::rules::WantedRule;
use super::shape::{check_scope, is_fenced};
use super::tree::{From, Head, Select, Tree};

/// A guarded subselect, taken apart.
pub struct Guarded<'s> {
    pub select: &'s Select,
    /// The `SELECT` that reads the relation: the same, or the fenced one inside.
    pub inner: &'s Select,
    pub relation: (&'s str, &'s str),
    /// Whether it is fenced as a whole.
    pub is_fenced: bool,
}

/// A condition inside a guard, in normal form, with typed paths as the columns that they are.
#[derive(Clone)]
pub struct Conjunct {
    pub tree: Tree,
    /// Whether it stands above the inner fence.
    pub is_outer: bool,
}

/// The guarded rows of a source: all conditions inside, and those that protect nothing.
pub struct Facts<'s> {
    pub guard: Guarded<'s>,
    pub all: Vec<Conjunct>,
    pub rest: Vec<Conjunct>,
}

/// The alias of a relation inside its guard.
const TABLE: &str = "t";

/// The alias of far rows that a rule is about.
const REACHED: &str = "s";

/// Columns that PostgreSQL's relations have without declaring them.
const SYSTEM: [&str; 7] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"];

/// Takes guarded rows apart.
pub fn guarded(select: &Select, is_sqlite: bool) -> Lowered<Guarded<'_>> {
    let (inner, is_split) = match &select.from {
        Some(From::Rows {
            select: inner,
            alias,
        }) if alias == TABLE => (&**inner, true),
        _ => (select, false),
    };
    let Some(From::Relation {
        schema,
        name,
        alias: Some(alias),
    }) = &inner.from
    else {
        return Err("a guard around something else than one relation".to_owned());
    };
    if alias != TABLE {
        return Err(format!("a guarded relation called `{alias}`"));
    }
    for part in [select, inner] {
        if !part.steps.is_empty() || !part.order.is_empty() {
            return Err("a guard with steps or an order".to_owned());
        }
    }
    if is_split && (!is_fenced(inner, is_sqlite)? || !inner.groups.is_empty()) {
        return Err("a guard in two parts without a fence between".to_owned());
    }
    Ok(Guarded {
        is_fenced: is_fenced(select, is_sqlite)?,
        select,
        inner,
        relation: (schema, name),
    })
}

impl<'s> Guarded<'s> {
    pub fn is_split(&self) -> bool {
        !std::ptr::eq(self.select, self.inner)
    }

    /// Every column stands behind the alias of the very relation, or is handed out by the inner part.
    pub fn check_columns(&self, declared: &dyn Fn(&str) -> bool) -> Lowered<()> {
        let of_relation =
            |alias: &str, name: &str| alias == TABLE && declared(name) && !SYSTEM.contains(&name);
        let handed: Vec<String> = self.inner.targets.iter().filter_map(handed_out).collect();
        let of_inner =
            |alias: &str, name: &str| alias == TABLE && handed.iter().any(|known| known == name);
        check_part(self.inner, &of_relation)?;
        if self.is_split() {
            check_part(self.select, &of_inner)?;
        }
        Ok(())
    }

    /// All conditions, from the relation up.
    pub fn conjuncts(&self, paths: &Paths) -> Vec<Conjunct> {
        let mut found = Vec::new();
        let parts = [(self.inner, false), (self.select, true)];
        for (part, is_outer) in &parts[..1 + usize::from(self.is_split())] {
            for tree in part.condition.iter().flat_map(Tree::conjuncts) {
                found.push(Conjunct {
                    tree: paths.restore(normal(tree.clone())),
                    is_outer: *is_outer,
                });
            }
        }
        found
    }
}

fn check_part(part: &Select, is_known: &dyn Fn(&str, &str) -> bool) -> Lowered<()> {
    let targets = part.targets.iter().map(|(_, tree)| tree);
    for tree in targets.chain(&part.condition).chain(&part.groups) {
        check_scope(tree, is_known)?;
    }
    Ok(())
}

/// The name under which a target is known outside.
pub fn handed_out(target: &(Option<String>, Tree)) -> Option<String> {
    match target {
        (Some(name), _) => Some(name.clone()),
        (None, Tree::Column(_, name)) => Some(name.clone()),
        _ => None,
    }
}

/// Takes the first conjunct that passes out of the list.
pub fn take(conjuncts: &mut Vec<Conjunct>, is_it: &dyn Fn(&Tree) -> bool) -> Option<Conjunct> {
    let position = conjuncts
        .iter()
        .position(|conjunct| is_it(&conjunct.tree))?;
    Some(conjuncts.remove(position))
}

impl<'a> Known<'a> {
    /// The equality with the tenant, of the column's type, bound to the context's tenant.
    fn tenant_equality(&self, column: &str, of: Option<DataType>) -> Tree {
        let tenant = &self.context.tenant;
        let value = match (of, tenant.as_number(), tenant.as_uuid()) {
            (Some(DataType::Uuid), _, Some(uuid)) => Value::Uuid(uuid),
            (Some(DataType::Text), ..) | (_, None, _) => Value::Text(tenant.as_str().into()),
            (_, Some(number), _) => Value::Integer(number),
        };
        let value = Tree::Bound(Arc::new(Param::Scalar(value)));
        Tree::operator("=", Tree::column("", column), value)
    }

    fn take_tenant(
        &self,
        conjuncts: &mut Vec<Conjunct>,
        column: &str,
        of: Option<DataType>,
    ) -> Lowered<()> {
        let wanted = self.tenant_equality(column, of);
        match take(conjuncts, &|tree| *tree == wanted) {
            Some(Conjunct {
                is_outer: false, ..
            }) => Ok(()),
            Some(_) => Err("the tenant waits above the relation".to_owned()),
            None => Err(format!("no equality of `{column}` with the tenant")),
        }
    }

    /// The guarded rows of the source: the tenant, every rule and the standing filter hold, and those of the
    /// rules that other sources say.
    pub fn facts<'s>(&self, select: &'s Select) -> Lowered<Facts<'s>> {
        self.scan(select, &self.restricting()?)
    }

    /// The guarded rows of a far source: nothing but its own guard holds, and what it leads to.
    pub fn check_far(&self, select: &Select, restricting: &Restricting<'a>) -> Lowered<()> {
        let facts = self.scan(select, restricting)?;
        if !facts.rest.is_empty() {
            return Err("far rows with conditions that nobody asked for".to_owned());
        }
        if facts.guard.is_fenced {
            return Err("far rows that are fenced".to_owned());
        }
        match self.is_sqlite {
            true => Ok(()),
            false => self.check_beside_relation(&facts.all),
        }
    }

    fn scan<'s>(&self, select: &'s Select, restricting: &Restricting<'a>) -> Lowered<Facts<'s>> {
        let guard = guarded(select, self.is_sqlite)?;
        let (schema, name) = relation(&self.source.view_pattern, &self.context.tenant);
        if guard.relation != (schema.as_str(), name.as_str()) {
            return Err(format!(
                "the relation `{}.{}` is not that of the source",
                guard.relation.0, guard.relation.1
            ));
        }
        let paths = Paths::of(self.source, self.is_sqlite)?;
        guard.check_columns(&|name| match &self.source.columns {
            Some(columns) => columns.iter().any(|column| column.name == name) || paths.reads(name),
            None => true,
        })?;
        let mut all = guard.conjuncts(&paths);
        for (hop, below) in restricting.hops.values() {
            self.take_reached(&mut all, hop, below)?;
        }
        let mut conjuncts = all.clone();
        if let Some(column) = &self.source.client_id_column {
            let of = self.column_type(column);
            self.take_tenant(&mut conjuncts, column, of)?;
        }
        for rule in self.wanted_rules()? {
            let value = self.whole(&rule.dimension);
            self.take_rule(&mut conjuncts, &rule, &value)?;
        }
        if let Some(filter) = &self.source.base_filter {
            self.take_standing(&mut conjuncts, filter)?;
        }
        self.check_added_up(&guard, &paths)?;
        let of_inner = |tree: &Tree| match tree {
            Tree::Column(alias, _) => alias == TABLE,
            _ => false,
        };
        let is_present = |(name, tree): &(Option<String>, Tree)| {
            name.as_deref() == Some("present") && *tree == Tree::Number("1".to_owned())
        };
        let parts = [guard.inner, guard.select];
        for (name, tree) in parts.iter().flat_map(|part| &part.targets) {
            // A path that is cut out has the name of the column that it is.
            let restored = paths.restore(normal(tree.clone()));
            if self.is_added_up(name.as_deref(), &restored)? {
                continue;
            }
            let is_named = |found: &str| name.as_deref().is_none_or(|name| name == found);
            let is_column = match (&restored, of_inner(tree)) {
                (Tree::Column(_, found), true) => is_named(found),
                (Tree::Column(_, found), false) => name.as_deref() == Some(found),
                _ => false,
            };
            if !is_column && !is_present(&(name.clone(), tree.clone())) {
                return Err("a guard that hands out more than columns".to_owned());
            }
        }
        Ok(Facts {
            guard,
            all,
            rest: conjuncts,
        })
    }

    /// Rows are grouped where the source adds them up, by just those columns; nothing else of them is handed out.
    fn check_added_up(&self, guard: &Guarded<'_>, paths: &Paths) -> Lowered<()> {
        let found = guard.select.groups.iter();
        let found: Vec<Tree> = found
            .map(|tree| paths.restore(normal(tree.clone())))
            .collect();
        let wanted = self.source.rollup_by.iter();
        let wanted: Vec<Tree> = wanted.map(|name| Tree::column("", name)).collect();
        if found != wanted {
            return Err(
                "guarded rows that are grouped, or not by what they are added up by".to_owned(),
            );
        }
        if wanted.is_empty() {
            return Ok(());
        }
        if guard.is_split() {
            return Err("rows that are added up above a fence".to_owned());
        }
        let declared = self.source.columns.iter().flatten();
        let is_seen = |name: &str| {
            let mut aggregates = declared.clone().filter(|column| column.rollup.is_some());
            self.source.rollup_by.iter().any(|by| by == name)
                || name == "present"
                || aggregates.any(|column| column.name == name)
        };
        let mut handed = guard.select.targets.iter().filter_map(handed_out);
        match handed.all(|name| is_seen(&name)) {
            true => Ok(()),
            false => Err("a column of rows that are added up is handed out".to_owned()),
        }
    }

    /// Whether a target is an aggregate that the source declares, under its name.
    fn is_added_up(&self, name: Option<&str>, tree: &Tree) -> Lowered<bool> {
        let mut declared = self.source.columns.iter().flatten();
        let column = declared.find(|column| Some(column.name.as_str()) == name);
        match column.and_then(|column| column.rollup.as_deref()) {
            Some(rollup) => {
                let wanted = normal_fragment(rollup)?;
                match self.is_same(tree, &wanted) {
                    true => Ok(true),
                    false => Err(format!(
                        "`{}` is another aggregate",
                        name.unwrap_or_default()
                    )),
                }
            }
            None => Ok(false),
        }
    }

    /// The conditions inside of the guard and right above it are those of the request, no more and no
    /// less.
    pub fn check_conditions(
        &self,
        rest: Vec<Conjunct>,
        grouped: &Select,
        wanted: Vec<Tree>,
    ) -> Lowered<()> {
        let above = grouped.condition.iter().flat_map(Tree::conjuncts);
        let above = above.map(|tree| normal(tree.clone()));
        let inside = rest.into_iter().map(|conjunct| conjunct.tree);
        let mut found = Vec::new();
        for tree in inside.chain(above) {
            found.push(self.without_searches(tree)?);
        }
        for wanted in wanted {
            let position = found.iter().position(|tree| self.is_same(tree, &wanted));
            found.remove(position.ok_or("a condition of the request is missing")?);
        }
        match found.is_empty() {
            true => Ok(()),
            false => Err("a condition that nobody asked for".to_owned()),
        }
    }

    fn take_rule(
        &self,
        conjuncts: &mut Vec<Conjunct>,
        rule: &WantedRule<'_>,
        value: &Tree,
    ) -> Lowered<()> {
        let Some(wanted) = rule.condition(value) else {
            return Ok(());
        };
        let key = &rule.dimension.spec.dimension_key;
        match take(conjuncts, &|tree| self.is_same(tree, &wanted)) {
            Some(_) => Ok(()),
            None => Err(format!("no condition is the rule on `{key}`")),
        }
    }

    /// Rows are those that find a row of a far source, which is guarded itself; that holds beside the tenant,
    /// so that nothing is computed of rows that do not.
    fn take_reached(
        &self,
        conjuncts: &mut Vec<Conjunct>,
        hop: &Hop<'a>,
        below: &Restricting<'a>,
    ) -> Lowered<()> {
        let (here, there): (Vec<&str>, Vec<&str>) = hop.on().into_iter().unzip();
        let here = here.into_iter().map(|name| Tree::column("", name));
        let here: Vec<Tree> = here.collect();
        let tested = match here.as_slice() {
            [one] => one.clone(),
            _ => Tree::Node(Head::Row, here),
        };
        let there = there.into_iter();
        let there = there.map(|name| (None, Tree::column(REACHED, name)));
        let there: Vec<(Option<String>, Tree)> = there.collect();
        let is_it = |tree: &Tree| {
            let Tree::Among(value, select) = tree else {
                return false;
            };
            **value == tested && self.is_reached(select, &there, hop, below).is_ok()
        };
        match take(conjuncts, &is_it) {
            Some(Conjunct {
                is_outer: false, ..
            }) => Ok(()),
            Some(_) => Err("a far rule waits above the relation".to_owned()),
            None => Err(format!("rows do not have to find one of `{}`", hop.name)),
        }
    }

    fn is_reached(
        &self,
        select: &Select,
        there: &[(Option<String>, Tree)],
        hop: &Hop<'a>,
        below: &Restricting<'a>,
    ) -> Lowered<()> {
        let plain = Select {
            targets: there.to_vec(),
            from: select.from.clone(),
            ..Select::EMPTY
        };
        if *select != plain {
            return Err("a far rule of another form".to_owned());
        }
        let rows = super::shape::rows(select.from.as_ref(), REACHED)?;
        let handed: Vec<String> = rows.targets.iter().filter_map(handed_out).collect();
        let is_handed = |tree: &Tree| match tree {
            Tree::Column(_, name) => handed.contains(name),
            _ => false,
        };
        match there.iter().all(|(_, tree)| is_handed(tree)) {
            true => self.at(hop.to).check_far(rows, below),
            false => Err("a far rule about a column that nobody hands out".to_owned()),
        }
    }

    /// The standing filter: its parts, since a statement's conditions are flat.
    fn take_standing(&self, conjuncts: &mut Vec<Conjunct>, filter: &str) -> Lowered<()> {
        let filter = normal_fragment(filter)?;
        for part in filter.conjuncts() {
            take(conjuncts, &|tree| self.is_same(tree, part))
                .ok_or("a part of the standing filter is missing")?;
        }
        Ok(())
    }

    /// The guarded rows of a lookup: the tenant, the dimension's rules and the lookup's conditions
    /// hold, and there is one row per key.
    pub fn labels<'s>(
        &self,
        select: &'s Select,
        dimension: &OnSource<'a>,
        lookup: &Lookup,
    ) -> Lowered<Guarded<'s>> {
        let guard = guarded(select, self.is_sqlite)?;
        let (schema, name) = &lookup.relation;
        if guard.relation != (schema.as_str(), name.as_str()) {
            return Err("the relation is not that of the lookup".to_owned());
        }
        guard.check_columns(&|_| true)?;
        let mut conjuncts = guard.conjuncts(&Paths::default());
        match &lookup.tenant {
            Some(column) => self.take_tenant(&mut conjuncts, column, None)?,
            None if dimension.spec.join_global => {}
            None => return Err("a lookup without a tenant".to_owned()),
        }
        let is_held = self.holds_rules_on(&dimension.spec.dimension_key);
        for rule in self.at(dimension.source).rules_on(dimension.spec)? {
            let taken = self.take_rule(&mut conjuncts, &rule, &lookup.key);
            // Where the rule holds in another leg alone, no label has to be hidden for this one.
            if is_held {
                taken?;
            }
        }
        for condition in &lookup.conditions {
            for part in condition.conjuncts() {
                take(&mut conjuncts, &|tree| self.is_same(tree, part))
                    .ok_or("a condition of the lookup is missing")?;
            }
        }
        if !conjuncts.is_empty() {
            return Err("a lookup with conditions that nobody asked for".to_owned());
        }
        self.check_labels(&guard, lookup)?;
        Ok(guard)
    }

    fn check_labels(&self, guard: &Guarded<'_>, lookup: &Lookup) -> Lowered<()> {
        let label = match lookup.is_unique {
            true => lookup.label.clone(),
            false => Tree::node(super::tree::Head::call("min"), [lookup.label.clone()]),
        };
        let wanted = [("key", &lookup.key), ("label", &label)];
        let targets = &guard.select.targets;
        let same = targets.len() == 2
            && targets
                .iter()
                .zip(wanted)
                .all(|((name, tree), (key, part))| {
                    name.as_deref() == Some(key) && self.is_same(&normal(tree.clone()), part)
                });
        if !same {
            return Err("a lookup that hands out something else than key and label".to_owned());
        }
        super::shape::check_groups(guard.select, usize::from(!lookup.is_unique))
    }

    /// The value of a dimension where no grain is asked for: days are cut from moments.
    pub fn whole(&self, dimension: &OnSource<'_>) -> Tree {
        super::bucket::value(self, dimension, None)
    }
}
