//! What can be said of a text without a grammar: its characters, its comments, its placeholders.

/// What is wrong with the characters of a statement, and its placeholders in the order of the text.
pub fn read(sql: &str, mark: char) -> Result<Vec<u32>, String> {
    let mut placeholders = Vec::new();
    let mut before = ' ';
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        if first == '\'' || first == '"' {
            // `E'..'`, `U&'..'` and their kind read a backslash or a number as something else.
            if before.is_ascii_alphanumeric() || before == '&' {
                return Err("a string with a letter in front".to_owned());
            }
            let inside = behind.find(first).ok_or("a quote that does not end")?;
            // What a backslash means in a string is a setting; in a name it is a letter like others.
            if first == '\'' && behind[..inside].contains('\\') {
                return Err("a backslash in a string".to_owned());
            }
            if behind[..inside].contains('\0') {
                return Err("a NUL".to_owned());
            }
            rest = &behind[inside + 1..];
            before = first;
            continue;
        }
        let is_known =
            first.is_ascii_alphanumeric() || " \n_().,:=<>!+-*/%|~@#>&[]".contains(first);
        if first == mark {
            let digits = behind.len()
                - behind
                    .trim_start_matches(|c: char| c.is_ascii_digit())
                    .len();
            let number = &behind[..digits];
            if number.starts_with('0') {
                return Err("a placeholder with a zero in front".to_owned());
            }
            placeholders.push(
                number
                    .parse()
                    .map_err(|_| "a placeholder without a number")?,
            );
        } else if !is_known {
            return Err(format!("the character `{}`", first.escape_default()));
        }
        if behind.starts_with(['-', '*'])
            && (first == behind.as_bytes()[0] as char && first == '-' || first == '/')
        {
            return Err("a comment".to_owned());
        }
        before = first;
        rest = behind;
    }
    Ok(placeholders)
}

/// Numbers rise by one with every placeholder that is new, from 1 to the last parameter.
pub fn check_numbers(placeholders: &[u32], parameters: usize) -> Result<(), String> {
    let mut highest = 0;
    for number in placeholders {
        if *number > highest + 1 || *number == 0 {
            return Err(format!("placeholder {number} comes after {highest}"));
        }
        highest = highest.max(*number);
    }
    if usize::try_from(highest) != Ok(parameters) {
        return Err(format!(
            "{highest} placeholders for {parameters} parameters"
        ));
    }
    Ok(())
}
