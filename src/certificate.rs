//! Certificates: per scanned relation, the guard that protects it.

use std::fmt;

use crate::context::AccessType;
use crate::name::Name;
use crate::value::DataType;

/// The guard of every relation that a statement reads, in the order of the text.
///
/// The verifier reads the statement again and proves each entry. It holds numbers of parameters, never
/// their values, so it may be logged; its `Display` form is one line per relation:
///
/// ```text
/// reporting.order_summary_1: tenant t.client_id = $1; include campaign: t.campaign_id among $2
/// public.campaigns: tenant t.client_id = $1; include campaign: t.campaign_id among $2
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Certificate {
    /// One entry for every place where a relation is read.
    pub scans: Vec<GuardedScan>,
}

/// A place where a relation is read, and what protects it there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GuardedScan {
    /// The relation as it stands in the text, such as `reporting.order_summary_1`.
    pub relation: String,
    /// What the relation is read for.
    pub purpose: ScanPurpose,
    /// The equality with the tenant; `None` only where the catalog says that all tenants share it.
    pub tenant: Option<TenantGuard>,
    /// The access rules, in the order of the context; those that can raise come after the others.
    pub rules: Vec<RuleGuard>,
    /// The standing predicate of the source, as it stands in the text.
    pub base_filter: Option<BaseFilterGuard>,
    /// Whether the guard is fenced, so that nothing outside is evaluated before it.
    pub is_fenced: bool,
}

/// What a relation is read for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanPurpose {
    /// The rows of a data source.
    Facts(Name),
    /// The labels of a dimension.
    Lookup(Name),
    /// The rows of another data source, joined beside those of the facts.
    Joined(Name),
    /// The rows of another data source that those beside it have to meet, for an access rule on them.
    Restricting(Name),
}

/// The equality of a column with the tenant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct TenantGuard {
    /// The column, as it stands in the text.
    pub column: String,
    /// The number of the parameter that holds the tenant.
    pub parameter: u16,
}

/// An access rule on a relation.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleGuard {
    /// The dimension of the rule.
    pub dimension: Name,
    /// Whether the values are the only ones seen, or the ones hidden.
    pub access_type: AccessType,
    /// The value that is compared, as it stands in the text.
    pub value: String,
    /// The form of the predicate.
    pub form: RuleForm,
    /// Whether the predicate can raise and so sits in a fence of its own above the tenant's.
    pub is_outer: bool,
}

/// The form of an access predicate; the numbers are those of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "form")]
pub enum RuleForm {
    /// No row is seen.
    Nothing,
    /// Every row is seen: an empty exclude list.
    Everything,
    /// Only rows without a value are seen.
    OnlyNull,
    /// Only rows with a value are seen.
    NotNull,
    /// Rows with a listed value are seen.
    Listed {
        /// The list.
        list: ListRef,
        /// Rows without a value are seen too.
        or_null: bool,
    },
    /// Rows with a value that is not listed are seen.
    NotListed {
        /// The list.
        list: ListRef,
        /// Rows without a value are seen too.
        or_null: bool,
    },
}

/// A list that is one parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ListRef {
    /// The number of the parameter.
    pub parameter: u16,
    /// The type of its values.
    pub element: DataType,
    /// Whether more than eight values were written, which is said so that it is hashed; the parameter
    /// holds each of them once.
    pub is_long: bool,
}

/// The standing predicate of a source.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct BaseFilterGuard {
    /// The predicate, as it stands in the text.
    pub predicate: String,
    /// Whether it can raise and so sits in a fence of its own above the tenant's.
    pub is_outer: bool,
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scan) in self.scans.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{scan}")?;
        }
        Ok(())
    }
}

impl fmt::Display for GuardedScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.relation)?;
        match &self.tenant {
            Some(tenant) => write!(f, "tenant {} = ${}", tenant.column, tenant.parameter)?,
            None => f.write_str("shared by all tenants")?,
        }
        for rule in &self.rules {
            let kind = match rule.access_type {
                AccessType::Include => "include",
                AccessType::Exclude => "exclude",
            };
            write!(f, "; {kind} {}: ", rule.dimension)?;
            match rule.form {
                RuleForm::Nothing => f.write_str("no row")?,
                RuleForm::Everything => f.write_str("no restriction")?,
                RuleForm::OnlyNull => write!(f, "only rows without {}", rule.value)?,
                RuleForm::NotNull => write!(f, "only rows with {}", rule.value)?,
                RuleForm::Listed { list, or_null } => {
                    write!(f, "{} among ${}", rule.value, list.parameter)?;
                    if or_null {
                        f.write_str(" or missing")?;
                    }
                }
                RuleForm::NotListed { list, or_null } => {
                    write!(f, "{} not among ${}", rule.value, list.parameter)?;
                    if or_null {
                        f.write_str(" or missing")?;
                    }
                }
            }
        }
        if let Some(filter) = &self.base_filter {
            write!(f, "; always {}", filter.predicate)?;
        }
        if self.is_fenced {
            f.write_str("; fenced")?;
        }
        Ok(())
    }
}
