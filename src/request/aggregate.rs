//! How a request adds up a column.

/// How a request adds up a column that a source declares.
///
/// ```
/// use measurand::{ColumnAggregate, Request};
/// let request = Request::new().aggregate(ColumnAggregate::Sum, "amount").dimension("channel");
/// assert_eq!(request.metrics, ["amount.sum"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnAggregate {
    /// The rows that have a value.
    Count,
    /// The distinct values.
    CountDistinct,
    /// The sum of numbers.
    Sum,
    /// The mean of the numbers that are there.
    Avg,
    /// The least number, text or date.
    Min,
    /// The greatest number, text or date.
    Max,
    /// The number in the middle, or the mean of the two there.
    Median,
    /// The standard deviation of a sample.
    Stddev,
}

impl ColumnAggregate {
    /// Each with its word in requests.
    pub(crate) const ALL: [(&'static str, ColumnAggregate); 8] = [
        ("count", Self::Count),
        ("count_distinct", Self::CountDistinct),
        ("sum", Self::Sum),
        ("avg", Self::Avg),
        ("min", Self::Min),
        ("max", Self::Max),
        ("median", Self::Median),
        ("stddev", Self::Stddev),
    ];

    /// The word in a request, and what follows the column and a dot in the output key.
    pub fn as_str(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, each)| *each == self)
            .map_or("", |(word, _)| word)
    }

    /// The aggregate with this word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(each, _)| *each == word).map(|(_, found)| *found)
    }
}

#[cfg(test)]
mod tests {
    use super::ColumnAggregate;

    #[test]
    fn words_are_read_as_they_are_written() {
        for (word, aggregate) in ColumnAggregate::ALL {
            assert_eq!(aggregate.as_str(), word);
            assert_eq!(ColumnAggregate::parse(word), Some(aggregate));
        }
        assert_eq!(ColumnAggregate::parse("total"), None);
    }
}
