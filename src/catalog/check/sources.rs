//! Checks data sources: their relation, their columns and what they offer.

use std::sync::Arc;

use crate::error::{CatalogError, Error, Help};
use crate::expr::Expr;
use crate::hash::CatalogMap;
use crate::name::{Name, in_words};
use crate::value::DataType;

use super::super::aggregate::PreparedAggregates;
use super::super::columns::{ColumnId, is_column};
use super::super::dimension::{SourceDimension, TimeValue};
use super::super::fragment::Fragment;
use super::super::metric::{Calculation, Definition, Metric};
use super::super::reach::Reach;
use super::super::relation::RelationPattern;
use super::super::source::{JsonPath, RowColumn, Source, SourceColumn};
use super::super::spec::{ColumnSpec, Offer, SourceDimensionSpec, SourceSpec};
use super::super::spelling::KeySpelling;
use super::super::{DimensionId, MetricId};
use super::dimensions::ParsedDimension;
use super::lookups::LookupText;
use super::timing::unplaced;
use super::{Checker, label};

impl<'s> Checker<'s> {
    /// Checks every source, in the order of the keys.
    pub(super) fn sources(
        &mut self,
        dimensions: &[ParsedDimension<'s>],
        metrics: &[Metric],
    ) -> Vec<Source> {
        let spec = self.spec;
        let order = self.order.sources.clone();
        let sources: Vec<Source> = order
            .iter()
            .filter_map(|at| spec.data_sources.get(*at))
            .filter_map(|source| self.source(source, dimensions, metrics))
            .collect();
        // Lookups are checked where a source offers them; the others are checked by themselves.
        for (id, parsed) in (0u32..).map(DimensionId).zip(dimensions) {
            if let Some((expr, _)) = &parsed.value
                && !sources
                    .iter()
                    .any(|source| source.dimensions.contains_key(&id))
            {
                self.source_lookup(None, parsed, None, expr);
            }
        }
        sources
    }

    fn source(
        &mut self,
        spec: &'s SourceSpec,
        dimensions: &[ParsedDimension<'s>],
        metrics: &[Metric],
    ) -> Option<Source> {
        // A stand-in, never seen, lets the rest be checked all the same.
        let relation = RelationPattern::parse(&spec.view_pattern)
            .or_else(|error| {
                self.report(&spec.origin, "view_pattern", error);
                RelationPattern::parse("relation")
            })
            .ok()?;
        let columns = spec
            .columns
            .as_ref()
            .map(|columns| self.columns(spec, columns));
        let base_filter = spec
            .base_filter
            .as_deref()
            .and_then(|filter| self.row_fragment(&spec.origin, "base_filter", filter));
        let key = Name::new(&spec.source_key)?;
        let mut source = Source {
            id: *self.index.sources.get(&key)?,
            key,
            display_name: label(spec.display_name.as_ref(), &spec.source_key),
            description: spec.description.clone(),
            refresh_frequency_minutes: spec.refresh_frequency_minutes,
            relation,
            date_column: self.own_column(spec, "date_column", spec.date_column.as_deref()),
            tenant_column: self.own_column(
                spec,
                "client_id_column",
                spec.client_id_column.as_deref(),
            ),
            primary_key: self.primary_key(spec),
            row_columns: CatalogMap::default(),
            columns,
            base_filter: base_filter.map(|filter| self.fragment(&filter)),
            rollup: None,
            priority: spec.priority,
            access_exempt: Vec::new(),
            metrics: CatalogMap::default(),
            dimensions: CatalogMap::default(),
            reach: Reach::default(),
        };
        self.check_own_columns(spec, &source);
        source.rollup = self.rollup(spec, &mut source);
        source.row_columns = self.row_columns(&source);
        source.access_exempt = self.access_exempt(spec);
        self.offer_metrics(spec, &mut source, metrics);
        self.offer_dimensions(spec, &mut source, dimensions);
        self.check_rolled_up(spec, &mut source);
        if matches!(spec.metrics, Offer::All) {
            source.metrics = self.computable(&source, metrics);
        }
        Some(source)
    }

    /// A column that the source itself names; where it declares its columns, it has to be one of them.
    fn own_column(
        &mut self,
        spec: &SourceSpec,
        field: &'static str,
        name: Option<&str>,
    ) -> Option<ColumnId> {
        match &spec.columns {
            Some(_) => name.map(|name| self.columns.intern(name)),
            None => name.map(|name| self.column_name(&spec.origin, field, name)),
        }
    }

    /// The columns that tell rows apart, each once.
    fn primary_key(&mut self, spec: &SourceSpec) -> Box<[ColumnId]> {
        let mut key = Vec::with_capacity(spec.primary_key.len());
        for name in &spec.primary_key {
            let column = self.own_column(spec, "primary_key", Some(name));
            key.extend(column.filter(|column| !key.contains(column)));
        }
        key.into()
    }

    /// What detail rows can show of a source.
    fn row_columns(&mut self, source: &Source) -> CatalogMap<ColumnId, RowColumn> {
        let declared = source.columns.iter().flat_map(CatalogMap::keys);
        // Of rows that are added up nothing else is seen.
        let is_seen = |id: &ColumnId| {
            let rollup = source.rollup.as_ref();
            rollup.is_none_or(|rollup| rollup.by.contains(id) || rollup.columns.contains_key(id))
        };
        let all = declared.chain(&*source.primary_key).copied();
        let all: Vec<ColumnId> = all.filter(is_seen).collect();
        let types = source.columns.as_ref();
        let mut found = CatalogMap::default();
        for id in all {
            let name = self.columns.name(id).to_owned();
            let declared = |column: &ColumnId| source.column_type(*column);
            let value = Fragment::new(&Expr::Reference(id), &declared);
            let column = RowColumn {
                spelling: KeySpelling::new(&name),
                label: in_words(&name).into(),
                value: SourceDimension {
                    key: Name::of_column(&name),
                    value: Arc::new(value),
                    value_type: source.column_type(id),
                    time: None,
                    lookup: None,
                    is_column: true,
                    path: None,
                },
                data_type: types
                    .and_then(|types| types.get(&id))
                    .map(|column| column.data_type),
                aggregates: PreparedAggregates::default(),
            };
            found.insert(id, column);
        }
        found
    }

    fn columns(
        &mut self,
        spec: &SourceSpec,
        columns: &[ColumnSpec],
    ) -> CatalogMap<ColumnId, SourceColumn> {
        let mut declared = CatalogMap::default();
        for column in columns {
            if !is_column(&column.name) {
                self.report_name(&spec.origin, "columns", "column", &column.name);
                continue;
            }
            let path = column.path.as_ref().map(|keys| JsonPath {
                column: self
                    .columns
                    .intern(column.column.as_deref().unwrap_or("data")),
                keys: keys.clone(),
            });
            let id = self.columns.intern(&column.name);
            let found = SourceColumn {
                data_type: column.data_type,
                path,
            };
            if declared.insert(id, found).is_some() {
                let name = crate::path::echo(&column.name);
                let error = CatalogError::DuplicateKey {
                    kind: "column",
                    name,
                };
                self.report(&spec.origin, "columns", error);
            }
        }
        for column in columns {
            self.check_path(spec, column, &declared);
        }
        declared
    }

    /// A path has to go into a declared JSON column, by keys without quotes or backslashes.
    fn check_path(
        &mut self,
        spec: &SourceSpec,
        column: &ColumnSpec,
        declared: &CatalogMap<ColumnId, SourceColumn>,
    ) {
        let Some(keys) = &column.path else { return };
        let unfit = |key: &String| {
            key.is_empty() || key.len() > 200 || key.chars().any(|c| c.is_control() || c == '\\')
        };
        if keys.is_empty() || keys.len() > 16 || keys.iter().any(unfit) || column.data_type.is_array
        {
            let subject = format!("the path of column `{}`", crate::path::echo(&column.name));
            self.report(
                &spec.origin,
                "columns",
                CatalogError::WrongValue { subject },
            );
        }
        let name = column.column.as_deref().unwrap_or("data");
        let holds_json = self
            .columns
            .find(name)
            .and_then(|id| declared.get(&id))
            .is_some_and(|into| {
                into.path.is_none()
                    && matches!(into.data_type.element, DataType::Json | DataType::Jsonb)
            });
        if !holds_json {
            self.report_column(spec, "columns", name);
        }
    }

    /// The columns that the source itself names have to be among those that it declares.
    fn check_own_columns(&mut self, spec: &SourceSpec, source: &Source) {
        let named = [
            ("date_column", spec.date_column.as_deref()),
            ("client_id_column", spec.client_id_column.as_deref()),
        ];
        let keys = spec
            .primary_key
            .iter()
            .map(|name| ("primary_key", Some(name.as_str())));
        for (field, name) in named.into_iter().chain(keys) {
            let Some(name) = name else { continue };
            let id = self.columns.intern(name);
            if !source.may_have(id) {
                self.report_column(spec, field, name);
            }
        }
        // Both stand in a guard as they are: bare, as an index has them.
        let bare = [
            ("date_column", source.date_column),
            ("client_id_column", source.tenant_column),
        ];
        for (field, column) in bare {
            if column.is_some_and(|column| source.json_path(column).is_some()) {
                let subject = "a column inside JSON".to_owned();
                self.report(&spec.origin, field, CatalogError::WrongValue { subject });
            }
        }
        if let Some(subject) = source
            .date_column
            .and_then(|column| unfit_for_dates(source, column))
        {
            self.report(
                &spec.origin,
                "date_column",
                CatalogError::WrongValue { subject },
            );
        }
        self.check_date_columns_of_options(source);
        if let Some(filter) = &source.base_filter {
            self.check_columns(spec, "base_filter", source, &filter.columns);
        }
    }

    /// Reports columns of a fragment that the source does not declare.
    fn check_columns(
        &mut self,
        spec: &SourceSpec,
        field: &str,
        source: &Source,
        columns: &[ColumnId],
    ) -> bool {
        let mut all = true;
        for column in columns {
            if !source.may_have(*column) {
                all = false;
                let name = self.columns.name(*column).to_owned();
                self.report_column(spec, field, &name);
            }
        }
        all
    }

    /// The date column of an option takes the place of the source's own, where the source declares it.
    fn check_date_columns_of_options(&mut self, source: &Source) {
        let options = self.spec.toggles.iter().flat_map(|toggle| &toggle.options);
        for option in options {
            let Some(name) = &option.date_column else {
                continue;
            };
            let column = self.columns.intern(name);
            let subject = if source.json_path(column).is_some() {
                Some("a column inside JSON".to_owned())
            } else {
                unfit_for_dates(source, column)
            };
            if let Some(subject) = subject {
                let advice = format!("it is a column of source `{}`", source.key);
                let error = CatalogError::WrongValue { subject };
                let error = Error::new(option.origin.path("date_column"), error);
                self.findings.push(error.with_help(Help::advice(advice)));
            }
        }
    }

    pub(super) fn report_column(&mut self, spec: &SourceSpec, field: &str, column: &str) {
        let error = CatalogError::UnknownColumn {
            source_key: crate::path::echo(&spec.source_key),
            column: crate::path::echo(column),
        };
        let declared = spec
            .columns
            .iter()
            .flatten()
            .map(|column| column.name.as_str());
        let help = self.findings.nearest(column, declared);
        self.findings
            .push(Error::new(spec.origin.path(field), error).with_help(help));
    }

    fn access_exempt(&mut self, spec: &SourceSpec) -> Vec<DimensionId> {
        let mut exempt = Vec::new();
        for key in &spec.access_exempt {
            match self.index.dimensions.get(key.as_str()) {
                Some(id) => exempt.push(*id),
                None => self.report_reference(spec, "access_exempt", "dimension", key),
            }
        }
        exempt.sort_unstable();
        exempt
    }

    pub(super) fn report_reference(
        &mut self,
        spec: &SourceSpec,
        field: &str,
        kind: &'static str,
        key: &str,
    ) {
        let error = CatalogError::UnknownReference {
            kind,
            name: crate::path::echo(key),
        };
        let help = match kind {
            "metric" => self
                .findings
                .nearest(key, self.index.metrics.keys().map(Name::as_str)),
            "dimension" => self
                .findings
                .nearest(key, self.index.dimensions.keys().map(Name::as_str)),
            _ => self
                .findings
                .nearest(key, self.index.sources.keys().map(Name::as_str)),
        };
        self.findings
            .push(Error::new(spec.origin.path(field), error).with_help(help));
    }

    /// Takes up the metrics that a source lists.
    fn offer_metrics(&mut self, spec: &'s SourceSpec, source: &mut Source, metrics: &[Metric]) {
        let Offer::Listed(listed) = &spec.metrics else {
            return;
        };
        for offer in listed {
            let Some(id) = self.index.metrics.get(offer.metric.as_str()).copied() else {
                self.report_reference(spec, "metrics", "metric", &offer.metric);
                continue;
            };
            let own = offer.sql_expression.as_deref().and_then(|sql| {
                let at = self.order.metrics.get(id.0 as usize)?;
                let frame = self.metric_frame(self.spec.metrics.get(*at)?);
                Some(self.source_definition(&frame, &offer.origin, sql))
            });
            if source.metrics.contains_key(&id) {
                let name = format!("{}.{}", spec.source_key, offer.metric);
                let kind = "source metric";
                let error = CatalogError::DuplicateKey { kind, name };
                self.report(&spec.origin, "metrics", error);
                continue;
            }
            self.check_metric_columns(spec, source, metrics.get(id.0 as usize), own.as_ref());
            source.metrics.insert(id, own);
        }
    }

    /// Every column of every definition of a listed metric has to be declared.
    fn check_metric_columns(
        &mut self,
        spec: &SourceSpec,
        source: &Source,
        metric: Option<&Metric>,
        own: Option<&Definition>,
    ) {
        let Some(metric) = metric.filter(|_| source.declares_columns()) else {
            return;
        };
        let base = own.unwrap_or(&metric.base);
        let variants = metric.variants.iter().map(|variant| &variant.definition);
        for definition in std::iter::once(base).chain(variants) {
            for column in self.definition_columns(definition) {
                if !source.hands_out(column) {
                    self.report_metric_column(spec, metric, column);
                }
            }
        }
        for column in metric.picked_columns() {
            if !source.hands_out(*column) {
                self.report_metric_column(spec, metric, *column);
            }
        }
    }

    fn report_metric_column(&mut self, spec: &SourceSpec, metric: &Metric, column: ColumnId) {
        let column = self.columns.name(column);
        let error = CatalogError::UnknownColumn {
            source_key: crate::path::echo(&spec.source_key),
            column: crate::path::echo(column),
        };
        let declared = spec.columns.iter().flatten();
        let near = crate::suggest::nearest(column, declared.map(|column| column.name.as_str()));
        let advice = match near {
            Some(near) => format!("metric `{}` needs it; did you mean `{near}`?", metric.key),
            None => format!("metric `{}` needs it", metric.key),
        };
        let path = spec.origin.path("metrics");
        self.findings
            .push(Error::new(path, error).with_help(Help::advice(advice)));
    }

    fn definition_columns(&self, definition: &Definition) -> Vec<ColumnId> {
        let Calculation::Aggregate { measures, .. } = &definition.calculation else {
            return Vec::new();
        };
        let fragments = measures
            .iter()
            .filter_map(|id| self.measures.get(id.0 as usize));
        fragments
            .flat_map(|fragment: &Fragment| fragment.columns.iter().copied())
            .collect()
    }

    /// The metrics whose columns a source declares and that it can place in time, and those that rest on such
    /// metrics alone.
    fn computable(
        &self,
        source: &Source,
        metrics: &[Metric],
    ) -> CatalogMap<MetricId, Option<Definition>> {
        let possible = |definition: &Definition| {
            self.definition_columns(definition)
                .iter()
                .all(|column| source.hands_out(*column))
        };
        let mut offered: CatalogMap<MetricId, Option<Definition>> = (0u32..)
            .zip(metrics)
            .filter(|(_, metric)| {
                metric.definitions().all(possible)
                    && metric
                        .picked_columns()
                        .iter()
                        .all(|column| source.hands_out(*column))
                    && unplaced(source, metric).is_none()
            })
            .map(|(id, _)| (MetricId(id), None))
            .collect();
        // Take away what rests on a metric that is not offered, and what rests on that.
        let mut resting: CatalogMap<MetricId, Vec<MetricId>> = CatalogMap::default();
        for (id, metric) in (0u32..).map(MetricId).zip(metrics) {
            for component in metric.definitions().flat_map(Definition::components) {
                resting.entry(*component).or_default().push(id);
            }
        }
        let mut missing: Vec<MetricId> = (0u32..)
            .take(metrics.len())
            .map(MetricId)
            .filter(|id| !offered.contains_key(id))
            .collect();
        while let Some(id) = missing.pop() {
            for above in resting.remove(&id).into_iter().flatten() {
                if offered.remove(&above).is_some() {
                    missing.push(above);
                }
            }
        }
        offered
    }

    /// Takes up the dimensions that a source lists, or all that it can express.
    fn offer_dimensions(
        &mut self,
        spec: &'s SourceSpec,
        source: &mut Source,
        dimensions: &[ParsedDimension<'s>],
    ) {
        match &spec.dimensions {
            Offer::All => {
                for (id, parsed) in (0u32..).map(DimensionId).zip(dimensions) {
                    let expressible = parsed.value.as_ref().is_some_and(|(_, fragment)| {
                        fragment
                            .columns
                            .iter()
                            .all(|column| source.may_have(*column))
                    });
                    if expressible
                        && let Some(found) = self.source_dimension(spec, source, parsed, None)
                    {
                        source.dimensions.insert(id, found);
                    }
                }
            }
            Offer::Listed(listed) => {
                for offer in listed {
                    let Some(id) = self.index.dimensions.get(offer.dimension.as_str()).copied()
                    else {
                        self.report_reference(spec, "dimensions", "dimension", &offer.dimension);
                        continue;
                    };
                    let Some(parsed) = dimensions.get(id.0 as usize) else {
                        continue;
                    };
                    if source.dimensions.contains_key(&id) {
                        let name = format!("{}.{}", spec.source_key, offer.dimension);
                        let kind = "source dimension";
                        let error = CatalogError::DuplicateKey { kind, name };
                        self.report(&spec.origin, "dimensions", error);
                        continue;
                    }
                    if let Some(found) = self.source_dimension(spec, source, parsed, Some(offer)) {
                        source.dimensions.insert(id, found);
                    }
                }
            }
        }
    }

    /// A dimension as this source expresses it.
    fn source_dimension(
        &mut self,
        spec: &'s SourceSpec,
        source: &Source,
        parsed: &ParsedDimension<'s>,
        offer: Option<&'s SourceDimensionSpec>,
    ) -> Option<SourceDimension> {
        let own = offer.and_then(|offer| offer.column_expression.as_deref());
        let (expr, value): (Expr<ColumnId>, Arc<Fragment>) = match own {
            Some(text) => {
                let origin = offer.map_or(&spec.origin, |offer| &offer.origin);
                let expr = self.row_fragment(origin, "column_expression", text)?;
                let fragment = Arc::new(self.fragment(&expr));
                (expr, fragment)
            }
            None => parsed
                .value
                .as_ref()
                .map(|(expr, value)| (expr.clone(), value.clone()))?,
        };
        if !self.check_columns(spec, "dimensions", source, &value.columns) {
            return None;
        }
        let own_condition = offer.and_then(|offer| offer.join_condition.as_deref());
        let lookup = self.source_lookup(offer, parsed, own_condition, &expr);
        let declared = value.bare.and_then(|column| source.column_type(column));
        let value_type = parsed
            .value_type
            .or(declared)
            .or(match parsed.spec.join_table {
                None => Some(parsed.data_type.unwrap_or(DataType::Text)),
                Some(_) => None,
            });
        let time = self.time_value(source, parsed, &value, value_type);
        let value_type = match time {
            Some(TimeValue { is_day: true, .. }) => Some(DataType::Date),
            _ => value_type,
        };
        let key = Name::new(&parsed.spec.dimension_key)?;
        Some(SourceDimension {
            key,
            value,
            value_type,
            time,
            lookup,
            is_column: false,
            path: None,
        })
    }

    /// Checks the lookups as the dimensions say them, which sources may override or not offer. What a
    /// source has found already is not found twice.
    pub(super) fn check_own_lookups(&mut self, parsed: &[ParsedDimension<'s>]) {
        for dimension in parsed {
            let has_own = dimension.spec.join_condition.is_some();
            if let Some((value, _)) = dimension.value.as_ref().filter(|_| has_own) {
                self.source_lookup(None, dimension, None, value);
            }
        }
    }

    fn source_lookup(
        &mut self,
        offer: Option<&'s SourceDimensionSpec>,
        parsed: &ParsedDimension<'s>,
        own_condition: Option<&'s str>,
        value: &Expr<ColumnId>,
    ) -> Option<Arc<super::super::dimension::Lookup>> {
        let dimension = parsed.spec;
        let complete = dimension.join_table.is_some()
            && dimension.display_column.is_some()
            && (own_condition.is_some() || dimension.join_condition.is_some());
        let none = dimension.join_table.is_none()
            && dimension.display_column.is_none()
            && dimension.join_condition.is_none();
        if !complete {
            if !none {
                let reason =
                    "a lookup needs `join_table`, `join_condition` and `display_column` together"
                        .to_owned();
                let error = CatalogError::JoinCondition { reason };
                self.report(&dimension.origin, "join_table", error);
            }
            return None;
        }
        let text = match (own_condition, offer) {
            (Some(condition), Some(offer)) => LookupText {
                spec: dimension,
                origin: &offer.origin,
                condition,
            },
            _ => LookupText {
                spec: dimension,
                origin: &dimension.origin,
                condition: dimension.join_condition.as_deref()?,
            },
        };
        self.lookup(&text, value).map(Arc::new)
    }

    /// How a value lies in time: by its declared column, else by the type the dimension states.
    fn time_value(
        &self,
        source: &Source,
        parsed: &ParsedDimension<'_>,
        value: &Fragment,
        value_type: Option<DataType>,
    ) -> Option<TimeValue> {
        if parsed.spec.join_table.is_some() {
            return None;
        }
        let stated = parsed.data_type;
        let stored = match value.bare {
            Some(column) => source.column_type(column).or(stated).or(value_type)?,
            None => value_type?,
        };
        if !stored.is_temporal() {
            return None;
        }
        let is_day = stated == Some(DataType::Date) && stored != DataType::Date;
        Some(TimeValue { stored, is_day })
    }
}

/// What is wrong with a column as one of dates, if its type is declared.
fn unfit_for_dates(source: &Source, column: ColumnId) -> Option<String> {
    let declared = source.column_type(column)?;
    (!declared.is_temporal()).then(|| format!("a date column of type {declared}"))
}
