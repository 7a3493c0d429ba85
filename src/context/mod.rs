//! The context: who asks, for which tenant, under which rules; trusted, never from the request.
//!
//! In: calls of the host service, or its JSON. Out: [`Context`]. Guaranteed afterwards: the tenant
//! has its one canonical form and the access rules were stated, be it as an empty list. Codes: those
//! of `ReadError`, `missing-access`, `tenant-invalid`. Next to read: `resolve/access.rs`.

mod read;
#[cfg(test)]
mod tests;

pub(crate) use read::{tenant, user};

use std::fmt;
use std::sync::Arc;

use crate::value::{Scalar, Uuid};

/// Who asks, for which tenant, under which rules; made by the host service, never from a request.
///
/// ```
/// use measurand::{AccessRule, AccessType, Context, RuleDimension, Scalar, Tenant};
///
/// let tenant = Tenant::number(1).ok_or("a negative tenant")?;
/// let only_two = AccessRule {
///     dimension: RuleDimension::Key("campaign_name".into()),
///     access_type: AccessType::Include,
///     values: vec![Scalar::from(101), Scalar::from(205)],
///     nulls_visible: false,
/// };
/// let mut context = Context::new(tenant, vec![only_two]);
/// context.now = Some("2026-11-20T10:00:00Z".into());
/// context.timezone = Some("America/New_York".into());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// The tenant.
    pub tenant: Tenant,
    /// The user, for the account of a statement; no rule depends on it.
    pub user_id: Option<String>,
    /// The rules that hold, all of them: rules on several dimensions, and several on one. An empty list
    /// restricts nothing and has to be said.
    pub access: Vec<AccessRule>,
    /// The modules that the tenant has; metrics and dimensions of any other module are unknown.
    pub modules: Vec<String>,
    /// The moment that presets count from, as RFC 3339 text such as `2026-11-20T10:00:00Z`. Only presets
    /// need it.
    pub now: Option<String>,
    /// The IANA name of the zone that dates of moments are read in, such as `America/New_York`; `UTC`
    /// where absent. See [`Zone`](crate::Zone) for the names that are taken.
    pub timezone: Option<String>,
    /// The first day of a week, as an English weekday in lower case; `monday` where absent.
    pub week_start: Option<String>,
    /// The first month of a fiscal year, as an English name in lower case; `january` where absent.
    pub fiscal_year_start: Option<String>,
    /// The currency that amounts are in where the catalog leaves it to the context, as its ISO 4217 code. Only
    /// such metrics need it.
    pub currency: Option<String>,
}

impl Context {
    /// A context with its tenant and its rules; the rest is set on the fields.
    pub fn new(tenant: Tenant, access: Vec<AccessRule>) -> Self {
        Self {
            tenant,
            user_id: None,
            access,
            modules: Vec::new(),
            now: None,
            timezone: None,
            week_start: None,
            fiscal_year_start: None,
            currency: None,
        }
    }
}

/// A tenant, cheap to clone: a whole number, one lower-case word `[a-z0-9_]{1,32}` that is not all digits, or a UUID.
///
/// It is the one value that enters the names of relations, so it has one form; that of a UUID is its 32 digits.
///
/// ```
/// use measurand::Tenant;
/// assert_eq!(Tenant::number(42).as_ref().map(Tenant::as_str), Some("42"));
/// assert!(Tenant::word("acme_2").is_some());
/// assert!(Tenant::word("42").is_none() && Tenant::word("a;b").is_none());
/// let uuid = measurand::Uuid::parse("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11").ok_or("a UUID")?;
/// assert_eq!(Tenant::uuid(uuid).as_str(), "a0eebc999c0b4ef8bb6d6bb9bd380a11");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tenant(TenantForm);

#[derive(Clone, PartialEq, Eq, Hash)]
enum TenantForm {
    Number { value: i64, text: Arc<str> },
    Word(Arc<str>),
    Uuid { value: Uuid, text: Arc<str> },
}

impl Tenant {
    /// The tenant with this number; negative numbers are no tenants.
    pub fn number(value: i64) -> Option<Self> {
        (value >= 0).then(|| {
            Self(TenantForm::Number {
                value,
                text: value.to_string().into(),
            })
        })
    }

    /// The tenant with this word.
    pub fn word(text: &str) -> Option<Self> {
        let right = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && !text.bytes().all(|b| b.is_ascii_digit());
        right.then(|| Self(TenantForm::Word(text.into())))
    }

    /// The tenant with this UUID.
    pub fn uuid(value: Uuid) -> Self {
        let text = value.to_string().replace('-', "").into();
        Self(TenantForm::Uuid { value, text })
    }

    /// The UUID, if the tenant is one.
    pub fn as_uuid(&self) -> Option<Uuid> {
        match &self.0 {
            TenantForm::Uuid { value, .. } => Some(*value),
            TenantForm::Number { .. } | TenantForm::Word(_) => None,
        }
    }

    /// The number, if the tenant is one.
    pub fn as_number(&self) -> Option<i64> {
        match &self.0 {
            TenantForm::Number { value, .. } => Some(*value),
            TenantForm::Word(_) | TenantForm::Uuid { .. } => None,
        }
    }

    /// The canonical text, as it stands in relation names.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            TenantForm::Number { text, .. } => text,
            TenantForm::Word(text) | TenantForm::Uuid { text, .. } => text,
        }
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tenant({})", self.as_str())
    }
}

/// Include or exclude: a list of values of one dimension.
///
/// A rule with values hides rows without a value, unless `nulls_visible`. A null among the values of an
/// include rule shows such rows, of an exclude rule hides them. An include rule without values shows
/// nothing; an exclude rule without values restricts nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRule {
    /// The key of the dimension, or its id in the rows spelling.
    pub dimension: RuleDimension,
    /// Whether the values are the only ones seen, or the ones hidden.
    pub access_type: AccessType,
    /// The values, as written.
    pub values: Vec<Scalar>,
    /// Whether rows without a value of the dimension are seen under this rule.
    pub nulls_visible: bool,
}

/// How a rule names its dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleDimension {
    /// By key.
    Key(String),
    /// By the row id of a catalog that was loaded from rows.
    Id(i64),
}

/// Whether the values of a rule are the only ones seen, or the ones hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessType {
    /// Only the listed values are seen.
    Include,
    /// The listed values are hidden.
    Exclude,
}
