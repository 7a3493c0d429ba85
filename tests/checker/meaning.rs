//! What the catalog says, for one request and one context: options, dimensions, lookups.

use std::collections::BTreeMap;

use measurand::catalog::spec::{
    CatalogSpec, DimensionSpec, Offer, OptionSpec, SourceDimensionSpec, SourceSpec,
};
use measurand::{Context, DataType, FilterRequest, Request, RequestKind, Subject, Tenant};

use super::form::is_aggregate;
use super::fragment::{JoinCondition, join_condition, normal_fragment};
use super::frames::Frame;
use super::lower::Lowered;
use super::pivot::Pivot;
use super::reach::Reaches;
use super::reached::far_column;
use super::tree::{Head, Tree};

/// Everything that is known before the text is looked at.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub spec: &'a CatalogSpec,
    /// The source that the leg reads.
    pub source: &'a SourceSpec,
    /// The leg, counted from the statement's first.
    pub leg: usize,
    /// Which rows in time it has.
    pub frame: Frame<'a>,
    pub request: &'a Request,
    /// The request as a whole, also where members are ranked.
    pub whole: &'a Request,
    /// The request whose first rows are the members that are shown, where not all are.
    pub ranking: Option<&'a Request>,
    /// What is done with the members of the last dimension, where they are columns.
    pub pivot: Option<&'a Pivot>,
    pub context: &'a Context,
    pub is_sqlite: bool,
    /// The option that each toggle has.
    pub options: &'a Options<'a>,
    /// What every source leads to.
    pub reaches: &'a Reaches<'a>,
    /// The limit of a request that states none.
    pub max_limit: Option<u64>,
}

/// Toggles by key, each with the option that it has.
pub type Options<'a> = BTreeMap<&'a str, &'a OptionSpec>;

/// The option that each toggle has: the one asked for, else the default.
pub fn options<'a>(spec: &'a CatalogSpec, request: &Request) -> Options<'a> {
    let mut chosen = BTreeMap::new();
    for toggle in &spec.toggles {
        let asked = request
            .toggles
            .iter()
            .find(|(key, _)| *key == toggle.toggle_key);
        let option = toggle.options.iter().find(|option| match asked {
            Some((_, key)) => option.option_key == *key,
            None => option.is_default,
        });
        chosen.extend(option.map(|option| (toggle.toggle_key.as_str(), option)));
    }
    chosen
}

/// A dimension on the source that answers.
pub struct OnSource<'a> {
    pub spec: &'a DimensionSpec,
    /// The source that expresses it, and the path there, unless it is the one that answers.
    pub source: &'a SourceSpec,
    pub path: Option<String>,
    /// In normal form.
    pub value: Tree,
    pub value_type: Option<DataType>,
    /// The type of what is stored, and whether days are meant all the same.
    pub time: Option<(DataType, bool)>,
    pub lookup: Option<Lookup>,
}

/// The relation that has a dimension's labels.
pub struct Lookup {
    pub relation: (String, String),
    pub tenant: Option<String>,
    /// In normal form, as the conditions and the label.
    pub key: Tree,
    pub label: Tree,
    pub conditions: Vec<Tree>,
    pub is_unique: bool,
}

impl OnSource<'_> {
    /// Whether it is the same dimension by the same path.
    pub fn is(&self, other: &OnSource<'_>) -> bool {
        self.spec.dimension_key == other.spec.dimension_key && self.path == other.path
    }
}

/// The name of a relation for a tenant: its schema, which may be empty, and its own.
pub fn relation(pattern: &str, tenant: &Tenant) -> (String, String) {
    let name = pattern.replace("{client_id}", tenant.as_str());
    match name.split_once('.') {
        Some((schema, name)) => (schema.to_owned(), name.to_owned()),
        None => (String::new(), name),
    }
}

