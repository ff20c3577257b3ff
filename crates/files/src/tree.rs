//! Folders: sorted walks that follow no symlink, copies, removal of read-only trees.

use crate::FileError;
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, never followed.
    Symlink,
    /// A device, FIFO or socket.
    Other,
}

/// One entry of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path below the folder that was walked, with `/`.
    pub path: Utf8PathBuf,
    /// What stands there.
    pub kind: EntryKind,
    /// Size in bytes (of a file).
    pub size: u64,
    /// Permission bits.
    pub mode: u32,
    /// How many names it has on its file system: more than one is a hard link.
    pub links: u64,
}

/// Errors of a walk are file errors.
pub type TreeError = FileError;

/// Everything below `folder` but folders, sorted by path. No symlink is followed.
pub fn walk(folder: &Utf8Path) -> Result<Vec<Entry>, FileError> {
    let mut entries = Vec::new();
    let mut pending = vec![Utf8PathBuf::new()];
    while let Some(below) = pending.pop() {
        for item in fs::read_dir(folder.join(&below))? {
            let item = item?;
            let path = below.join(item.file_name().to_str().ok_or_else(|| FileError::NotUtf8 {
                path: item.path().to_string_lossy().into(),
            })?);
            let metadata = fs::symlink_metadata(folder.join(&path))?;
            let kind = match () {
                () if metadata.is_symlink() => EntryKind::Symlink,
                () if metadata.is_dir() => EntryKind::Folder,
                () if metadata.is_file() => EntryKind::File,
                () => EntryKind::Other,
            };
            if kind == EntryKind::Folder {
                pending.push(path);
            } else {
                entries.push(Entry {
                    path,
                    kind,
                    size: metadata.len(),
                    mode: metadata.permissions().mode() & 0o7777,
                    links: metadata.nlink(),
                });
            }
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Copies the regular files of a folder to another place, with their modes.
pub fn copy_tree(from: &Utf8Path, to: &Utf8Path) -> Result<(), FileError> {
    fs::create_dir_all(to)?;
    for entry in walk(from)?.iter().filter(|entry| entry.kind == EntryKind::File) {
        let target = to.join(&entry.path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(from.join(&entry.path), target)?;
    }
    Ok(())
}

/// Removes a folder and all below it, read-only folders included; it is no error when there is none.
pub fn remove_tree(folder: &Utf8Path) -> Result<(), FileError> {
    let Ok(metadata) = folder.symlink_metadata() else { return Ok(()) };
    if !metadata.is_dir() {
        return Ok(fs::remove_file(folder)?);
    }
    // The Go module cache and our toolchains are read-only folders: open them on the way down.
    fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    for item in fs::read_dir(folder)? {
        let path = crate::utf8(item?.path())?;
        if path.symlink_metadata()?.is_dir() {
            remove_tree(&path)?;
        } else {
            fs::remove_file(&path)?;
        }
    }
    Ok(fs::remove_dir(folder)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_is_sorted_follows_no_symlink_and_a_read_only_tree_can_be_removed() {
        let guard = tempfile::tempdir().unwrap();
        let dir = crate::utf8(guard.path().join("t")).unwrap();
        crate::write(&dir.join("b/two"), b"22", crate::Mode::Plain).unwrap();
        crate::write(&dir.join("a"), b"1", crate::Mode::Executable).unwrap();
        std::os::unix::fs::symlink("/", dir.join("b/root")).unwrap();
        let seen: Vec<_> =
            walk(&dir).unwrap().into_iter().map(|e| (e.path.to_string(), e.kind)).collect();
        assert_eq!(
            seen,
            [
                ("a".to_owned(), EntryKind::File),
                ("b/root".to_owned(), EntryKind::Symlink),
                ("b/two".to_owned(), EntryKind::File)
            ]
        );
        fs::set_permissions(dir.join("b"), std::fs::Permissions::from_mode(0o555)).unwrap();
        remove_tree(&dir).unwrap();
        assert!(!dir.exists());
        remove_tree(&dir).unwrap();
    }
}
