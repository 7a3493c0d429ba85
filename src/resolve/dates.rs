//! Binds the date range: half-open, typed as the date column (R13).

use crate::calendar::{DateRange, Preset};
use crate::catalog::columns::ColumnId;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, ResolveError};
use crate::output::Note;
use crate::request::DateSpan;
use crate::value::{DataType, Date, Moment, Timestamp, Value};

use super::{CONTEXT, DateBounds, REQUEST, Resolver};

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
        let has_end = !matches!(written.span, DateSpan::Between { to: None, .. });
        let last = (has_end && until.is_none()).then(|| match source.date_type(column) {
            DataType::Timestamptz => Value::Timestamptz(Moment::LAST),
            DataType::Timestamp => Value::Timestamp(Timestamp::LAST),
            _ => Value::Date(Date::MAX),
        });
        Some(DateBounds {
            column,
            from,
            until,
            last,
        })
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
    pub(super) fn bind_range(&mut self) -> Option<DateRange> {
        let span = &self.request.date_range.as_ref()?.span;
        let at = REQUEST.key("date_range");
        match span {
            DateSpan::Between { from, to } => self.between(from.as_deref(), to.as_deref()),
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
                Some(preset.dates(now, &self.zone, self.week_start))
            }
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

    fn now(&mut self) -> Option<Moment> {
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
