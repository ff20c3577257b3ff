//! The tool's own cryptography: hashes, HMAC, RSA signatures, and what opens a private key at rest.
//!
//! Two providers stand behind it, and which one is compiled in is a choice of the build: feature `rustcrypto`, the
//! default, is pure Rust and not validated; feature `fips` is AWS-LC FIPS 3.1.0, linked statically (CMVP certificate
//! #5314). No other crate of the workspace names a cryptographic library; `deny.toml` holds them to it.

#[cfg(feature = "fips")]
mod aws_lc;
#[cfg(all(feature = "rustcrypto", not(feature = "fips")))]
mod rustcrypto;
#[cfg(not(any(feature = "rustcrypto", feature = "fips")))]
compile_error!("`crypto` needs a provider: feature `rustcrypto` or feature `fips`");

#[cfg(feature = "private-keys")]
pub mod at_rest;
mod contract;
pub mod rsa;

use contract::Contract as _;
use std::fmt;

#[cfg(feature = "fips")]
use aws_lc as provider;
#[cfg(all(feature = "rustcrypto", not(feature = "fips")))]
use rustcrypto as provider;

pub use provider::{
    HmacSha224, HmacSha256, HmacSha384, HmacSha512, PROVIDER, Sha224, Sha256, Sha384, Sha512,
};

/// Who does the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider {
    /// The library or the validated module; a module by its id in `manifests/modules.toml`.
    pub module: &'static str,
    /// The number of the module's CMVP certificate, or `none`.
    pub certificate: &'static str,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certificate {
            "none" => write!(f, "{}, not validated", self.module),
            number => write!(f, "{}, CMVP certificate #{number}", self.module),
        }
    }
}

/// The provider was built to work in FIPS mode only, and does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cryptographic module `{module}` is not in FIPS mode: {why}")]
pub struct NotApproved {
    /// The module.
    pub module: &'static str,
    /// What it said.
    pub why: &'static str,
}

/// Whether the provider may work: a validated one must be in FIPS mode, with its self-tests passed. To be asked once, before
/// anything else, by every program.
pub fn ready() -> Result<Provider, NotApproved> {
    provider::Module::approved_mode()
        .map_err(|why| NotApproved { module: PROVIDER.module, why })?;
    Ok(PROVIDER)
}

/// A hash function of the SHA-2 family (FIPS 180-4), fed piece by piece.
pub trait Hash: Clone {
    /// The digest's bytes.
    type Output: AsRef<[u8]> + Copy + PartialEq;
    /// Nothing hashed yet.
    fn new() -> Self;
    /// Takes the next piece.
    fn update(&mut self, bytes: &[u8]);
    /// The digest of all pieces.
    fn finish(self) -> Self::Output;
    /// The digest of `bytes`.
    fn of(bytes: &[u8]) -> Self::Output {
        let mut hash = Self::new();
        hash.update(bytes);
        hash.finish()
    }
}

/// A message authentication code, HMAC (FIPS 198-1), fed piece by piece.
pub trait Mac {
    /// The code's bytes.
    type Output: AsRef<[u8]> + Copy + PartialEq;
    /// A key of any length.
    fn new(key: &[u8]) -> Self;
    /// Takes the next piece.
    fn update(&mut self, bytes: &[u8]);
    /// The code of all pieces.
    fn finish(self) -> Self::Output;
    /// The code of `bytes` under `key`.
    fn of(key: &[u8], bytes: &[u8]) -> Self::Output
    where
        Self: Sized,
    {
        let mut mac = Self::new(key);
        mac.update(bytes);
        mac.finish()
    }
}

#[cfg(test)]
mod tests;
