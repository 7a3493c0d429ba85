//! The JSON form of a context.
//!
//! In: JSON text of the host service, which may hold rows of its access tables. Out: [`Context`].
//! Guaranteed afterwards: what `mod.rs` promises; every rule is one of this user and this tenant.
//! Codes: those of `ReadError`, `missing-access`, `tenant-invalid`. Next to read: `resolve/access.rs`.

use super::{AccessRule, AccessType, Context, RuleDimension, Tenant};
use crate::error::{Error, Errors, Help, ReadError, ResolveError};
use crate::json::{Bound, Document, JsonKind, Node, Object};
use crate::limits::Limits;
use crate::request::scalar;
use crate::value::Uuid;

impl Context {
    /// Reads a context.
    ///
    /// `access` has to be there, if only as `[]`. A rule is `{"dimension", "access_type",
    /// "allowed_values", "nulls"}` or a row of `user_dimension_access`, whose inactive rows are as if
    /// absent; `modules` are keys or rows of `client_modules`. A rule or module of another user or
    /// another tenant is an error, and so is a field that is not known: what cannot be understood
    /// must not widen what a user sees.
    ///
    /// ```
    /// use measurand::{Context, Limits};
    ///
    /// let context = Context::from_json(
    ///     r#"{"client_id": 1, "user_id": "usr_123", "access": [
    ///         {"dimension": "campaign_name", "access_type": "include", "allowed_values": [101, 205]}
    ///     ]}"#,
    ///     &Limits::default(),
    /// )?;
    /// assert_eq!(context.tenant.as_number(), Some(1));
    ///
    /// let errors = Context::from_json(r#"{"client_id": 1}"#, &Limits::default()).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[missing-access]: the context does not state its access rules\n  \
    ///      at context.access\n  \
    ///      help: write `\"access\": []` if no rule restricts the user",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    ///
    /// # Errors
    /// `json-syntax`, `limit-exceeded`, `unknown-field`, `duplicate-field`, `missing-field`,
    /// `wrong-type`, `wrong-value`, `missing-access`, `tenant-invalid`.
    pub fn from_json(text: &str, limits: &Limits) -> Result<Self, Errors> {
        let bytes = Bound {
            limit: "request_bytes",
            bound: limits.request_bytes,
        };
        let document = Document::read("context", text, bytes, limits.json_depth)?;
        let context = context(&document.root(), limits);
        // A context is only given up over something that has been reported; were it not, there is
        // still no context.
        let no_tenant = Error::new(document.root().at().path(), ResolveError::TenantInvalid);
        document.finish(context)?.ok_or_else(|| no_tenant.into())
    }
}

fn context(root: &Node<'_>, limits: &Limits) -> Option<Context> {
    let object = root.object()?;
    let tenant = object.required("client_id").and_then(|node| tenant(&node));
    let user_id = object.get("user_id").and_then(|node| user(&node));
    let owner = Owner {
        tenant: tenant.as_ref(),
        user_id: user_id.as_deref(),
    };
    let access = match object.get_or_null("access") {
        Some(node) if !node.is_null() => node.each(|node, _| rule(&node, &owner, limits)),
        _ => {
            let error = Error::new(
                object.at().key("access").path(),
                ResolveError::MissingAccess,
            );
            let advice = "write `\"access\": []` if no rule restricts the user";
            object.report(error.with_help(Help::advice(advice)));
            None
        }
    };
    let modules = object.list("modules", |node, _| module(&node, &owner));
    let now = object.text("now");
    let timezone = object.text("timezone");
    let week_start = object.text("week_start");
    let fiscal_year_start = object.text("fiscal_year_start");
    let currency = object.text("currency");
    object.finish();
    Some(Context {
        user_id,
        modules: modules.unwrap_or_default(),
        now,
        timezone,
        week_start,
        fiscal_year_start,
        currency,
        ..Context::new(tenant?, access?)
    })
}

