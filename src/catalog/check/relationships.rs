//! Checks relationships, and finds what each source reaches by them.

use std::sync::Arc;

use crate::error::{CatalogError, Error, Help};
use crate::hash::CatalogMap;
use crate::name::{Name, is_name};
use crate::value::{ColumnType, DataType};

use super::super::SourceId;
use super::super::columns::ColumnId;
use super::super::reach::{Hop, PathId, Reach, ReachPath, Reached, Route};
use super::super::source::Source;
use super::super::spec::{Cardinality, RelationshipSpec, SourceSpec};
use super::Checker;

/// The field that all of it is written in.
const FIELD: &str = "relationships";

/// Pairs of columns that are equal.
type Pairs = Arc<[(ColumnId, ColumnId)]>;

/// The steps from one source, by name: those to one row, and those to many.
#[derive(Default)]
struct Hops {
    to_one: Vec<Hop>,
    to_many: Vec<Hop>,
}

impl<'s> Checker<'s> {
    /// Checks the relationships of all sources, and notes on each source what it reaches. What comes back
    /// is every key by which a source reaches a dimension.
    pub(super) fn relationships(&mut self, sources: &mut [Source]) -> CatalogMap<Box<str>, Route> {
        let mut routes = CatalogMap::default();
        let spec = self.spec;
        if spec.data_sources.iter().all(|s| s.relationships.is_empty()) {
            return routes;
        }
        let mut hops: Vec<Hops> = sources.iter().map(|_| Hops::default()).collect();
        for (at, source) in sources.iter().enumerate() {
            if let Some(spec) = self.source_spec(source) {
                let found = self.own_hops(spec, source, sources);
                if let Some(hops) = hops.get_mut(at) {
                    *hops = found;
                }
            }
        }
        add_inverse(&mut hops, sources, &self.columns_named(sources));
        let mut left = self.limits.reached_dimensions;
        let mut reaches = Vec::with_capacity(sources.len());
        for source in sources.iter() {
            match self.reach(source, sources, &hops, &mut left) {
                Some(reach) => reaches.push(reach),
                None => {
                    let bound = self.limits.reached_dimensions;
                    let error = CatalogError::limit("reached_dimensions", bound);
                    let path = crate::path::At::root("catalog").path();
                    self.findings.push(Error::new(path, error));
                    return routes;
                }
            }
        }
        for (source, mut reach) in sources.iter_mut().zip(reaches) {
            for (id, ways) in &reach.dimensions {
                for way in ways {
                    for key in route_keys(&way.spelled) {
                        if !routes.contains_key(key) {
                            routes.insert(key.into(), Route::new(*id));
                        }
                    }
                }
            }
            let own = hops.get_mut(source.id.0 as usize);
            reach.fans = own
                .map(|hops| std::mem::take(&mut hops.to_many))
                .unwrap_or_default();
            source.reach = reach;
        }
        routes
    }

