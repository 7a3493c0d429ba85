//! Resolves the matrix of toggles and variants: no selection may match two variants equally (R5).

use crate::error::{CatalogError, Error, Help};
use crate::path::Path;

use super::super::metric::{Metric, Variant};
use super::super::toggle::Toggle;
use super::super::{OptionId, ToggleId};
use super::Checker;

impl Checker<'_> {
    /// Reports every metric of which some selection matches two variants equally.
    pub(super) fn check_variants(&mut self, metrics: &[Metric], toggles: &[Toggle]) {
        let spec = self.spec;
        let order = self.order.metrics.clone();
        for (metric, at) in metrics.iter().zip(&order) {
            let Some(written) = spec.metrics.get(*at) else {
                continue;
            };
            if metric.variants.len() < 2 {
                continue;
            }
            let involved = involved_toggles(metric.variants.iter());
            let path = written.origin.path("variants");
            self.check_matrix(metric, &involved, toggles, path);
        }
    }

    fn check_matrix(
        &mut self,
        metric: &Metric,
        involved: &[ToggleId],
        toggles: &[Toggle],
        path: Path,
    ) {
        let bound = self.limits.variant_combinations;
        let Some(selections) = Selections::new(involved, toggles, bound) else {
            let error = CatalogError::limit("variant_combinations", bound);
            self.findings.push(Error::new(path, error));
            return;
        };
        let mut reported: Vec<(usize, usize)> = Vec::new();
        for selection in selections {
            let mut matching =
                metric.variants.iter().enumerate().filter(|(_, variant)| {
                    variant.when.iter().all(|each| selection.contains(each))
                });
            let (Some((first, best)), Some((second, next))) = (matching.next(), matching.next())
            else {
                continue;
            };
            let pair = (first, second);
            if best.when.len() == next.when.len() && !reported.contains(&pair) {
                reported.push(pair);
                let error = CatalogError::AmbiguousVariant {
                    metric: metric.key.to_string(),
                    selection: in_words(&selection, toggles),
                };
                let help = Help::advice(
                    "add a variant that names all of these options, or take one of the two away",
                );
                self.findings
                    .push(Error::new(path.clone(), error).with_help(help));
            }
        }
    }
}

/// The toggles that some of the variants name, sorted.
pub(super) fn involved_toggles<'v>(variants: impl Iterator<Item = &'v Variant>) -> Vec<ToggleId> {
    let mut involved: Vec<ToggleId> = variants
        .flat_map(|variant| variant.when.iter().map(|(toggle, _)| *toggle))
        .collect();
    involved.sort_unstable();
    involved.dedup();
    involved
}

/// Every combination of the options of some toggles.
pub(super) struct Selections {
    involved: Vec<(ToggleId, u16)>,
    next: Option<Vec<u16>>,
}

impl Selections {
    /// The combinations, unless there are more than `bound`.
    pub(super) fn new(involved: &[ToggleId], toggles: &[Toggle], bound: usize) -> Option<Self> {
        let mut total: usize = 1;
        let mut counted = Vec::with_capacity(involved.len());
        for toggle in involved {
            let options = toggles.get(usize::from(toggle.0))?.options.len();
            total = total.checked_mul(options).filter(|total| *total <= bound)?;
            counted.push((*toggle, u16::try_from(options).ok()?));
        }
        let next = (total > 0).then(|| vec![0; counted.len()]);
        Some(Self {
            involved: counted,
            next,
        })
    }
}

impl Iterator for Selections {
    type Item = Vec<(ToggleId, OptionId)>;

    fn next(&mut self) -> Option<Self::Item> {
        let current = self.next.take()?;
        let selection = self
            .involved
            .iter()
            .zip(&current)
            .map(|((toggle, _), option)| (*toggle, OptionId(*option)))
            .collect();
        let mut following = current;
        for (slot, (_, count)) in following.iter_mut().zip(&self.involved).rev() {
            *slot += 1;
            if *slot < *count {
                self.next = Some(following);
                return Some(selection);
            }
            *slot = 0;
        }
        Some(selection)
    }
}

/// A selection as a person would say it: `approval_mode: organic, date_basis: cb_date`.
pub(in crate::catalog) fn in_words(
    selection: &[(ToggleId, OptionId)],
    toggles: &[Toggle],
) -> String {
    let mut words = String::new();
    for (toggle, option) in selection {
        let Some(toggle) = toggles.get(usize::from(toggle.0)) else {
            continue;
        };
        let Some(option) = toggle.option(*option) else {
            continue;
        };
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(toggle.key.as_str());
        words.push_str(": ");
        words.push_str(option.key.as_str());
    }
    words
}
