//! Metrics to columns: each distinct aggregate once, formulas in levels above (R8, R9).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::fragment::Fragment;
use crate::catalog::metric::{Calculation, Definition, Formula};
use crate::catalog::spelling::KeySpelling;
use crate::catalog::{MeasureId, MetricId};
use crate::error::Kind;
use crate::expr::render::Rendered;
use crate::output::{Compared, Standing};
use crate::resolve::ResolvedQuery;

use super::{
    Computed, Measure, Operand, OrderItem, Output, OutputTerm, Placed, Planner, Predicate, Side,
    Term,
};

/// The columns that metrics need, found so far.
#[derive(Default)]
pub(super) struct MetricColumns<'c> {
    pub(super) measures: Vec<Measure<'c>>,
    pub(super) computed: Vec<Computed<'c>>,
    measure_positions: BTreeMap<(MeasureId, usize), usize>,
    pub(super) placed: Vec<Placed<'c>>,
    pub(super) standing_terms: BTreeMap<(MetricId, Standing), usize>,
    pub(super) compared_terms: BTreeMap<(MetricId, Compared), (Term, &'c Definition)>,
    metric_terms: BTreeMap<(MetricId, Side), (Term, &'c Definition)>,
    /// Whether aggregates of columns are asked for, which the catalog's may be as well.
    has_columns: bool,
    /// Where there are several frames, the legs that answer any metric, though it may be a constant.
    pub(super) legs: BTreeSet<usize>,
}

impl<'c> MetricColumns<'c> {
    /// No columns yet, and room for so many of either kind.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            measures: Vec::with_capacity(count),
            computed: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    /// The column of a metric that is planned already, of the period that is asked for.
    pub(super) fn known(
        &self,
        id: MetricId,
        query: &ResolvedQuery<'c>,
    ) -> Option<(Term, &'c Definition)> {
        self.metric_terms
            .get(&(id, Side::current(id, query)))
            .copied()
    }

    /// The name that a column has inside the statement.
    pub(super) fn name_of(&self, term: Term) -> Option<&Cow<'c, KeySpelling>> {
        match term {
            Term::Key(_) | Term::Placed(_) => None,
            Term::Measure(position) => self.measures.get(position).map(|measure| &measure.name),
            Term::Computed(position) => self.computed.get(position).map(|found| &found.name),
        }
    }

    /// The measure of a leg that is this very aggregate, though by another name.
    fn same_measure(&self, leg: usize, text: &Rendered) -> Option<usize> {
        let mut measures = self.measures.iter();
        let is_same = |measure: &Measure<'_>| measure.leg == leg && measure.text == text;
        measures.position(is_same).filter(|_| self.has_columns)
    }

    /// Whether a column surely is true or false.
    pub(super) fn is_boolean(&self, term: Term) -> bool {
        match term {
            Term::Key(_) | Term::Placed(_) => false,
            Term::Measure(at) => {
                let measure = self.measures.get(at);
                measure.is_some_and(|measure| measure.fragment.is_boolean)
            }
            Term::Computed(at) => self.computed.get(at).is_some_and(|found| found.is_boolean),
        }
    }

    fn level_of(&self, term: Term) -> usize {
        match term {
            Term::Computed(position) => self.computed.get(position).map_or(0, |found| found.level),
            Term::Key(_) | Term::Measure(_) | Term::Placed(_) => 0,
        }
    }

    /// Adds a column computed from others, a level above the highest of them.
    pub(super) fn compute(
        &mut self,
        formula: &Formula,
        text: &'c Rendered,
        arguments: Vec<Term>,
        name: Cow<'c, KeySpelling>,
    ) -> Term {
        let below = arguments
            .iter()
            .map(|term| self.level_of(*term))
            .max()
            .unwrap_or(0);
        let level = below + 1;
        for (argument, uses) in arguments.iter().zip(&formula.uses) {
            self.note_use(*argument, level, *uses);
        }
        let position = self.computed.len();
        let (last_use, uses) = (level, 0);
        self.computed.push(Computed {
            text,
            arguments,
            level,
            name,
            last_use,
            uses,
            is_boolean: formula.is_boolean,
        });
        Term::Computed(position)
    }

    pub(super) fn note_use(&mut self, term: Term, level: usize, uses: u32) {
        match term {
            Term::Key(_) | Term::Placed(_) => {}
            Term::Measure(position) => {
                if let Some(measure) = self.measures.get_mut(position) {
                    measure.last_use = measure.last_use.max(level);
                }
            }
            Term::Computed(position) => {
                if let Some(computed) = self.computed.get_mut(position) {
                    computed.last_use = computed.last_use.max(level);
                    computed.uses = computed.uses.saturating_add(uses);
                }
            }
        }
    }
}

