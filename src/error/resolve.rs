//! What is wrong with a request or a context, given a catalog.

use super::ErrorCode;

/// A request or a context asks for what is not there or cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// No such thing, or none for this context: one message for both (R25b).
    #[error("unknown {kind} `{name}`")]
    Unknown {
        /// The kind of thing.
        kind: Kind,
        /// The key as written.
        name: String,
    },
    /// A key that names two things.
    #[error("key `{name}` names both a metric and a dimension")]
    AmbiguousKey {
        /// The key.
        name: String,
    },
    /// The same metric or dimension twice.
    #[error("{kind} `{name}` is asked for twice")]
    Duplicate {
        /// The kind of thing.
        kind: Kind,
        /// The key.
        name: String,
    },
    /// A request that asks for nothing.
    #[error("the request asks for neither a metric nor a dimension")]
    EmptyRequest,
    /// Several sources can answer, and none is preferred.
    #[error("sources {sources} can answer, and none is preferred")]
    AmbiguousSource {
        /// The candidates.
        sources: String,
    },
    /// No source has all that is asked for.
    #[error("no source offers all that is asked for")]
    NoSource,
    /// The source does not offer the metric or the dimension.
    #[error("source `{source_key}` does not offer {kind} `{name}`")]
    Unavailable {
        /// The source.
        source_key: String,
        /// The kind of thing.
        kind: Kind,
        /// The key.
        name: String,
    },
    /// A key that several paths of relationships end with.
    #[error("`{name}` may be reached from source `{source_key}` in several ways")]
    AmbiguousPath {
        /// The key as written.
        name: String,
        /// The source.
        source_key: String,
    },
    /// A key that leads from one row to many, so that each would be counted several times.
    #[error("`{name}` leads from each row of source `{source_key}` to many of source `{many}`")]
    FanOut {
        /// The key as written.
        name: String,
        /// The source that would be counted several times.
        source_key: String,
        /// The source with many rows.
        many: String,
    },
    /// The dimension may not be grouped by.
    #[error("dimension `{name}` may not be grouped by")]
    NotGroupable {
        /// The dimension.
        name: String,
    },
    /// The dimension may not be filtered by.
    #[error("dimension `{name}` may not be filtered by")]
    NotFilterable {
        /// The dimension.
        name: String,
    },
    /// The dimension has no such grain.
    #[error("dimension `{name}` has no grain `{grain}`")]
    GrainUnavailable {
        /// The dimension.
        name: String,
        /// The grain as written.
        grain: String,
    },
    /// The operator does not fit the type.
    #[error("operator `{op}` does not apply to {kind} `{name}` of type {data_type}")]
    OperatorType {
        /// The operator.
        op: &'static str,
        /// The kind of thing.
        kind: Kind,
        /// The key.
        name: String,
        /// Its type.
        data_type: &'static str,
    },
    /// The operator takes another number of values.
    #[error("operator `{op}` takes {takes}, found {found}")]
    OperatorArity {
        /// The operator.
        op: &'static str,
        /// What it takes, in words.
        takes: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A value that does not convert without loss. The value itself is not repeated.
    #[error("the value is not {expected}")]
    ValueType {
        /// What it should be, with its article.
        expected: &'static str,
    },
    /// A condition that mixes metrics with dimensions that are not grouped.
    #[error(
        "a condition on metrics may only be combined with dimensions that are grouped, and `{name}` is not"
    )]
    MixedFilter {
        /// The dimension.
        name: String,
    },
    /// A date range on a source without a date column.
    #[error("source `{source_key}` has no date column")]
    NoDateColumn {
        /// The source.
        source_key: String,
    },
    /// A comparison with the previous period of a range that is not there or has no end.
    #[error("the previous period is that before a date range with two ends, and there is none")]
    CompareWithoutRange,
    /// A page after a row of a source that does not say what tells rows apart.
    #[error("source `{source_key}` has no primary key, so a page after a row could lose rows")]
    NoPrimaryKey {
        /// The source.
        source_key: String,
    },
    /// Gaps are to be filled, and not one dimension says in what periods.
    #[error("gaps are filled along one dimension at a grain of the range's dates, and {found} are")]
    GapsWithoutDates {
        /// How many dimensions are, in words.
        found: &'static str,
    },
    /// Gaps are to be filled, and no range with two ends says where.
    #[error("gaps are filled from the first date of a range to its last, and there is none")]
    GapsWithoutRange,
    /// A share or a rank of a metric that is not shown.
    #[error("metric `{name}` is not among the metrics that are asked for")]
    NotSelected {
        /// The metric.
        name: String,
    },
    /// A share of a metric whose numbers do not add up to a whole.
    #[error("a number of metric `{name}` is no part of a whole: {reason}")]
    NotAdditive {
        /// The metric.
        name: String,
        /// Why, in words.
        reason: &'static str,
    },
    /// A window along periods that no range with two ends says.
    #[error("a window moves from the first date of a range to its last, and there is none")]
    WindowWithoutRange,
    /// A window, and dimensions that cut its dates in several ways.
    #[error(
        "a window moves along one dimension at a grain of the source's dates, and others are asked for"
    )]
    WindowDates,
    /// Members are to be ranked, and the request does not say of which dimension.
    #[error("members of one dimension are ranked, and {found} are grouped by")]
    TopDimension {
        /// How many dimensions there are.
        found: usize,
    },
    /// No such preset.
    #[error("unknown date range preset `{preset}`")]
    UnknownPreset {
        /// The preset as written.
        preset: String,
    },
    /// A text that is no date.
    #[error("the text is not a date of the form YYYY-MM-DD")]
    InvalidDate,
    /// The dimension has no lookup whose members could be read alone.
    #[error("dimension `{name}` has no lookup")]
    NoLookup {
        /// The dimension.
        name: String,
    },
    /// Something of a request or a context that only rows can answer, where a lookup alone is read.
    #[error("{part} cannot be answered from a lookup alone")]
    RowsNeeded {
        /// What it is, in words.
        part: &'static str,
    },
    /// A range that ends before it starts.
    #[error("the range ends before it starts")]
    RangeOrder,
    /// A preset needs the context's `now`.
    #[error("a date range preset needs the context's `now`")]
    MissingNow,
    /// Amounts are in the currency of the context, which says none.
    #[error("metric `{metric}` is in the currency of the context, which states none")]
    MissingCurrency {
        /// The metric.
        metric: String,
    },
    /// No such time zone.
    #[error("unknown time zone `{zone}`")]
    UnknownZone {
        /// The zone as written.
        zone: String,
    },
    /// A context that does not state its access rules.
    #[error("the context does not state its access rules")]
    MissingAccess,
    /// A rule on a dimension that the source cannot express.
    #[error("an access rule on dimension `{dimension}` cannot be applied to source `{source_key}`")]
    AccessDimensionUnavailable {
        /// The dimension.
        dimension: String,
        /// The source.
        source_key: String,
    },
    /// A tenant that is no whole number, no lower-case word and no UUID.
    #[error("the tenant is no whole number, no lower-case word and no UUID")]
    TenantInvalid,
    /// A tenant of another type than the source's tenant column.
    #[error("the tenant is not {expected}, as source `{source_key}` needs it")]
    TenantType {
        /// What it should be, with its article.
        expected: &'static str,
        /// The source.
        source_key: String,
    },
    /// The relation name with this tenant is too long for the database.
    #[error("the relation name of source `{source_key}` is too long with this tenant")]
    RelationTooLong {
        /// The source.
        source_key: String,
    },
    /// The relation with this tenant has the name of a step of the statement, and no schema.
    #[error(
        "the relation name of source `{source_key}` is that of a step of statements with this tenant"
    )]
    RelationIsStep {
        /// The source.
        source_key: String,
    },
    /// A part of a request that this version does not answer.
    #[error("{part} is not supported")]
    NotSupported {
        /// The part, in words.
        part: String,
    },
    /// The dialect has no way to say it.
    #[error("dialect `{dialect}` cannot express {construct} of {kind} `{name}`")]
    DialectUnsupported {
        /// The dialect.
        dialect: &'static str,
        /// What it cannot say.
        construct: String,
        /// The kind of thing.
        kind: Kind,
        /// The key.
        name: String,
    },
    /// A word that the field does not take.
    #[error("{subject} is not allowed here")]
    WrongValue {
        /// What was written.
        subject: String,
    },
    /// A bound of [`Limits`](crate::Limits) was hit.
    #[error("the limit `{limit}` of {bound} is exceeded")]
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// Its bound.
        bound: u64,
    },
}

