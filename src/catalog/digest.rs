//! The digest of a catalog: the same for every spelling and every order of the same definitions.

use std::fmt::{Debug, Write as _};

use sha2::{Digest, Sha256};

use super::shown_type::ShownTypes;
use super::spec::{CatalogSpec, Offer, Origin};
use crate::json::canonical;
use crate::name::in_words;
use crate::value::DataType;

/// SHA-256 over the definitions in the order of their keys, each part with its length in front.
pub(super) fn digest(spec: &CatalogSpec) -> [u8; 32] {
    let mut complete = spec.clone();
    complete.fill_defaults();
    let CatalogSpec {
        data_sources,
        metrics,
        dimensions,
        toggles,
        templates,
        functions,
    } = &mut complete;
    for source in data_sources.iter_mut() {
        if let Offer::Listed(listed) = &mut source.metrics {
            listed.sort_by(|a, b| a.metric.cmp(&b.metric));
        }
        if let Offer::Listed(listed) = &mut source.dimensions {
            listed.sort_by(|a, b| a.dimension.cmp(&b.dimension));
        }
        if let Some(columns) = &mut source.columns {
            columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        source.relationships.sort_by(|a, b| a.name.cmp(&b.name));
        source.access_exempt.sort();
    }
    data_sources.sort_by(|a, b| a.source_key.cmp(&b.source_key));
    for metric in metrics.iter_mut() {
        metric.variants.sort_by(|a, b| a.when.cmp(&b.when));
    }
    metrics.sort_by(|a, b| a.metric_key.cmp(&b.metric_key));
    for dimension in dimensions.iter_mut() {
        dimension.grains.iter_mut().for_each(|grains| grains.sort());
        dimension.synonyms.sort();
    }
    dimensions.sort_by(|a, b| a.dimension_key.cmp(&b.dimension_key));
    for toggle in toggles.iter_mut() {
        toggle
            .options
            .sort_by(|a, b| a.option_key.cmp(&b.option_key));
    }
    toggles.sort_by(|a, b| a.toggle_key.cmp(&b.toggle_key));
    templates.sort_by(|a, b| a.template_key.cmp(&b.template_key));
    functions.sort();
    let mut hasher = Sha256::new();
    hasher.update(b"measurand catalog 1");
    add_all(&mut hasher, data_sources);
    add_all(&mut hasher, metrics);
    add_all(&mut hasher, dimensions);
    add_all(&mut hasher, toggles);
    add_all(&mut hasher, templates);
    add_all(&mut hasher, functions);
    hasher.finalize().into()
}

impl CatalogSpec {
    /// Says what absent fields mean, and forgets where things stood, so that equal catalogs are equal.
    fn fill_defaults(&mut self) {
        let fill = |field: &mut Option<String>, default: &str| {
            field.get_or_insert_with(|| default.to_owned());
        };
        let label = |field: &mut Option<String>, key: &str| {
            field.get_or_insert_with(|| in_words(key));
        };
        for source in &mut self.data_sources {
            source.origin = Origin::default();
            source.refresh_frequency_minutes.get_or_insert(60);
            label(&mut source.display_name, &source.source_key);
            if let Offer::Listed(listed) = &mut source.metrics {
                listed
                    .iter_mut()
                    .for_each(|item| item.origin = Origin::default());
            }
            if let Offer::Listed(listed) = &mut source.dimensions {
                listed
                    .iter_mut()
                    .for_each(|item| item.origin = Origin::default());
            }
        }
        for metric in &mut self.metrics {
            metric.origin = Origin::default();
            label(&mut metric.display_name, &metric.metric_key);
            fill(&mut metric.data_type, "number");
            fill(&mut metric.category, "general");
            fill(&mut metric.aggregation_type, "sum");
            metric
                .variants
                .iter_mut()
                .for_each(|variant| variant.origin = Origin::default());
        }
        for dimension in &mut self.dimensions {
            dimension.origin = Origin::default();
            label(&mut dimension.display_name, &dimension.dimension_key);
            fill(&mut dimension.filter_type, "multi_select");
        }
        self.fill_shown_types();
        for toggle in &mut self.toggles {
            toggle.origin = Origin::default();
            label(&mut toggle.display_name, &toggle.toggle_key);
            fill(&mut toggle.toggle_type, "metric_variant");
            fill(&mut toggle.ui_component, "pill_group");
            for option in &mut toggle.options {
                option.origin = Origin::default();
                label(&mut option.display_name, &option.option_key);
            }
        }
        for template in &mut self.templates {
            template.origin = Origin::default();
            fill(&mut template.category, "general");
            fill(&mut template.default_filters, "{}");
            fill(&mut template.default_date_range, "last_30_days");
            template.layout = canonical(&template.layout);
            if let Some(filters) = &mut template.default_filters {
                *filters = canonical(filters);
            }
        }
    }

    fn fill_shown_types(&mut self) {
        let types: Vec<DataType> = {
            let shown = ShownTypes::new(self);
            self.dimensions.iter().map(|item| shown.of(item)).collect()
        };
        for (dimension, shown) in self.dimensions.iter_mut().zip(types) {
            dimension
                .data_type
                .get_or_insert_with(|| shown.as_str().to_owned());
        }
    }
}

/// Adds the plain text form of each item, which quotes and escapes every string in it.
fn add_all<T: Debug>(hasher: &mut Sha256, items: &[T]) {
    hasher.update(length(items.len()));
    let mut text = String::new();
    for item in items {
        text.clear();
        // Writing to a string does not fail.
        let _ = write!(text, "{item:?}");
        hasher.update(length(text.len()));
        hasher.update(text.as_bytes());
    }
}

fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.extend(DIGITS.get(usize::from(half)));
        }
    }
    out
}
