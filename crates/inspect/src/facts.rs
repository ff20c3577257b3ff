//! What was read from the bytes of one file: facts with offsets, and no judgement.
//!
//! Every offset is an offset into the file that was inspected. Text from the file is kept as it was found, lossily made
//! UTF-8 and cut to a length; whoever prints it escapes it.

pub use crate::go::version::{GoVendor, GoVersion};
mod native;

pub use native::{
    Appended, AuditablePackage, BoringLibrary, CrateTrace, CryptoLibrary, LibraryTrace, Names,
    NativeFacts, OpenSslFolders, Provider, Text,
};

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Sha256, Sha512};

/// The kind of a file, from its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// An ELF file.
    Elf,
    /// A Windows executable.
    Pe,
    /// A macOS executable.
    MachO,
    /// An archive: tar, gzip, zip, ar.
    Archive,
    /// A Java archive.
    Jar,
    /// A single Java class.
    JavaClass,
    /// The metadata of a Python package that implements cryptography in Python.
    PythonPackage,
    /// A script that begins with `#!`.
    Script,
    /// UTF-8 text or an empty file.
    Text,
    /// Anything else.
    #[default]
    Other,
}

/// Everything that was read from one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct BinaryFacts {
    /// The kind of the file.
    pub kind: FileKind,
    /// Set for a program or library whose container could be read.
    pub program: Option<ProgramFacts>,
    /// Set when something of a Go program was found.
    pub go: Option<GoFacts>,
    /// Set for a Java archive.
    pub java: Option<JavaFacts>,
    /// Set for the metadata of a Python package that implements cryptography in Python.
    pub python: Option<PythonPackage>,
    /// Set for an ELF file that is no Go program, and for a Go program that links C code.
    pub native: Option<NativeFacts>,
    /// Tables of constants of well-known algorithms: cryptography is present, whoever wrote it.
    pub constants: Vec<Constant>,
    /// Set when the program's code is packed, so that nothing in it can be read.
    pub packed: Option<Packed>,
    /// What could not be read, and why: a truncated table, a limit that was hit. Never empty silently.
    pub problems: Vec<Problem>,
}

/// Code that unfolds when the program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// What packed it, when it says so. Otherwise the executable bytes are too dense to be code.
    pub by: Option<&'static str>,
    /// Offset of what shows it.
    pub offset: u64,
}

/// A part of the file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What was being read.
    pub what: &'static str,
    /// Why it could not be, as a sentence for people.
    pub why: String,
}

/// Facts of a program's container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgramFacts {
    /// Which container it is.
    pub format: Format,
    /// The instruction set.
    pub machine: Machine,
    /// Executable, shared object, or what else.
    pub program_type: ProgramType,
    /// Word size: 32 or 64.
    pub bits: u8,
    /// Whether integers are little-endian.
    pub little_endian: bool,
    /// `PT_INTERP`, if any.
    pub interpreter: Option<String>,
    /// The library's own name: `DT_SONAME`.
    pub soname: Option<String>,
    /// Libraries that are needed, in file order: `DT_NEEDED`.
    pub needed: Vec<String>,
    /// Folders of `DT_RPATH` (ignored by the loader where there is a `DT_RUNPATH`), unexpanded, in order.
    pub rpath: Vec<String>,
    /// Folders of `DT_RUNPATH`, unexpanded, in order.
    pub runpath: Vec<String>,
    /// Whether there is a symbol table.
    pub has_symbols: bool,
}

/// The container of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// ELF.
    Elf,
    /// Portable Executable.
    Pe,
    /// Mach-O.
    MachO,
}

/// The instruction set: `e_machine`, or what the container has in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Machine {
    /// x86, 64 bits.
    Amd64,
    /// `AArch64`.
    Arm64,
    /// x86, 32 bits.
    X86,
    /// Arm, 32 bits.
    Arm,
    /// RISC-V, 64 bits.
    Riscv64,
    /// POWER, 64 bits, of either byte order.
    Ppc64,
    /// IBM Z, 64 bits.
    S390x,
    /// MIPS, of either width and byte order.
    Mips,
    /// `LoongArch`, 64 bits.
    Loong64,
    /// Any other, by its ELF number, or zero.
    Other(u16),
}

