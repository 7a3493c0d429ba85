//! Statements of the members that a lookup has: no row of a source is read.

use measurand::{Comparison, DataType, RequestKind, Scalar, Subject, ValuesFrom};

use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::normal::normal;
use super::shape::{check_scope, rows};
use super::tree::{Head, Order, Select, Tree};

impl Known<'_> {
    /// Whether the members of a lookup are asked for.
    pub fn reads_lookup_alone(&self) -> bool {
        let lookup = ValuesFrom::Lookup;
        matches!(self.request.kind, RequestKind::Values { from, .. } if from == lookup)
    }
}

/// The whole statement.
pub fn check<'a>(
    known: &Known<'a>,
    metrics: &Metrics<'_, 'a>,
    aliases: &[&str],
    statement: &Select,
) -> Lowered<()> {
    let asked = known.asked()?;
    let [asked] = asked.as_slice() else {
        return Err("members of several dimensions".to_owned());
    };
    let key = &asked.dimension.spec.dimension_key;
    let lookup = asked.dimension.lookup.as_ref().ok_or("no lookup")?;
    let others = known.wanted_rules()?;
    if others
        .iter()
        .any(|rule| rule.dimension.spec.dimension_key != *key)
    {
        return Err("a rule on another dimension is not in force".to_owned());
    }
    let plain = Select {
        targets: statement.targets.clone(),
        from: statement.from.clone(),
        condition: statement.condition.clone(),
        order: statement.order.clone(),
        limit: statement.limit.clone(),
        offset: statement.offset.clone(),
        ..Select::EMPTY
    };
    let wanted = ["key", "label"].map(|name| Tree::column("s", name));
    let targets = aliases.iter().map(|alias| Some((*alias).to_owned()));
    let targets: Vec<(Option<String>, Tree)> = targets.zip(wanted).collect();
    if *statement != plain || statement.targets != targets || aliases.len() != 2 {
        return Err("more or less than the members and their labels".to_owned());
    }
    let guard = known.labels(
        rows(statement.from.as_ref(), "s")?,
        &asked.dimension,
        lookup,
    )?;
    known.check_label_fence(&guard)?;
    known.check_tested_fence(&guard)?;
    known.check_members(key, metrics, statement)?;
    known.check_member_order(key, statement)?;
    known.page(statement)
}

impl<'a> Known<'a> {
    /// Members have a key, and the label that is searched for.
    fn check_members(
        &self,
        key: &str,
        metrics: &Metrics<'_, 'a>,
        statement: &Select,
    ) -> Lowered<()> {
        let mut found = Vec::new();
        for tree in statement.condition.iter().flat_map(Tree::conjuncts) {
            check_scope(tree, &|alias, name| {
                alias == "s" && ["key", "label"].contains(&name)
            })?;
            found.push(normal(tree.clone()));
        }
        let negated = true;
        let mut wanted = vec![Tree::node(
            Head::IsNull { negated },
            [Tree::column("", "key")],
        )];
        if let Some(text) = self.search_text() {
            let comparison = Comparison {
                subject: Subject::Dimension(key.to_owned()),
                op: "contains".to_owned(),
                values: vec![Scalar::Text(text.into())],
                on_label: true,
                case_sensitive: false,
            };
            let label = Tree::column("", "label");
            wanted.push(self.tested(metrics, &comparison, &label, DataType::Text)?);
        }
        match found == wanted {
            true => Ok(()),
            false => Err("members are held to something else than asked".to_owned()),
        }
    }

    /// By label, then by key, unless asked otherwise; the place of NULL is said.
    fn check_member_order(&self, key: &str, statement: &Select) -> Lowered<()> {
        let mut wanted: Vec<Order> = Vec::new();
        let mut add = |names: &[&str], descending: bool, nulls_first: bool| {
            for name in names {
                let by = Tree::column("s", name);
                if !wanted.iter().any(|known| known.by == by) {
                    wanted.push(Order {
                        by,
                        descending,
                        nulls_first: Some(nulls_first),
                    });
                }
            }
        };
        let written = self.request.dimensions.first();
        let written = written.map_or(key, |written| &written.dimension);
        for order in &self.request.order_by {
            match order.key == format!("{written}.label") {
                true => add(&["label"], order.descending, order.nulls_first),
                false => add(&["label", "key"], order.descending, order.nulls_first),
            }
        }
        // What names the value alone has ordered by both.
        match wanted.iter().any(|by| by.by == Tree::column("s", "key")) {
            true => {}
            false => {
                let mut rest = vec!["key"];
                if wanted.is_empty() {
                    rest.insert(0, "label");
                }
                for name in rest {
                    wanted.push(Order {
                        by: Tree::column("s", name),
                        descending: false,
                        nulls_first: Some(false),
                    });
                }
            }
        }
        match statement.order == wanted {
            true => Ok(()),
            false => Err("members in another order".to_owned()),
        }
    }
}
