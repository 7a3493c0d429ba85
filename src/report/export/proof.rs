//! Proof: reads the text of an export again and shows that it is composed of its statements and of nothing else.
//!
//! In: the composition, the text, the certificate, the number of parameters. Out: nothing, or a failure that
//! is never handed out as a statement. Guaranteed afterwards: each verified statement stands in the text once,
//! byte for byte but for the numbers of its placeholders, which run on; what is around them names no relation
//! but these; rows beside are numbered within what they have in common with their row, and a number is met
//! once at most; the certificate is theirs. Shares no code with `compose.rs`. Codes: `unverified`.

use super::compose::{ChildStep, Composition, OrderKey, Template, Term};
use crate::certificate::{Certificate, GuardedScan, ListRef, RuleForm};
use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::output::CompiledQuery;
use crate::value::DataType;

type Proof<T> = Result<T, VerifyError>;

fn failure<T>(reason: &str) -> Proof<T> {
    let reason = format!("an export {reason}");
    Err(VerifyError { reason })
}

/// Proves a text.
///
/// # Errors
/// What could not be proved.
pub(super) fn prove(
    composition: &Composition,
    sql: &str,
    certificate: &Certificate,
    params: usize,
) -> Proof<()> {
    sound(composition)?;
    let steps = composition.children.iter();
    let own = steps.fold(composition.rows.params.len(), |sum, step| {
        sum + step.query.params.len()
    });
    if params != own + composition.templates.len() || params > usize::from(u16::MAX) {
        return failure("has other parameters than its statements");
    }
    certified(composition, certificate)?;
    let mut reader = Reader {
        composition,
        rest: sql,
    };
    reader.statement(own)
}

/// That the composition itself says nothing that repeats a row or shows two columns as one.
fn sound(composition: &Composition) -> Proof<()> {
    let rows = &composition.rows;
    let is_of = |query: &CompiledQuery, at: usize| at < query.columns.len();
    let mut names: Vec<String> = Vec::new();
    for output in &composition.outputs {
        let name = output.name.alias.to_ascii_lowercase();
        if names.contains(&name) {
            return failure("has two columns of one name");
        }
        names.push(name);
        let is_sound = match output.term {
            Term::Row(column) => is_of(rows, column),
            Term::Limited { column, template } => {
                is_of(rows, column) && is_of(rows, template.column) && typed(composition, template)
            }
            Term::Child { step, number, at } => {
                let step = composition.children.get(step);
                let is_met = |step: &ChildStep| (1..=step.most).contains(&number);
                step.is_some_and(|step| is_met(step) && at < step.shown.len())
            }
            Term::Count { step } => {
                let step = composition.children.get(step);
                step.is_some_and(|step| step.is_counted && step.most > 0)
            }
        };
        if !is_sound {
            return failure("has a column that none of its statements has");
        }
    }
    let is_ordered = |query: &CompiledQuery, order: &[OrderKey]| {
        !order.is_empty() && order.iter().all(|key| is_of(query, key.column))
    };
    for step in &composition.children {
        let mut on = step.on.iter();
        let has_columns = on.all(|(here, there)| is_of(rows, *here) && is_of(&step.query, *there));
        let shown = step.shown.iter().all(|column| is_of(&step.query, *column));
        let is_limited = |template: Template| {
            is_of(&step.query, template.column) && typed(composition, template)
        };
        if step.template.is_some_and(|template| !is_limited(template)) {
            return failure("limits rows beside to what is no template");
        }
        let is_whole = step.query.page.is_none() && step.query.dialect == composition.dialect;
        if step.on.is_empty()
            || step.most == 0
            || !(has_columns && shown && is_whole && is_ordered(&step.query, &step.order))
        {
            return failure("has rows beside that are not told apart");
        }
    }
    match rows.dialect == composition.dialect && is_ordered(rows, &composition.order) {
        true => Ok(()),
        false => failure("has rows in no order"),
    }
}

/// Whether a template is a value of its column's type.
fn typed(composition: &Composition, template: Template) -> bool {
    let value = composition.templates.get(template.value);
    value.is_some_and(|value| value.data_type() == template.data_type && !value.is_list())
}

/// That the certificate is that of the statements, with their parameters where they are now.
fn certified(composition: &Composition, certificate: &Certificate) -> Proof<()> {
    let mark = mark(composition);
    let mut scans = certificate.scans.iter();
    let children = composition.children.iter().map(|step| &step.query);
    let mut before = 0;
    for query in std::iter::once(&composition.rows).chain(children) {
        for scan in &query.certificate.scans {
            let Some(found) = scans.next() else {
                return failure("has a relation without a certificate");
            };
            if !is_moved(scan, found, mark, before) {
                return failure("has a certificate of another guard");
            }
        }
        before += query.params.len();
    }
    match scans.next() {
        None => Ok(()),
        Some(_) => failure("has a certificate of no relation"),
    }
}

