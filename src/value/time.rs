//! Dates, local times and moments, in the years that every database agrees on.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil;

/// A calendar date of the years 0001 to 9999, without a zone.
///
/// ```
/// use measurand::Date;
/// assert_eq!(Date::parse("2024-02-29"), Date::new(2024, 2, 29));
/// assert_eq!(Date::parse("2026-02-29"), None);
/// assert_eq!(Date::parse("2026-2-1"), None);
/// assert!(Date::parse("2026-01-31") < Date::parse("2026-02-01"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: the year is one of 1 to 9999.
pub struct Date(civil::Date);

/// A date and time of the years 0001 to 9999 to the microsecond, without a zone.
///
/// ```
/// use measurand::Timestamp;
/// let at_ten = Timestamp::parse("2026-01-31T10:00");
/// assert_eq!(at_ten.map(|at| at.to_string()).as_deref(), Some("2026-01-31 10:00:00"));
/// assert_eq!(at_ten, Timestamp::parse("2026-01-31 10:00:00.000"));
/// assert_eq!(Timestamp::parse("2026-01-31 24:00"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// Invariant: the year is one of 1 to 9999, and the nanoseconds are whole microseconds.
pub struct Timestamp(civil::DateTime);

/// A moment of the years 0001 to 9999 (in UTC) to the microsecond.
///
/// Two texts of one moment with different offsets are one value.
///
/// ```
/// use measurand::Moment;
/// let moment = Moment::parse("2026-01-31T10:00:00+01:00");
/// assert_eq!(moment.map(|at| at.to_string()).as_deref(), Some("2026-01-31 09:00:00+00"));
/// assert_eq!(moment, Moment::parse("2026-01-31T09:00:00Z"));
/// assert_eq!(Moment::parse("2026-01-31T10:00:00"), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// The time in UTC, and not the library's own timestamp, which ends a day before the year does.
pub struct Moment(Timestamp);

impl Date {
    /// The first date: 0001-01-01.
    pub const MIN: Date = Date(civil::Date::constant(1, 1, 1));

    /// The last date: 9999-12-31.
    pub const MAX: Date = Date(civil::Date::constant(9999, 12, 31));

    /// The date, if the calendar has it.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Self::from_civil(civil::Date::new(year, month, day).ok()?)
    }

    /// Reads `YYYY-MM-DD`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut written = Written(text.as_bytes());
        let date = written.date()?;
        written.end()?;
        Some(date)
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// The number of days from `other` to this date; negative if this date is the earlier.
    pub fn days_since(self, other: Date) -> i32 {
        let days = self.0.duration_since(other.0).as_hours() / 24;
        // 9999 years are fewer than four million days.
        i32::try_from(days).unwrap_or_default()
    }

    pub(crate) fn from_civil(date: civil::Date) -> Option<Self> {
        (1..=9999).contains(&date.year()).then_some(Self(date))
    }

    pub(crate) fn civil(self) -> civil::Date {
        self.0
    }
}

impl Timestamp {
    /// The last microsecond of 9999-12-31.
    pub(crate) const LAST: Timestamp = Timestamp(civil::DateTime::constant(
        9999,
        12,
        31,
        23,
        59,
        59,
        999_999_000,
    ));

    /// The time on a date, if the day has it: hours to 23, minutes and seconds to 59, microseconds
    /// to 999,999.
    pub fn new(date: Date, hour: i8, minute: i8, second: i8, microsecond: i32) -> Option<Self> {
        let nanosecond = microsecond.checked_mul(1_000)?;
        let time = civil::Time::new(hour, minute, second, nanosecond).ok()?;
        Some(Self(date.0.to_datetime(time)))
    }

    /// Reads `YYYY-MM-DD HH:MM`, with a space or a `T`, and optionally `:SS` and one to six digits
    /// of a second.
    pub fn parse(text: &str) -> Option<Self> {
        let mut written = Written(text.as_bytes());
        let date = written.date()?;
        if !written.take(b'T') {
            written.expect(b' ')?;
        }
        let hour = written.number(2)?;
        written.expect(b':')?;
        let minute = written.number(2)?;
        let (mut second, mut microsecond) = (0, 0);
        if written.take(b':') {
            second = written.number(2)?;
            if written.take(b'.') {
                microsecond = exact_microsecond(written.fraction()?)?;
            }
        }
        written.end()?;
        Self::new(
            date,
            narrow(hour)?,
            narrow(minute)?,
            narrow(second)?,
            microsecond,
        )
    }

    /// Midnight of a date.
    pub fn midnight(date: Date) -> Self {
        Self(date.0.to_datetime(civil::Time::midnight()))
    }

    /// The date of the time.
    pub fn date(self) -> Date {
        Date(self.0.date())
    }

    /// The same time of another day.
    pub(crate) fn on(self, date: Date) -> Self {
        Self(date.civil().to_datetime(self.0.time()))
    }

    /// The microseconds from `other` to this time; negative if this time is the earlier.
    pub fn microseconds_since(self, other: Timestamp) -> i64 {
        let microseconds = self.0.duration_since(other.0).as_micros();
        // 9999 years are fewer than 2^59 microseconds.
        i64::try_from(microseconds).unwrap_or_default()
    }

    /// The time so many seconds later, unless it leaves the years 0001 to 9999.
    pub(crate) fn plus_seconds(self, seconds: i32) -> Option<Self> {
        let moved = self
            .0
            .checked_add(SignedDuration::from_secs(seconds.into()))
            .ok()?;
        Self::from_civil(moved)
    }

