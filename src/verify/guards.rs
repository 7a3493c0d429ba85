//! Reads guards, and what each has to hold, written anew from the certificate.
//!
//! ```text
//! guard      ( SELECT items FROM relation AS t WHERE conjuncts [GROUP BY 1] [fence] )
//!          | ( SELECT items FROM ( SELECT columns FROM relation AS t WHERE conjuncts fence ) AS t
//!              [WHERE conjuncts] [GROUP BY 1] [fence] )
//! items      t.column {, t.column | , expression AS column}    of facts
//!          | expression AS key, expression AS label            of a lookup
//! ```

use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::Lookup;
use crate::catalog::fragment::Fragment;
use crate::catalog::source::Source;
use crate::certificate::{GuardedScan, ListRef, RuleForm, RuleGuard, ScanPurpose};
use crate::dialect::Dialect;
use crate::expr::hazard::Hazard;
use crate::expr::lex::{Lexer, TextKind, Token, TokenKind};
use crate::name::Name;
use crate::plan::{Plan, Predicate, RuleCheck, Scan, Through};
use crate::value::DataType;

use super::TABLE;
use super::columns::Rows;
use super::computed::same_token;
use super::reader::{Read, Reader, Run, failure};

/// The conjuncts beside those that the certificate promises.
struct Further<'f> {
    /// Known to the letter: bounds on dates, conditions of the catalog.
    exact: Vec<String>,
    /// Rows of other sources that have to be met.
    through: &'f [Through<'f>],
    /// What the request adds.
    asked: &'f [Predicate<'f>],
}

/// What the rows of a source are read for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Facts,
    Joined,
    Restricting,
}

impl<'a> Reader<'a> {
    /// The guarded rows of a source of the plan.
    pub(super) fn guarded_rows(&mut self, planned: &'a Scan<'a>, purpose: Purpose) -> Read<()> {
        let scan = self.next_scan()?;
        if !purpose.is(&scan.purpose, planned) {
            return failure("rows are read for something else than the certificate says");
        }
        self.planned_rules(scan, planned)?;
        self.planned_base_filter(scan, planned)?;
        let further = Further {
            exact: self.date_bounds(planned)?,
            through: &planned.through,
            asked: &planned.inner,
        };
        let rows = Rows::of_relation(planned);
        self.open()?;
        let waits = scan.rules.iter().any(|rule| rule.is_outer)
            || scan.base_filter.iter().any(|filter| filter.is_outer);
        if waits {
            let mut needed = planned.columns.clone();
            for rule in planned.rules.iter().filter(|rule| rule.is_outer) {
                needed.extend(&rule.value.value.columns);
            }
            if let Some(filter) = planned.base_filter.iter().find(|filter| filter.is_outer) {
                needed.extend(&filter.fragment.columns);
            }
            self.selected(&planned.columns, Rows::IN_GUARD)?;
            self.word("FROM")?;
            self.beside_relation(scan, needed, rows, &further)?;
            self.above_fence(scan, &[])?;
        } else {
            self.selected(&planned.columns, rows)?;
            self.relation(scan, rows, &further)?;
        }
        if let Some(rollup) = &planned.source.rollup {
            if waits || !planned.inner.is_empty() || planned.dates.is_some() {
                return failure("a condition on what is added up stands before it is");
            }
            let seen = |column| rollup.by.contains(column) || rollup.columns.contains_key(column);
            if !planned.columns.iter().all(seen) {
                return failure("a column of rows that are added up is seen");
            }
            self.word("GROUP")?;
            self.word("BY")?;
            let mut first = true;
            for column in &rollup.by {
                self.next_item(&mut first)?;
                self.stored(*column, rows)?;
            }
        }
        if scan.is_fenced {
            self.fence()?;
        }
        self.close()
    }

