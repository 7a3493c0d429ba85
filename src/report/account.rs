//! What a user can see under their rules, for the administrator who gave them.
//!
//! In: a compiler and the user's context. Out: [`AccessAccount`]: the rules in words, and how each
//! source stands under them. Guaranteed: how a source stands is read from the certificate of a
//! statement that was compiled for it, not worked out a second time; values are named only where the
//! caller says so. Codes: none. Next to read: `access.rs`.

use std::collections::BTreeSet;
use std::fmt;

use crate::catalog::{Catalog, Source};
use crate::certificate::{RuleForm, ScanPurpose};
use crate::compile::Compiler;
use crate::context::{AccessRule, AccessType, Context, RuleDimension};
use crate::error::Errors;
use crate::name::Name;
use crate::output::{CompiledQuery, Note};
use crate::path::echo;
use crate::request::Request;
use crate::value::Scalar;

/// Whether an account names the values of rules, or only how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValuesShown {
    /// Only how many.
    Counted,
    /// Each.
    Named,
}

/// What a user can see under the rules of a context.
///
/// ```
/// use measurand::report::{AccessAccount, ValuesShown};
/// use measurand::{Catalog, Compiler, Context, Dialect, Limits};
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [
///     {"source_key": "orders", "view_pattern": "reporting.orders", "metrics": "*", "dimensions": "*"},
///     {"source_key": "targets", "view_pattern": "reporting.targets", "metrics": "*",
///      "access_exempt": ["campaign"]},
///     {"source_key": "visits", "view_pattern": "reporting.visits", "metrics": "*"}],
///   "metrics": [{"metric_key": "amount", "sql_expression": "SUM(amount)"}],
///   "dimensions": [{"dimension_key": "campaign", "column_expression": "campaign_id",
///                   "data_type": "integer"}]
/// }"#)?;
/// let compiler = Compiler::new(catalog, Dialect::Postgres);
/// let context = Context::from_json(
///     r#"{"client_id": 1, "access": [{"dimension": "campaign", "allowed_values": [101, 205]}]}"#,
///     &Limits::default(),
/// )?;
/// let account = AccessAccount::of(&compiler, &context, ValuesShown::Counted);
/// assert_eq!(
///     account.to_string(),
///     "campaign: only 2 listed values; rows without a value are hidden\n\
///      orders: restricted by campaign\n\
///      targets: exempt from campaign; all rows of the client\n\
///      visits: unavailable: an access rule on dimension `campaign` cannot be applied to source `visits`",
/// );
/// # Ok::<(), measurand::Errors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessAccount {
    /// The rules, in the order of the context. All of them hold, several on one dimension too.
    pub rules: Vec<RuleAccount>,
    /// The sources, by key.
    pub sources: Vec<SourceAccount>,
}

/// A rule in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleAccount {
    /// The key of the dimension; what the rule names, where the catalog has no such dimension.
    pub dimension: String,
    /// The label of the dimension; `None` where the catalog has none, and every request is refused.
    pub label: Option<String>,
    /// What is seen under the rule.
    pub effect: RuleEffect,
    /// The values, as written, where they were to be named; nulls are in the effect.
    pub values: Option<Vec<Scalar>>,
}

/// What is seen under a rule, of the dimension that it is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleEffect {
    /// Nothing.
    Nothing,
    /// Everything: the rule restricts nothing.
    Everything,
    /// Only rows without a value.
    OnlyMissing,
    /// All rows with a value.
    OnlyPresent,
    /// Rows with one of the listed values.
    Listed {
        /// How many values.
        count: usize,
        /// Whether rows without a value are seen too.
        or_missing: bool,
    },
    /// Rows with any other value than those.
    NotListed {
        /// How many values.
        count: usize,
        /// Whether rows without a value are seen too.
        or_missing: bool,
    },
}

/// How a source stands under the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAccount {
    /// The key.
    pub source: Name,
    /// The label.
    pub label: String,
    /// What is seen of its rows.
    pub standing: SourceStanding,
    /// Dimensions whose rules do not hold here, which the catalog says on purpose.
    pub exempt: Vec<Name>,
}

/// What is seen of the rows of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceStanding {
    /// All rows of the client.
    Open,
    /// Those that rules leave.
    Restricted {
        /// The dimensions of rules on the rows themselves.
        by: Vec<Name>,
        /// The dimensions of rules on rows of other sources that those of this one are related to, and
        /// have to meet: a row without such a row is not seen, whatever the rule says of rows without a
        /// value.
        through: Vec<Name>,
    },
    /// None: every request is refused, with these findings.
    Unavailable(Errors),
    /// The context knows nothing that could be asked of it.
    NothingToAsk,
}

