//! What the tests share: databases, case files, random numbers, and an independent model of the rules.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up must fail, and no caller could do better"
)]

pub mod checker;
pub mod reference;
pub mod support;