fn is_moved(scan: &GuardedScan, found: &GuardedScan, mark: char, by: usize) -> bool {
    let same = |text: &str, moved: &str| same_text(text, moved, mark, by) == Some(moved.len());
    let number = |own: u16, moved: u16| usize::from(own) + by == usize::from(moved);
    let tenant = match (&scan.tenant, &found.tenant) {
        (None, None) => true,
        (Some(own), Some(moved)) => {
            own.column == moved.column && number(own.parameter, moved.parameter)
        }
        _ => false,
    };
    let filter = match (&scan.base_filter, &found.base_filter) {
        (None, None) => true,
        (Some(own), Some(moved)) => {
            own.is_outer == moved.is_outer && same(&own.predicate, &moved.predicate)
        }
        _ => false,
    };
    let list = |own: ListRef, moved: ListRef| {
        number(own.parameter, moved.parameter)
            && own.element == moved.element
            && own.is_long == moved.is_long
    };
    let form = |own: RuleForm, moved: RuleForm| match (own, moved) {
        (
            RuleForm::Listed { list: own, or_null },
            RuleForm::Listed {
                list: moved,
                or_null: moved_null,
            },
        )
        | (
            RuleForm::NotListed { list: own, or_null },
            RuleForm::NotListed {
                list: moved,
                or_null: moved_null,
            },
        ) => list(own, moved) && or_null == moved_null,
        (own, moved) => own == moved,
    };
    let rules = scan.rules.len() == found.rules.len()
        && scan.rules.iter().zip(&found.rules).all(|(own, moved)| {
            own.dimension == moved.dimension
                && own.access_type == moved.access_type
                && own.is_outer == moved.is_outer
                && same(&own.value, &moved.value)
                && form(own.form, moved.form)
        });
    tenant
        && filter
        && rules
        && scan.relation == found.relation
        && scan.purpose == found.purpose
        && scan.is_fenced == found.is_fenced
}

fn mark(composition: &Composition) -> char {
    match composition.dialect {
        Dialect::Postgres => '$',
        Dialect::Sqlite => '?',
    }
}

/// How many bytes of `found` are `text` with every placeholder's number so much larger; nothing where it does
/// not begin with that.
fn same_text(text: &str, found: &str, mark: char, by: usize) -> Option<usize> {
    let (mut own, mut other) = (text, found);
    let mut quoted: Option<char> = None;
    while let Some(next) = own.chars().next() {
        own = own.strip_prefix(next)?;
        other = other.strip_prefix(next)?;
        if let Some(quote) = quoted {
            quoted = (next != quote).then_some(quote);
        } else if matches!(next, '\'' | '"') {
            quoted = Some(next);
        } else if next == mark {
            let (digits, behind) = leading_digits(own);
            let (moved, behind_moved) = leading_digits(other);
            let number = digits.parse::<usize>().ok();
            let wanted = number.and_then(|number| number.checked_add(by));
            let wanted = wanted.map(|number| number.to_string());
            if wanted.as_deref().unwrap_or_default() != moved {
                return None;
            }
            (own, other) = (behind, behind_moved);
        }
    }
    Some(found.len() - other.len())
}

/// The digits at the beginning, and what is behind them.
fn leading_digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

