//! Takes a join condition apart: the key, the tenant, and conditions on the lookup alone.

use crate::error::{CatalogError, Error, Help};
use crate::expr::parse::FragmentKind;
use crate::expr::{BinaryOp, Expr, Written, WrittenName};

use super::super::columns::ColumnId;
use super::super::dimension::Lookup;
use super::super::relation::RelationPattern;
use super::super::spec::{DimensionSpec, Origin};
use super::Checker;

/// What a dimension says of its lookup, with the override of a source.
pub(super) struct LookupText<'s> {
    pub(super) spec: &'s DimensionSpec,
    /// Where the condition is written.
    pub(super) origin: &'s Origin,
    pub(super) condition: &'s str,
}

/// The two sides that a part of a join condition can look at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Lookup,
    Source,
    Tenant,
}

impl Checker<'_> {
    /// The lookup of a dimension whose value is `value`.
    pub(super) fn lookup(
        &mut self,
        text: &LookupText<'_>,
        value: &Expr<ColumnId>,
    ) -> Option<Lookup> {
        let spec = text.spec;
        let table = spec.join_table.as_deref()?;
        let relation = RelationPattern::parse(table)
            .map_err(|error| self.report(&spec.origin, "join_table", error))
            .ok()?;
        let parsed = self.parse(
            text.origin,
            "join_condition",
            text.condition,
            FragmentKind::JoinCondition,
        )?;
        let conjuncts = match parsed {
            Expr::And(conjuncts) => conjuncts,
            other => vec![other],
        };
        let mut parts = Parts {
            qualifier: relation.qualifier().to_lowercase(),
            ..Parts::default()
        };
        for conjunct in conjuncts {
            if let Err(reason) = self.join_part(conjunct, value, &mut parts) {
                let error = CatalogError::JoinCondition { reason };
                let help = Help::advice(format!(
                    "write `{{value}} = {0}.key AND {0}.tenant = {{client_id}}`, and conditions on `{0}` alone",
                    parts.qualifier
                ));
                let path = text.origin.path("join_condition");
                self.findings.push(Error::new(path, error).with_help(help));
                return None;
            }
        }
        let tenant_column = match &spec.join_tenant_column {
            Some(column) => Some(self.column_name(&spec.origin, "join_tenant_column", column)),
            None => parts.tenant,
        };
        if tenant_column.is_none() && !spec.join_global {
            self.report_no_tenant(text);
            return None;
        }
        let Some(key) = parts.key else {
            let reason = "no part of the condition equates a column of the lookup with the dimension's value".to_owned();
            let path = text.origin.path("join_condition");
            self.findings
                .push(Error::new(path, CatalogError::JoinCondition { reason }));
            return None;
        };
        let label = self.label_column(spec, &parts.qualifier)?;
        self.check_least(spec);
        Some(Lookup {
            relation,
            key: self.fragment(&key),
            label: self.fragment(&label),
            tenant_column,
            conditions: parts
                .conditions
                .iter()
                .map(|part| self.fragment(part))
                .collect(),
            is_unique: spec.join_unique,
        })
    }

    fn report_no_tenant(&mut self, text: &LookupText<'_>) {
        let dimension = crate::path::echo(&text.spec.dimension_key);
        let error = Error::new(
            text.origin.path("join_condition"),
            CatalogError::LookupTenant { dimension },
        );
        let help = Help::advice(
            "add `lookup.column = {client_id}`, or say `join_global: true` if all tenants share it",
        );
        self.findings.push(error.with_help(help));
    }

    /// A lookup that may repeat a key shows the least label, which not every type has.
    fn check_least(&mut self, spec: &DimensionSpec) {
        const UNORDERED: [&str; 4] = ["boolean", "uuid", "json", "jsonb"];
        let label_type = spec.data_type.as_deref().unwrap_or_default();
        if spec.join_unique || !UNORDERED.contains(&label_type) {
            return;
        }
        let reason = format!("labels of type {label_type} have no least one");
        let path = spec.origin.path("data_type");
        let help = Help::advice("say `join_unique: true` if the lookup has one row per key");
        self.findings
            .push(Error::new(path, CatalogError::JoinCondition { reason }).with_help(help));
    }

    /// The label's column: `campaign_name`, or `campaigns.campaign_name`.
    fn label_column(&mut self, spec: &DimensionSpec, qualifier: &str) -> Option<Expr<ColumnId>> {
        let written = spec.display_column.as_deref()?;
        let parsed = self.parse(&spec.origin, "display_column", written, FragmentKind::Row)?;
        match bind_lookup(self, &parsed, qualifier) {
            Ok(bound) => Some(bound),
            Err(reason) => {
                let error = CatalogError::JoinCondition { reason };
                self.report(&spec.origin, "display_column", error);
                None
            }
        }
    }

    /// Sorts one conjunct of a join condition.
    fn join_part(
        &mut self,
        conjunct: Expr<Written>,
        value: &Expr<ColumnId>,
        parts: &mut Parts,
    ) -> Result<(), String> {
        let sides = sides(&conjunct, &parts.qualifier)?;
        if sides == [Side::Lookup] {
            let qualifier = parts.qualifier.clone();
            parts
                .conditions
                .push(bind_lookup(self, &conjunct, &qualifier)?);
            return Ok(());
        }
        let Expr::Binary(BinaryOp::Equal, left, right) = conjunct else {
            return Err("a part that looks beyond the lookup is not an equality".to_owned());
        };
        let sides_of = |side: &Expr<Written>| self::sides(side, &parts.qualifier);
        let (lookup, other, side) =
            match (sides_of(&left)?.as_slice(), sides_of(&right)?.as_slice()) {
                ([Side::Lookup], [side]) => (left, right, *side),
                ([side], [Side::Lookup]) => (right, left, *side),
                _ => return Err("an equality has to have the lookup on one side alone".to_owned()),
            };
        let qualifier = parts.qualifier.clone();
        let lookup = bind_lookup(self, &lookup, &qualifier)?;
        match side {
            Side::Tenant => match lookup {
                Expr::Reference(column) if parts.tenant.is_none() => {
                    parts.tenant = Some(column);
                    Ok(())
                }
                _ => Err("the tenant has to equal one plain column of the lookup".to_owned()),
            },
            _ if parts.key.is_some() => {
                Err("only one part may equate the lookup with the source".to_owned())
            }
            _ => {
                let same = is_value_token(&other) || self.bind_source(&other) == *value;
                if !same {
                    return Err(
                        "the lookup has to be joined by the dimension's own value".to_owned()
                    );
                }
                parts.key = Some(lookup);
                Ok(())
            }
        }
    }

    /// Binds a part that looks only at the source.
    fn bind_source(&mut self, part: &Expr<Written>) -> Expr<ColumnId> {
        part.map_references(&mut |written| match &written.name {
            WrittenName::SourceColumn(name) | WrittenName::Column { name, .. } => {
                self.columns.intern(name)
            }
            WrittenName::Value | WrittenName::ClientId => ColumnId(u32::MAX),
        })
    }
}

