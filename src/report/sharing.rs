//! Who sees a user's table, and who may change it.
//!
//! In: how a table is shared, and an [`Actor`]. Out: yes or no. Guaranteed: the answer is that of the
//! guard in every statement on `user_data_tables` (`tables/writer.rs`), which `tests/report_tables/`
//! compares over all combinations. Codes: none. Next to read: `tables/writer.rs`.

use super::tables::Actor;

/// How far a table is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// With nobody, whomever the lists name.
    Private,
    /// With the listed users and the users of the listed teams.
    Team,
    /// With every user of the organization.
    Org,
}

/// Whose a table is, and whom it is shared with.
///
/// ```
/// use measurand::Moment;
/// use measurand::report::{Actor, TableSharing, Visibility};
///
/// let table = TableSharing {
///     organization_id: 1,
///     created_by_id: "usr_1".into(),
///     visibility: Visibility::Team,
///     shared_with_users: vec!["usr_2".into()],
///     shared_with_teams: vec!["sales".into()],
///     is_deleted: false,
/// };
/// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
/// let colleague = Actor::new(1, "usr_3", now).of_teams(["sales"]);
/// assert!(table.is_visible_to(&colleague) && !table.may_be_changed_by(&colleague));
/// assert!(!table.is_visible_to(&Actor::new(2, "usr_2", now)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSharing {
    /// The tenant.
    pub organization_id: i64,
    /// The user whose table it is.
    pub created_by_id: String,
    /// How far it is shared.
    pub visibility: Visibility,
    /// Users that see it where it is shared with a team.
    pub shared_with_users: Vec<String>,
    /// Teams whose users see it where it is shared with a team.
    pub shared_with_teams: Vec<String>,
    /// Whether it is deleted, and so as if absent.
    pub is_deleted: bool,
}

impl Visibility {
    /// Every visibility, the narrowest first.
    pub const ALL: [Visibility; 3] = [Visibility::Private, Visibility::Team, Visibility::Org];

    /// The word that the database has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Visibility::Private => "PRIVATE",
            Visibility::Team => "TEAM",
            Visibility::Org => "ORG",
        }
    }
}

impl TableSharing {
    /// Whether the actor sees the table: its creator always, others as far as it is shared, nobody of
    /// another organization.
    pub fn is_visible_to(&self, actor: &Actor) -> bool {
        if self.is_deleted || self.organization_id != actor.client_id {
            return false;
        }
        let is_creator = self.created_by_id == actor.user_id;
        is_creator
            || match self.visibility {
                Visibility::Private => false,
                Visibility::Team => {
                    let is_team = |team: &String| self.shared_with_teams.contains(team);
                    self.shared_with_users.contains(&actor.user_id)
                        || actor.teams.iter().any(is_team)
                }
                Visibility::Org => true,
            }
    }

    /// Whether the actor may change, share, schedule and delete the table: its creator alone. To see it
    /// is enough to [clone](super::clone_table) it.
    pub fn may_be_changed_by(&self, actor: &Actor) -> bool {
        self.created_by_id == actor.user_id && self.is_visible_to(actor)
    }
}
