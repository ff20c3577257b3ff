//! Rust: a trimmed cargo workspace and the packages that its `Cargo.lock` pins, compiled offline in a root of Debian packages,
//! with the pinned Rust and, for the module's own build, the pinned Go.

use super::{Language, Needed, Place, Site};
use crate::{
    BuildError, Events, Isolation, Missing, ModuleSource,
    backend::rust::{SCRIPT, TRIPLE},
    crates,
    plan::Trimmed,
    room::{Room, Turn},
    toolchain,
};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::CrateSource;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// The script, and the packages with their checksums, as the sandbox sees them.
const FILES: [&str; 2] = ["build.sh", "crates.sha256"];

/// What only a step of Rust knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RustStep {
    files: BTreeMap<String, String>,
    crates: Vec<CrateSource>,
    /// `sha256sum`'s list of the packages.
    sums: String,
}

impl RustStep {
    pub(crate) fn new(sources: Trimmed) -> Self {
        let line = |source: &CrateSource| format!("{}  {}\n", source.sha256, source.file());
        let sums = sources.crates.iter().map(line).collect();
        Self { files: sources.files, crates: sources.crates, sums }
    }

    /// One digest for all sources: that of `sha256sum`'s list of them. `Cargo.lock` is among them, with the packages' checksums.
    pub(crate) fn sources_digest(&self) -> Sha256 {
        list(self.files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    pub(crate) fn overlay_digest(&self) -> Sha256 {
        list(self.overlay().into_iter())
    }

    /// Writes the sources into a folder of their own. What another run left there under other names is not used: the folder is
    /// named after the digest of all.
    fn place(&self, site: Site<'_>) -> Result<Utf8PathBuf, BuildError> {
        let folder = super::go::source_folder(site.workspace, site.step, &self.sources_digest());
        let expected: BTreeSet<&str> = self.files.keys().map(String::as_str).collect();
        if folder.exists() {
            for entry in files::walk(&folder)? {
                if !expected.contains(entry.path.as_str()) {
                    files::remove_tree(&folder.join(entry.path))?;
                }
            }
        }
        for (name, text) in &self.files {
            let path = folder.join(name);
            if files::read(&path, text.len() as u64).ok().as_deref() != Some(text.as_bytes()) {
                files::write(&path, text.as_bytes(), files::Mode::Plain)?;
            }
        }
        Ok(folder)
    }

    /// Where the first build of each set of tools and packages leaves what it compiled, for the next.
    fn cache(&self, site: Site<'_>) -> Utf8PathBuf {
        let tools: Vec<String> =
            site.plan.tools(site.step).iter().map(|t| t.sha256.to_string()).collect();
        let digest = Sha256::of((tools.concat() + &self.sums + SCRIPT).as_bytes());
        site.workspace.compiler_cache("cargo", &digest)
    }
}

fn list<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Sha256 {
    let lines: Vec<String> =
        files.map(|(name, text)| format!("{}  {name}\n", Sha256::of(text.as_bytes()))).collect();
    Sha256::of(lines.concat().as_bytes())
}

impl Language for RustStep {
    fn tools(&self) -> BTreeSet<Needed> {
        BTreeSet::from([Needed::Go, Needed::Debian, Needed::Rust])
    }

    fn is_fetched(&self, site: Site<'_>) -> bool {
        self.crates.iter().all(|source| crates::path(site.workspace, source).exists())
    }

    fn fetch(&self, site: Site<'_>, offline: bool, events: &dyn Events) -> Result<(), BuildError> {
        crates::fetch_locked(site, &self.files, &self.crates, offline, events)
    }

    fn missing(&self) -> Option<Missing> {
        crates::missing()
    }

    /// The sandbox compares each package once more, right before it unpacks it.
    fn verify(&self, site: Site<'_>, _: &Isolation) -> Result<(), BuildError> {
        self.place(site)?;
        self.crates.iter().try_for_each(|source| crates::read(site.workspace, source).map(drop))
    }

    fn needs_sandbox(&self) -> bool {
        true
    }

    fn places(
        &self,
        site: Site<'_>,
        turn: Turn,
        scratch: &Utf8Path,
    ) -> Result<Vec<Place>, BuildError> {
        let Site { workspace, plan, .. } = site;
        let cache = match turn {
            Turn::First => self.cache(site),
            Turn::Again => scratch.join("cargo-cache"),
        };
        let mut places = vec![
            Place::input("src", self.place(site)?),
            Place::input("crates", crates::folder(workspace)),
            Place::output("cargocache", cache),
        ];
        if let Some(root) = plan.debian() {
            places.extend(toolchain::debian::places(workspace, root));
        }
        if let Some(go) = plan.go() {
            places.push(Place::input("go", toolchain::go::folder(workspace, go)));
        }
        if let Some(rust) = plan.rust() {
            places.push(Place::input("rust", toolchain::rust::folder(workspace, rust)));
        }
        Ok(places)
    }

    fn overlay(&self) -> Vec<(&str, &str)> {
        FILES.into_iter().zip([SCRIPT, &self.sums]).collect()
    }

    /// The packages whose code is linked, from cargo in the room of the build.
    fn sources(&self, site: Site<'_>, room: &Room) -> Result<Vec<ModuleSource>, BuildError> {
        let environment = &site.step.action().environment;
        let (package, features) = (environment.get("PACKAGE"), environment.get("FEATURES"));
        let words = [
            "{rust}/bin/cargo",
            "tree",
            "--offline",
            "--manifest-path",
            "{tmp}/work/Cargo.toml",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}|{l}",
            "--target",
            TRIPLE,
            "--no-default-features",
            "--package",
        ];
        let mut arguments: Vec<String> = words.map(str::to_owned).into();
        arguments.extend(package.cloned());
        arguments.push("--features".to_owned());
        arguments.extend(features.cloned());
        let tree = room.invocation(&arguments, environment)?;
        let what = format!("listing the packages of {}", site.step.label());
        let outcome = tree.check(&what, None, &|_| {})?;
        let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let linked = linked(&text);
        let is_linked = |source: &&CrateSource| linked.contains_key(&key(source));
        let sources: Vec<CrateSource> = self.crates.iter().filter(is_linked).cloned().collect();
        let mut facts = crates::facts(site.workspace, &sources)?;
        for fact in &mut facts {
            let licence = linked.get(&(fact.path.as_str(), fact.version.as_str()));
            fact.licences = licence.into_iter().filter(|l| !l.is_empty()).cloned().collect();
        }
        Ok(facts)
    }
}

fn key(source: &CrateSource) -> (&str, &str) {
    (&source.name, &source.version)
}

/// Name and version of each line of `cargo tree`, with the licence that the package's manifest states. Old manifests have `/` for
/// `OR` (Cargo book, "The license field").
fn linked(tree: &str) -> BTreeMap<(&str, &str), String> {
    tree.lines()
        .filter_map(|line| {
            let (package, licence) = line.split_once('|')?;
            let mut words = package.split(' ');
            let key = (words.next()?, words.next()?.strip_prefix('v')?);
            Some((key, licence.trim().replace('/', " OR ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_names_packages_with_their_licences() {
        let tree = "crypto v0.1.0 (/w/crates/crypto)|MIT OR Apache-2.0\naws-lc-rs v1.17.1|ISC AND (Apache-2.0 OR ISC)\nhex v0.4.3|MIT/Apache-2.0\n\n";
        let linked = linked(tree);
        assert_eq!(linked[&("hex", "0.4.3")], "MIT OR Apache-2.0");
        assert_eq!(linked[&("aws-lc-rs", "1.17.1")], "ISC AND (Apache-2.0 OR ISC)");
        assert_eq!(linked.len(), 3);
    }
}
