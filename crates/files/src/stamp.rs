//! What a file system says of a file without reading it: enough to see that nobody wrote to it since.

use crate::FileError;
use camino::Utf8Path;
use fs_err as fs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;

/// Size, times and identity of a file. The change time is set by the kernel at every write and every change of mode or
/// name, and no program can set it back (stat(2), `st_ctim`); the inode tells a file from another put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    mode: u32,
    device: u64,
    inode: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// When it was last changed, in nanoseconds since 1970.
    pub fn changed(&self) -> i128 {
        i128::from(self.changed.0) * 1_000_000_000 + i128::from(self.changed.1)
    }

    fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            size: metadata.len(),
            mode: metadata.mode(),
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// The stamp of what stands at a path; a symlink's is its own.
pub fn stamp(path: &Utf8Path) -> Result<Stamp, FileError> {
    Ok(Stamp::of(&fs::symlink_metadata(path)?))
}

/// The stamps of everything below a folder but folders, by path.
pub fn stamps(folder: &Utf8Path) -> Result<BTreeMap<String, Stamp>, FileError> {
    let entries = crate::walk(folder)?;
    let one = |entry: crate::Entry| {
        let stamp = stamp(&folder.join(&entry.path))?;
        Ok((entry.path.into_string(), stamp))
    };
    entries.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::tests::folder;

    /// Without it a file that was written to and given its old time back would pass as untouched.
    #[test]
    fn a_write_a_new_mode_another_file_and_an_old_time_are_seen() {
        let (_guard, dir) = folder();
        let path = dir.join("a/b");
        crate::write(&path, b"one", crate::Mode::Plain).unwrap();
        let before = stamps(&dir).unwrap();
        assert_eq!(before, stamps(&dir).unwrap());
        let times = fs::metadata(&path).unwrap().modified().unwrap();
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(3).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        std::io::Write::write_all(
            &mut fs::OpenOptions::new().write(true).open(&path).unwrap(),
            b"two",
        )
        .unwrap();
        fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .into_file()
            .set_modified(times)
            .unwrap();
        let after = stamps(&dir).unwrap();
        assert_ne!(before, after, "the same size and the same time, and other bytes");
        assert!(after["a/b"].changed() > before["a/b"].changed());
        crate::write(&dir.join("c"), b"", crate::Mode::Plain).unwrap();
        assert_eq!(stamps(&dir).unwrap().len(), 2);
    }
}
