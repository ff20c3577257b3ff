//! Where everything lies: the manifests of the repository, and fipsmith's own state below `target/fipsmith`.

use crate::BuildError;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use vocab::{Arch, ComponentName, Sha256, Target};

/// The folders a build reads and writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    manifests: Utf8PathBuf,
    state: Utf8PathBuf,
    local_sources: BTreeMap<ComponentName, Utf8PathBuf>,
}

impl Workspace {
    /// The workspace of a repository: `manifests/` and `target/fipsmith/` below `root`.
    pub fn of_repository(root: &Utf8Path) -> Result<Self, BuildError> {
        Self::new(&root.join("manifests"), &root.join("target/fipsmith"))
    }

    /// A workspace with its state somewhere else.
    pub fn new(manifests: &Utf8Path, state: &Utf8Path) -> Result<Self, BuildError> {
        let absolute =
            |path: &Utf8Path| Ok::<_, BuildError>(files::utf8(std::path::absolute(path)?)?);
        Ok(Self {
            manifests: absolute(manifests)?,
            state: absolute(state)?,
            local_sources: BTreeMap::new(),
        })
    }

    /// The same workspace, with a local clone to fetch a component's commit from.
    #[must_use]
    pub fn with_local_source(mut self, component: ComponentName, clone: Utf8PathBuf) -> Self {
        self.local_sources.insert(component, clone);
        self
    }

    /// Local clones, by component.
    pub fn local_sources(&self) -> &BTreeMap<ComponentName, Utf8PathBuf> {
        &self.local_sources
    }

    pub(crate) fn local_source(&self, component: &ComponentName) -> Option<&Utf8Path> {
        self.local_sources.get(component).map(Utf8PathBuf::as_path)
    }

    /// The folder of recipes, profiles, policies and wrappers.
    pub fn manifests(&self) -> &Utf8Path {
        &self.manifests
    }

    /// The folder fipsmith may write to; all of it can be removed and is made again.
    pub fn state(&self) -> &Utf8Path {
        &self.state
    }

    /// The pinned sources of a component.
    pub(crate) fn wrapper(&self, component: &ComponentName) -> Utf8PathBuf {
        self.manifests.join("wrappers").join(component.as_str())
    }
    /// Unpacked toolchains.
    pub(crate) fn toolchain(&self, name: &str) -> Utf8PathBuf {
        self.state.join("toolchains").join(name)
    }
    /// Archives that were downloaded by a client without a cache of its own.
    pub(crate) fn downloads(&self) -> Utf8PathBuf {
        self.state.join("downloads")
    }
    /// Go's module cache, used by nobody else.
    pub(crate) fn modcache(&self) -> Utf8PathBuf {
        self.state.join("modcache")
    }
    /// A compiler cache, one for each toolchain digest: nothing compiled by one toolchain is taken up by another.
    pub(crate) fn compiler_cache(&self, tool: &str, digest: &Sha256) -> Utf8PathBuf {
        self.state.join("cache").join(format!("{tool}-{}", short(digest)))
    }
    /// The outputs and the record of an action.
    pub(crate) fn action(&self, digest: &Sha256) -> Utf8PathBuf {
        self.state.join("actions").join(digest.to_string())
    }
    /// Everything a step printed.
    pub(crate) fn log(&self, component: &ComponentName, target: Target) -> Utf8PathBuf {
        self.state.join("logs").join(format!("{component}-{}.log", target.dashed()))
    }
    /// Folders of running steps. What a killed run left here is removed by the next one that takes the same name.
    pub(crate) fn scratch(&self, name: &str) -> Utf8PathBuf {
        self.state.join("scratch").join(name)
    }
    /// Facts about single modules.
    pub(crate) fn module_facts(&self) -> Utf8PathBuf {
        self.state.join("modules")
    }
}

/// The first digits of a digest, enough for a file name a person reads.
pub(crate) fn short(digest: &Sha256) -> String {
    digest.to_string().chars().take(12).collect()
}

/// The machine this program runs on, if fipsmith knows it.
pub(crate) fn host() -> Option<Target> {
    Target::ALL.iter().copied().find(|target| {
        let arch = match target.arch() {
            Arch::Amd64 => "x86_64",
            Arch::Arm64 => "aarch64",
        };
        (target.os(), arch) == (std::env::consts::OS, std::env::consts::ARCH)
    })
}
