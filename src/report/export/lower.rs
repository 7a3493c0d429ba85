//! A request for an export, lowered to requests for detail rows, and composed of their answers.
//!
//! In: an exporter, a request, a context. Out: [`ExportStatement`]. Next to read: `compose.rs`, `proof.rs`.

use super::cell::CellFormat;
use super::column::{ExportColumn, ExportColumnKind};
use super::compose::{ChildStep, Composition, OrderKey, Output, Template, Term};
use super::compose::{certificate, params, text};
use super::definition::{ChildGroup, FileColumn};
use super::exporter::{Exporter, Group, PlacedTag, too_many_children};
use super::proof::prove;
use super::request::ExportRequest;
use super::statement::{ExportPart, ExportStatement};
use super::MAX_CHILDREN;
use crate::calendar::Zone;
use crate::catalog::spelling::KeySpelling;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::emit::{MAX_SQLITE_READS, expanded_reads};
use crate::error::{
    Error, Errors, Findings, Help, Kind, ReadError, ReportError, ResolveError,
};
use crate::fingerprint::text_digest;
use crate::name::in_words;
use crate::output::{ColumnRole, CompiledQuery, Page};
use crate::path::{At, echo};
use crate::request::{DimensionRequest, FilterRequest, OrderRequest, Request, RequestKind};
use crate::value::{DataType, Param, Scalar, Value};

/// A column of the file, before anything is compiled.
struct Planned {
    name: String,
    label: String,
    kind: ExportColumnKind,
    format: Option<CellFormat>,
    /// What is read for it.
    key: String,
    shows_label: bool,
    /// Where it was written.
    origin: String,
    from: Origin,
}

/// The rows that a column is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Rows,
    /// Rows of one template: the position of the tag.
    Limited(usize),
    Child { step: usize, number: u8 },
    Count { step: usize },
}

/// Rows beside that are read together.
struct Step {
    group: usize,
    /// The tag whose template all of them are of.
    tag: Option<usize>,
    most: u8,
    is_counted: bool,
}

/// The columns that one source is asked for, and where each was written.
#[derive(Default)]
struct Keys {
    keys: Vec<String>,
    origins: Vec<String>,
}

impl Keys {
    fn add(&mut self, key: &str, origin: &str) {
        if !self.keys.iter().any(|known| known == key) {
            self.keys.push(key.to_owned());
            self.origins.push(origin.to_owned());
        }
    }

    fn request(&self, source: &str, order_by: &[OrderRequest]) -> Request {
        let keys = self.keys.iter().map(|key| DimensionRequest {
            dimension: key.clone(),
            grain: None,
        });
        Request {
            kind: RequestKind::Rows,
            source: Some(source.to_owned()),
            columns: keys.collect(),
            order_by: order_by.to_vec(),
            ..Request::default()
        }
    }

    /// Where the parts of the request are in the documents of the export.
    fn places(&self, definition: &str) -> Vec<(String, String)> {
        let origins = self.origins.iter().enumerate();
        let columns =
            origins.map(|(at, origin)| (format!("request.columns[{at}]"), origin.clone()));
        let others = [
            ("request.order_by", format!("{definition}.order_by")),
            ("request.source", "definition.source".to_owned()),
            ("request.date_range", "export.date_range".to_owned()),
            ("request.limit", "export.limit".to_owned()),
            ("request.after", "export.after".to_owned()),
        ];
        let others = others.map(|(from, to)| (from.to_owned(), to));
        columns.chain(others).collect()
    }
}

/// Compiles a request.
pub(super) fn compile(
    exporter: &Exporter,
    request: &ExportRequest,
    context: &Context,
) -> Result<ExportStatement, Errors> {
    check(exporter, request)?;
    let mut steps = Vec::new();
    let planned = plan(exporter, request, &mut steps)?;
    let joins = steps.iter().map(|step| usize::from(step.most)).sum::<usize>();
    let bound = exporter.compiler.catalog().limits().joins;
    if joins > bound {
        let path = At::root("export").key("children").path();
        return Err(Error::new(path, ResolveError::limit("joins", bound)).into());
    }
    let mut lowering = Lowering {
        exporter,
        context,
        planned: &planned,
        steps: &steps,
        findings: Findings::default(),
        parts: Vec::new(),
    };
    lowering.rows(request);
    for at in 0..steps.len() {
        lowering.children(at);
    }
    let Lowering {
        findings, parts, ..
    } = lowering;
    findings.finish(())?;
    finish(exporter, &planned, &steps, parts)
}

