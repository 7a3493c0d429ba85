//! Emit: writes the statement of a plan, in one pass, into one buffer.
//!
//! In: [`Plan`]. Out: [`Statement`]: the text, the order of its parameters, the certificate.
//! Guaranteed afterwards: the text depends on the shape of the request alone, every relation stands
//! in a guarded subselect, and the same plan gives the same bytes. No failure. Next to read:
//! `select.rs`, then `guard.rs`.

mod bucket;
mod combine;
mod gaps;
mod guard;
mod joins;
mod json_path;
mod members;
mod overlapping;
mod params;
mod passing;
mod picked;
mod pivot;
mod predicate;
mod reads;
mod rows;
mod running;
mod select;
mod standing;
mod summed;
mod top;
mod totals;
mod windows;

use crate::catalog::columns::ColumnId;
use crate::certificate::{Certificate, GuardedScan};
use crate::dialect::Dialect;
use crate::expr::render::Rendered;
use crate::plan::{BindId, Join, Passing, Plan, Scan};
use crate::value::DataType;

pub(crate) use reads::{MAX_SQLITE_READS, expanded_reads};

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
        scans: Vec::with_capacity(plan.legs.len() + plan.keys.len()),
        scan: None,
        join: None,
        prefix: "",
        passing: None,
        ranks: None,
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
    /// The scan whose columns are being written.
    scan: Option<&'p Scan<'c>>,
    /// The join whose columns are being written, under the names that they are shown by.
    join: Option<&'p Join<'c>>,
    /// What the names of steps begin with.
    prefix: &'static str,
    /// The groups that pass, once they are written.
    passing: Option<&'p Passing<'c>>,
    /// The whole, where steps rank members by sums that it is of.
    ranks: Option<&'p Plan<'c>>,
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
    /// Whether dates of the earlier period are moved to where they are compared.
    moves_date: bool,
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
        moves_date: false,
        converts_date: false,
    };
    /// Above the relation's own fence, still inside the guard.
    const ABOVE: Scope = Scope {
        alias: TABLE,
        reads_relation: false,
        switches_date: false,
        moves_date: false,
        converts_date: false,
    };
    /// Outside the guard.
    const OUTSIDE: Scope = Scope {
        alias: ROWS,
        reads_relation: false,
        switches_date: false,
        moves_date: false,
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
        let mut columns = Columns {
            plan: self.plan,
            scan: self.scan,
            join: self.join,
            numbers: &mut self.numbers,
            order: &mut self.order,
        };
        columns.write(id, scope, &mut self.out);
    }

    /// Writes an expression over the columns of a relation.
    fn fragment(&mut self, text: &Rendered, scope: Scope) {
        let mut columns = Columns {
            plan: self.plan,
            scan: self.scan,
            join: self.join,
            numbers: &mut self.numbers,
            order: &mut self.order,
        };
        text.write(&mut self.out, |hole, out| {
            columns.write(ColumnId(hole), scope, out)
        });
    }
}

/// What turns a date or time of the second type into one of the first, by the clock of the context's
/// zone; the last text stands behind the zone. Nothing where the types are one.
fn conversion(
    dialect: Dialect,
    types: (DataType, DataType),
) -> Option<(&'static str, &'static str, &'static str)> {
    use DataType::{Date, Timestamp, Timestamptz};
    Some(match (dialect, types) {
        (Dialect::Postgres, (Date, Timestamptz)) => ("(", " AT TIME ZONE ", ")::date"),
        (Dialect::Postgres, (Timestamp, Timestamptz)) => ("(", " AT TIME ZONE ", ")"),
        (Dialect::Postgres, (Timestamptz, Date)) => ("(", "::timestamp AT TIME ZONE ", ")"),
        (Dialect::Postgres, (Timestamptz, Timestamp)) => ("(", " AT TIME ZONE ", ")"),
        (Dialect::Postgres, (Date, Timestamp)) => ("", "::date", ""),
        (Dialect::Postgres, (Timestamp, Date)) => ("", "::timestamp", ""),
        (Dialect::Sqlite, (Date, Timestamp)) => ("date(", ")", ""),
        (Dialect::Sqlite, (Timestamp, Date)) => ("datetime(", ")", ""),
        _ => return None,
    })
}

/// What it takes to write a column.
struct Columns<'e, 'p, 'c> {
    plan: &'p Plan<'c>,
    scan: Option<&'p Scan<'c>>,
    join: Option<&'p Join<'c>>,
    numbers: &'e mut [u16],
    order: &'e mut Vec<BindId>,
}

impl Columns<'_, '_, '_> {
    fn write(&mut self, id: ColumnId, scope: Scope, out: &mut String) {
        let scan = self.scan;
        let switch = scan.and_then(|scan| scan.date_switch.filter(|(own, _)| *own == id));
        let Some((scan, (own, chosen))) = scan.zip(switch).filter(|_| scope.switches_date) else {
            return self.moved(id, scope, out);
        };
        let types = (scan.source.date_type(own), scan.source.date_type(chosen));
        let conversion = conversion(self.plan.dialect, types).filter(|_| scope.converts_date);
        let (before, after, end) = conversion.unwrap_or_default();
        out.push_str(before);
        self.moved(chosen, scope, out);
        out.push_str(after);
        if !end.is_empty() {
            self.zone(out);
            out.push_str(end);
        }
    }

    /// A column, moved where it is the date of the earlier period.
    fn moved(&mut self, id: ColumnId, scope: Scope, out: &mut String) {
        let scan = self.scan;
        if scope.reads_relation
            && let Some((path, data_type)) = scan.and_then(|scan| scan.source.json_path(id))
        {
            json_path::write(self.plan, path, data_type, scope.alias, out);
            return;
        }
        let moved = scan.filter(|scan| scope.moves_date && scan.date_column == Some(id));
        let Some((scan, (months, days))) = moved.and_then(|scan| Some((scan, scan.moved?))) else {
            self.plain(id, scope, out);
            return;
        };
        // Months come first, so that a day that the month lacks is its last one.
        let data_type = scan.source.date_type(id);
        out.push_str(if data_type == DataType::Timestamptz {
            "(("
        } else {
            "("
        });
        self.plain(id, scope, out);
        if data_type == DataType::Timestamptz {
            out.push_str(" AT TIME ZONE ");
            self.zone(out);
        }
        for (bind, unit) in [(months, "month"), (days, "day")] {
            out.push_str(" + ");
            params::write_value(
                self.plan,
                bind,
                DataType::Integer,
                self.numbers,
                self.order,
                out,
            );
            out.push_str(" * interval '1 ");
            out.push_str(unit);
            out.push('\'');
        }
        match data_type {
            DataType::Timestamptz => {
                out.push_str(") AT TIME ZONE ");
                self.zone(out);
                out.push(')');
            }
            DataType::Timestamp => out.push(')'),
            _ => out.push_str(")::date"),
        }
    }

    fn zone(&mut self, out: &mut String) {
        let (plan, zone) = (self.plan, self.plan.zone);
        params::write_value(plan, zone, DataType::Text, self.numbers, self.order, out);
    }

    fn plain(&self, id: ColumnId, scope: Scope, out: &mut String) {
        out.push_str(scope.alias);
        out.push('.');
        out.push_str(match self.join {
            Some(join) => join.name_of(id),
            None => self.plan.names.sql(id),
        });
    }
}
