//! The register of functions that fragments may call, and the set of the catalog's own.

use std::collections::BTreeSet;

use super::ident;
use crate::error::{CatalogError, Error, Findings};
use crate::path::At;

/// What a call names: a function of the register, or one of the catalog's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Callee {
    /// A function of the register.
    Known(Function),
    /// One of the catalog's `functions`.
    User(Box<str>),
}

impl Callee {
    /// Whether it is an aggregate.
    pub(crate) fn is_aggregate(&self) -> bool {
        match self {
            Callee::Known(function) => function.level() != Level::Scalar,
            Callee::User(_) => false,
        }
    }

    /// Whether it counts, and so is never NULL.
    pub(crate) fn is_count(&self) -> bool {
        matches!(self, Callee::Known(Function::Count))
    }

    /// Whether its values over parts of the rows add up to its value over all.
    pub(crate) fn adds_up(&self) -> bool {
        matches!(self, Callee::Known(Function::Count | Function::Sum))
    }
}

/// Functions that printing or emission uses beyond the register.
const PRINTED: [&str; 19] = [
    "cast",
    "date",
    "datetime",
    "extract",
    "instr",
    "json",
    "json_each",
    "json_extract",
    "json_type",
    "json_valid",
    "jsonb_path_query_first",
    "julianday",
    "length",
    "numeric",
    "strftime",
    "time",
    "to_jsonb",
    "typeof",
    "varchar",
];

/// Whether a word in front of a parenthesis is a function that statements may call.
pub(crate) fn is_printed(word: &str) -> bool {
    Function::find(word).is_some() || PRINTED.contains(&word)
}

/// What a function works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Values of one row.
    Scalar,
    /// The rows of a group.
    Aggregate,
    /// The rows of a group in an order: `WITHIN GROUP (ORDER BY ..)`.
    OrderedSet,
}

/// Any number of arguments.
const ANY: usize = usize::MAX;

