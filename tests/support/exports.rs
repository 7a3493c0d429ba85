//! Exports compiled through the checker: every statement that one is composed of is read by it.

use measurand::report::{ExportDefinition, ExportRequest, ExportStatement, Exporter, FieldTag};
use measurand::{Catalog, Context, Dialect, Errors, Limits};

use crate::checker::Checked;

/// The exporter of a definition and a list of tags.
///
/// # Errors
/// What is wrong with them.
pub fn exporter(
    catalog: &Catalog,
    definition: &str,
    tags: &str,
    dialect: Dialect,
) -> Result<Exporter, Errors> {
    let limits = catalog.limits();
    let definition = ExportDefinition::from_json(definition, limits)?;
    let tags = FieldTag::list_from_json(tags, limits)?;
    Exporter::new(catalog, definition, tags, dialect)
}

/// An export whose statements the checker has read, each as the answer to its request.
///
/// # Errors
/// What is wrong with the request.
pub fn export(
    exporter: &Exporter,
    request: &str,
    context: &Context,
) -> Result<ExportStatement, Errors> {
    let request = ExportRequest::from_json(request, &Limits::default())?;
    let export = exporter.compile_export(&request, context)?;
    let mut placeholders = 0;
    for (at, part) in export.parts().iter().enumerate() {
        let checked = exporter.compiler().checked(&part.request, context);
        let checked = checked.unwrap_or_else(|errors| panic!("{errors}"));
        let (text, own) = (checked.sql(), part.query.sql());
        if at == 0 {
            assert_eq!(text, own);
            assert!(export.sql().contains(own), "{}", export.sql());
        } else {
            assert_eq!(inside(text), own);
        }
        let values = &export.params()[placeholders..][..part.query.params().len()];
        assert_eq!(values, part.query.params());
        assert_eq!(&checked.params()[..values.len()], values);
        placeholders += values.len();
    }
    let scans = export.parts().iter();
    let scans = scans.map(|part| part.query.certificate().scans.len());
    assert_eq!(export.certificate().scans.len(), scans.sum::<usize>());
    Ok(export)
}

/// What the checker has read, as it is part of another statement: without a step, an order and a page.
fn inside(text: &str) -> String {
    let text = text.strip_prefix("WITH detail AS (").expect("detail rows");
    let (detail, result) = text.split_once("\n)\nSELECT\n").expect("a step");
    let (outputs, rest) = result.split_once("\nFROM detail AS g").expect("a result");
    let end = rest.rfind("\nORDER BY ").unwrap_or(rest.len());
    format!("SELECT\n{outputs}\nFROM ({detail}\n) AS g{}", &rest[..end])
}
