//! An embeddable semantic-layer compiler.

mod calendar;
pub mod catalog;
mod context;
mod dialect;
mod error;
mod expr;
mod json;
mod limits;
mod name;
mod path;
#[cfg(feature = "postgres-types-0_2")]
mod postgres;
mod request;
mod suggest;
mod value;

pub use calendar::{DateRange, DateRangeError, Grain, MomentRange, Preset, WeekStart, Zone};
pub use context::{AccessRule, AccessType, Context, RuleDimension, Tenant};
pub use dialect::Dialect;
pub use error::{
    CatalogError, Error, ErrorCode, ErrorKind, Errors, Help, ReadError, ResolveError, VerifyError,
};
pub use limits::Limits;
pub use name::{MAX_NAME_BYTES, Name};
pub use path::Path;
pub use request::{
    Comparison, DateRangeRequest, DateSpan, DimensionRequest, FilterRequest, OrderRequest, Request,
    Scalar, Subject,
};
pub use value::{
    ColumnType, DataType, Date, Decimal, Expected, Float, Moment, Param, Timestamp, Uuid, Value,
    ValueList,
};
