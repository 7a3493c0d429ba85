//! From PostgreSQL's own tree to the statements that may be.
//!
//! Every field of every node is looked at: what is not known to be harmless is refused, so a construct
//! that nobody thought of is refused as well.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    CommonTableExpr, CteMaterialize, JoinExpr, JoinType, LimitOption, Node, RangeFunction,
    RangeSubselect, RangeVar, ResTarget, SelectStmt, SetOperation, SortBy, SortByDir, SortByNulls,
    WithClause,
};

use super::lower_expression::expression;
use super::tree::{From, Order, Select};

pub type Lowered<T> = Result<T, String>;

/// The only statement of a text.
pub fn statement(sql: &str) -> Lowered<Select> {
    let parsed = pg_query::parse(sql, 0).map_err(|error| format!("no SQL: {error}"))?;
    if !parsed.warnings.is_empty() {
        return Err("the grammar warns".to_owned());
    }
    let [only] = parsed.protobuf.stmts.as_slice() else {
        return Err(format!("{} statements", parsed.protobuf.stmts.len()));
    };
    // The text of one statement without a semicolon has no length.
    if only.stmt_len != 0 || only.stmt_location != 0 {
        return Err("something stands around the statement".to_owned());
    }
    match only.stmt.as_deref().and_then(|node| node.node.as_ref()) {
        Some(NodeEnum::SelectStmt(select)) => lower_select(select),
        _ => Err("no SELECT".to_owned()),
    }
}

pub fn kind(node: &Node) -> Lowered<&NodeEnum> {
    node.node.as_ref().ok_or_else(|| "an empty node".to_owned())
}

/// Refuses a clause unless it is absent.
pub fn absent(is_absent: bool, what: &str) -> Lowered<()> {
    if is_absent {
        Ok(())
    } else {
        Err(format!("{what} is not among what may stand there"))
    }
}

pub fn lower_select(select: &SelectStmt) -> Lowered<Select> {
    let SelectStmt {
        distinct_clause,
        into_clause,
        target_list,
        from_clause,
        where_clause,
        group_clause,
        group_distinct,
        having_clause,
        window_clause,
        values_lists,
        sort_clause,
        limit_offset,
        limit_count,
        limit_option,
        locking_clause,
        with_clause,
        op,
        all,
        larg,
        rarg,
    } = select;
    absent(distinct_clause.is_empty(), "DISTINCT")?;
    absent(into_clause.is_none(), "INTO")?;
    absent(!group_distinct, "GROUP BY DISTINCT")?;
    absent(having_clause.is_none(), "HAVING")?;
    absent(window_clause.is_empty(), "WINDOW")?;
    absent(values_lists.is_empty(), "VALUES")?;
    absent(locking_clause.is_empty(), "a lock")?;
    let is_plain = *op == SetOperation::SetopNone as i32 && !all;
    let both = match (larg.as_deref(), rarg.as_deref()) {
        (None, None) if is_plain => None,
        (Some(left), Some(right)) if *op == SetOperation::SetopUnion as i32 && *all => {
            Some(Box::new((lower_select(left)?, lower_select(right)?)))
        }
        _ => return Err("a set operation is not among what may stand there".to_owned()),
    };
    let known = [LimitOption::Default as i32, LimitOption::Count as i32];
    absent(known.contains(limit_option), "WITH TIES")?;
    let from = match from_clause.as_slice() {
        [] => None,
        [one] => Some(lower_from(one)?),
        _ => return Err("several relations side by side".to_owned()),
    };
    let lowered = Select {
        both,
        steps: match with_clause {
            Some(with) => lower_steps(with)?,
            None => Vec::new(),
        },
        targets: target_list.iter().map(target).collect::<Lowered<_>>()?,
        from,
        condition: where_clause.as_deref().map(expression).transpose()?,
        groups: group_clause
            .iter()
            .map(expression)
            .collect::<Lowered<_>>()?,
        order: sort_clause.iter().map(order).collect::<Lowered<_>>()?,
        limit: limit_count.as_deref().map(expression).transpose()?,
        offset: limit_offset.as_deref().map(expression).transpose()?,
        picked: None,
    };
    let bare = Select {
        both: lowered.both.clone(),
        ..Select::EMPTY
    };
    match lowered.both.is_some() && lowered != bare {
        true => Err("a set operation with a clause of its own".to_owned()),
        false => Ok(lowered),
    }
}

