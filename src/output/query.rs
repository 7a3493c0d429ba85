//! A verified statement with all that is needed to run it and to read what it gives.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::certificate::Certificate;
use crate::dialect::Dialect;
use crate::name::Name;
use crate::provenance::{Lineage, Provenance};
use crate::value::Param;

use super::{Column, Page};

/// A verified statement, its parameters, and the metadata to show its result.
///
/// Run [`sql`](Self::sql) with [`params`](Self::params) in their order; the result has exactly
/// [`columns`](Self::columns). It serializes as one object with the fields `sql`, `dialect`, `params`,
/// `columns`, `sources`, `certificate`, `provenance`, `toggles`, `notes` and `fingerprint`, and `page` for
/// a page of detail rows. Its `Debug` form leaves the parameters out, since they hold values of users and of access rules.
///
/// ```
/// # use measurand::{AccessRule, Catalog, Compiler, Context, Dialect, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": "*"}],
/// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)", "currency": "USD"}],
/// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let query = compiler.compile(&Request::new().metric("revenue").dimension("channel"), &context)?;
/// let [channel, revenue] = query.columns() else { panic!("two columns") };
/// assert_eq!((channel.key(), channel.data_type()), ("channel", "text"));
/// assert_eq!(revenue.format().currency, Some("USD"));
/// assert_eq!(query.certificate().to_string(), "reporting.orders_1: tenant t.client_id = $1");
/// assert_eq!(query.provenance()[1].sentence, "revenue is SUM(revenue) on source orders");
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Clone)]
pub struct CompiledQuery {
    pub(crate) sql: Arc<str>,
    pub(crate) dialect: Dialect,
    pub(crate) params: Vec<Param>,
    pub(crate) columns: Vec<Column>,
    pub(crate) certificate: Certificate,
    pub(crate) notes: Vec<Note>,
    pub(crate) lineage: Lineage,
    pub(crate) page: Option<Page>,
    pub(crate) fingerprint: [u8; 32],
}

impl CompiledQuery {
    /// The statement: one `SELECT`, without a value of the request or the context in it.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The database that the statement is written for.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What stands in `$1`, `$2` and so on (`?1`, `?2` on SQLite), in that order; never NULL.
    ///
    /// Each has the type that its placeholder is cast to. A list is one array; on SQLite it is bound as
    /// the text of a JSON array, which is how it serializes.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// The columns of the result, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The source that answers, where one alone does.
    pub(crate) fn only_source(&self) -> Option<&Name> {
        self.lineage.only_source()
    }

    /// The keys of the sources that answer, and then of those that are read beside them. Of values from a lookup
    /// alone, the one that says how the dimension is looked up, whose rows are not read.
    pub fn sources(&self) -> Vec<&Name> {
        self.lineage.source_keys()
    }

    /// What a page of detail rows is: how many rows it has, and what the next one comes after. `None`
    /// for other requests, and without a limit.
    pub fn page(&self) -> Option<&Page> {
        self.page.as_ref()
    }

    /// The guard of every scanned relation, as proved against the text.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where each column comes from, in the order of the columns; made when asked for.
    pub fn provenance(&self) -> Vec<Provenance> {
        self.columns
            .iter()
            .map(|column| self.lineage.provenance(column))
            .collect()
    }

    /// The option that each toggle of the catalog has, by key.
    pub fn toggles(&self) -> Vec<(&Name, &Name)> {
        self.lineage.toggles()
    }

    /// What a reader of the result should know; never a substitute for an error.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// A cache key for rows and columns, in lower-case hexadecimal: two queries with the same
    /// fingerprint have the same rows on the same data and show them alike. It covers the version, the
    /// catalog, the dialect, the tenant, the text, every parameter and every column, and so the
    /// effective access rules, toggles, dates and zone.
    pub fn fingerprint(&self) -> String {
        crate::fingerprint::hexadecimal(&self.fingerprint)
    }
}

impl std::fmt::Debug for CompiledQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Parameters hold values of users; they are left out on purpose.
        f.debug_struct("CompiledQuery")
            .field("sql", &self.sql)
            .field("params", &self.params.len())
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

impl Serialize for CompiledQuery {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let toggles: std::collections::BTreeMap<&str, &str> = self
            .toggles()
            .into_iter()
            .map(|(toggle, option)| (toggle.as_str(), option.as_str()))
            .collect();
        let fields = 10 + usize::from(self.page.is_some());
        let mut out = serializer.serialize_struct("CompiledQuery", fields)?;
        out.serialize_field("sql", self.sql())?;
        out.serialize_field("dialect", &self.dialect)?;
        out.serialize_field("params", &self.params)?;
        out.serialize_field("columns", &self.columns)?;
        if let Some(page) = self.page() {
            out.serialize_field("page", page)?;
        }
        out.serialize_field("sources", &self.sources())?;
        out.serialize_field("certificate", &self.certificate)?;
        out.serialize_field("provenance", &self.provenance())?;
        out.serialize_field("toggles", &toggles)?;
        out.serialize_field("notes", &self.notes)?;
        out.serialize_field("fingerprint", &self.fingerprint())?;
        out.end()
    }
}

/// What a reader of a result should know.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Note {
    /// The source has no date column, and the request said that the range may be ignored.
    DateRangeIgnored {
        /// The source.
        source: Name,
    },
    /// A rule does not apply to the source, which the catalog says on purpose.
    AccessExempt {
        /// The source.
        source: Name,
        /// The dimension of the rule.
        dimension: Name,
    },
    /// An include list is empty, so no row is seen.
    EmptyInclude {
        /// The dimension of the rule.
        dimension: Name,
    },
}
