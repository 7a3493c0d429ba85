//! From places in a request to those in the definition that it was made from.

use super::definition::FilterChoice;
use crate::error::Error;
use crate::path::At;

/// Where the parts of a request are from.
#[derive(Default)]
pub(super) struct Places {
    /// Places in the request and in the definition.
    moves: Vec<(String, String)>,
}

impl Places {
    /// What stands at `from` in the request is of this place.
    pub(super) fn push(&mut self, from: String, to: String) {
        self.moves.push((from, to));
    }

    /// What `field[at]` of the request is made from.
    pub(super) fn item(&mut self, field: &str, at: usize, to: &str) {
        self.push(format!("request.{field}[{at}]"), to.to_owned());
    }

    /// The places of conditions; `kept` has the positions of those that became conditions of the request.
    pub(super) fn filters(&mut self, filters: &[FilterChoice], kept: &[usize]) {
        for (at, from) in kept.iter().enumerate() {
            if let Some(filter) = filters.get(*from) {
                let (request, table) = (
                    format!("request.filters[{at}]"),
                    format!("table.filters[{from}]"),
                );
                self.filter(filter, request, table);
            }
        }
    }

    /// The recursion goes no deeper than the limit on the depth of filters.
    fn filter(&mut self, filter: &FilterChoice, from: String, to: String) {
        let (word, parts) = match filter {
            FilterChoice::And(parts) => ("and", parts),
            FilterChoice::Or(parts) => ("or", parts),
            FilterChoice::Not(part) => {
                self.filter(part, format!("{from}.not"), format!("{to}.not"));
                return;
            }
            FilterChoice::Compare(_) => {
                for (part, field) in [
                    ("dimension", "field"),
                    ("metric", "field"),
                    ("op", "operator"),
                    ("values", "value"),
                ] {
                    self.push(format!("{from}.{part}"), format!("{to}.{field}"));
                }
                self.push(from, to);
                return;
            }
        };
        for (at, part) in parts.iter().enumerate() {
            self.filter(
                part,
                format!("{from}.{word}[{at}]"),
                format!("{to}.{word}[{at}]"),
            );
        }
    }

    /// A finding of a request at its place in the definition. What is wrong with a context stays where it is;
    /// what is wrong with a page is of the page.
    pub(super) fn located(&self, error: Error) -> Error {
        let place = error.path();
        let of_table = self.moves.iter().find_map(|(from, to)| {
            let moved = place.moved(from, to)?;
            // A field is one text in a definition, whatever its parts are in a request.
            let is_field = from.ends_with(']') && !from.contains("filters");
            Some(if is_field { At::root(to).path() } else { moved })
        });
        let mut parts = ["limit", "offset", "after"].iter();
        let of_page = || {
            parts.find_map(|part| place.moved(&format!("request.{part}"), &format!("page.{part}")))
        };
        let moved = of_table.or_else(of_page);
        match moved.or_else(|| place.moved("request", "table")) {
            Some(path) => error.moved(path),
            None => error,
        }
    }
}
