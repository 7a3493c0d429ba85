//! Presets: dates by name, counted from a moment in a zone.

use super::{DateRange, Grain, Periods, Zone};
use crate::suggest;
use crate::value::{Date, Moment};

/// A range of dates by name, such as `last_30_days`.
///
/// * `today`, `yesterday`; `month_to_date` and its kind run from the start of the period through
///   today;
/// * `this_week` and its kind are the whole calendar period, days to come included;
/// * `last_week` and its kind are the whole calendar period before the current one;
/// * `last_N_days` are N days of which today is the last;
/// * `last_N_weeks`, `last_N_months`, `last_N_quarters`, `last_N_years` are the N whole periods before
///   the current one, so that `last_1_months` is `last_month` and no period is seen half;
/// * `fiscal_quarter` and `fiscal_year` stand for `quarter` and `year` in any of them.
///
/// N is 1 to 9999 and written without zeros in front.
///
/// ```
/// use measurand::{Date, Moment, Periods, Preset, Zone};
/// let now = Moment::parse("2026-11-20T03:00:00Z").ok_or("no moment")?;
/// let today = Preset::parse("today").ok_or("no preset")?;
/// // In New York it is still the evening of the 19th.
/// let zone = Zone::parse("America/New_York").ok_or("no such zone")?;
/// let dates = today.dates(now, &zone, Periods::default());
/// assert_eq!(dates.from(), Date::parse("2026-11-19"));
/// assert_eq!(dates.until(), Date::parse("2026-11-20"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Preset(Form);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Today,
    Yesterday,
    /// The whole period that today lies in.
    This(Grain),
    /// So many whole periods before the current one.
    Last(i32, Grain),
    /// So many days of which today is the last.
    LastDays(i32),
    /// The current period through today.
    ToDate(Grain),
}

/// The presets without a number, in the order of the documentation.
const NAMED: [(&str, Form); 20] = [
    ("today", Form::Today),
    ("yesterday", Form::Yesterday),
    ("this_week", Form::This(Grain::Week)),
    ("last_week", Form::Last(1, Grain::Week)),
    ("this_month", Form::This(Grain::Month)),
    ("last_month", Form::Last(1, Grain::Month)),
    ("this_quarter", Form::This(Grain::Quarter)),
    ("last_quarter", Form::Last(1, Grain::Quarter)),
    ("this_year", Form::This(Grain::Year)),
    ("last_year", Form::Last(1, Grain::Year)),
    ("this_fiscal_quarter", Form::This(Grain::FiscalQuarter)),
    ("last_fiscal_quarter", Form::Last(1, Grain::FiscalQuarter)),
    ("this_fiscal_year", Form::This(Grain::FiscalYear)),
    ("last_fiscal_year", Form::Last(1, Grain::FiscalYear)),
    ("week_to_date", Form::ToDate(Grain::Week)),
    ("month_to_date", Form::ToDate(Grain::Month)),
    ("quarter_to_date", Form::ToDate(Grain::Quarter)),
    ("year_to_date", Form::ToDate(Grain::Year)),
    ("fiscal_quarter_to_date", Form::ToDate(Grain::FiscalQuarter)),
    ("fiscal_year_to_date", Form::ToDate(Grain::FiscalYear)),
];

/// The units of the presets with a number, and the names of these presets.
const COUNTED: [(&str, &str, Grain); 7] = [
    ("days", "last_N_days", Grain::Day),
    ("weeks", "last_N_weeks", Grain::Week),
    ("months", "last_N_months", Grain::Month),
    ("quarters", "last_N_quarters", Grain::Quarter),
    ("years", "last_N_years", Grain::Year),
    (
        "fiscal_quarters",
        "last_N_fiscal_quarters",
        Grain::FiscalQuarter,
    ),
    ("fiscal_years", "last_N_fiscal_years", Grain::FiscalYear),
];

/// The largest N of `last_N_days` and its kind.
const MAX_COUNT: i32 = 9_999;

impl Preset {
    /// The preset with this name.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some((_, form)) = NAMED.iter().find(|(named, _)| *named == name) {
            return Some(Self(*form));
        }
        let (count, unit) = name.strip_prefix("last_")?.split_once('_')?;
        let is_plain = (1..=4).contains(&count.len())
            && count.bytes().all(|byte| byte.is_ascii_digit())
            && !count.starts_with('0');
        if !is_plain {
            return None;
        }
        let count = count.parse().ok()?;
        let (.., grain) = COUNTED.into_iter().find(|(counted, ..)| *counted == unit)?;
        Some(Self(match grain {
            Grain::Day => Form::LastDays(count),
            _ => Form::Last(count, grain),
        }))
    }

    /// The preset that was probably meant by a name that is none, with the number as written.
    ///
    /// ```
    /// use measurand::Preset;
    /// assert_eq!(Preset::suggest("last_30_day").as_deref(), Some("last_30_days"));
    /// assert_eq!(Preset::suggest("this_moth").as_deref(), Some("this_month"));
    /// assert_eq!(Preset::suggest("since the flood"), None);
    /// ```
    pub fn suggest(name: &str) -> Option<String> {
        let count = name
            .split(|character: char| !character.is_ascii_digit())
            .find_map(|digits| digits.parse::<i32>().ok())
            // Another number than the one that was written would be a guess.
            .filter(|count| (1..=MAX_COUNT).contains(count));
        let numbered: Vec<String> = count
            .map(|count| COUNTED.map(|(unit, ..)| format!("last_{count}_{unit}")))
            .into_iter()
            .flatten()
            .collect();
        let candidates = NAMED.iter().map(|(named, _)| *named);
        let candidates = candidates.chain(numbered.iter().map(String::as_str));
        suggest::nearest(name, candidates).map(str::to_owned)
    }

    /// The period that the preset is the elapsed part of, such as the month of `month_to_date`.
    pub(crate) fn elapsed_part_of(self) -> Option<Grain> {
        match self.0 {
            Form::ToDate(grain) => Some(grain),
            _ => None,
        }
    }

    /// The names of all presets, for a list to choose from; `N` stands for a number.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let counted = COUNTED.iter().map(|(_, named, _)| *named);
        NAMED.iter().map(|(named, _)| *named).chain(counted)
    }

    /// The dates, as calendars in `zone` count them at the moment `now`.
    ///
    /// An end beyond the years 0001 to 9999 does not bound.
    pub fn dates(self, now: Moment, zone: &Zone, periods: Periods) -> DateRange {
        let today = zone.date_at(now);
        let tomorrow = Grain::Day.shift(today, 1);
        let start = |grain: Grain| grain.start(today, periods);
        let shifted = |grain: Grain, count| start(grain).and_then(|date| grain.shift(date, count));
        let day = |count| Grain::Day.shift(today, count);
        let (from, until): (Option<Date>, Option<Date>) = match self.0 {
            Form::Today => (Some(today), tomorrow),
            Form::Yesterday => (day(-1), Some(today)),
            Form::This(grain) => (start(grain), shifted(grain, 1)),
            Form::Last(count, grain) => (shifted(grain, -count), start(grain)),
            Form::LastDays(count) => (day(1 - count), tomorrow),
            Form::ToDate(grain) => (start(grain), tomorrow),
        };
        DateRange::in_order(from, until)
    }
}
