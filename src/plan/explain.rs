//! The stable text form of a plan, for people and for snapshots.

use std::fmt;

use crate::catalog::columns::ColumnId;
use crate::catalog::dimension::SourceDimension;
use crate::dialect::Dialect;
use crate::output::COUNT;

use super::{
    Computed, DetailRows, Key, Leg, Members, OutputTerm, Passing, Plan, RuleCheck, RuleShape, Scan,
    Term, Through, cut,
};

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Passing { plan, .. }) = &self.passing {
            writeln!(f, "before  what follows, over the same rows:")?;
            write!(f, "{plan}")?;
            writeln!(f, "then    the rows of these groups alone:")?;
        }
        if let Some(members) = &self.members {
            self.explain_members(members, f)?;
        }
        if let Some(top) = &self.top {
            writeln!(
                f,
                "rank    the members of {}:",
                self.name_of(Term::Key(top.key))
            )?;
            write!(f, "{}", top.plan)?;
            if top.sums.is_some() {
                writeln!(f, "  of sums that what follows is of, too")?;
            }
            match (&top.kept, top.shows_other) {
                (None, _) => writeln!(f, "then    the rows of these members alone:")?,
                (_, true) => writeln!(f, "then    the other members as one:")?,
                (_, false) if self.totals.is_none() => {
                    writeln!(f, "then    the rows of the others for shares alone:")?;
                }
                (_, false) => writeln!(f, "then    the rows of the others for totals alone:")?,
            }
        }
        for (position, leg) in self.legs.iter().enumerate() {
            let period = match (leg.is_previous, leg.scan.moved.is_some()) {
                (true, _) => ", the period before",
                (false, true) => ", earlier dates",
                (false, false) => "",
            };
            self.explain_scan("scan   ", &leg.scan, period, f)?;
            match &self.rows {
                Some(_) => self.explain_rows(leg, f)?,
                None => self.explain_groups(position, leg, f)?,
            }
        }
        if self.legs.len() > 1 {
            writeln!(f, "combine the groups of all {}", self.legs.len())?;
        }
        if let Some(gaps) = &self.gaps {
            let key = self.name_of(Term::Key(gaps.key));
            let what = match self.is_pivoted(gaps.key) {
                true => "member",
                false => "period",
            };
            match self.totals {
                Some(_) => writeln!(f, "fill    every {what} of {key}, at every level by it")?,
                None => writeln!(f, "fill    every {what} of {key}")?,
            }
        }
        for computed in &self.computed {
            self.explain_computed(computed, f)?;
        }
        if let Some(pivot) = &self.pivot {
            let key = self.name_of(Term::Key(pivot.key));
            let other = match pivot.width > pivot.members.len() {
                true => ", and one for all others",
                false => "",
            };
            let members = counted(pivot.members.len(), "member");
            writeln!(f, "pivot   {members} of {key}{other}")?;
        }
        if !self.group_predicates.is_empty() {
            let conditions = counted(self.group_predicates.len(), "condition");
            writeln!(f, "keep    groups by {conditions}")?;
        }
        for placed in &self.placed {
            let of = self.name_of(placed.of);
            match placed.share {
                Some(_) => writeln!(f, "share   of {of} in all groups")?,
                None => writeln!(f, "rank    by {of} among all groups")?,
            }
        }
        // What is tested has no result of its own.
        let labels = self.keys.iter().filter(|_| !self.outputs.is_empty());
        for key in labels {
            if let Some((lookup, dimension)) = key.lookup {
                let how = if lookup.is_unique {
                    "one row per key"
                } else {
                    "the least per key"
                };
                writeln!(f, "label   {dimension}: {how}")?;
            }
        }
        if self
            .outputs
            .iter()
            .any(|output| output.what == OutputTerm::Count)
        {
            let what = if self.rows.is_some() {
                "rows"
            } else {
                "groups"
            };
            writeln!(f, "count   the {what}")?;
        }
        self.explain_totals(f)?;
        self.explain_order(f)?;
        if let Some(rows) = &self.rows {
            self.explain_detail_order(rows, f)?;
        }
        let page = [("limit", self.limit), ("offset", self.offset)];
        for (word, _) in page.iter().filter(|(_, bind)| bind.is_some()) {
            writeln!(f, "{word}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Plan<'_> {
    /// Recursion is as deep as paths are long, which the limits bound.
    fn explain_scan(
        &self,
        word: &str,
        scan: &Scan<'_>,
        period: &str,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        writeln!(f, "{word} {} ({}){period}", scan.source.key, scan.relation)?;
        match &scan.tenant {
            Some(tenant) => writeln!(f, "  tenant  {}", self.names.sql(tenant.column))?,
            None => writeln!(f, "  tenant  shared by all")?,
        }
        explain_rules(&scan.rules, f)?;
        if let Some(filter) = &scan.base_filter {
            let place = if filter.is_outer {
                "above a fence"
            } else {
                "beside the tenant"
            };
            writeln!(f, "  always  the standing filter, {place}")?;
        }
        if let Some(dates) = &scan.dates {
            writeln!(f, "  dates   {}", self.names.sql(dates.column))?;
        }
        if !scan.inner.is_empty() {
            let conditions = counted(scan.inner.len(), "condition");
            writeln!(f, "  filter  {conditions} beside the guard")?;
        }
        if !scan.outer.is_empty() {
            let conditions = counted(scan.outer.len(), "condition");
            let outside = if scan.is_fenced { "fence" } else { "guard" };
            writeln!(f, "  filter  {conditions} outside the {outside}")?;
        }
        if scan.is_fenced {
            writeln!(f, "  fenced")?;
        }
        for Through { on, scan } in &scan.through {
            self.explain_scan("meet   ", scan, &self.by(on), f)?;
        }
        for join in &scan.joins {
            let by = self.by(join.on);
            self.explain_scan("join   ", &join.scan, &by, f)?;
        }
        Ok(())
    }

    fn explain_members(&self, members: &Members<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "scan    the lookup of {} alone", members.dimension)?;
        match members.lookup.tenant_column {
            Some(column) => writeln!(f, "  tenant  {}", self.names.sql(column))?,
            None => writeln!(f, "  tenant  shared by all")?,
        }
        explain_rules(&members.rules, f)?;
        match members.search {
            Some(_) => writeln!(f, "keep    members by their label"),
            None => Ok(()),
        }
    }

    /// Which rows are in the groups.
    fn explain_frame(&self, leg: &Leg<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(windows) = &leg.windows {
            let key = windows
                .key
                .map_or("window", |key| self.name_of(Term::Key(key)));
            let ends = match windows.every.since {
                Some(_) => "from where each begins",
                None => "since ever",
            };
            let days = match windows.days {
                Some(_) => ", over sums of days",
                None => "",
            };
            writeln!(f, "windows up to the end of every {key}, {ends}{days}")?;
        }
        if let Some(pick) = &leg.pick {
            let which = if pick.first { "first" } else { "last" };
            let of = if pick.filter.is_some() {
                ", of rows that pass its filter"
            } else {
                ""
            };
            writeln!(f, "pick    the {which} {} of each group{of}", pick.over.key)?;
        }
        Ok(())
    }

    /// What is summed up before rows are joined.
    fn explain_summed(&self, leg: &Leg<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(summed) = &leg.summed else {
            return Ok(());
        };
        let own = self
            .own_keys(leg)
            .map(|(_, key)| key.name.alias.to_string());
        let links = summed.links.iter();
        let links = links.map(|(column, _)| self.names.sql(*column).to_owned());
        let by: Vec<String> = own.chain(links).collect();
        writeln!(f, "sum     by {}, before rows are joined", by.join(", "))
    }

    fn by(&self, on: &[(ColumnId, ColumnId)]) -> String {
        let pairs = on.iter().map(|(here, there)| {
            let [here, there] = [here, there].map(|column| self.names.sql(*column));
            format!("{there} = {here}")
        });
        let pairs: Vec<String> = pairs.collect();
        format!(" by {}", pairs.join(", "))
    }

    fn explain_rows(&self, leg: &Leg<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.iter().zip(&leg.keys);
        let keys: Vec<String> = keys.map(|(key, value)| key_in_words(key, value)).collect();
        match keys.is_empty() {
            true => writeln!(f, "rows    as they are"),
            false => writeln!(f, "rows    as they are: {}", keys.join(", ")),
        }
    }

    fn explain_detail_order(&self, rows: &DetailRows, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = rows.order.iter().map(|by| {
            let direction = if by.descending { " desc" } else { "" };
            let nulls = match (by.is_present, by.nulls_first) {
                (true, _) => ", never missing",
                (false, true) => " nulls first",
                (false, false) => "",
            };
            let label = if by.by_label { "label of " } else { "" };
            let name = self.name_of(Term::Key(by.key));
            format!("{label}{name}{direction}{nulls}")
        });
        let items: Vec<String> = items.collect();
        if !items.is_empty() {
            writeln!(f, "order   by {}", items.join("; "))?;
        }
        if rows.after.is_some() {
            writeln!(f, "after   a row")?;
        }
        Ok(())
    }

    fn explain_groups(
        &self,
        position: usize,
        leg: &Leg<'_>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        self.explain_frame(leg, f)?;
        self.explain_summed(leg, f)?;
        let keys = self.keys.iter().zip(&leg.keys);
        let keys: Vec<String> = keys.map(|(key, value)| key_in_words(key, value)).collect();
        match keys.is_empty() {
            true => writeln!(f, "group   into one row")?,
            false => writeln!(f, "group   by {}", keys.join(", "))?,
        }
        for (_, measure) in self.measures_of(position) {
            write!(f, "  {} = ", measure.name.alias)?;
            if let Ok(text) = measure.fragment.printed.get(Dialect::Postgres) {
                let mut out = String::new();
                text.write(&mut out, |hole, out| {
                    out.push_str(self.names.sql(crate::catalog::columns::ColumnId(hole)));
                });
                f.write_str(&out)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn explain_computed(&self, computed: &Computed<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<&str> = computed
            .arguments
            .iter()
            .map(|term| self.name_of(*term))
            .collect();
        let fence = if computed.uses > 1 { ", fenced" } else { "" };
        writeln!(
            f,
            "level {} {} from {}{fence}",
            computed.level,
            computed.name.alias,
            arguments.join(", ")
        )
    }

    fn explain_totals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(totals) = &self.totals else {
            return Ok(());
        };
        for level in totals.levels.iter().skip(1) {
            let by: Vec<&str> = level
                .by
                .iter()
                .map(|at| self.name_of(Term::Key(*at)))
                .collect();
            match by.is_empty() {
                true => writeln!(f, "total   of all")?,
                false => writeln!(f, "total   by {}", by.join(", "))?,
            }
        }
        match totals.in_one_pass {
            true => writeln!(f, "  all levels in one pass"),
            false => writeln!(f, "  one pass for each level"),
        }
    }

    fn explain_order(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self
            .order
            .iter()
            .map(|item| {
                let name = match item.what {
                    OutputTerm::Term(term) => self.name_of(term).to_owned(),
                    OutputTerm::Label(at) => format!("label of {}", self.name_of(Term::Key(at))),
                    OutputTerm::Count => COUNT.to_owned(),
                    OutputTerm::Cell(at) => {
                        let cells = self.pivot.as_ref().map(|pivot| &pivot.cells);
                        let cell = cells.and_then(|cells| cells.get(at));
                        cell.map_or_else(String::new, |cell| cell.name.alias.to_string())
                    }
                    OutputTerm::RowKind | OutputTerm::RowBy => String::new(),
                };
                let direction = if item.descending { " desc" } else { "" };
                let nulls = if item.nulls_first { " nulls first" } else { "" };
                format!("{name}{direction}{nulls}")
            })
            .collect();
        if items.is_empty() {
            Ok(())
        } else {
            writeln!(f, "order   by {}", items.join(", "))
        }
    }

    fn name_of(&self, term: Term) -> &str {
        match term {
            Term::Key(at) => self.keys.get(at).map_or("", |key| &key.name.alias),
            Term::Measure(at) => self
                .measures
                .get(at)
                .map_or("", |measure| &measure.name.alias),
            Term::Computed(at) => self.computed.get(at).map_or("", |found| &found.name.alias),
            Term::Placed(at) => self.placed.get(at).map_or("", |placed| &placed.name.alias),
        }
    }
}

fn key_in_words(key: &Key<'_>, value: &SourceDimension) -> String {
    match cut(value, key.grain) {
        Some((_, grain)) => format!("{} cut to the {}", key.name.alias, grain.as_str()),
        None => key.name.alias.to_string(),
    }
}

fn explain_rules(rules: &[RuleCheck<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for rule in rules {
        let form = match rule.form {
            RuleShape::Nothing => "no row",
            RuleShape::Everything => "every row",
            RuleShape::OnlyNull => "only missing",
            RuleShape::NotNull => "not missing",
            RuleShape::Listed { or_null: false, .. } => "listed",
            RuleShape::Listed { or_null: true, .. } => "listed or missing",
            RuleShape::NotListed { or_null: false, .. } => "neither listed nor missing",
            RuleShape::NotListed { or_null: true, .. } => "not listed",
        };
        let place = if rule.is_outer { ", above a fence" } else { "" };
        writeln!(f, "  rule    {}: {form}{place}", rule.dimension)?;
    }
    Ok(())
}

/// So many of these, as people say it.
fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
