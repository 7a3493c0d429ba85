//! The members of a lookup, read alone.

use crate::plan::{Members, OutputTerm, Term};

use super::Emitter;
use super::predicate::{Left, SEARCHED};

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the whole statement.
    pub(super) fn members(&mut self, members: &'p Members<'c>) {
        let plan = self.plan;
        self.push("SELECT");
        for (index, output) in plan.outputs.iter().enumerate() {
            self.push(if index == 0 { "" } else { "," });
            self.line(2);
            self.member(output.what);
            self.named(&output.alias.sql);
        }
        self.line(0);
        self.push("FROM ");
        self.lookup(members.lookup, members.dimension, 0);
        self.push(" AS ");
        self.push(SEARCHED);
        self.line(0);
        // No row has a missing value looked up, so a lookup's row without a key is no member.
        self.push("WHERE ");
        self.push(SEARCHED);
        self.push(".key IS NOT NULL");
        if let Some(search) = members.search {
            self.line(2);
            self.push("AND ");
            self.comparison(Left::Label, search);
        }
        self.line(0);
        self.push("ORDER BY ");
        let start = self.out.len();
        self.order(start, |emitter, what| emitter.member(what));
        self.page(0);
    }

    fn member(&mut self, what: OutputTerm) {
        self.push(SEARCHED);
        self.push(match what {
            OutputTerm::Term(Term::Key(_)) => ".key",
            _ => ".label",
        });
    }
}
