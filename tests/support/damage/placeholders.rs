//! Damage to placeholders: other numbers, and values in the text.

/// Where each placeholder stands, and its number.
fn placeholders(sql: &str) -> Vec<(usize, usize, u32)> {
    let mut found = Vec::new();
    for (at, _) in sql.match_indices('$') {
        let digits: String = sql[at + 1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if let Ok(number) = digits.parse() {
            found.push((at + 1, at + 1 + digits.len(), number));
        }
    }
    found
}

/// Each placeholder with another number.
pub fn renumbered(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, to, number) in placeholders(sql) {
        for other in [number + 1, number.saturating_sub(1), 99] {
            texts.push(format!("{}{other}{}", &sql[..from], &sql[to..]));
        }
    }
    texts
}

/// Two placeholders that follow each other, in each other's place.
pub fn swapped_placeholders(sql: &str) -> Vec<String> {
    let all = placeholders(sql);
    let pairs = all.windows(2).filter(|pair| pair[0].2 != pair[1].2);
    let swapped = pairs.map(|pair| {
        let ((from, to, first), (next, end, second)) = (pair[0], pair[1]);
        let between = &sql[to..next];
        format!("{}{second}{between}{first}{}", &sql[..from], &sql[end..])
    });
    swapped.collect()
}

/// A placeholder and its cast as a value, with the numbers behind it closed up or not.
pub fn literals(sql: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for (from, to, _) in placeholders(sql) {
        let rest = &sql[to..];
        let cast = rest.len()
            - rest
                .trim_start_matches(|c: char| c == ':' || c.is_ascii_lowercase())
                .len();
        for literal in ["1", "'1'", "NULL", "TRUE"] {
            texts.push(format!("{}{literal}{}", &sql[..from - 1], &rest[cast..]));
        }
    }
    texts
}
