//! The members of a pivot, each of which has columns of its own.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::name::Name;
use crate::value::Value;

/// The member of a pivot that a column is of.
///
/// It serializes as an object with the fields `dimension`, `position`, `value` and `total`; the position is null for
/// all members that are not listed, and for all rows of whatever member, where `total` is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMember {
    pub(crate) dimension: Name,
    pub(crate) of: MemberPart,
    pub(crate) label: Box<str>,
}

/// Which rows of a group the columns of a member are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberPart {
    /// Those of one member, by its position and its value; nothing where that is the missing one.
    Listed {
        position: usize,
        value: Option<Value>,
    },
    /// Those of all members that are not listed.
    Other,
    /// All of them.
    Total,
}

impl ColumnMember {
    /// A member, and what the column is called that shows a metric of this name for it.
    pub(crate) fn new(dimension: Name, of: MemberPart, metric: &str) -> Self {
        let label = match &of {
            MemberPart::Total => format!("{metric}: total"),
            MemberPart::Other => format!("{metric}: other"),
            MemberPart::Listed { value: None, .. } => format!("{metric}: missing"),
            MemberPart::Listed {
                value: Some(value), ..
            } => format!("{metric}: {value}"),
        };
        Self {
            dimension,
            of,
            label: label.into(),
        }
    }

    /// The dimension; after a switch, the one that was chosen.
    pub fn dimension(&self) -> &Name {
        &self.dimension
    }

    /// Its position among the members of the request, from 1 up; `None` for all that are not among them, and for
    /// the total.
    pub fn position(&self) -> Option<usize> {
        match self.of {
            MemberPart::Listed { position, .. } => Some(position),
            MemberPart::Other | MemberPart::Total => None,
        }
    }

    /// Its value; `None` where it is the missing one, and where no member is meant alone.
    pub fn value(&self) -> Option<&Value> {
        match &self.of {
            MemberPart::Listed { value, .. } => value.as_ref(),
            MemberPart::Other | MemberPart::Total => None,
        }
    }

    /// Whether it stands for all rows, of whatever member.
    pub fn is_total(&self) -> bool {
        self.of == MemberPart::Total
    }
}

impl Serialize for ColumnMember {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ColumnMember", 4)?;
        out.serialize_field("dimension", &self.dimension)?;
        out.serialize_field("position", &self.position())?;
        out.serialize_field("value", &self.value())?;
        out.serialize_field("total", &self.is_total())?;
        out.end()
    }
}
