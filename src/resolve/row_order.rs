//! Binds the order of detail rows, and the row that a page comes after.

use crate::catalog::columns::ColumnId;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::echo;
use crate::request::DimensionRequest;
use crate::value::{DataType, Scalar, Value};

use super::{REQUEST, ResolvedRows, Resolver, RowItem, RowOrder};

impl<'c> Resolver<'c, '_> {
    /// The order as asked, made total: by the primary key where the source declares one, else by all that
    /// is shown. Ties run in the direction of the last key that was asked for, as an index would.
    pub(super) fn order_rows(
        &mut self,
        source: &'c Source,
        selection: &Selection,
        items: Vec<RowItem<'c>>,
    ) -> ResolvedRows<'c> {
        let shown = items.len();
        let mut rows = ResolvedRows {
            items,
            shown,
            order: Vec::new(),
            is_total: false,
            after: None,
        };
        self.asked_order(source, selection, &mut rows);
        let descending = self.request.order_by.last().is_some_and(|by| by.descending);
        let key = self.row_key(source);
        let replaced = self.replaces_date(source, selection);
        rows.is_total = key.is_some();
        match key {
            Some(key) => {
                for column in key {
                    let item = rows.key_item(source, column, replaced);
                    rows.add(item, false, descending, false);
                }
            }
            None => {
                for item in 0..shown {
                    if rows.items.get(item).is_some_and(RowItem::is_ordered) {
                        rows.add(Some(item), false, descending, false);
                    }
                }
            }
        }
        rows.mark_present(source, replaced);
        self.bind_after(source, &mut rows);
        rows
    }

    /// The keys that the request names.
    fn asked_order(
        &mut self,
        source: &'c Source,
        selection: &Selection,
        rows: &mut ResolvedRows<'c>,
    ) {
        for (index, written) in self.request.order_by.iter().enumerate() {
            let at = REQUEST.key("order_by");
            let path = || at.index(index).key("key").path();
            let key = written.key.as_str();
            let shown = rows.items.iter().position(|item| item.key() == key);
            let hidden = || {
                let key = DimensionRequest {
                    dimension: key.to_owned(),
                    grain: None,
                };
                self.row_item(source, &key, selection)
            };
            let item = match shown {
                Some(shown) => Some((shown, false)),
                None => hidden().map(|item| (rows.position_of(item), false)),
            };
            let item =
                item.or_else(|| Some((self.labelled_item(source, key, selection, rows)?, true)));
            let Some((item, of_label)) = item else {
                self.report_row_order(source, key, &rows.items, path());
                continue;
            };
            let found = rows.items.get(item);
            // What has no label is ordered by itself.
            let by_label = of_label && found.is_some_and(RowItem::has_label);
            if let Some(found) = found.filter(|found| !found.is_ordered_by(by_label)) {
                let error = ResolveError::OperatorType {
                    op: "order_by",
                    kind: Kind::Column,
                    name: echo(key),
                    data_type: match found {
                        RowItem::Column(column) if column.value.value_type.is_none() => "array",
                        _ => found.type_of(by_label).map_or("unknown", DataType::as_str),
                    },
                };
                self.report(path(), error);
                continue;
            }
            let (descending, nulls_first) = (written.descending, written.nulls_first);
            rows.add(Some(item), by_label, descending, nulls_first);
        }
    }

    /// The dimension that a key is the label of, hidden where nothing shows it.
    fn labelled_item(
        &self,
        source: &'c Source,
        key: &str,
        selection: &Selection,
        rows: &mut ResolvedRows<'c>,
    ) -> Option<usize> {
        let is_its_label = |item: &RowItem<'c>| item.label_key() == Some(key);
        if let Some(shown) = rows.items.iter().position(is_its_label) {
            return Some(shown);
        }
        let hidden = self.row_item(source, &labelled(key)?, selection);
        let hidden = hidden.filter(is_its_label)?;
        Some(rows.position_of(hidden))
    }

    /// Reports a key that the rows cannot be ordered by.
    fn report_row_order(
        &mut self,
        source: &'c Source,
        key: &str,
        items: &[RowItem<'c>],
        path: crate::path::Path,
    ) {
        let labels = items.iter().filter(|item| item.has_label());
        let labels = labels.filter_map(RowItem::label_key);
        let shown = items.iter().map(RowItem::key).chain(labels);
        let names = self.row_names(&[source]);
        let help = self
            .findings
            .nearest(key, shown.chain(names.iter().copied()));
        self.report_unknown(path, Kind::Key, key, help);
    }

    /// The primary key, without the tenant's column, which is one in all rows; none where rows cannot be
    /// ordered by it.
    fn row_key(&self, source: &Source) -> Option<Vec<ColumnId>> {
        let key = source.primary_key.iter().copied();
        let key: Vec<ColumnId> = key
            .filter(|column| source.tenant_column != Some(*column))
            .collect();
        let is_ordered = |column: &ColumnId| {
            let column = source.row_columns.get(column);
            column.is_some_and(|column| column.is_ordered())
        };
        (!source.primary_key.is_empty() && key.iter().all(is_ordered)).then_some(key)
    }

    /// The source's date column, where an option has put another one in its place.
    fn replaces_date(&self, source: &Source, selection: &Selection) -> Option<ColumnId> {
        let own = source.date_column?;
        (self.date_column(source, selection) != Some(own)).then_some(own)
    }

    /// What the row before the page has in each key of the order, converted as values of filters are.
    fn bind_after(&mut self, source: &Source, rows: &mut ResolvedRows<'c>) {
        let Some(written) = &self.request.after else {
            return;
        };
        let at = REQUEST.key("after");
        if !rows.is_total {
            let source_key = source.key.to_string();
            let error = Error::new(at.path(), ResolveError::NoPrimaryKey { source_key });
            let help = Help::advice("declare its `primary_key`, or ask for pages by `offset`");
            self.findings.push(error.with_help(help));
            return;
        }
        let bound = self.catalog.limits.filter_depth;
        if rows.order.len() > bound {
            self.report_limit(at.path(), "filter_depth", bound);
            return;
        }
        if written.len() != rows.order.len() {
            let keys = rows.order.iter().filter_map(|by| {
                let item = rows.items.get(by.item)?;
                let label = item.label_key().filter(|_| by.by_label);
                Some(format!("`{}`", label.unwrap_or(item.key())))
            });
            let keys: Vec<String> = keys.collect();
            let subject = format!("a list of {} values", written.len());
            let error = Error::new(at.path(), ResolveError::WrongValue { subject });
            let advice = format!("give one for each key of the order: {}", keys.join(", "));
            self.findings.push(error.with_help(Help::Advice(advice)));
            return;
        }
        let mut values = Vec::with_capacity(written.len());
        for (index, (scalar, by)) in written.iter().zip(&rows.order).enumerate() {
            if *scalar == Scalar::Null && !by.is_present {
                values.push(None);
                continue;
            }
            let item = rows.items.get(by.item);
            let known = item.and_then(|item| item.type_of(by.by_label));
            let data_type = known.or_else(|| DataType::infer([scalar]));
            match Value::convert(scalar, data_type.unwrap_or(DataType::Text), &self.zone) {
                Ok(value) => values.push(Some(value)),
                Err(expected) => {
                    let expected = expected.phrase();
                    let path = at.index(index).path();
                    self.report(path, ResolveError::ValueType { expected });
                }
            }
        }
        if values.len() == written.len() {
            rows.after = Some(values);
        }
    }
}

