//! What the tests share: databases of their own, case files, and parameters as text.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up must fail, and no caller could do better"
)]

pub(crate) mod case;
pub(crate) mod cluster;
pub(crate) mod definitions;
pub(crate) mod door;
pub(crate) mod literal;
pub(crate) mod payments;
pub(crate) mod random;
pub(crate) mod rows;
pub(crate) mod sqlite;