/// What a column of a metric is named after.
#[derive(Clone, Copy)]
struct Named<'c> {
    spelling: &'c KeySpelling,
    /// Whether it is the number of the earlier period.
    is_previous: bool,
    /// Whether it is what a request for the metric shows, not its number in another frame or source, which
    /// a metric above it needs.
    is_own: bool,
}

impl<'c> Planner<'c> {
    /// The column of a metric on a leg, or over several; planned when it is first needed.
    ///
    /// Recursion is as deep as metrics rest on each other, which the catalog bounds.
    pub(super) fn metric(
        &mut self,
        id: MetricId,
        side: Side,
        query: &ResolvedQuery<'c>,
        columns: &mut MetricColumns<'c>,
    ) -> Option<(Term, &'c Definition)> {
        if let Some(found) = columns.metric_terms.get(&(id, side)) {
            return Some(*found);
        }
        let timing = self.catalog.metric_by_id(id).map(|metric| &metric.timing);
        let (outer, is_own) = (side, side.is_own(id, query));
        let side = match timing.filter(|timing| !timing.is_usual()) {
            None => side,
            Some(timing) => side.within(timing, query)?,
        };
        let leg = side.leg(query);
        let source = side.source.and_then(|source| query.legs.get(source));
        let source = source.map(|leg| leg.source);
        let definition = self.catalog.definition(id, source, &query.selection)?;
        let key = &*definition.info.spelling.key;
        let named = Named {
            spelling: &definition.info.spelling,
            is_previous: outer.is_previous,
            is_own,
        };
        if query.frames.len() > 1 && definition.components().is_empty() {
            columns.legs.extend(leg);
        }
        let term = match &definition.calculation {
            Calculation::Aggregate {
                measures,
                above: None,
            } => self.measure((*measures.first()?, leg?), Some(named), columns, key)?,
            Calculation::Aggregate {
                measures,
                above: Some(formula),
            } => {
                let mut terms = Vec::with_capacity(measures.len());
                for measure in measures {
                    terms.push(self.measure((*measure, leg?), None, columns, key)?);
                }
                self.computed(formula, terms, named, columns)?
            }
            Calculation::OfColumn { parts, above } => {
                columns.has_columns = true;
                let mut terms = Vec::with_capacity(parts.len());
                for (position, part) in parts.iter().enumerate() {
                    let name = above.is_none().then_some(named);
                    let measure = (id.part(position)?, leg?);
                    terms.push(self.aggregated(part, measure, name, columns, key)?);
                }
                match above {
                    Some(formula) => self.computed(formula, terms, named, columns)?,
                    None => *terms.first()?,
                }
            }
            Calculation::Derived {
                components,
                formula,
            } => {
                let mut terms = Vec::with_capacity(components.len());
                for component in components {
                    // What one source answers it answers whole; else each component has its own.
                    let source = side.source.or_else(|| query.placements.leg_of(*component));
                    let side = Side { source, ..side };
                    terms.push(self.metric(*component, side, query, columns)?.0);
                }
                self.computed(formula, terms, named, columns)?
            }
        };
        columns.metric_terms.insert((id, outer), (term, definition));
        Some((term, definition))
    }

    /// The column of an aggregate; named after the metric that is nothing else.
    fn measure(
        &mut self,
        (id, leg): (MeasureId, usize),
        named: Option<Named<'c>>,
        columns: &mut MetricColumns<'c>,
        metric: &str,
    ) -> Option<Term> {
        let fragment = self.catalog.measure(id)?;
        self.aggregated(fragment, (id, leg), named, columns, metric)
    }

