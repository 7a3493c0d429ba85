//! What a metric has to be computed from, by the catalog alone.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use measurand::catalog::spec::{MetricSpec, Offer};
use measurand::{FilterRequest, Subject};

use super::form::{form, is_aggregate};
use super::fragment::{both, normal_fragment};
use super::lower::Lowered;
use super::meaning::Known;
use super::tree::{Head, Tree};

/// The forms of metrics under one selection of options; each is worked out once, so that a graph of
/// metrics costs no more than it has metrics.
pub struct Metrics<'k, 'a> {
    known: &'k Known<'a>,
    forms: RefCell<HashMap<String, u64>>,
    /// The forms of their aggregates.
    aggregates: RefCell<HashSet<u64>>,
}

/// The definition of a metric that holds: its expression, and its type where that says one.
pub struct Definition<'a> {
    pub metric: &'a MetricSpec,
    pub sql: Option<&'a str>,
    pub formula: Option<&'a str>,
    pub data_type: Option<&'a str>,
}

impl<'k, 'a> Metrics<'k, 'a> {
    pub fn new(known: &'k Known<'a>) -> Self {
        Self {
            known,
            forms: RefCell::default(),
            aggregates: RefCell::default(),
        }
    }

    /// The definition of a metric on the source: the most specific variant whose options are all
    /// chosen, else the source's own, else the metric's (R9).
    pub fn definition(&self, key: &str) -> Lowered<Definition<'a>> {
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
                metric,
                sql: variant.sql_expression.as_deref(),
                formula: variant.derived_formula.as_deref(),
                data_type: variant.data_type.as_deref().or(metric.data_type.as_deref()),
            });
        }
        let own = match &self.known.source.metrics {
            Offer::All => None,
            Offer::Listed(listed) => listed
                .iter()
                .find(|offer| offer.metric == key)
                .and_then(|offer| offer.sql_expression.as_deref()),
        };
        Ok(Definition {
            metric,
            sql: own.or(metric.sql_expression.as_deref()),
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
                        self.form(key)?;
                    }
                }
            }
        }
        for key in &request.metrics {
            self.form(key)?;
        }
        let is_metric = |key: &str| self.known.spec.metrics.iter().any(|m| m.metric_key == key);
        let keys = request.order_by.iter().map(|order| order.key.as_str());
        for key in keys.filter(|key| is_metric(key)) {
            self.form(key)?;
        }
        Ok(())
    }

    /// Whether this is an aggregate of a metric that the request needs.
    pub fn has_aggregate(&self, form: u64) -> bool {
        self.aggregates.borrow().contains(&form)
    }

    /// Whether this is a metric that the request needs, by itself or below another one.
    pub fn has_metric(&self, form: u64) -> bool {
        self.forms.borrow().values().any(|known| *known == form)
    }

    /// What a metric has to be computed from.
    pub fn form(&self, key: &str) -> Lowered<u64> {
        if let Some(known) = self.forms.borrow().get(key) {
            return Ok(*known);
        }
        let definition = self.definition(key)?;
        let tree = match (definition.formula, definition.sql) {
            (Some(formula), _) => self.formula(formula, key)?,
            (None, Some(sql)) => self.aggregates(sql, definition.metric.filter.as_deref())?,
            (None, None) => return Err(format!("the metric `{key}` is nothing")),
        };
        let tree = match &definition.metric.null_as {
            Some(number) => Tree::node(Head::Coalesce, [tree, normal_fragment(number)?]),
            None => tree,
        };
        let found = form(&tree, self.known.is_sqlite);
        self.forms.borrow_mut().insert(key.to_owned(), found);
        Ok(found)
    }

    /// A metric's SQL, each of its aggregates as a form of its own.
    fn aggregates(&self, sql: &str, filter: Option<&str>) -> Lowered<Tree> {
        let filter = filter.map(normal_fragment).transpose()?;
        Ok(normal_fragment(sql)?.rewrite(&mut |tree| {
            if !is_aggregate(&tree) {
                return tree;
            }
            let restricted = match &filter {
                Some(filter) => restrict(tree, filter.clone()),
                None => tree,
            };
            let found = form(&restricted, self.known.is_sqlite);
            self.aggregates.borrow_mut().insert(found);
            Tree::Form(found)
        }))
    }

    /// A formula, the metrics in it as their forms.
    fn formula(&self, text: &str, key: &str) -> Lowered<Tree> {
        let tree = normal_fragment(&self.with_quotes(text, key))?;
        let mut missing = None;
        let tree = tree.rewrite(&mut |tree| match tree {
            Tree::Column(_, name) => match self.form(&name) {
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
