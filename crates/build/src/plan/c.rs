//! Steps of C: one script for a component, in a root of Debian packages, after the components that it needs.

use super::planner::{Command, Planner, input};
use super::{Artifact, Step};
use crate::{
    dirhash::digest_of,
    kind::{Kind, c::CStep},
};
use catalog::{CBuild, Recipe, TreeOutput};
use std::collections::BTreeMap;
use vocab::{Backend, Sha256, Target};

/// No file of a wrapper is larger: it holds scripts, configuration, and a little C.
const FILE_LIMIT: u64 = 1 << 20;

impl Planner<'_> {
    /// The step of a component of C, with the steps that it needs inside it.
    pub(super) fn c_step(
        &mut self,
        recipe: &Recipe,
        backend: Backend,
        target: Target,
    ) -> Option<Step> {
        self.c_step_after(recipe, backend, target, &mut Vec::new())
    }

    fn c_step_after(
        &mut self,
        recipe: &Recipe,
        backend: Backend,
        target: Target,
        path: &mut Vec<String>,
    ) -> Option<Step> {
        let c = recipe.c.as_ref()?;
        let file = format!("components/{}.toml", recipe.name);
        if path.contains(&recipe.name.to_string()) {
            let message = format!("`{}` needs itself, through {}", recipe.name, path.join(", "));
            self.problem(file, message, None);
            return None;
        }
        if target != Target::LinuxAmd64 {
            let message = format!("`{}` is built for {} only", recipe.name, Target::LinuxAmd64);
            let hint = "give the member of the profile its own `targets`: C is built in a root of packages for one machine".to_owned();
            self.problem(file, message, Some(hint));
            return None;
        }
        path.push(recipe.name.to_string());
        let needs = self.c_needs(recipe, c, target, path);
        path.pop();
        let files = self.c_files(recipe)?;
        let root = self.debian().map(|root| root.tree_h1.clone());
        let Some(root) = root.as_deref().and_then(digest_of) else {
            let hint = "name a file of `toolchains/` as `default-debian`".to_owned();
            let message = format!(
                "no root of Debian packages is pinned, and `{}` is built in one",
                recipe.name
            );
            self.problem("toolchains.toml".to_owned(), message, Some(hint));
            return None;
        };
        let mut inputs = vec![input("/", root)];
        let texts = files.iter().map(|(name, text)| (name.clone(), Sha256::of(text.as_bytes())));
        let sources = c.sources.iter().map(|source| (source.file(), source.sha256));
        inputs.extend(
            texts.chain(sources).map(|(name, digest)| input(&format!("{{src}}/{name}"), digest)),
        );
        let needs = needs?;
        // The outputs of a build follow from its action.
        inputs.extend(
            needs
                .iter()
                .map(|step| input(&format!("{{needs}}/{}", step.component()), *step.digest())),
        );
        let command = Command {
            arguments: ["/bin/sh", "-eu", "{src}/build.sh"].map(str::to_owned).into(),
            environment: environment(recipe, c),
            inputs,
        };
        let artifacts = c.outputs.iter().filter_map(artifact).collect();
        let kind = Kind::C(CStep { files, sources: c.sources.clone(), needs });
        Self::made((recipe, backend, target), artifacts, command, kind)
    }

    fn c_needs(
        &mut self,
        recipe: &Recipe,
        c: &CBuild,
        target: Target,
        path: &mut Vec<String>,
    ) -> Option<Vec<Step>> {
        let catalog = self.catalog;
        let mut steps = Vec::new();
        for name in &c.needs {
            let needed = catalog.recipes.get(name).filter(|needed| needed.c.is_some());
            let Some((needed, backend)) = needed.zip(needed.and_then(|n| n.backends.first()))
            else {
                let message =
                    format!("`{name}` is no component of C, and `{}` needs it", recipe.name);
                self.problem(format!("components/{}.toml", recipe.name), message, None);
                return None;
            };
            steps.push(self.c_step_after(needed, *backend, target, path)?);
        }
        Some(steps)
    }

    /// The files of a wrapper, all of them inputs.
    fn c_files(&mut self, recipe: &Recipe) -> Option<BTreeMap<String, String>> {
        let folder = self.workspace.wrapper(&recipe.name);
        let read = || {
            let mut all = BTreeMap::new();
            for entry in files::walk(&folder)? {
                let text = files::read_text(&folder.join(&entry.path), FILE_LIMIT)?;
                all.insert(entry.path.into_string(), text);
            }
            Ok::<_, files::FileError>(all)
        };
        read()
            .map_err(|error| {
                let hint = "the wrapper of a component of C is a folder with `build.sh` and what that uses".to_owned();
                self.problem(format!("wrappers/{}", recipe.name), error.to_string(), Some(hint));
            })
            .ok()
    }
}

/// The whole environment of a script. How many processors there are, it asks itself: bytes do not depend on it.
fn environment(recipe: &Recipe, c: &CBuild) -> BTreeMap<String, String> {
    [
        ("HOME", "{tmp}"),
        ("LC_ALL", "C"),
        ("NEEDS", "{needs}"),
        ("OUT", "{out}"),
        ("PATH", "/usr/bin:/bin"),
        ("PREFIX", &c.prefix),
        // 1980-01-01, as in archives.
        ("SOURCE_DATE_EPOCH", "315532800"),
        ("SRC", "{src}"),
        ("TMPDIR", "{tmp}"),
        ("TZ", "UTC"),
        ("VERSION", recipe.version.as_str()),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn artifact(output: &TreeOutput) -> Option<Artifact> {
    Some(Artifact {
        file: output.path.clone(),
        name: output.name()?,
        path: output.path.clone(),
        kind: output.kind,
        install: Some(format!("/{}", output.path)),
    })
}
