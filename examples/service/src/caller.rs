//! Who calls: from headers that stand in for authentication.
//!
//! In a service of one's own these three headers are what a gateway has proved, or this extractor reads
//! a token instead. Nothing else of the service knows how a caller is recognised, and nothing of a body
//! or a query string ever says who calls.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use measurand::report::Actor;

use crate::app::App;
use crate::error::{Answered, Refusal};

/// The tenant: a whole number from 1 up, in its plain digits.
pub const CLIENT: &str = "x-client-id";
/// The user: letters, digits and `_ . - @`, 255 at most.
pub const USER: &str = "x-user-id";
/// The user's teams, with commas between them; optional.
pub const TEAMS: &str = "x-teams";
/// `user`, which is meant where it is absent, or `administrator`.
pub const ROLE: &str = "x-role";

/// Who calls, for which client, and when.
#[derive(Debug, Clone)]
pub struct Caller {
    /// As the library knows them; all of one request happens at one moment.
    pub actor: Actor,
    is_administrator: bool,
}

/// A caller who may change the access rules of the client's users.
pub struct Administrator(pub Caller);

/// Who may call something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Every user; the statements see to it that they reach what is theirs.
    Users,
    /// Administrators of the client.
    Administrators,
}

impl Caller {
    /// Refuses whoever is not among those who may call.
    pub fn check(&self, audience: Audience) -> Answered<()> {
        if audience == Audience::Users || self.is_administrator {
            return Ok(());
        }
        let message = "only administrators of the client may do this";
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "not-allowed",
            ROLE,
            message,
        ))
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answered<Self> {
        let headers = &parts.headers;
        let client_id = one(headers, CLIENT)?.and_then(client);
        let client_id = client_id.ok_or_else(|| unknown(CLIENT))?;
        let user_id = one(headers, USER)?.filter(|id| is_word(id, 255));
        let user_id = user_id.ok_or_else(|| unknown(USER))?;
        let teams = match one(headers, TEAMS)? {
            None => Vec::new(),
            Some(list) => teams(list).ok_or_else(|| unknown(TEAMS))?,
        };
        let is_administrator = match one(headers, ROLE)? {
            None | Some("user") => false,
            Some("administrator") => true,
            Some(_) => return Err(unknown(ROLE)),
        };
        Ok(Self {
            actor: Actor::new(client_id, user_id, app.clock.now()).of_teams(teams),
            is_administrator,
        })
    }
}

impl FromRequestParts<Arc<App>> for Administrator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Answered<Self> {
        let caller = Caller::from_request_parts(parts, app).await?;
        caller.check(Audience::Administrators)?;
        Ok(Self(caller))
    }
}

/// The one value of a header. Two of them could mean one to a gateway and the other one here.
fn one<'h>(headers: &'h HeaderMap, name: &'static str) -> Answered<Option<&'h str>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(unknown(name));
    }
    first
        .map(|value| value.to_str().map_err(|_| unknown(name)))
        .transpose()
}

/// A tenant in the one form that it has: no sign, no zeros in front.
fn client(digits: &str) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    (number > 0 && number.to_string() == digits).then_some(number)
}

fn is_word(text: &str, most: usize) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte);
    (1..=most).contains(&text.len()) && text.bytes().all(is_part)
}

fn teams(list: &str) -> Option<Vec<String>> {
    let teams = list.split(',').map(str::trim);
    let teams = teams.map(|team| is_word(team, 100).then(|| team.to_owned()));
    teams.collect()
}

fn unknown(header: &'static str) -> Refusal {
    let message = "the header is missing, is there twice, or is not of its form";
    Refusal::new(StatusCode::UNAUTHORIZED, "unknown-caller", header, message)
}
