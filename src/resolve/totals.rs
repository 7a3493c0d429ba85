//! Binds the levels of totals (R17).

use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::{Path, echo};
use crate::request::{RequestKind, SubtotalRequest};

use super::{AskedDimension, Gaps, REQUEST, Resolver};

impl<'c> Resolver<'c, '_> {
    /// What each level of subtotals is by, as sorted positions of dimensions that are asked for. A level by all of
    /// them is the groups themselves, which are not repeated, and without dimensions the one row is the total.
    pub(super) fn bind_totals(
        &mut self,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Option<Vec<Vec<usize>>> {
        let request = self.request;
        let totals = request.totals.as_ref()?;
        let at = REQUEST.key("totals");
        if !matches!(request.kind, RequestKind::Aggregate | RequestKind::Count) {
            let part = "`totals` of a request that is no `aggregate`";
            self.report_unsupported(
                at.path(),
                part,
                "ask for `aggregate` with the same dimensions",
            );
            return None;
        }
        let bound = self.catalog.limits.totals_levels;
        if totals.by.len() > bound {
            self.report_limit(at.path(), "totals_levels", bound);
            return None;
        }
        let mut levels: Vec<Vec<usize>> = Vec::with_capacity(totals.by.len());
        for (index, by) in totals.by.iter().enumerate() {
            let at = at.index(index);
            let keys = match by {
                SubtotalRequest::By(key) => std::slice::from_ref(key),
                SubtotalRequest::Together(keys) => keys.as_slice(),
            };
            if keys.is_empty() {
                let subject = "a level by no dimension".to_owned();
                let error = Error::new(at.path(), ResolveError::WrongValue { subject });
                let help = Help::advice("the grand total is there without being listed");
                self.findings.push(error.with_help(help));
            }
            let mut level = Vec::with_capacity(keys.len());
            for (place, key) in keys.iter().enumerate() {
                let path = || match by {
                    SubtotalRequest::By(_) => at.path(),
                    SubtotalRequest::Together(_) => at.index(place).path(),
                };
                match self.bucket_named(key, selection, asked) {
                    Some(bucket) if level.contains(&bucket) => self.report_twice(path(), key),
                    Some(bucket) => level.push(bucket),
                    None => {
                        let grouped = asked.iter().map(|asked| &*asked.value.key);
                        let help = Help::nearest(key, grouped);
                        self.report_unknown(path(), Kind::Dimension, key, help);
                    }
                }
            }
            level.sort_unstable();
            if levels.contains(&level) && level.len() == keys.len() {
                self.report_twice(at.path(), &keys.join(", "));
            }
            levels.push(level);
        }
        levels.retain(|level| level.len() < asked.len());
        if asked.is_empty() || request.kind != RequestKind::Aggregate {
            return None;
        }
        Some(levels)
    }

    /// Whether a period without a row passes is asked of all groups, and totals are of the rows of those that pass.
    pub(super) fn check_totals_and_gaps(
        &mut self,
        totals: Option<&[Vec<usize>]>,
        gaps: Option<&Gaps>,
        tests_groups: bool,
    ) {
        if totals.is_some() && gaps.is_some() && tests_groups {
            self.report_unsupported(
                REQUEST.key("totals").path(),
                "`totals` beside `fill_gaps` and conditions on groups",
                "leave one of the three out",
            );
        }
    }

    pub(super) fn report_unsupported(&mut self, path: Path, part: &str, advice: &'static str) {
        let part = part.to_owned();
        let error = Error::new(path, ResolveError::NotSupported { part });
        self.findings.push(error.with_help(Help::advice(advice)));
    }

    fn report_twice(&mut self, path: Path, key: &str) {
        let (kind, name) = (Kind::Dimension, echo(key));
        self.report(path, ResolveError::Duplicate { kind, name });
    }
}