macro_rules! register {
    ($($(#[$doc:meta])* $function:ident = $name:literal, $level:ident, $min:expr, $max:expr;)*) => {
        /// A function of the register.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Function {
            $($(#[$doc])* $function,)*
        }

        impl Function {
            /// Every function, in the order of the register.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Function] = &[$(Function::$function,)*];

            /// The name in PostgreSQL, which is also the name in messages.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Function::$function => $name,)*
                }
            }

            /// What it works on.
            pub(crate) fn level(self) -> Level {
                match self {
                    $(Function::$function => Level::$level,)*
                }
            }

            /// The least and the largest number of arguments.
            pub(crate) fn arity(self) -> (usize, usize) {
                match self {
                    $(Function::$function => ($min, $max),)*
                }
            }
        }
    };
}

register! {
    // Aggregates.
    Sum = "sum", Aggregate, 1, 1;
    /// `count(*)` has no argument.
    Count = "count", Aggregate, 1, 1;
    Avg = "avg", Aggregate, 1, 1;
    Min = "min", Aggregate, 1, 1;
    Max = "max", Aggregate, 1, 1;
    StddevSamp = "stddev_samp", Aggregate, 1, 1;
    StddevPop = "stddev_pop", Aggregate, 1, 1;
    VarSamp = "var_samp", Aggregate, 1, 1;
    VarPop = "var_pop", Aggregate, 1, 1;
    BoolAnd = "bool_and", Aggregate, 1, 1;
    BoolOr = "bool_or", Aggregate, 1, 1;
    PercentileCont = "percentile_cont", OrderedSet, 1, 1;
    PercentileDisc = "percentile_disc", OrderedSet, 1, 1;

    // Conditional.
    Coalesce = "coalesce", Scalar, 1, ANY;
    Nullif = "nullif", Scalar, 2, 2;
    /// Ignores NULL, as PostgreSQL does.
    Greatest = "greatest", Scalar, 1, ANY;
    /// Ignores NULL, as PostgreSQL does.
    Least = "least", Scalar, 1, ANY;

    // Numbers.
    Abs = "abs", Scalar, 1, 1;
    /// Halves go away from zero.
    Round = "round", Scalar, 1, 2;
    Floor = "floor", Scalar, 1, 1;
    Ceil = "ceil", Scalar, 1, 1;
    Trunc = "trunc", Scalar, 1, 2;
    Sign = "sign", Scalar, 1, 1;
    Power = "power", Scalar, 2, 2;
    /// NULL below zero.
    Sqrt = "sqrt", Scalar, 1, 1;
    /// NULL at and below zero.
    Ln = "ln", Scalar, 1, 1;
    Exp = "exp", Scalar, 1, 1;
    /// The same as `%`; no tree holds it.
    Mod = "mod", Scalar, 2, 2;

    // Text.
    Upper = "upper", Scalar, 1, 1;
    Lower = "lower", Scalar, 1, 1;
    Btrim = "btrim", Scalar, 1, 2;
    Ltrim = "ltrim", Scalar, 1, 2;
    Rtrim = "rtrim", Scalar, 1, 2;
    Length = "length", Scalar, 1, 1;
    Substr = "substr", Scalar, 2, 3;
    Left = "left", Scalar, 2, 2;
    Right = "right", Scalar, 2, 2;
    Replace = "replace", Scalar, 3, 3;
    /// NULL counts as the empty text.
    Concat = "concat", Scalar, 1, ANY;
    ConcatWs = "concat_ws", Scalar, 2, ANY;
    SplitPart = "split_part", Scalar, 3, 3;
    Strpos = "strpos", Scalar, 2, 2;
    Lpad = "lpad", Scalar, 2, 3;
    Rpad = "rpad", Scalar, 2, 3;
    Md5 = "md5", Scalar, 1, 1;

    // Dates.
    /// The unit is a literal; the result is a timestamp without a zone.
    DateTrunc = "date_trunc", Scalar, 2, 2;
    /// The same as `EXTRACT`; no tree holds it.
    DatePart = "date_part", Scalar, 2, 2;
    /// The pattern is a literal of a few letters.
    ToChar = "to_char", Scalar, 2, 2;
    MakeDate = "make_date", Scalar, 3, 3;

    // JSON.
    JsonbExtractPathText = "jsonb_extract_path_text", Scalar, 2, ANY;
    JsonExtractPathText = "json_extract_path_text", Scalar, 2, ANY;
    JsonbTypeof = "jsonb_typeof", Scalar, 1, 1;
    JsonTypeof = "json_typeof", Scalar, 1, 1;
    JsonbArrayLength = "jsonb_array_length", Scalar, 1, 1;
    JsonArrayLength = "json_array_length", Scalar, 1, 1;
}

/// Every accepted spelling, sorted; a test holds the order and that each function is named.
const NAMES: &[(&str, Function)] = &[
    ("abs", Function::Abs),
    ("avg", Function::Avg),
    ("bool_and", Function::BoolAnd),
    ("bool_or", Function::BoolOr),
    ("btrim", Function::Btrim),
    ("ceil", Function::Ceil),
    ("ceiling", Function::Ceil),
    ("char_length", Function::Length),
    ("character_length", Function::Length),
    ("coalesce", Function::Coalesce),
    ("concat", Function::Concat),
    ("concat_ws", Function::ConcatWs),
    ("count", Function::Count),
    ("date_part", Function::DatePart),
    ("date_trunc", Function::DateTrunc),
    ("every", Function::BoolAnd),
    ("exp", Function::Exp),
    ("floor", Function::Floor),
    ("greatest", Function::Greatest),
    ("json_array_length", Function::JsonArrayLength),
    ("json_extract_path_text", Function::JsonExtractPathText),
    ("json_typeof", Function::JsonTypeof),
    ("jsonb_array_length", Function::JsonbArrayLength),
    ("jsonb_extract_path_text", Function::JsonbExtractPathText),
    ("jsonb_typeof", Function::JsonbTypeof),
    ("least", Function::Least),
    ("left", Function::Left),
    ("length", Function::Length),
    ("ln", Function::Ln),
    ("lower", Function::Lower),
    ("lpad", Function::Lpad),
    ("ltrim", Function::Ltrim),
    ("make_date", Function::MakeDate),
    ("max", Function::Max),
    ("md5", Function::Md5),
    ("min", Function::Min),
    ("mod", Function::Mod),
    ("nullif", Function::Nullif),
    ("percentile_cont", Function::PercentileCont),
    ("percentile_disc", Function::PercentileDisc),
    ("pow", Function::Power),
    ("power", Function::Power),
    ("replace", Function::Replace),
    ("right", Function::Right),
    ("round", Function::Round),
    ("rpad", Function::Rpad),
    ("rtrim", Function::Rtrim),
    ("sign", Function::Sign),
    ("split_part", Function::SplitPart),
    ("sqrt", Function::Sqrt),
    ("stddev", Function::StddevSamp),
    ("stddev_pop", Function::StddevPop),
    ("stddev_samp", Function::StddevSamp),
    ("strpos", Function::Strpos),
    ("substr", Function::Substr),
    ("substring", Function::Substr),
    ("sum", Function::Sum),
    ("to_char", Function::ToChar),
    ("trim", Function::Btrim),
    ("trunc", Function::Trunc),
    ("upper", Function::Upper),
    ("var_pop", Function::VarPop),
    ("var_samp", Function::VarSamp),
    ("variance", Function::VarSamp),
];

impl Function {
    /// The function with this name, which is in lower case.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let index = NAMES
            .binary_search_by(|(candidate, _)| (*candidate).cmp(name))
            .ok()?;
        NAMES.get(index).map(|(_, function)| *function)
    }

    /// Every accepted spelling, for suggestions.
    pub(crate) fn names<'n>() -> impl Iterator<Item = &'n str> + Clone {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Whether derived formulas may call it (R3).
    pub(crate) fn is_in_formulas(self) -> bool {
        FORMULA_FUNCTIONS.contains(&self)
    }
}

/// The functions of derived formulas (R3).
pub(crate) const FORMULA_FUNCTIONS: &[Function] = &[
    Function::Abs,
    Function::Coalesce,
    Function::Exp,
    Function::Greatest,
    Function::Least,
    Function::Ln,
    Function::Nullif,
    Function::Power,
    Function::Round,
    Function::Sqrt,
];

/// Why a function that a database has is refused, for those that people reach for.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    Some(match name {
        "now"
        | "current_date"
        | "current_time"
        | "current_timestamp"
        | "localtime"
        | "localtimestamp"
        | "clock_timestamp"
        | "statement_timestamp"
        | "transaction_timestamp"
        | "timeofday"
        | "age" => {
            "the result would depend on the database's clock; use the date range of a request"
        }
        "current_user" | "session_user" | "user" | "current_role" | "system_user"
        | "current_setting" | "current_schema" | "current_schemas" | "current_catalog"
        | "current_database" | "set_config" | "inet_client_addr" => {
            "the result would depend on the database session; the context of a request says who asks"
        }
        "random" | "gen_random_uuid" | "uuid_generate_v4" | "setseed" | "nextval" | "currval" => {
            "the same request has to give the same result"
        }
        "row_number" | "rank" | "dense_rank" | "lag" | "lead" | "first_value" | "last_value"
        | "ntile" => "windows come from a metric's `window` and from `compare`",
        "string_agg" | "array_agg" | "json_agg" | "jsonb_agg" | "json_object_agg"
        | "jsonb_object_agg" => "the result would depend on the order of rows",
        "unnest"
        | "generate_series"
        | "jsonb_array_elements"
        | "json_array_elements"
        | "jsonb_each"
        | "json_each"
        | "regexp_split_to_table" => "a function that makes rows would multiply what is counted",
        _ => return None,
    })
}