/// A tenant: a whole number, as a number or in its digits, or a word.
pub(crate) fn tenant(node: &Node<'_>) -> Option<Tenant> {
    let tenant = match node.kind() {
        JsonKind::Number => canonical_number(node.written()),
        JsonKind::Text => {
            let text = node.str()?;
            canonical_number(&text)
                .or_else(|| Tenant::word(&text))
                .or_else(|| Uuid::parse(&text).map(Tenant::uuid))
        }
        _ => {
            node.wrong_type("a whole number or a string");
            return None;
        }
    };
    if tenant.is_none() {
        let help = "write a whole number, a UUID, or one word of lower-case letters, digits and underscores, 32 at most";
        node.report_with_help(ResolveError::TenantInvalid, Help::advice(help));
    }
    tenant
}

/// The tenant with these digits, if they are the ones that the number is written with.
fn canonical_number(digits: &str) -> Option<Tenant> {
    let tenant = Tenant::number(digits.parse().ok()?)?;
    (tenant.as_str() == digits).then_some(tenant)
}

/// A user: a string, or a whole number in its digits.
pub(crate) fn user(node: &Node<'_>) -> Option<String> {
    match node.kind() {
        JsonKind::Text => node.text(),
        JsonKind::Number => node.integer().map(|id| id.to_string()),
        _ => {
            node.wrong_type("a string or a whole number");
            None
        }
    }
}

/// Whose context it is; an absent value has been reported already, but for a user that is not said.
struct Owner<'a> {
    tenant: Option<&'a Tenant>,
    user_id: Option<&'a str>,
}

impl Owner<'_> {
    /// Reports a row of another user.
    fn check_user(&self, row: &Object<'_>) {
        if let Some(node) = row.get("user_id")
            && let Some(user_id) = user(&node)
            && self.user_id != Some(&*user_id)
        {
            foreign(&node, "the row of another user");
        }
    }

    /// Reports a row of another tenant.
    fn check_tenant(&self, row: &Object<'_>) {
        if let Some(node) = row.get("client_id")
            && let Some(tenant) = tenant(&node)
            && self.tenant.is_some_and(|own| *own != tenant)
        {
            foreign(&node, "the row of another tenant");
        }
    }
}

fn foreign(node: &Node<'_>, subject: &str) {
    node.report(ReadError::WrongValue {
        subject: subject.to_owned(),
    });
}

/// The rule, if its row is active.
fn rule(node: &Node<'_>, owner: &Owner<'_>, limits: &Limits) -> Option<AccessRule> {
    let object = node.object()?;
    if object.flag("is_active") == Some(false) {
        return None;
    }
    let form = object.either(
        &["dimension", "dimension_id"],
        "a rule names its dimension either by key or by row id",
    );
    let dimension = match form {
        Some("dimension_id") => object.integer("dimension_id").map(RuleDimension::Id),
        Some(_) => object.text("dimension").map(RuleDimension::Key),
        None => {
            object.missing("dimension");
            None
        }
    };
    let access_type = object
        .get("access_type")
        .map_or(Some(AccessType::Include), |node| {
            node.word(&[
                ("include", AccessType::Include),
                ("exclude", AccessType::Exclude),
            ])
        });
    let bound = Bound {
        limit: "list_values",
        bound: limits.list_values,
    };
    let values = object
        .required("allowed_values")
        .and_then(|node| node.each_within(bound, |node, _| scalar(&node)));
    let nulls = object
        .get("nulls")
        .and_then(|node| node.word(&[("visible", true), ("hidden", false)]));
    owner.check_user(&object);
    owner.check_tenant(&object);
    object.ignore(&["id", "created_by", "created_at", "updated_at"]);
    object.finish();
    Some(AccessRule {
        dimension: dimension?,
        access_type: access_type?,
        values: values?,
        nulls_visible: nulls.unwrap_or(false),
    })
}

/// The key of a module that the tenant has.
fn module(node: &Node<'_>, owner: &Owner<'_>) -> Option<String> {
    if node.kind() != JsonKind::Object {
        return node.text();
    }
    let row = node.object()?;
    if row.flag("is_active") == Some(false) {
        return None;
    }
    let is_enabled = row.flag("is_enabled").unwrap_or(false);
    let key = row.required_text("module_key");
    owner.check_tenant(&row);
    row.ignore(&[
        "id",
        "enabled_at",
        "enabled_by",
        "config",
        "created_at",
        "updated_at",
    ]);
    row.finish();
    is_enabled.then_some(key)
}
