//! The tables as `sql/report_builder.sql` makes them: columns, owners, what deleting means.

use super::column::ColumnKind::{
    Flag, Id, Integer, Json, Line, Moment, Size, Text, Texts, Time, User, Word,
};
use super::column::JsonShape::{List, ListOrObject, Object, Scalars};
use super::column::TableColumn;

/// One table: all that its statements are made from.
pub(super) struct Description {
    /// The name with its schema.
    pub(super) relation: &'static str,
    /// The name alone.
    pub(super) name: &'static str,
    pub(super) columns: &'static [TableColumn],
    pub(super) owner: Owner,
    /// The column that names a row of another table, which has to be live when the row is made.
    pub(super) refers_to: Option<(&'static str, Referred)>,
    /// A user has one default among the rows that agree in these columns.
    pub(super) default_among: Option<&'static [&'static str]>,
    /// What lists can be narrowed by, each to one value.
    pub(super) narrowed_by: &'static [&'static str],
    /// What lists can be ordered by, the first one unless they say.
    pub(super) ordered_by: &'static [&'static str],
    /// Who may make, change and delete rows.
    pub(super) changes: Changes,
    /// The column that says when the schedule of a row runs next.
    pub(super) next_run: Option<&'static str>,
}

/// Whose the rows are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A user's at a client.
    User,
    /// A user's at a client, whose other users see what is shared.
    UserWhoShares,
    /// That of the dashboard which the row is on.
    Dashboard,
    /// A user's at an organization, who shares them with users, teams, or everybody there.
    Creator,
    /// The client's.
    Client,
    /// The client's that the values of the entry name.
    Entry,
}

/// The tables that rows name, and what is live there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Referred {
    Template,
    Dimension,
}

/// Who may make, change and delete rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Changes {
    /// The owner.
    Owner,
    /// The owner may make and delete rows; what becomes of them is the work of a service.
    MadeAndDeleted,
    /// An administrator, and every change leaves an entry in the audit.
    Audited,
    /// Nobody: rows come along with what they tell of.
    Never,
}

impl Description {
    pub(super) fn column(&self, name: &str) -> Option<&'static TableColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// All columns of a row under an alias, as a driver reads them without types of its own.
    pub(super) fn read_columns(&self, alias: &str) -> String {
        let columns = self.columns.iter().map(|column| column.read(alias));
        columns.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }
}

const fn kept(name: &'static str, kind: super::column::ColumnKind) -> TableColumn {
    TableColumn::kept(name, kind)
}

const fn required(name: &'static str, kind: super::column::ColumnKind) -> TableColumn {
    TableColumn::required(name, kind)
}

const fn defaulted(name: &'static str, kind: super::column::ColumnKind) -> TableColumn {
    TableColumn::defaulted(name, kind)
}

const ID: TableColumn = kept("id", Id);
const USER: TableColumn = kept("user_id", User);
const CLIENT: TableColumn = kept("client_id", Id);
const NAME: TableColumn = required("name", Line(200));
const IS_DEFAULT: TableColumn = defaulted("is_default", Flag);
const IS_ACTIVE: TableColumn = defaulted("is_active", Flag);
const IS_DELETED: TableColumn = kept("is_deleted", Flag);
const CREATED: TableColumn = kept("created_at", Moment);
const UPDATED: TableColumn = kept("updated_at", Moment);

/// How often a report is sent.
const FREQUENCIES: &[&str] = &["daily", "weekly", "monthly"];
pub(super) const FORMATS: &[&str] = &["pdf", "csv", "excel"];
const CHANNELS: &[&str] = &["email", "telegram", "slack"];
const STATES: &[&str] = &["pending", "processing", "completed", "failed"];
const RULES: &[&str] = &["include", "exclude"];
const ACTIONS: &[&str] = &["created", "updated", "deleted"];

pub(super) static SAVED_VIEWS: Description = Description {
    relation: "report_builder.saved_views",
    name: "saved_views",
    columns: &[
        ID,
        USER,
        required("template_id", Id).once(),
        CLIENT,
        NAME,
        defaulted("filters", Json(ListOrObject)).optional(),
        defaulted("layout_overrides", Json(Object)).optional(),
        defaulted("toggles", Json(Object)).optional(),
        IS_DEFAULT,
        IS_ACTIVE,
        IS_DELETED,
        CREATED,
        UPDATED,
    ],
    owner: Owner::User,
    refers_to: Some(("template_id", Referred::Template)),
    default_among: Some(&["template_id"]),
    narrowed_by: &["template_id", "is_default", "is_active"],
    ordered_by: &["name", "created_at", "updated_at"],
    changes: Changes::Owner,
    next_run: None,
};

