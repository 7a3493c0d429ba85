//! The statements of an export, put together.
//!
//! In: the columns of a file and the statements that have them. Out: [`ExportStatement`]. Guaranteed: the text
//! was proved, and is within the limits. Codes: `unverified`, `limit-exceeded`, `dialect-unsupported`,
//! `tag-template`, `wrong-value`. Next to read: `compose.rs`, `proof.rs`.

use super::cell::CellFormat;
use super::column::{ExportColumn, ExportColumnKind};
use super::compose::{ChildStep, Composition, OrderKey, Output, Template, Term};
use super::compose::{certificate, params, text};
use super::exporter::{Exporter, PlacedTag};
use super::lower::{Origin, Planned, lower};
use super::proof::prove;
use super::request::ExportRequest;
use super::statement::{ExportPart, ExportStatement};
use crate::calendar::Zone;
use crate::catalog::spelling::KeySpelling;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::emit::{MAX_SQLITE_READS, expanded_reads};
use crate::error::{
    Error, Errors, Findings, Kind, ReadError, ReportError, ResolveError, VerifyError,
};
use crate::fingerprint::text_digest;
use crate::name::in_words;
use crate::output::{ColumnRole, CompiledQuery, Page};
use crate::path::At;
use crate::request::OrderRequest;
use crate::value::{DataType, Param, Scalar, Value};

/// What an export is composed of, before it is written.
pub(super) struct Draft {
    pub(super) composition: Composition,
    columns: Vec<ExportColumn>,
    page: Option<Page>,
    parts: Vec<ExportPart>,
}

/// Compiles a request.
pub(super) fn compile(
    exporter: &Exporter,
    request: &ExportRequest,
    context: &Context,
) -> Result<ExportStatement, Errors> {
    composed(exporter, draft(exporter, request, context)?)
}

/// Finds every column in the statements that were compiled.
pub(super) fn draft(
    exporter: &Exporter,
    request: &ExportRequest,
    context: &Context,
) -> Result<Draft, Errors> {
    let (planned, steps, parts) = lower(exporter, request, context)?;
    let mut parts = parts.into_iter();
    let Some(rows) = parts.next() else {
        return Err(lost());
    };
    let mut templates: Vec<Param> = Vec::new();
    let mut findings = Findings::default();
    let mut children = Vec::with_capacity(steps.len());
    let mut all = vec![rows.clone()];
    for (at, (step, part)) in steps.iter().zip(parts).enumerate() {
        let group = exporter.group(step);
        let query = &part.query;
        let on = group
            .on
            .iter()
            .map(|(here, there)| Some((column(&rows.query, here)?, column(query, there)?)));
        let defined = exporter.definition.children.get(step.group);
        let order_by = defined.map_or(&[][..], |group| &group.order_by);
        let shown: Vec<usize> = shown(&planned, at, query);
        let tag = step.tag.and_then(|tag| exporter.tags.get(tag));
        let template = tag.and_then(|tag| limited(tag, query, &mut templates, &mut findings));
        children.push(ChildStep {
            on: on.collect::<Option<Vec<_>>>().ok_or_else(lost)?,
            order: order(query, order_by, group.key).ok_or_else(lost)?,
            shown,
            most: step.most,
            is_counted: step.is_counted,
            template,
            query: query.clone(),
        });
        all.push(part);
    }
    let mut outputs = Vec::with_capacity(planned.len());
    let mut columns = Vec::with_capacity(planned.len());
    for each in &planned {
        let (query, position, term) = match each.from {
            Origin::Rows | Origin::Limited(_) => {
                let position = shown_column(&rows.query, each);
                (&rows.query, position, position.map(Term::Row))
            }
            Origin::Child { step, number } => {
                let Some(child) = children.get(step) else {
                    return Err(lost());
                };
                let position = shown_column(&child.query, each);
                let mut shown = child.shown.iter();
                let at = shown.position(|shown| Some(*shown) == position);
                (
                    &child.query,
                    position,
                    at.map(|at| Term::Child { step, number, at }),
                )
            }
            Origin::Count { step } => (&rows.query, None, Some(Term::Count { step })),
        };
        let Some(mut term) = term else {
            // Only a label can be missing of what was compiled.
            let subject = "the label of what has none".to_owned();
            let path = At::root("definition").path();
            let path = path.moved("definition", &each.origin).unwrap_or(path);
            findings.push(Error::new(
                path.inside("show"),
                ReadError::WrongValue { subject },
            ));
            continue;
        };
        if let (Origin::Limited(tag), Term::Row(column)) = (each.from, term) {
            let tag = exporter.tags.get(tag);
            let template =
                tag.and_then(|tag| limited(tag, &rows.query, &mut templates, &mut findings));
            let Some(template) = template else {
                continue;
            };
            term = Term::Limited { column, template };
        }
        let position = position.and_then(|at| query.columns.get(at));
        outputs.push(Output {
            name: KeySpelling::new(&each.name),
            term,
        });
        columns.push(ExportColumn {
            name: each.name.clone(),
            label: each.label.clone(),
            kind: each.kind.clone(),
            data_type: position.map_or(DataType::Integer.as_str(), |column| column.data_type()),
            format: each.format.clone(),
        });
    }
    findings.finish(())?;
    let page = page(&rows.query, &mut outputs, &mut columns);
    let order = order(&rows.query, &exporter.definition.order_by, &exporter.key);
    let composition = Composition {
        dialect: exporter.compiler.dialect(),
        rows: rows.query,
        children,
        outputs,
        order: order.ok_or_else(lost)?,
        templates,
    };
    Ok(Draft {
        composition,
        columns,
        page,
        parts: all,
    })
}

