//! The guarded read: the one place that writes the name of a relation (R20).

use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::{Lookup, SourceDimension};
use crate::catalog::fragment::Fragment;
use crate::certificate::{
    BaseFilterGuard, GuardedScan, ListRef, RuleForm, RuleGuard, ScanPurpose, TenantGuard,
};
use crate::expr::hazard::Hazard;
use crate::expr::render::Rendered;
use crate::name::Name;
use crate::plan::{
    BaseFilter, DateCheck, ListBind, Predicate, RuleCheck, RuleShape, Scan, TenantCheck, Through,
};

use super::{Emitter, Scope, TABLE};

/// What is read from a relation, and what protects it.
struct Read<'a, 'p, 'c> {
    relation: &'a str,
    /// How columns are written beside the relation.
    inside: Scope,
    purpose: ScanPurpose,
    tenant: Option<TenantCheck>,
    rules: Vec<(&'a RuleCheck<'c>, RuleValue<'a>)>,
    base_filter: Option<&'a BaseFilter<'c>>,
    dates: Option<&'a DateCheck>,
    /// Rows of other sources that have to be met.
    through: &'p [Through<'c>],
    /// The request's conditions that cannot raise.
    predicates: &'p [Predicate<'c>],
    /// The lookup's own conditions.
    conditions: &'a [Fragment],
    what: What<'a>,
    is_fenced: bool,
}

/// What a rule compares.
#[derive(Clone, Copy)]
enum RuleValue<'a> {
    Dimension(&'a SourceDimension, &'a Rendered),
    /// The key of a lookup, and whether it can raise.
    LookupKey(&'a Rendered, bool),
}