pub(super) static FILTER_PRESETS: Description = Description {
    relation: "report_builder.filter_presets",
    name: "filter_presets",
    columns: &[
        ID,
        USER,
        CLIENT,
        NAME,
        required("filters", Json(ListOrObject)),
        defaulted("is_shared", Flag),
        IS_ACTIVE,
        IS_DELETED,
        CREATED,
        UPDATED,
    ],
    owner: Owner::UserWhoShares,
    refers_to: None,
    default_among: None,
    narrowed_by: &["user_id", "is_shared", "is_active"],
    ordered_by: &["name", "created_at", "updated_at"],
    changes: Changes::Owner,
    next_run: None,
};

pub(super) static DASHBOARDS: Description = Description {
    relation: "report_builder.dashboards",
    name: "dashboards",
    columns: &[
        ID,
        USER,
        CLIENT,
        NAME,
        required("description", Text).optional(),
        defaulted("layout", Json(ListOrObject)).optional(),
        IS_DEFAULT,
        IS_ACTIVE,
        IS_DELETED,
        CREATED,
        UPDATED,
    ],
    owner: Owner::User,
    refers_to: None,
    default_among: Some(&[]),
    narrowed_by: &["is_default", "is_active"],
    ordered_by: &["name", "created_at", "updated_at"],
    changes: Changes::Owner,
    next_run: None,
};

pub(super) static DASHBOARD_WIDGETS: Description = Description {
    relation: "report_builder.dashboard_widgets",
    name: "dashboard_widgets",
    columns: &[
        ID,
        required("dashboard_id", Id).once(),
        required("source_template_id", Id).optional().once(),
        required("widget_type", Line(50)),
        required("widget_config", Json(Object)),
        required("position", Json(Object)),
        required("title", Line(200)).optional(),
        defaulted("sort_order", Integer).optional(),
        IS_ACTIVE,
        CREATED,
    ],
    owner: Owner::Dashboard,
    refers_to: Some(("source_template_id", Referred::Template)),
    default_among: None,
    narrowed_by: &["dashboard_id", "is_active"],
    ordered_by: &["sort_order", "created_at"],
    changes: Changes::Owner,
    next_run: None,
};

pub(super) static SCHEDULED_REPORTS: Description = Description {
    relation: "report_builder.scheduled_reports",
    name: "scheduled_reports",
    columns: &[
        ID,
        USER,
        CLIENT,
        required("template_id", Id).once(),
        NAME,
        required("frequency", Word(FREQUENCIES)),
        required("day_of_week", Integer).optional(),
        required("day_of_month", Integer).optional(),
        defaulted("time_of_day", Time),
        defaulted("timezone", Line(100)),
        defaulted("delivery_channel", Word(CHANNELS)),
        required("delivery_target", Line(500)).optional(),
        defaulted("filters", Json(ListOrObject)).optional(),
        defaulted("export_format", Word(FORMATS)),
        kept("last_sent_at", Moment).optional(),
        kept("next_send_at", Moment).optional(),
        IS_ACTIVE,
        IS_DELETED,
        CREATED,
        UPDATED,
    ],
    owner: Owner::User,
    refers_to: Some(("template_id", Referred::Template)),
    default_among: None,
    narrowed_by: &["template_id", "is_active"],
    ordered_by: &["name", "created_at", "updated_at"],
    changes: Changes::Owner,
    next_run: Some("next_send_at"),
};

pub(super) static EXPORT_JOBS: Description = Description {
    relation: "report_builder.export_jobs",
    name: "export_jobs",
    columns: &[
        ID,
        USER,
        CLIENT,
        required("template_id", Id).optional().once(),
        required("format", Word(FORMATS)).once(),
        kept("status", Word(STATES)),
        required("filters", Json(ListOrObject)).optional().once(),
        kept("file_url", Text).optional(),
        kept("file_size_bytes", Size).optional(),
        kept("error_message", Text).optional(),
        kept("completed_at", Moment).optional(),
        kept("expires_at", Moment).optional(),
        CREATED,
    ],
    owner: Owner::User,
    refers_to: Some(("template_id", Referred::Template)),
    default_among: None,
    narrowed_by: &["template_id", "format", "status"],
    ordered_by: &["created_at"],
    changes: Changes::MadeAndDeleted,
    next_run: None,
};

