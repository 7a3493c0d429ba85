//! Binds what is read of other sources beside a leg's: for what is asked, and for rules that hold through them.

use crate::catalog::dimension::SourceDimension;
use crate::catalog::reach::PathId;
use crate::catalog::source::Source;
use crate::context::AccessType;
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
        for path in &asked {
            if self.holds_for_exempt(source, *path, ruled) {
                restricting.push(*path);
            }
        }
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
        let is_own = source.dimensions.contains_key(&rule.id);
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
                let restricts =
                    written.access_type == AccessType::Include || !written.values.is_empty();
                restricting.extend(restricts.then_some(path));
            }
            Err(ways) => {
                let error = ResolveError::AccessDimensionUnavailable {
                    dimension: dimension.key.to_string(),
                    source_key: source.key.to_string(),
                };
                let several: Vec<String> = ways.iter().map(|way| format!("`{way}`")).collect();
                let offer =
                    "offer the dimension on the source, or list it in `access_exempt` on purpose";
                let advice = match several.is_empty() {
                    true => offer.to_owned(),
                    false => format!("it is reached as {}: {offer}", several.join(", ")),
                };
                let path = dimension_path(written, rule.index);
                let error = Error::new(path, error);
                self.findings.push(error.with_help(Help::Advice(advice)));
            }
        }
    }

    /// Whether a source that is exempt from a rule asks for rows of one that is held to it.
    fn holds_for_exempt(&self, near: &Source, path: PathId, ruled: &[RuledDimension]) -> bool {
        let far = near.reach.path(path).map(|path| path.hop.to);
        let Some(far) = far.and_then(|far| self.catalog.source_by_id(far)) else {
            return false;
        };
        let is_exempt = |source: &Source, rule: &RuledDimension| {
            source.access_exempt.binary_search(&rule.id).is_ok()
        };
        ruled.iter().any(|rule| {
            let restricts = self.context.access.get(rule.index).is_some_and(|written| {
                written.access_type == AccessType::Include || !written.values.is_empty()
            });
            restricts
                && is_exempt(near, rule)
                && !is_exempt(far, rule)
                && far.dimensions.contains_key(&rule.id)
        })
    }

    /// The rules that the other source expresses itself.
    fn far_rules(&mut self, far: &'c Source, ruled: &[RuledDimension]) -> Vec<Rule<'c>> {
        let mut rules = Vec::new();
        for rule in ruled {
            let Some(dimension) = self.catalog.dimension_by_id(rule.id) else {
                continue;
            };
            let on_source: Option<&'c SourceDimension> = far.dimensions.get(&rule.id);
            if far.access_exempt.binary_search(&rule.id).is_ok() {
                let note = Note::AccessExempt {
                    source: far.key.clone(),
                    dimension: dimension.key.clone(),
                };
                if on_source.is_some() && !self.notes.contains(&note) {
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
