//! Expressions: from PostgreSQL's own tree to those that may be.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AArrayExpr, AConst, AExpr, AExprKind, BoolExpr, BoolExprType, BoolTestType, BooleanTest,
    CaseExpr, CaseWhen, CoercionForm, ColumnRef, FuncCall, GroupingFunc, GroupingSet,
    GroupingSetKind, MinMaxExpr, MinMaxOp, Node, NullTest, NullTestType, RowExpr, SubLink,
    SubLinkType, TypeCast, TypeName, WindowDef, a_const,
};

use super::lower::{Lowered, absent, kind, lower_select};
use super::tree::{Head, Tree};

/// An expression, of one of the kinds that may stand in a statement.
pub fn expression(node: &Node) -> Lowered<Tree> {
    match kind(node)? {
        NodeEnum::ColumnRef(column) => lower_column(column),
        NodeEnum::ParamRef(param) => u32::try_from(param.number)
            .map(Tree::Param)
            .map_err(|_| "a placeholder below zero".to_owned()),
        NodeEnum::AConst(constant) => lower_constant(constant),
        NodeEnum::AExpr(operation) => lower_operation(operation),
        NodeEnum::BoolExpr(connective) => lower_connective(connective),
        NodeEnum::NullTest(test) => lower_null_test(test),
        NodeEnum::BooleanTest(test) => lower_truth_test(test),
        NodeEnum::FuncCall(call) => lower_call(call),
        NodeEnum::CoalesceExpr(call) => {
            absent(call.xpr.is_none(), "an analysed expression")?;
            Ok(Tree::Node(Head::Coalesce, expressions(&call.args)?))
        }
        NodeEnum::MinMaxExpr(call) => lower_extreme(call),
        NodeEnum::CaseExpr(case) => lower_case(case),
        NodeEnum::TypeCast(cast) => lower_cast(cast),
        NodeEnum::SubLink(link) => lower_link(link),
        NodeEnum::AArrayExpr(AArrayExpr { elements, .. }) => {
            Ok(Tree::Node(Head::Array, expressions(elements)?))
        }
        NodeEnum::GroupingFunc(call) => lower_grouping(call),
        NodeEnum::GroupingSet(sets) => lower_sets(sets),
        NodeEnum::RowExpr(row) => lower_row(row),
        other => {
            let text = format!("{other:?}");
            let name = text.split(['(', ' ']).next().unwrap_or_default();
            Err(format!("an expression of the kind {name}"))
        }
    }
}

fn expressions(nodes: &[Node]) -> Lowered<Vec<Tree>> {
    nodes.iter().map(expression).collect()
}

fn boxed(node: Option<&Node>) -> Lowered<Tree> {
    expression(node.ok_or("an operand is missing")?)
}

/// `(a, b)`, without the word.
fn lower_row(row: &RowExpr) -> Lowered<Tree> {
    let RowExpr {
        xpr,
        args,
        row_typeid,
        row_format,
        colnames,
        location: _,
    } = row;
    let is_plain = xpr.is_none() && *row_typeid == 0 && colnames.is_empty();
    absent(is_plain, "an analysed row")?;
    let is_implicit = *row_format == CoercionForm::CoerceImplicitCast as i32;
    absent(is_implicit, "ROW")?;
    Ok(Tree::Node(Head::Row, expressions(args)?))
}

/// Names, part by part.
pub fn strings(nodes: &[Node]) -> Lowered<Vec<&str>> {
    let string = |node| match kind(node)? {
        NodeEnum::String(text) => Ok(text.sval.as_str()),
        _ => Err("a name with something else in it".to_owned()),
    };
    nodes.iter().map(string).collect()
}

/// Which of several keys are rolled up.
fn lower_grouping(call: &GroupingFunc) -> Lowered<Tree> {
    let is_plain = call.xpr.is_none() && call.refs.is_empty() && call.agglevelsup == 0;
    absent(is_plain, "an analysed expression")?;
    Ok(Tree::Node(Head::Grouping, expressions(&call.args)?))
}

