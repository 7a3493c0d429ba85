//! Provenance: where each column of a result comes from, as data and as one sentence.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::calendar::{Grain, Window};
use crate::catalog::aggregate::COUNT;
use crate::catalog::fragment::Fragment;
use crate::catalog::metric::{Calculation, Definition, Metric};
use crate::catalog::reach::PathId;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::catalog::{Catalog, MetricId, SourceId};
use crate::name::Name;
use crate::output::{Column, ColumnRole, Compared, Shown, Standing};

/// Where a column of a result comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Provenance {
    /// The output key of the column.
    pub key: String,
    /// The sources that are read.
    pub sources: Vec<Name>,
    /// The metric or dimension; `None` for a count of rows, for a column of the source or an aggregate of one, and
    /// for what a row is.
    pub definition: Option<Name>,
    /// The expression or formula that applies, as the catalog has it.
    pub expression: String,
    /// The options under which the definition applies, where it is a variant: toggle and option.
    pub variant: Vec<(Name, Name)>,
    /// What a derived metric rests on, directly.
    pub components: Vec<Provenance>,
    /// The columns of the source that are read, in alphabetical order.
    pub source_columns: Vec<String>,
    /// The row predicate of the metric, as the catalog has it.
    pub filter: Option<String>,
    /// All of it in words.
    pub sentence: String,
}

/// Which leg answers which metric, by the metric.
///
/// Empty where one leg answers all. A metric that no leg answers alone is derived
/// from metrics that legs do answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Placements(Box<[(MetricId, Option<usize>)]>);

impl Placements {
    pub(crate) fn new(mut placements: Vec<(MetricId, Option<usize>)>) -> Self {
        placements.sort_unstable_by_key(|(metric, _)| *metric);
        Self(placements.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The leg that answers a metric; `None` where it is derived over several.
    pub(crate) fn leg_of(&self, metric: MetricId) -> Option<usize> {
        if self.is_empty() {
            return Some(0);
        }
        let place = self.0.binary_search_by_key(&metric, |(placed, _)| *placed);
        self.0.get(place.ok()?).and_then(|(_, leg)| *leg)
    }
}

/// The sources that answer, in the order of the statement; most often one.
#[derive(Clone)]
pub(crate) enum Sources {
    One(SourceId),
    Several(Box<[SourceId]>),
}

impl Sources {
    fn as_slice(&self) -> &[SourceId] {
        match self {
            Self::One(source) => std::slice::from_ref(source),
            Self::Several(sources) => sources,
        }
    }
}

/// What provenance is made from when it is asked for.
#[derive(Clone)]
pub(crate) struct Lineage {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) sources: Sources,
    /// The sources that are read beside those that answer; none for most requests.
    pub(crate) others: Box<[SourceId]>,
    pub(crate) placements: Placements,
    pub(crate) selection: Selection,
    /// Whether the members of a lookup are shown, and no row of the source is read.
    pub(crate) of_lookup: bool,
}

/// Components are shown down to this depth; deeper ones are named by the formula above them.
const SHOWN_DEPTH: usize = 8;
/// The most components that one column shows.
const SHOWN_COMPONENTS: usize = 200;

impl Lineage {
    /// The keys of the sources.
    pub(crate) fn source_keys(&self) -> Vec<&Name> {
        let others = self.others.iter();
        let others = others.filter_map(|id| self.catalog.source_by_id(*id));
        let mut keys: Vec<&Name> = self.sources().map(|source| &source.key).collect();
        for other in others {
            if !keys.contains(&&other.key) {
                keys.push(&other.key);
            }
        }
        keys
    }

    fn sources(&self) -> impl Iterator<Item = &Source> {
        let sources = self.sources.as_slice().iter();
        sources.filter_map(|id| self.catalog.source_by_id(*id))
    }

    /// The source that answers, where one alone does.
    pub(crate) fn only_source(&self) -> Option<&Name> {
        match &self.sources {
            Sources::One(id) => self.catalog.source_by_id(*id).map(|source| &source.key),
            Sources::Several(_) => None,
        }
    }

    fn source(&self, leg: usize) -> Option<&Source> {
        let id = self.sources.as_slice().get(leg)?;
        self.catalog.source_by_id(*id)
    }

