//! Checks toggles and their options.

use crate::error::{CatalogError, Error, Help};
use crate::name::Name;

use super::super::spec::{OptionSpec, ToggleSpec};
use super::super::spelling::KeySpelling;
use super::super::toggle::{Selection, Toggle, ToggleOption};
use super::super::{DimensionId, OptionId};
use super::{Checker, label};

const TYPES: [&str; 2] = ["metric_variant", "dimension_switch"];

impl Checker<'_> {
    /// Checks every toggle, in the order of the keys.
    pub(super) fn toggles(&mut self) -> Vec<Toggle> {
        let spec = self.spec;
        self.check_date_columns();
        let order = self.order.toggles.clone();
        order
            .iter()
            .filter_map(|at| spec.toggles.get(*at))
            .map(|toggle| self.toggle(toggle))
            .collect()
    }

    /// Two toggles that both choose the date column would contradict each other.
    fn check_date_columns(&mut self) {
        let spec = self.spec;
        let mut choosing = spec.toggles.iter().filter_map(|toggle| {
            let mut options = toggle.options.iter();
            Some((toggle, options.find(|option| option.date_column.is_some())?))
        });
        let Some((first, _)) = choosing.next() else {
            return;
        };
        for (_, option) in choosing {
            let subject = "a date column under a second toggle".to_owned();
            let error = CatalogError::WrongValue { subject };
            let help = Help::advice(format!(
                "toggle `{}` chooses the date column already",
                crate::path::echo(&first.toggle_key)
            ));
            self.findings
                .push(Error::new(option.origin.path("date_column"), error).with_help(help));
        }
    }

    fn toggle(&mut self, spec: &ToggleSpec) -> Toggle {
        let written = spec.toggle_type.as_deref().unwrap_or("metric_variant");
        if !TYPES.contains(&written) {
            let subject = format!("toggle type `{}`", crate::path::echo(written));
            let error = Error::new(
                spec.origin.path("toggle_type"),
                CatalogError::WrongValue { subject },
            );
            self.findings
                .push(error.with_help(self.findings.nearest(written, TYPES)));
        }
        let is_switch = written == "dimension_switch";
        let mut sorted: Vec<&OptionSpec> = spec.options.iter().collect();
        sorted.sort_by(|a, b| (a.sort_order, &a.option_key).cmp(&(b.sort_order, &b.option_key)));
        let mut options: Vec<ToggleOption> = Vec::new();
        let mut defaults = Vec::new();
        for option in sorted {
            let Some(key) = self.option_key(option, &options) else {
                continue;
            };
            if option.is_default {
                defaults.push(options.len());
            }
            let built = self.option(option, key, is_switch);
            options.push(built);
        }
        if defaults.len() != 1 {
            let toggle = crate::path::echo(&spec.toggle_key);
            let error = CatalogError::ToggleDefault {
                toggle,
                count: defaults.len(),
            };
            let help = Help::advice("mark exactly one option with `\"is_default\": true`");
            self.findings
                .push(Error::new(spec.origin.path("options"), error).with_help(help));
        }
        Toggle {
            key: Name::new(&spec.toggle_key).unwrap_or_else(Name::placeholder),
            display_name: label(spec.display_name.as_ref(), &spec.toggle_key),
            description: spec.description.clone(),
            ui_component: spec
                .ui_component
                .clone()
                .unwrap_or_else(|| "pill_group".to_owned()),
            sort_order: spec.sort_order,
            is_switch,
            value: KeySpelling::new(&spec.toggle_key),
            label: KeySpelling::new(&format!("{}.label", spec.toggle_key)),
            options,
            default: OptionId(
                defaults
                    .first()
                    .and_then(|at| u16::try_from(*at).ok())
                    .unwrap_or(0),
            ),
        }
    }

    fn option_key(&mut self, spec: &OptionSpec, before: &[ToggleOption]) -> Option<Name> {
        let Some(key) = Name::new(&spec.option_key) else {
            self.report_name(&spec.origin, "option_key", "option", &spec.option_key);
            return None;
        };
        if before.iter().any(|option| option.key == key) {
            let error = CatalogError::DuplicateKey {
                kind: "option",
                name: key.to_string(),
            };
            self.report(&spec.origin, "option_key", error);
            return None;
        }
        Some(key)
    }

    fn option(&mut self, spec: &OptionSpec, key: Name, is_switch: bool) -> ToggleOption {
        let dimension = if is_switch {
            self.switched_dimension(spec)
        } else {
            self.check_no_dimension(spec);
            None
        };
        self.check_option_pattern(spec);
        ToggleOption {
            display_name: label(spec.display_name.as_ref(), &spec.option_key),
            description: spec.description.clone(),
            dimension,
            date_column: spec
                .date_column
                .as_deref()
                .map(|column| self.column_name(&spec.origin, "date_column", column)),
            format_pattern: spec.format_pattern.clone(),
            key,
        }
    }

    /// Reports a dimension that nothing would switch to.
    fn check_no_dimension(&mut self, spec: &OptionSpec) {
        if spec.dimension_key.is_some() {
            let subject = "a dimension under a toggle that switches none".to_owned();
            let path = spec.origin.path("dimension_key");
            let help = Help::advice("say `\"toggle_type\": \"dimension_switch\"` on the toggle");
            let error = Error::new(path, CatalogError::WrongValue { subject });
            self.findings.push(error.with_help(help));
        }
    }

    /// The dimension that an option of a switch names; its own key where it names none.
    fn switched_dimension(&mut self, spec: &OptionSpec) -> Option<DimensionId> {
        let (field, key) = match &spec.dimension_key {
            Some(key) => ("dimension_key", key),
            None => ("option_key", &spec.option_key),
        };
        let found = self.index.dimensions.get(key.as_str()).copied();
        if found.is_none() {
            let name = crate::path::echo(key);
            let error = CatalogError::UnknownReference {
                kind: "dimension",
                name,
            };
            let help = match field {
                "dimension_key" => self
                    .findings
                    .nearest(key, self.index.dimensions.keys().map(Name::as_str)),
                _ => Some(Help::advice("name the dimension in `dimension_key`")),
            };
            self.findings
                .push(Error::new(spec.origin.path(field), error).with_help(help));
        }
        found
    }
}

/// The default option of every toggle.
pub(super) fn defaults(toggles: &[Toggle]) -> Selection {
    Selection(toggles.iter().map(|toggle| toggle.default).collect())
}
