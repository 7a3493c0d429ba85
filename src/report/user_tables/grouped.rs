//! Groups of a table: what is added up, of which source, and under which names.

use super::definition::{AggregateChoice, TableDefinition};
use super::field::{Field, Scope};
use crate::catalog::source::Source;
use crate::error::{Error, Help, ReadError, ReportError};
use crate::path::{At, Path, echo};
use crate::request::ColumnAggregate;

/// One number of each group.
pub(super) struct Aggregated<'a, 'd> {
    /// Its key in the request and in the result.
    pub(super) key: String,
    /// The names by which the definition calls it, besides the key.
    names: Vec<String>,
    /// The field alone, where it is one that is added up.
    field: Option<&'d str>,
    pub(super) label: Option<&'d str>,
    /// The source that has to answer; nothing where a metric leaves it open.
    pub(super) source: Option<&'a Source>,
    pub(super) place: Path,
}

/// What rows are grouped by.
pub(super) struct Group<'a, 'd> {
    pub(super) field: Field<'a, 'd>,
    pub(super) written: &'d str,
    pub(super) place: Path,
    /// Its key in the result; nothing where it is no key.
    pub(super) key: Option<String>,
}

/// What a name of a grouped table means.
pub(super) enum Named {
    Group(usize),
    Aggregated(usize),
    /// A field of which several things are added up.
    Several,
    Nothing,
}

const UNCOUNTED: &str = "cannot be counted: it declares no primary key that is a column of its own";

