//! Fingerprints: cache keys that two different results never share.

use std::fmt::{self, Write as _};

use sha2::{Digest, Sha256};

use crate::context::Tenant;
use crate::dialect::Dialect;
use crate::output::{Column, ColumnRole, Page};
use crate::value::{Param, Value};

pub(crate) use crate::catalog::hexadecimal;

/// SHA-256 of a text.
pub(crate) fn text_digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The fingerprint of a statement: every part with its length in front, so that no two lists of parts
/// run together.
pub(crate) fn fingerprint(
    catalog: &[u8; 32],
    dialect: Dialect,
    tenant: &Tenant,
    text: &[u8; 32],
    params: &[Param],
    columns: &[Column],
    page: Option<&Page>,
) -> [u8; 32] {
    let mut parts = Parts(Vec::with_capacity(1_024));
    parts.add(b"measurand query");
    parts.add(env!("CARGO_PKG_VERSION").as_bytes());
    parts.add(catalog);
    parts.add(dialect.as_str().as_bytes());
    parts.add(tenant.as_str().as_bytes());
    parts.add(text);
    for param in params {
        match param {
            Param::Scalar(value) => {
                parts.add(b"value");
                parts.value(value);
            }
            Param::List(list) => {
                parts.add(b"list");
                parts.length(list.values().len());
                list.values().iter().for_each(|value| parts.value(value));
            }
        }
    }
    // Two variants of one text may still be shown differently.
    for column in columns {
        let format = column.format();
        parts.add(column.key().as_bytes());
        parts.add(column.label().as_bytes());
        parts.add(column.data_type().as_bytes());
        parts.add(format.pattern.unwrap_or_default().as_bytes());
        parts.add(format.currency.unwrap_or_default().as_bytes());
    }
    // One column may be shown, or be there for the next page alone.
    if let Some(page) = page {
        let shown = columns
            .iter()
            .map(|column| column.role() != ColumnRole::PageKey);
        let mut text: Vec<u8> = shown.map(u8::from).collect();
        text.extend(page.limit().to_be_bytes());
        for at in page.after_columns().unwrap_or_default() {
            text.extend(u64::try_from(*at).unwrap_or(u64::MAX).to_be_bytes());
        }
        parts.add(&text);
    }
    Sha256::digest(&parts.0).into()
}

struct Parts(Vec<u8>);

impl fmt::Write for Parts {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.as_bytes());
        Ok(())
    }
}

impl Parts {
    fn length(&mut self, length: usize) {
        self.0
            .extend(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
    }

    fn add(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend(bytes);
    }

    /// Adds a value as its text, without a string of its own.
    fn text(&mut self, value: &Value) {
        let start = self.0.len();
        self.length(0);
        // Writing to memory does not fail.
        let _ = write!(self, "{value}");
        let length = self.0.len().saturating_sub(start + 8);
        let length = u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes();
        if let Some(slot) = self.0.get_mut(start..start + 8) {
            slot.copy_from_slice(&length);
        }
    }

    fn value(&mut self, value: &Value) {
        self.add(value.data_type().as_str().as_bytes());
        match value {
            Value::Integer(number) => self.add(&number.to_be_bytes()),
            Value::Text(text) => self.add(text.as_bytes()),
            Value::Boolean(truth) => self.add(&[u8::from(*truth)]),
            Value::Decimal(decimal) => self.add(decimal.as_str().as_bytes()),
            other => self.text(other),
        }
    }
}
