//! The statements that may be: a tree with nothing in it but what a compiler of reports needs.

use std::sync::Arc;

use measurand::Param;

/// A `SELECT` with the clauses that may stand in one; there is no room here for any other.
#[derive(Debug, Clone, PartialEq)]
pub struct Select {
    /// The two sides of a `UNION ALL`, which has no other clause.
    pub both: Option<Box<(Select, Select)>>,
    pub steps: Vec<(String, Select)>,
    pub targets: Vec<(Option<String>, Tree)>,
    pub from: Option<From>,
    pub condition: Option<Tree>,
    pub groups: Vec<Tree>,
    pub order: Vec<Order>,
    pub limit: Option<Tree>,
    pub offset: Option<Tree>,
    /// The one date that groups are of, where that was taken apart.
    pub picked: Option<Picked>,
    /// The windows that groups are of, where they were taken apart.
    pub running: Option<Running>,
}

/// Windows over groups by shorter periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub lists: Vec<(String, Tree)>,
    /// The period of a row.
    pub cut: Tree,
    /// Where windows run, the first period, which is that of all rows before it; else periods are days, and in every
    /// window that they lie in.
    pub first: Option<Tree>,
}

/// One date of each group: the first or the last of what is picked over.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    pub over: Tree,
    pub first: bool,
}

/// What a `SELECT` reads.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    Relation {
        schema: String,
        name: String,
        alias: Option<String>,
    },
    Rows {
        select: Box<Select>,
        alias: String,
    },
    Call(Tree),
    /// Lists of one length side by side, each under a name; what stands in them stays in its order.
    Lists {
        lists: Vec<(String, Tree)>,
        alias: String,
    },
    LeftJoin {
        left: Box<From>,
        right: Box<From>,
        on: Tree,
    },
    Join {
        left: Box<From>,
        right: Box<From>,
        on: Tree,
    },
    CrossJoin {
        left: Box<From>,
        right: Box<From>,
    },
    /// A join of far rows, taken apart.
    Beside(Box<Beside>),
}

/// Guarded rows, and far ones beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    pub near: Select,
    pub reads: Vec<Read>,
    /// The way to each of them.
    pub ways: Vec<String>,
    pub is_fenced: bool,
}

/// Far rows, and how they are joined.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub alias: String,
    pub select: Select,
    pub on: Tree,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub by: Tree,
    pub descending: bool,
    /// `None` where the text does not say it.
    pub nulls_first: Option<bool>,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// The alias is empty where the column is not qualified.
    Column(String, String),
    Param(u32),
    /// A placeholder with its cast, replaced by what is bound; the values of a list are a set.
    Bound(Arc<Param>),
    /// A column of a step below, as what it was computed from.
    Form(u64),
    /// All columns of what is read, as a column of a `SELECT`.
    All,
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Node(Head, Vec<Tree>),
    /// `x IN (SELECT ..)`.
    Among(Box<Tree>, Box<Select>),
}

/// What a node of an expression does with its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Head {
    And,
    Or,
    Not,
    Operator(String),
    EqualsAny,
    /// A value and a list that is one parameter, however the text compares the two.
    Listed,
    /// A value whose label, by the lookup of this dimension, passes a test.
    Searched(String),
    DistinctFrom {
        negated: bool,
    },
    IsNull {
        negated: bool,
    },
    /// `IS TRUE` and its kind, in words.
    Is(&'static str),
    In {
        negated: bool,
    },
    /// Several values that are compared as one.
    Row,
    Like {
        ignores_case: bool,
        negated: bool,
    },
    Between {
        negated: bool,
    },
    /// An array of its parts.
    Array,
    /// Which of its parts are rolled up, as bits.
    Grouping,
    /// In a GROUP BY: its parts are sets of columns.
    GroupingSets,
    Set,
    Nullif,
    Coalesce,
    Greatest,
    Least,
    /// The parts are the operand, then conditions and results in turn, then the last result.
    Case {
        has_operand: bool,
        has_else: bool,
    },
    Cast(String),
    /// The parts are the call, what its rows are partitioned by, and what they are ordered by, each descending or not and
    /// with NULL first, last or as the database has it.
    Over {
        ordered: Vec<(bool, Option<bool>)>,
    },
    /// The parts are the arguments, then what it is ordered by, then its filter.
    Call {
        name: String,
        is_distinct: bool,
        is_star: bool,
        /// Whether it is ordered descending.
        within_group: Option<bool>,
        has_filter: bool,
    },
}

