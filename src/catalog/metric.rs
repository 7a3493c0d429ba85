//! Metrics: what is measured, and how under which options.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::calendar::{Grain, Shift, Window};
use crate::expr::Expr;
use crate::expr::types::{Type, type_of};
use crate::format::{FormatPattern, PercentScale};
use crate::name::Name;
use crate::value::DataType;

use super::fragment::{Fragment, Printed};
use super::spelling::KeySpelling;
use super::toggle::Selection;
use super::{ColumnId, DimensionId, MeasureId, MetricId, OptionId, ToggleId};

/// A metric: an aggregate over one source, or derived from other metrics.
///
/// ```
/// use measurand::{Catalog, catalog::{Additivity, MetricType}};
///
/// let catalog = Catalog::from_json(r#"{"metrics": [
///   {"metric_key": "orders", "sql_expression": "COUNT(*)"},
///   {"metric_key": "revenue", "sql_expression": "SUM(revenue)", "data_type": "currency"},
///   {"metric_key": "basket", "derived_formula": "revenue / orders"}
/// ]}"#)?;
/// let revenue = catalog.metric("revenue").ok_or("no such metric")?;
/// assert_eq!(revenue.info().display_name, "Revenue");
/// assert_eq!(revenue.info().data_type, MetricType::Currency);
/// assert_eq!(revenue.additivity(), Additivity::Additive);
/// let basket = catalog.metric("basket").ok_or("no such metric")?;
/// assert!(basket.is_derived());
/// assert_eq!(basket.additivity(), Additivity::NonAdditive);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Metric {
    pub(crate) key: Name,
    pub(crate) base: Definition,
    /// The most specific first; no selection matches two of one specificity.
    pub(crate) variants: Vec<Variant>,
    pub(crate) module: Option<String>,
    pub(crate) additivity: Additivity,
    pub(crate) timing: Timing,
    /// Whether its timing, or that of a metric that it rests on under any options, is not the usual one.
    pub(crate) is_timed: bool,
}

/// Which rows in time a metric is of; by itself those of the period that is asked for.
#[derive(Default)]
pub(crate) struct Timing {
    /// How far back its period lies: so many periods.
    pub(crate) offset: Option<(i32, Grain)>,
    /// How far it reaches back from the end of a period.
    pub(crate) window: Option<Window>,
    /// The one date of each group that it is of.
    pub(crate) pick: Option<Pick>,
}

impl Timing {
    /// Whether it is that of a metric that says nothing of it.
    pub(crate) fn is_usual(&self) -> bool {
        self.offset.is_none() && self.window.is_none() && self.pick.is_none()
    }

    /// How far back its period lies, by the calendar.
    pub(crate) fn shift(&self) -> Option<Shift> {
        let (count, grain) = self.offset?;
        Shift::back(count, grain)
    }

    /// Whether it moves along the dates of the source.
    pub(crate) fn needs_dates(&self) -> bool {
        self.offset.is_some() || self.window.is_some()
    }
}

/// The one date whose rows count in a group, of those on which it has a row.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pick {
    /// The dimension that has the date.
    pub(crate) over: DimensionId,
    /// Whether it is the first date rather than the last.
    pub(crate) first: bool,
    /// What rows have to be for the metric.
    pub(crate) filter: Option<SharedFilter>,
}

/// A filter of semi-additive metrics, told from others by its number.
#[derive(Clone)]
pub(crate) struct SharedFilter {
    pub(crate) number: usize,
    pub(crate) fragment: Arc<Fragment>,
}

