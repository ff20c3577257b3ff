//! Steps of Rust: programs of the workspace that `manifests/` lies in.

use super::planner::{Command, Planner, input};
use super::{Artifact, Step, trim};
use crate::{
    backend::rust,
    dirhash::digest_of,
    kind::{Kind, rust::RustStep},
};
use camino::Utf8Path;
use catalog::Recipe;
use vocab::{ArtifactName, Backend, OutputKind, Target};

impl Planner<'_> {
    /// The step of a component of Rust.
    pub(super) fn rust_step(
        &mut self,
        recipe: &Recipe,
        backend: Backend,
        target: Target,
    ) -> Option<Step> {
        let rust = recipe.rust.as_ref()?;
        let file = format!("components/{}.toml", recipe.name);
        if target != Target::LinuxAmd64 {
            let message = format!("`{}` is built for {} only", recipe.name, Target::LinuxAmd64);
            let hint = "give the member of the profile its own `targets`: Rust is built in a root of packages for one machine".to_owned();
            self.problem(file, message, Some(hint));
            return None;
        }
        let root = self.workspace.manifests().parent().unwrap_or(Utf8Path::new("."));
        let sources = match trim::trimmed(root, rust) {
            Ok(sources) => sources,
            Err((file, message)) => {
                let hint = format!(
                    "a component of Rust is a package of the workspace in `{root}`, the folder that `manifests/` lies in"
                );
                self.problem(format!("../{file}"), message, Some(hint));
                return None;
            }
        };
        if recipe.version.as_str() != format!("v{}", sources.version) {
            let message = format!(
                "the recipe says {} and the package `{}` says {}",
                recipe.version, rust.package, sources.version
            );
            self.problem(file, message, None);
            return None;
        }
        let rust_tree = digest_of(&self.rust()?.tree_h1)?;
        let (go, root) = (digest_of(&self.go()?.tree_h1)?, digest_of(&self.debian()?.tree_h1)?);
        let step = RustStep::new(sources);
        let command = Command {
            arguments: rust::arguments(),
            environment: rust::environment(rust),
            inputs: vec![
                input("/", root),
                input("{go}", go),
                input("{rust}", rust_tree),
                input("{src}", step.sources_digest()),
                input("{overlay}", step.overlay_digest()),
            ],
        };
        let artifacts = rust.programs.iter().map(artifact).collect();
        Self::made((recipe, backend, target), artifacts, command, Kind::Rust(step))
    }
}

fn artifact(name: &ArtifactName) -> Artifact {
    Artifact {
        file: name.to_string(),
        name: name.clone(),
        path: name.to_string(),
        kind: OutputKind::Program,
        install: None,
    }
}
