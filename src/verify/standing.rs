//! Reads the step that has shares and ranks among all groups.

use crate::expr::lex::{Operator, TokenKind};
use crate::expr::render::Rendered;
use crate::plan::{Placed, Term};

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

impl<'a> Reader<'a> {
    /// All that is needed above, and beside it what looks at every group that passes.
    pub(super) fn placed(&mut self) -> Read<()> {
        let plan = self.plan();
        self.exact_name("placed")?;
        self.words("AS ( SELECT")?;
        let mut first = true;
        self.carried_keys(&mut first)?;
        for (position, measure) in plan.measures.iter().enumerate() {
            if measure.last_use > plan.levels {
                self.carried(Term::Measure(position), &mut first)?;
            }
        }
        for (position, computed) in plan.computed.iter().enumerate() {
            if computed.last_use > plan.levels {
                self.carried(Term::Computed(position), &mut first)?;
            }
        }
        for placed in &plan.placed {
            self.next_item(&mut first)?;
            match placed.share {
                Some(text) => self.share(placed, text)?,
                None => self.rank(placed)?,
            }
            self.word("AS")?;
            self.exact_name(&placed.name.sql)?;
        }
        self.word("FROM")?;
        self.step_name(plan.levels)?;
        self.word("AS")?;
        self.exact_name(BELOW)?;
        self.conditions(0, &plan.group_predicates, Rows::BELOW)?;
        self.close()
    }

    /// The share's own text, whose holes are the number and the sum of it over the groups that are data.
    fn share(&mut self, placed: &Placed<'_>, text: &Rendered) -> Read<()> {
        let name = self.number_of(placed)?;
        let level = self.plan().totals.as_ref().map(|totals| &*totals.level.sql);
        let mut expected = String::new();
        text.write(&mut expected, |hole, out| {
            let number = format!("{BELOW}.{name}");
            let of_data = level.map(|level| format!(" FILTER (WHERE {BELOW}.{level} = 0)"));
            match hole {
                0 => out.push_str(&number),
                _ => {
                    let of_data = of_data.unwrap_or_default();
                    out.push_str(&format!("sum({number}){of_data} OVER ()"));
                }
            }
        });
        self.words(&expected)
    }

    /// `CASE WHEN g.x IS NOT NULL THEN rank() OVER (ORDER BY g.x DESC NULLS LAST) END`, of the data alone.
    fn rank(&mut self, placed: &Placed<'_>) -> Read<()> {
        let name = self.number_of(placed)?;
        let plan = self.plan();
        let level = plan.totals.as_ref().map(|totals| (&*totals.level.sql, "0"));
        let kept = plan.kept().map(|(kept, _)| (&*kept.sql, "1"));
        let of_data: Vec<(&str, &str)> = level.into_iter().chain(kept).collect();
        self.words("CASE WHEN")?;
        for (column, number) in &of_data {
            self.exact_column(BELOW, column)?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            self.number(number)?;
            self.word("AND")?;
        }
        self.exact_column(BELOW, name)?;
        self.words("IS NOT NULL THEN rank() OVER (")?;
        for (index, (column, _)) in of_data.iter().enumerate() {
            match index {
                0 => self.words("PARTITION BY")?,
                _ => self.kind(TokenKind::Comma)?,
            }
            self.exact_column(BELOW, column)?;
        }
        self.words("ORDER BY")?;
        self.exact_column(BELOW, name)?;
        self.words("DESC NULLS LAST) END")
    }

    /// The name of the number by which groups stand, which is carried so far.
    fn number_of(&self, placed: &Placed<'_>) -> Read<&'a str> {
        let plan = self.plan();
        let is_carried = match placed.of {
            Term::Measure(at) => plan.measures.get(at).map(|measure| measure.last_use),
            Term::Computed(at) => plan.computed.get(at).map(|computed| computed.last_use),
            Term::Key(_) | Term::Placed(_) => None,
        };
        match is_carried.is_some_and(|last_use| last_use > plan.levels) {
            true => self.term_name(placed.of),
            false => failure("groups stand by what is not there"),
        }
    }
}
