//! What is hashed again right before a real build. Go itself hashes none of it once it is unpacked: a changed file of the
//! toolchain, of a module or of the snapshot builds without a word.

use crate::{
    BuildError, Events, Isolation, ModuleObject, Plan, Step, ToolchainFact, Workspace,
    backend::{SNAPSHOT, base_environment},
    fetch::one_of_each_component,
    room::{Room, Turn},
    source::{self, git::GitTree},
    toolchain::{self, objects},
};
use std::collections::BTreeMap;
use vocab::{Backend, ComponentName};

/// What the verification found, for the record.
#[derive(Debug, Clone)]
pub(crate) struct Verified {
    pub(crate) toolchains: Vec<ToolchainFact>,
    pub(crate) zig: Option<ToolchainFact>,
    pub(crate) module_objects: Vec<ModuleObject>,
    /// The files of git sources, as they were hashed right before the build.
    pub(crate) git_trees: BTreeMap<ComponentName, GitTree>,
}

/// Verifies everything that the given steps will use.
pub(crate) fn verify(
    workspace: &Workspace,
    plan: &Plan,
    steps: &[&Step],
    isolation: &Isolation,
    events: &dyn Events,
) -> Result<Verified, BuildError> {
    let go = plan.go();
    toolchain::go::verify(workspace, go, events)?;
    let folder = toolchain::go::folder(workspace, go);
    let module_objects = objects::verify(&folder, &go.version, plan.objects())?;
    if steps.iter().any(|step| step.backend() == Backend::GoNative) {
        let h1 = plan.objects().snapshot_h1(SNAPSHOT).unwrap_or_default();
        objects::prime_snapshot(workspace, &folder, SNAPSHOT, h1, events)?;
    }
    let zig = plan.zig().filter(|_| steps.iter().any(|step| step.needs_zig()));
    if let Some(zig) = zig {
        toolchain::zig::verify(workspace, zig, events)?;
    }
    let mut git_trees = BTreeMap::new();
    for step in one_of_each_component(steps.iter().copied()) {
        if let Some(source) = step.git() {
            let tree = source::git::verify(workspace, step.component(), source)?;
            git_trees.insert(step.component().clone(), tree);
        }
        sources(workspace, plan, step, isolation)?;
    }
    let fact = |name: &str, version: &str, archive_sha256, tree_h1: &str| ToolchainFact {
        name: name.to_owned(),
        version: version.to_owned(),
        archive_sha256,
        tree_h1: tree_h1.to_owned(),
    };
    Ok(Verified {
        toolchains: vec![fact("go", &go.version, go.zip_sha256, &go.tree_h1)],
        zig: zig.map(|zig| fact("zig", &zig.version, zig.sha256, &zig.tree_h1)),
        module_objects,
        git_trees,
    })
}

impl Verified {
    /// The toolchains a step used.
    pub(crate) fn toolchains_of(&self, step: &Step) -> Vec<ToolchainFact> {
        let zig = self.zig.iter().filter(|_| step.needs_zig());
        self.toolchains.iter().chain(zig).cloned().collect()
    }
}

/// `go mod verify`: every archive and every unpacked module against the sums in the cache, which the build compares with
/// `go.sum` (cmd/go, "go mod verify").
fn sources(
    workspace: &Workspace,
    plan: &Plan,
    step: &Step,
    isolation: &Isolation,
) -> Result<(), BuildError> {
    let room = Room::new(workspace, plan, step, isolation, Turn::First)?;
    let command = ["{go}/bin/go", "mod", "verify"].map(str::to_owned);
    let verify = room.invocation(&command, &base_environment())?;
    let outcome = verify.run(None, &|_| {})?;
    room.close()?;
    if outcome.status.success() {
        return Ok(());
    }
    let changed: Vec<&String> =
        outcome.tail.iter().filter(|line| line.contains("modified")).collect();
    if changed.is_empty() {
        return Err(verify.failed(
            &format!("verifying the sources of {}", step.component()),
            None,
            outcome,
        ));
    }
    let detail = changed.into_iter().map(String::as_str).collect::<Vec<_>>().join("; ");
    Err(BuildError::SourceChanged { component: step.component().to_string(), detail })
}
