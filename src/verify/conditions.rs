//! Reads the conditions of a request, to the letter of the plan.

use crate::catalog::dimension::{Lookup, SourceDimension};
use crate::dialect::Dialect;
use crate::name::Name;
use crate::plan::{Comparator, Comparison, ListBind, Operand, Predicate, Term};

use crate::value::DataType;

use super::SEARCHED;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

/// How many parts stand side by side; more are read in groups of groups.
const SIDE_BY_SIDE: usize = 16;

/// What a condition looks at.
#[derive(Clone, Copy)]
pub(super) enum Looked<'l> {
    Value(&'l SourceDimension, Rows<'l>),
    Term(Term, &'l str),
    /// The label of the lookup that is searched.
    Label,
}

impl<'a> Reader<'a> {
    /// The conjuncts of these conditions, behind so many others.
    pub(super) fn conditions(
        &mut self,
        behind: usize,
        conditions: &[Predicate<'_>],
        rows: Rows<'_>,
    ) -> Read<()> {
        for (index, condition) in conditions.iter().enumerate() {
            self.conjunct_word(behind + index)?;
            self.condition(condition, rows)?;
        }
        Ok(())
    }

    /// Recursion is as deep as conditions are nested, which the limits bound.
    fn condition(&mut self, condition: &Predicate<'_>, rows: Rows<'_>) -> Read<()> {
        match condition {
            Predicate::All(parts) => self.joined(parts, rows, "AND", "TRUE"),
            Predicate::Any(parts) => self.joined(parts, rows, "OR", "FALSE"),
            Predicate::Not(part) => {
                self.open()?;
                self.condition(part, rows)?;
                self.words(") IS NOT TRUE")
            }
            Predicate::Test(Operand::Term(term), comparison) => {
                self.comparison(Looked::Term(*term, rows.alias), *comparison)
            }
            Predicate::Test(Operand::Value(value, _), comparison) => {
                self.comparison(Looked::Value(value, rows.of_dimension()), *comparison)
            }
            Predicate::Test(Operand::Label(value, _, lookup, dimension), comparison) => {
                let search = Search {
                    value: Looked::Value(value, rows.of_dimension()),
                    lookup,
                    dimension,
                };
                self.label_comparison(search, *comparison)
            }
        }
    }

    fn joined(
        &mut self,
        parts: &[Predicate<'_>],
        rows: Rows<'_>,
        word: &str,
        nothing: &str,
    ) -> Read<()> {
        if parts.is_empty() {
            return self.word(nothing);
        }
        self.open()?;
        let size = parts.len().div_ceil(SIDE_BY_SIDE);
        for (index, group) in parts.chunks(size).enumerate() {
            if index > 0 {
                self.word(word)?;
            }
            match group {
                [part] => self.condition(part, rows)?,
                _ => self.joined(group, rows, word, nothing)?,
            }
        }
        self.close()
    }

    fn looked(&mut self, looked: Looked<'_>) -> Read<()> {
        match looked {
            Looked::Value(value, rows) => self.dimension(value, None, rows),
            Looked::Term(term, alias) => {
                let name = self.term_name(term)?;
                self.exact_column(alias, name)
            }
            Looked::Label => self.exact_column(SEARCHED, "label"),
        }
    }

    pub(super) fn comparison(&mut self, looked: Looked<'_>, comparison: Comparison) -> Read<()> {
        match comparison {
            Comparison::Compare(comparator, value, data_type) => {
                self.looked(looked)?;
                self.words(match (comparator, self.plan().dialect) {
                    (Comparator::Equal, _) => "=",
                    (Comparator::NotEqual, Dialect::Postgres) => "IS DISTINCT FROM",
                    (Comparator::NotEqual, Dialect::Sqlite) => "IS NOT",
                    (Comparator::Less, _) => "<",
                    (Comparator::LessOrEqual, _) => "<=",
                    (Comparator::Greater, _) => ">",
                    (Comparator::GreaterOrEqual, _) => ">=",
                })?;
                self.value(value, data_type)
            }
            Comparison::Between(low, high, data_type) => {
                self.open()?;
                self.looked(looked)?;
                self.words(">=")?;
                self.value(low, data_type)?;
                self.words("AND")?;
                self.looked(looked)?;
                self.words("<=")?;
                self.value(high, data_type)?;
                self.close()
            }
            Comparison::Null { negated } => {
                self.looked(looked)?;
                self.words(if negated { "IS NOT NULL" } else { "IS NULL" })
            }
            Comparison::In {
                list,
                with_null,
                negated,
            } => self.list_test(looked, list, with_null, negated),
            Comparison::Like {
                pattern,
                case_sensitive,
                negated,
            } => {
                self.words(if negated { "(" } else { "" })?;
                self.looked(looked)?;
                let is_glob = case_sensitive && self.plan().dialect == Dialect::Sqlite;
                let ignores_case = !case_sensitive && self.plan().dialect == Dialect::Postgres;
                self.word(match (is_glob, ignores_case) {
                    (true, _) => "GLOB",
                    (false, true) => "ILIKE",
                    (false, false) => "LIKE",
                })?;
                self.value(pattern, DataType::Text)?;
                self.words(if is_glob { "" } else { "ESCAPE '!'" })?;
                self.words(if negated { ") IS NOT TRUE" } else { "" })
            }
        }
    }

    /// Whether a value is on a list. NULL is never compared: it has a test of its own.
    fn list_test(
        &mut self,
        looked: Looked<'_>,
        list: Option<ListBind>,
        with_null: bool,
        negated: bool,
    ) -> Read<()> {
        let null = Comparison::Null { negated };
        let Some(list) = list else {
            return match (with_null, negated) {
                (true, _) => self.comparison(looked, null),
                (false, true) => self.word("TRUE"),
                (false, false) => self.word("FALSE"),
            };
        };
        self.words(if with_null { "(" } else { "" })?;
        self.words(if negated { "(" } else { "" })?;
        self.looked(looked)?;
        self.among(list)?;
        self.words(if negated { ") IS NOT TRUE" } else { "" })?;
        if with_null {
            self.word(if negated { "AND" } else { "OR" })?;
            self.comparison(looked, null)?;
            self.close()?;
        }
        Ok(())
    }

    /// The comparison of what stands in front with a list.
    fn among(&mut self, list: ListBind) -> Read<()> {
        let (before, behind) = match self.plan().dialect {
            Dialect::Postgres if list.is_long => ("IN (SELECT unnest(", "))"),
            Dialect::Postgres => ("= ANY (", ")"),
            Dialect::Sqlite if list.element == DataType::Decimal => {
                ("IN (SELECT CAST(value AS NUMERIC) FROM json_each(", "))")
            }
            Dialect::Sqlite => ("IN (SELECT value FROM json_each(", "))"),
        };
        self.words(before)?;
        let (at, element) = self.placeholder(true)?;
        if element != list.element || self.claim.order.get(at) != Some(&list.values) {
            return failure("a value is compared with another list than planned");
        }
        self.words(behind)
    }

    /// A label is compared where it is found; a row has none where its value is not found.
    fn label_comparison(&mut self, search: Search<'_>, comparison: Comparison) -> Read<()> {
        let (found, negated) = match comparison {
            Comparison::Compare(Comparator::NotEqual, value, data_type) => (
                Comparison::Compare(Comparator::Equal, value, data_type),
                true,
            ),
            Comparison::Null { negated } => (Comparison::Null { negated: true }, !negated),
            Comparison::Like {
                pattern,
                case_sensitive,
                negated,
            } => {
                let like = Comparison::Like {
                    pattern,
                    case_sensitive,
                    negated: false,
                };
                (like, negated)
            }
            Comparison::In {
                list,
                with_null,
                negated,
            } => {
                let listed = Comparison::In {
                    list,
                    with_null: false,
                    negated: false,
                };
                if with_null {
                    self.open()?;
                    self.label_search(search, listed, negated)?;
                    self.word(if negated { "AND" } else { "OR" })?;
                    self.label_search(search, Comparison::Null { negated: true }, !negated)?;
                    return self.close();
                }
                (listed, negated)
            }
            Comparison::Compare(..) | Comparison::Between(..) => (comparison, false),
        };
        self.label_search(search, found, negated)
    }

    /// The value is among the keys of which the label passes.
    fn label_search(
        &mut self,
        search: Search<'_>,
        comparison: Comparison,
        negated: bool,
    ) -> Read<()> {
        self.words(if negated { "(" } else { "" })?;
        self.looked(search.value)?;
        self.words("IN (SELECT")?;
        self.exact_column(SEARCHED, "key")?;
        self.word("FROM")?;
        self.lookup(search.lookup, search.dimension)?;
        self.word("AS")?;
        self.exact_name(SEARCHED)?;
        self.word("WHERE")?;
        self.comparison(Looked::Label, comparison)?;
        self.close()?;
        self.words(if negated { ") IS NOT TRUE" } else { "" })
    }
}

/// A search of labels.
#[derive(Clone, Copy)]
struct Search<'s> {
    value: Looked<'s>,
    lookup: &'s Lookup,
    dimension: &'s Name,
}
