//! Binds the members that are shown: the first by a metric.

use crate::catalog::MetricId;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::request::{RequestKind, TopRequest};

use super::{AskedDimension, Chosen, Gaps, REQUEST, ResolvedLeg, Resolver};

/// The members of one dimension that are shown.
pub(crate) struct ResolvedTop {
    /// The position of the bucket.
    pub(crate) bucket: usize,
    /// What ranks them.
    pub(crate) metric: MetricId,
    pub(crate) descending: bool,
    /// How many are shown.
    pub(crate) count: i64,
    /// Whether the others are shown as one more.
    pub(crate) shows_other: bool,
}

impl<'c> Resolver<'c, '_> {
    /// The members that are shown, where not all are.
    pub(super) fn bind_top(
        &mut self,
        chosen: &Chosen<'c>,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Option<ResolvedTop> {
        let top = self.request.top.as_ref()?;
        let at = REQUEST.key("top");
        if !matches!(
            self.request.kind,
            RequestKind::Aggregate | RequestKind::Count
        ) {
            let part = "`top` of a request that is no `aggregate`";
            let advice = "order by the metric, and limit the rows";
            self.report_unsupported(at.path(), part, advice);
            return None;
        }
        let count = self.count_of_members(top);
        let bucket = self.ranked_bucket(top, selection, asked);
        let metric = self.find_metric(&top.by, || at.key("by").path());
        if let Some(id) = metric {
            self.check_answered(chosen, id, || at.key("by").path());
        }
        Some(ResolvedTop {
            bucket: bucket?,
            metric: metric?,
            descending: !top.ascending,
            count: count?,
            shows_other: top.other,
        })
    }

    /// A number of members, at least one and within its limit.
    fn count_of_members(&mut self, top: &TopRequest) -> Option<i64> {
        let path = || REQUEST.key("top").key("n").path();
        if top.n == 0 {
            let subject = "the first 0 members".to_owned();
            let error = Error::new(path(), ResolveError::WrongValue { subject });
            let help = Help::advice("show one member at least, or leave `top` out");
            self.findings.push(error.with_help(help));
            return None;
        }
        let bound = self.catalog.limits.top_members;
        if usize::try_from(top.n).map_or(true, |count| count > bound) {
            self.report_limit(path(), "top_members", bound);
            return None;
        }
        i64::try_from(top.n).ok()
    }

    /// The dimension that is named, or the only one.
    fn ranked_bucket(
        &mut self,
        top: &TopRequest,
        selection: &Selection,
        asked: &[AskedDimension<'c>],
    ) -> Option<usize> {
        let at = REQUEST.key("top");
        let grouped = || asked.iter().map(|asked| &*asked.value.key);
        match (&top.dimension, asked) {
            (Some(key), _) => {
                let found = self.bucket_named(key, selection, asked);
                if found.is_none() {
                    let help = Help::nearest(key, grouped());
                    let path = at.key("dimension").path();
                    self.report_unknown(path, Kind::Dimension, key, help);
                }
                found
            }
            (None, [_]) => Some(0),
            // What is wrong with the only dimension was said of it.
            (None, []) if !self.request.dimensions.is_empty() => None,
            (None, _) => {
                let found = asked.len();
                let error = Error::new(at.path(), ResolveError::TopDimension { found });
                let keys: Vec<String> = grouped().map(str::to_owned).collect();
                let help = match keys.is_empty() {
                    true => Help::advice("group by the dimension whose members are ranked"),
                    false => Help::OneOf(keys),
                };
                self.findings.push(error.with_help(help));
                None
            }
        }
    }

    /// Beside filled gaps, members are ranked of another dimension, and among all groups.
    pub(super) fn check_top_and_gaps(
        &mut self,
        top: Option<&ResolvedTop>,
        gaps: Option<&Gaps>,
        tests_groups: bool,
    ) {
        let (Some(top), Some(gaps)) = (top, gaps) else {
            return;
        };
        if top.bucket == gaps.bucket {
            self.report_unsupported(
                REQUEST.key("top").path(),
                "`top` of the periods that `fill_gaps` shows all of",
                "rank the members of another dimension",
            );
        }
        if tests_groups {
            self.report_unsupported(
                REQUEST.key("top").path(),
                "`top` beside `fill_gaps` and conditions on groups",
                "leave one of the three out",
            );
        }
    }

    /// A row is in the windows of several periods, and would count once for each of the others.
    pub(super) fn check_top_and_windows(
        &mut self,
        top: Option<&ResolvedTop>,
        legs: &[ResolvedLeg<'c>],
    ) {
        let Some(top) = top.filter(|top| top.shows_other) else {
            return;
        };
        let framed = legs.iter().flat_map(|leg| leg.framed.iter().flatten());
        let mut windows = framed.filter_map(|framed| framed.windows.as_ref());
        if windows.any(|windows| windows.bucket == top.bucket) {
            self.report_unsupported(
                REQUEST.key("top").key("other").path(),
                "`other` of periods beside windows, which overlap,",
                "leave it out, or rank the members of another dimension",
            );
        }
    }
}
