//! Typed paths into JSON columns: total, so that a malformed stored value is NULL and never raises.

use crate::catalog::source::JsonPath;
use crate::dialect::Dialect;
use crate::plan::Plan;
use crate::value::DataType;

/// A number as text, as PostgreSQL's cast to `numeric` takes it.
const NUMBER: &str = r"'^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$'";
/// A whole number of at most 18 digits, which fits 64 bits.
const INTEGER: &str = "'^[-+]?[0-9]{1,18}$'";
/// A date in form; whether the day exists is left to the path's own conversion.
const DATE: &str = "'^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'";

/// Writes the typed value at a path of the relation with this alias.
pub(super) fn write(
    plan: &Plan<'_>,
    path: &JsonPath,
    data_type: DataType,
    alias: &str,
    out: &mut String,
) {
    let column = plan.names.sql(path.column);
    let writer = PathWriter {
        column,
        keys: &path.keys,
        alias,
    };
    match plan.dialect {
        Dialect::Postgres => writer.postgres(data_type, out),
        Dialect::Sqlite => writer.sqlite(data_type, out),
    }
}

struct PathWriter<'a> {
    column: &'a str,
    keys: &'a [String],
    alias: &'a str,
}

impl PathWriter<'_> {
    /// `(t.data -> 'custom' ->> 'amount')`: the keys are literals, so that an index can match.
    fn steps(&self, last: &str, out: &mut String) {
        out.push('(');
        out.push_str(self.alias);
        out.push('.');
        out.push_str(self.column);
        for (index, key) in self.keys.iter().enumerate() {
            out.push_str(if index + 1 == self.keys.len() {
                last
            } else {
                " -> "
            });
            out.push('\'');
            // The check refuses backslashes and control characters; quotes are doubled.
            for c in key.chars() {
                if c == '\'' {
                    out.push('\'');
                }
                out.push(c);
            }
            out.push('\'');
        }
        out.push(')');
    }

    fn text(&self, out: &mut String) {
        self.steps(" ->> ", out);
    }

    fn postgres(&self, data_type: DataType, out: &mut String) {
        match data_type {
            DataType::Json | DataType::Jsonb => self.steps(" -> ", out),
            DataType::Integer => self.matching(INTEGER, "::bigint", out),
            DataType::Decimal | DataType::Float => {
                let cast = match data_type {
                    DataType::Decimal => "::numeric",
                    _ => "::numeric::double precision",
                };
                self.matching(NUMBER, cast, out);
            }
            DataType::Boolean => {
                out.push_str("(CASE ");
                self.text(out);
                out.push_str(" WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)");
            }
            DataType::Date => {
                out.push_str("(CASE WHEN ");
                self.text(out);
                out.push_str(" ~ ");
                out.push_str(DATE);
                // The path gives NULL where the day does not exist; a cast alone would raise.
                out.push_str(" THEN (jsonb_path_query_first(to_jsonb(");
                self.text(out);
                out.push_str(
                    "), 'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) #>> '{}')::date END)",
                );
            }
            _ => self.text(out),
        }
    }

    fn matching(&self, pattern: &str, cast: &str, out: &mut String) {
        out.push_str("(CASE WHEN ");
        self.text(out);
        out.push_str(" ~ ");
        out.push_str(pattern);
        out.push_str(" THEN ");
        self.text(out);
        out.push_str(cast);
        out.push_str(" END)");
    }

    /// SQLite's conversions never raise; what is no number is taken for NULL as well.
    fn sqlite(&self, data_type: DataType, out: &mut String) {
        match data_type {
            DataType::Integer | DataType::Decimal | DataType::Float => {
                out.push_str("(CASE WHEN ");
                self.text(out);
                out.push_str(" GLOB '[-+.0-9]*' AND ");
                self.text(out);
                out.push_str(" NOT GLOB '*[^-+.eE0-9]*' THEN CAST(");
                self.text(out);
                out.push_str(" AS NUMERIC) END)");
            }
            DataType::Date => {
                // SQLite moves the 30th of February to March, and knows words such as `now`.
                out.push_str("(CASE WHEN date(");
                self.text(out);
                out.push_str(") = ");
                self.text(out);
                out.push_str(" THEN ");
                self.text(out);
                out.push_str(" END)");
            }
            DataType::Boolean => {
                // As text, truth would be the number 1 and any other text itself.
                out.push_str("(CASE ");
                self.steps(" -> ", out);
                out.push_str(
                    " WHEN 'true' THEN TRUE WHEN '\"true\"' THEN TRUE \
                     WHEN 'false' THEN FALSE WHEN '\"false\"' THEN FALSE END)",
                );
            }
            DataType::Json | DataType::Jsonb => self.steps(" -> ", out),
            _ => self.text(out),
        }
    }
}
