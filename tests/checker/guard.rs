//! Guarded rows: one relation, the tenant, the rules, and what else the catalog says of its rows (R20).

use measurand::{DataType, Param, Value};

use super::fragment::normal_fragment;
use super::lower::Lowered;
use super::meaning::{Known, Lookup, OnSource, relation};
use super::normal::normal;
use super::paths::Paths;
use super::rules::{Wanted, is_rule, param};
use super::shape::{check_scope, is_fenced};
use super::tree::{From, Select, Tree};
use super::values::PostgresType;

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

/// The alias of a relation inside its guard.
const TABLE: &str = "t";

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

impl Known<'_> {
    /// The equality with the tenant, of the column's type, bound to the context's tenant.
    fn is_tenant(&self, tree: &Tree, column: &str, is_text: bool, params: &[Param]) -> bool {
        let Some((Tree::Column(_, name), bound)) = tree.as_operator("=") else {
            return false;
        };
        let tenant = &self.context.tenant;
        let value = match tenant.as_number() {
            Some(number) if !is_text => Value::Integer(number),
            _ => Value::Text(tenant.as_str().into()),
        };
        let number = match (bound, self.is_sqlite) {
            (Tree::Param(number), true) => *number,
            (bound, false) => match bound.as_cast() {
                Some((Tree::Param(number), to))
                    if DataType::of_postgres(to) == Some(value.data_type()) =>
                {
                    *number
                }
                _ => return false,
            },
            _ => return false,
        };
        name == column && param(number, params) == Some(&Param::Scalar(value))
    }

    fn take_tenant(
        &self,
        conjuncts: &mut Vec<Conjunct>,
        column: &str,
        is_text: bool,
        params: &[Param],
    ) -> Lowered<()> {
        match take(conjuncts, &|tree| {
            self.is_tenant(tree, column, is_text, params)
        }) {
            Some(Conjunct {
                is_outer: false, ..
            }) => Ok(()),
            Some(_) => Err("the tenant waits above the relation".to_owned()),
            None => Err(format!("no equality of `{column}` with the tenant")),
        }
    }

    /// The guarded rows of the source: the tenant, every rule and the standing filter hold.
    pub fn facts<'s>(
        &self,
        select: &'s Select,
        params: &[Param],
    ) -> Lowered<(Guarded<'s>, Vec<Conjunct>)> {
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
        let mut conjuncts = guard.conjuncts(&paths);
        if let Some(column) = &self.source.client_id_column {
            let is_text = self.column_type(column) == Some(DataType::Text);
            self.take_tenant(&mut conjuncts, column, is_text, params)?;
        }
        for rule in self.wanted_rules()? {
            let Some(wanted) = &rule.wanted else { continue };
            let value = self.whole(&rule.dimension, params);
            self.take_rule(&mut conjuncts, &rule.dimension, &value, wanted, params)?;
        }
        if let Some(filter) = &self.source.base_filter {
            self.take_standing(&mut conjuncts, filter)?;
        }
        if !guard.select.groups.is_empty() {
            return Err("guarded rows that are grouped".to_owned());
        }
        Ok((guard, conjuncts))
    }

    fn take_rule(
        &self,
        conjuncts: &mut Vec<Conjunct>,
        dimension: &OnSource<'_>,
        values: &[Tree],
        wanted: &Wanted,
        params: &[Param],
    ) -> Lowered<()> {
        let is_it = |tree: &Tree| {
            let is_value = |found: &Tree| values.iter().any(|value| self.is_same(found, value));
            is_rule(tree, &is_value, wanted, params)
        };
        match take(conjuncts, &is_it) {
            Some(_) => Ok(()),
            None => Err(format!(
                "no condition is the rule on `{}`",
                dimension.spec.dimension_key
            )),
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
        dimension: &OnSource<'_>,
        lookup: &Lookup,
        params: &[Param],
    ) -> Lowered<Guarded<'s>> {
        let guard = guarded(select, self.is_sqlite)?;
        let (schema, name) = &lookup.relation;
        if guard.relation != (schema.as_str(), name.as_str()) {
            return Err("the relation is not that of the lookup".to_owned());
        }
        guard.check_columns(&|_| true)?;
        let mut conjuncts = guard.conjuncts(&Paths::default());
        match &lookup.tenant {
            Some(column) => self.take_tenant(&mut conjuncts, column, false, params)?,
            None if dimension.spec.join_global => {}
            None => return Err("a lookup without a tenant".to_owned()),
        }
        for rule in self.wanted_rules()? {
            let Some(wanted) = &rule.wanted else { continue };
            if rule.dimension.spec.dimension_key == dimension.spec.dimension_key {
                let value = [lookup.key.clone()];
                self.take_rule(&mut conjuncts, &rule.dimension, &value, wanted, params)?;
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
        let found: Vec<(&str, Tree)> = guard
            .select
            .targets
            .iter()
            .map(|(name, tree)| (name.as_deref().unwrap_or(""), normal(tree.clone())))
            .collect();
        let same = found.len() == 2
            && found
                .iter()
                .zip(wanted)
                .all(|((name, tree), (key, part))| *name == key && tree == part);
        if !same {
            return Err("a lookup that hands out something else than key and label".to_owned());
        }
        super::shape::check_groups(guard.select, usize::from(!lookup.is_unique))
    }

    /// The value of a dimension where no grain is asked for: days are cut from moments.
    pub fn whole(&self, dimension: &OnSource<'_>, params: &[Param]) -> Vec<Tree> {
        super::bucket::values(self, dimension, None, &dimension.value, params)
    }
}
