//! The memory of verified shapes: bounded, and shared by threads.

use std::sync::{Arc, PoisonError, RwLock};

use crate::certificate::Certificate;
use crate::hash::CatalogMap;
use crate::value::DataType;

/// A statement's text that was verified, with all that it was verified against.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) sql: Arc<str>,
    pub(crate) certificate: Certificate,
    pub(crate) types: Vec<(DataType, bool)>,
    pub(crate) aliases: Vec<Arc<str>>,
    /// The outline of the plan that the text was verified against.
    pub(crate) outline: u64,
    /// SHA-256 of the text.
    pub(crate) digest: [u8; 32],
}

/// The most bytes of text in one generation. Statements may be a mebibyte each, and a user chooses
/// their shapes; those of reports are a few kilobytes.
const GENERATION_BYTES: usize = 16 << 20;

/// Verified shapes in two generations: when the young one is full, the old one is forgotten.
pub(crate) struct VerifiedShapes {
    generations: RwLock<Generations>,
    capacity: usize,
}

#[derive(Default)]
struct Generations {
    young: CatalogMap<Arc<str>, Arc<Shape>>,
    old: CatalogMap<Arc<str>, Arc<Shape>>,
    /// The bytes of the texts of the young ones.
    young_bytes: usize,
}

impl VerifiedShapes {
    /// A memory of at most twice this many shapes, and of at most 32 MiB of text.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            generations: RwLock::default(),
            capacity: capacity.max(1),
        }
    }

    /// The shape with this text, if it was verified against the same.
    pub(crate) fn find<'a>(
        &self,
        sql: &str,
        certificate: &Certificate,
        types: impl Iterator<Item = (DataType, bool)>,
        aliases: impl Iterator<Item = &'a str>,
        outline: u64,
    ) -> Option<Arc<Shape>> {
        let generations = self
            .generations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let young = generations.young.get(sql);
        let is_old = young.is_none();
        let shape = young.or_else(|| generations.old.get(sql)).cloned();
        drop(generations);
        let shape = shape.filter(|shape| {
            shape.certificate == *certificate
                && shape.types.iter().copied().eq(types)
                && shape.aliases.iter().map(|alias| &**alias).eq(aliases)
                && shape.outline == outline
        })?;
        if is_old {
            self.remember(shape.clone());
        }
        Some(shape)
    }

    /// Remembers a shape that was just verified.
    pub(crate) fn remember(&self, shape: Arc<Shape>) {
        let mut generations = self
            .generations
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let bytes = shape.sql.len();
        let is_full = generations.young.len() >= self.capacity
            || generations.young_bytes.saturating_add(bytes) > GENERATION_BYTES;
        if is_full {
            generations.old = std::mem::take(&mut generations.young);
            generations.young_bytes = 0;
        }
        let before = generations.young.insert(shape.sql.clone(), shape);
        if before.is_none() {
            generations.young_bytes += bytes;
        }
    }

    /// How many shapes are remembered.
    pub(crate) fn len(&self) -> usize {
        let generations = self
            .generations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        generations.young.len() + generations.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(number: usize, bytes: usize) -> Arc<Shape> {
        Arc::new(Shape {
            sql: format!("{number}{}", " ".repeat(bytes)).into(),
            certificate: Certificate { scans: Vec::new() },
            types: Vec::new(),
            aliases: Vec::new(),
            outline: 0,
            digest: [0; 32],
        })
    }

    #[test]
    fn few_shapes_of_many_bytes_are_kept() {
        let memory = VerifiedShapes::new(1_024);
        for number in 0..200 {
            memory.remember(shape(number, 1 << 20));
            // The same again costs nothing.
            memory.remember(shape(number, 1 << 20));
            assert!(memory.len() <= 32, "{} mebibytes", memory.len());
        }
        assert!(memory.len() >= 16);
    }

    #[test]
    fn many_shapes_of_few_bytes_are_kept() {
        let memory = VerifiedShapes::new(1_024);
        for number in 0..10_000 {
            memory.remember(shape(number, 100));
            assert!(memory.len() <= 2_048);
        }
        assert!(memory.len() > 1_024);
    }
}