impl AccessAccount {
    /// The account of a context.
    pub fn of(compiler: &Compiler, context: &Context, values: ValuesShown) -> Self {
        let catalog = compiler.catalog();
        let rules = context.access.iter();
        let sources = catalog.sources().iter();
        Self {
            rules: rules
                .map(|rule| rule_account(catalog, rule, values))
                .collect(),
            sources: sources
                .map(|source| source_account(compiler, source, context))
                .collect(),
        }
    }
}

impl RuleEffect {
    /// What is seen under a rule (R21).
    ///
    /// ```
    /// use measurand::report::RuleEffect;
    /// use measurand::{AccessRule, AccessType, RuleDimension, Scalar};
    ///
    /// let rule = AccessRule {
    ///     dimension: RuleDimension::Key("campaign".into()),
    ///     access_type: AccessType::Exclude,
    ///     values: vec![Scalar::Null],
    ///     nulls_visible: false,
    /// };
    /// assert_eq!(RuleEffect::of(&rule), RuleEffect::OnlyPresent);
    /// ```
    pub fn of(rule: &AccessRule) -> Self {
        let lists_null = rule.values.contains(&Scalar::Null);
        let count = listed(rule).len();
        match (rule.access_type, count) {
            (AccessType::Include, 0) if lists_null => RuleEffect::OnlyMissing,
            (AccessType::Include, 0) => RuleEffect::Nothing,
            (AccessType::Include, count) => RuleEffect::Listed {
                count,
                or_missing: lists_null || rule.nulls_visible,
            },
            (AccessType::Exclude, 0) if lists_null => RuleEffect::OnlyPresent,
            (AccessType::Exclude, 0) => RuleEffect::Everything,
            (AccessType::Exclude, count) => RuleEffect::NotListed {
                count,
                or_missing: rule.nulls_visible && !lists_null,
            },
        }
    }
}

/// The values of a rule, each once, in the order written.
fn listed(rule: &AccessRule) -> Vec<&Scalar> {
    let mut seen = BTreeSet::new();
    let values = rule.values.iter().filter(|value| **value != Scalar::Null);
    values.filter(|value| seen.insert(written(value))).collect()
}

/// The characters of a value. A text and a number of the same ones are one value for a dimension of
/// numbers; for one of texts, the number is an error.
fn written(value: &Scalar) -> &str {
    match value {
        Scalar::Null => "null",
        Scalar::Boolean(false) => "false",
        Scalar::Boolean(true) => "true",
        Scalar::Number(text) | Scalar::Text(text) => text,
    }
}

fn rule_account(catalog: &Catalog, rule: &AccessRule, values: ValuesShown) -> RuleAccount {
    let dimension = match &rule.dimension {
        RuleDimension::Key(key) => catalog.dimension(key),
        RuleDimension::Id(id) => {
            let mut dimensions = catalog.dimensions().iter();
            dimensions.find(|dimension| dimension.row_id == Some(*id))
        }
    };
    let named = match (dimension, &rule.dimension) {
        (Some(dimension), _) => dimension.key().to_string(),
        (None, RuleDimension::Key(key)) => echo(key),
        (None, RuleDimension::Id(id)) => id.to_string(),
    };
    RuleAccount {
        dimension: named,
        label: dimension.map(|dimension| dimension.info().display_name.clone()),
        effect: RuleEffect::of(rule),
        values: (values == ValuesShown::Named).then(|| listed(rule).into_iter().cloned().collect()),
    }
}

fn source_account(compiler: &Compiler, source: &Source, context: &Context) -> SourceAccount {
    let (standing, exempt) = match probe(compiler, source, context) {
        Some(Ok(query)) => standing(&query),
        Some(Err(errors)) => (SourceStanding::Unavailable(errors), Vec::new()),
        None => (SourceStanding::NothingToAsk, Vec::new()),
    };
    SourceAccount {
        source: source.key().clone(),
        label: source.display_name().to_owned(),
        standing,
        exempt,
    }
}

/// What compiling gives for the first thing that can be asked of a source; `None` if there is none. Only
/// findings about the context are about the rules.
fn probe(
    compiler: &Compiler,
    source: &Source,
    context: &Context,
) -> Option<Result<CompiledQuery, Errors>> {
    let catalog = compiler.catalog();
    let asks = || Request::new().source(source.key().as_str()).count();
    // In the order of keys, so that one account has one probe.
    let (dimensions, metrics) = (catalog.dimensions().iter(), catalog.metrics().iter());
    let dimensions = dimensions.filter(|dimension| {
        catalog.offers_dimension(source.key().as_str(), dimension.key().as_str())
    });
    let metrics = metrics
        .filter(|metric| catalog.offers_metric(source.key().as_str(), metric.key().as_str()));
    let mut columns: Vec<&str> = source
        .row_columns
        .values()
        .map(|column| &*column.spelling.key)
        .collect();
    columns.sort_unstable();
    let mut requests = dimensions
        .map(|dimension| asks().dimension(dimension.key().as_str()))
        .chain(metrics.map(|metric| asks().metric(metric.key().as_str())))
        .chain(columns.into_iter().map(|column| asks().column(column)));
    requests.find_map(|request| match compiler.compile(&request, context) {
        Ok(query) => Some(Ok(query)),
        Err(errors) => {
            let mut findings = errors.iter();
            let is_about_context =
                findings.all(|error| error.path().document().as_str() == "context");
            is_about_context.then_some(Err(errors))
        }
    })
}

