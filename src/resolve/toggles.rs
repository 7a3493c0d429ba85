//! Settles every toggle: what the request says, else the default.

use crate::catalog::OptionId;
use crate::catalog::toggle::Selection;
use crate::error::{Kind, ResolveError};

use super::{REQUEST, Resolver};

impl Resolver<'_, '_> {
    /// One option for every toggle.
    pub(super) fn settle_toggles(&mut self) -> Selection {
        let mut selection = self.catalog.defaults.clone();
        let at = REQUEST.key("toggles");
        let bound = self.catalog.limits.selected_items;
        if self.request.toggles.len() > bound {
            self.report_limit(at.path(), "selected_items", bound);
            return selection;
        }
        for (index, (key, option)) in self.request.toggles.iter().enumerate() {
            let Some(id) = self.catalog.index.toggles.get(key.as_str()).copied() else {
                let keys = self
                    .catalog
                    .toggles
                    .iter()
                    .map(|toggle| toggle.key.as_str());
                let help = self.findings.nearest(key, keys);
                self.report_unknown(at.key(key).path(), Kind::Toggle, key, help);
                continue;
            };
            let before = self.request.toggles.get(..index).unwrap_or_default();
            if before.iter().any(|(other, _)| other == key) {
                let subject = format!("a second option of toggle `{}`", crate::path::echo(key));
                self.report(at.key(key).path(), ResolveError::WrongValue { subject });
            }
            let Some(toggle) = self.catalog.toggle_by_id(id) else {
                continue;
            };
            let known = |id: &OptionId| toggle.option(*id).is_some_and(|o| self.knows_option(o));
            match toggle.find_option(option).filter(known) {
                Some(found) => selection.set(id, found),
                None => {
                    let known = toggle.options.iter().filter(|o| self.knows_option(o));
                    let keys = known.map(|option| option.key.as_str());
                    let help = self.findings.nearest(option, keys);
                    self.report_unknown(at.key(key).path(), Kind::Option, option, help);
                }
            }
        }
        selection
    }
}
