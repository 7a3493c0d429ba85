//! Answers: a compiled statement, run, with the columns that say how its rows are shown.

use measurand::{Column, CompiledQuery, Note, Value};
use serde::Serialize;
use tokio_postgres::Row;

use crate::app::MAX_ROWS;
use crate::database::{Snapshot, values};
use crate::error::Answered;

/// The rows of a statement, and what they mean.
#[derive(Serialize)]
pub struct Answer {
    columns: Vec<Column>,
    rows: Vec<Vec<Option<Value>>>,
    notes: Vec<Note>,
    /// Of a page of detail rows: what the next one comes `after`; nothing behind the last.
    next: Option<Vec<Option<Value>>>,
    /// Whether there may be more rows than an answer has.
    is_cut: bool,
}

impl Answer {
    /// Runs a statement.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn of(query: &CompiledQuery, snapshot: &Snapshot<'_>) -> Answered<Self> {
        let rows = snapshot.query(query.sql(), query.params()).await?;
        Self::from_rows(query, &rows)
    }

    /// The answer that these rows of the statement are.
    ///
    /// # Errors
    /// A value that the library has no form for.
    pub fn from_rows(query: &CompiledQuery, rows: &[Row]) -> Answered<Self> {
        let rows: Answered<Vec<_>> = rows.iter().map(values).collect();
        let mut rows = rows?;
        let is_cut = rows.len() as u64 >= MAX_ROWS;
        // A page asks for one row more than it has, to know whether there is another page.
        let mut next = None;
        if let Some(page) = query.page() {
            let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
            let has_more = rows.len() > limit;
            rows.truncate(limit);
            if let (true, Some(columns), Some(last)) = (has_more, page.after_columns(), rows.last())
            {
                let of = |at: &usize| last.get(*at).cloned().flatten();
                next = Some(columns.iter().map(of).collect());
            }
        }
        Ok(Self {
            columns: query.columns().to_vec(),
            rows,
            notes: query.notes().to_vec(),
            next,
            is_cut,
        })
    }
}
