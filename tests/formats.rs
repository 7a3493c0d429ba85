//! Formats against the programs that they are for, and against other implementations of the same formats: what
//! Node's `Intl`, d3 and a reader of spreadsheets said is recorded (`format/record.mjs`); two crates that share
//! nothing with the library say it again in every run.

#[path = "format/catalog.rs"]
mod catalog;

use std::collections::BTreeMap;
use std::path::PathBuf;

use measurand::format::{
    Currency, FormatPattern, Locale, Meaning, PatternKind, PercentScale, Style,
};
use measurand::{Decimal, Timestamp, Value};
use measurand_tests::support::root;
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
struct Patterns {
    numbers: Vec<String>,
    rounded_to_nothing: Vec<String>,
    times: Vec<String>,
    locales: Vec<String>,
    /// Codes that the recorded reader of spreadsheets does not know.
    unread: Vec<String>,
    /// Values that it rounds otherwise than spreadsheets.
    misrounded: Vec<String>,
    patterns: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    pattern: String,
    percent_scale: Option<String>,
    currency: Option<String>,
    intl: Json,
    d3: Json,
    spreadsheet: Json,
}

#[derive(Deserialize)]
struct Recorded {
    versions: BTreeMap<String, String>,
    /// The position of the pattern, the program, the locale, the value, the text.
    rows: Vec<(usize, String, String, String, String)>,
}

impl Entry {
    fn read(&self) -> FormatPattern {
        FormatPattern::parse(&self.pattern)
            .unwrap_or_else(|error| panic!("{}: {error}", self.pattern))
    }

    fn meaning(&self) -> Meaning {
        Meaning {
            percent_scale: self.percent_scale.as_deref().map(|scale| match scale {
                "fraction" => PercentScale::Fraction,
                "points" => PercentScale::Points,
                other => panic!("{other}"),
            }),
            currency: self
                .currency
                .as_deref()
                .map(|code| Currency::parse(code).expect("a code")),
        }
    }

    fn write(&self, value: &str, locale: &Locale) -> String {
        let pattern = self.read();
        let style = Style::new(locale.clone());
        let text = pattern.write(&value_of(value), self.meaning(), &style);
        text.unwrap_or_else(|| panic!("{} does not show {value}", self.pattern))
    }
}

fn value_of(text: &str) -> Value {
    match text.strip_suffix('Z') {
        Some(time) => Value::Timestamp(Timestamp::parse(&time.replace('T', " ")).expect("a time")),
        None => Value::Decimal(Decimal::parse(text).expect("a number")),
    }
}

fn folder() -> PathBuf {
    root().join("tests/format")
}

fn patterns() -> Patterns {
    let text = std::fs::read_to_string(folder().join("patterns.json")).expect("the patterns");
    serde_json::from_str(&text).expect("patterns")
}

fn locale(tag: &str) -> Locale {
    Locale::parse(tag).unwrap_or_else(|| panic!("no locale {tag}"))
}

