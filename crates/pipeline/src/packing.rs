//! Built components into archives: one `tar.gz` for each component and target, the same bytes on any day.

use build::Built;
use manifest::ReleasePath;
use rayon::prelude::*;
use vocab::{ArtifactName, ReleaseNumber};

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
    /// The path of a program inside the archive.
    pub(crate) fn member(&self, artifact: &ArtifactName) -> String {
        format!("{}/{artifact}", self.stem)
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
    let members: Vec<pack::Member<'_>> = built
        .artifacts()
        .iter()
        .map(|artifact| pack::Member {
            path: format!("{stem}/{}", artifact.name),
            mode: 0o755,
            bytes: &artifact.bytes,
        })
        .collect();
    let bytes = pack::tar_gz(&members, MTIME)?;
    Ok(Packed { path: format!("archives/{stem}.tar.gz").parse()?, built, stem, bytes })
}
