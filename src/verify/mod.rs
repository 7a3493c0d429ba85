//! Verify: reads the text of a statement again and proves what the certificate says (R27).
//!
//! In: the plan, the text, the certificate, the types of the parameters, the aliases of the columns.
//! Out: nothing, or a failure that is never handed out as a query. Guaranteed afterwards: one `SELECT`
//! of a closed grammar; only the relations of the certificate, each inside its guard; keys, aggregates,
//! formulas and conditions to the letter of the plan, with the plan's parameters; placeholders numbered
//! by first use and typed; the columns of the metadata. Shares no code with `emit`. Codes: `unverified`.
//! Next to read: `reader.rs`, then `groups.rs`, then `guards.rs`, then `computed.rs`.

mod columns;
mod combine;
mod computed;
mod conditions;
mod expression;
mod gaps;
mod groups;
mod guards;
mod joins;
mod members;
mod memory;
mod overlapping;
mod passing;
mod picked;
mod pivot;
mod reader;
mod result;
mod rows;
mod running;
mod standing;
mod summed;
#[cfg(test)]
mod tests;
mod tokens;
mod top;
mod totals;
mod values;
mod windows;

use crate::certificate::Certificate;
use crate::error::VerifyError;
use crate::plan::{BindId, Plan};
use crate::value::DataType;

pub(crate) use memory::{Shape, VerifiedShapes};
pub(crate) use values::{Evidence, verify_values};

/// The alias of a relation inside its guard.
const TABLE: &str = "t";
/// The alias of the guarded rows outside.
const ROWS: &str = "o";
/// The alias of the step below.
const BELOW: &str = "g";
/// The alias of a lookup that is searched.
const SEARCHED: &str = "s";

/// What a statement claims; everything that its text is checked against.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) sql: &'a str,
    pub(crate) certificate: &'a Certificate,
    /// What stands in `$1`, `$2` and so on.
    pub(crate) order: &'a [BindId],
    /// Type of each parameter, and whether it is a list.
    pub(crate) types: &'a [(DataType, bool)],
    /// Aliases of the columns, in order.
    pub(crate) aliases: &'a [&'a str],
    /// The catalog's own functions.
    pub(crate) functions: &'a [String],
}

/// Proves a claim from the text.
///
/// # Errors
/// What could not be proved.
pub(crate) fn verify(claim: &Claim<'_>) -> Result<(), VerifyError> {
    reader::Reader::new(claim)?.statement()
}
