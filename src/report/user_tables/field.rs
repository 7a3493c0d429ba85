//! What fields of a definition name in the catalog, as far as the reader may know it.

use crate::calendar::Grain;
use crate::catalog::reach::{DimensionKey, Expressed, Reached};
use crate::catalog::source::Source;
use crate::catalog::{Catalog, SourceId};
use crate::context::Context;
use crate::error::{Error, Findings, Help, Kind, ReportError, ResolveError};
use crate::path::{Path, echo};
use crate::report::builder::knows;

/// What a definition is looked at with, and what was found so far.
pub(super) struct Scope<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) context: &'a Context,
    /// The sources that the definition lists and that there are.
    pub(super) sources: Vec<&'a Source>,
    /// Those of them that something is asked of.
    pub(super) used: Vec<SourceId>,
    pub(super) findings: Findings,
}

/// A field as written: `[source.]name[.grain]`.
#[derive(Clone, Copy)]
pub(super) struct Field<'a, 't> {
    pub(super) source: Option<&'a Source>,
    pub(super) name: &'t str,
    pub(super) grain: Option<Grain>,
}

impl Field<'_, '_> {
    pub(super) fn is_same(&self, other: &Field<'_, '_>) -> bool {
        let id = |field: &Field<'_, '_>| field.source.map(|source| source.id);
        (id(self), self.name, self.grain) == (id(other), other.name, other.grain)
    }
}

const NOT_LISTED: &str = "is not among the `dataSources` of the table";
const NOT_OF_IT: &str = "is no field of the source in front of it";

impl<'a> Scope<'a> {
    pub(super) fn report(&mut self, path: Path, error: ReportError, help: Option<Help>) {
        self.findings.push(Error::new(path, error).with_help(help));
    }

