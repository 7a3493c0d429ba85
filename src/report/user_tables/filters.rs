//! Filters of a definition as conditions of a request.

use super::definition::{FilterChoice, FilterCondition};
use super::field::Scope;
use super::grouped::Aggregated;
use super::operator::FilterOperator;
use crate::catalog::source::Source;
use crate::error::{Error, Help, ReadError, ReportError};
use crate::path::{At, Path, echo};
use crate::request::{Comparison, DateRangeRequest, DateSpan, FilterRequest, Subject};
use crate::value::Scalar;

/// The conditions of a request.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) filters: Vec<FilterRequest>,
    /// The position among the filters of the definition that each is from.
    pub(super) kept: Vec<usize>,
    pub(super) range: Option<DateRangeRequest>,
    /// The position of the filter that the range is from.
    pub(super) range_at: usize,
}

/// What filters are about.
pub(super) struct Subjects<'a, 's, 'd> {
    /// The source whose rows are shown or grouped, where it is one.
    pub(super) near: Option<&'a Source>,
    pub(super) aggregated: &'s [Aggregated<'a, 'd>],
}

const NOT_THE_DATE: &str = "is not the date that the rows of the source are of";
const SECOND_RANGE: &str = "is a second range of dates";
const RANGE_INSIDE: &str =
    "is a range of dates, which stands beside other filters and not inside of one";
const WITH_GRAIN: &str = "is compared without a grain";

impl<'a> Scope<'a> {
    /// The conditions of all filters.
    pub(super) fn conditions(
        &mut self,
        filters: &[FilterChoice],
        subjects: &Subjects<'a, '_, '_>,
    ) -> Conditions {
        let root = At::root("table");
        let at = root.key("filters");
        let mut conditions = Conditions::default();
        for (index, filter) in filters.iter().enumerate() {
            let at = at.index(index);
            if let FilterChoice::Compare(condition) = filter
                && condition.operator == FilterOperator::Within
            {
                let path = at.key("field").path();
                let range = self.range(condition, subjects.near, &at);
                if conditions.range.is_some() {
                    self.report_field(path, &condition.field, SECOND_RANGE);
                } else if range.is_some() {
                    conditions.range = range;
                    conditions.range_at = index;
                }
                continue;
            }
            if let Some(condition) = self.condition(filter, subjects, &at) {
                conditions.filters.push(condition);
                conditions.kept.push(index);
            }
        }
        conditions
    }

    fn report_field(&mut self, path: Path, name: &str, reason: &'static str) {
        let name = echo(name);
        self.report(path, ReportError::TableField { name, reason }, None);
    }

    /// The recursion goes no deeper than the limit on the depth of filters.
    fn condition(
        &mut self,
        filter: &FilterChoice,
        subjects: &Subjects<'a, '_, '_>,
        at: &At<'_>,
    ) -> Option<FilterRequest> {
        match filter {
            FilterChoice::And(parts) => {
                let parts = self.parts(parts, subjects, &at.key("and"))?;
                Some(FilterRequest::And(parts))
            }
            FilterChoice::Or(parts) => {
                let parts = self.parts(parts, subjects, &at.key("or"))?;
                Some(FilterRequest::Or(parts))
            }
            FilterChoice::Not(part) => {
                let part = self.condition(part, subjects, &at.key("not"))?;
                Some(FilterRequest::Not(Box::new(part)))
            }
            FilterChoice::Compare(condition) => self.comparison(condition, subjects, at),
        }
    }

    fn parts(
        &mut self,
        parts: &[FilterChoice],
        subjects: &Subjects<'a, '_, '_>,
        at: &At<'_>,
    ) -> Option<Vec<FilterRequest>> {
        let mut all = Vec::with_capacity(parts.len());
        for (index, part) in parts.iter().enumerate() {
            all.extend(self.condition(part, subjects, &at.index(index)));
        }
        // A condition without one of its parts would say something else.
        (all.len() == parts.len()).then_some(all)
    }

