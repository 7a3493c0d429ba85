//! What evaluating an expression can raise, as far as the tree tells, and so where a fence has to be
//! (R20): PostgreSQL is free to evaluate a condition before the guard, and its message may show a value.

use measurand::DataType;

use super::guard::{Conjunct, Guarded};
use super::lower::Lowered;
use super::meaning::Known;
use super::normal::normal;
use super::tree::{From, Head, Select, Tree};

/// The worst that an expression can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    None,
    /// An error whose message shows no value, such as a number out of range.
    Silent,
    /// An error whose message shows a value of the row.
    Telling,
}

/// What the types of columns are; `None` where nobody says.
type Types<'t> = &'t dyn Fn(&str) -> Option<DataType>;

/// The worst that an expression in normal form can do.
pub fn danger(tree: &Tree, types: Types<'_>) -> Danger {
    let below = match tree {
        Tree::Node(_, parts) => parts.iter().map(|part| danger(part, types)).max(),
        Tree::Among(tested, labels) => Some(danger(tested, types).max(of_search(labels))),
        _ => None,
    };
    own(tree, types).max(below.unwrap_or(Danger::None))
}

/// The worst that reading labels can do, whose types nobody declares: that it fails would tell that a
/// row is there to be looked at.
fn of_search(select: &Select) -> Danger {
    let computed = select.targets.iter().map(|(_, tree)| tree);
    let computed = computed.chain(&select.condition);
    let own = computed.map(|tree| danger(&normal(tree.clone()), &|_| None));
    let below = match &select.from {
        Some(From::Rows { select, .. }) => of_search(select),
        _ => Danger::None,
    };
    own.fold(below, Danger::max)
}

fn own(tree: &Tree, types: Types<'_>) -> Danger {
    let Tree::Node(head, parts) = tree else {
        return Danger::None;
    };
    match head {
        Head::Operator(name) => operator(name, parts, types),
        Head::Like { .. } => match parts.get(1) {
            Some(Tree::Text(_)) => Danger::None,
            Some(pattern) => match pattern.as_call("form like_escape") {
                Some([Tree::Bound(_) | Tree::Text(_), Tree::Text(_)]) => Danger::None,
                _ => Danger::Silent,
            },
            None => Danger::None,
        },
        Head::Cast(to) => parts
            .first()
            .map_or(Danger::None, |operand| cast(operand, to, types)),
        Head::Call { name, .. } => call(name, parts, types),
        _ => Danger::None,
    }
}

fn is_constant(tree: &Tree) -> bool {
    matches!(
        tree,
        Tree::Null
            | Tree::Boolean(_)
            | Tree::Number(_)
            | Tree::Text(_)
            | Tree::Bound(_)
            | Tree::Form(_)
    )
}

fn operator(name: &str, parts: &[Tree], types: Types<'_>) -> Danger {
    match name {
        "+" | "-" | "*" | "%" if parts.iter().all(is_constant) => Danger::None,
        "+" | "-" | "*" => Danger::Silent,
        "/" | "%" => {
            let casts = parts.iter().take(if name == "/" { 1 } else { 2 });
            casts.fold(Danger::Silent, |worst, part| {
                worst.max(as_number(part, types))
            })
        }
        "~" | "~*" => match parts.get(1) {
            Some(Tree::Text(_)) => Danger::None,
            _ => Danger::Telling,
        },
        _ => Danger::None,
    }
}

