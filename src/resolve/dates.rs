//! Binds the date range: half-open, typed as the date column (R13).

use crate::calendar::{DateRange, DateRangeError, Preset};
use crate::catalog::columns::ColumnId;
use crate::catalog::source::Source;
use crate::catalog::toggle::Selection;
use crate::error::{Error, Help, ResolveError};
use crate::output::Note;
use crate::request::DateSpan;
use crate::value::{DataType, Moment, Timestamp, Value};

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
    ) -> Option<DateBounds> {
        let written = self.request.date_range.as_ref()?;
        let range = self.range(&written.span)?;
        let Some(column) = date_column else {
            if written.if_supported {
                self.notes.push(Note::DateRangeIgnored {
                    source: source.key.clone(),
                });
            } else {
                let source_key = source.key.to_string();
                let error = Error::new(
                    REQUEST.key("date_range").path(),
                    ResolveError::NoDateColumn { source_key },
                );
                let help = Help::advice("leave the range out, or say `\"if_supported\": true`");
                self.findings.push(error.with_help(help));
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
        Some(DateBounds {
            column,
            from,
            until,
        })
    }

    fn range(&mut self, span: &DateSpan) -> Option<DateRange> {
        let at = REQUEST.key("date_range");
        match span {
            DateSpan::Between { from, to } => {
                match DateRange::inclusive(from.as_deref(), to.as_deref()) {
                    Ok(range) => Some(range),
                    Err(error) => {
                        let (path, error) = match error {
                            DateRangeError::From => {
                                (at.key("from").path(), ResolveError::InvalidDate)
                            }
                            DateRangeError::To => (at.key("to").path(), ResolveError::InvalidDate),
                            DateRangeError::Order => (at.path(), ResolveError::RangeOrder),
                        };
                        self.report(path, error);
                        None
                    }
                }
            }
            DateSpan::Preset(name) => {
                let Some(preset) = Preset::parse(name) else {
                    let preset = crate::path::echo(name);
                    let error = ResolveError::UnknownPreset { preset };
                    let help = Preset::suggest(name).map(Help::DidYouMean);
                    self.findings
                        .push(Error::new(at.key("preset").path(), error).with_help(help));
                    return None;
                };
                let now = self.now()?;
                Some(preset.dates(now, &self.zone, self.week_start))
            }
        }
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
