//! A column of a result: what it is called, what it shows, and how.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::calendar::Grain;
use crate::catalog::MetricType;
use crate::catalog::spelling::KeySpelling;
use crate::format::Currency;
use crate::name::Name;
use crate::value::DataType;

use super::{COUNT, ColumnMember, Compared, Format, RowColumn, Shown, Standing};

/// A column of a result: what it is called, what it shows, and how.
///
/// The columns of a result are its dimensions in the order of the request, each value followed by its
/// label where it has one, and then its metrics in the order of the request, each followed by its
/// comparisons where the request compares, and by its share and rank where they are asked for. With a pivot each
/// metric and comparison has a column for every member instead. With totals, what a row is stands in front of all.
/// Of detail rows
/// they are what was asked for, in that order, and behind it what the next page needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub(crate) spelling: KeySpelling,
    pub(crate) role: ColumnRole,
    pub(crate) shown: Shown,
    /// The member that it is of, where the request has a pivot.
    pub(crate) member: Option<Box<ColumnMember>>,
    /// The currency of the context, where a metric that is shown is in it.
    pub(crate) currency: Option<Currency>,
}

/// What a column is in a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColumnRole {
    /// The value of a dimension: what filters compare with.
    DimensionValue,
    /// The label of a dimension: what people read.
    DimensionLabel,
    /// A metric.
    Metric,
    /// A metric of the period that is compared with, or its change since.
    Comparison,
    /// The share that a group has of a metric, or its rank by it.
    Standing,
    /// How many rows a request has, or a member that values are listed of.
    Count,
    /// What a row is, in a result of which not all rows are data: `@row` is `data`, `other`, `subtotal` or `total`,
    /// and where there are subtotals `@by` is the keys of the dimensions that the row is by, with commas between them.
    Grouping,
    /// A column of the source, in detail rows.
    Column,
    /// What detail rows are ordered by though it was not asked for: it is there for the next page, as
    /// [`Page::after_columns`](super::Page::after_columns) says, and not to be shown.
    PageKey,
}

impl Column {
    /// How many rows there are.
    pub(crate) fn count() -> Self {
        Self {
            spelling: KeySpelling::new(COUNT),
            role: ColumnRole::Count,
            shown: Shown::Count,
            member: None,
            currency: None,
        }
    }

    /// What a row is.
    pub(crate) fn row(spelling: KeySpelling, column: RowColumn) -> Self {
        Self {
            spelling,
            role: ColumnRole::Grouping,
            shown: Shown::Row(column),
            member: None,
            currency: None,
        }
    }

    /// The output key: `revenue`, `campaign_name`, `campaign_name.label` or `date.month`.
    ///
    /// After a switch it is the key that was asked for; [`definition`](Self::definition) names what it
    /// became. A metric and a dimension may have one key; their [`role`](Self::role) differs.
    pub fn key(&self) -> &str {
        &self.spelling.key
    }

    /// The name of the column in the result, such as `campaign_name__label`: the key with `__` for each
    /// `.`, unique in the result, ignoring case, and of at most 63 bytes.
    pub fn alias(&self) -> &str {
        &self.spelling.alias
    }

    /// What the column is.
    pub fn role(&self) -> ColumnRole {
        self.role
    }

    /// What people call it: the catalog's `display_name`, that of the variant that applies; of a pivot with the
    /// member behind it.
    pub fn label(&self) -> &str {
        if let Some(member) = &self.member {
            return &member.label;
        }
        match &self.shown {
            Shown::Metric { info, .. } => &info.display_name,
            Shown::Comparison { label, .. } | Shown::Standing { label, .. } => label,
            Shown::Count => "Count",
            Shown::Row(column) => column.label(),
            Shown::Column { label, .. } => label,
            Shown::Dimension { info, .. } => &info.display_name,
        }
    }

    /// What it means.
    pub fn description(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => info.description.as_deref(),
            Shown::Dimension { info, .. } => info.description.as_deref(),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The type: of a metric as the catalog says (`currency`), of a dimension that of its values, of a column
    /// as it is declared (`integer`, `text[]`).
    pub fn data_type(&self) -> &'static str {
        match &self.shown {
            Shown::Comparison {
                compared: Compared::ChangePct,
                ..
            } => MetricType::Percentage.as_str(),
            Shown::Standing {
                standing: Standing::Share,
                ..
            } => MetricType::Percentage.as_str(),
            Shown::Standing { .. } => MetricType::Integer.as_str(),
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => info.data_type.as_str(),
            Shown::Dimension { data_type, .. } => data_type.as_str(),
            Shown::Count => DataType::Integer.as_str(),
            Shown::Row(_) => DataType::Text.as_str(),
            Shown::Column { data_type, .. } => data_type,
        }
    }

