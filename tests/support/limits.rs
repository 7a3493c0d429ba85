//! Limits by name.

use measurand::Limits;

/// Sets the limit of this name; there is none for a name that is not a field.
pub fn set(limits: &mut Limits, name: &str, bound: usize) -> Option<()> {
    let field = match name {
        "request_bytes" => &mut limits.request_bytes,
        "catalog_bytes" => &mut limits.catalog_bytes,
        "json_depth" => &mut limits.json_depth,
        "filter_depth" => &mut limits.filter_depth,
        "filter_nodes" => &mut limits.filter_nodes,
        "periods" => &mut limits.periods,
        "frames" => &mut limits.frames,
        "list_values" => &mut limits.list_values,
        "sources" => &mut limits.sources,
        "relationship_hops" => &mut limits.relationship_hops,
        "reached_dimensions" => &mut limits.reached_dimensions,
        "joins" => &mut limits.joins,
        "selected_items" => &mut limits.selected_items,
        "totals_levels" => &mut limits.totals_levels,
        "widgets" => &mut limits.widgets,
        "top_members" => &mut limits.top_members,
        "pivot_members" => &mut limits.pivot_members,
        "pivot_columns" => &mut limits.pivot_columns,
        "dynamic_tables" => &mut limits.dynamic_tables,
        "dynamic_columns" => &mut limits.dynamic_columns,
        "fragment_bytes" => &mut limits.fragment_bytes,
        "fragment_nodes" => &mut limits.fragment_nodes,
        "fragment_depth" => &mut limits.fragment_depth,
        "formula_nodes" => &mut limits.formula_nodes,
        "formula_depth" => &mut limits.formula_depth,
        "variant_combinations" => &mut limits.variant_combinations,
        "statement_bytes" => &mut limits.statement_bytes,
        "parameters" => &mut limits.parameters,
        "parameter_bytes" => &mut limits.parameter_bytes,
        "max_limit" => {
            limits.max_limit = u64::try_from(bound).ok();
            return Some(());
        }
        _ => return None,
    };
    *field = bound;
    Some(())
}
