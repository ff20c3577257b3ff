//! The folder of a release while it is made: large files are written straight into it, one after the other, and their
//! digests are taken on the way.

use crate::error::SealError;
use camino::{Utf8Path, Utf8PathBuf};
use manifest::{Archive, Digester, Digests, Member, ReleasePath};
use std::io::{self, BufWriter, Write};

/// A new folder beside the place of a release. Dropped, it vanishes.
#[derive(Debug)]
#[must_use = "a release folder vanishes unless it is staged and committed"]
pub struct ReleaseFolder {
    staged: files::Staged,
    target: Utf8PathBuf,
}

/// A file that was written to a release folder.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a file that no entry names is refused by every verification"]
pub struct Written {
    path: ReleasePath,
    size: u64,
    digest: Digests,
}

impl ReleaseFolder {
    /// An empty folder beside `target`. Nothing at `target` changes.
    pub fn beside(target: &Utf8Path) -> Result<Self, SealError> {
        let staged = files::Staged::beside(target)
            .map_err(|source| SealError::Write { target: target.to_owned(), source })?;
        Ok(Self { staged, target: target.to_owned() })
    }

    /// Writes one file of it.
    pub fn write(
        &self,
        path: ReleasePath,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Written, SealError> {
        let write = || {
            let file = files::NewFile::create(&self.staged.path().join(path.as_str()))?;
            let mut out = Digester::new(BufWriter::with_capacity(1 << 20, file));
            fill(&mut out)?;
            let (out, digest, size) = out.finish();
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.finish(files::Mode::Plain)?;
            Ok((digest, size))
        };
        let (digest, size) = write().map_err(|source| self.failed(source))?;
        Ok(Written { path, size, digest })
    }

    /// A file of it, as it now lies on the disk.
    pub fn read(&self, file: &Written) -> Result<Vec<u8>, SealError> {
        files::read(&self.staged.path().join(file.path.as_str()), file.size)
            .map_err(|source| self.failed(source))
    }

    pub(crate) fn failed(&self, source: files::FileError) -> SealError {
        SealError::Write { target: self.target.clone(), source }
    }

    pub(crate) fn into_parts(self) -> (files::Staged, Utf8PathBuf) {
        (self.staged, self.target)
    }

    pub(crate) fn path(&self) -> &Utf8Path {
        self.staged.path()
    }
}

impl Written {
    /// Its path in the release.
    pub fn path(&self) -> &ReleasePath {
        &self.path
    }
    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
    /// Its digests.
    pub fn digest(&self) -> Digests {
        self.digest
    }
    /// The entry of an archive with these members.
    pub fn archive(&self, members: Vec<Member>) -> Archive {
        Archive { path: self.path.clone(), size: self.size, digest: self.digest, members }
    }
}
