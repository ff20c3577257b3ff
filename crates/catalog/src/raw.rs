//! The files as they were written: spans kept, nothing believed yet.

mod leaf;
mod read;
mod shape;
mod sink;

pub(crate) use leaf::{
    At, Commit, FindingCode, GoPath, GoSum, GoVersion, HttpsUrl, ImageRepository, Leaf, Prefix,
    Semver, Sentence, Spdx, Text,
};
pub(crate) use read::{RawFile, read};
pub(crate) use shape::schema_of;

#[cfg(test)]
pub(crate) use leaf::check_of;
pub(crate) use sink::{Sink, unique};
