//! Graphs of metrics drawn at random: deep ones, diamonds, layers, wide ones and cycles.

use std::fmt::Write as _;

use measurand_tests::support::random::Random;
use serde_json::{Value, json};

/// Metrics by position; a metric without formulas is an aggregate.
pub struct Graph {
    metrics: Vec<Metric>,
}

struct Metric {
    /// The metrics that the formula names.
    links: Vec<usize>,
    formula: String,
    /// Another formula under an option of the toggle.
    variant: Option<String>,
}

/// What the rules say about a graph without variants.
pub enum Verdict {
    Cyclic,
    TooDeep,
    Sound,
}

/// The default of `Limits::formula_depth`.
const DEEPEST: usize = 100;

impl Graph {
    pub fn draw(random: &mut Random) -> Self {
        let shape = random.below(7);
        let count = 1 + random.below(180);
        let has_variants = random.once_in(4);
        let mut metrics: Vec<Metric> = Vec::new();
        for at in 0..count {
            let links = links(random, shape, at, count);
            let variant = (has_variants && random.once_in(3)).then(|| {
                let other = random.below(count);
                formula(random, &[other])
            });
            let formula = formula(random, &links);
            metrics.push(Metric {
                links,
                formula,
                variant,
            });
        }
        Self { metrics }
    }

    pub fn has_variants(&self) -> bool {
        self.metrics.iter().any(|metric| metric.variant.is_some())
    }

    /// The metrics to ask for: the last ones, on which nothing rests in most shapes.
    pub fn asked(&self, random: &mut Random) -> Vec<usize> {
        let count = 1 + random.below(self.metrics.len().min(12));
        (self.metrics.len() - count..self.metrics.len()).collect()
    }

    pub fn catalog(&self) -> Value {
        let metrics = self.metrics.iter().enumerate().map(|(at, metric)| {
            let mut json = json!({"metric_key": key(at)});
            let field = if metric.links.is_empty() {
                "sql_expression"
            } else {
                "derived_formula"
            };
            json[field] = json!(metric.formula);
            if let Some(variant) = &metric.variant {
                json["variants"] = json!([{"when": {"mode": "other"}, "derived_formula": variant}]);
            }
            json
        });
        json!({
            "data_sources": [{"source_key": "s", "view_pattern": "s", "metrics": "*", "dimensions": "*"}],
            "metrics": metrics.collect::<Vec<_>>(),
            "dimensions": [{"dimension_key": "d", "column_expression": "d"}],
            "toggles": [{"toggle_key": "mode", "options": [
                {"option_key": "plain", "is_default": true}, {"option_key": "other"}]}],
        })
    }

    /// What the rules say, by a walk without recursion.
    pub fn verdict(&self) -> Verdict {
        // Metrics whose links are all settled, in rounds; what is left rests on itself.
        let mut level: Vec<Option<usize>> = vec![None; self.metrics.len()];
        loop {
            let mut is_done = true;
            for (at, metric) in self.metrics.iter().enumerate() {
                let below = metric.links.iter().map(|link| level[*link]);
                let Some(below) = below.collect::<Option<Vec<usize>>>() else {
                    continue;
                };
                if level[at].is_none() {
                    level[at] = Some(below.iter().max().map_or(0, |most| most + 1));
                    is_done = false;
                }
            }
            if is_done {
                break;
            }
        }
        match level.into_iter().collect::<Option<Vec<usize>>>() {
            None => Verdict::Cyclic,
            Some(levels) if levels.iter().any(|level| *level > DEEPEST) => Verdict::TooDeep,
            Some(_) => Verdict::Sound,
        }
    }

    /// The most bytes that a statement for these metrics may have: each formula is written once, and
    /// each column is carried from the level where it is made to the last one that needs it.
    ///
    /// Only for graphs that are sound.
    pub fn most_bytes(&self, asked: &[usize]) -> usize {
        let mut needed = vec![false; self.metrics.len()];
        let mut waiting = asked.to_vec();
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut needed[at], true) {
                waiting.extend(&self.metrics[at].links);
            }
        }
        let mut levels = vec![0; self.metrics.len()];
        // A sound graph has at most a hundred levels, so so many rounds settle it.
        for _ in 0..=DEEPEST {
            for (at, metric) in self.metrics.iter().enumerate() {
                let below = metric.links.iter().map(|link| levels[*link] + 1);
                levels[at] = below.max().unwrap_or(0);
            }
        }
        let highest = (0..needed.len())
            .filter(|at| needed[*at])
            .map(|at| levels[at])
            .max();
        let top = highest.unwrap_or(0) + 1;
        let mut last_use = levels.clone();
        for (at, metric) in self
            .metrics
            .iter()
            .enumerate()
            .filter(|(at, _)| needed[*at])
        {
            for link in &metric.links {
                last_use[*link] = last_use[*link].max(levels[at]);
            }
        }
        asked.iter().for_each(|at| last_use[*at] = top);
        let mut most = 1_000 + top * 100;
        for at in (0..needed.len()).filter(|at| needed[*at]) {
            let carried = 1 + last_use[at] - levels[at];
            most += 24 * self.metrics[at].formula.len() + 60 * carried;
        }
        most
    }
}

pub fn key(at: usize) -> String {
    format!("m{at}")
}

/// What a metric rests on, by the shape of the graph.
fn links(random: &mut Random, shape: usize, at: usize, count: usize) -> Vec<usize> {
    let wide = 1 + random.below(8);
    match shape {
        _ if at == 0 && shape != 6 => Vec::new(),
        // A chain.
        0 => vec![at - 1],
        // A diamond: twice the one below.
        1 => vec![at - 1, at - 1],
        // Diamonds of two: pairs that both rest on both of the pair below.
        2 => match at {
            1 => Vec::new(),
            _ => vec![at / 2 * 2 - 2, at / 2 * 2 - 1],
        },
        // Layers of eight.
        3 => match at {
            0..8 => Vec::new(),
            _ => (0..wide)
                .map(|step| at / 8 * 8 - 8 + (at + step * 3) % 8)
                .collect(),
        },
        // Everything on the first and on some of the others.
        4 => vec![0, random.below(at)],
        // Anything before it.
        5 => match random.below(4) {
            3 => Vec::new(),
            _ => (0..wide).map(|_| random.below(at)).collect(),
        },
        // Anything at all: itself, and what comes later.
        _ => match random.below(3) {
            0 => Vec::new(),
            _ => (0..wide).map(|_| random.below(count)).collect(),
        },
    }
}

/// A formula over these metrics, or an aggregate over none.
fn formula(random: &mut Random, links: &[usize]) -> String {
    let Some((first, rest)) = links.split_first() else {
        let columns = ["x", "y", "z"];
        return match random.below(3) {
            0 => format!("SUM({})", random.pick(&columns)),
            1 => "COUNT(*)".to_owned(),
            _ => format!(
                "MAX({}) - MIN({})",
                random.pick(&columns),
                random.pick(&columns)
            ),
        };
    };
    let mut text = key(*first);
    for link in rest {
        let link = key(*link);
        let _ = match random.below(6) {
            0..3 => write!(text, " {} {link}", random.pick(&['+', '-', '*', '/'])),
            3 => write!(text, " - NULLIF({link}, 0)"),
            4 => write!(text, " / COALESCE({link}, 1)"),
            _ => {
                text = format!("CASE WHEN {link} > 0 THEN {text} ELSE {link} END");
                Ok(())
            }
        };
    }
    match random.below(4) {
        3 => format!("ROUND({text} / 3, 2)"),
        _ => text,
    }
}
