//! The JSON form of layers and of the rows that hold them.
//!
//! In: JSON of a user, or rows of `saved_views` and `filter_presets`. Out: [`Layer`], [`SavedView`],
//! [`FilterPreset`]. Guaranteed afterwards: nothing in them is of a context. Codes: those of any document and
//! of a request, `access-in-layer`. Next to read: `merge.rs`.

use super::layer::{
    CompareChoice, FilterPreset, Layer, LayoutOverrides, Owner, SavedView, TemplateReference,
};
use super::layout_read::{position, widgets};
use crate::calendar::Grain;
use crate::context::{tenant, user};
use crate::error::{Errors, ReportError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;
use crate::request::{DateRangeRequest, DateSpan, compare, condition, date_range, toggles};

/// The fields that only a context has, in its own spelling and in that of the report builder's tables.
const OF_CONTEXTS: [&str; 9] = [
    "access",
    "access_rules",
    "access_type",
    "allowed_values",
    "client_id",
    "modules",
    "tenant",
    "user_dimension_access",
    "user_id",
];

impl Layer {
    /// Reads a layer: `filters` as in a request, `clear`, `date_range` (a range of a request, or the name of
    /// a preset; `dateRange` too), `compare` (as in a request, or `"none"`), `grain`, `toggles`.
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, `access-in-layer`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let document = open("layer", text, limits)?;
        let layer = layer(&document.root(), true, limits).unwrap_or_default();
        document.finish(layer)
    }
}

impl SavedView {
    /// Reads a row of `saved_views`; nothing where it is inactive or deleted. It names its template by
    /// `template_id`, or by `template_key`.
    ///
    /// # Errors
    /// As [`Layer::from_json`], and `tenant-invalid`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Option<Self>, Errors> {
        let document = open("view", text, limits)?;
        let view = document.root().object().and_then(|row| view(&row, limits));
        document.finish(view)
    }
}

impl FilterPreset {
    /// Reads a row of `filter_presets`; nothing where it is inactive or deleted.
    ///
    /// # Errors
    /// As [`Layer::from_json`], and `tenant-invalid`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Option<Self>, Errors> {
        let document = open("preset", text, limits)?;
        let preset = document
            .root()
            .object()
            .and_then(|row| preset(&row, limits));
        document.finish(preset)
    }
}

pub(super) fn open<'t>(
    name: &'static str,
    text: &'t str,
    limits: &Limits,
) -> Result<Document<'t>, Errors> {
    let bytes = Bound {
        limit: "request_bytes",
        bound: limits.request_bytes,
    };
    Document::read(name, text, bytes, limits.json_depth)
}

/// Whether a row counts; the times of its making are accepted and mean nothing.
pub(super) fn is_live(row: &Object<'_>) -> bool {
    row.ignore(&["id", "created_at", "updated_at"]);
    let is_active = row.flag("is_active").unwrap_or(true);
    let is_deleted = row.flag("is_deleted").unwrap_or(false);
    is_active && !is_deleted
}

/// Whose a row is.
pub(super) fn owner(row: &Object<'_>) -> Option<Owner> {
    let user_id = row.required("user_id").and_then(|node| user(&node));
    let tenant = row.required("client_id").and_then(|node| tenant(&node));
    Some(Owner {
        user_id: user_id?,
        tenant: tenant?,
    })
}

fn view(row: &Object<'_>, limits: &Limits) -> Option<SavedView> {
    let is_live = is_live(row);
    let owner = owner(row);
    let form = row.either(
        &["template_key", "template_id"],
        "a view names its template either by key or by row id",
    );
    let template = match form {
        Some("template_id") => row.integer("template_id").map(TemplateReference::Id),
        Some(_) => row.text("template_key").map(TemplateReference::Key),
        None => {
            row.missing("template_key");
            None
        }
    };
    let name = row.required_text("name");
    let filters = row.get("filters");
    let layer = filters.and_then(|node| layer(&node, false, limits));
    let chosen = row.get("toggles").filter(is_clean);
    let chosen = chosen.and_then(|node| toggles(&node, selected(limits)));
    let overrides = row.get("layout_overrides").filter(is_clean);
    let overrides = overrides.and_then(|node| layout_overrides(&node, limits));
    let is_default = row.flag("is_default").unwrap_or(false);
    row.finish();
    let view = SavedView {
        owner: owner?,
        template: template?,
        name,
        layer: Layer {
            toggles: chosen.unwrap_or_default(),
            ..layer.unwrap_or_default()
        },
        layout: overrides.unwrap_or_default(),
        is_default,
    };
    is_live.then_some(view)
}

