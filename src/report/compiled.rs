//! Reports and dashboards as statements.
//!
//! In: a template or a dashboard, layers, a context. Out: [`Report`]: for each widget the statement that it
//! shows the answer of, or its own errors. Guaranteed afterwards: no widget's error is another's, equal
//! statements are there once, and what the context may not know is not there. Codes: those of a request,
//! `unknown-template`, `unknown-widget`, `foreign-row`, `no-effect`. Next to read: `dashboard.rs`.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::builder::{PlacedWidget, ReportBuilder, knows};
use super::dashboard::Dashboard;
use super::layer::{Layers, LayoutOverrides, TemplateReference};
use super::layout::{Chart, Position, WidgetKind};
use super::merge::{Merged, Origin};
use crate::catalog::Template;
use crate::compile::Compiler;
use crate::context::Context;
use crate::error::{Error, Errors, Findings, Help, ReportError};
use crate::output::{CompiledQuery, Note};
use crate::path::{At, Path, echo};
use crate::request::Request;

/// A report for one context: its widgets in the order in which they are shown, and their statements.
///
/// It serializes with the fields `name`, `statements`, `widgets` and `errors`; a widget has either
/// `statement`, a position in `statements`, or `errors`.
#[derive(Debug, Clone)]
pub struct Report {
    name: String,
    statements: Vec<CompiledQuery>,
    widgets: Vec<ReportWidget>,
    errors: Option<Errors>,
}

/// A widget of a report.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReportWidget {
    /// The id, once in a report.
    pub id: String,
    /// What it is.
    pub kind: WidgetKind,
    /// The heading.
    pub title: String,
    /// What it says.
    pub description: Option<String>,
    /// The heading of its section; nothing in the filter bar and on dashboards.
    pub section: Option<String>,
    /// Where it is; nothing in the filter bar.
    pub position: Option<Position>,
    /// How a chart draws it: what the answer has of what the layout asks for.
    pub chart: Option<Chart>,
    /// What it asks, under all layers.
    pub request: Request,
    /// What a reader of its answer should know.
    pub notes: Vec<Note>,
    /// The position of its statement among those of the report.
    pub statement: Result<usize, Errors>,
}

impl Report {
    /// The name of the template or the dashboard.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The statements, each once: widgets whose answers are the same share one.
    pub fn statements(&self) -> &[CompiledQuery] {
        &self.statements
    }

    /// The widgets: the filter bar first, then section by section.
    pub fn widgets(&self) -> &[ReportWidget] {
        &self.widgets
    }

    /// What is wrong with the layers and concerns no widget: a hidden widget that is no more, a range that
    /// no widget follows.
    pub fn errors(&self) -> Option<&Errors> {
        self.errors.as_ref()
    }

    /// The statement of a widget.
    ///
    /// # Errors
    /// What is wrong with this widget.
    pub fn query(&self, widget: &ReportWidget) -> Result<&CompiledQuery, Errors> {
        let at = widget.statement.clone()?;
        self.statements.get(at).ok_or_else(|| {
            let name = echo(&widget.id);
            let error = ReportError::UnknownWidget { name };
            Error::new(At::root("report").path(), error).into()
        })
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 4)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("statements", &self.statements)?;
        out.serialize_field("widgets", &self.widgets)?;
        out.serialize_field("errors", &self.errors)?;
        out.end()
    }
}

impl Serialize for ReportWidget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ReportWidget", 9)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("type", &self.kind)?;
        out.serialize_field("title", &self.title)?;
        out.serialize_field("description", &self.description)?;
        out.serialize_field("section", &self.section)?;
        out.serialize_field("position", &self.position)?;
        out.serialize_field("chart", &self.chart)?;
        out.serialize_field("notes", &self.notes)?;
        match &self.statement {
            Ok(at) => out.serialize_field("statement", at)?,
            Err(errors) => out.serialize_field("errors", errors)?,
        }
        out.end()
    }
}

