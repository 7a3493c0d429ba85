//! Reads a statement of detail rows.
//!
//! ```text
//! statement  WITH detail AS ( SELECT columns FROM guard AS o [WHERE conjuncts] ) [, page AS ( pages )] result
//! columns    expression AS name {, ..} | 1 AS present
//! pages      SELECT g.name AS name {, ..} FROM detail AS g part
//! result     SELECT g.name AS alias {, ..} | count(*) AS count FROM step AS g
//!            {LEFT JOIN guard AS l1 ON l1.key = g.name} part
//! part       [WHERE behind] [ORDER BY g.name | l1.label [DESC] [NULLS LAST] {, ..}] [LIMIT $n] [OFFSET $n]
//! behind     (g.a, g.b) > ($1, $2) | g.a > $1, or the same key by key
//! ```
//!
//! Where labels are beside the rows, the page is a step of its own, and the result has the order alone; unless
//! labels order, and the page is one of labelled rows.
//! What stands behind a row is worked out here once more, from the order and which of its values are missing.

use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{BindId, DetailOrder, DetailRows, Leg, OutputTerm, Term};
use crate::value::DataType;

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

/// A key of the order, and what the row before the page has in it.
type Behind<'p> = (&'p DetailOrder, Option<(BindId, DataType)>);

impl<'a> Reader<'a> {
    /// The whole statement, behind its `WITH`.
    pub(super) fn detail(&mut self, rows: &'a DetailRows) -> Read<()> {
        let plan = self.plan();
        let [leg] = plan.legs.as_slice() else {
            return failure("detail rows come from one source");
        };
        self.detail_step(leg)?;
        let is_apart = plan.pages_apart();
        if is_apart {
            self.kind(TokenKind::Comma)?;
            self.page_step(rows)?;
        }
        self.word("SELECT")?;
        self.outputs()?;
        self.word("FROM")?;
        self.exact_name(if is_apart { "page" } else { "detail" })?;
        self.word("AS")?;
        self.exact_name(BELOW)?;
        self.labels()?;
        match is_apart {
            true => self.detail_order(rows),
            false => self.part(rows),
        }
    }

    fn detail_step(&mut self, leg: &'a Leg<'a>) -> Read<()> {
        self.exact_name("detail")?;
        self.word("AS")?;
        self.open()?;
        self.word("SELECT")?;
        let rows = Rows::outside(&leg.scan);
        if leg.keys.len() != self.plan().keys.len() {
            return failure("more or less is read of a row than planned");
        }
        let mut first = true;
        for (key, value) in self.plan().keys.iter().zip(&leg.keys) {
            self.next_item(&mut first)?;
            // A column is what it is, whatever option stands for a dimension of it.
            let rows = match value.is_column {
                true => rows,
                false => rows.of_dimension(),
            };
            self.dimension(value, key.grain, rows)?;
            self.word("AS")?;
            self.exact_name(&key.name.sql)?;
        }
        if first {
            self.number("1")?;
            self.word("AS")?;
            self.exact_name("present")?;
        }
        self.word("FROM")?;
        self.rows(&leg.scan)?;
        self.conditions(0, &leg.scan.outer, rows)?;
        self.close()
    }

    fn page_step(&mut self, rows: &DetailRows) -> Read<()> {
        self.exact_name("page")?;
        self.word("AS")?;
        self.open()?;
        self.word("SELECT")?;
        let mut first = true;
        for position in 0..self.plan().keys.len() {
            self.carried(Term::Key(position), &mut first)?;
        }
        self.word("FROM")?;
        self.exact_name("detail")?;
        self.word("AS")?;
        self.exact_name(BELOW)?;
        self.part(rows)?;
        self.close()
    }

    /// The rows behind one, in order, and how many of them.
    fn part(&mut self, rows: &DetailRows) -> Read<()> {
        if let Some(after) = &rows.after {
            self.word("WHERE")?;
            let behind: Vec<Behind<'_>> = rows.order.iter().zip(after.iter().copied()).collect();
            if behind.len() != rows.order.len() || behind.len() != after.len() {
                return failure("a page does not come after a whole row");
            }
            self.behind(&behind)?;
        }
        self.detail_order(rows)?;
        self.page()
    }