    /// Takes a field apart. A key of the catalog is that key, whatever sources are called.
    pub(super) fn field<'t>(&mut self, text: &'t str, path: &Path) -> Option<Field<'a, 't>> {
        let mut field = Field {
            source: None,
            name: text,
            grain: None,
        };
        if self.is_key(text) {
            return Some(field);
        }
        if let Some((front, rest)) = text.split_once('.')
            && let Some(source) = self.catalog.source(front)
        {
            if !self.is_listed(source) {
                let name = echo(front);
                let reason = NOT_LISTED;
                self.report(
                    path.clone(),
                    ReportError::TableSource { name, reason },
                    None,
                );
                return None;
            }
            field.source = Some(source);
            field.name = rest;
        }
        if !self.is_key(field.name)
            && let Some((name, word)) = field.name.rsplit_once('.')
            && let Some(grain) = Grain::parse(word)
        {
            field.name = name;
            field.grain = Some(grain);
        }
        Some(field)
    }

    /// Whether a text is a key as it stands.
    fn is_key(&self, text: &str) -> bool {
        let index = &self.catalog.index;
        index.dimensions.contains_key(text)
            || index.toggles.contains_key(text)
            || self.catalog.routes.contains_key(text)
    }

    pub(super) fn is_listed(&self, source: &Source) -> bool {
        self.sources.iter().any(|listed| listed.id == source.id)
    }

    pub(super) fn mark(&mut self, source: SourceId) {
        if !self.used.contains(&source) {
            self.used.push(source);
        }
    }

    /// The dimension of this key, if the reader may know it.
    pub(super) fn known(&self, key: &str) -> Option<DimensionKey<'a>> {
        let catalog = self.catalog;
        let found = match catalog.index.dimensions.get(key) {
            Some(id) => DimensionKey::plain(*id),
            None => {
                let (route, found) = catalog.routes.get_key_value(key)?;
                DimensionKey {
                    id: found.dimension,
                    route: Some(route),
                }
            }
        };
        let dimension = catalog.dimension_by_id(found.id)?;
        knows(self.context, dimension.module.as_ref()).then_some(found)
    }

    /// Whether the reader may know this metric.
    pub(super) fn knows_metric(&self, key: &str) -> bool {
        let metric = self.catalog.metric(key);
        metric.is_some_and(|metric| knows(self.context, metric.module.as_ref()))
    }

    /// Whether a source declares a column of this name.
    pub(super) fn declares(&self, source: &Source, name: &str) -> bool {
        let id = self.catalog.columns.find(name);
        let column = id.and_then(|id| source.row_columns.get(&id));
        column.is_some_and(|column| column.data_type.is_some())
    }

    /// The key by which a request that is about the rows of `near` names a dimension; without `near`, one that
    /// every source that answers has. A dimension that the reader may not know is left to the request, which
    /// says of it what it says of any that does not exist.
    pub(super) fn dimension_key(
        &mut self,
        near: Option<&'a Source>,
        field: &Field<'a, '_>,
        path: &Path,
    ) -> Option<String> {
        let plain = || Some(field.name.to_owned());
        let Some(known) = self.known(field.name) else {
            let Some(source) = field.source else {
                return plain();
            };
            self.mark(source.id);
            // The request would look for the name at the source that it is near to.
            if near.is_none_or(|near| near.id != source.id) {
                self.report_unknown(source, field.name, path);
                return None;
            }
            return plain();
        };
        let Some(source) = field.source else {
            return match near {
                Some(near) if !self.may_read(near, known, path) => None,
                _ => plain(),
            };
        };
        self.mark(source.id);
        if near.is_none_or(|near| near.id == source.id) {
            let is_own = match known.route {
                Some(_) => source.has(known),
                None => source.dimensions.contains_key(&known.id),
            };
            if !is_own {
                let name = echo(field.name);
                let reason = NOT_OF_IT;
                self.report(path.clone(), ReportError::TableField { name, reason }, None);
            }
            return plain().filter(|_| is_own);
        }
        self.way(near?, source, known, field, path)
    }

    /// Reports a name that is no dimension of a source, or none that the reader may know.
    fn report_unknown(&mut self, source: &Source, name: &str, path: &Path) {
        let all = self.catalog.dimensions.iter().map(|each| each.key.as_str());
        let has = |key: &&str| self.known(key).is_some_and(|known| source.has(known));
        let names: Vec<&str> = all.filter(has).collect();
        let help = self.findings.nearest(name, names.iter().copied());
        let (kind, name) = (Kind::Dimension, echo(name));
        let error = Error::new(path.clone(), ResolveError::Unknown { kind, name });
        self.findings.push(error.with_help(help));
    }

    /// The only way from one source to a dimension of another.
    fn way(
        &mut self,
        near: &'a Source,
        source: &'a Source,
        known: DimensionKey<'a>,
        field: &Field<'a, '_>,
        path: &Path,
    ) -> Option<String> {
        let leads = |way: &&Reached| {
            let end = way.on_source.path.and_then(|id| near.reach.path(id));
            let is_there = end.is_some_and(|end| end.hop.to == source.id);
            is_there && known.route.is_none_or(|route| way.spelled.ends_with(route))
        };
        let ways: Vec<&Reached> = near.reach.ways(known.id).iter().filter(leads).collect();
        match ways.as_slice() {
            [way] => return Some(way.spelled.to_string()),
            [] if !source.has(known) => {
                let name = echo(field.name);
                let reason = NOT_OF_IT;
                self.report(path.clone(), ReportError::TableField { name, reason }, None);
            }
            [] => self.report_unreached(near, source, field, path),
            several => {
                let error = ResolveError::AmbiguousPath {
                    name: echo(field.name),
                    source_key: near.key.to_string(),
                };
                let help = Help::one_of(several.iter().map(|way| &*way.spelled));
                let error = Error::new(path.clone(), error);
                self.findings.push(error.with_help(help));
            }
        }
        None
    }

    fn report_unreached(
        &mut self,
        near: &'a Source,
        source: &'a Source,
        field: &Field<'a, '_>,
        path: &Path,
    ) {
        let to_many = near.reach.fans.iter().any(|fan| fan.to == source.id);
        if to_many {
            let error = ResolveError::FanOut {
                name: echo(field.name),
                source_key: near.key.to_string(),
                many: source.key.to_string(),
            };
            let help = Help::advice(format!("put `{}` first in `dataSources`", source.key));
            let error = Error::new(path.clone(), error);
            self.findings.push(error.with_help(help));
            return;
        }
        let name = source.key.to_string();
        let reason = "is not reached along relationships";
        let help = Help::advice(format!(
            "the rows are those of source `{}`; order `dataSources` so that it leads to the others",
            near.key
        ));
        self.report(
            path.clone(),
            ReportError::TableSource { name, reason },
            Some(help),
        );
    }

    /// Whether what a key without a source in front leads to is of a source that the table lists. What is no
    /// field at all is left to the request.
    fn may_read(&mut self, near: &'a Source, known: DimensionKey<'a>, path: &Path) -> bool {
        let Expressed::One(on_source) = near.express(known) else {
            return true;
        };
        let end = on_source.path.and_then(|id| near.reach.path(id));
        let end = end.and_then(|end| self.catalog.source_by_id(end.hop.to));
        let end = end.unwrap_or(near);
        let is_listed = self.is_listed(end);
        if is_listed {
            self.mark(end.id);
        } else {
            let name = end.key.to_string();
            let reason = NOT_LISTED;
            self.report(
                path.clone(),
                ReportError::TableSource { name, reason },
                None,
            );
        }
        is_listed
    }

    /// The key by which a request for the rows of `near` names a field.
    pub(super) fn row_key(
        &mut self,
        near: &'a Source,
        field: &Field<'a, '_>,
        path: &Path,
    ) -> Option<String> {
        let known = self.known(field.name);
        let has_itself = known.is_some_and(|key| {
            let own = near.dimensions.contains_key(&key.id);
            own && key.route.is_none()
        });
        let is_near = field.source.is_none_or(|source| source.id == near.id);
        let is_column = field.grain.is_none() && self.declares(near, field.name);
        if is_near && is_column && !has_itself {
            self.mark(near.id);
            return Some(field.name.to_owned());
        }
        self.dimension_key(Some(near), field, path)
    }
}
