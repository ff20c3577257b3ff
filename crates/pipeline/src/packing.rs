//! Built components into archives: one `tar.gz` for each component and target, the same bytes on any day.

use build::{Built, BuiltArtifact};
use manifest::ReleasePath;
use rayon::prelude::*;
use vocab::ReleaseNumber;

/// The modification time of every member, 1980-01-01T00:00:00Z: the earliest that every archive format can express, and the same
/// for every release, so that an archive depends on its programs alone.
const MTIME: u64 = 315_532_800;

/// A component's archive, and what went into it.
pub(crate) struct Packed {
    pub(crate) built: Built,
    /// `archives/<component>-<version>+fips.<n>-<os>-<arch>.tar.gz`
    pub(crate) path: ReleasePath,
    stem: String,
    pub(crate) bytes: Vec<u8>,
}

impl Packed {
    /// The path of a file inside the archive. A tree of files is packed as the root that it belongs into.
    pub(crate) fn member(&self, artifact: &BuiltArtifact) -> String {
        if self.built.is_tree() {
            artifact.path.clone()
        } else {
            format!("{}/{}", self.stem, artifact.path)
        }
    }
}

/// Packs everything, in parallel; the bytes do not depend on how many at once.
pub(crate) fn pack(built: Vec<Built>, number: ReleaseNumber) -> anyhow::Result<Vec<Packed>> {
    built.into_par_iter().map(|built| one(built, number)).collect()
}

fn one(built: Built, number: ReleaseNumber) -> anyhow::Result<Packed> {
    let stem = format!(
        "{}-{}-{}",
        built.component(),
        built.version().released(number),
        built.target().dashed()
    );
    let mut packed =
        Packed { path: format!("archives/{stem}.tar.gz").parse()?, built, stem, bytes: Vec::new() };
    let archived = packed.built.artifacts().iter().filter(|artifact| artifact.is_archived());
    let member = |artifact: &'_ BuiltArtifact| {
        let mode = if artifact.mode() == files::Mode::Executable { 0o755 } else { 0o644 };
        (packed.member(artifact), mode)
    };
    let members: Vec<pack::Member<'_>> = archived
        .map(|artifact| {
            let (path, mode) = member(artifact);
            pack::Member { path, mode, bytes: &artifact.bytes }
        })
        .collect();
    packed.bytes = pack::tar_gz(&members, MTIME)?;
    Ok(packed)
}
