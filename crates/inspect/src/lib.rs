//! Bytes in, facts out. `inspect` reads what cryptography a binary contains and how it was built, from its bytes alone.
//!
//! No I/O, no unsafe code, no indexing, no policy and no registry: it says what is there, and where. Hostile input is
//! expected: every read is checked against the file, every table against [`Limits`], and what could not be read is a
//! [`Problem`](facts::Problem), never a panic.

mod boring;
mod bytes;
mod code;
mod constants;
pub mod facts;
mod foreign;
mod go;
mod hidden;
mod image;
pub mod integrity;
mod java;
mod kind;
pub mod names;
mod native;
pub mod openssl_conf;
mod packed;
mod problems;
mod python;
mod search;

pub use facts::BinaryFacts;

use facts::{FileKind, Format};
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
    /// Most entries of a Java archive.
    pub jar_entries: usize,
    /// Longest entry of a Java archive, in bytes.
    pub jar_entry: u64,
    /// Most bytes that the entries of a Java archive may unpack to.
    pub jar_unpacked: u64,
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
            jar_entries: 200_000,
            jar_entry: 32 << 20,
            jar_unpacked: 1 << 30,
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

/// The programs in a Mach-O file for several machines, each named by its machine. Each is to be inspected by itself.
/// Nothing when the file is none of these, or when a program's place is not in the file.
pub fn fat_members(bytes: &[u8]) -> Option<Vec<(String, &[u8])>> {
    image::members(bytes)
}

/// Reads the facts of one file. It never fails: what cannot be read is in [`BinaryFacts::problems`].
pub fn inspect(bytes: &[u8], limits: &Limits) -> BinaryFacts {
    let mut facts = BinaryFacts { kind: kind::kind(bytes), ..BinaryFacts::default() };
    let mut problems = Problems::default();
    if facts.kind == FileKind::Jar {
        facts.java = java::read(bytes, limits, &mut problems);
    } else if facts.kind == FileKind::JavaClass {
        facts.java = Some(java::class(bytes));
    } else if facts.kind == FileKind::PythonPackage {
        facts.python = python::read(bytes);
    } else if let Some(image) = image::Image::load(facts.kind, bytes, limits, &mut problems) {
        let hits = search::run(&image);
        facts.go = go::read(&image, limits, &hits, &mut problems);
        // Go's tables cannot be read in a packed program, so whoever has them is none.
        if facts.go.as_ref().is_none_or(|go| !go.functions_complete) {
            facts.packed = packed::find(&image);
        }
        let program = image.facts();
        if program.format == Format::Elf && facts.go.as_ref().is_none_or(links_c) {
            facts.native = Some(native::read(
                &image,
                &program,
                limits,
                &hits,
                facts.go.is_some(),
                &mut problems,
            ));
        }
        facts.program = Some(program);
        facts.constants = constants::read(&hits);
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
