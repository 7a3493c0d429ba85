//! Shares and ranks: of the right number, among all groups that pass and no others, before any page is cut.

use measurand::{RequestKind, Standing};

use super::form::form;
use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::outside::Columns;
use super::top::KEPT;
use super::totals::{LEVEL, Levels};
use super::tree::{Head, Select, Tree};

/// The form of the column that shows how groups stand by a number.
pub fn standing_form(of: u64, standing: Standing) -> u64 {
    let kind = Tree::column("standing", standing.as_str());
    form(&Tree::node(Head::Coalesce, [Tree::Form(of), kind]), false)
}

/// How many windows place groups among all of them, in all of a statement or in a part of it.
pub fn windows(select: &Select) -> usize {
    let mut count = 0;
    select.visit(&mut |tree| {
        let Tree::Node(Head::Over { ordered }, parts) = tree else {
            return;
        };
        let name = match parts.first() {
            Some(Tree::Node(Head::Call { name, .. }, _)) => name.as_str(),
            _ => "",
        };
        count += usize::from(name == "rank" || name == "sum" && ordered.is_empty());
    });
    count
}

impl<'a> Known<'a> {
    /// What is shown beside a metric, in order.
    pub fn standings(&self, key: &str) -> Vec<Standing> {
        if self.request.kind == RequestKind::Count {
            return Vec::new();
        }
        let asked = [
            (Standing::Share, &self.request.shares),
            (Standing::Rank, &self.request.ranks),
        ];
        let asked = asked.into_iter();
        let asked = asked.filter(|(_, keys)| keys.iter().any(|asked| asked == key));
        asked.map(|(standing, _)| standing).collect()
    }

    /// Whether anything stands among all groups, and whether it is a part of all of them.
    pub fn has_standings(&self) -> (bool, bool) {
        let is_shown = self.request.kind != RequestKind::Count;
        let has_shares = is_shown && !self.request.shares.is_empty();
        (
            has_shares || is_shown && !self.request.ranks.is_empty(),
            has_shares,
        )
    }

    /// The step that places groups among all of them: what it carries, and beside it shares and ranks of metrics
    /// that are asked for.
    pub fn placed(
        &self,
        step: &Select,
        below: &Columns,
        metrics: &Metrics<'_, 'a>,
        levels: &Levels,
    ) -> Lowered<Columns> {
        match (levels.of_passing, &step.condition) {
            (true, Some(_)) => return Err("groups are tested twice".to_owned()),
            (true, None) => {}
            (false, _) => self.group_filter(step, below, metrics)?,
        }
        let mut wanted = Vec::new();
        for key in &self.request.metrics {
            for standing in self.standings(key) {
                let of = metrics.form(key, false)?;
                let tree = match standing {
                    Standing::Share => share(of, levels),
                    Standing::Rank => rank(of, levels),
                };
                wanted.push((tree, standing_form(of, standing)));
            }
        }
        let mut columns = Columns::new();
        let mut found = 0;
        for (name, tree) in &step.targets {
            let resolved = self.resolved(tree, below, &|_| None)?;
            let form = match &resolved {
                Tree::Form(form) => *form,
                tree => {
                    found += 1;
                    let tree = self.without_cast(tree.clone());
                    let mut all = wanted.iter();
                    let known = all.find(|(wanted, _)| *wanted == tree);
                    known
                        .ok_or("groups are placed in another way than asked for")?
                        .1
                }
            };
            let name = name.clone().ok_or("a column without a name")?;
            if columns.insert(name, form).is_some() {
                return Err("two columns of one name".to_owned());
            }
        }
        match found == wanted.len() {
            true => Ok(columns),
            false => Err("more or fewer shares and ranks than asked for".to_owned()),
        }
    }

    /// SQLite casts what it divides to a number that has fractions.
    fn without_cast(&self, tree: Tree) -> Tree {
        match tree {
            Tree::Node(head @ Head::Operator(_), mut parts) if self.is_sqlite => {
                if let Some(Tree::Node(Head::Cast(_), cast)) = parts.first_mut()
                    && cast.len() == 1
                {
                    parts[0] = cast.remove(0);
                }
                Tree::Node(head, parts)
            }
            other => other,
        }
    }
}

/// Conditions that a group is data: not summed up from others, and of a member that is shown.
fn of_data(levels: &Levels) -> Vec<(u64, Tree)> {
    let number = |number: &str| Tree::Number(number.to_owned());
    let level = levels.are_there().then(|| (*LEVEL, number("0")));
    let kept = levels.tells_others().then(|| (*KEPT, number("1")));
    level.into_iter().chain(kept).collect()
}

/// The number over its sum over all groups; others are groups too.
fn share(of: u64, levels: &Levels) -> Tree {
    let is_level = |(form, _): &(u64, Tree)| *form == *LEVEL;
    let filter = of_data(levels).into_iter().find(is_level);
    let filter = filter.map(|(form, zero)| Tree::operator("=", Tree::Form(form), zero));
    let head = Head::Call {
        name: "sum".to_owned(),
        is_distinct: false,
        is_star: false,
        within_group: None,
        has_filter: filter.is_some(),
    };
    let sum = Tree::node(head, [Tree::Form(of)].into_iter().chain(filter));
    let ordered = Vec::new();
    let whole = Tree::node(Head::Over { ordered }, [sum]);
    Tree::operator("/", Tree::Form(of), whole)
}

/// The rank of a number that is there, the largest first, among the data.
fn rank(of: u64, levels: &Levels) -> Tree {
    let data = of_data(levels);
    let is_there = Tree::node(Head::IsNull { negated: true }, [Tree::Form(of)]);
    let tests = data.iter();
    let tests = tests.map(|(form, number)| Tree::operator("=", Tree::Form(*form), number.clone()));
    let mut tests: Vec<Tree> = tests.chain([is_there]).collect();
    let condition = match tests.len() {
        1 => tests.remove(0),
        _ => Tree::Node(Head::And, tests),
    };
    let head = Head::Call {
        name: "rank".to_owned(),
        is_distinct: false,
        is_star: false,
        within_group: None,
        has_filter: false,
    };
    let call = Tree::node(head, []);
    let partition = data.iter().map(|(form, _)| Tree::Form(*form));
    let parts = [call].into_iter().chain(partition).chain([Tree::Form(of)]);
    let ordered = vec![(true, Some(false))];
    let over = Tree::node(Head::Over { ordered }, parts);
    let head = Head::Case {
        has_operand: false,
        has_else: false,
    };
    Tree::node(head, [condition, over])
}
