//! Detail rows: those of the first source that the caller may see, as they are.

use std::cmp::Ordering;

use super::answer::{Asked, compare_keys, passes_all};
use super::model::{Detail, Item, ItemOrder, Order, OrderBy, Row, Subject, World};
use super::value::Value;

/// A row, and its number in the source, which is its primary key.
type Numbered<'w> = (usize, &'w Row);

/// The rows of a page, cell by cell, and one more where there are more (R15).
pub fn rows(asked: &Asked<'_>, detail: &Detail) -> Vec<Row> {
    let question = asked.question;
    let all = asked.world.rows.iter().enumerate();
    let mut found: Vec<Numbered<'_>> = all.filter(|(_, row)| passes_all(asked, row)).collect();
    if question.is_count {
        let count = i64::try_from(found.len()).expect("few rows");
        return vec![vec![Value::integer(count)]];
    }
    let order = order(asked.world, detail);
    let keys = |row: Numbered<'_>| key(asked, &order, &cells_of(asked, &order, row));
    found.sort_by(|left, right| compare_keys(&keys(*left), &keys(*right)));
    if let Some(after) = &detail.after {
        let after = key(asked, &order, after);
        found.retain(|row| compare_keys(&keys(*row), &after) == Ordering::Greater);
    }
    let rows = found.into_iter().skip(question.offset.unwrap_or(0));
    let most = question.limit.map_or(usize::MAX, |limit| limit + 1);
    let rows = rows.take(most);
    rows.map(|row| cells(asked, detail, &order, row)).collect()
}

/// What a row of the first source has in every key of the order.
pub fn order_cells(asked: &Asked<'_>, detail: &Detail, at: usize) -> Row {
    let row = &asked.world.rows[at];
    cells_of(asked, &order(asked.world, detail), (at, row))
}

/// The order as asked, then by the primary key or by all that is shown, in the direction of the last key.
fn order(world: &World, detail: &Detail) -> Vec<ItemOrder> {
    let is_descending = detail.order.last().is_some_and(|by| by.is_descending);
    let ties = match world.is_keyed {
        true => vec![Item::Number],
        false => detail.columns.clone(),
    };
    let ties = ties.into_iter().map(|item| ItemOrder {
        item,
        by_label: false,
        is_descending,
        nulls_first: false,
    });
    let mut order: Vec<ItemOrder> = Vec::new();
    for by in detail.order.iter().copied().chain(ties) {
        let is_same = |known: &ItemOrder| (known.item, known.by_label) == (by.item, by.by_label);
        if !order.iter().any(is_same) {
            order.push(by);
        }
    }
    order
}

fn key(asked: &Asked<'_>, order: &[ItemOrder], cells: &[Value]) -> Vec<(Value, Order)> {
    assert_eq!(order.len(), cells.len(), "{:?}", asked.question.detail);
    let keys = order.iter().zip(cells).map(|(by, cell)| {
        let order = Order {
            by: OrderBy::Group(0),
            is_descending: by.is_descending,
            nulls_first: by.nulls_first,
        };
        (cell.clone(), order)
    });
    keys.collect()
}

fn cells_of(asked: &Asked<'_>, order: &[ItemOrder], row: Numbered<'_>) -> Row {
    let cells = order.iter().map(|by| match by.by_label {
        true => label(asked, by.item, row),
        false => cell(asked, by.item, row),
    });
    cells.collect()
}

/// What is shown, each value with its label, and on a page what the next one needs.
fn cells(asked: &Asked<'_>, detail: &Detail, order: &[ItemOrder], row: Numbered<'_>) -> Row {
    let mut cells = Vec::new();
    for item in &detail.columns {
        let value = cell(asked, *item, row);
        let has_label =
            dimension(asked, *item).is_some_and(|at| asked.world.dimensions[at].lookup.is_some());
        cells.push(value);
        cells.extend(has_label.then(|| label(asked, *item, row)));
    }
    if asked.question.limit.is_some() && asked.world.is_keyed {
        // What is of one hidden item stands together, its value first.
        let mut hidden: Vec<Item> = Vec::new();
        for item in order.iter().map(|by| by.item) {
            if !detail.columns.contains(&item) && !hidden.contains(&item) {
                hidden.push(item);
            }
        }
        for item in hidden {
            let orders = |by_label| {
                let mut order = order.iter();
                order.any(|by| by.item == item && by.by_label == by_label)
            };
            cells.extend(orders(false).then(|| cell(asked, item, row)));
            cells.extend(orders(true).then(|| label(asked, item, row)));
        }
    }
    cells
}

/// The label of a dimension that has one.
fn label(asked: &Asked<'_>, item: Item, row: Numbered<'_>) -> Value {
    let dimension = dimension(asked, item).expect("a dimension");
    asked.label(dimension, &cell(asked, item, row))
}

fn cell(asked: &Asked<'_>, item: Item, (at, row): Numbered<'_>) -> Value {
    match (item, dimension(asked, item)) {
        (Item::Number, _) => Value::integer(i64::try_from(at + 1).expect("few rows")),
        // A column is what it is, whatever an option brings instead of it.
        (Item::Column(column), _) => row[column].clone(),
        (Item::Of(group), dimension) => {
            let value = asked.value(dimension.expect("a dimension"), row, None);
            asked.cut(group.grain, value)
        }
    }
}

/// The dimension that an item shows, after switches, which a grain keeps away.
fn dimension(asked: &Asked<'_>, item: Item) -> Option<usize> {
    match item {
        Item::Of(group) => Some(match group.of {
            Subject::Value(dimension) if group.grain.is_some() => dimension,
            Subject::Value(dimension) => asked.switched(dimension),
            Subject::Toggle(at) => asked.chosen(at).dimension.expect("a switch"),
            _ => panic!("dimensions are shown"),
        }),
        Item::Column(_) | Item::Number => None,
    }
}
