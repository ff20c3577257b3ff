//! Keys and signatures: scanned binaries and an SBOM become signed, sealed, and a folder that appears at once.
//!
//! The only crate that touches a private key. What it signs was scanned, because it takes [`ScannedProgram`] and nothing
//! else; what it puts in place was verified, because [`StagedRelease::commit`] takes a [`manifest::Verified`].
//!
//! What is absent: toolchains, processes, prompts, the clock.

mod contents;
mod encrypted;
mod error;
mod folder;
mod keyring;
mod passphrase;
mod program;
mod sealed;
mod signed;
mod signer;

pub use contents::{Contents, File, Header, Reread, ScannedBinary};
pub use encrypted::{ITERATIONS, Refused};
pub use error::SealError;
pub use folder::{ReleaseFolder, Written};
pub use keyring::{EXAMPLE_PASSPHRASE, KeyError, KeyRing, generate, private_file};
pub use passphrase::{Passphrase, PassphraseError};
pub use program::ScannedProgram;
pub use sealed::{Sealed, StagedRelease};
pub use signed::Signed;
pub use signer::{ArtifactKey, SIGNER, SealKey, SignError};
