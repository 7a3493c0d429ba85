//! Compile: the stages in a row, and nothing else.

use std::fmt;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::emit::{MAX_SQLITE_READS, Statement, emit, expanded_reads};
use crate::error::{Error, Errors, Findings, Kind, ResolveError, VerifyError};
use crate::fingerprint::{fingerprint, text_digest};
use crate::output::{Column, CompiledQuery};
use crate::path::At;
use crate::plan::{Plan, plan};
use crate::provenance::{Lineage, Sources};
use crate::request::Request;
use crate::resolve::resolve;
use crate::value::{DataType, Param, Value};
use crate::verify::{Claim, Evidence, Shape, VerifiedShapes, verify, verify_values};

/// A catalog, a dialect, and the memory of the shapes that were verified; what callers hold.
///
/// One compiler serves any number of threads. It never changes its catalog: a service that loads a new
/// one makes a new compiler.
///
/// ```
/// use measurand::{Catalog, Compiler, Context, Dialect, Limits, Request};
///
/// let catalog = Catalog::from_json(r#"{
///   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
///                     "metrics": "*", "dimensions": "*"}],
///   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}],
///   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
/// }"#)?;
/// let compiler = Compiler::new(catalog, Dialect::Postgres);
/// let limits = Limits::default();
/// let request = Request::from_json(
///     r#"{"metrics": ["revenue"], "dimensions": ["channel"]}"#, &limits)?;
/// let context = Context::from_json(r#"{"client_id": 1, "access": []}"#, &limits)?;
///
/// let query = compiler.compile(&request, &context)?;
/// assert!(query.sql().contains("FROM reporting.orders_1 AS t"));
/// assert!(query.sql().contains("WHERE t.client_id = $1::bigint"));
/// assert_eq!(query.params().len(), 1);
/// # Ok::<(), measurand::Errors>(())
/// ```
pub struct Compiler {
    catalog: Arc<Catalog>,
    dialect: Dialect,
    verified: VerifiedShapes,
}

/// How many verified shapes a compiler remembers in each of two generations.
const REMEMBERED_SHAPES: usize = 1_024;

impl Compiler {
    /// A compiler for a catalog and a dialect.
    pub fn new(catalog: impl Into<Arc<Catalog>>, dialect: Dialect) -> Self {
        Self {
            catalog: catalog.into(),
            dialect,
            verified: VerifiedShapes::new(REMEMBERED_SHAPES),
        }
    }

    /// The catalog.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The dialect.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How many shapes are remembered as verified, at most 2,048: the statements that differ in more
    /// than their values. For measuring.
    pub fn verified_shapes(&self) -> usize {
        self.verified.len()
    }

    /// Turns a request and a context into one verified statement. The same input gives the same bytes,
    /// and other values of the same shape give the same text.
    ///
    /// # Errors
    /// All findings of a stage at once. From resolving: the codes of
    /// [`ResolveError`](crate::ResolveError). From planning: `not-supported`, `dialect-unsupported`.
    /// From what is to be handed out: `limit-exceeded`. From verifying: `unverified`, which is a fault of this library.
    ///
    /// ```
    /// # use measurand::{Catalog, Compiler, Context, Dialect, ErrorCode, Request, Tenant};
    /// # let catalog = Catalog::from_json(r#"{
    /// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
    /// #                     "metrics": "*", "dimensions": "*"}],
    /// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}],
    /// #   "dimensions": []
    /// # }"#)?;
    /// # let compiler = Compiler::new(catalog, Dialect::Postgres);
    /// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    /// let errors = compiler.compile(&Request::new().metric("revenu"), &context).unwrap_err();
    /// assert!(errors.has(ErrorCode::UnknownMetric));
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "error[unknown-metric]: unknown metric `revenu`\n  \
    ///      at request.metrics[0]\n  \
    ///      help: did you mean `revenue`?",
    /// );
    /// # Ok::<(), measurand::Errors>(())
    /// ```
    pub fn compile(&self, request: &Request, context: &Context) -> Result<CompiledQuery, Errors> {
        self.compile_planned(request, context, |_| {})
    }

    /// The same for all detail rows in no order and without a step: a statement that is composed of this one
    /// numbers them itself, and the database can look up those that it asks for.
    pub(crate) fn compile_unordered(
        &self,
        request: &Request,
        context: &Context,
    ) -> Result<CompiledQuery, Errors> {
        self.compile_planned(request, context, |plan| {
            if let Some(rows) = &mut plan.rows {
                rows.order.clear();
                rows.page = None;
                rows.is_inside = true;
            }
            (plan.limit, plan.offset) = (None, None);
        })
    }

