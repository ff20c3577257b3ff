//! Profiles: what is released and labelled together.

mod raw;
mod rollup;

pub(crate) use raw::{RawMember, RawProfile};
pub use rollup::{LayerLabel, PackLabel, ProfileLabels};

use crate::Imported;
use serde::Serialize;
use vocab::{
    Backend, ComponentName, Layer, PackName, PolicyName, ProfileName, ReleaseNumber, Target,
};

/// What is released and labelled together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The profile; also the name of its file.
    pub name: ProfileName,
    /// What the profile is for, in one line.
    pub summary: String,
    /// The profile's own version, for instance `1.0.0`.
    pub version: String,
    /// The `n` of `+fips.<n>` in every name of the release.
    pub fips: ReleaseNumber,
    /// Who supplies the release, as the SBOM names it; without it the SBOM says that this is unknown.
    pub supplier: Option<String>,
    /// The policy its artifacts must meet.
    pub policy: PolicyName,
    /// Where a cluster finds the images, without a scheme and without a slash at the end.
    pub image_repository: Option<String>,
    /// The targets every member is built for, unless it names its own. Never empty.
    pub targets: Vec<Target>,
    /// The components. Never empty.
    pub components: Vec<Member>,
    /// What it uses and does not build. Components whose sources cannot be had come on top: [`crate::Catalog::imported`].
    pub imported: Vec<Imported>,
}

/// A component of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The component.
    pub component: ComponentName,
    /// The pack it belongs to.
    pub pack: PackName,
    /// The layer of its pack.
    pub layer: Option<Layer>,
    /// The backend, when it is not the recipe's default.
    pub backend: Option<Backend>,
    /// Its targets, when they are fewer than the profile's.
    pub targets: Option<Vec<Target>>,
}

impl Profile {
    /// The name of its release, which is the name of the release's folder.
    pub fn release_name(&self) -> String {
        format!("{}-{}+fips.{}", self.name, self.version, self.fips.0)
    }
}
