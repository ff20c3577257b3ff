//! The checks that make a wrapper trustworthy. None of them can be switched off.

use super::{GoCommand, Request, Upstream, WrapError, go::lines_of, replaces::is_placeholder};
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
use vocab::{Arch, ComponentName};

/// What the programs link.
pub(super) struct Links {
    /// Module path to the version the build list selects, before any `replace`.
    pub(super) modules: BTreeMap<String, String>,
    /// True when only cgo builds them.
    pub(super) cgo: bool,
}

/// The linked modules, over all architectures fipsmith builds for.
pub(super) fn linked(
    go: &GoCommand<'_>,
    folder: &Utf8Path,
    request: &Request,
) -> Result<Links, WrapError> {
    const MODULE: &str = "{{with .Module}}{{.Path}} {{.Version}}{{end}}";
    let tags = format!("-tags={}", request.tags.join(","));
    let list = |arch: Arch, cgo: bool| {
        let command = go.network(folder, ["list", "-deps", tags.as_str(), "-f", MODULE, "tool"])?;
        Ok::<_, WrapError>(
            command.with("GOARCH", arch.as_str()).with("CGO_ENABLED", if cgo { "1" } else { "0" }),
        )
    };
    let what = format!("listing what {} links", request.name);
    // A package that needs C says so only by having no files left without it.
    let plain = list(Arch::Amd64, false)?.run()?;
    let excluded =
        plain.tail.iter().any(|line| line.contains("build constraints exclude all Go files"));
    let cgo = request.cgo || (!plain.status.success() && excluded);
    let mut modules = BTreeMap::new();
    for arch in [Arch::Amd64, Arch::Arm64] {
        let outcome = list(arch, cgo)?.check_as(&what, request.name.as_str())?;
        let pairs = lines_of(&outcome.stdout);
        modules.extend(
            pairs
                .iter()
                .filter_map(|line| line.split_once(' '))
                .map(|(p, v)| (p.to_owned(), v.to_owned())),
        );
    }
    Ok(Links { modules, cgo })
}

/// Compares the selected versions of linked modules with upstream's own `require` lines. Nothing else would show that
/// `go mod tidy` went for newer ones: such a wrapper builds.
pub(super) fn drift(
    linked: &BTreeMap<String, String>,
    upstream: &[Upstream],
    notes: &mut Vec<String>,
) -> Result<(), WrapError> {
    let mut drifts = Vec::new();
    for (path, ours) in linked {
        let required = |module: &Upstream| {
            let version = module.go_mod.required(path)?;
            (!is_placeholder(version)).then(|| (module.path.clone(), version.to_owned()))
        };
        let theirs: Vec<(String, String)> = upstream.iter().filter_map(required).collect();
        let differing: Vec<_> = theirs.iter().filter(|(_, version)| version != ours).collect();
        if differing.len() == theirs.len() {
            drifts.extend(
                differing
                    .into_iter()
                    .map(|(_, version)| (path.clone(), version.clone(), ours.clone())),
            );
        } else {
            // Modules that are built together share one version of what they link: the highest that one of them asks for.
            notes.extend(differing.into_iter().map(|(module, version)| {
                format!("`{module}` on its own would link `{path}` {version}; built together it links {ours}")
            }));
        }
    }
    if drifts.is_empty() { Ok(()) } else { Err(WrapError::Drift { drifts }) }
}

/// A person may map what upstream does not replace, so that a version that cannot be had does not stop the resolution: only as
/// long as none of it is linked.
pub(super) fn mapped(
    linked: &BTreeMap<String, String>,
    map: &BTreeMap<String, String>,
    upstream: &[Upstream],
) -> Result<(), WrapError> {
    let own = |path: &String| !upstream.iter().any(|m| m.go_mod.replaces_by_folder(path));
    let mapped: Vec<String> =
        map.keys().filter(|path| linked.contains_key(*path) && own(path)).cloned().collect();
    if mapped.is_empty() { Ok(()) } else { Err(WrapError::MappedIsLinked { mapped }) }
}

type Key = (String, String);

fn by_key(go_sum: &str) -> BTreeMap<Key, String> {
    let fields = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some(((words.next()?, words.next()?), words.next()?))
    };
    go_sum.lines().filter_map(fields).collect()
}

