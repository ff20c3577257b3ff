//! The files as they were written: spans kept, nothing believed yet.

mod leaf;
mod read;
mod shape;
mod sink;

pub(crate) use leaf::{
    AbsolutePath, At, Commit, CrateName, DebianName, DebianVersion, FindingCode, GoPath, GoSum,
    GoVersion, HttpsUrl, ImagePath, ImageRepository, Leaf, Prefix, RegistryVersion, Semver,
    Sentence, Spdx, Text, TreePath, UserId,
};
pub(crate) use read::{RawFile, read};
pub(crate) use shape::schema_of;

#[cfg(test)]
pub(crate) use leaf::check_of;
pub(crate) use sink::{Sink, unique};
