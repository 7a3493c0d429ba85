//! What a source reaches over its relationships, by the catalog alone: paths, the dimensions at their ends,
//! which of them a statement needs, and which hide rows of the source that they start from.

use std::collections::{BTreeMap, BTreeSet};

use measurand::catalog::spec::{
    Cardinality, CatalogSpec, DimensionSpec, Offer, RelationshipSpec, SourceSpec,
};
use measurand::{DataType, FilterRequest, RequestKind, Subject};

use super::fragment::normal_fragment;
use super::lower::Lowered;
use super::meaning::{Known, OnSource, columns, relation};
use super::reached::{far_name, way};
use super::tree::{Head, Tree};

/// The most hops that a path has.
const HOPS: usize = 4;

/// A step to at most one row of another source.
#[derive(Clone, Copy)]
pub struct Hop<'a> {
    pub name: &'a str,
    pub to: &'a SourceSpec,
    relationship: &'a RelationshipSpec,
    is_turned: bool,
}

/// Hops in a row.
pub type Path<'a> = Vec<Hop<'a>>;

/// The paths along which rows of a source have to find a visible row, by their first hop.
#[derive(Default)]
pub struct Restricting<'a> {
    pub hops: BTreeMap<&'a str, (Hop<'a>, Restricting<'a>)>,
}

/// The paths of every source, by its key, each with how it is written; nothing where no source leads anywhere.
pub type Reaches<'a> = BTreeMap<&'a str, Vec<(String, Path<'a>)>>;

/// What every source of a catalog leads to.
pub fn reaches(spec: &CatalogSpec) -> Reaches<'_> {
    let mut found = Reaches::new();
    if spec
        .data_sources
        .iter()
        .any(|s| !s.relationships.is_empty())
    {
        for source in &spec.data_sources {
            let all = paths(spec, source).into_iter();
            let all = all.map(|path| (spelled(&path), path)).collect();
            found.insert(source.source_key.as_str(), all);
        }
    }
    found
}

/// Where a key leads on a source.
pub enum Place<'a> {
    /// To a dimension of the source itself.
    Own(&'a DimensionSpec),
    Far(Path<'a>, &'a DimensionSpec),
}

impl<'a> Hop<'a> {
    /// The columns that are equal, here and there.
    pub fn on(&self) -> Vec<(&'a str, &'a str)> {
        let pairs = self.relationship.on.iter();
        let pairs = pairs.map(|(from, to)| match self.is_turned {
            true => (to.as_str(), from.as_str()),
            false => (from.as_str(), to.as_str()),
        });
        pairs.collect()
    }
}

