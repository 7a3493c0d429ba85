//! Windows: rows beside every period whose window their date lies in (R19).

use crate::dialect::Dialect;
use crate::plan::{Leg, LegWindows, Level, ListBind, WindowLists};

use super::{Emitter, Scope};

/// The alias of the windows.
pub(super) const WINDOW: &str = "w";

impl<'p, 'c> Emitter<'p, 'c> {
    /// Puts rows beside the windows that their dates lie in: those of all periods, or that of the last one where
    /// a level is not by periods.
    pub(super) fn join_windows(
        &mut self,
        windows: &'p LegWindows,
        leg: &'p Leg<'c>,
        level: Option<&Level>,
        indent: usize,
    ) {
        let lists = windows.of(level);
        self.line(indent);
        self.push("JOIN ");
        self.window_lists(lists);
        self.push(" ON ");
        let bounds = [
            ("since", " >= ", lists.since.is_some()),
            ("until", " < ", true),
        ];
        let mut is_first = true;
        for (name, sign, _) in bounds.iter().filter(|(_, _, is_there)| *is_there) {
            self.push(if is_first { "" } else { " AND " });
            is_first = false;
            if let Some(column) = leg.scan.date_column {
                self.column(column, Scope::OUTSIDE);
            }
            self.push(sign);
            self.column_of(WINDOW, name);
        }
    }

    fn window_lists(&mut self, lists: &WindowLists) {
        let columns = [
            ("period", Some(lists.periods)),
            ("since", lists.since),
            ("until", Some(lists.until)),
        ];
        let columns = columns
            .into_iter()
            .filter_map(|(name, list)| Some((name, list?)));
        match self.plan.dialect {
            Dialect::Postgres => {
                self.push("unnest(");
                for (index, (_, list)) in columns.clone().enumerate() {
                    self.push(if index > 0 { ", " } else { "" });
                    self.list(list);
                }
                self.push(") AS ");
                self.push(WINDOW);
                for (index, (name, _)) in columns.enumerate() {
                    self.push(if index > 0 { ", " } else { " (" });
                    self.push(name);
                }
                self.push(")");
            }
            Dialect::Sqlite => {
                // The lists have one length; what is at one place in them belongs together.
                self.push("(SELECT ");
                for (index, (name, list)) in columns.enumerate() {
                    if index == 0 {
                        self.push("value AS ");
                    } else {
                        self.push(", json_extract(");
                        self.list(list);
                        self.push(", '$[' || key || ']') AS ");
                    }
                    self.push(name);
                }
                self.push(" FROM json_each(");
                self.list(lists.periods);
                self.push(") LIMIT -1 OFFSET 0) AS ");
                self.push(WINDOW);
            }
        }
    }

    /// A list as one parameter.
    fn list(&mut self, list: ListBind) {
        let number = self.number(list.values);
        match self.plan.dialect {
            Dialect::Postgres => {
                self.placeholder('$', number);
                self.push("::");
                self.push(list.element.postgres_cast());
                self.push("[]");
            }
            Dialect::Sqlite => self.placeholder('?', number),
        }
    }
}
