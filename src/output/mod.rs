//! What a compilation hands back: the statement, its parameters, and how to read its result.
//!
//! In: the parts of a verified statement. Out: [`CompiledQuery`], as text and as JSON. Next to read: `query.rs`, then
//! `column.rs`.

mod column;
mod format;
mod member;
mod page;
mod query;
mod shown;

pub use column::{Column, ColumnRole};
pub use format::Format;
pub use member::ColumnMember;
pub(crate) use member::MemberPart;
pub use page::Page;
pub use query::{CompiledQuery, Note};
pub use shown::{Compared, Standing};
pub(crate) use shown::{RowColumn, Shown};

pub(crate) use crate::catalog::aggregate::COUNT;
