//! The guarded scan: what is checked where, what is read, and whether a fence is needed (R20).

use crate::calendar::Grain;
use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::SourceDimension;
use crate::catalog::source::Source;
use crate::context::{AccessType, Tenant};
use crate::dialect::Dialect;
use crate::error::Kind;
use crate::expr::hazard::Hazard;
use crate::resolve::{DateBounds, ResolvedLeg, Rule};
use crate::value::{DataType, Param, Value};

use super::{
    BaseFilter, BindId, DateCheck, LegPick, ListBind, Measure, Operand, Planner, Predicate,
    RuleCheck, RuleShape, Scan, TenantCheck,
};

use super::joins::carry;
use super::predicates::{cuts_moments, is_long};

impl<'c> Planner<'c> {
    /// The guarded scan of the source.
    pub(super) fn scan(
        &mut self,
        query: ResolvedLeg<'c>,
        tenant: &Tenant,
        legs: &[usize],
        keys: &[&'c SourceDimension],
        measures: &[Measure<'c>],
    ) -> Scan<'c> {
        let source = query.source;
        let measures = || {
            measures
                .iter()
                .filter(|measure| legs.contains(&measure.leg))
        };
        let rules = query
            .rules
            .into_iter()
            .map(|rule| self.rule(rule, source))
            .collect();
        let bare = self.bare_scan(source, rules, tenant);
        let dates = query.dates.map(|dates| self.date_check(source, dates));
        if dates.is_some() || query.date_column != source.date_column {
            self.check_date_column(source, query.date_column);
        }
        let date_switch = source
            .date_column
            .zip(query.date_column)
            .filter(|(own, chosen)| own != chosen);
        let conditions = self.row_predicates(query.row_conditions, source, date_switch);
        let mut scan = Scan {
            dates,
            inner: conditions.inner,
            outer: conditions.outer,
            outer_raises: conditions.outer_raises,
            date_column: query.date_column,
            date_switch,
            rules_through: query.rules_through,
            ..bare
        };
        if !query.far.is_empty() {
            self.read_far(&mut scan, query.far, tenant);
        }
        let needed = needed_columns(&scan, keys, measures());
        carry(&mut scan, needed, keys, &self.catalog.columns);
        let grains = self.met_grains.as_slice();
        scan.is_fenced = is_waited_for(&scan, keys, measures(), self.tests_keys, grains);
        scan
    }

    /// A scan of a source of which only the guard is known.
    pub(super) fn bare_scan(
        &mut self,
        source: &'c Source,
        rules: Vec<RuleCheck<'c>>,
        tenant: &Tenant,
    ) -> Scan<'c> {
        let mut relation = String::with_capacity(48);
        source.relation.write(tenant, &mut relation);
        if let Some(rollup) = &source.rollup {
            for fragment in rollup.columns.values() {
                self.printed(&fragment.printed, Kind::Source, source.key.as_str());
            }
        }
        Scan {
            source,
            relation,
            tenant: self.fact_tenant(source, tenant),
            rules,
            base_filter: self.base_filter(source),
            dates: None,
            inner: Vec::new(),
            outer: Vec::new(),
            columns: Vec::new(),
            date_column: None,
            date_switch: None,
            moved: None,
            is_fenced: false,
            outer_raises: false,
            through: Vec::new(),
            rules_through: Vec::new(),
            joins: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Whether a key is computed from the date column, so that a comparison moves it.
    pub(super) fn moves(&self, key: &SourceDimension, scan: &Scan<'_>) -> bool {
        let own = scan.source.date_column;
        let columns = key.value.columns.iter();
        let mut columns = columns.copied();
        key.path.is_none()
            && columns.any(|column| own == Some(column) || scan.date_column == Some(column))
    }

    /// SQLite adds months without regard to their length.
    pub(super) fn check_moved(&mut self, source: &Source) {
        if self.dialect == Dialect::Sqlite {
            let construct = "a comparison by dates".to_owned();
            self.report_dialect(construct, Kind::Source, source.key.as_str());
        }
    }

    pub(super) fn date_check(&mut self, source: &Source, dates: DateBounds) -> DateCheck {
        DateCheck {
            column: dates.column,
            data_type: source.date_type(dates.column),
            from: dates.from.map(|from| self.bind(Param::Scalar(from))),
            until: dates.until.map(|until| self.bind(Param::Scalar(until))),
            last: dates.last.map(|last| self.bind(Param::Scalar(last))),
        }
    }

    /// The tenant as the source's column compares it: by the column's type, else as what it is.
    fn fact_tenant(&mut self, source: &Source, tenant: &Tenant) -> Option<TenantCheck> {
        let column = source.tenant_column?;
        let (data_type, value) = match source.column_type(column) {
            Some(DataType::Text) => text_value(tenant),
            Some(DataType::Uuid) => match tenant.as_uuid() {
                Some(uuid) => (DataType::Uuid, Value::Uuid(uuid)),
                None => text_value(tenant),
            },
            _ => own_value(tenant),
        };
        Some(TenantCheck {
            column,
            data_type,
            value: self.tenant(data_type, value),
        })
    }

    /// The tenant as one parameter for each type that it is compared as.
    fn tenant(&mut self, data_type: DataType, value: Value) -> BindId {
        let place = match data_type {
            DataType::Text => 1,
            DataType::Uuid => 2,
            _ => 0,
        };
        if let Some(bind) = self.tenants.get(place).copied().flatten() {
            return bind;
        }
        let bind = self.bind(Param::Scalar(value));
        if let Some(known) = self.tenants.get_mut(place) {
            *known = Some(bind);
        }
        bind
    }

    fn base_filter(&mut self, source: &'c Source) -> Option<BaseFilter<'c>> {
        let fragment = source.base_filter.as_ref()?;
        let text = self.printed(&fragment.printed, Kind::Source, source.key.as_str())?;
        let is_outer = fragment.hazard_on(source.declares_columns()) != Hazard::Never;
        Some(BaseFilter {
            fragment,
            text,
            is_outer,
        })
    }

    /// As for dimensions, SQLite does not compare the moments of a date column.
    pub(super) fn check_date_column(&mut self, source: &Source, column: Option<ColumnId>) {
        let holds_moments =
            column.is_some_and(|column| source.date_type(column) == DataType::Timestamptz);
        if holds_moments && self.dialect == Dialect::Sqlite {
            let construct = "a date column of type `timestamptz`".to_owned();
            self.report_dialect(construct, Kind::Source, source.key.as_str());
        }
    }

    /// The tenant as lookups compare it: a number where it is one.
    pub(super) fn lookup_tenant(&mut self, tenant: &Tenant) -> TenantCheck {
        let (data_type, value) = own_value(tenant);
        TenantCheck {
            // The column is set by each lookup.
            column: ColumnId(0),
            data_type,
            value: self.tenant(data_type, value),
        }
    }

    pub(super) fn rule(&mut self, rule: Rule<'c>, source: &Source) -> RuleCheck<'c> {
        let is_include = rule.access_type == AccessType::Include;
        let null_passes = rule.nulls_visible;
        // A rule is a set: equal rules bind equally. The text follows the length as written.
        let is_long = is_long(&rule.list);
        let element = rule.list.element();
        let known = self
            .rule_lists
            .iter()
            .find(|(position, list)| *position == rule.position && list.element == element);
        let list = match known {
            Some((_, list)) => Some(*list),
            None => self
                .list(rule.list.into_set())
                .map(|list| ListBind { is_long, ..list }),
        };
        if let Some(list) = list.filter(|_| self.shares_lists) {
            self.rule_lists.push((rule.position, list));
        }
        let form = match (is_include, list) {
            (true, Some(list)) => RuleShape::Listed {
                list,
                or_null: null_passes || rule.lists_null,
            },
            // Only NULL is listed; an empty list shows nothing, whatever is said of NULL.
            (true, None) if rule.lists_null => RuleShape::OnlyNull,
            (true, None) => RuleShape::Nothing,
            (false, Some(list)) => RuleShape::NotListed {
                list,
                or_null: null_passes && !rule.lists_null,
            },
            (false, None) if rule.lists_null => RuleShape::NotNull,
            (false, None) => RuleShape::Everything,
        };
        let name = rule.dimension.key.as_str();
        self.printed(&rule.on_source.value.printed, Kind::Dimension, name);
        self.check_moments(rule.on_source, name);
        RuleCheck {
            dimension: &rule.dimension.key,
            access_type: rule.access_type,
            value: rule.on_source,
            form,
            // A rule never follows a date-basis option.
            is_outer: rule.on_source.value.hazard_on(source.declares_columns()) != Hazard::Never
                || cuts_moments(rule.on_source, source, None),
        }
    }
}

/// Whether picking a date of a group can raise: what rows have to be, and the date, are conditions on them.
pub(super) fn can_raise(scan: &Scan<'_>, pick: &LegPick<'_>) -> bool {
    let declares_types = scan.source.declares_columns();
    let filter = pick.filter.map(|(filter, _)| filter);
    let mut conditions = std::iter::once(&*pick.over.value).chain(filter);
    conditions.any(|fragment| fragment.hazard_on(declares_types) != Hazard::Never)
        || cuts_moments(pick.over, scan.source, scan.date_switch)
}

/// Whether something outside of the guard can raise, so that it has to wait: what shows a value of a row, and
/// any condition. `tests_keys` where members of groups are tested, and `met` are the grains of all keys where
/// rows are held to groups by them.
pub(super) fn is_waited_for<'a, 'c: 'a>(
    scan: &Scan<'_>,
    keys: &[&SourceDimension],
    measures: impl Iterator<Item = &'a Measure<'c>>,
    tests_keys: bool,
    met: &[Option<Grain>],
) -> bool {
    let declares_types = scan.source.declares_columns();
    let hazard = |key: &SourceDimension| {
        key.value
            .hazard_on(scan.rows_of(key).source.declares_columns())
    };
    let reads_raising = keys.iter().any(|key| hazard(key) == Hazard::Value)
        || measures
            .map(|measure| measure.fragment)
            .any(|fragment| fragment.hazard_on(declares_types) == Hazard::Value);
    // A database is free to test the members of groups row by row.
    let tests_raising = tests_keys
        && keys.iter().any(|key| {
            let rows = scan.rows_of(key);
            hazard(key) != Hazard::Never || cuts_moments(key, rows.source, rows.date_switch)
        });
    // Cutting a moment puts it on a clock of its zone.
    let meets_raising = keys.iter().zip(met).any(|(key, grain)| {
        let is_moment = key
            .time
            .is_some_and(|time| time.stored == DataType::Timestamptz);
        grain.is_some() && is_moment
    });
    reads_raising || tests_raising || meets_raising || scan.outer_raises
}

/// The tenant as what it is: a number or a word.
fn own_value(tenant: &Tenant) -> (DataType, Value) {
    match tenant.as_number() {
        Some(number) => (DataType::Integer, Value::Integer(number)),
        None => text_value(tenant),
    }
}

fn text_value(tenant: &Tenant) -> (DataType, Value) {
    (DataType::Text, Value::Text(tenant.as_str().into()))
}

/// The columns of the scan itself that are read outside the guard, each once, in order of first use.
pub(super) fn needed_columns<'a, 'c: 'a>(
    scan: &Scan<'_>,
    keys: &[&SourceDimension],
    measures: impl Iterator<Item = &'a Measure<'c>>,
) -> Vec<ColumnId> {
    let mut columns: Vec<ColumnId> = Vec::with_capacity(keys.len() + 6);
    let mut add = |column: ColumnId| {
        if !columns.contains(&column) {
            columns.push(column);
        }
    };
    let switched = |column: ColumnId| match scan.date_switch {
        Some((own, chosen)) if own == column => chosen,
        _ => column,
    };
    for key in keys.iter().filter(|key| key.path.is_none()) {
        key.value.columns.iter().for_each(|column| {
            add(match key.is_column {
                true => *column,
                false => switched(*column),
            })
        });
    }
    for measure in measures {
        measure
            .fragment
            .columns
            .iter()
            .for_each(|column| add(*column));
    }
    let mut waiting: Vec<&Predicate<'_>> = scan.outer.iter().collect();
    while let Some(predicate) = waiting.pop() {
        match predicate {
            Predicate::All(parts) | Predicate::Any(parts) => waiting.extend(parts),
            Predicate::Not(part) => waiting.push(part),
            Predicate::Test(Operand::Value(value, _) | Operand::Label(value, ..), _)
                if value.path.is_none() =>
            {
                value
                    .value
                    .columns
                    .iter()
                    .for_each(|column| add(switched(*column)));
            }
            Predicate::Test(..) => {}
        }
    }
    columns
}
