//! A page of detail rows, and what leads to the next.

/// A page of detail rows.
///
/// The statement asks for one row more than the page has: if it comes, there are more, and it is not
/// shown. The next page comes after the last row that is shown.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Dialect, Request, Tenant};
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "id", "data_type": "integer"},
/// #       {"name": "date", "data_type": "date"}], "primary_key": ["id"], "dimensions": []}],
/// #   "metrics": [], "dimensions": []
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// let request = Request::rows(["id"]).descending("date").limit(50);
/// let query = compiler.compile(&request, &context)?;
/// let page = query.page().ok_or("a page")?;
/// assert_eq!(page.limit(), 50);
/// // What the order needs stands behind what was asked for.
/// let keys: Vec<&str> = query.columns().iter().map(|column| column.key()).collect();
/// assert_eq!(keys, ["id", "date"]);
/// assert_eq!(page.after_columns(), Some(&[1, 0][..]));
///
/// // The last row that was shown is of the 5th of March and has the id 812.
/// let next = compiler.compile(&request.after(["2026-03-05", "812"]), &context)?;
/// assert!(next.sql().contains("WHERE (g.date < $2::date OR g.date IS NULL OR"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Page {
    pub(crate) limit: u64,
    pub(crate) after_columns: Option<Vec<usize>>,
}

impl Page {
    /// How many rows the page has at most: the limit that was asked for, or that the service sets. The
    /// statement returns one more where there are more.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The positions of the columns whose values in the last row are the `after` of the next page, in
    /// that order. `None` where the source declares no primary key: only an offset leads on then.
    ///
    /// The values are written as those of filters are: dates as `YYYY-MM-DD`, moments by RFC 3339, a
    /// missing one as null. They have to be exact, so a number of 32 bits is not read from its text; what
    /// is no value of a request (NaN, an infinite date) has no page after it.
    pub fn after_columns(&self) -> Option<&[usize]> {
        self.after_columns.as_deref()
    }
}