fn standing(query: &CompiledQuery) -> (SourceStanding, Vec<Name>) {
    let (mut by, mut through) = (Vec::new(), Vec::new());
    for scan in &query.certificate().scans {
        let restricting = match scan.purpose {
            ScanPurpose::Facts(_) => &mut by,
            ScanPurpose::Restricting(_) => &mut through,
            // What is joined beside the rows, or gives them labels, takes none of them away.
            ScanPurpose::Joined(_) | ScanPurpose::Lookup(_) => continue,
        };
        for rule in &scan.rules {
            if rule.form != RuleForm::Everything && !restricting.contains(&rule.dimension) {
                restricting.push(rule.dimension.clone());
            }
        }
    }
    let mut exempt = Vec::new();
    for note in query.notes() {
        if let Note::AccessExempt { dimension, .. } = note
            && !exempt.contains(dimension)
        {
            exempt.push(dimension.clone());
        }
    }
    let standing = match by.is_empty() && through.is_empty() {
        true => SourceStanding::Open,
        false => SourceStanding::Restricted { by, through },
    };
    (standing, exempt)
}

impl fmt::Display for AccessAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if self.rules.is_empty() {
            f.write_str("no rule restricts the user")?;
            separator = "\n";
        }
        for rule in &self.rules {
            write!(f, "{separator}{rule}")?;
            separator = "\n";
        }
        for source in &self.sources {
            write!(f, "{separator}{source}")?;
            separator = "\n";
        }
        Ok(())
    }
}

impl fmt::Display for RuleAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.dimension)?;
        if self.label.is_none() {
            f.write_str("no such dimension, so every request is refused; ")?;
        }
        let several = |count: usize| if count == 1 { "value" } else { "values" };
        let missing = |or_missing: bool| match or_missing {
            true => "rows without a value are seen",
            false => "rows without a value are hidden",
        };
        match self.effect {
            RuleEffect::Nothing => f.write_str("nothing is seen"),
            RuleEffect::Everything => f.write_str("everything is seen"),
            RuleEffect::OnlyMissing => f.write_str("only rows without a value"),
            RuleEffect::OnlyPresent => f.write_str("only rows with a value"),
            RuleEffect::Listed { count, or_missing } => {
                write!(f, "only {count} listed {}", several(count))?;
                self.write_values(f)?;
                write!(f, "; {}", missing(or_missing))
            }
            RuleEffect::NotListed { count, or_missing } => {
                write!(f, "all but {count} listed {}", several(count))?;
                self.write_values(f)?;
                write!(f, "; {}", missing(or_missing))
            }
        }
    }
}

impl RuleAccount {
    fn write_values(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(values) = &self.values else {
            return Ok(());
        };
        for (at, value) in values.iter().enumerate() {
            f.write_str(if at == 0 { " (" } else { ", " })?;
            match value {
                Scalar::Text(text) => write!(f, "`{}`", echo(text))?,
                other => f.write_str(written(other))?,
            }
        }
        f.write_str(")")
    }
}

impl fmt::Display for SourceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.source)?;
        if !self.exempt.is_empty() {
            write!(f, "exempt from {}; ", names(&self.exempt))?;
        }
        match &self.standing {
            SourceStanding::Open => f.write_str("all rows of the client"),
            SourceStanding::Restricted { by, through } => {
                f.write_str("restricted by ")?;
                f.write_str(&names(by))?;
                if !by.is_empty() && !through.is_empty() {
                    f.write_str("; and by ")?;
                }
                if !through.is_empty() {
                    write!(
                        f,
                        "{} of related rows, which have to be there",
                        names(through)
                    )?;
                }
                Ok(())
            }
            SourceStanding::NothingToAsk => f.write_str("nothing to ask"),
            SourceStanding::Unavailable(errors) => {
                f.write_str("unavailable: ")?;
                for (at, error) in errors.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "; " };
                    write!(f, "{separator}{}", error.message())?;
                }
                Ok(())
            }
        }
    }
}

fn names(names: &[Name]) -> String {
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    names.join(", ")
}