/// What a cast to `numeric` can do, which stands around what a division divides.
fn as_number(tree: &Tree, types: Types<'_>) -> Danger {
    match type_of(tree, types) {
        Some(of) if of.is_numeric() => return Danger::Silent,
        Some(_) => return Danger::Telling,
        None => {}
    }
    match tree {
        tree if is_constant(tree) => Danger::None,
        Tree::Node(Head::Operator(name), _)
            if matches!(name.as_str(), "+" | "-" | "*" | "/" | "%") =>
        {
            Danger::Silent
        }
        // Durations and times of day have no cast to a number: that fails before any row is read.
        Tree::Node(Head::Cast(to), _) if matches!(to.as_str(), "interval" | "time") => {
            Danger::Silent
        }
        Tree::Node(
            Head::Case { .. } | Head::Coalesce | Head::Nullif | Head::Greatest | Head::Least,
            _,
        ) => results(tree)
            .into_iter()
            .map(|result| as_number(result, types))
            .max()
            .unwrap_or(Danger::None),
        Tree::Node(Head::Call { name, .. }, _)
            if matches!(
                name.as_str(),
                "sum"
                    | "avg"
                    | "abs"
                    | "stddev_samp"
                    | "stddev_pop"
                    | "var_samp"
                    | "var_pop"
                    | "percentile_cont"
            ) =>
        {
            Danger::Silent
        }
        _ => Danger::Telling,
    }
}

/// What an expression may give, one of which it is.
fn results(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::Node(
            Head::Case {
                has_operand,
                has_else,
            },
            parts,
        ) => {
            let mut found: Vec<&Tree> = Vec::new();
            let branches = &parts[usize::from(*has_operand)..parts.len() - usize::from(*has_else)];
            found.extend(branches.iter().skip(1).step_by(2));
            found.extend(has_else.then(|| parts.last()).flatten());
            found
        }
        Tree::Node(_, parts) => parts.iter().collect(),
        _ => Vec::new(),
    }
}

fn type_of(tree: &Tree, types: Types<'_>) -> Option<DataType> {
    match tree {
        Tree::Column(_, name) => types(name),
        Tree::Number(digits) => Some(match digits.contains(['.', 'e']) {
            true => DataType::Decimal,
            false => DataType::Integer,
        }),
        Tree::Boolean(_) => Some(DataType::Boolean),
        Tree::Node(Head::Cast(to), _) => match to.split('(').next().unwrap_or_default() {
            "int2" | "int4" | "int8" => Some(DataType::Integer),
            "numeric" => Some(DataType::Decimal),
            "float4" | "float8" => Some(DataType::Float),
            "text" | "varchar" => Some(DataType::Text),
            "bool" => Some(DataType::Boolean),
            "date" => Some(DataType::Date),
            "timestamp" => Some(DataType::Timestamp),
            "timestamptz" => Some(DataType::Timestamptz),
            _ => None,
        },
        Tree::Node(Head::Operator(name), parts) => match name.as_str() {
            "+" | "-" | "*" | "/" | "%" => {
                let mut of = parts.iter().map(|part| type_of(part, types));
                let all = of.all(|of| of.is_some_and(DataType::is_numeric));
                match (all, parts.as_slice()) {
                    (true, _) => Some(DataType::Decimal),
                    (_, [time, span]) if is_span(span) => {
                        let time = type_of(time, types).filter(|of| of.is_temporal())?;
                        Some(match time {
                            DataType::Date => DataType::Timestamp,
                            time => time,
                        })
                    }
                    _ => None,
                }
            }
            "||" | "->>" | "#>>" => Some(DataType::Text),
            _ => None,
        },
        Tree::Node(
            Head::Coalesce | Head::Nullif | Head::Greatest | Head::Least | Head::Case { .. },
            _,
        ) => {
            let mut of = results(tree)
                .into_iter()
                .map(|result| type_of(result, types));
            let first = of.next().flatten()?;
            let is_number = |of: Option<DataType>| of.is_some_and(DataType::is_numeric);
            let same = of.all(|of| of == Some(first) || first.is_numeric() && is_number(of));
            same.then_some(first)
        }
        Tree::Node(Head::Call { name, .. }, parts) => match name.as_str() {
            "count" | "length" | "strpos" | "jsonb_array_length" | "json_array_length" => {
                Some(DataType::Integer)
            }
            "stddev_samp" | "stddev_pop" | "var_samp" | "var_pop" => Some(DataType::Decimal),
            "bool_and" | "bool_or" => Some(DataType::Boolean),
            "make_date" => Some(DataType::Date),
            "round" | "trunc" | "floor" | "ceil" | "sign" | "exp" | "power" | "ln" | "sqrt"
            | "form extract" => Some(DataType::Decimal),
            "date_trunc" => Some(DataType::Timestamp),
            "form timezone" => match type_of(parts.get(1)?, types)? {
                DataType::Timestamptz => Some(DataType::Timestamp),
                _ => Some(DataType::Timestamptz),
            },
            "abs" | "sum" | "avg" | "min" | "max" => type_of(parts.first()?, types),
            "upper"
            | "lower"
            | "btrim"
            | "ltrim"
            | "rtrim"
            | "substr"
            | "left"
            | "right"
            | "replace"
            | "concat"
            | "concat_ws"
            | "split_part"
            | "md5"
            | "lpad"
            | "rpad"
            | "to_char"
            | "jsonb_extract_path_text"
            | "json_extract_path_text"
            | "jsonb_typeof"
            | "json_typeof" => Some(DataType::Text),
            _ => None,
        },
        _ => None,
    }
}

