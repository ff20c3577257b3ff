//! Keys and signatures: scanned binaries and an SBOM become signed, sealed, and a folder that appears at once.
//!
//! The only crate that touches a private key. What it signs was scanned, because it takes [`scan::Scanned`] and nothing
//! else; what it puts in place was verified, because [`StagedRelease::commit`] takes a [`manifest::Verified`].
//!
//! What is absent: toolchains, processes, prompts, the clock.

mod contents;
mod encrypted;
mod error;
mod keyring;
mod passphrase;
mod sealed;
mod signed;
mod signer;

pub use contents::{Contents, File, Header, ScannedBinary};
pub use encrypted::{ITERATIONS, Refused};
pub use error::SealError;
pub use keyring::{EXAMPLE_PASSPHRASE, KeyError, KeyRing, generate, private_file};
pub use passphrase::{Passphrase, PassphraseError};
pub use sealed::{Sealed, StagedRelease};
pub use signed::Signed;
pub use signer::{ArtifactKey, SIGNER, SealKey, SignError};
