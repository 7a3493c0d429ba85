//! A request for an export, lowered to requests for detail rows.
//!
//! In: an exporter, a request, a context. Out: the columns of the file, the rows beside that they need, and the
//! verified statements of the rows and of each kind of rows beside. Next to read: `assemble.rs`.

use super::MAX_CHILDREN;
use super::cell::CellFormat;
use super::column::ExportColumnKind;
use super::definition::{ChildGroup, FileColumn};
use super::exporter::{Exporter, Group, too_many_children};
use super::request::ExportRequest;
use super::statement::ExportPart;
use crate::context::Context;
use crate::error::{Error, Errors, Findings, Help, Kind, ReadError, ResolveError};
use crate::name::in_words;
use crate::output::CompiledQuery;
use crate::path::{At, echo};
use crate::request::{DimensionRequest, FilterRequest, OrderRequest, Request, RequestKind};

/// A column of the file, before anything is compiled.
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: ExportColumnKind,
    pub(super) format: Option<CellFormat>,
    /// What is read for it.
    pub(super) key: String,
    pub(super) shows_label: bool,
    /// Where it was written.
    pub(super) origin: String,
    pub(super) from: Origin,
}

/// The rows that a column is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Rows,
    /// Rows of one template: the position of the tag.
    Limited(usize),
    Child {
        step: usize,
        number: u8,
    },
    Count {
        step: usize,
    },
}

/// Rows beside that are read together.
pub(super) struct Step {
    pub(super) group: usize,
    /// The tag whose template all of them are of.
    pub(super) tag: Option<usize>,
    /// How many of them stand beside a row at most.
    pub(super) most: u8,
    pub(super) is_counted: bool,
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

/// The columns of a file, the rows beside that they need, and the statements of all rows.
pub(super) type Lowered = (Vec<Planned>, Vec<Step>, Vec<ExportPart>);

/// Compiles what a request is composed of.
pub(super) fn lower(
    exporter: &Exporter,
    request: &ExportRequest,
    context: &Context,
) -> Result<Lowered, Errors> {
    check(exporter, request)?;
    let mut steps = Vec::new();
    let planned = plan(exporter, request, &mut steps)?;
    let joins = steps
        .iter()
        .map(|step| usize::from(step.most))
        .sum::<usize>();
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
    Ok((planned, steps, parts))
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
    CellFormat::new(column.cell?, column.pattern.as_deref()).ok()
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
pub(super) struct Beside<'e> {
    pub(super) source: &'e str,
    pub(super) on: &'e [(String, String)],
    pub(super) key: &'e [String],
}

impl Exporter {
    pub(super) fn group(&self, step: &Step) -> Beside<'_> {
        let group: Option<&Group> = self.groups.get(step.group);
        Beside {
            source: group.map_or("", |group| &group.source),
            on: group.map_or(&[], |group| &group.on),
            key: group.map_or(&[], |group| &group.key),
        }
    }
}
