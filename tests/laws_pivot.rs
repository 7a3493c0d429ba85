//! A pivot is the request turned on its side: tried on random catalogs, rows and requests, on SQLite.

use std::cell::Cell;

use measurand::{Column, ColumnRole, CompiledQuery, Dialect};
use measurand_tests::generate::pivot::pivoted;
use measurand_tests::generate::said::agree;
use measurand_tests::generate::spelling::Reading;
use measurand_tests::generate::tape::{Case, check};
use measurand_tests::generate::{ask, sql};
use measurand_tests::reference::value::Value;
use measurand_tests::support::rows::Rows;
use measurand_tests::support::sqlite;

/// Questions of one world, which share its catalog.
const QUESTIONS: usize = 8;

fn is_metric(column: &Column) -> bool {
    matches!(column.role(), ColumnRole::Metric | ColumnRole::Comparison)
}

/// The cells of a row that are no metrics, without those of some dimension.
fn keys(query: &CompiledQuery, row: &[String], without: &[String]) -> Vec<String> {
    let columns = query.columns().iter().zip(row);
    let keys = columns
        .filter(|(column, _)| !is_metric(column) && !without.iter().any(|key| key == column.key()));
    keys.map(|(_, text)| text.clone()).collect()
}

/// Every cell has what the row of its group and member has in the request with the dimension among the others,
/// every row of a member has its cells, and every group its row.
///
/// Could break where a member is taken for another, where what has no row takes something from another row, or
/// where the groups are others than without a pivot.
#[test]
fn a_pivot_is_the_request_turned_on_its_side() {
    let connection = ask::memory();
    let (compared, with_rows) = (Cell::new(0_u32), Cell::new(0_u32));
    check(80, QUESTIONS, |Case { world, questions }| {
        let compiler = ask::compiler(&world, Reading::Plain, Dialect::Sqlite);
        let stored = connection.execute_batch(&sql::sqlite_rows(&world));
        stored.expect("rows that are stored");
        for (question, mut random) in questions {
            let mut side = pivoted(&mut random, &world, &question);
            side.is_count = false;
            side.totals = None;
            (side.limit, side.offset) = (None, None);
            let Some(pivot) = side.pivot.clone() else {
                continue;
            };
            let mut plain = side.clone();
            plain.pivot = None;
            plain.order = Vec::new();
            let last = side.groups.len() - 1;
            let key = side.key(&world, last);
            let without = [key.clone(), format!("{key}.label")];
            let Ok(turned) = ask::compile(&compiler, &world, &side, false) else {
                continue;
            };
            let plain = ask::compile(&compiler, &world, &plain, false);
            let plain = plain.map_err(|errors| errors.to_string())?;
            let run = |query: &CompiledQuery| sqlite::execute(query, &connection);
            let (cells, rows) = (run(&turned)?, run(&plain)?);
            compared.set(compared.get() + 1);
            with_rows.set(with_rows.get() + u32::from(!rows.is_empty()));
            if !is_turned(
                (&turned, &cells),
                (&plain, &rows),
                (&pivot.members, &without),
            ) {
                let described = ask::described(&world, &side);
                let turned = turned.sql();
                return Err(format!("{described}\n{turned}\n{cells:?}\n{rows:?}"));
            }
        }
        Ok(())
    });
    println!("{} compared, {} with rows", compared.get(), with_rows.get());
    // A good part of random contexts sees no row at all.
    assert!(compared.get() > 40 && with_rows.get() * 4 > compared.get());
}

fn is_turned(
    (turned, cells): (&CompiledQuery, &Rows),
    (plain, rows): (&CompiledQuery, &Rows),
    (members, without): (&[Value], &[String]),
) -> bool {
    let is_member = |column: &Column| column.key() == without[0] && !is_metric(column);
    let at = plain.columns().iter().position(is_member);
    let at = at.expect("the dimension is one of the columns");
    let groups: Vec<Vec<String>> = cells.iter().map(|row| keys(turned, row, &[])).collect();
    let has_group = |row: &Vec<String>| groups.contains(&keys(plain, row, without));
    let is_one_row = groups.len() == 1 && groups[0].is_empty();
    let are_groups = rows.iter().all(has_group)
        && groups.iter().all(|group| {
            let mut rows = rows.iter();
            is_one_row || rows.any(|row| keys(plain, row, without) == *group)
        });
    let has_member = |row: &Vec<String>, position: usize| {
        let member = vec![vec![members[position - 1].clone()]];
        agree(&member, &vec![vec![row[at].clone()]])
    };
    let metrics = plain.columns().iter().enumerate();
    let metrics: Vec<(usize, &Column)> = metrics.filter(|(_, column)| is_metric(column)).collect();
    let cell_says = |group: &Vec<String>, column: &Column, text: &String| {
        let Some(position) = column.member().and_then(|member| member.position()) else {
            return true;
        };
        let found = metrics.iter().find(|(_, metric)| {
            column.key().strip_prefix(metric.key()) == Some(&format!(".{position}"))
        });
        let (metric, _) = found.expect("the metric is one of the columns");
        let mut own = rows
            .iter()
            .filter(|row| keys(plain, row, without) == *group && has_member(row, position));
        own.next().is_none_or(|row| row[*metric] == *text)
    };
    are_groups
        && cells.iter().zip(&groups).all(|(row, group)| {
            let columns = turned.columns().iter().zip(row);
            let mut of_metrics = columns.filter(|(column, _)| is_metric(column));
            of_metrics.all(|(column, text)| cell_says(group, column, text))
        })
}
