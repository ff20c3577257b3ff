//! Container images in a sealed manifest.

use crate::entry::{Digests, ModuleClaim};
use crate::path::{BadPath, InstallPath, ReleasePath};
use catalog::{Allow, Expected};
use serde::{Deserialize, Serialize};
use vocab::{ComponentName, ImageName, Label, Sha256, Target, Verdict, Version};

/// The ending of an image's file name.
pub(crate) const ENDING: &str = ".oci.tar";

/// A container image in the release folder: an OCI layout with one image in one tar file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// Its path in the release folder.
    pub path: ReleasePath,
    /// Its name, the last part of a repository.
    pub name: ImageName,
    /// Its tag: the released version with `_` for `+`, which a tag cannot hold.
    pub tag: String,
    /// The component it belongs to.
    pub component: ComponentName,
    /// The component's upstream version.
    pub version: Version,
    /// The machine it runs on.
    pub target: Target,
    /// Size of the tar file in bytes.
    pub size: u64,
    /// Digests of the tar file.
    pub digest: Digests,
    /// Digests of the image manifest: the SHA-256 is the image's name in every registry.
    pub manifest: Digests,
    /// SHA-256 of the image's configuration, which runtimes call its id.
    pub config: Sha256,
    /// Who it runs as, by number.
    pub user: String,
    /// The command it starts.
    pub entrypoint: Vec<String>,
    /// The environment in which it starts it, `NAME=value`.
    pub environment: Vec<String>,
    /// Every program in it, sorted by path.
    pub programs: Vec<ImageProgram>,
    /// The label of all programs in it.
    pub label: Label,
    /// The recipe's word that the programs which only this image has may be less than the policy asks for, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// A program inside an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageProgram {
    /// Where it stands in the image.
    pub path: InstallPath,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// The id of the binary that it is; none for a program that the image alone has, of a distribution for instance.
    pub binary: Option<ReleasePath>,
    /// What its bytes show in this image.
    pub verdict: Verdict,
    /// The cryptographic modules in a program that is no binary of the release, so that a certificate's end can be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<ModuleClaim>,
    /// Answers to the findings of a program that is no binary of the release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Allow>,
}

impl Image {
    /// The name under which the Statement lists the image manifest: the path without `.oci.tar`. A client that asks for an
    /// image by the digest that its registry knows finds it there.
    pub fn manifest_name(&self) -> Result<ReleasePath, BadPath> {
        let path = self.path.as_str();
        path.strip_suffix(ENDING).unwrap_or(path).parse()
    }

    /// The programs that only this image has.
    pub fn own_programs(&self) -> impl Iterator<Item = &ImageProgram> {
        self.programs.iter().filter(|program| program.binary.is_none())
    }
}

/// The path of an image in a release: `images/<name>-<version>_fips.<n>-<arch>.oci.tar`.
pub fn image_path(name: &ImageName, tag: &str, target: Target) -> Result<ReleasePath, BadPath> {
    format!("images/{name}-{tag}-{}{ENDING}", target.arch()).parse()
}
