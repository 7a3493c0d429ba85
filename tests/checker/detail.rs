//! Statements of detail rows: what is read of each row, their order, their page, their labels.

use std::sync::Arc;

use measurand::{DataType, Grain, Param, RequestKind, Scalar, Value, Zone};

use super::bucket::key_value;
use super::lower::Lowered;
use super::meaning::{Known, OnSource, columns};
use super::metrics::Metrics;
use super::normal::normal;
use super::raise::{Danger, danger};
use super::reach::offers;
use super::reached::handed;
use super::shape::{check_scope, check_step_read, rows};
use super::tree::{From, Head, Select, Tree};

/// A column of detail rows.
struct Item<'a> {
    key: String,
    /// What it is computed from, in normal form.
    value: Tree,
    of: Option<DataType>,
    /// The dimension, unless it is a column of the source.
    dimension: Option<OnSource<'a>>,
    /// Whether it is the column that its value is, and nothing made of it.
    is_bare: bool,
}

/// A key of the order.
struct By {
    item: usize,
    by_label: bool,
    descending: bool,
    nulls_first: bool,
    /// Whether it is of the primary key.
    is_present: bool,
}

/// What a request for detail rows means on its source.
#[derive(Default)]
struct Meaning<'a> {
    items: Vec<Item<'a>>,
    shown: usize,
    order: Vec<By>,
    is_total: bool,
}

/// Whether detail rows are asked for, or their number.
pub fn is_detail(known: &Known<'_>) -> bool {
    match known.request.kind {
        RequestKind::Rows => true,
        RequestKind::Count => !known.request.columns.is_empty(),
        _ => false,
    }
}

/// The whole statement.
pub fn check<'a>(
    known: &Known<'a>,
    metrics: &Metrics<'_, 'a>,
    aliases: &[&str],
    statement: &Select,
) -> Lowered<()> {
    let is_count = known.request.kind == RequestKind::Count;
    let meaning = match is_count {
        true => {
            known.check_counted()?;
            Meaning::default()
        }
        false => known.detail()?,
    };
    let (detail, page) = match statement.steps.as_slice() {
        [(detail, step)] if detail == "detail" => (step, None),
        [(detail, step), (page, pages)] if detail == "detail" && page == "page" => {
            (step, Some(pages))
        }
        _ => return Err("other steps than of detail rows".to_owned()),
    };
    let names = known.check_detail(&meaning, metrics, detail, is_count)?;
    if is_count {
        let plain = Select {
            steps: statement.steps.clone(),
            targets: vec![(Some("count".to_owned()), super::outside::count_of_rows())],
            from: statement.from.clone(),
            ..Select::EMPTY
        };
        check_step_read(statement.from.as_ref(), "detail")?;
        let is_plain = *statement == plain && aliases == ["count"] && page.is_none();
        return is_plain
            .then_some(())
            .ok_or("more than a count of rows".to_owned());
    }
    let labelled = known.check_result(&meaning, &names, statement, aliases)?;
    let step = if page.is_some() { "page" } else { "detail" };
    known.check_beside(&meaning, &names, statement, step)?;
    match page {
        Some(page) => {
            let wanted = Select {
                targets: (names.iter())
                    .map(|name| (Some(name.clone()), Tree::column("g", name)))
                    .collect(),
                from: page.from.clone(),
                condition: page.condition.clone(),
                order: page.order.clone(),
                limit: page.limit.clone(),
                offset: page.offset.clone(),
                ..Select::EMPTY
            };
            check_step_read(page.from.as_ref(), "detail")?;
            if *page != wanted || !labelled || meaning.order.iter().any(|by| by.by_label) {
                return Err("a page that is not one of the rows".to_owned());
            }
            if statement.condition.is_some()
                || statement.limit.is_some()
                || statement.offset.is_some()
            {
                return Err("a page of a page".to_owned());
            }
            known.check_order(&meaning, &names, statement)?;
            known.check_part(&meaning, &names, page)
        }
        None => known.check_part(&meaning, &names, statement),
    }
}

