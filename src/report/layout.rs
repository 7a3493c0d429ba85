//! Layouts: what a report shows, and where.

use crate::calendar::Grain;
use crate::request::{Request, SubtotalRequest};

/// What a report shows: a filter bar, and widgets in sections.
///
/// It is the `layout` of a report template, as JSON:
///
/// | field | of | says |
/// | --- | --- | --- |
/// | `filter_bar` | layout | the filters above the report: widgets without `type`, `position` and `chart`, whose requests are of the kind `values` |
/// | `sections` | layout | the sections, from the top |
/// | `title`, `module`, `widgets` | section | its heading, the module that gates it, what is in it |
/// | `id` | widget | a name that may hold hyphens, once in a layout |
/// | `type` | widget | `metric_card`, `chart` or `data_table` |
/// | `title`, `description` | widget | what people read |
/// | `module` | widget | the module that gates it |
/// | `request` | widget | any [`Request`] as JSON: one row for a card, groups for a chart, anything but `values` for a table |
/// | `fixed` | widget | what of the layers does not reach it: `filters`, `date_range`, `compare`, `grain`, `toggles` |
/// | `position` | widget | `x`, `y`, `w`, `h` on a grid of [twelve columns](Position::COLUMNS) |
/// | `chart` | chart | `type`, `x`, `split_by`, `series` (`key`, `type`, `axis`), `stacking`, `axes` (the titles of `left` and `right`) |
///
/// Reading is strict: an unknown field is an error with the nearest name. [`ReportBuilder`] reads the layouts
/// of a catalog, and makes sure that every request compiles and that charts show what their requests have.
///
/// [`ReportBuilder`]: super::ReportBuilder
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// The filters above the report.
    pub filter_bar: Vec<Widget>,
    /// The sections, from the top.
    pub sections: Vec<Section>,
}

/// A part of a report with its own heading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The module that gates it.
    pub module: Option<String>,
    /// What is in it.
    pub widgets: Vec<Widget>,
}

/// One thing that a report shows, and the request that it shows the answer of.
#[derive(Debug, Clone, PartialEq)]
pub struct Widget {
    /// The id, once in a report.
    pub id: String,
    /// What it is.
    pub kind: WidgetKind,
    /// The heading.
    pub title: String,
    /// What it says.
    pub description: Option<String>,
    /// The module that gates it.
    pub module: Option<String>,
    /// What it asks. Its filters and toggles always hold; its range, grain and comparison are what it has
    /// where no layer says otherwise.
    pub request: Request,
    /// What of the layers does not reach it.
    pub fixed: Vec<LayerPart>,
    /// Where it is; nothing for a filter, which is where the filter bar has it.
    pub position: Option<Position>,
    /// How a chart shows it.
    pub chart: Option<Chart>,
}

/// What a widget is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WidgetKind {
    /// One row of numbers, large.
    MetricCard,
    /// Groups, drawn.
    Chart,
    /// Groups or detail rows, listed.
    DataTable,
    /// The members of a dimension, to choose from.
    Filter,
}

impl WidgetKind {
    pub(super) const PLACED: [(&'static str, WidgetKind); 3] = [
        ("metric_card", WidgetKind::MetricCard),
        ("chart", WidgetKind::Chart),
        ("data_table", WidgetKind::DataTable),
    ];

    /// The name in a layout.
    pub fn as_str(self) -> &'static str {
        let placed = Self::PLACED.iter().find(|(_, kind)| *kind == self);
        placed.map_or("filter", |(name, _)| name)
    }
}

/// A part of a layer, as a widget may be fixed against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerPart {
    /// The conditions.
    Filters,
    /// The dates that count.
    DateRange,
    /// The period that is compared with.
    Compare,
    /// The grain of dates.
    Grain,
    /// The options of toggles.
    Toggles,
}

impl LayerPart {
    pub(super) const ALL: [(&'static str, LayerPart); 5] = [
        ("filters", LayerPart::Filters),
        ("date_range", LayerPart::DateRange),
        ("compare", LayerPart::Compare),
        ("grain", LayerPart::Grain),
        ("toggles", LayerPart::Toggles),
    ];

    /// The name in a layout and of the field in a layer.
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, part)| *part == self);
        found.map_or("filters", |(name, _)| name)
    }
}

/// A place on the grid.
///
/// ```
/// use measurand::report::Position;
/// let position = Position { x: 9, y: 0, w: 3, h: 2 };
/// assert!(position.x + position.w <= Position::COLUMNS);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Position {
    /// The first column.
    pub x: u32,
    /// The first row.
    pub y: u32,
    /// How many columns.
    pub w: u32,
    /// How many rows.
    pub h: u32,
}

