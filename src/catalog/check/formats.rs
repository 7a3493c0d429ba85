//! Formats of metrics: the pattern, what percentages are stored as, the currency.

use std::ops::Range;

use crate::error::{CatalogError, Error, Help};
use crate::format::{Currency, FormatPattern, PatternError, PatternKind, PercentScale};

use super::super::lint::multiplies_by_hundred;
use super::super::metric::MetricType;
use super::super::spec::{OptionSpec, Origin};
use super::Checker;

/// The currency of a metric whose amounts are in the currency of the context.
const OF_CONTEXT: &str = "@context";

/// How a metric is shown.
pub(super) struct MetricFormat {
    pub(super) pattern: Option<FormatPattern>,
    pub(super) percent_scale: Option<PercentScale>,
    pub(super) currency: Option<String>,
    pub(super) takes_currency: bool,
}

/// What a metric says of how it is shown, each with the place that says it.
pub(super) struct WrittenFormat<'s> {
    pub(super) data_type: MetricType,
    pub(super) pattern: Option<(&'s Origin, &'s str)>,
    pub(super) percent_scale: Option<&'s str>,
    pub(super) currency: Option<(&'s Origin, &'s str)>,
    /// The SQL or the formula.
    pub(super) expression: &'s str,
}

impl Checker<'_> {
    /// Checks how a metric is shown.
    pub(super) fn metric_format(&mut self, written: &WrittenFormat<'_>) -> MetricFormat {
        let takes_currency = written.currency.is_some_and(|(_, code)| code == OF_CONTEXT);
        let stated = written.currency.filter(|_| !takes_currency);
        let currency = stated.and_then(|(origin, code)| self.currency(origin, code));
        let mut pattern = written
            .pattern
            .and_then(|(origin, text)| self.metric_pattern(origin, text, written.data_type));
        if let (Some((origin, text)), Some(read)) = (written.pattern, &pattern)
            && let Err((reason, help)) = currency_sign(read, currency, takes_currency)
        {
            self.report_pattern(origin, 0..text.len(), reason, Some(help));
        }
        let stated_scale = written.percent_scale.and_then(percent_scale);
        let mut scale = stated_scale;
        if scale.is_none()
            && pattern.as_ref().is_some_and(FormatPattern::has_percent)
            && multiplies_by_hundred(written.expression)
        {
            if is_in_points(written.expression) {
                scale = Some(PercentScale::Points);
            } else {
                // Whether it is a fraction or in points cannot be told, and a wrong guess is a wrong number.
                pattern = None;
            }
        }
        MetricFormat {
            pattern,
            percent_scale: scale,
            currency: stated.map(|(_, code)| code.to_owned()),
            takes_currency,
        }
    }

    fn currency(&mut self, origin: &Origin, code: &str) -> Option<Currency> {
        let currency = Currency::parse(code);
        if currency.is_none() {
            let subject = format!("the currency `{}`", crate::path::echo(code));
            let error = Error::new(
                origin.path("currency"),
                CatalogError::WrongValue { subject },
            );
            let help = "write a code of ISO 4217 such as `USD`, or `@context` for the currency of the context";
            self.findings.push(error.with_help(Help::advice(help)));
        }
        currency
    }

    /// Reads the pattern of a metric of this type.
    fn metric_pattern(
        &mut self,
        origin: &Origin,
        text: &str,
        data_type: MetricType,
    ) -> Option<FormatPattern> {
        let read = match data_type {
            MetricType::Number => FormatPattern::parse(text),
            MetricType::Date => FormatPattern::date(text),
            MetricType::Boolean => FormatPattern::boolean(text),
            MetricType::Currency | MetricType::Percentage => FormatPattern::number(text),
            MetricType::Integer | MetricType::Decimal => match FormatPattern::parse(text) {
                Ok(pattern) if pattern.kind() == PatternKind::Date => FormatPattern::number(text),
                read => read,
            },
            MetricType::Text => {
                let help = Some("leave `format_pattern` out, or say another `data_type`");
                self.report_pattern(origin, 0..text.len(), "text has no pattern", help);
                return None;
            }
        };
        self.read_pattern(origin, read)
    }

    /// Reads the pattern of an option.
    pub(super) fn check_option_pattern(&mut self, spec: &OptionSpec) {
        if let Some(text) = &spec.format_pattern {
            self.read_pattern(&spec.origin, FormatPattern::parse(text));
        }
    }

    fn read_pattern(
        &mut self,
        origin: &Origin,
        read: Result<FormatPattern, PatternError>,
    ) -> Option<FormatPattern> {
        match read {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.report_pattern(origin, error.span(), error.reason(), error.help());
                None
            }
        }
    }

    fn report_pattern(
        &mut self,
        origin: &Origin,
        span: Range<usize>,
        reason: &'static str,
        help: Option<&'static str>,
    ) {
        let path = origin.path("format_pattern").with_span(span);
        let error = Error::new(path, CatalogError::FormatPattern { reason });
        self.findings.push(error.with_help(help.map(Help::advice)));
    }
}

