//! Choices that a test makes at random, or reads from a tape.

/// Where choices come from.
///
/// A seed gives the same choices in every run. A tape is a list of choices that somebody else made: a
/// property test, which shortens the tape and lowers its numbers until the smallest failing one is
/// found, or a fuzzer. At the end of a tape every choice is the first, which is why what is plain stands
/// first wherever something is chosen.
pub struct Random(Source);

enum Source {
    /// The state of a generator of the SplitMix64 family.
    ///
    /// # Source
    /// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
    Seed(u64),
    Tape(std::vec::IntoIter<u32>),
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(Source::Seed(seed))
    }

    pub fn of_tape(choices: Vec<u32>) -> Self {
        Self(Source::Tape(choices.into_iter()))
    }

    pub fn draw(&mut self) -> u64 {
        match &mut self.0 {
            Source::Seed(state) => {
                *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
                let mut mixed = *state;
                mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
                mixed ^ (mixed >> 31)
            }
            Source::Tape(choices) => choices.next().map_or(0, u64::from),
        }
    }

    /// A number from 0 up to but not including the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.draw() % bound).unwrap_or(0)
    }

    pub fn pick<'s, T>(&mut self, items: &'s [T]) -> &'s T {
        let at = self.below(items.len());
        &items[at]
    }

    /// True once in so many times, and never at the end of a tape.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// Whether one more is to be made: so many on average, and none at the end of a tape. Asked before
    /// each, it lets a tape lose any one of them.
    pub fn one_more(&mut self, average: usize) -> bool {
        self.below(average + 1) > 0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}
