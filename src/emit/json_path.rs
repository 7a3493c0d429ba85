//! Typed paths into JSON columns: total, so that a malformed stored value is NULL and never raises.

use crate::catalog::source::JsonPath;
use crate::dialect::Dialect;
use crate::plan::Plan;
use crate::value::DataType;

/// How a value at a path is written: `@` stands for it as text, `#` as JSON.
///
/// A number has fewer than 255 characters and an exponent of at most three digits, so that it and what is computed of
/// it fit; a whole number has at most 18 digits, which fits 64 bits. Whether a day exists is left to the path's own
/// conversion, which gives NULL where it does not; a cast alone would raise.
const fn postgres(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Json | DataType::Jsonb => "#",
        DataType::Integer => "(CASE WHEN @ ~ '^[-+]?[0-9]{1,18}$' THEN @::bigint END)",
        DataType::Decimal => {
            "(CASE WHEN @ ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,3})?$' \
             AND length(@) < 255 THEN @::numeric END)"
        }
        DataType::Float => {
            "(CASE WHEN @ ~ '^[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]{1,2})?$' \
             AND length(@) < 200 THEN @::numeric::double precision END)"
        }
        DataType::Boolean => "(CASE @ WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)",
        DataType::Date => {
            "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
             (0[1-9]|[12][0-9]|3[01])$' THEN (jsonb_path_query_first(to_jsonb(@), \
             'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) #>> '{}')::date END)"
        }
        DataType::Timestamp => {
            "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
             (0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?$' \
             AND jsonb_path_query_first(to_jsonb(left(@, 10)), 'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) \
             IS NOT NULL THEN @::timestamp END)"
        }
        DataType::Timestamptz => {
            "(CASE WHEN @ ~ '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-\
             (0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?\
             (Z|[-+](0[0-9]|1[0-4]):[0-5][0-9])$' \
             AND jsonb_path_query_first(to_jsonb(left(@, 10)), 'strict $.datetime(\"YYYY-MM-DD\")', '{}', true) \
             IS NOT NULL THEN @::timestamptz END)"
        }
        DataType::Uuid => {
            "(CASE WHEN @ ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN @::uuid END)"
        }
        DataType::Text => "@",
    }
}

/// SQLite's conversions never raise; what is no value of the type is taken for NULL as well. It has truth as the
/// number 1, moves the 30th of February to March, and knows words such as `now`.
const fn sqlite(data_type: DataType) -> &'static str {
    match data_type {
        DataType::Json | DataType::Jsonb => "#",
        DataType::Integer => {
            "(CASE WHEN # NOT IN ('true', 'false') AND @ GLOB '*[0-9]*' AND @ NOT GLOB '[-+][-+]*' \
             AND ltrim(@, '-+') NOT GLOB '*[^0-9]*' AND length(ltrim(@, '-+')) < 19 \
             THEN CAST(@ AS INTEGER) END)"
        }
        DataType::Decimal | DataType::Float => {
            "(CASE WHEN # NOT IN ('true', 'false') AND @ GLOB '[-+.0-9]*' AND @ GLOB '*[0-9]*' \
             AND @ NOT GLOB '[-+][-+eE]*' AND ltrim(@, '-+') NOT GLOB '.[eE]*' AND length(@) < 200 AND @ NOT GLOB '*[eE]*[0-9][0-9][0-9]*' \
             AND json_valid('1' || replace(replace(replace(ltrim(ltrim(@, '-+'), '0') || ' ', '. ', '.0'), \
             '.e', '.0e'), '.E', '.0E')) THEN CAST(@ AS NUMERIC) END)"
        }
        DataType::Boolean => {
            "(CASE # WHEN 'true' THEN TRUE WHEN '\"true\"' THEN TRUE \
             WHEN 'false' THEN FALSE WHEN '\"false\"' THEN FALSE END)"
        }
        DataType::Date => "(CASE WHEN date(@) = @ AND @ > '0001' THEN @ END)",
        DataType::Timestamp => {
            "(CASE WHEN datetime(@) = replace(@, 'T', ' ') AND @ > '0001' THEN datetime(@) END)"
        }
        DataType::Uuid => {
            "(CASE WHEN length(@) = 36 AND lower(@) NOT GLOB '*[^-0-9a-f]*' THEN lower(@) END)"
        }
        DataType::Text | DataType::Timestamptz => "@",
    }
}

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
    let form = match plan.dialect {
        Dialect::Postgres => postgres(data_type),
        Dialect::Sqlite => sqlite(data_type),
    };
    let mut rest = form;
    while let Some(at) = rest.find(['@', '#']) {
        let (before, behind) = rest.split_at(at);
        out.push_str(before);
        // `#>` is an operator of the form itself.
        if behind.starts_with("#>>") {
            out.push_str("#>>");
            rest = behind.get(3..).unwrap_or_default();
            continue;
        }
        writer.steps(
            if behind.starts_with('@') {
                " ->> "
            } else {
                " -> "
            },
            out,
        );
        rest = behind.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
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
}
