//! Sets of Debian packages: what images hold beside programs, and what C code of Go components is linked against. apt fetches
//! them as it does a toolchain's; each is compared with its pin whenever it is read. No maintainer script runs, so a set for
//! another machine is made here as well.

mod copyright;
pub(crate) mod lock;
mod read;

pub use read::{PackageEntry, PackageFacts, PackageFiles};

use crate::{
    BuildError, Event, Events, Missing, Workspace,
    toolchain::debian::{
        self,
        apt::{Apt, Client},
        file,
    },
};
use camino::Utf8Path;
use catalog::{DebianPackage, PackageSet};
use serde::Serialize;
use std::time::Instant;
use vocab::{ComponentName, Sha256, Target};

/// A set of packages for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedSet {
    /// The set.
    pub name: ComponentName,
    /// What it is for.
    pub target: Target,
    /// One digest for its packages, and for what of them is left out.
    pub sha256: Sha256,
    #[serde(skip)]
    set: PackageSet,
}

impl PinnedSet {
    /// A set as it is locked for a target, if it is.
    pub(crate) fn of(set: &PackageSet, target: Target) -> Option<Self> {
        let sha256 = set.digest(target)?;
        Some(Self { name: set.name.clone(), target, sha256, set: set.clone() })
    }

    /// Its packages, sorted by name.
    pub fn packages(&self) -> &[DebianPackage] {
        self.set.locked_for(self.target).map(|locked| &locked.packages[..]).unwrap_or_default()
    }

    fn missing(&self, workspace: &Workspace) -> Vec<&DebianPackage> {
        self.packages().iter().filter(|package| !file(workspace, package).exists()).collect()
    }

    pub(crate) fn is_fetched(&self, workspace: &Workspace) -> bool {
        self.missing(workspace).is_empty()
    }
}

/// Makes sure that every package of the sets is there. The network is used only for those that are not.
pub(crate) fn fetch(
    workspace: &Workspace,
    sets: &[PinnedSet],
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    for set in sets {
        let missing = set.missing(workspace);
        if missing.is_empty() {
            continue;
        }
        let what = format!("the packages {} for {}", set.name, set.target);
        if offline {
            let folder = workspace.downloads().join("debian");
            return Err(BuildError::Offline { what, folder });
        }
        events.event(Event::Fetching { what: what.clone() });
        let started = Instant::now();
        let apt = Apt::new(workspace, &Client::of_set(&set.set, set.target))?;
        apt.update()?;
        apt.download(&missing)?;
        let size = |package: &&DebianPackage| Some(file(workspace, package).metadata().ok()?.len());
        let bytes = missing.iter().filter_map(size).sum();
        let seconds = started.elapsed().as_secs_f64();
        events.event(Event::Fetched { what, bytes, seconds });
    }
    Ok(())
}

/// What the host lacks to fetch the sets.
pub(crate) fn missing(workspace: &Workspace, sets: &[PinnedSet]) -> Option<Missing> {
    if sets.iter().all(|set| set.is_fetched(workspace)) {
        return None;
    }
    debian::missing()
}

/// Reads the packages of a set, each compared with its pin, into what stands at each path.
pub fn read_packages(workspace: &Workspace, set: &PinnedSet) -> Result<PackageFiles, BuildError> {
    read::read(workspace, set.packages(), &set.set.leave_out)
}

/// Unpacks a set into a folder that something is linked against. Links that begin at the root of a system begin at the folder.
pub(crate) fn unpack(
    workspace: &Workspace,
    set: &PinnedSet,
    into: &Utf8Path,
) -> Result<(), BuildError> {
    let files = read_packages(workspace, set)?;
    for (path, entry) in &files.entries {
        let place = into.join(path);
        match entry {
            PackageEntry::Folder => files::create_dir_all(&place)?,
            PackageEntry::File { bytes, .. } => {
                files::write_staged(&place, bytes, entry.mode())?;
            }
            PackageEntry::Symlink(target) => {
                files::symlink_staged(&place, &from_within(path, target))?;
            }
            PackageEntry::Hardlink(of) => {
                let Some(PackageEntry::File { bytes, .. }) = files.entries.get(of) else {
                    continue;
                };
                files::write_staged(&place, bytes, entry.mode())?;
            }
        }
    }
    Ok(())
}

/// A link's target that leads to the same file wherever the root lies.
fn from_within(path: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(absolute) => "../".repeat(path.matches('/').count()) + absolute,
        None => target.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_from_the_root_of_a_system_is_one_within_the_folder() {
        let from = "usr/lib/x86_64-linux-gnu/libz.so";
        assert_eq!(from_within(from, "/lib/libz.so.1"), "../../../lib/libz.so.1");
        assert_eq!(from_within(from, "libz.so.1"), "libz.so.1");
        assert_eq!(from_within("lib", "/usr/lib"), "usr/lib");
    }
}