/// That the request names what there is.
fn check(exporter: &Exporter, request: &ExportRequest) -> Result<(), Errors> {
    let root = At::root("export");
    let mut findings = Findings::default();
    let unknown = |path, kind, name: &str, names: Vec<&str>| {
        let help = Help::nearest(name, names.iter().copied());
        let name = echo(name);
        Error::new(path, ResolveError::Unknown { kind, name }).with_help(help)
    };
    let definition = &exporter.definition;
    let filters = root.key("filters");
    for (name, _) in &request.filters {
        let names: Vec<&str> = definition.filters.iter().map(|(name, _)| &**name).collect();
        if !names.contains(&&**name) {
            findings.push(unknown(filters.key(name).path(), Kind::Key, name, names));
        }
    }
    let children = root.key("children");
    for (prefix, number) in &request.children {
        let groups = definition.children.iter();
        let names: Vec<&str> = groups.map(|group| &*group.prefix).collect();
        let path = children.key(prefix).path();
        if !names.contains(&&**prefix) {
            findings.push(unknown(path, Kind::Key, prefix, names));
        } else if *number > MAX_CHILDREN {
            findings.push(too_many_children(path));
        }
    }
    findings.finish(())
}

/// The columns of the file, in order, and the rows beside that they need.
fn plan(
    exporter: &Exporter,
    request: &ExportRequest,
    steps: &mut Vec<Step>,
) -> Result<Vec<Planned>, Errors> {
    let mut planned = Vec::new();
    for (index, column) in exporter.definition.columns.iter().enumerate() {
        if request.has_overflow || !column.is_overflow {
            let origin = format!("definition.columns[{index}]");
            planned.push(core(column, origin));
        }
    }
    if request.has_children {
        for (at, group) in exporter.definition.children.iter().enumerate() {
            beside(at, group, request, &mut planned);
        }
    }
    if request.has_tags {
        planned.extend((0..exporter.tags.len()).filter_map(|at| tagged(exporter, at)));
    }
    if let Some(names) = &request.columns {
        let root = At::root("export");
        let list = root.key("columns");
        let mut findings = Findings::default();
        for (index, name) in names.iter().enumerate() {
            if !planned.iter().any(|column| column.name == *name) {
                let known = planned.iter().map(|column| &*column.name);
                let help = Help::nearest(name, known);
                let (kind, name) = (Kind::Column, echo(name));
                let error = ResolveError::Unknown { kind, name };
                findings.push(Error::new(list.index(index).path(), error).with_help(help));
            }
        }
        findings.finish(())?;
        planned.retain(|column| names.contains(&column.name));
    }
    if planned.is_empty() {
        let subject = "an export without columns".to_owned();
        let path = At::root("export").key("columns").path();
        return Err(Error::new(path, ReadError::WrongValue { subject }).into());
    }
    for column in &mut planned {
        needs(exporter, column, steps);
    }
    Ok(planned)
}

/// Notes the rows beside that a column needs, which its group was known by until now.
fn needs(exporter: &Exporter, column: &mut Planned, steps: &mut Vec<Step>) {
    let (group, number, is_count) = match column.from {
        Origin::Rows | Origin::Limited(_) => return,
        Origin::Child { step, number } => (step, number, false),
        Origin::Count { step } => (step, 1, true),
    };
    let tag = match column.kind {
        ExportColumnKind::Tag { slot } => {
            let mut tags = exporter.tags.iter();
            let at = tags.position(|placed| placed.tag.slot == slot);
            at.filter(|at| {
                let tag = exporter.tags.get(*at);
                tag.is_some_and(|tag| tag.template.is_some())
            })
        }
        _ => None,
    };
    let template = |tag: Option<usize>| {
        let tag = tag.and_then(|at| exporter.tags.get(at));
        tag.and_then(|tag| tag.template.as_ref())
    };
    let known = steps
        .iter()
        .position(|step| step.group == group && template(step.tag) == template(tag));
    let at = known.unwrap_or_else(|| {
        steps.push(Step {
            group,
            tag,
            most: 0,
            is_counted: false,
        });
        steps.len() - 1
    });
    if let Some(step) = steps.get_mut(at) {
        step.most = step.most.max(number);
        step.is_counted |= is_count;
    }
    column.from = match is_count {
        true => Origin::Count { step: at },
        false => Origin::Child { step: at, number },
    };
}