impl Position {
    /// The columns of the grid.
    pub const COLUMNS: u32 = 12;

    /// The most rows of the grid.
    pub const MAX_ROWS: u32 = 10_000;
}

/// How a chart draws its groups.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Chart {
    /// The form of every series that has none of its own.
    #[serde(rename = "type")]
    pub kind: ChartKind,
    /// The output key of the dimension along the chart, such as `date` or `date.month`.
    pub x: String,
    /// The output key of a second dimension, each member of which is a series.
    pub split_by: Option<String>,
    /// What is drawn, one column of the result each.
    pub series: Vec<Series>,
    /// How series share their place.
    pub stacking: Stacking,
    /// The title of the axis on the left.
    pub left_title: Option<String>,
    /// The title of the axis on the right.
    pub right_title: Option<String>,
}

/// One column of the result in a chart.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Series {
    /// The output key, such as `revenue` or `revenue.previous`.
    pub key: String,
    /// Its own form, in a chart of several.
    #[serde(rename = "type")]
    pub kind: Option<ChartKind>,
    /// The axis that it is measured by.
    pub axis: Axis,
}

/// The form of a chart or a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChartKind {
    /// Points with a line through them.
    Line,
    /// A line with what is below it.
    Area,
    /// Upright bars.
    Bar,
    /// Parts of a circle; one series.
    Pie,
    /// Parts of a ring; one series.
    Donut,
}

impl ChartKind {
    pub(super) const ALL: [(&'static str, ChartKind); 5] = [
        ("line", ChartKind::Line),
        ("area", ChartKind::Area),
        ("bar", ChartKind::Bar),
        ("pie", ChartKind::Pie),
        ("donut", ChartKind::Donut),
    ];

    /// Whether it shows parts of one whole.
    pub(super) fn is_round(self) -> bool {
        matches!(self, ChartKind::Pie | ChartKind::Donut)
    }
}

/// How series share their place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Beside or in front of each other.
    #[default]
    None,
    /// On top of each other.
    Stacked,
    /// On top of each other, as shares of the whole.
    Percent,
}

/// The side that a series is measured on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// The left.
    #[default]
    Left,
    /// The right.
    Right,
}

impl Widget {
    /// Whether a part of the layers reaches the widget: it is not fixed against it, and has a use for it.
    pub(super) fn follows(&self, part: LayerPart) -> bool {
        let request = &self.request;
        let has_use = match part {
            // A filter shows what can be chosen, whatever is chosen.
            LayerPart::Filters | LayerPart::Toggles => self.kind != WidgetKind::Filter,
            LayerPart::DateRange => true,
            LayerPart::Compare => request.compare.is_some(),
            LayerPart::Grain => {
                let mut dimensions = request.dimensions.iter().chain(&request.columns);
                self.kind != WidgetKind::Filter && dimensions.any(|asked| asked.grain.is_some())
            }
        };
        has_use && !self.fixed.contains(&part)
    }

    /// Shows dates at another grain, wherever the request or the chart names them at theirs.
    pub(super) fn set_grain(&mut self, grain: Grain) {
        // Every field is named, so that one that is added is looked at here.
        let Request {
            kind: _,
            source: _,
            metrics: _,
            shares: _,
            ranks: _,
            dimensions,
            columns,
            toggles: _,
            filters: _,
            metric_filters: _,
            date_range: _,
            compare: _,
            fill_gaps: _,
            totals,
            top,
            // Its members are of the grain that it says.
            pivot: _,
            order_by,
            limit: _,
            offset: _,
            after: _,
        } = &mut self.request;
        let mut renamed = Vec::new();
        for asked in dimensions.iter_mut().chain(columns) {
            let Some(own) = &mut asked.grain else {
                continue;
            };
            let before = format!("{}.{own}", asked.dimension);
            *own = grain.as_str().to_owned();
            renamed.push((before, format!("{}.{own}", asked.dimension)));
        }
        let rename = |key: &mut String| {
            if let Some((_, after)) = renamed.iter().find(|(before, _)| before == key) {
                key.clone_from(after);
            }
        };
        order_by.iter_mut().for_each(|order| rename(&mut order.key));
        if let Some(dimension) = top.as_mut().and_then(|top| top.dimension.as_mut()) {
            rename(dimension);
        }
        for level in totals.iter_mut().flat_map(|totals| &mut totals.by) {
            match level {
                SubtotalRequest::By(key) => rename(key),
                SubtotalRequest::Together(keys) => keys.iter_mut().for_each(rename),
            }
        }
        if let Some(chart) = &mut self.chart {
            rename(&mut chart.x);
            chart.split_by.iter_mut().for_each(rename);
        }
    }
}
