//! Checks dimensions: their values, types and grains.

use std::sync::Arc;

use crate::calendar::Grain;
use crate::error::{CatalogError, Error};
use crate::expr::Expr;
use crate::name::Name;
use crate::value::DataType;

use super::super::columns::ColumnId;
use super::super::dimension::{Dimension, DimensionInfo};
use super::super::fragment::Fragment;
use super::super::spec::DimensionSpec;
use super::super::spelling::KeySpelling;
use super::{Checker, label};

const FILTER_TYPES: [&str; 4] = ["multi_select", "single_select", "date_range", "search"];

/// A dimension's own expression, before a source takes it.
pub(super) struct ParsedDimension<'s> {
    pub(super) spec: &'s DimensionSpec,
    /// `None` where it is broken; the finding is reported.
    pub(super) value: Option<(Expr<ColumnId>, Arc<Fragment>)>,
    pub(super) data_type: Option<DataType>,
    pub(super) value_type: Option<DataType>,
}

impl<'s> Checker<'s> {
    /// Parses the expression of every dimension, in the order of the keys.
    pub(super) fn parse_dimensions(&mut self) -> Vec<ParsedDimension<'s>> {
        let spec = self.spec;
        let order = self.order.dimensions.clone();
        let specs = order.iter().filter_map(|at| spec.dimensions.get(*at));
        specs
            .map(|spec| {
                let text = &spec.column_expression;
                let value = self.row_fragment(&spec.origin, "column_expression", text);
                let value = value.map(|expr| {
                    let fragment = Arc::new(self.fragment(&expr));
                    (expr, fragment)
                });
                let data_type = self.data_type(spec, "data_type", spec.data_type.as_deref());
                let value_type = self.data_type(spec, "value_type", spec.value_type.as_deref());
                ParsedDimension {
                    spec,
                    value,
                    data_type,
                    value_type,
                }
            })
            .collect()
    }

    /// Builds every dimension, in the order of the keys.
    pub(super) fn dimensions(&mut self, parsed: &[ParsedDimension<'_>]) -> Vec<Dimension> {
        parsed.iter().map(|parsed| self.dimension(parsed)).collect()
    }

    fn dimension(&mut self, parsed: &ParsedDimension<'_>) -> Dimension {
        let spec = parsed.spec;
        let key = spec.dimension_key.as_str();
        let data_type = parsed.data_type.unwrap_or_else(|| self.shown_type(parsed));
        self.check_module(&spec.origin, spec.module.as_deref());
        let filter_type = spec.filter_type.as_deref().unwrap_or("multi_select");
        if !FILTER_TYPES.contains(&filter_type) {
            let subject = format!("filter type `{}`", crate::path::echo(filter_type));
            let error = Error::new(
                spec.origin.path("filter_type"),
                CatalogError::WrongValue { subject },
            );
            self.findings
                .push(error.with_help(self.findings.nearest(filter_type, FILTER_TYPES)));
        }
        let info = DimensionInfo {
            value: KeySpelling::new(key),
            label: KeySpelling::new(&format!("{key}.label")),
            at_grain: Grain::ALL
                .iter()
                .map(|grain| KeySpelling::new(&format!("{key}.{}", grain.as_str())))
                .collect(),
            display_name: label(spec.display_name.as_ref(), key),
            description: spec.description.clone(),
            data_type,
            category: spec.category.clone(),
            sort_order: spec.sort_order,
            filter_type: filter_type.to_owned(),
            expression: spec.column_expression.clone(),
        };
        Dimension {
            key: Name::new(key).unwrap_or_else(Name::placeholder),
            info: Arc::new(info),
            row_id: spec.origin.id,
            is_groupable: spec.is_groupable,
            is_filterable: spec.is_filterable,
            grains: self.grains(spec, data_type),
            synonyms: spec.synonyms.clone(),
            module: spec.module.clone(),
        }
    }

    /// The type that is shown where the dimension states none: its column's, else text.
    fn shown_type(&self, parsed: &ParsedDimension<'_>) -> DataType {
        let has_label = parsed.spec.join_table.is_some();
        let column = parsed
            .value
            .as_ref()
            .and_then(|(_, fragment)| fragment.bare);
        column
            .filter(|_| !has_label)
            .and_then(|column| self.column_types.get(&column).copied().flatten())
            .or(parsed.value_type.filter(|_| !has_label))
            .unwrap_or(DataType::Text)
    }

    fn data_type(
        &mut self,
        spec: &DimensionSpec,
        field: &str,
        written: Option<&str>,
    ) -> Option<DataType> {
        let written = written?;
        let found = DataType::parse(written);
        if found.is_none() {
            let subject = format!("type `{}`", crate::path::echo(written));
            let error = Error::new(
                spec.origin.path(field),
                CatalogError::WrongValue { subject },
            );
            let help = self
                .findings
                .nearest(written, DataType::ALL.map(DataType::as_str));
            self.findings.push(error.with_help(help));
        }
        found
    }

    /// The grains of a date: those listed, else all that its type can be cut to.
    fn grains(&mut self, spec: &DimensionSpec, data_type: DataType) -> Vec<Grain> {
        let Some(listed) = &spec.grains else {
            return match data_type {
                DataType::Date => Grain::ALL
                    .into_iter()
                    .filter(|g| *g != Grain::Hour)
                    .collect(),
                DataType::Timestamp | DataType::Timestamptz => Grain::ALL.to_vec(),
                _ => Vec::new(),
            };
        };
        let mut grains = Vec::new();
        for written in listed {
            match Grain::parse(written) {
                Some(grain) if !grains.contains(&grain) => grains.push(grain),
                Some(_) => {}
                None => {
                    let subject = format!("grain `{}`", crate::path::echo(written));
                    let error = Error::new(
                        spec.origin.path("grains"),
                        CatalogError::WrongValue { subject },
                    );
                    let help = self
                        .findings
                        .nearest(written, Grain::ALL.map(Grain::as_str));
                    self.findings.push(error.with_help(help));
                }
            }
        }
        grains
    }
}
