//! Tokens of fragments and of statements.

use crate::expr::lex::{Lexer, TextKind, TokenKind};

/// The tokens as text, the kind in front where it is not plain to see.
fn tokens(kind: TextKind, text: &str) -> Result<Vec<String>, String> {
    let mut end = 0;
    Lexer::new(text, kind)
        .map(|token| {
            let token = token.map_err(|error| error.reason.to_owned())?;
            assert_eq!(text.get(token.span()), Some(token.text));
            assert!(end <= token.start, "tokens do not overlap");
            end = token.end();
            Ok(match token.kind {
                TokenKind::Word => format!("word {}", token.text),
                TokenKind::Quoted => format!("name {}", token.content()),
                TokenKind::Text => format!("text {}", token.content()),
                TokenKind::Number => format!("number {}", token.text),
                TokenKind::Placeholder => format!("placeholder {}", token.text),
                TokenKind::Template => format!("template {}", token.content()),
                _ => token.text.to_owned(),
            })
        })
        .collect()
}

fn check(kind: TextKind, text: &str, expected: &[&str]) {
    assert_eq!(
        tokens(kind, text).as_deref(),
        Ok(expected_of(expected).as_slice()),
        "{text}"
    );
}

fn expected_of(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|&token| token.to_owned()).collect()
}

fn refuse(kind: TextKind, text: &str, reason: &str) {
    assert_eq!(tokens(kind, text), Err(reason.to_owned()), "{text}");
}

#[test]
fn statements_have_placeholders_and_brackets() {
    use TextKind::Statement;
    check(
        Statement,
        "WHERE id = ANY ($12::bigint[]) AND \"a\"\"b\" <> ?3",
        &[
            "word WHERE",
            "word id",
            "=",
            "word ANY",
            "(",
            "placeholder $12",
            "::",
            "word bigint",
            "[",
            "]",
            ")",
            "word AND",
            "name a\"b",
            "<>",
            "placeholder ?3",
        ],
    );
    check(Statement, "'it''s',\n.5", &["text it's", ",", "number .5"]);
    refuse(Statement, "a -- b", "a comment");
    refuse(Statement, "a /* b */", "a comment");
    refuse(Statement, "{source}", "this character has no meaning here");
    refuse(Statement, "a;", "a semicolon");
    refuse(Statement, "$1a", "a placeholder runs into something else");
    refuse(Statement, "$1$2", "a placeholder runs into something else");
    refuse(Statement, "?1_", "a placeholder runs into something else");
    let error = Lexer::new("a = $12b", Statement)
        .last()
        .unwrap()
        .unwrap_err();
    assert_eq!(error.span, 4..8, "up to what it runs into");
    refuse(Statement, "? ", "this operator does not exist here");
    refuse(Statement, "$a$b$a$", "a dollar sign");
    refuse(Statement, "a$1", "a name holds a dollar sign");
    refuse(Statement, "1$1", "this is no decimal number");
    refuse(Statement, "'a\\'", "a backslash in a string");
}

/// A run of operator characters ends where PostgreSQL ends it.
#[test]
fn operators_are_the_longest_that_postgres_reads() {
    use TextKind::Fragment;
    check(Fragment, "a=-1", &["word a", "=", "-", "number 1"]);
    check(Fragment, "a<-1", &["word a", "<", "-", "number 1"]);
    check(Fragment, "a->-1", &["word a", "->", "-", "number 1"]);
    check(Fragment, "a*-+b", &["word a", "*", "-", "+", "word b"]);
    check(Fragment, "a->>'b'", &["word a", "->>", "text b"]);
    check(Fragment, "a!=b", &["word a", "!=", "word b"]);
    check(Fragment, "a#>>b", &["word a", "#>>", "word b"]);
    check(Fragment, "a~*b", &["word a", "~*", "word b"]);
    check(Fragment, "a--1", &["word a"]);
    check(Fragment, "a+--1\nb", &["word a", "+", "word b"]);
    check(Fragment, "a+/*c*/b", &["word a", "+", "word b"]);
    check(Fragment, "a/**/b", &["word a", "word b"]);
    check(Fragment, "a::int", &["word a", "::", "word int"]);
    // With one of `~ ! @ # % ^ & | ?` in the run, a sign at its end belongs to it.
    refuse(Fragment, "a@>-1", "this operator does not exist here");
    refuse(Fragment, "a%-1", "this operator does not exist here");
    refuse(Fragment, "a||-1", "this operator does not exist here");
    refuse(Fragment, "a~-1", "this operator does not exist here");
    refuse(Fragment, "a<>>b", "this operator does not exist here");
    refuse(Fragment, "a*/b", "this operator does not exist here");
    refuse(Fragment, "/*/", "this comment does not end");
    refuse(Fragment, "/*/*/", "this comment does not end");
}

/// PostgreSQL reads no text with a NUL in it.
#[test]
fn comments_hold_no_nul() {
    use TextKind::Fragment;
    refuse(Fragment, "-t--t\0", "a NUL in a comment");
    refuse(Fragment, "a /* \0 */", "a NUL in a comment");
    check(Fragment, "a --\x01\n/*\x7f*/", &["word a"]);
    refuse(Fragment, "a --\n\0", "a control character");
}

#[test]
fn an_error_ends_the_tokens() {
    let mut lexer = Lexer::new("a ; b", TextKind::Fragment);
    assert!(lexer.next().is_some_and(|token| token.is_ok()));
    assert!(lexer.next().is_some_and(|token| token.is_err()));
    assert!(lexer.next().is_none());
}
