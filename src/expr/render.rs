use super::Expr;