fn core(column: &FileColumn, origin: String) -> Planned {
    let label = column.label.clone();
    Planned {
        name: column.name.clone(),
        label: label.unwrap_or_else(|| in_words(&column.name)),
        kind: ExportColumnKind::Core,
        format: format_of(column),
        key: column.column.clone(),
        shows_label: column.shows_label,
        origin,
        from: Origin::Rows,
    }
}

fn format_of(column: &FileColumn) -> Option<CellFormat> {
    // The definition was checked: a pattern is one of its type.
    CellFormat::new(column.cell?, column.pattern.as_deref())
}

/// The columns of a group, row by row, and how many rows it has.
fn beside(at: usize, group: &ChildGroup, request: &ExportRequest, planned: &mut Vec<Planned>) {
    let mut asked = request.children.iter().rev();
    let asked = asked.find(|(prefix, _)| *prefix == group.prefix);
    let shown = asked.map_or(group.shown, |(_, number)| *number);
    let prefix = &group.prefix;
    for number in 1..=shown {
        for (index, column) in group.columns.iter().enumerate() {
            let label = column.label.clone();
            let label = label.unwrap_or_else(|| in_words(&column.name));
            planned.push(Planned {
                name: format!("{prefix}_{number}_{}", column.name),
                label: format!("{} {number} {label}", in_words(prefix)),
                kind: ExportColumnKind::Child {
                    group: prefix.clone(),
                    number,
                },
                format: format_of(column),
                key: column.column.clone(),
                shows_label: column.shows_label,
                origin: format!("definition.children[{at}].columns[{index}]"),
                from: Origin::Child { step: at, number },
            });
        }
    }
    if let Some(count) = &group.count {
        planned.push(Planned {
            name: count.clone(),
            label: in_words(count),
            kind: ExportColumnKind::Count {
                group: prefix.clone(),
            },
            format: None,
            key: String::new(),
            shows_label: false,
            origin: format!("definition.children[{at}].count"),
            from: Origin::Count { step: at },
        });
    }
}

/// The column of a tag: of rows beside, that of the first of them, or of the first of its template.
fn tagged(exporter: &Exporter, at: usize) -> Option<Planned> {
    let placed = exporter.tags.get(at)?;
    let tag = &placed.tag;
    Some(Planned {
        name: tag.name.clone(),
        label: tag.label.clone(),
        kind: ExportColumnKind::Tag { slot: tag.slot },
        format: Some(placed.format.clone()),
        key: placed.column.clone(),
        shows_label: false,
        origin: format!("tags[{}].source_field_path", placed.index),
        from: match (placed.group, &placed.template) {
            (Some(step), _) => Origin::Child { step, number: 1 },
            (None, Some(_)) => Origin::Limited(at),
            (None, None) => Origin::Rows,
        },
    })
}

/// What the requests of an export share while they are compiled.
struct Lowering<'a> {
    exporter: &'a Exporter,
    context: &'a Context,
    planned: &'a [Planned],
    steps: &'a [Step],
    findings: Findings,
    parts: Vec<ExportPart>,
}

