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
        let mut found: Vec<(Path, usize)> = Vec::new();
        let mut last: Vec<(Path, Vec<(&str, usize)>)> = vec![(Path::new(), Vec::new())];
        for _ in 0..HOPS {
            let mut next = Vec::new();
            for (path, met) in last {
                let end = met.last().map(|(_, source)| &self.sources[*source].hops);
                for hop in end.unwrap_or(&self.hops) {
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

    /// The only path to a dimension, if rules on it hold there.
    fn to_rule(&self, key: &str) -> Option<Path> {
        let has_it = |far: &Far| far.offers.iter().any(|(own, _)| *own == key);
        let all = self.paths().into_iter();
        let mut having = all.filter(|(_, source)| has_it(&self.sources[*source]));
        match (having.next(), having.next()) {
            (Some((path, source)), None) => self.sources[source].holds(key).then_some(path),
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
    let (mut hops, mut row) = (&world.reach.hops, row);
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

/// Whether no source can say what a rule is about, or several could (R22).
pub fn is_unavailable(world: &World, rule: &Rule) -> bool {
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
    let is_own = |key: &str| !is_exempt(world, key) && own_value(world, key).is_some();
    if is_own(key) {
        return true;
    }
    let mut read: Vec<Path> = asked
        .iter()
        .map(|at| world.dimensions[*at].path.clone())
        .collect();
    for rule in question.rules.iter().filter(|rule| restricts(rule)) {
        let key = world.dimensions[rule.dimension].key;
        if !is_exempt(world, key) && !is_own(key) {
            read.extend(world.reach.to_rule(key));
        }
    }
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

/// Whether a rule leaves a row of the two sources. One that they cannot say holds by the only path to a source
/// that can: what leads to no visible row there is hidden. Where they are exempt, what is asked of a far source
/// is not.
pub fn leaves(world: &World, question: &Question, rule: &Rule, asked: &[usize], row: &Row) -> bool {
    let key = world.dimensions[rule.dimension].key;
    let leads = |path: &[&str]| !restricts(rule) || far_row(world, question, path, row).is_some();
    if is_exempt(world, key) {
        return asked.iter().all(|at| {
            let path = &world.dimensions[*at].path;
            let parts = (1..=path.len()).map(|length| &path[..length]);
            let is_held =
                |path: &&[&'static str]| world.reach.end(path).is_some_and(|far| far.holds(key));
            parts.filter(is_held).all(leads)
        });
    }
    match own_value(world, key) {
        Some(value) => allows(rule, &value.of_row(row)),
        None => world.reach.to_rule(key).is_none_or(|path| leads(&path)),
    }
}
