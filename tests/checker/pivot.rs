//! Members as columns: every cell is what the request without a pivot has in the row of that member.

use measurand::{DataType, Grain, OrderRequest, Param, Request, RequestKind, Scalar, Value};

use super::form::form;
use super::lower::Lowered;
use super::meaning::{Known, OnSource};
use super::normal::normal;
use super::outside::{Asked, Columns};
use super::parameters::list_of;
use super::shape::check_groups;
use super::top::KEPT;
use super::totals::{LEVEL, Levels};
use super::tree::{From, Head, Select, Tree};

/// What a request says of the members that are columns.
pub struct Pivot {
    members: Vec<Scalar>,
    shows_other: bool,
    pub shows_total: bool,
    /// Of each key of the order, whose column it names.
    ordered: Vec<Option<Place>>,
}

/// Whose rows a column is of: a member by its number, 0 for all others, or all there are.
type Place = Option<usize>;

/// The request that has the dimension among the others, and what is done with its members. Where rows are only
/// counted, none of them is by it.
pub fn unpivoted(request: &Request) -> Option<(Request, Option<Pivot>)> {
    let pivot = request.pivot.as_ref()?;
    let members = pivot.values.len();
    let split = |order: &OrderRequest| {
        let (metric, member) = order.key.rsplit_once('.')?;
        let position: Place = match member {
            "total" => None,
            "other" => Some(0),
            number => Some(number.parse().ok()?),
        };
        Some((metric.to_owned(), position))
    };
    let mut inner = Request {
        pivot: None,
        ..request.clone()
    };
    let mut ordered = Vec::new();
    for order in &mut inner.order_by {
        let found = split(order).filter(|(_, position)| position.is_none_or(|at| at <= members));
        ordered.push(found.as_ref().map(|(_, position)| *position));
        if let Some((metric, _)) = found {
            order.key = metric;
        }
    }
    if request.kind == RequestKind::Count {
        // What is asked for holds rules, though nothing of it is read.
        inner.pivot.clone_from(&request.pivot);
        return Some((inner, None));
    }
    inner.dimensions.push(pivot.dimension.clone());
    let pivot = Pivot {
        members: pivot.values.clone(),
        shows_other: pivot.other,
        shows_total: pivot.total,
        ordered,
    };
    Some((inner, Some(pivot)))
}

/// The statement without the step that has the columns, and that step.
pub fn taken_apart(mut statement: Select) -> Lowered<(Select, Select)> {
    let (name, step) = statement.steps.pop().ok_or("no step")?;
    let below = match &step.from {
        Some(From::Relation {
            schema,
            name: below,
            alias: Some(alias),
        }) if schema.is_empty() && alias == "g" => below.clone(),
        _ => return Err("members of something that is no step".to_owned()),
    };
    let mut read = statement.from.as_mut();
    while let Some(From::LeftJoin { left, .. }) = read {
        read = Some(left);
    }
    match read {
        Some(From::Relation {
            schema,
            name: own,
            alias: Some(alias),
        }) if schema.is_empty() && own == "pivoted" && name == "pivoted" && alias == "g" => {
            *own = below;
        }
        _ => return Err("members are no columns of the result".to_owned()),
    }
    Ok((statement, step))
}

/// A metric of the rows of one member.
fn cell(metric: u64, position: Place) -> u64 {
    let position = match position {
        Some(position) => Tree::Number(position.to_string()),
        None => Tree::Null,
    };
    let parts = [Tree::Form(metric), position];
    form(&Tree::node(Head::call("form cell"), parts), false)
}

impl Pivot {
    /// The positions that groups of members have, in the order of the columns.
    fn positions(&self) -> impl Iterator<Item = usize> {
        let other = self.shows_other.then_some(0);
        (1..=self.members.len()).chain(other)
    }

    /// The positions as the one list that they are filled from.
    pub fn filled(&self) -> Param {
        let positions = self.positions().filter_map(|at| i64::try_from(at).ok());
        list_of(DataType::Integer, positions.map(Value::Integer).collect())
    }

    /// The columns of a metric.
    pub fn cells(&self, metric: u64) -> impl Iterator<Item = u64> {
        let total = self.shows_total.then_some(None);
        let places = self.positions().map(Some).chain(total);
        places.map(move |place| cell(metric, place))
    }

    /// What a key of the order that names a metric is by.
    pub fn ordered(&self, key: usize, metric: u64) -> Lowered<u64> {
        let position = self.ordered.get(key).copied().flatten();
        let position = position.ok_or("an order by all columns of a metric")?;
        Ok(cell(metric, position))
    }
}

