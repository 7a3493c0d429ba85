//! What is reached over relationships: at most one far row by each path, if the caller may see it.

use super::answer::allows;
use super::expression::Expr;
use super::model::{Question, Row, Rule, TENANT, World};
use super::value::Value;

/// The column that tells the rows of a far source apart, within a tenant unless it is shared.
pub const ID: usize = 1;

/// The most hops that a path has.
const HOPS: usize = 4;

/// The far sources, and the hops to them from the two sources of a world.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    pub hops: Vec<Hop>,
    pub sources: Vec<Far>,
}

/// From a column here to the row of a far source that has it as its `ID`.
#[derive(Debug, Clone)]
pub struct Hop {
    pub name: &'static str,
    pub column: usize,
    pub to: usize,
    /// Whether it is the far source that says so, as one to many.
    pub is_turned: bool,
}

#[derive(Debug, Clone)]
pub struct Far {
    pub name: &'static str,
    pub rows: Vec<Row>,
    pub base_filter: Option<Expr>,
    /// Whether its rows are of all tenants.
    pub is_shared: bool,
    pub hops: Vec<Hop>,
    /// The dimensions that it has, by their keys in the catalog.
    pub offers: Vec<(&'static str, Expr)>,
    /// The keys of dimensions whose rules do not hold here.
    pub exempt: Vec<&'static str>,
}

pub type Path = Vec<&'static str>;

impl Far {
    /// Whether it has a dimension, and rules on it hold.
    fn holds(&self, key: &str) -> bool {
        self.offers.iter().any(|(own, _)| *own == key) && !self.exempt.contains(&key)
    }

    /// Whether the caller may see a row: the tenant's, unless it is everybody's, without what the source
    /// leaves out, within every rule that the source itself can say.
    pub fn shows(&self, world: &World, question: &Question, row: &Row) -> bool {
        let filter = self.base_filter.as_ref();
        let mut rules = question.rules.iter();
        (self.is_shared || row[TENANT] == Value::integer(question.tenant))
            && filter.is_none_or(|filter| filter.of_row(row) == Value::Boolean(true))
            && rules.all(|rule| {
                let key = world.dimensions[rule.dimension].key;
                let own = self.offers.iter().find(|(own, _)| *own == key);
                let own = own.filter(|_| !self.exempt.contains(&key));
                own.is_none_or(|(_, value)| allows(rule, &value.of_row(row)))
            })
    }
}

impl Reach {
    /// Every path, with the source that it leads to. No hop is taken twice.
    pub fn paths(&self) -> Vec<(Path, usize)> {
        self.paths_from(&self.hops)
    }

    fn paths_from(&self, hops: &[Hop]) -> Vec<(Path, usize)> {
        let mut found: Vec<(Path, usize)> = Vec::new();
        let mut last: Vec<(Path, Vec<(&str, usize)>)> = vec![(Path::new(), Vec::new())];
        for _ in 0..HOPS {
            let mut next = Vec::new();
            for (path, met) in last {
                let end = met.last().map(|(_, source)| &self.sources[*source].hops);
                for hop in end.map_or(hops, Vec::as_slice) {
                    if met.contains(&(hop.name, hop.to)) {
                        continue;
                    }
                    let (mut path, mut met) = (path.clone(), met.clone());
                    path.push(hop.name);
                    met.push((hop.name, hop.to));
                    found.push((path.clone(), hop.to));
                    next.push((path, met));
                }
            }
            last = next;
        }
        found
    }

    fn end(&self, path: &[&str]) -> Option<&Far> {
        let mut all = self.paths().into_iter();
        let found = all.find(|(known, _)| known == path);
        found.map(|(_, source)| &self.sources[source])
    }

    /// The ways to a dimension along some hops, and whether rules on it hold where they lead.
    fn ways(&self, hops: &[Hop], key: &str) -> Vec<(Path, bool)> {
        let all = self.paths_from(hops).into_iter();
        let having = all.filter(|(_, source)| {
            let mut offers = self.sources[*source].offers.iter();
            offers.any(|(own, _)| *own == key)
        });
        having
            .map(|(path, source)| (path, self.sources[source].holds(key)))
            .collect()
    }

    /// The only path to a dimension, if rules on it hold there.
    fn to_rule(&self, key: &str) -> Option<Path> {
        match self.ways(&self.hops, key).as_slice() {
            [(path, true)] => Some(path.clone()),
            _ => None,
        }
    }
}

/// The far row that a row of the two sources leads to, unless there is none or the caller may not see it, or
/// one on the way.
pub fn far_row<'w>(
    world: &'w World,
    question: &Question,
    path: &[&str],
    row: &'w Row,
) -> Option<&'w Row> {
    row_along(world, question, &world.reach.hops, path, row)
}

fn row_along<'w>(
    world: &'w World,
    question: &Question,
    hops: &'w [Hop],
    path: &[&str],
    row: &'w Row,
) -> Option<&'w Row> {
    let (mut hops, mut row) = (hops, row);
    for name in path {
        let hop = hops.iter().find(|hop| hop.name == *name)?;
        let far = &world.reach.sources[hop.to];
        let key = &row[hop.column];
        let mut rows = far.rows.iter();
        row = rows.find(|other| {
            !key.is_null() && other[ID].is_same(key) && far.shows(world, question, other)
        })?;
        hops = &far.hops;
    }
    Some(row)
}

/// Whether the two sources themselves are exempt from rules on a dimension.
pub fn is_exempt(world: &World, key: &str) -> bool {
    let mut all = world.dimensions.iter();
    all.any(|dimension| dimension.key == key && dimension.is_exempt)
}

