//! Report templates: all of a catalog, read and checked once.
//!
//! In: a compiler, and so the templates of its catalog. Out: [`ReportBuilder`]. Guaranteed afterwards: every
//! widget compiles for those who have its modules, charts draw columns that are there, and templates need
//! what their widgets use. Codes: those of a layout and of a request, `widget-module`, `chart-key`,
//! `template-needs`, `no-effect`. Next to read: `compiled.rs`.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::layer::Layer;
use super::layer_read::{layer, open, preset_range};
use super::layout::{Chart, Layout, Widget};
use super::merge::{Merged, Origin};
use super::toggles::toggles_of;
use crate::calendar::Preset;
use crate::catalog::{Catalog, Template};
use crate::compile::Compiler;
use crate::context::{Context, Tenant};
use crate::error::{Error, ErrorCode, Errors, Findings, Help, ReportError, ResolveError};
use crate::output::{ColumnRole, CompiledQuery};
use crate::path::{At, Path, echo};
use crate::request::Request;

/// The report templates of a catalog, checked, and the compiler of their widgets.
///
/// One serves any number of threads, as its compiler does.
///
/// ```
/// use measurand::report::{Layers, ReportBuilder};
/// use measurand::{Catalog, Compiler, Context, Dialect, Tenant};
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
///     "columns": [{"name": "client_id", "data_type": "integer"}, {"name": "date", "data_type": "date"},
///       {"name": "amount", "data_type": "decimal"}], "metrics": "*", "dimensions": "*"}],
///   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(amount)"}],
///   "dimensions": [{"dimension_key": "date", "column_expression": "date", "data_type": "date"}],
///   "templates": [{"template_key": "revenue", "name": "Revenue", "required_data_sources": ["orders"],
///     "default_date_range": "last_7_days", "layout": {"sections": [{"title": "Trend", "widgets": [
///       {"id": "total", "type": "metric_card", "title": "Revenue", "position": {"x": 0, "y": 0, "w": 3, "h": 2},
///        "request": {"metrics": ["revenue"]}},
///       {"id": "by-day", "type": "chart", "title": "By day", "position": {"x": 3, "y": 0, "w": 9, "h": 5},
///        "request": {"metrics": ["revenue"], "dimensions": ["date"]},
///        "chart": {"type": "line", "x": "date", "series": [{"key": "revenue"}]}}]}]}}]
/// }"#)?;
/// let reports = ReportBuilder::new(Compiler::new(catalog, Dialect::Postgres))?;
/// let mut context = Context::new(Tenant::number(1).ok_or("a tenant")?, Vec::new());
/// context.now = Some("2026-11-20T10:00:00Z".into());
///
/// let report = reports.compile_report("revenue", &Layers::default(), &context)?;
/// let [total, by_day] = report.widgets() else { panic!("two widgets") };
/// assert_eq!((&*total.id, &*by_day.id), ("total", "by-day"));
/// let query = report.query(by_day)?;
/// assert!(query.sql().contains("FROM reporting.orders_1 AS t"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
/// `report_templates` of the report builder.
pub struct ReportBuilder {
    pub(super) compiler: Arc<Compiler>,
    /// In the order of the catalog's templates.
    templates: Vec<CheckedTemplate>,
}

/// A template whose layout was read and whose widgets compile.
#[derive(Default)]
pub(super) struct CheckedTemplate {
    /// The headings of the sections.
    pub(super) sections: Vec<String>,
    /// The filter bar first, then section by section.
    pub(super) widgets: Vec<PlacedWidget>,
    defaults: Layer,
}

/// A widget, and where it is.
pub(super) struct PlacedWidget {
    pub(super) widget: Widget,
    /// The position of its section; nothing in the filter bar.
    pub(super) section: Option<usize>,
    /// The modules that gate it, besides that of its template.
    pub(super) modules: Vec<String>,
    /// Where it was written.
    pub(super) at: Path,
}

/// The range of templates that state none, as `report_templates` has it.
const DEFAULT_RANGE: &str = "last_30_days";