/// What a guarded read selects.
#[derive(Clone, Copy)]
enum What<'a> {
    /// Columns for the aggregates outside.
    Columns(&'a [ColumnId]),
    /// `key` and `label`, one row per key.
    KeyAndLabel(&'a Lookup),
}

impl<'p, 'c> Emitter<'p, 'c> {
    /// Writes the guarded rows of a source, in parentheses.
    pub(super) fn facts(&mut self, scan: &'p Scan<'c>, indent: usize) {
        self.guarded_rows(scan, ScanPurpose::Facts(scan.source.key.clone()), indent);
    }

    /// The same for any purpose.
    pub(super) fn guarded_rows(&mut self, scan: &'p Scan<'c>, purpose: ScanPurpose, indent: usize) {
        let outside = self.scan.replace(scan);
        let dialect = self.plan.dialect;
        let rules = scan.rules.iter().filter_map(|rule| {
            let text = rule.value.value.printed.get(dialect).ok()?;
            Some((rule, RuleValue::Dimension(rule.value, text)))
        });
        let read = Read {
            relation: &scan.relation,
            inside: Scope::INSIDE,
            purpose,
            tenant: scan.tenant,
            rules: rules.collect(),
            base_filter: scan.base_filter.as_ref(),
            dates: scan.dates.as_ref(),
            through: &scan.through,
            predicates: &scan.inner,
            conditions: &[],
            what: What::Columns(&scan.columns),
            is_fenced: scan.is_fenced,
        };
        self.guarded(&read, indent);
        self.scan = outside;
    }

    /// Writes the guarded rows of a lookup, in parentheses: `key` and `label`, one row per key.
    pub(super) fn lookup(&mut self, lookup: &Lookup, dimension: &Name, indent: usize) {
        let dialect = self.plan.dialect;
        let mut relation = String::with_capacity(32);
        lookup.relation.write(&self.plan.tenant, &mut relation);
        let tenant = lookup.tenant_column.map(|column| TenantCheck {
            column,
            ..self.plan.lookup_tenant
        });
        let key = lookup.key.printed.get(dialect).ok();
        let rules = self.plan.rules_on(dimension);
        let rules = rules.zip(std::iter::repeat(key));
        let key_can_raise = can_raise(&lookup.key);
        let rules =
            rules.filter_map(|(rule, key)| Some((rule, RuleValue::LookupKey(key?, key_can_raise))));
        let parts = [&lookup.key, &lookup.label];
        let read = Read {
            relation: &relation,
            // Typed paths are the source's; a lookup may have plain columns of the same names.
            inside: Scope::ABOVE,
            purpose: ScanPurpose::Lookup(dimension.clone()),
            tenant,
            rules: rules.collect(),
            base_filter: None,
            dates: None,
            through: &[],
            predicates: &[],
            conditions: &lookup.conditions,
            what: What::KeyAndLabel(lookup),
            is_fenced: parts.iter().any(|part| {
                // Read alone or ordered by across pages, the key and the label are what conditions look at.
                let is_tested = self.plan.tests_labels_of(dimension);
                part.hazard_undeclared == Hazard::Value || is_tested && can_raise(part)
            }),
        };
        self.guarded(&read, indent);
    }

    /// Writes a guarded read. What can raise waits above a fence for what protects the rows.
    fn guarded(&mut self, read: &Read<'_, 'p, 'c>, indent: usize) {
        let position = self.scans.len();
        self.scans.push(GuardedScan {
            relation: read.relation.to_owned(),
            purpose: read.purpose.clone(),
            tenant: None,
            rules: Vec::with_capacity(read.rules.len()),
            base_filter: None,
            is_fenced: false,
        });
        let waits = read.rules.iter().any(|(rule, value)| waits(rule, *value))
            || read.base_filter.is_some_and(|filter| filter.is_outer)
            || read.conditions.iter().any(can_raise)
            || matches!(read.what, What::KeyAndLabel(_)) && read.is_fenced;
        self.push("(");
        if waits {
            self.line(indent + 2);
            self.select_list(read, Scope::ABOVE);
            self.line(indent + 2);
            self.push("FROM (");
            self.line(indent + 4);
            self.inner_columns(read);
            self.inner_body(read, position, indent + 4);
            self.fence(indent + 4);
            self.line(indent + 2);
            self.push(") AS ");
            self.push(TABLE);
            self.waiting_conjuncts(read, position, indent + 2);
        } else {
            self.line(indent + 2);
            self.select_list(read, read.inside);
            self.inner_body(read, position, indent + 2);
        }
        self.group_keys(read, indent + 2);
        if read.is_fenced {
            self.fence(indent + 2);
        }
        if let Some(scan) = self.scans.get_mut(position) {
            scan.is_fenced = read.is_fenced;
        }
        self.line(indent);
        self.push(")");
    }

    fn select_list(&mut self, read: &Read<'_, 'p, 'c>, scope: Scope) {
        match read.what {
            What::Columns(columns) => self.column_list(columns, scope),
            What::KeyAndLabel(lookup) => {
                let dialect = self.plan.dialect;
                let (key, label) = (
                    lookup.key.printed.get(dialect),
                    lookup.label.printed.get(dialect),
                );
                let (Ok(key), Ok(label)) = (key, label) else {
                    return;
                };
                self.push("SELECT ");
                self.fragment(key, scope);
                self.push(" AS key, ");
                self.push(if lookup.is_unique { "" } else { "min(" });
                self.fragment(label, scope);
                self.push(if lookup.is_unique {
                    " AS label"
                } else {
                    ") AS label"
                });
            }
        }
    }

    fn column_list(&mut self, columns: &[ColumnId], scope: Scope) {
        self.push("SELECT ");
        if columns.is_empty() {
            self.push("1 AS present");
        }
        for (index, column) in columns.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.column(*column, scope);
            let scan = self.scan.filter(|_| scope.reads_relation);
            let is_computed = scan.is_some_and(|scan| {
                scan.source.json_path(*column).is_some() || scan.source.rolled_up(*column).is_some()
            });
            if is_computed {
                self.push(" AS ");
                self.push(self.plan.names.sql(*column));
            }
        }
    }

    /// A lookup without a unique key has the least label per key, so it never multiplies rows (R11).
    /// Rows that are added up have one for each of their keys.
    fn group_keys(&mut self, read: &Read<'_, 'p, 'c>, indent: usize) {
        let rollup = self.scan.and_then(|scan| scan.source.rollup.as_ref());
        if let (What::Columns(_), Some(rollup)) = (read.what, rollup) {
            self.line(indent);
            self.push("GROUP BY ");
            for (index, column) in rollup.by.iter().enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.column(*column, read.inside);
            }
        }
        if matches!(read.what, What::KeyAndLabel(lookup) if !lookup.is_unique) {
            self.line(indent);
            self.push("GROUP BY 1");
        }
    }

    /// The columns that what waits above the fence needs.
    fn inner_columns(&mut self, read: &Read<'_, 'p, 'c>) {
        let mut columns: Vec<ColumnId> = match read.what {
            What::Columns(columns) => columns.to_vec(),
            What::KeyAndLabel(lookup) => [&lookup.key, &lookup.label]
                .iter()
                .flat_map(|f| f.columns.iter().copied())
                .collect(),
        };
        for (rule, value) in read
            .rules
            .iter()
            .filter(|(rule, value)| waits(rule, *value))
        {
            if let RuleValue::Dimension(..) = value {
                columns.extend(rule.value.value.columns.iter());
            }
        }
        if let Some(filter) = read.base_filter.filter(|filter| filter.is_outer) {
            columns.extend(filter.fragment.columns.iter());
        }
        for condition in read
            .conditions
            .iter()
            .filter(|condition| can_raise(condition))
        {
            columns.extend(condition.columns.iter());
        }
        let mut each = Vec::with_capacity(columns.len());
        for column in columns {
            if !each.contains(&column) {
                each.push(column);
            }
        }
        self.column_list(&each, read.inside);
    }

    /// The relation and the conjuncts that cannot raise, the tenant first.
    fn inner_body(&mut self, read: &Read<'_, 'p, 'c>, position: usize, indent: usize) {
        self.line(indent);
        self.push("FROM ");
        self.push(read.relation);
        self.push(" AS ");
        self.push(TABLE);
        let mut conjuncts = Conjuncts { indent, any: false };
        if let Some(tenant) = read.tenant {
            conjuncts.next(self);
            let start = self.out.len();
            // A lookup may have a plain column that is named like a typed path of the source.
            self.column(tenant.column, Scope::ABOVE);
            let column = self.written_since(start);
            self.push(" = ");
            self.value(tenant.value, tenant.data_type);
            let parameter = self.number(tenant.value);
            if let Some(scan) = self.scans.get_mut(position) {
                scan.tenant = Some(TenantGuard { column, parameter });
            }
        }
        for (rule, value) in &read.rules {
            if !waits(rule, *value) {
                self.rule(rule, *value, position, read.inside, &mut conjuncts);
            }
        }
        if let Some(filter) = read.base_filter.filter(|filter| !filter.is_outer) {
            self.base_filter(filter, position, read.inside, &mut conjuncts);
        }
        for condition in read
            .conditions
            .iter()
            .filter(|condition| !can_raise(condition))
        {
            self.condition(condition, read.inside, &mut conjuncts);
        }
        if let Some(dates) = read.dates {
            self.dates(dates, &mut conjuncts);
        }
        for through in read.through {
            conjuncts.next(self);
            self.through(through, read.inside, indent + 4);
        }
        for predicate in read.predicates {
            conjuncts.next(self);
            self.predicate(predicate, Scope::INSIDE);
        }
    }

    /// The conjuncts that can raise, above the fence.
    fn waiting_conjuncts(&mut self, read: &Read<'_, 'p, 'c>, position: usize, indent: usize) {
        let mut conjuncts = Conjuncts { indent, any: false };
        for (rule, value) in &read.rules {
            if waits(rule, *value) {
                self.rule(rule, *value, position, Scope::ABOVE, &mut conjuncts);
            }
        }
        if let Some(filter) = read.base_filter.filter(|filter| filter.is_outer) {
            self.base_filter(filter, position, Scope::ABOVE, &mut conjuncts);
        }
        for condition in read
            .conditions
            .iter()
            .filter(|condition| can_raise(condition))
        {
            self.condition(condition, Scope::ABOVE, &mut conjuncts);
        }
    }

    fn condition(&mut self, condition: &Fragment, scope: Scope, conjuncts: &mut Conjuncts) {
        if let Ok(text) = condition.printed.get(self.plan.dialect) {
            conjuncts.next(self);
            self.fragment(text, scope);
        }
    }

    fn base_filter(
        &mut self,
        filter: &BaseFilter<'c>,
        position: usize,
        scope: Scope,
        conjuncts: &mut Conjuncts,
    ) {
        conjuncts.next(self);
        let start = self.out.len();
        self.fragment(filter.text, scope);
        let predicate = self.written_since(start);
        if let Some(scan) = self.scans.get_mut(position) {
            scan.base_filter = Some(BaseFilterGuard {
                predicate,
                is_outer: filter.is_outer,
            });
        }
    }

    fn dates(&mut self, dates: &DateCheck, conjuncts: &mut Conjuncts) {
        for (bound, sign) in [
            (dates.from, " >= "),
            (dates.until, " < "),
            (dates.last, " <= "),
        ] {
            if let Some(bound) = bound {
                conjuncts.next(self);
                self.column(dates.column, Scope::INSIDE);
                self.push(sign);
                self.value(bound, dates.data_type);
            }
        }
    }

    /// Writes an access predicate and notes it in the certificate.
    fn rule(
        &mut self,
        rule: &RuleCheck<'c>,
        value: RuleValue<'_>,
        position: usize,
        scope: Scope,
        conjuncts: &mut Conjuncts,
    ) {
        let mut text = String::new();
        if !matches!(rule.form, RuleShape::Everything | RuleShape::Nothing) {
            let start = self.out.len();
            self.rule_value(value, scope);
            text = self.written_since(start);
            self.out.truncate(start);
        }
        if !matches!(rule.form, RuleShape::Everything) {
            conjuncts.next(self);
        }
        match rule.form {
            RuleShape::Everything => {}
            RuleShape::Nothing => self.push("FALSE"),
            RuleShape::OnlyNull => {
                self.push(&text);
                self.push(" IS NULL");
            }
            RuleShape::NotNull => {
                self.push(&text);
                self.push(" IS NOT NULL");
            }
            RuleShape::Listed { list, or_null } => {
                self.push(if or_null { "(" } else { "" });
                self.push(&text);
                self.among(list);
                if or_null {
                    self.push(" OR ");
                    self.push(&text);
                    self.push(" IS NULL)");
                }
            }
            // NOT of unknown is unknown, so it hides rows without a value.
            RuleShape::NotListed { list, or_null } => {
                self.push(if or_null { "(" } else { "NOT (" });
                self.push(&text);
                self.among(list);
                self.push(if or_null { ") IS NOT TRUE" } else { ")" });
            }
        }
        let guard = RuleGuard {
            dimension: rule.dimension.clone(),
            access_type: rule.access_type,
            value: text,
            form: self.rule_form(rule.form),
            is_outer: waits(rule, value),
        };
        if let Some(scan) = self.scans.get_mut(position) {
            scan.rules.push(guard);
        }
    }

    fn rule_value(&mut self, value: RuleValue<'_>, scope: Scope) {
        match value {
            RuleValue::Dimension(value, text) => self.dimension_value(value, text, None, scope),
            RuleValue::LookupKey(text, _) => self.fragment(text, scope),
        }
    }

    fn rule_form(&mut self, form: RuleShape) -> RuleForm {
        let mut reference = |list: ListBind| ListRef {
            parameter: self.number(list.values),
            element: list.element,
            is_long: list.is_long,
        };
        match form {
            RuleShape::Nothing => RuleForm::Nothing,
            RuleShape::Everything => RuleForm::Everything,
            RuleShape::OnlyNull => RuleForm::OnlyNull,
            RuleShape::NotNull => RuleForm::NotNull,
            RuleShape::Listed { list, or_null } => RuleForm::Listed {
                list: reference(list),
                or_null,
            },
            RuleShape::NotListed { list, or_null } => RuleForm::NotListed {
                list: reference(list),
                or_null,
            },
        }
    }

    fn written_since(&self, start: usize) -> String {
        self.out.get(start..).unwrap_or_default().to_owned()
    }
}

/// Whether a rule has to wait above the fence.
fn waits(rule: &RuleCheck<'_>, value: RuleValue<'_>) -> bool {
    match value {
        RuleValue::Dimension(..) => rule.is_outer,
        RuleValue::LookupKey(_, can_raise) => can_raise,
    }
}

fn can_raise(condition: &Fragment) -> bool {
    condition.hazard_undeclared != Hazard::Never
}

/// Writes `WHERE` before the first conjunct and `AND` before the others.
struct Conjuncts {
    indent: usize,
    any: bool,
}

impl Conjuncts {
    fn next(&mut self, emitter: &mut Emitter<'_, '_>) {
        if self.any {
            emitter.line(self.indent + 2);
            emitter.push("AND ");
        } else {
            emitter.line(self.indent);
            emitter.push("WHERE ");
        }
        self.any = true;
    }
}