/// `GROUPING SETS ((1, 2), (1), ())`; a set of one is written by the grammar without a list.
fn lower_sets(sets: &GroupingSet) -> Lowered<Tree> {
    let of_kind = |sets: &GroupingSet, kind| sets.kind == kind as i32;
    absent(
        of_kind(sets, GroupingSetKind::GroupingSetSets),
        "a grouping of another kind",
    )?;
    let set = |node: &Node| match kind(node)? {
        NodeEnum::GroupingSet(empty) if of_kind(empty, GroupingSetKind::GroupingSetEmpty) => {
            Ok(Tree::Node(Head::Set, Vec::new()))
        }
        NodeEnum::RowExpr(row) => Ok(Tree::Node(Head::Set, expressions(&row.args)?)),
        _ => Ok(Tree::node(Head::Set, [expression(node)?])),
    };
    let all = sets
        .content
        .iter()
        .map(set)
        .collect::<Lowered<Vec<Tree>>>()?;
    Ok(Tree::Node(Head::GroupingSets, all))
}

fn lower_column(column: &ColumnRef) -> Lowered<Tree> {
    if let [
        Node {
            node: Some(NodeEnum::AStar(_)),
        },
    ] = column.fields.as_slice()
    {
        return Ok(Tree::All);
    }
    match strings(&column.fields)?.as_slice() {
        [name] => Ok(Tree::column("", name)),
        [alias, name] => Ok(Tree::column(alias, name)),
        _ => Err("a column of three names".to_owned()),
    }
}

fn lower_constant(constant: &AConst) -> Lowered<Tree> {
    match &constant.val {
        _ if constant.isnull => Ok(Tree::Null),
        Some(a_const::Val::Ival(number)) => Ok(Tree::Number(number.ival.to_string())),
        Some(a_const::Val::Fval(number)) => Ok(Tree::Number(number.fval.clone())),
        Some(a_const::Val::Boolval(truth)) => Ok(Tree::Boolean(truth.boolval)),
        Some(a_const::Val::Sval(text)) => Ok(Tree::Text(text.sval.clone())),
        Some(a_const::Val::Bsval(_)) => Err("a string of bits".to_owned()),
        // Zero is written as nothing at all.
        None => Ok(Tree::Number("0".to_owned())),
    }
}

fn lower_operation(operation: &AExpr) -> Lowered<Tree> {
    let AExpr {
        kind,
        name,
        lexpr,
        rexpr,
        rexpr_list_start: _,
        rexpr_list_end: _,
        location: _,
    } = operation;
    let names = strings(name)?;
    let [name] = names.as_slice() else {
        return Err("an operator of a schema".to_owned());
    };
    let left = lexpr.as_deref();
    let right = rexpr.as_deref();
    let both = || Ok::<_, String>(vec![boxed(left)?, boxed(right)?]);
    let with_list = || {
        let Some(NodeEnum::List(list)) = right.and_then(|node| node.node.as_ref()) else {
            return Err("a list that is none".to_owned());
        };
        let mut parts = vec![boxed(left)?];
        parts.extend(expressions(&list.items)?);
        Ok(parts)
    };
    let kind = AExprKind::try_from(*kind).map_err(|_| "an unknown operation")?;
    let (head, parts) = match (kind, *name) {
        (AExprKind::AexprOp, name) => {
            let mut parts = Vec::with_capacity(2);
            if let Some(left) = left {
                parts.push(expression(left)?);
            }
            parts.push(boxed(right)?);
            (Head::Operator(name.to_owned()), parts)
        }
        (AExprKind::AexprOpAny, "=") => (Head::EqualsAny, both()?),
        (AExprKind::AexprDistinct, "=") => (Head::DistinctFrom { negated: false }, both()?),
        (AExprKind::AexprNotDistinct, "=") => (Head::DistinctFrom { negated: true }, both()?),
        (AExprKind::AexprNullif, "=") => (Head::Nullif, both()?),
        (AExprKind::AexprIn, "=") => (Head::In { negated: false }, with_list()?),
        (AExprKind::AexprIn, "<>") => (Head::In { negated: true }, with_list()?),
        (AExprKind::AexprLike | AExprKind::AexprIlike, name) => {
            let (ignores_case, negated) = match name {
                "~~" => (false, false),
                "!~~" => (false, true),
                "~~*" => (true, false),
                "!~~*" => (true, true),
                _ => return Err("an unknown LIKE".to_owned()),
            };
            let head = Head::Like {
                ignores_case,
                negated,
            };
            (head, both()?)
        }
        (AExprKind::AexprBetween, _) => (Head::Between { negated: false }, with_list()?),
        (AExprKind::AexprNotBetween, _) => (Head::Between { negated: true }, with_list()?),
        _ => return Err(format!("an operation of the kind {kind:?}")),
    };
    Ok(Tree::Node(head, parts))
}

