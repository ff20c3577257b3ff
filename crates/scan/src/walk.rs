//! What was named on the command line, taken apart into artifacts: files, folders, archives, packages and images.
//!
//! Work goes in two stages. First every file of a root is read and inspected, in parallel and one at a time for each core,
//! and its bytes are dropped. Then every program is judged with the root around it, because which library a program
//! loads is decided there. Text, scripts and data are counted; what a symlink points to is scanned where it is.

mod container;
mod folder;
mod image;
mod intake;
mod outcome;
mod site;

pub use image::{ImageError, ImageScan};

use crate::Scanner;
use crate::scanner::Seen;
use crate::summary::ScanReport;
use crate::surroundings::Alone;
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Allow;
use files::FileError;
use intake::Load;
use outcome::Found;
use std::collections::BTreeMap;
use unpack::{Blob, Gauge};
use vocab::Sha256;

/// How much of the world one scan may take.
#[derive(Debug, Clone, Copy)]
pub struct WalkLimits {
    /// Largest program, in bytes: so much is in memory at a time, for each core.
    pub file: u64,
    /// How much an archive may unpack to, with all that is in it.
    pub archive: unpack::Limits,
}

impl Default for WalkLimits {
    fn default() -> Self {
        Self { file: 2 << 30, archive: unpack::Limits::default() }
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

impl Scanner<'_> {
    /// Scans every path: each folder is a root, each image and archive is one of its own, each file stands alone.
    pub fn scan_paths(
        &self,
        paths: &[Utf8PathBuf],
        limits: &WalkLimits,
        allow: &[Allow],
    ) -> Result<ScanReport, ScanError> {
        let walk = Walk::new(self, limits, allow);
        let found = paths.iter().map(|path| walk.named(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(walk.report(found.into_iter().fold(Found::default(), Found::join)))
    }

    /// Scans files as programs of the root at `root`, a folder: their libraries and their configuration are looked for in
    /// it. A path outside the folder, and one that is not there, is taken as a path inside the root.
    pub fn scan_in_root(
        &self,
        root: &Utf8Path,
        paths: &[Utf8PathBuf],
        limits: &WalkLimits,
        allow: &[Allow],
    ) -> Result<ScanReport, ScanError> {
        let walk = Walk::new(self, limits, allow);
        Ok(walk.report(walk.in_root(root, paths)?))
    }
}

/// One scan.
struct Walk<'a> {
    scanner: &'a Scanner<'a>,
    limits: &'a WalkLimits,
    allow: &'a [Allow],
    /// Answers for single programs, by their digests, in the place of `allow`.
    answers: Option<&'a BTreeMap<Sha256, Vec<Allow>>>,
    parser: inspect::Limits,
}

impl<'a> Walk<'a> {
    fn new(scanner: &'a Scanner<'a>, limits: &'a WalkLimits, allow: &'a [Allow]) -> Self {
        Self { scanner, limits, allow, answers: None, parser: scanner.limits() }
    }

    /// The answers that hold for a program of a root.
    fn answers_to(&self, program: Sha256) -> &'a [Allow] {
        match self.answers {
            None => self.allow,
            Some(answers) => answers.get(&program).map_or(&[], Vec::as_slice),
        }
    }

    fn report(&self, found: Found) -> ScanReport {
        let mut report = ScanReport::new(self.scanner, found.artifacts, found.skipped);
        report.roots = found.roots;
        report.roots.sort_by(|a, b| a.path.cmp(&b.path));
        report
    }

    /// Something that the command line names: symlinks are followed.
    fn named(&self, path: &Utf8Path) -> Result<Found, ScanError> {
        let real = real(path)?;
        if real.is_dir() {
            return Ok(self.folder(path, &real));
        }
        let blob = open(path, &real)?;
        let gauge = Gauge::new(self.limits.archive);
        let load = intake::load_file(&blob, path.as_str(), self.limits.file, None);
        Ok(match load {
            Load::Archive(blob) => self.container(path.as_str(), &blob, &gauge, Place::Named),
            Load::Program { bytes, zip, .. } => {
                let mut found = self.alone(path.as_str(), &bytes);
                drop(bytes);
                if let Some(blob) = zip {
                    found = found.join(self.container(path.as_str(), &blob, &gauge, Place::Inside));
                }
                found
            }
            Load::Failed(problem) => self.refused(path.as_str(), Some(&blob), &problem),
            // A file that was named is an artifact, whatever it is.
            Load::Kept(_) | Load::Database(_) | Load::Data | Load::Script => {
                match blob.read(self.limits.file) {
                    Ok(bytes) => self.alone(path.as_str(), &bytes),
                    Err(problem) => self.refused(path.as_str(), Some(&blob), &problem),
                }
            }
        })
    }

    /// A file without a root around it.
    fn alone(&self, path: &str, bytes: &[u8]) -> Found {
        if let Some(programs) = inspect::fat_members(bytes) {
            return self.fat(path, &programs);
        }
        let scanned = self.scanner.scan(path, bytes, self.allow);
        Found::artifact(scanned.report().clone())
    }

    /// Each program of a file for several machines is an artifact of its own.
    fn fat(&self, path: &str, programs: &[(String, &[u8])]) -> Found {
        programs
            .iter()
            .map(|(machine, program)| self.loose(&format!("{path}!{machine}"), program))
            .fold(Found::default(), Found::join)
    }

    /// A member of something that is no root, inspected on this core.
    fn loose(&self, path: &str, bytes: &[u8]) -> Found {
        if let Some(programs) = inspect::fat_members(bytes) {
            return self.fat(path, &programs);
        }
        let seen: Seen = Scanner::see(bytes, &self.parser);
        Found::artifact(self.scanner.judge(&seen.at(path, path), &Alone, self.allow))
    }
}

/// Where something stands: what was named may use every core, and is told when nothing is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// On the command line.
    Named,
    /// Inside something else.
    Inside,
}

fn unreadable(path: &Utf8Path, source: impl Into<FileError>) -> ScanError {
    ScanError::Unreadable { path: path.to_owned(), source: source.into() }
}

/// Where a named path leads to.
fn real(path: &Utf8Path) -> Result<std::path::PathBuf, ScanError> {
    path.as_std_path().canonicalize().map_err(|error| {
        let named = std::io::Error::new(error.kind(), format!("`{path}`: {error}"));
        unreadable(path, named)
    })
}

fn open(path: &Utf8Path, real: &std::path::Path) -> Result<Blob, ScanError> {
    files::open(real).and_then(Blob::file).map_err(|error| unreadable(path, error))
}

#[cfg(test)]
mod tests;
