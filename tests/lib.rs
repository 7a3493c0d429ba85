//! What the tests share: databases, case files, random numbers, an independent model of the rules, and
//! random catalogs and questions for it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up must fail, and no caller could do better"
)]

pub mod checker;
pub mod generate;
pub mod reference;
pub mod support;
