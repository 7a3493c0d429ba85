//! The form of several lines for people.

use std::fmt;

use super::Error;

/// Writes every finding as a headline, its place, the related places and the help.
pub(super) fn render(errors: &[Error], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, error) in errors.iter().enumerate() {
        if index > 0 {
            f.write_str("\n")?;
        }
        write!(
            f,
            "error[{}]: {}\n  at {}",
            error.code(),
            error.message(),
            error.path()
        )?;
        for related in error.related() {
            write!(f, "\n  related: {related}")?;
        }
        if let Some(help) = error.help() {
            write!(f, "\n  help: {help}")?;
        }
    }
    Ok(())
}
