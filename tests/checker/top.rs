//! The members of one dimension that are shown: ranked by the right metric of the right rows, and met by the
//! rows of every leg.

use std::sync::{Arc, LazyLock};

use measurand::{OrderRequest, Param, Request, RequestKind, Value};

use super::form::form;
use super::lower::Lowered;
use super::meaning::Known;
use super::metrics::Metrics;
use super::outside::Columns;
use super::shape::{Layout, Pass, check_scope};
use super::totals::{LEVEL, Levels};
use super::tree::{Head, Order, Select, Tree};

/// The form of the column that says whether a member is shown.
pub static KEPT: LazyLock<u64> = LazyLock::new(|| form(&Tree::column("kept", ""), false));

/// The members that are shown, where not all are.
pub struct Top {
    /// The position of the dimension.
    pub key: usize,
    /// The name of the member in the step that has them.
    member: String,
    /// The name of the column that is there for each of them.
    pub kept: Option<String>,
    pub shows_other: bool,
}

/// The request whose first rows are the members that another one shows; what is wrong with that is found
/// elsewhere.
pub fn ranking(request: &Request) -> Option<Request> {
    let top = request.top.as_ref()?;
    let written = |at: &usize| {
        let asked = &request.dimensions[*at];
        let key = match &asked.grain {
            Some(grain) => format!("{}.{grain}", asked.dimension),
            None => asked.dimension.clone(),
        };
        top.dimension.as_ref().is_none_or(|wanted| *wanted == key)
    };
    let at = (0..request.dimensions.len()).find(written).unwrap_or(0);
    Some(Request {
        kind: RequestKind::Aggregate,
        metrics: vec![top.by.clone()],
        shares: Vec::new(),
        ranks: Vec::new(),
        dimensions: request.dimensions.get(at).cloned().into_iter().collect(),
        metric_filters: None,
        fill_gaps: false,
        totals: None,
        top: None,
        order_by: vec![OrderRequest {
            key: top.by.clone(),
            descending: !top.ascending,
            nulls_first: false,
        }],
        limit: Some(top.n),
        offset: None,
        ..request.clone()
    })
}

impl<'a> Known<'a> {
    /// What is known of the same leg where members are ranked.
    pub fn ranked(&self) -> Lowered<Known<'a>> {
        let request = self
            .ranking
            .ok_or("members are ranked that nobody asked for")?;
        Ok(Known {
            request,
            ranking: None,
            pivot: None,
            ..*self
        })
    }

    /// Whether members are ranked.
    pub fn has_top(&self) -> bool {
        let is_grouped = matches!(
            self.request.kind,
            RequestKind::Aggregate | RequestKind::Count
        );
        is_grouped && self.request.top.is_some()
    }

    /// The first members by the metric, and nothing else of the ranking; `self` knows the whole request.
    pub fn top(
        &self,
        layout: &Layout<'_>,
        below: &Columns,
        (metrics, levels): (&Metrics<'_, 'a>, &Levels),
    ) -> Lowered<Top> {
        let top = self.request.top.as_ref().ok_or("no top")?;
        let ranked = self.ranked()?;
        let asked = self.asked()?;
        let key = match &top.dimension {
            Some(key) => self.bucket(key, &asked).ok_or("a top of nothing")?,
            None => 0,
        };
        let own = ranked.asked()?;
        let (Some(own), Some(whole)) = (own.first(), asked.get(key)) else {
            return Err("members of no dimension".to_owned());
        };
        // Where far rows are joined, those of fewer dimensions may have other numbers.
        if !own.dimension.is(&whole.dimension) || own.grain != whole.grain {
            return Err("members of another dimension are ranked".to_owned());
        }
        let result = layout.result;
        let plain = Select {
            steps: result.steps.clone(),
            targets: result.targets.clone(),
            from: result.from.clone(),
            order: result.order.clone(),
            limit: result.limit.clone(),
            ..Select::EMPTY
        };
        if *result != plain || !layout.labels.is_empty() {
            return Err("more than the members that are shown".to_owned());
        }
        let needs_others = top.other || self.sums_up(levels, &asked) || self.has_standings().1;
        let kept = match (result.targets.as_slice(), needs_others) {
            ([_], false) => None,
            ([_, (Some(name), Tree::Number(one))], true) if one == "1" => Some(name.clone()),
            _ => return Err("members that are not told from others".to_owned()),
        };
        let of_member = |tree: &Tree| -> Lowered<bool> {
            Ok(self.resolved(tree, below, &|_| None)? == Tree::Form(own.form))
        };
        let member = match result.targets.first() {
            Some((Some(name), tree)) if of_member(tree)? => name.clone(),
            _ => return Err("other members than those that are ranked".to_owned()),
        };
        let by = metrics.form(&top.by, false)?;
        let is_ranked = match result.order.as_slice() {
            [metric, ties] => {
                let found = self.resolved(&metric.by, below, &|_| None)?;
                form(&found, self.is_sqlite) == by
                    && metric.descending != top.ascending
                    && metric.nulls_first == Some(false)
                    && of_member(&ties.by)?
                    && !ties.descending
                    && ties.nulls_first == Some(false)
            }
            _ => false,
        };
        let count = i64::try_from(top.n).map_err(|_| "too many members")?;
        let limit = Tree::Bound(Arc::new(Param::Scalar(Value::Integer(count))));
        if !is_ranked || result.limit != Some(limit) {
            return Err("members that are ranked in another way".to_owned());
        }
        Ok(Top {
            key,
            member,
            kept,
            shows_other: top.other,
        })
    }

    /// Rows meet the member that they are of; where rows of others are needed, they meet nothing. `is_by_it`
    /// where all rows of the pass are by that member.
    pub fn meets_top(
        &self,
        pass: &Pass<'_>,
        top: Option<&Top>,
        is_by_it: bool,
        are_several: bool,
    ) -> Lowered<()> {
        let (top, (on, keeps_others)) = match (top, pass.topped) {
            (None, None) => return Ok(()),
            (Some(_), None) if !is_by_it => return Ok(()),
            (Some(top), Some(topped)) => (top, topped),
            (Some(_), None) => return Err("rows of members that are not shown".to_owned()),
            (None, Some(_)) => return Err("members that nobody asked for".to_owned()),
        };
        if keeps_others != top.kept.is_some() {
            return Err(
                "rows of other members are there, or not, against what is asked".to_owned(),
            );
        }
        let is_period = self.period()? == Some(top.key);
        check_scope(on, &|alias, name| match alias {
            "q" => name == top.member,
            "w" => is_period && name == "period",
            alias => alias == "o",
        })?;
        let asked = self.asked()?;
        let asked = asked.get(top.key).ok_or("no such dimension")?;
        let mut conjuncts = on.conjuncts().into_iter();
        self.met(
            &mut conjuncts,
            (asked, is_period),
            ("q", &top.member),
            are_several,
        )?;
        match conjuncts.next() {
            None => Ok(()),
            Some(_) => Err("members are met by more than their value".to_owned()),
        }
    }
}

