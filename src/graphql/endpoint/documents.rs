//! Documents read before: parsed and measured once for each text, and remembered, also when refused.

use std::sync::Arc;

use aws_lc_rs::digest;
use quick_cache::{Weighter, sync::Cache};

use crate::graphql::guard::{self, Document, GuardRefusal, Limits, Syntax, Unreadable};

/// What a text turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// Within the limits that variables do not change.
    Ready(Box<Document>),
    /// Too much.
    Refused(GuardRefusal),
    /// Not GraphQL.
    Broken(Syntax),
}

/// A bounded cache of readings by the SHA-256 of their text.
pub struct Documents {
    limits: Limits,
    cache: Cache<[u8; 32], Entry, ByBytes>,
}

#[derive(Clone)]
struct Entry {
    reading: Arc<Reading>,
    bytes: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<[u8; 32], Entry> for ByBytes {
    fn weight(&self, _: &[u8; 32], entry: &Entry) -> u64 {
        entry.bytes
    }
}

impl Documents {
    /// Bytes that the cache may hold, about.
    const CAPACITY: u64 = 32 * 1024 * 1024;
    /// What an entry takes besides its document.
    const ENTRY: u64 = 512;
    /// Bytes of a parsed document for each byte of its text: `a ` becomes a field of about a hundred times its size, but
    /// such documents are short; names, indents and strings stay as they are.
    const GROWTH: u64 = 32;

    /// An empty cache that reads within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, cache: Cache::with_weighter(1_000, Self::CAPACITY, ByBytes) }
    }

    /// What a text is, from memory if it was read before. A text over the length that is allowed is refused unhashed.
    pub fn read(&self, text: &str) -> Arc<Reading> {
        if text.len() as u64 > self.limits.document_bytes {
            return Arc::new(self.judge(text));
        }
        let mut key = [0; 32];
        key.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        if let Some(entry) = self.cache.get(&key) {
            return entry.reading;
        }
        let reading = Arc::new(self.judge(text));
        let bytes = match &*reading {
            Reading::Ready(_) => Self::ENTRY + Self::GROWTH * text.len() as u64,
            Reading::Refused(_) | Reading::Broken(_) => Self::ENTRY,
        };
        self.cache.insert(key, Entry { reading: Arc::clone(&reading), bytes });
        reading
    }

    fn judge(&self, text: &str) -> Reading {
        match guard::read(text, &self.limits) {
            Ok(document) => Reading::Ready(Box::new(document)),
            Err(Unreadable::Refused(refusal)) => Reading::Refused(refusal),
            Err(Unreadable::Broken(syntax)) => Reading::Broken(syntax),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_once_also_when_refused() {
        let documents = Documents::new(Limits::default());
        for text in ["{ a }", "{ a", &"{a".repeat(100)] {
            assert!(Arc::ptr_eq(&documents.read(text), &documents.read(text)), "{text}");
        }
        assert!(matches!(&*documents.read("{ a }"), Reading::Ready(_)));
        assert!(matches!(&*documents.read("{ a"), Reading::Broken(_)));
        assert_eq!(documents.cache.len(), 3);
        let long = " ".repeat(65 * 1024);
        assert!(matches!(&*documents.read(&long), Reading::Refused(_)));
        assert_eq!(documents.cache.len(), 3);
    }

    #[test]
    fn the_cache_stays_within_its_bytes() {
        let documents = Documents::new(Limits::default());
        for i in 0..200 {
            documents.read(&format!("{{ a{i} }} #{}", "x".repeat(60_000)));
        }
        assert!(documents.cache.weight() <= Documents::CAPACITY);
        assert!(documents.cache.len() < 20);
        for i in 0..100_000 {
            documents.read(&format!("{{ a{i}"));
        }
        assert!(documents.cache.weight() <= Documents::CAPACITY);
    }
}