/// The dimension that a key seems to be the label of.
pub(super) fn labelled(key: &str) -> Option<DimensionRequest> {
    let dimension = key.strip_suffix(".label")?.to_owned();
    let grain = None;
    Some(DimensionRequest { dimension, grain })
}

impl<'c> RowItem<'c> {
    /// Whether rows can be ordered by it.
    fn is_ordered(&self) -> bool {
        match self {
            RowItem::Column(column) => column.is_ordered(),
            RowItem::Dimension { .. } => {
                !matches!(self.value_type(), Some(DataType::Json | DataType::Jsonb))
            }
        }
    }

    /// The same of its label, or of its value.
    fn is_ordered_by(&self, by_label: bool) -> bool {
        match by_label {
            true => !matches!(self.type_of(true), Some(DataType::Json | DataType::Jsonb)),
            false => self.is_ordered(),
        }
    }

    /// The type of its labels, or of its values where that is known.
    fn type_of(&self, by_label: bool) -> Option<DataType> {
        match self {
            RowItem::Dimension { dimension, .. } if by_label => Some(dimension.info.data_type),
            _ => self.value_type(),
        }
    }

    fn has_label(&self) -> bool {
        matches!(self, RowItem::Dimension { on_source, .. } if on_source.lookup.is_some())
    }

