//! Which rows of other sources those of a source have to find, for the rules in force.

use std::collections::BTreeSet;

use measurand::AccessType;
use measurand::catalog::spec::SourceSpec;

use super::lower::Lowered;
use super::meaning::Known;
use super::reach::{Hop, Path, Restricting, is_back, offers, spelled};

/// How rows are held to a rule.
enum Held<'a> {
    /// By the row at the end of a path; of no hops, where it is the row itself.
    At(Path<'a>),
    /// Not at all: the source is exempt, or has nothing to do with what the rule is about.
    Not,
}

impl<'a> Known<'a> {
    /// The paths along which rows of the source have to find a row that the rules leave (R22): where rules hold
    /// that the source cannot say, and wherever one holds on what is asked of another source, or behind that.
    pub fn restricting(&self) -> Lowered<Restricting<'a>> {
        let mut restricting = Restricting::default();
        if !self.has_relationships() {
            return Ok(restricting);
        }
        let whole = self.of_whole();
        let pivoted = whole.request.pivot.iter().map(|pivot| &pivot.dimension);
        let pivoted = pivoted.map(|asked| (asked.dimension.clone(), asked.grain.is_some()));
        let asked = self.along(whole.named().into_iter().chain(pivoted).collect())?;
        let is_asked = |path: &[Hop<'a>]| asked.iter().any(|known| spelled(known) == spelled(path));
        let mut waiting = asked.clone();
        let mut keys: Vec<&'a str> = Vec::new();
        for rule in &self.context.access {
            let key = self.ruled(rule)?.dimension_key.as_str();
            let is_void = rule.access_type == AccessType::Exclude && rule.values.is_empty();
            // What restricts nothing has to be reached all the same.
            let held = self.held(&[], key)?;
            if matches!(held, Held::Not) && !is_exempt(self.source, key) {
                return Err(format!("no path leads to the rule on `{key}`"));
            }
            if is_void {
                continue;
            }
            keys.push(key);
            if let Held::At(path) = held {
                restricting.add(&path);
                waiting.extend((1..=path.len()).map(|length| path[..length].to_vec()));
            }
        }
        let mut known = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            if !known.insert(spelled(&path)) {
                continue;
            }
            for key in &keys {
                if let Held::At(whole) = self.held(&path, key)? {
                    restricting.add(&whole);
                    waiting.extend((1..=whole.len()).map(|length| whole[..length].to_vec()));
                    continue;
                }
                let is_held = |length| -> Lowered<bool> {
                    Ok(matches!(self.held(&path[..length], key)?, Held::At(_)))
                };
                let mut is_behind_held = false;
                for length in 0..path.len() {
                    is_behind_held |= is_held(length)?;
                }
                let end = path.last().map_or(self.source, |hop| hop.to);
                let is_held_itself = !end.rollup_by.is_empty() && offers(self.spec, end, key);
                if is_asked(&path) && !is_behind_held && !is_exempt(end, key) && !is_held_itself {
                    return Err(format!(
                        "the rule on `{key}` is not held at `{}`",
                        spelled(&path)
                    ));
                }
            }
        }
        Ok(restricting)
    }

    /// How the rows at the end of a path, or those of the source itself, are held to rules on a dimension.
    fn held(&self, path: &[Hop<'a>], key: &str) -> Lowered<Held<'a>> {
        let end = path.last().map_or(self.source, |hop| hop.to);
        if is_exempt(end, key) {
            return Ok(Held::Not);
        }
        if offers(self.spec, end, key) {
            // What a rule hides is not added up; rows beside are seen all the same.
            return match path.is_empty() || end.rollup_by.is_empty() {
                true => Ok(Held::At(path.to_vec())),
                false => Ok(Held::Not),
            };
        }
        let all = self.at(end).paths().iter().map(|(_, path)| path);
        let mut ways = all.filter(|path| {
            let last = path.last().filter(|hop| hop.to.rollup_by.is_empty());
            last.is_some_and(|hop| offers(self.spec, hop.to, key))
        });
        let (way, other) = (ways.next(), ways.next());
        if other.is_some() {
            return Err(format!("several paths lead to the rule on `{key}`"));
        }
        let is_held = |way: &&Path<'a>| way.last().is_some_and(|hop| !is_exempt(hop.to, key));
        let Some(way) = way.filter(is_held) else {
            return Ok(Held::Not);
        };
        let mut whole = path.to_vec();
        for hop in way {
            let before = whole
                .len()
                .checked_sub(2)
                .map_or(self.source, |at| whole[at].to);
            match whole.last().is_some_and(|last| is_back(before, last, hop)) {
                true => drop(whole.pop()),
                false => whole.push(*hop),
            }
        }
        let written = spelled(&whole);
        match whole.is_empty() || self.paths().iter().any(|(known, _)| *known == written) {
            true => Ok(Held::At(whole)),
            false => Err(format!("the rule on `{key}` holds at the end of no path")),
        }
    }
}

fn is_exempt(source: &SourceSpec, key: &str) -> bool {
    source.access_exempt.iter().any(|exempt| exempt == key)
}