    /// The guarded rows of a lookup, which gives the labels of a dimension.
    pub(super) fn lookup(&mut self, lookup: &Lookup, dimension: &Name) -> Read<()> {
        let scan = self.next_scan()?;
        match &scan.purpose {
            ScanPurpose::Lookup(labelled) if labelled == dimension => {}
            ScanPurpose::Lookup(_) => return failure("labels are those of another dimension"),
            _ => return failure("labels are read from the facts"),
        }
        let mut needed = [&lookup.key.columns[..], &lookup.label.columns].concat();
        let (mut waiting, mut exact) = (Vec::new(), Vec::new());
        for condition in &lookup.conditions {
            let text = self.printed_text(condition)?;
            if condition.hazard_undeclared == Hazard::Never {
                exact.push(text);
            } else {
                waiting.push(text);
                needed.extend(&condition.columns);
            }
        }
        for rule in &scan.rules {
            self.planned_rule_value(rule, |reader| {
                reader.catalog_text(&lookup.key, Rows::IN_GUARD)
            })?;
        }
        let further = Further {
            exact,
            through: &[],
            asked: &[],
        };
        let waits =
            !waiting.is_empty() || scan.is_fenced || scan.rules.iter().any(|rule| rule.is_outer);
        self.open()?;
        self.key_and_label(lookup)?;
        if waits {
            self.word("FROM")?;
            self.beside_relation(scan, needed, Rows::IN_GUARD, &further)?;
            self.above_fence(scan, &waiting)?;
        } else {
            self.relation(scan, Rows::IN_GUARD, &further)?;
        }
        if !lookup.is_unique {
            self.word("GROUP")?;
            self.word("BY")?;
            self.number("1")?;
        }
        if scan.is_fenced {
            self.fence()?;
        }
        self.close()
    }