/// A template as a value of its column.
fn limited(
    tag: &PlacedTag,
    query: &CompiledQuery,
    templates: &mut Vec<Param>,
    findings: &mut Findings,
) -> Option<Template> {
    let (name, written) = tag.template.as_ref()?;
    let at = column(query, name)?;
    let data_type = query.columns.get(at).map(|column| column.data_type());
    let data_type = data_type.and_then(DataType::parse);
    let root = At::root("tags");
    let path = || root.index(tag.index).key("template_id").path();
    let is_fit = |of: &DataType| matches!(of, DataType::Text | DataType::Integer | DataType::Uuid);
    let Some(data_type) = data_type.filter(is_fit) else {
        let reason = "the column of templates is neither text nor a whole number nor a UUID";
        findings.push(Error::new(path(), ReportError::TagTemplate { reason }));
        return None;
    };
    let scalar = Scalar::Text(written.as_str().into());
    let Ok(value) = Value::convert(&scalar, data_type, &Zone::utc()) else {
        let reason = "the template is no value of the column of templates";
        findings.push(Error::new(path(), ReportError::TagTemplate { reason }));
        return None;
    };
    let param = Param::Scalar(value);
    let known = templates.iter().position(|known| *known == param);
    let value = known.unwrap_or(templates.len());
    if known.is_none() {
        templates.push(param);
    }
    Some(Template {
        column: at,
        value,
        data_type,
    })
}

/// The position of the value that a key asked for.
fn column(query: &CompiledQuery, key: &str) -> Option<usize> {
    query
        .columns
        .iter()
        .position(|column| column.role() != ColumnRole::DimensionLabel && column.key() == key)
}

/// The position of what a column shows: a value, or its label.
fn shown_column(query: &CompiledQuery, planned: &Planned) -> Option<usize> {
    let at = column(query, &planned.key)?;
    if !planned.shows_label {
        return Some(at);
    }
    let label = query.columns.get(at + 1)?;
    (label.role() == ColumnRole::DimensionLabel).then_some(at + 1)
}

/// What is handed on of rows beside, each once.
fn shown(planned: &[Planned], step: usize, query: &CompiledQuery) -> Vec<usize> {
    let mut shown = Vec::new();
    for column in planned {
        if matches!(column.from, Origin::Child { step: of, .. } if of == step) {
            let at = shown_column(query, column);
            shown.extend(at.filter(|at| !shown.contains(at)));
        }
    }
    shown
}

/// A total order: what is asked for, then what tells rows apart in the direction of the last of it.
fn order(query: &CompiledQuery, by: &[OrderRequest], key: &[String]) -> Option<Vec<OrderKey>> {
    let descending = by.last().is_some_and(|by| by.descending);
    let asked = by.iter().map(|by| (&by.key, by.descending, by.nulls_first));
    let rest = key.iter().map(|column| (column, descending, false));
    let mut order: Vec<OrderKey> = Vec::new();
    for (name, descending, nulls_first) in asked.chain(rest) {
        let at = column(query, name)?;
        if order.iter().all(|known| known.column != at) {
            order.push(OrderKey {
                column: at,
                descending,
                nulls_first,
                is_present: query.columns.get(at).is_some_and(|of| !of.is_nullable()),
            });
        }
    }
    Some(order)
}

