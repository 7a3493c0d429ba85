//! Detail rows: read, put in order and into pages, then labelled; labelled first where labels order.

use crate::plan::{BindId, DetailOrder, DetailRows, OutputTerm};
use crate::value::DataType;

use super::select::BELOW;
use super::{Emitter, Scope};

/// What a row before the page has in one key of the order.
type Before = Option<(BindId, DataType)>;

impl<'p> Emitter<'p, '_> {
    /// Writes the whole statement, behind its `WITH`.
    pub(super) fn detail(&mut self, rows: &'p DetailRows) {
        self.detail_step();
        let is_apart = self.plan.pages_apart();
        if is_apart {
            self.page_step(rows);
        }
        self.outputs();
        self.line(0);
        self.push(if is_apart {
            "FROM page AS "
        } else {
            "FROM detail AS "
        });
        self.push(BELOW);
        self.labels(0);
        if is_apart {
            self.detail_order(rows, 0);
        } else {
            self.order_and_page(rows, 0);
        }
    }

    /// The guarded rows, and what is read of each.
    fn detail_step(&mut self) {
        let plan = self.plan;
        let Some(leg) = plan.legs.first() else {
            return;
        };
        self.scan = Some(&leg.scan);
        self.push("detail AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for (key, on_source) in plan.keys.iter().zip(&leg.keys) {
            self.item(&mut first);
            // The plan is not made where the dialect lacks the expression.
            if let Ok(text) = on_source.value.printed.get(plan.dialect) {
                let scope = Scope::OUTSIDE.of_dimension();
                self.dimension_value(on_source, text, key.grain, scope);
            }
            self.named(&key.name.sql);
        }
        if plan.keys.is_empty() {
            self.item(&mut first);
            self.push("1 AS present");
        }
        self.line(2);
        self.push("FROM ");
        self.rows(&leg.scan, 2);
        self.outer_conditions(&leg.scan, 2);
        self.line(0);
        self.push(")");
    }

    /// The page, before its labels are looked up.
    fn page_step(&mut self, rows: &'p DetailRows) {
        self.push(",");
        self.line(0);
        self.push("page AS (");
        self.line(2);
        self.push("SELECT");
        let mut first = true;
        for key in &self.plan.keys {
            self.item(&mut first);
            self.below(&key.name.sql);
            self.named(&key.name.sql);
        }
        self.line(2);
        self.push("FROM detail AS ");
        self.push(BELOW);
        self.order_and_page(rows, 2);
        self.line(0);
        self.push(")");
    }

    fn order_and_page(&mut self, rows: &'p DetailRows, indent: usize) {
        if let Some(after) = &rows.after {
            self.line(indent);
            self.push("WHERE ");
            self.after(&rows.order, after);
        }
        self.detail_order(rows, indent);
        self.page(indent);
    }

    /// What is never missing has no place of missing values, so that an index in either direction serves.
    fn detail_order(&mut self, rows: &'p DetailRows, indent: usize) {
        for (index, by) in rows.order.iter().enumerate() {
            if index == 0 {
                self.line(indent);
                self.push("ORDER BY ");
            } else {
                self.push(", ");
            }
            self.ordering(by);
            self.push(if by.descending { " DESC" } else { "" });
            self.push(match (by.is_present, by.nulls_first) {
                (true, _) => "",
                (false, true) => " NULLS FIRST",
                (false, false) => " NULLS LAST",
            });
        }
    }

    /// The rows behind one: by a comparison of whole rows where no key is ever missing and all run in one
    /// direction, which an index serves best; else key by key.
    fn after(&mut self, order: &'p [DetailOrder], before: &[Before]) {
        let descending = order.first().is_some_and(|by| by.descending);
        let is_plain = |by: &DetailOrder| by.is_present && by.descending == descending;
        if order.iter().all(is_plain) {
            self.after_row(order, before, descending);
        } else {
            self.after_each(order, before);
        }
    }

    fn after_row(&mut self, order: &'p [DetailOrder], before: &[Before], descending: bool) {
        let (open, close) = match order.len() {
            1 => ("", ""),
            _ => ("(", ")"),
        };
        // A source without a key but the tenant has one row, and none behind it.
        if order.is_empty() {
            return self.push("FALSE");
        }
        self.push(open);
        for (index, by) in order.iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " });
            self.ordering(by);
        }
        self.push(close);
        self.push(if descending { " < " } else { " > " });
        self.push(open);
        for (index, (bind, data_type)) in before.iter().flatten().enumerate() {
            self.push(if index == 0 { "" } else { ", " });
            self.value(*bind, *data_type);
        }
        self.push(close);
    }

    /// Behind in the first key, or the same in it and behind in the others. Where a missing value cannot
    /// come later, the bound on the first key stands alone, so that an index begins there.
    fn after_each(&mut self, order: &'p [DetailOrder], before: &[Before]) {
        let mut closing = 0;
        let last = order.len().saturating_sub(1);
        for (index, (by, before)) in order.iter().zip(before).enumerate() {
            let sign = if by.descending { " < " } else { " > " };
            let bound = if by.descending { " <= " } else { " >= " };
            let missing_come_later = !by.is_present && !by.nulls_first;
            let is_last = index == last;
            match (*before, missing_come_later) {
                (None, true) if is_last => self.push("FALSE"),
                (None, true) => {
                    self.push("(");
                    self.ordering(by);
                    self.push(" IS NULL AND ");
                    closing += 1;
                }
                (None, false) if is_last => {
                    self.ordering(by);
                    self.push(" IS NOT NULL");
                }
                (None, false) => {
                    self.push("(");
                    self.ordering(by);
                    self.push(" IS NOT NULL OR ");
                    closing += 1;
                }
                (Some(value), false) if is_last => self.compared(by, sign, value),
                (Some(value), false) => {
                    self.push("(");
                    self.compared(by, bound, value);
                    self.push(" AND (");
                    self.compared(by, sign, value);
                    self.push(" OR ");
                    closing += 2;
                }
                (Some(value), true) => {
                    self.push("(");
                    self.compared(by, sign, value);
                    self.push(" OR ");
                    self.ordering(by);
                    self.push(" IS NULL");
                    closing += 1;
                    if !is_last {
                        self.push(" OR (");
                        self.compared(by, " = ", value);
                        self.push(" AND ");
                        closing += 1;
                    }
                }
            }
        }
        for _ in 0..closing {
            self.push(")");
        }
    }

    fn compared(&mut self, by: &DetailOrder, sign: &str, (bind, data_type): (BindId, DataType)) {
        self.ordering(by);
        self.push(sign);
        self.value(bind, data_type);
    }

    fn ordering(&mut self, by: &DetailOrder) {
        if by.by_label {
            return self.output(OutputTerm::Label(by.key));
        }
        let key = self.plan.keys.get(by.key);
        self.below(key.map_or("", |key| &key.name.sql));
    }

    fn below(&mut self, name: &str) {
        self.push(BELOW);
        self.push(".");
        self.push(name);
    }
}