impl ReportBuilder {
    /// Compiles the widgets of a template for one context, under its layers.
    ///
    /// What is wrong with one widget is an error of that widget; the others compile. A widget of a module
    /// that the context lacks is not there.
    ///
    /// # Errors
    /// `unknown-template` where the template does not exist or belongs to a module that the context lacks,
    /// `foreign-row` where a layer is of another tenant, user or template.
    pub fn compile_report(
        &self,
        template: &str,
        layers: &Layers<'_>,
        context: &Context,
    ) -> Result<Report, Errors> {
        let (template, checked) = self.find(template, context)?;
        check_rows(layers, Some(template), context)?;
        let mut merged = Merged::default();
        checked.lay_defaults(template, &mut merged);
        lay(&mut merged, layers);
        let known = checked.widgets.iter().filter(|placed| {
            let mut modules = placed.modules.iter();
            modules.all(|module| knows(context, Some(module)))
        });
        let known: Vec<&PlacedWidget> = known.collect();
        let mut findings = Findings::default();
        let nothing = LayoutOverrides::default();
        let overrides = layers.view.map_or(&nothing, |view| &view.layout);
        check_ids(overrides, &known, &mut findings);
        let mut compiling = Compiling {
            compiler: &self.compiler,
            context,
            merged: &merged,
            statements: Statements::default(),
        };
        let mut widgets = Vec::with_capacity(known.len());
        for placed in known {
            let section = placed.section.and_then(|at| checked.sections.get(at));
            let is_hidden = overrides.hidden.contains(&placed.widget.id);
            let compiled = compiling.widget(placed, section, is_hidden);
            let order = overrides
                .order
                .iter()
                .position(|id| *id == placed.widget.id);
            // What is listed comes first in its section; the order of the rest stays.
            let order = (placed.section, order.unwrap_or(usize::MAX));
            widgets.extend(compiled.map(|widget| (order, widget)));
        }
        widgets.sort_by_key(|(order, _)| *order);
        let mut widgets: Vec<ReportWidget> = widgets.into_iter().map(|(_, each)| each).collect();
        set_positions(&mut widgets, &overrides.positions);
        // What the template itself says and only gated widgets follow is nobody's mistake.
        let missed = merged.without_effect(self.compiler.catalog());
        let missed = missed.into_iter();
        missed
            .filter(|error| error.path().moved(&template.place, "").is_none())
            .for_each(|error| findings.push(error));
        Ok(Report {
            name: template.name.clone(),
            statements: compiling.statements.all,
            widgets,
            errors: findings.into_errors(),
        })
    }

    /// Compiles the widgets that are pinned to a dashboard, under layers without a saved view.
    ///
    /// # Errors
    /// `foreign-row` where the dashboard or a layer is of another tenant or user, or a layer is a view of a
    /// template.
    pub fn compile_dashboard(
        &self,
        dashboard: &Dashboard,
        layers: &Layers<'_>,
        context: &Context,
    ) -> Result<Report, Errors> {
        dashboard.owner.check("dashboard", false, context)?;
        check_rows(layers, None, context)?;
        let mut merged = Merged::default();
        lay(&mut merged, layers);
        let mut compiling = Compiling {
            compiler: &self.compiler,
            context,
            merged: &merged,
            statements: Statements::default(),
        };
        let mut findings = Findings::default();
        let mut widgets = Vec::with_capacity(dashboard.widgets.len());
        for pinned in &dashboard.widgets {
            let mut modules = pinned.placed.modules.iter();
            if modules.all(|module| knows(context, Some(module))) {
                let mut widget = compiling.widget(&pinned.placed, None, false);
                if let (Some(widget), Some(errors)) = (&mut widget, &pinned.errors) {
                    widget.statement = Err(errors.clone());
                }
                widgets.extend(widget);
            }
        }
        for (index, (id, _)) in dashboard.positions.iter().enumerate() {
            if !dashboard
                .widgets
                .iter()
                .any(|each| each.placed.widget.id == *id)
            {
                let layout = At::root("dashboard");
                let layout = layout.key("layout");
                let item = layout.index(index);
                findings.push(unknown_widget(item.key("i").path(), id, &[]));
            }
        }
        set_positions(&mut widgets, &dashboard.positions);
        for error in merged.without_effect(self.compiler.catalog()) {
            findings.push(error);
        }
        Ok(Report {
            name: dashboard.name.clone(),
            statements: compiling.statements.all,
            widgets,
            errors: findings.into_errors(),
        })
    }
}

/// The layers of users, on top of what is there.
fn lay<'l>(merged: &mut Merged<'l>, layers: &Layers<'l>) {
    let roots = ["view", "preset", "layer"].map(At::root);
    let [view, preset, request] = &roots;
    if let Some(saved) = layers.view {
        let parts = &view.key("filters");
        let toggles = view;
        merged.lay(&saved.layer, Origin { parts, toggles });
    }
    if let Some(saved) = layers.preset {
        let parts = &preset.key("filters");
        let toggles = parts;
        merged.lay(&saved.layer, Origin { parts, toggles });
    }
    if let Some(layer) = layers.request {
        let (parts, toggles) = (request, request);
        merged.lay(layer, Origin { parts, toggles });
    }
}

