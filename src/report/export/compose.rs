//! The statement of an export: rows and the rows beside them, composed of statements that were verified.
//!
//! ```text
//! WITH export_rows AS ( rows ),
//! export_children_1 AS (
//!   SELECT n.k1 AS k1, n.c1 AS c1, n.number AS number FROM (
//!     SELECT c.parent AS k1, c.status AS c1,
//!       row_number() OVER (PARTITION BY c.parent ORDER BY c.started NULLS LAST, c.id) AS number
//!     FROM ( children ) AS c WHERE c.parent IN (SELECT p.id FROM export_rows AS p)
//!   ) AS n WHERE n.number <= 3
//! )
//! SELECT p.id AS case_id, k1_1.c1 AS inv_1_status, k1_2.c1 AS inv_2_status
//! FROM export_rows AS p
//! LEFT JOIN export_children_1 AS k1_1 ON k1_1.k1 = p.id AND k1_1.number = 1 ..
//! ORDER BY p.id
//! ```
//!
//! Rows beside are numbered behind their guard, so that a hidden one takes no place, and a number is met once
//! at most, so that no row is repeated.

use std::fmt::Write as _;

use crate::catalog::spelling::KeySpelling;
use crate::certificate::{Certificate, RuleForm};
use crate::dialect::Dialect;
use crate::output::CompiledQuery;
use crate::value::{DataType, Param};

/// What a statement is composed of. Columns of statements are named by their positions.
pub(super) struct Composition {
    pub(super) dialect: Dialect,
    pub(super) rows: CompiledQuery,
    pub(super) children: Vec<ChildStep>,
    pub(super) outputs: Vec<Output>,
    pub(super) order: Vec<OrderKey>,
    /// The templates that fields are limited to.
    pub(super) templates: Vec<Param>,
}

/// Rows of another source, numbered for each row that they are beside.
pub(super) struct ChildStep {
    pub(super) query: CompiledQuery,
    /// What both have in common: columns of the rows, and of these.
    pub(super) on: Vec<(usize, usize)>,
    pub(super) order: Vec<OrderKey>,
    /// The columns that are handed on.
    pub(super) shown: Vec<usize>,
    /// How many of them stand beside a row at most.
    pub(super) most: u8,
    /// Whether it is told how many there are.
    pub(super) is_counted: bool,
    /// The only template that they are of.
    pub(super) template: Option<Template>,
}

/// A column that has to be one template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) column: usize,
    /// The position among the templates of the composition.
    pub(super) value: usize,
    pub(super) data_type: DataType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OrderKey {
    pub(super) column: usize,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
    /// Whether it is never missing.
    pub(super) is_present: bool,
}

/// A column of the result.
pub(super) struct Output {
    pub(super) name: KeySpelling,
    pub(super) term: Term,
}

/// What a column of the result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Term {
    /// A column of the rows.
    Row(usize),
    /// A column of the rows that were filled in by one template.
    Limited { column: usize, template: Template },
    /// A column of the so-manieth row beside, from 1 up.
    Child { step: usize, number: u8, at: usize },
    /// How many rows there are beside.
    Count { step: usize },
}

/// The parameters of a composition: those of its statements, one after the other, and then templates.
pub(super) fn params(composition: &Composition) -> Vec<Param> {
    let children = composition.children.iter().map(|step| &step.query);
    let queries = std::iter::once(&composition.rows).chain(children);
    let own = queries.flat_map(|query| query.params.iter());
    own.chain(&composition.templates).cloned().collect()
}

/// How many parameters the statements of a composition have.
fn own_params(composition: &Composition) -> usize {
    let children = composition.children.iter();
    children.fold(composition.rows.params.len(), |sum, step| {
        sum + step.query.params.len()
    })
}