/// Whether no source can say what a rule is about, or several could; or whether that is so of what is asked of
/// far ones (R22).
pub fn is_unavailable(world: &World, question: &Question, asked: &[usize]) -> bool {
    let mut rules = question.rules.iter();
    rules.any(|rule| is_nowhere(world, rule)) || met(world, question, asked).is_none()
}

fn is_nowhere(world: &World, rule: &Rule) -> bool {
    let key = world.dimensions[rule.dimension].key;
    !is_exempt(world, key) && own_value(world, key).is_none() && world.reach.to_rule(key).is_none()
}

/// The dimension as the two sources say it themselves.
fn own_value<'w>(world: &'w World, key: &str) -> Option<&'w Expr> {
    let mut own = world.dimensions.iter();
    let own = own.find(|own| own.path.is_empty() && own.key == key && own.is_offered);
    own.map(|own| &own.value)
}

/// Whether rules on a dimension hold on anything that is read for a question: the two sources, what is asked of
/// far ones, and what rules lead to.
pub fn holds(world: &World, question: &Question, asked: &[usize], key: &str) -> bool {
    if !is_exempt(world, key) && own_value(world, key).is_some() {
        return true;
    }
    let paths = asked.iter().map(|at| world.dimensions[*at].path.clone());
    let mut read: Vec<Path> = paths.collect();
    read.extend(met(world, question, asked).unwrap_or_default());
    read.iter().any(|path| {
        let parts = (1..=path.len()).map(|length| &path[..length]);
        let mut ends = parts.filter_map(|part| world.reach.end(part));
        ends.any(|far| far.holds(key))
    })
}

/// Whether a rule hides anything at all.
fn restricts(rule: &Rule) -> bool {
    rule.is_include || !rule.values.is_empty()
}

/// The paths at whose end rows of the two sources have to find a row that the caller may see: where the rules on
/// what the two cannot say hold, and wherever a rule holds on what is asked of far sources, by itself or by what
/// lies behind. Nothing where a rule cannot be held so.
pub fn met(world: &World, question: &Question, asked: &[usize]) -> Option<Vec<Path>> {
    let reach = &world.reach;
    let rules = question.rules.iter().filter(|rule| restricts(rule));
    let mut keys: Vec<&str> = rules
        .map(|rule| world.dimensions[rule.dimension].key)
        .collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Some(Vec::new());
    }
    let asked: Vec<Path> = asked
        .iter()
        .flat_map(|at| beginnings(&world.dimensions[*at].path))
        .collect();
    let mut read = asked.clone();
    let mut met: Vec<Path> = Vec::new();
    for key in &keys {
        if !is_exempt(world, key) && own_value(world, key).is_none() {
            let path = reach.to_rule(key)?;
            read.extend(beginnings(&path));
            met.push(path);
        }
    }
    // What the end of a path is held by: a path to a row that has to be seen.
    let held = |path: &Path, key: &str| -> Result<Option<Path>, ()> {
        let end = reach.end(path).expect("a path");
        if end.exempt.contains(&key) {
            return Ok(None);
        }
        if end.holds(key) {
            return Ok(Some(path.clone()));
        }
        match reach.ways(&end.hops, key).as_slice() {
            [] | [(_, false)] => Ok(None),
            [(way, true)] => {
                let whole = [path.as_slice(), way].concat();
                reach.end(&whole).is_some().then_some(Some(whole)).ok_or(())
            }
            _ => Err(()),
        }
    };
    let mut next = 0;
    while let Some(path) = read.get(next).cloned() {
        next += 1;
        for key in &keys {
            if let Some(whole) = held(&path, key).ok()? {
                for part in beginnings(&whole) {
                    if !read.contains(&part) {
                        read.push(part);
                    }
                }
                met.push(whole);
                continue;
            }
            let is_exempt_there = reach.end(&path).expect("a path").exempt.contains(key);
            let mut before = beginnings(&path).into_iter().filter(|part| *part != path);
            let is_held = !is_exempt(world, key)
                || before.any(|part| matches!(held(&part, key), Ok(Some(_))));
            if asked.contains(&path) && !is_exempt_there && !is_held {
                return None;
            }
        }
    }
    Some(met)
}

fn beginnings(path: &Path) -> Vec<Path> {
    let lengths = 1..=path.len();
    lengths.map(|length| path[..length].to_vec()).collect()
}

/// Whether a row of a far source leads to what rules leave behind it, where the source holds them by that.
pub fn finds(world: &World, question: &Question, source: usize, row: &Row) -> bool {
    let far = &world.reach.sources[source];
    let mut rules = question.rules.iter().filter(|rule| restricts(rule));
    rules.all(|rule| {
        let key = world.dimensions[rule.dimension].key;
        if far.exempt.contains(&key) || far.holds(key) {
            return true;
        }
        match world.reach.ways(&far.hops, key).as_slice() {
            [(way, true)] => row_along(world, question, &far.hops, way, row).is_some(),
            _ => true,
        }
    })
}

/// Whether the rules leave a row of the two sources, by what these say themselves and by the rows that it has to
/// find. One that leads to no row has none that a rule could leave.
pub fn leaves(world: &World, question: &Question, asked: &[usize], row: &Row) -> bool {
    let by_itself = question.rules.iter().all(|rule| {
        let key = world.dimensions[rule.dimension].key;
        let own = own_value(world, key).filter(|_| !is_exempt(world, key));
        own.is_none_or(|value| allows(rule, &value.of_row(row)))
    });
    by_itself
        && met(world, question, asked)
            .unwrap_or_default()
            .iter()
            .all(|path| far_row(world, question, path, row).is_some())
}
