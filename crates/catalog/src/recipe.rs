//! Recipes: how one component is built.

mod c;
mod expected;
mod image;
mod language;
mod raw;
mod rust;
mod source;
mod unavailable;
mod wrapper;

pub use c::{CBuild, CrateSource, TreeOutput};
pub use expected::{Expected, ExpectedPrograms};
pub use image::{ImageFile, ImageRecipe};
pub(crate) use raw::RawRecipe;
pub use rust::RustBuild;
pub use source::GitSource;
pub(crate) use source::{FullCommit, GitUrl, InnerPath};
pub use unavailable::Unavailable;
pub(crate) use wrapper::ModuleAt;
pub use wrapper::WrapperNotes;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocab::{ArtifactName, Backend, ComponentName, Version};

/// The finding codes that a recipe may answer with `[[allow]]`. Every other finding is a fact about the build and is
/// mended there, or waived for one artifact with owner and expiry; it is never allowed for all time.
pub const ANSWERABLE_CODES: &[&str] = &["residual-crypto", "tls-not-restricted"];

/// How one component is built. Made by [`crate::Catalog::load`] only, so a value of this type is consistent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipe {
    /// The component; also the name of the file and of the wrapper.
    pub name: ComponentName,
    /// What the component is, in one line.
    pub summary: String,
    /// The upstream repository, an https URL; none for a component of this very repository that nobody has published.
    pub repository: Option<String>,
    /// The upstream licence, an SPDX expression.
    pub licence: String,
    /// The upstream version.
    pub version: Version,
    /// The upstream commit of that version, 40 hex digits, where a source names it.
    pub commit: Option<String>,
    /// The Go modules, all at `version`; the first is the main one. Empty for another language.
    pub modules: Vec<String>,
    /// The main packages; artifact names are unique. Empty for another language.
    pub packages: Vec<MainPackage>,
    /// The backends the component may be built with; the first is the default. Never empty.
    pub backends: Vec<Backend>,
    /// `-X name=value` of the linker; `{version}`, `{released}` and `{commit}` stand for their values.
    pub version_vars: BTreeMap<String, String>,
    /// Build tags, besides those of the backend.
    pub tags: Vec<String>,
    /// Whether the component itself needs cgo (a backend may need it anyway).
    pub cgo: bool,
    /// The set of Debian packages that C code of the component is compiled and linked against.
    pub system: Option<ComponentName>,
    /// The container images. Without a word in the recipe there is one with all programs; empty for programs that run on
    /// hosts only.
    pub images: Vec<ImageRecipe>,
    /// How a component of C is built.
    pub c: Option<CBuild>,
    /// How a component of Rust is built.
    pub rust: Option<RustBuild>,
    /// Findings that are known and answered.
    pub allow: Vec<Allow>,
    /// Programs that are less than a policy asks for, each with the reason.
    pub expected: Vec<ExpectedPrograms>,
    /// The git repository it is built from; without one it comes from the module proxy, pinned by a wrapper.
    pub source: Option<GitSource>,
    /// What the making of the wrapper needs to know.
    pub wrapper: WrapperNotes,
    /// Sources that could not be had, each with the answer.
    pub unavailable: Vec<Unavailable>,
    /// Whether nothing is built: sources could not be had, and no wrapper pins a version whose sources can.
    pub imported: bool,
}

impl Recipe {
    /// What is expected of a program, when that is less than a policy asks for.
    pub fn expected(&self, artifact: &ArtifactName) -> Option<&Expected> {
        let of = self.expected.iter().find(|of| of.artifacts.contains(artifact));
        of.map(|of| &of.expected)
    }

    /// Reads one recipe on its own; `file_name` is what problems call it. What spans files is not checked.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, crate::Problems> {
        crate::load::parse::<RawRecipe, _>(file_name, text, RawRecipe::check)
    }
}

/// A main package and the name under which its program ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MainPackage {
    /// The import path.
    pub import: String,
    /// The file name of the program.
    pub artifact: ArtifactName,
}

/// A known finding and why it is acceptable. It is sealed into the manifest, so that a verifier judges with the same
/// answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allow {
    /// The finding's code, one of [`ANSWERABLE_CODES`].
    pub code: String,
    /// What the finding is about, exactly as the scan names it, for instance a package path.
    pub subject: String,
    /// The artifacts it holds for; empty for all of the component.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<ArtifactName>,
    /// Why it is acceptable.
    pub reason: String,
}