fn lower_steps(with: &WithClause) -> Lowered<Vec<(String, Select)>> {
    let WithClause {
        ctes,
        recursive,
        location: _,
    } = with;
    absent(!recursive, "WITH RECURSIVE")?;
    let step = |node: &Node| {
        let NodeEnum::CommonTableExpr(step) = kind(node)? else {
            return Err("a step that is none".to_owned());
        };
        let CommonTableExpr {
            ctename,
            aliascolnames,
            ctematerialized,
            ctequery,
            search_clause,
            cycle_clause,
            location: _,
            cterecursive,
            cterefcount,
            ctecolnames,
            ctecoltypes,
            ctecoltypmods,
            ctecolcollations,
        } = &**step;
        let is_plain = aliascolnames.is_empty()
            && *ctematerialized == CteMaterialize::Default as i32
            && search_clause.is_none()
            && cycle_clause.is_none()
            && !cterecursive
            && *cterefcount == 0
            && ctecolnames.is_empty()
            && ctecoltypes.is_empty()
            && ctecoltypmods.is_empty()
            && ctecolcollations.is_empty();
        absent(is_plain, "what a step says beside its query")?;
        match ctequery.as_deref().map(kind).transpose()? {
            Some(NodeEnum::SelectStmt(select)) => Ok((ctename.clone(), lower_select(select)?)),
            _ => Err("a step that is no SELECT".to_owned()),
        }
    };
    ctes.iter().map(step).collect()
}

fn target(node: &Node) -> Lowered<(Option<String>, super::tree::Tree)> {
    let NodeEnum::ResTarget(target) = kind(node)? else {
        return Err("a target that is none".to_owned());
    };
    let ResTarget {
        name,
        indirection,
        val,
        location: _,
    } = &**target;
    absent(indirection.is_empty(), "a part of a target")?;
    let value = val.as_deref().ok_or("a target without a value")?;
    let name = (!name.is_empty()).then(|| name.clone());
    Ok((name, expression(value)?))
}

pub fn order(node: &Node) -> Lowered<Order> {
    let NodeEnum::SortBy(sort) = kind(node)? else {
        return Err("an order that is none".to_owned());
    };
    let SortBy {
        node,
        sortby_dir,
        sortby_nulls,
        use_op,
        location: _,
    } = &**sort;
    absent(use_op.is_empty(), "ORDER BY .. USING")?;
    let by = node.as_deref().ok_or("an order by nothing")?;
    Ok(Order {
        by: expression(by)?,
        descending: match SortByDir::try_from(*sortby_dir) {
            Ok(SortByDir::SortbyDefault | SortByDir::SortbyAsc) => false,
            Ok(SortByDir::SortbyDesc) => true,
            _ => return Err("an order of another kind".to_owned()),
        },
        nulls_first: match SortByNulls::try_from(*sortby_nulls) {
            Ok(SortByNulls::SortbyNullsDefault) => None,
            Ok(SortByNulls::SortbyNullsFirst) => Some(true),
            Ok(SortByNulls::SortbyNullsLast) => Some(false),
            _ => return Err("an order of NULL of another kind".to_owned()),
        },
    })
}

fn lower_from(node: &Node) -> Lowered<From> {
    match kind(node)? {
        NodeEnum::RangeVar(relation) => lower_relation(relation),
        NodeEnum::RangeSubselect(rows) => lower_rows(rows),
        NodeEnum::RangeFunction(function) => lower_function(function),
        NodeEnum::JoinExpr(join) => lower_join(join),
        _ => Err("something to read from of another kind".to_owned()),
    }
}

