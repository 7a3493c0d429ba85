//! Emit: writes the statement of a plan, in one pass, into one buffer.
//!
//! In: [`Plan`]. Out: [`Statement`]: the text, the order of its parameters, the certificate.
//! Guaranteed afterwards: the text depends on the shape of the request alone, every relation stands
//! in a guarded subselect, and the same plan gives the same bytes. No failure. Next to read:
//! `select.rs`, then `guard.rs`.

mod bucket;
mod guard;
mod json_path;
mod params;
mod predicate;
mod select;

use crate::catalog::columns::ColumnId;
use crate::certificate::{Certificate, GuardedScan};
use crate::dialect::Dialect;
use crate::expr::render::Rendered;
use crate::plan::{BindId, Plan};
use crate::value::DataType;

/// A statement as written, not yet verified: for looking at.
///
/// It has no parameters and so cannot be run; [`Compiler::compile`](crate::Compiler::compile) hands out
/// statements that are verified.
#[derive(Debug)]
pub struct Statement {
    pub(crate) sql: String,
    /// What stands in `$1`, `$2` and so on.
    pub(crate) order: Vec<BindId>,
    pub(crate) certificate: Certificate,
}

impl Statement {
    /// The text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The guards, as they were written; nothing has proved them yet.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// Writes the statement of a plan. The same plan gives the same bytes.
pub fn emit(plan: &Plan<'_>) -> Statement {
    let mut emitter = Emitter {
        plan,
        out: String::with_capacity(4096),
        numbers: vec![0; plan.binds.len()],
        order: Vec::with_capacity(plan.binds.len()),
        scans: Vec::with_capacity(1 + plan.keys.len()),
    };
    emitter.statement();
    let Emitter {
        out, order, scans, ..
    } = emitter;
    Statement {
        sql: out,
        order,
        certificate: Certificate { scans },
    }
}

/// What is being written.
struct Emitter<'p, 'c> {
    plan: &'p Plan<'c>,
    out: String,
    /// The number of each bind in the text, 0 while it has none.
    numbers: Vec<u16>,
    order: Vec<BindId>,
    scans: Vec<GuardedScan>,
}

/// How the columns of a fragment are written.
#[derive(Clone, Copy)]
struct Scope {
    /// The alias in front of each.
    alias: &'static str,
    /// Whether typed paths have to be cut out of their JSON column here.
    reads_relation: bool,
    /// Whether the date column of the source gives way to that of an option.
    switches_date: bool,
    /// Whether what the option brings is turned into the type of the column it stands for.
    converts_date: bool,
}

/// The alias of a relation inside its guard.
const TABLE: &str = "t";
/// The alias of the guarded rows outside.
const ROWS: &str = "o";

impl Scope {
    /// Beside the relation itself, inside its guard.
    const INSIDE: Scope = Scope {
        alias: TABLE,
        reads_relation: true,
        switches_date: false,
        converts_date: false,
    };
    /// Above the relation's own fence, still inside the guard.
    const ABOVE: Scope = Scope {
        alias: TABLE,
        reads_relation: false,
        switches_date: false,
        converts_date: false,
    };
    /// Outside the guard.
    const OUTSIDE: Scope = Scope {
        alias: ROWS,
        reads_relation: false,
        switches_date: false,
        converts_date: false,
    };

    /// The same for the value of a dimension, which follows a date-basis option.
    const fn of_dimension(self) -> Self {
        Scope {
            switches_date: true,
            ..self
        }
    }

    /// The same for an expression that expects the type of the source's own date column.
    const fn converting(self) -> Self {
        Scope {
            converts_date: true,
            ..self
        }
    }
}

impl<'p, 'c> Emitter<'p, 'c> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Starts a new line.
    fn line(&mut self, indent: usize) {
        const SPACES: &str = "                    ";
        self.out.push('\n');
        self.out
            .push_str(SPACES.get(..indent.min(SPACES.len())).unwrap_or_default());
    }

