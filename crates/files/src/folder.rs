//! Folders that appear whole or not at all.

use crate::{FileError, rename_dir};
use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;

/// A folder under construction beside its final place: it becomes the final folder by [`Staged::commit`], or vanishes.
#[derive(Debug)]
#[must_use = "a staged folder vanishes unless it is committed"]
pub struct Staged {
    folder: tempfile::TempDir,
    /// Holds the folder's lock for as long as this process lives: see [`sweep`].
    _lock: std::fs::File,
    path: Utf8PathBuf,
    target: Utf8PathBuf,
}

impl Staged {
    /// A new empty folder beside `target`, on the same file system, so that the rename is atomic.
    pub fn beside(target: &Utf8Path) -> Result<Self, FileError> {
        let parent =
            target.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
        fs::create_dir_all(parent)?;
        let prefix = format!(".{}.new-", target.file_name().unwrap_or("folder"));
        sweep(parent, &prefix)?;
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent)?;
        let path = crate::utf8(folder.path().to_owned())?;
        let lock = fs::File::open(&path)?.into_file();
        // A file system without locks loses the sweeping, not the writing.
        let _ = lock.try_lock();
        Ok(Self { folder, _lock: lock, path, target: target.to_owned() })
    }
    /// Where to write.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }
    /// Puts the folder in its final place, replacing what was there, and gives that place back.
    pub fn commit(self) -> Result<Utf8PathBuf, FileError> {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&self.path, std::fs::Permissions::from_mode(0o755))?;
        rename_dir(&self.path, &self.target)?;
        // The folder has moved: there is nothing left for the guard to remove.
        let _ = self.folder.keep();
        Ok(self.target)
    }
}

/// Removes what killed processes left under construction: their locks went with them. The kernel holds a lock for as long
/// as the process that took it lives (flock(2)), so a folder that can be locked is nobody's.
fn sweep(parent: &Utf8Path, prefix: &str) -> Result<(), FileError> {
    for item in fs::read_dir(parent)? {
        let item = item?;
        if !item.file_name().to_str().is_some_and(|name| name.starts_with(prefix)) {
            continue;
        }
        let abandoned = fs::File::open(item.path())?.into_file().try_lock().is_ok();
        if abandoned {
            crate::remove_tree(&crate::utf8(item.path())?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Mode, write};

    /// A folder that vanishes with its guard.
    pub(crate) fn folder() -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = crate::utf8(dir.path().to_owned()).unwrap();
        (dir, path)
    }

    #[test]
    fn a_staged_folder_replaces_the_old_one_or_vanishes() {
        let (_guard, dir) = folder();
        let target = dir.join("release");
        for content in ["one", "two"] {
            let staged = Staged::beside(&target).unwrap();
            write(&staged.path().join("file"), content.as_bytes(), Mode::Plain).unwrap();
            staged.commit().unwrap();
            assert_eq!(crate::read_text(&target.join("file"), 10).unwrap(), content);
        }
        drop(Staged::beside(&target).unwrap());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing but the release is left");
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_a_living_one_builds_is_not() {
        let (_guard, dir) = folder();
        let target = dir.join("release");
        write(&dir.join(".release.new-killed/half"), b"x", Mode::Plain).unwrap();
        let living = Staged::beside(&target).unwrap();
        let second = Staged::beside(&target).unwrap();
        assert!(living.path().exists() && second.path().exists());
        assert!(!dir.join(".release.new-killed").exists());
    }
}
