//! Locales: the signs that numbers are written with.

/// The signs that a language and region write numbers with.
///
/// A pattern says what is shown and where; a locale says which digits, which sign stands before the fraction,
/// which between groups of digits, how large groups are, and which sign negative numbers have. English is
/// always there; all others need the feature `locales`, which takes them from ICU4X.
///
/// ```
/// use measurand::format::Locale;
/// assert_eq!(Locale::english().tag(), "en");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale {
    tag: Box<str>,
    minus: [Box<str>; 2],
    decimal: Box<str>,
    group: Box<str>,
    groups: Groups,
    digits: [char; 10],
}

/// The sizes of groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Groups {
    /// The group before the point.
    first: usize,
    /// All others.
    others: usize,
}

impl Groups {
    /// Whether a group ends where so many digits are to come.
    pub(super) fn is_boundary(self, to_come: usize) -> bool {
        to_come
            .checked_sub(self.first)
            .is_some_and(|more| more.is_multiple_of(self.others))
    }
}

impl Locale {
    /// English: `-1,234.5`.
    pub fn english() -> Self {
        Self {
            tag: "en".into(),
            minus: ["-".into(), "".into()],
            decimal: ".".into(),
            group: ",".into(),
            groups: Groups {
                first: 3,
                others: 3,
            },
            digits: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
        }
    }

    /// The locale with this BCP 47 tag, such as `de-CH` or `hi-u-nu-deva`; of one that has no data of its own
    /// the nearest that has. Nothing where the text is no such tag.
    ///
    /// ```
    /// use measurand::format::{FormatPattern, Locale, Meaning, Style};
    /// use measurand::Value;
    ///
    /// let style = Style::new(Locale::parse("de").ok_or("no tag")?);
    /// let pattern = FormatPattern::parse("#,##0.00")?;
    /// let text = pattern.write(&Value::Integer(-1234567), Meaning::default(), &style);
    /// assert_eq!(text.as_deref(), Some("-1.234.567,00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "locales")]
    pub fn parse(tag: &str) -> Option<Self> {
        use fixed_decimal::Decimal;
        use icu_decimal::DecimalFormatter;
        use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};

        let locale = icu_locale_core::Locale::try_from_str(tag).ok()?;
        let mut options = DecimalFormatterOptions::default();
        // A pattern says whether digits are grouped, small numbers as large ones, so that columns line up.
        options.grouping_strategy = Some(GroupingStrategy::Always);
        let formatter = DecimalFormatter::try_new((&locale).into(), options).ok()?;
        let written = |text: &str| {
            let number = Decimal::try_from_str(text).ok()?;
            Some(formatter.format(&number).to_string())
        };
        let mut digits = ['0'; 10];
        for (digit, slot) in ('0'..='9').zip(&mut digits) {
            let mut text = [0; 4];
            *slot = written(digit.encode_utf8(&mut text))?.chars().next()?;
        }
        // What ICU4X writes is asked for, and read, rather than its data, whose form is its own affair.
        let is_digit = |c: char| digits.contains(&c);
        let around = |text: &str| {
            let mut parts = text.split(is_digit).map(Box::<str>::from);
            Some((parts.next()?, parts.next_back()?))
        };
        let (before, behind) = around(&written("-1")?)?;
        let fraction = written("1.2")?;
        let decimal = fraction.trim_matches(is_digit).into();
        let long = written("1111111111111111")?;
        let group = long.split(is_digit).find(|sign| !sign.is_empty());
        let group: Box<str> = group.unwrap_or_default().into();
        let sizes: Vec<usize> = match &*group {
            "" => Vec::new(),
            group => long.rsplit(group).map(|run| run.chars().count()).collect(),
        };
        let first = sizes.first().copied().unwrap_or(usize::MAX / 2);
        let others = sizes.get(1).copied().unwrap_or(first).max(1);
        Some(Self {
            tag: tag.into(),
            minus: [before, behind],
            decimal,
            group,
            groups: Groups { first, others },
            digits,
        })
    }

    /// The tag.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Whether it writes compact numbers as English does.
    pub(super) fn is_english(&self) -> bool {
        self.tag.split('-').next() == Some("en")
    }

    /// What stands before and behind a negative number.
    pub(super) fn minus(&self) -> (&str, &str) {
        let [before, behind] = &self.minus;
        (before, behind)
    }

    /// What stands before a fraction.
    pub(super) fn decimal(&self) -> &str {
        &self.decimal
    }

    /// What stands between groups.
    pub(super) fn group(&self) -> &str {
        &self.group
    }

    pub(super) fn groups(&self) -> Groups {
        self.groups
    }

    pub(super) fn digits(&self) -> &[char; 10] {
        &self.digits
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self::english()
    }
}
