//! The plan: which actions a profile needs, worked out from the manifests alone, before anything is fetched or built.

mod object;
mod planner;
mod print;

pub(crate) use object::KnownObjects;

use crate::{Action, Workspace};
use catalog::{Catalog, GoToolchain, Imported, Problems, Profile, ZigToolchain};
use planner::Planner;
use serde::Serialize;
use std::collections::BTreeMap;
use vocab::{ArtifactName, Backend, ComponentName, ProfileName, Sha256, Target, Version};

/// Which part of a profile is meant. Empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these components.
    pub components: Vec<ComponentName>,
    /// Only these targets.
    pub targets: Vec<Target>,
}

/// What will be fetched and built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct Plan {
    schema: &'static str,
    profile: ProfileName,
    go: GoToolchain,
    zig: Option<ZigToolchain>,
    steps: Vec<Step>,
    /// What the profile uses and nothing here builds.
    imported: Vec<Imported>,
    #[serde(skip)]
    objects: KnownObjects,
}

/// One component for one target: one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    component: ComponentName,
    version: Version,
    target: Target,
    backend: Backend,
    /// The digest of `action`.
    digest: Sha256,
    /// File in `{out}`, and the name it ships under.
    artifacts: Vec<(String, ArtifactName)>,
    action: Action,
    #[serde(skip)]
    wrapper: Wrapper,
    #[serde(skip)]
    overlay: BTreeMap<String, String>,
}

/// The pinned sources of a component, as they were when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapper {
    pub(crate) go_mod: String,
    pub(crate) go_sum: String,
}

impl Plan {
    /// The steps, in the order of the profile.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
    /// What the profile uses and nothing here builds, by name.
    pub fn imported(&self) -> &[Imported] {
        &self.imported
    }
    /// The Go toolchain.
    pub fn go(&self) -> &GoToolchain {
        &self.go
    }
    /// The C toolchain, if a step needs one.
    pub fn zig(&self) -> Option<&ZigToolchain> {
        self.zig.as_ref()
    }
    pub(crate) fn objects(&self) -> &KnownObjects {
        &self.objects
    }
}

impl Step {
    /// The component.
    pub fn component(&self) -> &ComponentName {
        &self.component
    }
    /// Its upstream version.
    pub fn version(&self) -> &Version {
        &self.version
    }
    /// What it is built for.
    pub fn target(&self) -> Target {
        self.target
    }
    /// What it is built with.
    pub fn backend(&self) -> Backend {
        self.backend
    }
    /// The action.
    pub fn action(&self) -> &Action {
        &self.action
    }
    /// The action's digest.
    pub fn digest(&self) -> &Sha256 {
        &self.digest
    }
    /// The names its programs ship under.
    pub fn artifacts(&self) -> impl Iterator<Item = &ArtifactName> {
        self.artifacts.iter().map(|(_, name)| name)
    }
    /// The step as people call it: `etcd linux/amd64`.
    pub fn label(&self) -> String {
        format!("{} {}", self.component, self.target)
    }
    pub(crate) fn outputs(&self) -> &[(String, ArtifactName)] {
        &self.artifacts
    }
    pub(crate) fn wrapper(&self) -> &Wrapper {
        &self.wrapper
    }
    pub(crate) fn overlay(&self) -> &BTreeMap<String, String> {
        &self.overlay
    }
    pub(crate) fn needs_zig(&self) -> bool {
        self.action.environment.contains_key("CC")
    }
}

impl Wrapper {
    /// One digest for both files: the name of the folder the sources are fetched under.
    pub(crate) fn digest(&self) -> Sha256 {
        let both = [&self.go_mod, &self.go_sum].map(|text| Sha256::of(text.as_bytes()).to_string());
        Sha256::of(both.join("\n").as_bytes())
    }
}

/// Works out what a profile needs. Every problem is reported at once.
pub fn plan(
    catalog: &Catalog,
    profile: &Profile,
    selection: &Selection,
    workspace: &Workspace,
) -> Result<Plan, Problems> {
    let mut planner = Planner::new(catalog, profile, workspace);
    let steps = planner.steps(selection);
    let needs_zig = steps.iter().any(Step::needs_zig);
    let (go, zig) = planner.toolchains(needs_zig)?;
    Ok(Plan {
        schema: "fipsmith-plan/1",
        profile: profile.name.clone(),
        go,
        zig,
        steps,
        imported: catalog.imported(profile),
        objects: KnownObjects::of(&catalog.registry),
    })
}
