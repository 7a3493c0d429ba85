//! A bound on the time of the processor, so that what grows faster than its input is a crash.

use std::fs;
use std::time::Duration;

/// The time that this thread has run; waiting for a busy machine does not count.
fn used() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Does the work and fails if it takes longer than its input excuses.
///
/// An instrumented build takes a few milliseconds for what people write. The allowance is far above
/// that and linear, so that what is over it grows faster than its input.
pub fn within_budget<T>(input: usize, work: impl FnOnce() -> T) -> T {
    let before = used();
    let done = work();
    if let (Some(before), Some(after)) = (before, used()) {
        let took = after.saturating_sub(before);
        let size = u32::try_from(input).unwrap_or(u32::MAX);
        let allowed = Duration::from_millis(150) + Duration::from_micros(40) * size;
        assert!(took <= allowed, "{took:?} for {input} bytes");
    }
    done
}