/// What a join condition was taken apart into.
#[derive(Default)]
struct Parts {
    qualifier: String,
    key: Option<Expr<ColumnId>>,
    tenant: Option<ColumnId>,
    conditions: Vec<Expr<ColumnId>>,
}

fn is_value_token(part: &Expr<Written>) -> bool {
    matches!(
        part,
        Expr::Reference(Written {
            name: WrittenName::Value,
            ..
        })
    )
}

/// Which sides an expression looks at, each once; a constant looks at the lookup.
fn sides(part: &Expr<Written>, qualifier: &str) -> Result<Vec<Side>, String> {
    let mut found = Vec::new();
    let mut wrong = None;
    part.for_each_reference(&mut |written| {
        let side = match &written.name {
            WrittenName::SourceColumn(_) | WrittenName::Value => Side::Source,
            WrittenName::ClientId => Side::Tenant,
            WrittenName::Column {
                qualifier: Some(written),
                ..
            } if **written == *qualifier => Side::Lookup,
            WrittenName::Column {
                qualifier: other,
                name,
            } => {
                let other = other.as_ref().map(|other| format!("{other}."));
                let name = format!("{}{name}", other.unwrap_or_default());
                wrong = Some(format!(
                    "column `{}` is neither `{{source}}.column` nor `{qualifier}.column`",
                    crate::path::echo(&name)
                ));
                Side::Lookup
            }
        };
        if !found.contains(&side) {
            found.push(side);
        }
    });
    if found.is_empty() {
        found.push(Side::Lookup);
    }
    wrong.map_or(Ok(found), Err)
}

/// Binds an expression over the lookup's columns, qualified by its name or plain.
fn bind_lookup(
    checker: &mut Checker<'_>,
    part: &Expr<Written>,
    qualifier: &str,
) -> Result<Expr<ColumnId>, String> {
    let mut wrong = false;
    let bound = part.map_references(&mut |written| match &written.name {
        WrittenName::Column {
            qualifier: found,
            name,
        } if found.as_deref().is_none_or(|found| found == qualifier) => {
            checker.columns.intern(name)
        }
        _ => {
            wrong = true;
            ColumnId(0)
        }
    });
    if wrong {
        Err(format!("only columns of `{qualifier}` may stand here"))
    } else {
        Ok(bound)
    }
}
