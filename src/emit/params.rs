//! Values to placeholders: numbered in order of first use, typed by a cast.

use crate::dialect::Dialect;
use crate::plan::{BindId, ListBind, Plan};
use crate::value::DataType;

use super::Emitter;

impl Emitter<'_, '_> {
    /// The number of a bind, given when the text first uses it.
    pub(super) fn number(&mut self, bind: BindId) -> u16 {
        number(bind, &mut self.numbers, &mut self.order)
    }

    /// Writes a value.
    pub(super) fn value(&mut self, bind: BindId, data_type: DataType) {
        let (numbers, order) = (&mut self.numbers, &mut self.order);
        write_value(self.plan, bind, data_type, numbers, order, &mut self.out);
    }

    /// Writes the comparison of what stands in front with a list.
    pub(super) fn among(&mut self, list: ListBind) {
        let number = self.number(list.values);
        match self.plan.dialect {
            Dialect::Postgres if list.is_long => {
                self.push(" IN (SELECT unnest(");
                self.placeholder('$', number);
                self.push("::");
                self.push(list.element.postgres_cast());
                self.push("[]))");
            }
            Dialect::Postgres => {
                self.push(" = ANY (");
                self.placeholder('$', number);
                self.push("::");
                self.push(list.element.postgres_cast());
                self.push("[])");
            }
            Dialect::Sqlite => {
                self.push(" IN (SELECT ");
                self.push(match list.element {
                    // Decimals are texts in the list, which a computed number never equals.
                    DataType::Decimal => "CAST(value AS NUMERIC)",
                    _ => "value",
                });
                self.push(" FROM json_each(");
                self.placeholder('?', number);
                self.push("))");
            }
        }
    }

    pub(super) fn placeholder(&mut self, mark: char, number: u16) {
        placeholder(mark, number, &mut self.out);
    }
}

fn number(bind: BindId, numbers: &mut [u16], order: &mut Vec<BindId>) -> u16 {
    let next = u16::try_from(order.len() + 1).unwrap_or(u16::MAX);
    let Some(slot) = numbers.get_mut(bind.0) else {
        return next;
    };
    if *slot == 0 {
        *slot = next;
        order.push(bind);
    }
    *slot
}

/// Writes a value where only parts of what is being written are at hand.
pub(super) fn write_value(
    plan: &Plan<'_>,
    bind: BindId,
    data_type: DataType,
    numbers: &mut [u16],
    order: &mut Vec<BindId>,
    out: &mut String,
) {
    let number = number(bind, numbers, order);
    match plan.dialect {
        Dialect::Postgres => {
            placeholder('$', number, out);
            out.push_str("::");
            out.push_str(data_type.postgres_cast());
        }
        // Bound as text, a decimal would compare as text.
        Dialect::Sqlite if data_type == DataType::Decimal => {
            out.push_str("CAST(");
            placeholder('?', number, out);
            out.push_str(" AS NUMERIC)");
        }
        Dialect::Sqlite => placeholder('?', number, out),
    }
}

fn placeholder(mark: char, number: u16, out: &mut String) {
    out.push(mark);
    push_number(number, out);
}

/// Writes a number without the machinery of formatting.
pub(super) fn push_number(number: u16, out: &mut String) {
    let mut divisor = 10_000;
    while divisor > 1 && number / divisor == 0 {
        divisor /= 10;
    }
    while divisor > 0 {
        let digit = u8::try_from(number / divisor % 10).unwrap_or(0);
        out.push(char::from(b'0' + digit));
        divisor /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::push_number;

    #[test]
    fn numbers_are_written_in_full() {
        for number in [0, 1, 9, 10, 99, 100, 1000, 65535] {
            let mut out = String::new();
            push_number(number, &mut out);
            assert_eq!(out, number.to_string());
        }
    }
}
