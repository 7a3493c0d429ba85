//! The nearest name, for every "did you mean".

/// The candidate nearest to `written`, if one is near enough to be a slip of the pen.
///
/// Near enough is an edit distance of at most a third of the written length (at least one, at most
/// four). Ties go to the first in alphabetical order, so that a message does not depend on the
/// order of declaration.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A long input is no slip of the pen, and the distance costs its square.
    if written.len() > 2 * crate::name::MAX_NAME_BYTES {
        return None;
    }
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != written)
        .filter_map(|candidate| {
            let distance = distance(written, candidate);
            (distance <= allowed).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of insertions, deletions, substitutions and swaps of neighbours between two texts.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    if left.len().abs_diff(right.len()) > 4 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(i + 1);
        for (j, r) in right.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let substituted = at(&previous, j) + usize::from(l != r);
            let mut best = substituted
                .min(at(&previous, j + 1) + 1)
                .min(at(&current, j) + 1);
            let swapped =
                i > 0 && j > 0 && left.get(i - 1) == Some(r) && right.get(j - 1) == Some(l);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_a_slip_of_the_pen() {
        let keys = ["approvals", "approval_rate", "revenue"];
        assert_eq!(nearest("aprovals", keys), Some("approvals"));
        assert_eq!(nearest("reveneu", keys), Some("revenue"));
        assert_eq!(nearest("Revenue", keys), Some("revenue"));
    }

    #[test]
    fn says_nothing_when_nothing_is_near() {
        assert_eq!(nearest("margin", ["approvals", "revenue"]), None);
        assert_eq!(nearest(&"x".repeat(100_000), ["approvals"]), None);
    }
}
