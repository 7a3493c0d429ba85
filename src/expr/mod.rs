//! Expressions: the library's own small tree, a strict subset on which all dialects agree.
//!
//! In: the text of a fragment or a formula. Out: [`Expr`], generic over how it refers to columns and
//! metrics (written names at first, ids after the check), and its printed pieces per dialect.
//! Guaranteed afterwards: bounded in nodes and depth, no construct outside the subset, functions from
//! the register. Codes: `limit-exceeded`, `fragment-syntax`, `fragment-forbidden`,
//! `unknown-function`, `misplaced-aggregate`, `missing-aggregate`. Next to read: `parse.rs`.

pub(crate) mod aggregate;
mod call;
mod cast;
mod cursor;
pub(crate) mod functions;
pub(crate) mod hazard;
pub(crate) mod ident;
pub(crate) mod lex;
mod literal;
mod operands;
pub(crate) mod parse;
mod primary;
pub(crate) mod render;
mod tree;
pub(crate) mod types;

#[cfg(test)]
mod tests;

use std::ops::Range;

/// An expression over references of type `R`.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Expr<R> {
    /// A column, a metric or a template token.
    Reference(R),
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A number without sign, as written: `12`, `0.5`.
    Number(Box<str>),
    /// A string, unescaped; never with a backslash or a control character.
    Text(Box<str>),
    /// `DATE '2026-01-31'` and its kind: a typed constant.
    Typed(TypeName, Box<str>),
    /// `- x`.
    Negate(Box<Expr<R>>),
    /// `NOT x`.
    Not(Box<Expr<R>>),
    /// All of at least two.
    And(Vec<Expr<R>>),
    /// One of at least two.
    Or(Vec<Expr<R>>),
    /// Two operands.
    Binary(BinaryOp, Box<Expr<R>>, Box<Expr<R>>),
    /// `x IS [NOT] NULL`, `TRUE`, `FALSE`, `UNKNOWN`.
    Is {
        operand: Box<Expr<R>>,
        test: Test,
        negated: bool,
    },
    /// `x [NOT] BETWEEN low AND high`.
    Between {
        operand: Box<Expr<R>>,
        low: Box<Expr<R>>,
        high: Box<Expr<R>>,
        negated: bool,
    },
    /// `x [NOT] IN (a, b)`.
    In {
        operand: Box<Expr<R>>,
        list: Vec<Expr<R>>,
        negated: bool,
    },
    /// `x [NOT] LIKE pattern`, `ILIKE`, with an optional `ESCAPE`.
    Like {
        operand: Box<Expr<R>>,
        pattern: Box<Expr<R>>,
        escape: Option<char>,
        ignores_case: bool,
        negated: bool,
    },
    /// `CASE [operand] WHEN .. THEN .. [ELSE ..] END`.
    Case {
        operand: Option<Box<Expr<R>>>,
        branches: Vec<(Expr<R>, Expr<R>)>,
        otherwise: Option<Box<Expr<R>>>,
    },
    /// `CAST(x AS type)` or `x::type`.
    Cast(Box<Expr<R>>, TypeName),
    /// `x AT TIME ZONE zone`.
    AtTimeZone(Box<Expr<R>>, Box<Expr<R>>),
    /// `EXTRACT(field FROM x)`.
    Extract(DateField, Box<Expr<R>>),
    /// A call of a function of the register or of the catalog.
    Call(Call<R>),
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Call<R> {
    /// The function.
    pub(crate) function: functions::Callee,
    /// The arguments; empty with `is_star` for `count(*)`.
    pub(crate) arguments: Vec<Expr<R>>,
    /// Whether it is `count(*)`.
    pub(crate) is_star: bool,
    /// `DISTINCT` in front of the arguments of an aggregate.
    pub(crate) is_distinct: bool,
    /// `FILTER (WHERE ..)` of an aggregate.
    pub(crate) filter: Option<Box<Expr<R>>>,
    /// `WITHIN GROUP (ORDER BY ..)` of an ordered-set aggregate: expression, whether descending.
    pub(crate) within_group: Option<(Box<Expr<R>>, bool)>,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    /// True division; NULL where the divisor is zero (R7).
    Divide,
    /// NULL where the divisor is zero.
    Remainder,
    Concat,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsDistinctFrom,
    IsNotDistinctFrom,
    /// `->`
    JsonField,
    /// `->>`
    JsonText,
    /// `#>`
    JsonPath,
    /// `#>>`
    JsonPathText,
    /// `@>`
    Contains,
    /// `~`
    Matches,
    /// `~*`
    MatchesIgnoringCase,
}

/// What `IS` tests for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    Null,
    True,
    False,
    Unknown,
}

/// The type of a cast or a typed constant, from a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TypeName {
    /// The type.
    pub(crate) base: BaseType,
    /// `numeric(12, 2)`, `varchar(40)`: at most two numbers.
    pub(crate) modifiers: (Option<u16>, Option<u16>),
}

/// The types that casts may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BaseType {
    Smallint,
    Integer,
    Bigint,
    Numeric,
    Real,
    Double,
    Text,
    Varchar,
    Boolean,
    Date,
    Time,
    Timestamp,
    Timestamptz,
    Interval,
    Json,
    Jsonb,
    Uuid,
}

/// What `EXTRACT` and `date_trunc` name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum DateField {
    Epoch,
    Second,
    Minute,
    Hour,
    Day,
    /// The week of ISO 8601, from Monday.
    Week,
    Month,
    Quarter,
    Year,
    /// The year of the ISO week.
    IsoYear,
    /// Sunday is 0.
    DayOfWeek,
    /// Monday is 1, Sunday is 7.
    IsoDayOfWeek,
    DayOfYear,
}

/// A reference as written in a fragment or a formula.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Written {
    /// What it names.
    pub(crate) name: WrittenName,
    /// Where it stands in the text, in bytes.
    pub(crate) span: (usize, usize),
}

/// What a written reference names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum WrittenName {
    /// A column (in a fragment) or a metric (in a formula), perhaps behind a relation's name.
    Column {
        /// `campaigns` of `campaigns.campaign_id`; folded to lower case unless quoted.
        qualifier: Option<Box<str>>,
        /// Folded to lower case unless quoted.
        name: Box<str>,
    },
    /// `{source}.column`.
    SourceColumn(Box<str>),
    /// `{value}`: the value expression of the dimension, in a join condition.
    Value,
    /// `{client_id}`: the tenant, in a join condition.
    ClientId,
}

/// What is wrong with the text of a fragment or formula, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FragmentError {
    /// The finding.
    pub(crate) error: crate::error::CatalogError,
    /// The bytes it is about.
    pub(crate) span: Range<usize>,
    /// The way out.
    pub(crate) help: Option<crate::error::Help>,
}