    /// Nothing outside is evaluated before what is inside, in either database.
    fn fence(&mut self, indent: usize) {
        self.line(indent);
        self.push(match self.plan.dialect {
            Dialect::Postgres => "OFFSET 0",
            Dialect::Sqlite => "LIMIT -1 OFFSET 0",
        });
    }

    /// Writes a column of a relation.
    fn column(&mut self, id: ColumnId, scope: Scope) {
        write_column(self.plan, id, scope, &mut self.out);
    }

    /// Writes an expression over the columns of a relation.
    fn fragment(&mut self, text: &Rendered, scope: Scope) {
        let plan = self.plan;
        let conversion = self.conversion(text, scope);
        text.write(&mut self.out, |hole, out| {
            let Some((own, conversion)) = conversion.as_ref().filter(|(own, _)| own.0 == hole)
            else {
                return write_column(plan, ColumnId(hole), scope, out);
            };
            out.push_str(conversion.before);
            write_column(plan, *own, scope, out);
            out.push_str(conversion.after);
            if let Some(zone) = conversion.zone {
                out.push('$');
                params::push_number(zone, out);
                out.push_str(conversion.end);
            }
        });
    }

    /// How a brought date column becomes what the text expects, and the column that it stands for.
    fn conversion(&mut self, text: &Rendered, scope: Scope) -> Option<(ColumnId, Conversion)> {
        let (own, chosen) = self.plan.scan.date_switch?;
        let is_read = text.references().any(|reference| reference == own.0);
        if !scope.switches_date || !scope.converts_date || !is_read {
            return None;
        }
        let source = self.plan.scan.source;
        let types = (source.date_type(own), source.date_type(chosen));
        let (before, after, end) = conversion(self.plan.dialect, types)?;
        let zone = (!end.is_empty()).then(|| self.number(self.plan.zone));
        let conversion = Conversion {
            before,
            after,
            zone,
            end,
        };
        Some((own, conversion))
    }
}

/// What stands around a column, with the number of the zone and what follows it.
struct Conversion {
    before: &'static str,
    after: &'static str,
    zone: Option<u16>,
    end: &'static str,
}

/// What turns a date or time of the second type into one of the first, by the clock of the context's
/// zone; the last text stands behind the zone. Nothing where the types are one.
fn conversion(
    dialect: Dialect,
    types: (DataType, DataType),
) -> Option<(&'static str, &'static str, &'static str)> {
    use DataType::{Date, Timestamp, Timestamptz};
    Some(match (dialect, types) {
        (Dialect::Postgres, (Date, Timestamptz)) => ("(", " AT TIME ZONE ", "::text)::date"),
        (Dialect::Postgres, (Timestamp, Timestamptz)) => ("(", " AT TIME ZONE ", "::text)"),
        (Dialect::Postgres, (Timestamptz, Date)) => ("(", "::timestamp AT TIME ZONE ", "::text)"),
        (Dialect::Postgres, (Timestamptz, Timestamp)) => ("(", " AT TIME ZONE ", "::text)"),
        (Dialect::Postgres, (Date, Timestamp)) => ("", "::date", ""),
        (Dialect::Postgres, (Timestamp, Date)) => ("", "::timestamp", ""),
        (Dialect::Sqlite, (Date, Timestamp)) => ("date(", ")", ""),
        (Dialect::Sqlite, (Timestamp, Date)) => ("datetime(", ")", ""),
        _ => return None,
    })
}

fn write_column(plan: &Plan<'_>, id: ColumnId, scope: Scope, out: &mut String) {
    let id = match plan.scan.date_switch {
        Some((own, chosen)) if scope.switches_date && own == id => chosen,
        _ => id,
    };
    if scope.reads_relation
        && let Some((path, data_type)) = plan.scan.source.json_path(id)
    {
        json_path::write(plan, path, data_type, scope.alias, out);
        return;
    }
    out.push_str(scope.alias);
    out.push('.');
    out.push_str(plan.names.sql(id));
}
