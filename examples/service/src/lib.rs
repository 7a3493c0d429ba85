//! A report service over `measurand`: axum in front, PostgreSQL behind, made to be copied.
//!
//! 1. [`settings`]: what differs between installations. [`install`]: the tables, and rows to look at.
//! 2. [`app`]: what all requests share; it loads the catalog once, and a caller's rules each time.
//! 3. [`router`]: every endpoint, in one list that the router and [`openapi`] are made from.
//! 4. [`caller`]: who calls. [`json`], [`error`]: how bodies are read, and what is told when there is no
//!    answer. [`database`]: snapshots to read in, and changes.
//! 5. One module for each resource. Those of rows that users keep share [`rows`].
//!
//! The service writes no SQL: statements come from the library, with the guards of tenant, user and access
//! rules inside. It decides who calls, what status an answer has, and nothing about rows.

pub mod access;
pub mod answer;
pub mod app;
pub mod cache;
pub mod caller;
pub mod catalog;
pub mod csv;
pub mod dashboards;
pub mod database;
pub mod endpoint;
pub mod error;
pub mod exports;
pub mod files;
pub mod filter_presets;
pub mod install;
pub mod json;
pub mod kept;
pub mod openapi;
pub mod query;
pub mod reports;
pub mod router;
pub mod rows;
pub mod saved_views;
pub mod schedules;
pub mod settings;
pub mod user_tables;
pub mod values;