/// `e_type`, or what the container has in its place, as far as we care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramType {
    /// `ET_EXEC`, `MH_EXECUTE`, a PE executable.
    Executable,
    /// `ET_DYN`: a shared object or a position-independent executable; `MH_DYLIB`, `MH_BUNDLE`, a DLL.
    Dynamic,
    /// `ET_REL`, `MH_OBJECT`: part of a program to be.
    Object,
    /// Any other, by its number.
    Other(u16),
}

/// Facts of a Go program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct GoFacts {
    /// Which compiler made it.
    pub compiler: GoCompiler,
    /// The build information the Go command wrote. It is a claim: nothing here is proof of what was linked.
    pub build_info: Option<BuildInfo>,
    /// The functions named in the pclntab, by package. Empty when no pclntab was found (see `problems`).
    pub packages: BTreeMap<String, Package>,
    /// The functions of [`MARKERS`] that the pclntab names.
    pub markers: BTreeMap<&'static str, Marker>,
    /// Whether a pclntab was found and read to its end.
    pub functions_complete: bool,
    /// How many function names the pclntab holds.
    pub function_count: usize,
    /// The marker functions of `crypto/internal/boring/sig`, found as bytes (amd64 only) in executable segments.
    pub signatures: Vec<Signature>,
    /// Packages of `golang.org/x/crypto` whose linked code refuses to work under `fips140=only`.
    pub self_blocking: BTreeSet<String>,
    /// The `.go.fipsinfo` record of Go 1.24 and later; its presence alone means nothing.
    pub fips_info: Option<FipsInfo>,
    /// The value of the variable `runtime.godebugDefault`: the program's real default GODEBUG, whatever build info says.
    pub godebug_default: GodebugDefault,
    /// The static BoringCrypto module, when one was found.
    pub boring: Option<BoringText>,
}

/// A compiler of Go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum GoCompiler {
    /// The Go project's own. Only its programs have the tables that are read here.
    #[default]
    Gc,
    /// GCC's.
    Gccgo,
    /// `TinyGo`.
    TinyGo,
}

/// `runtime/debug.BuildInfo` as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct BuildInfo {
    /// Offset of the record.
    pub offset: u64,
    /// The Go version string, for instance `go1.27.4-X:boringcrypto`.
    pub go_version: String,
    /// The same taken apart; absent when it is no version of Go (see `problems`).
    pub version: Option<GoVersion>,
    /// The main package's import path.
    pub path: String,
    /// The main module.
    pub main: Option<GoModule>,
    /// Every other module linked, in file order; a replaced one carries its replacement.
    pub deps: Vec<GoModule>,
    /// Build settings by key; the last of duplicate keys wins, and a duplicate is a problem.
    pub settings: BTreeMap<String, String>,
}

/// A module in build information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct GoModule {
    /// Module path.
    pub path: String,
    /// Module version.
    pub version: String,
    /// The `h1:` sum, empty where the Go command wrote none.
    pub sum: String,
    /// The module that stands in for it.
    pub replace: Option<Box<GoModule>>,
}

/// A package in the pclntab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Package {
    /// How many of its functions are named.
    pub functions: usize,
    /// Offset of the first name.
    pub offset: u64,
    /// The first name, as an example.
    pub example: String,
}

/// Function names, or beginnings of names, that rules ask for one by one. An entry that ends in `_` is a beginning. A
/// function counts for every entry that it matches.
pub const MARKERS: &[&str] = &[
    "crypto/internal/boring._Cfunc__goboringcrypto_",
    // Red Hat's Go before 1.22: the same package calls the OpenSSL that it loads.
    "crypto/internal/boring._Cfunc__goboringcrypto_DLOPEN_OPENSSL",
    "crypto/internal/boring/sig.BoringCrypto",
    "crypto/internal/boring/sig.StandardCrypto",
    "crypto/internal/boring/sig.FIPSOnly",
    "crypto/tls/fipsonly.init",
    "crypto/tls.(*Conn).Handshake",
    "crypto/tls.(*Conn).HandshakeContext",
];

/// A function of [`MARKERS`] that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct Marker {
    /// How many functions match.
    pub functions: usize,
    /// Offset of the first name.
    pub offset: u64,
}

/// One marker function found by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Which.
    pub kind: SignatureKind,
    /// Where.
    pub offset: u64,
}

/// The marker functions of `crypto/internal/boring/sig`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureKind {
    /// `sig.BoringCrypto`: BoringCrypto is linked.
    BoringCrypto,
    /// `sig.StandardCrypto`: Go's own cryptography is linked.
    StandardCrypto,
    /// `sig.FIPSOnly`: `crypto/tls/fipsonly` is linked.
    FipsOnly,
}

