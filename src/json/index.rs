//! The index of a document: where each value starts and ends, found in one pass without recursion.
//!
//! The pass looks at brackets, quotes and separators only and believes nothing else. What it finds
//! is right if `serde_json` accepts the text, which the caller asks next.

/// A value of the document, or the key of a member; a member is its key, then its value.
#[derive(Clone, Copy)]
pub(super) struct Token {
    /// The first byte.
    pub(super) start: u32,
    /// The byte after the last one.
    pub(super) end: u32,
    /// The token after this value and everything in it.
    pub(super) next: u32,
}

/// The tokens of `text`, or nothing if arrays and objects nest deeper than `depth`.
///
/// The text is shorter than 4 GiB, which the caller has checked.
pub(super) fn index(text: &str, depth: usize) -> Option<Vec<Token>> {
    let bytes = text.as_bytes();
    // Catalogs have about one token per twelve bytes.
    let mut tokens: Vec<Token> = Vec::with_capacity(bytes.len() / 12 + 1);
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' => {
                at += 1;
                continue;
            }
            b'}' | b']' => {
                at += 1;
                let next = tokens.len() as u32;
                if let Some(token) = open.pop().and_then(|opened| tokens.get_mut(opened)) {
                    token.end = at as u32;
                    token.next = next;
                }
                continue;
            }
            b'{' | b'[' => {
                if open.len() >= depth {
                    return None;
                }
                open.push(tokens.len());
                at += 1;
            }
            b'"' => at = end_of_string(bytes, at + 1),
            _ => at = end_of_word(bytes, at + 1),
        }
        tokens.push(Token {
            start: start as u32,
            end: at as u32,
            next: tokens.len() as u32 + 1,
        });
    }
    Some(tokens)
}

/// The byte after the closing quote of a string whose content starts at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The byte after a number, `true`, `false` or `null`.
fn end_of_word(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'}' | b']' | b'{' | b'[' | b'"' => break,
            _ => at += 1,
        }
    }
    at
}