impl<'a> Known<'a> {
    pub fn dimension(&self, key: &str) -> Lowered<&'a DimensionSpec> {
        let found = self.spec.dimensions.iter().find(|d| d.dimension_key == key);
        found.ok_or_else(|| format!("the catalog has no dimension `{key}`"))
    }

    /// The dimension that a key stands for, after switches (R10).
    pub fn switched(&self, key: &str, has_grain: bool) -> Lowered<&'a DimensionSpec> {
        let options = self.options;
        let mut key = key.to_owned();
        if let Some(option) = options.get(key.as_str())
            && !self.spec.dimensions.iter().any(|d| d.dimension_key == key)
        {
            key = dimension_of(option).to_owned();
        } else if !has_grain {
            // Toggles count in the order of their keys, and one that is left alone changes nothing.
            for (toggle, chosen) in options {
                let toggle = self.spec.toggles.iter().find(|t| t.toggle_key == *toggle);
                let is_switch =
                    toggle.is_some_and(|t| t.toggle_type.as_deref() == Some("dimension_switch"));
                let default = toggle.and_then(|t| t.options.iter().find(|o| o.is_default));
                let stands_for = default.map(dimension_of);
                if is_switch && !chosen.is_default && stands_for == Some(key.as_str()) {
                    key = dimension_of(chosen).to_owned();
                    break;
                }
            }
        }
        self.dimension(&key)
    }

    /// The declared type of a column of the source, unless it is an array.
    pub fn column_type(&self, name: &str) -> Option<DataType> {
        if let Some((way, column)) = far_column(name) {
            return self.far_type(way, column);
        }
        let columns = self.source.columns.as_ref()?;
        let column = columns.iter().find(|column| column.name == name)?;
        (!column.data_type.is_array).then_some(column.data_type.element)
    }

    /// The date column under the options chosen, and the source's own.
    pub fn date_columns(&self) -> Option<(&'a str, &'a str)> {
        let own = self.source.date_column.as_deref()?;
        let declares = |name: &str| {
            let columns = self.source.columns.as_ref();
            columns.is_some_and(|columns| columns.iter().any(|column| column.name == name))
        };
        let chosen = self
            .options
            .values()
            .filter_map(|option| option.date_column.as_deref())
            .find(|name| declares(name));
        Some((chosen.unwrap_or(own), own))
    }

    /// The text that a request for values searches for; an empty one is none.
    pub fn search_text(&self) -> Option<&'a str> {
        match &self.request.kind {
            RequestKind::Values { search, .. } => search.as_deref().filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The dimensions whose labels the request searches.
    pub fn searched(&self) -> Lowered<Vec<OnSource<'a>>> {
        let mut found: Vec<OnSource<'a>> = Vec::new();
        if self.search_text().is_some() {
            found.extend(self.asked()?.into_iter().map(|asked| asked.dimension));
        }
        let mut waiting: Vec<&FilterRequest> = self.request.filters.iter().collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if let (true, Subject::Dimension(key)) =
                        (comparison.on_label, &comparison.subject)
                    {
                        let dimension = self.meant(key, false)?;
                        if !found.iter().any(|known| known.is(&dimension)) {
                            found.push(dimension);
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    fn offer(&self, key: &str) -> Option<&'a SourceDimensionSpec> {
        match &self.source.dimensions {
            Offer::All => None,
            Offer::Listed(listed) => listed.iter().find(|offer| offer.dimension == key),
        }
    }

    /// The dimension as the source expresses it.
    pub fn on_source(&self, spec: &'a DimensionSpec) -> Lowered<OnSource<'a>> {
        let offer = self.offer(&spec.dimension_key);
        let own = offer.and_then(|offer| offer.column_expression.as_deref());
        let value = normal_fragment(own.unwrap_or(&spec.column_expression))?;
        let typed = |name: &Option<String>| name.as_deref().and_then(DataType::parse);
        let stated = typed(&spec.data_type);
        let declared = match &value {
            Tree::Column(_, name) => self.column_type(name),
            _ => None,
        };
        let has_lookup = spec.join_table.is_some();
        let value_type = typed(&spec.value_type)
            .or(declared)
            .or((!has_lookup).then(|| stated.unwrap_or(DataType::Text)));
        let stored = match &value {
            Tree::Column(..) => declared.or(stated).or(value_type),
            _ => value_type,
        };
        let time = stored
            .filter(|stored| stored.is_temporal() && !has_lookup)
            .map(|stored| {
                let is_day = stated == Some(DataType::Date) && stored != DataType::Date;
                (stored, is_day)
            });
        let means_days = matches!(time, Some((_, true)));
        let condition = offer
            .and_then(|offer| offer.join_condition.as_deref())
            .or(spec.join_condition.as_deref());
        let lookup = match (&spec.join_table, &spec.display_column, condition) {
            (Some(table), Some(label), Some(condition)) => {
                Some(self.lookup(spec, table, label, condition)?)
            }
            _ => None,
        };
        Ok(OnSource {
            spec,
            source: self.source,
            path: None,
            value,
            value_type: if means_days {
                Some(DataType::Date)
            } else {
                value_type
            },
            time,
            lookup,
        })
    }

    fn lookup(
        &self,
        spec: &DimensionSpec,
        table: &str,
        label: &str,
        condition: &str,
    ) -> Lowered<Lookup> {
        let qualifier = table.rsplit('.').next().unwrap_or(table);
        let qualifier = qualifier.replace("{client_id}", "").to_lowercase();
        let JoinCondition {
            key,
            tenant,
            conditions,
        } = join_condition(condition, &qualifier)?;
        Ok(Lookup {
            relation: relation(table, &self.context.tenant),
            tenant: spec.join_tenant_column.clone().or(tenant),
            key: key.ok_or_else(|| format!("`{condition}` has no key"))?,
            label: normal_fragment(label)?,
            conditions,
            is_unique: spec.join_unique,
        })
    }

    /// Whether an expression of the statement is the one that the catalog means, both in normal form.
    ///
    /// SQLite has other functions for the same, so there an expression that is more than a column is
    /// held to the columns it reads, in their order, and not to what it computes from them; one without
    /// columns is held to its literals.
    pub fn is_same(&self, found: &Tree, meant: &Tree) -> bool {
        if found == meant || self.is_sqlite && is_same_constant(found, meant) {
            return true;
        }
        let (Tree::Node(found_head, found_parts), Tree::Node(head, parts)) = (found, meant) else {
            return false;
        };
        let are_alike = found_head == head
            && found_parts.len() == parts.len()
            && self.is_sqlite
            && found_parts
                .iter()
                .zip(parts)
                .all(|(found, meant)| self.is_same(found, meant));
        let is_value = |tree: &Tree| !columns(tree).is_empty() && !is_bound(tree);
        are_alike
            || self.is_sqlite
                && is_value(found)
                && is_value(meant)
                && columns(found) == columns(meant)
    }

    /// The zone of the context.
    pub fn zone(&self) -> &'a str {
        self.context.timezone.as_deref().unwrap_or("UTC")
    }
}

/// The dimension that an option of a switch stands for: the one it names, else that of its own key.
fn dimension_of(option: &OptionSpec) -> &str {
    let named = option.dimension_key.as_deref();
    named.unwrap_or(&option.option_key)
}

/// The columns that an expression reads, each once, in order of first use.
pub fn columns(tree: &Tree) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    tree.visit(&mut |part| {
        if let Tree::Column(_, name) = part
            && !found.contains(&name.as_str())
        {
            found.push(name);
        }
    });
    found
}

