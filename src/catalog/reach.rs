//! Relationships: which dimensions of other sources a source reaches, and by which paths.

use std::sync::{Arc, OnceLock};

use crate::hash::CatalogMap;
use crate::name::Name;

use super::columns::ColumnId;
use super::dimension::{Dimension, DimensionInfo, SourceDimension};
use super::source::Source;
use super::spelling::KeySpelling;
use super::{DimensionId, SourceId};

/// The position of a path among those of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PathId(pub(crate) u32);

/// A step from the rows of one source to those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) name: Name,
    pub(crate) to: SourceId,
    /// Pairs of columns that are equal: here, there.
    pub(crate) on: Arc<[(ColumnId, ColumnId)]>,
}

/// A way to the one row of another source that belongs to a row.
pub(crate) struct ReachPath {
    /// The path without its last hop; none where it has one hop.
    pub(crate) parent: Option<PathId>,
    pub(crate) hop: Hop,
    /// `order.customer`.
    pub(crate) spelled: Box<str>,
}

/// A dimension of another source, as its own source expresses it.
pub(crate) struct Reached {
    /// `order.customer.region`.
    pub(crate) spelled: Box<str>,
    pub(crate) on_source: SourceDimension,
}

/// What a source reaches, in no more hops than the limits allow.
#[derive(Default)]
pub(crate) struct Reach {
    /// Shorter paths come first.
    pub(crate) paths: Vec<ReachPath>,
    /// All ways to each dimension, in the order of the paths.
    pub(crate) dimensions: CatalogMap<DimensionId, Vec<Reached>>,
    /// The steps that lead to many rows, by name.
    pub(crate) fans: Vec<Hop>,
}

/// What a key of a request names: a dimension, and the way to it where one is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DimensionKey<'c> {
    pub(crate) id: DimensionId,
    /// The whole key, `customer.region`, where a relationship stands in front.
    pub(crate) route: Option<&'c str>,
}

impl DimensionKey<'_> {
    /// A dimension by its own key.
    pub(crate) fn plain(id: DimensionId) -> Self {
        Self { id, route: None }
    }
}

/// A key with relationships in front, as some source of the catalog reaches a dimension by it.
pub(crate) struct Route {
    pub(crate) dimension: DimensionId,
    /// What is shown of the dimension under this key; made when it is first asked for.
    info: OnceLock<Arc<DimensionInfo>>,
}

/// What a key is on a source.
pub(crate) enum Expressed<'c> {
    One(&'c SourceDimension),
    /// The key ends several paths.
    Several(Vec<&'c Reached>),
    Nothing,
}

impl<'c> Expressed<'c> {
    pub(crate) fn one(self) -> Option<&'c SourceDimension> {
        match self {
            Self::One(found) => Some(found),
            Self::Several(_) | Self::Nothing => None,
        }
    }
}

impl Route {
    pub(crate) fn new(dimension: DimensionId) -> Self {
        Self {
            dimension,
            info: OnceLock::new(),
        }
    }

    /// What is shown of the dimension under this key.
    pub(crate) fn info(&self, key: &str, dimension: &Dimension) -> &Arc<DimensionInfo> {
        self.info.get_or_init(|| {
            let info = &*dimension.info;
            let hops = key.split('.').rev().skip(1);
            let mut words: Vec<String> = hops.map(crate::name::in_words).collect();
            words.reverse();
            let respelled = |own: &KeySpelling| match own.key.strip_prefix(dimension.key.as_str()) {
                Some(rest) => KeySpelling::new(&format!("{key}{rest}")),
                None => own.clone(),
            };
            Arc::new(DimensionInfo {
                value: respelled(&info.value),
                label: respelled(&info.label),
                at_grain: info.at_grain.iter().map(respelled).collect(),
                display_name: format!("{}: {}", words.join(": "), info.display_name),
                ..info.clone()
            })
        })
    }
}

impl Reach {
    pub(crate) fn path(&self, id: PathId) -> Option<&ReachPath> {
        self.paths.get(id.0 as usize)
    }

    /// Where further hops lead from the end of a path of a source, which is none at the source itself; nothing
    /// where the source has no such path. A hop straight back is to the row that it comes from.
    pub(crate) fn onward(
        &self,
        start: SourceId,
        from: Option<PathId>,
        hops: &[&Hop],
    ) -> Option<Option<PathId>> {
        let mut end = from;
        for hop in hops {
            let last = end.and_then(|end| self.path(end));
            end = match last.filter(|_| self.returns(start, end, hop)) {
                Some(last) => last.parent,
                None => Some(self.step(end, hop)?),
            };
        }
        Some(end)
    }

    /// The path that is longer by this hop.
    fn step(&self, end: Option<PathId>, hop: &Hop) -> Option<PathId> {
        let is_it = |path: &ReachPath| path.parent == end && path.hop == *hop;
        let at = self.paths.iter().position(is_it)?;
        u32::try_from(at).ok().map(PathId)
    }

    /// Whether a hop from the end of a path leads straight back to the row that it comes from.
    pub(crate) fn returns(&self, start: SourceId, end: Option<PathId>, hop: &Hop) -> bool {
        end.and_then(|end| self.path(end)).is_some_and(|last| {
            let before = last.parent.and_then(|parent| self.path(parent));
            let comes_from = before.map_or(start, |before| before.hop.to);
            let is_back = |(here, there): &(ColumnId, ColumnId)| hop.on.contains(&(*there, *here));
            let is_as_long = last.hop.on.len() == hop.on.len();
            comes_from == hop.to && is_as_long && last.hop.on.iter().all(is_back)
        })
    }

    /// The hops of a path, in their order.
    pub(crate) fn hops(&self, path: PathId) -> Vec<&Hop> {
        let mut hops = Vec::with_capacity(4);
        let mut at = self.path(path);
        while let Some(path) = at {
            hops.push(&path.hop);
            at = path.parent.and_then(|parent| self.path(parent));
        }
        hops.reverse();
        hops
    }

    /// All ways to a dimension.
    pub(crate) fn ways(&self, id: DimensionId) -> &[Reached] {
        self.dimensions.get(&id).map_or(&[], Vec::as_slice)
    }
}

impl Source {
    /// What a key is on this source: its own dimension, the dimension at the end of just this path, or of
    /// the only one that ends with it.
    pub(crate) fn express(&self, key: DimensionKey<'_>) -> Expressed<'_> {
        let own = self.dimensions.get(&key.id).filter(|_| key.route.is_none());
        if let Some(own) = own {
            return Expressed::One(own);
        }
        let ways = self.reach.ways(key.id);
        let Some(route) = key.route else {
            return among(ways.iter());
        };
        if let Some(exact) = ways.iter().find(|reached| &*reached.spelled == route) {
            return Expressed::One(&exact.on_source);
        }
        among(ways.iter().filter(|reached| {
            let before = reached.spelled.strip_suffix(route);
            before.is_some_and(|before| before.ends_with('.'))
        }))
    }

    /// Whether a key is something on this source.
    pub(crate) fn has(&self, key: DimensionKey<'_>) -> bool {
        matches!(self.express(key), Expressed::One(_))
    }
}

fn among<'c>(mut ways: impl Iterator<Item = &'c Reached>) -> Expressed<'c> {
    let Some(first) = ways.next() else {
        return Expressed::Nothing;
    };
    let mut several: Vec<&Reached> = ways.collect();
    if several.is_empty() {
        return Expressed::One(&first.on_source);
    }
    several.insert(0, first);
    Expressed::Several(several)
}
