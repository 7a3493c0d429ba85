//! The members that a lookup has: what the caller may see of it, though no row has them.

use std::cmp::Ordering;

use super::answer::{Asked, OrderKey, allows, compare_keys, test_passes};
use super::model::{Order, OrderBy, Row, TENANT};
use super::value::{Value, extreme};

/// The members with their labels, cell by cell.
pub fn members(asked: &Asked<'_>) -> Vec<Row> {
    let question = asked.question;
    let shown = asked.shown(0);
    let dimension = &asked.world.dimensions[shown];
    let lookup = dimension.lookup.expect("a dimension with labels");
    let rows = asked.world.lookups[lookup.table].iter();
    let own = rows.filter(|row| {
        (lookup.table == 1 || row[TENANT] == Value::integer(question.tenant))
            && (!lookup.only_live || row[3] == Value::Boolean(true))
            && !row[1].is_null()
            // A rule on another dimension is refused, and an exemption is about rows of a source.
            && question.rules.iter().all(|rule| !rule.is_about(asked.world, shown) || allows(rule, &row[1]))
    });
    let own: Vec<&Row> = own.collect();
    let mut found: Vec<Row> = Vec::new();
    for row in &own {
        if !found.iter().any(|known| known[0].is_same(&row[1])) {
            let same = own.iter().filter(|other| other[1].is_same(&row[1]));
            let label = extreme(same.map(|row| &row[2]), Ordering::Less);
            found.push(vec![row[1].clone(), label]);
        }
    }
    found.retain(|row| {
        let search = question.search.as_ref();
        search.is_none_or(|search| test_passes(search, &row[1]))
    });
    let by_group = Order {
        by: OrderBy::Group(0),
        is_descending: false,
        nulls_first: false,
    };
    let order: Vec<Order> = question.order.iter().copied().chain([by_group]).collect();
    let keys = |row: &Row| -> Vec<OrderKey> {
        let keys = order.iter().flat_map(|order| {
            let cells = match order.by {
                OrderBy::Label(_) => &row[1..],
                _ => &[row[1].clone(), row[0].clone()][..],
            };
            let keys = cells.iter().map(|cell| (cell.clone(), *order));
            keys.collect::<Vec<_>>()
        });
        keys.collect()
    };
    found.sort_by(|left, right| compare_keys(&keys(left), &keys(right)));
    let rows = found.into_iter().skip(question.offset.unwrap_or(0));
    rows.take(question.limit.unwrap_or(usize::MAX)).collect()
}
