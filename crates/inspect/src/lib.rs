//! Bytes in, facts out. `inspect` reads what cryptography a binary contains and how it was built, from its bytes alone.
//!
//! No I/O, no unsafe code, no indexing, no policy and no registry: it says what is there, and where. Hostile input is
//! expected: every read is checked against the file, every table against [`Limits`], and what could not be read is a
//! [`Problem`](facts::Problem), never a panic.

pub mod facts;

pub use facts::BinaryFacts;

/// How much of a file a parser may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most function names read from a pclntab.
    pub functions: usize,
    /// Longest build information, in bytes.
    pub build_info: usize,
    /// Most sections, segments or dynamic entries.
    pub elf_entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { functions: 4_000_000, build_info: 16 << 20, elf_entries: 65_536 }
    }
}
