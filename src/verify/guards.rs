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
use crate::expr::lex::{Lexer, Operator, TextKind, Token, TokenKind};
use crate::name::Name;
use crate::plan::{Plan, Scan};
use crate::value::DataType;

use super::TABLE;
use super::expression::Scope;
use super::reader::{Read, Reader, Run, failure};

/// What is selected beside a relation.
#[derive(Clone, Copy)]
enum Beside<'s> {
    /// Columns of the source; typed paths are cut out of their documents.
    Facts(&'s Source),
    /// Columns of a lookup.
    Columns,
}

/// The conjuncts beside those that the certificate promises.
struct Further {
    /// Known to the letter: bounds on dates, conditions of the catalog.
    exact: Vec<String>,
    /// How many conditions the request adds.
    free: usize,
}

impl<'a> Reader<'a> {
    /// The guarded rows of a source of the plan.
    pub(super) fn facts(&mut self, planned: &Scan<'a>) -> Read<()> {
        let scan = self.next_scan()?;
        if !matches!(scan.purpose, ScanPurpose::Facts(_)) {
            return failure("the groups are not of the facts");
        }
        let scope = Scope {
            alias: TABLE,
            may_search: true,
        };
        let beside = Further {
            exact: self.date_bounds(planned)?,
            free: planned.inner.len(),
        };
        self.open()?;
        let waits = scan.rules.iter().any(|rule| rule.is_outer)
            || scan.base_filter.iter().any(|filter| filter.is_outer);
        if waits {
            self.planned_columns(planned)?;
            self.word("FROM")?;
            self.beside_relation(scan, Beside::Facts(planned.source), scope, &beside)?;
            self.above_fence(scan, scope, &[])?;
        } else {
            if self.source_columns(planned.source)? != planned.columns {
                return failure("a guard selects other columns than planned");
            }
            self.relation(scan, scope, &beside)?;
        }
        if scan.is_fenced {
            self.fence()?;
        }
        self.close()
    }

