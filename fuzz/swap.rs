//! A request with other values, made without knowing the types of what they are compared with.

use measurand::{FilterRequest, Request, Scalar};

/// The same request with other values in its conditions, its dates left alone.
///
/// A number gets another first digit, a text that looks like a date another year, one that looks like a
/// UUID another last digit, any other text two letters more. What a column does not take is an error of
/// the second request and says nothing.
pub fn other_values(request: &Request) -> Request {
    let mut other = request.clone();
    for filter in [&mut other.filters, &mut other.metric_filters]
        .into_iter()
        .flatten()
    {
        swap(filter);
    }
    other.limit = other.limit.map(|limit| limit / 2 + 1);
    other
}

fn swap(filter: &mut FilterRequest) {
    match filter {
        FilterRequest::And(parts) | FilterRequest::List(parts) | FilterRequest::Or(parts) => {
            parts.iter_mut().for_each(swap);
        }
        FilterRequest::Not(part) => swap(part),
        FilterRequest::Compare(comparison) => {
            for value in &mut comparison.values {
                *value = other(value);
            }
        }
    }
}

fn other(value: &Scalar) -> Scalar {
    match value {
        Scalar::Null => Scalar::Null,
        Scalar::Boolean(truth) => Scalar::Boolean(!truth),
        Scalar::Number(digits) => Scalar::Number(with_a_nine(digits).into()),
        Scalar::Text(text) => {
            let is_like = |form: &str| {
                text.len() >= form.len()
                    && form
                        .bytes()
                        .zip(text.bytes())
                        .all(|(form, byte)| match form {
                            b'0' => byte.is_ascii_digit(),
                            b'x' => byte.is_ascii_hexdigit(),
                            _ => form == byte,
                        })
            };
            if is_like("0000-00-00") {
                let year = if text.starts_with("2024") {
                    "2020"
                } else {
                    "2024"
                };
                Scalar::from(format!("{year}{}", &text[4..]))
            } else if is_like("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
                let digit = if text.starts_with('a') { 'b' } else { 'a' };
                Scalar::from(format!("{digit}{}", &text[1..]))
            } else if text
                .trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_digit())
            {
                Scalar::from(with_a_nine(text))
            } else {
                Scalar::from(format!("{text}'z"))
            }
        }
    }
}

/// The number with a nine in front of its digits.
fn with_a_nine(digits: &str) -> String {
    match digits.strip_prefix('-') {
        Some(digits) => format!("-9{digits}"),
        None => format!("9{digits}"),
    }
}
