//! Lints: what is suspicious in a catalog without being wrong (R6).

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use super::metric::{Calculation, Metric};
use super::source::Source;
use super::spec::{AdditivitySpec, CatalogSpec, MetricSpec};
use super::toggle::Toggle;
use super::{DimensionId, MetricId};

/// Something suspicious in a catalog; never an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(tag = "lint", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lint {
    /// A formula multiplies by 100 and a pattern with `%` does so again.
    PercentScale {
        /// The metric.
        metric: String,
    },
    /// An average or a sum of ratios: the ratio of the sums is meant as a rule.
    AverageOfRatios {
        /// The metric.
        metric: String,
    },
    /// A metric is declared additive, and its expression is not.
    NotAdditive {
        /// The metric.
        metric: String,
    },
    /// A source does not declare its columns, so they are not checked.
    UndeclaredColumns {
        /// The source.
        source: String,
    },
    /// No source offers the metric.
    UnofferedMetric {
        /// The metric.
        metric: String,
    },
    /// No source offers the dimension.
    UnofferedDimension {
        /// The dimension.
        dimension: String,
    },
    /// Two metrics, or two dimensions, are shown under one label.
    DuplicateLabel {
        /// The label.
        label: String,
        /// The keys, in alphabetical order.
        keys: Vec<String>,
    },
    /// A variant that no selection reaches, because more specific ones always apply.
    UnreachableVariant {
        /// The metric.
        metric: String,
        /// The options of the variant.
        when: String,
    },
    /// A metric says that it is derived and has no formula; its SQL is used.
    DerivedWithoutFormula {
        /// The metric.
        metric: String,
    },
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lint::PercentScale { metric } => write!(
                f,
                "metric `{metric}` multiplies by 100 and is shown with `%`: say `percent_scale`"
            ),
            Lint::AverageOfRatios { metric } => write!(
                f,
                "metric `{metric}` averages or adds ratios: derive it from two sums instead"
            ),
            Lint::NotAdditive { metric } => {
                write!(
                    f,
                    "metric `{metric}` is declared additive, and its expression is not"
                )
            }
            Lint::UndeclaredColumns { source } => {
                write!(f, "source `{source}` does not declare its columns")
            }
            Lint::UnofferedMetric { metric } => write!(f, "no source offers metric `{metric}`"),
            Lint::UnofferedDimension { dimension } => {
                write!(f, "no source offers dimension `{dimension}`")
            }
            Lint::DuplicateLabel { label, keys } => {
                write!(f, "`{}` share the label `{label}`", keys.join("`, `"))
            }
            Lint::UnreachableVariant { metric, when } => {
                write!(
                    f,
                    "the variant of metric `{metric}` under {when} never applies"
                )
            }
            Lint::DerivedWithoutFormula { metric } => {
                write!(
                    f,
                    "metric `{metric}` is said to be derived and has no formula"
                )
            }
        }
    }
}

/// Everything suspicious, sorted.
pub(super) fn lints(
    spec: &CatalogSpec,
    metrics: &[Metric],
    sources: &[Source],
    toggles: &[Toggle],
) -> Vec<Lint> {
    let mut lints = Vec::new();
    for metric in &spec.metrics {
        lint_metric(metric, &mut lints);
    }
    let declared: HashSet<&str> = spec
        .metrics
        .iter()
        .filter(|written| written.additivity == Some(AdditivitySpec::Additive))
        .map(|written| written.metric_key.as_str())
        .collect();
    for metric in metrics {
        if declared.contains(metric.key.as_str()) {
            lint_additivity(metric, &mut lints);
        }
        lint_reach(metric, toggles, &mut lints);
    }
    lint_sources(spec, metrics, sources, &mut lints);
    lint_labels(spec, &mut lints);
    lints.sort();
    lints.dedup();
    lints
}

fn lint_metric(metric: &MetricSpec, lints: &mut Vec<Lint>) {
    let key = || metric.metric_key.clone();
    let shows_percent = metric
        .format_pattern
        .as_ref()
        .is_some_and(|p| p.contains('%'));
    let mut texts = metric.derived_formula.iter().chain(&metric.sql_expression);
    if shows_percent
        && metric.percent_scale.is_none()
        && texts.any(|text| multiplies_by_hundred(text))
    {
        lints.push(Lint::PercentScale { metric: key() });
    }
    if metric.derived_formula.is_none() {
        if metric
            .sql_expression
            .as_ref()
            .is_some_and(|sql| sql.contains('/') && aggregates_ratios(sql))
        {
            lints.push(Lint::AverageOfRatios { metric: key() });
        }
        if metric.is_derived {
            lints.push(Lint::DerivedWithoutFormula { metric: key() });
        }
    }
}

