//! How often a statement reads: SQLite counts the reads of a step again wherever the step is named.

use crate::expr::lex::{Lexer, TextKind, Token, TokenKind};

/// Up to how many reads SQLite takes in one statement. From 1,000 on it gives an error, whatever the
/// data is (`SQLITE_MAX_EXPR_DEPTH`, which bounds the cursors of steps too).
pub(crate) const MAX_SQLITE_READS: usize = 999;

/// The reads of a statement with each step written out where it is named: whatever stands behind
/// `FROM` or `JOIN`, subselects and lists of parameters too.
pub(crate) fn expanded_reads(sql: &str) -> usize {
    let tokens: Vec<Token<'_>> = Lexer::new(sql, TextKind::Statement).flatten().collect();
    let mut steps: Vec<(&str, usize)> = Vec::new();
    let mut step = None;
    let (mut depth, mut reads) = (0_usize, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Word if depth == 0 && opens_step(&tokens, at) => step = Some(token.text),
            TokenKind::Word if token.is_word("FROM") || token.is_word("JOIN") => {
                let read = tokens.get(at + 1).map_or("", |read| read.text);
                let step = steps.iter().find(|(name, _)| *name == read);
                reads = reads.saturating_add(1 + step.map_or(0, |(_, reads)| *reads));
            }
            TokenKind::Open => depth += 1,
            TokenKind::Close => {
                depth = depth.saturating_sub(1);
                if let Some(step) = step.take_if(|_| depth == 0) {
                    steps.push((step, std::mem::take(&mut reads)));
                }
            }
            _ => {}
        }
    }
    reads
}

/// Whether a step begins with this token: `name AS (` outside of everything.
fn opens_step(tokens: &[Token<'_>], at: usize) -> bool {
    let is_as = tokens.get(at + 1).is_some_and(|token| token.is_word("AS"));
    is_as
        && tokens
            .get(at + 2)
            .is_some_and(|token| token.kind == TokenKind::Open)
}

#[cfg(test)]
mod tests {
    use super::expanded_reads;

    #[test]
    fn a_step_counts_wherever_it_is_named() {
        let guard = "(SELECT t.a FROM facts AS t WHERE t.a IN (SELECT value FROM json_each(?1)))";
        let one = format!("WITH a AS (SELECT o.a AS a FROM {guard} AS o)\nSELECT g.a FROM a AS g");
        assert_eq!(expanded_reads(&one), 1 + 3);
        let two = format!(
            "WITH a AS (SELECT o.a AS a FROM {guard} AS o),\n\
             b AS (SELECT g.a AS a FROM a AS g JOIN a AS h ON g.a = h.a)\n\
             SELECT g.a FROM b AS g LEFT JOIN a AS h ON h.a = g.a"
        );
        assert_eq!(expanded_reads(&two), (1 + 2 * (1 + 3)) + (1 + 3));
    }
}
