//! Values in time, cut to the start of their period.

use crate::calendar::Grain;
use crate::catalog::dimension::{SourceDimension, TimeValue};
use crate::dialect::Dialect;
use crate::expr::render::Rendered;
use crate::plan::{Join, cut};
use crate::value::DataType;

use super::params::push_number;
use super::{Emitter, Scope};

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the value of a dimension, of the rows themselves or of those that are joined to them.
    pub(super) fn dimension_value(
        &mut self,
        value: &SourceDimension,
        text: &Rendered,
        grain: Option<Grain>,
        scope: Scope,
    ) {
        let join: Option<&'p Join<'c>> = self.scan.and_then(|scan| Some(scan.join_of(value)?.1));
        let Some(join) = join else {
            return self.own_value(value, text, grain, scope);
        };
        let (scan, outside) = (self.scan.replace(&join.scan), self.join.replace(join));
        // The dates of other rows are neither those of an option nor those that a comparison moves.
        let scope = Scope::OUTSIDE;
        if value.value.bare.is_some() {
            self.own_value(value, text, grain, scope);
        } else {
            // Where there is no row there is no value, whatever the expression makes of nothing.
            self.push("(CASE WHEN ");
            if let Some(column) = join.present() {
                self.column(column, scope);
            }
            self.push(" IS NOT NULL THEN ");
            self.own_value(value, text, grain, scope);
            self.push(" END)");
        }
        (self.scan, self.join) = (scan, outside);
    }

    /// Writes the value of a dimension, at a grain where one is asked for or days are meant. Whether it
    /// follows a date-basis option is the scope's to say: buckets and filters do, access rules never.
    fn own_value(
        &mut self,
        value: &SourceDimension,
        text: &Rendered,
        grain: Option<Grain>,
        scope: Scope,
    ) {
        let scope = Scope {
            switches_date: scope.switches_date && !value.is_column,
            ..scope
        };
        let Some(time) = value.time else {
            return self.fragment(text, scope.converting());
        };
        // A date whose option brings a column of moments still means days: what it brings is cut as what
        // it is. Any other value is made of the type that it expects.
        let brought = self.brought_type(value, time, scope);
        let (stored, scope) = match brought {
            Some(stored) => (stored, scope),
            None => (time.stored, scope.converting()),
        };
        let means_days = time.stored == DataType::Date && stored != DataType::Date;
        let grain = match cut(value, grain) {
            Some((_, grain)) => Some(grain),
            None => means_days.then_some(Grain::Day),
        };
        match (grain, self.plan.dialect) {
            (None, _) => self.fragment(text, scope),
            (Some(grain), Dialect::Postgres) => self.cut_postgres(text, stored, grain, scope),
            (Some(grain), Dialect::Sqlite) => self.cut_sqlite(text, grain, scope),
        }
    }

    /// The type of the column that a date-basis option brings in the place of a dimension of dates.
    fn brought_type(
        &self,
        value: &SourceDimension,
        time: TimeValue,
        scope: Scope,
    ) -> Option<DataType> {
        let scan = self.scan?;
        let (own, chosen) = scan.date_switch?;
        let is_bare = scope.switches_date && value.value.bare == Some(own);
        (is_bare && time.stored == DataType::Date).then(|| scan.source.date_type(chosen))
    }

    /// # Source
    /// PostgreSQL manual, `date_trunc`: weeks begin on Monday (ISO 8601).
    fn cut_postgres(&mut self, text: &Rendered, stored: DataType, grain: Grain, scope: Scope) {
        match (grain, stored) {
            (Grain::Day, DataType::Date) => self.fragment(text, scope),
            (Grain::Day, DataType::Timestamp) => {
                self.fragment(text, scope);
                self.push("::date");
            }
            (Grain::Day, _) => {
                self.push("(");
                self.local_time(text, stored, scope);
                self.push(")::date");
            }
            // Hours are moments, so that the hour that a clock shows twice stays two.
            (Grain::Hour, DataType::Timestamptz) => {
                self.push("date_trunc('hour', ");
                self.fragment(text, scope);
                self.push(", ");
                self.value(self.plan.zone, DataType::Text);
                self.push(")");
            }
            (Grain::Hour, _) => {
                self.push("date_trunc('hour', ");
                self.local_time(text, stored, scope);
                self.push(")");
            }
            (Grain::Week, _) => self.cut_week(text, stored, scope),
            (Grain::FiscalQuarter, _) => {
                let months = self.plan.periods.months_before_fiscal_quarter();
                self.cut_fiscal("quarter", months, text, stored, scope);
            }
            (Grain::FiscalYear, _) => {
                let months = self.plan.periods.months_before_fiscal_year();
                self.cut_fiscal("year", months, text, stored, scope);
            }
            _ => {
                self.push("date_trunc('");
                self.push(grain.as_str());
                self.push("', ");
                self.local_time(text, stored, scope);
                self.push(")::date");
            }
        }
    }

    /// Weeks that begin on another day than Monday are cut where a shifted Monday falls.
    fn cut_week(&mut self, text: &Rendered, stored: DataType, scope: Scope) {
        let back = (7 - self.plan.periods.week_start.days_after_monday()) % 7;
        self.push("date_trunc('week', ");
        self.local_time(text, stored, scope);
        if back == 0 {
            self.push(")::date");
            return;
        }
        self.push(" + interval '");
        self.digit(back);
        self.push(" days')::date - ");
        self.digit(back);
    }

    /// Fiscal years are cut where calendar years would be so many months earlier. In a shorter month, the
    /// month before a 31st ends sooner and is still the same month.
    fn cut_fiscal(
        &mut self,
        unit: &str,
        months: u8,
        text: &Rendered,
        stored: DataType,
        scope: Scope,
    ) {
        self.push(if months > 0 { "(" } else { "" });
        self.push("date_trunc('");
        self.push(unit);
        self.push("', ");
        self.local_time(text, stored, scope);
        if months > 0 {
            self.push(" - ");
            self.months(months);
            self.push(") + ");
            self.months(months);
        }
        self.push(")::date");
    }

    fn months(&mut self, months: u8) {
        self.push("interval '");
        push_number(u16::from(months), &mut self.out);
        self.push(" months'");
    }

    /// The value as a time without zone: the clock of the context's zone for moments.
    fn local_time(&mut self, text: &Rendered, stored: DataType, scope: Scope) {
        self.fragment(text, scope);
        match stored {
            DataType::Timestamptz => {
                self.push(" AT TIME ZONE ");
                self.value(self.plan.zone, DataType::Text);
            }
            DataType::Timestamp => {}
            _ => self.push("::timestamp"),
        }
    }

    /// # Source
    /// SQLite documentation, "Date And Time Functions": `weekday N` moves forward to that day.
    fn cut_sqlite(&mut self, text: &Rendered, grain: Grain, scope: Scope) {
        let open = if grain == Grain::Hour {
            "strftime('%Y-%m-%d %H:00:00', "
        } else {
            "date("
        };
        self.push(open);
        self.fragment(text, scope);
        match grain {
            Grain::Hour | Grain::Day => {}
            Grain::Week => {
                // The last day of the week, with Sunday as 0, then back to its first.
                let last = self.plan.periods.week_start.days_after_monday() % 7;
                self.push(", 'weekday ");
                self.digit(last);
                self.push("', '-6 days'");
            }
            Grain::Month => self.push(", 'start of month'"),
            Grain::Quarter => self.back_by_months(text, 0, "3", scope),
            Grain::FiscalQuarter => {
                let begins = self.plan.periods.months_before_fiscal_quarter();
                self.back_by_months(text, begins, "3", scope);
            }
            Grain::Year => self.push(", 'start of year'"),
            Grain::FiscalYear => {
                let begins = self.plan.periods.months_before_fiscal_year();
                self.back_by_months(text, begins, "12", scope);
            }
        }
        self.push(")");
    }

    /// Back to the first month of a period of so many, of which one begins so many months into the year.
    fn back_by_months(&mut self, text: &Rendered, begins: u8, length: &str, scope: Scope) {
        self.push(", 'start of month', '-' || ((strftime('%m', ");
        self.fragment(text, scope);
        self.push(") + ");
        push_number(u16::from(11 - begins.min(11)), &mut self.out);
        self.push(") % ");
        self.push(length);
        self.push(") || ' months'");
    }

    fn digit(&mut self, digit: u8) {
        self.out.push(char::from(b'0' + digit % 10));
    }
}