impl Top {
    /// Whether a tree is the member that rows meet.
    pub fn is_member(&self, tree: &Tree) -> bool {
        *tree == Tree::column("q", &self.member)
    }

    /// Whether it is the column that says so.
    pub fn is_kept(&self, tree: &Tree) -> bool {
        self.kept
            .as_ref()
            .is_some_and(|kept| *tree == Tree::column("q", kept))
    }

    /// Whether a name is one that the step has.
    pub fn has(&self, name: &str) -> bool {
        name == self.member || self.kept.as_deref() == Some(name)
    }

    /// What a row is, which is of others where it has no member that is shown.
    pub fn kind(&self, kind: &str) -> Tree {
        let text = |text: &str| Tree::Text(text.to_owned());
        match self.shows_other {
            true => case(*KEPT, vec![(1, text(kind))], text("other")),
            false => text(kind),
        }
    }

    /// What rows of the result have to be, where others are there for what is of all alone; with totals, by these
    /// levels.
    pub fn hides(&self, by_it: Option<Vec<u32>>) -> Option<Tree> {
        if self.shows_other || self.kept.is_none() {
            return None;
        }
        let one = || Tree::Number("1".to_owned());
        let kept = match by_it {
            Some(by_it) => {
                let by_it = by_it.into_iter();
                let kept = by_it.map(|number| (number, Tree::Form(*KEPT))).collect();
                case(*LEVEL, kept, one())
            }
            None => Tree::Form(*KEPT),
        };
        Some(Tree::operator("=", kept, one()))
    }

    /// The order behind the column that says whether a member is shown, which comes first.
    pub fn behind_kept<'s>(
        &self,
        order: &'s [Order],
        form_of: impl Fn(&Tree) -> Lowered<Tree>,
    ) -> Lowered<&'s [Order]> {
        if !self.shows_other {
            return Ok(order);
        }
        let (first, rest) = order.split_first().ok_or("no order")?;
        let is_it = form_of(&first.by)? == Tree::Form(*KEPT);
        match is_it && !first.descending && first.nulls_first == Some(false) {
            true => Ok(rest),
            false => Err("others do not stand behind the members that are shown".to_owned()),
        }
    }
}

/// `CASE what WHEN number THEN .. ELSE .. END`.
pub fn case(what: u64, when: Vec<(u32, Tree)>, otherwise: Tree) -> Tree {
    let mut parts = vec![Tree::Form(what)];
    for (number, then) in when {
        parts.extend([Tree::Number(number.to_string()), then]);
    }
    parts.push(otherwise);
    let head = Head::Case {
        has_operand: true,
        has_else: true,
    };
    Tree::Node(head, parts)
}