/// The certificate of a composition: those of its statements, one after the other.
pub(super) fn certificate(composition: &Composition) -> Certificate {
    let mut scans = composition.rows.certificate.scans.clone();
    let mut before = composition.rows.params.len();
    let mark = mark(composition.dialect);
    for step in &composition.children {
        let by = u16::try_from(before).unwrap_or(u16::MAX);
        let renumbered = |text: &str| {
            let mut out = String::new();
            renumber(text, mark, before, &mut out);
            out
        };
        for scan in &step.query.certificate.scans {
            let mut scan = scan.clone();
            if let Some(tenant) = &mut scan.tenant {
                tenant.parameter = tenant.parameter.saturating_add(by);
            }
            for rule in &mut scan.rules {
                rule.value = renumbered(&rule.value);
                if let RuleForm::Listed { list, .. } | RuleForm::NotListed { list, .. } =
                    &mut rule.form
                {
                    list.parameter = list.parameter.saturating_add(by);
                }
            }
            if let Some(filter) = &mut scan.base_filter {
                filter.predicate = renumbered(&filter.predicate);
            }
            scans.push(scan);
        }
        before += step.query.params.len();
    }
    Certificate { scans }
}

/// The text of a composition.
pub(super) fn text(composition: &Composition) -> String {
    let mut writer = Writer {
        composition,
        out: String::with_capacity(4_096),
    };
    writer.statement();
    writer.out
}

struct Writer<'c> {
    composition: &'c Composition,
    out: String,
}

