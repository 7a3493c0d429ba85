//! Names of the columns inside a statement and in its result: unique, and stable.

use std::borrow::Cow;

use crate::catalog::spelling::KeySpelling;

/// The names that are taken. Comparison ignores case, as SQLite does for column names.
#[derive(Clone, Default)]
pub(super) struct Names<'c> {
    taken: Vec<Cow<'c, KeySpelling>>,
}

impl<'c> Names<'c> {
    /// Nothing taken yet, and room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            taken: Vec::with_capacity(count),
        }
    }

    /// The spelling itself where its alias is free, else the same with a number behind it.
    pub(super) fn take(&mut self, spelling: &'c KeySpelling) -> Cow<'c, KeySpelling> {
        let name = if self.is_taken(&spelling.alias) {
            Cow::Owned(self.next_free(spelling))
        } else {
            Cow::Borrowed(spelling)
        };
        self.taken.push(name.clone());
        name
    }

    /// The spelling with a number behind it, so that its plain alias stays free.
    pub(super) fn take_numbered(&mut self, spelling: &KeySpelling) -> Cow<'c, KeySpelling> {
        let name: Cow<'c, KeySpelling> = Cow::Owned(self.next_free(spelling));
        self.taken.push(name.clone());
        name
    }

    /// As `take`, for a spelling that is not the catalog's.
    pub(super) fn take_owned(&mut self, spelling: KeySpelling) -> Cow<'c, KeySpelling> {
        let free = if self.is_taken(&spelling.alias) {
            self.next_free(&spelling)
        } else {
            spelling
        };
        self.taken.push(Cow::Owned(free.clone()));
        Cow::Owned(free)
    }

    fn next_free(&self, spelling: &KeySpelling) -> KeySpelling {
        let mut number = 2;
        loop {
            let candidate = spelling.numbered(number);
            if !self.is_taken(&candidate.alias) {
                return candidate;
            }
            number += 1;
        }
    }

    fn is_taken(&self, alias: &str) -> bool {
        self.taken
            .iter()
            .any(|name| name.alias.eq_ignore_ascii_case(alias))
    }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::catalog::spelling::KeySpelling;

    #[test]
    fn a_metric_and_a_dimension_of_one_key_stay_apart() {
        let (cpa, upper) = (KeySpelling::new("cpa"), KeySpelling::new("CPA"));
        let mut names = Names::default();
        assert_eq!(&*names.take(&cpa).alias, "cpa");
        assert_eq!(&*names.take(&cpa).alias, "cpa_2");
        assert_eq!(&*names.take(&upper).alias, "CPA_3");
        assert_eq!(
            &*names.take_numbered(&KeySpelling::new("cpm")).alias,
            "cpm_2"
        );
    }
}
