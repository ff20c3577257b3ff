//! What an image holds besides its programs and small files: a set of Debian packages, and the tree around programs of C.

use crate::naming::MTIME;
use crate::scanning::Program;
use crate::workspace::Desk;
use anyhow::Context as _;
use build::{Built, PackageEntry, PackageFiles, Plan};
use catalog::ImageRecipe;
use files::Mode;
use pack::{Layer, Thing, layer_of};
use scan::ArtifactReport;
use std::collections::BTreeMap;
use vocab::{OutputKind, Verdict};

/// A Debian package in an image, and what its programs were found to be.
pub(crate) struct Package {
    pub(crate) facts: build::PackageFacts,
    /// The verdict of each program of it, in this image. None: it holds no program.
    pub(crate) verdicts: Vec<Verdict>,
}

/// The packages of an image, if it has some.
pub(super) fn packages(
    desk: &Desk,
    plan: &Plan,
    built: &Built,
    image: &ImageRecipe,
) -> anyhow::Result<Option<PackageFiles>> {
    let Some(name) = &image.packages else { return Ok(None) };
    let target = built.target();
    let is_it = |set: &&build::PinnedSet| set.name == *name && set.target == target;
    let set = plan.packages().iter().find(is_it);
    let set = set.with_context(|| format!("the plan has no packages `{name}` for {target}"))?;
    Ok(Some(build::read_packages(&desk.space, set)?))
}

/// The layer of packages. It lies under all others, so that what the recipe says of users and files holds.
pub(super) fn layer(packages: &PackageFiles) -> anyhow::Result<Layer<'static>> {
    // hier(7): everybody may write here, and nobody may remove what is another's.
    let folder = |path: &str| if ["tmp", "var/tmp"].contains(&path) { 0o1777 } else { 0o755 };
    let things = packages.entries.iter().map(|(path, entry)| {
        let thing = match entry {
            PackageEntry::Folder => (folder(path), Thing::Folder),
            PackageEntry::File { bytes, executable: true } => (0o755, Thing::File(bytes)),
            PackageEntry::File { bytes, .. } => (0o644, Thing::File(bytes)),
            PackageEntry::Symlink(target) => (0o777, Thing::Symlink(target)),
            PackageEntry::Hardlink(file) => (0o755, Thing::Hardlink(file)),
        };
        (path.clone(), thing)
    });
    Ok(layer_of(&things.collect(), MTIME)?)
}

/// The files around programs of C, where their tree has them; none for programs that stand alone.
pub(super) fn tree(built: &Built) -> anyhow::Result<Option<Layer<'static>>> {
    let around = built.artifacts().iter().filter(|it| it.is_archived());
    let around = around.filter(|it| it.kind != OutputKind::Program);
    let mut files = BTreeMap::new();
    for artifact in around {
        let Some(place) = &artifact.install else { continue };
        let mode = if artifact.mode() == Mode::Executable { 0o755 } else { 0o644 };
        files.insert(place.trim_start_matches('/').to_owned(), (mode, artifact.read()?));
    }
    if files.is_empty() {
        return Ok(None);
    }
    let things = files
        .iter()
        .map(|(path, (mode, bytes))| (path.clone(), (*mode, Thing::File(bytes.as_slice()))));
    Ok(Some(layer_of(&things.collect(), MTIME)?))
}

/// Each package with the verdicts of its programs.
pub(super) fn judged(
    packages: PackageFiles,
    inside: &BTreeMap<String, &ArtifactReport>,
) -> Vec<Package> {
    let package = |facts: build::PackageFacts| {
        let own = facts.files.iter().filter_map(|path| inside.get(path));
        Package { verdicts: own.map(|report| report.verdict).collect(), facts }
    };
    packages.packages.into_iter().map(package).collect()
}

/// Where a program stands in an image, without `/` before it.
pub(super) fn place(program: &Program<'_>) -> String {
    program.place().trim_start_matches('/').to_owned()
}
