//! Answers: a compiled statement, run, with the columns that say how its rows are shown.

use std::sync::Arc;

use measurand::{Column, CompiledQuery, Note, Value};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use tokio_postgres::Row;

use crate::app::MAX_ROWS;
use crate::database::{Snapshot, values};
use crate::error::Answered;

/// The rows of a statement, and what they mean: `{"columns", "notes", "rows", "next", "is_cut"}`.
pub struct Answer {
    columns: Vec<Column>,
    notes: Vec<Note>,
    rows: Arc<Rows>,
}

/// Rows alone. They are those of whoever has a statement with the same fingerprint; notes are not, since
/// they tell of the rules of one reader.
pub struct Rows {
    rows: Vec<Vec<Option<Value>>>,
    /// Of a page of detail rows: what the next one comes `after`; nothing behind the last.
    next: Option<Vec<Option<Value>>>,
    /// Whether there are more rows, or may be.
    is_cut: bool,
}

impl Answer {
    /// Runs a statement.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn of(query: &CompiledQuery, snapshot: &Snapshot<'_>) -> Answered<Self> {
        let rows = snapshot.query(query.sql(), query.params()).await?;
        Ok(Self::with(query, Arc::new(Rows::of(query, &rows)?)))
    }

    /// The answer that these rows of the statement are.
    pub fn with(query: &CompiledQuery, rows: Arc<Rows>) -> Self {
        Self {
            columns: query.columns().to_vec(),
            notes: query.notes().to_vec(),
            rows,
        }
    }

    /// Its rows.
    pub fn rows(&self) -> &Arc<Rows> {
        &self.rows
    }
}

impl Rows {
    /// The rows that the database has given for a statement.
    ///
    /// # Errors
    /// A value that the library has no form for.
    pub fn of(query: &CompiledQuery, rows: &[Row]) -> Answered<Self> {
        let rows: Answered<Vec<_>> = rows.iter().map(values).collect();
        let mut rows = rows?;
        let mut is_cut = rows.len() as u64 >= MAX_ROWS;
        // A page asks for one row more than it has, to know whether there is another page.
        let mut next = None;
        if let Some(page) = query.page() {
            let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
            is_cut = rows.len() > limit;
            rows.truncate(limit);
            let last = rows.last().filter(|_| is_cut);
            if let (Some(columns), Some(last)) = (page.after_columns(), last) {
                let of = |at: &usize| last.get(*at).cloned().flatten();
                next = Some(columns.iter().map(of).collect());
            }
        }
        Ok(Self { rows, next, is_cut })
    }

    /// How many values there are.
    pub fn cells(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Answer", 5)?;
        out.serialize_field("columns", &self.columns)?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("rows", &self.rows.rows)?;
        out.serialize_field("next", &self.rows.next)?;
        out.serialize_field("is_cut", &self.rows.is_cut)?;
        out.end()
    }
}