    /// The key of its label.
    fn label_key(&self) -> Option<&'c str> {
        match self {
            RowItem::Dimension { label, .. } => Some(&label.key),
            RowItem::Column(_) => None,
        }
    }

    /// The column, if the item is just that: not cut to a period, and not the date that an option has
    /// replaced.
    fn bare_column(&self, replaced: Option<ColumnId>) -> Option<ColumnId> {
        match self {
            RowItem::Column(column) => column.value.value.bare,
            RowItem::Dimension {
                on_source, grain, ..
            } => {
                if on_source.path.is_some() {
                    return None;
                }
                let is_cut = grain.is_some() || on_source.time.is_some_and(|time| time.is_day);
                let bare = on_source.value.bare.filter(|_| !is_cut);
                bare.filter(|column| replaced != Some(*column))
            }
        }
    }
}

impl<'c> ResolvedRows<'c> {
    /// Adds a key, unless what it orders by has one.
    fn add(&mut self, item: Option<usize>, by_label: bool, descending: bool, nulls_first: bool) {
        let Some(item) = item else { return };
        if self.orders_by(item, by_label) {
            return;
        }
        self.order.push(RowOrder {
            item,
            by_label,
            descending,
            nulls_first,
            is_present: false,
        });
    }

    /// The position of an item, behind the others where it is new.
    fn position_of(&mut self, item: RowItem<'c>) -> usize {
        let known = self.items.iter().position(|other| {
            let are_columns = matches!(
                (other, &item),
                (RowItem::Column(_), RowItem::Column(_))
                    | (RowItem::Dimension { .. }, RowItem::Dimension { .. })
            );
            are_columns && other.is_same(&item)
        });
        known.unwrap_or_else(|| {
            self.items.push(item);
            self.items.len() - 1
        })
    }

    /// The item that is a column of the primary key, hidden where nothing shows it.
    fn key_item(
        &mut self,
        source: &'c Source,
        column: ColumnId,
        replaced: Option<ColumnId>,
    ) -> Option<usize> {
        let shows = |item: &RowItem<'c>| item.bare_column(replaced) == Some(column);
        if let Some(shown) = self.items.iter().position(shows) {
            return Some(shown);
        }
        let hidden = source.row_columns.get(&column)?;
        Some(self.position_of(RowItem::Column(hidden)))
    }

    /// Columns of the primary key are never missing; a value inside JSON may be, whatever it is part of, and so may be
    /// what rows are added up by.
    fn mark_present(&mut self, source: &Source, replaced: Option<ColumnId>) {
        for by in &mut self.order {
            let item = self.items.get(by.item);
            let column = item.and_then(|item| item.bare_column(replaced));
            by.is_present = !by.by_label
                && column.is_some_and(|column| {
                    source.primary_key.contains(&column)
                        && source.json_path(column).is_none()
                        && source.rollup.is_none()
                });
        }
    }
}
