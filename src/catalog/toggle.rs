//! Toggles: named switches that a request may set.

use std::sync::Arc;

use crate::name::Name;

use super::columns::ColumnId;
use super::spelling::KeySpelling;
use super::{DimensionId, OptionId, ToggleId};

/// A named switch that a request may set; exactly one option is the default.
///
/// ```
/// use measurand::Catalog;
///
/// let catalog = Catalog::from_json(r#"{"toggles": [{"toggle_key": "tax", "options": [
///   {"option_key": "net", "is_default": true}, {"option_key": "gross", "sort_order": 1}
/// ]}]}"#)?;
/// let tax = catalog.toggle("tax").ok_or("no such toggle")?;
/// let keys: Vec<&str> = tax.options().iter().map(|option| option.key().as_str()).collect();
/// assert_eq!(keys, ["net", "gross"]);
/// assert_eq!(tax.default_option().map(|option| option.display_name()), Some("Net"));
/// assert!(!tax.is_dimension_switch());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Toggle {
    pub(crate) key: Name,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) ui_component: String,
    pub(crate) sort_order: i64,
    pub(crate) is_switch: bool,
    /// The spelling of its own key as a dimension, for a switch.
    pub(crate) value: KeySpelling,
    pub(crate) label: KeySpelling,
    /// Never empty; sorted by the order given, then by key.
    pub(crate) options: Vec<ToggleOption>,
    pub(crate) default: OptionId,
}

/// One setting of a toggle.
pub struct ToggleOption {
    pub(crate) key: Name,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    /// The dimension that a switch switches to.
    pub(crate) dimension: Option<DimensionId>,
    /// The date column that holds under this option, on the sources that have it.
    pub(crate) date_column: Option<ColumnId>,
    pub(crate) format_pattern: Option<String>,
}

impl Toggle {
    /// The key.
    pub fn key(&self) -> &Name {
        &self.key
    }

    /// The label.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// What it controls.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// How it is shown, such as `pill_group`.
    pub fn ui_component(&self) -> &str {
        &self.ui_component
    }

    /// The order in a filter bar.
    pub fn sort_order(&self) -> i64 {
        self.sort_order
    }

    /// Whether it switches a dimension instead of the definition of metrics.
    pub fn is_dimension_switch(&self) -> bool {
        self.is_switch
    }

    /// The options, in the order they are shown.
    pub fn options(&self) -> &[ToggleOption] {
        &self.options
    }

    /// The option that holds where a request says nothing.
    pub fn default_option(&self) -> Option<&ToggleOption> {
        self.option(self.default)
    }

    pub(crate) fn option(&self, id: OptionId) -> Option<&ToggleOption> {
        self.options.get(usize::from(id.0))
    }

    pub(crate) fn find_option(&self, key: &str) -> Option<OptionId> {
        let index = self
            .options
            .iter()
            .position(|option| option.key.as_str() == key)?;
        u16::try_from(index).ok().map(OptionId)
    }
}

impl ToggleOption {
    /// The key, unique within the toggle.
    pub fn key(&self) -> &Name {
        &self.key
    }

    /// The label.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// What it does.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The display format of what the toggle changes, if the option sets one.
    pub fn format_pattern(&self) -> Option<&str> {
        self.format_pattern.as_deref()
    }
}

/// One option for every toggle of the catalog; cheap to clone until one is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection(pub(crate) Arc<[OptionId]>);

impl Selection {
    /// The option that a toggle has.
    pub(crate) fn get(&self, toggle: ToggleId) -> Option<OptionId> {
        self.0.get(usize::from(toggle.0)).copied()
    }

    /// Sets a toggle.
    pub(crate) fn set(&mut self, toggle: ToggleId, option: OptionId) {
        if let Some(slot) = Arc::make_mut(&mut self.0).get_mut(usize::from(toggle.0)) {
            *slot = option;
        }
    }

    /// Whether all of these hold.
    pub(crate) fn has_all(&self, when: &[(ToggleId, OptionId)]) -> bool {
        when.iter()
            .all(|(toggle, option)| self.get(*toggle) == Some(*option))
    }
}