    fn aggregated(
        &mut self,
        fragment: &'c Fragment,
        (id, leg): (MeasureId, usize),
        named: Option<Named<'c>>,
        columns: &mut MetricColumns<'c>,
        metric: &str,
    ) -> Option<Term> {
        if let Some(position) = columns.measure_positions.get(&(id, leg)) {
            return Some(Term::Measure(*position));
        }
        let text = self.printed(&fragment.printed, Kind::Metric, metric)?;
        if let Some(position) = columns.same_measure(leg, text) {
            columns.measure_positions.insert((id, leg), position);
            return Some(Term::Measure(position));
        }
        let position = columns.measures.len();
        let name = match named {
            Some(named) => self.names.take_named(named),
            None => self.names.take_part(position),
        };
        columns.measures.push(Measure {
            leg,
            fragment,
            text,
            name,
            last_use: 0,
        });
        columns.measure_positions.insert((id, leg), position);
        Some(Term::Measure(position))
    }

    fn computed(
        &mut self,
        formula: &'c Formula,
        arguments: Vec<Term>,
        named: Named<'c>,
        columns: &mut MetricColumns<'c>,
    ) -> Option<Term> {
        let text = self.printed(&formula.printed, Kind::Metric, &named.spelling.key)?;
        let name = self.names.take_named(named);
        Some(columns.compute(formula, text, arguments, name))
    }

    /// Notes what the result itself uses; the number of levels.
    pub(super) fn finish_metrics(
        &mut self,
        columns: &mut MetricColumns<'c>,
        outputs: &[Output<'c>],
        order: &[OrderItem],
        predicates: &[Predicate<'c>],
    ) -> usize {
        let levels = columns
            .computed
            .iter()
            .map(|computed| computed.level)
            .max()
            .unwrap_or(0);
        // Each looks at its number twice.
        for position in 0..columns.placed.len() {
            if let Some(of) = columns.placed.get(position).map(|placed| placed.of) {
                columns.note_use(of, levels + 1, 2);
            }
        }
        let shown = outputs.iter().map(|output| output.what);
        let ordered = order.iter().map(|item| item.what);
        for what in shown.chain(ordered) {
            if let OutputTerm::Term(term) = what {
                columns.note_use(term, levels + 1, 0);
            }
        }
        let mut waiting: Vec<&Predicate<'c>> = predicates.iter().collect();
        while let Some(predicate) = waiting.pop() {
            match predicate {
                Predicate::All(parts) | Predicate::Any(parts) => waiting.extend(parts),
                Predicate::Not(part) => waiting.push(part),
                Predicate::Test(Operand::Term(term), _) => columns.note_use(*term, levels + 1, 0),
                Predicate::Test(..) => {}
            }
        }
        levels
    }
}

impl<'c> super::names::Names<'c> {
    /// The metric's own name, or that of its number in the earlier period; with a number behind it where
    /// another column has that name, or may be asked for by it later.
    fn take_named(&mut self, named: Named<'c>) -> Cow<'c, KeySpelling> {
        match (named.is_own, named.is_previous) {
            (true, false) => self.take(named.spelling),
            (true, true) => self.take_compared(named.spelling, Compared::Previous),
            (false, _) => self.take_numbered(named.spelling),
        }
    }

    /// The name of what a comparison shows of a metric.
    pub(super) fn take_compared(
        &mut self,
        spelling: &KeySpelling,
        compared: Compared,
    ) -> Cow<'c, KeySpelling> {
        let key = format!("{}.{}", spelling.key, compared.as_str());
        self.take_owned(KeySpelling::new(&key))
    }

    /// A name for an aggregate that no metric is alone: `part_1`, `part_2` and so on.
    fn take_part(&mut self, position: usize) -> Cow<'c, KeySpelling> {
        self.take_owned(KeySpelling::new(&format!("part_{}", position + 1)))
    }
}
