//! Lines of bytes, none longer than a bound.

use std::io::{self, BufRead};

/// A line of the input, without the character that ends it.
pub(crate) enum Line<'l> {
    /// Nothing but blanks.
    Blank,
    /// More bytes than the bound; they have been read and dropped.
    TooLong {
        /// The bound.
        bound: usize,
    },
    /// Bytes, not known to be text yet.
    Text(&'l [u8]),
}

/// Reads lines; a line over the bound is never held in memory.
pub(crate) struct Lines<R> {
    input: R,
    bound: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, bound: usize) -> Self {
        Self {
            input,
            bound,
            line: Vec::new(),
        }
    }

    /// The next line; the last one needs no end of line.
    ///
    /// # Errors
    /// What reading the input reports.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut length = 0_usize;
        loop {
            let bytes = match self.input.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if bytes.is_empty() && length == 0 {
                return Ok(None);
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            length = length.saturating_add(part.len());
            if length <= self.bound {
                self.line.extend_from_slice(part);
            }
            let is_last = end.is_some() || bytes.is_empty();
            let read = part.len() + usize::from(end.is_some());
            self.input.consume(read);
            if is_last {
                break;
            }
        }
        Ok(Some(if length > self.bound {
            let bound = self.bound;
            Line::TooLong { bound }
        } else if self.line.trim_ascii().is_empty() {
            Line::Blank
        } else {
            Line::Text(&self.line)
        }))
    }
}
