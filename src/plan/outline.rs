//! Outlines: what tells a plan from others whose statements may have the same text.

use std::hash::{BuildHasher, Hash, Hasher};
use std::ptr;

use crate::hash::outline_hasher;

use super::node::{
    Computed, DetailRows, Key, Leg, Measure, Operand, OrderItem, Output, Plan, Predicate,
    RuleCheck, Scan,
};
use super::pivot::Cell;
use super::{
    BindId, Join, LegPick, Members, Passing, PickedNames, Pivot, Placed, RunningNames, Summed,
    Through, Top, Totals,
};

impl Plan<'_> {
    /// A digest of all that the verifier holds a text to, together with the parameters in the order in
    /// which the text has them.
    ///
    /// A part of the catalog is told by where it lies in memory, which is the same for as long as the
    /// catalog lives. What the certificate says is left out: it is compared as a whole.
    pub(crate) fn outline(&self, order: &[BindId]) -> u64 {
        // Every field is named, so that none is forgotten.
        let Plan {
            dialect: _,
            names: _,
            legs,
            keys,
            rows,
            members,
            measures,
            gaps,
            computed,
            levels,
            placed,
            group_predicates,
            passing,
            top,
            pivot,
            totals,
            outputs,
            columns: _,
            order: ordered,
            limit,
            offset,
            tenant: _,
            lookup_tenant: _,
            periods,
            zone,
            picked,
            running,
            binds: _,
        } = self;
        let mut state = outline_hasher().build_hasher();
        state.write_usize(legs.len());
        for leg in legs {
            leg_outline(leg, &mut state);
        }
        state.write_usize(keys.len());
        for Key {
            grain,
            name,
            lookup,
        } in keys
        {
            (grain, &*name.sql).hash(&mut state);
            let lookup = lookup.map(|(lookup, dimension)| (ptr::from_ref(lookup), dimension));
            lookup.hash(&mut state);
        }
        state.write_usize(measures.len());
        for measure in measures {
            let Measure {
                leg,
                fragment,
                text,
                name,
                last_use,
            } = measure;
            (leg, last_use, fragment.is_boolean, &*name.sql).hash(&mut state);
            ptr::hash(*text, &mut state);
        }
        state.write_usize(computed.len());
        for column in computed {
            let Computed {
                text,
                arguments,
                level,
                name,
                last_use,
                uses,
                is_boolean: _,
            } = column;
            (arguments, level, last_use, uses, &*name.sql).hash(&mut state);
            ptr::hash(*text, &mut state);
        }
        if let Some(DetailRows {
            order,
            after,
            page: _,
            is_inside,
        }) = rows
        {
            (order, after, is_inside).hash(&mut state);
        }
        if let Some(Members {
            source: _,
            lookup,
            dimension,
            rules: _,
            search,
        }) = members
        {
            ptr::hash(*lookup, &mut state);
            (dimension, search).hash(&mut state);
        }
        state.write_usize(placed.len());
        for Placed { of, share, name } in placed {
            (of, share.map(ptr::from_ref), &*name.sql).hash(&mut state);
        }
        predicates(group_predicates, &mut state);
        if let Some(Passing { plan, types }) = passing {
            (plan.outline(order), types).hash(&mut state);
        }
        if let Some(Top {
            plan,
            key,
            key_type,
            kept,
            shows_other,
            sums,
        }) = top
        {
            let kept = kept.as_ref().map(|name| &*name.sql);
            (plan.outline(order), key, key_type, kept, shows_other, sums).hash(&mut state);
        }
        if let Some(Pivot {
            key,
            members,
            data_type,
            cells,
            width,
        }) = pivot
        {
            (key, members, data_type, width).hash(&mut state);
            state.write_usize(cells.len());
            for Cell {
                term,
                position,
                is_boolean,
                name,
            } in cells
            {
                (term, position, is_boolean, &*name.sql).hash(&mut state);
            }
        }
        if let Some(Totals {
            level,
            levels,
            marks,
            in_one_pass,
        }) = totals
        {
            (&*level.sql, levels, marks, in_one_pass).hash(&mut state);
        }
        state.write_usize(outputs.len());
        for Output { what, alias } in outputs {
            (what, &*alias.sql).hash(&mut state);
        }
        state.write_usize(ordered.len());
        for OrderItem {
            what,
            descending,
            nulls_first,
        } in ordered
        {
            (what, descending, nulls_first).hash(&mut state);
        }
        if let Some(RunningNames { since, present }) = running {
            (&*since.sql, &*present.sql).hash(&mut state);
        }
        if let Some(PickedNames { dated, picked }) = picked {
            (&*dated.sql, &*picked.sql).hash(&mut state);
        }
        (gaps, levels, limit, offset, periods, zone, order).hash(&mut state);
        state.finish()
    }
}

