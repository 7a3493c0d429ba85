//! Identifiers: the one place that decides whether a name stands plain or in quotes.

/// Appends `name` as an identifier: plain where every dialect reads it as it stands, else in double
/// quotes with inner quotes doubled.
///
/// Plain names are `[a-z_][a-z0-9_]*` without the keywords that PostgreSQL or SQLite would take for
/// something else. Lengths are the caller's matter.
/// # Source: PostgreSQL manual, appendix C (SQL Key Words), and `pg_get_keywords()`; SQLite's
/// `parse.y` (keywords without a fallback to an identifier).
pub(crate) fn quote_identifier(name: &str, out: &mut String) {
    if is_plain(name) {
        out.push_str(name);
        return;
    }
    out.push('"');
    for (index, part) in name.split('"').enumerate() {
        if index > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}

/// Whether the name needs no quotes.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !contains(POSTGRES_NO_COLUMN, name)
        && !contains(POSTGRES_NO_FUNCTION, name)
        && !contains(SQLITE_RESERVED, name)
}

/// Whether PostgreSQL takes the lower-case word for a keyword where a bare column name is meant.
pub(crate) fn is_no_bare_column(word: &str) -> bool {
    contains(POSTGRES_NO_COLUMN, word)
}

/// Whether a function could not be called by this lower-case name without quotes.
pub(crate) fn is_no_function(word: &str) -> bool {
    contains(POSTGRES_NO_COLUMN, word) || contains(POSTGRES_NO_FUNCTION, word)
}

/// The lists are sorted; a test holds them so.
fn contains(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

/// Reserved words, and those reserved but for function and type names (PostgreSQL 12 to 18).
const POSTGRES_NO_COLUMN: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Words that may name columns but no functions or types; with an own grammar as functions.
const POSTGRES_NO_FUNCTION: &[&str] = &[
    "between",
    "bigint",
    "bit",
    "boolean",
    "char",
    "character",
    "coalesce",
    "dec",
    "decimal",
    "exists",
    "extract",
    "float",
    "greatest",
    "grouping",
    "inout",
    "int",
    "integer",
    "interval",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "least",
    "merge_action",
    "national",
    "nchar",
    "none",
    "normalize",
    "nullif",
    "numeric",
    "out",
    "overlay",
    "position",
    "precision",
    "real",
    "row",
    "setof",
    "smallint",
    "substring",
    "time",
    "timestamp",
    "treat",
    "trim",
    "values",
    "varchar",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// The keywords of SQLite that never fall back to an identifier, as far as not listed above.
const SQLITE_RESERVED: &[&str] = &[
    "add",
    "alter",
    "autoincrement",
    "commit",
    "delete",
    "drop",
    "escape",
    "index",
    "insert",
    "nothing",
    "raise",
    "recursive",
    "set",
    "transaction",
    "update",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        let mut out = String::new();
        quote_identifier(name, &mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn quotes_only_what_needs_quotes() {
        check("campaign_id", "campaign_id");
        check("_x1", "_x1");
        check("date", "date");
        check("key", "key");
        check("Campaign", "\"Campaign\"");
        check("1st", "\"1st\"");
        check("", "\"\"");
        check("two words", "\"two words\"");
        check("größe", "\"größe\"");
        check("a\"b", "\"a\"\"b\"");
        check("\"", "\"\"\"\"");
        check("a$1", "\"a$1\"");
    }

    #[test]
    fn quotes_the_keywords_of_every_dialect() {
        for word in [
            "user",
            "order",
            "select",
            "left",
            "time",
            "values",
            "index",
            "transaction",
        ] {
            check(word, &format!("\"{word}\""));
        }
    }

    #[test]
    fn keyword_lists_are_sorted_and_disjoint() {
        let lists = [POSTGRES_NO_COLUMN, POSTGRES_NO_FUNCTION, SQLITE_RESERVED];
        for list in lists {
            assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
        }
        for word in SQLITE_RESERVED {
            assert!(!is_no_function(word), "{word} is listed twice");
        }
    }
}
