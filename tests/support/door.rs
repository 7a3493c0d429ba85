//! The `compile` example as a running program.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

/// The program, which cargo builds with this test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_compile");

/// The program with these words, its pipes open.
pub(crate) fn start(words: &[&str]) -> Child {
    Command::new(PROGRAM)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// All that the program says to an input.
pub(crate) fn run(words: &[&str], input: &[u8]) -> Output {
    let mut child = start(words);
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // A program that does not read its input closes the pipe, which is its right.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// The answers to lines, one each; the program has to end well and without complaint.
pub(crate) fn answers(words: &[&str], input: &[u8]) -> Vec<Value> {
    let output = run(words, input);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaint.is_empty(),
        "{complaint}"
    );
    parsed(&output)
}

/// The lines of an output.
pub(crate) fn parsed(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("answers are UTF-8");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("answers are JSON")
}

/// Sends one line and waits for its answer.
pub(crate) fn ask(child: &mut Child, out: &mut BufReader<ChildStdout>, line: &str) -> String {
    let stdin = child.stdin.as_mut().expect("a pipe");
    writeln!(stdin, "{line}").expect("the program reads");
    let mut answer = String::new();
    out.read_line(&mut answer).expect("the program answers");
    answer
}
