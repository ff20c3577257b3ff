//! Bounded reads of regular files.

use camino::{Utf8Path, Utf8PathBuf};
use fs_err as fs;
use std::io::Read as _;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system said no; the source says what and on which path.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// More bytes than the caller is prepared to hold.
    #[error("`{path}` holds more than {limit} bytes, the limit for this kind of file")]
    TooLarge {
        /// The file.
        path: Utf8PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A device, FIFO, socket or folder where a file was expected: reading one could hang or never end.
    #[error("`{path}` is not a regular file")]
    NotRegular {
        /// The path.
        path: Utf8PathBuf,
    },
    /// A text file that is not UTF-8.
    #[error("`{path}` is not UTF-8 text")]
    NotText {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A path that is not UTF-8.
    #[error("the path `{path}` is not UTF-8")]
    NotUtf8 {
        /// The path, with replacement characters.
        path: String,
    },
}

/// The bytes of a regular file of at most `limit` bytes. The file is opened once and what was opened is checked, so a
/// swap between check and read changes nothing.
pub fn read(path: &Utf8Path, limit: u64) -> Result<Vec<u8>, FileError> {
    Ok(read_with_metadata(path, limit)?.0)
}

/// As [`read`], with what the file system says of the very file that was read: its owner, its mode, its identity.
pub fn read_with_metadata(
    path: &Utf8Path,
    limit: u64,
) -> Result<(Vec<u8>, std::fs::Metadata), FileError> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    // O_NONBLOCK: opening a FIFO that nobody writes to must not hang. It has no effect on regular files.
    let file = fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(FileError::NotRegular { path: path.to_owned() });
    }
    let too_large = || FileError::TooLarge { path: path.to_owned(), limit };
    if metadata.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).map_err(|_| too_large())?);
    // The file may grow while it is read: never take more than the limit, and notice when there was more.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large()) } else { Ok((bytes, metadata)) }
}

/// Gives a regular file of at most `limit` bytes in pieces: no more of it is in memory than one.
pub fn read_pieces(
    path: &Utf8Path,
    limit: u64,
    take: &mut dyn FnMut(&[u8]),
) -> Result<(), FileError> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let file = fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(FileError::NotRegular { path: path.to_owned() });
    }
    let mut file = file.take(limit.saturating_add(1));
    let mut piece = vec![0; PIECE];
    let mut all = 0_u64;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        all += read as u64;
        if all > limit {
            return Err(FileError::TooLarge { path: path.to_owned(), limit });
        }
        take(piece.get(..read).unwrap_or_default());
    }
}

/// The length of a piece.
const PIECE: usize = 1 << 20;

/// `O_NONBLOCK` of Linux on every architecture fipsmith runs on (asm-generic/fcntl.h).
pub(crate) const O_NONBLOCK: i32 = 0o4000;

/// The text of a regular file of at most `limit` bytes.
pub fn read_text(path: &Utf8Path, limit: u64) -> Result<String, FileError> {
    String::from_utf8(read(path, limit)?).map_err(|_| FileError::NotText { path: path.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_over_the_limit_a_folder_and_a_device_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(dir.path()).unwrap();
        crate::write(&dir.join("five"), b"12345", crate::Mode::Plain).unwrap();
        assert_eq!(read(&dir.join("five"), 5).unwrap(), b"12345");
        assert!(matches!(read(&dir.join("five"), 4), Err(FileError::TooLarge { limit: 4, .. })));
        assert!(matches!(read(dir, 4), Err(FileError::NotRegular { .. })));
        assert!(matches!(read("/dev/zero".into(), 4), Err(FileError::NotRegular { .. })));
        assert!(matches!(read(&dir.join("none"), 4), Err(FileError::Io(_))));
        let mut all = Vec::new();
        read_pieces(&dir.join("five"), 5, &mut |piece| all.extend_from_slice(piece)).unwrap();
        assert_eq!(all, b"12345");
        let short = read_pieces(&dir.join("five"), 4, &mut |_| {});
        assert!(matches!(short, Err(FileError::TooLarge { limit: 4, .. })));
    }
}
