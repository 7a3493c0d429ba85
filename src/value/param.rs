//! Parameters: what stands in the placeholders of a statement.

use std::borrow::Cow;

use serde::ser::SerializeStruct;

use super::{DataType, Value};

/// What one placeholder (`$1`) of a statement stands for.
///
/// As JSON it names PostgreSQL's type next to the value.
///
/// ```
/// use measurand::{DataType, Param, Value, ValueList};
/// let tenant = Param::Scalar(Value::Integer(1));
/// assert_eq!(serde_json::to_string(&tenant)?, r#"{"type":"int8","value":1}"#);
///
/// let campaigns = ValueList::new(DataType::Integer, vec![Value::Integer(101), Value::Integer(205)]);
/// let campaigns = Param::List(campaigns.ok_or("all of one type")?);
/// assert_eq!(campaigns.type_name(), "int8[]");
/// assert_eq!(serde_json::to_string(&campaigns)?, r#"{"type":"int8[]","value":[101,205]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Param {
    /// One value.
    Scalar(Value),
    /// A list of values as one array.
    List(ValueList),
}

/// Values of one type, possibly none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
// Invariant: every value is of the element type.
pub struct ValueList {
    element: DataType,
    values: Vec<Value>,
}

impl ValueList {
    /// The list, if all values are of the type.
    pub fn new(element: DataType, values: Vec<Value>) -> Option<Self> {
        values
            .iter()
            .all(|value| value.data_type() == element)
            .then_some(Self { element, values })
    }

    /// A list of texts.
    pub(crate) fn of_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let texts = texts.into_iter();
        Self {
            element: DataType::Text,
            values: texts.map(|text| Value::Text(text.into())).collect(),
        }
    }

    /// The same values, each once, in ascending order.
    pub(crate) fn into_set(mut self) -> Self {
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    /// The type of the values.
    pub fn element(&self) -> DataType {
        self.element
    }

    /// The values, in their order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }
}

impl Param {
    /// The type of the value, or of the values of the list.
    pub fn data_type(&self) -> DataType {
        match self {
            Param::Scalar(value) => value.data_type(),
            Param::List(list) => list.element,
        }
    }

    /// Whether the parameter is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Param::List(_))
    }

    /// PostgreSQL's own name of the type, such as `int8` or `text[]`.
    pub fn type_name(&self) -> Cow<'static, str> {
        let element = self.data_type().postgres_name();
        match self {
            Param::Scalar(_) => Cow::Borrowed(element),
            Param::List(_) => Cow::Owned(format!("{element}[]")),
        }
    }

    /// The size that counts towards [`Limits::parameter_bytes`](crate::Limits::parameter_bytes).
    /// Each value of a list costs four bytes more, which is what the wire adds for its length.
    pub fn size_bytes(&self) -> usize {
        match self {
            Param::Scalar(value) => value.size_bytes(),
            Param::List(list) => list
                .values
                .iter()
                .fold(0, |sum, value| sum.saturating_add(value.size_bytes() + 4)),
        }
    }
}

/// A JSON array, which is also how SQLite takes a list.
impl serde::Serialize for ValueList {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(serializer)
    }
}

impl serde::Serialize for Param {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Param", 2)?;
        out.serialize_field("type", &self.type_name())?;
        match self {
            Param::Scalar(value) => out.serialize_field("value", value)?,
            Param::List(list) => out.serialize_field("value", list)?,
        }
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{DataType, Param, Value, ValueList};

    #[test]
    fn a_list_has_the_type_and_the_size_of_all_its_values() {
        let text = |text: &str| Value::Text(text.into());
        let scalar = Param::Scalar(text("abc"));
        assert_eq!(scalar.type_name(), "text");
        assert_eq!(scalar.size_bytes(), 3);
        let values = ValueList::new(DataType::Text, vec![text("a"), text("bcd")]);
        let list = Param::List(values.expect("texts alone"));
        assert_eq!(list.type_name(), "text[]");
        assert_eq!(list.size_bytes(), 12);
    }
}