/// All lines of upstream's go.sum files, once and sorted.
pub(super) fn joined_sums(upstream: &[Upstream]) -> String {
    let lines: BTreeSet<&str> = upstream.iter().flat_map(|module| module.go_sum.lines()).collect();
    lines.into_iter().filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

/// Every sum that upstream has too must be the same. What is left over was vouched for by the checksum database.
pub(super) fn sums(ours: &str, upstream: &[Upstream]) -> Result<Vec<String>, WrapError> {
    let mut theirs: BTreeMap<Key, (String, &str)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for module in upstream {
        for (key, sum) in by_key(&module.go_sum) {
            match theirs.get(&key) {
                Some((other, by)) if *other != sum => conflicts.push(format!(
                    "{} {}: {other} by {by}, {sum} by {}",
                    key.0, key.1, module.path
                )),
                _ => drop(theirs.insert(key, (sum, module.path.as_str()))),
            }
        }
    }
    let mut only_ours = Vec::new();
    for ((path, version), sum) in by_key(ours) {
        match theirs.get(&(path.clone(), version.clone())) {
            None => only_ours.push(format!("{path} {version}")),
            Some((other, by)) if *other != sum => {
                conflicts.push(format!("{path} {version}: {other} by {by}, {sum} here"));
            }
            Some(_) => {}
        }
    }
    if conflicts.is_empty() { Ok(only_ours) } else { Err(WrapError::SumsDiffer { conflicts }) }
}

/// `go mod verify`: what lies in the module cache is what was downloaded.
pub(super) fn verify(
    go: &GoCommand<'_>,
    folder: &Utf8Path,
    name: &ComponentName,
) -> Result<(), WrapError> {
    let what = format!("verifying the module cache for {name}");
    go.network(folder, ["mod", "verify"])?.check_as(&what, name.as_str()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::upstream::{GoMod, ModuleVersion};

    fn upstream(path: &str, requires: &[(&str, &str)], go_sum: &str) -> Upstream {
        let line = |(path, version): &(&str, &str)| ModuleVersion {
            path: (*path).into(),
            version: (*version).into(),
        };
        Upstream {
            path: path.into(),
            version: "v1.0.0".into(),
            h1: String::new(),
            commit: None,
            repository: None,
            licences: vec![],
            go_mod: GoMod { require: requires.iter().map(line).collect(), ..GoMod::default() },
            go_sum: go_sum.into(),
        }
    }

    fn linked(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(path, version)| ((*path).to_owned(), (*version).to_owned())).collect()
    }

    #[test]
    fn every_drift_is_named_and_placeholders_are_none() {
        let one = [upstream(
            "e.org/x",
            &[("e.org/a", "v1.0.0"), ("e.org/b", "v2.0.0"), ("k8s.io/api", "v0.0.0")],
            "",
        )];
        let same =
            linked(&[("e.org/a", "v1.0.0"), ("k8s.io/api", "v0.0.0"), ("e.org/x", "v1.0.0")]);
        drift(&same, &one, &mut vec![]).unwrap();
        let error =
            drift(&linked(&[("e.org/a", "v1.5.0"), ("e.org/b", "v2.1.0")]), &one, &mut vec![])
                .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("e.org/a: upstream links v1.0.0, the wrapper v1.5.0"), "{text}");
        assert!(text.contains("e.org/b: upstream links v2.0.0, the wrapper v2.1.0"), "{text}");
    }

    #[test]
    fn modules_built_together_share_a_version_and_it_is_said() {
        let both = [
            upstream("e.org/x", &[("e.org/a", "v1.0.0")], ""),
            upstream("e.org/y", &[("e.org/a", "v1.5.0")], ""),
        ];
        let mut notes = vec![];
        drift(&linked(&[("e.org/a", "v1.5.0")]), &both, &mut notes).unwrap();
        assert_eq!(
            notes,
            ["`e.org/x` on its own would link `e.org/a` v1.0.0; built together it links v1.5.0"]
        );
        drift(&linked(&[("e.org/a", "v1.6.0")]), &both, &mut vec![]).unwrap_err();
    }

    #[test]
    fn what_is_linked_is_mapped_only_where_upstream_replaces_it_by_a_folder() {
        use crate::wrap::upstream::Replace;
        let mut x = upstream("e.org/x", &[("e.org/a", "v1.0.0"), ("e.org/b", "v1.0.0")], "");
        let side = |path: &str| ModuleVersion { path: path.into(), version: String::new() };
        x.go_mod.replace.push(Replace { old: side("e.org/a"), new: side("./a") });
        let linked = linked(&[("e.org/a", "v1.0.0"), ("e.org/b", "v1.0.0")]);
        let map = |path: &str| BTreeMap::from([(path.to_owned(), format!("{path}@v0.9.0"))]);
        let x = [x];
        mapped(&linked, &map("e.org/a"), &x).unwrap();
        mapped(&linked, &map("e.org/windows-only"), &x).unwrap();
        let error = mapped(&linked, &map("e.org/b"), &x).unwrap_err();
        assert!(error.to_string().contains("e.org/b"), "{error}");
    }

    #[test]
    fn a_sum_that_upstream_has_differently_is_a_conflict() {
        let theirs =
            [upstream("e.org/x", &[], "e.org/a v1.0.0 h1:aaa=\ne.org/a v1.0.0/go.mod h1:bbb=\n")];
        let ours = "e.org/a v1.0.0 h1:aaa=\ne.org/x v1.0.0 h1:ccc=\n";
        assert_eq!(sums(ours, &theirs).unwrap(), ["e.org/x v1.0.0"]);
        let error = sums("e.org/a v1.0.0/go.mod h1:other=\n", &theirs).unwrap_err().to_string();
        assert!(
            error.contains("e.org/a v1.0.0/go.mod: h1:bbb= by e.org/x, h1:other= here"),
            "{error}"
        );
        let two = [theirs[0].clone(), upstream("e.org/y", &[], "e.org/a v1.0.0 h1:zzz=\n")];
        assert!(sums("", &two).is_err());
    }
}
