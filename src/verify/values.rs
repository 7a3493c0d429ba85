//! What the text cannot show: whose values the parameters hold, and that the certificate is the plan's.

use crate::catalog::relation::RelationPattern;
use crate::certificate::{Certificate, GuardedScan, ListRef, RuleForm, RuleGuard, ScanPurpose};
use crate::context::{AccessRule, AccessType, RuleDimension, Tenant};
use crate::expr::hazard::Hazard;
use crate::name::Name;
use crate::output::Note;
use crate::plan::{
    BindId, Join, ListBind, Members, Plan, RuleCheck, RuleShape, Scan, TenantCheck, Through,
};
use crate::value::{Param, Value};

use super::TABLE;
use super::guards::lookups;
use super::reader::{Read, failure};

/// What a certificate is proved from, beside the text.
#[derive(Clone, Copy)]
pub(crate) struct Evidence<'a> {
    pub(crate) plan: &'a Plan<'a>,
    /// What stands in `$1`, `$2` and so on.
    pub(crate) order: &'a [BindId],
    pub(crate) params: &'a [Param],
    /// The tenant of the context.
    pub(crate) tenant: &'a Tenant,
    /// The access rules that the context states.
    pub(crate) access: &'a [AccessRule],
    /// Among them, the rules that a source is exempt from.
    pub(crate) notes: &'a [Note],
}

/// Proves that a certificate lists the guards that the plan needs, and that the parameters in them
/// are the plan's.
///
/// # Errors
/// What could not be proved.
pub(crate) fn verify_values(certificate: &Certificate, evidence: &Evidence<'_>) -> Read<()> {
    if let Some(members) = &evidence.plan.members {
        return evidence.members(certificate, members);
    }
    if certificate.scans.is_empty() {
        return failure("the facts are not read");
    }
    let mut relation = String::with_capacity(64);
    let passes = evidence.plan.passes();
    let tested = evidence.plan.passing.iter();
    let tested = tested.flat_map(|passing| &passing.plan.legs);
    let ranked = evidence.plan.top.iter();
    // What is ranked by sums of the whole reads no rows of its own.
    let ranked = ranked.filter(|top| top.sums.is_none());
    let ranked = ranked.flat_map(|top| &top.plan.legs);
    let legs = evidence.plan.legs.iter();
    let mut legs = tested
        .chain(ranked)
        .chain(legs.flat_map(|leg| std::iter::repeat_n(leg, passes)));
    let (mut near, mut others) = (None, Vec::new());
    for (position, scan) in certificate.scans.iter().enumerate() {
        match (&scan.purpose, position) {
            (ScanPurpose::Facts(source), _) => {
                let Some(leg) = legs.next() else {
                    return failure(FACTS_ONCE);
                };
                if !others.is_empty() {
                    return failure(OTHERS_ONCE);
                }
                evidence.facts(scan, &leg.scan, source, &mut relation)?;
                others = in_order(&leg.scan);
                others.reverse();
                near = Some(&leg.scan);
            }
            (ScanPurpose::Restricting(source) | ScanPurpose::Joined(source), _) => {
                let is_joined = matches!(scan.purpose, ScanPurpose::Joined(_));
                let Some(((is_other_joined, other), near)) = others.pop().zip(near) else {
                    return failure(OTHERS_ONCE);
                };
                if is_other_joined != is_joined {
                    return failure(OTHERS_ONCE);
                }
                evidence.other(scan, other, near, source, &mut relation)?;
            }
            (ScanPurpose::Lookup(_), 0) => return failure(FACTS_ONCE),
            (ScanPurpose::Lookup(dimension), _) => {
                evidence.lookup(scan, dimension, &mut relation)?;
            }
        }
    }
    if !others.is_empty() {
        return failure(OTHERS_ONCE);
    }
    if legs.next().is_some() {
        return failure(FACTS_ONCE);
    }
    Ok(())
}

const FACTS_ONCE: &str = "the facts are not read first, once and from their sources";

const OTHERS_ONCE: &str =
    "other sources are not read behind the facts that they belong to, each once";

