//! Time zones: what the clocks of a place showed, from the database that comes with the crate.

use std::fmt;

use jiff::Timestamp as Instant;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::error::{Error, Help, ResolveError};
use crate::path::{Path, echo};
use crate::value::{Date, Moment, Timestamp};

/// A time zone with an IANA name: `UTC`, or an area and a place such as `America/New_York`.
///
/// Offsets are no zones, since they do not say when the clocks change. Names without an area are not
/// taken, `UTC` aside: PostgreSQL reads `CET` or `EST` as an abbreviation, which is a fixed offset,
/// or as a zone, depending on its settings.
///
/// ```
/// use measurand::Zone;
/// let zone = Zone::parse("america/new_york").ok_or("no such zone")?;
/// assert_eq!(zone.as_str(), "America/New_York");
/// assert!(Zone::parse("+02:00").is_none());
/// assert!(Zone::parse("CET").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
// Invariant: the rules have a name.
pub struct Zone {
    rules: TimeZone,
}

/// The longest name that is looked up; the longest there is has 32 bytes.
const MAX_ZONE_BYTES: usize = 64;

impl Zone {
    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self {
            rules: TimeZone::UTC,
        }
    }

    /// The zone with this name, whose letters may be of either case.
    pub fn parse(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("UTC") {
            return Some(Self::utc());
        }
        if name.len() > MAX_ZONE_BYTES || !name.contains('/') {
            return None;
        }
        // The bundled database alone, so that the machine's files and variables have no say.
        let rules = TimeZoneDatabase::bundled().get(name).ok()?;
        if rules.is_unknown() {
            return None;
        }
        rules.iana_name()?;
        Some(Self { rules })
    }

    /// The finding that a name is no zone, with the one that was probably meant.
    pub(crate) fn unknown(name: &str, path: Path) -> Error {
        let zones: Vec<String> = TimeZoneDatabase::bundled()
            .available()
            .map(|zone| zone.to_string())
            .filter(|zone| zone.contains('/'))
            .collect();
        let near = crate::suggest::nearest(name, zones.iter().map(String::as_str));
        let help = match near {
            Some(near) => Help::DidYouMean(near.to_owned()),
            None => Help::advice("write an area and a place such as `Europe/Berlin`, or `UTC`"),
        };
        let zone = echo(name);
        Error::new(path, ResolveError::UnknownZone { zone }).with_help(help)
    }

    /// The name as the database of zones spells it; fit to be sent to the database.
    pub fn as_str(&self) -> &str {
        self.rules.iana_name().unwrap_or("UTC")
    }

    /// The date that calendars in the zone show at a moment; the first or last date of the calendar
    /// where it is beyond them.
    pub fn date_at(&self, moment: Moment) -> Date {
        let utc = moment.to_utc();
        let offset = self.rules.to_offset(nearest_instant(utc));
        let beyond = if offset.is_negative() {
            Date::MIN
        } else {
            Date::MAX
        };
        utc.plus_seconds(offset.seconds())
            .map_or(beyond, Timestamp::date)
    }

    /// What clocks in the zone show at a moment; what they show in UTC where the calendar ends before.
    pub(crate) fn clock_at(&self, moment: Moment) -> Timestamp {
        let utc = moment.to_utc();
        let offset = self.rules.to_offset(nearest_instant(utc));
        utc.plus_seconds(offset.seconds()).unwrap_or(utc)
    }

    /// The moment at which a date starts in the zone.
    ///
    /// That is its midnight; where the clocks skip midnight, the first moment after the gap; where
    /// they show it twice, the earlier one.
    ///
    /// ```
    /// use measurand::{Date, Zone};
    /// let zone = Zone::parse("America/Sao_Paulo").ok_or("no such zone")?;
    /// let start = |date| Date::parse(date).map(|date| zone.start_of(date).to_string());
    /// assert_eq!(start("2018-11-03").as_deref(), Some("2018-11-03 03:00:00+00"));
    /// // Clocks went from 23:59:59 on the 3rd to 01:00:00 on the 4th.
    /// assert_eq!(start("2018-11-04").as_deref(), Some("2018-11-04 03:00:00+00"));
    /// assert_eq!(start("2018-11-05").as_deref(), Some("2018-11-05 02:00:00+00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_of(&self, date: Date) -> Moment {
        self.first_at(Timestamp::midnight(date))
    }

    /// The first moment at which clocks in the zone show a time, or one behind it where they skip it.
    pub(crate) fn first_at(&self, time: Timestamp) -> Moment {
        match self.rules.to_ambiguous_timestamp(time.civil()).offset() {
            // Of two such moments, the one under the offset before the change is the earlier.
            AmbiguousOffset::Unambiguous { offset: at }
            | AmbiguousOffset::Fold { before: at, .. } => utc_of(time, at).unwrap_or(Moment::MIN),
            AmbiguousOffset::Gap { before, .. } => {
                let within = utc_of(time, before).unwrap_or(Moment::MIN);
                // The time may lie anywhere in the gap: the change itself is what ends it.
                self.change_before(within).unwrap_or(within)
            }
        }
    }

    /// The moment at which the clocks in the zone show a time, if they show it exactly once.
    ///
    /// ```
    /// use measurand::{Timestamp, Zone};
    /// let zone = Zone::parse("America/New_York").ok_or("no such zone")?;
    /// let at = |text| Timestamp::parse(text).and_then(|time| zone.moment_of(time));
    /// assert_eq!(at("2026-11-01 01:30"), None);
    /// assert_eq!(at("2026-11-01 02:30").map(|at| at.to_string()).as_deref(), Some("2026-11-01 07:30:00+00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn moment_of(&self, time: Timestamp) -> Option<Moment> {
        match self.rules.to_ambiguous_timestamp(time.civil()).offset() {
            AmbiguousOffset::Unambiguous { offset } => utc_of(time, offset),
            AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => None,
        }
    }

    /// The time that clocks in the zone show at a moment.
    pub(super) fn time_at(&self, moment: Moment) -> Timestamp {
        let utc = moment.to_utc();
        let offset = self.rules.to_offset(nearest_instant(utc));
        utc.plus_seconds(offset.seconds()).unwrap_or(utc)
    }

    /// The moment at which clocks in the zone show a time: the first of two, and in a gap the time that
    /// they would have gone on to.
    pub(super) fn moment_near(&self, time: Timestamp) -> Moment {
        let (AmbiguousOffset::Unambiguous { offset }
        | AmbiguousOffset::Fold { before: offset, .. }
        | AmbiguousOffset::Gap { before: offset, .. }) =
            self.rules.to_ambiguous_timestamp(time.civil()).offset();
        utc_of(time, offset).unwrap_or(Moment::MIN)
    }

    /// The moments at which the hours of clocks in the zone begin, between the starts of two dates. An
    /// hour that clocks show twice is two; one that a change cuts short begins where the change is not.
    pub(crate) fn hours(&self, from: Date, until: Date) -> impl Iterator<Item = Moment> {
        const HALF_HOUR: i32 = 1_800;
        let end = self.start_of(until);
        let later = |moment: &Moment| {
            moment
                .to_utc()
                .plus_seconds(HALF_HOUR)
                .map(Moment::from_utc)
        };
        // Clocks change by half hours too, so hours are looked for at each.
        let looked_at = std::iter::successors(Some(self.start_of(from)), later);
        let mut last = None;
        looked_at
            .take_while(move |moment| *moment < end)
            .filter_map(|moment| self.hour_of(moment))
            .filter(move |hour| last.replace(*hour) != Some(*hour))
    }

    /// The moment at which the hour began that clocks show, under the offset that they have now.
    fn hour_of(&self, moment: Moment) -> Option<Moment> {
        let utc = moment.to_utc();
        let offset = self.rules.to_offset(nearest_instant(utc));
        let local = utc.plus_seconds(offset.seconds())?.civil();
        let local = local
            .with()
            .minute(0)
            .second(0)
            .subsec_nanosecond(0)
            .build()
            .ok()?;
        utc_of(Timestamp::from_civil(local)?, offset)
    }

    /// The last change of the clocks at or before a moment.
    fn change_before(&self, moment: Moment) -> Option<Moment> {
        let just_after = nearest_instant(moment.to_utc().plus_seconds(1)?);
        let change = self.rules.preceding(just_after).next()?.timestamp();
        Timestamp::from_civil(Offset::UTC.to_datetime(change)).map(Moment::from_utc)
    }
}

/// The moment at which clocks with an offset show a time.
fn utc_of(time: Timestamp, offset: Offset) -> Option<Moment> {
    time.plus_seconds(-offset.seconds()).map(Moment::from_utc)
}

/// The instant at which clocks in UTC show a time. The library's instants end on 9999-12-30; that day
/// has the offsets of the day after.
fn nearest_instant(utc: Timestamp) -> Instant {
    Offset::UTC
        .to_timestamp(utc.civil())
        .unwrap_or(Instant::MAX)
}

impl Default for Zone {
    fn default() -> Self {
        Self::utc()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Zone {}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.as_str())
    }
}
