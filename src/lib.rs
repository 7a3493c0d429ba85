//! An embeddable semantic-layer compiler: a checked catalog of metrics and dimensions goes in with a
//! request and a security context; one guarded, parameterized, verified SQL statement comes out.
//!
//! The library does no I/O. The way through it:
//!
//! 1. [`Catalog::from_json`] loads and checks everything an administrator defines, once.
//! 2. [`Compiler::new`] takes the catalog and a [`Dialect`]; one serves all threads.
//! 3. [`Compiler::compile`] turns a [`Request`] (untrusted) and a [`Context`] (trusted: tenant, access
//!    rules, "now") into a [`CompiledQuery`]: text, parameters, columns, certificate.
//!
//! Every failure is an [`Errors`]: all findings at once, each with a stable [`ErrorCode`], the place in
//! the document, a fact, and help.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod bundle;
mod calendar;
pub mod catalog;
mod certificate;
mod compile;
mod context;
mod dialect;
mod emit;
mod error;
mod expr;
mod fingerprint;
pub mod format;
mod hash;
mod json;
mod limits;
mod name;
mod output;
mod path;
mod plan;
#[cfg(feature = "postgres-types-0_2")]
mod postgres;
mod provenance;
pub mod report;
mod request;
mod resolve;
mod suggest;
mod value;
mod verify;

pub use bundle::{BundlePart, CompiledBundle, PartKind};
pub use calendar::{
    DateRange, DateRangeError, Grain, MomentRange, Month, Periods, Preset, Weekday, Zone,
};
pub use catalog::Catalog;
pub use certificate::{
    BaseFilterGuard, Certificate, GuardedScan, ListRef, RuleForm, RuleGuard, ScanPurpose,
    TenantGuard,
};
pub use compile::Compiler;
pub use context::{AccessRule, AccessType, Context, RuleDimension, Tenant};
pub use dialect::Dialect;
pub use emit::{Statement, emit};
pub use error::{
    CatalogError, Error, ErrorCode, ErrorKind, Errors, Help, Kind, ReadError, ReportError,
    ResolveError, VerifyError,
};
pub use limits::Limits;
pub use name::{MAX_NAME_BYTES, Name};
pub use output::{
    Column, ColumnMember, ColumnRole, Compared, CompiledQuery, Format, Note, Page, Standing,
};
pub use path::Path;
pub use plan::{Plan, plan};
pub use provenance::Provenance;
pub use request::{
    Bundle, BundleValues, ColumnAggregate, CompareRequest, Comparison, DateRangeRequest, DateSpan,
    DimensionRequest, FilterRequest, OrderRequest, PivotRequest, Request, RequestKind, Subject,
    SubtotalRequest, TopRequest, TotalsRequest, ValuesFrom,
};
pub use resolve::{ResolvedQuery, resolve};
pub use value::{
    ColumnType, DataType, Date, Decimal, Expected, Float, Moment, Param, Scalar, Timestamp, Uuid,
    Value, ValueList,
};

/// The page that greets readers: its example has to compile, run and hold.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
