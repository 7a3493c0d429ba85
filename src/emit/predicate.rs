//! Conditions: every form keeps or drops NULLs on purpose (R12).

use crate::catalog::dimension::{Lookup, SourceDimension};
use crate::dialect::Dialect;
use crate::expr::render::Rendered;
use crate::name::Name;
use crate::plan::{BindId, Comparator, Comparison, ListBind, Operand, Predicate, Term};

use crate::value::DataType;

use super::{Emitter, Scope};

/// What stands on the left of a comparison.
#[derive(Clone, Copy)]
pub(super) enum Left<'a> {
    Value(&'a SourceDimension, &'a Rendered, Scope),
    Term(Term, &'static str),
    /// The label of a lookup, inside the subselect that searches it.
    Label,
}

/// The alias of a lookup inside the subselect that searches it.
pub(super) const SEARCHED: &str = "s";

impl<'p> Emitter<'p, '_> {
    /// Writes a condition, so that it can stand between `AND`s.
    pub(super) fn predicate(&mut self, predicate: &'p Predicate<'_>, scope: Scope) {
        match predicate {
            Predicate::All(parts) => self.joined(parts, scope, " AND ", "TRUE"),
            Predicate::Any(parts) => self.joined(parts, scope, " OR ", "FALSE"),
            Predicate::Not(part) => {
                self.push("(");
                self.predicate(part, scope);
                self.push(") IS NOT TRUE");
            }
            Predicate::Test(Operand::Value(value, text), comparison) => {
                self.comparison(Left::Value(value, text, scope), *comparison);
            }
            Predicate::Test(Operand::Term(term), comparison) => {
                self.comparison(Left::Term(*term, scope.alias), *comparison);
            }
            Predicate::Test(Operand::Label(value, text, lookup, dimension), comparison) => {
                let left = Left::Value(value, text, scope);
                self.label_comparison(left, lookup, dimension, *comparison);
            }
        }
    }

    /// Nothing is all of nothing and none of nothing. Groups of parts keep the tree shallow.
    fn joined(&mut self, parts: &'p [Predicate<'_>], scope: Scope, word: &str, empty: &str) {
        const GROUP: usize = 16;
        if parts.is_empty() {
            self.push(empty);
            return;
        }
        self.push("(");
        // Each call divides the number of parts by sixteen, so this is four calls deep at most.
        let size = parts.len().div_ceil(GROUP);
        for (index, group) in parts.chunks(size).enumerate() {
            if index > 0 {
                self.push(word);
            }
            match group {
                [part] => self.predicate(part, scope),
                _ => self.joined(group, scope, word, empty),
            }
        }
        self.push(")");
    }

    fn left(&mut self, left: Left<'_>) {
        match left {
            Left::Value(value, text, scope) => {
                self.dimension_value(value, text, None, scope.of_dimension());
            }
            Left::Term(term, alias) => self.term(term, alias),
            Left::Label => {
                self.push(SEARCHED);
                self.push(".label");
            }
        }
    }

    pub(super) fn comparison(&mut self, left: Left<'_>, comparison: Comparison) {
        match comparison {
            Comparison::Compare(comparator, value, data_type) => {
                self.left(left);
                self.push(match (comparator, self.plan.dialect) {
                    (Comparator::Equal, _) => " = ",
                    (Comparator::NotEqual, Dialect::Postgres) => " IS DISTINCT FROM ",
                    (Comparator::NotEqual, Dialect::Sqlite) => " IS NOT ",
                    (Comparator::Less, _) => " < ",
                    (Comparator::LessOrEqual, _) => " <= ",
                    (Comparator::Greater, _) => " > ",
                    (Comparator::GreaterOrEqual, _) => " >= ",
                });
                self.value(value, data_type);
            }
            Comparison::Between(low, high, data_type) => {
                self.push("(");
                self.left(left);
                self.push(" >= ");
                self.value(low, data_type);
                self.push(" AND ");
                self.left(left);
                self.push(" <= ");
                self.value(high, data_type);
                self.push(")");
            }
            Comparison::Null { negated } => {
                self.left(left);
                self.push(if negated { " IS NOT NULL" } else { " IS NULL" });
            }
            Comparison::In {
                list,
                with_null,
                negated,
            } => {
                self.in_list(left, list, with_null, negated);
            }
            Comparison::Like {
                pattern,
                case_sensitive,
                negated,
            } => self.like(left, pattern, case_sensitive, negated),
        }
    }

    fn like(&mut self, left: Left<'_>, pattern: BindId, case_sensitive: bool, negated: bool) {
        let (word, escape) = match (self.plan.dialect, case_sensitive) {
            (Dialect::Postgres, false) => (" ILIKE ", " ESCAPE '!'"),
            (Dialect::Postgres, true) | (Dialect::Sqlite, false) => (" LIKE ", " ESCAPE '!'"),
            (Dialect::Sqlite, true) => (" GLOB ", ""),
        };
        self.push(if negated { "(" } else { "" });
        self.left(left);
        self.push(word);
        self.value(pattern, DataType::Text);
        self.push(escape);
        self.push(if negated { ") IS NOT TRUE" } else { "" });
    }

    /// NULL is a member of its own: listed or not, it is never compared.
    fn in_list(&mut self, left: Left<'_>, list: Option<ListBind>, with_null: bool, negated: bool) {
        match (list, with_null, negated) {
            (None, false, false) => self.push("FALSE"),
            (None, false, true) => self.push("TRUE"),
            (None, true, _) => self.comparison(left, Comparison::Null { negated }),
            (Some(list), false, false) => self.listed(left, list),
            (Some(list), false, true) => self.not_listed(left, list),
            (Some(list), true, false) => {
                self.push("(");
                self.listed(left, list);
                self.push(" OR ");
                self.comparison(left, Comparison::Null { negated: false });
                self.push(")");
            }
            (Some(list), true, true) => {
                self.push("(");
                self.not_listed(left, list);
                self.push(" AND ");
                self.comparison(left, Comparison::Null { negated: true });
                self.push(")");
            }
        }
    }

    fn listed(&mut self, left: Left<'_>, list: ListBind) {
        self.left(left);
        self.among(list);
    }

    fn not_listed(&mut self, left: Left<'_>, list: ListBind) {
        self.push("(");
        self.listed(left, list);
        self.push(") IS NOT TRUE");
    }

    /// A label is compared in its lookup; a row has no label where its value is not found there.
    fn label_comparison(
        &mut self,
        value: Left<'_>,
        lookup: &Lookup,
        dimension: &Name,
        comparison: Comparison,
    ) {
        let (positive, negated) = match comparison {
            Comparison::Compare(Comparator::NotEqual, bind, data_type) => (
                Comparison::Compare(Comparator::Equal, bind, data_type),
                true,
            ),
            Comparison::Null { negated } => (Comparison::Null { negated: true }, !negated),
            Comparison::Like {
                pattern,
                case_sensitive,
                negated,
            } => (
                Comparison::Like {
                    pattern,
                    case_sensitive,
                    negated: false,
                },
                negated,
            ),
            Comparison::In {
                list,
                with_null: true,
                negated,
            } => {
                self.label_list_with_null(value, lookup, dimension, list, negated);
                return;
            }
            Comparison::In {
                list,
                with_null: false,
                negated,
            } => (
                Comparison::In {
                    list,
                    with_null: false,
                    negated: false,
                },
                negated,
            ),
            other => (other, false),
        };
        self.label_search(value, lookup, dimension, positive, negated);
    }

    /// Listed, or without a label; negated, the complement.
    fn label_list_with_null(
        &mut self,
        value: Left<'_>,
        lookup: &Lookup,
        dimension: &Name,
        list: Option<ListBind>,
        negated: bool,
    ) {
        let has_label = Comparison::Null { negated: true };
        let listed = Comparison::In {
            list,
            with_null: false,
            negated: false,
        };
        self.push("(");
        self.label_search(value, lookup, dimension, listed, negated);
        self.push(if negated { " AND " } else { " OR " });
        self.label_search(value, lookup, dimension, has_label, !negated);
        self.push(")");
    }

    /// The value is among the keys of which the label passes; negated, it is not or it is NULL.
    fn label_search(
        &mut self,
        value: Left<'_>,
        lookup: &Lookup,
        dimension: &Name,
        comparison: Comparison,
        negated: bool,
    ) {
        if negated {
            self.push("(");
        }
        self.left(value);
        self.push(" IN (SELECT ");
        self.push(SEARCHED);
        self.push(".key FROM ");
        self.lookup(lookup, dimension, 8);
        self.push(" AS ");
        self.push(SEARCHED);
        self.push(" WHERE ");
        self.comparison(Left::Label, comparison);
        self.push(")");
        if negated {
            self.push(") IS NOT TRUE");
        }
    }
}
