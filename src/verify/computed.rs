//! Reads what is computed, to the letter of the plan: values of dimensions, aggregates, formulas.
//!
//! Every expression is read twice: as the one that the plan has, and by the grammar of `expression.rs`,
//! which knows what no expression may hold, whatever a plan says.

use crate::calendar::Grain;
use crate::catalog::dimension::SourceDimension;
use crate::dialect::Dialect;
use crate::expr::lex::{Lexer, TextKind, Token, TokenKind};
use crate::expr::render::Rendered;
use crate::plan::{BindId, Computed};
use crate::value::DataType;

use super::BELOW;
use super::columns::Rows;
use super::reader::{Read, Reader, failure};

impl<'a> Reader<'a> {
    /// The value of a dimension, at a grain where one is asked for or days are meant.
    pub(super) fn dimension(
        &mut self,
        dimension: &SourceDimension,
        grain: Option<Grain>,
        rows: Rows<'_>,
    ) -> Read<()> {
        let start = self.at;
        if dimension.path.is_none() {
            self.dimension_value(dimension, grain, rows)?;
            return self.is_expression(start, rows.alias);
        }
        let join = rows.scan.and_then(|scan| scan.join_of(dimension));
        let Some((_, join)) = join else {
            return failure("a value is looked at of rows that are not joined");
        };
        let joined = Rows::joined(join);
        if dimension.value.bare.is_some() {
            self.dimension_value(dimension, grain, joined)?;
        } else {
            let Some((_, present)) = join.on.first() else {
                return failure("rows are joined by no column");
            };
            self.words("(CASE WHEN")?;
            self.stored(*present, joined)?;
            self.words("IS NOT NULL THEN")?;
            self.dimension_value(dimension, grain, joined)?;
            self.words("END)")?;
        }
        self.is_expression(start, joined.alias)
    }

    /// An expression of the catalog over the columns of rows.
    pub(super) fn fragment(&mut self, text: &Rendered, rows: Rows<'_>) -> Read<()> {
        let start = self.at;
        self.rendered(text, rows, false)?;
        self.is_expression(start, rows.alias)
    }

    /// A formula over columns of the step below.
    pub(super) fn formula(&mut self, computed: &Computed<'_>) -> Read<()> {
        let start = self.at;
        for (piece, argument) in computed.text.pieces() {
            self.words(piece)?;
            let Some(argument) = argument else { continue };
            let argument = usize::try_from(argument).ok();
            let Some(term) = argument.and_then(|at| computed.arguments.get(at)) else {
                return failure("a formula lacks what it is computed from");
            };
            let name = self.term_name(*term)?;
            self.exact_column(BELOW, name)?;
        }
        self.is_expression(start, BELOW)
    }

    /// What was read since is one expression of the grammar, and nothing besides.
    pub(super) fn is_expression(&mut self, start: usize, alias: &str) -> Read<()> {
        let (behind, end) = (self.end, self.at);
        (self.at, self.end) = (start, end);
        self.expression(alias)?;
        self.end = behind;
        if self.at == end {
            Ok(())
        } else {
            failure("a value is more than one expression")
        }
    }

    fn dimension_value(
        &mut self,
        dimension: &SourceDimension,
        grain: Option<Grain>,
        rows: Rows<'_>,
    ) -> Read<()> {
        let dialect = self.plan().dialect;
        let Ok(text) = dimension.value.printed.get(dialect) else {
            return failure("a dimension has no text in the dialect");
        };
        let Some(time) = dimension.time else {
            return self.rendered(text, rows, true);
        };
        let brought = rows.option().filter(|(_, own, _)| {
            dimension.value.bare == Some(*own) && time.stored == DataType::Date
        });
        let stored = brought.map_or(time.stored, |(scan, _, brought)| {
            scan.source.date_type(brought)
        });
        // Of another type than a date, what an option brings instead of a bare one is cut to its day.
        let means_days = time.is_day || time.stored != stored;
        let value = CutValue {
            text,
            rows,
            converts: brought.is_none(),
            stored,
        };
        match (grain.or(means_days.then_some(Grain::Day)), dialect) {
            (None, _) => self.uncut(value),
            (Some(grain), Dialect::Postgres) => self.cut(value, grain),
            (Some(grain), Dialect::Sqlite) => self.cut_sqlite(value, grain),
        }
    }

    fn uncut(&mut self, value: CutValue<'_>) -> Read<()> {
        self.rendered(value.text, value.rows, value.converts)
    }