/// When templates are checked: presets have to count from some day, and every one has them all.
const CHECKED_AT: &str = "2026-01-01T00:00:00Z";

impl ReportBuilder {
    /// Reads and checks the templates of the compiler's catalog.
    ///
    /// # Errors
    /// Everything that is wrong with any of them, at once: what reading a layout and compiling a request
    /// can find, and `widget-module`, `chart-key`, `template-needs`, `no-effect`.
    pub fn new(compiler: impl Into<Arc<Compiler>>) -> Result<Self, Errors> {
        let compiler = compiler.into();
        let catalog = compiler.catalog().clone();
        let mut findings = Findings::default();
        let mut templates = Vec::with_capacity(catalog.templates.len());
        for template in &catalog.templates {
            let checker = Checker {
                compiler: &compiler,
                catalog: &catalog,
                template,
                findings: &mut findings,
            };
            templates.push(checker.check());
        }
        findings.finish(Self {
            compiler,
            templates,
        })
    }

    /// The compiler of the widgets.
    pub fn compiler(&self) -> &Arc<Compiler> {
        &self.compiler
    }

    /// The templates that a context may know, as a navigation lists them: by section, in the order of each.
    pub fn templates(&self, context: &Context) -> Vec<&Template> {
        let all = self.compiler.catalog().templates();
        let mut known: Vec<&Template> = all
            .iter()
            .filter(|template| knows(context, template.module.as_ref()))
            .collect();
        known.sort_by_key(|each| (each.nav_section.as_deref(), each.nav_order, &*each.key));
        known
    }

    /// The template with this key, if the context may know it.
    pub(super) fn find(
        &self,
        key: &str,
        context: &Context,
    ) -> Result<(&Template, &CheckedTemplate), Errors> {
        let all = self.compiler.catalog().templates();
        let mut both = all.iter().zip(&self.templates);
        let found = both.find(|(template, _)| template.key == key);
        let found = found.filter(|(template, _)| knows(context, template.module.as_ref()));
        found.ok_or_else(|| {
            let known = self.templates(context);
            let help = Help::nearest(key, known.iter().map(|template| &*template.key));
            let name = echo(key);
            let error = ReportError::UnknownTemplate { name };
            Error::new(At::root("report").key("template").path(), error)
                .with_help(help)
                .into()
        })
    }
}

impl fmt::Debug for ReportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportBuilder")
            .field("compiler", &self.compiler)
            .finish_non_exhaustive()
    }
}

/// Whether a context has the module that gates something.
pub(super) fn knows(context: &Context, module: Option<&String>) -> bool {
    module.is_none_or(|module| context.modules.contains(module))
}

impl CheckedTemplate {
    /// The defaults of the template, as the lowest of the layers.
    pub(super) fn lay_defaults<'l>(&'l self, template: &Template, merged: &mut Merged<'l>) {
        let place = At::root(&template.place);
        let range = template.default_date_range.as_deref();
        let range = preset_range(range.unwrap_or(DEFAULT_RANGE).to_owned());
        merged.set_default_range(range, place.key("default_date_range").path());
        let parts = &place.key("default_filters");
        let origin = Origin {
            parts,
            toggles: parts,
        };
        merged.lay_defaults(&self.defaults, origin);
    }
}

/// Checks one template.
struct Checker<'c, 'f> {
    compiler: &'c Compiler,
    catalog: &'c Catalog,
    template: &'c Template,
    findings: &'f mut Findings,
}

