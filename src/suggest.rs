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
    // A long input is no slip of the pen, and the distance costs its length.
    if written.len() > 2 * crate::name::MAX_NAME_BYTES {
        return None;
    }
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    let mut distances = Distances::new(written, allowed);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != written)
        .filter_map(|candidate| {
            let distance = distances.to(candidate)?;
            // What is further away than one that was found is of no use.
            distances.allowed = distance;
            Some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The numbers of insertions, deletions, substitutions and swaps of neighbours between one text and
/// others, as far as they are within what is allowed: only the cells near the diagonal are looked at.
struct Distances {
    written: Vec<char>,
    allowed: usize,
    candidate: Vec<char>,
    before: Vec<usize>,
    previous: Vec<usize>,
    current: Vec<usize>,
}

impl Distances {
    /// Beyond every distance that is allowed.
    const FAR: usize = usize::MAX / 2;

    fn new(written: &str, allowed: usize) -> Self {
        Self {
            written: written.chars().flat_map(char::to_lowercase).collect(),
            allowed,
            candidate: Vec::new(),
            before: Vec::new(),
            previous: Vec::new(),
            current: Vec::new(),
        }
    }

    fn to(&mut self, candidate: &str) -> Option<usize> {
        // Most candidates differ too much in length; bytes bound the number of characters.
        if candidate.len() > 4 * (self.written.len() + self.allowed) {
            return None;
        }
        self.candidate.clear();
        let lower = candidate.chars().flat_map(char::to_lowercase);
        self.candidate.extend(lower);
        let (rows, columns) = (self.written.len(), self.candidate.len());
        if rows.abs_diff(columns) > self.allowed {
            return None;
        }
        self.previous.clear();
        self.previous.extend(0..=columns);
        self.before.clear();
        self.before.resize(columns + 1, Self::FAR);
        let mut was_near = true;
        for row in 0..rows {
            let is_near = self.fill(row) <= self.allowed;
            if !is_near && !was_near {
                return None;
            }
            was_near = is_near;
            std::mem::swap(&mut self.before, &mut self.previous);
            std::mem::swap(&mut self.previous, &mut self.current);
        }
        let distance = self.previous.last().copied();
        distance.filter(|distance| *distance <= self.allowed)
    }

    /// Fills the current row; its least distance.
    fn fill(&mut self, row: usize) -> usize {
        let letter = |text: &[char], at: usize| text.get(at).copied();
        let cell = |cells: &[usize], at: usize| cells.get(at).copied().unwrap_or(Self::FAR);
        let columns = self.candidate.len();
        let first = row.saturating_sub(self.allowed);
        let last = (row + 1 + self.allowed).min(columns);
        self.current.clear();
        self.current.resize(first, Self::FAR);
        let mut least = if first == 0 { row + 1 } else { Self::FAR };
        self.current.push(least);
        for column in first..last {
            let (left, right) = (letter(&self.written, row), letter(&self.candidate, column));
            let substituted = cell(&self.previous, column) + usize::from(left != right);
            let mut best = substituted
                .min(cell(&self.previous, column + 1) + 1)
                .min(cell(&self.current, column) + 1);
            let is_swapped = row > 0
                && column > 0
                && letter(&self.written, row - 1) == right
                && letter(&self.candidate, column - 1) == left;
            if is_swapped {
                best = best.min(cell(&self.before, column - 1) + 1);
            }
            least = least.min(best);
            self.current.push(best);
        }
        self.current.resize(columns + 1, Self::FAR);
        least
    }
}

#[cfg(test)]
mod tests {
    use super::{Distances, nearest};

    #[test]
    fn finds_a_slip_of_the_pen() {
        let keys = ["approvals", "approval_rate", "revenue"];
        assert_eq!(nearest("aprovals", keys), Some("approvals"));
        assert_eq!(nearest("reveneu", keys), Some("revenue"));
        assert_eq!(nearest("Revenue", keys), Some("revenue"));
    }

    /// The distance by its definition, without a band.
    fn by_definition(left: &[char], right: &[char]) -> usize {
        let mut cells = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                cells[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let substituted =
                            cells[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
                        let mut best = substituted
                            .min(cells[i - 1][j] + 1)
                            .min(cells[i][j - 1] + 1);
                        if i > 1
                            && j > 1
                            && left[i - 2] == right[j - 1]
                            && left[i - 1] == right[j - 2]
                        {
                            best = best.min(cells[i - 2][j - 2] + 1);
                        }
                        best
                    }
                };
            }
        }
        cells[left.len()][right.len()]
    }

    proptest::proptest! {
        #[test]
        fn the_band_changes_no_distance(left in "[abc]{0,9}", right in "[abc]{0,9}", allowed in 1_usize..5) {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = by_definition(&chars(&left), &chars(&right));
            let found = Distances::new(&left, allowed).to(&right);
            proptest::prop_assert_eq!(found, (expected <= allowed).then_some(expected));
        }
    }

    #[test]
    fn says_nothing_when_nothing_is_near() {
        assert_eq!(nearest("margin", ["approvals", "revenue"]), None);
        assert_eq!(nearest(&"x".repeat(100_000), ["approvals"]), None);
    }
}
