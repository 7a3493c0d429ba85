//! A table compiled for whoever looks, its columns, its pages, and how long its rows are kept.

use std::fmt;

use serde::Serialize;

use super::definition::TableDefinition;
use super::lower::{Lowered, lower};
use crate::catalog::Catalog;
use crate::compile::Compiler;
use crate::context::Context;
use crate::error::{Error, ErrorCode, Errors, Help, ReportError};
use crate::output::{ColumnRole, CompiledQuery};
use crate::path::{At, echo};
use crate::report::schedule::Schedule;
use crate::request::Request;
use crate::value::{Moment, Scalar};

/// Which rows of a table are asked for: what a screen says when it turns a page, and no part of the table.
///
/// Without a limit there are all rows, as far as [`Limits::max_limit`](crate::Limits::max_limit) allows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TablePage {
    /// The most rows.
    pub limit: Option<u64>,
    /// The rows to skip.
    pub offset: Option<u64>,
    /// Of detail rows, those behind this one: see [`Request::after`](crate::Request).
    pub after: Option<Vec<Scalar>>,
}

/// A table compiled for one reader.
pub struct CompiledTable {
    query: CompiledQuery,
    request: Request,
    columns: Vec<ShownColumn>,
    schedule: Option<Schedule>,
    /// After how many seconds a source is filled anew, where all of those that are read say so.
    refreshed_every: Option<u64>,
}

/// A column of a table, and where the rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownColumn {
    /// What the user calls it, or the catalog.
    pub label: String,
    /// The position of its value among the columns of the statement.
    pub value: usize,
    /// The position of its label, where it has one to show in the place of the value.
    pub value_label: Option<usize>,
    /// Whether the user calls it so.
    #[serde(skip)]
    pub(super) is_named: bool,
}

/// Under which key the rows of a table are kept, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheEntry {
    /// The key: readers share it only where the statement has the same rows for them.
    pub key: String,
    /// From when on the rows are computed anew.
    pub expires_at: Moment,
}

impl CompiledTable {
    /// The statement, its parameters and its columns.
    pub fn query(&self) -> &CompiledQuery {
        &self.query
    }

    /// What the table asks: to count its rows ([`Request::count`]), or for all that a screen needs of it
    /// ([`Bundle`](crate::Bundle)).
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The columns in the order of the table. The statement may have more, for the next page.
    pub fn columns(&self) -> &[ShownColumn] {
        &self.columns
    }

    /// Calls columns by other names: those for whose keys there is one.
    pub(in crate::report) fn relabel(&mut self, label: impl Fn(&str) -> Option<String>) {
        let all = self.query.columns();
        for shown in self.columns.iter_mut().filter(|shown| !shown.is_named) {
            let column = all.get(shown.value);
            if let Some(label) = column.and_then(|column| label(column.key())) {
                shown.label = label;
            }
        }
    }

    /// Under which key these rows are kept that were computed at a moment, and until when; nothing where nobody
    /// says for how long.
    ///
    /// They are kept for so many seconds; without a number as long as the source that is filled anew most often, as the
    /// catalog has it (`refresh_frequency_minutes`); and in any case no longer than to the next time at which
    /// the table is sent. A change of the definition that changes the rows changes the key.
    ///
    /// ```
    /// # use measurand::report::{TableDefinition, TablePage};
    /// # use measurand::{Catalog, Compiler, Context, Dialect, Limits, Moment};
    /// # let catalog = Catalog::from_json(r#"{
    /// #   "data_sources": [{"source_key": "cases", "view_pattern": "cases", "date_column": null, "dimensions": "*",
    /// #     "refresh_frequency_minutes": 30,
    /// #     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "status", "data_type": "text"}]}],
    /// #   "dimensions": [{"dimension_key": "status", "column_expression": "status"}]
    /// # }"#)?;
    /// # let compiler = Compiler::new(catalog, Dialect::Postgres);
    /// # let limits = Limits::default();
    /// # let reader = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits)?;
    /// let table = TableDefinition::from_json(r#"{"dataSources": ["cases"], "columns": ["status"]}"#, &limits)?;
    /// let compiled = table.compile_for(&compiler, &reader, &TablePage::default())?;
    /// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
    /// let entry = compiled.cache_entry(now, None).ok_or("the source says how often it is filled")?;
    /// assert_eq!(entry.key, compiled.query().fingerprint());
    /// assert_eq!(entry.expires_at.to_string(), "2026-11-20 10:30:00+00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cache_entry(&self, computed_at: Moment, seconds: Option<u64>) -> Option<CacheEntry> {
        let seconds = seconds.or(self.refreshed_every);
        let aged = seconds.map(|seconds| {
            let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
            let later = computed_at.to_utc().plus_seconds(seconds);
            later.map_or(Moment::LAST, Moment::from_utc)
        });
        let sent = self.schedule.as_ref();
        let sent = sent.and_then(|schedule| schedule.next_after(computed_at));
        Some(CacheEntry {
            key: self.query.fingerprint(),
            expires_at: aged.into_iter().chain(sent).min()?,
        })
    }
}

