//! A program that may be signed: its bytes were scanned and hashed together, so that nobody can put others in their place
//! in between, and they need not stay in memory until the gate has opened.

use crate::error::SealError;
use crate::signer::SignError;
use catalog::Allow;
use manifest::{Digests, PAE_PREFIX};
use scan::{FileTree, Scanned, Scanner};
use vocab::Sha512;

/// A scanned program with its digests. Only a scan makes one.
#[derive(Debug, Clone)]
#[must_use = "what was scanned has not been judged by the gate"]
pub struct ScannedProgram {
    scanned: Scanned,
    sha512: Sha512,
}

impl ScannedProgram {
    /// Scans a program. `path` is what the report calls it, `allow` are the recipe's answers.
    pub fn new(
        scanner: &Scanner<'_>,
        path: &str,
        bytes: &[u8],
        allow: &[Allow],
    ) -> Result<Self, SealError> {
        Self::of(path, bytes, || scanner.scan(path, bytes, allow))
    }

    /// Scans a program that stands at `place` of a tree of files.
    pub fn within(
        scanner: &Scanner<'_>,
        tree: &FileTree,
        (path, place): (&str, &str),
        bytes: &[u8],
        allow: &[Allow],
    ) -> Result<Self, SealError> {
        Self::of(path, bytes, || scanner.scan_in(tree, (path, place), bytes, allow))
    }

    fn of(
        path: &str,
        bytes: &[u8],
        scan: impl FnOnce() -> Scanned + Send,
    ) -> Result<Self, SealError> {
        if bytes.starts_with(PAE_PREFIX) {
            return Err(SealError::Sign { what: path.to_owned(), source: SignError::PaeAsFile });
        }
        let (scanned, sha512) = rayon::join(scan, || Sha512::of(bytes));
        Ok(Self { scanned, sha512 })
    }

    /// The scan.
    pub fn scanned(&self) -> &Scanned {
        &self.scanned
    }

    /// Both digests of the bytes that were scanned.
    pub fn digests(&self) -> Digests {
        Digests { sha256: self.scanned.sha256(), sha512: self.sha512 }
    }
}
