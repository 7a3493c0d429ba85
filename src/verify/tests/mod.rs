//! Statements of every kind, damaged in every way that comes to mind: not one is let through.

use std::collections::BTreeSet;

mod certificate;
mod conditions;
mod damaged;
mod expressions;
mod memory;
mod plans;
mod statements;
mod text;

use statements::{ALL, CATALOG, QUERIES, Query};

use super::{Claim, Evidence, verify, verify_values};
use crate::catalog::Catalog;
use crate::certificate::{Certificate, GuardedScan, ScanPurpose};
use crate::compile::take_params;
use crate::context::Context;
use crate::dialect::Dialect;
use crate::emit::{Statement, emit};
use crate::error::VerifyError;
use crate::limits::Limits;
use crate::plan::{BindId, Plan, plan};
use crate::request::Request;
use crate::resolve::resolve;
use crate::value::{DataType, Param};

/// What is asked of the first catalog under a name.
fn query(name: &str) -> &'static Query {
    let found = QUERIES.iter().find(|query| query.0 == name);
    found.expect("a query of this name")
}

/// A statement that holds, with all that it is checked against.
struct Subject<'c> {
    name: String,
    plan: Plan<'c>,
    statement: Statement,
    params: Vec<Param>,
    types: Vec<(DataType, bool)>,
    context: Context,
    functions: &'c [String],
}

impl<'c> Subject<'c> {
    fn new(catalog: &'c Catalog, dialect: Dialect, query: &(&str, &str, &str)) -> Self {
        let (name, request, access) = query;
        let limits = Limits::default();
        let request = Request::from_json(request, &limits).unwrap();
        let context = format!(r#"{{"client_id": 1, "access": {access}}}"#);
        let context = Context::from_json(&context, &limits).unwrap();
        let resolved = resolve(catalog, &request, &context).unwrap();
        let mut plan = plan(catalog, resolved, dialect).unwrap();
        let statement = emit(&plan);
        let params = take_params(&mut plan, &statement);
        let types = params
            .iter()
            .map(|param| (param.data_type(), param.is_list()))
            .collect();
        Self {
            name: format!("{name} ({})", dialect.as_str()),
            plan,
            statement,
            params,
            types,
            context,
            functions: &catalog.functions,
        }
    }

    fn sql(&self) -> &str {
        &self.statement.sql
    }

    fn evidence(&self) -> Evidence<'_> {
        Evidence {
            plan: &self.plan,
            order: &self.statement.order,
            params: &self.params,
            tenant: &self.context.tenant,
            access: &self.context.access,
            notes: &[],
        }
    }

    /// The first lookup.
    fn lookup(&mut self) -> Option<&mut GuardedScan> {
        let mut scans = self.statement.certificate.scans.iter_mut();
        scans.find(|scan| matches!(scan.purpose, ScanPurpose::Lookup(_)))
    }

    /// The guard of the facts, as the certificate has it.
    fn facts(&mut self) -> &mut GuardedScan {
        &mut self.statement.certificate.scans[0]
    }

    fn check(&self, sql: &str, certificate: &Certificate) -> Result<(), VerifyError> {
        verify_values(certificate, &self.evidence())?;
        self.read(sql, certificate)
    }

    /// What the text alone shows.
    fn read(&self, sql: &str, certificate: &Certificate) -> Result<(), VerifyError> {
        self.read_with(sql, certificate, &self.statement.order)
    }

    /// The same with other binds of the plan behind the numbers.
    fn read_with(
        &self,
        sql: &str,
        certificate: &Certificate,
        order: &[BindId],
    ) -> Result<(), VerifyError> {
        let aliases: Vec<&str> = self
            .plan
            .columns
            .iter()
            .map(|column| column.alias())
            .collect();
        verify(&Claim {
            plan: &self.plan,
            sql,
            certificate,
            order,
            types: &self.types,
            aliases: &aliases,
            functions: self.functions,
        })
    }

    fn check_text(&self, sql: &str) -> Result<(), VerifyError> {
        self.check(sql, &self.statement.certificate)
    }
}

fn catalog() -> Catalog {
    Catalog::from_json(CATALOG).unwrap_or_else(|errors| panic!("{errors}"))
}

fn each_subject(mut visit: impl FnMut(&Subject<'_>)) {
    for (catalog, both, postgres_alone) in ALL {
        let catalog = Catalog::from_json(catalog).unwrap_or_else(|errors| panic!("{errors}"));
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            for query in both {
                visit(&Subject::new(&catalog, dialect, query));
            }
        }
        for query in postgres_alone {
            visit(&Subject::new(&catalog, Dialect::Postgres, query));
        }
    }
}

/// Damaged texts, each refused; what was let through is reported all at once.
#[derive(Default)]
struct Damages {
    seen: BTreeSet<String>,
    let_through: Vec<String>,
}

impl Damages {
    fn refused(&mut self, subject: &Subject<'_>, what: &str, sql: String) {
        assert_ne!(
            sql,
            subject.sql(),
            "{}: {what} changes nothing",
            subject.name
        );
        if subject.check_text(&sql).is_ok() {
            self.let_through
                .push(format!("{}: {what}\n{sql}\n", subject.name));
        }
        self.seen.insert(sql);
    }

    fn finish(self, at_least: usize) {
        assert!(
            self.let_through.is_empty(),
            "{}",
            self.let_through.join("\n")
        );
        assert!(
            self.seen.len() >= at_least,
            "only {} damages",
            self.seen.len()
        );
    }
}
