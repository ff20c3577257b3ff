//! Facts of a program or library that a C, C++ or Rust compiler made.

use super::{BoringText, Constant};
use serde::Serialize;
use std::collections::BTreeMap;
use vocab::Sha256;

/// Facts of native code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct NativeFacts {
    /// Traces of cryptographic libraries.
    pub libraries: BTreeMap<CryptoLibrary, LibraryTrace>,
    /// Traces of Rust crates that implement cryptography, by crate name with hyphens.
    pub crates: BTreeMap<String, CrateTrace>,
    /// Names of cryptographic libraries that stand in the file as text, as `dlopen` takes them.
    pub named_libraries: Vec<Text>,
    /// Whether the program can load a library by name: it imports or defines `dlopen`.
    pub loads_libraries: bool,
    /// How many symbols were read.
    pub symbols: usize,
    /// What `.comment` says of the compilers and linkers.
    pub compilers: Vec<String>,
    /// The commit of the Rust compiler, from the paths of its standard library.
    pub rustc_commit: Option<String>,
    /// The crates that `cargo auditable` recorded, without those of build scripts. A list of crates, not of linked code.
    pub auditable: Option<Vec<AuditablePackage>>,
    /// Tables beyond those of [`super::BinaryFacts::constants`], and constants that stand in instructions.
    pub constants: Vec<Constant>,
    /// Where the code expands an AES key with the processor's instructions, which need no table.
    pub aes_instructions: Option<u64>,
    /// Bytes after everything that the headers account for.
    pub appended: Option<Appended>,
    /// A static BoringSSL-derived module.
    pub boring: Option<BoringText>,
    /// A BoringSSL-derived module in a shared library.
    pub boring_library: Option<BoringLibrary>,
    /// A provider of OpenSSL 3 that has an integrity value.
    pub provider: Option<Provider>,
    /// HMAC-SHA256 over the file, for a library whose vendors put that value into a file beside it
    /// ([`crate::integrity::hmac_file`]).
    pub integrity_hmac: Option<Sha256>,
    /// The name of an operating system whose vendor has libraries of his own validated.
    pub vendor: Option<Text>,
    /// The folders that were compiled into OpenSSL's libcrypto.
    pub openssl_folders: Option<OpenSslFolders>,
}

/// Libraries whose interface or text is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CryptoLibrary {
    /// OpenSSL, or a library with its interface that cannot be told from it.
    OpenSsl,
    /// `LibreSSL`.
    LibreSsl,
    /// BoringSSL.
    BoringSsl,
    /// AWS-LC.
    AwsLc,
    /// AWS-LC from a FIPS branch.
    AwsLcFips,
    /// Assembly of the CRYPTOGAMS collection, which the family of OpenSSL, ring and `GnuTLS` carry.
    Cryptogams,
    /// `GnuTLS`.
    GnuTls,
    /// Nettle and Hogweed.
    Nettle,
    /// Libgcrypt.
    Libgcrypt,
    /// NSS.
    Nss,
    /// Mbed TLS and TF-PSA-Crypto.
    MbedTls,
    /// wolfSSL and wolfCrypt.
    WolfSsl,
    /// libsodium.
    Libsodium,
    /// Crypto++.
    CryptoPp,
    /// Botan.
    Botan,
    /// `crypt()` of libcrypt or libxcrypt: hashing of passwords.
    Libcrypt,
    /// MIT Kerberos' libk5crypto.
    Kerberos,
    /// AES of the libyal collection, which its readers of disk images carry.
    Libcaes,
}

impl CryptoLibrary {
    /// The library's name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenSsl => "OpenSSL",
            Self::LibreSsl => "LibreSSL",
            Self::BoringSsl => "BoringSSL",
            Self::AwsLc => "AWS-LC",
            Self::AwsLcFips => "AWS-LC of a FIPS branch",
            Self::Cryptogams => "CRYPTOGAMS assembly",
            Self::GnuTls => "GnuTLS",
            Self::Nettle => "Nettle",
            Self::Libgcrypt => "Libgcrypt",
            Self::Nss => "NSS",
            Self::MbedTls => "Mbed TLS",
            Self::WolfSsl => "wolfSSL",
            Self::Libsodium => "libsodium",
            Self::CryptoPp => "Crypto++",
            Self::Botan => "Botan",
            Self::Libcrypt => "libcrypt",
            Self::Kerberos => "libk5crypto",
            Self::Libcaes => "libcaes",
        }
    }
}

/// What of a library is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct LibraryTrace {
    /// Functions and objects of its interface that the file defines.
    pub defined: Names,
    /// Functions of its interface that the file imports.
    pub imported: Names,
    /// Text that only the library's own code carries: the first piece of each pattern.
    pub code: Vec<Text>,
    /// Text that names a version; a header file is enough to bring it.
    pub banners: Vec<Text>,
    /// The version, where a symbol or text tells one.
    pub version: Option<String>,
}

/// Symbols that match: how many, and one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Names {
    /// How many different entries.
    pub count: usize,
    /// The first, as an example.
    pub example: String,
    /// Offset of its name.
    pub offset: u64,
}

/// A piece of text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it begins in the file.
    pub offset: u64,
}

/// What of a Rust crate is in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct CrateTrace {
    /// Its version, from the path of a source file.
    pub version: Option<String>,
    /// The first source path of it: the place of a panic in its code.
    pub path: Option<Text>,
    /// Its functions that the file defines.
    pub defined: Names,
}

/// A crate that `cargo auditable` recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditablePackage {
    /// Crate name.
    pub name: String,
    /// Crate version.
    pub version: String,
}

/// Bytes after everything that the headers account for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Appended {
    /// Where they begin.
    pub offset: u64,
    /// How many.
    pub size: u64,
}

/// A BoringSSL-derived module in a shared library, whose ends are exported symbols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoringLibrary {
    /// Offset of the hashed code.
    pub text_offset: u64,
    /// Number of bytes of hashed code.
    pub text_length: u64,
    /// Offset of the hashed constants.
    pub rodata_offset: u64,
    /// Number of bytes of hashed constants.
    pub rodata_length: u64,
    /// The module's own integrity value, recomputed.
    pub hmac: Sha256,
    /// Where that value stands in the file; absent when it does not.
    pub hmac_offset: Option<u64>,
    /// The `AWS-LC FIPS x.y.z` version string, when it lies inside what is hashed.
    pub version_string: Option<String>,
}

/// An OpenSSL 3 provider that calls itself a FIPS provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// The name that it reports.
    pub name: String,
    /// Offset of the name.
    pub offset: u64,
    /// The version that it reports, when exactly one text has the form of a version.
    pub version: Option<String>,
    /// The integrity value that `fipsmodule.cnf` must state (`module-mac`).
    pub mac: Sha256,
}

/// The folders that were compiled into libcrypto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenSslFolders {
    /// `OPENSSLDIR`: where `openssl.cnf` is read.
    pub configuration: String,
    /// `MODULESDIR`: where providers are loaded from.
    pub modules: Option<String>,
}