/// What the next page comes after, among the columns of the result.
fn page(
    rows: &CompiledQuery,
    outputs: &mut Vec<Output>,
    columns: &mut Vec<ExportColumn>,
) -> Option<Page> {
    let page = rows.page()?;
    let after = page.after_columns().map(|after| {
        let places = after.iter().map(|at| {
            let is_it = |output: &Output| output.term == Term::Row(*at);
            if let Some(known) = outputs.iter().position(is_it) {
                return known;
            }
            let mut name = format!("page_key_{}", at + 1);
            while columns.iter().any(|column| column.name == name) {
                name.push('_');
            }
            let of = rows.columns.get(*at);
            outputs.push(Output {
                name: KeySpelling::new(&name),
                term: Term::Row(*at),
            });
            columns.push(ExportColumn {
                label: in_words(&name),
                name,
                kind: ExportColumnKind::PageKey,
                data_type: of.map_or(DataType::Text.as_str(), |column| column.data_type()),
                format: None,
            });
            outputs.len() - 1
        });
        places.collect()
    });
    Some(Page {
        limit: page.limit(),
        after_columns: after,
    })
}

/// The statement of a composition, proved and within its limits.
fn composed(exporter: &Exporter, draft: Draft) -> Result<ExportStatement, Errors> {
    let Draft {
        composition,
        columns,
        page,
        parts,
    } = draft;
    let composition = &composition;
    let sql = text(composition);
    let (params, certificate) = (params(composition), certificate(composition));
    let at = || At::root("export").path();
    prove(composition, &sql, &certificate, params.len())
        .map_err(|error| Errors::from(Error::new(at(), error)))?;
    let limits = exporter.compiler.catalog().limits();
    let bytes = params.iter().map(Param::size_bytes);
    let bytes = bytes.fold(0, usize::saturating_add);
    let mut findings = Findings::default();
    for (limit, bound, found) in [
        ("parameters", limits.parameters, params.len()),
        ("parameter_bytes", limits.parameter_bytes, bytes),
        ("statement_bytes", limits.statement_bytes, sql.len()),
    ] {
        if found > bound {
            findings.push(Error::new(at(), ResolveError::limit(limit, bound)));
        }
    }
    if composition.dialect == Dialect::Sqlite && expanded_reads(&sql) > MAX_SQLITE_READS {
        let error = ResolveError::DialectUnsupported {
            dialect: composition.dialect.as_str(),
            construct: format!("more than {MAX_SQLITE_READS} reads in a statement"),
            kind: Kind::Source,
            name: exporter.definition.source.clone(),
        };
        findings.push(Error::new(at(), error));
    }
    findings.finish(())?;
    let notes = parts.iter().flat_map(|part| part.query.notes());
    let mut all = Vec::new();
    for note in notes {
        if !all.contains(note) {
            all.push(note.clone());
        }
    }
    Ok(ExportStatement {
        fingerprint: fingerprint(&sql, &columns, composition, page.as_ref()),
        dialect: composition.dialect,
        notes: all,
        sql,
        params,
        columns,
        certificate,
        page,
        parts,
    })
}

/// Covers what the fingerprints of its statements do, how they are composed, and how cells are written.
fn fingerprint(
    sql: &str,
    columns: &[ExportColumn],
    composition: &Composition,
    page: Option<&Page>,
) -> [u8; 32] {
    let mut parts = vec!["measurand export".to_owned(), sql.to_owned()];
    let children = composition.children.iter().map(|step| &step.query);
    let queries = std::iter::once(&composition.rows).chain(children);
    parts.extend(queries.map(CompiledQuery::fingerprint));
    for template in &composition.templates {
        if let Param::Scalar(value) = template {
            parts.push(value.data_type().as_str().to_owned());
            parts.push(value.to_string());
        }
    }
    for column in columns {
        let format = column.format.as_ref();
        let cell = format.map_or("", |format| format.cell().as_str());
        let pattern = format.and_then(CellFormat::pattern);
        parts.extend([column.name.clone(), column.label.clone(), cell.to_owned()]);
        parts.push(pattern.unwrap_or_default().to_owned());
        parts.push(column.is_in_file().to_string());
    }
    parts.push(page.map_or(String::new(), |page| page.limit().to_string()));
    let mut whole = String::new();
    for part in parts {
        // Each with its length in front, so that no two lists of parts run together.
        whole.push_str(&part.len().to_string());
        whole.push(':');
        whole.push_str(&part);
    }
    text_digest(&whole)
}

/// A column that the compiler gave no place, which would be a fault of this library.
fn lost() -> Errors {
    let reason = "an export lacks a column that it was compiled with".to_owned();
    let error = VerifyError { reason };
    Error::new(At::root("export").path(), error).into()
}
