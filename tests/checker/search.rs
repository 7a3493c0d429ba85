//! Searches through labels: a value is among the keys of a guarded lookup whose label passes a test.

use super::bucket::followed_value;
use super::lower::Lowered;
use super::meaning::Known;
use super::normal::normal;
use super::shape::check_scope;
use super::tree::{From, Head, Select, Tree};

impl Known<'_> {
    /// A condition with its searches through labels as the dimensions that they are about.
    pub fn without_searches(&self, tree: Tree) -> Lowered<Tree> {
        let mut fault = None;
        let tree = tree.rewrite(&mut |tree| match tree {
            Tree::Among(value, select) => match self.search(&value, &select) {
                Ok((key, test)) => Tree::node(Head::Searched(key), [*value, test]),
                Err(found) => {
                    fault = Some(found);
                    Tree::Null
                }
            },
            other => other,
        });
        fault.map_or(Ok(tree), Err)
    }

    /// `v IN (SELECT s.key FROM (guarded lookup) AS s WHERE test of s.label)`.
    fn search(&self, value: &Tree, select: &Select) -> Lowered<(String, Tree)> {
        let [(None, key)] = select.targets.as_slice() else {
            return Err("a search that is none".to_owned());
        };
        let Some(From::Rows {
            select: labels,
            alias,
        }) = &select.from
        else {
            return Err("a search of something else than a lookup".to_owned());
        };
        let test = select.condition.as_ref().ok_or("a search without a test")?;
        let plain = Select {
            targets: select.targets.clone(),
            from: select.from.clone(),
            condition: select.condition.clone(),
            ..Select::EMPTY
        };
        if *select != plain || alias != "s" || *key != Tree::column("s", "key") {
            return Err("a search of another form".to_owned());
        }
        check_scope(test, &|alias, name| (alias, name) == ("s", "label"))?;
        let mut fault = "a search of nothing that was asked for".to_owned();
        for dimension in self.searched()? {
            let Some(lookup) = &dimension.lookup else {
                continue;
            };
            if !self.is_same(value, &followed_value(self, &dimension)) {
                continue;
            }
            let guarded = self
                .labels(labels, &dimension, lookup)
                .and_then(|guard| self.check_label_fence(&guard));
            match guarded {
                Ok(()) => {
                    let key = dimension.spec.dimension_key.clone();
                    return Ok((key, normal(test.clone())));
                }
                Err(found) => fault = found,
            }
        }
        Err(fault)
    }
}
