//! What goes into a release: names, scanned programs, files.

use crate::program::ScannedProgram;
use catalog::{Allow, Expected, Imported};
use manifest::{Archive, Image, InstallPath, ReleasePath};
use std::borrow::Cow;
use vocab::{
    ArtifactName, Backend, ComponentName, Date, PolicyName, ProfileName, ReleaseNumber, Target,
    Version,
};

/// What a release is called and how it was judged.
#[derive(Debug, Clone)]
pub struct Header {
    /// What it is a release of, for people.
    pub product: ArtifactName,
    /// The profile.
    pub profile: ProfileName,
    /// The profile's version, three numbers.
    pub version: String,
    /// The `n` of `+fips.<n>`.
    pub fips: ReleaseNumber,
    /// The policy of the gate.
    pub policy: PolicyName,
    /// The date on which the labels hold.
    pub as_of: Date,
    /// The date of the module registry.
    pub registry_date: Date,
    /// When, from the sources' date.
    pub created: jiff::Timestamp,
    /// What belongs to it and was not built.
    pub imported: Vec<Imported>,
    /// How it was built: data that nobody here judges.
    pub build: serde_json::Value,
}

/// Reads a program's bytes once more.
pub type Reread<'a> = Box<dyn Fn() -> std::io::Result<Vec<u8>> + Send + Sync + 'a>;

/// A scanned program and where it stands.
pub struct ScannedBinary<'a> {
    /// The program as it was scanned.
    pub program: ScannedProgram,
    /// Its bytes, which a validated module wants to hash by itself when it signs them. Others than those that were scanned
    /// are refused.
    pub bytes: Reread<'a>,
    /// The archive that holds it, as a path in the release folder.
    pub archive: ReleasePath,
    /// Its path inside the archive.
    pub member: ReleasePath,
    /// Where it belongs on a host.
    pub install: InstallPath,
    /// Its component.
    pub component: ComponentName,
    /// The component's upstream version.
    pub version: Version,
    /// The machine it runs on.
    pub target: Target,
    /// The FIPS toolchain.
    pub backend: Backend,
    /// The recipe's answers that the scan was made with.
    pub allow: Vec<Allow>,
    /// The recipe's word that it is less than the policy asks for, and why.
    pub expected: Option<Expected>,
}

/// A file of the release folder.
#[derive(Debug, Clone)]
pub struct File<'a> {
    /// Its path in the release folder.
    pub path: ReleasePath,
    /// Its content.
    pub bytes: Cow<'a, [u8]>,
}

/// Everything that goes into a release.
pub struct Contents<'a> {
    /// Name and judgement.
    pub header: Header,
    /// The programs.
    pub binaries: Vec<ScannedBinary<'a>>,
    /// The `.tar.gz` files that hold them, written to the release folder before.
    pub archives: Vec<Archive>,
    /// The container images, written to the release folder before.
    pub images: Vec<Image>,
    /// `sbom.cdx.json`, made before signing: its digest goes into the manifest.
    pub sbom: Cow<'a, [u8]>,
    /// All other files: scan report, table of builds.
    pub documents: Vec<File<'a>>,
}
