//! The register of functions that fragments may call.

/// What a call names: a function of the register, or one of the catalog's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Callee {
    /// A function of the register, by its lower-case name there.
    Known(&'static str),
    /// One of the catalog's `functions`.
    User(Box<str>),
}