pub(super) static USER_DIMENSION_ACCESS: Description = Description {
    relation: "report_builder.user_dimension_access",
    name: "user_dimension_access",
    columns: &[
        ID,
        required("user_id", User).once(),
        CLIENT,
        required("dimension_id", Id).once(),
        required("allowed_values", Json(Scalars)),
        defaulted("access_type", Word(RULES)),
        kept("created_by", User).optional(),
        IS_ACTIVE,
        CREATED,
        UPDATED,
    ],
    owner: Owner::Client,
    refers_to: Some(("dimension_id", Referred::Dimension)),
    default_among: None,
    narrowed_by: &["user_id", "dimension_id", "is_active"],
    ordered_by: &["user_id", "created_at", "updated_at"],
    changes: Changes::Audited,
    next_run: None,
};

pub(super) static DIMENSION_ACCESS_AUDIT: Description = Description {
    relation: "report_builder.dimension_access_audit",
    name: "dimension_access_audit",
    columns: &[
        ID,
        kept("user_dimension_access_id", Id).optional(),
        kept("target_user_id", User),
        kept("action", Word(ACTIONS)),
        kept("performed_by", User),
        kept("old_values", Json(Object)).optional(),
        kept("new_values", Json(Object)).optional(),
        CREATED,
    ],
    owner: Owner::Entry,
    refers_to: None,
    default_among: None,
    narrowed_by: &[
        "target_user_id",
        "performed_by",
        "action",
        "user_dimension_access_id",
    ],
    ordered_by: &["created_at"],
    changes: Changes::Never,
    next_run: None,
};

pub(super) static CLIENT_MODULES: Description = Description {
    relation: "report_builder.client_modules",
    name: "client_modules",
    columns: &[
        ID,
        CLIENT,
        kept("module_key", Line(100)),
        kept("is_enabled", Flag),
        kept("enabled_at", Moment).optional(),
        kept("enabled_by", User).optional(),
        kept("config", Json(Object)).optional(),
        kept("is_active", Flag),
        CREATED,
        UPDATED,
    ],
    owner: Owner::Client,
    refers_to: None,
    default_among: None,
    narrowed_by: &["module_key", "is_enabled", "is_active"],
    ordered_by: &["module_key", "created_at", "updated_at"],
    changes: Changes::Never,
    next_run: None,
};

const ORIGINS: &[&str] = &["BUILDER", "AI_GENERATED", "IMPORT"];
const VISIBILITIES: &[&str] = &["PRIVATE", "TEAM", "ORG"];

pub(super) static USER_DATA_TABLES: Description = Description {
    relation: "report_builder.user_data_tables",
    name: "user_data_tables",
    columns: &[
        ID,
        kept("organization_id", Id),
        kept("created_by_id", User),
        NAME,
        required("description", Text).optional(),
        defaulted("created_via", Word(ORIGINS)).once(),
        required("ai_prompt", Text).optional().once(),
        required("data_sources", Texts),
        required("columns", Json(List)),
        defaulted("filters", Json(ListOrObject)),
        defaulted("group_by", Texts),
        defaulted("aggregates", Json(List)),
        defaulted("sort_by", Json(List)),
        defaulted("destinations", Json(List)),
        defaulted("visibility", Word(VISIBILITIES)),
        defaulted("shared_with_teams", Texts),
        defaulted("shared_with_users", Texts),
        required("schedule_config", Json(Object)).optional(),
        kept("next_scheduled_run", Moment).optional(),
        IS_DELETED,
        CREATED,
        UPDATED,
    ],
    owner: Owner::Creator,
    refers_to: None,
    default_among: None,
    narrowed_by: &["created_by_id", "created_via", "visibility"],
    ordered_by: &["name", "created_at", "updated_at"],
    changes: Changes::Owner,
    next_run: Some("next_scheduled_run"),
};