/// The text without spaces and in lower case: lints look at spelling, not at meaning.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

pub(super) fn multiplies_by_hundred(text: &str) -> bool {
    let text = squeezed(text);
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
    ["*100.0", "*100"].iter().any(|mark| {
        text.match_indices(mark)
            .any(|(at, _)| text.get(at + mark.len()..).is_some_and(ends))
    }) || text.starts_with("100*")
        || text.contains("(100*")
}

/// Whether a division stands inside the parentheses of `sum` or `avg`.
fn aggregates_ratios(sql: &str) -> bool {
    let text = squeezed(sql);
    ["sum(", "avg("].iter().any(|call| {
        text.match_indices(call).any(|(at, _)| {
            let inside = text.get(at + call.len()..).unwrap_or_default();
            let mut depth = 1;
            inside
                .chars()
                .take_while(|c| {
                    depth += i32::from(*c == '(') - i32::from(*c == ')');
                    depth > 0
                })
                .any(|c| c == '/')
        })
    })
}

/// Looks at a metric that is declared additive.
fn lint_additivity(metric: &Metric, lints: &mut Vec<Lint>) {
    let single = matches!(
        metric.base.calculation,
        Calculation::Aggregate { above: None, .. }
    );
    let text = squeezed(&metric.base.info.expression);
    let adds_up = single
        && (text.starts_with("sum(") || text.starts_with("count("))
        && !text.contains("distinct");
    if !adds_up {
        lints.push(Lint::NotAdditive {
            metric: metric.key.to_string(),
        });
    }
}

/// A variant is never reached where every option of some toggle has a more specific variant.
fn lint_reach(metric: &Metric, toggles: &[Toggle], lints: &mut Vec<Lint>) {
    for variant in &metric.variants {
        let covered = toggles.iter().enumerate().any(|(at, toggle)| {
            let more_specific = |option: usize| {
                metric.variants.iter().any(|other| {
                    other.when.len() == variant.when.len() + 1
                        && variant.when.iter().all(|each| other.when.contains(each))
                        && other
                            .when
                            .iter()
                            .any(|(t, o)| usize::from(t.0) == at && usize::from(o.0) == option)
                })
            };
            !variant.when.iter().any(|(t, _)| usize::from(t.0) == at)
                && (0..toggle.options.len()).all(more_specific)
        });
        if covered {
            let when = super::check::selection_in_words(&variant.when, toggles);
            lints.push(Lint::UnreachableVariant {
                metric: metric.key.to_string(),
                when,
            });
        }
    }
}

fn lint_sources(spec: &CatalogSpec, metrics: &[Metric], sources: &[Source], lints: &mut Vec<Lint>) {
    let mut offered_metrics: HashSet<MetricId> = HashSet::new();
    let mut offered_dimensions: HashSet<DimensionId> = HashSet::new();
    for source in sources {
        offered_metrics.extend(source.metrics.keys());
        offered_dimensions.extend(source.dimensions.keys());
        if !source.declares_columns() {
            lints.push(Lint::UndeclaredColumns {
                source: source.key.to_string(),
            });
        }
    }
    for (id, metric) in (0u32..).map(MetricId).zip(metrics) {
        if !offered_metrics.contains(&id) {
            lints.push(Lint::UnofferedMetric {
                metric: metric.key.to_string(),
            });
        }
    }
    let mut keys: Vec<&str> = spec
        .dimensions
        .iter()
        .map(|dimension| dimension.dimension_key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    for (id, key) in (0u32..).map(DimensionId).zip(keys) {
        if !offered_dimensions.contains(&id) {
            lints.push(Lint::UnofferedDimension {
                dimension: key.to_owned(),
            });
        }
    }
}

fn lint_labels(spec: &CatalogSpec, lints: &mut Vec<Lint>) {
    let metrics = spec
        .metrics
        .iter()
        .map(|m| (m.display_name.as_deref(), m.metric_key.as_str()));
    let dimensions = spec
        .dimensions
        .iter()
        .map(|d| (d.display_name.as_deref(), d.dimension_key.as_str()));
    for group in [metrics.collect::<Vec<_>>(), dimensions.collect()] {
        let mut by_label: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (label, key) in group {
            if let Some(label) = label {
                by_label.entry(label).or_default().push(key.to_owned());
            }
        }
        for (label, mut keys) in by_label {
            keys.sort();
            if keys.len() > 1 {
                lints.push(Lint::DuplicateLabel {
                    label: label.to_owned(),
                    keys,
                });
            }
        }
    }
}
