//! What lies below a folder that somebody else made: nothing is followed, nothing stops the walk, everything is said.

use fs_err as fs;
use std::fmt::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A regular file.
    File {
        /// Its size in bytes.
        size: u64,
        /// Device and inode: the same for every hard link of a file.
        identity: (u64, u64),
    },
    /// A symbolic link, with its target as it is written.
    Symlink(String),
    /// A folder, FIFO, socket or device.
    Other,
    /// What could not be looked at, and why.
    Unreadable(String),
}

/// One path of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Below the folder, with `/`. Bytes that are not UTF-8 are spelled `\xNN`.
    pub name: String,
    /// Where to open it.
    pub path: PathBuf,
    /// What stands there.
    pub thing: Thing,
}

/// Everything below `folder`, folders themselves included, sorted by name. File systems that the kernel makes up (proc,
/// sysfs) are left out: their files are no files.
pub fn survey(folder: &Path) -> Vec<Place> {
    let mut places = Vec::new();
    let mut pending = vec![(String::new(), folder.to_owned())];
    while let Some((below, path)) = pending.pop() {
        let items = match fs::read_dir(&path) {
            Ok(items) => items,
            Err(error) => {
                places.push(Place {
                    name: below,
                    path,
                    thing: Thing::Unreadable(error.to_string()),
                });
                continue;
            }
        };
        for item in items.flatten() {
            let own = spelled(item.file_name().as_encoded_bytes());
            let name = if below.is_empty() { own } else { format!("{below}/{own}") };
            let path = item.path();
            let thing = thing(&path);
            if thing == Thing::Other && path.is_dir() && !is_made_up(&path) {
                pending.push((name.clone(), path.clone()));
            }
            places.push(Place { name, path, thing });
        }
    }
    places.sort_by(|a, b| a.name.cmp(&b.name));
    places
}

fn thing(path: &Path) -> Thing {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return Thing::Unreadable(error.to_string()),
    };
    if metadata.is_file() {
        Thing::File { size: metadata.len(), identity: (metadata.dev(), metadata.ino()) }
    } else if metadata.is_symlink() {
        match fs::read_link(path) {
            Ok(target) => Thing::Symlink(spelled(target.as_os_str().as_encoded_bytes())),
            Err(error) => Thing::Unreadable(error.to_string()),
        }
    } else {
        Thing::Other
    }
}

/// Whether a folder is in a file system that the kernel makes up. What cannot be asked is read.
fn is_made_up(folder: &Path) -> bool {
    use nix::sys::statfs::{PROC_SUPER_MAGIC, SYSFS_MAGIC, statfs};
    statfs(folder).is_ok_and(|it| [PROC_SUPER_MAGIC, SYSFS_MAGIC].contains(&it.filesystem_type()))
}

/// A name as text. Bytes that are not UTF-8 are spelled `\xNN`, so that two names stay two names.
pub fn spelled(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Opens a regular file for reading. A symlink in its place is refused, a FIFO does not hang.
pub fn open(path: &Path) -> std::io::Result<std::fs::File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(crate::read::O_NONBLOCK | O_NOFOLLOW)
        .open(path)?;
    if !file.metadata()?.is_file() {
        let why = format!("`{}` is not a regular file", path.display());
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, why));
    }
    Ok(file.into_parts().0)
}

/// `O_NOFOLLOW` of Linux: the two architectures that fipsmith runs on differ.
const O_NOFOLLOW: i32 = if cfg!(target_arch = "aarch64") { 0o100_000 } else { 0o400_000 };

/// A file for bytes that are too many for memory. It has no name, and goes when it is closed.
pub fn scratch() -> std::io::Result<std::fs::File> {
    tempfile::tempfile()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;

    #[test]
    fn a_survey_goes_on_after_strange_names_and_follows_nothing() {
        let guard = tempfile::tempdir().unwrap();
        let dir = guard.path();
        fs::create_dir(dir.join("d")).unwrap();
        let strange = std::ffi::OsStr::from_bytes(b"a\xff");
        for path in [dir.join("d").join(strange), dir.join("b")] {
            let file = fs::File::create(path).unwrap();
            file.set_len(3).unwrap();
        }
        fs::hard_link(dir.join("b"), dir.join("c")).unwrap();
        std::os::unix::fs::symlink("/etc", dir.join("e")).unwrap();
        let places = survey(dir);
        let names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, ["b", "c", "d", "d/a\\xff", "e"]);
        assert_eq!(places[0].thing, places[1].thing, "one file with two names");
        assert_eq!(places[4].thing, Thing::Symlink("/etc".to_owned()));
        assert!(open(&places[3].path).is_ok());
        assert!(open(&places[4].path).is_err() && open(dir).is_err());
        assert_eq!(survey(&dir.join("none")).len(), 1, "what cannot be read is said");
    }

    #[test]
    fn the_files_of_the_kernel_are_left_out() {
        assert!(is_made_up(Path::new("/proc")) && !is_made_up(Path::new("/usr")));
    }
}
