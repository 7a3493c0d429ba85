//! Binds the members of a dimension that are columns instead of rows.

use crate::calendar::Grain;
use crate::catalog::MetricId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, Kind, ResolveError};
use crate::path::echo;
use crate::request::{PivotRequest, RequestKind};
use crate::value::{DataType, Scalar, Value};

use super::{AskedDimension, Gaps, OrderBy, Place, REQUEST, ResolvedLeg, Resolver};

/// The members of one dimension that are columns.
pub(crate) struct ResolvedPivot {
    /// The position of the bucket, which is the last.
    pub(crate) bucket: usize,
    /// The members in the order of their columns; nothing where it is the missing one.
    pub(crate) members: Vec<Option<Value>>,
    /// The type of all of them.
    pub(crate) data_type: DataType,
    /// Whether the rows of all other members have a column as well.
    pub(crate) shows_other: bool,
    /// Whether all rows have one.
    pub(crate) shows_total: bool,
}

impl<'c> Resolver<'c, '_> {
    /// The dimension whose members are columns, behind those that rows are by; whether there is one.
    pub(super) fn select_pivot(
        &mut self,
        selection: &Selection,
        asked: &mut Vec<AskedDimension<'c>>,
    ) -> bool {
        let request = self.request;
        let Some(pivot) = &request.pivot else {
            return false;
        };
        let at = REQUEST.key("pivot");
        if !matches!(request.kind, RequestKind::Aggregate | RequestKind::Count) {
            let part = "`pivot` of a request that is no `aggregate`";
            let advice = "ask for `aggregate` with the same dimensions";
            self.report_unsupported(at.path(), part, advice);
            return false;
        }
        if request.metrics.is_empty() {
            let subject = "a pivot without a metric".to_owned();
            let error = Error::new(at.path(), ResolveError::WrongValue { subject });
            let help = Help::advice("ask for the metrics that each member has columns of");
            self.findings.push(error.with_help(help));
        }
        let place = Place::Pivot(pivot.dimension.grain.is_some());
        let Some(found) = self.select_dimension(&pivot.dimension, selection, place) else {
            return false;
        };
        if asked.iter().any(|other| other.is_also(&found)) {
            let (kind, name) = (Kind::Dimension, echo(&pivot.dimension.dimension));
            self.report(place.path(), ResolveError::Duplicate { kind, name });
            return false;
        }
        asked.push(found);
        true
    }

    /// The members, each once, as values of the dimension.
    pub(super) fn bind_pivot(
        &mut self,
        pivoted: bool,
        legs: &[ResolvedLeg<'c>],
        gaps: Option<&Gaps>,
        tests_groups: bool,
    ) -> Option<ResolvedPivot> {
        let pivot = self.request.pivot.as_ref().filter(|_| pivoted)?;
        let bucket = legs.first()?.buckets.len().checked_sub(1)?;
        let at = REQUEST.key("pivot");
        if tests_groups {
            let field = match self.request.metric_filters {
                Some(_) => "metric_filters",
                None => "filters",
            };
            let advice = "ask for the groups that pass, and filter by them";
            let part = "`pivot` beside conditions on groups";
            self.report_unsupported(REQUEST.key(field).path(), part, advice);
        }
        if gaps.is_some() {
            let part = "`pivot` beside `fill_gaps`";
            let advice = "leave one of the two out";
            self.report_unsupported(REQUEST.key("fill_gaps").path(), part, advice);
        }
        for (field, keys) in [
            ("shares", &self.request.shares),
            ("ranks", &self.request.ranks),
        ] {
            if !keys.is_empty() {
                let part = format!("`pivot` beside `{field}`");
                let advice = "leave one of the two out";
                self.report_unsupported(REQUEST.key(field).path(), &part, advice);
            }
        }
        if legs.iter().any(|leg| leg.runs_along(bucket)) {
            let part = "`pivot` of the periods that windows are of";
            let advice = "pivot another dimension, or ask for the periods as rows";
            self.report_unsupported(at.path(), part, advice);
        }
        let members = self.pivoted_members(pivot, bucket, legs)?;
        Some(ResolvedPivot {
            bucket,
            members: members.0,
            data_type: members.1,
            shows_other: pivot.other,
            shows_total: pivot.total,
        })
    }

    fn pivoted_members(
        &mut self,
        pivot: &PivotRequest,
        bucket: usize,
        legs: &[ResolvedLeg<'c>],
    ) -> Option<(Vec<Option<Value>>, DataType)> {
        let at = REQUEST.key("pivot");
        let at = at.key("values");
        let bound = self.catalog.limits.pivot_members;
        if pivot.values.len() > bound {
            self.report_limit(at.path(), "pivot_members", bound);
            return None;
        }
        if pivot.values.is_empty() {
            let subject = "a pivot of no member".to_owned();
            let error = Error::new(at.path(), ResolveError::WrongValue { subject });
            let help = Help::advice("list the members that are columns");
            self.findings.push(error.with_help(help));
            return None;
        }
        let value = *legs.first()?.buckets.get(bucket)?;
        let cut = value.cut(pivot.dimension.grain.as_deref().and_then(Grain::parse));
        if cut.is_some_and(|(_, grain)| grain == Grain::Hour) {
            let part = "`pivot` of hours";
            self.report_unsupported(REQUEST.key("pivot").path(), part, "pivot days");
            return None;
        }
        let types = |value: &SourceDimension| match cut {
            Some(_) => Some(DataType::Date),
            None => value.value_type,
        };
        let mut others = legs.iter().filter_map(|leg| leg.buckets.get(bucket));
        if others.any(|other| types(other) != types(value)) {
            let part = "`pivot` of a dimension that sources have as several types";
            let advice = "declare one type for its columns, or ask one source";
            self.report_unsupported(REQUEST.key("pivot").path(), part, advice);
            return None;
        }
        let data_type = types(value);
        if let Some(data_type) =
            data_type.filter(|found| matches!(found, DataType::Json | DataType::Jsonb))
        {
            let name = pivot.dimension.dimension.clone();
            let error = ResolveError::OperatorType {
                op: "pivot",
                kind: Kind::Dimension,
                name,
                data_type: data_type.as_str(),
            };
            self.report(REQUEST.key("pivot").path(), error);
            return None;
        }
        let list = self.convert_list(&pivot.values, data_type, &at)?;
        let data_type = list.element();
        let mut values = list.values().iter();
        let mut members: Vec<Option<Value>> = Vec::with_capacity(pivot.values.len());
        for (index, written) in pivot.values.iter().enumerate() {
            let member = match written {
                Scalar::Null => None,
                _ => values.next().cloned(),
            };
            if members.contains(&member) {
                let subject = "a member that is listed before".to_owned();
                self.report(at.index(index).path(), ResolveError::WrongValue { subject });
            }
            if let (Some(Value::Date(date)), Some((_, grain))) = (&member, cut)
                && grain.start(*date, self.periods) != Some(*date)
            {
                let subject = format!("a date that no {} begins with", grain.as_str());
                let path = at.index(index).path();
                let error = Error::new(path, ResolveError::WrongValue { subject });
                let help = Help::advice("a member is the first day of its period");
                self.findings.push(error.with_help(help));
            }
            members.push(member);
        }
        Some((members, data_type))
    }
}

impl Resolver<'_, '_> {
    /// A key of the order without the column of a member, and the position of that column: `revenue.1` is the
    /// first of `revenue`, `revenue.other` the one behind the last member, and `revenue.total` the last of all.
    pub(super) fn pivoted_key<'k>(&self, key: &'k str) -> (&'k str, Option<usize>) {
        let split = || {
            let pivot = self.request.pivot.as_ref()?;
            let (metric, member) = key.rsplit_once('.')?;
            let count = pivot.values.len();
            let position = match member {
                "other" => pivot.other.then_some(count),
                "total" => pivot.total.then_some(count + usize::from(pivot.other)),
                number if number.starts_with(['0', '+']) => None,
                number => {
                    let number: usize = number.parse().ok()?;
                    number.checked_sub(1).filter(|position| *position < count)
                }
            };
            Some((metric, position?))
        };
        match split() {
            Some((metric, position)) => (metric, Some(position)),
            None => (key, None),
        }
    }

    /// Whether an order is by a metric of a pivot, and not by one of the columns that it has there.
    pub(super) fn is_of_no_member(&self, by: Option<&OrderBy>, member: Option<usize>) -> bool {
        let is_asked = |id: MetricId| {
            let mut asked = self.request.metrics.iter();
            asked.any(|key| self.known_metric(key) == Some(id))
        };
        match by {
            Some(OrderBy::Metric(id) | OrderBy::Compared(id, _)) => {
                self.request.pivot.is_some() && (member.is_none() || !is_asked(*id))
            }
            Some(OrderBy::Bucket(_) | OrderBy::Label(_) | OrderBy::Standing(..)) => {
                member.is_some()
            }
            None => false,
        }
    }
}

impl AskedDimension<'_> {
    /// Whether another is the same one, or called the same.
    pub(super) fn is_also(&self, other: &Self) -> bool {
        self.value.key == other.value.key || (self.key == other.key && self.grain == other.grain)
    }
}