    /// The option of each toggle.
    pub(crate) fn toggles(&self) -> Vec<(&Name, &Name)> {
        self.catalog
            .toggles
            .iter()
            .zip(self.selection.0.iter())
            .filter_map(|(toggle, option)| Some((&toggle.key, &toggle.option(*option)?.key)))
            .collect()
    }

    /// Where a column comes from.
    pub(crate) fn provenance(&self, column: &Column) -> Provenance {
        let mut left = SHOWN_COMPONENTS;
        let found = match &column.shown {
            Shown::Metric { info, metric, .. }
            | Shown::Comparison { info, metric, .. }
            | Shown::Standing { info, metric, .. } => {
                let id = match metric {
                    Some(metric) => self.catalog.index.metrics.get(metric.as_str()).copied(),
                    None => self.aggregate_id(&info.spelling.key),
                };
                id.and_then(|id| {
                    let leg = self.placements.leg_of(id);
                    self.metric(id, leg, SHOWN_DEPTH, &mut left)
                })
            }
            Shown::Dimension {
                dimension, path, ..
            } => self.dimension(dimension, *path, column),
            Shown::Column { name, .. } => self.column(name),
            Shown::Count | Shown::Row(_) => None,
        };
        let mut found = found.unwrap_or_else(|| Provenance {
            key: String::new(),
            sources: self.sources().map(|source| source.key.clone()).collect(),
            definition: column.definition().cloned(),
            expression: String::new(),
            variant: Vec::new(),
            components: Vec::new(),
            source_columns: Vec::new(),
            filter: None,
            sentence: match column.shown {
                Shown::Row(column) => column.sentence().to_owned(),
                _ => "count is the number of rows that the request has".to_owned(),
            },
        });
        found.key = column.key().to_owned();
        if let Shown::Comparison { compared, .. } = &column.shown {
            let of = match compared {
                Compared::Previous => "the same in the period that is compared with",
                Compared::Change => "its change since the period that is compared with",
                Compared::ChangePct => {
                    "its change as a fraction of the period that is compared with"
                }
            };
            let _ = write!(found.sentence, "; {} is {of}", column.key());
        }
        if let Shown::Standing { standing, .. } = &column.shown {
            let of = match standing {
                Standing::Share => "its share of the sum over all groups",
                Standing::Rank => "its rank among all groups, the largest first",
            };
            let _ = write!(found.sentence, "; {} is {of}", column.key());
        }
        if let Some(member) = column.member() {
            let dimension = member.dimension();
            let _ = match member.position() {
                Some(position) => write!(
                    found.sentence,
                    ", of the rows whose {dimension} is member {position} of the pivot"
                ),
                None => write!(
                    found.sentence,
                    ", of the rows whose {dimension} is no member of the pivot"
                ),
            };
        }
        found
    }

    fn aggregate_id(&self, key: &str) -> Option<MetricId> {
        if key == COUNT {
            return Some(MetricId::ROWS);
        }
        let (column, aggregate) = self.catalog.aggregate_named(key)?;
        MetricId::of_column(column, aggregate)
    }

    fn column(&self, name: &str) -> Option<Provenance> {
        let source = self.source(0)?;
        Some(Provenance {
            key: String::new(),
            sources: vec![source.key.clone()],
            definition: None,
            expression: name.to_owned(),
            variant: Vec::new(),
            components: Vec::new(),
            source_columns: vec![name.to_owned()],
            filter: None,
            sentence: format!("{name} is the column {name} of source {}", source.key),
        })
    }

