//! The release folder as it was found: what stands where, and bounded reads of regular files only.

use super::check::{Check, CheckKind, Reason, chain};
use crate::release::{Release, fixed};
use crate::rules;
use camino::Utf8Path;
use files::EntryKind;
use std::collections::{BTreeMap, BTreeSet};

/// A walk of the folder. No symlink was followed, and none is.
pub(crate) struct Tree<'a> {
    folder: &'a Utf8Path,
    entries: BTreeMap<String, files::Entry>,
}

impl<'a> Tree<'a> {
    pub(crate) fn walk(folder: &'a Utf8Path) -> Result<Self, files::FileError> {
        let entries =
            files::walk(folder)?.into_iter().map(|entry| (entry.path.to_string(), entry)).collect();
        Ok(Self { folder, entries })
    }

    /// The bytes of a regular file of at most `limit` bytes, or the check that failed.
    pub(crate) fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Check> {
        let Some(entry) = self.entries.get(path) else {
            return Err(Check::fail(CheckKind::File, path, Reason::Missing, "the file is missing"));
        };
        if entry.kind != EntryKind::File {
            return Err(not_regular(entry));
        }
        files::read(&self.folder.join(path), limit).map_err(|error| match error {
            files::FileError::TooLarge { limit, .. } => Check::fail(
                CheckKind::File,
                path,
                Reason::Size,
                "the file is larger than it may be",
            )
            .values(limit, entry.size),
            other => Check::error(CheckKind::File, path, Reason::Unreadable, chain(&other)),
        })
    }

    /// The bytes of a file whose exact size is known: a file of another size is not read at all.
    pub(crate) fn read_sized(&self, path: &str, size: u64) -> Result<Vec<u8>, Check> {
        match self.entries.get(path) {
            Some(entry) if entry.kind == EntryKind::File && entry.size != size => Err(
                Check::equal(CheckKind::File, path, Reason::Size, "the size", (size, entry.size)),
            ),
            _ => self.read(path, size),
        }
    }

    /// Passes when a file is byte-equal to what the manifest implies.
    pub(crate) fn copy(&self, path: &str, expected: &[u8]) -> Check {
        match self.read_sized(path, expected.len() as u64) {
            Err(check) => check,
            Ok(bytes) if bytes == expected => {
                Check::pass(CheckKind::File, path, "equal to the manifest's own copy")
            }
            Ok(_) => Check::fail(
                CheckKind::File,
                path,
                Reason::Copy,
                "the file is not what the manifest says it is",
            ),
        }
    }

    /// The exact-set rule: whatever the manifest does not list is refused. That nothing is missing shows when each file
    /// is read.
    pub(crate) fn extras(&self, release: &Release) -> Vec<Check> {
        let listed: BTreeSet<&str> = fixed::ALL
            .into_iter()
            .chain(rules::files_of(release).map(crate::ReleasePath::as_str))
            .collect();
        let extra = |entry: &&files::Entry| !listed.contains(entry.path.as_str());
        let mut checks: Vec<Check> = self.entries.values().filter(extra).map(unexpected).collect();
        if checks.is_empty() {
            checks.push(Check::pass(
                CheckKind::File,
                ".",
                "the folder holds nothing that is not sealed",
            ));
        }
        checks.extend(self.entries.values().filter(|entry| entry.links > 1).map(hard_link));
        checks
    }
}

fn unexpected(entry: &files::Entry) -> Check {
    let what = if entry.kind == EntryKind::File {
        "the file"
    } else {
        "the entry, which is no regular file,"
    };
    Check::fail(
        CheckKind::File,
        &entry.path,
        Reason::Unexpected,
        format!("{what} is not in the manifest"),
    )
}

fn not_regular(entry: &files::Entry) -> Check {
    let what =
        if entry.kind == EntryKind::Symlink { "a symlink" } else { "a device, FIFO or socket" };
    Check::fail(
        CheckKind::File,
        &entry.path,
        Reason::NotRegular,
        format!("it is {what}, not a regular file"),
    )
}

/// Backup tools link equal files, so this is no proof of malice; the content is checked either way.
fn hard_link(entry: &files::Entry) -> Check {
    let message = format!(
        "the file has {} names on this file system: who changes one changes all",
        entry.links
    );
    Check::warn(CheckKind::File, &entry.path, Reason::HardLink, message)
}
