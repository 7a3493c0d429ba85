//! Fields of queries, as users call them, as the catalog of the tables calls them.
//!
//! In: a definition whose sources are slugs of tables and whose fields are slugs of columns. Out: [`Translated`]: the
//! same over the catalog. Guaranteed afterwards: nothing is named that is not a column of a table which the reader sees,
//! or what every record has. Next to read: `tables.rs`.

use std::collections::BTreeMap;

use super::definition::{DynamicTable, FieldKind};
use super::lower::{added, chosen, computed, reference, rolled, word_of};
use super::slug::source_key;
use super::store::RecordStore;
use super::tables::DynamicTables;
use crate::calendar::Grain;
use crate::error::{Error, Findings, Kind, ReportError, ResolveError};
use crate::path::{At, Path, echo};
use crate::report::user_tables::{
    AggregateChoice, FilterChoice, FilterCondition, FilterOperator, TableDefinition,
};
use crate::request::ColumnAggregate;
use crate::value::Scalar;

/// A definition over the catalog.
pub(super) struct Translated {
    pub(super) definition: TableDefinition,
    /// What columns are called, by their keys in the result.
    pub(super) labels: BTreeMap<String, String>,
    pub(super) findings: Findings,
}

const ADDED_UP: &str = "is added up already; add up the records of the other table";
const CHOICES: &str =
    "holds several options, which are compared by `contains` and `in` and their opposites";
const NO_OPTION: &str = "has no such option";
const NOT_SO: &str = "is not added up in this way";

/// Puts a definition into the words of the catalog.
pub(super) fn translate(
    tables: &DynamicTables,
    definition: &TableDefinition,
    workspace: Option<&str>,
) -> Translated {
    let mut translator = Translator {
        tables,
        workspace,
        listed: Vec::new(),
        sources: Vec::new(),
        labels: BTreeMap::new(),
        aliases: Vec::new(),
        findings: Findings::default(),
    };
    let mut found = definition.clone();
    translator.sources(&mut found);
    translator.all(&mut found);
    for source in translator.sources {
        if !found.data_sources.contains(&source) {
            found.data_sources.push(source);
        }
    }
    Translated {
        definition: found,
        labels: translator.labels,
        findings: translator.findings,
    }
}

struct Translator<'t> {
    tables: &'t DynamicTables,
    workspace: Option<&'t str>,
    /// The tables that the definition lists.
    listed: Vec<&'t DynamicTable>,
    /// The sources that its fields lead to.
    sources: Vec<String>,
    labels: BTreeMap<String, String>,
    /// What aggregates are called.
    aliases: Vec<String>,
    findings: Findings,
}

/// What a field is.
struct Found<'t> {
    /// As the catalog has it.
    text: String,
    /// The table and the slug of the column at its end.
    table: &'t DynamicTable,
    slug: &'t str,
    /// What it is called, relationships in front.
    label: String,
    /// `None` where it is what every record has.
    kind: Option<&'t FieldKind>,
    /// What stands behind the column: a grain, a function.
    rest: String,
}

impl<'t> Translator<'t> {
    fn sources(&mut self, definition: &mut TableDefinition) {
        let root = At::root("table");
        let at = root.key("dataSources");
        for (index, slug) in definition.data_sources.iter_mut().enumerate() {
            match self.tables.visible(slug, self.workspace) {
                Some(table) => {
                    self.listed.push(table);
                    *slug = source_key(slug);
                }
                None => {
                    let path = at.index(index).path();
                    self.findings
                        .push(Error::new(path, ReportError::UnknownTable));
                }
            }
        }
    }

    fn all(&mut self, definition: &mut TableDefinition) {
        let root = At::root("table");
        if self.listed.is_empty() {
            return;
        }
        let at = root.key("aggregates");
        for (index, one) in definition.aggregates.iter_mut().enumerate() {
            self.aliases.extend(one.alias().map(str::to_owned));
            let path = at.index(index).key("field").path();
            self.aggregate(one, &path);
        }
        let at = root.key("columns");
        for (index, column) in definition.columns.iter_mut().enumerate() {
            let place = at.index(index);
            let path = match column.label {
                Some(_) => place.key("field").path(),
                None => place.path(),
            };
            self.field(&mut column.field, &path);
        }
        let at = root.key("groupBy");
        for (index, field) in definition.group_by.iter_mut().enumerate() {
            self.field(field, &at.index(index).path());
        }
        let at = root.key("sortBy");
        for (index, sort) in definition.sort_by.iter_mut().enumerate() {
            let path = at.index(index).key("field").path();
            self.field(&mut sort.field, &path);
        }
        let at = root.key("filters");
        for (index, filter) in definition.filters.iter_mut().enumerate() {
            self.filter(filter, &at.index(index));
        }
    }