fn lower_connective(connective: &BoolExpr) -> Lowered<Tree> {
    let BoolExpr {
        xpr,
        boolop,
        args,
        location: _,
    } = connective;
    absent(xpr.is_none(), "an analysed expression")?;
    let head = match BoolExprType::try_from(*boolop) {
        Ok(BoolExprType::AndExpr) => Head::And,
        Ok(BoolExprType::OrExpr) => Head::Or,
        Ok(BoolExprType::NotExpr) => Head::Not,
        _ => return Err("an unknown connective".to_owned()),
    };
    Ok(Tree::Node(head, expressions(args)?))
}

fn lower_null_test(test: &NullTest) -> Lowered<Tree> {
    let NullTest {
        xpr,
        arg,
        nulltesttype,
        argisrow,
        location: _,
    } = test;
    absent(xpr.is_none() && !argisrow, "a test of a row")?;
    let negated = match NullTestType::try_from(*nulltesttype) {
        Ok(NullTestType::IsNull) => false,
        Ok(NullTestType::IsNotNull) => true,
        _ => return Err("an unknown test".to_owned()),
    };
    Ok(Tree::node(
        Head::IsNull { negated },
        [boxed(arg.as_deref())?],
    ))
}

fn lower_truth_test(test: &BooleanTest) -> Lowered<Tree> {
    let BooleanTest {
        xpr,
        arg,
        booltesttype,
        location: _,
    } = test;
    absent(xpr.is_none(), "an analysed expression")?;
    let word = match BoolTestType::try_from(*booltesttype) {
        Ok(BoolTestType::IsTrue) => "true",
        Ok(BoolTestType::IsNotTrue) => "not true",
        Ok(BoolTestType::IsFalse) => "false",
        Ok(BoolTestType::IsNotFalse) => "not false",
        Ok(BoolTestType::IsUnknown) => "unknown",
        Ok(BoolTestType::IsNotUnknown) => "not unknown",
        _ => return Err("an unknown test".to_owned()),
    };
    Ok(Tree::node(Head::Is(word), [boxed(arg.as_deref())?]))
}

/// The grammar itself writes some forms as calls of functions of its own schema.
const FORMS: [&str; 9] = [
    "timezone",
    "extract",
    "like_escape",
    "substring",
    "position",
    "btrim",
    "ltrim",
    "rtrim",
    "overlay",
];

fn lower_call(call: &FuncCall) -> Lowered<Tree> {
    let FuncCall {
        funcname,
        args,
        agg_order,
        agg_filter,
        over,
        agg_within_group,
        agg_star,
        agg_distinct,
        func_variadic,
        funcformat,
        location: _,
    } = call;
    absent(!func_variadic, "VARIADIC")?;
    let names = strings(funcname)?;
    let name = match names.as_slice() {
        [name] => (*name).to_owned(),
        ["pg_catalog", name] if FORMS.contains(name) => {
            let is_form =
                *funcformat == CoercionForm::CoerceSqlSyntax as i32 || *name == "like_escape";
            absent(is_form, "a function of a schema")?;
            format!("form {name}")
        }
        _ => return Err("a function of a schema".to_owned()),
    };
    let mut parts = expressions(args)?;
    let within_group = match (agg_order.as_slice(), agg_within_group) {
        ([], false) => None,
        ([one], true) => {
            let order = super::lower::order(one)?;
            absent(order.nulls_first.is_none(), "NULLS in an aggregate")?;
            parts.push(order.by);
            Some(order.descending)
        }
        _ => return Err("an aggregate with an order".to_owned()),
    };
    if let Some(filter) = agg_filter {
        parts.push(expression(filter)?);
    }
    let head = Head::Call {
        name,
        is_distinct: *agg_distinct,
        is_star: *agg_star,
        within_group,
        has_filter: agg_filter.is_some(),
    };
    let call = Tree::Node(head, parts);
    match over {
        Some(window) => lower_window(call, window),
        None => Ok(call),
    }
}

/// `OVER (PARTITION BY .. ORDER BY ..)`, with no frame.
fn lower_window(call: Tree, window: &WindowDef) -> Lowered<Tree> {
    /// `RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`, which is what a window without a frame has.
    const NO_FRAME: i32 = 0x422;
    let WindowDef {
        name,
        refname,
        partition_clause,
        order_clause,
        frame_options,
        start_offset,
        end_offset,
        location: _,
    } = window;
    let is_plain = name.is_empty() && refname.is_empty();
    absent(is_plain, "a window with a name")?;
    let has_frame = *frame_options != NO_FRAME || start_offset.is_some() || end_offset.is_some();
    absent(!has_frame, "a frame")?;
    let mut parts = vec![call];
    parts.extend(expressions(partition_clause)?);
    let mut ordered = Vec::new();
    for order in order_clause {
        let order = super::lower::order(order)?;
        ordered.push((order.descending, order.nulls_first));
        parts.push(order.by);
    }
    Ok(Tree::Node(Head::Over { ordered }, parts))
}