/// The SQL functions that a catalog declares for its fragments: functions of one row, called by their
/// plain lower-case names. They are taken to raise errors that show values.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserFunctions(BTreeSet<Box<str>>);

impl UserFunctions {
    /// The functions that a catalog declares; what cannot be one is reported.
    pub(crate) fn new(names: &[String], findings: &mut Findings) -> Self {
        let mut functions = Self::default();
        let root = At::root("catalog");
        let at = root.key("functions");
        for (index, name) in names.iter().enumerate() {
            if let Err(error) = functions.insert(name) {
                findings.push(Error::new(at.index(index).path(), error));
            }
        }
        functions
    }

    /// Adds a function.
    ///
    /// # Errors
    /// `invalid-name` unless the name is `[a-z_][a-z0-9_]*` of at most 63 bytes and no keyword;
    /// `duplicate-key` if it is there or in the register; `wrong-value` if it can never be allowed.
    pub(crate) fn insert(&mut self, name: &str) -> Result<(), CatalogError> {
        let is_plain = name.len() <= crate::dialect::MAX_IDENTIFIER_BYTES
            && crate::name::is_name(name)
            && !name.bytes().any(|byte| byte.is_ascii_uppercase());
        if !is_plain || ident::is_no_function(name) {
            return Err(CatalogError::InvalidName {
                kind: "function",
                name: crate::path::echo(name),
            });
        }
        if is_dangerous(name) {
            return Err(CatalogError::WrongValue {
                subject: format!("function `{name}`"),
            });
        }
        if Function::find(name).is_some() || !self.0.insert(name.into()) {
            return Err(CatalogError::DuplicateKey {
                kind: "function",
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Whether the catalog declares it.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The names, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(AsRef::as_ref)
    }
}

/// Functions that reach beyond the row: files, sessions, locks, other statements. No declaration
/// makes them harmless.
fn is_dangerous(name: &str) -> bool {
    const FAMILIES: &[&str] = &[
        "pg_",
        "lo_",
        "dblink",
        "query_to_",
        "table_to_",
        "cursor_to_",
    ];
    const SINGLES: &[&str] = &[
        "database_to_xml",
        "load_extension",
        "readfile",
        "schema_to_xml",
        "writefile",
        "xpath",
        "xpath_exists",
    ];
    refusal(name).is_some()
        || SINGLES.contains(&name)
        || FAMILIES.iter().any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_complete() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for function in Function::ALL {
            assert_eq!(Function::find(function.name()), Some(*function));
            let (min, max) = function.arity();
            assert!(min <= max);
        }
    }

    #[test]
    fn a_catalog_declares_plain_functions_only() {
        let mut functions = UserFunctions::default();
        assert!(functions.insert("net_revenue").is_ok());
        assert!(functions.contains("net_revenue"));
        for name in [
            "net_revenue",
            "sum",
            "Net",
            "a.b",
            "",
            "1x",
            "select",
            "coalesce",
            "pg_sleep",
            "now",
            "lo_import",
            "dblink_exec",
            "query_to_xml",
            "current_setting",
            "readfile",
            "größe",
        ] {
            assert!(functions.insert(name).is_err(), "{name}");
        }
        assert!(functions.insert(&"x".repeat(64)).is_err());
        assert_eq!(functions.names().collect::<Vec<_>>(), ["net_revenue"]);
    }
}