    fn next_scan(&mut self) -> Read<&'a GuardedScan> {
        let Some(scan) = self.claim.certificate.scans.get(self.scans_met) else {
            return failure("a relation is read that the certificate does not list");
        };
        self.scans_met += 1;
        Ok(scan)
    }

    /// The rules of the certificate compare what the plan's rules compare: first those that stand
    /// beside the relation, then those that wait.
    fn planned_rules(&self, scan: &'a GuardedScan, planned: &'a Scan<'a>) -> Read<()> {
        let in_layer = |is_outer: bool| {
            let rules = planned.rules.iter();
            rules.filter(move |rule: &&RuleCheck<'_>| rule.is_outer == is_outer)
        };
        let rules: Vec<_> = in_layer(false).chain(in_layer(true)).collect();
        if rules.len() != scan.rules.len() {
            return failure("there are more or fewer access rules than planned");
        }
        for (guard, rule) in scan.rules.iter().zip(rules) {
            let rows = match rule.is_outer {
                true => Rows::IN_GUARD,
                false => Rows::of_relation(planned),
            };
            self.planned_rule_value(guard, |reader| reader.dimension(rule.value, None, rows))?;
        }
        Ok(())
    }

    /// What a rule of the certificate compares, if it compares anything.
    fn planned_rule_value(
        &self,
        guard: &'a RuleGuard,
        value: impl FnOnce(&mut Reader<'a>) -> Read<()>,
    ) -> Read<()> {
        match guard.form {
            RuleForm::Everything | RuleForm::Nothing => Ok(()),
            _ => self.says(&guard.value, value),
        }
    }

    fn planned_base_filter(&self, scan: &'a GuardedScan, planned: &'a Scan<'a>) -> Read<()> {
        match (&scan.base_filter, &planned.base_filter) {
            (None, None) => Ok(()),
            (Some(guard), Some(filter)) => {
                let rows = match filter.is_outer {
                    true => Rows::IN_GUARD,
                    false => Rows::of_relation(planned),
                };
                self.says(&guard.predicate, |reader| {
                    reader.fragment(filter.text, rows)
                })
            }
            _ => failure("the standing filter is not as planned"),
        }
    }

    /// Whether a text of the certificate is what is read.
    fn says(&self, text: &'a str, read: impl FnOnce(&mut Reader<'a>) -> Read<()>) -> Read<()> {
        let mut reader = Reader::over(self.claim, text)?;
        read(&mut reader)?;
        if reader.at == reader.end {
            Ok(())
        } else {
            failure("the certificate says more than the plan")
        }
    }

    /// The lower of two layers: the relation with what cannot raise, fenced.
    fn beside_relation(
        &mut self,
        scan: &GuardedScan,
        needed: Vec<ColumnId>,
        rows: Rows<'_>,
        further: &Further<'a>,
    ) -> Read<()> {
        let mut each: Vec<ColumnId> = Vec::with_capacity(needed.len());
        for column in needed {
            if !each.contains(&column) {
                each.push(column);
            }
        }
        self.open()?;
        self.selected(&each, rows)?;
        self.relation(scan, rows, further)?;
        self.fence()?;
        self.close()?;
        self.word("AS")?;
        self.exact_name(TABLE)
    }

    /// The relation and the conjuncts beside it: the tenant, and what cannot raise.
    fn relation(&mut self, scan: &GuardedScan, rows: Rows<'_>, further: &Further<'a>) -> Read<()> {
        self.word("FROM")?;
        let start = self.at;
        while self.peek().is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Word | TokenKind::Quoted | TokenKind::Dot
            ) && !token.is_word("AS")
        }) {
            self.at += 1;
        }
        if !same_tokens(self.run((start, self.at)), &scan.relation)? {
            return failure("another relation is read than the certificate lists");
        }
        self.word("AS")?;
        self.exact_name(TABLE)?;
        let promised = usize::from(scan.tenant.is_some()) + promised(scan, false);
        let conjuncts = self.conjuncts(promised + further.exact.len())?;
        for expected in &further.exact {
            self.has_conjunct(expected, &conjuncts, "a bound or a condition")?;
        }
        if let Some(tenant) = &scan.tenant {
            let expected = self.tenant_conjunct(&tenant.column, tenant.parameter)?;
            self.has_conjunct(&expected, &conjuncts, "the tenant's equality")?;
        }
        self.check_promised(scan, false, &conjuncts)?;
        let behind = conjuncts.len() + further.through.len();
        for (index, through) in further.through.iter().enumerate() {
            self.conjunct_word(conjuncts.len() + index)?;
            self.through(through, rows)?;
        }
        self.conditions(behind, further.asked, rows)
    }

    /// The conjuncts above the fence: what can raise.
    fn above_fence(&mut self, scan: &GuardedScan, exact: &[String]) -> Read<()> {
        let conjuncts = self.conjuncts(promised(scan, true) + exact.len())?;
        for expected in exact {
            self.has_conjunct(expected, &conjuncts, "a condition")?;
        }
        self.check_promised(scan, true, &conjuncts)
    }

    /// So many conjuncts of any form.
    fn conjuncts(&mut self, count: usize) -> Read<Vec<Run>> {
        let mut conjuncts = Vec::with_capacity(count);
        for index in 0..count {
            self.conjunct_word(index)?;
            let start = self.at;
            self.expression(TABLE)?;
            conjuncts.push((start, self.at));
        }
        Ok(conjuncts)
    }

    /// `SELECT t.a, t.b`: these columns under their own names, and no others. Where none is needed, rows
    /// are still counted.
    fn selected(&mut self, columns: &[ColumnId], rows: Rows<'_>) -> Read<()> {
        let plan = self.claim.plan;
        let source = rows.scan.map(|scan| scan.source);
        self.word("SELECT")?;
        let mut first = true;
        for column in columns {
            if source.is_some_and(|source: &Source| !source.may_have(*column)) {
                return failure("a guard selects a column that the source does not have");
            }
            self.next_item(&mut first)?;
            let start = self.at;
            self.stored(*column, rows)?;
            self.is_expression(start, TABLE)?;
            let is_computed = source.is_some_and(|source| {
                source.json_path(*column).is_some() || source.rolled_up(*column).is_some()
            });
            if rows.is_relation && is_computed {
                self.word("AS")?;
                self.exact_name(plan.names.sql(*column))?;
            }
        }
        if columns.is_empty() {
            self.number("1")?;
            self.word("AS")?;
            self.exact_name("present")?;
        }
        Ok(())
    }

    /// `SELECT expression AS key, expression AS label`; the least label where keys repeat.
    fn key_and_label(&mut self, lookup: &Lookup) -> Read<()> {
        self.word("SELECT")?;
        self.catalog_text(&lookup.key, Rows::IN_GUARD)?;
        self.word("AS")?;
        self.exact_name("key")?;
        self.kind(TokenKind::Comma)?;
        self.words(if lookup.is_unique { "" } else { "min(" })?;
        self.catalog_text(&lookup.label, Rows::IN_GUARD)?;
        self.words(if lookup.is_unique { "" } else { ")" })?;
        self.word("AS")?;
        self.exact_name("label")
    }

    fn catalog_text(&mut self, fragment: &Fragment, rows: Rows<'_>) -> Read<()> {
        match fragment.printed.get(self.claim.plan.dialect) {
            Ok(text) => self.fragment(text, rows),
            Err(_) => failure("a lookup has no text in the dialect"),
        }
    }

    /// The expression of the catalog beside a relation.
    fn printed_text(&self, fragment: &Fragment) -> Read<String> {
        let plan = self.claim.plan;
        let Ok(rendered) = fragment.printed.get(plan.dialect) else {
            return failure("a lookup has no text in the dialect");
        };
        let mut text = String::new();
        rendered.write(&mut text, |hole, out| {
            out.push_str(TABLE);
            out.push('.');
            out.push_str(plan.names.sql(ColumnId(hole)));
        });
        Ok(text)
    }

    /// The bounds that the plan has on the date column.
    fn date_bounds(&self, planned: &Scan<'_>) -> Read<Vec<String>> {
        let plan = self.claim.plan;
        let mut bounds = Vec::new();
        let Some(dates) = &planned.dates else {
            return Ok(bounds);
        };
        let column = plan.names.sql(dates.column);
        for (bound, sign) in [(dates.from, ">="), (dates.until, "<"), (dates.last, "<=")] {
            let Some(bound) = bound else { continue };
            let Some(at) = self.claim.order.iter().position(|bind| *bind == bound) else {
                return failure("a bound on dates has no parameter");
            };
            let number = at + 1;
            bounds.push(match plan.dialect {
                Dialect::Postgres => {
                    let cast = dates.data_type.postgres_cast();
                    format!("{TABLE}.{column} {sign} ${number}::{cast}")
                }
                Dialect::Sqlite => format!("{TABLE}.{column} {sign} ?{number}"),
            });
        }
        Ok(bounds)
    }

    fn check_promised(&self, scan: &GuardedScan, is_outer: bool, conjuncts: &[Run]) -> Read<()> {
        for rule in scan.rules.iter().filter(|rule| rule.is_outer == is_outer) {
            if let Some(expected) = self.rule_conjunct(rule) {
                self.has_conjunct(&expected, conjuncts, "an access rule")?;
            }
        }
        if let Some(filter) = scan
            .base_filter
            .iter()
            .find(|filter| filter.is_outer == is_outer)
        {
            self.has_conjunct(&filter.predicate, conjuncts, "the standing filter")?;
        }
        Ok(())
    }

    fn has_conjunct(&self, expected: &str, conjuncts: &[Run], what: &str) -> Read<()> {
        for conjunct in conjuncts {
            if same_tokens(self.run(*conjunct), expected)? {
                return Ok(());
            }
        }
        failure(format!("{what} is not among the conjuncts of a guard"))
    }

    fn tenant_conjunct(&self, column: &str, parameter: u16) -> Read<String> {
        let at = usize::from(parameter).wrapping_sub(1);
        let Some((data_type, false)) = self.claim.types.get(at) else {
            return failure("the tenant is not a single parameter");
        };
        Ok(match self.claim.plan.dialect {
            Dialect::Postgres => format!("{column} = ${parameter}::{}", data_type.postgres_cast()),
            Dialect::Sqlite => format!("{column} = ?{parameter}"),
        })
    }

    /// The predicate of a rule; `None` where it restricts nothing.
    fn rule_conjunct(&self, rule: &RuleGuard) -> Option<String> {
        let value = &rule.value;
        Some(match rule.form {
            RuleForm::Everything => return None,
            RuleForm::Nothing => "FALSE".to_owned(),
            RuleForm::OnlyNull => format!("{value} IS NULL"),
            RuleForm::NotNull => format!("{value} IS NOT NULL"),
            RuleForm::Listed {
                list,
                or_null: false,
            } => self.on_list(value, list),
            RuleForm::Listed {
                list,
                or_null: true,
            } => {
                format!("({} OR {value} IS NULL)", self.on_list(value, list))
            }
            RuleForm::NotListed {
                list,
                or_null: false,
            } => {
                format!("NOT ({})", self.on_list(value, list))
            }
            RuleForm::NotListed {
                list,
                or_null: true,
            } => {
                format!("({}) IS NOT TRUE", self.on_list(value, list))
            }
        })
    }

    fn on_list(&self, value: &str, list: ListRef) -> String {
        let (number, element) = (list.parameter, list.element.postgres_cast());
        match (self.claim.plan.dialect, list.is_long) {
            (Dialect::Postgres, false) => format!("{value} = ANY (${number}::{element}[])"),
            (Dialect::Postgres, true) => {
                format!("{value} IN (SELECT unnest(${number}::{element}[]))")
            }
            (Dialect::Sqlite, _) => {
                let listed = match list.element {
                    DataType::Decimal => "CAST(value AS NUMERIC)",
                    _ => "value",
                };
                format!("{value} IN (SELECT {listed} FROM json_each(?{number}))")
            }
        }
    }
}