fn lower_alias(alias: Option<&pg_query::protobuf::Alias>) -> Lowered<Option<String>> {
    let Some(alias) = alias else { return Ok(None) };
    absent(alias.colnames.is_empty(), "an alias with columns")?;
    Ok(Some(alias.aliasname.clone()))
}

fn lower_relation(relation: &RangeVar) -> Lowered<From> {
    let RangeVar {
        catalogname,
        schemaname,
        relname,
        inh,
        relpersistence,
        alias,
        location: _,
    } = relation;
    absent(catalogname.is_empty(), "another database")?;
    absent(*inh, "ONLY")?;
    absent(relpersistence == "p", "a temporary relation")?;
    Ok(From::Relation {
        schema: schemaname.clone(),
        name: relname.clone(),
        alias: lower_alias(alias.as_ref())?,
    })
}

fn lower_rows(rows: &RangeSubselect) -> Lowered<From> {
    let RangeSubselect {
        lateral,
        subquery,
        alias,
    } = rows;
    absent(!lateral, "LATERAL")?;
    let alias = lower_alias(alias.as_ref())?.ok_or("rows without a name")?;
    match subquery.as_deref().map(kind).transpose()? {
        Some(NodeEnum::SelectStmt(select)) if alias == "w" => {
            super::windows::extracted(&lower_select(select)?, alias)
        }
        Some(NodeEnum::SelectStmt(select)) => Ok(From::Rows {
            select: Box::new(lower_select(select)?),
            alias,
        }),
        _ => Err("rows of no SELECT".to_owned()),
    }
}

/// `json_each(..)`, for lists on SQLite, and lists side by side; what may be called is checked with all
/// other calls.
fn lower_function(function: &RangeFunction) -> Lowered<From> {
    let RangeFunction {
        lateral,
        ordinality,
        is_rowsfrom,
        functions,
        alias,
        coldeflist,
    } = function;
    let is_plain = !lateral && !ordinality && !is_rowsfrom && coldeflist.is_empty();
    absent(is_plain, "what a function in FROM says beside its call")?;
    let [
        Node {
            node: Some(NodeEnum::List(list)),
        },
    ] = functions.as_slice()
    else {
        return Err("several functions in FROM".to_owned());
    };
    let [call, Node { node: None }] = list.items.as_slice() else {
        return Err("a function in FROM of another form".to_owned());
    };
    let call = expression(call)?;
    let Some(alias) = alias else {
        return Ok(From::Call(call));
    };
    let names = super::lower_expression::strings(&alias.colnames)?;
    super::windows::unnested(&call, &names, alias.aliasname.clone())
}

fn lower_join(join: &JoinExpr) -> Lowered<From> {
    let JoinExpr {
        jointype,
        is_natural,
        larg,
        rarg,
        using_clause,
        join_using_alias,
        quals,
        alias,
        rtindex,
    } = join;
    let is_plain = !is_natural
        && using_clause.is_empty()
        && join_using_alias.is_none()
        && alias.is_none()
        && *rtindex == 0;
    absent(is_plain, "what a join says beside its condition")?;
    let (Some(left), Some(right)) = (larg, rarg) else {
        return Err("a join of nothing".to_owned());
    };
    let (left, right) = (Box::new(lower_from(left)?), Box::new(lower_from(right)?));
    let on = quals.as_deref().map(expression).transpose()?;
    match (JoinType::try_from(*jointype), on) {
        (Ok(JoinType::JoinLeft), Some(on)) => Ok(From::LeftJoin { left, right, on }),
        (Ok(JoinType::JoinInner), Some(on)) => Ok(From::Join { left, right, on }),
        (Ok(JoinType::JoinInner), None) => Ok(From::CrossJoin { left, right }),
        _ => Err("a join of another kind".to_owned()),
    }
}
