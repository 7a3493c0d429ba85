//! The `compile` example as a running program.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
use serde_json::Value;
use serde_json::value::RawValue;

use measurand_tests::checker::Checked;
use measurand_tests::support::root;

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
    let answers = parsed(&output);
    check(words, input, &answers);
    answers
}

/// Reads every statement of the answers with the checker: each is the one that the library emits for
/// the line, and that one passes.
fn check(words: &[&str], input: &[u8], answers: &[Value]) {
    let lines = input.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    for (line, answer) in lines.zip(answers) {
        let Some(ok) = answer.get("ok") else { continue };
        let fields: HashMap<String, Box<RawValue>> =
            serde_json::from_slice(line).expect("an answered line is an object");
        let text = |name: &str| fields.get(name).map(|field| field.get());
        let limits = Limits::default();
        let request = Request::from_json(text("request").expect("a request"), &limits);
        let context = Context::from_json(text("context").expect("a context"), &limits);
        let dialect = match words.contains(&"sqlite") {
            true => Dialect::Sqlite,
            false => Dialect::Postgres,
        };
        let compiler = Compiler::new(
            catalog(words, text("catalog"), text("catalog_rows")),
            dialect,
        );
        let query = compiler.checked(&request.expect("it reads"), &context.expect("it reads"));
        let query = serde_json::to_value(query.expect("it compiles")).expect("it serializes");
        assert_eq!(*ok, query);
    }
}

/// The catalog of a line, else of the file on the command line.
fn catalog(words: &[&str], nested: Option<&str>, rows: Option<&str>) -> Catalog {
    let catalog = match (nested, rows) {
        (Some(text), _) => Catalog::from_json(text),
        (None, Some(text)) => Catalog::from_rows_json(text),
        (None, None) => {
            let file = words.iter().find(|word| word.ends_with(".json"));
            let file = root().join(file.expect("a catalog"));
            let text = std::fs::read_to_string(file).expect("a readable catalog");
            match words.contains(&"--rows") {
                true => Catalog::from_rows_json(&text),
                false => Catalog::from_json(&text),
            }
        }
    };
    catalog.expect("an answered line has a sound catalog")
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
