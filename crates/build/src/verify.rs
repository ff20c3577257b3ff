//! What is hashed again right before a real build. Go itself hashes none of it once it is unpacked: a changed file of the
//! toolchain, of a module or of the snapshot builds without a word.

use crate::{
    BuildError, Events, Isolation, ModuleObject, Plan, Step, ToolchainFact, Workspace,
    backend::SNAPSHOT,
    fetch::one_of_each_component,
    kind::{Needed, Site},
    source::{self, git::GitTree},
    toolchain::{self, objects},
};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Backend, ComponentName};

/// What the verification found, for the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Verified {
    go: Option<ToolchainFact>,
    zig: Option<ToolchainFact>,
    debian: Option<ToolchainFact>,
    rust: Option<ToolchainFact>,
    module_objects: Vec<ModuleObject>,
    /// The files of git sources, as they were hashed right before the build.
    git_trees: BTreeMap<ComponentName, GitTree>,
}

/// Verifies everything that the given steps will use, and the steps that those need.
pub(crate) fn verify(
    workspace: &Workspace,
    plan: &Plan,
    steps: &[&Step],
    isolation: &Isolation,
    events: &dyn Events,
) -> Result<Verified, BuildError> {
    let steps: Vec<&Step> =
        steps.iter().flat_map(|step| step.needs().iter().chain([*step])).collect();
    let tools: BTreeSet<Needed> = steps.iter().flat_map(|step| step.tools()).collect();
    let mut verified = Verified::default();
    if let Some(go) = plan.go().filter(|_| tools.contains(&Needed::Go)) {
        toolchain::go::verify(workspace, go, events)?;
        let folder = toolchain::go::folder(workspace, go);
        verified.module_objects = objects::verify(&folder, &go.version, plan.objects())?;
        if steps.iter().any(|step| step.backend() == Backend::GoNative) {
            let h1 = plan.objects().snapshot_h1(SNAPSHOT).unwrap_or_default();
            objects::prime_snapshot(workspace, &folder, SNAPSHOT, h1, events)?;
        }
        verified.go = Some(fact("go", &go.version, go.zip_sha256, &go.tree_h1));
    }
    if let Some(zig) = plan.zig().filter(|_| tools.contains(&Needed::Zig)) {
        toolchain::zig::verify(workspace, zig, events)?;
        verified.zig = Some(fact("zig", &zig.version, zig.sha256, &zig.tree_h1));
    }
    if let Some(root) = plan.debian().filter(|_| tools.contains(&Needed::Debian)) {
        toolchain::debian::verify(workspace, root, events)?;
        let name = "debian-packages";
        verified.debian = Some(fact(name, &root.name, root.digest(), &root.tree_h1));
    }
    if let Some(rust) = plan.rust().filter(|_| tools.contains(&Needed::Rust)) {
        toolchain::rust::verify(workspace, rust, events)?;
        let digest = crate::dirhash::digest_of(&rust.tree_h1);
        verified.rust = digest.map(|digest| fact("rust", &rust.version, digest, &rust.tree_h1));
    }
    for step in one_of_each_component(steps) {
        sandboxed(step, isolation)?;
        if let Some(source) = step.git() {
            let tree = source::git::verify(workspace, step.component(), source)?;
            verified.git_trees.insert(step.component().clone(), tree);
        }
        step.language().verify(Site { workspace, plan, step }, isolation)?;
    }
    Ok(verified)
}

fn fact(name: &str, version: &str, archive_sha256: vocab::Sha256, tree_h1: &str) -> ToolchainFact {
    ToolchainFact {
        name: name.to_owned(),
        version: version.to_owned(),
        archive_sha256,
        tree_h1: tree_h1.to_owned(),
    }
}

/// A step that takes all its tools from a root cannot do without the sandbox that makes it the root.
fn sandboxed(step: &Step, isolation: &Isolation) -> Result<(), BuildError> {
    match isolation {
        Isolation::None { why } if step.language().needs_sandbox() => Err(BuildError::Step {
            step: step.label(),
            error: Box::new(BuildError::NeedsSandbox { why: why.clone() }),
        }),
        _ => Ok(()),
    }
}

impl Verified {
    /// The toolchains a step used.
    pub(crate) fn toolchains_of(&self, step: &Step) -> Vec<ToolchainFact> {
        let tools = step.tools();
        let all = [
            (Needed::Go, &self.go),
            (Needed::Zig, &self.zig),
            (Needed::Debian, &self.debian),
            (Needed::Rust, &self.rust),
        ];
        all.into_iter()
            .filter(|(tool, _)| tools.contains(tool))
            .filter_map(|(_, fact)| fact.clone())
            .collect()
    }

    /// The files of its git source.
    pub(crate) fn git_tree_of(&self, step: &Step) -> Option<GitTree> {
        self.git_trees.get(step.component()).cloned()
    }

    /// The module objects of the Go toolchain, when a step used it.
    pub(crate) fn module_objects_of(&self, step: &Step) -> Vec<ModuleObject> {
        if step.tools().contains(&Needed::Go) { self.module_objects.clone() } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Selection, plan};
    use camino::Utf8Path;
    use catalog::Catalog;

    #[test]
    fn c_is_not_built_without_the_sandbox_that_is_its_root_and_go_is() {
        let manifests = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../../manifests");
        let catalog = Catalog::load(&manifests).unwrap();
        let workspace = Workspace::new(&manifests, Utf8Path::new("/nowhere/state")).unwrap();
        let first = |profile: &str| {
            let profile = &catalog.profiles[&profile.parse().unwrap()];
            plan(&catalog, profile, &Selection::default(), &workspace).unwrap().steps()[0].clone()
        };
        let none = Isolation::None { why: "unshare: not permitted".to_owned() };
        let error = sandboxed(&first("fips-edge"), &none).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("openssl linux/amd64") && text.contains("not permitted"), "{text}");
        assert!(error.hint().unwrap().contains("user namespaces"));
        assert!(sandboxed(&first("fips-edge"), &Isolation::Namespaces).is_ok());
        assert!(sandboxed(&first("smoke"), &none).is_ok());
    }
}
