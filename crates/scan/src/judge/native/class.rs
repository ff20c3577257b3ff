//! What a Rust crate's code in a program means.

/// What kind of code a crate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It implements ciphers, signatures, key agreement, authentication or derivation of keys.
    Cryptography,
    /// It implements hash functions only: programs use these for checksums and tables as well.
    Hash,
    /// It brings in a C library or calls one; the library's own code is what counts.
    Binding,
    /// It is arithmetic or a trait that others build on.
    Support,
}

const HASHES: &[&str] = &[
    "blake2",
    "blake2b_simd",
    "blake2s_simd",
    "blake3",
    "groestl",
    "keccak",
    "md-5",
    "md4",
    "md5",
    "ripemd",
    "ripemd160",
    "sha-1",
    "sha1",
    "sha1-checked",
    "sha1_smol",
    "sha2",
    "sha3",
    "sm3",
    "streebog",
    "tiger",
    "whirlpool",
];

const BINDINGS: &[&str] = &[
    "aws-lc-fips-sys",
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "boring-sys",
    "botan",
    "botan-src",
    "libsodium-sys",
    "libsodium-sys-stable",
    "mbedtls",
    "mbedtls-sys-auto",
    "openssl-src",
    "openssl-sys",
    "symcrypt",
    "symcrypt-sys",
    "wolfssl-sys",
];

const SUPPORT: &[&str] = &["crypto-bigint", "num-bigint-dig"];

pub(super) fn of(name: &str) -> Class {
    if HASHES.contains(&name) {
        Class::Hash
    } else if BINDINGS.contains(&name) {
        Class::Binding
    } else if SUPPORT.contains(&name) {
        Class::Support
    } else {
        Class::Cryptography
    }
}

/// Which of the crates that `cargo auditable` lists implement cryptography or bring it in.
pub(super) fn is_cryptographic(name: &str) -> bool {
    inspect::known_crates().contains(&name) && of(name) != Class::Support
}
