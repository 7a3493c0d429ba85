//! Binds a request for detail rows: its columns, the source that has them, their order, their page.

use crate::calendar::Grain;
use crate::catalog::metric::Calculation;
use crate::catalog::source::{RowColumn, Source};
use crate::catalog::toggle::Selection;
use crate::catalog::{Catalog, DimensionId, MetricId};
use crate::error::{Error, Errors, Help, Kind, ResolveError};
use crate::path::echo;
use crate::request::{DimensionRequest, FilterRequest, RequestKind, Subject};
use crate::value::DataType;

use super::access::RuledDimension;
use super::row_order::labelled;
use super::source::{FilteredItems, has_dimensions_itself};
use super::{Chosen, Place, REQUEST, ResolvedLeg, ResolvedQuery, ResolvedRows, Resolver, RowItem};
use crate::catalog::columns::ColumnId;

impl<'c> Resolver<'c, '_> {
    /// Whether the request asks for detail rows, or how many there are.
    pub(super) fn asks_for_rows(&self) -> bool {
        match self.request.kind {
            RequestKind::Rows => true,
            RequestKind::Count => !self.request.columns.is_empty(),
            _ => false,
        }
    }

    /// Only detail rows have columns, and rows that they come after.
    pub(super) fn refuse_columns(&mut self) {
        let request = self.request;
        let parts = [
            ("columns", !request.columns.is_empty()),
            ("after", request.after.is_some()),
        ];
        for (field, _) in parts.iter().filter(|(_, is_there)| *is_there) {
            let subject = format!("`{field}` without the kind `rows`");
            self.refuse(field, subject, "ask for detail rows with the kind `rows`");
        }
    }

    fn refuse(&mut self, field: &str, subject: String, advice: &str) {
        let path = REQUEST.key(field).path();
        let error = Error::new(path, ResolveError::WrongValue { subject });
        self.findings.push(error.with_help(Help::advice(advice)));
    }

    /// Detail rows are not grouped, so nothing of a request that is about groups has a meaning.
    fn refuse_groups(&mut self) {
        const ADVICE: &str = "ask for groups with the kind `aggregate`";
        let request = self.request;
        let parts = [
            ("metrics", !request.metrics.is_empty()),
            ("dimensions", !request.dimensions.is_empty()),
            (
                "metric_filters",
                request.metric_filters.as_ref().is_some_and(restricts),
            ),
            ("compare", request.compare.is_some()),
            ("fill_gaps", request.fill_gaps),
            ("totals", request.totals.is_some()),
            ("top", request.top.is_some()),
            ("shares", !request.shares.is_empty()),
            ("ranks", !request.ranks.is_empty()),
            ("pivot", request.pivot.is_some()),
        ];
        for (field, _) in parts.iter().filter(|(_, is_there)| *is_there) {
            let subject = format!("`{field}` of detail rows");
            let advice = match *field {
                "dimensions" => "name dimensions among the `columns`",
                _ => ADVICE,
            };
            self.refuse(field, subject, advice);
        }
        let mut waiting: Vec<&FilterRequest> = request.filters.iter().collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if matches!(comparison.subject, Subject::Metric(_)) {
                        let subject = "a metric of detail rows".to_owned();
                        self.refuse("filters", subject, ADVICE);
                        break;
                    }
                }
            }
        }
        if request.after.is_some() && request.offset.is_some() {
            let subject = "`offset` beside `after`".to_owned();
            self.refuse("offset", subject, "a page begins in one of the two ways");
        }
    }

    /// Binds the whole request.
    pub(super) fn rows(mut self, selection: Selection) -> Result<ResolvedQuery<'c>, Errors> {
        let request = self.request;
        self.refuse_groups();
        if !self.check_columns_asked() {
            return Err(self.into_errors());
        }
        let filtered = self.filtered_items(&selection);
        let ruled = self.ruled_dimensions();
        let chosen = self.choose_rows_source(&selection, &filtered, &ruled);
        let Some(source) = chosen else {
            let nothing = Chosen::default();
            self.bind_filters(&nothing, &selection, &[], &mut []);
            self.bind_range();
            self.bind_page();
            return Err(self.into_errors());
        };
        let (limit, offset) = self.bind_page();
        let rows = self.bind_rows(source, &selection);
        let mut legs = vec![ResolvedLeg::new(source)];
        self.bind_filters(&Chosen::one(source), &selection, &[], &mut legs);
        let range = self.bind_range();
        for leg in &mut legs {
            leg.date_column = self.date_column(source, &selection);
            leg.dates = self.bind_dates(source, leg.date_column, range.map(|range| range.dates));
            leg.rules = self.bind_rules(source, &ruled);
            let is_shown = request.kind != RequestKind::Count;
            self.bind_far(leg, (rows.items.as_slice(), is_shown), &ruled);
        }
        self.check_tenant(source);
        let (findings, query) = self.into_query(selection);
        findings.finish(ResolvedQuery {
            is_count: request.kind == RequestKind::Count,
            rows: Some(rows),
            legs,
            limit,
            offset,
            ..query
        })
    }

    /// Whether there are columns, and not too many.
    fn check_columns_asked(&mut self) -> bool {
        let bound = self.catalog.limits.selected_items;
        for (field, count) in [
            ("columns", self.request.columns.len()),
            ("order_by", self.request.order_by.len()),
        ] {
            if count > bound {
                self.report_limit(REQUEST.key(field).path(), "selected_items", bound);
                return false;
            }
        }
        if self.request.columns.is_empty() {
            let subject = "an empty list of columns".to_owned();
            let path = REQUEST.key("columns").path();
            self.report(path, ResolveError::WrongValue { subject });
            return false;
        }
        true
    }

    /// What a column of the request is on a source, if the source has it and the context may know it: a
    /// dimension, else a column that the source declares.
    pub(super) fn row_item(
        &self,
        source: &'c Source,
        written: &DimensionRequest,
        selection: &Selection,
    ) -> Option<RowItem<'c>> {
        let key = written.dimension.as_str();
        let grain = written.grain.as_deref().and_then(Grain::parse);
        let found = self.row_dimension(key, grain, selection);
        let on_source = found
            .as_ref()
            .and_then(|found| source.express(found.key).one());
        let is_own = on_source.is_some_and(|on_source| on_source.path.is_none());
        // What the source has itself is nearer than what it reaches, known or not.
        if !is_own && written.grain.is_none() && declares(self.catalog, source, key) {
            return self.visible_column(source, key).map(RowItem::Column);
        }
        let found = found?;
        Some(RowItem::Dimension {
            dimension: self.catalog.dimension_by_id(found.key.id)?,
            on_source: on_source?,
            grain,
            value: found.value,
            label: found.label,
            info: found.info,
        })
    }

    /// The dimension that a key asks for, after switches, and its spellings.
    fn row_dimension(
        &self,
        key: &str,
        grain: Option<Grain>,
        selection: &Selection,
    ) -> Option<super::selection::Found<'c>> {
        if let Some(found) = self.switch_bucket(key, grain, selection) {
            return Some(found);
        }
        let asked = self.known_dimension(key)?;
        self.named_bucket(asked, grain, selection)
    }

    /// A declared column, if the context may know it.
    pub(super) fn visible_column(&self, source: &'c Source, name: &str) -> Option<&'c RowColumn> {
        let id = self.catalog.columns.find(name)?;
        let column = source.row_columns.get(&id)?;
        let is_declared = column.data_type.is_some();
        (is_declared && !self.is_gated(source, id, name)).then_some(column)
    }

    /// Whether a column belongs to a module that the context lacks: a dimension of the module has its name,
    /// since a key means one thing for all; or a dimension or a metric of the module reads it, and no
    /// dimension that the context knows is just that column.
    fn is_gated(&self, source: &Source, column: ColumnId, name: &str) -> bool {
        let path = |read: ColumnId| source.json_path(read).map(|(path, _)| path);
        let own = path(column);
        let reads = |read: &ColumnId| {
            let read_path = path(*read);
            // Two columns may be one place inside of JSON, or one of them inside of the other.
            let is_inside = own.zip(read_path).is_some_and(|(own, read)| {
                let shorter = own.keys.len().min(read.keys.len());
                own.column == read.column && own.keys.get(..shorter) == read.keys.get(..shorter)
            });
            *read == column || is_inside || read_path.is_some_and(|path| path.column == column)
        };
        let dimensions = || source.dimensions.iter();
        let is_open =
            dimensions().any(|(id, on)| on.value.bare == Some(column) && self.knows_dimension(*id));
        let mut gated = dimensions().filter(|(id, _)| !self.knows_dimension(**id));
        if gated.any(|(_, on)| on.key.as_str() == name) {
            return true;
        }
        let by_dimension = || {
            let mut gated = dimensions().filter(|(id, _)| !self.knows_dimension(**id));
            gated.any(|(_, on)| on.value.columns.iter().any(reads))
        };
        let by_metric = || {
            let offered = source.metrics.keys().filter(|id| !self.knows_metric(**id));
            let mut offered = offered.copied();
            offered.any(|id| self.metric_columns(source, id).iter().any(reads))
        };
        !is_open && (by_dimension() || by_metric())
    }

    /// The columns that the definitions of a metric read by themselves.
    fn metric_columns(&self, source: &Source, id: MetricId) -> Vec<ColumnId> {
        let metric = self.catalog.metric_by_id(id);
        let own = source.metrics.get(&id).and_then(Option::as_ref);
        let variants = metric.iter().flat_map(|metric| &metric.variants);
        let definitions = variants
            .map(|variant| &variant.definition)
            .chain(metric.map(|metric| &metric.base))
            .chain(own);
        let measures = definitions.flat_map(|definition| match &definition.calculation {
            Calculation::Aggregate { measures, .. } => &measures[..],
            Calculation::Derived { .. } | Calculation::OfColumn { .. } => &[],
        });
        let fragments = measures.filter_map(|measure| self.catalog.measure(*measure));
        let picked = metric.map_or(&[][..], |metric| metric.picked_columns());
        fragments
            .flat_map(|fragment| &fragment.columns)
            .chain(picked)
            .copied()
            .collect()
    }

    /// Every key that the request names, of columns and of the order, with its place.
    fn written_keys(&self) -> Vec<(DimensionRequest, Place)> {
        let columns = self.request.columns.iter().enumerate();
        columns
            .map(|(index, written)| {
                let place = Place::Columns(index, written.grain.is_some());
                (written.clone(), place)
            })
            .collect()
    }

    /// The source that is named, else the only one that has all, or the best of several.
    fn choose_rows_source(
        &mut self,
        selection: &Selection,
        filtered: &FilteredItems<'c>,
        ruled: &[RuledDimension],
    ) -> Option<&'c Source> {
        if let Some(key) = &self.request.source {
            return self.named_source(key);
        }
        let written = self.written_keys();
        let orders = self.hidden_order_keys(selection);
        let has_all = |source: &&'c Source| {
            let keys = written.iter().map(|(key, _)| key).chain(&orders);
            let mut keys = keys.map(|key| self.row_item(source, key, selection));
            keys.all(|item| item.is_some()) && self.has_dimensions(source, &[], filtered)
        };
        let catalog = self.catalog;
        let mut candidates: Vec<&'c Source> = catalog.sources.iter().filter(has_all).collect();
        let Some(first) = candidates.first().copied() else {
            self.report_no_rows(&written, selection);
            return None;
        };
        if self.needs_dates() {
            candidates.retain(|source| source.date_column.is_some());
            if candidates.is_empty() {
                self.report_no_date_column(first);
                return None;
            }
        }
        let has_itself = |source: &Source| {
            let keys = written.iter().map(|(key, _)| key).chain(&orders);
            let catalog = self.catalog;
            let source = catalog.source_by_id(source.id);
            let mut items = keys.map(|key| self.row_item(source?, key, selection));
            items.all(|item| item.is_some_and(|item| item.on_source().path.is_none()))
                && has_dimensions_itself(source.unwrap_or(first), &[], filtered)
        };
        let best = self.prefer(candidates, ruled, &has_itself);
        match best.as_slice() {
            [only] => Some(only),
            _ => {
                let path = written.first().map(|(_, place)| place.path());
                self.report_ambiguous(&best, path.unwrap_or_else(|| REQUEST.path()));
                None
            }
        }
    }

    /// What the order names that some source could have beside what is shown.
    fn hidden_order_keys(&self, selection: &Selection) -> Vec<DimensionRequest> {
        let keys = self.request.order_by.iter().map(|order| DimensionRequest {
            dimension: order.key.clone(),
            grain: None,
        });
        let is_somewhere = |key: &DimensionRequest| {
            let mut sources = self.catalog.sources.iter();
            sources.any(|source| self.row_item(source, key, selection).is_some())
        };
        let found = keys.filter_map(|key| match is_somewhere(&key) {
            true => Some(key),
            false => labelled(&key.dimension).filter(is_somewhere),
        });
        found.collect()
    }

    /// Reports what no source has, else that no source has all of it.
    fn report_no_rows(&mut self, written: &[(DimensionRequest, Place)], selection: &Selection) {
        let before = self.findings.iter().count();
        let catalog = self.catalog;
        for (key, place) in written {
            let mut sources = catalog.sources.iter();
            if !sources.any(|source| self.row_item(source, key, selection).is_some()) {
                let all: Vec<&'c Source> = catalog.sources.iter().collect();
                self.report_row_key(&all, key, *place);
            }
        }
        if self.findings.iter().count() == before {
            let path = written.first().map(|(_, place)| place.path());
            let path = path.unwrap_or_else(|| REQUEST.path());
            let help = Help::advice("name a `source` to see what it lacks");
            let error = Error::new(path, ResolveError::NoSource).with_help(help);
            self.findings.push(error);
        }
    }

    /// Reports a key that none of these sources has.
    pub(super) fn report_row_key(
        &mut self,
        sources: &[&'c Source],
        written: &DimensionRequest,
        place: Place,
    ) {
        let key = written.dimension.as_str();
        match (sources, self.known_dimension(key)) {
            ([source], Some(key)) => self.report_dimension_unavailable(source, key, place.path()),
            (_, Some(_)) => self.report(place.path(), ResolveError::NoSource),
            (_, None) if written.grain.is_some() => {
                self.find_dimension(key, || place.path());
            }
            (_, None) => {
                let names = self.row_names(sources);
                let help = self.findings.nearest(key, names.iter().copied());
                self.report_unknown(place.path(), Kind::Column, key, help);
            }
        }
    }

    /// What may be asked of these sources, dimensions first, each in the order of its name.
    pub(super) fn row_names(&self, sources: &[&'c Source]) -> Vec<&'c str> {
        if !self.findings.are_few() {
            return Vec::new();
        }
        let (mut dimensions, mut columns) = (Vec::new(), Vec::new());
        for source in sources {
            let known = source.dimensions.keys();
            let known = known.filter(|id: &&DimensionId| self.knows_dimension(**id));
            let known = known.filter_map(|id| self.catalog.dimension_by_id(*id));
            dimensions.extend(known.map(|dimension| dimension.key.as_str()));
            let declared = source.row_columns.keys();
            let declared = declared.map(|id| self.catalog.columns.name(*id));
            columns.extend(declared.filter(|name| self.visible_column(source, name).is_some()));
        }
        dimensions.sort_unstable();
        columns.sort_unstable();
        dimensions.append(&mut columns);
        let mut names: Vec<&'c str> = Vec::with_capacity(dimensions.len());
        for name in dimensions {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What is shown, what orders, and where the page begins.
    fn bind_rows(&mut self, source: &'c Source, selection: &Selection) -> ResolvedRows<'c> {
        let mut items: Vec<RowItem<'c>> = Vec::with_capacity(self.request.columns.len() + 2);
        for (written, place) in self.written_keys() {
            if !self.check_written_grain(&written, place) {
                continue;
            }
            let Some(item) = self.row_item(source, &written, selection) else {
                self.report_row_key(&[source], &written, place);
                continue;
            };
            if !self.check_grain(&item, place) {
                continue;
            }
            if items.iter().any(|other| other.is_same(&item)) {
                let (kind, name) = (Kind::Column, echo(&written.dimension));
                self.report(place.path(), ResolveError::Duplicate { kind, name });
                continue;
            }
            items.push(item);
        }
        self.order_rows(source, selection, items)
    }

    fn check_written_grain(&mut self, written: &DimensionRequest, place: Place) -> bool {
        let Some(word) = written.grain.as_deref() else {
            return true;
        };
        let is_grain = Grain::parse(word).is_some();
        if !is_grain {
            let error = ResolveError::GrainUnavailable {
                name: echo(&written.dimension),
                grain: echo(word),
            };
            let help = self.findings.nearest(word, Grain::ALL.map(Grain::as_str));
            let error = Error::new(place.grain_path(), error).with_help(help);
            self.findings.push(error);
        }
        is_grain
    }

    /// Whether a dimension has the grain that it is asked at.
    fn check_grain(&mut self, item: &RowItem<'c>, place: Place) -> bool {
        let RowItem::Dimension {
            dimension,
            on_source,
            grain: Some(grain),
            ..
        } = item
        else {
            return true;
        };
        let has_grain = dimension.grains.contains(grain) && on_source.time.is_some();
        if !has_grain {
            let error = ResolveError::GrainUnavailable {
                name: dimension.key.to_string(),
                grain: grain.as_str().to_owned(),
            };
            let grains = dimension.grains.iter().map(|grain| grain.as_str());
            let grains = Help::one_of(grains).filter(|_| on_source.time.is_some());
            let help = grains.unwrap_or_else(|| Help::advice("only dates and times have grains"));
            let error = Error::new(place.grain_path(), error).with_help(help);
            self.findings.push(error);
        }
        has_grain
    }
}

/// Whether a source declares a column of this name.
fn declares(catalog: &Catalog, source: &Source, name: &str) -> bool {
    let id = catalog.columns.find(name);
    let column = id.and_then(|id| source.row_columns.get(&id));
    column.is_some_and(|column| column.data_type.is_some())
}

/// Whether a condition says anything.
pub(super) fn restricts(filter: &FilterRequest) -> bool {
    match filter {
        FilterRequest::And(parts) | FilterRequest::List(parts) => !parts.is_empty(),
        _ => true,
    }
}

impl<'c> RowItem<'c> {
    /// The key of its column in the result.
    pub(crate) fn key(&self) -> &'c str {
        match self {
            RowItem::Column(column) => &column.spelling.key,
            RowItem::Dimension { value, .. } => &value.key,
        }
    }

    /// The value as the source expresses it.
    pub(crate) fn on_source(&self) -> &'c crate::catalog::dimension::SourceDimension {
        match self {
            RowItem::Column(column) => &column.value,
            RowItem::Dimension { on_source, .. } => on_source,
        }
    }

    /// Whether both show the same, or under the same key.
    pub(super) fn is_same(&self, other: &RowItem<'c>) -> bool {
        let is_one = match (self, other) {
            (RowItem::Column(_), RowItem::Column(_)) => false,
            (
                RowItem::Dimension {
                    on_source, grain, ..
                },
                RowItem::Dimension {
                    on_source: other,
                    grain: others,
                    ..
                },
            ) => std::ptr::eq(*on_source, *other) && grain == others,
            _ => false,
        };
        is_one || self.key() == other.key()
    }

    /// The type of its values, where it is known.
    pub(crate) fn value_type(&self) -> Option<DataType> {
        match self {
            RowItem::Column(column) => column.value.value_type,
            RowItem::Dimension {
                on_source,
                grain: None,
                ..
            } => on_source.value_type,
            RowItem::Dimension {
                on_source,
                grain: Some(grain),
                ..
            } => Some(match (grain, on_source.time.map(|time| time.stored)) {
                (Grain::Hour, Some(DataType::Timestamptz)) => DataType::Timestamptz,
                (Grain::Hour, _) => DataType::Timestamp,
                _ => DataType::Date,
            }),
        }
    }
}
