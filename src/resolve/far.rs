//! Binds what is read of other sources beside a leg's: for what is asked, and for rules that hold through them.

use crate::catalog::dimension::SourceDimension;
use crate::catalog::reach::PathId;
use crate::catalog::source::Source;
use crate::context::{AccessRule, AccessType};
use crate::error::{Error, Help, ResolveError};
use crate::output::Note;

use super::access::{RuledDimension, dimension_path};
use super::{Condition, FarRead, REQUEST, ResolvedLeg, Resolver, RowItem, Rule, Subject};

impl<'c> Resolver<'c, '_> {
    /// The sources that are read beside a leg's, once all else of it is bound.
    ///
    /// Rows that are only counted are those that would be shown, though nothing of them is read.
    pub(super) fn bind_far(
        &mut self,
        leg: &mut ResolvedLeg<'c>,
        (items, is_shown): (&[RowItem<'c>], bool),
        ruled: &[RuledDimension],
    ) {
        let source = leg.source;
        let mut joined: Vec<PathId> = Vec::new();
        leg.row_conditions
            .iter()
            .for_each(|condition| tested_paths(condition, &mut joined));
        let mut asked = joined.clone();
        let shown = leg.buckets.iter().copied();
        let shown = shown.chain(items.iter().map(RowItem::on_source));
        shown.for_each(|value| asked.extend(value.path));
        if is_shown {
            joined.clone_from(&asked);
        }
        let mut restricting: Vec<PathId> = Vec::new();
        for rule in ruled {
            self.bind_rule_through(leg, rule, &mut restricting);
        }
        if asked.is_empty() && restricting.is_empty() {
            return;
        }
        let asked = closed(source, asked);
        self.hold_far(source, &asked, &mut restricting, ruled);
        let restricting = closed(source, restricting);
        let joined = closed(source, joined);
        let mut all = joined.clone();
        all.extend(&restricting);
        all.sort_unstable();
        all.dedup();
        let bound = self.catalog.limits.joins;
        if all.len() > bound {
            self.report_limit(REQUEST.path(), "joins", bound);
            return;
        }
        for path in all {
            let Some(found) = source.reach.path(path) else {
                continue;
            };
            let Some(far) = self.catalog.source_by_id(found.hop.to) else {
                continue;
            };
            let parent = found.parent;
            let parent =
                parent.and_then(|parent| leg.far.iter().position(|far| far.path == parent));
            let rules = self.far_rules(far, ruled);
            self.check_tenant(far);
            leg.far.push(FarRead {
                path,
                parent,
                source: far,
                on: &found.hop.on,
                rules,
                is_joined: joined.contains(&path),
                is_restricting: restricting.contains(&path),
            });
        }
    }

    /// A rule on a dimension that the source does not express itself: it holds through the only way to it.
    fn bind_rule_through(
        &mut self,
        leg: &mut ResolvedLeg<'c>,
        rule: &RuledDimension,
        restricting: &mut Vec<PathId>,
    ) {
        let source = leg.source;
        let is_own = source.ruled(rule.id).is_some();
        if is_own || source.access_exempt.binary_search(&rule.id).is_ok() {
            return;
        }
        let written = self.context.access.get(rule.index);
        let dimension = self.catalog.dimension_by_id(rule.id);
        let (Some(written), Some(dimension)) = (written, dimension) else {
            return;
        };
        match self.way_to(source, rule.id) {
            Ok(path) => {
                leg.rules_through.push(&dimension.key);
                restricting.extend(restricts(written).then_some(path));
            }
            Err(ways) => {
                let why = (!ways.is_empty()).then(|| reached_as(&ways));
                self.report_not_held(source, rule, why);
            }
        }
    }

    fn report_not_held(&mut self, source: &Source, rule: &RuledDimension, why: Option<String>) {
        let written = self.context.access.get(rule.index);
        let dimension = self.catalog.dimension_by_id(rule.id);
        let Some((written, dimension)) = written.zip(dimension) else {
            return;
        };
        let error = ResolveError::AccessDimensionUnavailable {
            dimension: dimension.key.to_string(),
            source_key: source.key.to_string(),
        };
        let offer = "offer the dimension on the source, or list it in `access_exempt` on purpose";
        let advice = match why {
            Some(why) => format!("{why}: {offer}"),
            None => offer.to_owned(),
        };
        let error = Error::new(dimension_path(written, rule.index), error);
        self.findings.push(error.with_help(Help::Advice(advice)));
    }

    /// Holds all that is read of other sources to the rules: what a rule hides there hides the rows that lead to
    /// it. A source that does not express a rule holds it through its own relationships, as it would alone.
    fn hold_far(
        &mut self,
        near: &'c Source,
        asked: &[PathId],
        restricting: &mut Vec<PathId>,
        ruled: &[RuledDimension],
    ) {
        let in_force = |rule: &&RuledDimension| {
            let written = self.context.access.get(rule.index);
            written.is_some_and(restricts)
        };
        let ruled: Vec<&RuledDimension> = ruled.iter().filter(in_force).collect();
        let mut reads: Vec<PathId> = asked.to_vec();
        reads.extend(restricting.iter());
        let mut reads = closed(near, reads);
        let mut at = 0;
        // Where there are too many, it is reported.
        while let Some(path) = reads.get(at).copied()
            && at <= self.catalog.limits.joins
        {
            at += 1;
            for rule in &ruled {
                match self.held(near, path, rule) {
                    Held::Itself => restricting.push(path),
                    Held::Through(way) => {
                        restricting.extend(way);
                        for path in closed(near, way.into_iter().collect()) {
                            if !reads.contains(&path) {
                                reads.push(path);
                            }
                        }
                    }
                    Held::Exempt => {}
                    Held::Not => {
                        if asked.contains(&path)
                            && !self.is_held_before(near, path, rule)
                            && let Some(far) = self.end_of(near, path)
                        {
                            self.report_not_held(far, rule, None);
                        }
                    }
                    Held::Unclear(far, why) => self.report_not_held(far, rule, Some(why)),
                }
            }
        }
    }

    fn end_of(&self, near: &Source, path: PathId) -> Option<&'c Source> {
        let to = near.reach.path(path)?.hop.to;
        self.catalog.source_by_id(to)
    }

    /// How the source at the end of a path is held to a rule.
    fn held(&self, near: &Source, path: PathId, rule: &RuledDimension) -> Held<'c> {
        let Some(far) = self.end_of(near, path) else {
            return Held::Exempt;
        };
        if far.access_exempt.binary_search(&rule.id).is_ok() {
            return Held::Exempt;
        }
        if far.ruled(rule.id).is_some() {
            // What is hidden is not added up; the rows beside it are seen all the same.
            return match far.rollup {
                Some(_) => Held::Exempt,
                None => Held::Itself,
            };
        }
        let way = match self.way_to(far, rule.id) {
            Ok(way) => way,
            Err(ways) if ways.is_empty() => return Held::Not,
            Err(ways) => return Held::Unclear(far, reached_as(&ways)),
        };
        let onward = near.reach.onward(near.id, Some(path), &far.reach.hops(way));
        match onward {
            Some(end) => Held::Through(end),
            // The way is longer than any that leads from here, or would take a step again.
            None => {
                let before = near.reach.path(path).map_or("", |path| &path.spelled);
                let behind = far.reach.path(way).map_or("", |path| &path.spelled);
                let key = &near.key;
                let why = format!("`{key}` does not lead along `{before}.{behind}`");
                Held::Unclear(far, why)
            }
        }
    }

    /// Whether a source that leads to the end of a path is held to a rule: what is behind its rows is seen for
    /// those alone that it leaves.
    fn is_held_before(&self, near: &Source, path: PathId, rule: &RuledDimension) -> bool {
        // What does not hold a rule and is not exempt is reported.
        if near.access_exempt.binary_search(&rule.id).is_err() {
            return true;
        }
        let parent = |path: PathId| near.reach.path(path).and_then(|path| path.parent);
        std::iter::successors(parent(path), |path| parent(*path)).any(|path| {
            let held = self.held(near, path, rule);
            matches!(held, Held::Itself | Held::Through(_))
        })
    }

    /// The rules that the other source expresses itself.
    fn far_rules(&mut self, far: &'c Source, ruled: &[RuledDimension]) -> Vec<Rule<'c>> {
        let mut rules = Vec::new();
        for rule in ruled {
            let Some(dimension) = self.catalog.dimension_by_id(rule.id) else {
                continue;
            };
            let on_source: Option<&'c SourceDimension> = far.ruled(rule.id);
            if far.access_exempt.binary_search(&rule.id).is_ok() {
                let note = Note::AccessExempt {
                    source: far.key.clone(),
                    dimension: dimension.key.clone(),
                };
                let is_about = on_source.is_some() || !far.reach.ways(rule.id).is_empty();
                if is_about && !self.notes.contains(&note) {
                    self.notes.push(note);
                }
                continue;
            }
            let written = self.context.access.get(rule.index);
            let Some((written, on_source)) = written.zip(on_source) else {
                continue;
            };
            let said = self.notes.len();
            rules.extend(self.bind_rule(written, rule.index, dimension, on_source));
            // A rule on several sources is told of once.
            let again = self.notes.split_off(said.min(self.notes.len()));
            for note in again {
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
        }
        rules
    }
}

/// How the rows of a source at the end of a path are held to a rule.
enum Held<'c> {
    /// By what it expresses itself.
    Itself,
    /// By what it leads to, at the end of a longer path; none where that is back at the rows it is reached from.
    Through(Option<PathId>),
    /// It is exempt.
    Exempt,
    /// It has nothing that the rule is about.
    Not,
    /// What the rule is about is not reached in one way, and why.
    Unclear(&'c Source, String),
}

fn reached_as(ways: &[&str]) -> String {
    let ways: Vec<String> = ways.iter().map(|way| format!("`{way}`")).collect();
    format!("it is reached as {}", ways.join(", "))
}

/// Whether a rule can hide rows.
fn restricts(rule: &AccessRule) -> bool {
    rule.access_type == AccessType::Include || !rule.values.is_empty()
}

/// The paths and all that leads to them, shorter ones first.
fn closed(source: &Source, paths: Vec<PathId>) -> Vec<PathId> {
    let mut all: Vec<PathId> = Vec::with_capacity(paths.len());
    for path in paths {
        let mut at = Some(path);
        while let Some(path) = at {
            if !all.contains(&path) {
                all.push(path);
            }
            at = source.reach.path(path).and_then(|path| path.parent);
        }
    }
    all.sort_unstable();
    all
}

/// The paths that a condition looks along; it is as deep as the limit on filters lets it be.
fn tested_paths(condition: &Condition<'_>, paths: &mut Vec<PathId>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| tested_paths(part, paths));
        }
        Condition::Not(part) => tested_paths(part, paths),
        Condition::Test(test) => {
            if let Subject::Value(value) | Subject::Label(value) = test.subject {
                paths.extend(value.path);
            }
        }
    }
}
