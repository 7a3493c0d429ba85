//! Access rules: what each has to look like in the text, and which values have to be bound (R21).

use measurand::{AccessRule, AccessType, DataType, Param, RuleDimension, Scalar, Value, Zone};

use super::lower::Lowered;
use super::meaning::{Known, OnSource};
use super::tree::{Head, Tree};
use super::values::PostgresType;

/// What a rule asks of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    Nothing,
    OnlyNull,
    NotNull,
    Listed { values: Vec<Value>, or_null: bool },
    NotListed { values: Vec<Value>, or_null: bool },
}

/// A rule that has to stand in a guard.
pub struct WantedRule<'a> {
    pub dimension: OnSource<'a>,
    /// `None` where the rule restricts nothing.
    pub wanted: Option<Wanted>,
}

impl<'a> Known<'a> {
    /// The rules that hold on the source that answers, one for each of the context's.
    pub fn wanted_rules(&self) -> Lowered<Vec<WantedRule<'a>>> {
        let mut wanted = Vec::new();
        for rule in &self.context.access {
            let spec = match &rule.dimension {
                RuleDimension::Key(key) => self.dimension(key)?,
                RuleDimension::Id(id) => self
                    .spec
                    .dimensions
                    .iter()
                    .find(|dimension| dimension.origin.id == Some(*id))
                    .ok_or("the catalog has no dimension of a rule's id")?,
            };
            if self.source.access_exempt.contains(&spec.dimension_key) {
                continue;
            }
            let dimension = self.on_source(spec)?;
            let list = self.rule_values(rule, &dimension)?;
            wanted.push(WantedRule {
                wanted: wanted_of(rule, list),
                dimension,
            });
        }
        Ok(wanted)
    }

    fn rule_values(&self, rule: &AccessRule, dimension: &OnSource<'_>) -> Lowered<Vec<Value>> {
        let scalars = rule.values.iter().filter(|scalar| **scalar != Scalar::Null);
        let zone = Zone::parse(self.zone()).ok_or("no zone")?;
        let of = dimension
            .value_type
            .or_else(|| DataType::infer(&rule.values))
            .unwrap_or(DataType::Text);
        let value =
            |scalar| Value::convert(scalar, of, &zone).map_err(|_| "a rule's value".to_owned());
        let mut values = scalars.map(value).collect::<Lowered<Vec<Value>>>()?;
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }
}

fn wanted_of(rule: &AccessRule, values: Vec<Value>) -> Option<Wanted> {
    let lists_null = rule.values.contains(&Scalar::Null);
    let is_include = rule.access_type == AccessType::Include;
    match (is_include, values.is_empty()) {
        (true, false) => Some(Wanted::Listed {
            values,
            or_null: lists_null || rule.nulls_visible,
        }),
        (true, true) if lists_null => Some(Wanted::OnlyNull),
        (true, true) => Some(Wanted::Nothing),
        (false, false) => Some(Wanted::NotListed {
            values,
            or_null: rule.nulls_visible && !lists_null,
        }),
        (false, true) if lists_null => Some(Wanted::NotNull),
        (false, true) => None,
    }
}

/// Whether a conjunct in normal form is what a rule on this value asks for.
pub fn is_rule(
    conjunct: &Tree,
    is_value: &dyn Fn(&Tree) -> bool,
    wanted: &Wanted,
    params: &[Param],
) -> bool {
    let among = |tree: &Tree, values: &[Value]| {
        listed(tree).is_some_and(|list| is_value(&list.value) && list.binds(values, params))
    };
    let is_null = |tree: &Tree, negated: bool| match tree {
        Tree::Node(Head::IsNull { negated: found }, parts) => {
            *found == negated && parts.first().is_some_and(is_value)
        }
        _ => false,
    };
    match (wanted, conjunct) {
        (Wanted::Nothing, tree) => *tree == Tree::Boolean(false),
        (Wanted::OnlyNull, tree) => is_null(tree, false),
        (Wanted::NotNull, tree) => is_null(tree, true),
        (
            Wanted::Listed {
                values,
                or_null: false,
            },
            tree,
        ) => among(tree, values),
        (
            Wanted::Listed {
                values,
                or_null: true,
            },
            Tree::Node(Head::Or, parts),
        ) => match parts.as_slice() {
            [list, null] => among(list, values) && is_null(null, false),
            _ => false,
        },
        (
            Wanted::NotListed {
                values,
                or_null: false,
            },
            Tree::Node(Head::Not, parts),
        )
        | (
            Wanted::NotListed {
                values,
                or_null: true,
            },
            Tree::Node(Head::Is("not true"), parts),
        ) => parts.first().is_some_and(|list| among(list, values)),
        _ => false,
    }
}

/// The comparison of a value with a list that is one parameter.
pub struct Listed {
    pub value: Tree,
    pub param: u32,
    /// The type of the elements by the cast; `None` on SQLite.
    pub element: Option<DataType>,
}

impl Listed {
    fn binds(&self, values: &[Value], params: &[Param]) -> bool {
        let Some(Param::List(list)) = param(self.param, params) else {
            return false;
        };
        let mut bound = list.values().to_vec();
        bound.sort_unstable();
        bound.dedup();
        let is_typed = self.element.is_none_or(|element| element == list.element());
        is_typed && bound == *values
    }
}

/// The parameter of this number.
pub fn param(number: u32, params: &[Param]) -> Option<&Param> {
    params.get(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// `x = ANY ($1::t[])`, `x IN (SELECT unnest($1::t[]))`, or on SQLite
/// `x IN (SELECT value FROM json_each($1))`.
pub fn listed(tree: &Tree) -> Option<Listed> {
    let array = |tree: &Tree| {
        let (Tree::Param(number), to) = tree.as_cast()? else {
            return None;
        };
        let element = DataType::of_postgres(to.strip_suffix("[]")?)?;
        Some((*number, element))
    };
    match tree {
        Tree::Node(Head::EqualsAny, parts) => {
            let [value, list] = parts.as_slice() else {
                return None;
            };
            let (param, element) = array(list)?;
            Some(Listed {
                value: value.clone(),
                param,
                element: Some(element),
            })
        }
        Tree::Among(value, select) => {
            let mut plain = (**select).clone();
            let [(None, target)] = plain.targets.as_slice() else {
                return None;
            };
            let (param, element) = match (target.as_call("unnest"), plain.from.take()) {
                (Some([list]), None) => {
                    let (param, element) = array(list)?;
                    (param, Some(element))
                }
                (None, Some(super::tree::From::Call(call))) => {
                    let [Tree::Param(param)] = call.as_call("json_each")? else {
                        return None;
                    };
                    let value = Tree::column("", "value");
                    let is_value = *target == value || *target == Tree::cast(value, "numeric");
                    (is_value.then_some(*param)?, None)
                }
                _ => return None,
            };
            plain.targets.clear();
            (plain == super::tree::Select::EMPTY).then_some(Listed {
                value: (**value).clone(),
                param,
                element,
            })
        }
        _ => None,
    }
}
