//! Who acts, for which client, and when.

use crate::value::Moment;

/// Who acts, for which client, and when: from the host's own knowledge, never from a request.
///
/// A tenant that is a word has no rows here, since the tables know clients by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The tenant.
    pub client_id: i64,
    /// The user, or the administrator.
    pub user_id: String,
    /// The teams of the user; only tables that are shared with teams depend on them.
    pub teams: Vec<String>,
    /// The moment that is written as the one at which rows were made or changed, in UTC.
    pub now: Moment,
}

impl Actor {
    /// The user of a client, at a moment, without teams.
    pub fn new(client_id: i64, user_id: impl Into<String>, now: Moment) -> Self {
        Self {
            client_id,
            user_id: user_id.into(),
            teams: Vec::new(),
            now,
        }
    }

    /// The same user with these teams.
    pub fn of_teams<T: Into<String>>(self, teams: impl IntoIterator<Item = T>) -> Self {
        Self {
            teams: teams.into_iter().map(Into::into).collect(),
            ..self
        }
    }
}