    fn dimension(&self, key: &Name, path: Option<PathId>, column: &Column) -> Option<Provenance> {
        let id = self.catalog.index.dimensions.get(key.as_str())?;
        let near = self.source(0)?;
        let path = path.and_then(|path| near.reach.path(path));
        let source = match path {
            Some(path) => self.catalog.source_by_id(path.hop.to)?,
            None => near,
        };
        let dimension = self.catalog.dimension_by_id(*id)?;
        let on_source = source.dimensions.get(id)?;
        if let Some(lookup) = on_source.lookup.as_ref().filter(|_| self.of_lookup) {
            let part = match column.role() {
                ColumnRole::DimensionLabel => &lookup.label,
                _ => &lookup.key,
            };
            let columns = self.column_names(part);
            let relation = lookup.relation.describe();
            return Some(Provenance {
                key: column.key().to_owned(),
                sources: Vec::new(),
                definition: Some(key.clone()),
                expression: dimension.info.expression.clone(),
                variant: Vec::new(),
                components: Vec::new(),
                source_columns: Vec::new(),
                filter: None,
                sentence: format!("{} is {columns} of {relation}", column.key()),
            });
        }
        let mut columns: Vec<String> = on_source
            .value
            .columns
            .iter()
            .map(|id| self.catalog.columns.name(*id).to_owned())
            .collect();
        columns.sort();
        let mut sentence = match (column.role(), &on_source.lookup) {
            (ColumnRole::DimensionLabel, Some(lookup)) => format!(
                "{} is {} of {}, looked up by {} of source {}",
                column.key(),
                self.column_names(&lookup.label),
                lookup.relation.describe(),
                self.column_names(&on_source.value),
                source.key
            ),
            _ => format!(
                "{} is {} of source {}",
                column.key(),
                self.column_names(&on_source.value),
                source.key
            ),
        };
        if let Some(path) = path {
            let _ = write!(
                sentence,
                ", reached from source {} by {}",
                near.key, path.spelled
            );
        }
        if let Some(grain) = column.grain() {
            let _ = write!(sentence, ", cut to the {}", grain.as_str());
        }
        Some(Provenance {
            key: column.key().to_owned(),
            sources: match path {
                Some(_) => vec![near.key.clone(), source.key.clone()],
                None => self.sources().map(|source| source.key.clone()).collect(),
            },
            definition: Some(key.clone()),
            expression: dimension.info.expression.clone(),
            variant: Vec::new(),
            components: Vec::new(),
            source_columns: columns,
            filter: None,
            sentence,
        })
    }

    fn column_names(&self, fragment: &Fragment) -> String {
        let names: Vec<&str> = fragment
            .columns
            .iter()
            .map(|id| self.catalog.columns.name(*id))
            .collect();
        names.join(", ")
    }

    /// Where a metric comes from on a leg, or over several.
    fn metric(
        &self,
        id: MetricId,
        leg: Option<usize>,
        depth: usize,
        left: &mut usize,
    ) -> Option<Provenance> {
        *left = left.checked_sub(1)?;
        let source = leg.and_then(|leg| self.source(leg));
        let metric = self.catalog.metric_by_id(id);
        let definition = self.catalog.definition(id, source, &self.selection)?;
        let variant: Vec<(Name, Name)> = metric
            .and_then(|metric| metric.variant(&self.selection))
            .into_iter()
            .flat_map(|variant| variant.when.iter())
            .filter_map(|(toggle, option)| {
                let toggle = self.catalog.toggle_by_id(*toggle)?;
                Some((toggle.key.clone(), toggle.option(*option)?.key.clone()))
            })
            .collect();
        let (components, mut source_columns) = self.parts(definition, leg, depth, left);
        source_columns.extend(
            metric
                .into_iter()
                .flat_map(|metric| self.picked_columns(metric, source)),
        );
        source_columns.sort();
        source_columns.dedup();
        let sources: Vec<Name> = match source {
            Some(source) => vec![source.key.clone()],
            None => all_sources(&components),
        };
        let key = &*definition.info.spelling.key;
        let mut sentence = sentence(key, &sources, definition, &variant);
        if let Some(metric) = metric {
            self.timing(metric, source, &mut sentence);
        }
        Some(Provenance {
            key: key.to_owned(),
            sources,
            definition: metric.map(|metric| metric.key.clone()),
            expression: definition.info.expression.clone(),
            variant,
            components,
            source_columns,
            filter: definition.info.filter.clone(),
            sentence,
        })
    }

    /// The columns that tell which rows a semi-additive metric is of.
    fn picked_columns(&self, metric: &Metric, source: Option<&Source>) -> Vec<String> {
        let pick = metric.timing.pick.as_ref();
        let over = pick.and_then(|pick| source?.dimensions.get(&pick.over));
        let over = over.into_iter().flat_map(|over| over.value.columns.iter());
        let filter = pick.and_then(|pick| pick.filter.as_ref());
        let filter = filter
            .into_iter()
            .flat_map(|filter| filter.fragment.columns.iter());
        let names = over.chain(filter).map(|id| self.catalog.columns.name(*id));
        names.map(str::to_owned).collect()
    }

