//! Parses the fragments of a catalog and binds their column names.

use crate::error::{CatalogError, Error, Help};
use crate::expr::parse::{FragmentKind, parse_formula, parse_fragment};
use crate::expr::types::session_dependence;
use crate::expr::{Expr, FragmentError, Written, WrittenName};

use super::super::columns::ColumnId;
use super::super::spec::Origin;
use super::Checker;

impl Checker<'_> {
    /// Parses a fragment; what is wrong with it is reported.
    pub(super) fn parse(
        &mut self,
        origin: &Origin,
        field: &str,
        text: &str,
        kind: FragmentKind,
    ) -> Option<Expr<Written>> {
        let parsed = parse_fragment(text, kind, &self.functions, &self.limits);
        parsed
            .map_err(|errors| self.report_fragment(origin, field, errors))
            .ok()
    }

    /// Parses a formula over metrics; what is wrong with it is reported.
    pub(super) fn formula(
        &mut self,
        origin: &Origin,
        field: &str,
        text: &str,
        metric: &str,
    ) -> Option<Expr<Written>> {
        let parsed = parse_formula(text, metric, &self.limits);
        parsed
            .map_err(|errors| self.report_fragment(origin, field, errors))
            .ok()
    }

    fn report_fragment(&mut self, origin: &Origin, field: &str, errors: Vec<FragmentError>) {
        for FragmentError { error, span, help } in errors {
            let path = origin.path(field).with_span(span);
            self.findings.push(Error::new(path, error).with_help(help));
        }
    }

    /// Binds the references of a fragment to columns of the one relation it reads.
    pub(super) fn bind_columns(
        &mut self,
        origin: &Origin,
        field: &str,
        expr: &Expr<Written>,
    ) -> Option<Expr<ColumnId>> {
        let mut foreign: Vec<Written> = Vec::new();
        let columns = &mut self.columns;
        let bound = expr.map_references(&mut |written| match &written.name {
            WrittenName::Column {
                qualifier: None,
                name,
            }
            | WrittenName::SourceColumn(name) => columns.intern(name),
            _ => {
                foreign.push(written.clone());
                ColumnId(0)
            }
        });
        for written in &foreign {
            let construct = match &written.name {
                WrittenName::Column {
                    qualifier: Some(qualifier),
                    ..
                } => {
                    format!("the relation `{}`", crate::path::echo(qualifier))
                }
                WrittenName::Value => "the token `{value}`".to_owned(),
                _ => "the token `{client_id}`".to_owned(),
            };
            let path = origin.path(field).with_span(written.span.0..written.span.1);
            let help = Help::advice("name columns of the source, plainly or as `{source}.column`");
            self.findings.push(
                Error::new(path, CatalogError::FragmentForbidden { construct }).with_help(help),
            );
        }
        foreign.is_empty().then_some(bound)
    }

    /// Parses and binds a row-level predicate or value.
    pub(super) fn row_fragment(
        &mut self,
        origin: &Origin,
        field: &str,
        text: &str,
    ) -> Option<Expr<ColumnId>> {
        let parsed = self.parse(origin, field, text, FragmentKind::Row)?;
        let bound = self.bind_columns(origin, field, &parsed)?;
        self.check_session(origin, field, &bound);
        Some(bound)
    }

    /// Reports what would give another result in another session, as far as column types are known.
    pub(super) fn check_session(&mut self, origin: &Origin, field: &str, expr: &Expr<ColumnId>) {
        let types = &self.column_types;
        let found = session_dependence(expr, &|column| types.get(column).copied().flatten());
        if let Some(construct) = found {
            let construct = construct.to_owned();
            let error = CatalogError::FragmentForbidden { construct };
            let help = Help::advice(
                "its result would depend on settings of the session: write `AT TIME ZONE 'UTC'`, \
                 `TO_CHAR(…, 'YYYY-MM-DD')` or `CAST(… AS numeric)`, whichever is meant",
            );
            self.findings
                .push(Error::new(origin.path(field), error).with_help(help));
        }
    }
}
