//! Who calls, and under which rules.

/// A caller, as the headers say it.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub client: &'static str,
    pub user: &'static str,
    pub teams: Option<&'static str>,
    pub role: Option<&'static str>,
}

const fn person(client: &'static str, user: &'static str) -> Person {
    Person {
        client,
        user,
        teams: None,
        role: None,
    }
}

pub const ANN: Person = person("1", "ann");
pub const BOB: Person = person("1", "bob");
pub const EVE: Person = person("1", "eve");
/// Of the other client, where `ann` is a name too.
pub const ZOE: Person = person("2", "zoe");
pub const OTHER_ANN: Person = person("2", "ann");
pub const ROOT: Person = Person {
    role: Some("administrator"),
    ..person("1", "root")
};
pub const OTHER_ROOT: Person = Person {
    role: Some("administrator"),
    ..person("2", "root")
};

impl Person {
    pub fn headers(&self) -> Vec<(&'static str, &'static str)> {
        let mut headers = vec![("x-client-id", self.client), ("x-user-id", self.user)];
        headers.extend(self.teams.map(|teams| ("x-teams", teams)));
        headers.extend(self.role.map(|role| ("x-role", role)));
        headers
    }
}
