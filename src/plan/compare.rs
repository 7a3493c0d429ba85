//! Comparisons: every metric again in an earlier period, and its change since (R18).

use std::sync::LazyLock;

use crate::catalog::MetricId;
use crate::catalog::metric::{Definition, Formula};
use crate::catalog::spelling::KeySpelling;
use crate::error::Kind;
use crate::expr::functions::{Callee, Function};
use crate::expr::{BinaryOp, Call, Expr};
use crate::output::{Column, ColumnRole, Compared, Shown};
use crate::resolve::ResolvedQuery;

use super::measures::MetricColumns;
use super::{Output, OutputTerm, Planner, Side, Term};

/// The number less what it was.
static CHANGE: LazyLock<Formula> = LazyLock::new(|| Formula::new(&difference(), 2));

/// The change against the absolute value of what it was; division gives NULL for zero.
static CHANGE_PCT: LazyLock<Formula> = LazyLock::new(|| {
    let size = Expr::Call(Call {
        function: Callee::Known(Function::Abs),
        arguments: vec![Expr::Reference(1)],
        is_star: false,
        is_distinct: false,
        filter: None,
        within_group: None,
    });
    let share = Expr::Binary(BinaryOp::Divide, Box::new(difference()), Box::new(size));
    Formula::new(&share, 2)
});

fn difference() -> Expr<u32> {
    let (now, before) = (Expr::Reference(0), Expr::Reference(1));
    Expr::Binary(BinaryOp::Subtract, Box::new(now), Box::new(before))
}

impl<'c> Planner<'c> {
    /// The columns that show a metric in the earlier period and its change since.
    pub(super) fn comparison_outputs(
        &mut self,
        id: MetricId,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        for compared in Compared::ALL {
            let planned = self.compared(id, compared, query, metrics);
            let Some((term, definition)) = planned else {
                continue;
            };
            let key = format!("{}.{}", definition.info.spelling.key, compared.as_str());
            let alias = match metrics.name_of(term) {
                Some(name) if *name.key == *key => name.clone(),
                _ => self.names.take_owned(KeySpelling::new(&key)),
            };
            columns.push(Column {
                spelling: KeySpelling::clone(&alias),
                role: ColumnRole::Comparison,
                member: None,
                currency: None,
                shown: Shown::comparison(definition.info.clone(), self.metric_name(id), compared),
            });
            let what = OutputTerm::Term(term);
            outputs.push(Output { what, alias });
        }
    }

    /// The column of what a comparison shows of a metric; what is no number has no change.
    pub(super) fn compared(
        &mut self,
        id: MetricId,
        compared: Compared,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
    ) -> Option<(Term, &'c Definition)> {
        if let Some(known) = metrics.compared_terms.get(&(id, compared)) {
            return Some(*known);
        }
        let (before, _) = self.metric(id, Side::previous(id, query)?, query, metrics)?;
        let (now, definition) = self.metric(id, Side::current(id, query), query, metrics)?;
        let formula: &'static Formula = match compared {
            Compared::Previous => return Some((before, definition)),
            Compared::Change => &CHANGE,
            Compared::ChangePct => &CHANGE_PCT,
        };
        if !definition.info.data_type.is_numeric() {
            return None;
        }
        let spelling = &definition.info.spelling;
        let text = self.printed(&formula.printed, Kind::Metric, &spelling.key)?;
        let name = self.names.take_compared(spelling, compared);
        let term = metrics.compute(formula, text, vec![now, before], name);
        metrics
            .compared_terms
            .insert((id, compared), (term, definition));
        Some((term, definition))
    }
}