/// A span of time, or so many of them.
fn is_span(tree: &Tree) -> bool {
    match tree.as_operator("*") {
        Some((_, span)) => is_span(span),
        None => tree.as_cast().is_some_and(|(_, to)| to == "interval"),
    }
}

fn cast(operand: &Tree, to: &str, types: Types<'_>) -> Danger {
    use DataType::{Boolean, Date, Decimal, Float, Integer, Timestamp, Timestamptz};
    if is_constant(operand) {
        return Danger::None;
    }
    let base = to.split('(').next().unwrap_or_default();
    if matches!(base, "text" | "varchar") {
        return Danger::None;
    }
    let Some(from) = type_of(operand, types) else {
        return Danger::Telling;
    };
    match (from, base) {
        (Integer | Decimal, "numeric") if base == to => Danger::None,
        (Boolean, "bool" | "int4") | (Integer, "bool") => Danger::None,
        (Date | Timestamp, "date" | "timestamp") | (Timestamptz, "timestamptz") => Danger::None,
        (Timestamp | Timestamptz, "time") => Danger::None,
        (DataType::Json, "json") | (DataType::Jsonb, "jsonb") | (DataType::Uuid, "uuid") => {
            Danger::None
        }
        (Timestamptz, "date" | "timestamp") | (Date | Timestamp, "timestamptz") => Danger::Silent,
        (Integer, "int8" | "float8" | "float4") if matches!(operand, Tree::Column(..)) => {
            Danger::None
        }
        (Integer | Decimal | Float, "numeric" | "int2" | "int4" | "int8") => Danger::Silent,
        (Integer | Float, "float4" | "float8") => Danger::Silent,
        _ => Danger::Telling,
    }
}

fn call(name: &str, parts: &[Tree], types: Types<'_>) -> Danger {
    let as_numbers = || {
        parts.iter().fold(Danger::Silent, |worst, part| {
            worst.max(as_number(part, types))
        })
    };
    match name {
        "count"
        | "min"
        | "max"
        | "bool_and"
        | "bool_or"
        | "percentile_disc"
        | "upper"
        | "lower"
        | "btrim"
        | "ltrim"
        | "rtrim"
        | "length"
        | "left"
        | "right"
        | "replace"
        | "concat"
        | "concat_ws"
        | "strpos"
        | "md5"
        | "jsonb_extract_path_text"
        | "json_extract_path_text"
        | "jsonb_typeof"
        | "json_typeof"
        | "form like_escape" => Danger::None,
        "substr" => match parts.get(2) {
            None | Some(Tree::Number(_)) => Danger::None,
            Some(_) => Danger::Silent,
        },
        "split_part" => match parts.get(2) {
            Some(Tree::Number(digits)) if digits != "0" => Danger::None,
            _ => Danger::Telling,
        },
        "date_trunc" => as_time(parts.get(1), types),
        "to_char" => as_time(parts.first(), types),
        "round" | "trunc" => parts.first().map_or(Danger::Silent, |part| {
            as_number(part, types).max(Danger::Silent)
        }),
        "floor" | "ceil" | "sign" | "power" | "sqrt" | "ln" | "exp" => as_numbers(),
        "sum" | "avg" | "stddev_samp" | "stddev_pop" | "var_samp" | "var_pop" | "abs"
        | "form extract" | "form timezone" | "lpad" | "rpad" | "jsonb_array_length"
        | "json_array_length" => Danger::Silent,
        _ => Danger::Telling,
    }
}