/// How a path is written.
pub fn spelled(path: &[Hop<'_>]) -> String {
    let names: Vec<&str> = path.iter().map(|hop| hop.name).collect();
    names.join(".")
}

/// The hops from a source, each to at most one row.
fn hops<'a>(spec: &'a CatalogSpec, source: &'a SourceSpec) -> Vec<Hop<'a>> {
    let of_key = |key: &str| spec.data_sources.iter().find(|s| s.source_key == key);
    let own = source.relationships.iter();
    let own = own.filter(|own| own.cardinality != Cardinality::OneToMany);
    let mut found: Vec<Hop<'a>> = own
        .filter_map(|own| {
            Some(Hop {
                name: &own.name,
                to: of_key(&own.to)?,
                relationship: own,
                is_turned: false,
            })
        })
        .collect();
    for owner in &spec.data_sources {
        let mut many = owner.relationships.iter().filter(|of_owner| {
            of_owner.cardinality == Cardinality::OneToMany && of_owner.to == source.source_key
        });
        let (Some(relationship), None) = (many.next(), many.next()) else {
            continue;
        };
        let name = owner.source_key.as_str();
        let declared = source.columns.iter().flatten();
        // What the source says itself needs no second way.
        let is_known = source.relationships.iter().any(|own| {
            let mut turned = own
                .on
                .iter()
                .map(|(here, there)| (there.clone(), here.clone()));
            own.cardinality != Cardinality::OneToMany
                && own.to == owner.source_key
                && own.on.len() == relationship.on.len()
                && turned.all(|pair| relationship.on.contains(&pair))
        });
        let is_free = !is_known
            && !source.relationships.iter().any(|own| own.name == name)
            && !declared.into_iter().any(|column| column.name == name)
            && !offers(spec, source, name);
        if is_free {
            found.push(Hop {
                name,
                to: owner,
                relationship,
                is_turned: true,
            });
        }
    }
    found
}

/// Every path from a source, short ones first, then by how they are written.
fn paths<'a>(spec: &'a CatalogSpec, source: &'a SourceSpec) -> Vec<Path<'a>> {
    let mut found: Vec<Path<'a>> = Vec::new();
    let mut last: Vec<Path<'a>> = vec![Vec::new()];
    for _ in 0..HOPS {
        let mut next = Vec::new();
        for path in last {
            let end = path.last().map_or(source, |hop| hop.to);
            for hop in hops(spec, end) {
                let is_met =
                    |met: &Hop<'_>| met.name == hop.name && met.to.source_key == hop.to.source_key;
                let before = path.len().checked_sub(2).map_or(source, |at| path[at].to);
                let returns = path.last().is_some_and(|last| is_back(before, last, &hop));
                if !path.iter().any(is_met) && !returns {
                    let mut longer = path.clone();
                    longer.push(hop);
                    next.push(longer);
                }
            }
        }
        next.sort_by_key(|path| spelled(path));
        found.extend(next.iter().cloned());
        last = next;
    }
    found
}

/// Whether a hop behind another leads straight back to the row of a source that the other comes from.
pub fn is_back(before: &SourceSpec, last: &Hop<'_>, hop: &Hop<'_>) -> bool {
    let (on, back) = (last.on(), hop.on());
    let mut turned = on.iter().map(|(here, there)| (*there, *here));
    before.source_key == hop.to.source_key
        && on.len() == back.len()
        && turned.all(|pair| back.contains(&pair))
}

/// Whether requests may ask a source for a dimension: rules alone look at what is added up.
pub fn sees(spec: &CatalogSpec, source: &SourceSpec, key: &str) -> bool {
    if source.rollup_by.is_empty() || !offers(spec, source, key) {
        return offers(spec, source, key);
    }
    let dimension = spec.dimensions.iter().find(|d| d.dimension_key == key);
    let value = dimension.and_then(|d| normal_fragment(&d.column_expression).ok());
    let declared = source.columns.iter().flatten();
    value.is_some_and(|value| {
        columns(&value).into_iter().all(|name| {
            let mut declared = declared.clone();
            source.rollup_by.iter().any(|by| by == name)
                || declared.any(|column| column.name == name && column.rollup.is_some())
        })
    })
}

/// Whether a source offers a dimension: it lists it, or has every column that it reads.
pub fn offers(spec: &CatalogSpec, source: &SourceSpec, key: &str) -> bool {
    let Some(dimension) = spec.dimensions.iter().find(|d| d.dimension_key == key) else {
        return false;
    };
    let declared = match (&source.dimensions, &source.columns) {
        (Offer::Listed(listed), _) => {
            return listed.iter().any(|offer| offer.dimension == key);
        }
        (Offer::All, None) => return true,
        (Offer::All, Some(declared)) => declared,
    };
    let Ok(value) = normal_fragment(&dimension.column_expression) else {
        return false;
    };
    let mut reads = columns(&value).into_iter();
    reads.all(|name| declared.iter().any(|column| column.name == name))
}

impl<'a> Known<'a> {
    /// The same request and context, about another source.
    pub fn at(&self, source: &'a SourceSpec) -> Known<'a> {
        Known { source, ..*self }
    }

    /// Whether the catalog has any.
    pub fn has_relationships(&self) -> bool {
        !self.reaches.is_empty()
    }

    /// The paths from the source, each with how it is written.
    pub fn paths(&self) -> &'a [(String, Path<'a>)] {
        let own = self.reaches.get(self.source.source_key.as_str());
        own.map_or(&[], Vec::as_slice)
    }

    /// The paths to a dimension that end with a key; `key` is what is written.
    fn leading(&self, key: &str) -> Vec<(Path<'a>, &'a DimensionSpec)> {
        if !self.has_relationships() {
            return Vec::new();
        }
        let (front, name) = key.rsplit_once('.').unwrap_or(("", key));
        let mut dimensions = self.spec.dimensions.iter();
        let Some(spec) = dimensions.find(|d| d.dimension_key == name) else {
            return Vec::new();
        };
        let ends = self.paths().iter().filter(|(written, _)| {
            let before = written.strip_suffix(front);
            before.is_some_and(|before| {
                front.is_empty() || before.is_empty() || before.ends_with('.')
            })
        });
        let reached = ends.filter(|(_, path)| {
            let end = path.last().map(|hop| hop.to);
            end.is_some_and(|end| sees(self.spec, end, name))
        });
        let mut found: Vec<(Path<'a>, &'a DimensionSpec)> =
            reached.map(|(_, path)| (path.clone(), spec)).collect();
        // What is written in full is meant, whatever else ends like it.
        if let Some(at) = found.iter().position(|(path, _)| spelled(path) == front) {
            found = vec![found.swap_remove(at)];
        }
        found
    }

    /// Where a key of the request leads, after switches.
    pub fn place(&self, key: &str, has_grain: bool) -> Lowered<Place<'a>> {
        let switched = match key.contains('.') {
            true => key.to_owned(),
            false => {
                let spec = self.switched(key, has_grain)?;
                if sees(self.spec, self.source, &spec.dimension_key) {
                    return Ok(Place::Own(spec));
                }
                spec.dimension_key.clone()
            }
        };
        let mut leading = self.leading(&switched);
        match (leading.pop(), leading.pop()) {
            (Some((path, spec)), None) => Ok(Place::Far(path, spec)),
            (None, _) => {
                let behind = self.behind_source(key, has_grain);
                behind.ok_or(format!("the source has no `{key}`, nor leads to one"))
            }
            (Some(_), Some(_)) => Err(format!("several paths lead to `{key}`")),
        }
    }

    /// What lies behind the source on the way that a key takes from the source that the request names.
    fn behind_source(&self, key: &str, has_grain: bool) -> Option<Place<'a>> {
        let named = self.request.source.as_deref()?;
        let mut all = self.spec.data_sources.iter();
        let source = all.find(|source| source.source_key == named)?;
        if source.source_key == self.source.source_key {
            return None;
        }
        let from = Known { source, ..*self };
        let Ok(Place::Far(path, spec)) = from.place(key, has_grain) else {
            return None;
        };
        let is_here = |hop: &Hop<'a>| hop.to.source_key == self.source.source_key;
        let at = path.iter().position(is_here)?;
        let rest = path.get(at + 1..)?.to_vec();
        if rest.iter().any(is_here) {
            return None;
        }
        match rest.is_empty() {
            true => Some(Place::Own(spec)),
            false => Some(Place::Far(rest, spec)),
        }
    }

    /// Whether rows of the source lead to one of another.
    pub fn leads_to(&self, key: &str) -> bool {
        let mut all = paths(self.spec, self.source).into_iter();
        all.any(|path| path.last().is_some_and(|hop| hop.to.source_key == key))
    }

    /// The dimension that a key of the request stands for, as the statement has to read it.
    pub fn meant(&self, key: &str, has_grain: bool) -> Lowered<OnSource<'a>> {
        match self.place(key, has_grain)? {
            Place::Own(spec) => self.on_source(spec),
            Place::Far(path, spec) => self.far(&path, spec),
        }
    }

    /// A dimension of a far source, over the columns that are read of it. Where there is no far row there is
    /// no value, whatever is computed from it.
    fn far(&self, path: &[Hop<'a>], spec: &'a DimensionSpec) -> Lowered<OnSource<'a>> {
        let hop = path.last().ok_or("a path of no hops")?;
        let mut dimension = self.at(hop.to).on_source(spec)?;
        let way = self.way_along(path);
        let is_bare = matches!(dimension.value, Tree::Column(..));
        let value = dimension.value.rewrite(&mut |tree| match tree {
            Tree::Column(_, name) => Tree::Column(String::new(), far_name(&way, &name)),
            other => other,
        });
        dimension.value = match is_bare {
            true => value,
            false => {
                let on = hop.on();
                let (_, key) = on.first().ok_or("a relationship by nothing")?;
                let key = Tree::column("", &far_name(&way, key));
                let is_there = Tree::node(Head::IsNull { negated: true }, [key]);
                let head = Head::Case {
                    has_operand: false,
                    has_else: false,
                };
                Tree::node(head, [is_there, value])
            }
        };
        dimension.path = Some(spelled(path));
        Ok(dimension)
    }

    /// How a path is joined.
    fn way_along(&self, path: &[Hop<'a>]) -> String {
        path.iter().fold(String::new(), |before, hop| {
            let (schema, name) = relation(&hop.to.view_pattern, &self.context.tenant);
            way(&before, (&schema, &name), &hop.on())
        })
    }

    /// The same about the whole request, where this is about the members that it ranks.
    pub fn of_whole(&self) -> Known<'a> {
        Known {
            request: self.whole,
            ..*self
        }
    }

    /// The keys of dimensions that the request names where rows of the source are read, with whether a grain
    /// is asked for. Rows that are only counted are those that would be shown.
    pub fn named(&self) -> Vec<(String, bool)> {
        let request = self.request;
        let mut found: Vec<(String, bool)> = Vec::new();
        let is_detail = super::detail::is_detail(self);
        if is_detail {
            let columns = request.columns.iter();
            found.extend(columns.map(|asked| (asked.dimension.clone(), asked.grain.is_some())));
            let shown = |key: &str| {
                request.columns.iter().any(|asked| match &asked.grain {
                    Some(grain) => format!("{}.{grain}", asked.dimension) == key,
                    None => asked.dimension == key,
                })
            };
            let order = request.order_by.iter().filter(|by| !shown(&by.key));
            // The label of a dimension leads where the dimension does.
            let meant = |key: &str| match (self.place(key, false), key.strip_suffix(".label")) {
                (Err(_), Some(of)) => of.to_owned(),
                _ => key.to_owned(),
            };
            found.extend(order.map(|by| (meant(&by.key), false)));
        }
        if !is_detail {
            let asked = request.dimensions.iter();
            found.extend(asked.map(|asked| (asked.dimension.clone(), asked.grain.is_some())));
        }
        found.extend(self.filtered());
        found
    }

    /// The keys of dimensions in filters.
    fn filtered(&self) -> Vec<(String, bool)> {
        let mut found: Vec<(String, bool)> = Vec::new();
        let mut waiting: Vec<&FilterRequest> = self.request.filters.iter().collect();
        while let Some(filter) = waiting.pop() {
            match filter {
                FilterRequest::And(parts)
                | FilterRequest::List(parts)
                | FilterRequest::Or(parts) => waiting.extend(parts),
                FilterRequest::Not(part) => waiting.push(part),
                FilterRequest::Compare(comparison) => {
                    if let Subject::Dimension(key) = &comparison.subject {
                        found.push((key.clone(), false));
                    }
                }
            }
        }
        found
    }

    /// Whether the source has every dimension that the request names itself.
    pub fn has_all(&self) -> bool {
        let mut named = self.named().into_iter();
        named.all(|(key, has_grain)| matches!(self.place(&key, has_grain), Ok(Place::Own(_))))
    }

    /// The paths along which far rows are read beside those of the source, in the order of the statement: what
    /// rows are shown by is not read where they are counted.
    pub fn needed(&self) -> Lowered<Vec<Path<'a>>> {
        let is_count = self.request.kind == RequestKind::Count;
        match is_count && super::detail::is_detail(self) {
            true => self.along(self.filtered()),
            false => self.along(self.named()),
        }
    }

    /// The paths along which these keys lead, and those that lead there.
    pub fn along(&self, keys: Vec<(String, bool)>) -> Lowered<Vec<Path<'a>>> {
        let mut found: Vec<Path<'a>> = Vec::new();
        if !self.has_relationships() {
            return Ok(found);
        }
        let is_detail = super::detail::is_detail(self);
        for (key, has_grain) in keys {
            let is_column = || {
                let columns = self.source.columns.iter().flatten();
                columns.into_iter().any(|column| column.name == key)
            };
            if is_detail && is_column() && !offers(self.spec, self.source, &key) {
                continue;
            }
            if let Place::Far(path, _) = self.place(&key, has_grain)? {
                found.extend((1..=path.len()).map(|length| path[..length].to_vec()));
            }
        }
        let mut known = BTreeSet::new();
        found.retain(|path| known.insert(spelled(path)));
        found.sort_by_key(|path| (path.len(), spelled(path)));
        Ok(found)
    }

    /// Whether rules on a dimension hold on anything that is read here.
    pub fn holds_rules_on(&self, key: &str) -> bool {
        let holds = |source: &SourceSpec| {
            offers(self.spec, source, key) && !source.access_exempt.iter().any(|e| e == key)
        };
        if holds(self.source) {
            return true;
        }
        let needed = self.of_whole().needed().unwrap_or_default();
        let mut joined = needed.iter().filter_map(|path| path.last());
        joined.any(|hop| holds(hop.to))
            || self
                .restricting()
                .is_ok_and(|restricting| restricting.any(&holds))
    }

    /// The declared type of a far column, by the way to its source.
    pub fn far_type(&self, way: &str, column: &str) -> Option<DataType> {
        let needed = self.of_whole().needed().ok()?;
        let path = needed.iter().find(|path| self.way_along(path) == way)?;
        self.at(path.last()?.to).column_type(column)
    }
}

impl<'a> Restricting<'a> {
    pub fn add(&mut self, path: &[Hop<'a>]) {
        if let Some((first, rest)) = path.split_first() {
            let below = self.hops.entry(first.name);
            let (_, below) = below.or_insert_with(|| (*first, Restricting::default()));
            below.add(rest);
        }
    }

    /// What rows at the end of a path have to find behind it.
    pub fn behind(&self, path: &[Hop<'a>]) -> Option<&Restricting<'a>> {
        path.iter().try_fold(self, |from, hop| {
            from.hops.get(hop.name).map(|(_, below)| below)
        })
    }

    fn any(&self, is_it: &dyn Fn(&SourceSpec) -> bool) -> bool {
        let mut hops = self.hops.values();
        hops.any(|(hop, below)| is_it(hop.to) || below.any(is_it))
    }

    /// The sources that are read so.
    pub fn sources(&self) -> Vec<&'a str> {
        let mut found = Vec::new();
        for (hop, below) in self.hops.values() {
            found.push(hop.to.source_key.as_str());
            found.extend(below.sources());
        }
        found
    }
}
