//! Reproducible archives: the same members give the same bytes from any folder, on any day, in any order.
//!
//! An archive holds regular files only. Who owns them, when they were written and in which order they were listed is
//! not part of a release, so the archive says the same of every release: owner 0, one time that the caller gives, names
//! in byte order. Nothing here knows keys, paths on this machine, or the clock.
//!
//! What is absent: folders (tar programs make them), links, devices, extended headers (`pax`, GNU), and every header
//! field that a plain POSIX.1-1988 reader does not know.

mod member;
mod targz;

pub use member::{Member, PackError};
pub use targz::tar_gz;
