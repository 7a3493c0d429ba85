//! A statement while it is written: its text, and its parameters by first use.

use super::actor::Actor;
use super::column::ColumnKind;
use super::description::{Description, Owner};
use crate::value::{Moment, Param, Value, ValueList};

/// One statement on the report builder's tables, for PostgreSQL: text and parameters.
///
/// The text depends on the table, the operation and which columns are stated or NULL, never on a
/// value. A statement that finds no row that the actor may touch returns none and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableStatement {
    sql: String,
    params: Vec<Param>,
}

impl TableStatement {
    pub(super) fn new(sql: String, params: impl IntoIterator<Item = Value>) -> Self {
        let params = params.into_iter().map(Param::Scalar).collect();
        Self { sql, params }
    }

    /// The text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The values of `$1`, `$2` and so on.
    pub fn params(&self) -> &[Param] {
        &self.params
    }
}

/// A value that several places of one statement share.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shared {
    Client,
    User,
    Teams,
    Now,
    Row,
}

/// What the actor does with rows: reading may reach what others share.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Read,
    Write,
}

pub(super) struct Writer<'a> {
    actor: &'a Actor,
    sql: String,
    params: Vec<Param>,
    shared: Vec<(Shared, usize)>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(actor: &'a Actor) -> Self {
        Self {
            actor,
            sql: String::new(),
            params: Vec::new(),
            shared: Vec::new(),
        }
    }

    /// When the actor acts.
    pub(super) fn moment(&self) -> Moment {
        self.actor.now
    }

    pub(super) fn finish(self) -> TableStatement {
        TableStatement {
            sql: self.sql,
            params: self.params,
        }
    }

    /// Appends pieces of text, none of which is foreign.
    pub(super) fn push(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.sql.push_str(piece);
        }
    }

    /// The placeholder of a value, as a column of this kind takes it.
    pub(super) fn bind(&mut self, value: impl Into<Bound>, kind: ColumnKind) -> String {
        self.params.push(value.into().0);
        placeholder(self.params.len(), kind)
    }

    /// The placeholder of a value, or NULL.
    pub(super) fn bind_or_null(
        &mut self,
        value: Option<impl Into<Bound>>,
        kind: ColumnKind,
    ) -> String {
        match value {
            Some(value) => self.bind(value, kind),
            None => format!("NULL{}", kind.cast()),
        }
    }

    pub(super) fn client(&mut self) -> String {
        let client = Value::Integer(self.actor.client_id);
        self.share(Shared::Client, client, ColumnKind::Id)
    }

    pub(super) fn user(&mut self) -> String {
        let user = Value::Text(self.actor.user_id.as_str().into());
        self.share(Shared::User, user, ColumnKind::Text)
    }

    fn teams(&mut self) -> String {
        let teams = ValueList::of_texts(self.actor.teams.iter().map(String::as_str));
        let teams = Param::List(teams);
        self.share(Shared::Teams, teams, ColumnKind::Texts)
    }

    pub(super) fn now(&mut self) -> String {
        let now = moment(self.actor.now);
        self.share(Shared::Now, now, ColumnKind::Moment)
    }

    pub(super) fn row(&mut self, id: i64) -> String {
        self.share(Shared::Row, Value::Integer(id), ColumnKind::Id)
    }

    fn share(&mut self, which: Shared, value: impl Into<Bound>, kind: ColumnKind) -> String {
        let known = self.shared.iter().find(|(shared, _)| *shared == which);
        if let Some((_, at)) = known {
            return placeholder(*at, kind);
        }
        let placeholder = self.bind(value, kind);
        self.shared.push((which, self.params.len()));
        placeholder
    }

    /// The condition that a row, under an alias, is one that the actor may read or write.
    pub(super) fn guard(&mut self, table: &Description, alias: &str, reach: Reach) -> String {
        let mut guard = match table.owner {
            Owner::User => self.own(alias),
            Owner::UserWhoShares if reach == Reach::Read => {
                let (client, user) = (self.client(), self.user());
                format!(
                    "{alias}.client_id = {client} AND ({alias}.user_id = {user} OR ({alias}.is_shared AND {alias}.is_active))"
                )
            }
            Owner::UserWhoShares => self.own(alias),
            Owner::Dashboard => self.own_dashboard(&format!("{alias}.dashboard_id")),
            // Shared as `TableSharing` says it, but for tables that are deleted.
            Owner::Creator if reach == Reach::Read => {
                let (client, user, teams) = (self.client(), self.user(), self.teams());
                format!(
                    "{alias}.organization_id = {client} AND ({alias}.created_by_id = {user} \
                     OR {alias}.visibility = 'ORG' OR ({alias}.visibility = 'TEAM' \
                     AND ({user} = ANY ({alias}.shared_with_users) OR {alias}.shared_with_teams && {teams})))"
                )
            }
            Owner::Creator => {
                let (client, user) = (self.client(), self.user());
                format!("{alias}.organization_id = {client} AND {alias}.created_by_id = {user}")
            }
            Owner::Client => {
                let client = self.client();
                format!("{alias}.client_id = {client}")
            }
            Owner::Entry => {
                let client = self.client();
                format!(
                    "coalesce({alias}.new_values, {alias}.old_values) ->> 'client_id' = {client}::text"
                )
            }
        };
        if table.has("is_deleted") {
            guard.push_str(&format!(" AND NOT {alias}.is_deleted"));
        }
        guard
    }

    fn own(&mut self, alias: &str) -> String {
        let (client, user) = (self.client(), self.user());
        format!("{alias}.client_id = {client} AND {alias}.user_id = {user}")
    }

    /// The condition that a dashboard is one of the actor's.
    pub(super) fn own_dashboard(&mut self, id: &str) -> String {
        let own = self.own("d");
        format!(
            "EXISTS (SELECT 1 FROM report_builder.dashboards AS d WHERE d.id = {id} AND {own} AND NOT d.is_deleted)"
        )
    }
}

/// What stands for a placeholder.
pub(super) struct Bound(Param);

impl From<Value> for Bound {
    fn from(value: Value) -> Self {
        Self(Param::Scalar(value))
    }
}

impl From<Param> for Bound {
    fn from(param: Param) -> Self {
        Self(param)
    }
}

/// What the tables have for a moment.
pub(super) fn moment(moment: Moment) -> Value {
    Value::Timestamp(moment.to_utc())
}

fn placeholder(at: usize, kind: ColumnKind) -> String {
    format!("${at}{}", kind.cast())
}
