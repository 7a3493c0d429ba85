//! What there is in JSON that a column of type `jsonb` does not keep, or not for us.

/// The most digits, and the largest power of ten, that a number is written with: PostgreSQL keeps
/// numbers of `jsonb` as `numeric`, and refuses those that it cannot write out.
const MOST_DIGITS: usize = 1_000;
const MOST_POWER: u16 = 999;

/// What a JSON text without blanks holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// How many members the outermost list or object has.
    pub(super) members: usize,
    /// Whether a list or an object stands inside another.
    pub(super) is_nested: bool,
}

/// Looks through a JSON text without blanks; fails with what PostgreSQL would refuse in it.
pub(super) fn look(text: &str) -> Result<Seen, &'static str> {
    let mut bytes = text.bytes().enumerate().peekable();
    let (mut depth, mut commas, mut is_nested) = (0_usize, 0_usize, false);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                is_nested |= depth > 0;
                depth += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => commas += 1,
            b'"' => {
                let mut escaped = false;
                for (at, byte) in bytes.by_ref() {
                    if escaped {
                        let is_nul = text.get(at..at + 5) == Some("u0000");
                        if is_nul {
                            return Err("the character NUL");
                        }
                        escaped = false;
                    } else if byte == b'\\' {
                        escaped = true;
                    } else if byte == b'"' {
                        break;
                    }
                }
            }
            b'-' | b'0'..=b'9' => {
                let mut end = at + 1;
                let is_part = |byte: u8| byte.is_ascii_digit() || b".eE+-".contains(&byte);
                while bytes.next_if(|(_, byte)| is_part(*byte)).is_some() {
                    end += 1;
                }
                if !is_storable(text.get(at..end).unwrap_or_default()) {
                    return Err("a number with so many digits");
                }
            }
            _ => {}
        }
    }
    let is_empty = matches!(text, "[]" | "{}");
    Ok(Seen {
        members: if is_empty { 0 } else { commas + 1 },
        is_nested,
    })
}

fn is_storable(number: &str) -> bool {
    let (digits, power) = number
        .split_once(['e', 'E'])
        .map_or((number, "0"), |(digits, power)| (digits, power));
    let power = power.trim_start_matches(['+', '-']);
    let power = power.trim_start_matches('0');
    let power: Option<u16> = match power {
        "" => Some(0),
        power => power.parse().ok(),
    };
    digits.len() <= MOST_DIGITS && power.is_some_and(|power| power <= MOST_POWER)
}

#[cfg(test)]
mod tests {
    use super::{Seen, look};

    #[test]
    fn members_are_those_of_the_outermost() {
        let seen = |members, is_nested| Ok(Seen { members, is_nested });
        for (text, expected) in [
            ("[]", seen(0, false)),
            ("{}", seen(0, false)),
            ("[1]", seen(1, false)),
            (r#"[1,"a,b]",null,true]"#, seen(4, false)),
            (r#"["\"",","]"#, seen(2, false)),
            ("[[1,2],3]", seen(2, true)),
            (r#"{"a":{"b":1,"c":2}}"#, seen(1, true)),
        ] {
            assert_eq!(look(text), expected, "{text}");
        }
    }

    #[test]
    fn what_postgresql_refuses_is_found() {
        let nul = Err("the character NUL");
        let number = Err("a number with so many digits");
        let long = format!("[1.{}]", "0".repeat(1_000));
        for (text, expected) in [
            (r#"["\u0000"]"#, nul),
            (r#"["\\\u0000"]"#, nul),
            (r#"{"\u0000":1}"#, nul),
            ("[1e1000]", number),
            ("[-1E-99999999999999999999]", number),
            (long.as_str(), number),
        ] {
            assert_eq!(look(text), expected, "{text}");
        }
        for text in [
            r#"["\\u0000"]"#,
            r#"["\u0001 u0000"]"#,
            "[1e999]",
            "[1.5E+0000012]",
        ] {
            assert!(look(text).is_ok(), "{text}");
        }
    }
}