impl Writer<'_> {
    fn statement(&mut self) {
        let composition = self.composition;
        self.out.push_str("WITH export_rows AS (\n");
        self.part(&composition.rows, 0);
        self.out.push_str("\n)");
        let mut before = composition.rows.params.len();
        for (at, step) in composition.children.iter().enumerate() {
            self.children(at, step, before);
            before += step.query.params.len();
        }
        self.out.push_str("\nSELECT");
        for (at, output) in composition.outputs.iter().enumerate() {
            self.out.push_str(if at == 0 { "\n  " } else { ",\n  " });
            self.term(output.term, before);
            self.named(&output.name.sql);
        }
        self.out.push_str("\nFROM export_rows AS p");
        for (at, step) in composition.children.iter().enumerate() {
            for number in 1..=step.most {
                self.join(at, step, number);
            }
        }
        self.order(&composition.rows, "p", &composition.order, "\n");
    }

    /// A verified statement, its placeholders numbered behind those before it.
    fn part(&mut self, query: &CompiledQuery, before: usize) {
        let mark = mark(self.composition.dialect);
        renumber(&query.sql, mark, before, &mut self.out);
    }

    fn children(&mut self, at: usize, step: &ChildStep, before: usize) {
        let query = &step.query;
        let _ = write!(self.out, ",\nexport_children_{} AS (\n  SELECT", at + 1);
        let mut names: Vec<String> = Vec::new();
        names.extend((1..=step.on.len()).map(|key| format!("k{key}")));
        names.extend((1..=step.shown.len()).map(|column| format!("c{column}")));
        names.push("number".to_owned());
        names.extend(step.is_counted.then(|| "siblings".to_owned()));
        for (index, name) in names.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(self.out, "{comma}\n    n.{name} AS {name}");
        }
        self.out.push_str("\n  FROM (\n    SELECT");
        for (key, (_, column)) in step.on.iter().enumerate() {
            self.out
                .push_str(if key == 0 { "\n      " } else { ",\n      " });
            self.column("c", query, *column);
            self.named(&format!("k{}", key + 1));
        }
        for (index, column) in step.shown.iter().enumerate() {
            self.out.push_str(",\n      ");
            self.column("c", query, *column);
            self.named(&format!("c{}", index + 1));
        }
        self.out.push_str(",\n      row_number() OVER (");
        self.partition(step);
        self.order(query, "c", &step.order, " ");
        self.out.push_str(") AS number");
        if step.is_counted {
            self.out.push_str(",\n      count(*) OVER (");
            self.partition(step);
            self.out.push_str(") AS siblings");
        }
        self.out.push_str("\n    FROM (\n");
        self.part(query, before);
        self.out.push_str("\n    ) AS c\n    WHERE ");
        let is_several = step.on.len() > 1;
        self.out.push_str(if is_several { "(" } else { "" });
        for (index, (_, column)) in step.on.iter().enumerate() {
            self.out.push_str(if index == 0 { "" } else { ", " });
            self.column("c", query, *column);
        }
        self.out.push_str(if is_several { ")" } else { "" });
        self.out.push_str(" IN (SELECT ");
        for (index, (column, _)) in step.on.iter().enumerate() {
            self.out.push_str(if index == 0 { "" } else { ", " });
            self.column("p", &self.composition.rows, *column);
        }
        self.out.push_str(" FROM export_rows AS p)");
        if let Some(template) = step.template {
            self.out.push_str("\n      AND ");
            self.column("c", query, template.column);
            self.is_template(template, own_params(self.composition));
        }
        let most = step.most;
        let _ = write!(self.out, "\n  ) AS n\n  WHERE n.number <= {most}\n)");
    }

    fn partition(&mut self, step: &ChildStep) {
        self.out.push_str("PARTITION BY ");
        for (index, (_, column)) in step.on.iter().enumerate() {
            self.out.push_str(if index == 0 { "" } else { ", " });
            self.column("c", &step.query, *column);
        }
    }

    fn join(&mut self, at: usize, step: &ChildStep, number: u8) {
        let step_number = at + 1;
        let alias = format!("k{step_number}_{number}");
        let _ = write!(
            self.out,
            "\nLEFT JOIN export_children_{step_number} AS {alias} ON "
        );
        for (key, (column, _)) in step.on.iter().enumerate() {
            let _ = write!(self.out, "{alias}.k{} = ", key + 1);
            self.column("p", &self.composition.rows, *column);
            self.out.push_str(" AND ");
        }
        let _ = write!(self.out, "{alias}.number = {number}");
    }

    fn term(&mut self, term: Term, before: usize) {
        let rows = &self.composition.rows;
        match term {
            Term::Row(column) => self.column("p", rows, column),
            Term::Limited { column, template } => {
                self.out.push_str("CASE WHEN ");
                self.column("p", rows, template.column);
                self.is_template(template, before);
                self.out.push_str(" THEN ");
                self.column("p", rows, column);
                self.out.push_str(" END");
            }
            Term::Child { step, number, at } => {
                let _ = write!(self.out, "k{}_{number}.c{}", step + 1, at + 1);
            }
            Term::Count { step } => {
                let _ = write!(self.out, "COALESCE(k{}_1.siblings, 0)", step + 1);
            }
        }
    }

    fn is_template(&mut self, template: Template, before: usize) {
        let mark = mark(self.composition.dialect);
        let _ = write!(self.out, " = {mark}{}", before + template.value + 1);
        if self.composition.dialect == Dialect::Postgres {
            let _ = write!(self.out, "::{}", template.data_type.postgres_cast());
        }
    }

    fn order(&mut self, query: &CompiledQuery, alias: &str, order: &[OrderKey], before: &str) {
        for (index, key) in order.iter().enumerate() {
            self.out.push_str(if index == 0 { before } else { ", " });
            self.out.push_str(if index == 0 { "ORDER BY " } else { "" });
            self.column(alias, query, key.column);
            self.out.push_str(if key.descending { " DESC" } else { "" });
            self.out.push_str(match (key.is_present, key.nulls_first) {
                (true, _) => "",
                (false, true) => " NULLS FIRST",
                (false, false) => " NULLS LAST",
            });
        }
    }

    fn column(&mut self, alias: &str, query: &CompiledQuery, at: usize) {
        let column = query.columns.get(at);
        let name = column.map_or("", |column| &column.spelling.sql);
        self.out.push_str(alias);
        self.out.push('.');
        self.out.push_str(name);
    }

    fn named(&mut self, name: &str) {
        self.out.push_str(" AS ");
        self.out.push_str(name);
    }
}

fn mark(dialect: Dialect) -> char {
    match dialect {
        Dialect::Postgres => '$',
        Dialect::Sqlite => '?',
    }
}

/// Copies a text with its placeholders numbered so much further; what is quoted has none.
fn renumber(text: &str, mark: char, by: usize, out: &mut String) {
    let mut quote = None;
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        out.push(next);
        match quote {
            Some(open) if next == open => quote = None,
            Some(_) => {}
            None if next == '\'' || next == '"' => quote = Some(next),
            None if next == mark => {
                let mut number = 0_usize;
                let mut is_placeholder = false;
                while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
                    is_placeholder = true;
                    let digit = usize::try_from(digit).unwrap_or_default();
                    number = number.saturating_mul(10).saturating_add(digit);
                    rest.next();
                }
                if is_placeholder {
                    let _ = write!(out, "{}", number.saturating_add(by));
                }
            }
            None => {}
        }
    }
}
