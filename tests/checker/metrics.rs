//! What a metric has to be computed from, by the catalog alone.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use measurand::catalog::spec::{AdditivitySpec, MetricSpec, Offer, SourceSpec};
use measurand::{FilterRequest, RequestKind, Subject};

use super::form::{form, is_aggregate};
use super::fragment::{both, normal_fragment};
use super::frames::Frame;
use super::lower::Lowered;
use super::meaning::Known;
use super::of_columns;
use super::standing::standing_form;
use super::tree::{Head, Tree};

/// The forms of metrics under one selection of options; each is worked out once, so that a graph of
/// metrics costs no more than it has metrics.
pub struct Metrics<'k, 'a> {
    /// The legs: those of the period that is asked for, and again those of every further frame.
    legs: &'k [Known<'a>],
    /// The frames of the legs, and how many sources each has.
    all_frames: Vec<Frame<'a>>,
    sources: usize,
    known: &'k Known<'a>,
    forms: RefCell<HashMap<Placed, u64>>,
    /// What comparisons show of metrics.
    changes: RefCell<HashSet<u64>>,
    /// The forms of their aggregates.
    aggregates: RefCell<HashSet<u64>>,
    /// The legs that answer any metric.
    used: RefCell<HashSet<usize>>,
    /// The legs that give an aggregate, of what is computed.
    aggregated: RefCell<HashSet<usize>>,
    /// Whether the answer is one row that rests on no aggregate, which one leg gives.
    is_one_row: Cell<bool>,
}

/// A metric's key, the source that answers, and the frame that it is asked for in.
type Placed = (String, Option<usize>, usize);

/// The definition of a metric that holds: its expression, and its type where that says one.
pub struct Definition<'a> {
    /// None where it is the aggregate of a column.
    pub metric: Option<&'a MetricSpec>,
    pub sql: Option<Cow<'a, str>>,
    pub formula: Option<&'a str>,
    pub data_type: Option<&'a str>,
}

