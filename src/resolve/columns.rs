//! Aggregates over declared columns that a request asks for by themselves: `amount.sum`.

use crate::catalog::MetricId;
use crate::catalog::aggregate::COUNT;
use crate::catalog::columns::ColumnId;
use crate::catalog::source::Source;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::{Path, echo};
use crate::request::{ColumnAggregate, RequestKind};

use super::Resolver;

impl<'c> Resolver<'c, '_> {
    /// The aggregate of a column that some source declares and this context may know, where it has a meaning.
    pub(super) fn known_aggregate(&self, key: &str) -> Option<MetricId> {
        let (column, aggregate) = self.catalog.aggregate_named(key)?;
        let mut sources = self.catalog.sources.iter();
        let is_offered = sources.any(|source| self.has_aggregate(source, column, aggregate));
        MetricId::of_column(column, aggregate).filter(|_| is_offered)
    }

    fn has_aggregate(
        &self,
        source: &'c Source,
        column: ColumnId,
        aggregate: ColumnAggregate,
    ) -> bool {
        let visible = self.visible_column(source, self.catalog.columns.name(column));
        visible.is_some_and(|visible| visible.metric(aggregate).is_some())
    }

    /// Whether a source can answer a metric: it lists it, or declares the column that it is of.
    pub(super) fn offers(&self, source: &'c Source, id: MetricId) -> bool {
        match id.column() {
            Some((column, aggregate)) => self.has_aggregate(source, column, aggregate),
            None if id == MetricId::ROWS => true,
            None => source.metrics.contains_key(&id),
        }
    }

    /// The sources that can answer a metric.
    pub(super) fn offering(&self, id: MetricId) -> impl Iterator<Item = &'c Source> {
        let is_anywhere = id.column().is_some() || id == MetricId::ROWS;
        let of_columns = is_anywhere.then_some(&*self.catalog.sources);
        let of_columns = of_columns.into_iter().flatten();
        let of_columns = of_columns.filter(move |source| self.offers(source, id));
        self.catalog.offering(id).chain(of_columns)
    }

    /// Whether values are asked for with the number of rows of each.
    pub(super) fn asks_for_counts(&self) -> bool {
        matches!(self.request.kind, RequestKind::Values { counts: true, .. })
    }

    /// Whether the aggregate of a column is a number, wherever it has a meaning.
    pub(super) fn changes(&self, id: MetricId) -> bool {
        let offering = self.offering(id);
        let selection = &self.catalog.defaults;
        let definitions =
            offering.filter_map(|source| self.catalog.definition(id, Some(source), selection));
        let mut types = definitions.map(|definition| definition.info.data_type);
        types.all(|data_type| data_type.is_numeric())
    }

    /// The key of a metric, for messages.
    pub(super) fn metric_key(&self, id: MetricId) -> String {
        match (id.column(), self.catalog.metric_by_id(id)) {
            (Some((column, aggregate)), _) => {
                let column = self.catalog.columns.name(column);
                format!("{column}.{}", aggregate.as_str())
            }
            (None, Some(metric)) => metric.key.to_string(),
            (None, None) => COUNT.to_owned(),
        }
    }

    /// Reports a key that is written as the aggregate of a column and is none; whether it is written so.
    pub(super) fn report_aggregate(&mut self, key: &str, path: &mut dyn FnMut() -> Path) -> bool {
        let Some((name, word)) = key.rsplit_once('.') else {
            return false;
        };
        let Some(aggregate) = ColumnAggregate::parse(word) else {
            return false;
        };
        let catalog = self.catalog;
        let sources: Vec<&'c Source> = catalog.sources.iter().collect();
        let visible = sources
            .iter()
            .find_map(|source| self.visible_column(source, name));
        match visible.and_then(|visible| visible.data_type) {
            Some(data_type) => {
                let error = ResolveError::OperatorType {
                    op: aggregate.as_str(),
                    kind: Kind::Column,
                    name: echo(name),
                    data_type: data_type.as_str(),
                };
                let all = ColumnAggregate::ALL.iter();
                let fitting = all.filter(|(_, each)| each.applies_to(data_type));
                let help = Help::one_of(fitting.map(|(word, _)| *word));
                self.findings
                    .push(Error::new(path(), error).with_help(help));
            }
            None => {
                let names = self.column_names(&sources);
                let help = self.findings.nearest(name, names);
                self.report_unknown(path(), Kind::Column, name, help);
            }
        }
        true
    }

    /// The declared columns that this context may know.
    fn column_names(&self, sources: &[&'c Source]) -> Vec<&'c str> {
        if !self.findings.are_few() {
            return Vec::new();
        }
        let mut names = Vec::new();
        for source in sources {
            let declared = source.row_columns.keys();
            let declared = declared.map(|id| self.catalog.columns.name(*id));
            names.extend(declared.filter(|name| self.visible_column(source, name).is_some()));
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}
