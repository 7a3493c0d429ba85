//! Aggregates over declared columns that requests ask for by themselves, without a metric of the catalog.
//!
//! What is computed is built from the id of a checked column, so no text of a request is in it. Each is prepared
//! when it is first asked for, and is then as good as a metric's definition.

use std::sync::{Arc, LazyLock, OnceLock};

use crate::expr::aggregate::split;
use crate::expr::functions::{Callee, Function};
use crate::expr::{BaseType, BinaryOp, Call, Expr, TypeName};
use crate::format::FormatPattern;
use crate::request::ColumnAggregate;
use crate::value::{ColumnType, DataType};

use super::columns::ColumnId;
use super::fragment::Fragment;
use super::metric::{Calculation, Definition, Formula, MetricInfo, MetricType};
use super::source::RowColumn;
use super::spelling::KeySpelling;
use super::{MeasureId, MetricId};

impl ColumnAggregate {
    /// Whether it has a meaning for values of a type. Documents and arrays are counted and nothing else.
    pub(crate) fn applies_to(self, column: ColumnType) -> bool {
        let element = column.element;
        let is_value = !column.is_array && !matches!(element, DataType::Json | DataType::Jsonb);
        match self {
            Self::Count => true,
            Self::CountDistinct => is_value,
            Self::Sum | Self::Avg | Self::Median | Self::Stddev => is_value && element.is_numeric(),
            Self::Min | Self::Max => {
                let is_ordered = matches!(element, DataType::Text | DataType::Date);
                is_value && (is_ordered || element.is_numeric())
            }
        }
    }

    /// The type of what comes out.
    fn metric_type(self, element: DataType) -> MetricType {
        match (self, element) {
            (Self::Count | Self::CountDistinct, _) => MetricType::Integer,
            (_, DataType::Float) => MetricType::Number,
            (Self::Sum | Self::Min | Self::Max, DataType::Integer) => MetricType::Integer,
            (Self::Min | Self::Max, DataType::Text) => MetricType::Text,
            (Self::Min | Self::Max, DataType::Date) => MetricType::Date,
            _ => MetricType::Decimal,
        }
    }

    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Count => "Count of",
            Self::CountDistinct => "Distinct count of",
            Self::Sum => "Sum of",
            Self::Avg => "Average of",
            Self::Min => "Minimum of",
            Self::Max => "Maximum of",
            Self::Median => "Median of",
            Self::Stddev => "Standard deviation of",
        }
    }

    /// What is computed, as one would write it in a catalog.
    fn sql(self, column: &str) -> String {
        match self {
            Self::CountDistinct => format!("COUNT(DISTINCT {column})"),
            other => format!("{}({column})", other.as_str().to_uppercase()),
        }
    }

    fn expression(self, column: ColumnId, element: DataType) -> Expr<ColumnId> {
        let value = || vec![Expr::Reference(column)];
        match self {
            Self::Count => call(Function::Count, value()),
            Self::CountDistinct => Expr::Call(Call {
                is_distinct: true,
                ..plain(Function::Count, value())
            }),
            Self::Sum => call(Function::Sum, value()),
            Self::Avg => call(Function::Avg, value()),
            Self::Min => call(Function::Min, value()),
            Self::Max => call(Function::Max, value()),
            Self::Stddev => call(Function::StddevSamp, value()),
            Self::Median => median(column, element),
        }
    }
}

fn plain<R>(function: Function, arguments: Vec<Expr<R>>) -> Call<R> {
    Call {
        function: Callee::Known(function),
        arguments,
        is_star: false,
        is_distinct: false,
        filter: None,
        within_group: None,
    }
}

fn call<R>(function: Function, arguments: Vec<Expr<R>>) -> Expr<R> {
    Expr::Call(plain(function, arguments))
}

/// The continuous percentile is a binary fraction, which money must not become: the middle from below and the
/// middle from above are values of the column, and exact.
fn median(column: ColumnId, element: DataType) -> Expr<ColumnId> {
    let half = || vec![Expr::Number("0.5".into())];
    let middle = |function, is_descending| {
        Expr::Call(Call {
            within_group: Some((Box::new(Expr::Reference(column)), is_descending)),
            ..plain(function, half())
        })
    };
    if element == DataType::Float {
        return middle(Function::PercentileCont, false);
    }
    let [below, above] = [false, true].map(|is_descending| {
        let middle = middle(Function::PercentileDisc, is_descending);
        // Two whole numbers may be more than one has room for.
        let numeric = TypeName {
            base: BaseType::Numeric,
            modifiers: (None, None),
        };
        Box::new(Expr::Cast(Box::new(middle), numeric))
    });
    let both = Expr::Binary(BinaryOp::Add, below, above);
    let two = Expr::Number("2".into());
    Expr::Binary(BinaryOp::Divide, Box::new(both), Box::new(two))
}

/// The group of all of them in a metric picker.
const CATEGORY: &str = "columns";

/// The aggregates of a column, each prepared when it is first asked for.
#[derive(Default)]
pub(crate) struct PreparedAggregates([OnceLock<Option<Box<Definition>>>; 8]);

impl RowColumn {
    /// What an aggregate of the column is; nothing where its type has none.
    pub(crate) fn metric(&self, aggregate: ColumnAggregate) -> Option<&Definition> {
        let place = ColumnAggregate::ALL
            .iter()
            .position(|(_, each)| *each == aggregate)?;
        let prepared = self.aggregates.0.get(place)?;
        let definition = prepared.get_or_init(|| self.prepare(aggregate).map(Box::new));
        definition.as_deref()
    }