/// Whether a computation without columns has the literals of the one that is meant, in their order.
///
/// What compares and what connects is no computation, so its parts are looked at one by one.
fn is_same_constant(found: &Tree, meant: &Tree) -> bool {
    let is_computed = match meant {
        Tree::Node(Head::Operator(name), _) => {
            matches!(
                name.as_str(),
                "+" | "-" | "*" | "/" | "%" | "||" | "->" | "->>"
            )
        }
        Tree::Node(Head::Cast(_) | Head::Call { .. }, _) => !is_aggregate(meant),
        _ => false,
    };
    let is_constant = |tree: &Tree| columns(tree).is_empty() && !is_bound(tree);
    let mut found_literals = literals(found).into_iter();
    let meant_literals = literals(meant);
    is_computed
        && is_constant(found)
        && is_constant(meant)
        && !meant_literals.is_empty()
        && meant_literals
            .iter()
            .all(|literal| found_literals.any(|found| found == *literal || is_step(found, literal)))
}

/// Whether a text is a path of SQLite's into JSON, with this literal among its steps.
fn is_step(path: &Tree, step: &Tree) -> bool {
    match (path, step) {
        (Tree::Text(path), Tree::Text(step) | Tree::Number(step)) => {
            path.starts_with('$') && path.contains(step.as_str())
        }
        _ => false,
    }
}

/// The literals of an expression, each once, in order of first use.
fn literals(tree: &Tree) -> Vec<&Tree> {
    let mut found: Vec<&Tree> = Vec::new();
    tree.visit(&mut |part| {
        if matches!(part, Tree::Number(_) | Tree::Text(_)) && !found.contains(&part) {
            found.push(part);
        }
    });
    found
}

/// Whether a value of the request or the context takes part.
fn is_bound(tree: &Tree) -> bool {
    let mut found = false;
    tree.visit(&mut |part| found |= matches!(part, Tree::Bound(_)));
    found
}
