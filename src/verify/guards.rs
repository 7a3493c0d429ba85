//! What a guard has to hold, written anew from the certificate and compared token by token.

use crate::certificate::{GuardedScan, ListRef, RuleForm, RuleGuard};
use crate::dialect::Dialect;
use crate::error::VerifyError;
use crate::expr::lex::{Lexer, TextKind, Token};
use crate::value::DataType;

use super::reader::{Reader, Run, failure};

impl Reader<'_> {
    /// The conjuncts beside the relation: the tenant, and every predicate that cannot raise.
    pub(super) fn check_inner(&self, scan: usize, conjuncts: &[Run]) -> Result<(), VerifyError> {
        let Some(scan) = self.claim.certificate.scans.get(scan) else {
            return failure("a relation is read that the certificate does not list");
        };
        if let Some(tenant) = &scan.tenant {
            let expected = self.tenant_conjunct(&tenant.column, tenant.parameter)?;
            self.has_conjunct(&expected, conjuncts, "the tenant's equality")?;
        }
        self.check_promised(scan, false, conjuncts)
    }

    /// The conjuncts above the fence: every predicate that can raise.
    pub(super) fn check_outer(&self, scan: usize, conjuncts: &[Run]) -> Result<(), VerifyError> {
        let Some(scan) = self.claim.certificate.scans.get(scan) else {
            return failure("a relation is read that the certificate does not list");
        };
        self.check_promised(scan, true, conjuncts)
    }

    fn check_promised(
        &self,
        scan: &GuardedScan,
        is_outer: bool,
        conjuncts: &[Run],
    ) -> Result<(), VerifyError> {
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

    fn has_conjunct(
        &self,
        expected: &str,
        conjuncts: &[Run],
        what: &str,
    ) -> Result<(), VerifyError> {
        let Ok(expected) =
            Lexer::new(expected, TextKind::Statement).collect::<Result<Vec<Token<'_>>, _>>()
        else {
            return failure(format!("{what} of the certificate is no expression"));
        };
        let found = conjuncts.iter().any(|conjunct| {
            let tokens = self.run(*conjunct);
            tokens.len() == expected.len()
                && tokens
                    .iter()
                    .zip(&expected)
                    .all(|(a, b)| a.kind == b.kind && a.text == b.text)
        });
        if found {
            Ok(())
        } else {
            failure(format!("{what} is not among the conjuncts of a guard"))
        }
    }

    fn tenant_conjunct(&self, column: &str, parameter: u16) -> Result<String, VerifyError> {
        let at = usize::from(parameter).wrapping_sub(1);
        let Some((data_type, false)) = self.claim.types.get(at) else {
            return failure("the tenant is not a single parameter");
        };
        Ok(match self.claim.dialect {
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
        match (self.claim.dialect, list.is_long) {
            (Dialect::Postgres, false) => format!("{value} = ANY (${number}::{element}[])"),
            (Dialect::Postgres, true) => {
                format!("{value} IN (SELECT unnest(${number}::{element}[]))")
            }
            (Dialect::Sqlite, _) => {
                let item = match list.element {
                    DataType::Decimal => "CAST(value AS NUMERIC)",
                    _ => "value",
                };
                format!("{value} IN (SELECT {item} FROM json_each(?{number}))")
            }
        }
    }
}
