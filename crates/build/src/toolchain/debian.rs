//! A root of Debian packages: the C and C++ compiler, make, perl, cmake and what these load. apt fetches them, with its own
//! state in our folder and the host's list of sources; each package is compared with its pin, and unpacked by our own
//! reader into one tree that a sandbox gets as its root.
//!
//! No maintainer script runs, so what these would make (alternatives, caches) is not there.

pub(crate) mod apt;
pub(crate) mod lock;
pub(crate) mod tree;

use super::{check_sum, pinned};
use crate::{BuildError, Event, Events, Missing, Workspace, kind::Place, process::Invocation};
use camino::Utf8PathBuf;
use catalog::{DebianPackage, DebianRoot};
use std::time::Instant;

/// Where a root is unpacked.
pub(crate) fn folder(workspace: &Workspace, root: &DebianRoot) -> Utf8PathBuf {
    let digest = crate::workspace::short(&root.digest());
    workspace.toolchain(&format!("{}-{}-{digest}", root.name, root.host.dashed()))
}

/// Makes sure the root is unpacked. The network is used only when a package is not there.
pub(crate) fn fetch(
    workspace: &Workspace,
    root: &DebianRoot,
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let folder = folder(workspace, root);
    if folder.exists() {
        return Ok(());
    }
    let missing: Vec<&DebianPackage> =
        root.packages.iter().filter(|package| !file(workspace, package).exists()).collect();
    let what = format!("the toolchain {}", root.name);
    if !missing.is_empty() {
        if offline {
            return Err(BuildError::Offline { what, folder });
        }
        events.event(Event::Fetching { what: what.clone() });
        let started = Instant::now();
        let apt = apt::Apt::new(workspace, &apt::Client::of_root(root))?;
        apt.update()?;
        apt.download(&missing)?;
        let bytes = missing
            .iter()
            .filter_map(|package| file(workspace, package).metadata().ok())
            .map(|metadata| metadata.len())
            .sum();
        let seconds = started.elapsed().as_secs_f64();
        events.event(Event::Fetched { what, bytes, seconds });
    }
    let staged = unpacked(workspace, root, &folder, events)?;
    files::make_read_only(staged.path())?;
    staged.commit()?;
    Ok(())
}

/// Unpacks every package beside `folder`, each compared with its pin first.
fn unpacked(
    workspace: &Workspace,
    root: &DebianRoot,
    folder: &Utf8PathBuf,
    events: &dyn Events,
) -> Result<files::Staged, BuildError> {
    let what = format!("unpacking {}", root.name);
    events.event(Event::Verifying { what: what.clone() });
    let started = Instant::now();
    let staged = files::Staged::beside(folder)?;
    for package in &root.packages {
        let path = file(workspace, package);
        let bytes = pinned(&path, &package.sha256)?;
        tree::unpack(&path, bytes, staged.path())?;
    }
    events.event(Event::Verified { what, seconds: started.elapsed().as_secs_f64() });
    Ok(staged)
}

/// Compares the unpacked tree with its pin.
pub(crate) fn verify(
    workspace: &Workspace,
    root: &DebianRoot,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let (what, folder) = (format!("the toolchain {}", root.name), folder(workspace, root));
    check_sum(&what, &folder, &root.tree_h1, events, || tree::hash(&folder))
}

/// Debian's four folders of programs and libraries, as a merged `/usr` shows them (file-hierarchy(7)).
pub(crate) fn places(workspace: &Workspace, root: &DebianRoot) -> Vec<Place> {
    let tree = folder(workspace, root);
    [("/usr", "usr"), ("/bin", "usr/bin"), ("/lib", "usr/lib"), ("/lib64", "usr/lib64")]
        .map(|(inside, below)| Place::input(inside, tree.join(below)))
        .into()
}

/// What the host lacks to fetch packages.
pub(crate) fn missing() -> Option<Missing> {
    let mut ask = Invocation::new("apt-get", ["--version"]);
    ask.inherit = true;
    if ask.run(None, &|_| {}).is_ok_and(|outcome| outcome.status.success()) {
        return None;
    }
    Some(Missing {
        what: "`apt-get`".to_owned(),
        why: "apt fetches the pinned Debian packages in which C and Rust are built; it installs nothing on the host".to_owned(),
        remedy: "fetch on Debian 12 or in its container, and take `target/fipsmith/downloads` along".to_owned(),
        required: true,
    })
}

/// Where a package is kept, under the name that apt gives it.
pub(crate) fn file(workspace: &Workspace, package: &DebianPackage) -> Utf8PathBuf {
    let version = package.version.replace(':', "%3a");
    let name = format!("{}_{version}_{}.deb", package.name, package.architecture);
    workspace.downloads().join("debian").join(name)
}