    fn detail_order(&mut self, rows: &DetailRows) -> Read<()> {
        for (index, by) in rows.order.iter().enumerate() {
            if index == 0 {
                self.word("ORDER")?;
                self.word("BY")?;
            } else {
                self.kind(TokenKind::Comma)?;
            }
            self.ordering(by)?;
            if by.descending {
                self.word("DESC")?;
            }
            if !by.is_present {
                self.word("NULLS")?;
                self.word(if by.nulls_first { "FIRST" } else { "LAST" })?;
            }
        }
        Ok(())
    }

    fn behind(&mut self, keys: &[Behind<'_>]) -> Read<()> {
        let Some((first, _)) = keys.first() else {
            return self.word("FALSE");
        };
        let is_plain = keys
            .iter()
            .all(|(by, _)| by.is_present && by.descending == first.descending);
        match keys {
            [_] | [] => self.behind_each(keys),
            _ if is_plain => {
                self.open()?;
                let mut is_first = true;
                for (by, _) in keys {
                    self.next_item(&mut is_first)?;
                    self.ordering(by)?;
                }
                self.close()?;
                self.kind(TokenKind::Operator(past(first)))?;
                self.open()?;
                let mut is_first = true;
                for (_, value) in keys {
                    self.next_item(&mut is_first)?;
                    self.before(*value)?;
                }
                self.close()
            }
            _ => self.behind_each(keys),
        }
    }

    /// What comes behind a row in these keys. Recursion is as deep as an order of pages may be long.
    fn behind_each(&mut self, keys: &[Behind<'_>]) -> Read<()> {
        let [(by, value), rest @ ..] = keys else {
            return failure("nothing comes behind a row in no key");
        };
        let comes_last = !by.is_present && !by.nulls_first;
        match (value, comes_last, rest) {
            // Nothing comes behind a missing value that is last, and all that is there behind one that is first.
            (None, true, []) => self.word("FALSE"),
            (None, false, []) => self.missing(by, true),
            (None, true, _) => {
                self.open()?;
                self.missing(by, false)?;
                self.word("AND")?;
                self.behind_each(rest)?;
                self.close()
            }
            (None, false, _) => {
                self.open()?;
                self.missing(by, true)?;
                self.word("OR")?;
                self.behind_each(rest)?;
                self.close()
            }
            (Some(_), false, []) => self.compared(by, past(by), *value),
            (Some(_), false, _) => {
                self.open()?;
                self.compared(by, from(by), *value)?;
                self.word("AND")?;
                self.open()?;
                self.compared(by, past(by), *value)?;
                self.word("OR")?;
                self.behind_each(rest)?;
                self.close()?;
                self.close()
            }
            (Some(_), true, _) => {
                self.open()?;
                self.compared(by, past(by), *value)?;
                self.word("OR")?;
                self.missing(by, false)?;
                if !rest.is_empty() {
                    self.word("OR")?;
                    self.open()?;
                    self.compared(by, Operator::Equal, *value)?;
                    self.word("AND")?;
                    self.behind_each(rest)?;
                    self.close()?;
                }
                self.close()
            }
        }
    }

    fn compared(
        &mut self,
        by: &DetailOrder,
        sign: Operator,
        value: Option<(BindId, DataType)>,
    ) -> Read<()> {
        self.ordering(by)?;
        self.kind(TokenKind::Operator(sign))?;
        self.before(value)
    }

    fn missing(&mut self, by: &DetailOrder, negated: bool) -> Read<()> {
        self.ordering(by)?;
        self.word("IS")?;
        if negated {
            self.word("NOT")?;
        }
        self.word("NULL")
    }

    fn ordering(&mut self, by: &DetailOrder) -> Read<()> {
        match self.plan().keys.get(by.key) {
            Some(key) if by.by_label && key.lookup.is_none() => {
                failure("rows are ordered by labels that are not there")
            }
            Some(_) if by.by_label => self.output(OutputTerm::Label(by.key)),
            Some(key) => self.exact_column(BELOW, &key.name.sql),
            None => failure("the plan names a column that it lacks"),
        }
    }

    fn before(&mut self, value: Option<(BindId, DataType)>) -> Read<()> {
        match value {
            Some((bind, data_type)) => self.value(bind, data_type),
            None => failure("a value of the row before is missing"),
        }
    }
}

/// Behind in a key.
fn past(by: &DetailOrder) -> Operator {
    match by.descending {
        true => Operator::Less,
        false => Operator::Greater,
    }
}

/// Behind in a key, or the same in it.
fn from(by: &DetailOrder) -> Operator {
    match by.descending {
        true => Operator::LessOrEqual,
        false => Operator::GreaterOrEqual,
    }
}