impl PartialEq for SharedFilter {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for SharedFilter {}

impl PartialOrd for SharedFilter {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SharedFilter {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

/// The override of a metric under one or several options.
pub(crate) struct Variant {
    /// Sorted by toggle.
    pub(crate) when: Box<[(ToggleId, OptionId)]>,
    pub(crate) definition: Definition,
}

/// How a metric may be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Additivity {
    /// Over every dimension.
    Additive,
    /// Over all dimensions but one.
    SemiAdditive,
    /// Over none; it is recomputed at each grain.
    NonAdditive,
}

/// How a metric is computed under some selection of options.
pub(crate) struct Definition {
    pub(crate) calculation: Calculation,
    pub(crate) info: Arc<MetricInfo>,
}

impl Definition {
    /// The metrics that it rests on, each once.
    pub(crate) fn components(&self) -> &[MetricId] {
        match &self.calculation {
            Calculation::Derived { components, .. } => components,
            Calculation::Aggregate { .. } | Calculation::OfColumn { .. } => &[],
        }
    }
}

/// The ways to compute a metric.
pub(crate) enum Calculation {
    /// From the rows of a source: distinct aggregates, and an expression over them.
    Aggregate {
        measures: Box<[MeasureId]>,
        /// `None` where the expression is the single measure itself.
        above: Option<Formula>,
    },
    /// From the rows of a source: aggregates of one column, which are none of the catalog's.
    OfColumn {
        parts: Box<[Fragment]>,
        above: Option<Formula>,
    },
    /// From other metrics.
    Derived {
        components: Box<[MetricId]>,
        formula: Formula,
    },
}

/// An expression over the measures or components of a definition; the holes are positions.
pub(crate) struct Formula {
    pub(crate) printed: Printed,
    /// How often each position is used.
    pub(crate) uses: Box<[u32]>,
    /// Tree nodes, for the limit on what a metric rests on.
    pub(crate) nodes: usize,
    /// Whether it surely is true or false.
    pub(crate) is_boolean: bool,
}

impl Formula {
    /// Prepares an expression over `count` positions.
    pub(crate) fn new(expr: &Expr<u32>, count: usize) -> Self {
        let mut uses = vec![0_u32; count];
        expr.for_each_reference(&mut |position| {
            if let Some(slot) = uses.get_mut(*position as usize) {
                *slot += 1;
            }
        });
        Self {
            // Which variant a metric will have is not known here, and any may be of this type.
            printed: Printed::new(expr, &|_| Some(DataType::Float)),
            uses: uses.into(),
            nodes: expr.nodes(),
            is_boolean: type_of(expr, &|_| None) == Some(Type::Data(DataType::Boolean)),
        }
    }
}

/// What is shown of a metric; shared with every column that shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricInfo {
    /// The spelling of its key in results and in SQL.
    pub(crate) spelling: KeySpelling,
    /// The label.
    pub display_name: String,
    /// What it measures.
    pub description: Option<String>,
    /// The group in a metric picker.
    pub category: String,
    /// The output type.
    pub data_type: MetricType,
    /// The display format.
    pub format_pattern: Option<String>,
    /// The same, read; none where it cannot be told whether percentages are fractions or in points.
    pub(crate) pattern: Option<FormatPattern>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// Whether amounts are in the currency of the context.
    pub takes_currency: bool,
    /// Whether a percentage is stored as a fraction or in points, as said or as the expression tells.
    pub percent_scale: Option<PercentScale>,
    /// How it aggregates, as the catalog says.
    pub aggregation_type: String,
    /// Whether higher is worse.
    pub is_invertable: bool,
    /// The order within the category.
    pub sort_order: i64,
    /// The text that defines it, as the catalog has it.
    pub expression: String,
    /// The row predicate that holds for it, as the catalog has it.
    pub filter: Option<String>,
    /// Whether a group without rows has NULL instead of a number.
    pub is_nullable: bool,
    /// Whether the numbers of groups add up to that of all rows: as declared, else as the expression tells.
    pub adds_up: bool,
}

/// The output type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricType {
    /// A number of unstated kind.
    Number,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// An amount of money in major units.
    Currency,
    /// A share; see `percent_scale`.
    Percentage,
    /// Text.
    Text,
    /// A date.
    Date,
    /// True or false.
    Boolean,
}

impl MetricType {
    pub(crate) const ALL: [(&'static str, MetricType); 8] = [
        ("number", MetricType::Number),
        ("integer", MetricType::Integer),
        ("decimal", MetricType::Decimal),
        ("currency", MetricType::Currency),
        ("percentage", MetricType::Percentage),
        ("text", MetricType::Text),
        ("date", MetricType::Date),
        ("boolean", MetricType::Boolean),
    ];

    /// Whether it is a number of any kind.
    pub(crate) fn is_numeric(self) -> bool {
        !matches!(
            self,
            MetricType::Text | MetricType::Date | MetricType::Boolean
        )
    }

    /// The name in a catalog.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, each)| *each == self)
            .map_or("number", |(name, _)| name)
    }
}

impl Metric {
    /// The key.
    pub fn key(&self) -> &Name {
        &self.key
    }

    /// What is shown of it while every toggle is at its default and no source overrides it.
    pub fn info(&self) -> &MetricInfo {
        &self.base.info
    }

    /// How it may be added up.
    pub fn additivity(&self) -> Additivity {
        self.additivity
    }

    /// Whether it is derived from other metrics.
    pub fn is_derived(&self) -> bool {
        matches!(self.base.calculation, Calculation::Derived { .. })
    }

    /// The number of its variants.
    pub fn variant_count(&self) -> usize {
        self.variants.len()
    }

    /// The variant that applies, if one does.
    pub(crate) fn variant(&self, selection: &Selection) -> Option<&Variant> {
        self.variants
            .iter()
            .find(|variant| selection.has_all(&variant.when))
    }

    /// The columns that tell which rows a semi-additive metric is of.
    pub(crate) fn picked_columns(&self) -> &[ColumnId] {
        let pick = self.timing.pick.as_ref();
        let filter = pick.and_then(|pick| pick.filter.as_ref());
        filter.map_or(&[], |filter| &filter.fragment.columns)
    }

    /// Every definition, the base first.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = &Definition> {
        std::iter::once(&self.base).chain(self.variants.iter().map(|variant| &variant.definition))
    }
}

#[cfg(test)]
mod tests {
    use super::Additivity;
    use crate::catalog::Catalog;

    #[test]
    fn counts_and_sums_add_up_and_counts_are_numbers() {
        use Additivity::{Additive, NonAdditive};
        for (text, additivity, is_nullable) in [
            ("COUNT(*)", Additive, false),
            ("COUNT(DISTINCT paid)", NonAdditive, false),
            ("SUM(paid)", Additive, true),
            ("SUM(DISTINCT paid)", NonAdditive, true),
            ("AVG(paid)", NonAdditive, true),
        ] {
            let catalog =
                format!(r#"{{"metrics": [{{"metric_key": "paid", "sql_expression": "{text}"}}]}}"#);
            let catalog = Catalog::from_json(&catalog).expect("a catalog");
            let metric = catalog.metric("paid").expect("its metric");
            assert_eq!(metric.additivity(), additivity, "{text}");
            assert_eq!(metric.info().is_nullable, is_nullable, "{text}");
        }
    }
}
