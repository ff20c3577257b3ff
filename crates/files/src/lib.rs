//! The one door to the file system. Reads are bounded, writes go to a temporary name, are synced and renamed, walks are
//! sorted. Clippy bans the raw calls everywhere else (`clippy.toml`).
//!
//! What is absent: no caching, no globbing, no knowledge of what the bytes mean.

mod folder;
mod read;
mod stage;
mod survey;
mod tree;
mod write;

use camino::Utf8PathBuf;

pub use folder::Staged;
pub use read::{FileError, read, read_text, read_with_metadata};
pub use stage::{create_log, make_read_only, symlink_staged, write_staged};
pub use survey::{Place, Thing, open, scratch, spelled, survey};
pub use tree::{Entry, EntryKind, TreeError, copy_tree, remove_tree, walk};
pub use write::{Mode, create_dir_all, rename_dir, write, write_private};

/// A path that is not UTF-8 cannot be recorded in a release, so it is refused where it enters.
pub fn utf8(path: std::path::PathBuf) -> Result<Utf8PathBuf, FileError> {
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| FileError::NotUtf8 { path: path.to_string_lossy().into_owned() })
}