/// The `.go.fipsinfo` record and the HMAC over what it covers (cmd/link/internal/ld/fips140.go).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FipsInfo {
    /// Offset of the record.
    pub offset: u64,
    /// The HMAC-SHA256 that the linker wrote; all zero when it wrote none.
    pub stated: Sha256,
    /// The HMAC-SHA256 of the covered bytes in this file; absent when a range lies outside the file (see `problems`).
    pub computed: Option<Sha256>,
    /// How many bytes are covered.
    pub covered: u64,
    /// The linker measured other bytes: the value it wrote is that of the ranges as the file stores them, before the
    /// dynamic linker relocates them. Go expects the system's linker to store what a relocation will make; lld does not.
    pub mislinked: bool,
}

/// What `runtime.godebugDefault` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum GodebugDefault {
    /// The variable was found and is empty.
    Empty,
    /// The variable was found and holds this text.
    Value {
        /// The text.
        text: String,
        /// Offset of the text.
        offset: u64,
    },
    /// The variable could not be located: see `problems`; or, without a problem, nothing in the program reads it.
    #[default]
    NotFound,
}

/// The hashed text of a static BoringSSL-derived module, found without symbols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoringText {
    /// Offset of the first hashed byte.
    pub offset: u64,
    /// Number of hashed bytes.
    pub length: u64,
    /// SHA-256 of the hashed bytes.
    pub text_sha256: Sha256,
    /// The module's own integrity value, recomputed: HMAC-SHA256, key of 32 zero bytes.
    pub hmac: Sha256,
    /// The same with HMAC-SHA512, as modules before 2022 have it; computed only when the file does not hold the other.
    pub hmac_sha512: Option<Sha512>,
    /// Where that value (either) stands in the file; absent when it does not, which is what tampering looks like.
    pub hmac_offset: Option<u64>,
    /// SHA-256 of each run that the caller asked for ([`crate::Limits::boring_runs`]) and that fits this machine and file:
    /// the module's fingerprint, when the registry knows one of them.
    pub fingerprints: Vec<Fingerprint>,
    /// The `AWS-LC FIPS x.y.z` version string, when it lies inside the hashed text.
    pub version_string: Option<String>,
}

/// A run of module text that every link copies verbatim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fingerprint {
    /// Offset of the run.
    pub offset: u64,
    /// Length of the run.
    pub length: u64,
    /// SHA-256 of the run as it is in this file.
    pub sha256: Sha256,
}

/// A table of constants of a well-known algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Constant {
    /// The algorithm, for instance `SHA-256 K`.
    pub algorithm: &'static str,
    /// Offset of the first occurrence.
    pub offset: u64,
    /// How many occurrences.
    pub count: usize,
}

/// Facts of a Java archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct JavaFacts {
    /// Its name in its manifest.
    pub name: Option<String>,
    /// Its version in its manifest: a claim.
    pub version: Option<String>,
    /// How many classes it holds.
    pub classes: usize,
    /// Implementations of cryptography, by a class that only they have.
    pub implementations: Vec<JavaImplementation>,
    /// The integrity value that BC-FJA checks at start, when the archive states one.
    pub bouncy_castle: Option<JarHmac>,
    /// Whether its classes use the platform's cryptography: which provider serves them is decided elsewhere.
    pub platform: Option<PlatformUse>,
    /// Constants of well-known algorithms in its classes; the offset is that of the first class's entry.
    pub constants: Vec<Constant>,
}

/// An implementation of cryptography in a Java archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JavaImplementation {
    /// Whose it is.
    pub name: &'static str,
    /// The entry that shows it.
    pub class: String,
    /// Whether it stands in another package than its own ("shaded").
    pub relocated: bool,
}

/// BC-FJA's integrity value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct JarHmac {
    /// As the archive states it; absent when that is no HMAC-SHA256 in hex.
    pub stated: Option<Sha256>,
    /// As the archive's entries give it; absent when one could not be read.
    pub computed: Option<Sha256>,
}

/// Classes that use the platform's cryptography.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlatformUse {
    /// The first class that does.
    pub class: String,
    /// What it names.
    pub what: String,
    /// How many classes do.
    pub classes: usize,
}

/// A Python package that implements cryptography in Python.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PythonPackage {
    /// Its normalised name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it implements.
    pub implements: &'static str,
}
