//! Binds access rules: each is expressed on the source or the call does not compile (R21, R22).

use crate::catalog::DimensionId;
use crate::catalog::dimension::{Dimension, SourceDimension};
use crate::catalog::source::Source;
use crate::context::{AccessRule, AccessType, RuleDimension};
use crate::error::{Error, Kind, ResolveError};
use crate::output::Note;
use crate::path::Path;
use crate::value::{DataType, Scalar, Value, ValueList};

use super::{CONTEXT, Resolver, Rule};

/// The place where a rule names its dimension.
pub(super) fn dimension_path(rule: &AccessRule, index: usize) -> Path {
    let field = match rule.dimension {
        RuleDimension::Key(_) => "dimension",
        RuleDimension::Id(_) => "dimension_id",
    };
    CONTEXT.key("access").index(index).key(field).path()
}

/// The dimension of a rule, and the rule's position.
pub(super) struct RuledDimension {
    pub(super) id: DimensionId,
    pub(super) index: usize,
}

impl<'c> Resolver<'c, '_> {
    /// The dimensions on which rules are in force. Modules do not matter here: a rule holds on a
    /// dimension that the context may not ask for.
    pub(super) fn ruled_dimensions(&mut self) -> Vec<RuledDimension> {
        let mut ruled = Vec::with_capacity(self.context.access.len());
        for (index, rule) in self.context.access.iter().enumerate() {
            let found = match &rule.dimension {
                RuleDimension::Key(key) => self.catalog.index.dimensions.get(key.as_str()).copied(),
                RuleDimension::Id(id) => (0u32..)
                    .zip(&self.catalog.dimensions)
                    .find(|(_, dimension)| dimension.row_id == Some(*id))
                    .map(|(at, _)| DimensionId(at)),
            };
            match found {
                Some(id) => ruled.push(RuledDimension { id, index }),
                None => self.report_unknown_rule(rule, index),
            }
        }
        ruled
    }

    fn report_unknown_rule(&mut self, rule: &AccessRule, index: usize) {
        let (name, help) = match &rule.dimension {
            RuleDimension::Key(key) => {
                let keys = self.catalog.dimensions.iter().map(|d| d.key.as_str());
                (crate::path::echo(key), self.findings.nearest(key, keys))
            }
            RuleDimension::Id(id) => (id.to_string(), None),
        };
        let error = ResolveError::Unknown {
            kind: Kind::Dimension,
            name,
        };
        let path = dimension_path(rule, index);
        self.findings.push(Error::new(path, error).with_help(help));
    }

    /// The rules as the source expresses them.
    pub(super) fn bind_rules(
        &mut self,
        source: &'c Source,
        ruled: &[RuledDimension],
    ) -> Vec<Rule<'c>> {
        let mut rules = Vec::with_capacity(ruled.len());
        for RuledDimension { id, index } in ruled {
            let Some(dimension) = self.catalog.dimension_by_id(*id) else {
                continue;
            };
            let Some(written) = self.context.access.get(*index) else {
                continue;
            };
            if source.access_exempt.binary_search(id).is_ok() {
                self.notes.push(Note::AccessExempt {
                    source: source.key.clone(),
                    dimension: dimension.key.clone(),
                });
                continue;
            }
            // What it does not express itself holds through relationships, or not at all (`far.rs`).
            let Some(on_source) = source.ruled(*id) else {
                continue;
            };
            if let Some(rule) = self.bind_rule(written, *index, dimension, on_source) {
                rules.push(rule);
            }
        }
        rules
    }

    /// A rule as the source expresses it, whether the source is exempt from it or not.
    pub(super) fn rule_on(
        &mut self,
        on_source: &'c SourceDimension,
        RuledDimension { id, index }: &RuledDimension,
    ) -> Option<Rule<'c>> {
        let dimension = self.catalog.dimension_by_id(*id)?;
        let written = self.context.access.get(*index)?;
        self.bind_rule(written, *index, dimension, on_source)
    }

    pub(super) fn bind_rule(
        &mut self,
        written: &AccessRule,
        index: usize,
        dimension: &'c Dimension,
        on_source: &'c SourceDimension,
    ) -> Option<Rule<'c>> {
        let access = CONTEXT.key("access");
        let at = access.index(index);
        let at = at.key("allowed_values");
        let list = self.convert_list(&written.values, on_source.value_type, &at)?;
        if written.access_type == AccessType::Include && written.values.is_empty() {
            self.notes.push(Note::EmptyInclude {
                dimension: dimension.key.clone(),
            });
        }
        Some(Rule {
            position: index,
            dimension,
            on_source,
            access_type: written.access_type,
            list,
            lists_null: written.values.contains(&Scalar::Null),
            nulls_visible: written.nulls_visible,
        })
    }

    /// The values of a list that are not null, converted without loss (R24).
    pub(super) fn convert_list(
        &mut self,
        scalars: &[Scalar],
        value_type: Option<DataType>,
        at: &crate::path::At<'_>,
    ) -> Option<ValueList> {
        let bound = self.catalog.limits.list_values;
        if scalars.len() > bound {
            self.report_limit(at.path(), "list_values", bound);
            return None;
        }
        let data_type = match value_type.or_else(|| DataType::infer(scalars)) {
            Some(data_type) => data_type,
            // Nothing but nulls: the type of an empty list does not matter.
            None if scalars.iter().all(|scalar| *scalar == Scalar::Null) => DataType::Text,
            None => {
                let expected = "of one type with the other values";
                self.report(at.path(), ResolveError::ValueType { expected });
                return None;
            }
        };
        let mut values = Vec::with_capacity(scalars.len());
        let mut all = true;
        for (index, scalar) in scalars.iter().enumerate() {
            if *scalar == Scalar::Null {
                continue;
            }
            match Value::convert(scalar, data_type, &self.zone) {
                Ok(value) => values.push(value),
                Err(expected) => {
                    all = false;
                    let expected = expected.phrase();
                    self.report(at.index(index).path(), ResolveError::ValueType { expected });
                }
            }
        }
        if all {
            ValueList::new(data_type, values)
        } else {
            None
        }
    }

    /// The tenant has to have the type of the source's tenant column, and to fit into its name.
    pub(super) fn check_tenant(&mut self, source: &Source) {
        let declared = source
            .tenant_column
            .and_then(|column| source.column_type(column));
        let is_number = self.context.tenant.as_number().is_some();
        let expected = match declared {
            Some(DataType::Integer) if !is_number => Some("a whole number"),
            Some(DataType::Uuid) if self.context.tenant.as_uuid().is_none() => Some("a UUID"),
            Some(DataType::Integer | DataType::Text | DataType::Uuid) | None => None,
            Some(_) => Some("of a type that tenants can have"),
        };
        let path = || CONTEXT.key("client_id").path();
        if let Some(expected) = expected {
            let source_key = source.key.to_string();
            self.report(
                path(),
                ResolveError::TenantType {
                    expected,
                    source_key,
                },
            );
        } else if !source.relation.fits(&self.context.tenant) {
            let source_key = source.key.to_string();
            self.report(path(), ResolveError::RelationTooLong { source_key });
        } else if source.relation.is_a_step(&self.context.tenant) {
            let source_key = source.key.to_string();
            self.report(path(), ResolveError::RelationIsStep { source_key });
        }
    }
}