impl Checker<'_, '_> {
    fn check(mut self) -> CheckedTemplate {
        let limits = &self.catalog.limits;
        let read = Layout::from_json(&self.template.layout, limits);
        let layout = self.moved(read, "layout");
        let text = self.template.default_filters.as_deref();
        let defaults = open("default_filters", text.unwrap_or("{}"), limits);
        let defaults = defaults.and_then(|document| {
            let read = layer(&document.root(), true, limits).unwrap_or_default();
            document.finish(read)
        });
        let defaults = self.moved(defaults, "default_filters");
        self.check_range();
        // What widgets use is known only of those that were read.
        let (Some(layout), Some(defaults)) = (layout, defaults) else {
            return CheckedTemplate::default();
        };
        let checked = CheckedTemplate {
            sections: layout
                .sections
                .iter()
                .map(|each| each.title.clone())
                .collect(),
            widgets: placed(layout, &self.template.place),
            defaults,
        };
        self.check_widgets(&checked);
        checked
    }

    /// What was read, its findings being moved from the document `field` to the field of the catalog.
    fn moved<T>(&mut self, read: Result<T, Errors>, field: &str) -> Option<T> {
        let to = format!("{}.{field}", self.template.place);
        let errors = match read {
            Ok(read) => return Some(read),
            Err(errors) => errors,
        };
        for error in errors {
            let moved = error.path().moved(field, &to);
            self.findings.push(match moved {
                Some(path) => error.moved(path),
                None => error,
            });
        }
        None
    }

    fn check_range(&mut self) {
        let range = self.template.default_date_range.as_deref();
        if let Some(name) = range.filter(|name| Preset::parse(name).is_none()) {
            let preset = echo(name);
            let at = At::root(&self.template.place);
            let path = at.key("default_date_range").path();
            self.findings
                .push(Error::new(path, ResolveError::UnknownPreset { preset }));
        }
    }

    fn check_widgets(&mut self, checked: &CheckedTemplate) {
        let mut merged = Merged::default();
        checked.lay_defaults(self.template, &mut merged);
        let mut sources = BTreeSet::new();
        let mut toggles = BTreeSet::new();
        let mut all_compile = true;
        for placed in &checked.widgets {
            let applied = merged.apply(&placed.widget, self.catalog, placed.at.as_str());
            toggles.extend(toggles_of(self.catalog, &applied.widget.request));
            let own = self.template.module.iter().chain(&placed.modules);
            let modules: Vec<String> = own.cloned().collect();
            match self.compile(&applied.widget.request, &modules) {
                Ok(query) => {
                    let keys = query.sources().into_iter();
                    sources.extend(keys.map(|key| key.as_str().to_owned()));
                    if let Some(chart) = &applied.widget.chart {
                        self.check_chart(chart, &query, &placed.at);
                    }
                }
                Err(errors) => {
                    all_compile = false;
                    // What a dialect cannot say is not wrong with the template: the widget says so when it
                    // is asked.
                    let is_of_dialect =
                        |error: &Error| error.code() == ErrorCode::DialectUnsupported;
                    if errors.iter().all(is_of_dialect) {
                        continue;
                    }
                    if let Some(module) = self.missing_module(&applied.widget.request, &modules) {
                        let error = ReportError::WidgetModule { module };
                        self.findings.push(Error::new(placed.at.clone(), error));
                        continue;
                    }
                    for error in errors {
                        self.findings.push(applied.locate(error, &placed.at));
                    }
                }
            }
        }
        for error in merged.without_effect(self.catalog) {
            self.findings.push(error);
        }
        // What a widget uses is known only where it compiles.
        if all_compile {
            let needed = &self.template.required_data_sources;
            self.check_needs("required_data_sources", "source", needed, &sources);
            let toggles = toggles.into_iter().map(str::to_owned).collect();
            let needed = &self.template.required_toggles;
            self.check_needs("required_toggles", "toggle", needed, &toggles);
        }
    }

    /// The statement for a tenant without rules that has these modules.
    fn compile(&self, request: &Request, modules: &[String]) -> Result<CompiledQuery, Errors> {
        let mut errors = None;
        // A tenant is a number or a word; which one fits, the columns of the sources say.
        let tenants = [Tenant::number(1), Tenant::word("tenant")];
        for tenant in tenants.into_iter().flatten() {
            let mut context = Context::new(tenant, Vec::new());
            context.modules = modules.to_vec();
            context.now = Some(CHECKED_AT.to_owned());
            match self.compiler.compile(request, &context) {
                Err(found) if found.has(ErrorCode::TenantType) => errors = Some(found),
                result => return result,
            }
        }
        Err(errors.unwrap_or_else(|| {
            let path = At::root("context").path();
            Error::new(path, ResolveError::TenantInvalid).into()
        }))
    }

