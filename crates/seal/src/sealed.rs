//! A sealed release on its way to its place: written beside it, verified there, and moved by one rename.

use crate::error::SealError;
use crate::folder::ReleaseFolder;
use camino::{Utf8Path, Utf8PathBuf};
use manifest::{Manifest, ReleasePath, Verified};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A sealed release, in memory.
#[derive(Debug)]
#[must_use = "a sealed release is not on disk yet"]
pub struct Sealed<'a> {
    manifest: Manifest,
    files: BTreeMap<ReleasePath, Cow<'a, [u8]>>,
}

impl<'a> Sealed<'a> {
    pub(crate) fn new(manifest: Manifest, files: BTreeMap<ReleasePath, Cow<'a, [u8]>>) -> Self {
        Self { manifest, files }
    }

    /// What was sealed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes every file that is not there yet to the release folder. Nothing at its final place changes.
    pub fn stage(self, folder: ReleaseFolder) -> Result<StagedRelease, SealError> {
        for (path, bytes) in &self.files {
            files::write(&folder.path().join(path.as_str()), bytes, files::Mode::Plain)
                .map_err(|source| folder.failed(source))?;
        }
        let (staged, target) = folder.into_parts();
        Ok(StagedRelease { staged, manifest: self.manifest, target })
    }
}

/// A complete release folder that has not taken its place yet. Dropped, it vanishes.
#[derive(Debug)]
#[must_use = "a staged release vanishes unless it is committed"]
pub struct StagedRelease {
    staged: files::Staged,
    manifest: Manifest,
    target: Utf8PathBuf,
}

impl StagedRelease {
    /// Where it stands now, to be verified.
    pub fn path(&self) -> &Utf8Path {
        self.staged.path()
    }

    /// Puts the folder in its place by one rename. It takes the proof that this very folder was verified: nothing
    /// unverified is released.
    pub fn commit(self, proof: &Verified) -> Result<Utf8PathBuf, SealError> {
        if proof.folder() != self.staged.path() || *proof.manifest() != self.manifest {
            return Err(SealError::OtherRelease);
        }
        let Self { staged, target, .. } = self;
        staged.commit().map_err(|source| SealError::Write { target, source })
    }
}
