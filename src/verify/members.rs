//! Reads a statement of the members that a lookup has.
//!
//! ```text
//! statement  SELECT s.key AS alias, s.label AS alias FROM guard AS s
//!            WHERE s.key IS NOT NULL [AND s.label LIKE $n]
//!            ORDER BY s.label [DESC] NULLS LAST, s.key [DESC] NULLS LAST [LIMIT $n] [OFFSET $n]
//! ```

use crate::plan::{Members, OutputTerm, Term};

use super::SEARCHED;
use super::conditions::Looked;
use super::reader::{Read, Reader, failure};

impl Reader<'_> {
    /// The whole statement.
    pub(super) fn members(&mut self, members: &Members<'_>) -> Read<()> {
        let plan = self.plan();
        if !plan.legs.is_empty() || plan.keys.len() != 1 {
            return failure("a lookup alone has the members of one dimension, and no rows");
        }
        self.word("SELECT")?;
        let mut first = true;
        for output in &plan.outputs {
            self.next_item(&mut first)?;
            self.member(output.what)?;
            self.word("AS")?;
            self.exact_name(&output.alias.sql)?;
        }
        self.promised_columns()?;
        self.word("FROM")?;
        self.lookup(members.lookup, members.dimension)?;
        self.word("AS")?;
        self.exact_name(SEARCHED)?;
        self.word("WHERE")?;
        self.exact_column(SEARCHED, "key")?;
        self.words("IS NOT NULL")?;
        if let Some(search) = members.search {
            self.word("AND")?;
            self.comparison(Looked::Label, search)?;
        }
        self.word("ORDER")?;
        self.word("BY")?;
        self.order(&mut true, &mut |reader, what| reader.member(what))?;
        self.page()
    }

    fn member(&mut self, what: OutputTerm) -> Read<()> {
        match what {
            OutputTerm::Term(Term::Key(0)) => self.exact_column(SEARCHED, "key"),
            OutputTerm::Label(0) => self.exact_column(SEARCHED, "label"),
            _ => failure("a lookup has nothing but keys and labels"),
        }
    }
}
