//! Values as written in JSON, before they have a type.

/// A value as written in JSON, without loss.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, in the digits that were written.
    Number(Box<str>),
    /// A string.
    Text(Box<str>),
}

impl Scalar {
    /// The number with these digits, as JSON writes them: for decimals that are exact.
    ///
    /// ```
    /// use measurand::Scalar;
    /// assert_eq!(Scalar::number("19.90"), Some(Scalar::Number("19.90".into())));
    /// assert_eq!(Scalar::number("1,000"), None);
    /// assert_eq!(Scalar::number("true"), None);
    /// ```
    pub fn number(digits: &str) -> Option<Self> {
        let is_number = digits.ends_with(|last: char| last.is_ascii_digit())
            && digits.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && serde_json::from_str::<serde::de::IgnoredAny>(digits).is_ok();
        is_number.then(|| Scalar::Number(digits.into()))
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Scalar::Text(text.into())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Scalar::Text(text.into())
    }
}

impl From<bool> for Scalar {
    fn from(value: bool) -> Self {
        Scalar::Boolean(value)
    }
}

impl From<i32> for Scalar {
    fn from(value: i32) -> Self {
        Scalar::Number(value.to_string().into())
    }
}

impl From<i64> for Scalar {
    fn from(value: i64) -> Self {
        Scalar::Number(value.to_string().into())
    }
}

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        Scalar::Number(value.to_string().into())
    }
}