fn lower_extreme(call: &MinMaxExpr) -> Lowered<Tree> {
    let head = match MinMaxOp::try_from(call.op) {
        Ok(MinMaxOp::IsGreatest) => Head::Greatest,
        Ok(MinMaxOp::IsLeast) => Head::Least,
        _ => return Err("an unknown extreme".to_owned()),
    };
    absent(call.xpr.is_none(), "an analysed expression")?;
    Ok(Tree::Node(head, expressions(&call.args)?))
}

fn lower_case(case: &CaseExpr) -> Lowered<Tree> {
    let CaseExpr {
        xpr,
        casetype,
        casecollid,
        arg,
        args,
        defresult,
        location: _,
    } = case;
    absent(
        xpr.is_none() && *casetype == 0 && *casecollid == 0,
        "an analysed expression",
    )?;
    let mut parts = Vec::new();
    if let Some(operand) = arg {
        parts.push(expression(operand)?);
    }
    for branch in args {
        let NodeEnum::CaseWhen(branch) = kind(branch)? else {
            return Err("a branch that is none".to_owned());
        };
        let CaseWhen {
            xpr,
            expr,
            result,
            location: _,
        } = &**branch;
        absent(xpr.is_none(), "an analysed expression")?;
        parts.push(boxed(expr.as_deref())?);
        parts.push(boxed(result.as_deref())?);
    }
    if let Some(otherwise) = defresult {
        parts.push(expression(otherwise)?);
    }
    let head = Head::Case {
        has_operand: arg.is_some(),
        has_else: defresult.is_some(),
    };
    Ok(Tree::Node(head, parts))
}

fn lower_cast(cast: &TypeCast) -> Lowered<Tree> {
    let TypeCast {
        arg,
        type_name,
        location: _,
    } = cast;
    let to = lower_type(type_name.as_ref().ok_or("a cast to nothing")?)?;
    Ok(Tree::cast(boxed(arg.as_deref())?, &to))
}

/// The name of a type as the grammar has it, with its modifiers: `numeric(10,2)`, `int8[]`.
fn lower_type(type_name: &TypeName) -> Lowered<String> {
    let TypeName {
        names,
        type_oid,
        setof,
        pct_type,
        typmods,
        typemod,
        array_bounds,
        location: _,
    } = type_name;
    let is_plain = *type_oid == 0 && !setof && !pct_type && *typemod == -1;
    absent(is_plain, "a type of another form")?;
    let names = strings(names)?;
    let mut text = match names.as_slice() {
        [name] | ["pg_catalog", name] => (*name).to_owned(),
        _ => return Err("a type of a schema".to_owned()),
    };
    if !typmods.is_empty() {
        let mut modifiers = Vec::with_capacity(2);
        for modifier in typmods {
            match expression(modifier)? {
                Tree::Number(digits) => modifiers.push(digits),
                _ => return Err("a modifier of a type that is no number".to_owned()),
            }
        }
        text.push_str(&format!("({})", modifiers.join(",")));
    }
    match array_bounds.as_slice() {
        [] => {}
        [bound] => match kind(bound)? {
            NodeEnum::Integer(bound) if bound.ival == -1 => text.push_str("[]"),
            _ => return Err("an array of a length".to_owned()),
        },
        _ => return Err("an array of arrays".to_owned()),
    }
    Ok(text)
}

fn lower_link(link: &SubLink) -> Lowered<Tree> {
    let SubLink {
        xpr,
        sub_link_type,
        sub_link_id,
        testexpr,
        oper_name,
        subselect,
        location: _,
    } = link;
    let is_in = *sub_link_type == SubLinkType::AnySublink as i32
        && oper_name.is_empty()
        && *sub_link_id == 0
        && xpr.is_none();
    absent(is_in, "a subquery that is no IN")?;
    match subselect.as_deref().map(kind).transpose()? {
        Some(NodeEnum::SelectStmt(select)) => Ok(Tree::Among(
            Box::new(boxed(testexpr.as_deref())?),
            Box::new(lower_select(select)?),
        )),
        _ => Err("a subquery of another form".to_owned()),
    }
}