    fn cut(&mut self, value: CutValue<'_>, grain: Grain) -> Read<()> {
        let periods = self.plan().periods;
        let week_start = periods.week_start.days_after_monday();
        let fiscal = match grain {
            Grain::FiscalQuarter => Some(("quarter", periods.months_before_fiscal_quarter())),
            Grain::FiscalYear => Some(("year", periods.months_before_fiscal_year())),
            _ => None,
        };
        if let Some((unit, months)) = fiscal {
            return self.cut_fiscal(value, unit, months);
        }
        match (grain, value.stored) {
            (Grain::Day, DataType::Date) => self.uncut(value),
            (Grain::Day, DataType::Timestamp) => {
                self.uncut(value)?;
                self.words("::date")
            }
            (Grain::Day, _) => {
                self.open()?;
                self.on_the_clock(value)?;
                self.words(")::date")
            }
            (Grain::Hour, DataType::Timestamptz) => {
                self.words("date_trunc('hour',")?;
                self.uncut(value)?;
                self.words(",")?;
                self.zone()?;
                self.close()
            }
            (Grain::Hour, _) => {
                self.words("date_trunc('hour',")?;
                self.on_the_clock(value)?;
                self.close()
            }
            (Grain::Week, _) if week_start > 0 => {
                let days = 7 - week_start;
                self.words("date_trunc('week',")?;
                self.on_the_clock(value)?;
                self.words(&format!("+ interval '{days} days')::date - {days}"))
            }
            _ => {
                self.words(&format!("date_trunc('{}',", grain.as_str()))?;
                self.on_the_clock(value)?;
                self.words(")::date")
            }
        }
    }

    fn cut_fiscal(&mut self, value: CutValue<'_>, unit: &str, months: u8) -> Read<()> {
        self.words(if months == 0 { "" } else { "(" })?;
        self.words(&format!("date_trunc('{unit}',"))?;
        self.on_the_clock(value)?;
        if months > 0 {
            self.words(&format!(
                "- interval '{months} months') + interval '{months} months'"
            ))?;
        }
        self.words(")::date")
    }

    /// The value as a clock of the context's zone shows it.
    fn on_the_clock(&mut self, value: CutValue<'_>) -> Read<()> {
        self.uncut(value)?;
        match value.stored {
            DataType::Timestamp => Ok(()),
            DataType::Timestamptz => {
                self.words("AT TIME ZONE")?;
                self.zone()
            }
            _ => self.words("::timestamp"),
        }
    }

    fn cut_sqlite(&mut self, value: CutValue<'_>, grain: Grain) -> Read<()> {
        self.words(match grain {
            Grain::Hour => "strftime('%Y-%m-%d %H:00:00',",
            _ => "date(",
        })?;
        self.uncut(value)?;
        match grain {
            Grain::Hour | Grain::Day => {}
            Grain::Week => {
                // SQLite's weekday 0 is Sunday, the last day of a week that begins on Monday.
                let last = self.plan().periods.week_start.days_after_monday() % 7;
                self.words(&format!(", 'weekday {last}', '-6 days'"))?;
            }
            Grain::Month => self.words(", 'start of month'")?,
            Grain::Year => self.words(", 'start of year'")?,
            Grain::Quarter | Grain::FiscalQuarter | Grain::FiscalYear => {
                let periods = self.plan().periods;
                // The months by which the first of a period comes before a month, less a whole year.
                let (ahead, length) = match grain {
                    Grain::Quarter => (11, 3),
                    Grain::FiscalQuarter => (11 - periods.months_before_fiscal_quarter(), 3),
                    _ => (11 - periods.months_before_fiscal_year(), 12),
                };
                self.words(", 'start of month', '-' || ((strftime('%m',")?;
                self.uncut(value)?;
                self.words(&format!(") + {ahead}) % {length}) || ' months'"))?;
            }
        }
        self.close()
    }

    /// The placeholder of a bind.
    pub(super) fn value(&mut self, bind: BindId, data_type: DataType) -> Read<()> {
        let is_number = self.plan().dialect == Dialect::Sqlite && data_type == DataType::Decimal;
        self.words(if is_number { "CAST(" } else { "" })?;
        let (at, bound) = self.placeholder(false)?;
        self.words(if is_number { "AS NUMERIC)" } else { "" })?;
        if bound != data_type || self.claim.order.get(at) != Some(&bind) {
            return failure("a value is compared with another parameter than planned");
        }
        Ok(())
    }

    /// These tokens; the case of words does not matter.
    pub(super) fn words(&mut self, text: &str) -> Read<()> {
        for expected in Lexer::new(text, TextKind::Statement) {
            let is_found = match (expected, self.peek()) {
                (Ok(expected), Some(found)) => same_token(found, &expected),
                _ => false,
            };
            if !is_found {
                return failure("what is computed is not as planned");
            }
            self.at += 1;
        }
        Ok(())
    }
}

/// A value in time that is cut to the start of its period.
#[derive(Clone, Copy)]
struct CutValue<'v> {
    text: &'v Rendered,
    rows: Rows<'v>,
    /// Whether what an option brings is made of the type that the expression expects.
    converts: bool,
    /// The type of the value.
    stored: DataType,
}

/// Whether two tokens say the same; case matters in quotes alone.
pub(super) fn same_token(a: &Token<'_>, b: &Token<'_>) -> bool {
    a.kind == b.kind
        && match a.kind {
            TokenKind::Word | TokenKind::Number => a.text.eq_ignore_ascii_case(b.text),
            _ => a.text == b.text,
        }
}
