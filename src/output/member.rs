//! The members of a pivot, each of which has columns of its own.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::name::Name;
use crate::value::Value;

/// The member of a pivot that a column is of.
///
/// It serializes as an object with the fields `dimension`, `position` and `value`; the position is null for all
/// members that are not listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMember {
    pub(crate) dimension: Name,
    pub(crate) position: Option<usize>,
    pub(crate) value: Option<Value>,
    pub(crate) label: Box<str>,
}

impl ColumnMember {
    /// A member, and what the column is called that shows a metric of this name for it.
    pub(crate) fn new(
        dimension: Name,
        position: Option<usize>,
        value: Option<Value>,
        of: &str,
    ) -> Self {
        let label = match (position, &value) {
            (None, _) => format!("{of}: other"),
            (Some(_), None) => format!("{of}: missing"),
            (Some(_), Some(value)) => format!("{of}: {value}"),
        };
        Self {
            dimension,
            position,
            value,
            label: label.into(),
        }
    }

    /// The dimension; after a switch, the one that was chosen.
    pub fn dimension(&self) -> &Name {
        &self.dimension
    }

    /// Its position among the members of the request, from 1 up; `None` for all that are not among them.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// Its value; `None` where it is the missing one, and for all that are not listed.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }
}

impl Serialize for ColumnMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ColumnMember", 3)?;
        out.serialize_field("dimension", &self.dimension)?;
        out.serialize_field("position", &self.position)?;
        out.serialize_field("value", &self.value)?;
        out.end()
    }
}
