//! The format of a column: the catalog's pattern, what it rests on, and the same for other programs.

use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::catalog::MetricInfo;
use crate::format::{Currency, D3Format, FormatPattern, IntlFormat, Meaning, PercentScale, Style};
use crate::value::Value;

/// How a number or a date is shown: the catalog's pattern and what it rests on.
///
/// It serializes as an object with the fields `pattern`, `percent_scale`, `currency`, `intl`, `d3` and
/// `spreadsheet`; the last three are the same for a browser, for d3 and for a spreadsheet, and null where those
/// have no way to say exactly the same.
///
/// ```
/// # use measurand::{Catalog, Compiler, Context, Decimal, Dialect, Request, Tenant, Value};
/// use measurand::format::Style;
///
/// # let catalog = Catalog::from_json(r#"{
/// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
/// #                     "metrics": "*", "dimensions": []}],
/// #   "dimensions": [], "metrics": [
/// #     {"metric_key": "approvals", "sql_expression": "SUM(approvals)"},
/// #     {"metric_key": "attempts", "sql_expression": "SUM(attempts)"},
/// #     {"metric_key": "rate", "derived_formula": "100 * approvals / attempts", "data_type": "percentage",
/// #      "format_pattern": "0.00%"}]
/// # }"#)?;
/// # let compiler = Compiler::new(catalog, Dialect::Postgres);
/// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
/// // The rate is `100 * approvals / attempts`, shown as `0.00%`.
/// let query = compiler.compile(&Request::new().metric("rate"), &context)?;
/// let [rate] = query.columns() else { panic!("one column") };
/// let format = rate.format();
/// let value = Value::Decimal(Decimal::parse("85.12").ok_or("no number")?);
/// assert_eq!(format.write(Some(&value), &Style::default()), "85.12%");
/// assert_eq!(format.spreadsheet().as_deref(), Some("0.00\"%\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Format<'c> {
    /// The pattern, as the catalog has it.
    pub pattern: Option<&'c str>,
    /// Whether a percentage is stored as a fraction or in points: as the catalog says, or as the expression
    /// tells.
    pub percent_scale: Option<PercentScale>,
    /// ISO 4217 code, be it that of the context; amounts are in major units.
    pub currency: Option<&'c str>,
    read: Option<&'c FormatPattern>,
}

/// The pattern of what the library computes itself.
struct Own {
    text: &'static str,
    read: LazyLock<Option<FormatPattern>>,
}

static SHARE: Own = Own {
    text: "0.00%",
    read: LazyLock::new(|| FormatPattern::number("0.00%").ok()),
};

static RANK: Own = Own {
    text: "#,##0",
    read: LazyLock::new(|| FormatPattern::number("#,##0").ok()),
};

impl<'c> Format<'c> {
    /// A share, or a change as a share of what was.
    pub(super) fn share() -> Self {
        Self {
            percent_scale: Some(PercentScale::Fraction),
            ..Self::own(&SHARE)
        }
    }

    /// A place in an order.
    pub(super) fn rank() -> Self {
        Self::own(&RANK)
    }

    fn own(own: &'static Own) -> Self {
        Self {
            pattern: Some(own.text),
            read: own.read.as_ref(),
            ..Self::default()
        }
    }

    pub(super) fn of_metric(info: &'c MetricInfo, of_context: Option<&'c Currency>) -> Self {
        let of_context = of_context.filter(|_| info.takes_currency);
        Self {
            pattern: info.format_pattern.as_deref(),
            percent_scale: info.percent_scale,
            currency: of_context
                .map(Currency::as_str)
                .or(info.currency.as_deref()),
            read: info.pattern.as_ref(),
        }
    }

    fn meaning(&self) -> Meaning {
        Meaning {
            percent_scale: self.percent_scale,
            currency: self.currency.and_then(Currency::parse),
        }
    }

    /// The pattern, read. None where there is no pattern, and where it cannot be told whether a percentage is a
    /// fraction or in points.
    pub fn read(&self) -> Option<&'c FormatPattern> {
        self.read
    }

    /// A value as text; as it is where there is no pattern that can show it.
    pub fn write(&self, value: Option<&Value>, style: &Style) -> String {
        match (self.read, value) {
            (Some(pattern), _) => pattern.write_or_null(value, self.meaning(), style),
            (None, Some(value)) => value.to_string(),
            (None, None) => style.null_text().to_owned(),
        }
    }

    /// The same for a browser.
    pub fn intl(&self) -> Option<IntlFormat> {
        self.read?.intl(self.meaning())
    }

    /// The same for d3.
    pub fn d3(&self) -> Option<D3Format> {
        self.read?.d3(self.meaning())
    }

    /// The same as the number format code of a spreadsheet.
    pub fn spreadsheet(&self) -> Option<String> {
        self.read?.spreadsheet(self.meaning())
    }
}

impl Serialize for Format<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Format", 6)?;
        out.serialize_field("pattern", &self.pattern)?;
        out.serialize_field("percent_scale", &self.percent_scale)?;
        out.serialize_field("currency", &self.currency)?;
        out.serialize_field("intl", &self.intl())?;
        out.serialize_field("d3", &self.d3())?;
        out.serialize_field("spreadsheet", &self.spreadsheet())?;
        out.end()
    }
}
