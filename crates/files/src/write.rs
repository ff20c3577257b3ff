//! Writes that are all or nothing: temporary name beside the target, sync, rename, sync of the folder.

use crate::FileError;
use camino::Utf8Path;
use fs_err as fs;
use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;
use std::io::Write as _;

/// The permission bits of a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 0644.
    Plain,
    /// 0755.
    Executable,
    /// 0600: private keys and nothing else.
    Private,
}

impl Mode {
    pub(crate) fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
            Self::Private => 0o600,
        }
    }
}

/// Writes `bytes` to `path` so that a reader sees the old content or the new, never a part; makes the parent folder.
pub fn write(path: &Utf8Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = path.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    fs::create_dir_all(parent)?;
    let mut file = tempfile::Builder::new()
        .prefix(".fipsmith-")
        .permissions(std::fs::Permissions::from_mode(mode.bits()))
        .tempfile_in(parent)?;
    let named = |source: std::io::Error| {
        std::io::Error::new(source.kind(), format!("failed to write `{path}`: {source}"))
    };
    file.write_all(bytes).map_err(named)?;
    // The permissions of `Builder` pass through the umask; the mode of a released file must not depend on it.
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode.bits())).map_err(named)?;
    file.as_file().sync_all().map_err(named)?;
    file.persist(path).map_err(|error| named(error.error))?;
    sync_dir(parent)
}

/// Writes a private key: mode 0600, and never over an existing file, because a key that is gone is gone.
pub fn write_private(path: &Utf8Path, bytes: &[u8]) -> Result<(), FileError> {
    if path.symlink_metadata().is_ok() {
        let message = format!("`{path}` exists and is not overwritten");
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, message).into());
    }
    write(path, bytes, Mode::Private)
}

/// Makes a folder and its parents.
pub fn create_dir_all(path: &Utf8Path) -> Result<(), FileError> {
    Ok(fs::create_dir_all(path)?)
}

/// Moves a finished folder to its final name. A folder that is there already changes places with it in one step
/// (renameat2(2), `RENAME_EXCHANGE`), so that at every moment one of the two stands there whole; the old one is removed
/// after.
pub fn rename_dir(from: &Utf8Path, to: &Utf8Path) -> Result<(), FileError> {
    let parent = to.parent().filter(|p| !p.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    fs::create_dir_all(parent)?;
    if to.symlink_metadata().is_err() {
        fs::rename(from, to)?;
        return sync_dir(parent);
    }
    match rustix::fs::renameat_with(CWD, from.as_str(), CWD, to.as_str(), RenameFlags::EXCHANGE) {
        Ok(()) => {
            sync_dir(parent)?;
            crate::remove_tree(from)
        }
        // Network and overlay file systems may not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            rename_in_two_steps(from, to, parent)
        }
        Err(error) => {
            let source = std::io::Error::from(error);
            let message = format!("failed to exchange `{from}` and `{to}`: {source}");
            Err(std::io::Error::new(source.kind(), message).into())
        }
    }
}

/// The old folder is moved aside first and removed after; if the second move fails it is put back.
fn rename_in_two_steps(from: &Utf8Path, to: &Utf8Path, parent: &Utf8Path) -> Result<(), FileError> {
    let name = to.file_name().unwrap_or("folder");
    let aside = tempfile::Builder::new().prefix(&format!(".{name}.old-")).tempdir_in(parent)?;
    let old = crate::utf8(aside.path().join("old"))?;
    fs::rename(to, &old)?;
    if let Err(error) = fs::rename(from, to) {
        fs::rename(&old, to)?;
        return Err(error.into());
    }
    sync_dir(parent)?;
    crate::remove_tree(&old)
}

fn sync_dir(path: &Utf8Path) -> Result<(), FileError> {
    Ok(fs::File::open(path)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tests::folder;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_written_file_has_its_mode_and_leaves_no_temporary_behind() {
        let (_guard, dir) = folder();
        write(&dir.join("a/b"), b"x", Mode::Executable).unwrap();
        write_private(&dir.join("a/key"), b"k").unwrap();
        let mode = |name: &str| fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("a/b"), mode("a/key")), (0o755, 0o600));
        assert!(write_private(&dir.join("a/key"), b"other").is_err());
        assert_eq!(crate::walk(&dir.join("a")).unwrap().len(), 2);
    }
}
