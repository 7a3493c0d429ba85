//! The type of what a dimension shows where its definition states none.

use std::collections::HashMap;

use super::spec::{CatalogSpec, DimensionSpec};
use crate::value::DataType;

/// The declared types of the columns of a catalog as written.
pub(super) struct ShownTypes<'s> {
    /// `None` where sources disagree, or the column is an array.
    columns: HashMap<&'s str, Option<DataType>>,
}

impl<'s> ShownTypes<'s> {
    pub(super) fn new(spec: &'s CatalogSpec) -> Self {
        let mut columns = HashMap::new();
        for column in spec
            .data_sources
            .iter()
            .flat_map(|s| s.columns.iter().flatten())
        {
            let declared = (!column.data_type.is_array).then_some(column.data_type.element);
            columns
                .entry(column.name.as_str())
                .and_modify(|known| {
                    if *known != declared {
                        *known = None;
                    }
                })
                .or_insert(declared);
        }
        Self { columns }
    }

    /// The type of the column that the dimension is, else of its value, else text. A label is text.
    pub(super) fn of(&self, dimension: &DimensionSpec) -> DataType {
        if dimension.join_table.is_some() {
            return DataType::Text;
        }
        let column = dimension.column_expression.trim();
        let declared = self.columns.get(column).copied().flatten();
        let stated = || DataType::parse(dimension.value_type.as_deref()?);
        declared.or_else(stated).unwrap_or(DataType::Text)
    }
}
