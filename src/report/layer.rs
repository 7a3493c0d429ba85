//! Layers: what users keep of a report, from defaults to the request at hand.

use crate::calendar::Grain;
use crate::context::{Context, Tenant};
use crate::error::{Error, Errors, ReportError};
use crate::path::At;
use crate::request::{CompareRequest, DateRangeRequest, FilterRequest};

use super::layout::Position;

/// What one layer says of a report: its conditions, dates, comparison, grain and toggles.
///
/// Layers lie on top of each other, the defaults of the template lowest, then the saved view, the filter
/// preset, and the request at hand. What they say goes into the request of each widget:
///
/// | part | of the layers | in a widget |
/// | --- | --- | --- |
/// | `filters` | a condition that compares one dimension or metric takes the place of those that lower layers have on it; `clear` removes them; every other condition adds to them | holds beside the widget's own conditions, which always hold |
/// | `date_range` | the highest holds | takes the place of the widget's own; the template's default is for widgets without one |
/// | `compare` | the highest holds; `"none"` is one | takes the place of the widget's own; a widget that compares with nothing still does not |
/// | `grain` | the highest holds | takes the place of every grain that the widget states |
/// | `toggles` | each toggle by itself, the highest holds | holds where the widget sets none of its own, and uses the toggle |
///
/// A widget's `fixed` keeps parts out. What a widget cannot do (a condition on a dimension that its source
/// lacks) is an error of that widget and never left out, since less would be hidden; what reaches no
/// widget is an error of the layer. Rules and tenants are of the [`Context`] alone: a layer that has them is
/// refused with `access-in-layer`.
///
/// ```
/// use measurand::Limits;
/// use measurand::report::Layer;
///
/// let text = r#"{"filters": [{"dimension": "campaign_name", "op": "in", "values": [101, 205]}],
///                "date_range": {"preset": "last_7_days"}, "toggles": {"approval_mode": "organic"}}"#;
/// let layer = Layer::from_json(text, &Limits::default())?;
/// assert_eq!(layer.toggles, [("approval_mode".to_owned(), "organic".to_owned())]);
///
/// let errors = Layer::from_json(r#"{"filters": [], "access": []}"#, &Limits::default()).unwrap_err();
/// assert_eq!(
///     errors.to_string(),
///     "error[access-in-layer]: `access` is of the context and of no layer\n  at layer.access",
/// );
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    /// The conditions, all of which hold.
    pub filters: Option<FilterRequest>,
    /// The dimensions and metrics whose conditions in lower layers no longer hold.
    pub clear: Vec<String>,
    /// The dates that count.
    pub date_range: Option<DateRangeRequest>,
    /// The period that is compared with.
    pub compare: Option<CompareChoice>,
    /// The grain of dates.
    pub grain: Option<Grain>,
    /// Options by toggle.
    pub toggles: Vec<(String, String)>,
}

/// What a layer says of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareChoice {
    /// With nothing.
    Nothing,
    /// With this period.
    With(CompareRequest),
}

/// A report as one user keeps it: a row of `saved_views`.
///
/// Its `filters` are a [`Layer`] without toggles, its `toggles` are options by toggle, its `layout_overrides` are
/// [`LayoutOverrides`].
///
/// ```
/// use measurand::Limits;
/// use measurand::report::SavedView;
///
/// let view = SavedView::from_json(
///     r#"{"user_id": "usr_123", "client_id": 1, "template_key": "revenue-analytics", "name": "My Q4",
///         "filters": {"date_range": "last_quarter"}, "layout_overrides": {"hidden": ["aov"]}}"#,
///     &Limits::default(),
/// )?;
/// assert_eq!(view.map(|view| view.layout.hidden), Some(vec!["aov".to_owned()]));
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SavedView {
    /// Whose it is.
    pub owner: Owner,
    /// The template that it is a view of.
    pub template: TemplateReference,
    /// The name that the user gave it.
    pub name: String,
    /// What it says of the requests.
    pub layer: Layer,
    /// What it says of the layout.
    pub layout: LayoutOverrides,
    /// Whether the report opens with it.
    pub is_default: bool,
}

/// Conditions under a name: a row of `filter_presets`. Its `filters` are a [`Layer`].
///
/// ```
/// use measurand::Limits;
/// use measurand::report::FilterPreset;
///
/// let preset = FilterPreset::from_json(
///     r#"{"user_id": "usr_123", "client_id": 1, "name": "Large BINs", "is_shared": true,
///         "filters": {"filters": [{"dimension": "bin", "op": "starts_with", "values": ["4"]}]}}"#,
///     &Limits::default(),
/// )?;
/// assert_eq!(preset.map(|preset| preset.is_shared), Some(true));
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FilterPreset {
    /// Whose it is.
    pub owner: Owner,
    /// The name that the user gave it.
    pub name: String,
    /// What it says of the requests.
    pub layer: Layer,
    /// Whether every user of the tenant has it.
    pub is_shared: bool,
}

/// Whose a row is. It is compared with the context, and never takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The user.
    pub user_id: String,
    /// The tenant.
    pub tenant: Tenant,
}

/// The template that a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateReference {
    /// By its key.
    Key(String),
    /// By the id of its row, which catalogs in the rows spelling have.
    Id(i64),
}

/// What a saved view changes of a layout: `{"hidden": [ids], "order": [ids], "positions": {id: {x, y, w, h}}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayoutOverrides {
    /// The widgets that are not shown, and so not asked.
    pub hidden: Vec<String>,
    /// The widgets that come first in their section, in this order; the others follow as they were.
    pub order: Vec<String>,
    /// The places of widgets.
    pub positions: Vec<(String, Position)>,
}

/// What lies on top of a template, in the order of the fields.
///
/// ```
/// use measurand::report::Layers;
/// let nothing = Layers::default();
/// assert!(nothing.view.is_none() && nothing.preset.is_none() && nothing.request.is_none());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Layers<'l> {
    /// The saved view.
    pub view: Option<&'l SavedView>,
    /// The filter preset.
    pub preset: Option<&'l FilterPreset>,
    /// What the user has chosen now.
    pub request: Option<&'l Layer>,
}

impl Owner {
    /// Whether the row may lie under a report of this context: of its tenant, and of its user unless the
    /// row is shared.
    pub(super) fn check(
        &self,
        document: &'static str,
        is_shared: bool,
        context: &Context,
    ) -> Result<(), Errors> {
        let is_own = context.user_id.as_deref() == Some(&*self.user_id);
        let (field, whose) = match (self.tenant == context.tenant, is_own || is_shared) {
            (true, true) => return Ok(()),
            (false, _) => ("client_id", "tenant"),
            (true, false) => ("user_id", "user"),
        };
        let at = At::root(document);
        let error = ReportError::ForeignRow { whose };
        Err(Error::new(at.key(field).path(), error).into())
    }
}