impl<'a> Known<'a> {
    /// What is asked for, and what the order needs beside it.
    fn detail(&self) -> Lowered<Meaning<'a>> {
        let request = self.request;
        let asked = request.columns.iter();
        let items = asked.map(|asked| self.item(&asked.dimension, asked.grain.as_deref()));
        let mut meaning = Meaning {
            items: items.collect::<Lowered<Vec<_>>>()?,
            shown: request.columns.len(),
            order: Vec::new(),
            is_total: false,
        };
        for by in &request.order_by {
            let (item, by_label) = self.rows_ordered_by(&by.key, &mut meaning)?;
            meaning.add((item, by_label), by.descending, by.nulls_first);
        }
        let descending = request.order_by.last().is_some_and(|by| by.descending);
        let key = self.primary_key();
        meaning.is_total = key.is_some();
        for column in key.iter().flatten() {
            let is_it = |item: &Item<'_>| item.is_bare && item.value == Tree::column("", column);
            let item = match meaning.items.iter().position(is_it) {
                Some(item) => item,
                None => {
                    let hidden = self.column_item(column);
                    meaning.items.push(hidden);
                    meaning.items.len() - 1
                }
            };
            meaning.add((item, false), descending, false);
        }
        if key.is_none() {
            for item in 0..meaning.shown {
                if self.is_ordered(&meaning.items[item]) {
                    meaning.add((item, false), descending, false);
                }
            }
        }
        for by in &mut meaning.order {
            let item = &meaning.items[by.item];
            by.is_present = !by.by_label
                && item.is_bare
                && matches!(&item.value, Tree::Column(_, name) if self.is_never_missing(name));
        }
        Ok(meaning)
    }

    /// The item that a key of the order is about, and whether its label orders: what is shown under that key, else
    /// what the source has, else the dimension that it is the label of. What has no label orders by itself.
    fn rows_ordered_by(&self, key: &str, meaning: &mut Meaning<'a>) -> Lowered<(usize, bool)> {
        let known = |meaning: &Meaning<'a>, key: &str| {
            let mut items = meaning.items.iter();
            items.position(|item| item.key == key)
        };
        if let Some(item) = known(meaning, key) {
            return Ok((item, false));
        }
        let (key, of_label) = match (self.item(key, None), key.strip_suffix(".label")) {
            (Err(_), Some(of)) => (of, true),
            _ => (key, false),
        };
        let item = match known(meaning, key) {
            Some(item) => item,
            None => {
                meaning.items.push(self.item(key, None)?);
                meaning.items.len() - 1
            }
        };
        Ok((item, of_label && meaning.items[item].label().is_some()))
    }

    /// What is counted is there, though nothing of it is read.
    fn check_counted(&self) -> Lowered<()> {
        for asked in &self.request.columns {
            let key = asked.dimension.as_str();
            let mut columns = self.source.columns.iter().flatten();
            if !columns.any(|column| column.name == key) {
                self.place(key, asked.grain.is_some())?;
            }
        }
        Ok(())
    }

    /// A dimension that the source offers, else a column that it declares, else a dimension that it reaches.
    fn item(&self, key: &str, grain: Option<&str>) -> Lowered<Item<'a>> {
        let is_dimension = self.spec.dimensions.iter().any(|d| d.dimension_key == key);
        let is_switch = self.options.contains_key(key);
        if is_dimension || is_switch {
            let spec = self.switched(key, grain.is_some())?;
            if offers(self.spec, self.source, &spec.dimension_key) {
                return Ok(self.dimension_item(key, grain, self.on_source(spec)?));
            }
        }
        let columns = self.source.columns.as_ref();
        let is_declared = columns.is_some_and(|all| all.iter().any(|column| column.name == key));
        match is_declared {
            true => Ok(self.column_item(key)),
            false => {
                let dimension = self.meant(key, grain.is_some())?;
                Ok(self.dimension_item(key, grain, dimension))
            }
        }
    }

    fn dimension_item(&self, key: &str, grain: Option<&str>, dimension: OnSource<'a>) -> Item<'a> {
        let grain = grain.and_then(Grain::parse);
        let value = key_value(self, &dimension, grain);
        let stored = dimension.time.map(|(stored, _)| stored);
        let is_day = matches!(dimension.time, Some((_, true)));
        let is_replaced = self
            .date_columns()
            .is_some_and(|(chosen, own)| chosen != own && columns(&dimension.value) == [own]);
        Item {
            key: match grain {
                Some(grain) => format!("{key}.{}", grain.as_str()),
                None => key.to_owned(),
            },
            of: match (grain, stored) {
                (None, _) => dimension.value_type,
                (Some(Grain::Hour), Some(DataType::Timestamptz)) => stored,
                (Some(Grain::Hour), _) => Some(DataType::Timestamp),
                _ => Some(DataType::Date),
            },
            is_bare: grain.is_none() && !is_day && !is_replaced,
            dimension: Some(dimension),
            value,
        }
    }

    fn column_item(&self, name: &str) -> Item<'a> {
        Item {
            key: name.to_owned(),
            value: Tree::column("", name),
            of: self.column_type(name),
            dimension: None,
            is_bare: true,
        }
    }

    /// What tells rows apart: the primary key but for the tenant, if rows can be ordered by it.
    fn primary_key(&self) -> Option<Vec<&'a str>> {
        // Rows that are added up are told apart by what they are added up by.
        let key = match self.source.rollup_by.as_slice() {
            [] => &self.source.primary_key,
            _ => &self.source.rollup_by,
        };
        let tenant = self.source.client_id_column.as_deref();
        let rest: Vec<&str> = key
            .iter()
            .map(String::as_str)
            .filter(|column| tenant != Some(column))
            .collect();
        let has_order = |name: &&str| self.is_ordered(&self.column_item(name));
        (!key.is_empty() && rest.iter().all(has_order)).then_some(rest)
    }

    /// Documents and arrays have no order.
    fn is_ordered(&self, item: &Item<'_>) -> bool {
        let declared = self.source.columns.iter().flatten();
        let mut columns = declared.filter(|column| column.name == item.key);
        let is_array = columns.any(|column| column.data_type.is_array);
        let is_document = matches!(item.of, Some(DataType::Json | DataType::Jsonb));
        !is_document && (item.dimension.is_some() || !is_array)
    }

    /// Whether a column is of the primary key, and not inside JSON.
    fn is_never_missing(&self, name: &str) -> bool {
        let declared = self.source.columns.iter().flatten();
        let mut columns = declared.filter(|column| column.name == name);
        let is_inside = columns.any(|column| column.path.is_some());
        self.source.primary_key.iter().any(|key| key == name) && !is_inside
    }

    /// The guarded rows, and what is read of each; the names of the columns that this gives.
    fn check_detail(
        &self,
        meaning: &Meaning<'a>,
        metrics: &Metrics<'_, 'a>,
        detail: &Select,
        is_count: bool,
    ) -> Lowered<Vec<String>> {
        let plain = Select {
            targets: detail.targets.clone(),
            from: detail.from.clone(),
            condition: detail.condition.clone(),
            ..Select::EMPTY
        };
        if *detail != plain {
            return Err("detail rows that are grouped, ordered or cut off".to_owned());
        }
        let facts = self.facts(rows(detail.from.as_ref(), "o")?)?;
        let values: Vec<Tree> = match is_count {
            true => Vec::new(),
            false => meaning
                .items
                .iter()
                .map(|item| item.value.clone())
                .collect(),
        };
        self.check_reads(
            detail.from.as_ref(),
            facts.guard.select,
            facts.guard.is_fenced,
        )?;
        let handed = handed(detail.from.as_ref(), facts.guard.select);
        let is_known =
            |alias: &str, name: &str| alias == "o" && handed.iter().any(|known| known == name);
        for tree in (detail.targets.iter().map(|(_, tree)| tree)).chain(&detail.condition) {
            check_scope(tree, &is_known)?;
        }
        if !self.is_sqlite {
            let rest = detail.targets.get(values.len()..).unwrap_or_default();
            let computed = (values.as_slice(), rest);
            self.check_fences(&facts.guard, &facts.all, detail, computed, None)?;
            self.check_page_fence(meaning, facts.guard.is_fenced)?;
        }
        let wanted = self.row_conditions(metrics)?;
        self.check_conditions(facts.rest, detail, wanted)?;
        if is_count {
            let one = (Some("present".to_owned()), Tree::Number("1".to_owned()));
            return match detail.targets.as_slice() == [one] {
                true => Ok(Vec::new()),
                false => Err("more is read than how many rows there are".to_owned()),
            };
        }
        let mut names: Vec<String> = Vec::new();
        for (position, (name, tree)) in detail.targets.iter().enumerate() {
            let item = meaning.items.get(position);
            let item = item.ok_or("a column that nobody asked for")?;
            if !self.is_same(&normal(tree.clone()), &item.value) {
                return Err(format!("a column that is not `{}`", item.key));
            }
            let name = name.clone().ok_or("a column without a name")?;
            if names.contains(&name) {
                return Err("two columns of one name".to_owned());
            }
            names.push(name);
        }
        match names.len() == meaning.items.len() {
            true => Ok(names),
            false => Err("a column is missing".to_owned()),
        }
    }

    /// What a page begins after may be compared with any row that is read.
    fn check_page_fence(&self, meaning: &Meaning<'a>, is_fenced: bool) -> Lowered<()> {
        let types = |name: &str| self.column_type(name);
        let is_tested = self.request.kind == RequestKind::Rows && self.request.after.is_some();
        let mut order = meaning.order.iter();
        let can_raise =
            order.any(|by| danger(&meaning.items[by.item].value, &types) > Danger::None);
        match is_tested && can_raise && !is_fenced {
            true => Err("a page begins where something can raise, without a fence".to_owned()),
            false => Ok(()),
        }
    }

    /// The columns of the result, whether there are labels among them.
    fn check_result(
        &self,
        meaning: &Meaning<'a>,
        names: &[String],
        statement: &Select,
        aliases: &[&str],
    ) -> Lowered<bool> {
        let limit = self.request.limit.or(self.max_limit);
        let has_keys = limit.is_some() && meaning.is_total;
        let mut wanted = Vec::new();
        let mut has_labels = false;
        for (position, (item, name)) in meaning.items.iter().zip(names).enumerate() {
            let is_shown = position < meaning.shown;
            if !is_shown && !has_keys {
                continue;
            }
            if is_shown || meaning.orders_by(position, false) {
                wanted.push(Tree::column("g", name));
            }
            if item.label().is_some() && (is_shown || meaning.orders_by(position, true)) {
                wanted.push(Tree::column(&format!("l{}", position + 1), "label"));
                has_labels = true;
            }
        }
        let found = statement.targets.iter().map(|(_, tree)| tree);
        if !found.eq(&wanted) {
            return Err("the result is not what was asked for".to_owned());
        }
        let found = statement.targets.iter().map(|(name, _)| name.as_deref());
        let mut folded: Vec<String> = aliases.iter().map(|alias| alias.to_lowercase()).collect();
        folded.sort_unstable();
        folded.dedup();
        let are_apart =
            folded.len() == aliases.len() && aliases.iter().all(|alias| alias.len() <= 63);
        match found.eq(aliases.iter().map(|alias| Some(*alias))) && are_apart {
            true => Ok(has_labels),
            false => Err("the columns of the result have other names".to_owned()),
        }
    }

    /// The labels of what is shown, each joined by its own value and guarded; and what they stand beside.
    fn check_beside(
        &self,
        meaning: &Meaning<'a>,
        names: &[String],
        statement: &Select,
        step: &str,
    ) -> Lowered<()> {
        let is_read = |position: &usize| {
            let is_shown = *position < meaning.shown || meaning.orders_by(*position, true);
            is_shown && meaning.items[*position].label().is_some()
        };
        let mut wanted: Vec<usize> = (0..meaning.items.len()).filter(is_read).collect();
        let mut from = statement.from.as_ref();
        while let Some(From::LeftJoin { left, right, on }) = from {
            let position = wanted.pop().ok_or("labels that nobody asked for")?;
            let alias = format!("l{}", position + 1);
            let labels = rows(Some(right), &alias)?;
            let dimension = meaning.items[position].dimension.as_ref();
            let dimension = dimension.ok_or("labels of a column")?;
            let lookup = dimension.lookup.as_ref().ok_or("no labels")?;
            let guard = self.labels(labels, dimension, lookup)?;
            self.check_label_fence(&guard)?;
            if self.request.after.is_some() && meaning.orders_by(position, true) {
                self.check_tested_fence(&guard)?;
            }
            let wanted = Tree::operator(
                "=",
                Tree::column(&alias, "key"),
                Tree::column("g", &names[position]),
            );
            if *on != wanted {
                return Err("labels that are joined by something else".to_owned());
            }
            from = Some(left);
        }
        if !wanted.is_empty() {
            return Err("labels are missing".to_owned());
        }
        if !statement.groups.is_empty() || statement.both.is_some() {
            return Err("the result groups".to_owned());
        }
        check_step_read(from, step)
    }

    /// Where the page begins, the order, and how many rows.
    fn check_part(&self, meaning: &Meaning<'a>, names: &[String], part: &Select) -> Lowered<()> {
        let found = part.condition.clone().map(|tree| normal(told_apart(tree)));
        let wanted = self.behind(meaning, names)?.map(normal);
        if found != wanted {
            return Err("a page that begins elsewhere".to_owned());
        }
        self.check_order(meaning, names, part)?;
        let number = |rows: Option<u64>| {
            let rows = rows.and_then(|rows| i64::try_from(rows).ok());
            rows.map(|rows| Tree::Bound(Arc::new(Param::Scalar(Value::Integer(rows)))))
        };
        let limit = self.request.limit.or(self.max_limit);
        let limit = number(limit.map(|limit| (limit + 1).min(i64::MAX as u64)));
        let offset = number(self.request.offset);
        let limit = match (&limit, &offset, self.is_sqlite) {
            (None, Some(_), true) => Some(Tree::Number("-1".to_owned())),
            _ => limit,
        };
        match part.limit == limit && part.offset == offset {
            true => Ok(()),
            false => Err("the page is not the one that was asked for".to_owned()),
        }
    }

    fn check_order(&self, meaning: &Meaning<'a>, names: &[String], part: &Select) -> Lowered<()> {
        let wanted = meaning.order.iter().map(|by| {
            let nulls_first = (!by.is_present).then_some(by.nulls_first);
            let ordering = match by.by_label {
                true => Tree::column(&format!("l{}", by.item + 1), "label"),
                false => Tree::column("g", &names[by.item]),
            };
            (ordering, by.descending, nulls_first)
        });
        let found = part.order.iter();
        let found = found.map(|order| (order.by.clone(), order.descending, order.nulls_first));
        match found.eq(wanted) {
            true => Ok(()),
            false => Err("the order is not the one that was asked for".to_owned()),
        }
    }

    /// What comes behind the row that the request names: from the last key of the order to the first.
    fn behind(&self, meaning: &Meaning<'a>, names: &[String]) -> Lowered<Option<Tree>> {
        let Some(after) = &self.request.after else {
            return Ok(None);
        };
        if !meaning.is_total || after.len() != meaning.order.len() {
            return Err("a page after a row that is none".to_owned());
        }
        let zone = Zone::parse(self.zone()).ok_or("no zone")?;
        let mut keys = Vec::new();
        for (by, scalar) in meaning.order.iter().zip(after) {
            let item = &meaning.items[by.item];
            let of = match by.by_label {
                true => item.label_type(),
                false => item.of,
            };
            let of = of.or_else(|| DataType::infer([scalar]));
            let value = match scalar {
                Scalar::Null => None,
                scalar => Some(
                    Value::convert(scalar, of.unwrap_or(DataType::Text), &zone)
                        .map_err(|_| "a value of another type")?,
                ),
            };
            let value = value.map(|value| Tree::Bound(Arc::new(Param::Scalar(value))));
            let column = match by.by_label {
                true => format!("l{}.label", by.item + 1),
                false => names[by.item].clone(),
            };
            keys.push((by, Tree::column("", &column), value));
        }
        let Some((first, ..)) = keys.first() else {
            return Ok(Some(Tree::Boolean(false)));
        };
        let is_whole = |by: &By| by.is_present && by.descending == first.descending;
        if keys.len() > 1 && meaning.order.iter().all(is_whole) {
            let columns = keys.iter().map(|(_, column, _)| column.clone());
            let values = keys.iter().filter_map(|(.., value)| value.clone());
            let sign = if first.descending { "<" } else { ">" };
            let row = |parts: Vec<Tree>| Tree::Node(Head::Row, parts);
            let (columns, values) = (row(columns.collect()), row(values.collect()));
            return Ok(Some(Tree::operator(sign, columns, values)));
        }
        let mut behind: Option<Tree> = None;
        for (by, column, value) in keys.into_iter().rev() {
            behind = Some(behind_key(by, column, value, behind));
        }
        Ok(behind)
    }
}

