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

/// Where the values of a text are.
pub(super) struct Index {
    /// Values and keys in the order of the text.
    pub(super) tokens: Vec<Token>,
    /// The tokens that are strings with escapes, in ascending order; few strings are.
    pub(super) escaped: Vec<u32>,
}

/// The index of `text`, or nothing if arrays and objects nest deeper than `depth`.
///
/// The text is shorter than 4 GiB, which the caller has checked.
pub(super) fn index(text: &str, depth: usize) -> Option<Index> {
    let bytes = text.as_bytes();
    // Catalogs have about one token per sixteen bytes.
    let mut tokens: Vec<Token> = Vec::with_capacity(bytes.len() / 16 + 1);
    let mut escaped = Vec::new();
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
            b'"' => {
                let (end, has_escapes) = end_of_string(bytes, at + 1);
                if has_escapes {
                    escaped.push(tokens.len() as u32);
                }
                at = end;
            }
            _ => at = end_of_word(bytes, at + 1),
        }
        tokens.push(Token {
            start: start as u32,
            end: at as u32,
            next: tokens.len() as u32 + 1,
        });
    }
    Some(Index { tokens, escaped })
}

/// The byte after the closing quote of a string whose content starts at `at`, and whether the
/// string has escapes.
fn end_of_string(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut has_escapes = false;
    loop {
        // Eight bytes at a time, up to the first one that is a quote or a backslash.
        while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*chunk);
            let found = marks(word, b'"') | marks(word, b'\\');
            if found != 0 {
                at += found.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match bytes.get(at) {
            None => return (bytes.len(), has_escapes),
            Some(b'"') => return (at + 1, has_escapes),
            Some(b'\\') => {
                has_escapes = true;
                at += 2;
            }
            Some(_) => at += 1,
        }
    }
}

/// The highest bit of the first of eight bytes that is `byte`; bits above it mean nothing.
fn marks(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
    // A byte that becomes zero borrows into its highest bit in the subtraction.
    let zeroed = word ^ (LOW * u64::from(byte));
    zeroed.wrapping_sub(LOW) & !zeroed & HIGH
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