#[test]
fn translations_are_what_the_table_says() {
    let mut wrong = Vec::new();
    for entry in patterns().patterns {
        let (pattern, meaning) = (entry.read(), entry.meaning());
        let found = [
            serde_json::to_value(pattern.intl(meaning)),
            serde_json::to_value(pattern.d3(meaning)),
            serde_json::to_value(pattern.spreadsheet(meaning)),
        ];
        let found = found.map(|json| json.expect("JSON"));
        let expected = [entry.intl, entry.d3, entry.spreadsheet];
        if found != expected {
            wrong.push(format!("{}: {found:?}, not {expected:?}", entry.pattern));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is written is what the programs said, letter by letter.
#[test]
fn programs_wrote_the_same() {
    let patterns = patterns();
    let text = std::fs::read_to_string(folder().join("recorded.json")).expect("the record");
    let recorded: Recorded = serde_json::from_str(&text).expect("rows");
    let programs = ["cldr", "d3-format", "d3-time-format", "icu", "node", "ssf"];
    assert!(recorded.versions.keys().map(String::as_str).eq(programs));
    let locales: BTreeMap<&str, Locale> = (patterns.locales.iter())
        .map(|tag| (tag.as_str(), locale(tag)))
        .collect();
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut signs = 0;
    for (at, program, tag, value, expected) in &recorded.rows {
        let entry = &patterns.patterns[*at];
        // Of a date, the locale is that of the pattern's order.
        let english = &locales["en"];
        let locale = match value.ends_with('Z') {
            true => english,
            false => locales.get(tag.as_str()).unwrap_or_else(|| panic!("{tag}")),
        };
        let found = entry.write(value, locale);
        // The one difference: a spreadsheet leaves the sign of what it rounds to nothing.
        let mut expected = expected.clone();
        if program == "spreadsheet" && rounds_to_nothing(value, &expected) {
            let bare = without_sign(&expected, &entry.pattern);
            signs += usize::from(bare != expected);
            expected = bare;
        }
        if found != expected {
            let pattern = &entry.pattern;
            wrong.push(format!(
                "{pattern} {value} {tag}: {found:?}, {program} wrote {expected:?}"
            ));
        }
        *counts.entry(program).or_default() += 1;
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        recorded.rows.len(),
        wrong.join("\n")
    );
    // Every translation was tried on every value.
    assert_eq!(counts, expected_counts(&patterns));
    assert_eq!(signs, SIGNS);
}

/// How often the recorded reader of spreadsheets left the sign of what it rounded to nothing.
const SIGNS: usize = 22;

fn rounds_to_nothing(value: &str, text: &str) -> bool {
    value.starts_with('-')
        && !value.ends_with('Z')
        && !text.contains(|c: char| matches!(c, '1'..='9'))
}

/// What the first section writes.
fn without_sign(text: &str, pattern: &str) -> String {
    let sign = if pattern.starts_with('+') { "+" } else { "" };
    text.replace('-', sign).replace(['(', ')'], "")
}

fn expected_counts(patterns: &Patterns) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let all = patterns.numbers.len() + patterns.rounded_to_nothing.len();
    let numbers = (all - patterns.misrounded.len(), all);
    let times = (patterns.times.len(), patterns.times.len());
    for entry in &patterns.patterns {
        let is_date = entry.read().kind() == PatternKind::Date;
        let (exact, all) = if is_date { times } else { numbers };
        let plain = !is_date && entry.intl.pointer("/options/style").is_none();
        let locales = if plain { patterns.locales.len() } else { 1 };
        let mut count = |program, is_there: bool, rows: usize| {
            *counts.entry(program).or_default() += if is_there { rows } else { 0 };
        };
        count("intl", !entry.intl.is_null(), all * locales);
        count("d3", !entry.d3.is_null(), all);
        let code = entry.spreadsheet.as_str();
        let is_read = code.is_some_and(|code| !patterns.unread.iter().any(|unread| unread == code));
        count("spreadsheet", is_read, exact);
    }
    counts
}

/// Every spreadsheet's code, read by another crate, with the signs that yet another crate knows of a language.
#[test]
fn other_implementations_write_the_same() {
    let patterns = patterns();
    let options = ssfmt::FormatOptions::default();
    let tags = [
        "en", "de", "fr", "es", "sv", "ja", "nb", "nl", "tr", "da", "it", "pl",
    ];
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in &patterns.patterns {
        let Some(code) = entry.spreadsheet.as_str() else {
            continue;
        };
        let read =
            ssfmt::NumberFormat::parse(code).unwrap_or_else(|error| panic!("{code}: {error}"));
        let is_date = entry.read().kind() == PatternKind::Date;
        let numbers = patterns.numbers.iter().chain(&patterns.rounded_to_nothing);
        let values: Vec<&String> = match is_date {
            true => patterns.times.iter().collect(),
            false => numbers.collect(),
        };
        for value in values {
            let english = match is_date {
                true => read.format(serial(value), &options),
                false => read.format(value.parse().expect("a number"), &options),
            };
            let english = match rounds_to_nothing(value, &english) {
                true => without_sign(&english, &entry.pattern),
                false => english,
            };
            for tag in tags {
                let expected = match is_date {
                    true => english.clone(),
                    false => in_language(&english, tag, code.contains('-')),
                };
                let found = entry.write(value, &locale(tag));
                if found != expected {
                    wrong.push(format!(
                        "{} {value} {tag}: {found:?}, not {expected:?}",
                        entry.pattern
                    ));
                }
                count += 1;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 3_000, "{count}");
}

/// Days since the day before 1900, as spreadsheets count from March 1900 on.
fn serial(time: &str) -> f64 {
    let Value::Timestamp(time) = value_of(time) else {
        panic!("a time");
    };
    let epoch = Timestamp::parse("1899-12-30 00:00").expect("a time");
    let microseconds = time.microseconds_since(epoch);
    microseconds as f64 / 86_400_000_000.0
}

/// A number in English with the signs of another language; a minus that a code writes itself stays what it is.
fn in_language(english: &str, tag: &str, has_own_minus: bool) -> String {
    let language =
        num_format::Locale::from_name(tag).unwrap_or_else(|error| panic!("{tag}: {error}"));
    let mut out = String::new();
    for character in english.chars() {
        match character {
            ',' => out.push_str(language.separator()),
            '.' => out.push_str(language.decimal()),
            '-' if !has_own_minus => out.push_str(language.minus_sign()),
            other => out.push(other),
        }
    }
    out
}

/// Durations: a spreadsheet counts days, and writes the same for them.
#[test]
fn durations_are_those_of_spreadsheets() {
    let options = ssfmt::FormatOptions::default();
    let style = Style::default();
    let mut count = 0;
    for pattern in [
        "[h]:mm:ss",
        "[h]:mm",
        "[hh]:mm:ss",
        "[m]:ss",
        "[mm]:ss",
        "[s]",
    ] {
        let read = FormatPattern::parse(pattern).expect("a pattern");
        let code = ssfmt::NumberFormat::parse(pattern).expect("a code");
        for seconds in [
            0_i64, 1, 59, 60, 125, 3_599, 3_600, 86_399, 86_400, 90_061, 360_000, 1_234_567,
        ] {
            let found = read.write(&Value::Integer(seconds), Meaning::default(), &style);
            let expected = code.format(seconds as f64 / 86_400.0, &options);
            assert_eq!(
                found.as_deref(),
                Some(&*expected),
                "{pattern} of {seconds} seconds"
            );
            count += 1;
        }
    }
    assert_eq!(count, 72);
}

/// The examples of the page are true.
#[test]
fn examples_of_the_page_hold() {
    let page = std::fs::read_to_string(root().join("docs/formats.md")).expect("the page");
    let mut count = 0;
    let mut refused = 0;
    for line in page.lines() {
        let cells: Vec<&str> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        match cells[..] {
            ["", pattern, value, tag, text, ""]
                if tag.len() == 2 && Locale::parse(tag).is_some() =>
            {
                let read = FormatPattern::parse(pattern)
                    .unwrap_or_else(|error| panic!("{pattern}: {error}"));
                let style = Style::new(locale(tag));
                let written = read.write(&value_of(value), Meaning::default(), &style);
                assert_eq!(written.as_deref(), Some(text), "{line}");
                count += 1;
            }
            ["", pattern, place, reason, ""] if place.contains("..") => {
                let error = FormatPattern::parse(pattern).expect_err(line);
                let span = error.span();
                let found = (format!("{}..{}", span.start, span.end), error.reason());
                assert_eq!(found, (place.to_owned(), reason), "{line}");
                refused += 1;
            }
            _ => {}
        }
    }
    assert!(
        count >= 20 && refused >= 8,
        "{count} examples, {refused} refused"
    );
}
