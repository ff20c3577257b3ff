//! What must hold between files: names that meet, versions that agree with the wrappers.

use crate::load::{File, Files};
use crate::nearest::{did_you_mean, list, quoted};
use crate::policy::RawPolicy;
use crate::profile::{RawMember, RawProfile};
use crate::raw::{At, RawFile, Sink, read};
use crate::recipe::RawRecipe;
use crate::{FILE_LIMIT, Policy, Problem, Profile, Recipe};
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use vocab::{ComponentName, PolicyName, ProfileName};

type Checked =
    (BTreeMap<ComponentName, Recipe>, BTreeMap<ProfileName, Profile>, BTreeMap<PolicyName, Policy>);

/// Reads and checks the files of the three folders, each with what the others say.
pub(crate) fn check(files: &Files, problems: &mut Vec<Problem>) -> Checked {
    let mut recipes = BTreeMap::new();
    each::<RawRecipe>(files.components, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        check_wrapper(raw, files.manifests, sink);
        insert(&mut recipes, &raw.name, raw.check(sink), "component", sink);
    });
    let mut policies = BTreeMap::new();
    each::<RawPolicy>(files.policies, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        insert(&mut policies, &raw.name, raw.check(sink), "policy", sink);
    });
    let known = Known {
        recipes: &recipes,
        components: stems(files.components),
        policies: stems(files.policies),
    };
    let mut profiles = BTreeMap::new();
    each::<RawProfile>(files.profiles, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        known.check_profile(raw, sink);
        insert(&mut profiles, &raw.name, raw.check(sink), "profile", sink);
    });
    (recipes, profiles, policies)
}

fn each<R: RawFile>(
    files: &[File],
    problems: &mut Vec<Problem>,
    mut check: impl FnMut(&File, &R, &mut Sink),
) {
    for file in files {
        let mut sink = Sink::new(&file.name, &file.text);
        if let Some(raw) = read::<R>(&file.text, &mut sink) {
            check(file, &raw, &mut sink);
        }
        problems.extend(sink.finish());
    }
}

fn stems(files: &[File]) -> BTreeSet<&str> {
    files.iter().map(|file| file.stem.as_str()).collect()
}

fn check_name<N: Display>(name: &At<N>, stem: &str, sink: &mut Sink) {
    let written = name.value.to_string();
    if written != stem {
        let hint = format!("rename the file to `{written}.toml`, or write `name = \"{stem}\"`");
        sink.push(&name.span, format!("the name `{written}` is not the file's name"), Some(hint));
    }
}

fn insert<N: Ord + Clone + Display, T>(
    all: &mut BTreeMap<N, T>,
    name: &At<N>,
    value: T,
    what: &str,
    sink: &mut Sink,
) {
    if all.insert(name.value.clone(), value).is_some() {
        sink.push(&name.span, format!("another file is the {what} `{}` already", name.value), None);
    }
}

/// What a profile may name. A file that could not be read still counts as known: its own problems are enough.
struct Known<'a> {
    recipes: &'a BTreeMap<ComponentName, Recipe>,
    components: BTreeSet<&'a str>,
    policies: BTreeSet<&'a str>,
}

impl Known<'_> {
    fn check_profile(&self, raw: &RawProfile, sink: &mut Sink) {
        known_name("policy", &raw.policy, &self.policies, sink);
        for member in &raw.components {
            known_name("component", &member.component, &self.components, sink);
            self.check_backend(member, sink);
        }
    }

    fn check_backend(&self, member: &RawMember, sink: &mut Sink) {
        let Some((backend, recipe)) =
            member.backend.as_ref().zip(self.recipes.get(&member.component.value))
        else {
            return;
        };
        if !recipe.backends.contains(&backend.value) {
            let valid = list(recipe.backends.iter().map(|backend| backend.as_str()));
            let message = format!(
                "`{}` is not built with `{}`; its recipe names {valid}",
                recipe.name, backend.value
            );
            let hint =
                format!("add the backend to `backends` of `components/{}.toml`", recipe.name);
            sink.push(&backend.span, message, Some(hint));
        }
    }
}

fn known_name<N: Display>(what: &str, name: &At<N>, known: &BTreeSet<&str>, sink: &mut Sink) {
    let written = name.value.to_string();
    if !known.contains(written.as_str()) {
        let message = format!(
            "unknown {what} {}; there is {}",
            quoted(&written),
            list(known.iter().copied())
        );
        sink.push(&name.span, message, did_you_mean(&written, known.iter().copied()));
    }
}

/// The wrapper pins what is built; the recipe only repeats the version, so the two must agree.
fn check_wrapper(raw: &RawRecipe, manifests: &Utf8Path, sink: &mut Sink) {
    let name = &raw.name.value;
    let folder = manifests.join("wrappers").join(name.as_str());
    let mut text = |file: &str| {
        let hint = format!("make the wrapper: `wrappers/{name}` needs `go.mod` and `go.sum`");
        let read = files::read_text(&folder.join(file), FILE_LIMIT);
        read.map_err(|error| {
            sink.push(
                &raw.name.span,
                format!("failed to read the wrapper's `{file}`: {error}"),
                Some(hint),
            )
        })
        .ok()
    };
    let (go_mod, _) = (text("go.mod"), text("go.sum"));
    let Some(go_mod) = go_mod else { return };
    let required = requirements(&go_mod);
    for module in &raw.modules {
        let (path, version) = (module.value.0.as_str(), raw.version.value.as_str());
        match required.get(path) {
            Some(found) if *found == version => {}
            Some(found) => {
                let message = format!(
                    "the recipe's version `{version}` is not the wrapper's: its go.mod requires `{path} {found}`"
                );
                sink.push(
                    &raw.version.span,
                    message,
                    Some(format!("write `version = \"{found}\"`, or renew the wrapper")),
                );
            }
            None => {
                let message =
                    format!("the wrapper's go.mod does not require the module {}", quoted(path));
                sink.push(&module.span, message, Some("renew the wrapper".to_owned()));
            }
        }
    }
}

/// The `require` lines of a go.mod (Go Modules Reference, "go.mod files"): single lines and blocks, comments cut.
fn requirements(go_mod: &str) -> BTreeMap<&str, &str> {
    let mut required = BTreeMap::new();
    let mut in_block = false;
    for line in go_mod.lines() {
        let words: Vec<&str> =
            line.split("//").next().unwrap_or_default().split_whitespace().collect();
        match *words.as_slice() {
            ["require", "("] => in_block = true,
            [")"] => in_block = false,
            ["require", path, version] => drop(required.insert(path, version)),
            [path, version] if in_block => drop(required.insert(path, version)),
            _ => {}
        }
    }
    required
}

#[cfg(test)]
mod tests {
    use super::*;

    // Without it a commented requirement or a `replace` block would count as what is built.
    #[test]
    fn only_require_lines_count() {
        let go_mod = "module wrap/x\n\nrequire a.b/c v1.2.3 // indirect\nrequire (\n\td.e/f v0.1.0\n\t// g.h/i v9.9.9\n)\nreplace (\n\ta.b/c v1.2.3\n)\n";
        assert_eq!(
            requirements(go_mod),
            BTreeMap::from([("a.b/c", "v1.2.3"), ("d.e/f", "v0.1.0")])
        );
    }
}