/// What a cast to `timestamp` can do, which stands around what is cut or printed.
fn as_time(tree: Option<&Tree>, types: Types<'_>) -> Danger {
    match tree.map(|tree| (tree, type_of(tree, types))) {
        Some((_, Some(DataType::Date | DataType::Timestamp))) => Danger::None,
        Some((_, Some(DataType::Timestamptz))) => Danger::Silent,
        // A moment on the clock of a zone is a timestamp; a date before a span of time is one as well.
        Some((Tree::Node(Head::Call { name, .. }, _), None)) if name == "form timezone" => {
            Danger::Silent
        }
        _ => Danger::Telling,
    }
}

/// Rows are held to groups by the keys of them.
#[derive(Clone, Copy)]
pub struct Meets {
    /// Whether a moment is put on the clock of a zone for that.
    pub cuts_moments: bool,
}

impl Known<'_> {
    /// Nothing beside the relation can raise.
    pub fn check_beside_relation(&self, conjuncts: &[Conjunct]) -> Lowered<()> {
        let types = |name: &str| self.column_type(name);
        for conjunct in conjuncts.iter().filter(|conjunct| !conjunct.is_outer) {
            if danger(&conjunct.tree, &types) > Danger::None {
                return Err("a condition beside the relation can raise".to_owned());
            }
        }
        Ok(())
    }

    /// Nothing beside the relation can raise, and what is outside of the guard and can show a value
    /// waits above a fence.
    pub fn check_fences(
        &self,
        facts: &Guarded<'_>,
        conjuncts: &[Conjunct],
        grouped: &Select,
        (keys, aggregates): (&[Tree], &[(Option<String>, Tree)]),
        meets: Option<Meets>,
    ) -> Lowered<()> {
        let types = |name: &str| self.column_type(name);
        self.check_beside_relation(conjuncts)?;
        // What cuts a date to its period raises at most without a value; the dimension says the type.
        let aggregates = aggregates.iter().map(|(_, tree)| normal(tree.clone()));
        let telling = keys
            .iter()
            .cloned()
            .chain(aggregates)
            .any(|tree| danger(&tree, &types) == Danger::Telling);
        let waiting = grouped.condition.iter().flat_map(Tree::conjuncts);
        let raising = waiting
            .map(|tree| normal(tree.clone()))
            .any(|tree| danger(&tree, &types) > Danger::None);
        // A condition on a member of a group may be looked at row by row.
        let member = |tree: &Tree| danger(&normal(tree.clone()), &types) > Danger::None;
        let tests_members = meets.is_some() || self.tests_members()?;
        let raising = raising || tests_members && keys.iter().any(member);
        let raising = raising || meets.is_some_and(|meets| meets.cuts_moments);
        match (telling || raising) && !facts.is_fenced {
            true => {
                Err("something outside of the guard can raise, and there is no fence".to_owned())
            }
            false => Ok(()),
        }
    }

    /// The same for a lookup, whose types nobody declares.
    pub fn check_label_fence(&self, guard: &Guarded<'_>) -> Lowered<()> {
        let types = |_: &str| None;
        let inner = guard.inner.condition.iter().flat_map(Tree::conjuncts);
        for tree in inner {
            if !self.is_sqlite && danger(&normal(tree.clone()), &types) > Danger::None {
                return Err("a condition beside the lookup can raise".to_owned());
            }
        }
        let mut telling = guard
            .select
            .targets
            .iter()
            .map(|(_, tree)| normal(tree.clone()));
        let telling = telling.any(|tree| danger(&tree, &types) == Danger::Telling);
        match telling && !self.is_sqlite && !(guard.is_split() && guard.is_fenced) {
            true => Err("a key or label can raise, and there is no fence".to_owned()),
            false => Ok(()),
        }
    }
}
