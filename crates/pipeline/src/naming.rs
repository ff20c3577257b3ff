//! What the parts of a release are called. The names follow from component, version, target and number alone, so that a
//! report made before anything is packed speaks of the files that will be there.

use build::{Built, BuiltArtifact};
use manifest::{BadPath, ReleasePath};
use vocab::{ReleaseNumber, Version};

/// The modification time of everything that is packed, 1980-01-01T00:00:00Z: the earliest that every archive format can
/// express, and the same for every release, so that an archive depends on its programs alone.
pub(crate) const MTIME: u64 = 315_532_800;

/// The same time, as images write it.
pub(crate) const CREATED: &str = "1980-01-01T00:00:00Z";

/// The names of one component for one target.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    stem: String,
    tree: bool,
}

impl Names {
    pub(crate) fn of(built: &Built, number: ReleaseNumber) -> Self {
        let (component, version) = (built.component(), built.version().released(number));
        let stem = format!("{component}-{version}-{}", built.target().dashed());
        Self { stem, tree: built.is_tree() }
    }

    /// `archives/<component>-<version>+fips.<n>-<os>-<arch>.tar.gz`
    pub(crate) fn archive(&self) -> Result<ReleasePath, BadPath> {
        format!("archives/{}.tar.gz", self.stem).parse()
    }

    /// The path of a file inside the archive. A tree of files is packed as the root that it belongs into.
    pub(crate) fn member(&self, artifact: &BuiltArtifact) -> Result<ReleasePath, BadPath> {
        if self.tree {
            artifact.path.parse()
        } else {
            format!("{}/{}", self.stem, artifact.path).parse()
        }
    }
}

/// The tag of an image: a tag cannot hold the `+` of a version, so `_` stands for it.
pub(crate) fn tag(version: &Version, number: ReleaseNumber) -> String {
    version.tag(number)
}
