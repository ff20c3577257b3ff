//! Bytes in, facts out. `inspect` reads what cryptography a binary contains and how it was built, from its bytes alone.
//!
//! No I/O, no unsafe code, no indexing, no policy and no registry: it says what is there, and where. Hostile input is
//! expected: every read is checked against the file, every table against [`Limits`], and what could not be read is a
//! [`Problem`](facts::Problem), never a panic.

mod boring;
mod bytes;
mod code;
mod constants;
mod elf;
pub mod facts;
mod go;
mod hidden;
pub mod integrity;
mod kind;
mod native;
pub mod openssl_conf;
mod problems;

pub use facts::BinaryFacts;

use facts::FileKind;
use problems::Problems;
use vocab::Arch;

/// How much of a file a parser may take, and what it is to measure in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Most function names read from a pclntab.
    pub functions: usize,
    /// Most packages told apart in a pclntab.
    pub packages: usize,
    /// Longest build information, in bytes.
    pub build_info: usize,
    /// Most sections, segments or dynamic entries.
    pub elf_entries: usize,
    /// Most symbols of one table.
    pub symbols: usize,
    /// Longest list of crates that `cargo auditable` wrote, unpacked, in bytes.
    pub auditable: usize,
    /// The runs of module text to hash when a BoringSSL-derived module is found. Where they begin and end is a property
    /// of each object file that was ever shipped, which the registry knows and this crate does not.
    pub boring_runs: Vec<Run>,
}

/// A run of bytes in a module's text that the linker copies as it is, because no relocation falls into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The instruction set of the module.
    pub arch: Arch,
    /// Where the run begins, counted from the beginning of the text.
    pub start: u64,
    /// Its length in bytes.
    pub length: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            functions: 4_000_000,
            packages: 65_536,
            build_info: 16 << 20,
            elf_entries: 65_536,
            symbols: 4_000_000,
            auditable: 8 << 20,
            boring_runs: Vec::new(),
        }
    }
}

/// The kind of a file, from its first bytes: what a walk asks before it decides to look closer.
pub fn file_kind(bytes: &[u8]) -> FileKind {
    kind::kind(bytes)
}

/// Reads the facts of one file. It never fails: what cannot be read is in [`BinaryFacts::problems`].
pub fn inspect(bytes: &[u8], limits: &Limits) -> BinaryFacts {
    let mut facts = BinaryFacts {
        kind: kind::kind(bytes),
        program: None,
        go: None,
        native: None,
        constants: Vec::new(),
        problems: Vec::new(),
    };
    if facts.kind != FileKind::Elf {
        return facts;
    }
    let mut problems = Problems::default();
    if let Some(image) = elf::Image::load(bytes, limits, &mut problems) {
        let found = constants::find(&image);
        facts.go = go::read(&image, limits, found.boring_markers, &mut problems);
        let program = image.facts();
        if facts.go.as_ref().is_none_or(links_c) {
            let native =
                native::read(&image, &program, limits, found.boring_markers, &mut problems);
            facts.native = Some(native);
        }
        facts.program = Some(program);
        facts.constants = found.constants;
    }
    facts.problems = problems.into_list();
    facts
}

/// Whether a Go program links code of another compiler: then the package that calls it is there.
fn links_c(go: &facts::GoFacts) -> bool {
    !go.functions_complete || go.packages.contains_key("runtime/cgo")
}

/// The Rust crates that are looked for, by name.
pub fn known_crates() -> &'static [&'static str] {
    native::known_crates()
}