    fn comparison(
        &mut self,
        condition: &FilterCondition,
        subjects: &Subjects<'a, '_, '_>,
        at: &At<'_>,
    ) -> Option<FilterRequest> {
        let path = at.key("field").path();
        let Some(op) = condition.operator.in_requests() else {
            self.report_field(path, &condition.field, RANGE_INSIDE);
            return None;
        };
        let subject = self.subject(&condition.field, subjects, &path)?;
        Some(FilterRequest::Compare(Comparison {
            subject,
            op: op.to_owned(),
            values: condition.values.clone(),
            on_label: condition.on_label,
            case_sensitive: condition.case_sensitive,
        }))
    }

    fn subject(
        &mut self,
        written: &str,
        subjects: &Subjects<'a, '_, '_>,
        path: &Path,
    ) -> Option<Subject> {
        let mut aggregated = subjects.aggregated.iter();
        if let Some(found) = aggregated.find(|one| one.is_called(written)) {
            return Some(Subject::Metric(found.key.clone()));
        }
        let field = self.field(written, path)?;
        if field.grain.is_some() {
            self.report_field(path.clone(), written, WITH_GRAIN);
            return None;
        }
        let is_metric = field.source.is_none() && self.known(written).is_none();
        if is_metric && self.knows_metric(written) {
            return Some(Subject::Metric(written.to_owned()));
        }
        let key = self.dimension_key(subjects.near, &field, path)?;
        Some(Subject::Dimension(key))
    }

    /// The range of the request, if the field is the date that the source is about.
    fn range(
        &mut self,
        condition: &FilterCondition,
        near: Option<&'a Source>,
        at: &At<'_>,
    ) -> Option<DateRangeRequest> {
        let path = at.key("field").path();
        let name = match condition.values.as_slice() {
            [Scalar::Text(name)] => Some(name.to_string()),
            _ => {
                let subject = "anything but the name of one range".to_owned();
                let help = Help::advice("write a name such as `last_30_days`");
                let value = at.key("value").path();
                let error = Error::new(value, ReadError::WrongValue { subject });
                self.findings.push(error.with_help(help));
                None
            }
        };
        let field = self.field(&condition.field, &path)?;
        // What is no dimension at all, the request would say, but it never sees this field.
        let known = self.known(field.name).filter(|key| key.route.is_none());
        let asked: Vec<&Source> = match near {
            Some(near) => vec![near],
            None => self.sources.clone(),
        };
        let is_date = |source: &Source| {
            let on_source = known.and_then(|key| source.dimensions.get(&key.id));
            let bare = on_source.and_then(|on_source| on_source.value.bare);
            bare.is_some() && bare == source.date_column
        };
        let is_asked = |source: &Source| asked.iter().any(|each| each.id == source.id);
        let fits = asked.iter().all(|source| is_date(source));
        if !fits || field.grain.is_some() || field.source.is_some_and(|source| !is_asked(source)) {
            let help = self.dates(&asked);
            let error = ReportError::TableField {
                name: echo(&condition.field),
                reason: NOT_THE_DATE,
            };
            self.report(path, error, help);
            return None;
        }
        Some(DateRangeRequest {
            span: DateSpan::Preset(name?),
            if_supported: false,
        })
    }

    /// The dimensions that are the dates of sources.
    fn dates(&self, sources: &[&Source]) -> Option<Help> {
        let mut names: Vec<&str> = Vec::new();
        for dimension in &self.catalog.dimensions {
            let key = dimension.key.as_str();
            let known = self.known(key);
            let is_date = known.is_some_and(|known| {
                sources.iter().all(|source| {
                    let on_source = source.dimensions.get(&known.id);
                    let bare = on_source.and_then(|on_source| on_source.value.bare);
                    bare.is_some() && bare == source.date_column
                })
            });
            if is_date {
                names.push(key);
            }
        }
        Help::one_of(names)
    }
}
