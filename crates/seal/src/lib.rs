//! Keys and signatures: scanned binaries and an SBOM become signed, sealed, and a folder that appears at once.
//!
//! The only crate that touches a private key. What it signs was scanned, because it takes [`scan::Scanned`] and nothing
//! else; what it puts in place was verified, because [`StagedRelease::commit`] takes a [`manifest::Verified`].
//!
//! What is absent: toolchains, processes, prompts, the clock.

mod encrypted;
mod keyring;
mod passphrase;
mod release;
mod signer;

pub use encrypted::{ITERATIONS, Refused};
pub use keyring::{EXAMPLE_PASSPHRASE, KeyError, KeyRing, generate, private_file};
pub use passphrase::{Passphrase, PassphraseError};
pub use release::{
    Contents, File, Header, ScannedBinary, SealError, Sealed, Signed, StagedRelease,
};
pub use signer::{ArtifactKey, SIGNER_CERTIFICATE, SIGNER_MODULE, SealKey, SignError};