    /// The time so many microseconds later, unless it leaves the years 0001 to 9999.
    #[cfg(feature = "postgres-types-0_2")]
    pub(crate) fn plus_microseconds(self, microseconds: i64) -> Option<Self> {
        let moved = SignedDuration::from_micros(microseconds);
        Self::from_civil(self.0.checked_add(moved).ok()?)
    }

    /// The time, if its year is one of ours; what is shorter than a microsecond is dropped.
    pub(crate) fn from_civil(time: civil::DateTime) -> Option<Self> {
        let date = Date::from_civil(time.date())?;
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        Self::new(date, hour, minute, second, time.subsec_nanosecond() / 1_000)
    }

    pub(crate) fn civil(self) -> civil::DateTime {
        self.0
    }
}

impl Moment {
    /// The last microsecond of 9999-12-31 in UTC.
    pub(crate) const LAST: Moment = Moment(Timestamp::LAST);

    /// The first moment: the start of 0001-01-01 in UTC.
    pub const MIN: Moment = Moment(Timestamp(civil::DateTime::constant(1, 1, 1, 0, 0, 0, 0)));

    /// Reads RFC 3339: a date, `T`, a time with seconds, and `Z` or an offset such as `+01:00`. More
    /// than six digits of a second are read only if the others are zero.
    ///
    /// # Source
    /// RFC 3339, section 5.6; leap seconds are not read, since no database here stores them.
    pub fn parse(text: &str) -> Option<Self> {
        let (moment, nanosecond) = parse_rfc3339(text)?;
        exact_microsecond(nanosecond).map(|_| moment)
    }

    /// The same, with what is shorter than a microsecond dropped: for the time of a clock, whose last
    /// digits nobody compares with.
    ///
    /// ```
    /// use measurand::Moment;
    /// let now = "2026-11-20T10:00:00.123456789Z";
    /// assert_eq!(Moment::parse(now), None);
    /// assert_eq!(Moment::parse_clock(now), Moment::parse("2026-11-20T10:00:00.123456Z"));
    /// ```
    pub fn parse_clock(text: &str) -> Option<Self> {
        parse_rfc3339(text).map(|(moment, _)| moment)
    }

    /// The moment at which a clock in UTC shows this time.
    pub fn from_utc(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }

    /// What a clock in UTC shows.
    pub fn to_utc(self) -> Timestamp {
        self.0
    }
}

/// The moment, cut to the microsecond, and the nanoseconds of its second as written.
fn parse_rfc3339(text: &str) -> Option<(Moment, i32)> {
    let mut written = Written(text.as_bytes());
    let date = written.date()?;
    if !written.take(b't') {
        written.expect(b'T')?;
    }
    let hour = narrow(written.number(2)?)?;
    written.expect(b':')?;
    let minute = narrow(written.number(2)?)?;
    written.expect(b':')?;
    let second = narrow(written.number(2)?)?;
    let nanosecond = if written.take(b'.') {
        written.fraction()?
    } else {
        0
    };
    let offset = if written.take(b'Z') || written.take(b'z') {
        0
    } else {
        let sign = if written.take(b'-') {
            -1
        } else {
            written.expect(b'+')?;
            1
        };
        let hours = written.number(2)?;
        written.expect(b':')?;
        let minutes = written.number(2)?;
        if hours > 23 || minutes > 59 {
            return None;
        }
        sign * (hours * 3_600 + minutes * 60)
    };
    written.end()?;
    let local = Timestamp::new(date, hour, minute, second, nanosecond / 1_000)?;
    Some((Moment(local.plus_seconds(-offset)?), nanosecond))
}

/// The microseconds, if nothing is lost.
fn exact_microsecond(nanosecond: i32) -> Option<i32> {
    (nanosecond % 1_000 == 0).then_some(nanosecond / 1_000)
}

fn narrow(number: i32) -> Option<i8> {
    number.try_into().ok()
}

/// What is still to be read of a written date or time.
struct Written<'a>(&'a [u8]);

impl Written<'_> {
    fn take(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    fn digit(&mut self) -> Option<i32> {
        let (first, rest) = self.0.split_first()?;
        first.is_ascii_digit().then(|| {
            self.0 = rest;
            i32::from(first - b'0')
        })
    }

    /// A number of exactly so many digits, which are few.
    fn number(&mut self, digits: usize) -> Option<i32> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn date(&mut self) -> Option<Date> {
        let year = self.number(4)?;
        self.expect(b'-')?;
        let month = self.number(2)?;
        self.expect(b'-')?;
        let day = self.number(2)?;
        Date::new(year.try_into().ok()?, narrow(month)?, narrow(day)?)
    }

    /// The digits after a second's point, one to nine of them, as nanoseconds.
    fn fraction(&mut self) -> Option<i32> {
        let mut nanoseconds = self.digit()? * 100_000_000;
        let mut worth = 10_000_000;
        while let Some(digit) = self.digit() {
            if worth == 0 {
                return None;
            }
            nanoseconds += digit * worth;
            worth /= 10;
        }
        Some(nanoseconds)
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.year(), self.month(), self.day());
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// `2026-01-31 10:00:00`, and the fraction of a second without zeros at its end, where there is one.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.0.time();
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        write!(f, "{} {hour:02}:{minute:02}:{second:02}", self.date())?;
        match time.subsec_nanosecond() / 1_000 {
            0 => Ok(()),
            microsecond => {
                let digits = format!("{microsecond:06}");
                write!(f, ".{}", digits.trim_end_matches('0'))
            }
        }
    }
}

/// `2026-01-31 10:00:00+00`: always in UTC, as PostgreSQL shows it in a session in UTC.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+00", self.0)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
