//! The plan: which actions a profile needs, worked out from the manifests alone, before anything is fetched or built.

mod object;
mod print;

pub use object::KnownObjects;

use crate::{
    Action, Workspace,
    action::Input,
    backend::{GoBuild, SNAPSHOT, output_name},
    dirhash::digest_of,
    workspace::host,
};
use catalog::{Catalog, GoToolchain, Member, Problem, Problems, Profile, Recipe, ZigToolchain};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use vocab::{ArtifactName, Backend, ComponentName, ProfileName, Sha256, Target, Version};

/// Goes into every action: raise it when the same recipe must be built again because our own logic changed.
const BUILD_LOGIC: &str = "fipsmith-build/1";
/// A `go.sum` of a large component has a thousand lines.
const WRAPPER_LIMIT: u64 = 4 << 20;

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
    let (go, zig) = (planner.go(), planner.zig());
    let needs_zig = steps.iter().any(Step::needs_zig);
    if needs_zig && zig.is_none() {
        planner.no_toolchain("zig");
    }
    Problems::check(std::mem::take(&mut planner.problems))?;
    let Some(go) = go else { return Err(planner.missing("go").into()) };
    Ok(Plan {
        schema: "fipsmith-plan/1",
        profile: profile.name.clone(),
        go: go.clone(),
        zig: zig.filter(|_| needs_zig).cloned(),
        steps,
        objects: KnownObjects::of(&catalog.registry),
    })
}

struct Planner<'a> {
    catalog: &'a Catalog,
    profile: &'a Profile,
    workspace: &'a Workspace,
    problems: Vec<Problem>,
}

impl<'a> Planner<'a> {
    fn new(catalog: &'a Catalog, profile: &'a Profile, workspace: &'a Workspace) -> Self {
        Self { catalog, profile, workspace, problems: Vec::new() }
    }

    fn go(&self) -> Option<&'a GoToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_go(host))
    }

    fn zig(&self) -> Option<&'a ZigToolchain> {
        host().and_then(|host| self.catalog.toolchains.default_zig(host))
    }

    fn steps(&mut self, selection: &Selection) -> Vec<Step> {
        self.check_selection(selection);
        let chosen = |name: &ComponentName| selection.components.is_empty() || selection.components.contains(name);
        let members: Vec<&Member> = self.profile.components.iter().filter(|m| chosen(&m.component)).collect();
        let mut steps = Vec::new();
        for member in members {
            let targets = member.targets.as_ref().unwrap_or(&self.profile.targets);
            let wanted = |target: &&Target| selection.targets.is_empty() || selection.targets.contains(target);
            let targets: Vec<Target> = targets.iter().filter(wanted).copied().collect();
            steps.extend(self.component(member, &targets));
        }
        steps
    }

    fn check_selection(&mut self, selection: &Selection) {
        let members: BTreeSet<_> = self.profile.components.iter().map(|member| &member.component).collect();
        for name in selection.components.iter().filter(|name| !members.contains(name)) {
            let valid = members.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!("`{name}` is no component of the profile `{}`: it has {valid}", self.profile.name);
            self.problem(self.profile_file(), message, None);
        }
    }

    /// The steps of one member; what is wrong with it goes to the problems.
    fn component(&mut self, member: &Member, targets: &[Target]) -> Vec<Step> {
        let Some(recipe) = self.catalog.recipes.get(&member.component) else {
            self.problem(self.profile_file(), format!("there is no recipe `{}`", member.component), None);
            return vec![];
        };
        let Some(backend) = member.backend.or(recipe.backends.first().copied()) else { return vec![] };
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
                self.problem(file.clone(), format!("two packages would both be built as `{name}`"), Some(hint));
            }
        }
        if !recipe.system.is_empty() {
            let message = format!("`{}` needs host packages, which no backend builds with yet", recipe.system.join(", "));
            self.problem(file.clone(), message, None);
        }
        if recipe.version_vars.values().any(|value| value.contains(['\'', '\n'])) {
            self.problem(file, "a version variable may not hold a quote or a line break", None);
        }
        if backend == Backend::GoNative && self.catalog.registry.go_snapshot(SNAPSHOT).is_none() {
            self.problem("modules.toml".to_owned(), format!("the snapshot `{SNAPSHOT}` is in no row"), None);
        }
    }

    fn wrapper(&mut self, recipe: &Recipe) -> Option<Wrapper> {
        let folder = self.workspace.wrapper(&recipe.name);
        let mut read = |name: &str| match files::read_text(&folder.join(name), WRAPPER_LIMIT) {
            Ok(text) => Some(text),
            Err(error) => {
                let hint = "a wrapper is a Go module that requires the component; its go.sum pins every source".to_owned();
                self.problem(format!("wrappers/{}/{name}", recipe.name), error.to_string(), Some(hint));
                None
            }
        };
        let (go_mod, go_sum) = (read("go.mod"), read("go.sum"));
        let wrapper = Wrapper { go_mod: go_mod?, go_sum: go_sum? };
        for module in &recipe.modules {
            if !requires(&wrapper.go_mod, module, recipe.version.as_str()) {
                let message = format!("it does not require `{module} {}`, which the recipe names", recipe.version);
                self.problem(format!("wrappers/{}/go.mod", recipe.name), message, None);
            }
        }
        Some(wrapper)
    }

    fn step(&self, build: &GoBuild<'_>, wrapper: Wrapper) -> Option<Step> {
        let recipe = build.recipe;
        let overlay = build.overlay();
        let artifacts: Vec<_> =
            recipe.packages.iter().map(|p| (output_name(&p.import).to_owned(), p.artifact.clone())).collect();
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
    fn inputs(&self, build: &GoBuild<'_>, wrapper: &Wrapper, overlay: &BTreeMap<String, String>) -> Option<Vec<Input>> {
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
            inputs.push(input(&format!("{{modcache}}/golang.org/fips140@{SNAPSHOT}"), digest_of(&h1)?));
        }
        inputs.extend(overlay.iter().map(|(name, text)| input(&format!("{{overlay}}/{name}"), Sha256::of(text.as_bytes()))));
        inputs.sort();
        Some(inputs)
    }

    fn profile_file(&self) -> String {
        format!("profiles/{}.toml", self.profile.name)
    }

    fn problem(&mut self, file: String, message: impl Into<String>, hint: Option<String>) {
        self.problems.push(Problem::of_file(file, message, hint));
    }

    fn missing(&self, what: &str) -> Problem {
        let host = host().map_or_else(|| std::env::consts::ARCH.to_owned(), |host| host.to_string());
        let hint = "builds run on linux/amd64; every target is built from there".to_owned();
        Problem::of_file("toolchains.toml", format!("no {what} is pinned for this machine ({host})"), Some(hint))
    }

    fn no_toolchain(&mut self, what: &str) {
        let problem = self.missing(what);
        self.problems.push(problem);
    }
}

/// True when a go.mod requires this module at this version, in a block or on a line of its own.
fn requires(go_mod: &str, module: &str, version: &str) -> bool {
    go_mod.lines().any(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word == "require");
        words.next() == Some(module) && words.next() == Some(version)
    })
}
