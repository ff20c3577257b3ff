//! The `[rust]` table of a recipe: programs of a package of the very workspace that `manifests/` lies in. Its `Cargo.lock` pins
//! every crate.

use crate::raw::{At, CrateName, Sink, TreePath, unique};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::ArtifactName;

/// How a component of Rust is built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RustBuild {
    /// The package, a member of the workspace.
    pub package: String,
    /// Its features; the default ones are off.
    pub features: Vec<String>,
    /// The programs it makes. Never empty.
    pub programs: Vec<ArtifactName>,
    /// Files that the sources include from outside their packages, below the workspace's folder.
    pub include: Vec<String>,
}

/// How a component of Rust is built.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawRust {
    /// The package, a member of the workspace that `manifests/` lies in.
    package: At<CrateName>,
    /// Its features; the default ones are off.
    #[serde(default)]
    features: Vec<At<CrateName>>,
    /// The programs it makes.
    #[schemars(length(min = 1))]
    pub(super) programs: Vec<At<ArtifactName>>,
    /// Files that the sources include from outside their packages (`include_str!`), below the workspace's folder.
    #[serde(default)]
    include: Vec<At<TreePath>>,
}

impl RawRust {
    pub(crate) fn check(&self, sink: &mut Sink) -> RustBuild {
        unique(self.features.iter().map(|at| (at.value.0.as_str(), &at.span)), "feature", sink);
        unique(self.programs.iter().map(|at| (at.value.as_str(), &at.span)), "program", sink);
        unique(self.include.iter().map(|at| (at.value.0.as_str(), &at.span)), "file", sink);
        RustBuild {
            package: self.package.value.0.clone(),
            features: self.features.iter().map(|at| at.value.0.clone()).collect(),
            programs: self.programs.iter().map(|at| at.value.clone()).collect(),
            include: self.include.iter().map(|at| at.value.0.clone()).collect(),
        }
    }

    /// The names that an answer of the recipe may mean.
    pub(crate) fn artifacts(&self) -> impl Iterator<Item = &str> {
        self.programs.iter().map(|program| program.value.as_str())
    }
}
