//! Report templates, as far as the catalog checks them; `report::ReportBuilder` checks the rest.

use crate::name::is_name;

/// A report template: its layout as JSON text, and what it needs.
///
/// ```
/// use measurand::Catalog;
///
/// let catalog = Catalog::from_json(r#"{"templates": [
///   {"template_key": "daily-orders", "name": "Daily orders", "layout": {"widgets": []}}
/// ]}"#)?;
/// let [template] = catalog.templates() else { panic!("one template") };
/// assert_eq!(template.key, "daily-orders");
/// assert_eq!(template.layout, r#"{"widgets":[]}"#);
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The key: a name that may hold hyphens.
    pub key: String,
    /// The name shown.
    pub name: String,
    /// What it reports.
    pub description: Option<String>,
    /// The group.
    pub category: String,
    /// The layout, as JSON text.
    pub layout: String,
    /// The default filters, as JSON text.
    pub default_filters: Option<String>,
    /// The default preset of the date range.
    pub default_date_range: Option<String>,
    /// Keys of the sources it needs.
    pub required_data_sources: Vec<String>,
    /// Keys of the toggles it uses.
    pub required_toggles: Vec<String>,
    /// The section of the navigation.
    pub nav_section: Option<String>,
    /// The order within the section.
    pub nav_order: i64,
    /// The icon.
    pub nav_icon: Option<String>,
    /// The module that gates it: unknown to a context without it.
    pub module: Option<String>,
    /// The row's id in the rows spelling.
    pub(crate) row_id: Option<i64>,
    /// The place in the catalog's document, for errors.
    pub(crate) place: String,
}

impl Template {
    /// The id of its row, which saved views and schedules name; none in a catalog that was not loaded from
    /// rows.
    pub fn row_id(&self) -> Option<i64> {
        self.row_id
    }
}

/// Whether a text is a template's key: a name in which hyphens may stand for underscores.
pub(crate) fn is_template_key(text: &str) -> bool {
    !text.starts_with('-') && is_name(&text.replace('-', "_"))
}
