//! Go: a wrapper module whose `go.sum` pins every source, or a commit of a git repository; and one `go build` for all
//! programs.

use super::{Language, Needed, Place, Site};
use crate::{
    BuildError, Events, Isolation, Missing, ModuleSource, PinnedSet, Step, Workspace,
    backend::base_environment,
    dirhash::digest_of,
    doctor, modules, packages,
    room::{Room, Turn},
    source, toolchain,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::GitSource;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use vocab::Sha256;

/// What only a step of Go knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GoStep {
    pub(crate) sources: Sources,
    pub(crate) overlay: BTreeMap<String, String>,
    /// True when C code is compiled and linked.
    pub(crate) cgo: bool,
    /// What that code is compiled and linked against, besides the C library of zig.
    pub(crate) system: Option<PinnedSet>,
}

/// What a component is built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sources {
    /// Modules of the proxy, pinned by a wrapper.
    Wrapper(Wrapper),
    /// A commit of a git repository, and the modules that the recipe says are in it.
    Git { source: GitSource, modules: Vec<String> },
}

impl GoStep {
    /// The git repository it is built from, if it is from one.
    pub(crate) fn git(&self) -> Option<&GitSource> {
        match &self.sources {
            Sources::Git { source, .. } => Some(source),
            Sources::Wrapper(_) => None,
        }
    }
}

/// The pinned sources of a component, as they were when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrapper {
    pub(crate) go_mod: String,
    pub(crate) go_sum: String,
}

impl Wrapper {
    /// One digest for both files: the name of the folder the sources are fetched under.
    pub(crate) fn digest(&self) -> Sha256 {
        let both = [&self.go_mod, &self.go_sum].map(|text| Sha256::of(text.as_bytes()).to_string());
        Sha256::of(both.join("\n").as_bytes())
    }
}

impl Language for GoStep {
    fn tools(&self) -> BTreeSet<Needed> {
        iter::once(Needed::Go).chain(self.cgo.then_some(Needed::Zig)).collect()
    }

    fn is_fetched(&self, site: Site<'_>) -> bool {
        source::is_fetched(site.workspace, site.step, self)
    }

    fn fetch(&self, site: Site<'_>, offline: bool, events: &dyn Events) -> Result<(), BuildError> {
        source::fetch(site, self, offline, events)
    }

    fn missing(&self) -> Option<Missing> {
        self.git().and_then(|_| doctor::git())
    }

    /// `go mod verify`: every archive and every unpacked module against the sums in the cache, which the build compares
    /// with `go.sum` (cmd/go, "go mod verify").
    fn verify(&self, site: Site<'_>, isolation: &Isolation) -> Result<(), BuildError> {
        let component = site.step.component();
        let room = Room::new(site, isolation, Turn::First)?;
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
            let what = format!("verifying the sources of {component}");
            return Err(verify.failed(&what, None, outcome));
        }
        let detail = changed.into_iter().map(String::as_str).collect::<Vec<_>>().join("; ");
        Err(BuildError::SourceChanged { component: component.to_string(), detail })
    }

    fn places(
        &self,
        site: Site<'_>,
        turn: Turn,
        scratch: &Utf8Path,
    ) -> Result<Vec<Place>, BuildError> {
        let Site { workspace, plan, step } = site;
        let cache = |tool: &str, sum: &str| match (turn, digest_of(sum)) {
            (Turn::First, Some(digest)) => workspace.compiler_cache(tool, &digest),
            _ => scratch.join(format!("{tool}-cache")),
        };
        let mut places = vec![
            Place::input("modcache", workspace.modcache()),
            Place::input("src", source::place(workspace, step, self)?),
        ];
        if let Some(go) = plan.go() {
            places.push(Place::input("go", toolchain::go::folder(workspace, go)));
            places.push(Place::output("gocache", cache("go", &go.tree_h1)));
        }
        if let Some(zig) = plan.zig() {
            places.extend(
                self.cgo.then(|| Place::input("zig", toolchain::zig::folder(workspace, zig))),
            );
            places.push(Place::output("zigcache", cache("zig", &zig.tree_h1)));
        }
        if let Some(system) = &self.system {
            // Unpacked anew for each room: what nobody else can have changed needs no sum of its own.
            let folder = scratch.join("system");
            packages::unpack(workspace, system, &folder)?;
            places.push(Place::input("system", folder));
        }
        Ok(places)
    }

    /// The Go module may be in a folder of its repository.
    fn folder(&self) -> Utf8PathBuf {
        self.git().map(|source| source.path.as_str().into()).unwrap_or_default()
    }

    fn overlay(&self) -> Vec<(&str, &str)> {
        self.overlay.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
    }

    fn sources(&self, site: Site<'_>, room: &Room) -> Result<Vec<ModuleSource>, BuildError> {
        modules::linked(site.workspace, site.step, self, room)
    }
}

/// Where the wrapper's copy stands: see [`source::folder`].
pub(crate) fn source_folder(workspace: &Workspace, step: &Step, digest: &Sha256) -> Utf8PathBuf {
    let digest = crate::workspace::short(digest);
    workspace.state().join("sources").join(format!("{}-{digest}", step.component()))
}