    fn compile_planned(
        &self,
        request: &Request,
        context: &Context,
        change: impl FnOnce(&mut Plan<'_>),
    ) -> Result<CompiledQuery, Errors> {
        let catalog = &*self.catalog;
        let mut resolved = resolve(catalog, request, context)?;
        let notes = std::mem::take(&mut resolved.notes);
        let placements = resolved.placements.clone();
        let selection = resolved.selection.clone();
        let sources = match resolved.legs.as_slice() {
            [leg] => Sources::One(leg.source.id),
            legs => Sources::Several(legs.iter().map(|leg| leg.source.id).collect()),
        };
        let mut plan = plan(catalog, resolved, self.dialect)?;
        change(&mut plan);
        let statement = emit(&plan);
        let params = take_params(&mut plan, &statement);
        check_size(catalog, &statement, &params)?;
        let evidence = Evidence {
            plan: &plan,
            order: &statement.order,
            params: &params,
            tenant: &context.tenant,
            access: &context.access,
            notes: &notes,
        };
        verify_values(&statement.certificate, &evidence).map_err(unverified)?;
        let shape = self.verified(&plan, &statement, &params)?;
        let page = plan.rows.as_mut().and_then(|rows| rows.page.take());
        let fingerprint = fingerprint(
            &catalog.digest,
            self.dialect,
            &context.tenant,
            &shape.digest,
            &params,
            &plan.columns,
            page.as_ref(),
        );
        let sources = match (plan.legs.as_slice(), &plan.members) {
            (_, Some(members)) => Sources::One(members.source.id),
            ([leg], _) => Sources::One(leg.scan.source.id),
            _ => sources,
        };
        let others = plan.legs.iter().flat_map(|leg| leg.scan.others());
        let others = others.map(|scan| scan.source.id).collect();
        Ok(CompiledQuery {
            sql: shape.sql.clone(),
            dialect: self.dialect,
            params,
            columns: plan.columns,
            certificate: statement.certificate,
            notes,
            lineage: Lineage {
                catalog: self.catalog.clone(),
                sources,
                others,
                placements,
                selection,
                of_lookup: plan.members.is_some(),
            },
            page,
            fingerprint,
        })
    }

    /// The statement's shape, verified now or before.
    fn verified(
        &self,
        plan: &Plan<'_>,
        statement: &Statement,
        params: &[Param],
    ) -> Result<Arc<Shape>, Errors> {
        let types = params
            .iter()
            .map(|param| (param.data_type(), param.is_list()));
        let aliases = plan.columns.iter().map(Column::alias);
        let outline = plan.outline(&statement.order);
        let certificate = &statement.certificate;
        let known = self.verified.find(
            &statement.sql,
            certificate,
            types.clone(),
            aliases.clone(),
            outline,
        );
        if let Some(known) = known {
            return Ok(known);
        }
        check_reads(plan, statement)?;
        let types: Vec<(DataType, bool)> = types.collect();
        let aliases: Vec<&str> = aliases.collect();
        let claim = Claim {
            plan,
            sql: &statement.sql,
            certificate,
            order: &statement.order,
            types: &types,
            aliases: &aliases,
            functions: &self.catalog.functions,
        };
        verify(&claim).map_err(unverified)?;
        let shape = Arc::new(Shape {
            sql: statement.sql.as_str().into(),
            certificate: certificate.clone(),
            aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
            types,
            outline,
            digest: text_digest(&statement.sql),
        });
        self.verified.remember(shape.clone());
        Ok(shape)
    }
}

impl fmt::Debug for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiler")
            .field("catalog", &self.catalog)
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

fn unverified(error: VerifyError) -> Errors {
    Errors::from(Error::new(At::root("request").path(), error))
}

/// Bounds what is handed out: the text, and the parameters that stand in it.
fn check_size(catalog: &Catalog, statement: &Statement, params: &[Param]) -> Result<(), Errors> {
    let limits = &catalog.limits;
    let bytes = params.iter().map(Param::size_bytes);
    let mut findings = Findings::default();
    for (limit, bound, found) in [
        ("parameters", limits.parameters, params.len()),
        (
            "parameter_bytes",
            limits.parameter_bytes,
            bytes.fold(0, usize::saturating_add),
        ),
        (
            "statement_bytes",
            limits.statement_bytes,
            statement.sql.len(),
        ),
    ] {
        if found > bound {
            let error = ResolveError::limit(limit, bound);
            findings.push(Error::new(At::root("request").path(), error));
        }
    }
    findings.finish(())
}

/// SQLite takes only so many reads in a statement, and says so when it is run.
fn check_reads(plan: &Plan<'_>, statement: &Statement) -> Result<(), Errors> {
    if plan.dialect != Dialect::Sqlite || expanded_reads(&statement.sql) <= MAX_SQLITE_READS {
        return Ok(());
    }
    let source = plan.legs.first().map(|leg| leg.scan.source.key.to_string());
    let error = ResolveError::DialectUnsupported {
        dialect: plan.dialect.as_str(),
        construct: format!("more than {MAX_SQLITE_READS} reads in a statement"),
        kind: Kind::Source,
        name: source.unwrap_or_default(),
    };
    Err(Errors::from(Error::new(At::root("request").path(), error)))
}

/// The values in the order of their numbers; each is moved, never copied.
pub(crate) fn take_params(plan: &mut Plan<'_>, statement: &Statement) -> Vec<Param> {
    let nothing = || Param::Scalar(Value::Boolean(false));
    let mut params = Vec::with_capacity(statement.order.len());
    for bind in &statement.order {
        if let Some(param) = plan.binds.get_mut(bind.0) {
            params.push(std::mem::replace(param, nothing()));
        }
    }
    params
}
