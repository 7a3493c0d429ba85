//! The door for programs in other languages: JSON lines in, JSON lines out.
//!
//! `cargo run --release --example compile -- --help`

#[path = "compile/answer.rs"]
mod answer;
#[path = "compile/arguments.rs"]
mod arguments;
#[path = "compile/catalogs.rs"]
mod catalogs;
#[path = "compile/lines.rs"]
mod lines;

use std::io::{self, Write};
use std::process::ExitCode;

use answer::Answer;
use arguments::{Arguments, Asked};
use catalogs::Catalogs;
use lines::{Line, Lines};

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os().skip(1)) {
        Ok(Asked::Help) => {
            // Whoever closes the pipe has read enough.
            let _ = io::stdout().write_all(arguments::HELP.as_bytes());
            return ExitCode::SUCCESS;
        }
        Ok(Asked::Compile(arguments)) => arguments,
        Err(message) => {
            eprintln!("compile: {message}\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match serve(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of the answers has gone; there is nobody to complain to.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compile: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Answers every line of the input until it ends.
fn serve(arguments: &Arguments) -> io::Result<()> {
    let mut catalogs = Catalogs::new(arguments);
    let mut lines = Lines::new(io::stdin().lock(), catalogs.longest_line());
    let mut out = io::stdout().lock();
    let mut bytes = Vec::new();
    while let Some(line) = lines.next()? {
        let answer = match line {
            Line::Blank => continue,
            Line::TooLong { bound } => Answer::too_long(bound),
            Line::Text(line) => Answer::to(line, &mut catalogs),
        };
        bytes.clear();
        serde_json::to_writer(&mut bytes, &answer)?;
        bytes.push(b'\n');
        out.write_all(&bytes)?;
        out.flush()?;
    }
    Ok(())
}