    /// Which rows in time a metric is of, in words.
    fn timing(&self, metric: &Metric, source: Option<&Source>, sentence: &mut String) {
        if let Some(pick) = &metric.timing.pick {
            let which = if pick.first { "first" } else { "last" };
            let over = source.and_then(|source| source.dimensions.get(&pick.over));
            let over = over.map_or("date", |over| over.key.as_str());
            let _ = write!(sentence, ", of the {which} {over} of each group");
        }
        let _ = match metric.timing.window {
            None => Ok(()),
            Some(Window::Cumulative) => write!(sentence, ", since ever"),
            Some(Window::Rolling { count, grain }) => {
                write!(sentence, ", over {}", so_many(count, grain))
            }
            Some(Window::ToDate(grain)) => {
                write!(sentence, ", since the {} began", in_words(grain))
            }
        };
        if let Some((count, grain)) = metric.timing.offset {
            let _ = write!(sentence, ", {} before", so_many(count, grain));
        }
    }

    fn parts(
        &self,
        definition: &Definition,
        leg: Option<usize>,
        depth: usize,
        left: &mut usize,
    ) -> (Vec<Provenance>, Vec<String>) {
        let (components, mut columns): (Vec<Provenance>, Vec<String>) =
            match &definition.calculation {
                Calculation::Aggregate { measures, .. } => {
                    let fragments = measures.iter().filter_map(|id| self.catalog.measure(*id));
                    let ids = fragments.flat_map(|fragment| fragment.columns.iter());
                    (
                        Vec::new(),
                        ids.map(|id| self.catalog.columns.name(*id).to_owned())
                            .collect(),
                    )
                }
                Calculation::OfColumn { parts, .. } => {
                    let ids = parts.iter().flat_map(|part| part.columns.iter());
                    let names = ids.map(|id| self.catalog.columns.name(*id).to_owned());
                    (Vec::new(), names.collect())
                }
                Calculation::Derived { components, .. } if depth > 0 => {
                    let parts: Vec<Provenance> = components
                        .iter()
                        .filter_map(|component| {
                            let leg = leg.or_else(|| self.placements.leg_of(*component));
                            self.metric(*component, leg, depth - 1, left)
                        })
                        .collect();
                    let columns = parts.iter().flat_map(|p| p.source_columns.iter().cloned());
                    let columns = columns.collect();
                    (parts, columns)
                }
                Calculation::Derived { .. } => (Vec::new(), Vec::new()),
            };
        columns.sort();
        columns.dedup();
        (components, columns)
    }
}

/// `7 days`, `1 month`.
fn so_many(count: i32, grain: Grain) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {}{plural}", in_words(grain))
}

/// `fiscal year` and its kind.
fn in_words(grain: Grain) -> String {
    grain.as_str().replace('_', " ")
}

/// The sources of all components, each once.
fn all_sources(components: &[Provenance]) -> Vec<Name> {
    let mut sources: Vec<Name> = Vec::new();
    for source in components.iter().flat_map(|component| &component.sources) {
        if !sources.contains(source) {
            sources.push(source.clone());
        }
    }
    sources
}

/// The text of a definition without the `key =` that a formula may begin with.
fn calculation_text<'d>(key: &str, definition: &'d Definition) -> &'d str {
    let text = definition.info.expression.trim();
    text.strip_prefix(key)
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix('='))
        .map_or(text, str::trim_start)
}

fn sentence(
    key: &str,
    sources: &[Name],
    definition: &Definition,
    variant: &[(Name, Name)],
) -> String {
    let names: Vec<&str> = sources.iter().map(Name::as_str).collect();
    let word = if names.len() == 1 {
        "source"
    } else {
        "sources"
    };
    let mut sentence = format!(
        "{key} is {} on {word} {}",
        calculation_text(key, definition),
        names.join(" and ")
    );
    for (index, (toggle, option)) in variant.iter().enumerate() {
        let word = if index == 0 {
            ", the variant for"
        } else {
            " and"
        };
        let _ = write!(sentence, "{word} {toggle} {option}");
    }
    if let Some(filter) = &definition.info.filter {
        let _ = write!(sentence, ", over rows where {filter}");
    }
    sentence
}