impl<'k, 'a> Metrics<'k, 'a> {
    pub fn new(legs: &'k [Known<'a>]) -> Lowered<Self> {
        let mut all_frames: Vec<Frame<'a>> = legs.iter().map(|leg| leg.frame).collect();
        all_frames.dedup();
        Ok(Self {
            legs,
            known: legs.first().ok_or("no legs")?,
            sources: legs.len() / all_frames.len().max(1),
            all_frames,
            forms: RefCell::default(),
            changes: RefCell::default(),
            aggregates: RefCell::default(),
            used: RefCell::default(),
            aggregated: RefCell::default(),
            is_one_row: Cell::new(false),
        })
    }

    /// The leg that answers a metric of the period that is asked for: the only one, else the one whose
    /// source offers it (R14). `None` where it is derived over several.
    pub fn leg(&self, key: &str) -> Lowered<Option<usize>> {
        let legs = self.legs.iter().filter(|leg| leg.frame.is_usual());
        if legs.clone().count() == 1 {
            return Ok(Some(0));
        }
        let mut offering: Vec<&Known<'a>> = legs.filter(|leg| self.offers(leg, key)).collect();
        let is_exempt = |leg: &Known<'a>| {
            let rules = leg.context.access.iter();
            let mut ruled = rules.filter_map(|rule| leg.ruled(rule).ok());
            ruled.any(|spec| leg.source.access_exempt.contains(&spec.dimension_key))
        };
        if offering.iter().any(|leg| !is_exempt(leg)) {
            offering.retain(|leg| !is_exempt(leg));
        }
        if self.known.has_relationships() && offering.iter().any(|leg| leg.has_all()) {
            offering.retain(|leg| leg.has_all());
        }
        let highest = offering.iter().map(|leg| leg.source.priority).max();
        offering.retain(|leg| Some(leg.source.priority) == highest);
        match offering.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one.leg)),
            _ => Err(format!("several sources answer `{key}`")),
        }
    }

    /// Whether the legs have every metric that the request names, or all that it is derived from; where
    /// `constants_rest` on a source, what is derived from nothing has to be there itself.
    pub fn are_answered(&self, constants_rest: bool) -> bool {
        let request = self.known.request;
        let mut named: Vec<&str> = request.metrics.iter().map(String::as_str).collect();
        named.extend(request.top.iter().map(|top| top.by.as_str()));
        let order = request.order_by.iter();
        named.extend(order.clone().filter_map(|by| by.key.split('.').next()));
        named.extend(order.map(|by| by.key.as_str()));
        let filters = request.filters.iter().chain(&request.metric_filters);
        let mut waiting: Vec<&FilterRequest> = filters.collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if let Subject::Metric(key) = &comparison.subject {
                        named.push(key);
                    }
                }
            }
        }
        let spec = self.known.spec;
        let is_of_column = |key: &str| {
            let mut sources = spec.data_sources.iter();
            sources.any(|source| of_columns::on_source(source, key).is_some())
        };
        let is_metric =
            |key: &&str| spec.metrics.iter().any(|m| m.metric_key == *key) || is_of_column(key);
        let mut answered = HashMap::new();
        named
            .into_iter()
            .filter(is_metric)
            .all(|key| self.is_answered(key, constants_rest, &mut answered))
    }

    /// Each metric is looked at once, so that a graph of them costs no more than it has metrics.
    fn is_answered(
        &self,
        key: &str,
        constants_rest: bool,
        answered: &mut HashMap<String, bool>,
    ) -> bool {
        if let Some(found) = answered.get(key) {
            return *found;
        }
        let found = self.legs.iter().any(|leg| self.offers(leg, key))
            || self.parts(key).is_some_and(|parts| {
                let mut each = parts.iter();
                !(parts.is_empty() && constants_rest)
                    && each.all(|part| self.is_answered(part, constants_rest, answered))
            });
        answered.insert(key.to_owned(), found);
        found
    }

    /// The metrics that a derived one is computed from; constants are of none.
    fn parts(&self, key: &str) -> Option<Vec<String>> {
        let definition = self.definition_on(key, None).ok()?;
        definition.formula?;
        self.components(key, &definition).ok()
    }

    /// Whether a source has a metric: lists it, or declares every column that it reads.
    fn offers(&self, leg: &Known<'a>, key: &str) -> bool {
        if of_columns::counts_rows(self.known, key) {
            return true;
        }
        if of_columns::written(key).is_some() {
            return of_columns::on_source(leg.source, key).is_some();
        }
        let mut waiting = vec![key];
        let mut known: HashSet<&str> = HashSet::new();
        while let Some(key) = waiting.pop() {
            let declared = match (&leg.source.metrics, &leg.source.columns) {
                (Offer::Listed(listed), _) => {
                    return listed.iter().any(|offer| offer.metric == key);
                }
                (Offer::All, None) => return true,
                (Offer::All, Some(declared)) => declared,
            };
            let spec = self.known.spec;
            let Some(metric) = spec.metrics.iter().find(|m| m.metric_key == key) else {
                return false;
            };
            let variants = metric.variants.iter();
            let definitions = variants
                .map(|variant| (&variant.sql_expression, &variant.derived_formula))
                .chain([(&metric.sql_expression, &metric.derived_formula)]);
            for (sql, formula) in definitions {
                let (text, is_formula) = match (sql, formula) {
                    (_, Some(formula)) => (self.with_quotes(formula, key), true),
                    (Some(sql), None) => (sql.clone(), false),
                    (None, None) => continue,
                };
                let texts = [Some(text), metric.filter.clone().filter(|_| !is_formula)];
                for text in texts.into_iter().flatten() {
                    let Ok(tree) = normal_fragment(&text) else {
                        return false;
                    };
                    let mut reads = Vec::new();
                    tree.visit(&mut |part| {
                        if let Tree::Column(_, name) = part {
                            reads.push(name.clone());
                        }
                    });
                    for name in reads {
                        let metric = spec.metrics.iter().find(|m| m.metric_key == name);
                        match metric.filter(|_| is_formula) {
                            Some(metric) => {
                                if known.insert(&metric.metric_key) {
                                    waiting.push(&metric.metric_key);
                                }
                            }
                            None if declared.iter().any(|column| column.name == name) => {}
                            None => return false,
                        }
                    }
                }
            }
        }
        true
    }

    /// The definition of a metric on the source that answers it, and that leg: the most specific variant
    /// whose options are all chosen, else the source's own, else the metric's (R9).
    pub fn definition(&self, key: &str) -> Lowered<(Definition<'a>, Option<usize>)> {
        let leg = self.leg(key)?;
        let source = leg.and_then(|leg| self.legs.get(leg)).map(|leg| leg.source);
        Ok((self.definition_on(key, source)?, leg))
    }

    fn definition_on(&self, key: &str, source: Option<&'a SourceSpec>) -> Lowered<Definition<'a>> {
        if of_columns::counts_rows(self.known, key) {
            return Ok(of_columns::of_rows());
        }
        if of_columns::written(key).is_some() {
            let source = source.ok_or("an aggregate of no source's column")?;
            let found = of_columns::on_source(source, key);
            return found.ok_or_else(|| format!("no source has `{key}`"));
        }
        let spec = self.known.spec;
        let metric = spec.metrics.iter().find(|metric| metric.metric_key == key);
        let metric = metric.ok_or_else(|| format!("the catalog has no metric `{key}`"))?;
        let options = self.known.options;
        let applies = |when: &std::collections::BTreeMap<String, String>| {
            when.iter().all(|(toggle, option)| {
                options
                    .get(toggle.as_str())
                    .is_some_and(|chosen| chosen.option_key == *option)
            })
        };
        let variants = metric
            .variants
            .iter()
            .filter(|variant| applies(&variant.when));
        if let Some(variant) = variants.max_by_key(|variant| variant.when.len()) {
            return Ok(Definition {
                metric: Some(metric),
                sql: variant.sql_expression.as_deref().map(Cow::Borrowed),
                formula: variant.derived_formula.as_deref(),
                data_type: variant.data_type.as_deref().or(metric.data_type.as_deref()),
            });
        }
        let own = match source.map(|source| &source.metrics) {
            None | Some(Offer::All) => None,
            Some(Offer::Listed(listed)) => listed
                .iter()
                .find(|offer| offer.metric == key)
                .and_then(|offer| offer.sql_expression.as_deref()),
        };
        Ok(Definition {
            metric: Some(metric),
            sql: own.or(metric.sql_expression.as_deref()).map(Cow::Borrowed),
            formula: metric.derived_formula.as_deref().filter(|_| own.is_none()),
            data_type: metric.data_type.as_deref(),
        })
    }

    /// Works out every metric that the request needs: selected, in conditions, in the order.
    pub fn prepare(&self) -> Lowered<()> {
        let request = self.known.request;
        let mut waiting: Vec<&FilterRequest> = request
            .filters
            .iter()
            .chain(&request.metric_filters)
            .collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if let Subject::Metric(key) = &comparison.subject {
                        self.form(key, false)?;
                    }
                }
            }
        }
        // A count computes what conditions need, and nothing that is shown.
        let rests_on_nothing =
            || request.dimensions.is_empty() && self.aggregates.borrow().is_empty();
        let is_count = request.kind == RequestKind::Count;
        self.is_one_row.set(is_count && rests_on_nothing());
        let computed = self.aggregated.borrow().clone();
        for key in self.known.shown_metrics() {
            self.form(key, false)?;
            if self.is_compared() {
                self.form(key, true)?;
                self.compared(key)?;
            }
        }
        if let Some(top) = &request.top {
            self.form(&top.by, false)?;
        }
        let is_metric = |key: &str| {
            let mut metrics = self.known.spec.metrics.iter();
            of_columns::counts_rows(self.known, key)
                || of_columns::written(key).is_some()
                || metrics.any(|m| m.metric_key == key)
        };
        let keys = request.order_by.iter().map(|order| order.key.as_str());
        for key in keys {
            let metric = self.compared_key(key);
            match metric.filter(|(metric, _)| is_metric(metric)) {
                Some((metric, _)) => drop(self.compared(metric)?),
                None if is_metric(key) => {
                    self.form(key, false)?;
                }
                None => {}
            }
        }
        match is_count {
            true => *self.aggregated.borrow_mut() = computed,
            false => self.is_one_row.set(rests_on_nothing()),
        }
        Ok(())
    }

    pub fn known(&self) -> &'k Known<'a> {
        self.known
    }

    pub fn is_compared(&self) -> bool {
        self.previous().is_some()
    }

    /// The frame of the period that is compared with.
    fn previous(&self) -> Option<usize> {
        self.all_frames.iter().position(|frame| frame.is_previous)
    }

    /// What a comparison shows of a metric: what it was, and of a number its change and the change as a
    /// share of what it was.
    pub fn compared(&self, key: &str) -> Lowered<Vec<(&'static str, u64)>> {
        let (now, before) = (self.form(key, false)?, self.form(key, true)?);
        let mut found = vec![("previous", before)];
        let (definition, _) = self.definition(key)?;
        if matches!(definition.data_type, Some("text" | "date" | "boolean")) {
            return Ok(found);
        }
        for (name, formula) in [
            ("change", "now - before"),
            ("change_pct", "(now - before) / abs(before)"),
        ] {
            let tree = normal_fragment(formula)?.rewrite(&mut |tree| match &tree {
                Tree::Column(_, name) if name == "now" => Tree::Form(now),
                Tree::Column(_, name) if name == "before" => Tree::Form(before),
                _ => tree,
            });
            let form = form(&tree, self.known.is_sqlite);
            self.changes.borrow_mut().insert(form);
            found.push((name, form));
        }
        Ok(found)
    }

    /// A metric, and what a comparison shows of it, if a key is written so.
    fn compared_key<'t>(&self, key: &'t str) -> Option<(&'t str, &'t str)> {
        let is_one = self.is_compared() && of_columns::written(key).is_none();
        key.rsplit_once('.').filter(|_| is_one)
    }

    /// The form of a key of the order: of a metric, or of what a comparison shows of it.
    pub fn ordered(&self, key: &str) -> Lowered<u64> {
        if let Some((metric, word)) = key.rsplit_once('.')
            && let Some(standing) = self
                .known
                .standings(metric)
                .into_iter()
                .find(|standing| standing.as_str() == word)
        {
            return Ok(standing_form(self.form(metric, false)?, standing));
        }
        let Some((metric, shown)) = self.compared_key(key) else {
            return self.form(key, false);
        };
        let compared = self.compared(metric)?;
        let found = compared.iter().find(|(name, _)| *name == shown);
        found
            .map(|(_, form)| *form)
            .ok_or_else(|| format!("an order by `{key}`"))
    }

    /// Whether a leg has to be there: each of the period that is asked for and of the earlier one those that
    /// anything is compared on; where metrics have frames of their own, those that answer any metric.
    pub fn needs(&self, leg: &Known<'_>) -> bool {
        let used = self.used.borrow();
        let is_used = used.contains(&leg.leg);
        let usual = 1 + usize::from(self.is_compared());
        let aggregated = self.aggregated.borrow();
        // Without dimensions there is one row, whichever leg has nothing to give to it.
        let is_of_one_row = self.known.request.dimensions.is_empty() && !aggregated.is_empty();
        match self.is_one_row.get() {
            false if is_of_one_row => aggregated.contains(&leg.leg),
            true if used.is_empty() => leg.leg == 0,
            true => Some(&leg.leg) == used.iter().min(),
            false if self.all_frames.len() > usual && !used.is_empty() => is_used,
            false => leg.frame.is_usual() || is_used,
        }
    }

    /// Whether this is an aggregate of a metric that the request needs.
    pub fn has_aggregate(&self, form: u64) -> bool {
        self.aggregates.borrow().contains(&form)
    }

    /// Whether this is a metric that the request needs, by itself or below another one.
    pub fn has_metric(&self, form: u64) -> bool {
        self.changes.borrow().contains(&form)
            || self.forms.borrow().values().any(|known| *known == form)
    }

    /// What a metric has to be computed from, in this period or in the earlier one.
    pub fn form(&self, key: &str, is_previous: bool) -> Lowered<u64> {
        let frame = match is_previous {
            true => self.previous().ok_or("no earlier period")?,
            false => 0,
        };
        self.form_on(key, self.leg(key)?, frame)
    }

    /// The definition of a metric that is asked for on a leg in a frame, and the frame that it has.
    pub fn framed(
        &self,
        key: &str,
        leg: Option<usize>,
        outer: Frame<'a>,
    ) -> Lowered<(Definition<'a>, Frame<'a>)> {
        let source = leg.and_then(|leg| self.legs.get(leg)).map(|leg| leg.source);
        let definition = self.definition_on(key, source)?;
        let frame = match definition.metric {
            Some(metric) => self.frame_of(metric, outer)?,
            None => outer,
        };
        Ok((definition, frame))
    }

    /// The metrics that a definition names.
    pub fn components(&self, key: &str, definition: &Definition<'a>) -> Lowered<Vec<String>> {
        let Some(formula) = definition.formula else {
            return Ok(Vec::new());
        };
        let tree = normal_fragment(&self.with_quotes(formula, key))?;
        let mut found = Vec::new();
        tree.visit(&mut |part| {
            if let Tree::Column(_, name) = part {
                found.push(name.clone());
            }
        });
        Ok(found)
    }

    /// The same on a leg. What one source answers it answers whole; else each part has its own.
    fn form_on(&self, key: &str, leg: Option<usize>, outer: usize) -> Lowered<u64> {
        let known = (key.to_owned(), leg, outer);
        if let Some(known) = self.forms.borrow().get(&known) {
            return Ok(*known);
        }
        let frame = *self.all_frames.get(outer).ok_or("no such frame")?;
        let (definition, frame) = self.framed(key, leg, frame)?;
        let frame = self.all_frames.iter().position(|known| *known == frame);
        let frame = frame.ok_or("a frame of no leg")?;
        let first = frame * self.sources;
        if self.components(key, &definition)?.is_empty() {
            self.used.borrow_mut().extend(leg.map(|leg| first + leg));
        }
        // The rows of a semi-additive metric are chosen before they are grouped.
        let is_picked = matches!(
            definition
                .metric
                .and_then(|metric| metric.additivity.as_ref()),
            Some(AdditivitySpec::SemiAdditive { .. })
        );
        let metric = definition.metric;
        let filter = metric.and_then(|metric| metric.filter.as_deref());
        let filter = filter.filter(|_| !is_picked);
        let tree = match (definition.formula, definition.sql) {
            (Some(formula), _) => self.formula(formula, key, leg, frame)?,
            (None, Some(sql)) => {
                let leg = leg.ok_or_else(|| format!("no source answers `{key}`"))?;
                self.aggregates(&sql, filter, first + leg)?
            }
            (None, None) => return Err(format!("the metric `{key}` is nothing")),
        };
        let tree = match metric.and_then(|metric| metric.null_as.as_ref()) {
            Some(number) => Tree::node(Head::Coalesce, [tree, normal_fragment(number)?]),
            None => tree,
        };
        let found = form(&tree, self.known.is_sqlite);
        self.forms.borrow_mut().insert(known, found);
        Ok(found)
    }

    /// A metric's SQL, each of its aggregates as a form of its own.
    fn aggregates(&self, sql: &str, filter: Option<&str>, leg: usize) -> Lowered<Tree> {
        let filter = filter.map(normal_fragment).transpose()?;
        Ok(normal_fragment(sql)?.rewrite(&mut |tree| {
            if !is_aggregate(&tree) {
                return tree;
            }
            let restricted = match &filter {
                Some(filter) => restrict(tree, filter.clone()),
                None => tree,
            };
            let found = on_leg(form(&restricted, self.known.is_sqlite), leg);
            self.aggregates.borrow_mut().insert(found);
            self.aggregated.borrow_mut().insert(leg);
            Tree::Form(found)
        }))
    }

    /// A formula, the metrics in it as their forms.
    fn formula(&self, text: &str, key: &str, leg: Option<usize>, frame: usize) -> Lowered<Tree> {
        let component = |name: &str| {
            let leg = match leg {
                Some(leg) => Some(leg),
                None => self.leg(name)?,
            };
            self.form_on(name, leg, frame)
        };
        let tree = normal_fragment(&self.with_quotes(text, key))?;
        let mut missing = None;
        let tree = tree.rewrite(&mut |tree| match tree {
            Tree::Column(_, name) => match component(&name) {
                Ok(form) => Tree::Form(form),
                Err(fault) => {
                    missing = Some(fault);
                    Tree::Null
                }
            },
            other => other,
        });
        missing.map_or(Ok(tree), Err)
    }

    /// A formula with the keys of metrics in quotes, since they are as written; without `key =`.
    fn with_quotes(&self, text: &str, key: &str) -> String {
        let text = match text.split_once('=') {
            Some((front, rest)) if front.trim() == key && !rest.starts_with('=') => rest,
            _ => text,
        };
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut out = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '\'' => rest[1..].find('\'').map_or(rest.len(), |end| end + 2),
                _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            let (word, behind) = rest.split_at(length);
            let is_call = behind.trim_start().starts_with('(');
            let is_quoted = out.ends_with('"');
            let is_metric = self.known.spec.metrics.iter().any(|m| m.metric_key == word);
            match is_metric && !is_call && !is_quoted {
                true => out.push_str(&format!("\"{word}\"")),
                false => out.push_str(word),
            }
            rest = behind;
        }
        out
    }
}

/// The form of an aggregate on a leg: the same aggregate of other rows is another one.
pub fn on_leg(aggregate: u64, leg: usize) -> u64 {
    match leg {
        0 => aggregate,
        leg => {
            let leg = Tree::column("leg", &leg.to_string());
            form(
                &Tree::node(Head::Coalesce, [Tree::Form(aggregate), leg]),
                false,
            )
        }
    }
}

/// An aggregate over the rows that pass a filter besides its own.
fn restrict(aggregate: Tree, filter: Tree) -> Tree {
    let Tree::Node(
        Head::Call {
            name,
            is_distinct,
            is_star,
            within_group,
            has_filter,
        },
        mut parts,
    ) = aggregate
    else {
        return aggregate;
    };
    let filter = match has_filter.then(|| parts.pop()).flatten() {
        Some(own) => both(own, filter),
        None => filter,
    };
    parts.push(filter);
    let head = Head::Call {
        name,
        is_distinct,
        is_star,
        within_group,
        has_filter: true,
    };
    Tree::Node(head, parts)
}
