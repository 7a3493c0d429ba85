//! What is wrong with the definitions of a catalog.

use super::ErrorCode;

/// The definitions of a catalog contradict each other or a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// A key that breaks the grammar of names.
    #[error("{kind} name `{name}` is not a plain name")]
    InvalidName {
        /// The kind of thing.
        kind: &'static str,
        /// The key as written.
        name: String,
    },
    /// The same key twice.
    #[error("{kind} `{name}` is defined twice")]
    DuplicateKey {
        /// The kind of thing.
        kind: &'static str,
        /// The key.
        name: String,
    },
    /// A reference to a row or key that does not exist or is inactive.
    #[error("{kind} `{name}` does not exist or is inactive")]
    UnknownReference {
        /// The kind of thing.
        kind: &'static str,
        /// The key or id as written.
        name: String,
    },
    /// A relation name that cannot be used.
    #[error("relation `{name}` {reason}")]
    InvalidRelation {
        /// The name as written.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A fragment is no expression of the accepted subset.
    #[error("{reason}")]
    FragmentSyntax {
        /// What was expected and found.
        reason: String,
    },
    /// A fragment uses what fragments may not use.
    #[error("{construct} may not be used here")]
    FragmentForbidden {
        /// The construct.
        construct: String,
    },
    /// A function that is not on the list.
    #[error("unknown function `{name}`")]
    UnknownFunction {
        /// The name as written.
        name: String,
    },
    /// A column that the source does not declare.
    #[error("source `{source_key}` has no column `{column}`")]
    UnknownColumn {
        /// The source.
        source_key: String,
        /// The column.
        column: String,
    },
    /// A metric whose SQL does not aggregate.
    #[error("the expression has to aggregate every column that it uses")]
    MissingAggregate,
    /// An aggregate where rows are meant, or inside another aggregate.
    #[error("the aggregate `{function}` may not stand here")]
    MisplacedAggregate {
        /// The aggregate.
        function: String,
    },
    /// A metric with neither SQL nor formula.
    #[error("metric `{metric}` has neither `sql_expression` nor `derived_formula`")]
    MissingExpression {
        /// The metric.
        metric: String,
    },
    /// A formula that names another metric in front of its `=`.
    #[error("the formula of metric `{metric}` assigns to `{target}`")]
    FormulaTarget {
        /// The metric.
        metric: String,
        /// The name in front of `=`.
        target: String,
    },
    /// Metrics that rest on themselves, under some selection of options.
    #[error("metric `{metric}` rests on itself: {cycle}{when}")]
    MetricCycle {
        /// The first metric of the cycle.
        metric: String,
        /// The whole path.
        cycle: String,
        /// The options that close it, or nothing.
        when: String,
    },
    /// A toggle without exactly one default option.
    #[error("toggle `{toggle}` has {}", match count { 0 => "no default option".to_owned(), count => format!("{count} default options") })]
    ToggleDefault {
        /// The toggle.
        toggle: String,
        /// How many it has.
        count: usize,
    },
    /// Two variants that match one selection equally well.
    #[error("two variants of metric `{metric}` apply equally under {selection}")]
    AmbiguousVariant {
        /// The metric.
        metric: String,
        /// The selection, in words.
        selection: String,
    },
    /// A join condition of another form.
    #[error("{reason}")]
    JoinCondition {
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern that is none, or none for what it is to show.
    #[error("{reason}")]
    FormatPattern {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A lookup that is neither tenant-scoped nor declared global.
    #[error("the lookup of dimension `{dimension}` has no tenant condition")]
    LookupTenant {
        /// The dimension.
        dimension: String,
    },
    /// A derived metric offered by a source that lacks one of its components.
    #[error("metric `{metric}` needs `{component}`, which source `{source_key}` does not offer")]
    MissingComponent {
        /// The derived metric.
        metric: String,
        /// The component.
        component: String,
        /// The source.
        source_key: String,
    },
    /// A relationship that may meet several rows where its cardinality says one.
    #[error(
        "relationship `{name}` may meet several rows of source `{source_key}`, where its cardinality says one"
    )]
    RelationshipKey {
        /// The relationship.
        name: String,
        /// The source that should have one row.
        source_key: String,
    },
    /// A bound of [`Limits`](crate::Limits) was hit.
    #[error("the limit `{limit}` of {bound} is exceeded")]
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// Its bound.
        bound: u64,
    },
    /// Something is written that the definition does not take.
    #[error("{subject} is not allowed here")]
    WrongValue {
        /// What was written.
        subject: String,
    },
}

impl CatalogError {
    /// A bound that was hit, by the name of its field in [`Limits`](crate::Limits).
    pub(crate) fn limit(limit: &'static str, bound: usize) -> Self {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        CatalogError::LimitExceeded { limit, bound }
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            CatalogError::InvalidName { .. } => ErrorCode::InvalidName,
            CatalogError::DuplicateKey { .. } => ErrorCode::DuplicateKey,
            CatalogError::UnknownReference { .. } => ErrorCode::UnknownReference,
            CatalogError::InvalidRelation { .. } => ErrorCode::InvalidRelation,
            CatalogError::FragmentSyntax { .. } => ErrorCode::FragmentSyntax,
            CatalogError::FragmentForbidden { .. } => ErrorCode::FragmentForbidden,
            CatalogError::UnknownFunction { .. } => ErrorCode::UnknownFunction,
            CatalogError::UnknownColumn { .. } => ErrorCode::UnknownColumn,
            CatalogError::MissingAggregate => ErrorCode::MissingAggregate,
            CatalogError::MisplacedAggregate { .. } => ErrorCode::MisplacedAggregate,
            CatalogError::MissingExpression { .. } => ErrorCode::MissingExpression,
            CatalogError::FormulaTarget { .. } => ErrorCode::FormulaTarget,
            CatalogError::MetricCycle { .. } => ErrorCode::MetricCycle,
            CatalogError::ToggleDefault { .. } => ErrorCode::ToggleDefault,
            CatalogError::AmbiguousVariant { .. } => ErrorCode::AmbiguousVariant,
            CatalogError::JoinCondition { .. } => ErrorCode::JoinCondition,
            CatalogError::FormatPattern { .. } => ErrorCode::FormatPattern,
            CatalogError::LookupTenant { .. } => ErrorCode::LookupTenant,
            CatalogError::MissingComponent { .. } => ErrorCode::MissingComponent,
            CatalogError::RelationshipKey { .. } => ErrorCode::RelationshipKey,
            CatalogError::LimitExceeded { .. } => ErrorCode::LimitExceeded,
            CatalogError::WrongValue { .. } => ErrorCode::WrongValue,
        }
    }
}