    /// Puts a field into the words of the catalog, unless it is what an aggregate is called.
    fn field(&mut self, field: &mut String, path: &Path) {
        if self.aliases.contains(field) {
            return;
        }
        if let Some(found) = self.find(field, path) {
            *field = format!("{}{}", found.text, found.rest);
            let key = self.key(field);
            self.labels.insert(key, found.label);
        }
    }

    /// The key of a field in the result: without the source in front.
    fn key(&self, field: &str) -> String {
        let rest = self.listed.iter().find_map(|table| {
            let rest = field.strip_prefix(&source_key(&table.slug))?;
            rest.strip_prefix('.')
        });
        rest.unwrap_or(field).to_owned()
    }

    /// What a field names. What does not is reported as if it were not there, whatever the reason.
    fn find(&mut self, field: &str, path: &Path) -> Option<Found<'t>> {
        let mut parts: Vec<&str> = field.split('.').collect();
        parts.reverse();
        let mut at = *self.listed.first()?;
        let mut text = String::new();
        let first = parts.last().copied().unwrap_or_default();
        let is_near = at.column(first).is_some() || self.store().shows(first);
        let mut listed = self.listed.iter();
        let named = listed.find(|table| table.slug == first);
        if let Some(table) = named.filter(|_| !is_near && parts.len() > 1) {
            at = table;
            text = format!("{}.", source_key(&table.slug));
            parts.pop();
        }
        let mut labels: Vec<&str> = Vec::new();
        loop {
            let part = parts.pop().unwrap_or_default();
            let rest = || parts.iter().rev().map(|part| format!(".{part}")).collect();
            let Some(column) = at.column(part) else {
                let Some(shown) = self.shown(part) else {
                    self.unknown(at, part, path);
                    return None;
                };
                let label = in_front(&labels, shown.1);
                self.leads_to(at, &labels);
                return Some(Found {
                    text: format!("{text}{}", shown.0),
                    table: at,
                    slug: shown.0,
                    label,
                    kind: None,
                    rest: rest(),
                });
            };
            if let FieldKind::Relationship { table } = &column.kind
                && let Some(next) = parts.last()
                && let Some(to) = self.tables.visible(table, self.workspace)
                && (to.column(next).is_some() || self.store().shows(next))
            {
                text.push_str(part);
                text.push('.');
                labels.push(&column.name);
                at = to;
                continue;
            }
            // Behind a column there is a grain, or the function by which it is added up.
            let is_word = |word: &&str| {
                Grain::parse(word).is_some() || ColumnAggregate::parse(word).is_some()
            };
            if let Some(nothing) = parts.iter().rev().find(|word| !is_word(word)) {
                self.unknown(at, nothing, path);
                return None;
            }
            text.push_str(&match &column.kind {
                FieldKind::Relationship { table } => {
                    if self.tables.visible(table, self.workspace).is_none() {
                        self.unknown(at, part, path);
                        return None;
                    }
                    reference(part)
                }
                FieldKind::Rollup(rollup) => {
                    if self.tables.visible(&rollup.table, self.workspace).is_none() {
                        self.unknown(at, part, path);
                        return None;
                    }
                    let key = computed(&at.slug, part);
                    self.sources.push(key.clone());
                    format!("{}.{key}", rolled(part))
                }
                FieldKind::Formula { .. } => computed(&at.slug, part),
                _ => part.to_owned(),
            });
            if !matches!(column.kind, FieldKind::Rollup(_)) {
                self.leads_to(at, &labels);
            }
            return Some(Found {
                text,
                table: at,
                slug: &column.slug,
                label: in_front(&labels, &column.name),
                kind: Some(&column.kind),
                rest: rest(),
            });
        }
    }

    /// A table at the end of relationships is read for the field, and those on the way are only passed.
    fn leads_to(&mut self, table: &DynamicTable, hops: &[&str]) {
        if !hops.is_empty() {
            self.sources.push(source_key(&table.slug));
        }
    }

    fn store(&self) -> &'t RecordStore {
        &self.tables.store
    }

    /// What every record has, and what it is called.
    fn shown(&self, part: &str) -> Option<(&'static str, &'static str)> {
        const NAMES: [(&str, &str); 4] = [
            ("id", "Id"),
            ("created_at", "Created at"),
            ("updated_at", "Updated at"),
            ("created_by", "Created by"),
        ];
        let mut all = NAMES.into_iter();
        all.find(|(column, _)| *column == part && self.store().shows(column))
    }

    /// Reports a name that is no column which the reader sees.
    fn unknown(&mut self, table: &'t DynamicTable, name: &str, path: &Path) {
        let columns = table.columns.iter().filter(|column| match &column.kind {
            FieldKind::Relationship { table } => {
                self.tables.visible(table, self.workspace).is_some()
            }
            FieldKind::Rollup(rollup) => {
                self.tables.visible(&rollup.table, self.workspace).is_some()
            }
            _ => true,
        });
        let slugs: Vec<&str> = columns.map(|column| column.slug.as_str()).collect();
        let help = self.findings.nearest(name, slugs);
        let (kind, name) = (Kind::Column, echo(name));
        let error = Error::new(path.clone(), ResolveError::Unknown { kind, name });
        self.findings.push(error.with_help(help));
    }

    fn report(&mut self, name: &str, reason: &'static str, path: &Path) {
        let name = echo(name);
        let error = ReportError::TableField { name, reason };
        self.findings.push(Error::new(path.clone(), error));
    }

    /// Formulas are added up by metrics; stored columns as any column is.
    fn aggregate(&mut self, choice: &mut AggregateChoice, path: &Path) {
        let AggregateChoice::Column {
            field: Some(field),
            function,
            alias,
            label,
        } = choice
        else {
            // Rows are counted by the record's id; a metric by its key is nothing that users define.
            if let AggregateChoice::Metric { metric, .. } = choice {
                let name = echo(metric);
                let kind = Kind::Metric;
                let error = ResolveError::Unknown { kind, name };
                self.findings.push(Error::new(path.clone(), error));
            }
            return;
        };
        if field == "*" || field.ends_with(".*") {
            return;
        }
        let Some(found) = self.find(field, path) else {
            return;
        };
        match found.kind {
            Some(FieldKind::Rollup(_)) => self.report(field, ADDED_UP, path),
            Some(FieldKind::Formula { .. }) => {
                let word = word_of(*function);
                let metric = word.map(|word| added(&found.table.slug, found.slug, word));
                let metric =
                    metric.filter(|key| self.tables.compiler.catalog().metric(key).is_some());
                let Some(metric) = metric else {
                    return self.report(field, NOT_SO, path);
                };
                let called = format!("{field}.{}", function.as_str());
                self.aliases.push(called.clone());
                let words = format!("{} {}", function.in_words(), found.label);
                *choice = AggregateChoice::Metric {
                    label: label.take().or_else(|| alias.is_none().then_some(words)),
                    alias: alias.take().or(Some(called)),
                    metric,
                };
            }
            _ => {
                let words = format!("{} {}", function.in_words(), found.label);
                *field = format!("{}{}", found.text, found.rest);
                let key = format!("{}.{}", self.key(field), function.as_str());
                self.labels.insert(key, words);
            }
        }
    }

    /// The recursion goes no deeper than the limit on the depth of filters.
    fn filter(&mut self, filter: &mut FilterChoice, at: &At<'_>) {
        match filter {
            FilterChoice::And(parts) => {
                let at = at.key("and");
                for (index, part) in parts.iter_mut().enumerate() {
                    self.filter(part, &at.index(index));
                }
            }
            FilterChoice::Or(parts) => {
                let at = at.key("or");
                for (index, part) in parts.iter_mut().enumerate() {
                    self.filter(part, &at.index(index));
                }
            }
            FilterChoice::Not(part) => self.filter(part, &at.key("not")),
            FilterChoice::Compare(condition) => {
                let path = at.key("field").path();
                if self.aliases.contains(&condition.field) {
                    return;
                }
                let Some(found) = self.find(&condition.field, &path) else {
                    return;
                };
                match found.kind {
                    Some(FieldKind::MultiSelect { options }) => {
                        if let Some(options) = self.options(condition, &found, options, at) {
                            *filter = options;
                        }
                    }
                    _ => condition.field = format!("{}{}", found.text, found.rest),
                }
            }
        }
    }

    /// A condition on the options of a record: each is a dimension that is true where it is chosen.
    fn options(
        &mut self,
        condition: &FilterCondition,
        found: &Found<'t>,
        options: &[String],
        at: &At<'_>,
    ) -> Option<FilterChoice> {
        let is_not = match condition.operator {
            FilterOperator::Contains | FilterOperator::In => false,
            FilterOperator::NotContains | FilterOperator::NotIn => true,
            _ => {
                self.report(&condition.field, CHOICES, &at.key("operator").path());
                return None;
            }
        };
        let front = found.text.strip_suffix(found.slug).unwrap_or_default();
        let mut any = Vec::with_capacity(condition.values.len());
        for value in &condition.values {
            let position = match value {
                Scalar::Text(text) => options.iter().position(|option| **option == **text),
                _ => None,
            };
            let Some(position) = position else {
                self.report(&condition.field, NO_OPTION, &at.key("value").path());
                return None;
            };
            let key = chosen(&found.table.slug, found.slug, position);
            any.push(FilterChoice::Compare(FilterCondition {
                field: format!("{front}{key}"),
                operator: FilterOperator::Eq,
                values: vec![Scalar::Boolean(true)],
                on_label: false,
                case_sensitive: false,
            }));
        }
        let any = FilterChoice::Or(any);
        Some(match is_not {
            true => FilterChoice::Not(Box::new(any)),
            false => any,
        })
    }
}

/// `Customer: Region`, as the catalog calls what lies behind relationships.
fn in_front(labels: &[&str], name: &str) -> String {
    let mut all: Vec<&str> = labels.to_vec();
    all.push(name);
    all.join(": ")
}