impl Lowering<'_> {
    /// The rows, each a line of the file.
    fn rows(&mut self, asked: &ExportRequest) {
        let exporter = self.exporter;
        let definition = &exporter.definition;
        let mut keys = Keys::default();
        for column in self.planned {
            match column.from {
                Origin::Rows => keys.add(&column.key, &column.origin),
                Origin::Limited(tag) => {
                    keys.add(&column.key, &column.origin);
                    let placed = exporter.tags.get(tag);
                    if let Some((template, _)) = placed.and_then(|tag| tag.template.as_ref()) {
                        keys.add(template, "definition.entity.template");
                    }
                }
                Origin::Child { .. } | Origin::Count { .. } => {}
            }
        }
        for step in self.steps {
            let origin = format!("definition.children[{}].relationship", step.group);
            for (here, _) in exporter.group(step).on.iter() {
                keys.add(here, &origin);
            }
        }
        for (index, by) in definition.order_by.iter().enumerate() {
            keys.add(&by.key, &format!("definition.order_by[{index}]"));
        }
        for column in &exporter.key {
            keys.add(column, "definition.source");
        }
        let mut places = Vec::new();
        let mut filters = Vec::new();
        for (at, (name, values)) in asked.filters.iter().enumerate() {
            let mut known = definition.filters.iter();
            if let Some((_, dimension)) = known.find(|(known, _)| known == name) {
                let values = values.iter().cloned();
                filters.push(FilterRequest::Compare(FilterRequest::is_in(
                    dimension, values,
                )));
                let place = format!("export.filters.{name}");
                places.push((format!("request.filters[{at}].values"), place.clone()));
                places.push((format!("request.filters[{at}]"), place));
            }
        }
        places.extend(keys.places("definition"));
        let request = Request {
            filters: (!filters.is_empty()).then_some(FilterRequest::List(filters)),
            date_range: asked.date_range.clone(),
            limit: asked.limit,
            after: asked.after.clone(),
            ..keys.request(&definition.source, &definition.order_by)
        };
        let compiled = exporter.compiler.compile(&request, self.context);
        self.keep(request, compiled, &places);
    }

    /// Rows beside them.
    fn children(&mut self, at: usize) {
        let exporter = self.exporter;
        let Some(step) = self.steps.get(at) else {
            return;
        };
        let group = exporter.group(step);
        let defined = exporter.definition.children.get(step.group);
        let place = format!("definition.children[{}]", step.group);
        let relationship = format!("{place}.relationship");
        let mut keys = Keys::default();
        for (_, there) in group.on {
            keys.add(there, &relationship);
        }
        for column in self.planned {
            if matches!(column.from, Origin::Child { step, .. } if step == at) {
                keys.add(&column.key, &column.origin);
            }
        }
        let tag = step.tag.and_then(|tag| exporter.tags.get(tag));
        if let Some((template, _)) = tag.and_then(|tag| tag.template.as_ref()) {
            keys.add(template, &format!("{place}.entity.template"));
        }
        let order_by = defined.map_or(&[][..], |group| &group.order_by);
        for (index, by) in order_by.iter().enumerate() {
            keys.add(&by.key, &format!("{place}.order_by[{index}]"));
        }
        for column in group.key {
            keys.add(column, &relationship);
        }
        let request = keys.request(group.source, order_by);
        let places = keys.places(&place);
        let compiled = exporter.compiler.compile_unordered(&request, self.context);
        self.keep(request, compiled, &places);
    }

    /// Keeps what was compiled, or says what is wrong where it was written.
    fn keep(
        &mut self,
        request: Request,
        compiled: Result<CompiledQuery, Errors>,
        places: &[(String, String)],
    ) {
        match compiled {
            Ok(query) => self.parts.push(ExportPart { request, query }),
            Err(errors) => {
                for error in errors {
                    let moved = places
                        .iter()
                        .find_map(|(from, to)| error.path().moved(from, to));
                    self.findings.push(match moved {
                        Some(path) => error.moved(path),
                        None => error,
                    });
                }
            }
        }
    }
}

/// A group's rows, as a step reads them.
struct Beside<'e> {
    source: &'e str,
    on: &'e [(String, String)],
    key: &'e [String],
}

impl Exporter {
    fn group(&self, step: &Step) -> Beside<'_> {
        let group: Option<&Group> = self.groups.get(step.group);
        Beside {
            source: group.map_or("", |group| &group.source),
            on: group.map_or(&[], |group| &group.on),
            key: group.map_or(&[], |group| &group.key),
        }
    }
}

/// Composes what was compiled, and proves it.
fn finish(
    exporter: &Exporter,
    planned: &[Planned],
    steps: &[Step],
    parts: Vec<ExportPart>,
) -> Result<ExportStatement, Errors> {
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
        let on = group.on.iter().map(|(here, there)| {
            Some((column(&rows.query, here)?, column(query, there)?))
        });
        let defined = exporter.definition.children.get(step.group);
        let order_by = defined.map_or(&[][..], |group| &group.order_by);
        let shown: Vec<usize> = shown(planned, at, query);
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
    for each in planned {
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
                (&child.query, position, at.map(|at| Term::Child { step, number, at }))
            }
            Origin::Count { step } => (&rows.query, None, Some(Term::Count { step })),
        };
        let Some(mut term) = term else {
            // Only a label can be missing of what was compiled.
            let subject = "the label of what has none".to_owned();
            let path = At::root("definition").path();
            let path = path.moved("definition", &each.origin).unwrap_or(path);
            findings.push(Error::new(path.inside("show"), ReadError::WrongValue { subject }));
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
    composed(exporter, &composition, columns, page, all)
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
    query.columns.iter().position(|column| {
        column.role() != ColumnRole::DimensionLabel && column.key() == key
    })
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
fn composed(
    exporter: &Exporter,
    composition: &Composition,
    columns: Vec<ExportColumn>,
    page: Option<Page>,
    parts: Vec<ExportPart>,
) -> Result<ExportStatement, Errors> {
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
    let error = crate::error::VerifyError { reason };
    Error::new(At::root("export").path(), error).into()
}
