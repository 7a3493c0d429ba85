//! What keys of dimensions name: a dimension, and the way to it where relationships stand in front.

use std::sync::Arc;

use crate::catalog::DimensionId;
use crate::catalog::dimension::{DimensionInfo, SourceDimension};
use crate::catalog::reach::{DimensionKey, Expressed, Reached};
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::{Path, echo};

use super::Resolver;

/// Where a key leads from one row to many.
struct Fan<'c, 'k> {
    /// The source with many rows.
    many: &'c Source,
    /// What of the key lies behind it.
    rest: &'k str,
}

/// Where a key leads.
struct Walk<'c, 'k> {
    hops: usize,
    /// The first step to many rows.
    fan: Option<Fan<'c, 'k>>,
}

impl<'c> Resolver<'c, '_> {
    /// What this key names, if this context may know it.
    pub(super) fn known_dimension(&self, key: &str) -> Option<DimensionKey<'c>> {
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
        self.knows_dimension(found.id).then_some(found)
    }

    /// What this key names; one that this context may not know is reported.
    pub(super) fn find_dimension(
        &mut self,
        key: &str,
        path: impl FnOnce() -> Path,
    ) -> Option<DimensionKey<'c>> {
        let known = self.known_dimension(key);
        if known.is_none() {
            let path = path();
            if self.report_walk_anywhere(key, &path) {
                return None;
            }
            let visible = self
                .catalog
                .dimensions
                .iter()
                .filter(|dimension| self.knows(dimension.module.as_ref()))
                .map(|dimension| dimension.key.as_str());
            let help = match key.contains('.') {
                true => self.nearest_route(key),
                false => self.findings.nearest(key, visible),
            };
            self.report_unknown(path, Kind::Dimension, key, help);
        }
        known
    }

    /// The nearest of the keys with relationships in front.
    fn nearest_route(&mut self, key: &str) -> Option<Help> {
        let routes = self.catalog.routes.iter();
        let visible = routes.filter(|(_, route)| self.knows_dimension(route.dimension));
        let mut visible: Vec<&str> = visible.map(|(key, _)| &**key).collect();
        visible.sort_unstable();
        self.findings.nearest(key, visible.iter().copied())
    }

    /// What is shown of a dimension under a key.
    pub(super) fn shown(&self, key: DimensionKey<'c>) -> Option<&'c Arc<DimensionInfo>> {
        let dimension = self.catalog.dimension_by_id(key.id)?;
        let Some(route) = key.route else {
            return Some(&dimension.info);
        };
        let found = self.catalog.routes.get(route)?;
        Some(found.info(route, dimension))
    }

    /// What a key is on a source that answers: by itself or, where the request names another source from which
    /// the key leads through this one, what lies behind it.
    pub(super) fn expressed(&self, source: &'c Source, key: DimensionKey<'c>) -> Expressed<'c> {
        match source.express(key) {
            Expressed::Nothing => match self.behind(source, key) {
                Some(found) => Expressed::One(found),
                None => Expressed::Nothing,
            },
            found => found,
        }
    }

    /// What lies behind a source on the way that a key takes from the source that is named.
    fn behind(&self, source: &Source, key: DimensionKey<'c>) -> Option<&'c SourceDimension> {
        let catalog = self.catalog;
        let named = catalog.source(self.request.source.as_ref()?)?;
        let mut at = named.express(key).one()?.path;
        let mut names: Vec<&str> = Vec::new();
        let mut behind = None;
        while let Some(path) = at.and_then(|at| named.reach.path(at)) {
            if path.hop.to == source.id {
                // Where a path meets the source twice, nothing says which is meant.
                if behind.is_some() {
                    return None;
                }
                behind = Some(names.len());
            }
            names.push(path.hop.name.as_str());
            at = path.parent;
        }
        names.truncate(behind?);
        names.reverse();
        let source = catalog.source_by_id(source.id)?;
        if names.is_empty() {
            return source.dimensions.get(&key.id);
        }
        let hops = names.join(".");
        let ways = source.reach.ways(key.id).iter();
        let mut ways = ways.filter(|way| {
            let end = way.spelled.strip_prefix(hops.as_str());
            end.is_some_and(|end| end.matches('.').count() == 1)
        });
        ways.next().map(|way| &way.on_source)
    }

    /// Whether a key is something on a source that answers.
    pub(super) fn is_expressed(&self, source: &'c Source, key: DimensionKey<'c>) -> bool {
        matches!(self.expressed(source, key), Expressed::One(_))
    }

    /// What a switch puts in the place of a key. One with relationships in front says more than a switch.
    pub(super) fn switched_key(
        &self,
        key: DimensionKey<'c>,
        selection: &Selection,
    ) -> DimensionKey<'c> {
        match key.route {
            Some(_) => key,
            None => DimensionKey::plain(self.switched(key.id, selection)),
        }
    }

    /// Reports a key that is nothing on a source, or too much, and who has it.
    pub(super) fn report_dimension_unavailable(
        &mut self,
        source: &'c Source,
        key: DimensionKey<'c>,
        path: Path,
    ) {
        let Some(dimension) = self.catalog.dimension_by_id(key.id) else {
            return;
        };
        let name = key.route.unwrap_or(dimension.key.as_str());
        if let Expressed::Several(ways) = source.express(key) {
            let error = ResolveError::AmbiguousPath {
                name: name.to_owned(),
                source_key: source.key.to_string(),
            };
            let help = Help::one_of(ways.iter().map(|way| &*way.spelled));
            self.findings.push(Error::new(path, error).with_help(help));
            return;
        }
        if let Some(fan) = self.fan(source, name) {
            self.report_fan(source, name, &fan, path);
            return;
        }
        let having = self.catalog.sources.iter().filter(|source| source.has(key));
        let help = Help::one_of_sources(having.map(|source| source.key.as_str()));
        self.report_not_offered(source, (Kind::Dimension, name), path, help);
    }

    /// Where a key leads from a row of a source to many, if that is all that is wrong with it.
    fn fan<'k>(&self, source: &'c Source, key: &'k str) -> Option<Fan<'c, 'k>> {
        self.walk(source, key)?.fan
    }

    /// Where a key leads from a source, whatever the limits and the number of rows.
    fn walk<'k>(&self, source: &'c Source, key: &'k str) -> Option<Walk<'c, 'k>> {
        let catalog = self.catalog;
        let mut at = source;
        let mut walk = Walk { hops: 0, fan: None };
        let mut rest = key;
        while let Some((name, behind)) = rest.split_once('.') {
            let to_many = at.reach.fans.iter().find(|hop| hop.name.as_str() == name);
            let paths = || {
                at.reach
                    .paths
                    .iter()
                    .take_while(|path| path.parent.is_none())
            };
            let to_one = || {
                paths()
                    .map(|path| &path.hop)
                    .find(|hop| hop.name.as_str() == name)
            };
            at = catalog.source_by_id(to_many.or_else(to_one)?.to)?;
            walk.hops += 1;
            if to_many.is_some() && walk.fan.is_none() {
                walk.fan = Some(Fan {
                    many: at,
                    rest: behind,
                });
            }
            rest = behind;
        }
        let id = *catalog.index.dimensions.get(rest)?;
        let is_there = at.has(DimensionKey::plain(id)) && self.knows_dimension(id);
        is_there.then_some(walk)
    }

    /// Reports a key that no source reaches, where it leads from the source that is named, or from any, to
    /// many rows or too far.
    fn report_walk_anywhere(&mut self, key: &str, path: &Path) -> bool {
        if !key.contains('.') {
            return false;
        }
        let catalog = self.catalog;
        let named = self.request.source.as_ref();
        let sources = catalog
            .sources
            .iter()
            .filter(|source| named.is_none_or(|named| named == source.key.as_str()));
        for source in sources {
            let Some(walk) = self.walk(source, key) else {
                continue;
            };
            let bound = catalog.limits.relationship_hops;
            if let Some(fan) = walk.fan {
                self.report_fan(source, key, &fan, path.clone());
                return true;
            }
            if walk.hops > bound {
                self.report_limit(path.clone(), "relationship_hops", bound);
                return true;
            }
        }
        false
    }

    fn report_fan(&mut self, source: &Source, key: &str, fan: &Fan<'_, '_>, path: Path) {
        let error = ResolveError::FanOut {
            name: echo(key),
            source_key: source.key.to_string(),
            many: fan.many.key.to_string(),
        };
        let help = Help::advice(format!(
            "ask for metrics of source `{}`, by `{}`",
            fan.many.key, fan.rest
        ));
        self.findings.push(Error::new(path, error).with_help(help));
    }

    /// A dimension as rules name it, and the only way to it from a source that lacks it; with the ways that
    /// there are, where that is not one.
    pub(super) fn way_to(
        &self,
        source: &'c Source,
        id: DimensionId,
    ) -> Result<crate::catalog::reach::PathId, Vec<&'c str>> {
        let end = |way: &Reached| {
            let path = source.reach.path(way.on_source.path?)?;
            self.catalog.source_by_id(path.hop.to)
        };
        // Rows that are added up hold no rule for those beside them.
        let is_row = |way: &&Reached| end(way).is_none_or(|far| far.rollup.is_none());
        let ways: Vec<&'c Reached> = source.reach.ways(id).iter().filter(is_row).collect();
        let spelled = || ways.iter().map(|way| &*way.spelled).collect::<Vec<_>>();
        let [way] = ways.as_slice() else {
            return Err(spelled());
        };
        let path = way.on_source.path.ok_or_else(spelled)?;
        let far = end(way);
        // What is exempt from the rule does not hold it for others.
        let holds = far.is_some_and(|far| far.access_exempt.binary_search(&id).is_err());
        match holds {
            true => Ok(path),
            false => Err(Vec::new()),
        }
    }
}
