//! Reads rows of other sources: beside those of a scan, and those that have to be met.
//!
//! ```text
//! rows       guard AS o | ( SELECT columns FROM guard AS o joins [fence] ) AS o
//! columns    o.column {, o.column} {, j1.column AS name} | 1 AS present
//! joins      {LEFT JOIN guard AS j1 ON j1.column = o.column {AND j1.column = o.column}}
//! met        t.column IN (SELECT s.column FROM guard AS s) | (t.a, t.b) IN (SELECT s.a, s.b FROM guard AS s)
//! ```
//!
//! A join is by all columns that tell the rows of its source apart, which the catalog has proved, so that it
//! repeats no row.

use crate::catalog::columns::ColumnId;
use crate::certificate::ScanPurpose;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{Join, Scan, Summed, Through};

use super::ROWS;
use super::columns::Rows;
use super::guards::Purpose;
use super::reader::{Read, Reader, failure};

/// The alias of rows that have to be met.
const MET: &str = "s";

impl<'a> Reader<'a> {
    /// What a step reads from: guarded rows, with those of other sources beside them.
    pub(super) fn rows(&mut self, planned: &'a Scan<'a>) -> Read<()> {
        if planned.joins.is_empty() {
            self.guarded_rows(planned, Purpose::Facts)?;
        } else {
            self.open()?;
            self.joined_rows(planned)?;
            self.close()?;
        }
        self.word("AS")?;
        self.exact_name(ROWS)
    }

    fn joined_rows(&mut self, planned: &'a Scan<'a>) -> Read<()> {
        let names = self.plan().names;
        self.word("SELECT")?;
        let mut first = true;
        for column in &planned.beside {
            self.next_item(&mut first)?;
            self.exact_column(ROWS, names.sql(*column))?;
        }
        self.shown_of_joins(planned, &mut first)?;
        if first {
            self.number("1")?;
            self.word("AS")?;
            self.exact_name("present")?;
        }
        distinct_names(planned, |column| names.sql(column))?;
        self.word("FROM")?;
        self.guarded_rows(planned, Purpose::Facts)?;
        self.word("AS")?;
        self.exact_name(ROWS)?;
        for (at, join) in planned.joins.iter().enumerate() {
            self.join(planned, None, at, join)?;
        }
        match planned.is_fenced {
            true => self.fence(),
            false => Ok(()),
        }
    }

    /// The columns that are handed on of joined rows.
    pub(super) fn shown_of_joins(&mut self, planned: &Scan<'_>, first: &mut bool) -> Read<()> {
        let names = self.plan().names;
        for (at, join) in planned.joins.iter().enumerate() {
            for (column, name) in &join.shown {
                self.next_item(first)?;
                self.exact_column(&join_alias(at), names.sql(*column))?;
                self.word("AS")?;
                self.exact_name(&name.sql)?;
            }
        }
        Ok(())
    }

    /// One join of a scan, to its rows or to sums of them.
    pub(super) fn join(
        &mut self,
        planned: &'a Scan<'a>,
        summed: Option<&Summed>,
        at: usize,
        join: &'a Join<'a>,
    ) -> Read<()> {
        let names = self.plan().names;
        let alias = join_alias(at);
        let nearer = match join.parent {
            Some(parent) if parent < at => join_alias(parent),
            Some(_) => return failure("rows are joined to what stands behind them"),
            None => ROWS.to_owned(),
        };
        let from = match join.parent.and_then(|parent| planned.joins.get(parent)) {
            Some(parent) => &parent.scan,
            None => planned,
        };
        self.word("LEFT")?;
        self.word("JOIN")?;
        self.guarded_rows(&join.scan, Purpose::Joined)?;
        self.word("AS")?;
        self.exact_name(&alias)?;
        if !is_one(&join.scan, join.on) {
            return failure("rows are joined that may be several for one");
        }
        for (index, (here, there)) in join.on.iter().enumerate() {
            if !from.columns.contains(here) || !join.scan.columns.contains(there) {
                return failure("rows are joined by a column that is not read");
            }
            self.word(if index == 0 { "ON" } else { "AND" })?;
            self.exact_column(&alias, names.sql(*there))?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            match summed.filter(|_| join.parent.is_none()) {
                Some(summed) => self.link(summed, *here)?,
                None => self.exact_column(&nearer, names.sql(*here))?,
            }
        }
        Ok(())
    }

    /// That rows of another source are met.
    pub(super) fn through(&mut self, through: &'a Through<'a>, rows: Rows<'_>) -> Read<()> {
        let names = self.plan().names;
        let is_several = through.on.len() > 1;
        if through.on.is_empty() {
            return failure("rows are to be met by no column");
        }
        if is_several {
            self.open()?;
        }
        let mut first = true;
        for (here, _) in through.on {
            self.next_item(&mut first)?;
            self.stored(*here, rows)?;
        }
        if is_several {
            self.close()?;
        }
        self.words("IN (SELECT")?;
        let mut first = true;
        for (_, there) in through.on {
            self.next_item(&mut first)?;
            self.exact_column(MET, names.sql(*there))?;
        }
        self.word("FROM")?;
        self.guarded_rows(&through.scan, Purpose::Restricting)?;
        self.word("AS")?;
        self.exact_name(MET)?;
        self.close()
    }
}

impl Purpose {
    /// Whether the certificate says the same of a scan.
    pub(super) fn is(self, found: &ScanPurpose, planned: &Scan<'_>) -> bool {
        let source = match (self, found) {
            (Self::Facts, ScanPurpose::Facts(source))
            | (Self::Joined, ScanPurpose::Joined(source))
            | (Self::Restricting, ScanPurpose::Restricting(source)) => source,
            _ => return false,
        };
        *source == planned.source.key
    }
}

/// Whether a source has one row at most for these columns, beside the tenant's.
fn is_one(far: &Scan<'_>, on: &[(ColumnId, ColumnId)]) -> bool {
    let key = &far.source.primary_key;
    let covers = |column: &ColumnId| {
        on.iter().any(|(_, there)| there == column) || far.source.tenant_column == Some(*column)
    };
    !key.is_empty() && key.iter().all(covers)
}

/// Every column that is handed on has a name of its own.
fn distinct_names<'n>(planned: &'n Scan<'_>, name: impl Fn(ColumnId) -> &'n str) -> Read<()> {
    let mut names: Vec<String> = Vec::new();
    let own = planned.beside.iter().map(|column| name(*column));
    let joined = planned.joins.iter().flat_map(|join| &join.shown);
    for name in own.chain(joined.map(|(_, name)| &*name.sql)) {
        let name = name.to_ascii_lowercase();
        if names.contains(&name) {
            return failure("two columns are handed on under one name");
        }
        names.push(name);
    }
    Ok(())
}

fn join_alias(at: usize) -> String {
    format!("j{}", at + 1)
}