    /// The guarded rows of a lookup; of this dimension, where it is known which.
    pub(super) fn lookup(&mut self, expected: Option<&Name>) -> Read<()> {
        let scan = self.next_scan()?;
        let ScanPurpose::Lookup(dimension) = &scan.purpose else {
            return failure("labels are read from the facts");
        };
        if expected.is_some_and(|expected| expected != dimension) {
            return failure("labels are those of another dimension");
        }
        // A search within the rows of a source looks where that source says; labels, where the first does.
        let mut lookups = lookups(self.claim.plan, dimension, self.leg);
        let Some(lookup) = lookups.next() else {
            return failure("labels are read for a dimension that has none");
        };
        let scope = Scope {
            alias: TABLE,
            may_search: false,
        };
        let (mut waiting, mut exact) = (Vec::new(), Vec::new());
        for condition in &lookup.conditions {
            let text = self.printed_text(condition)?;
            if condition.hazard_undeclared == Hazard::Never {
                exact.push(text);
            } else {
                waiting.push(text);
            }
        }
        let beside = Further { exact, free: 0 };
        let waits =
            !waiting.is_empty() || scan.is_fenced || scan.rules.iter().any(|rule| rule.is_outer);
        self.open()?;
        self.key_and_label(lookup)?;
        if waits {
            self.word("FROM")?;
            self.beside_relation(scan, Beside::Columns, scope, &beside)?;
            self.above_fence(scan, scope, &waiting)?;
        } else {
            self.relation(scan, scope, &beside)?;
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

    /// The lower of two layers: the relation with what cannot raise, fenced.
    fn beside_relation(
        &mut self,
        scan: &GuardedScan,
        beside: Beside<'_>,
        scope: Scope<'_>,
        further: &Further,
    ) -> Read<()> {
        self.open()?;
        match beside {
            Beside::Facts(source) => drop(self.source_columns(source)?),
            Beside::Columns => self.plain_columns()?,
        }
        self.relation(scan, scope, further)?;
        self.fence()?;
        self.close()?;
        self.word("AS")?;
        self.exact_name(TABLE)
    }

    /// The relation and the conjuncts beside it: the tenant, and what cannot raise.
    fn relation(&mut self, scan: &GuardedScan, scope: Scope<'_>, further: &Further) -> Read<()> {
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
        let count = promised + further.exact.len() + further.free;
        let conjuncts = self.counted_conjuncts(scope, count)?;
        for expected in &further.exact {
            self.has_conjunct(expected, &conjuncts, "a bound or a condition")?;
        }
        if let Some(tenant) = &scan.tenant {
            let expected = self.tenant_conjunct(&tenant.column, tenant.parameter)?;
            self.has_conjunct(&expected, &conjuncts, "the tenant's equality")?;
        }
        self.check_promised(scan, false, &conjuncts)
    }

    /// The conjuncts above the fence: what can raise.
    fn above_fence(&mut self, scan: &GuardedScan, scope: Scope<'_>, exact: &[String]) -> Read<()> {
        let conjuncts = self.counted_conjuncts(scope, promised(scan, true) + exact.len())?;
        for expected in exact {
            self.has_conjunct(expected, &conjuncts, "a condition")?;
        }
        self.check_promised(scan, true, &conjuncts)
    }

    /// `SELECT t.a, t.b`: the columns of the plan.
    fn planned_columns(&mut self, planned: &Scan<'_>) -> Read<()> {
        let plan = self.claim.plan;
        self.word("SELECT")?;
        if planned.columns.is_empty() {
            return self.present();
        }
        for (index, column) in planned.columns.iter().enumerate() {
            if index > 0 {
                self.kind(TokenKind::Comma)?;
            }
            self.exact_column(TABLE, plan.names.sql(*column))?;
        }
        Ok(())
    }

    /// `SELECT t.a, t.b`: nothing but columns.
    fn plain_columns(&mut self) -> Read<()> {
        self.word("SELECT")?;
        loop {
            self.column(TABLE)?;
            if !self.comma() {
                return Ok(());
            }
        }
    }

    /// Where no column is needed, rows are still counted.
    fn present(&mut self) -> Read<()> {
        self.number("1")?;
        self.word("AS")?;
        self.exact_name("present")
    }

    /// Columns of the source under their own names: each as it is, or cut out of its document.
    fn source_columns(&mut self, source: &Source) -> Read<Vec<ColumnId>> {
        self.word("SELECT")?;
        let mut columns = Vec::new();
        if self.is_kind(TokenKind::Number) {
            self.present()?;
            return Ok(columns);
        }
        let plan = self.claim.plan;
        loop {
            let start = self.at;
            self.expression(Scope {
                alias: TABLE,
                may_search: false,
            })?;
            let run = (start, self.at);
            let name = if self.is_word("AS") {
                self.at += 1;
                let Some(name) = self.peek().copied() else {
                    return failure("a name was expected");
                };
                self.exact_name(name.text)?;
                let Some(id) = plan.names.find(&name.content()) else {
                    return failure("a guard makes a column that the catalog does not know");
                };
                let Some((path, _)) = source.json_path(id) else {
                    return failure("a guard gives a column another name");
                };
                self.reads_only(run, path.column, &path.keys)?;
                name
            } else {
                match self.run(run) {
                    [_, dot, name] if dot.kind == TokenKind::Dot => *name,
                    _ => return failure("a guard selects more than columns"),
                }
            };
            let is_cut_out = name.start != self.run(run).last().map_or(0, |last| last.start);
            let known = plan
                .names
                .find(&name.content())
                .filter(|id| source.may_have(*id) && source.json_path(*id).is_some() == is_cut_out);
            let Some(known) = known else {
                return failure("a guard selects a column that the source does not have");
            };
            columns.push(known);
            if !self.comma() {
                return Ok(columns);
            }
        }
    }

    /// Every column in the run is this one, with these steps into its document behind it.
    fn reads_only(&self, run: Run, column: ColumnId, keys: &[String]) -> Read<()> {
        let tokens = self.run(run);
        let name = self.claim.plan.names.sql(column);
        let mut found = false;
        for (at, token) in tokens.iter().enumerate() {
            if token.kind != TokenKind::Dot {
                continue;
            }
            found = true;
            let mut behind = tokens.iter().skip(at + 1);
            if behind.next().map(|token| token.text) != Some(name) {
                return failure("a typed path reads another column");
            }
            for key in keys {
                let is_step = behind.next().is_some_and(|token| {
                    matches!(
                        token.kind,
                        TokenKind::Operator(Operator::Arrow | Operator::ArrowText)
                    )
                });
                let is_key = behind.next().is_some_and(|token| {
                    token.kind == TokenKind::Text && token.content() == key.as_str()
                });
                if !is_step || !is_key {
                    return failure("a typed path takes other steps");
                }
            }
            if behind
                .next()
                .is_some_and(|token| token.kind != TokenKind::Close)
            {
                return failure("a typed path takes other steps");
            }
        }
        if found {
            Ok(())
        } else {
            failure("a typed path reads no column")
        }
    }

    /// `SELECT expression AS key, expression AS label`; the least label where keys repeat.
    fn key_and_label(&mut self, lookup: &Lookup) -> Read<()> {
        self.word("SELECT")?;
        self.printed(&lookup.key, false)?;
        self.word("AS")?;
        self.exact_name("key")?;
        self.kind(TokenKind::Comma)?;
        self.printed(&lookup.label, !lookup.is_unique)?;
        self.word("AS")?;
        self.exact_name("label")
    }

    /// The expression of the catalog, token by token.
    fn printed(&mut self, fragment: &Fragment, least: bool) -> Read<()> {
        let text = self.printed_text(fragment)?;
        let expected = if least { format!("min({text})") } else { text };
        let start = self.at;
        self.expression(Scope {
            alias: TABLE,
            may_search: false,
        })?;
        if same_tokens(self.run((start, self.at)), &expected)? {
            Ok(())
        } else {
            failure("a lookup selects another key or label than the catalog has")
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
            } => self.among(value, list),
            RuleForm::Listed {
                list,
                or_null: true,
            } => {
                format!("({} OR {value} IS NULL)", self.among(value, list))
            }
            RuleForm::NotListed {
                list,
                or_null: false,
            } => {
                format!("NOT ({})", self.among(value, list))
            }
            RuleForm::NotListed {
                list,
                or_null: true,
            } => {
                format!("({}) IS NOT TRUE", self.among(value, list))
            }
        })
    }

