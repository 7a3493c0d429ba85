//! How groups stand by a metric: their share of the sum over all groups, and their rank.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::catalog::MetricId;
use crate::catalog::metric::Formula;
use crate::catalog::spelling::KeySpelling;
use crate::error::Kind;
use crate::expr::render::Rendered;
use crate::expr::{BinaryOp, Expr};
use crate::output::{Column, ColumnRole, Shown, Standing};
use crate::resolve::ResolvedQuery;

use super::measures::MetricColumns;
use super::{Output, OutputTerm, Planner, Term};

/// A number against the sum of all of them; division gives NULL for zero.
static SHARE: LazyLock<Formula> = LazyLock::new(|| {
    let (part, whole) = (Expr::Reference(0), Expr::Reference(1));
    let share = Expr::Binary(BinaryOp::Divide, Box::new(part), Box::new(whole));
    Formula::new(&share, 2)
});

/// A column that looks at all groups that pass.
pub(crate) struct Placed<'c> {
    /// The number by which groups stand.
    pub(crate) of: Term,
    /// The number over the sum, where it is a share; else it is a rank.
    pub(crate) share: Option<&'c Rendered>,
    pub(crate) name: Cow<'c, KeySpelling>,
}

impl<'c> Planner<'c> {
    /// The columns that show how groups stand by a metric.
    pub(super) fn standing_outputs(
        &mut self,
        id: MetricId,
        query: &ResolvedQuery<'c>,
        metrics: &mut MetricColumns<'c>,
        outputs: &mut Vec<Output<'c>>,
        columns: &mut Vec<Column>,
    ) {
        let asked = query.standings.iter();
        for (_, standing) in asked.filter(|(metric, _)| *metric == id) {
            let Some((term, definition)) = metrics.known(id, query) else {
                continue;
            };
            let spelling = &definition.info.spelling;
            let formula: &'static Formula = &SHARE;
            let share = match standing {
                Standing::Share => {
                    let text = self.printed(&formula.printed, Kind::Metric, &spelling.key);
                    let Some(text) = text else { continue };
                    Some(text)
                }
                Standing::Rank => None,
            };
            let key = format!("{}.{}", spelling.key, standing.as_str());
            let name = self.names.take_owned(KeySpelling::new(&key));
            columns.push(Column {
                spelling: KeySpelling::clone(&name),
                role: ColumnRole::Standing,
                shown: Shown::standing(definition.info.clone(), self.metric_name(id), *standing),
                member: None,
                currency: None,
            });
            let position = metrics.placed.len();
            metrics.standing_terms.insert((id, *standing), position);
            metrics.placed.push(Placed {
                of: term,
                share,
                name: name.clone(),
            });
            outputs.push(Output {
                what: OutputTerm::Term(Term::Placed(position)),
                alias: name,
            });
        }
    }
}