fn leg_outline(leg: &Leg<'_>, state: &mut impl Hasher) {
    let Leg {
        is_previous,
        scan,
        keys,
        windows,
        pick,
        summed,
    } = leg;
    (is_previous, windows, pick.is_some()).hash(state);
    if let Some(LegPick {
        over,
        first,
        filter,
    }) = pick
    {
        ptr::hash(*over, state);
        (first, filter.map(|(_, text)| ptr::from_ref(text))).hash(state);
    }
    summed.is_some().hash(state);
    if let Some(Summed { links }) = summed {
        state.write_usize(links.len());
        for (column, name) in links {
            (column, &*name.sql).hash(state);
        }
    }
    state.write_usize(keys.len());
    keys.iter().for_each(|key| ptr::hash(*key, state));
    scan_outline(scan, state);
}

/// Recursion is as deep as paths are long, which the limits bound.
fn scan_outline(scan: &Scan<'_>, state: &mut impl Hasher) {
    let Scan {
        source,
        relation: _,
        tenant: _,
        rules,
        base_filter,
        dates,
        inner,
        outer,
        columns,
        date_column,
        date_switch,
        moved,
        is_fenced: _,
        outer_raises: _,
        through,
        rules_through: _,
        joins,
        beside,
    } = scan;
    ptr::hash(*source, state);
    state.write_usize(rules.len());
    for RuleCheck {
        dimension: _,
        access_type: _,
        value,
        form: _,
        is_outer,
    } in rules
    {
        is_outer.hash(state);
        ptr::hash(*value, state);
    }
    if let Some(filter) = base_filter {
        ptr::hash(filter.text, state);
    }
    if let Some(dates) = dates {
        (
            dates.column,
            dates.data_type,
            dates.from,
            dates.until,
            dates.last,
        )
            .hash(state);
    }
    (columns, date_column, date_switch, moved, beside).hash(state);
    predicates(inner, state);
    predicates(outer, state);
    state.write_usize(through.len());
    for Through { on, scan } in through {
        on.hash(state);
        scan_outline(scan, state);
    }
    state.write_usize(joins.len());
    for Join {
        path,
        parent,
        on,
        scan,
        shown,
    } in joins
    {
        (path, parent, on).hash(state);
        scan_outline(scan, state);
        for (column, name) in shown {
            (column, &*name.sql).hash(state);
        }
    }
}

/// Recursion is as deep as conditions are nested, which the limits bound.
fn predicates(conditions: &[Predicate<'_>], state: &mut impl Hasher) {
    state.write_usize(conditions.len());
    for condition in conditions {
        std::mem::discriminant(condition).hash(state);
        match condition {
            Predicate::All(parts) | Predicate::Any(parts) => predicates(parts, state),
            Predicate::Not(part) => predicates(std::slice::from_ref(part), state),
            Predicate::Test(operand, comparison) => {
                std::mem::discriminant(operand).hash(state);
                match operand {
                    Operand::Value(value, _) => ptr::hash(*value, state),
                    Operand::Label(value, _, lookup, _) => {
                        ptr::hash(*value, state);
                        ptr::hash(*lookup, state);
                    }
                    Operand::Term(term) => term.hash(state),
                }
                comparison.hash(state);
            }
        }
    }
}
