//! The groups that pass, and the rows in them: what totals are of where groups are tested (R17).

use crate::dialect::Dialect;
use crate::plan::{KeyType, Passing, Plan};

use super::select::BELOW;
use super::{Emitter, Scope};

/// The step that has the keys of the groups that pass.
const STEP: &str = "passing";
/// Its alias.
const ALIAS: &str = "p";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the steps that find the groups that pass, and the one that has their keys.
    pub(super) fn passing(&mut self, passing: &'p Passing<'c>) {
        let whole: &'p Plan<'c> = self.plan;
        self.plan = &passing.plan;
        self.prefix = "tested_";
        self.steps();
        self.push(",");
        self.line(0);
        self.push(STEP);
        self.push(" AS (");
        self.line(2);
        self.push("SELECT ");
        for (index, key) in passing.plan.keys.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.column_of(BELOW, &key.name.sql);
            self.named(&key.name.sql);
        }
        self.last_step(2);
        self.group_conditions(2);
        self.line(0);
        self.push("),");
        self.line(0);
        self.plan = whole;
        self.prefix = "";
        self.passing = Some(passing);
    }

    /// Leaves the rows of a leg whose groups pass. A group is there once, so no row is doubled, and a missing
    /// member is one like others.
    pub(super) fn join_passing(
        &mut self,
        passing: &'p Passing<'c>,
        leg: usize,
        scope: Scope,
        indent: usize,
    ) {
        let tested: &'p Plan<'c> = &passing.plan;
        // What is joined has all keys, also where fewer are grouped by.
        let Some(leg) = tested.legs.get(leg) else {
            return;
        };
        self.line(indent);
        self.push("JOIN ");
        self.push(STEP);
        self.push(" AS ");
        self.push(ALIAS);
        for (at, (key, key_type)) in tested.keys.iter().zip(&passing.types).enumerate() {
            self.line(indent + 2);
            self.push(if at == 0 { "ON " } else { "AND " });
            self.meets(
                *key_type,
                |emitter| emitter.key_value(tested, leg, at, scope),
                |emitter| emitter.column_of(ALIAS, &key.name.sql),
            );
        }
    }

    /// Writes that a value of a row is that of a step; a missing one is one like others.
    pub(super) fn meets(
        &mut self,
        key_type: KeyType,
        value: impl Fn(&mut Self),
        of_step: impl Fn(&mut Self),
    ) {
        if self.plan.dialect == Dialect::Sqlite {
            value(self);
            self.push(" IS ");
            of_step(self);
            return;
        }
        // Arrays are equal where both have NULL, and can be hashed, as `IS NOT DISTINCT FROM` cannot.
        let cast = match key_type {
            KeyType::Cast(data_type) => Some(data_type.postgres_cast()),
            KeyType::Same | KeyType::SameScalar => None,
        };
        self.push(if cast.is_some() { "ARRAY[(" } else { "ARRAY[" });
        value(self);
        self.cast(cast);
        self.push(if cast.is_some() {
            "] = ARRAY[("
        } else {
            "] = ARRAY["
        });
        of_step(self);
        self.cast(cast);
        self.push("]");
        if key_type == KeyType::Same {
            // An array of a missing array is an empty one.
            self.push(" AND ((");
            value(self);
            self.push(") IS NULL) = (");
            of_step(self);
            self.push(" IS NULL)");
        }
    }

    fn cast(&mut self, to: Option<&str>) {
        if let Some(to) = to {
            self.push(")::");
            self.push(to);
        }
    }
}
