//! Facts about the source modules a build can link: what an SBOM says of them. All of it is read from the archive the
//! Go command verified, never from a description somewhere else.

mod licence;

use crate::{BuildError, Step, Workspace, kind::go::GoStep, room::Room};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
};
use vocab::{Sha256, Sha512};

/// The largest module archive the Go command takes (golang.org/x/mod/zip, `MaxZipFile`).
const ZIP_LIMIT: u64 = 500 << 20;
const FACTS_LIMIT: u64 = 1 << 20;
/// Raise it when licences are found by other rules: kept facts of older rules are not used then.
const RULES: &str = "fipsmith-module/1";

/// A module version, its digests and its licences.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleSource {
    /// The module path.
    pub path: String,
    /// Its version.
    pub version: String,
    /// Its `h1:` sum, as `go.sum` has it.
    pub h1: String,
    /// SHA-512 of the module's zip file.
    pub zip_sha512: Sha512,
    /// SHA-256 of the module's zip file.
    pub zip_sha256: Sha256,
    /// SPDX expressions of the licence texts in the zip; empty when none was recognised.
    pub licences: Vec<String>,
}

/// Facts of all modules a step's packages come from, sorted by path and version.
pub(crate) fn linked(
    workspace: &Workspace,
    step: &Step,
    go: &GoStep,
    room: &Room,
) -> Result<Vec<ModuleSource>, BuildError> {
    let names = list(step, room)?;
    let sums = sums(&go.wrapper.go_sum);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            let h1 = sums.get(name).ok_or_else(|| unpinned(step, name))?;
            done.push(facts(workspace, name, h1)?);
        }
        Ok::<_, BuildError>(done)
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all = Vec::with_capacity(names.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            all.extend(
                worker
                    .join()
                    .map_err(|_| std::io::Error::other("a thread that read modules stopped"))??,
            );
        }
        Ok::<_, BuildError>(())
    })?;
    all.sort();
    Ok(all)
}

type Name = (String, String);

/// The modules of all packages in the build, from the Go command under the step's own environment and tags.
fn list(step: &Step, room: &Room) -> Result<Vec<Name>, BuildError> {
    const MODULE: &str = "{{with .Module}}{{with .Replace}}{{.Path}} {{.Version}}{{else}}{{.Path}} {{.Version}}{{end}}{{end}}";
    // The build's own arguments without what only concerns linking.
    let all = &step.action().arguments;
    let mut arguments: Vec<String> =
        ["{go}/bin/go", "list", "-deps", "-f", MODULE].map(str::to_owned).into();
    let mut words = all.iter().skip(2);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-ldflags" | "-o" => _ = words.next(),
            _ => arguments.push(word.clone()),
        }
    }
    let list = room.invocation(&arguments, &step.action().environment)?;
    let outcome = list.check(&format!("listing the modules of {}", step.label()), None, &|_| {})?;
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let names: BTreeSet<Name> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(p, v)| (p.to_owned(), v.to_owned()))
        .collect();
    Ok(names.into_iter().filter(|(_, version)| !version.is_empty()).collect())
}

/// The sums of a `go.sum`: `path version h1:...`, without the lines for go.mod files alone.
fn sums(go_sum: &str) -> BTreeMap<Name, String> {
    let fields = |line: &str| {
        let mut words = line.split_whitespace();
        Some(((words.next()?.to_owned(), words.next()?.to_owned()), words.next()?.to_owned()))
    };
    go_sum
        .lines()
        .filter_map(fields)
        .filter(|((_, version), _)| !version.ends_with("/go.mod"))
        .collect()
}

fn unpinned(step: &Step, (path, version): &Name) -> BuildError {
    let detail = format!("`{path} {version}` is linked and has no line in go.sum");
    BuildError::SourceChanged { component: step.component().to_string(), detail }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    rules: String,
    module: ModuleSource,
}

/// The facts of one module, computed once and kept for its digest.
fn facts(
    workspace: &Workspace,
    (path, version): &Name,
    h1: &str,
) -> Result<ModuleSource, BuildError> {
    let zip = workspace
        .modcache()
        .join("cache/download")
        .join(escaped(path))
        .join("@v")
        .join(format!("{}.zip", escaped(version)));
    let bytes = files::read(&zip, ZIP_LIMIT)?;
    let zip_sha256 = Sha256::of(&bytes);
    let kept = workspace.module_facts().join(format!("{zip_sha256}.json"));
    if let Some(module) = read_kept(&kept, path, version) {
        return Ok(module);
    }
    let module = ModuleSource {
        path: path.clone(),
        version: version.clone(),
        h1: h1.to_owned(),
        zip_sha512: Sha512::of(&bytes),
        zip_sha256,
        licences: licence::of_module(&bytes, &format!("{path}@{version}/")),
    };
    let json = serde_json::to_string(&Kept { rules: RULES.to_owned(), module: module.clone() })
        .map_err(std::io::Error::from)?;
    files::write(&kept, json.as_bytes(), files::Mode::Plain)?;
    Ok(module)
}

fn read_kept(path: &Utf8PathBuf, module: &str, version: &str) -> Option<ModuleSource> {
    let kept: Kept = serde_json::from_str(&files::read_text(path, FACTS_LIMIT).ok()?).ok()?;
    (kept.rules == RULES && kept.module.path == module && kept.module.version == version)
        .then_some(kept.module)
}

/// A path as the module cache spells it: an upper-case letter becomes `!` and its lower-case one
/// (golang.org/x/mod/module, `EscapePath`).
fn escaped(text: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_uppercase() { format!("!{}", c.to_ascii_lowercase()) } else { c.to_string() }
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_spells_upper_case_with_a_mark() {
        assert_eq!(escaped("github.com/Azure/go-ansiterm"), "github.com/!azure/go-ansiterm");
    }

    #[test]
    fn only_sums_of_whole_modules_count() {
        let sums = sums("a v1 h1:aaa=\na v1/go.mod h1:bbb=\n\nshort\n");
        assert_eq!(
            sums,
            BTreeMap::from([(("a".to_owned(), "v1".to_owned()), "h1:aaa=".to_owned())])
        );
    }
}