impl<'a> Scope<'a> {
    /// What is added up: the aggregates, then the metrics among the columns.
    pub(super) fn aggregated<'d>(
        &mut self,
        definition: &'d TableDefinition,
    ) -> Vec<Aggregated<'a, 'd>> {
        let root = At::root("table");
        let (aggregates, columns) = (root.key("aggregates"), root.key("columns"));
        let mut all: Vec<Aggregated<'a, 'd>> = Vec::new();
        for (at, choice) in definition.aggregates.iter().enumerate() {
            let place = aggregates.index(at).path();
            let (key, source, field) = match choice {
                AggregateChoice::Metric { metric, .. } => {
                    let (key, source) = self.metric(metric);
                    (Some(key), source, None)
                }
                AggregateChoice::Column {
                    field, function, ..
                } => {
                    let field = field.as_deref();
                    let (key, source) = self.of_column(field, *function, &place);
                    (key, source, field)
                }
            };
            let Some(key) = key else {
                continue;
            };
            let mut names: Vec<String> = choice.alias().map(str::to_owned).into_iter().collect();
            match choice {
                AggregateChoice::Metric { metric, .. } => names.push(metric.clone()),
                AggregateChoice::Column {
                    field: Some(field),
                    function,
                    ..
                } => names.push(format!("{field}.{}", function.as_str())),
                AggregateChoice::Column { .. } => {}
            }
            all.push(Aggregated {
                key,
                names,
                field,
                label: choice.label().or(choice.alias()),
                source,
                place,
            });
        }
        for (at, column) in definition.columns.iter().enumerate() {
            let written = &*column.field;
            let is_called = |one: &Aggregated<'_, '_>| one.is_called(written);
            if all.iter().any(is_called) || !self.is_metric(written) {
                continue;
            }
            let (key, source) = self.metric(written);
            all.push(Aggregated {
                key,
                names: vec![written.to_owned()],
                field: None,
                label: None,
                source,
                place: columns.index(at).path(),
            });
        }
        all
    }

    /// Whether a column is a metric: no dimension and no column of a source of the table has the name.
    fn is_metric(&self, written: &str) -> bool {
        let mut sources = self.sources.iter();
        let (key, source) = self.metric(written);
        let is_metric = self.knows_metric(&key) && (source.is_some() || key == written);
        is_metric
            && self.known(written).is_none()
            && !sources.any(|source| self.declares(source, written))
    }

    /// The key of a metric, and the source in front of it.
    fn metric(&self, written: &str) -> (String, Option<&'a Source>) {
        if let Some((front, key)) = written.split_once('.')
            && let Some(source) = self.catalog.source(front)
            && self.is_listed(source)
        {
            return (key.to_owned(), Some(source));
        }
        (written.to_owned(), None)
    }

    /// The key of the aggregate of a field, and the source whose field it is.
    fn of_column(
        &mut self,
        field: Option<&str>,
        function: ColumnAggregate,
        place: &Path,
    ) -> (Option<String>, Option<&'a Source>) {
        let word = function.as_str();
        let of_rows = match field {
            None | Some("*") => Some(self.sources.first().copied()),
            Some(field) => field.strip_suffix(".*").map(|front| {
                let mut sources = self.sources.iter();
                sources.find(|each| each.key.as_str() == front).copied()
            }),
        };
        if let Some(source) = of_rows {
            return self.of_rows(source, field, function, place);
        }
        let written = field.unwrap_or_default();
        let at = place.inside("field");
        let Some(parsed) = self.field(written, &at) else {
            return (None, None);
        };
        if parsed.grain.is_some() {
            let name = echo(written);
            let reason = "is added up without a grain";
            self.report(at, ReportError::TableField { name, reason }, None);
            return (None, None);
        }
        let listed = self.sources.clone();
        let candidates = match parsed.source {
            Some(source) => vec![source],
            None => listed,
        };
        let mut found = candidates.iter().filter_map(|source| {
            let column = self.column_of(source, parsed.name)?;
            Some((column, *source))
        });
        match (found.next(), parsed.source) {
            (Some((column, source)), _) => {
                let key = format!("{column}.{word}");
                self.mark(source.id);
                (Some(key), Some(source))
            }
            // The request says of a name that is nothing what it is near to.
            (None, source) => {
                if let Some(source) = source {
                    self.mark(source.id);
                }
                (Some(format!("{}.{word}", parsed.name)), source)
            }
        }
    }

    /// The column behind a name on a source: of that name, or the one that a dimension is.
    fn column_of(&self, source: &Source, name: &str) -> Option<String> {
        if self.declares(source, name) {
            return Some(name.to_owned());
        }
        let known = self.known(name).filter(|key| key.route.is_none())?;
        let bare = source.dimensions.get(&known.id)?.value.bare?;
        let column = self.catalog.columns.name(bare);
        self.declares(source, column).then(|| column.to_owned())
    }

    /// Rows are counted by a column of the primary key, which is in every row.
    fn of_rows(
        &mut self,
        source: Option<&'a Source>,
        field: Option<&str>,
        function: ColumnAggregate,
        place: &Path,
    ) -> (Option<String>, Option<&'a Source>) {
        if function != ColumnAggregate::Count {
            let field = "field";
            let error = Error::new(place.inside(field), ReadError::MissingField { field });
            let help = Help::advice("only rows are counted without a field");
            self.findings.push(error.with_help(help));
            return (None, None);
        }
        let Some(source) = source else {
            let name = echo(
                field
                    .and_then(|field| field.strip_suffix(".*"))
                    .unwrap_or_default(),
            );
            let reason = "is not among the `dataSources` of the table";
            let error = ReportError::TableSource { name, reason };
            self.report(place.inside("field"), error, None);
            return (None, None);
        };
        self.mark(source.id);
        let keys = source.primary_key.iter();
        let mut keys = keys.filter(|id| Some(**id) != source.tenant_column);
        let counted = keys.find(|id| source.json_path(**id).is_none());
        let column = counted.map(|id| self.catalog.columns.name(*id));
        match column.filter(|column| self.declares(source, column)) {
            Some(column) => (Some(format!("{column}.count")), Some(source)),
            None => {
                let name = source.key.to_string();
                let error = ReportError::TableSource {
                    name,
                    reason: UNCOUNTED,
                };
                let help = Help::advice("count a field, or a metric of the catalog");
                self.report(place.clone(), error, Some(help));
                (None, None)
            }
        }
    }

    /// The source that the request names: the first that all others are reached from, one that answers before
    /// one that only leads there. Nothing where several sources answer and none leads to the others: their
    /// groups are combined then.
    pub(super) fn near(
        &self,
        aggregated: &[Aggregated<'a, '_>],
        groups: &[Group<'a, '_>],
    ) -> Option<&'a Source> {
        let reaches = |near: &Source, far: &Source| {
            let mut paths = near.reach.paths.iter();
            near.id == far.id || paths.any(|path| path.hop.to == far.id)
        };
        let offers = |near: &Source, key: &str| {
            let id = self.catalog.index.metrics.get(key);
            id.is_some_and(|id| near.metrics.contains_key(id))
        };
        let can_answer = |near: &&&'a Source| {
            aggregated.iter().all(|one| match one.source {
                Some(source) => reaches(near, source),
                None => offers(near, &one.key),
            }) && groups
                .iter()
                .filter_map(|group| group.field.source)
                .all(|source| reaches(near, source))
        };
        let is_asked = |near: &&&'a Source| {
            let mut asked = aggregated.iter();
            asked.any(|one| match one.source {
                Some(source) => source.id == near.id,
                None => offers(near, &one.key),
            })
        };
        let fitting = || self.sources.iter().filter(can_answer);
        let found = fitting().find(is_asked).or_else(|| fitting().next());
        match self.sources.as_slice() {
            [only] => Some(only),
            _ if found.is_some() => found.copied(),
            [first, ..] if aggregated.is_empty() => Some(first),
            _ => None,
        }
    }
}

impl Aggregated<'_, '_> {
    /// Whether the definition calls it so.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.key == name || self.names.iter().any(|each| each == name)
    }
}

/// What a name means among groups and what is added up of them; a field alone is what is added up of it where
/// nothing is grouped by it.
pub(super) fn named<'a>(
    name: &str,
    field: Option<&Field<'a, '_>>,
    groups: &[Group<'a, '_>],
    aggregated: &[Aggregated<'a, '_>],
) -> Named {
    if let Some(at) = aggregated.iter().position(|one| one.is_called(name)) {
        return Named::Aggregated(at);
    }
    let is_it = |group: &Group<'a, '_>| {
        group.written == name
            || group.key.as_deref() == Some(name)
            || field.is_some_and(|field| field.is_same(&group.field))
    };
    if let Some(at) = groups.iter().position(is_it) {
        return Named::Group(at);
    }
    let mut of_field = (0..)
        .zip(aggregated)
        .filter(|(_, one)| one.field == Some(name));
    match (of_field.next(), of_field.next()) {
        (Some((at, _)), None) => Named::Aggregated(at),
        (Some(_), Some(_)) => Named::Several,
        (None, _) => Named::Nothing,
    }
}
