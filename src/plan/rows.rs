//! Detail rows: what is read of each, their order, their page.

use std::sync::Arc;

use crate::calendar::{Grain, Periods, Weekday};
use crate::catalog::dimension::SourceDimension;
use crate::catalog::spelling::KeySpelling;
use crate::error::{Errors, Kind};
use crate::expr::hazard::Hazard;
use crate::output::{Column, ColumnRole, Page, Shown};
use crate::resolve::{ResolvedQuery, ResolvedRows, RowItem};
use crate::value::{ColumnType, DataType, Param, Value};

use super::measures::MetricColumns;
use super::predicates::cuts_moments;
use super::{DetailOrder, DetailRows, Key, Leg, Output, OutputTerm, Plan, Planner, Term};

impl<'c> Planner<'c> {
    /// The plan of detail rows, or of their number.
    pub(super) fn detail(
        mut self,
        mut query: ResolvedQuery<'c>,
        rows: ResolvedRows<'c>,
    ) -> Result<Plan<'c>, Errors> {
        self.shares_lists = query.reads_far();
        let zone = self.bind(Param::Scalar(Value::Text(query.zone.as_str().into())));
        let mut outputs = Vec::new();
        let mut columns = Vec::new();
        let mut keys = Vec::new();
        let mut detail = DetailRows {
            order: Vec::new(),
            after: None,
            page: None,
            is_inside: false,
        };
        if query.is_count {
            outputs.push(Output::count());
            columns.push(Column::count());
            (query.limit, query.offset) = (None, None);
        } else {
            keys = self.detail_keys(&rows);
            self.detail_outputs(&rows, &keys, query.limit, &mut outputs, &mut columns);
            detail = self.detail_order(&rows, query.limit, &outputs);
            for leg in &mut query.legs {
                leg.buckets = rows.items.iter().map(RowItem::on_source).collect();
            }
        }
        // One more than the page has tells whether there are more.
        let limit = query.limit.map(|limit| limit.saturating_add(1));
        let limit = limit.map(|limit| self.bind(Param::Scalar(Value::Integer(limit))));
        let offset = query
            .offset
            .map(|offset| self.bind(Param::Scalar(Value::Integer(offset))));
        let tenant = query.tenant.clone();
        let mut legs = self.legs(
            (query.legs, &query.frames),
            &tenant,
            &mut MetricColumns::default(),
            [None, None],
            false,
        );
        let periods = query.periods;
        for leg in legs.iter_mut().filter(|_| detail.after.is_some()) {
            leg.scan.is_fenced |= tests_raising(leg, &keys, &detail, periods);
        }
        let plan = Plan {
            legs,
            keys,
            rows: Some(detail),
            outputs,
            columns,
            limit,
            offset,
            ..self.blank(tenant, (periods, zone))
        };
        self.findings.finish(plan)
    }

    /// What is read of each row: what is shown, and behind it what only orders.
    fn detail_keys(&mut self, rows: &ResolvedRows<'c>) -> Vec<Key<'c>> {
        let mut keys = Vec::with_capacity(rows.items.len());
        for (position, item) in rows.items.iter().enumerate() {
            let on_source = item.on_source();
            let name = on_source.key.as_str();
            let kind = match item {
                RowItem::Column(_) => Kind::Column,
                RowItem::Dimension { .. } => Kind::Dimension,
            };
            self.printed(&on_source.value.printed, kind, name);
            self.check_moments(on_source, name);
            let (grain, spelling, lookup) = match *item {
                RowItem::Column(column) => (None, &column.spelling, None),
                RowItem::Dimension {
                    dimension,
                    grain,
                    value,
                    ..
                } => {
                    let lookup = on_source.lookup.as_deref();
                    let is_read = position < rows.shown || rows.orders_by(position, true);
                    let lookup = lookup.filter(|_| is_read);
                    (grain, value, lookup.map(|lookup| (lookup, &dimension.key)))
                }
            };
            if let Some((lookup, dimension)) = lookup {
                self.check_lookup(lookup, dimension.as_str());
            }
            keys.push(Key {
                grain,
                name: self.names.take(spelling),
                lookup,
            });
        }
        keys
    }

    /// What was asked for, and on pages behind a row what the next one needs.
    fn detail_outputs(
        &mut self,
        rows: &ResolvedRows<'c>,
        keys: &[Key<'c>],
        limit: Option<i64>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        let needs_keys = rows.is_total && limit.is_some();
        for (position, (item, key)) in rows.items.iter().zip(keys).enumerate() {
            let is_shown = position < rows.shown;
            if !is_shown && !needs_keys {
                continue;
            }
            if is_shown || rows.orders_by(position, false) {
                let is_present =
                    |by: &crate::resolve::RowOrder| by.item == position && by.is_present;
                let is_present = rows.order.iter().any(is_present);
                let mut column = detail_column(item, &key.name, is_present);
                if !is_shown {
                    column.role = ColumnRole::PageKey;
                }
                columns.push(column);
                outputs.push(Output {
                    what: OutputTerm::Term(Term::Key(position)),
                    alias: key.name.clone(),
                });
            }
            if let (Some(_), RowItem::Dimension { label, .. }) = (key.lookup, item) {
                let alias = self.names.take(label);
                let mut column = label_column(item, &alias);
                if !is_shown {
                    column.role = ColumnRole::PageKey;
                }
                columns.push(column);
                outputs.push(Output {
                    what: OutputTerm::Label(position),
                    alias,
                });
            }
        }
    }

    fn detail_order(
        &mut self,
        rows: &ResolvedRows<'c>,
        limit: Option<i64>,
        outputs: &[Output<'c>],
    ) -> DetailRows {
        let order = rows.order.iter().map(|by| DetailOrder {
            key: by.item,
            by_label: by.by_label,
            descending: by.descending,
            nulls_first: by.nulls_first,
            is_present: by.is_present,
        });
        let order: Vec<DetailOrder> = order.collect();
        let after = rows.after.as_ref().map(|values| {
            let values = values.iter().map(|value| {
                let value = value.clone()?;
                let data_type = value.data_type();
                Some((self.bind(Param::Scalar(value)), data_type))
            });
            values.collect()
        });
        let place = |by: &DetailOrder| {
            let what = match by.by_label {
                true => OutputTerm::Label(by.key),
                false => OutputTerm::Term(Term::Key(by.key)),
            };
            outputs.iter().position(|output| output.what == what)
        };
        let page = limit.map(|limit| Page {
            limit: u64::try_from(limit).unwrap_or(0),
            after_columns: order
                .iter()
                .map(place)
                .collect::<Option<Vec<usize>>>()
                .filter(|_| rows.is_total && order.len() <= self.catalog.limits.filter_depth),
        });
        DetailRows {
            order,
            after,
            page,
            is_inside: false,
        }
    }
}

/// Whether what a page begins after is compared with a value that can raise: a database is free to do that
/// to any row that it reads.
fn tests_raising(leg: &Leg<'_>, keys: &[Key<'_>], detail: &DetailRows, periods: Periods) -> bool {
    detail.order.iter().any(|by| {
        let Some((value, key)) = leg.keys.get(by.key).zip(keys.get(by.key)) else {
            return false;
        };
        let rows = leg.scan.rows_of(value);
        value.value.hazard_on(rows.source.declares_columns()) != Hazard::Never
            || cuts_moments(value, rows.source, rows.date_switch)
            || key
                .grain
                .is_some_and(|grain| cut_can_raise(value, grain, periods))
    })
}

/// Whether cutting a value to its period can raise, at the ends of time: where a moment is put on the clock
/// of its zone, and where a span of time is added.
fn cut_can_raise(value: &SourceDimension, grain: Grain, periods: Periods) -> bool {
    let time = value.time;
    let is_moment = time.is_some_and(|time| time.stored == DataType::Timestamptz);
    let is_shifted = match grain {
        Grain::Week => periods.week_start != Weekday::Monday,
        Grain::FiscalQuarter => periods.months_before_fiscal_quarter() > 0,
        Grain::FiscalYear => periods.months_before_fiscal_year() > 0,
        _ => false,
    };
    is_moment || is_shifted
}

/// The value of an item.
fn detail_column(item: &RowItem<'_>, spelling: &KeySpelling, is_present: bool) -> Column {
    let value_type = item.value_type().unwrap_or(DataType::Text);
    match item {
        RowItem::Column(column) => Column {
            spelling: spelling.clone(),
            role: ColumnRole::Column,
            member: None,
            currency: None,
            shown: Shown::Column {
                name: column.spelling.key.clone(),
                label: column.label.clone(),
                data_type: column
                    .data_type
                    .map_or(value_type.as_str(), ColumnType::as_str),
                is_present,
            },
        },
        RowItem::Dimension { .. } => {
            dimension_column(item, spelling, ColumnRole::DimensionValue, value_type)
        }
    }
}

/// The label of a dimension.
fn label_column(item: &RowItem<'_>, spelling: &KeySpelling) -> Column {
    let shown = match item {
        RowItem::Dimension { dimension, .. } => dimension.info.data_type,
        RowItem::Column(_) => DataType::Text,
    };
    dimension_column(item, spelling, ColumnRole::DimensionLabel, shown)
}

fn dimension_column(
    item: &RowItem<'_>,
    spelling: &KeySpelling,
    role: ColumnRole,
    data_type: DataType,
) -> Column {
    let shown = match item {
        RowItem::Dimension {
            dimension,
            on_source,
            grain,
            info,
            ..
        } => Shown::Dimension {
            info: Arc::clone(info),
            dimension: dimension.key.clone(),
            grain: *grain,
            data_type,
            path: on_source.path,
        },
        RowItem::Column(column) => Shown::Column {
            name: column.spelling.key.clone(),
            label: column.label.clone(),
            data_type: data_type.as_str(),
            is_present: false,
        },
    };
    Column {
        spelling: spelling.clone(),
        role,
        member: None,
        currency: None,
        shown,
    }
}
