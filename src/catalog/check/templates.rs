//! Checks report templates as far as the catalog knows: keys and references.

use crate::error::{CatalogError, Error};
use crate::name::Name;

use super::super::spec::TemplateSpec;
use super::super::template::{Template, is_template_key};
use super::Checker;

impl Checker<'_> {
    /// Checks every template; the result is in the order of the keys.
    pub(super) fn templates(&mut self) -> Vec<Template> {
        let spec = self.spec;
        let mut templates: Vec<Template> = Vec::new();
        for template in &spec.templates {
            if !is_template_key(&template.template_key) {
                self.report_name(
                    &template.origin,
                    "template_key",
                    "template",
                    &template.template_key,
                );
            } else if templates
                .iter()
                .any(|known| known.key == template.template_key)
            {
                let name = template.template_key.clone();
                let error = CatalogError::DuplicateKey {
                    kind: "template",
                    name,
                };
                self.report(&template.origin, "template_key", error);
            }
            self.check_references(template);
            templates.push(self::template(template));
        }
        templates.sort_by(|a, b| a.key.cmp(&b.key));
        templates
    }

    fn check_references(&mut self, template: &TemplateSpec) {
        for key in &template.required_data_sources {
            if !self.index.sources.contains_key(key.as_str()) {
                let error = CatalogError::UnknownReference {
                    kind: "source",
                    name: crate::path::echo(key),
                };
                let help = self
                    .findings
                    .nearest(key, self.index.sources.keys().map(Name::as_str));
                let path = template.origin.path("required_data_sources");
                self.findings.push(Error::new(path, error).with_help(help));
            }
        }
        for key in &template.required_toggles {
            if !self.index.toggles.contains_key(key.as_str()) {
                let error = CatalogError::UnknownReference {
                    kind: "toggle",
                    name: crate::path::echo(key),
                };
                let help = self
                    .findings
                    .nearest(key, self.index.toggles.keys().map(Name::as_str));
                let path = template.origin.path("required_toggles");
                self.findings.push(Error::new(path, error).with_help(help));
            }
        }
    }
}

fn template(spec: &TemplateSpec) -> Template {
    Template {
        key: spec.template_key.clone(),
        name: spec.name.clone(),
        description: spec.description.clone(),
        category: spec
            .category
            .clone()
            .unwrap_or_else(|| "general".to_owned()),
        layout: spec.layout.clone(),
        default_filters: spec.default_filters.clone(),
        default_date_range: spec.default_date_range.clone(),
        required_data_sources: spec.required_data_sources.clone(),
        required_toggles: spec.required_toggles.clone(),
        nav_section: spec.nav_section.clone(),
        nav_order: spec.nav_order,
        nav_icon: spec.nav_icon.clone(),
        module: spec.module.clone(),
        row_id: spec.origin.id,
        place: spec.origin.here().as_str().to_owned(),
    }
}
