//! Steps of Go: one `go build` for all programs of a component.

use super::planner::{Command, Planner, input};
use super::{Artifact, KnownObjects, Step};
use crate::{
    PinnedSet,
    action::Input,
    backend::{GoBuild, SNAPSHOT, output_name},
    dirhash::digest_of,
    kind::{
        Kind,
        go::{GoStep, Sources, Wrapper},
    },
    source::git,
};
use catalog::{MainPackage, Recipe};
use std::collections::BTreeSet;
use vocab::{Backend, OutputKind, Sha256, Target};

/// A `go.sum` of a large component has a thousand lines.
const WRAPPER_LIMIT: u64 = 4 << 20;

impl Planner<'_> {
    pub(super) fn go_steps(
        &mut self,
        recipe: &Recipe,
        backend: Backend,
        targets: &[Target],
    ) -> Vec<Step> {
        self.check_recipe(recipe, backend);
        let Some(sources) = self.sources(recipe) else { return vec![] };
        let mut steps = Vec::new();
        for &target in targets {
            let system = match &recipe.system {
                Some(name) => match self.package_set(name, target) {
                    Some(set) => Some(set),
                    None => continue,
                },
                None => None,
            };
            let build = GoBuild { recipe, backend, target, number: self.profile.fips };
            steps.extend(self.go_step(&build, sources.clone(), system));
        }
        steps
    }

    fn check_recipe(&mut self, recipe: &Recipe, backend: Backend) {
        let file = format!("components/{}.toml", recipe.name);
        let mut seen = BTreeSet::new();
        for package in &recipe.packages {
            let name = output_name(&package.import);
            if !seen.insert(name) {
                let hint = "one `go build` writes all programs of a component into one folder: split the recipe".to_owned();
                self.problem(
                    file.clone(),
                    format!("two packages would both be built as `{name}`"),
                    Some(hint),
                );
            }
        }
        if recipe.version_vars.values().any(|value| value.contains(['\'', '\n'])) {
            self.problem(file, "a version variable may not hold a quote or a line break", None);
        }
        if backend == Backend::GoNative && self.catalog.registry.go_snapshot(SNAPSHOT).is_none() {
            self.problem(
                "modules.toml".to_owned(),
                format!("the snapshot `{SNAPSHOT}` is in no row"),
                None,
            );
        }
    }

    fn sources(&mut self, recipe: &Recipe) -> Option<Sources> {
        match &recipe.source {
            Some(source) => {
                Some(Sources::Git { source: source.clone(), modules: recipe.modules.clone() })
            }
            None => self.wrapper(recipe).map(Sources::Wrapper),
        }
    }

    fn wrapper(&mut self, recipe: &Recipe) -> Option<Wrapper> {
        let folder = self.workspace.wrapper(&recipe.name);
        let mut read = |name: &str| match files::read_text(&folder.join(name), WRAPPER_LIMIT) {
            Ok(text) => Some(text),
            Err(error) => {
                let hint = "a wrapper is a Go module that requires the component; its go.sum pins every source".to_owned();
                self.problem(
                    format!("wrappers/{}/{name}", recipe.name),
                    error.to_string(),
                    Some(hint),
                );
                None
            }
        };
        let (go_mod, go_sum) = (read("go.mod"), read("go.sum"));
        // That it requires what the recipe names was checked when the catalogue was loaded.
        Some(Wrapper { go_mod: go_mod?, go_sum: go_sum? })
    }

    fn go_step(
        &self,
        build: &GoBuild<'_>,
        sources: Sources,
        system: Option<PinnedSet>,
    ) -> Option<Step> {
        let artifact = |package: &MainPackage| Artifact {
            file: output_name(&package.import).to_owned(),
            name: package.artifact.clone(),
            path: package.artifact.to_string(),
            kind: OutputKind::Program,
            install: None,
        };
        let go = GoStep { sources, overlay: build.overlay(), cgo: build.cgo(), system };
        let command = Command {
            arguments: build.arguments(),
            environment: build.environment(),
            inputs: self.go_inputs(build, &go)?,
        };
        Self::made(
            (build.recipe, build.backend, build.target),
            build.recipe.packages.iter().map(artifact).collect(),
            command,
            Kind::Go(Box::new(go)),
        )
    }

    /// Everything the action reads. The module cache is covered by `go.sum`.
    fn go_inputs(&self, build: &GoBuild<'_>, go: &GoStep) -> Option<Vec<Input>> {
        let mut inputs = vec![input("{go}", digest_of(&self.go()?.tree_h1)?)];
        match &go.sources {
            Sources::Wrapper(wrapper) => inputs.extend([
                input("{src}/go.mod", Sha256::of(wrapper.go_mod.as_bytes())),
                input("{src}/go.sum", Sha256::of(wrapper.go_sum.as_bytes())),
            ]),
            // The commit stands for its files and for the go.sum among them.
            Sources::Git { source, .. } => inputs.push(input("{src}", git::digest(source))),
        }
        if let Some(system) = &go.system {
            inputs.push(input("{system}", system.sha256));
        }
        if go.cgo {
            inputs.push(input("{zig}", digest_of(&self.zig()?.tree_h1)?));
        }
        if build.backend == Backend::GoNative {
            let h1 = KnownObjects::of(&self.catalog.registry).snapshot_h1(SNAPSHOT)?.to_owned();
            inputs.push(input(
                &format!("{{modcache}}/golang.org/fips140@{SNAPSHOT}"),
                digest_of(&h1)?,
            ));
        }
        inputs.extend(go.overlay.iter().map(|(name, text)| {
            input(&format!("{{overlay}}/{name}"), Sha256::of(text.as_bytes()))
        }));
        Some(inputs)
    }
}
