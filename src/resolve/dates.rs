//! Binds the date range: half-open, typed as the date column (R13).

use crate::calendar::{DateRange, Grain, Preset, Shift};
use crate::catalog::columns::ColumnId;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, ResolveError};
use crate::output::Note;
use crate::request::{CompareRequest, DateSpan};
use crate::value::{DataType, Date, Moment, Timestamp, Value};

use super::{CONTEXT, DateBounds, REQUEST, Resolver};

/// The dates that a request asks for.
#[derive(Clone, Copy)]
pub(super) struct AskedRange {
    pub(super) dates: DateRange,
    /// The period whose elapsed part they are, as a preset says.
    elapsed_part_of: Option<Grain>,
}

/// The period that a request compares with.
#[derive(Clone, Copy)]
pub(super) struct ComparedPeriod {
    pub(super) shift: Shift,
    /// None where the request has no range.
    pub(super) dates: Option<DateRange>,
}

impl Resolver<'_, '_> {
    /// The date column under the settled toggles: that of a chosen option, where the source declares
    /// it, else the source's own.
    pub(super) fn date_column(&self, source: &Source, selection: &Selection) -> Option<ColumnId> {
        let own = source.date_column?;
        let chosen = self
            .catalog
            .toggles
            .iter()
            .zip(selection.0.iter())
            .filter_map(|(toggle, option)| toggle.option(*option)?.date_column)
            .find(|column| source.declares_columns() && source.may_have(*column));
        Some(chosen.unwrap_or(own))
    }

    /// The bounds on the date column.
    pub(super) fn bind_dates(
        &mut self,
        source: &Source,
        date_column: Option<ColumnId>,
        range: Option<DateRange>,
    ) -> Option<DateBounds> {
        let written = self.request.date_range.as_ref()?;
        let range = range?;
        let Some(column) = date_column else {
            if written.if_supported {
                self.notes.push(Note::DateRangeIgnored {
                    source: source.key.clone(),
                });
            } else {
                self.report_no_date_column(source);
            }
            return None;
        };
        Some(self.bounds(source, column, range, self.has_end()))
    }

    /// Whether the range says where it ends, as a preset does.
    pub(super) fn has_end(&self) -> bool {
        let written = self.request.date_range.as_ref();
        written.is_some_and(|written| !matches!(written.span, DateSpan::Between { to: None, .. }))
    }

    /// The bounds on a column of dates; a range that has an end may end with the calendar.
    pub(super) fn bounds(
        &self,
        source: &Source,
        column: ColumnId,
        range: DateRange,
        has_end: bool,
    ) -> DateBounds {
        let (from, until) = match source.date_type(column) {
            DataType::Timestamptz => {
                let moments = range.moments(&self.zone);
                let typed = |end: Option<Moment>| end.map(Value::Timestamptz);
                (typed(moments.from), typed(moments.until))
            }
            DataType::Timestamp => {
                let typed = |date| Value::Timestamp(Timestamp::midnight(date));
                (range.from().map(typed), range.until().map(typed))
            }
            _ => (
                range.from().map(Value::Date),
                range.until().map(Value::Date),
            ),
        };
        // A range that ends with the calendar still leaves out rows without a date, and PostgreSQL's
        // dates beyond it.
        let last = (has_end && until.is_none()).then(|| match source.date_type(column) {
            DataType::Timestamptz => Value::Timestamptz(Moment::LAST),
            DataType::Timestamp => Value::Timestamp(Timestamp::LAST),
            _ => Value::Date(Date::MAX),
        });
        DateBounds {
            column,
            from,
            until,
            last,
        }
    }

    /// Reports a range on a source without dates.
    pub(super) fn report_no_date_column(&mut self, source: &Source) {
        let source_key = source.key.to_string();
        let error = Error::new(
            REQUEST.key("date_range").path(),
            ResolveError::NoDateColumn { source_key },
        );
        let help = Help::advice("leave the range out, or say `\"if_supported\": true`");
        self.findings.push(error.with_help(help));
    }

