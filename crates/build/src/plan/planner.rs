//! From recipes and wrappers to steps, with every problem on the way collected.

use super::{Artifact, Selection, Step};
use crate::{
    Action, PinnedSet, Workspace,
    action::Input,
    kind::{Kind, Needed},
    workspace::host,
};
use catalog::{
    Catalog, DebianRoot, GoToolchain, Member, Problem, Problems, Profile, Recipe, RustToolchain,
    ZigToolchain,
};
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Backend, ComponentName, Sha256, Target};

/// Goes into every action: raise it when the same recipe must be built again because our own logic changed.
const BUILD_LOGIC: &str = "fipsmith-build/1";

pub(super) struct Planner<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) profile: &'a Profile,
    pub(super) workspace: &'a Workspace,
    problems: Vec<Problem>,
    packages: BTreeMap<(ComponentName, Target), PinnedSet>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        profile: &'a Profile,
        workspace: &'a Workspace,
    ) -> Self {
        Self { catalog, profile, workspace, problems: Vec::new(), packages: BTreeMap::new() }
    }

    /// A problem for each toolchain that the steps take and nobody has pinned; or everything that was collected.
    pub(super) fn check_toolchains(&mut self, tools: &BTreeSet<Needed>) -> Result<(), Problems> {
        let there = [
            ("go", Needed::Go, self.go().is_some()),
            ("zig", Needed::Zig, self.zig().is_some()),
            ("root of Debian packages", Needed::Debian, self.debian().is_some()),
            ("rust", Needed::Rust, self.rust().is_some()),
        ];
        let missing = there.into_iter().filter(|(_, tool, there)| tools.contains(tool) && !there);
        self.problems.extend(missing.map(|(what, ..)| missing_toolchain(what)));
        Problems::check(std::mem::take(&mut self.problems))
    }

    pub(super) fn go(&self) -> Option<&'a GoToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_go(host))
    }

    pub(super) fn zig(&self) -> Option<&'a ZigToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_zig(host))
    }

    pub(super) fn rust(&self) -> Option<&'a RustToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_rust(host))
    }

    pub(super) fn debian(&self) -> Option<&'a DebianRoot> {
        host().and_then(|host| self.catalog.toolchains.default_debian(host))
    }

    /// Every set of packages that was asked for.
    pub(super) fn take_packages(&mut self) -> Vec<PinnedSet> {
        std::mem::take(&mut self.packages).into_values().collect()
    }

    /// A set of packages for a target; a problem when nobody has locked it.
    pub(super) fn package_set(
        &mut self,
        name: &ComponentName,
        target: Target,
    ) -> Option<PinnedSet> {
        let set = self.catalog.packages.get(name);
        let Some(pinned) = set.and_then(|set| PinnedSet::of(set, target)) else {
            let message = format!("the set of packages `{name}` is not locked for {target}");
            let hint = format!(
                "add the target to its `targets`, and run `cargo xtask toolchain lock {name}`"
            );
            self.problem(format!("packages/{name}.toml"), message, Some(hint));
            return None;
        };
        self.packages.insert((name.clone(), target), pinned.clone());
        Some(pinned)
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
        for set in recipe.images.iter().filter_map(|image| image.packages.as_ref()) {
            for &target in targets {
                let _ = self.package_set(set, target);
            }
        }
        if recipe.rust.is_some() {
            targets.iter().filter_map(|target| self.rust_step(recipe, backend, *target)).collect()
        } else if recipe.c.is_some() {
            targets.iter().filter_map(|target| self.c_step(recipe, backend, *target)).collect()
        } else {
            self.go_steps(recipe, backend, targets)
        }
    }

    /// A step, with the action in it that its kind has put together.
    pub(super) fn made(
        (recipe, backend, target): (&Recipe, Backend, Target),
        artifacts: Vec<Artifact>,
        command: Command,
        kind: Kind,
    ) -> Option<Step> {
        let mut inputs = command.inputs;
        inputs.sort();
        let action = Action {
            arguments: command.arguments,
            environment: command.environment,
            inputs,
            outputs: artifacts.iter().map(|artifact| artifact.file.clone()).collect(),
            platform: BTreeMap::from([
                ("buildLogic".to_owned(), BUILD_LOGIC.to_owned()),
                ("host".to_owned(), host()?.to_string()),
                ("network".to_owned(), "off".to_owned()),
            ]),
        };
        Some(Step {
            component: recipe.name.clone(),
            version: recipe.version.clone(),
            target,
            backend,
            digest: action.digest(),
            artifacts,
            action,
            kind,
        })
    }

    fn profile_file(&self) -> String {
        format!("profiles/{}.toml", self.profile.name)
    }

    pub(super) fn problem(
        &mut self,
        file: String,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.problems.push(Problem::of_file(file, message, hint));
    }
}

/// What a kind of build puts into an action.
pub(super) struct Command {
    pub(super) arguments: Vec<String>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) inputs: Vec<Input>,
}

pub(super) fn input(path: &str, digest: Sha256) -> Input {
    Input { path: path.to_owned(), digest }
}

fn missing_toolchain(what: &str) -> Problem {
    let host = host().map_or_else(|| std::env::consts::ARCH.to_owned(), |host| host.to_string());
    let hint = "builds run on linux/amd64; every target is built from there".to_owned();
    Problem::of_file(
        "toolchains.toml",
        format!("no {what} is pinned for this machine ({host})"),
        Some(hint),
    )
}