impl<'a> Known<'a> {
    /// Which member a row is of, in normal form: 0 for those that are no columns.
    pub fn member(
        &self,
        pivot: &Pivot,
        (dimension, grain): (&OnSource<'_>, Option<Grain>),
        value: &Tree,
    ) -> Lowered<Tree> {
        let is_cut = dimension.time.is_some_and(|(_, is_day)| is_day) || grain.is_some();
        let stated = match is_cut {
            true => Some(DataType::Date),
            false => dimension.value_type,
        };
        let listed: Vec<Scalar> = pivot.members.clone();
        let of = stated.or_else(|| DataType::infer(&listed));
        let mut parts = vec![value.clone()];
        let number = |at: usize| Tree::Number((at + 1).to_string());
        let mut missing = None;
        for (at, member) in pivot.members.iter().enumerate() {
            if *member == Scalar::Null {
                missing = Some(at);
                continue;
            }
            let of = of.unwrap_or(DataType::Text);
            let values = self.values(std::slice::from_ref(member), of)?;
            let value = values.into_iter().next().ok_or("a value is missing")?;
            let bound = Tree::Bound(std::sync::Arc::new(Param::Scalar(value)));
            parts.extend([bound, number(at)]);
        }
        let case = |has_operand, parts| {
            let has_else = true;
            Tree::Node(
                Head::Case {
                    has_operand,
                    has_else,
                },
                parts,
            )
        };
        let none = || Tree::Number("0".to_owned());
        let listed = match parts.len() {
            1 => none(),
            _ => {
                parts.push(none());
                case(true, parts)
            }
        };
        Ok(normal(match missing {
            None => listed,
            Some(at) => {
                let is_null = Tree::node(Head::IsNull { negated: false }, [value.clone()]);
                case(false, vec![is_null, number(at), listed])
            }
        }))
    }

    /// The step that has the columns: the other keys, which its rows are by, and behind them cells.
    pub fn pivoted(
        &self,
        step: &Select,
        below: &Columns,
        (asked, levels): (&[Asked<'a>], &Levels),
    ) -> Lowered<Columns> {
        let plain = Select {
            targets: step.targets.clone(),
            from: step.from.clone(),
            groups: step.groups.clone(),
            ..Select::EMPTY
        };
        if *step != plain {
            return Err("members with a clause of their own".to_owned());
        }
        let (along, rows) = asked.split_last().ok_or("no dimension is pivoted")?;
        let mut keys: Vec<u64> = rows.iter().map(|asked| asked.form).collect();
        if levels.tells_others() {
            keys.push(*KEPT);
        }
        if levels.are_of_rows(rows.len()) {
            keys.push(*LEVEL);
        }
        check_groups(step, keys.len())?;
        let carried = |tree: &Tree| match tree {
            Tree::Column(alias, name) if alias == "g" => below.get(name).copied(),
            _ => None,
        };
        let mut columns = Columns::new();
        for (position, (name, tree)) in step.targets.iter().enumerate() {
            let found = match keys.get(position) {
                Some(key) if *key == *LEVEL => {
                    half(tree).and_then(carried).filter(|form| form == key)
                }
                Some(key) => carried(tree).filter(|form| form == key),
                None => cell_of(tree, along.form, &carried),
            };
            let found = found.ok_or("a column of a member that is something else")?;
            let name = name.clone().ok_or("a column without a name")?;
            if columns.insert(name, found).is_some() {
                return Err("two columns of one name".to_owned());
            }
        }
        match step.targets.len() >= keys.len() {
            true => Ok(columns),
            false => Err("a key is missing".to_owned()),
        }
    }
}

/// `g.level / 2`: groups of a row have its number twice, and one more where they are of all members.
pub fn half(tree: &Tree) -> Option<&Tree> {
    let (level, two) = tree.as_operator("/")?;
    let is_level = matches!(level, Tree::Column(alias, _) if alias == "g");
    (is_level && *two == Tree::Number("2".to_owned())).then_some(level)
}

/// `max(CASE WHEN g.member = 1 THEN g.metric END)`: of the one group that has it. What is of all is of the group
/// that is by no member.
fn cell_of(tree: &Tree, along: u64, carried: &dyn Fn(&Tree) -> Option<u64>) -> Option<u64> {
    let parts = tree.as_call("max").or_else(|| tree.as_call("bool_or"))?;
    let [Tree::Node(head, parts)] = parts else {
        return None;
    };
    let is_case = Head::Case {
        has_operand: false,
        has_else: false,
    };
    let [condition, metric] = parts.as_slice() else {
        return None;
    };
    let (member, place) = match condition {
        Tree::Node(Head::IsNull { negated: false }, parts) => (parts.first()?, None),
        _ => match condition.as_operator("=")? {
            (member, Tree::Number(position)) => (member, Some(position.parse().ok()?)),
            _ => return None,
        },
    };
    let is_meant = *head == is_case && carried(member) == Some(along);
    let metric = carried(metric).filter(|form| is_meant && *form != along)?;
    Some(cell(metric, place))
}
