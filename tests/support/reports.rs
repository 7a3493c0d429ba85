//! Reports compiled through the checker: every statement of every widget is read by it.

use measurand::report::{Layers, Report, ReportBuilder, ReportWidget};
use measurand::{CompiledQuery, Context, Dialect, Errors, Limits};

use super::payments::compiler;
use crate::checker::Checked;

/// The stock templates.
pub fn stock() -> ReportBuilder {
    let reports = ReportBuilder::new(compiler(Dialect::Postgres));
    reports.unwrap_or_else(|errors| panic!("{errors}"))
}

/// A context from its JSON.
pub fn context(text: &str) -> Context {
    Context::from_json(text, &Limits::default()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A report, every statement of which the checker has read as the answer to its widget's request.
pub fn report(
    reports: &ReportBuilder,
    template: &str,
    layers: &Layers<'_>,
    context: &Context,
) -> Result<Report, Errors> {
    let report = reports.compile_report(template, layers, context)?;
    check(reports, &report, context);
    Ok(report)
}

/// Reads the statements of a report with the checker.
pub fn check(reports: &ReportBuilder, report: &Report, context: &Context) {
    for widget in report.widgets() {
        let checked = reports.compiler().checked(&widget.request, context);
        match (report.query(widget), checked) {
            (Ok(query), Ok(checked)) => {
                assert_eq!(query.sql(), checked.sql(), "{}", widget.id);
                assert_eq!(query.fingerprint(), checked.fingerprint(), "{}", widget.id);
            }
            (Err(_), Err(_)) => {}
            (found, checked) => panic!("{}: {found:?}, {checked:?}", widget.id),
        }
    }
}

/// The widget with this id.
pub fn widget<'r>(report: &'r Report, id: &str) -> &'r ReportWidget {
    let found = report.widgets().iter().find(|widget| widget.id == id);
    found.unwrap_or_else(|| panic!("no widget {id}"))
}

/// The statement of the widget with this id.
pub fn query<'r>(report: &'r Report, id: &str) -> &'r CompiledQuery {
    let query = report.query(widget(report, id));
    query.unwrap_or_else(|errors| panic!("{id}: {errors}"))
}

/// What is wrong with the widget with this id.
pub fn errors(report: &Report, id: &str) -> Errors {
    match report.query(widget(report, id)) {
        Ok(query) => panic!("{id} compiles\n{}", query.sql()),
        Err(errors) => errors,
    }
}
