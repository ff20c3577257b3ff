//! Source packages of the crate registry: cargo fetches them as it would for itself, and their digest is compared with our
//! pin each time they are read.

use crate::{
    BuildError, Event, Events, Missing, ModuleSource, Workspace, kind::Site, process::Invocation,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::CrateSource;
use serde::Deserialize;
use std::{collections::BTreeMap, time::Instant};
use vocab::{Sha256, Sha512};

/// The largest source package in sight, OpenSSL's, has 9 MB.
const CRATE_LIMIT: u64 = 256 << 20;

/// Where a package is kept.
pub(crate) fn path(workspace: &Workspace, source: &CrateSource) -> Utf8PathBuf {
    folder(workspace).join(source.file())
}

/// Where all packages are kept.
pub(crate) fn folder(workspace: &Workspace) -> Utf8PathBuf {
    workspace.downloads().join("crates")
}

/// A package's bytes, compared with their pin.
pub(crate) fn read(workspace: &Workspace, source: &CrateSource) -> Result<Vec<u8>, BuildError> {
    pinned(&path(workspace, source), source)
}

fn pinned(path: &Utf8Path, source: &CrateSource) -> Result<Vec<u8>, BuildError> {
    let bytes = files::read(path, CRATE_LIMIT)?;
    let found = Sha256::of(&bytes);
    if found == source.sha256 {
        return Ok(bytes);
    }
    Err(BuildError::PinMismatch {
        what: format!("`{path}`"),
        expected: source.sha256.to_string(),
        found: found.to_string(),
    })
}

/// Fetches the packages that are not there.
pub(crate) fn fetch(
    workspace: &Workspace,
    sources: &[CrateSource],
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    sources
        .iter()
        .filter(|source| !path(workspace, source).exists())
        .try_for_each(|source| one(workspace, source, offline, events))
}

fn one(
    workspace: &Workspace,
    source: &CrateSource,
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("the source package {} {}", source.name, source.version);
    let kept = path(workspace, source);
    if offline {
        return Err(BuildError::Offline { what, folder: kept });
    }
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let bytes = pinned(&downloaded(workspace, source)?, source)?;
    files::write(&kept, &bytes, files::Mode::Plain)?;
    let seconds = started.elapsed().as_secs_f64();
    events.event(Event::Fetched { what, bytes: bytes.len() as u64, seconds });
    Ok(())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: Utf8PathBuf,
}

/// Lets cargo download a package into its own cache, with the user's registry settings, and finds the file there.
fn downloaded(workspace: &Workspace, source: &CrateSource) -> Result<Utf8PathBuf, BuildError> {
    let folder = workspace.scratch(&format!("crate-{}-{}", source.name, std::process::id()));
    files::remove_tree(&folder)?;
    // A requirement takes no build metadata (Cargo book, "Specifying Dependencies").
    let (version, _) = source.version.split_once('+').unwrap_or((&source.version, ""));
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{} = \"={version}\"\n",
        source.name
    );
    files::write(&folder.join("Cargo.toml"), manifest.as_bytes(), files::Mode::Plain)?;
    files::write(&folder.join("src/lib.rs"), b"", files::Mode::Plain)?;
    // It resolves, downloads what the package names, and says where everything lies.
    let packages = metadata(&folder, &[], &format!("fetching {} with cargo", source.file()))?;
    files::remove_tree(&folder)?;
    let package = packages
        .into_iter()
        .find(|package| package.name == source.name)
        .ok_or_else(|| unreadable(format!("it names no package `{}`", source.name)))?;
    if package.version != source.version {
        return Err(BuildError::PinMismatch {
            what: format!("the version of the crate `{}`", source.name),
            expected: source.version.clone(),
            found: package.version,
        });
    }
    let cache = cache(&package);
    let folder = cache
        .ok_or_else(|| unreadable(format!("`{}` is in no registry", package.manifest_path)))?;
    Ok(folder.join(source.file()))
}

fn unreadable(why: impl Into<String>) -> BuildError {
    BuildError::BadRecord { path: "cargo metadata".into(), why: why.into() }
}