    /// Whether a row may have NULL in it. Dimensions may: rows without a value are a group.
    pub fn is_nullable(&self) -> bool {
        match &self.shown {
            Shown::Metric { is_nullable, .. } => *is_nullable,
            Shown::Comparison { .. } | Shown::Standing { .. } | Shown::Dimension { .. } => true,
            Shown::Column { is_present, .. } => !is_present,
            Shown::Count | Shown::Row(_) => false,
        }
    }

    /// How it is shown, as the catalog says; a variant may say otherwise than its metric. Nothing is set
    /// for dimensions.
    pub fn format(&self) -> Format<'_> {
        match &self.shown {
            Shown::Comparison {
                compared: Compared::ChangePct,
                ..
            }
            | Shown::Standing {
                standing: Standing::Share,
                ..
            } => Format::share(),
            Shown::Standing { .. } => Format::rank(),
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => {
                Format::of_metric(info, self.currency.as_ref())
            }
            Shown::Dimension { .. } | Shown::Column { .. } | Shown::Count | Shown::Row(_) => {
                Format::default()
            }
        }
    }

    /// Whether higher is worse; `false` for dimensions.
    pub fn is_invertable(&self) -> bool {
        match &self.shown {
            Shown::Metric { info, .. } | Shown::Comparison { info, .. } => info.is_invertable,
            // The first is the first, whether that is good or bad.
            Shown::Standing {
                info,
                standing: Standing::Share,
                ..
            } => info.is_invertable,
            Shown::Standing { .. } => false,
            Shown::Dimension { .. } | Shown::Column { .. } | Shown::Count | Shown::Row(_) => false,
        }
    }

    /// The group in a picker.
    pub fn category(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => Some(&info.category),
            Shown::Dimension { info, .. } => info.category.as_deref(),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The order within the group.
    pub fn sort_order(&self) -> i64 {
        match &self.shown {
            Shown::Metric { info, .. }
            | Shown::Comparison { info, .. }
            | Shown::Standing { info, .. } => info.sort_order,
            Shown::Dimension { info, .. } => info.sort_order,
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => 0,
        }
    }

    /// How a filter bar shows the dimension; `None` for metrics.
    pub fn filter_type(&self) -> Option<&str> {
        match &self.shown {
            Shown::Metric { .. }
            | Shown::Comparison { .. }
            | Shown::Standing { .. }
            | Shown::Column { .. }
            | Shown::Count
            | Shown::Row(_) => None,
            Shown::Dimension { info, .. } => Some(&info.filter_type),
        }
    }

    /// The metric or dimension behind the column; after a switch, the dimension that was chosen. `None`
    /// for a count of rows, for a column of the source or an aggregate of one, and for what a row is.
    pub fn definition(&self) -> Option<&Name> {
        match &self.shown {
            Shown::Metric { metric, .. }
            | Shown::Comparison { metric, .. }
            | Shown::Standing { metric, .. } => metric.as_ref(),
            Shown::Dimension { dimension, .. } => Some(dimension),
            Shown::Count | Shown::Column { .. } | Shown::Row(_) => None,
        }
    }

    /// The member of a pivot that the column is of; `None` where the request has none, and for dimensions.
    pub fn member(&self) -> Option<&ColumnMember> {
        self.member.as_deref()
    }

    /// The grain of a date, if one was asked for.
    pub fn grain(&self) -> Option<Grain> {
        match &self.shown {
            Shown::Metric { .. }
            | Shown::Comparison { .. }
            | Shown::Standing { .. }
            | Shown::Column { .. }
            | Shown::Count
            | Shown::Row(_) => None,
            Shown::Dimension { grain, .. } => *grain,
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = 14 + usize::from(self.member.is_some());
        let mut out = serializer.serialize_struct("Column", fields)?;
        out.serialize_field("key", self.key())?;
        out.serialize_field("alias", self.alias())?;
        out.serialize_field("label", self.label())?;
        out.serialize_field("role", &self.role)?;
        out.serialize_field("data_type", self.data_type())?;
        out.serialize_field("nullable", &self.is_nullable())?;
        out.serialize_field("format", &self.format())?;
        out.serialize_field("is_invertable", &self.is_invertable())?;
        out.serialize_field("category", &self.category())?;
        out.serialize_field("description", &self.description())?;
        out.serialize_field("sort_order", &self.sort_order())?;
        out.serialize_field("filter_type", &self.filter_type())?;
        out.serialize_field("definition", &self.definition())?;
        out.serialize_field("grain", &self.grain().map(Grain::as_str))?;
        if let Some(member) = self.member() {
            out.serialize_field("member", member)?;
        }
        out.end()
    }
}