/// The other sources that are read with a scan, in the order of the text, and whether each is joined.
fn in_order<'p, 'c>(scan: &'p Scan<'c>) -> Vec<(bool, &'p Scan<'c>)> {
    let met = |scan: &'p Scan<'c>| scan.restricting().into_iter().map(|met| (false, met));
    let mut found: Vec<(bool, &'p Scan<'c>)> = met(scan).collect();
    for join in &scan.joins {
        found.push((true, &join.scan));
        found.extend(met(&join.scan));
    }
    found
}

/// Whether the rows of a scan have to meet those that are joined, where a rule hides some of these.
fn is_met(planned: &Scan<'_>, at: usize) -> bool {
    let mut steps = Vec::new();
    let mut next = Some(at);
    while let Some(at) = next {
        // What is joined stands behind what leads to it.
        let Some(join) = planned.joins.get(at) else {
            return false;
        };
        steps.push(join);
        next = join.parent.filter(|parent| *parent < at);
    }
    let restricts = |rule: &RuleCheck<'_>| !matches!(rule.form, RuleShape::Everything);
    let is_ruled = |join: &&Join<'_>| join.scan.rules.iter().any(restricts);
    if !steps.first().is_some_and(is_ruled) {
        return true;
    }
    let mut from = planned;
    for join in steps.into_iter().rev() {
        let is_it = |through: &&Through<'_>| {
            through.on == join.on && std::ptr::eq(through.scan.source, join.scan.source)
        };
        match from.through.iter().find(is_it) {
            Some(through) => from = &through.scan,
            None => return false,
        }
    }
    true
}

/// How many rules on a dimension a scan has.
fn rules_on(scan: &Scan<'_>, dimension: &Name) -> usize {
    scan.rules
        .iter()
        .filter(|rule| rule.dimension == dimension)
        .count()
}

/// Whether the scan's relation is what the pattern is for the tenant.
fn writes(
    pattern: &RelationPattern,
    tenant: &Tenant,
    relation: &mut String,
    scan: &GuardedScan,
) -> bool {
    relation.clear();
    pattern.write(tenant, relation);
    pattern.fits(tenant) && !pattern.is_a_step(tenant) && *relation == scan.relation
}