/// The sign of one currency beside amounts of another would be a wrong number.
fn currency_sign(
    pattern: &FormatPattern,
    currency: Option<Currency>,
    takes_currency: bool,
) -> Result<(), (&'static str, &'static str)> {
    let has_currency = takes_currency || currency.is_some();
    if pattern.has_currency_sign() && !has_currency {
        let help = "say `currency`: a code such as `USD`, or `@context`";
        return Err(("the sign of a currency that is not stated", help));
    }
    let Some(sign) = pattern.fixed_currency_sign().filter(|_| has_currency) else {
        return Ok(());
    };
    let is_its_own = currency.is_some_and(|currency| currency.sign() == Some(sign));
    if is_its_own {
        return Ok(());
    }
    Err((
        "the sign of another currency than the amounts have",
        "write `¤` in its place, which shows the sign of the currency",
    ))
}

pub(super) fn percent_scale(word: &str) -> Option<PercentScale> {
    match word {
        "fraction" => Some(PercentScale::Fraction),
        "points" => Some(PercentScale::Points),
        _ => None,
    }
}

/// Whether an expression is a product with a hundred among its factors, and so in points: `100 * a / b`, also
/// inside of parentheses, `ROUND` and `COALESCE`. What it cannot tell is not.
fn is_in_points(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_ascii_lowercase();
    if text.contains(['\'', '"', '$']) || text.contains("--") || text.contains("/*") {
        return false;
    }
    // A formula may name its metric in front.
    let own = text.split_once('=').filter(|(name, _)| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    has_factor_hundred(own.map_or(&*text, |(_, formula)| formula))
}

fn has_factor_hundred(text: &str) -> bool {
    let mut text = text;
    while let Some(inside) = unwrapped(text) {
        text = inside;
    }
    let mut depth = 0_usize;
    let mut start = 0;
    let mut operator = '*';
    let mut is_found = false;
    let ends = std::iter::once((text.len(), '*'));
    for (at, character) in text.char_indices().chain(ends) {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            // A sum, a comparison, a word with spaces: no product.
            '+' | '-' | '<' | '>' | '=' | '%' | ',' if depth == 0 => return false,
            '*' | '/' if depth == 0 => {
                let factor = text.get(start..at).unwrap_or_default();
                let factor = factor.split("::").next().unwrap_or_default();
                let is_hundred = matches!(factor, "100" | "100.0" | "100.00");
                match (is_hundred, operator) {
                    (true, '*') => is_found = true,
                    // Divided by a hundred again, or more than once times a hundred.
                    (true, _) => return false,
                    (false, _) if factor.starts_with("case") => return false,
                    (false, _) => {}
                }
                operator = character;
                start = at + 1;
            }
            _ => {}
        }
    }
    is_found
}

/// What stands inside of parentheses around all of it, or is the first argument of a function that keeps the scale.
fn unwrapped(text: &str) -> Option<&str> {
    let inside = ["round(", "coalesce(", "("]
        .iter()
        .find_map(|call| text.strip_prefix(call))?;
    let mut depth = 1_usize;
    let mut first = None;
    for (at, character) in inside.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 1 && first.is_none() => first = Some(at),
            _ => {}
        }
        if depth == 0 {
            let is_all = at + 1 == inside.len();
            return inside.get(..first.unwrap_or(at)).filter(|_| is_all);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_in_points;

    #[test]
    fn products_with_a_hundred_are_in_points() {
        for text in [
            "100 * approvals / attempts",
            "approvals / attempts * 100",
            "rate = 100.0 * approvals / NULLIF(attempts, 0)",
            "ROUND(100 * SUM(a) / SUM(b), 2)",
            "COALESCE((SUM(a)::numeric * 100::numeric / SUM(b)), 0)",
        ] {
            assert!(is_in_points(text), "{text}");
        }
        for text in [
            "approvals / attempts",
            "SUM(a * 100) / SUM(b * 100)",
            "approvals / (attempts * 100)",
            "approvals / 100 * 100 / attempts",
            "1 - 100 * a / b",
            "CASE WHEN a > 0 THEN a * 100 END",
            "(a) * (100 + b)",
            "a * 1000",
        ] {
            assert!(!is_in_points(text), "{text}");
        }
    }
}
