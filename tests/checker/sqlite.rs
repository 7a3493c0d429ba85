//! SQLite's spelling, rewritten word by word into what PostgreSQL's grammar reads.

/// The text with SQLite's own marks and words replaced, outside of strings and quoted names.
///
/// `?1` becomes `$1`; the functions `time` and `json` are quoted; `GLOB` becomes the operator `~@~`; `IS NOT` and `IS` before anything but a
/// truth value or NULL become `IS [NOT] DISTINCT FROM`, which is what they mean there.
pub fn as_postgres(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let piece = match first {
            '\'' | '"' => quoted(rest, first),
            '?' => {
                out.push('$');
                rest = &rest[1..];
                continue;
            }
            first if first.is_ascii_alphabetic() || first == '_' => {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                &rest[..end]
            }
            first => &rest[..first.len_utf8()],
        };
        rest = &rest[piece.len()..];
        match piece {
            "NOT" if rest.starts_with(" GLOB ") => {
                out.push_str("!~@~");
                rest = &rest[" GLOB".len()..];
            }
            "GLOB" => out.push_str("~@~"),
            // PostgreSQL's grammar reads a type there, and a form of its own.
            "time" | "json" if rest.starts_with('(') => out.extend(["\"", piece, "\""]),
            "IS" => {
                let (word, behind) = match rest.strip_prefix(" NOT ") {
                    Some(behind) => ("IS DISTINCT FROM ", behind),
                    None => ("IS NOT DISTINCT FROM ", rest.trim_start()),
                };
                let is_test = ["NULL", "TRUE", "FALSE", "DISTINCT"]
                    .iter()
                    .any(|test| behind.starts_with(test));
                if is_test {
                    out.push_str("IS");
                } else {
                    out.push_str(word);
                    rest = behind;
                }
            }
            _ => out.push_str(piece),
        }
    }
    out
}

/// What stands in quotes, the quotes included; doubled quotes follow as pieces of their own.
fn quoted(text: &str, quote: char) -> &str {
    let end = text[1..].find(quote).map_or(text.len(), |at| at + 2);
    &text[..end]
}