/// How many conjuncts the certificate promises in a layer, beside the tenant's.
fn promised(scan: &GuardedScan, is_outer: bool) -> usize {
    let rules = scan
        .rules
        .iter()
        .filter(|rule| rule.is_outer == is_outer && rule.form != RuleForm::Everything);
    let filters = scan
        .base_filter
        .iter()
        .filter(|filter| filter.is_outer == is_outer);
    rules.count() + filters.count()
}

/// The lookups that a dimension has on the plan's sources.
pub(super) fn lookups<'p>(
    plan: &'p Plan<'_>,
    dimension: &'p Name,
) -> impl Iterator<Item = &'p Lookup> {
    let alone = plan.members.iter();
    let alone = alone.filter(move |members| members.dimension == dimension);
    let alone = alone.map(|members| members.lookup);
    let own = plan.legs.iter().map(|leg| &leg.scan);
    let others = plan.legs.iter().flat_map(|leg| leg.scan.others());
    let scans = own.chain(others);
    let dimensions = scans.flat_map(|scan| scan.source.dimensions.values());
    let of_sources = dimensions
        .filter(move |on_source| on_source.key == *dimension)
        .filter_map(|on_source| on_source.lookup.as_deref());
    alone.chain(of_sources)
}

/// Whether tokens say what a text says.
fn same_tokens(tokens: &[Token<'_>], text: &str) -> Read<bool> {
    let Ok(expected) = Lexer::new(text, TextKind::Statement).collect::<Result<Vec<Token<'_>>, _>>()
    else {
        return failure("the certificate holds what is no expression");
    };
    let same = |(a, b): (&Token<'_>, &Token<'_>)| same_token(a, b);
    Ok(tokens.len() == expected.len() && tokens.iter().zip(&expected).all(same))
}