/// The kind of thing that a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A data source.
    Source,
    /// A metric.
    Metric,
    /// A dimension.
    Dimension,
    /// A toggle.
    Toggle,
    /// An option of a toggle.
    Option,
    /// A key of the order.
    Key,
    /// A column of a source.
    Column,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Source => "source",
            Kind::Metric => "metric",
            Kind::Dimension => "dimension",
            Kind::Toggle => "toggle",
            Kind::Option => "option",
            Kind::Key => "key",
            Kind::Column => "column",
        })
    }
}

impl ResolveError {
    /// A bound that was hit, by the name of its field in [`Limits`](crate::Limits).
    pub(crate) fn limit(limit: &'static str, bound: usize) -> Self {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        ResolveError::LimitExceeded { limit, bound }
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            ResolveError::Unknown { kind, .. } => match kind {
                Kind::Source => ErrorCode::UnknownSource,
                Kind::Metric => ErrorCode::UnknownMetric,
                Kind::Dimension => ErrorCode::UnknownDimension,
                Kind::Toggle => ErrorCode::UnknownToggle,
                Kind::Option => ErrorCode::UnknownOption,
                Kind::Key => ErrorCode::UnknownKey,
                Kind::Column => ErrorCode::UnknownColumn,
            },
            ResolveError::AmbiguousKey { .. } => ErrorCode::AmbiguousKey,
            ResolveError::Duplicate {
                kind: Kind::Metric, ..
            } => ErrorCode::DuplicateMetric,
            ResolveError::Duplicate {
                kind: Kind::Column, ..
            } => ErrorCode::DuplicateColumn,
            ResolveError::Duplicate { .. } => ErrorCode::DuplicateDimension,
            ResolveError::EmptyRequest => ErrorCode::EmptyRequest,
            ResolveError::AmbiguousSource { .. } => ErrorCode::AmbiguousSource,
            ResolveError::NoSource => ErrorCode::NoSource,
            ResolveError::Unavailable {
                kind: Kind::Metric, ..
            } => ErrorCode::MetricUnavailable,
            ResolveError::Unavailable { .. } => ErrorCode::DimensionUnavailable,
            ResolveError::AmbiguousPath { .. } => ErrorCode::AmbiguousPath,
            ResolveError::FanOut { .. } => ErrorCode::FanOut,
            ResolveError::NotGroupable { .. } => ErrorCode::NotGroupable,
            ResolveError::NotFilterable { .. } => ErrorCode::NotFilterable,
            ResolveError::GrainUnavailable { .. } => ErrorCode::GrainUnavailable,
            ResolveError::OperatorType { .. } => ErrorCode::OperatorType,
            ResolveError::OperatorArity { .. } => ErrorCode::OperatorArity,
            ResolveError::ValueType { .. } => ErrorCode::ValueType,
            ResolveError::MixedFilter { .. } => ErrorCode::MixedFilter,
            ResolveError::NoDateColumn { .. } => ErrorCode::NoDateColumn,
            ResolveError::CompareWithoutRange => ErrorCode::CompareWithoutRange,
            ResolveError::NoPrimaryKey { .. } => ErrorCode::NoPrimaryKey,
            ResolveError::GapsWithoutDates { .. } => ErrorCode::GapsWithoutDates,
            ResolveError::GapsWithoutRange => ErrorCode::GapsWithoutRange,
            ResolveError::NoLookup { .. } => ErrorCode::NoLookup,
            ResolveError::RowsNeeded { .. } => ErrorCode::RowsNeeded,
            ResolveError::NotSelected { .. } => ErrorCode::NotSelected,
            ResolveError::NotAdditive { .. } => ErrorCode::NotAdditive,
            ResolveError::WindowWithoutRange => ErrorCode::WindowWithoutRange,
            ResolveError::WindowDates => ErrorCode::WindowDates,
            ResolveError::TopDimension { .. } => ErrorCode::TopDimension,
            ResolveError::UnknownPreset { .. } => ErrorCode::UnknownPreset,
            ResolveError::InvalidDate => ErrorCode::InvalidDate,
            ResolveError::RangeOrder => ErrorCode::RangeOrder,
            ResolveError::MissingNow => ErrorCode::MissingNow,
            ResolveError::MissingCurrency { .. } => ErrorCode::MissingCurrency,
            ResolveError::UnknownZone { .. } => ErrorCode::UnknownZone,
            ResolveError::MissingAccess => ErrorCode::MissingAccess,
            ResolveError::AccessDimensionUnavailable { .. } => {
                ErrorCode::AccessDimensionUnavailable
            }
            ResolveError::TenantInvalid => ErrorCode::TenantInvalid,
            ResolveError::TenantType { .. } => ErrorCode::TenantType,
            ResolveError::RelationTooLong { .. } | ResolveError::RelationIsStep { .. } => {
                ErrorCode::InvalidRelation
            }
            ResolveError::NotSupported { .. } => ErrorCode::NotSupported,
            ResolveError::DialectUnsupported { .. } => ErrorCode::DialectUnsupported,
            ResolveError::WrongValue { .. } => ErrorCode::WrongValue,
            ResolveError::LimitExceeded { .. } => ErrorCode::LimitExceeded,
        }
    }
}
