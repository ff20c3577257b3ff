//! How much of the world one archive may take, and what stopped its reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much one archive may unpack to, with everything that is packed inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes that come out of decompression, and out of archives inside archives.
    pub unpacked: u64,
    /// Most entries, over all archives inside archives.
    pub entries: u64,
    /// Most bytes that one compressed byte may become.
    pub ratio: u64,
    /// So many bytes may come out of a compressed stream before its ratio counts: an empty disk image is honest.
    pub ratio_from: u64,
    /// How deep archives may nest.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // The best that DEFLATE can do is 1032 to 1 (RFC 1951: 258 bytes from two bits); nobody packs programs near that.
        Self { unpacked: 64 << 30, entries: 2_000_000, ratio: 500, ratio_from: 256 << 20, depth: 8 }
    }
}

/// What stopped the reading of an archive, or of one entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A limit was hit: there may be more.
    #[error("more than {most} {what}: the rest was not read")]
    Limit {
        /// What was counted.
        what: &'static str,
        /// How many are allowed.
        most: u64,
    },
    /// The bytes are not what the format asks for.
    #[error("{0}")]
    Damaged(String),
}

impl From<std::io::Error> for Problem {
    /// Decoders report through `io::Error`; a limit comes back out of it as the limit that it is.
    fn from(error: std::io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        inner.cloned().unwrap_or_else(|| Self::Damaged(error.to_string()))
    }
}

impl From<Problem> for std::io::Error {
    fn from(problem: Problem) -> Self {
        Self::other(problem)
    }
}

/// What one archive, with all that is in it, has taken so far. Clones count together.
#[derive(Debug, Clone)]
pub struct Gauge {
    limits: Limits,
    depth: usize,
    unpacked: Arc<AtomicU64>,
    entries: Arc<AtomicU64>,
}

impl Gauge {
    /// Nothing taken yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, depth: 0, unpacked: Arc::default(), entries: Arc::default() }
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The gauge of an archive inside this one.
    pub fn deeper(&self) -> Result<Self, Problem> {
        if self.depth >= self.limits.depth {
            return Err(Problem::Limit {
                what: "archives inside each other",
                most: self.limits.depth as u64,
            });
        }
        Ok(Self { depth: self.depth + 1, ..self.clone() })
    }

    /// Counts an entry.
    pub(crate) fn entry(&self) -> Result<(), Problem> {
        take(&self.entries, 1, self.limits.entries, "entries")
    }

    /// Counts unpacked bytes.
    pub(crate) fn unpacked(&self, bytes: u64) -> Result<(), Problem> {
        take(&self.unpacked, bytes, self.limits.unpacked, "bytes unpacked")
    }

    /// A gauge for reading a second time what was measured the first time.
    pub(crate) fn again(&self) -> Self {
        Self { unpacked: Arc::default(), entries: Arc::default(), ..self.clone() }
    }

    /// A gauge for entries that were counted before, with content that was not.
    pub(crate) fn recount(&self) -> Self {
        Self { entries: Arc::default(), ..self.clone() }
    }
}

fn take(counter: &AtomicU64, by: u64, most: u64, what: &'static str) -> Result<(), Problem> {
    let before = counter.fetch_add(by, Ordering::Relaxed);
    if before.saturating_add(by) > most { Err(Problem::Limit { what, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_survives_its_way_through_a_decoder() {
        let limit = Problem::Limit { what: "entries", most: 3 };
        assert_eq!(Problem::from(std::io::Error::from(limit.clone())), limit);
        assert_eq!(limit.to_string(), "more than 3 entries: the rest was not read");
    }

    #[test]
    fn archives_inside_each_other_count_together() {
        let outer = Gauge::new(Limits { entries: 2, depth: 1, ..Limits::default() });
        let inner = outer.deeper().unwrap();
        outer.entry().unwrap();
        inner.entry().unwrap();
        assert!(outer.entry().is_err());
        assert!(inner.deeper().is_err());
    }
}