    /// The module without which the request does not compile, if it does with it.
    fn missing_module(&self, request: &Request, modules: &[String]) -> Option<String> {
        let metrics = self.catalog.metrics.iter().map(|metric| &metric.module);
        let dimensions = self.catalog.dimensions.iter();
        let dimensions = dimensions.map(|dimension| &dimension.module);
        let all: BTreeSet<&String> = metrics.chain(dimensions).flatten().collect();
        let helps = |module: &&&String| {
            let with: Vec<String> = modules.iter().chain([**module]).cloned().collect();
            self.compile(request, &with).is_ok()
        };
        all.iter().find(helps).map(|module| (**module).clone())
    }

    fn check_chart(&mut self, chart: &Chart, query: &CompiledQuery, at: &Path) {
        let dimensions: &[ColumnRole] = &[ColumnRole::DimensionValue];
        let metrics: &[ColumnRole] = &[ColumnRole::Metric, ColumnRole::Comparison];
        let along = [("x", Some(&chart.x)), ("split_by", chart.split_by.as_ref())];
        let along = along
            .into_iter()
            .filter_map(|(field, key)| Some((field.to_owned(), key?, "dimension", dimensions)));
        let series = chart.series.iter().enumerate();
        let series = series
            .map(|(index, each)| (format!("series[{index}].key"), &each.key, "metric", metrics));
        for (field, key, expected, roles) in along.chain(series) {
            let columns = query.columns().iter();
            let fitting = columns.filter(|column| roles.contains(&column.role()));
            let keys = fitting.map(|column| column.key());
            if !keys.clone().any(|each| each == key) {
                let place = at.inside(&format!("chart.{field}"));
                let help = Help::nearest(key, keys);
                let key = echo(key);
                let error = ReportError::ChartKey { expected, key };
                let error = Error::new(place, error);
                self.findings.push(error.with_help(help));
            }
        }
    }

    /// A template needs just what its widgets use: a service loads and shows what it names.
    fn check_needs(
        &mut self,
        field: &'static str,
        kind: &'static str,
        needed: &[String],
        used: &BTreeSet<String>,
    ) {
        let at = At::root(&self.template.place);
        let path = at.key(field).path();
        let unused = needed.iter().filter(|name| !used.contains(*name));
        let unused = unused.map(|name| (name, "is required, and no widget uses it"));
        let missing = used.iter().filter(|name| !needed.contains(*name));
        let missing = missing.map(|name| (name, "is used by a widget, and is not required"));
        for (name, reason) in unused.chain(missing) {
            let name = echo(name);
            let error = ReportError::TemplateNeeds { kind, name, reason };
            self.findings.push(Error::new(path.clone(), error));
        }
    }
}

/// The widgets of a layout, each with its place.
fn placed(layout: Layout, place: &str) -> Vec<PlacedWidget> {
    let mut placed = Vec::new();
    let layout_at = At::root(place);
    let path = |rest: String| layout_at.key("layout").path().inside(&rest);
    for (index, widget) in layout.filter_bar.into_iter().enumerate() {
        placed.push(PlacedWidget {
            modules: widget.module.iter().cloned().collect(),
            section: None,
            at: path(format!("filter_bar[{index}]")),
            widget,
        });
    }
    for (section, each) in layout.sections.into_iter().enumerate() {
        for (index, widget) in each.widgets.into_iter().enumerate() {
            placed.push(PlacedWidget {
                modules: each.module.iter().chain(&widget.module).cloned().collect(),
                section: Some(section),
                at: path(format!("sections[{section}].widgets[{index}]")),
                widget,
            });
        }
    }
    placed
}
