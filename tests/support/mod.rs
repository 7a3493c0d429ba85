//! What the tests share: a database of their own, case files, and parameters as text.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod case;
pub(crate) mod cluster;
pub(crate) mod door;
pub(crate) mod execute;
pub(crate) mod literal;
pub(crate) mod payments;
