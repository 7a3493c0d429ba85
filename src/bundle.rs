//! Compiles bundles: every answer that a screen needs, each with its own errors, equal statements once.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::compile::Compiler;
use crate::context::Context;
use crate::error::{Error, Errors, ResolveError};
use crate::output::CompiledQuery;
use crate::path::At;
use crate::request::{Bundle, Request, RequestKind};

/// The statements of a bundle, and what each answer is.
#[derive(Debug)]
pub struct CompiledBundle {
    queries: Vec<CompiledQuery>,
    parts: Vec<BundlePart>,
}

/// One answer of a bundle.
#[derive(Debug)]
pub struct BundlePart {
    kind: PartKind,
    request: Request,
    result: Result<usize, Errors>,
}

/// What an answer of a bundle is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartKind {
    /// The answer to the request itself.
    Data,
    /// The totals over all of it.
    Totals,
    /// How many rows it has.
    Count,
    /// The members of the dimension with this key.
    Values(String),
}

impl Compiler {
    /// Compiles what a screen needs of one request, for one context.
    ///
    /// The parts agree: the source that answers the request answers all of them, with the same filters, dates,
    /// toggles and rules. One that cannot be answered has its own errors, and the others stay.
    ///
    /// ```
    /// # use measurand::{Bundle, Catalog, Compiler, Context, Dialect, PartKind, Request, Tenant};
    /// # let catalog = Catalog::from_json(r#"{
    /// #   "data_sources": [{"source_key": "orders", "view_pattern": "reporting.orders_{client_id}",
    /// #                     "metrics": "*", "dimensions": "*"}],
    /// #   "metrics": [{"metric_key": "revenue", "sql_expression": "SUM(revenue)"}],
    /// #   "dimensions": [{"dimension_key": "channel", "column_expression": "channel"}]
    /// # }"#)?;
    /// # let compiler = Compiler::new(catalog, Dialect::Postgres);
    /// # let context = Context::new(Tenant::number(1).expect("a tenant"), Vec::new());
    /// let request = Request::new().metric("revenue").dimension("channel").limit(20);
    /// let bundle = Bundle::new(request).data().totals().values("channel").values("regoin");
    /// let compiled = compiler.compile_bundle(&bundle, &context);
    /// let totals = compiled.query(&PartKind::Totals).ok_or("asked for")?;
    /// let totals = totals.map_err(ToString::to_string)?;
    /// assert!(!totals.sql().contains("channel"));
    /// let wrong = compiled.query(&PartKind::Values("regoin".to_owned())).ok_or("asked for")?;
    /// assert!(wrong.is_err());
    /// assert_eq!(compiled.queries().len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compile_bundle(&self, bundle: &Bundle, context: &Context) -> CompiledBundle {
        let data = self.compile(&bundle.request, context);
        let answering = data.as_ref().ok().and_then(CompiledQuery::only_source);
        let source = answering.map(ToString::to_string);
        let source = source.as_deref();
        let mut compiled = CompiledBundle {
            queries: Vec::with_capacity(3 + bundle.values.len()),
            parts: Vec::with_capacity(3 + bundle.values.len()),
        };
        if bundle.data {
            compiled.add(PartKind::Data, bundle.request.clone(), data);
        }
        if bundle.totals {
            let request = bundle.totals_request(source);
            let found = self.compile(&request, context);
            compiled.add(PartKind::Totals, request, found);
        }
        if bundle.count {
            let request = bundle.count_request();
            let found = match bundle.request.kind {
                // Counted as groups, members that are searched for would be counted without the search.
                RequestKind::Values { .. } => Err(counted_values()),
                _ => self.compile(&request, context),
            };
            compiled.add(PartKind::Count, request, found);
        }
        for values in &bundle.values {
            let request = bundle.values_request(values, source);
            let found = self.compile(&request, context);
            let kind = PartKind::Values(values.dimension.clone());
            compiled.add(kind, request, found);
        }
        compiled
    }
}

fn counted_values() -> Errors {
    let subject = "a count of values".to_owned();
    let path = At::root("request").key("kind").path();
    Errors::from(Error::new(path, ResolveError::WrongValue { subject }))
}

impl CompiledBundle {
    /// Statements that are equal, parameters and columns included, are one.
    fn add(&mut self, kind: PartKind, request: Request, found: Result<CompiledQuery, Errors>) {
        let result = found.map(|query| {
            let is_same = |known: &CompiledQuery| known.fingerprint() == query.fingerprint();
            self.queries.iter().position(is_same).unwrap_or_else(|| {
                self.queries.push(query);
                self.queries.len() - 1
            })
        });
        self.parts.push(BundlePart {
            kind,
            request,
            result,
        });
    }

    /// The statements, each once.
    pub fn queries(&self) -> &[CompiledQuery] {
        &self.queries
    }

    /// The answers, in the order data, totals, count, values.
    pub fn parts(&self) -> &[BundlePart] {
        &self.parts
    }

    /// The statement of a part, or why there is none. `None` where the part was not asked for.
    pub fn query(&self, kind: &PartKind) -> Option<Result<&CompiledQuery, &Errors>> {
        let part = self.parts.iter().find(|part| part.kind == *kind)?;
        match &part.result {
            Ok(position) => self.queries.get(*position).map(Ok),
            Err(errors) => Some(Err(errors)),
        }
    }
}

impl BundlePart {
    /// What the answer is.
    pub fn kind(&self) -> &PartKind {
        &self.kind
    }

    /// The request that the answer is to.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The position of its statement among [`CompiledBundle::queries`], or why there is none.
    pub fn result(&self) -> Result<usize, &Errors> {
        self.result.as_ref().copied()
    }
}

impl PartKind {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Totals => "totals",
            Self::Count => "count",
            Self::Values(_) => "values",
        }
    }
}

impl Serialize for CompiledBundle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("CompiledBundle", 2)?;
        out.serialize_field("queries", &self.queries)?;
        out.serialize_field("parts", &self.parts)?;
        out.end()
    }
}

impl Serialize for BundlePart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let dimension = match &self.kind {
            PartKind::Values(dimension) => Some(dimension),
            _ => None,
        };
        let fields = 2 + usize::from(dimension.is_some());
        let mut out = serializer.serialize_struct("BundlePart", fields)?;
        out.serialize_field("part", self.kind.as_str())?;
        if let Some(dimension) = dimension {
            out.serialize_field("dimension", dimension)?;
        }
        match &self.result {
            Ok(position) => out.serialize_field("query", position)?,
            Err(errors) => out.serialize_field("errors", errors)?,
        }
        out.end()
    }
}
