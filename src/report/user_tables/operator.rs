//! The operators of user tables, and what they are in a request.

/// How a field is compared. `in` and `notIn` take any number of values, `between` two, `isNull` and `isNotNull`
/// none, all others one.
///
/// "Is not" keeps rows without a value, as in any request. `within` takes the name of a range, such as
/// `last_30_days`, of the date that the table's source is about; it counts from the reader's now, in their zone.
///
/// ```
/// use measurand::report::FilterOperator;
/// assert_eq!(FilterOperator::parse("greaterThan"), Some(FilterOperator::Gt));
/// assert_eq!(FilterOperator::parse("greater_than"), FilterOperator::parse("gt"));
/// assert_eq!(FilterOperator::Neq.in_requests(), Some("neq"));
/// assert_eq!(FilterOperator::Within.in_requests(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterOperator {
    /// Has this value.
    Eq,
    /// Has another value, or none.
    Neq,
    /// Has one of these values.
    In,
    /// Has none of these values.
    NotIn,
    /// Is greater.
    Gt,
    /// Is greater or equal.
    Gte,
    /// Is less.
    Lt,
    /// Is less or equal.
    Lte,
    /// Lies between two values, both included.
    Between,
    /// Has this text in it.
    Contains,
    /// Does not have this text in it.
    NotContains,
    /// Begins with this text.
    StartsWith,
    /// Ends with this text.
    EndsWith,
    /// Has no value.
    IsNull,
    /// Has a value.
    IsNotNull,
    /// Lies in a named range of dates.
    Within,
}

impl FilterOperator {
    /// Every spelling, the first of each operator being the one that is written.
    pub(super) const WORDS: [(&'static str, FilterOperator); 33] = [
        ("eq", Self::Eq),
        ("equals", Self::Eq),
        ("neq", Self::Neq),
        ("notEquals", Self::Neq),
        ("not_equals", Self::Neq),
        ("in", Self::In),
        ("notIn", Self::NotIn),
        ("not_in", Self::NotIn),
        ("gt", Self::Gt),
        ("greaterThan", Self::Gt),
        ("greater_than", Self::Gt),
        ("gte", Self::Gte),
        ("greaterThanOrEqual", Self::Gte),
        ("greater_than_or_equal", Self::Gte),
        ("lt", Self::Lt),
        ("lessThan", Self::Lt),
        ("less_than", Self::Lt),
        ("lte", Self::Lte),
        ("lessThanOrEqual", Self::Lte),
        ("less_than_or_equal", Self::Lte),
        ("between", Self::Between),
        ("contains", Self::Contains),
        ("notContains", Self::NotContains),
        ("not_contains", Self::NotContains),
        ("startsWith", Self::StartsWith),
        ("starts_with", Self::StartsWith),
        ("endsWith", Self::EndsWith),
        ("ends_with", Self::EndsWith),
        ("isNull", Self::IsNull),
        ("is_null", Self::IsNull),
        ("isNotNull", Self::IsNotNull),
        ("is_not_null", Self::IsNotNull),
        ("within", Self::Within),
    ];

    /// The operator that a word of a definition means.
    pub fn parse(word: &str) -> Option<Self> {
        let mut words = Self::WORDS.iter();
        let found = words.find(|(spelled, _)| *spelled == word);
        found.map(|(_, operator)| *operator)
    }

    /// The word in a definition.
    pub fn as_str(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        let found = words.find(|(_, operator)| *operator == self);
        found.map_or("", |(word, _)| word)
    }

    /// The operator of a request; nothing for `within`, which is the range of a request.
    pub fn in_requests(self) -> Option<&'static str> {
        Some(match self {
            Self::Eq => "eq",
            Self::Neq => "neq",
            Self::In => "in",
            Self::NotIn => "not_in",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Between => "between",
            Self::Contains => "contains",
            Self::NotContains => "not_contains",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::IsNull => "is_null",
            Self::IsNotNull => "is_not_null",
            Self::Within => return None,
        })
    }

    /// Whether it stands without a value.
    pub(super) fn takes_nothing(self) -> bool {
        matches!(self, Self::IsNull | Self::IsNotNull)
    }
}
