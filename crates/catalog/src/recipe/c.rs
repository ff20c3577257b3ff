//! The `[c]` table of a recipe: a component that is compiled by a script from source packages of the crate registry,
//! against components that were built before it.

use crate::raw::{AbsolutePath, At, CrateName, RegistryVersion, Sink, TreePath, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{ArtifactName, ComponentName, OutputKind, Sha256};

/// How a component of C is built: `wrappers/NAME/build.sh`, run in a root of Debian packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CBuild {
    /// The absolute path that is compiled into the programs.
    pub prefix: String,
    /// Components that are built first; the script finds their outputs.
    pub needs: Vec<ComponentName>,
    /// Source packages. Never empty.
    pub sources: Vec<CrateSource>,
    /// The files that the script leaves. Never empty; paths are unique.
    pub outputs: Vec<TreeOutput>,
}

/// A source package of the crate registry, by digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CrateSource {
    /// The crate.
    pub name: String,
    /// Its version, with build metadata.
    pub version: String,
    /// SHA-256 of the `.crate` file, which is also the registry's checksum.
    pub sha256: Sha256,
}

impl CrateSource {
    /// The file's name, as the registry's client keeps it.
    pub fn file(&self) -> String {
        format!("{}-{}.crate", self.name, self.version)
    }
}

/// One file of a component that is a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TreeOutput {
    /// Where it lies below the root of an image, and below the component's folder in an archive.
    pub path: String,
    /// What it is for.
    pub kind: OutputKind,
}

impl TreeOutput {
    /// The file's name.
    pub fn name(&self) -> Option<ArtifactName> {
        self.path.rsplit('/').next()?.parse().ok()
    }
}

/// How a component of C is built.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawC {
    /// The absolute path that is compiled into the programs.
    prefix: At<AbsolutePath>,
    /// Components that are built first; the script finds their outputs.
    #[serde(default)]
    pub(crate) needs: Vec<At<ComponentName>>,
    /// Source packages of the crate registry.
    #[schemars(length(min = 1))]
    sources: Vec<RawCrateSource>,
    /// The files that the script leaves.
    #[schemars(length(min = 1))]
    outputs: Vec<RawTreeOutput>,
}

/// A source package of the crate registry.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawCrateSource {
    /// The crate.
    name: At<CrateName>,
    /// Its version, with build metadata.
    version: At<RegistryVersion>,
    /// SHA-256 of the `.crate` file, which is also the registry's checksum.
    sha256: At<Sha256>,
}

/// A file that the script leaves.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawTreeOutput {
    /// Where it lies below the root of an image, and below the component's folder in an archive.
    path: At<TreePath>,
    /// What it is for.
    kind: At<OutputKind>,
}

impl RawC {
    pub(crate) fn check(&self, sink: &mut Sink) -> CBuild {
        unique(self.needs.iter().map(|at| (at.value.as_str(), &at.span)), "component", sink);
        unique(
            self.sources.iter().map(|s| (s.name.value.0.as_str(), &s.name.span)),
            "source",
            sink,
        );
        unique(
            self.outputs.iter().map(|o| (o.path.value.0.as_str(), &o.path.span)),
            "output",
            sink,
        );
        for output in self.outputs.iter().filter(|output| output.made().name().is_none()) {
            sink.push(&output.path.span, "its last part is no file name", None);
        }
        CBuild {
            prefix: self.prefix.value.0.clone(),
            needs: self.needs.iter().map(|at| at.value.clone()).collect(),
            sources: self.sources.iter().map(RawCrateSource::made).collect(),
            outputs: self.outputs.iter().map(RawTreeOutput::made).collect(),
        }
    }

    /// The programs among the files, by name, each with its path.
    pub(super) fn programs(&self) -> impl Iterator<Item = (ArtifactName, &str)> {
        let programs = self.outputs.iter().filter(|it| it.kind.value == OutputKind::Program);
        programs.filter_map(|output| Some((output.made().name()?, output.path.value.0.as_str())))
    }

    /// The names that an answer of the recipe may mean.
    pub(crate) fn artifacts(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().filter_map(|output| output.path.value.0.rsplit('/').next())
    }
}

impl RawCrateSource {
    fn made(&self) -> CrateSource {
        CrateSource {
            name: self.name.value.0.clone(),
            version: self.version.value.0.clone(),
            sha256: self.sha256.value,
        }
    }
}

impl RawTreeOutput {
    fn made(&self) -> TreeOutput {
        TreeOutput { path: self.path.value.0.clone(), kind: self.kind.value }
    }
}
