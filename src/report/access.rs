//! Versions of access rules, and what changed from one to the next.
//!
//! In: rows of `user_dimension_access` and `dimension_access_audit` as JSON. Out: [`RuleVersion`],
//! [`AuditEntry`]. Guaranteed: an entry says what the statement that changes the rule writes
//! (`tables/audit.rs`). Codes: those of `ReadError`. Next to read: `tables/audit.rs`.

use super::tables::Actor;
use crate::context::AccessType;
use crate::error::{Error, Errors, ReadError};
use crate::json::{Bound, Document, Node};
use crate::limits::Limits;
use crate::request::scalar;
use crate::value::{Moment, Scalar, Timestamp};

/// An access rule as it was or is: what an entry of the audit keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// The row of the rule.
    pub id: i64,
    /// The client.
    pub client_id: i64,
    /// The row of the dimension.
    pub dimension_id: i64,
    /// Whether the values are the only ones seen, or the ones hidden.
    pub access_type: AccessType,
    /// The values.
    pub allowed_values: Vec<Scalar>,
    /// Whether the rule holds.
    pub is_active: bool,
}

/// What happened to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

/// An entry of the audit: who did what to whose rule, and how the rule was before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The user whose rule it is.
    pub target_user_id: String,
    /// What happened.
    pub action: AuditAction,
    /// The administrator.
    pub performed_by: String,
    /// The rule before; none of one that was made.
    pub old: Option<RuleVersion>,
    /// The rule after; none of one that was deleted.
    pub new: Option<RuleVersion>,
    /// When.
    pub at: Moment,
}

impl RuleVersion {
    /// Reads what an entry keeps of a rule, or a row of `user_dimension_access`, whose other columns are
    /// left out. JSON columns may be text.
    ///
    /// # Errors
    /// Those of any document.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        read("rule", text, limits, |root| version(root, limits))
    }
}

impl AuditEntry {
    /// The entry of a change from one version of a user's rule to the next, by an administrator; `None`
    /// where the versions say the same, or are not versions of one rule. To make or to delete a rule is
    /// to have no version before or after.
    ///
    /// ```
    /// use measurand::report::{Actor, AuditAction, AuditEntry, RuleVersion};
    /// use measurand::{AccessType, Moment, Scalar};
    ///
    /// let old = RuleVersion {
    ///     id: 7,
    ///     client_id: 1,
    ///     dimension_id: 3,
    ///     access_type: AccessType::Include,
    ///     allowed_values: vec![Scalar::from(101)],
    ///     is_active: true,
    /// };
    /// let new = RuleVersion { allowed_values: vec![], ..old.clone() };
    /// let now = Moment::parse("2026-11-20T10:00:00Z").ok_or("no moment")?;
    /// let root = Actor::new(1, "usr_1", now);
    /// let entry = AuditEntry::between("usr_123", Some(&old), Some(&new), &root);
    /// assert_eq!(entry.map(|entry| entry.action), Some(AuditAction::Updated));
    /// assert_eq!(AuditEntry::between("usr_123", Some(&old), Some(&old), &root), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn between(
        target_user_id: &str,
        old: Option<&RuleVersion>,
        new: Option<&RuleVersion>,
        by: &Actor,
    ) -> Option<Self> {
        let identity = |rule: &RuleVersion| (rule.id, rule.client_id, rule.dimension_id);
        let action = match (old, new) {
            (None, None) => return None,
            (None, Some(_)) => AuditAction::Created,
            (Some(_), None) => AuditAction::Deleted,
            (Some(old), Some(new)) if old == new || identity(old) != identity(new) => return None,
            (Some(_), Some(_)) => AuditAction::Updated,
        };
        Some(Self {
            target_user_id: target_user_id.to_owned(),
            action,
            performed_by: by.user_id.clone(),
            old: old.cloned(),
            new: new.cloned(),
            at: by.now,
        })
    }

    /// Reads a row of `dimension_access_audit`. JSON columns may be text.
    ///
    /// # Errors
    /// Those of any document.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        read("entry", text, limits, |root| entry(root, limits))
    }
}

fn read<T>(
    name: &'static str,
    text: &str,
    limits: &Limits,
    read: impl FnOnce(&Node<'_>) -> Option<T>,
) -> Result<T, Errors> {
    let bytes = Bound {
        limit: "request_bytes",
        bound: limits.request_bytes,
    };
    let document = Document::read(name, text, bytes, limits.json_depth)?;
    let value = read(&document.root());
    // A value is only given up over something that has been reported.
    let missing = ReadError::MissingField { field: name };
    let nothing = Error::new(document.root().at().path(), missing);
    document.finish(value)?.ok_or_else(|| nothing.into())
}

fn version(root: &Node<'_>, limits: &Limits) -> Option<RuleVersion> {
    let object = root.object()?;
    let id = object.required_integer("id");
    let client_id = object.required_integer("client_id");
    let dimension_id = object.required_integer("dimension_id");
    let access_type = object.required("access_type").and_then(|node| {
        node.word(&[
            ("include", AccessType::Include),
            ("exclude", AccessType::Exclude),
        ])
    });
    let bound = Bound {
        limit: "list_values",
        bound: limits.list_values,
    };
    let allowed_values = object.required("allowed_values").and_then(|node| {
        nested(&node, "allowed_values", limits, |node| {
            node.each_within(bound, |node, _| scalar(&node))
        })
    });
    let is_active = object.required("is_active").and_then(|node| node.flag());
    object.ignore(&["user_id", "created_by", "created_at", "updated_at"]);
    object.finish();
    Some(RuleVersion {
        id: id?,
        client_id: client_id?,
        dimension_id: dimension_id?,
        access_type: access_type?,
        allowed_values: allowed_values?,
        is_active: is_active?,
    })
}

fn entry(root: &Node<'_>, limits: &Limits) -> Option<AuditEntry> {
    let object = root.object()?;
    let target_user_id = object.required_text("target_user_id");
    let action = object.required("action").and_then(|node| {
        node.word(&[
            ("created", AuditAction::Created),
            ("updated", AuditAction::Updated),
            ("deleted", AuditAction::Deleted),
        ])
    });
    let performed_by = object.required_text("performed_by");
    let values = |name| {
        let node = object.get(name)?;
        nested(&node, name, limits, |node| version(node, limits))
    };
    let (old, new) = (values("old_values"), values("new_values"));
    let at = object.required("created_at").and_then(|node| moment(&node));
    object.ignore(&["id", "user_dimension_access_id"]);
    object.finish();
    Some(AuditEntry {
        target_user_id,
        action: action?,
        performed_by,
        old,
        new,
        at: at?,
    })
}

/// The value of a JSON column, which a driver may hand out as text.
fn nested<T>(
    node: &Node<'_>,
    name: &'static str,
    limits: &Limits,
    read_value: impl FnOnce(&Node<'_>) -> Option<T>,
) -> Option<T> {
    let text = node.json_text()?;
    match read(name, &text, limits, read_value) {
        Ok(value) => Some(value),
        Err(errors) => {
            let document = node.document();
            errors
                .iter()
                .for_each(|error| document.report(error.clone()));
            None
        }
    }
}

/// A moment as the tables have it: what clocks in UTC show.
fn moment(node: &Node<'_>) -> Option<Moment> {
    let timestamp = Timestamp::parse(&node.str()?);
    if timestamp.is_none() {
        let subject = "this moment".to_owned();
        node.report(ReadError::WrongValue { subject });
    }
    timestamp.map(Moment::from_utc)
}