/// Rows lie only under reports of those whose rows they are.
fn check_rows(
    layers: &Layers<'_>,
    template: Option<&Template>,
    context: &Context,
) -> Result<(), Errors> {
    if let Some(view) = layers.view {
        view.owner.check("view", false, context)?;
        let (field, is_same) = match &view.template {
            TemplateReference::Key(key) => {
                let is_same = template.is_some_and(|template| template.key == *key);
                ("template_key", is_same)
            }
            TemplateReference::Id(id) => {
                let is_same = template.is_some_and(|template| template.row_id == Some(*id));
                ("template_id", is_same)
            }
        };
        if !is_same {
            let whose = "template";
            let error = ReportError::ForeignRow { whose };
            return Err(Error::new(At::root("view").key(field).path(), error).into());
        }
    }
    match layers.preset {
        Some(preset) => preset.owner.check("preset", preset.is_shared, context),
        None => Ok(()),
    }
}

/// A view may name only widgets that are there.
fn check_ids(overrides: &LayoutOverrides, known: &[&PlacedWidget], findings: &mut Findings) {
    let ids: Vec<&str> = known.iter().map(|each| &*each.widget.id).collect();
    let view = At::root("view");
    let at = view.key("layout_overrides");
    for (field, named) in [("hidden", &overrides.hidden), ("order", &overrides.order)] {
        for (index, id) in named.iter().enumerate() {
            if !ids.contains(&&**id) {
                let path = at.key(field).index(index).path();
                findings.push(unknown_widget(path, id, &ids));
            }
        }
    }
    for (id, _) in &overrides.positions {
        if !ids.contains(&&**id) {
            let path = at.key("positions").key(id).path();
            findings.push(unknown_widget(path, id, &ids));
        }
    }
}

fn unknown_widget(path: Path, id: &str, known: &[&str]) -> Error {
    let name = echo(id);
    let help = Help::nearest(id, known.iter().copied());
    Error::new(path, ReportError::UnknownWidget { name }).with_help(help)
}

fn set_positions(widgets: &mut [ReportWidget], positions: &[(String, Position)]) {
    for (id, position) in positions {
        let named = widgets.iter_mut().find(|widget| widget.id == *id);
        if let Some(widget) = named.filter(|widget| widget.position.is_some()) {
            widget.position = Some(*position);
        }
    }
}

/// What the widgets of one report share while they are compiled.
struct Compiling<'a, 'l> {
    compiler: &'a Compiler,
    context: &'a Context,
    merged: &'a Merged<'l>,
    statements: Statements,
}

impl Compiling<'_, '_> {
    /// The widget under the layers; a hidden one is not asked, and counts as one that follows them.
    fn widget(
        &mut self,
        placed: &PlacedWidget,
        section: Option<&String>,
        is_hidden: bool,
    ) -> Option<ReportWidget> {
        let at = placed.at.as_str();
        let applied = self
            .merged
            .apply(&placed.widget, self.compiler.catalog(), at);
        if is_hidden {
            return None;
        }
        let request = &applied.widget.request;
        let asked = self.statements.ask(self.compiler, request, self.context);
        let (statement, notes) = match asked {
            Ok((at, notes)) => (Ok(at), notes),
            Err(errors) => {
                let mut findings = Findings::default();
                for error in errors.clone() {
                    findings.push(applied.locate(error, &placed.at));
                }
                (Err(findings.into_errors().unwrap_or(errors)), Vec::new())
            }
        };
        let widget = applied.widget;
        let chart = match &statement {
            Ok(at) => self.statements.drawn(*at, widget.chart),
            Err(_) => widget.chart,
        };
        Some(ReportWidget {
            id: widget.id,
            kind: widget.kind,
            title: widget.title,
            description: widget.description,
            section: section.cloned(),
            position: widget.position,
            chart,
            request: widget.request,
            notes,
            statement,
        })
    }
}

/// The statements of a report, each once.
#[derive(Default)]
struct Statements {
    all: Vec<CompiledQuery>,
    asked: Vec<(Request, usize, Vec<Note>)>,
}

impl Statements {
    /// The position of the statement that answers a request, and what its reader should know.
    fn ask(
        &mut self,
        compiler: &Compiler,
        request: &Request,
        context: &Context,
    ) -> Result<(usize, Vec<Note>), Errors> {
        let known = self.asked.iter().find(|(asked, ..)| asked == request);
        if let Some((_, at, notes)) = known {
            return Ok((*at, notes.clone()));
        }
        let query = compiler.compile(request, context)?;
        let notes = query.notes().to_vec();
        // Requests that are written differently may still have one answer.
        let is_same = |known: &CompiledQuery| known.fingerprint == query.fingerprint;
        let known = self.all.iter().position(is_same);
        let at = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.all.push(query);
        }
        self.asked.push((request.clone(), at, notes.clone()));
        Ok((at, notes))
    }

    /// A chart draws what the answer has: a layer may have taken its comparison away.
    fn drawn(&self, at: usize, chart: Option<Chart>) -> Option<Chart> {
        let (mut chart, query) = (chart?, self.all.get(at)?);
        let has = |key: &str| query.columns().iter().any(|column| column.key() == key);
        chart.series.retain(|series| has(&series.key));
        Some(chart)
    }
}
