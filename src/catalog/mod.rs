//! The catalog: everything an administrator defines; checked once, immutable, shared by threads.

pub mod spec;

mod fields;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod write_rows;
