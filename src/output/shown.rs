//! What a column shows: a metric, how it compares and stands, a dimension, a column, what a row is.

use std::sync::Arc;

use crate::calendar::Grain;
use crate::catalog::reach::PathId;
use crate::catalog::{DimensionInfo, MetricInfo};
use crate::name::Name;
use crate::value::DataType;

/// What a column shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shown {
    Count,
    Row(RowColumn),
    Metric {
        info: Arc<MetricInfo>,
        /// None where it is the aggregate of a column.
        metric: Option<Name>,
        /// Whether a group may lack it, which it does where another source or period alone has the group.
        is_nullable: bool,
    },
    Comparison {
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        compared: Compared,
        label: Box<str>,
    },
    Standing {
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        standing: Standing,
        label: Box<str>,
    },
    Dimension {
        info: Arc<DimensionInfo>,
        dimension: Name,
        grain: Option<Grain>,
        data_type: DataType,
        /// The path of the first source to the rows that have it, where they are not its own.
        path: Option<PathId>,
    },
    Column {
        name: Box<str>,
        label: Box<str>,
        data_type: &'static str,
        /// Whether the primary key says that it is there in every row.
        is_present: bool,
    },
}

/// The columns that say what a row is where not all are data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowColumn {
    /// `data`, `other`, `subtotal` or `total`.
    Kind,
    /// The keys of the dimensions that the row is by.
    By,
}

impl RowColumn {
    /// The output key.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Kind => "@row",
            Self::By => "@by",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Kind => "Row",
            Self::By => "By",
        }
    }

    /// What it says, as a sentence of its provenance.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Kind => "@row is what a row is: data, other, subtotal or total",
            Self::By => {
                "@by is the keys of the dimensions that a row is by; the others are rolled up"
            }
        }
    }
}

/// What a comparison shows of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The metric in the earlier period.
    Previous,
    /// The metric less what it was before; NULL where a side is missing.
    Change,
    /// The change as a fraction of the absolute value before, 0.25 for a quarter more; NULL where that is
    /// zero or a side is missing.
    ChangePct,
}

impl Compared {
    /// Each, in the order of the columns.
    pub const ALL: [Compared; 3] = [Compared::Previous, Compared::Change, Compared::ChangePct];

    /// What follows the metric's key and a dot in the column's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Compared::Previous => "previous",
            Compared::Change => "change",
            Compared::ChangePct => "change_pct",
        }
    }

    /// What follows the metric's label in the column's.
    fn in_words(self) -> &'static str {
        match self {
            Compared::Previous => "previous",
            Compared::Change => "change",
            Compared::ChangePct => "change in %",
        }
    }
}

/// What is shown of how a group stands among all groups by a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The metric as a fraction of the sum over all groups; NULL where a side is missing or the sum is zero.
    Share,
    /// 1 for the largest; NULL where the metric is missing, and on rows that are no data.
    Rank,
}

impl Standing {
    /// Each, in the order of the columns.
    pub const ALL: [Standing; 2] = [Standing::Share, Standing::Rank];

    /// What follows the metric's key and a dot in the column's key.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Share => "share",
            Standing::Rank => "rank",
        }
    }
}

impl Shown {
    /// The standing of groups by a metric.
    pub(crate) fn standing(
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        standing: Standing,
    ) -> Self {
        let label = format!("{} ({})", info.display_name, standing.as_str()).into();
        Self::Standing {
            info,
            metric,
            standing,
            label,
        }
    }

    /// A comparison of a metric.
    pub(crate) fn comparison(
        info: Arc<MetricInfo>,
        metric: Option<Name>,
        compared: Compared,
    ) -> Self {
        let label = format!("{} ({})", info.display_name, compared.in_words()).into();
        Self::Comparison {
            info,
            metric,
            compared,
            label,
        }
    }
}