    /// The dates that the request asks for.
    pub(super) fn bind_range(&mut self) -> Option<AskedRange> {
        let span = &self.request.date_range.as_ref()?.span;
        let at = REQUEST.key("date_range");
        match span {
            DateSpan::Between { from, to } => Some(AskedRange {
                dates: self.between(from.as_deref(), to.as_deref())?,
                elapsed_part_of: None,
            }),
            DateSpan::Preset(name) => {
                let Some(preset) = Preset::parse(name) else {
                    let preset = crate::path::echo(name);
                    let error = ResolveError::UnknownPreset { preset };
                    let help = Preset::suggest(name).map_or_else(
                        || Help::advice("write `from` and `to`, or a preset such as `last_30_days` or `this_month`"),
                        Help::DidYouMean,
                    );
                    self.findings
                        .push(Error::new(at.key("preset").path(), error).with_help(help));
                    return None;
                };
                let now = self.now()?;
                Some(AskedRange {
                    dates: preset.dates(now, &self.zone, self.periods),
                    elapsed_part_of: preset.elapsed_part_of(),
                })
            }
        }
    }

    /// The period that the request compares with.
    pub(super) fn bind_comparison(&mut self, range: Option<AskedRange>) -> Option<ComparedPeriod> {
        let written = self.request.compare?;
        let path = || REQUEST.key("compare").path();
        let shift = match (written, range) {
            (CompareRequest::PreviousYear, _) => Shift::back(1, Grain::Year),
            (CompareRequest::Back { offset, grain }, _) => i32::try_from(offset)
                .ok()
                .and_then(|offset| Shift::back(offset, grain)),
            (CompareRequest::PreviousPeriod, Some(range)) => match range.elapsed_part_of {
                Some(grain) => Shift::back(1, grain),
                None => Shift::to_previous(range.dates),
            },
            (CompareRequest::PreviousPeriod, None) => None,
        };
        let Some(shift) = shift else {
            // What is wrong with a range was said of the range.
            if range.is_some() || self.request.date_range.is_none() {
                let error = Error::new(path(), ResolveError::CompareWithoutRange);
                let help = Help::advice("give the range both a `from` and a `to`, or a preset");
                self.findings.push(error.with_help(help));
            }
            return None;
        };
        let dates = match range.map(|range| shift.apply(range.dates)) {
            Some(None) => {
                let subject = "a period before the first year".to_owned();
                self.report(path(), ResolveError::WrongValue { subject });
                return None;
            }
            dates => dates.flatten(),
        };
        Some(ComparedPeriod { shift, dates })
    }

    /// A comparison moves the date column, which the source has to have.
    pub(super) fn check_comparison(&mut self, source: &Source, date_column: Option<ColumnId>) {
        if self.request.compare.is_some() && date_column.is_none() {
            let source_key = source.key.to_string();
            let path = REQUEST.key("compare").path();
            self.report(path, ResolveError::NoDateColumn { source_key });
        }
    }

    /// The range between two dates, either of which may be absent; both are looked at.
    fn between(&mut self, from: Option<&str>, to: Option<&str>) -> Option<DateRange> {
        let at = REQUEST.key("date_range");
        let ends = [("from", from), ("to", to)];
        let unreadable = ends.map(|(field, text)| {
            let is_unreadable = text.is_some_and(|text| Date::parse(text).is_none());
            if is_unreadable {
                self.report(at.key(field).path(), ResolveError::InvalidDate);
            }
            is_unreadable
        });
        if unreadable.contains(&true) {
            return None;
        }
        let range = DateRange::inclusive(from, to);
        range
            .map_err(|error| self.report(at.path(), error.into()))
            .ok()
    }

    /// When it is, as the context says.
    pub(super) fn now(&mut self) -> Option<Moment> {
        let Some(written) = &self.context.now else {
            self.report(CONTEXT.key("now").path(), ResolveError::MissingNow);
            return None;
        };
        let now = Moment::parse_clock(written);
        if now.is_none() {
            let subject = "a text that is no RFC 3339 date and time".to_owned();
            self.report(
                CONTEXT.key("now").path(),
                ResolveError::WrongValue { subject },
            );
        }
        now
    }
}