/// What cargo says of the packages of the workspace in `folder`.
fn metadata(folder: &Utf8Path, options: &[&str], what: &str) -> Result<Vec<Package>, BuildError> {
    let words = ["metadata", "--format-version", "1"].iter().chain(options);
    let mut cargo = Invocation::new("cargo", words.copied());
    cargo.inherit = true;
    cargo.folder = Some(folder.to_owned());
    let outcome = cargo.check(what, None, &|_| {})?;
    let metadata: Metadata =
        serde_json::from_slice(&outcome.stdout).map_err(|error| unreadable(error.to_string()))?;
    Ok(metadata.packages)
}

/// The folder of the archives that a package's registry came in: `registry/src/INDEX/NAME-VERSION/Cargo.toml` was unpacked from
/// `registry/cache/INDEX/NAME-VERSION.crate` (Cargo book, "Cargo Home").
fn cache(package: &Package) -> Option<Utf8PathBuf> {
    let index = package.manifest_path.ancestors().nth(2)?;
    let sources = index.parent().filter(|sources| sources.ends_with("registry/src"))?;
    Some(sources.parent()?.join("cache").join(index.file_name()?))
}

/// Fetches the packages that a workspace's `Cargo.lock` pins, all at once.
pub(crate) fn fetch_locked(
    site: Site<'_>,
    files: &BTreeMap<String, String>,
    sources: &[CrateSource],
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let workspace = site.workspace;
    let missing: Vec<&CrateSource> =
        sources.iter().filter(|source| !path(workspace, source).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("{} source packages of {}", missing.len(), site.step.component());
    if offline {
        return Err(BuildError::Offline { what, folder: folder(workspace) });
    }
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let scratch = workspace.scratch(&format!("crates-{}", std::process::id()));
    files::remove_tree(&scratch)?;
    for (name, text) in files {
        files::write_staged(&scratch.join(name), text.as_bytes(), files::Mode::Plain)?;
    }
    // `cargo fetch` downloads all that the lock names, for whatever target and features; then any package says where it lies.
    let mut cargo = Invocation::new("cargo", ["fetch"]);
    cargo.inherit = true;
    cargo.folder = Some(scratch.clone());
    cargo.check(&format!("fetching {what} with cargo"), None, &|_| {})?;
    let packages = metadata(&scratch, &["--offline"], &format!("asking cargo where {what} lie"))?;
    files::remove_tree(&scratch)?;
    let cache = packages.iter().find_map(cache);
    let cache = cache.ok_or_else(|| unreadable("it names no package of a registry"))?;
    let mut total = 0;
    for source in missing {
        let bytes = pinned(&cache.join(source.file()), source)?;
        total += bytes.len() as u64;
        files::write(&path(workspace, source), &bytes, files::Mode::Plain)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    events.event(Event::Fetched { what, bytes: total, seconds });
    Ok(())
}

/// What the host lacks to fetch packages.
pub(crate) fn missing() -> Option<Missing> {
    let mut ask = Invocation::new("cargo", ["--version"]);
    ask.inherit = true;
    if ask.run(None, &|_| {}).is_ok_and(|outcome| outcome.status.success()) {
        return None;
    }
    Some(Missing {
        what: "`cargo`".to_owned(),
        why: "cargo fetches the source packages of components of C and Rust".to_owned(),
        remedy: "install Rust: https://rustup.rs".to_owned(),
        required: true,
    })
}

/// Facts of packages, for the record.
pub(crate) fn facts(
    workspace: &Workspace,
    sources: &[CrateSource],
) -> Result<Vec<ModuleSource>, BuildError> {
    let fact = |source: &CrateSource| {
        let bytes = read(workspace, source)?;
        Ok(ModuleSource {
            path: source.name.clone(),
            version: source.version.clone(),
            h1: String::new(),
            zip_sha512: Sha512::of(&bytes),
            zip_sha256: source.sha256,
            licences: Vec::new(),
        })
    };
    sources.iter().map(fact).collect()
}