impl Evidence<'_> {
    /// The guard of the source; `relation` is room for a name.
    fn facts(
        &self,
        scan: &GuardedScan,
        planned: &Scan<'_>,
        source: &Name,
        relation: &mut String,
    ) -> Read<()> {
        if *source != planned.source.key {
            return failure(FACTS_ONCE);
        }
        if scan.relation != planned.relation
            || !writes(&planned.source.relation, self.tenant, relation, scan)
        {
            return failure("the facts are another relation");
        }
        let exempt = self.exempt(planned).count();
        if planned.rules.len() + planned.rules_through.len() + exempt != self.access.len() {
            return failure("an access rule is missing from the plan");
        }
        for dimension in &planned.rules_through {
            self.holds_through(planned, dimension)?;
        }
        match (0..planned.joins.len()).all(|at| is_met(planned, at)) {
            true => self.guard(scan, planned),
            false => failure("a rule on what is joined does not hold on the rows that lead there"),
        }
    }

    /// The dimensions of the rules that a source is exempt from.
    fn exempt<'s>(&'s self, planned: &'s Scan<'_>) -> impl Iterator<Item = &'s Name> {
        self.notes.iter().filter_map(|note| match note {
            Note::AccessExempt { source, dimension } if *source == planned.source.key => {
                Some(dimension)
            }
            _ => None,
        })
    }

    /// A rule that the source does not express holds on rows that its own have to meet. One that restricts
    /// nothing need not.
    fn holds_through(&self, planned: &Scan<'_>, dimension: &Name) -> Read<()> {
        let is_own = planned
            .source
            .dimensions
            .values()
            .any(|on| on.key == *dimension);
        let through = planned
            .rules_through
            .iter()
            .filter(|through| **through == dimension);
        let count = through.count();
        let restricting = planned.restricting();
        let is_held = restricting
            .iter()
            .any(|scan| rules_on(scan, dimension) >= count);
        let void = self.access.iter().filter(|rule| {
            let is_on = match &rule.dimension {
                RuleDimension::Key(key) => key == dimension.as_str(),
                RuleDimension::Id(_) => true,
            };
            is_on && rule.access_type == AccessType::Exclude && rule.values.is_empty()
        });
        match !is_own && (is_held || void.count() >= count) {
            true => Ok(()),
            false => failure("an access rule does not hold on the rows that have to be met"),
        }
    }

    /// The guard of another source that is read beside one: it has every rule that it can express itself.
    fn other(
        &self,
        scan: &GuardedScan,
        planned: &Scan<'_>,
        near: &Scan<'_>,
        source: &Name,
        relation: &mut String,
    ) -> Read<()> {
        if *source != planned.source.key
            || scan.relation != planned.relation
            || !writes(&planned.source.relation, self.tenant, relation, scan)
        {
            return failure("other rows are those of another relation");
        }
        let own = near.rules.iter().map(|rule| rule.dimension);
        let through = near.rules_through.iter().copied();
        let ruled: Vec<&Name> = own.chain(through).chain(self.exempt(near)).collect();
        for (id, on_source) in &planned.source.dimensions {
            let expected = match planned.source.access_exempt.binary_search(id) {
                Ok(_) => 0,
                Err(_) => ruled
                    .iter()
                    .filter(|ruled| ***ruled == on_source.key)
                    .count(),
            };
            if rules_on(planned, &on_source.key) != expected {
                return failure("an access rule is missing from the rows of another source");
            }
        }
        self.guard(scan, planned)
    }

    /// The guard of a source: its fence, its tenant, its rules, its standing filter.
    fn guard(&self, scan: &GuardedScan, planned: &Scan<'_>) -> Read<()> {
        if scan.is_fenced != planned.is_fenced {
            return failure("a fence is not as planned");
        }
        let column = planned.source.tenant_column;
        let tenant = column
            .zip(planned.tenant)
            .map(|(column, check)| TenantCheck { column, ..check });
        if column.is_some() != tenant.is_some() {
            return failure("the plan has no tenant");
        }
        self.tenant(scan, tenant)?;
        self.rules(scan, planned.rules.iter(), |rule| rule.is_outer)?;
        let expected = planned.base_filter.as_ref().map(|filter| filter.is_outer);
        let found = scan.base_filter.as_ref().map(|filter| filter.is_outer);
        if expected != found || found.is_some() != planned.source.base_filter.is_some() {
            return failure("the standing filter is not as planned");
        }
        Ok(())
    }

    /// A lookup alone is read, once, under all the rules of the context.
    fn members(&self, certificate: &Certificate, members: &Members<'_>) -> Read<()> {
        let [scan] = certificate.scans.as_slice() else {
            return failure("more than a lookup is read");
        };
        if !matches!(&scan.purpose, ScanPurpose::Lookup(of) if of == members.dimension) {
            return failure("the members of another dimension are read");
        }
        let mut rules = members.rules.iter();
        let are_of_dimension = rules.all(|rule| rule.dimension == members.dimension);
        if !are_of_dimension || members.rules.len() != self.access.len() {
            return failure("a rule of the context is not in force");
        }
        self.lookup(scan, members.dimension, &mut String::new())
    }

    /// The guard of a lookup.
    fn lookup(&self, scan: &GuardedScan, dimension: &Name, relation: &mut String) -> Read<()> {
        let plan = self.plan;
        let mut lookups = lookups(plan, dimension).peekable();
        if lookups.peek().is_none() {
            return failure("labels are read for a dimension that has none");
        }
        let Some(lookup) =
            lookups.find(|lookup| writes(&lookup.relation, self.tenant, relation, scan))
        else {
            return failure("labels are read from another relation");
        };
        // Where no rows are read, conditions look at the lookup itself; and where rows come after a label.
        let least = match plan.tests_labels_of(dimension) {
            true => Hazard::Overflow,
            false => Hazard::Value,
        };
        let waits = [&lookup.key, &lookup.label]
            .iter()
            .any(|part| part.hazard_undeclared >= least);
        if scan.is_fenced != waits || scan.base_filter.is_some() {
            return failure("a fence is not as planned");
        }
        let tenant = lookup.tenant_column.map(|column| TenantCheck {
            column,
            ..plan.lookup_tenant
        });
        self.tenant(scan, tenant)?;
        let rules = plan.rules_on(dimension);
        let can_raise = lookup.key.hazard_undeclared != Hazard::Never;
        self.rules(scan, rules, |_| can_raise)
    }

    /// The parameter with this number, if it is this bind of the plan.
    fn param(&self, number: u16, bind: BindId) -> Option<&Param> {
        let at = usize::from(number).checked_sub(1)?;
        (self.order.get(at) == Some(&bind))
            .then(|| self.params.get(at))
            .flatten()
    }

    fn tenant(&self, scan: &GuardedScan, planned: Option<TenantCheck>) -> Read<()> {
        let (guard, planned) = match (&scan.tenant, planned) {
            (None, None) => return Ok(()),
            (Some(guard), Some(planned)) => (guard, planned),
            _ => return failure("the tenant's equality is not as planned"),
        };
        let column = guard
            .column
            .strip_prefix(TABLE)
            .and_then(|column| column.strip_prefix('.'));
        if column != Some(self.plan.names.sql(planned.column)) {
            return failure("the tenant is compared with another column");
        }
        let holds = match self.param(guard.parameter, planned.value) {
            Some(Param::Scalar(Value::Integer(number))) => Some(*number) == self.tenant.as_number(),
            Some(Param::Scalar(Value::Text(text))) => **text == *self.tenant.as_str(),
            _ => false,
        };
        if holds {
            Ok(())
        } else {
            failure("a tenant parameter does not hold the tenant")
        }
    }

    /// The rules that wait above a fence stand behind those that do not.
    fn rules<'r, 'c: 'r>(
        &self,
        scan: &GuardedScan,
        planned: impl Iterator<Item = &'r RuleCheck<'c>> + Clone,
        waits: impl Fn(&RuleCheck<'_>) -> bool,
    ) -> Read<()> {
        let inner = planned.clone().filter(|rule| !waits(rule));
        let outer = planned.filter(|rule| waits(rule));
        let mut expected = inner.chain(outer);
        for guard in &scan.rules {
            let Some(rule) = expected.next() else {
                return failure("a guard has a rule that was not planned");
            };
            let same = guard.dimension == *rule.dimension
                && guard.access_type == rule.access_type
                && guard.is_outer == waits(rule)
                && self.same_form(guard, rule.form);
            if !same {
                return failure("an access rule is not as planned");
            }
        }
        if expected.next().is_some() {
            return failure("an access rule is missing from a guard");
        }
        Ok(())
    }

    fn same_form(&self, guard: &RuleGuard, planned: RuleShape) -> bool {
        match (guard.form, planned) {
            (RuleForm::Nothing, RuleShape::Nothing)
            | (RuleForm::Everything, RuleShape::Everything)
            | (RuleForm::OnlyNull, RuleShape::OnlyNull)
            | (RuleForm::NotNull, RuleShape::NotNull) => true,
            (
                RuleForm::Listed { list, or_null },
                RuleShape::Listed {
                    list: bind,
                    or_null: planned,
                },
            )
            | (
                RuleForm::NotListed { list, or_null },
                RuleShape::NotListed {
                    list: bind,
                    or_null: planned,
                },
            ) => or_null == planned && self.same_list(list, bind),
            _ => false,
        }
    }

    fn same_list(&self, list: ListRef, bind: ListBind) -> bool {
        list.element == bind.element
            && list.is_long == bind.is_long
            && matches!(
                self.param(list.parameter, bind.values),
                Some(Param::List(values))
                    if values.element() == list.element && !values.values().is_empty()
            )
    }
}