fn preset(row: &Object<'_>, limits: &Limits) -> Option<FilterPreset> {
    let is_live = is_live(row);
    let owner = owner(row);
    let name = row.required_text("name");
    let filters = row.required("filters");
    let layer = filters.and_then(|node| layer(&node, true, limits));
    let is_shared = row.flag("is_shared").unwrap_or(false);
    row.finish();
    let preset = FilterPreset {
        owner: owner?,
        name,
        layer: layer?,
        is_shared,
    };
    is_live.then_some(preset)
}

fn layout_overrides(node: &Node<'_>, limits: &Limits) -> Option<LayoutOverrides> {
    let object = node.object()?;
    let ids = |name| {
        let ids = object.list_within(name, widgets(limits), |node, _| node.text());
        ids.unwrap_or_default()
    };
    let (hidden, order) = (ids("hidden"), ids("order"));
    let mut positions = Vec::new();
    if let Some(places) = object.get("positions").and_then(|node| node.object()) {
        places.each(|id, node| positions.extend(position(&node).map(|at| (id.to_owned(), at))));
    }
    object.finish();
    Some(LayoutOverrides {
        hidden,
        order,
        positions,
    })
}

/// A layer; nothing where a part of it is of a context.
pub(super) fn layer(node: &Node<'_>, has_toggles: bool, limits: &Limits) -> Option<Layer> {
    if !is_clean(node) {
        return None;
    }
    let object = node.object()?;
    let filters = object.get("filters");
    let filters = filters.and_then(|node| condition(&node, limits));
    let clear = object.list_within("clear", selected(limits), |node, _| node.text());
    let spelling = object.either(
        &["date_range", "dateRange"],
        "`date_range` and `dateRange` are one field",
    );
    let range = spelling.and_then(|name| object.get(name));
    let compare = object.get("compare").and_then(|node| choice(&node));
    let grains = Grain::ALL.map(|grain| (grain.as_str(), grain));
    let grain = object.get("grain").and_then(|node| node.word(&grains));
    let chosen = match has_toggles {
        true => object.get("toggles"),
        false => None,
    };
    let chosen = chosen.and_then(|node| toggles(&node, selected(limits)));
    let range = range.and_then(|node| range_of(&node));
    object.finish();
    Some(Layer {
        filters,
        clear: clear.unwrap_or_default(),
        date_range: range,
        compare,
        grain,
        toggles: chosen.unwrap_or_default(),
    })
}

fn selected(limits: &Limits) -> Bound {
    Bound {
        limit: "selected_items",
        bound: limits.selected_items,
    }
}

/// The name of a preset alone, or a range as requests have it.
fn range_of(node: &Node<'_>) -> Option<DateRangeRequest> {
    match node.kind() {
        JsonKind::Text => node.text().map(preset_range),
        _ => date_range(node),
    }
}

/// The range of this name.
pub(super) fn preset_range(name: String) -> DateRangeRequest {
    DateRangeRequest {
        span: DateSpan::Preset(name),
        if_supported: false,
    }
}

fn choice(node: &Node<'_>) -> Option<CompareChoice> {
    match node.kind() {
        JsonKind::Text => node.word(&[("none", CompareChoice::Nothing)]),
        _ => compare(node).map(CompareChoice::With),
    }
}

/// Whether nothing in a value is of a context; what is, is reported. The recursion goes no deeper than the
/// limit on the depth of documents.
pub(super) fn is_clean(node: &Node<'_>) -> bool {
    let mut is_clean = true;
    match node.kind() {
        JsonKind::Object => {
            let Some(object) = node.object() else {
                return true;
            };
            object.each(|key, node| {
                let own = OF_CONTEXTS.iter().find(|field| **field == key);
                if let Some(field) = own {
                    node.report(ReportError::AccessInLayer { field });
                }
                is_clean &= own.is_none() && self::is_clean(&node);
            });
        }
        JsonKind::List => {
            node.each(|node, _| {
                is_clean &= self::is_clean(&node);
                Some(())
            });
        }
        _ => {}
    }
    is_clean
}
