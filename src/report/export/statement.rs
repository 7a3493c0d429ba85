//! What an export comes to: one statement, its parameters, the plan of its columns.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::column::ExportColumn;
use crate::certificate::Certificate;
use crate::dialect::Dialect;
use crate::fingerprint::hexadecimal;
use crate::output::{CompiledQuery, Note, Page};
use crate::request::Request;
use crate::value::Param;

/// A verified statement that gives the lines of a file, and the plan of its columns.
///
/// Run [`sql`](Self::sql) with [`params`](Self::params); the result has exactly [`columns`](Self::columns), by
/// these names and in this order, and a row for each line. It serializes as one object with the fields `sql`,
/// `dialect`, `params`, `columns`, `certificate`, `notes` and `fingerprint`, and `page` for a page. Its `Debug`
/// form leaves the parameters out, since they hold values of users and of access rules.
#[derive(Clone)]
pub struct ExportStatement {
    pub(super) sql: String,
    pub(super) dialect: Dialect,
    pub(super) params: Vec<Param>,
    pub(super) columns: Vec<ExportColumn>,
    pub(super) certificate: Certificate,
    pub(super) notes: Vec<Note>,
    pub(super) page: Option<Page>,
    pub(super) parts: Vec<ExportPart>,
    pub(super) fingerprint: [u8; 32],
}

/// A statement that an export is composed of, and the request that it answers.
///
/// The text of the first stands in the export as it is. That of the others does too, but for the numbers of
/// their placeholders; their rows are in no order, since the export numbers them.
#[derive(Clone)]
#[non_exhaustive]
pub struct ExportPart {
    /// What is asked of the source.
    pub request: Request,
    /// The answer.
    pub query: CompiledQuery,
}

impl ExportStatement {
    /// The statement: one `SELECT`, without a value of the request, the tags or the context in it.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The database that the statement is written for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What stands in `$1`, `$2` and so on (`?1`, `?2` on SQLite), in that order; never NULL.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The plan of the columns, in the order of the result: core columns, those of rows beside, tags by slot,
    /// and behind them what the next page needs.
    pub fn columns(&self) -> &[ExportColumn] {
        &self.columns
    }

    /// The names of the file's columns, in order: its header.
    pub fn header(&self) -> Vec<&str> {
        let columns = self.columns.iter();
        let in_file = columns.filter(|column| column.is_in_file());
        in_file.map(|column| &*column.name).collect()
    }

    /// The guard of every scanned relation, as proved against the text.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// What a reader of the file should know; never a substitute for an error.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What a page is, and what the next one comes after, as [`Page`] says; the positions are those of
    /// [`columns`](Self::columns). `None` where all lines are asked for.
    pub fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// The statements that it is composed of: of the rows, and of each kind of rows beside them.
    pub fn parts(&self) -> &[ExportPart] {
        &self.parts
    }

    /// A cache key, in lower-case hexadecimal: two exports with the same have the same lines on the same data,
    /// and write them alike.
    pub fn fingerprint(&self) -> String {
        hexadecimal(&self.fingerprint)
    }
}

impl fmt::Debug for ExportStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters hold values of users; they are left out on purpose.
        f.debug_struct("ExportStatement")
            .field("sql", &self.sql)
            .field("params", &self.params.len())
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExportPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportPart")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

impl Serialize for ExportStatement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = 7 + usize::from(self.page.is_some());
        let mut out = serializer.serialize_struct("ExportStatement", fields)?;
        out.serialize_field("sql", &self.sql)?;
        out.serialize_field("dialect", &self.dialect)?;
        out.serialize_field("params", &self.params)?;
        out.serialize_field("columns", &self.columns)?;
        if let Some(page) = &self.page {
            out.serialize_field("page", page)?;
        }
        out.serialize_field("certificate", &self.certificate)?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("fingerprint", &self.fingerprint())?;
        out.end()
    }
}
