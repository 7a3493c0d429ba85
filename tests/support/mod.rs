//! What the tests share: databases of their own, case files, and parameters as text.

use std::path::Path;

pub mod case;
pub mod cluster;
pub mod damage;
pub mod definitions;
pub mod exports;
pub mod limits;
pub mod literal;
pub mod payments;
pub mod random;
pub mod reports;
pub mod rows;
pub mod sqlite;
pub mod tables;

/// The folder of the library.
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the library's folder holds this one")
}
