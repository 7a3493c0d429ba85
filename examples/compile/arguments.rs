//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

use measurand::Dialect;

/// One line for who got it wrong.
pub(crate) const USAGE: &str =
    "usage: compile [CATALOG.json] [--rows] [--dialect postgres|sqlite] [--help]";

/// Everything for who asks.
pub(crate) const HELP: &str = r#"Compiles requests against a catalog: JSON lines in, JSON lines out.

usage: compile [CATALOG.json] [--rows] [--dialect postgres|sqlite]

  CATALOG.json   the catalog of every line that brings none of its own
  --rows         the file is in the rows spelling (tables), not the nested one
  --dialect      the database to write for: postgres (the default) or sqlite
  --help         shows this text

Each line of the input is one object:
  {"id": 7, "request": {...}, "context": {...}}
with the catalog in "catalog" (nested) or "catalog_rows" where it is not that of the file.
Each line is answered by one line, at once and in order; blank lines are skipped:
  {"id": 7, "ok": {"sql": "...", "params": [{"type": "int8", "value": 1}], "columns": [...], ...}}
  {"id": 7, "errors": [{"code": "...", "path": "...", "message": "...", "help": "..."}]}
The id comes back as it was written, null where it cannot be read. A bad line is answered with its
errors and never ends the program.
"#;

/// What to do.
pub(crate) enum Asked {
    /// Show the help.
    Help,
    /// Answer lines.
    Compile(Arguments),
}

/// How to answer lines.
#[derive(Default)]
pub(crate) struct Arguments {
    /// The file of the catalog of lines that bring none.
    pub(crate) catalog: Option<PathBuf>,
    /// Whether the file is in the rows spelling.
    pub(crate) is_rows: bool,
    /// The database to write for.
    pub(crate) dialect: Dialect,
}

impl Arguments {
    /// Reads the words of the command line, or says what is wrong with them.
    pub(crate) fn read(words: impl Iterator<Item = OsString>) -> Result<Asked, String> {
        let mut arguments = Arguments::default();
        let mut words = words;
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--help" | "-h") => return Ok(Asked::Help),
                Some("--rows") => arguments.is_rows = true,
                Some("--dialect") => {
                    let name = words.next().ok_or("`--dialect` needs a name")?;
                    arguments.dialect = name.to_string_lossy().parse()?;
                }
                Some(flag) if flag.starts_with('-') => {
                    return Err(format!("unknown flag `{flag}`"));
                }
                _ if arguments.catalog.is_some() => {
                    return Err("more than one catalog".to_owned());
                }
                _ => arguments.catalog = Some(word.into()),
            }
        }
        if arguments.is_rows && arguments.catalog.is_none() {
            return Err("`--rows` needs a catalog".to_owned());
        }
        Ok(Asked::Compile(arguments))
    }
}
