//! Rows of other sources: joined beside those of a scan, and those that a guard wants to be met.

use crate::certificate::ScanPurpose;
use crate::plan::{Scan, Summed, Through};

use super::{Emitter, ROWS, Scope};

/// The alias of rows that have to be met.
const MET: &str = "s";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the rows of a scan, with those of other sources beside them, as what a step reads from.
    pub(super) fn rows(&mut self, scan: &'p Scan<'c>, indent: usize) {
        if scan.joins.is_empty() {
            self.facts(scan, indent);
        } else {
            self.joined_rows(scan, indent);
        }
        self.push(" AS ");
        self.push(ROWS);
    }

    /// The rows, each with at most one of every other source. What can raise waits above the fence of all of it:
    /// else it could be evaluated on rows of another source that no row leads to.
    fn joined_rows(&mut self, scan: &'p Scan<'c>, indent: usize) {
        self.push("(");
        self.line(indent + 2);
        self.push("SELECT ");
        let mut first = true;
        for column in &scan.beside {
            self.push(if first { "" } else { ", " });
            first = false;
            self.column(*column, Scope::OUTSIDE);
        }
        self.shown_of_joins(scan, &mut first);
        self.push(if first { "1 AS present" } else { "" });
        self.line(indent + 2);
        self.push("FROM ");
        self.facts(scan, indent + 2);
        self.push(" AS ");
        self.push(ROWS);
        self.joins(scan, None, indent);
        if scan.is_fenced {
            self.fence(indent + 2);
        }
        self.line(indent);
        self.push(")");
    }

    /// The columns that are shown of joined rows.
    pub(super) fn shown_of_joins(&mut self, scan: &'p Scan<'c>, first: &mut bool) {
        for (at, join) in scan.joins.iter().enumerate() {
            for (column, name) in &join.shown {
                self.push(if *first { "" } else { ", " });
                *first = false;
                self.join_alias(at);
                self.push(".");
                self.push(self.plan.names.sql(*column));
                self.push(" AS ");
                self.push(&name.sql);
            }
        }
    }

    /// The rows of other sources, joined to those of a scan, or to sums of these.
    pub(super) fn joins(&mut self, scan: &'p Scan<'c>, summed: Option<&'p Summed>, indent: usize) {
        for (at, join) in scan.joins.iter().enumerate() {
            self.line(indent + 2);
            self.push("LEFT JOIN ");
            let purpose = ScanPurpose::Joined(join.scan.source.key.clone());
            self.guarded_rows(&join.scan, purpose, indent + 2);
            self.push(" AS ");
            self.join_alias(at);
            for (index, (here, there)) in join.on.iter().enumerate() {
                self.push(if index == 0 { " ON " } else { " AND " });
                self.join_alias(at);
                self.push(".");
                self.push(self.plan.names.sql(*there));
                self.push(" = ");
                match join.parent {
                    Some(parent) => self.join_alias(parent),
                    None => self.push(ROWS),
                }
                self.push(".");
                match (summed, join.parent) {
                    (Some(summed), None) => self.push(summed.name_of(*here)),
                    _ => self.push(self.plan.names.sql(*here)),
                }
            }
        }
    }

    fn join_alias(&mut self, at: usize) {
        self.push("j");
        self.count(at + 1);
    }

    /// Writes that rows of another source are met: a row that leads to none of them is not seen.
    pub(super) fn through(&mut self, through: &'p Through<'c>, scope: Scope, indent: usize) {
        let is_several = through.on.len() > 1;
        self.push(if is_several { "(" } else { "" });
        for (index, (here, _)) in through.on.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.column(*here, scope);
        }
        self.push(if is_several {
            ") IN (SELECT "
        } else {
            " IN (SELECT "
        });
        for (index, (_, there)) in through.on.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.push(MET);
            self.push(".");
            self.push(self.plan.names.sql(*there));
        }
        self.push(" FROM ");
        let purpose = ScanPurpose::Restricting(through.scan.source.key.clone());
        self.guarded_rows(&through.scan, purpose, indent);
        self.push(" AS ");
        self.push(MET);
        self.push(")");
    }
}
