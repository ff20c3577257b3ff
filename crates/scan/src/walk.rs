//! Files, folders and archives: what was asked for, taken apart into artifacts, in parallel and with limits.
//!
//! A file that was named is always an artifact. In a folder or an archive, programs and archives are artifacts; text,
//! scripts and data are counted as skipped. Symlinks are not followed: what they point to is scanned where it is.

mod archive;

use crate::judge;
use crate::report::ArtifactReport;
use crate::summary::ScanReport;
use crate::{Scanner, rules};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Allow;
use files::{EntryKind, FileError};
use inspect::facts::FileKind;
use rayon::prelude::*;

/// How much of the world one scan may take.
#[derive(Debug, Clone, Copy)]
pub struct WalkLimits {
    /// Largest file or archive member, in bytes.
    pub file: u64,
    /// Most bytes an archive may unpack to.
    pub unpacked: u64,
    /// Most members of an archive.
    pub members: usize,
    /// How deep archives may nest.
    pub depth: usize,
}

impl Default for WalkLimits {
    fn default() -> Self {
        Self { file: 2 << 30, unpacked: 16 << 30, members: 200_000, depth: 4 }
    }
}

/// Why a scan could not begin: the command line named something that cannot be scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A path that cannot be read.
    #[error("cannot scan `{path}`")]
    Unreadable {
        /// The path.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: FileError,
    },
}

/// What one file gave.
#[derive(Default)]
struct Outcome {
    artifacts: Vec<ArtifactReport>,
    skipped: u64,
}

impl Outcome {
    fn join(mut self, other: Self) -> Self {
        self.artifacts.extend(other.artifacts);
        self.skipped += other.skipped;
        self
    }
}

impl Scanner<'_> {
    /// Scans every path. Folders are walked; tar and tar.gz archives are opened in memory.
    pub fn scan_paths(
        &self,
        paths: &[Utf8PathBuf],
        limits: &WalkLimits,
        allow: &[Allow],
    ) -> Result<ScanReport, ScanError> {
        let mut files = Vec::new();
        for path in paths {
            let unreadable = |source| ScanError::Unreadable { path: path.clone(), source };
            let metadata = path.metadata().map_err(|source| unreadable(named(path, &source)))?;
            if metadata.is_dir() {
                let entries = files::walk(path).map_err(unreadable)?;
                files.extend(
                    entries
                        .into_iter()
                        .filter(|e| e.kind == EntryKind::File)
                        .map(|e| (path.join(e.path), false)),
                );
            } else {
                files.push((path.clone(), true));
            }
        }
        let walk = Walk { scanner: self, limits, allow };
        let outcomes: Result<Vec<Outcome>, ScanError> =
            files.par_iter().map(|(path, named)| walk.file(path, *named)).collect();
        let outcome = outcomes?.into_iter().fold(Outcome::default(), Outcome::join);
        Ok(ScanReport::new(self, outcome.artifacts, outcome.skipped))
    }
}

fn named(path: &Utf8Path, source: &std::io::Error) -> FileError {
    std::io::Error::new(source.kind(), format!("`{path}`: {source}")).into()
}

struct Walk<'a> {
    scanner: &'a Scanner<'a>,
    limits: &'a WalkLimits,
    allow: &'a [Allow],
}

impl Walk<'_> {
    fn file(&self, path: &Utf8Path, named: bool) -> Result<Outcome, ScanError> {
        match files::read(path, self.limits.file) {
            Ok(bytes) => Ok(self.bytes(path.as_str(), &bytes, named, 0)),
            Err(source) if named => Err(ScanError::Unreadable { path: path.to_owned(), source }),
            Err(error) => Ok(self.refused(path.as_str(), &[], &error.to_string())),
        }
    }

    /// One file's bytes, wherever they came from.
    fn bytes(&self, path: &str, bytes: &[u8], named: bool, depth: usize) -> Outcome {
        // Each program of a file for several machines is an artifact of its own.
        if let Some(programs) = inspect::fat_members(bytes) {
            let each = programs
                .iter()
                .map(|(machine, program)| self.artifact(&format!("{path}!{machine}"), program));
            return each.fold(Outcome::default(), Outcome::join);
        }
        match inspect::file_kind(bytes) {
            FileKind::Archive => match archive::open(bytes) {
                Some(_) if depth >= self.limits.depth => self.refused(
                    path,
                    bytes,
                    &format!("archives nest deeper than {} levels", self.limits.depth),
                ),
                Some(members) => self.archive(path, bytes, members, depth),
                None => self.artifact(path, bytes),
            },
            FileKind::Text | FileKind::Script | FileKind::Other if !named => {
                Outcome { skipped: 1, ..Outcome::default() }
            }
            _ => self.artifact(path, bytes),
        }
    }

    fn artifact(&self, path: &str, bytes: &[u8]) -> Outcome {
        let scanned = self.scanner.scan(path, bytes, self.allow);
        Outcome { artifacts: vec![scanned.report().clone()], skipped: 0 }
    }

    fn archive(
        &self,
        path: &str,
        bytes: &[u8],
        members: archive::Members<'_>,
        depth: usize,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let read = members.each(self.limits, &mut |name, member| {
            let inner = self.bytes(&format!("{path}!{name}"), member, false, depth + 1);
            outcome = std::mem::take(&mut outcome).join(inner);
        });
        match read {
            Ok(()) => outcome,
            // What was seen so far stays; the archive itself says that there is more.
            Err(why) => outcome.join(self.refused(path, bytes, &why)),
        }
    }

    /// Something that could not be read to its end: undetermined, with the reason.
    fn refused(&self, path: &str, bytes: &[u8], why: &str) -> Outcome {
        let finding = rules::UNREADABLE.finding(why, vec![]);
        let report = ArtifactReport {
            path: path.to_owned(),
            kind: "archive".to_owned(),
            sha256: vocab::Sha256::of(bytes),
            size: bytes.len() as u64,
            verdict: vocab::Verdict::Undetermined,
            label: vocab::Verdict::Undetermined.label(),
            reasons: vec![why.to_owned()],
            modules: vec![],
            findings: judge::answered(vec![finding], self.allow),
        };
        Outcome { artifacts: vec![report], skipped: 0 }
    }
}