    fn prepare(&self, aggregate: ColumnAggregate) -> Option<Definition> {
        let column = self.value.value.bare?;
        let declared = self.data_type.filter(|of| aggregate.applies_to(*of))?;
        let types = |_: &ColumnId| (!declared.is_array).then_some(declared.element);
        let (above, calls) = split(&aggregate.expression(column, declared.element))?;
        let calls = calls.into_iter();
        let parts: Box<[Fragment]> = calls
            .map(|call| Fragment::aggregate(call, &types))
            .collect();
        let is_plain = matches!(above, Expr::Reference(0));
        let above = (!is_plain).then(|| Formula::new(&above, parts.len()));
        let name = &*self.spelling.key;
        let data_type = aggregate.metric_type(declared.element);
        let is_count = matches!(
            aggregate,
            ColumnAggregate::Count | ColumnAggregate::CountDistinct
        );
        let pattern = match data_type {
            MetricType::Integer => Some("#,##0"),
            MetricType::Decimal | MetricType::Number => Some("#,##0.00"),
            _ => None,
        };
        let info = MetricInfo {
            spelling: KeySpelling::new(&format!("{name}.{}", aggregate.as_str())),
            display_name: format!("{} {}", aggregate.in_words(), self.label),
            description: None,
            category: CATEGORY.to_owned(),
            data_type,
            format_pattern: pattern.map(str::to_owned),
            pattern: pattern.and_then(|text| FormatPattern::number(text).ok()),
            currency: None,
            takes_currency: false,
            percent_scale: None,
            aggregation_type: aggregate.as_str().to_owned(),
            is_invertable: false,
            sort_order: 0,
            expression: aggregate.sql(name),
            filter: None,
            is_nullable: !is_count,
            adds_up: matches!(aggregate, ColumnAggregate::Sum | ColumnAggregate::Count),
        };
        let calculation = Calculation::OfColumn { parts, above };
        Some(Definition {
            calculation,
            info: Arc::new(info),
        })
    }
}

/// Ids from here up are not positions in the catalog: they name a column and an aggregate of it.
const OF_COLUMN: u32 = 1 << 31;

/// The rows of a group.
static ROWS: LazyLock<Definition> = LazyLock::new(|| {
    let rows = Call {
        is_star: true,
        ..plain(Function::Count, Vec::new())
    };
    let info = MetricInfo {
        spelling: KeySpelling::new(COUNT),
        display_name: "Count".to_owned(),
        description: None,
        category: CATEGORY.to_owned(),
        data_type: MetricType::Integer,
        format_pattern: Some("#,##0".to_owned()),
        pattern: FormatPattern::number("#,##0").ok(),
        currency: None,
        takes_currency: false,
        percent_scale: None,
        aggregation_type: "count".to_owned(),
        is_invertable: false,
        sort_order: 0,
        expression: "COUNT(*)".to_owned(),
        filter: None,
        is_nullable: false,
        adds_up: true,
    };
    Definition {
        calculation: Calculation::OfColumn {
            parts: [Fragment::aggregate(rows, &|_| None)].into(),
            above: None,
        },
        info: Arc::new(info),
    }
});

/// The key of the column that counts rows.
pub(crate) const COUNT: &str = "count";

/// What counts the rows of a group.
pub(super) fn rows() -> &'static Definition {
    &ROWS
}

impl MetricId {
    /// The rows of a group, of whatever source. No aggregate of a column has the last bit.
    pub(crate) const ROWS: Self = Self(u32::MAX);

    /// The aggregate of a column, whichever source has it. `None` beyond what ids can tell apart.
    pub(crate) fn of_column(column: ColumnId, aggregate: ColumnAggregate) -> Option<Self> {
        let mut all = ColumnAggregate::ALL.iter();
        let place = all.position(|(_, each)| *each == aggregate)?;
        let place = u32::try_from(place).ok()?;
        // One more bit is left free for the two parts of a median.
        let fits = column.0 < 1 << 27;
        fits.then_some(Self(OF_COLUMN | column.0 << 4 | place << 1))
    }

    /// The column and the aggregate, if it is no metric of the catalog.
    pub(crate) fn column(self) -> Option<(ColumnId, ColumnAggregate)> {
        let rest = self.0.checked_sub(OF_COLUMN)?;
        if self == Self::ROWS {
            return None;
        }
        let place = usize::try_from(rest >> 1 & 7).ok()?;
        let (_, aggregate) = ColumnAggregate::ALL.get(place)?;
        Some((ColumnId(rest >> 4), *aggregate))
    }

    /// The measure that a part of the aggregate of a column is.
    pub(crate) fn part(self, position: usize) -> Option<MeasureId> {
        let position = u32::try_from(position).ok().filter(|at| *at < 2)?;
        Some(MeasureId(self.0 | position))
    }
}

#[cfg(test)]
mod tests {
    use super::{ColumnAggregate, ColumnId, MetricId};

    #[test]
    fn an_id_says_the_column_and_the_aggregate() {
        for (_, aggregate) in ColumnAggregate::ALL {
            for column in [0, 1, 4_711, (1 << 27) - 1].map(ColumnId) {
                let id = MetricId::of_column(column, aggregate).expect("an id");
                assert_eq!(id.column(), Some((column, aggregate)));
                assert_ne!(id.part(0), id.part(1));
            }
        }
        assert_eq!(MetricId(4).column(), None);
        assert_eq!(MetricId::ROWS.column(), None);
        let beyond = MetricId::of_column(ColumnId(1 << 27), ColumnAggregate::Sum);
        assert_eq!(beyond, None);
    }
}
