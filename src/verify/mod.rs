//! Verify: reads the text of a statement again and proves what the certificate says (R27).
//!
//! In: the text, the certificate, the types of the parameters, the aliases of the columns. Out:
//! nothing, or a failure that is never handed out as a query. Guaranteed afterwards: one `SELECT` of a
//! closed grammar; only the relations of the certificate, each inside its guard; placeholders dense
//! and typed; the columns of the metadata. Shares no code with `emit`. Codes: `unverified`. Next to
//! read: `reader.rs`.

mod expression;
mod guards;
mod memory;
mod reader;

use crate::certificate::{Certificate, RuleForm, ScanPurpose};
use crate::context::Tenant;
use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::value::{DataType, Param, Value};

pub(crate) use memory::{Shape, VerifiedShapes};

/// What a statement claims; everything that its text is checked against.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) sql: &'a str,
    pub(crate) dialect: Dialect,
    pub(crate) certificate: &'a Certificate,
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

/// Proves that the parameters hold what the certificate says of them, which the text cannot show.
///
/// `rules` is the number of access rules that the context states and the source is not exempt from.
///
/// # Errors
/// What could not be proved.
pub(crate) fn verify_values(
    certificate: &Certificate,
    params: &[Param],
    tenant: &Tenant,
    rules: usize,
) -> Result<(), VerifyError> {
    let fail = |reason: &str| {
        Err(VerifyError {
            reason: reason.to_owned(),
        })
    };
    let param = |number: u16| params.get(usize::from(number).wrapping_sub(1));
    for scan in &certificate.scans {
        if let Some(guard) = &scan.tenant {
            let holds = match param(guard.parameter) {
                Some(Param::Scalar(Value::Integer(number))) => Some(*number) == tenant.as_number(),
                Some(Param::Scalar(Value::Text(text))) => **text == *tenant.as_str(),
                _ => false,
            };
            if !holds {
                return fail("a tenant parameter does not hold the tenant");
            }
        }
        if matches!(scan.purpose, ScanPurpose::Facts(_)) && scan.rules.len() != rules {
            return fail("an access rule is missing from the guard of the facts");
        }
        for rule in &scan.rules {
            let (RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. }) = rule.form
            else {
                continue;
            };
            let holds = matches!(
                param(list.parameter),
                Some(Param::List(values))
                    if values.element() == list.element && !values.values().is_empty()
            );
            if !holds {
                return fail("a rule's parameter does not hold its list");
            }
        }
    }
    Ok(())
}