impl fmt::Debug for CompiledTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The request holds values of users; it is left out on purpose.
        f.debug_struct("CompiledTable")
            .field("query", &self.query)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

const OTHER_ANSWERS: &str =
    "does not answer this: another source does, by a field of the same name";
const NOT_LISTED: &str = "is read for this, and is not among the `dataSources` of the table";
const UNUSED: &str = "is among the `dataSources`, and nothing of the table is of it";

impl TableDefinition {
    /// Compiles the table for a reader: under their tenant, their modules and their rules. A screen that shows
    /// a table before it is kept does the same, and so does a service that checks one before it keeps it.
    ///
    /// # Errors
    /// All findings at once, at their places in the definition: `table-source`, `table-field`, and the codes of
    /// [`Compiler::compile`]. What is wrong with the context stays where it is.
    pub fn compile_for(
        &self,
        compiler: &Compiler,
        context: &Context,
        page: &TablePage,
    ) -> Result<CompiledTable, Errors> {
        let catalog = compiler.catalog();
        let Lowered {
            mut request,
            shown,
            aggregated,
            places,
            mut scope,
        } = lower(self, catalog, context);
        request.limit = page.limit;
        request.offset = page.offset;
        request.after.clone_from(&page.after);
        let compiled = compiler.compile(&request, context);
        let query = match compiled {
            Ok(query) => query,
            Err(errors) => {
                // What is left of a table with findings of its own may ask for nothing.
                let is_whole = scope.findings.iter().next().is_none();
                let follows = |error: &Error| {
                    let path = error.path().as_str();
                    error.code() == ErrorCode::EmptyRequest || path == "request.columns"
                };
                let found = errors.iter().filter(|error| is_whole || !follows(error));
                for error in found {
                    scope.findings.push(places.located(error.clone()));
                }
                return Err(scope.findings.into_errors().unwrap_or(errors));
            }
        };
        let provenance = query.provenance();
        for one in &aggregated {
            let mut columns = provenance.iter();
            let Some(answer) = columns.find(|column| column.key == one.key) else {
                continue;
            };
            for key in &answer.sources {
                let Some(source) = catalog.source(key.as_str()) else {
                    continue;
                };
                let error = match one.source {
                    Some(asked) if asked.id != source.id => Some((asked, OTHER_ANSWERS)),
                    None if !scope.is_listed(source) => Some((source, NOT_LISTED)),
                    _ => None,
                };
                scope.mark(source.id);
                if let Some((source, reason)) = error {
                    let name = source.key.to_string();
                    let error = ReportError::TableSource { name, reason };
                    let help = Help::advice("a metric of the catalog tells them apart");
                    let help = one.source.is_some().then_some(help);
                    scope.report(one.place.clone(), error, help);
                }
            }
        }
        let root = At::root("table");
        let listed = root.key("dataSources");
        for (index, key) in self.data_sources.iter().enumerate() {
            let source = catalog.source(key);
            if source.is_some_and(|source| !scope.used.contains(&source.id)) {
                let (name, reason) = (echo(key), UNUSED);
                let error = ReportError::TableSource { name, reason };
                scope.report(listed.index(index).path(), error, None);
            }
        }
        let columns = query.columns();
        let position = |key: &str, role| {
            let mut columns = columns.iter();
            columns.position(|column| column.key() == key && role == column.role())
        };
        let shown = shown.into_iter().filter_map(|shown| {
            let mut all = columns.iter();
            let value = all.position(|column| column.key() == shown.key)?;
            let label = format!("{}.label", shown.key);
            Some(ShownColumn {
                is_named: shown.label.is_some(),
                label: match shown.label {
                    Some(label) => label.to_owned(),
                    None => columns.get(value)?.label().to_owned(),
                },
                value,
                value_label: position(&label, ColumnRole::DimensionLabel),
            })
        });
        let columns = shown.collect();
        scope.findings.finish(CompiledTable {
            columns,
            request,
            schedule: self.delivery.as_ref().map(|each| each.schedule.clone()),
            refreshed_every: refreshed_every(&query, catalog),
            query,
        })
    }
}

/// After how many seconds the source is filled that is filled most often; nothing where one does not say.
fn refreshed_every(query: &CompiledQuery, catalog: &Catalog) -> Option<u64> {
    let mut least = None;
    for key in query.sources() {
        let minutes = catalog.source(key.as_str())?.refresh_frequency_minutes()?;
        let minutes = u64::try_from(minutes).ok()?;
        let every = minutes.saturating_mul(60);
        least = Some(least.map_or(every, |least: u64| least.min(every)));
    }
    least
}
