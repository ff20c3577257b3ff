//! C: a script of ours compiles source packages of the crate registry in a root of pinned Debian packages, and against
//! components that were built the same way before. Nothing of the host is used, so there is no such build without the
//! sandbox.

use super::{Language, Needed, Place, Site};
use crate::{
    BuildError, Events, Isolation, Missing, ModuleSource, Step, Workspace, crates,
    room::{Room, Turn},
    toolchain,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::CrateSource;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// What only a step of C knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CStep {
    /// The files of the wrapper, by name: the script and what it compiles or installs of ours.
    pub(crate) files: BTreeMap<String, String>,
    /// Source packages.
    pub(crate) sources: Vec<CrateSource>,
    /// Steps that are built first.
    pub(crate) needs: Vec<Step>,
}

impl CStep {
    fn digest(&self) -> Sha256 {
        let files =
            self.files.iter().map(|(name, text)| (name.clone(), Sha256::of(text.as_bytes())));
        let sources = self.sources.iter().map(|source| (source.file(), source.sha256));
        let lines: Vec<String> =
            files.chain(sources).map(|(name, digest)| format!("{digest}  {name}\n")).collect();
        Sha256::of(lines.concat().as_bytes())
    }

    fn folder(&self, workspace: &Workspace, step: &Step) -> Utf8PathBuf {
        super::go::source_folder(workspace, step, &self.digest())
    }

    /// Writes the wrapper's files and the source packages into a folder of the step's own.
    fn place(&self, site: Site<'_>) -> Result<Utf8PathBuf, BuildError> {
        let folder = self.folder(site.workspace, site.step);
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            if files::read(&path, bytes.len() as u64).ok().as_deref() == Some(bytes) {
                return Ok(());
            }
            files::write(&path, bytes, files::Mode::Plain).map_err(BuildError::from)
        };
        for (name, text) in &self.files {
            put(name, text.as_bytes())?;
        }
        for source in &self.sources {
            put(&source.file(), &crates::read(site.workspace, source)?)?;
        }
        Ok(folder)
    }
}

impl Language for CStep {
    fn tools(&self) -> BTreeSet<Needed> {
        BTreeSet::from([Needed::Debian])
    }

    fn is_fetched(&self, site: Site<'_>) -> bool {
        self.sources.iter().all(|source| crates::path(site.workspace, source).exists())
            && self.needs.iter().all(|step| step.language().is_fetched(Site { step, ..site }))
    }

    fn fetch(&self, site: Site<'_>, offline: bool, events: &dyn Events) -> Result<(), BuildError> {
        for step in &self.needs {
            step.language().fetch(Site { step, ..site }, offline, events)?;
        }
        crates::fetch(site.workspace, &self.sources, offline, events)
    }

    fn missing(&self) -> Option<Missing> {
        crates::missing()
    }

    fn verify(&self, site: Site<'_>, _: &Isolation) -> Result<(), BuildError> {
        self.place(site).map(drop)
    }

    fn needs_sandbox(&self) -> bool {
        true
    }

    fn places(
        &self,
        site: Site<'_>,
        _: Turn,
        scratch: &Utf8Path,
    ) -> Result<Vec<Place>, BuildError> {
        let needs = scratch.join("needs");
        let mut places =
            vec![Place::input("src", self.place(site)?), Place::input("needs", needs.clone())];
        if let Some(root) = site.plan.debian() {
            places.extend(toolchain::debian::places(site.workspace, root));
        }
        for need in &self.needs {
            // It is mounted inside a place that is read-only by then.
            files::create_dir_all(&needs.join(need.component().as_str()))?;
            let name = format!("needs/{}", need.component());
            let outputs = site.workspace.action(need.digest()).join("artifacts");
            places.push(Place::input(name, outputs));
        }
        Ok(places)
    }

    fn sources(&self, site: Site<'_>, _: &Room) -> Result<Vec<ModuleSource>, BuildError> {
        let mut all = crates::facts(site.workspace, &self.sources)?;
        for step in &self.needs {
            if let super::Kind::C(need) = step.kind() {
                all.extend(crates::facts(site.workspace, &need.sources)?);
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }
}
