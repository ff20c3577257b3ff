//! Source packages of the crate registry: cargo fetches them as it would for itself, and their digest is compared with our
//! pin each time they are read.

use crate::{
    BuildError, Event, Events, Missing, ModuleSource, Workspace, process::Invocation,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::CrateSource;
use serde::Deserialize;
use std::time::Instant;
use vocab::{Sha256, Sha512};

/// The largest source package in sight, OpenSSL's, has 9 MB.
const CRATE_LIMIT: u64 = 256 << 20;

/// Where a package is kept.
pub(crate) fn path(workspace: &Workspace, source: &CrateSource) -> Utf8PathBuf {
    workspace.downloads().join("crates").join(source.file())
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
    let mut cargo = Invocation::new("cargo", ["metadata", "--format-version", "1"]);
    cargo.inherit = true;
    cargo.folder = Some(folder.clone());
    let outcome = cargo.check(&format!("fetching {} with cargo", source.file()), None, &|_| {})?;
    files::remove_tree(&folder)?;
    let unreadable = |why: String| BuildError::BadRecord { path: "cargo metadata".into(), why };
    let metadata: Metadata =
        serde_json::from_slice(&outcome.stdout).map_err(|error| unreadable(error.to_string()))?;
    let package = metadata
        .packages
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
    // `registry/src/INDEX/NAME-VERSION/Cargo.toml` was unpacked from `registry/cache/INDEX/NAME-VERSION.crate` (Cargo book,
    // "Cargo Home").
    let mut above = package.manifest_path.ancestors().skip(2);
    let cache = above.next().and_then(|index| {
        Some(index.parent()?.parent()?.join("cache").join(index.file_name()?).join(source.file()))
    });
    cache.ok_or_else(|| unreadable(format!("`{}` is in no registry", package.manifest_path)))
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
