//! Checks sources whose rows are added up: by which columns, to what, and what may be asked of them.
//!
//! Inside the guard there are the relation's own columns, which access rules and the standing filter look at;
//! outside, one row for each value of the columns in `rollup_by`.

use crate::catalog::columns::ColumnId;
use crate::error::{CatalogError, Error, Help};
use crate::expr::Expr;
use crate::expr::hazard::Hazard;
use crate::expr::parse::FragmentKind;
use crate::hash::CatalogMap;

use super::super::fragment::Fragment;
use super::super::source::{Source, SourceRollup};
use super::super::spec::SourceSpec;
use super::Checker;

impl<'s> Checker<'s> {
    /// How the rows of a source are added up, if they are; its primary key is what they are added up by.
    pub(super) fn rollup(
        &mut self,
        spec: &'s SourceSpec,
        source: &mut Source,
    ) -> Option<SourceRollup> {
        let rolled = spec.columns.iter().flatten();
        let rolled: Vec<_> = rolled
            .filter_map(|column| Some((column, column.rollup.as_deref()?)))
            .collect();
        if spec.rollup_by.is_empty() {
            if !rolled.is_empty() {
                let advice = "`rollup_by` says by which columns rows are added up";
                self.report_rollup(spec, "columns", "an aggregate without `rollup_by`", advice);
            }
            return None;
        }
        let mut by: Vec<ColumnId> = Vec::with_capacity(spec.rollup_by.len());
        for name in &spec.rollup_by {
            let id = self.columns.intern(name);
            let is_declared = source
                .columns
                .as_ref()
                .is_some_and(|all| all.contains_key(&id));
            if !is_declared {
                self.report_column(spec, "rollup_by", name);
            } else if rolled.iter().any(|(column, _)| column.name == *name) || by.contains(&id) {
                let advice = "rows are added up by columns of the relation, each once";
                self.report_rollup(
                    spec,
                    "rollup_by",
                    "a column that is added up, or is there twice",
                    advice,
                );
            } else {
                by.push(id);
            }
        }
        let own_key = spec
            .primary_key
            .iter()
            .all(|name| spec.rollup_by.contains(name));
        if !own_key {
            let advice = "leave it out: rows are told apart by what they are added up by";
            self.report_rollup(
                spec,
                "primary_key",
                "the primary key of rows that are added up",
                advice,
            );
        }
        if spec.date_column.is_some() {
            let advice = "say `null`: rows of several dates are one";
            self.report_rollup(
                spec,
                "date_column",
                "a date of rows that are added up",
                advice,
            );
        }
        if !spec.relationships.is_empty() {
            let advice = "let other sources lead here instead";
            self.report_rollup(
                spec,
                "relationships",
                "a relationship of rows that are added up",
                advice,
            );
        }
        let mut columns: CatalogMap<ColumnId, Fragment> = CatalogMap::default();
        for (column, sql) in rolled {
            let id = self.columns.intern(&column.name);
            columns.extend(self.rolled_up(spec, sql).map(|fragment| (id, fragment)));
            if column.path.is_some() {
                let advice = "the aggregate looks at a column that has the path";
                self.report_rollup(spec, "columns", "an aggregate with a path", advice);
            }
        }
        for fragment in columns.values() {
            let mut read = fragment.columns.iter();
            let is_plain =
                read.all(|column| source.may_have(*column) && !columns.contains_key(column));
            if !is_plain {
                let advice = "it looks at declared columns of the relation";
                self.report_rollup(
                    spec,
                    "columns",
                    "an aggregate of what is none of the relation's columns",
                    advice,
                );
            }
        }
        if let Some(filter) = &source.base_filter {
            let mut read = filter.columns.iter();
            let is_early = read.any(|column| columns.contains_key(column));
            if is_early || filter.hazard != Hazard::Never {
                let advice = "compare columns of the relation as they are";
                self.report_rollup(
                    spec,
                    "base_filter",
                    "a filter of rows that are added up",
                    advice,
                );
            }
        }
        source.primary_key = by.clone().into();
        Some(SourceRollup {
            by: by.into(),
            columns,
            inside: CatalogMap::default(),
        })
    }

    /// One aggregate of the relation's columns.
    fn rolled_up(&mut self, spec: &SourceSpec, sql: &str) -> Option<Fragment> {
        let parsed = self.parse(&spec.origin, "columns", sql, FragmentKind::Metric)?;
        let bound = self.bind_columns(&spec.origin, "columns", &parsed)?;
        self.check_session(&spec.origin, "columns", &bound);
        match bound {
            Expr::Call(call) if call.function.is_aggregate() => {
                let types = &self.column_types;
                let fragment =
                    Fragment::aggregate(call, &|column| types.get(column).copied().flatten());
                Some(fragment)
            }
            _ => {
                let advice = "compute with it in a dimension";
                self.report_rollup(spec, "columns", "more than one aggregate", advice);
                None
            }
        }
    }

    /// What is asked of rows that are added up looks at what they are added up by and to; a rule looks at the rows
    /// themselves, beside the tenant, and so at nothing that can raise.
    pub(super) fn check_rolled_up(&mut self, spec: &'s SourceSpec, source: &mut Source) {
        let Some(rollup) = &mut source.rollup else {
            return;
        };
        let mut wrong = false;
        let seen =
            |column: &ColumnId| rollup.by.contains(column) || rollup.columns.contains_key(column);
        let all = std::mem::take(&mut source.dimensions);
        let mut inside = CatalogMap::default();
        for (id, dimension) in all {
            let columns = &dimension.value.columns;
            let is_added_up = columns
                .iter()
                .any(|column| rollup.columns.contains_key(column));
            let is_day = dimension.time.is_some_and(|time| time.is_day);
            let is_plain = dimension.value.bare.is_some() && !is_day;
            wrong |= !is_plain && !is_added_up;
            if columns.iter().all(seen) {
                source.dimensions.insert(id, dimension);
            } else {
                wrong |= is_added_up;
                inside.insert(id, dimension);
            }
        }
        rollup.inside = inside;
        if wrong {
            let advice =
                "a dimension is a column of the relation, or of what its rows are added up to";
            self.report_rollup(
                spec,
                "dimensions",
                "a dimension of rows that are added up",
                advice,
            );
        }
    }

    fn report_rollup(&mut self, spec: &SourceSpec, field: &str, subject: &str, advice: &str) {
        let subject = subject.to_owned();
        let error = Error::new(
            spec.origin.path(field),
            CatalogError::WrongValue { subject },
        );
        self.findings.push(error.with_help(Help::advice(advice)));
    }
}
