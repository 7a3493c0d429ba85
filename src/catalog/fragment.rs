//! Fragments: checked expressions over columns, printed once for every dialect.

use crate::dialect::Dialect;
use crate::expr::functions::{Callee, Function};
use crate::expr::hazard::{Hazard, hazard};
use crate::expr::render::{Rendered, Unsupported, render};
use crate::expr::types::{Type, type_of};
use crate::expr::{Call, Expr};
use crate::value::DataType;

use super::columns::ColumnId;

/// Printed pieces of one expression for every dialect, or what a dialect cannot say.
pub(crate) struct Printed([Result<Rendered, Unsupported>; Dialect::ALL.len()]);

impl Printed {
    /// Prints an expression whose references are numbers; `types` tells what is known of them.
    pub(crate) fn new(expr: &Expr<u32>, types: &dyn Fn(&u32) -> Option<DataType>) -> Self {
        Self(Dialect::ALL.map(|dialect| render(expr, dialect, types)))
    }

    /// The pieces for a dialect, or what it cannot say.
    pub(crate) fn get(&self, dialect: Dialect) -> Result<&Rendered, &Unsupported> {
        let [postgres, sqlite] = &self.0;
        match dialect {
            Dialect::Postgres => postgres.as_ref(),
            Dialect::Sqlite => sqlite.as_ref(),
        }
    }
}

/// A row-level expression or an aggregate call over the columns of one relation.
pub(crate) struct Fragment {
    /// Its text; the holes are column ids.
    pub(crate) printed: Printed,
    /// The columns it reads, each once, in order of first use.
    pub(crate) columns: Box<[ColumnId]>,
    /// The column, if the expression is nothing but one.
    pub(crate) bare: Option<ColumnId>,
    /// Whether it is true or false, as far as declared types tell.
    pub(crate) is_boolean: bool,
    /// Whether evaluating it can raise, as far as declared types tell.
    pub(crate) hazard: Hazard,
    /// The same where the relation declares no types.
    pub(crate) hazard_undeclared: Hazard,
    /// Of an aggregate: how those over parts of the rows become that over all of them, if they do.
    pub(crate) again: Option<Again>,
    /// Of a sum: the type of what is summed up, as far as it is known.
    pub(crate) summed_type: Option<DataType>,
}

/// How an aggregate over all rows comes of those over parts of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Again {
    Sum,
    /// The sum, of whole numbers.
    Count,
    Least,
    Greatest,
}

impl Fragment {
    /// Prepares an expression; `column_type` tells the declared type of a column.
    pub(crate) fn new(
        expr: &Expr<ColumnId>,
        column_type: &dyn Fn(&ColumnId) -> Option<DataType>,
    ) -> Self {
        let mut columns = Vec::new();
        expr.for_each_reference(&mut |column| {
            if !columns.contains(column) {
                columns.push(*column);
            }
        });
        let bare = match expr {
            Expr::Reference(column) => Some(*column),
            _ => None,
        };
        Self {
            printed: Printed::new(&expr.map_references(&mut |column| column.0), &|number| {
                column_type(&ColumnId(*number))
            }),
            columns: columns.into(),
            bare,
            is_boolean: type_of(expr, column_type) == Some(Type::Data(DataType::Boolean)),
            hazard: hazard(expr, column_type),
            hazard_undeclared: hazard(expr, &|_| None),
            again: None,
            summed_type: None,
        }
    }

    /// Prepares an aggregate call.
    pub(crate) fn aggregate(
        call: Call<ColumnId>,
        column_type: &dyn Fn(&ColumnId) -> Option<DataType>,
    ) -> Self {
        let again = match call.function {
            _ if call.is_distinct => None,
            Callee::Known(Function::Sum) => Some(Again::Sum),
            Callee::Known(Function::Count) => Some(Again::Count),
            Callee::Known(Function::Min) => Some(Again::Least),
            Callee::Known(Function::Max) => Some(Again::Greatest),
            _ => None,
        };
        let argument = call.arguments.first().filter(|_| again == Some(Again::Sum));
        let summed_type = match argument.and_then(|argument| type_of(argument, column_type)) {
            Some(Type::Data(data_type)) => Some(data_type),
            _ => None,
        };
        Self {
            again,
            summed_type,
            ..Self::new(&Expr::Call(call), column_type)
        }
    }

    /// Whether parts of the rows come to the same, to the last digit, in whatever order they are put together.
    ///
    /// SQLite keeps decimals as binary numbers.
    pub(crate) fn adds_up_exactly(&self, dialect: Dialect) -> bool {
        match (self.again, self.summed_type) {
            (Some(Again::Count | Again::Least | Again::Greatest), _)
            | (Some(Again::Sum), Some(DataType::Integer)) => true,
            (Some(Again::Sum), Some(DataType::Decimal)) => dialect == Dialect::Postgres,
            _ => false,
        }
    }

    /// Whether evaluating it on a relation can raise.
    pub(crate) fn hazard_on(&self, declares_types: bool) -> Hazard {
        if declares_types {
            self.hazard
        } else {
            self.hazard_undeclared
        }
    }
}
