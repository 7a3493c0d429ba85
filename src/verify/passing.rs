//! Reads the steps that find the groups that pass, and how rows are held to them.

use crate::dialect::Dialect;
use crate::expr::lex::{Operator, TokenKind};
use crate::plan::{KeyType, Leg, Passing, Term};
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
        let are_the_same = whole.keys.len() == passing.plan.keys.len()
            && whole.keys.len() == passing.types.len()
            && whole.legs.len() == passing.plan.legs.len();
        match are_the_same && whole.group_predicates.is_empty() {
            true => Ok(()),
            false => failure("other groups are tested than are shown"),
        }
    }

    /// The rows whose keys are those of a group that passes, the missing member being one like others.
    pub(super) fn joined_passing(
        &mut self,
        passing: &'a Passing<'a>,
        leg: &'a Leg<'a>,
    ) -> Read<()> {
        self.word("JOIN")?;
        self.exact_name(STEP)?;
        self.word("AS")?;
        self.exact_name(ALIAS)?;
        let keys = passing.plan.keys.iter().zip(&passing.types);
        for (at, (key, key_type)) in keys.enumerate() {
            self.word(if at == 0 { "ON" } else { "AND" })?;
            if self.plan().dialect == Dialect::Sqlite {
                self.key(leg, at)?;
                self.word("IS")?;
                self.exact_column(ALIAS, &key.name.sql)?;
                continue;
            }
            let cast = match key_type {
                KeyType::Cast(data_type) => Some(*data_type),
                KeyType::Same | KeyType::SameScalar => None,
            };
            self.in_array(cast, |reader| reader.key(leg, at))?;
            self.kind(TokenKind::Operator(Operator::Equal))?;
            self.in_array(cast, |reader| reader.exact_column(ALIAS, &key.name.sql))?;
            if *key_type == KeyType::Same {
                self.word("AND")?;
                self.open()?;
                self.open()?;
                self.key(leg, at)?;
                self.close()?;
                self.word("IS")?;
                self.word("NULL")?;
                self.close()?;
                self.kind(TokenKind::Operator(Operator::Equal))?;
                self.open()?;
                self.exact_column(ALIAS, &key.name.sql)?;
                self.word("IS")?;
                self.word("NULL")?;
                self.close()?;
            }
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