    fn source_spec(&self, source: &Source) -> Option<&'s SourceSpec> {
        let at = *self.order.sources.get(source.id.0 as usize)?;
        self.spec.data_sources.get(at)
    }

    /// The names of the declared columns of each source.
    fn columns_named(&self, sources: &[Source]) -> Vec<Vec<String>> {
        let names = |source: &Source| {
            let declared = source.columns.iter().flat_map(CatalogMap::keys);
            declared
                .map(|id| self.columns.name(*id).to_owned())
                .collect()
        };
        sources.iter().map(names).collect()
    }

    /// What the relationships of one source lead to; what is wrong with them is reported.
    fn own_hops(&mut self, spec: &SourceSpec, source: &Source, sources: &[Source]) -> Hops {
        let mut hops = Hops::default();
        let mut seen: Vec<&str> = Vec::new();
        for relationship in &spec.relationships {
            let name = self.relationship_name(spec, source, relationship, &seen);
            seen.push(&relationship.name);
            let to = self.index.sources.get(relationship.to.as_str()).copied();
            let far = to.and_then(|to| sources.get(to.0 as usize));
            if to.is_none() {
                self.report_reference(spec, FIELD, "source", &relationship.to);
            }
            let on = self.pairs(spec, source, far, relationship);
            let (Some(name), Some(far), Some(on)) = (name, far, on) else {
                continue;
            };
            let here = || on.iter().map(|(here, _)| *here);
            let there = || on.iter().map(|(_, there)| *there);
            let is_one = match relationship.cardinality {
                Cardinality::ManyToOne => self.check_key(spec, &name, far, there()),
                Cardinality::OneToMany => self.check_key(spec, &name, source, here()),
                Cardinality::OneToOne => {
                    self.check_key(spec, &name, source, here())
                        & self.check_key(spec, &name, far, there())
                }
            };
            let hop = Hop {
                name,
                to: far.id,
                on,
            };
            match relationship.cardinality {
                _ if !is_one => {}
                Cardinality::OneToMany => hops.to_many.push(hop),
                Cardinality::ManyToOne | Cardinality::OneToOne => hops.to_one.push(hop),
            }
        }
        hops
    }

    /// The name of a relationship: a name, and one that nothing else of the source has.
    fn relationship_name(
        &mut self,
        spec: &SourceSpec,
        source: &Source,
        relationship: &RelationshipSpec,
        seen: &[&str],
    ) -> Option<Name> {
        let written = relationship.name.as_str();
        let kind = "relationship";
        if !is_name(written) {
            self.report_name(&spec.origin, FIELD, kind, written);
            return None;
        }
        let is_column = || {
            let column = self.columns.find(written);
            let declared = source.columns.as_ref();
            column.is_some_and(|id| declared.is_some_and(|columns| columns.contains_key(&id)))
        };
        let clash = if seen.contains(&written) {
            Some(None)
        } else if source
            .dimensions
            .values()
            .any(|on| on.key.as_str() == written)
        {
            Some(Some("the source offers a dimension of this name"))
        } else if is_column() {
            Some(Some("the source has a column of this name"))
        } else {
            None
        };
        if let Some(reason) = clash {
            let name = written.to_owned();
            let error = CatalogError::DuplicateKey { kind, name };
            let error = Error::new(spec.origin.path(FIELD), error);
            self.findings
                .push(error.with_help(reason.map(Help::advice)));
            return None;
        }
        Name::new(written)
    }

    /// The pairs of columns, each declared where columns are and comparable as it is.
    fn pairs(
        &mut self,
        spec: &SourceSpec,
        source: &Source,
        far: Option<&Source>,
        relationship: &RelationshipSpec,
    ) -> Option<Pairs> {
        let name = crate::path::echo(&relationship.name);
        if relationship.on.is_empty() {
            let subject = format!("the empty `on` of relationship `{name}`");
            self.report(&spec.origin, FIELD, CatalogError::WrongValue { subject });
            return None;
        }
        let mut all = true;
        let mut pairs = Vec::with_capacity(relationship.on.len());
        for (here, there) in &relationship.on {
            let (near_id, far_id) = (self.join_column(spec, here), self.join_column(spec, there));
            if !source.may_have(near_id) {
                all = false;
                self.report_column(spec, FIELD, here);
            }
            let Some(far) = far else { continue };
            if !far.may_have(far_id) {
                all = false;
                match self.source_spec(far) {
                    Some(far_spec) => self.report_column_of(spec, far_spec, there),
                    None => self.report_column(spec, FIELD, there),
                }
            }
            let types = [(source, near_id), (far, far_id)].map(|(source, column)| {
                let columns = source.columns.as_ref()?;
                columns.get(&column).map(|column| column.data_type)
            });
            if !are_comparable(types) {
                all = false;
                let subject = format!(
                    "a pair of `{}` and `{}` in relationship `{name}`",
                    crate::path::echo(here),
                    crate::path::echo(there)
                );
                let error = CatalogError::WrongValue { subject };
                let help = Help::advice("columns of a pair have one type that can be compared");
                let error = Error::new(spec.origin.path(FIELD), error);
                self.findings.push(error.with_help(help));
            }
            if !pairs.contains(&(near_id, far_id)) {
                pairs.push((near_id, far_id));
            }
        }
        (all && far.is_some()).then(|| pairs.into())
    }

    fn join_column(&mut self, spec: &SourceSpec, name: &str) -> ColumnId {
        self.column_name(&spec.origin, FIELD, name)
    }

    /// Reports a column that the source at the other end does not declare.
    fn report_column_of(&mut self, spec: &SourceSpec, far: &SourceSpec, column: &str) {
        let error = CatalogError::UnknownColumn {
            source_key: crate::path::echo(&far.source_key),
            column: crate::path::echo(column),
        };
        let declared = far.columns.iter().flatten();
        let help = self
            .findings
            .nearest(column, declared.map(|column| column.name.as_str()));
        let error = Error::new(spec.origin.path(FIELD), error);
        self.findings.push(error.with_help(help));
    }

    /// Whether a source has at most one row for these columns: they have to cover its primary key, beside
    /// the tenant's column, since a relationship that meets several rows would multiply what is summed up.
    fn check_key(
        &mut self,
        spec: &SourceSpec,
        name: &Name,
        one: &Source,
        on: impl Iterator<Item = ColumnId>,
    ) -> bool {
        let on: Vec<ColumnId> = on.collect();
        let covers = |column: &ColumnId| on.contains(column) || one.tenant_column == Some(*column);
        let is_one = !one.primary_key.is_empty() && one.primary_key.iter().all(covers);
        if !is_one {
            let names = |columns: &mut dyn Iterator<Item = ColumnId>| {
                let names = columns.map(|id| format!("`{}`", self.columns.name(id)));
                names.collect::<Vec<String>>().join(", ")
            };
            let joined = names(&mut on.iter().copied());
            let advice = match one.primary_key.is_empty() {
                true => format!(
                    "declare the `primary_key` of source `{}`, of no other columns than {joined} and the tenant's",
                    one.key
                ),
                false => format!(
                    "its `primary_key` is {}: join all of it, or state the cardinality the other way round",
                    names(&mut one.primary_key.iter().copied())
                ),
            };
            let error = CatalogError::RelationshipKey {
                name: name.to_string(),
                source_key: one.key.to_string(),
            };
            let error = Error::new(spec.origin.path(FIELD), error);
            self.findings.push(error.with_help(Help::advice(advice)));
        }
        is_one
    }

    /// What a source reaches, shorter paths first and each length by name; nothing where there is too much.
    fn reach(
        &self,
        source: &Source,
        sources: &[Source],
        hops: &[Hops],
        left: &mut usize,
    ) -> Option<Reach> {
        let mut reach = Reach::default();
        let mut ends: Vec<Option<PathId>> = vec![None];
        for _ in 0..self.limits.relationship_hops {
            let mut longer = Vec::new();
            for end in ends {
                let at = end.and_then(|end| reach.path(end));
                let from = at.map_or(source.id, |path| path.hop.to);
                let onward = hops
                    .get(from.0 as usize)
                    .map_or(&[][..], |hops| &hops.to_one);
                let onward = onward
                    .iter()
                    .filter(|hop| !repeats(&reach, source.id, end, hop));
                let onward: Vec<Hop> = onward.cloned().collect();
                for hop in onward {
                    *left = left.checked_sub(1)?;
                    let id = PathId(u32::try_from(reach.paths.len()).ok()?);
                    let before = end.and_then(|end| reach.path(end));
                    let spelled = match before {
                        Some(before) => format!("{}.{}", before.spelled, hop.name),
                        None => hop.name.to_string(),
                    };
                    let far = sources.get(hop.to.0 as usize)?;
                    *left = left.checked_sub(far.dimensions.len())?;
                    for (dimension, on_source) in &far.dimensions {
                        let mut on_source = on_source.clone();
                        on_source.path = Some(id);
                        let spelled = format!("{spelled}.{}", on_source.key).into();
                        let ways = reach.dimensions.entry(*dimension).or_default();
                        ways.push(Reached { spelled, on_source });
                    }
                    reach.paths.push(ReachPath {
                        parent: end,
                        hop,
                        spelled: spelled.into(),
                    });
                    longer.push(Some(id));
                }
            }
            ends = longer;
        }
        Some(reach)
    }
}

