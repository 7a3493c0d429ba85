//! Reads the steps that find the groups that pass, and how rows are held to them.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{KeyType, Passing, Term};
use crate::value::DataType;

use super::columns::Rows;
use super::reader::{Read, Reader, failure};

/// The step that has the keys of the groups that pass.
const STEP: &str = "passing";
/// Its alias.
const ALIAS: &str = "p";

impl<'a> Reader<'a> {
    /// Steps of their own, and a last one with the keys alone.
    pub(super) fn passing(&mut self, passing: &'a Passing<'a>) -> Read<()> {
        let whole = self.plan;
        self.plan = &passing.plan;
        self.prefix = "tested_";
        self.grouping_steps()?;
        self.kind(TokenKind::Comma)?;
        self.exact_name(STEP)?;
        self.word("AS")?;
        self.open()?;
        self.word("SELECT")?;
        let mut first = true;
        for position in 0..self.plan().keys.len() {
            self.carried(Term::Key(position), &mut first)?;
        }
        self.last_step()?;
        if self.plan().group_predicates.is_empty() {
            return failure("groups are tested by nothing");
        }
        self.conditions(0, &self.plan().group_predicates, Rows::BELOW)?;
        self.close()?;
        self.kind(TokenKind::Comma)?;
        (self.plan, self.prefix) = (whole, "");
        self.passing = Some(passing);
        let are_the_same = whole.keys.len() == passing.plan.keys.len()
            && whole.keys.len() == passing.types.len()
            && whole.legs.len() == passing.plan.legs.len();
        match are_the_same && whole.group_predicates.is_empty() {
            true => Ok(()),
            false => failure("other groups are tested than are shown"),
        }
    }

    /// The rows of a leg whose keys are those of a group that passes, all of them, also where fewer are grouped
    /// by.
    pub(super) fn joined_passing(&mut self, passing: &'a Passing<'a>, leg: usize) -> Read<()> {
        self.word("JOIN")?;
        self.exact_name(STEP)?;
        self.word("AS")?;
        self.exact_name(ALIAS)?;
        let Some(leg) = passing.plan.legs.get(leg) else {
            return failure("rows of a leg whose groups are not tested");
        };
        let keys = passing.plan.keys.iter().zip(&passing.types);
        for (at, (key, key_type)) in keys.enumerate() {
            self.word(if at == 0 { "ON" } else { "AND" })?;
            self.met(
                *key_type,
                |reader| reader.key(&passing.plan, leg, at),
                |reader| reader.exact_column(ALIAS, &key.name.sql),
            )?;
        }
        Ok(())
    }

    /// A value of a row is that of a step, the missing one being one like others.
    pub(super) fn met(
        &mut self,
        key_type: KeyType,
        value: impl Fn(&mut Self) -> Read<()>,
        of_step: impl Fn(&mut Self) -> Read<()>,
    ) -> Read<()> {
        if self.plan().dialect == Dialect::Sqlite {
            value(self)?;
            self.word("IS")?;
            return of_step(self);
        }
        let cast = match key_type {
            KeyType::Cast(data_type) => Some(data_type),
            KeyType::Same | KeyType::SameScalar => None,
        };
        self.in_array(cast, &value)?;
        self.kind(TokenKind::Operator(Operator::Equal))?;
        self.in_array(cast, &of_step)?;
        if key_type == KeyType::Same {
            self.words("AND ( (")?;
            value(self)?;
            self.words(") IS NULL ) = (")?;
            of_step(self)?;
            self.words("IS NULL )")?;
        }
        Ok(())
    }

    /// `ARRAY[value]`, or `ARRAY[(value)::type]`.
    fn in_array(
        &mut self,
        cast: Option<DataType>,
        value: impl FnOnce(&mut Self) -> Read<()>,
    ) -> Read<()> {
        self.word("ARRAY")?;
        self.kind(TokenKind::OpenBracket)?;
        if let Some(to) = cast {
            self.open()?;
            value(self)?;
            self.close()?;
            self.words("::")?;
            self.words(to.postgres_cast())?;
        } else {
            value(self)?;
        }
        self.kind(TokenKind::CloseBracket)
    }
}
