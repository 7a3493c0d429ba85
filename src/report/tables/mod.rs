//! The report builder's own tables: every statement that a service needs, from one description of each.
//!
//! In: JSON of columns and values, ids, and an [`Actor`]. Out: [`TableStatement`]: text and parameters,
//! for PostgreSQL. Guaranteed: no statement reads or writes a row of another client, or one that is
//! another user's alone; no value is in a text. Codes: those of any document, `text-length`,
//! `read-only-column`, `read-only-table`, `nothing-to-change`, `unknown-column`, `value-type`. Next to
//! read: `description.rs`.

mod actor;
mod audit;
mod clone;
mod column;
mod description;
mod json_text;
mod listing;
mod read;
mod statement;
mod work;
mod writer;

pub use actor::Actor;
pub use clone::clone_table;
pub use column::{ColumnKind, ColumnWriter, JsonShape, TableColumn};
pub use listing::Listing;
pub use read::{Change, NewRow};
pub use work::{
    ExportOutcome, Lease, Scheduled, claim_due, claim_exports, finish_due, finish_export,
    start_export,
};
pub use writer::TableStatement;

use description::Description;

/// The table of tables that users define, for PostgreSQL, to be made after
/// [`catalog::sql::TABLES`](crate::catalog::sql::TABLES).
pub const USER_DATA_TABLES: &str = include_str!("../../../sql/user_data_tables.sql");

/// A table of the report builder that a service writes for its users.
///
/// [`NewRow`] and [`Change`] make and change rows; the table itself reads, lists and deletes them.
///
/// | table | rows are | seen by | changed by |
/// | --- | --- | --- | --- |
/// | `saved_views`, `dashboards`, `scheduled_reports` | a user's at a client | the user | the user |
/// | `filter_presets` | a user's at a client | the user; where shared and active, the client's users | the user |
/// | `user_data_tables` | a user's at an organization | as far as the user [shares](super::TableSharing) them | the user |
/// | `dashboard_widgets` | on a user's dashboard | the user | the user |
/// | `export_jobs` | a user's at a client | the user | the user makes and deletes them, [services](claim_exports) do the rest |
/// | `user_dimension_access` | a client's | the client's administrators | they, with an entry in the audit each time |
/// | `dimension_access_audit` | a client's | the client's administrators | nobody |
/// | `client_modules` | a client's | the client's users, through [contexts](crate::Context) | nobody |
///
/// Who is an administrator is the host's to know: the statements of rules and of the audit are for no one else. Which modules a
/// client has is decided where they are sold.
///
/// # Source
/// `sql/report_builder.sql`, which is [`catalog::sql::TABLES`](crate::catalog::sql::TABLES), and
/// `sql/user_data_tables.sql`, which is [`USER_DATA_TABLES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Table {
    /// What a user made of a report.
    SavedViews,
    /// Filters with a name, which may be shared with the users of the client.
    FilterPresets,
    /// A user's own arrangement of widgets.
    Dashboards,
    /// What is pinned on a dashboard.
    DashboardWidgets,
    /// Reports that are sent at fixed times.
    ScheduledReports,
    /// Files that were asked for.
    ExportJobs,
    /// Which values of a dimension a user may see.
    UserDimensionAccess,
    /// Who changed such a rule, and how.
    DimensionAccessAudit,
    /// The modules that a client has.
    ClientModules,
    /// Tables that users define over sources and share.
    UserDataTables,
}

impl Table {
    /// Every table.
    pub const ALL: [Table; 10] = [
        Table::SavedViews,
        Table::FilterPresets,
        Table::Dashboards,
        Table::DashboardWidgets,
        Table::ScheduledReports,
        Table::ExportJobs,
        Table::UserDimensionAccess,
        Table::DimensionAccessAudit,
        Table::ClientModules,
        Table::UserDataTables,
    ];

    /// The name in the database, without its schema.
    pub fn name(self) -> &'static str {
        self.description().name
    }

    /// The columns, in the order of the table, which is that of the rows that are read.
    pub fn columns(self) -> &'static [TableColumn] {
        self.description().columns
    }

    fn description(self) -> &'static Description {
        match self {
            Table::SavedViews => &description::SAVED_VIEWS,
            Table::FilterPresets => &description::FILTER_PRESETS,
            Table::Dashboards => &description::DASHBOARDS,
            Table::DashboardWidgets => &description::DASHBOARD_WIDGETS,
            Table::ScheduledReports => &description::SCHEDULED_REPORTS,
            Table::ExportJobs => &description::EXPORT_JOBS,
            Table::UserDimensionAccess => &description::USER_DIMENSION_ACCESS,
            Table::DimensionAccessAudit => &description::DIMENSION_ACCESS_AUDIT,
            Table::ClientModules => &description::CLIENT_MODULES,
            Table::UserDataTables => &description::USER_DATA_TABLES,
        }
    }
}
