//! Writes for folders and logs that are not results: thousands of unpacked files, and lines while they come.

use crate::{FileError, Mode};
use camino::Utf8Path;
use fs_err as fs;
use std::{io::Write as _, os::unix::fs::PermissionsExt as _};

/// Writes a new file into a folder under construction, and makes its parent folder. Nothing is synced: a staged folder
/// is checked by digest before it is used, and twelve thousand syncs take minutes. An existing file is an error.
pub fn write_staged(path: &Utf8Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    Ok(fs::set_permissions(path, std::fs::Permissions::from_mode(mode.bits()))?)
}

/// Makes a symbolic link in a folder under construction, and its parent folder. An existing file is an error.
pub fn symlink_staged(path: &Utf8Path, target: &str) -> Result<(), FileError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::os::unix::fs::symlink(target, path)?)
}

/// Takes every write permission away below `folder`, whose own permissions stay, so that it can still be renamed.
pub fn make_read_only(folder: &Utf8Path) -> Result<(), FileError> {
    for item in fs::read_dir(folder)? {
        let path = crate::utf8(item?.path())?;
        let metadata = path.symlink_metadata()?;
        if metadata.is_symlink() {
            continue;
        }
        if metadata.is_dir() {
            make_read_only(&path)?;
        }
        fs::set_permissions(
            &path,
            std::fs::Permissions::from_mode(metadata.permissions().mode() & 0o555),
        )?;
    }
    Ok(())
}

/// A log that grows line by line; an older log of the same name is replaced.
pub fn create_log(path: &Utf8Path) -> Result<fs::File, FileError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::File::create(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_staged_file_is_written_once_and_a_read_only_tree_keeps_its_execute_bits() {
        let guard = tempfile::tempdir().unwrap();
        let dir = crate::utf8(guard.path().join("t")).unwrap();
        write_staged(&dir.join("bin/go"), b"#!", Mode::Executable).unwrap();
        assert!(write_staged(&dir.join("bin/go"), b"again", Mode::Plain).is_err());
        make_read_only(&dir).unwrap();
        let mode = |path: &str| fs::metadata(dir.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("bin"), mode("bin/go")), (0o555, 0o555));
        crate::remove_tree(&dir).unwrap();
    }
}
