//! From recipes and wrappers to steps, with every problem on the way collected.

use super::{KnownObjects, Selection, Step, Wrapper};
use crate::{
    Action, Workspace,
    action::Input,
    backend::{GoBuild, SNAPSHOT, output_name},
    dirhash::digest_of,
    workspace::host,
};
use catalog::{Catalog, GoToolchain, Member, Problem, Problems, Profile, Recipe, ZigToolchain};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Backend, ComponentName, Sha256, Target};

/// Goes into every action: raise it when the same recipe must be built again because our own logic changed.
const BUILD_LOGIC: &str = "fipsmith-build/1";
/// A `go.sum` of a large component has a thousand lines.
const WRAPPER_LIMIT: u64 = 4 << 20;

pub(super) struct Planner<'a> {
    catalog: &'a Catalog,
    profile: &'a Profile,
    workspace: &'a Workspace,
    problems: Vec<Problem>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        profile: &'a Profile,
        workspace: &'a Workspace,
    ) -> Self {
        Self { catalog, profile, workspace, problems: Vec::new() }
    }

    /// The toolchains, once it is known whether one for C is needed; or all problems.
    pub(super) fn toolchains(
        &mut self,
        needs_zig: bool,
    ) -> Result<(GoToolchain, Option<ZigToolchain>), Problems> {
        let (go, zig) = (self.go(), self.zig().filter(|_| needs_zig));
        if go.is_none() {
            self.problems.push(missing("go"));
        }
        if needs_zig && zig.is_none() {
            self.problems.push(missing("zig"));
        }
        Problems::check(std::mem::take(&mut self.problems))?;
        Ok((go.ok_or_else(|| missing("go"))?.clone(), zig.cloned()))
    }

    fn go(&self) -> Option<&'a GoToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_go(host))
    }

    fn zig(&self) -> Option<&'a ZigToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_zig(host))
    }

    pub(super) fn steps(&mut self, selection: &Selection) -> Vec<Step> {
        self.check_selection(selection);
        let chosen = |name: &ComponentName| {
            selection.components.is_empty() || selection.components.contains(name)
        };
        let members: Vec<&Member> =
            self.profile.components.iter().filter(|m| chosen(&m.component)).collect();
        let mut steps = Vec::new();
        for member in members {
            let targets = member.targets.as_ref().unwrap_or(&self.profile.targets);
            let wanted = |target: &&Target| {
                selection.targets.is_empty() || selection.targets.contains(target)
            };
            let targets: Vec<Target> = targets.iter().filter(wanted).copied().collect();
            steps.extend(self.component(member, &targets));
        }
        steps
    }

    fn check_selection(&mut self, selection: &Selection) {
        let members: BTreeSet<_> =
            self.profile.components.iter().map(|member| &member.component).collect();
        for name in selection.components.iter().filter(|name| !members.contains(name)) {
            let valid = members.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!(
                "`{name}` is no component of the profile `{}`: it has {valid}",
                self.profile.name
            );
            self.problem(self.profile_file(), message, None);
        }
        let recipes = selection.components.iter().filter_map(|name| self.catalog.recipes.get(name));
        let not_built: Vec<_> =
            recipes.filter_map(|recipe| Some((recipe, recipe.not_built()?))).collect();
        for (recipe, reason) in not_built {
            let file = format!("components/{}.toml", recipe.name);
            let hint = "`cargo xtask doctor --sources` asks for the sources again".to_owned();
            self.problem(file, format!("`{}` is {reason}", recipe.name), Some(hint));
        }
    }

    /// The steps of one member; what is wrong with it goes to the problems.
    fn component(&mut self, member: &Member, targets: &[Target]) -> Vec<Step> {
        let Some(recipe) = self.catalog.recipes.get(&member.component) else {
            self.problem(
                self.profile_file(),
                format!("there is no recipe `{}`", member.component),
                None,
            );
            return vec![];
        };
        if recipe.imported {
            return vec![];
        }
        let Some(backend) = member.backend.or(recipe.backends.first().copied()) else {
            return vec![];
        };
        self.check_recipe(recipe, backend);
        let Some(wrapper) = self.wrapper(recipe) else { return vec![] };
        let step = |target: &Target| {
            let build = GoBuild { recipe, backend, target: *target, number: self.profile.fips };
            self.step(&build, wrapper.clone())
        };
        targets.iter().filter_map(step).collect()
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
        if !recipe.system.is_empty() {
            let message = format!(
                "`{}` needs host packages, which no backend builds with yet",
                recipe.system.join(", ")
            );
            self.problem(file.clone(), message, None);
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

    fn step(&self, build: &GoBuild<'_>, wrapper: Wrapper) -> Option<Step> {
        let recipe = build.recipe;
        let overlay = build.overlay();
        let artifacts: Vec<_> = recipe
            .packages
            .iter()
            .map(|p| (output_name(&p.import).to_owned(), p.artifact.clone()))
            .collect();
        let action = Action {
            arguments: build.arguments(),
            environment: build.environment(),
            inputs: self.inputs(build, &wrapper, &overlay)?,
            outputs: artifacts.iter().map(|(output, _)| output.clone()).collect(),
            platform: BTreeMap::from([
                ("buildLogic".to_owned(), BUILD_LOGIC.to_owned()),
                ("host".to_owned(), host()?.to_string()),
                ("network".to_owned(), "off".to_owned()),
            ]),
        };
        Some(Step {
            component: recipe.name.clone(),
            version: recipe.version.clone(),
            target: build.target,
            backend: build.backend,
            digest: action.digest(),
            artifacts,
            action,
            wrapper,
            overlay,
        })
    }

    /// Everything the action reads. The module cache is covered by `go.sum`.
    fn inputs(
        &self,
        build: &GoBuild<'_>,
        wrapper: &Wrapper,
        overlay: &BTreeMap<String, String>,
    ) -> Option<Vec<Input>> {
        let input = |path: &str, digest| Input { path: path.to_owned(), digest };
        let mut inputs = vec![
            input("{go}", digest_of(&self.go()?.tree_h1)?),
            input("{src}/go.mod", Sha256::of(wrapper.go_mod.as_bytes())),
            input("{src}/go.sum", Sha256::of(wrapper.go_sum.as_bytes())),
        ];
        if build.cgo() {
            inputs.push(input("{zig}", digest_of(&self.zig()?.tree_h1)?));
        }
        if build.backend == Backend::GoNative {
            let h1 = KnownObjects::of(&self.catalog.registry).snapshot_h1(SNAPSHOT)?.to_owned();
            inputs.push(input(
                &format!("{{modcache}}/golang.org/fips140@{SNAPSHOT}"),
                digest_of(&h1)?,
            ));
        }
        inputs.extend(overlay.iter().map(|(name, text)| {
            input(&format!("{{overlay}}/{name}"), Sha256::of(text.as_bytes()))
        }));
        inputs.sort();
        Some(inputs)
    }

    fn profile_file(&self) -> String {
        format!("profiles/{}.toml", self.profile.name)
    }

    fn problem(&mut self, file: String, message: impl Into<String>, hint: Option<String>) {
        self.problems.push(Problem::of_file(file, message, hint));
    }
}

fn missing(what: &str) -> Problem {
    let host = host().map_or_else(|| std::env::consts::ARCH.to_owned(), |host| host.to_string());
    let hint = "builds run on linux/amd64; every target is built from there".to_owned();
    Problem::of_file(
        "toolchains.toml",
        format!("no {what} is pinned for this machine ({host})"),
        Some(hint),
    )
}