impl Head {
    /// A plain call.
    pub fn call(name: &str) -> Self {
        Head::Call {
            name: name.to_owned(),
            is_distinct: false,
            is_star: false,
            within_group: None,
            has_filter: false,
        }
    }
}

impl Tree {
    pub fn column(alias: &str, name: &str) -> Self {
        Tree::Column(alias.to_owned(), name.to_owned())
    }

    pub fn node(head: Head, parts: impl IntoIterator<Item = Tree>) -> Self {
        Tree::Node(head, parts.into_iter().collect())
    }

    pub fn operator(name: &str, left: Tree, right: Tree) -> Self {
        Tree::node(Head::Operator(name.to_owned()), [left, right])
    }

    pub fn cast(operand: Tree, to: &str) -> Self {
        Tree::node(Head::Cast(to.to_owned()), [operand])
    }

    /// The parts of a call of this plain name.
    pub fn as_call(&self, wanted: &str) -> Option<&[Tree]> {
        match self {
            Tree::Node(head, parts) if *head == Head::call(wanted) => Some(parts),
            _ => None,
        }
    }

    /// The two sides of this operator.
    pub fn as_operator(&self, wanted: &str) -> Option<(&Tree, &Tree)> {
        match self {
            Tree::Node(Head::Operator(name), parts) if name == wanted => match parts.as_slice() {
                [left, right] => Some((left, right)),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is cast, and to what.
    pub fn as_cast(&self) -> Option<(&Tree, &str)> {
        match self {
            Tree::Node(Head::Cast(to), parts) => {
                parts.first().map(|operand| (operand, to.as_str()))
            }
            _ => None,
        }
    }

    /// The parts that all have to hold, however they are nested.
    pub fn conjuncts(&self) -> Vec<&Tree> {
        let mut found = Vec::new();
        let mut waiting = vec![self];
        while let Some(tree) = waiting.pop() {
            match tree {
                Tree::Node(Head::And, parts) => waiting.extend(parts.iter().rev()),
                other => found.push(other),
            }
        }
        found
    }

    /// Calls `visit` on every expression of the tree, subselects included.
    pub fn visit<'t>(&'t self, visit: &mut dyn FnMut(&'t Tree)) {
        visit(self);
        match self {
            Tree::Node(_, parts) => parts.iter().for_each(|part| part.visit(visit)),
            Tree::Among(tested, select) => {
                tested.visit(visit);
                select.visit(visit);
            }
            _ => {}
        }
    }

    /// The same tree with every part replaced from the leaves up; subselects stay as they are.
    pub fn rewrite(self, change: &mut dyn FnMut(Tree) -> Tree) -> Tree {
        let changed = match self {
            Tree::Node(head, parts) => {
                let parts = parts.into_iter().map(|part| part.rewrite(change));
                Tree::Node(head, parts.collect())
            }
            Tree::Among(tested, select) => Tree::Among(Box::new(tested.rewrite(change)), select),
            leaf => leaf,
        };
        change(changed)
    }
}

impl Tree {
    /// The same tree with every part replaced from the leaves up, in subselects as well.
    pub fn rewrite_deep(self, change: &mut dyn FnMut(Tree) -> Tree) -> Tree {
        let changed = match self {
            Tree::Node(head, parts) => {
                let parts = parts.into_iter().map(|part| part.rewrite_deep(change));
                Tree::Node(head, parts.collect())
            }
            Tree::Among(tested, select) => Tree::Among(
                Box::new(tested.rewrite_deep(change)),
                Box::new(select.rewrite_deep(change)),
            ),
            leaf => leaf,
        };
        change(changed)
    }
}

impl Select {
    /// The same statement with every part of every expression replaced from the leaves up.
    pub fn rewrite_deep(self, change: &mut dyn FnMut(Tree) -> Tree) -> Select {
        let mut each = |tree: Tree| tree.rewrite_deep(change);
        let targets = self.targets.into_iter();
        let targets = targets.map(|(name, tree)| (name, each(tree))).collect();
        let condition = self.condition.map(&mut each);
        let groups = self.groups.into_iter().map(&mut each).collect();
        let order = self.order.into_iter().map(|order| Order {
            by: each(order.by),
            ..order
        });
        let order = order.collect();
        let (limit, offset) = (self.limit.map(&mut each), self.offset.map(&mut each));
        let steps = self.steps.into_iter();
        let both = self.both.map(|both| {
            let (left, right) = *both;
            Box::new((left.rewrite_deep(change), right.rewrite_deep(change)))
        });
        Select {
            both,
            steps: steps
                .map(|(name, step)| (name, step.rewrite_deep(change)))
                .collect(),
            from: self.from.map(|from| from.rewrite_deep(change)),
            targets,
            condition,
            groups,
            order,
            limit,
            offset,
            picked: self.picked,
            running: self.running,
        }
    }

    pub const EMPTY: Select = Select {
        both: None,
        steps: Vec::new(),
        targets: Vec::new(),
        from: None,
        condition: None,
        groups: Vec::new(),
        order: Vec::new(),
        limit: None,
        offset: None,
        picked: None,
        running: None,
    };

    /// Calls `visit` on every expression of the statement.
    pub fn visit<'t>(&'t self, visit: &mut dyn FnMut(&'t Tree)) {
        if let Some((left, right)) = self.both.as_deref() {
            left.visit(visit);
            right.visit(visit);
        }
        for (_, step) in &self.steps {
            step.visit(visit);
        }
        for (_, target) in &self.targets {
            target.visit(visit);
        }
        if let Some(from) = &self.from {
            from.visit(visit);
        }
        let clauses = [&self.condition, &self.limit, &self.offset];
        for tree in clauses.into_iter().flatten().chain(&self.groups) {
            tree.visit(visit);
        }
        for order in &self.order {
            order.by.visit(visit);
        }
    }
}

impl From {
    fn rewrite_deep(self, change: &mut dyn FnMut(Tree) -> Tree) -> From {
        match self {
            as_it_is @ (From::Relation { .. } | From::Lists { .. }) => as_it_is,
            From::Rows { select, alias } => From::Rows {
                select: Box::new(select.rewrite_deep(change)),
                alias,
            },
            From::Call(call) => From::Call(call.rewrite_deep(change)),
            From::LeftJoin { left, right, on } => From::LeftJoin {
                left: Box::new(left.rewrite_deep(change)),
                right: Box::new(right.rewrite_deep(change)),
                on: on.rewrite_deep(change),
            },
            From::Join { left, right, on } => From::Join {
                left: Box::new(left.rewrite_deep(change)),
                right: Box::new(right.rewrite_deep(change)),
                on: on.rewrite_deep(change),
            },
            From::CrossJoin { left, right } => From::CrossJoin {
                left: Box::new(left.rewrite_deep(change)),
                right: Box::new(right.rewrite_deep(change)),
            },
            From::Beside(beside) => {
                let reads = beside.reads.into_iter().map(|read| Read {
                    alias: read.alias,
                    select: read.select.rewrite_deep(change),
                    on: read.on.rewrite_deep(change),
                });
                let reads = reads.collect();
                From::Beside(Box::new(Beside {
                    near: beside.near.rewrite_deep(change),
                    reads,
                    ways: beside.ways,
                    is_fenced: beside.is_fenced,
                }))
            }
        }
    }

    fn visit<'t>(&'t self, visit: &mut dyn FnMut(&'t Tree)) {
        match self {
            From::Relation { .. } => {}
            From::Rows { select, .. } => select.visit(visit),
            From::Call(call) => call.visit(visit),
            From::Lists { lists, .. } => lists.iter().for_each(|(_, list)| list.visit(visit)),
            From::LeftJoin { left, right, on } | From::Join { left, right, on } => {
                left.visit(visit);
                right.visit(visit);
                on.visit(visit);
            }
            From::CrossJoin { left, right } => {
                left.visit(visit);
                right.visit(visit);
            }
            From::Beside(beside) => {
                beside.near.visit(visit);
                for read in &beside.reads {
                    read.select.visit(visit);
                    read.on.visit(visit);
                }
            }
        }
    }
}