/// What is of another alias than the rows says so in its name.
fn told_apart(tree: Tree) -> Tree {
    tree.rewrite(&mut |tree| match tree {
        Tree::Column(alias, name) if alias != "g" => Tree::column("", &format!("{alias}.{name}")),
        tree => tree,
    })
}

/// Behind in one key, or the same in it and behind in the `rest`.
fn behind_key(by: &By, column: Tree, value: Option<Tree>, rest: Option<Tree>) -> Tree {
    let missing = |negated| Tree::node(Head::IsNull { negated }, [column.clone()]);
    let comes_last = !by.is_present && !by.nulls_first;
    let (past, from) = match by.descending {
        true => ("<", "<="),
        false => (">", ">="),
    };
    let Some(value) = value else {
        return match (comes_last, rest) {
            (true, Some(rest)) => Tree::node(Head::And, [missing(false), rest]),
            (true, None) => Tree::Boolean(false),
            (false, Some(rest)) => Tree::node(Head::Or, [missing(true), rest]),
            (false, None) => missing(true),
        };
    };
    let is = |sign: &str| Tree::operator(sign, column.clone(), value.clone());
    match (comes_last, rest) {
        (false, None) => is(past),
        (false, Some(rest)) => {
            let behind = Tree::node(Head::Or, [is(past), rest]);
            Tree::node(Head::And, [is(from), behind])
        }
        (true, None) => Tree::node(Head::Or, [is(past), missing(false)]),
        (true, Some(rest)) => {
            let same = Tree::node(Head::And, [is("="), rest]);
            Tree::node(Head::Or, [is(past), missing(false), same])
        }
    }
}

impl Item<'_> {
    fn label(&self) -> Option<&super::meaning::Lookup> {
        self.dimension.as_ref()?.lookup.as_ref()
    }

    fn label_type(&self) -> Option<DataType> {
        let stated = self.dimension.as_ref()?.spec.data_type.as_deref();
        Some(stated.and_then(DataType::parse).unwrap_or(DataType::Text))
    }
}

impl Meaning<'_> {
    fn orders_by(&self, item: usize, by_label: bool) -> bool {
        let mut order = self.order.iter();
        order.any(|by| by.item == item && by.by_label == by_label)
    }

    fn add(&mut self, (item, by_label): (usize, bool), descending: bool, nulls_first: bool) {
        if !self.orders_by(item, by_label) {
            self.order.push(By {
                item,
                by_label,
                descending,
                nulls_first,
                is_present: false,
            });
        }
    }
}
