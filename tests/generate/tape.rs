//! Cases that proptest makes from tapes of choices, and shortens until only what matters is left.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::generate::question::{self, Asked};
use crate::generate::world;
use crate::reference::model::World;
use crate::support::random::Random;

/// The choices of a case: of its catalog, of its rows, then of each question, each on a tape of its own,
/// so that less of one leaves the others as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tapes(Vec<Vec<u32>>);

/// A world, questions to it, and what is left of each question's tape.
pub struct Case {
    pub world: World,
    pub questions: Vec<(Asked, Random)>,
}

impl Tapes {
    pub fn case(&self) -> Case {
        let tape = |at: usize| Random::of_tape(self.0.get(at).cloned().unwrap_or_default());
        let world = world::world(&mut tape(0), &mut tape(1));
        let questions = (2..self.0.len().max(3)).map(|at| {
            let mut random = tape(at);
            (question::question(&mut random, &world), random)
        });
        let questions = questions.collect();
        Case { world, questions }
    }
}

/// Tapes for a world and so many questions.
#[derive(Debug, Clone, Copy)]
pub struct AnyTapes {
    pub questions: usize,
}

/// Lengths that hardly any world, its rows or a question uses up.
const LENGTHS: [usize; 3] = [2_000, 1_200, 250];

impl Strategy for AnyTapes {
    type Tree = Shrinking;
    type Value = Tapes;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let lengths = LENGTHS
            .iter()
            .chain(std::iter::repeat_n(&LENGTHS[2], self.questions - 1));
        // Below a number that most numbers of alternatives divide.
        let tapes = lengths.map(|length| (0..*length).map(|_| rng.next_u32() % 5_040).collect());
        Ok(Shrinking::new(tapes.collect()))
    }
}

/// Tapes on their way to the shortest and lowest ones that still fail.
pub struct Shrinking {
    /// What failed last.
    best: Vec<Vec<u32>>,
    current: Vec<Vec<u32>>,
    next: usize,
    has_improved: bool,
}

/// A change that makes tapes shorter or lower; stretches are a start and a length.
#[derive(Debug, Clone, Copy)]
enum Edit {
    DropQuestion(usize),
    Delete(usize, usize, usize),
    Zero(usize, usize, usize),
    Lower(usize, usize, u32),
}

impl Shrinking {
    fn new(tapes: Vec<Vec<u32>>) -> Self {
        Self {
            best: tapes.clone(),
            current: tapes,
            next: 0,
            has_improved: false,
        }
    }

    /// Every change to try, the bold ones first.
    fn edits(&self) -> Vec<Edit> {
        let mut edits: Vec<Edit> = Vec::new();
        if self.best.len() > 3 {
            edits.extend((2..self.best.len()).map(Edit::DropQuestion));
        }
        for size in (0..11).rev().map(|power| 1 << power) {
            for (tape, choices) in self.best.iter().enumerate() {
                for start in (0..choices.len())
                    .step_by(size)
                    .filter(|_| size <= choices.len())
                {
                    let end = choices.len().min(start + size);
                    if choices[start..end].iter().any(|choice| *choice > 0) {
                        edits.push(Edit::Zero(tape, start, end - start));
                    }
                    edits.push(Edit::Delete(tape, start, end - start));
                }
            }
        }
        // Where little is left, any stretch may be what one thing too many was made from.
        for (tape, choices) in self.best.iter().enumerate().filter(|(_, c)| c.len() < 120) {
            for size in 3..24 {
                let starts = 0..choices.len().saturating_sub(size);
                edits.extend(starts.map(|start| Edit::Delete(tape, start, size)));
            }
        }
        for (tape, choices) in self.best.iter().enumerate() {
            for (at, choice) in choices.iter().enumerate() {
                let lower = [1, 2, 3, choice / 2, choice.saturating_sub(1)];
                let lower = lower.into_iter().filter(|lower| lower < choice);
                edits.extend(lower.map(|lower| Edit::Lower(tape, at, lower)));
            }
        }
        edits
    }

    /// Puts the next change into `current`; a round that changed nothing is the last.
    fn advance(&mut self) -> bool {
        self.current.clone_from(&self.best);
        let mut edits = self.edits();
        if self.next >= edits.len() {
            if !self.has_improved {
                return false;
            }
            (self.next, self.has_improved) = (0, false);
            edits = self.edits();
        }
        let Some(edit) = edits.get(self.next) else {
            return false;
        };
        self.next += 1;
        match *edit {
            Edit::DropQuestion(tape) => drop(self.current.remove(tape)),
            Edit::Delete(tape, start, length) => {
                self.current[tape].drain(start..start + length);
            }
            Edit::Zero(tape, start, length) => {
                self.current[tape][start..start + length].fill(0);
            }
            Edit::Lower(tape, at, lower) => self.current[tape][at] = lower,
        }
        true
    }
}

impl ValueTree for Shrinking {
    type Value = Tapes;

    fn current(&self) -> Tapes {
        Tapes(self.current.clone())
    }

    /// What is current still fails: it is the best.
    fn simplify(&mut self) -> bool {
        if self.current != self.best {
            self.best.clone_from(&self.current);
            // What is zero at the end says nothing.
            for tape in &mut self.best {
                let used = tape.iter().rposition(|choice| *choice > 0);
                tape.truncate(used.map_or(0, |last| last + 1));
            }
            self.has_improved = true;
            // The same place of the new list: what was not changed need not be tried at once again.
            self.next = self.next.saturating_sub(1);
        }
        self.advance()
    }

    /// What is current does not fail: back to the best, and on.
    fn complicate(&mut self) -> bool {
        self.advance()
    }
}

/// What a variable of the environment says; a run with another seed than asked for would say nothing.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Tries a law on so many cases of a fixed seed, and on some of a fresh one, which is printed.
///
/// `MEASURAND_SEED` says which that is, `MEASURAND_CASES` how many cases it makes.
///
/// # Panics
/// With the smallest case that breaks the law, as the law describes it, and the seed that led there.
pub fn check(cases: u32, questions: usize, law: impl Fn(Case) -> Result<(), String>) {
    let fresh = number("MEASURAND_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.map_or(1, |now| u64::from(now.subsec_nanos()))
    });
    let more = number("MEASURAND_CASES").and_then(|cases| u32::try_from(cases).ok());
    for (seed, cases) in [(7, cases), (fresh, more.unwrap_or(cases / 4))] {
        println!("seed {seed}: {cases} cases");
        if let Some((message, _)) = find(seed, cases, questions, &law) {
            panic!("seed {seed}\n{message}");
        }
    }
}

/// The smallest case found that breaks a law, if there is one, with what the law says of it.
pub fn find(
    seed: u64,
    cases: u32,
    questions: usize,
    law: &impl Fn(Case) -> Result<(), String>,
) -> Option<(String, Case)> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 60_000,
        max_shrink_time: 120_000,
        ..Config::default()
    };
    let bytes: Vec<u8> = seed.to_le_bytes().repeat(4);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let run = runner.run(&AnyTapes { questions }, |tapes| {
        law(tapes.case()).map_err(TestCaseError::fail)
    });
    match run.err()? {
        TestError::Fail(reason, tapes) => Some((reason.message().to_owned(), tapes.case())),
        TestError::Abort(reason) => panic!("{reason}"),
    }
}
