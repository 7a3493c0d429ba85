//! Reads the result of groups: its columns, labels, order and page.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::OutputTerm;
use crate::value::DataType;

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

impl<'a> Reader<'a> {
    pub(super) fn result(&mut self) -> Read<()> {
        let plan = self.plan();
        self.word("SELECT")?;
        self.outputs()?;
        self.last_step()?;
        self.labels()?;
        if plan.placed.is_empty() {
            self.conditions(0, &plan.group_predicates, Rows::BELOW)?;
        }
        self.without_other()?;
        if !plan.order.is_empty() {
            self.word("ORDER")?;
            self.word("BY")?;
            let mut first = true;
            if let Some(totals) = &plan.totals {
                first = false;
                self.exact_column(BELOW, &totals.level.sql)?;
            }
            self.other_last(BELOW, &mut first)?;
            self.order(&mut first, &mut |reader, what| reader.output(what))?;
        }
        self.page()
    }

    /// The columns of the result, which are those of the metadata.
    pub(super) fn outputs(&mut self) -> Read<()> {
        let plan = self.plan();
        let mut first = true;
        for output in &plan.outputs {
            self.next_item(&mut first)?;
            self.output(output.what)?;
            self.word("AS")?;
            self.exact_name(&output.alias.sql)?;
        }
        self.promised_columns()
    }

    /// The columns of the plan are those of the metadata.
    pub(super) fn promised_columns(&self) -> Read<()> {
        let shown = self.plan().outputs.iter();
        let shown = shown.map(|output| &*output.alias.alias);
        match shown.eq(self.claim.aliases.iter().copied()) {
            true => Ok(()),
            false => failure("the columns are not those of the metadata"),
        }
    }

    /// The last step is what is read.
    pub(super) fn last_step(&mut self) -> Read<()> {
        if self.plan().pivot.is_none() {
            return self.last_metrics();
        }
        self.word("FROM")?;
        self.exact_name(super::pivot::STEP)?;
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    /// The last step that has the metrics of groups.
    pub(super) fn last_metrics(&mut self) -> Read<()> {
        self.word("FROM")?;
        match self.plan().placed.is_empty() {
            true => self.step_name(self.plan().levels)?,
            false => self.exact_name("placed")?,
        }
        self.word("AS")?;
        self.exact_name(BELOW)
    }

    /// The labels beside the step below.
    pub(super) fn labels(&mut self) -> Read<()> {
        let plan = self.plan();
        for (position, key) in plan.keys.iter().enumerate() {
            let Some((lookup, dimension)) = key.lookup else {
                continue;
            };
            let alias = label_alias(position);
            self.word("LEFT")?;
            self.word("JOIN")?;
            self.lookup(lookup, dimension)?;
            self.word("AS")?;
            self.exact_name(&alias)?;
            self.word("ON")?;
            self.exact_column(&alias, "key")?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            self.exact_column(BELOW, &key.name.sql)?;
        }
        Ok(())
    }

    pub(super) fn output(&mut self, what: OutputTerm) -> Read<()> {
        match what {
            OutputTerm::Term(term) => {
                let name = self.term_name(term)?;
                self.exact_column(BELOW, name)
            }
            OutputTerm::Label(position) => self.exact_column(&label_alias(position), "label"),
            OutputTerm::Cell(at) => {
                let cells = self.plan().pivot.as_ref().map(|pivot| &pivot.cells);
                match cells.and_then(|cells| cells.get(at)) {
                    Some(cell) => self.exact_column(BELOW, &cell.name.sql),
                    None => failure("the plan names a column that it lacks"),
                }
            }
            OutputTerm::Count => self.count_of_rows(),
            OutputTerm::RowKind => self.row_kind(),
            OutputTerm::RowBy => self.row_by(),
        }
    }

    /// The items of the order, each with its place for NULL.
    pub(super) fn order(
        &mut self,
        first: &mut bool,
        shown: &mut dyn FnMut(&mut Self, OutputTerm) -> Read<()>,
    ) -> Read<()> {
        for item in &self.plan().order {
            self.next_item(first)?;
            shown(self, item.what)?;
            if item.descending {
                self.word("DESC")?;
            }
            self.word("NULLS")?;
            self.word(if item.nulls_first { "FIRST" } else { "LAST" })?;
        }
        Ok(())
    }

    pub(super) fn page(&mut self) -> Read<()> {
        let plan = self.plan();
        if let Some(limit) = plan.limit {
            self.word("LIMIT")?;
            self.value(limit, DataType::Integer)?;
        } else if plan.offset.is_some() && plan.dialect == Dialect::Sqlite {
            self.no_limit()?;
        }
        if let Some(offset) = plan.offset {
            self.word("OFFSET")?;
            self.value(offset, DataType::Integer)?;
        }
        Ok(())
    }
}

fn label_alias(position: usize) -> String {
    format!("l{}", position + 1)
}
