//! The plan: which actions a profile needs, worked out from the manifests alone, before anything is fetched or built.

mod c;
mod go;
mod object;
mod planner;
mod print;
mod rust;
mod trim;

pub(crate) use object::KnownObjects;
pub(crate) use trim::Trimmed;

use crate::{
    Action, PinnedSet, Workspace,
    dirhash::digest_of,
    kind::{Kind, Language, Needed},
};
use catalog::{
    Catalog, DebianRoot, GitSource, GoToolchain, Imported, Problems, Profile, RustToolchain,
    ZigToolchain,
};
use planner::Planner;
use serde::Serialize;
use std::collections::BTreeSet;
use vocab::{
    ArtifactName, Backend, ComponentName, OutputKind, ProfileName, Sha256, Target, Version,
};

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
    go: Option<GoToolchain>,
    zig: Option<ZigToolchain>,
    debian: Option<DebianRoot>,
    rust: Option<RustToolchain>,
    /// Debian packages of images, and what C code is linked against.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packages: Vec<PinnedSet>,
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
    /// What it leaves in `{out}`.
    artifacts: Vec<Artifact>,
    action: Action,
    #[serde(skip)]
    kind: Kind,
}

/// A file that a step leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Where it stands in `{out}`.
    pub file: String,
    /// Its name.
    pub name: ArtifactName,
    /// Where it lies below the component's folder in an archive.
    pub path: String,
    /// What it is for.
    pub kind: OutputKind,
    /// Where an image installs it, if the recipe says.
    pub install: Option<String>,
}

/// A tool that a step is built with, as documents name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// What it is.
    pub name: String,
    /// Its release.
    pub version: String,
    /// SHA-256 of the archive it comes in, or of the list of its packages' or files' digests.
    pub sha256: Sha256,
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
    /// The Go toolchain, if a step needs one.
    pub fn go(&self) -> Option<&GoToolchain> {
        self.go.as_ref()
    }
    /// The C toolchain of cgo, if a step needs one.
    pub fn zig(&self) -> Option<&ZigToolchain> {
        self.zig.as_ref()
    }
    /// The root of Debian packages, if a step is built in one.
    pub fn debian(&self) -> Option<&DebianRoot> {
        self.debian.as_ref()
    }
    /// The Rust toolchain, if a step needs one.
    pub fn rust(&self) -> Option<&RustToolchain> {
        self.rust.as_ref()
    }
    /// The sets of Debian packages that its images hold, and that C code is linked against.
    pub fn packages(&self) -> &[PinnedSet] {
        &self.packages
    }
    /// The pinned tools that a step is built with.
    pub fn tools(&self, step: &Step) -> Vec<Tool> {
        let wanted = step.tools();
        let tool = |name: &str, version: &str, sha256| Tool {
            name: name.to_owned(),
            version: version.to_owned(),
            sha256,
        };
        let go = self.go().filter(|_| wanted.contains(&Needed::Go));
        let zig = self.zig().filter(|_| wanted.contains(&Needed::Zig));
        let debian = self.debian().filter(|_| wanted.contains(&Needed::Debian));
        let go = go.map(|go| tool("go", &go.version, go.zip_sha256));
        let zig = zig.map(|zig| tool("zig", &zig.version, zig.sha256));
        let debian = debian.map(|root| tool("debian-packages", &root.name, root.digest()));
        let rust = self.rust().filter(|_| wanted.contains(&Needed::Rust));
        let rust =
            rust.and_then(|rust| Some(tool("rust", &rust.version, digest_of(&rust.tree_h1)?)));
        [go, zig, debian, rust].into_iter().flatten().collect()
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
        self.artifacts.iter().map(|artifact| &artifact.name)
    }
    /// The step as people call it: `etcd linux/amd64`.
    pub fn label(&self) -> String {
        format!("{} {}", self.component, self.target)
    }
    /// The files it leaves.
    pub fn outputs(&self) -> &[Artifact] {
        &self.artifacts
    }
    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }
    /// The git repository it is built from, if it is from one.
    pub fn git(&self) -> Option<&GitSource> {
        match &self.kind {
            Kind::Go(go) => go.git(),
            Kind::C(_) | Kind::Rust(_) => None,
        }
    }
    pub(crate) fn language(&self) -> &dyn Language {
        self.kind.language()
    }
    pub(crate) fn tools(&self) -> BTreeSet<Needed> {
        self.language().tools()
    }
    /// Steps that are built before this one, and are not steps of the plan.
    pub(crate) fn needs(&self) -> &[Step] {
        match &self.kind {
            Kind::C(c) => &c.needs,
            Kind::Go(_) | Kind::Rust(_) => &[],
        }
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
    let tools: BTreeSet<Needed> = steps.iter().flat_map(Step::tools).collect();
    planner.check_toolchains(&tools)?;
    Ok(Plan {
        schema: "fipsmith-plan/1",
        profile: profile.name.clone(),
        go: planner.go().filter(|_| tools.contains(&Needed::Go)).cloned(),
        zig: planner.zig().filter(|_| tools.contains(&Needed::Zig)).cloned(),
        debian: planner.debian().filter(|_| tools.contains(&Needed::Debian)).cloned(),
        rust: planner.rust().filter(|_| tools.contains(&Needed::Rust)).cloned(),
        packages: planner.take_packages(),
        steps,
        imported: catalog.imported(profile),
        objects: KnownObjects::of(&catalog.registry),
    })
}