    fn among(&self, value: &str, list: ListRef) -> String {
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

/// The lookups that a dimension has on the plan's sources, or on that of one leg.
pub(super) fn lookups<'p>(
    plan: &'p Plan<'_>,
    dimension: &'p Name,
    leg: Option<usize>,
) -> impl Iterator<Item = &'p Lookup> {
    let legs = plan.legs.iter().enumerate();
    let legs = legs.filter(move |(position, _)| leg.is_none_or(|leg| leg == *position));
    let dimensions = legs.flat_map(|(_, leg)| leg.scan.source.dimensions.values());
    dimensions
        .filter(|on_source| on_source.key == *dimension)
        .filter_map(|on_source| on_source.lookup.as_deref())
}

/// Whether tokens say what a text says; case matters in quotes alone.
fn same_tokens(tokens: &[Token<'_>], text: &str) -> Read<bool> {
    let Ok(expected) = Lexer::new(text, TextKind::Statement).collect::<Result<Vec<Token<'_>>, _>>()
    else {
        return failure("the certificate holds what is no expression");
    };
    let same = |(a, b): (&Token<'_>, &Token<'_>)| {
        a.kind == b.kind
            && match a.kind {
                TokenKind::Word => a.text.eq_ignore_ascii_case(b.text),
                _ => a.text == b.text,
            }
    };
    Ok(tokens.len() == expected.len() && tokens.iter().zip(&expected).all(same))
}