/// Whether a path would lead to a source by the same step again, or straight back to the row it comes from.
fn repeats(reach: &Reach, start: SourceId, end: Option<PathId>, hop: &Hop) -> bool {
    let mut at = end.and_then(|end| reach.path(end));
    while let Some(path) = at {
        if path.hop.name == hop.name && path.hop.to == hop.to {
            return true;
        }
        at = path.parent.and_then(|parent| reach.path(parent));
    }
    reach.returns(start, end, hop)
}

/// A relationship to many rows leads from those to the one; the step is named after the source it leads to,
/// where the name is free and means one thing.
fn add_inverse(hops: &mut [Hops], sources: &[Source], columns: &[Vec<String>]) {
    let mut inverse: Vec<(SourceId, Hop)> = Vec::new();
    for (one, hops) in sources.iter().zip(hops.iter()) {
        for many in &hops.to_many {
            let hop = Hop {
                name: one.key.clone(),
                to: one.id,
                on: many
                    .on
                    .iter()
                    .map(|(here, there)| (*there, *here))
                    .collect(),
            };
            inverse.push((many.to, hop));
        }
    }
    let is_one = |from: SourceId, hop: &Hop| {
        let same = inverse
            .iter()
            .filter(|(other, found)| *other == from && found.name == hop.name);
        same.count() == 1
    };
    let found = inverse.iter().filter(|(from, hop)| {
        let Some(source) = sources.get(from.0 as usize) else {
            return false;
        };
        let Some(own) = hops.get(from.0 as usize) else {
            return false;
        };
        let mut named = own.to_one.iter().chain(&own.to_many).map(|own| &own.name);
        let is_named = named.any(|name| *name == hop.name);
        let is_known = own.to_one.iter().any(|own| is_same_step(own, hop));
        let is_dimension = source.dimensions.values().any(|on| on.key == hop.name);
        let columns = columns.get(from.0 as usize);
        let is_column = columns.is_some_and(|all| all.iter().any(|name| name == hop.name.as_str()));
        !is_named && !is_known && !is_dimension && !is_column && is_one(*from, hop)
    });
    let found: Vec<(SourceId, Hop)> = found.cloned().collect();
    for (from, hop) in found {
        if let Some(hops) = hops.get_mut(from.0 as usize) {
            hops.to_one.push(hop);
        }
    }
    for hops in hops {
        hops.to_one.sort_by(|a, b| a.name.cmp(&b.name));
        hops.to_many.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Whether two steps from one source lead to the same rows, whatever the order of the pairs.
fn is_same_step(one: &Hop, other: &Hop) -> bool {
    one.to == other.to
        && one.on.len() == other.on.len()
        && one.on.iter().all(|pair| other.on.contains(pair))
}

/// The keys that a path can be asked by: the whole, and every end of it that still has a relationship.
fn route_keys(spelled: &str) -> impl Iterator<Item = &str> {
    let starts = spelled.match_indices('.').map(|(at, _)| at + 1);
    let starts = std::iter::once(0).chain(starts);
    let ends = starts.filter_map(|at| spelled.get(at..));
    ends.filter(|key| key.contains('.'))
}

/// Whether two declared types are compared as they are; what is not declared is left to the database.
fn are_comparable(types: [Option<ColumnType>; 2]) -> bool {
    let unfit = |column: &ColumnType| {
        column.is_array || matches!(column.element, DataType::Json | DataType::Jsonb)
    };
    if types.iter().flatten().any(unfit) {
        return false;
    }
    let family = |column: ColumnType| match column.element {
        DataType::Decimal => DataType::Integer,
        other => other,
    };
    match types.map(|column| column.map(family)) {
        [Some(here), Some(there)] => here == there,
        _ => true,
    }
}
