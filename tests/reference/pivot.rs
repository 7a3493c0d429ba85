//! Members as columns, by hand: the rows of every group and member are put together, and each metric is worked
//! out from them.

use super::answer::{Asked, Member, OrderKey, Placing, SideRow, compare_keys};
use super::model::{Pivot, Row};
use super::value::Value;

/// A row of the result: the members of the other groups, and for every column of a metric the rows behind it.
pub struct Line<'w> {
    is_other: bool,
    values: Vec<Value>,
    columns: Vec<Vec<SideRow<'w>>>,
    /// All of them, of whatever member.
    all: Vec<SideRow<'w>>,
}

impl<'w> Asked<'w> {
    /// The rows of the result at a level, in order; `members` are those of the groups that it is by and of the
    /// last, which is pivoted.
    pub fn pivoted(&self, pivot: &Pivot, members: Vec<Member<'w>>, by: &[usize]) -> Vec<Row> {
        let lines = self.lines(pivot, members, by);
        let last = self.question.groups.len() - 1;
        let own: Vec<usize> = by.iter().copied().chain([last]).collect();
        let found = lines.into_iter().map(|line| {
            let of = |by: &[usize], rows| Member {
                is_other: line.is_other,
                ..self.member(by, line.values.clone(), rows)
            };
            let columns = line.columns.into_iter().map(|rows| of(&own, rows));
            let mut columns: Vec<Member<'w>> = columns.collect();
            let whole = of(by, line.all);
            let said = self.said(&whole);
            columns.extend(pivot.shows_total.then_some(whole));
            let keys = self.order_keys(&columns[pivot.ordered], &Placing::default());
            (line.is_other, keys, self.line_cells(said, &columns))
        });
        let mut found: Vec<(bool, Vec<OrderKey>, Row)> = found.collect();
        found.sort_by(|(is_other, left, _), (is_other_too, right, _)| {
            let by_kind = is_other.cmp(is_other_too);
            by_kind.then_with(|| compare_keys(left, right))
        });
        found.into_iter().map(|(.., cells)| cells).collect()
    }

    /// The rows at a level, each with what is behind its columns.
    pub fn lines(&self, pivot: &Pivot, members: Vec<Member<'w>>, by: &[usize]) -> Vec<Line<'w>> {
        let width = pivot.members.len() + usize::from(pivot.shows_other);
        let last = self.question.groups.len() - 1;
        let empty = |is_other, values| Line {
            is_other,
            values,
            columns: vec![Vec::new(); width],
            all: Vec::new(),
        };
        let mut lines: Vec<Line<'w>> = Vec::new();
        // What is by nothing is one row, whatever is counted.
        if by.is_empty() {
            lines.push(empty(false, vec![Value::Null; last + 1]));
        }
        for member in members {
            let mut values = member.values;
            let value = std::mem::replace(&mut values[last], Value::Null);
            let is_same = |line: &Line<'w>| {
                let mut both = line.values.iter().zip(&values);
                line.is_other == member.is_other && both.all(|(left, right)| left.is_same(right))
            };
            let at = match lines.iter().position(is_same) {
                Some(at) => at,
                None => {
                    lines.push(empty(member.is_other, values));
                    lines.len() - 1
                }
            };
            let listed = pivot
                .members
                .iter()
                .position(|listed| listed.is_same(&value));
            let column = listed.unwrap_or(pivot.members.len());
            lines[at].all.extend(member.rows.iter().copied());
            if let Some(rows) = lines[at].columns.get_mut(column) {
                rows.extend(member.rows);
            }
        }
        lines
    }

    /// What the row is, the other groups with their labels, and behind them every number of every column.
    fn line_cells(&self, said: Row, columns: &[Member<'w>]) -> Row {
        let first = &columns[0];
        let mut cells = said;
        let rows = first.values.len() - 1;
        for position in 0..rows {
            cells.push(first.values[position].clone());
            if self.world.dimensions[self.shown(position)].lookup.is_some() {
                cells.push(first.labels[position].clone());
            }
        }
        for metric in &self.question.metrics {
            let numbers = columns.iter().map(|member| {
                let mut numbers = vec![self.now(*metric, member)];
                if self.question.compare.is_some() {
                    numbers.extend(self.compared(*metric, member));
                }
                numbers
            });
            let numbers: Vec<Vec<Value>> = numbers.collect();
            for shown in 0..numbers[0].len() {
                cells.extend(numbers.iter().map(|of| of[shown].clone()));
            }
        }
        cells
    }
}