struct Reader<'a> {
    composition: &'a Composition,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, own: usize) -> Proof<()> {
        let composition = self.composition;
        self.words("WITH export_rows AS (")?;
        self.part(&composition.rows, 0)?;
        self.words(")")?;
        let mut before = composition.rows.params.len();
        for (at, step) in composition.children.iter().enumerate() {
            self.words(",")?;
            self.step(at + 1, step, (before, own))?;
            before += step.query.params.len();
        }
        if before != own {
            return failure("counts its parameters in two ways");
        }
        self.words("SELECT")?;
        for (at, output) in composition.outputs.iter().enumerate() {
            self.words(if at > 0 { "," } else { "" })?;
            self.term(output.term, own)?;
            self.words("AS")?;
            self.words(&output.name.sql)?;
        }
        self.words("FROM export_rows AS p")?;
        for (at, step) in composition.children.iter().enumerate() {
            let at = at + 1;
            for number in 1..=step.most {
                self.words(&format!(
                    "LEFT JOIN export_children_{at} AS k{at}_{number} ON"
                ))?;
                for (key, (here, _)) in (1..).zip(&step.on) {
                    self.words(&format!("k{at}_{number}.k{key} ="))?;
                    self.column('p', &composition.rows, *here)?;
                    self.words("AND")?;
                }
                self.words(&format!("k{at}_{number}.number = {number}"))?;
            }
        }
        self.order('p', &composition.rows, &composition.order)?;
        match self.rest.is_empty() {
            true => Ok(()),
            false => failure("goes on behind its end"),
        }
    }

    fn step(&mut self, at: usize, step: &'a ChildStep, (before, own): (usize, usize)) -> Proof<()> {
        self.words(&format!("export_children_{at} AS ( SELECT"))?;
        for key in 1..=step.on.len() {
            self.words(if key > 1 { "," } else { "" })?;
            self.words(&format!("n.k{key} AS k{key}"))?;
        }
        for column in 1..=step.shown.len() {
            self.words(&format!(", n.c{column} AS c{column}"))?;
        }
        self.words(", n.number AS number")?;
        if step.is_counted {
            self.words(", n.siblings AS siblings")?;
        }
        self.words("FROM ( SELECT")?;
        for (key, (_, there)) in (1..).zip(&step.on) {
            self.words(if key > 1 { "," } else { "" })?;
            self.column('c', &step.query, *there)?;
            self.words(&format!("AS k{key}"))?;
        }
        for (number, column) in (1..).zip(&step.shown) {
            self.words(",")?;
            self.column('c', &step.query, *column)?;
            self.words(&format!("AS c{number}"))?;
        }
        self.words(", row_number() OVER (PARTITION BY")?;
        self.common(step)?;
        self.order('c', &step.query, &step.order)?;
        self.words(") AS number")?;
        if step.is_counted {
            self.words(", count(*) OVER (PARTITION BY")?;
            self.common(step)?;
            self.words(") AS siblings")?;
        }
        self.words("FROM (")?;
        self.part(&step.query, before)?;
        self.words(") AS c WHERE")?;
        let is_row = step.on.len() > 1;
        self.words(if is_row { "(" } else { "" })?;
        self.common(step)?;
        self.words(if is_row { ")" } else { "" })?;
        self.words("IN (SELECT")?;
        for (index, (here, _)) in step.on.iter().enumerate() {
            self.words(if index > 0 { "," } else { "" })?;
            self.column('p', &self.composition.rows, *here)?;
        }
        self.words("FROM export_rows AS p )")?;
        if let Some(template) = step.template {
            self.words("AND")?;
            self.column('c', &step.query, template.column)?;
            self.template(template, own)?;
        }
        let most = step.most;
        self.words(&format!(") AS n WHERE n.number <= {most} )"))
    }

    /// The columns of rows beside that say which row they are beside.
    fn common(&mut self, step: &'a ChildStep) -> Proof<()> {
        for (index, (_, there)) in step.on.iter().enumerate() {
            self.words(if index > 0 { "," } else { "" })?;
            self.column('c', &step.query, *there)?;
        }
        Ok(())
    }

    fn term(&mut self, term: Term, own: usize) -> Proof<()> {
        let rows = &self.composition.rows;
        match term {
            Term::Row(column) => self.column('p', rows, column),
            Term::Limited { column, template } => {
                self.words("CASE WHEN")?;
                self.column('p', rows, template.column)?;
                self.template(template, own)?;
                self.words("THEN")?;
                self.column('p', rows, column)?;
                self.words("END")
            }
            Term::Child { step, number, at } => {
                self.words(&format!("k{}_{number}.c{}", step + 1, at + 1))
            }
            Term::Count { step } => self.words(&format!("COALESCE(k{}_1.siblings, 0)", step + 1)),
        }
    }

    fn template(&mut self, template: Template, own: usize) -> Proof<()> {
        let number = own + 1 + template.value;
        let cast = match (self.composition.dialect, template.data_type) {
            (Dialect::Sqlite, _) => "",
            (Dialect::Postgres, DataType::Integer) => "::bigint",
            (Dialect::Postgres, DataType::Text) => "::text",
            (Dialect::Postgres, DataType::Uuid) => "::uuid",
            _ => return failure("has a template of another type"),
        };
        let mark = mark(self.composition);
        self.words(&format!("= {mark}{number}{cast}"))
    }

    fn order(&mut self, alias: char, query: &'a CompiledQuery, order: &[OrderKey]) -> Proof<()> {
        self.words("ORDER BY")?;
        for (index, key) in order.iter().enumerate() {
            self.words(if index > 0 { "," } else { "" })?;
            self.column(alias, query, key.column)?;
            if key.descending {
                self.words("DESC")?;
            }
            if !key.is_present {
                self.words("NULLS")?;
                self.words(if key.nulls_first { "FIRST" } else { "LAST" })?;
            }
        }
        Ok(())
    }

    fn column(&mut self, alias: char, query: &'a CompiledQuery, at: usize) -> Proof<()> {
        match query.columns.get(at) {
            Some(column) => self.exact(&format!("{alias}.{}", column.spelling.sql)),
            None => failure("names a column that it lacks"),
        }
    }

    /// A verified statement, as it is but for the numbers of its placeholders.
    fn part(&mut self, query: &'a CompiledQuery, before: usize) -> Proof<()> {
        self.space();
        match same_text(&query.sql, self.rest, mark(self.composition), before) {
            Some(length) => {
                self.rest = self.rest.get(length..).unwrap_or_default();
                self.space();
                Ok(())
            }
            None => failure("has another text where a verified statement is to be"),
        }
    }

    /// These words, whatever space is between them.
    fn words(&mut self, wanted: &str) -> Proof<()> {
        for word in wanted.split_whitespace() {
            self.exact(word)?;
        }
        Ok(())
    }

    /// This word; a quoted one may have space inside.
    fn exact(&mut self, word: &str) -> Proof<()> {
        match self.rest.strip_prefix(word) {
            Some(rest) => self.rest = rest,
            None => return failure("has other words than its plan"),
        }
        // Where a word ends, another may not run on.
        if word.ends_with(is_of_word) && self.rest.starts_with(is_of_word) {
            return failure("has a longer word than its plan");
        }
        self.space();
        Ok(())
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\n']);
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}
