//! Limits: the bound on the size, depth and number of everything nested.

/// Bounds that hold for one catalog and the requests against it. Hitting one is an error with the
/// code `limit-exceeded`, never a crash. The defaults are the documented ones; a service may lower or
/// raise each.
///
/// ```
/// use measurand::Limits;
/// let limits = Limits { max_limit: Some(10_000), ..Limits::default() };
/// assert_eq!(limits.filter_depth, 32);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request or context as text.
    pub request_bytes: usize,
    /// Bytes of a catalog as text.
    pub catalog_bytes: usize,
    /// Depth of nesting of any JSON document.
    pub json_depth: usize,
    /// Depth of nesting of `and`, `or` and `not` in filters.
    pub filter_depth: usize,
    /// Number of `and`, `or`, `not` and comparisons in the filters of one request.
    pub filter_nodes: usize,
    /// Number of values in one list.
    pub list_values: usize,
    /// Number of sources that answer one request together.
    pub sources: usize,
    /// Number of relationships behind one another, in a key that leads to another source.
    pub relationship_hops: usize,
    /// Number of paths to other sources and of dimensions at their ends, over all sources of a catalog.
    pub reached_dimensions: usize,
    /// Number of other sources that are read beside one, in one request.
    pub joins: usize,
    /// Number of periods that gaps are filled in, or that a window moves along.
    pub periods: usize,
    /// Number of frames in time that the metrics of one request have: the period that is asked for, and each
    /// offset, window or date of a group that differs.
    pub frames: usize,
    /// Number of metrics, and of dimensions, in one request.
    pub selected_items: usize,
    /// Number of widgets of a report or a dashboard, and of its sections.
    pub widgets: usize,
    /// Number of levels of subtotals in one request.
    pub totals_levels: usize,
    /// Number of members that `top` shows.
    pub top_members: usize,
    /// Number of members that `pivot` shows as columns.
    pub pivot_members: usize,
    /// Number of columns that `pivot` shows: of metrics, each with its comparisons, times members.
    pub pivot_columns: usize,
    /// Number of dynamic tables of a company.
    pub dynamic_tables: usize,
    /// Number of columns of one dynamic table, and of the options of one column.
    pub dynamic_columns: usize,
    /// Bytes of one SQL fragment or formula of a catalog.
    pub fragment_bytes: usize,
    /// Tree nodes of one fragment or formula.
    pub fragment_nodes: usize,
    /// Depth of the tree of one fragment or formula.
    pub fragment_depth: usize,
    /// Tree nodes of all formulas that one metric rests on, each counted once.
    pub formula_nodes: usize,
    /// Levels of derived metrics on top of each other.
    pub formula_depth: usize,
    /// Combinations of options that one metric's variants distinguish.
    pub variant_combinations: usize,
    /// Bytes of an emitted statement.
    pub statement_bytes: usize,
    /// Number of parameters of a statement.
    pub parameters: usize,
    /// Bytes of all parameters of a statement.
    pub parameter_bytes: usize,
    /// The largest `limit` a request may ask for, and the limit of a request that states none. Rows of totals
    /// come besides: the grand total, and as many subtotals as there are members.
    /// `None` (the default) sets no cap.
    pub max_limit: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_bytes: 1 << 20,
            catalog_bytes: 64 << 20,
            json_depth: 64,
            filter_depth: 32,
            filter_nodes: 10_000,
            list_values: 100_000,
            sources: 16,
            relationship_hops: 4,
            reached_dimensions: 100_000,
            joins: 32,
            periods: 10_000,
            frames: 32,
            selected_items: 200,
            widgets: 200,
            totals_levels: 16,
            top_members: 1_000,
            pivot_members: 100,
            pivot_columns: 1_000,
            dynamic_tables: 500,
            dynamic_columns: 500,
            fragment_bytes: 16 << 10,
            fragment_nodes: 2_000,
            fragment_depth: 96,
            formula_nodes: 10_000,
            formula_depth: 100,
            variant_combinations: 4_096,
            statement_bytes: 1 << 20,
            parameters: 1_000,
            parameter_bytes: 64 << 20,
            max_limit: None,
        }
    }
}
