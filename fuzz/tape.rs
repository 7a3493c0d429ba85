//! Bytes as choices: what a fuzzer varies becomes what a generator draws.

use measurand_tests::support::random::Random;

/// Two bytes for each choice, from the front to the back.
pub fn forwards(bytes: &[u8]) -> Random {
    let choices = bytes.chunks(2);
    Random::of_tape(choices.map(choice).collect())
}

/// The same from the back to the front, for what comes second: inserting a choice for the one shifts
/// nothing of the other. Where they meet they read the same bytes, which does no harm.
pub fn backwards(bytes: &[u8]) -> Random {
    let choices = bytes.rchunks(2);
    Random::of_tape(choices.map(choice).collect())
}

fn choice(pair: &[u8]) -> u32 {
    pair.iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}
