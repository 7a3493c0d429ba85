//! The example service, over HTTP and on a PostgreSQL of its own.

mod access;
mod description;
mod exports;
mod http;
mod isolation;
mod limits;
mod malformed;
mod people;
mod readme;
mod rows;
mod sharing;
mod templates;
mod world;
