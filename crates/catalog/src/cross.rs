//! What must hold between files: names that meet.

use crate::load::{File, Files};
use crate::nearest::{did_you_mean, list, quoted};
use crate::packages::RawPackageSet;
use crate::policy::RawPolicy;
use crate::profile::{RawMember, RawProfile};
use crate::raw::{At, RawFile, Sink, read};
use crate::recipe::RawRecipe;
use crate::{PackageSet, Policy, Problem, Profile, Recipe, wrapper};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use vocab::{ComponentName, ImageName, PolicyName, ProfileName};

type Checked =
    (BTreeMap<ComponentName, Recipe>, BTreeMap<ProfileName, Profile>, BTreeMap<PolicyName, Policy>);

/// Reads and checks the files of the three folders, each with what the others say.
pub(crate) fn check(files: &Files, problems: &mut Vec<Problem>) -> Checked {
    let mut recipes = BTreeMap::new();
    let components = stems(files.components);
    let packages = stems(files.packages);
    each::<RawRecipe>(files.components, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        let imported = wrapper::left_out(raw, files.manifests);
        // A git source brings its own go.mod and go.sum.
        if !imported && raw.source.is_none() {
            wrapper::check(raw, files.manifests, sink);
        }
        let recipe = Recipe { imported, ..raw.check(sink) };
        for need in raw.c.iter().flat_map(|c| &c.needs) {
            known_name("component", need, &components, sink);
        }
        for set in raw.package_sets() {
            known_name("set of packages", set, &packages, sink);
        }
        // Of a recipe that was not read whole, profiles are not judged by what is left.
        if sink.whole() {
            insert(&mut recipes, &raw.name, recipe, "component", sink);
        }
    });
    let mut policies = BTreeMap::new();
    each::<RawPolicy>(files.policies, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        insert(&mut policies, &raw.name, raw.check(sink), "policy", sink);
    });
    let known = Known { recipes: &recipes, components, policies: stems(files.policies) };
    let mut profiles = BTreeMap::new();
    each::<RawProfile>(files.profiles, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        known.check_profile(raw, sink);
        insert(&mut profiles, &raw.name, raw.check(sink), "profile", sink);
    });
    (recipes, profiles, policies)
}

/// Reads and checks the sets of packages.
pub(crate) fn packages(
    files: &Files,
    problems: &mut Vec<Problem>,
) -> BTreeMap<ComponentName, PackageSet> {
    let mut sets = BTreeMap::new();
    each::<RawPackageSet>(files.packages, problems, |file, raw, sink| {
        check_name(&raw.name, &file.stem, sink);
        insert(&mut sets, &raw.name, raw.check(sink), "set of packages", sink);
    });
    sets
}

pub(crate) fn each<R: RawFile>(
    files: &[File],
    problems: &mut Vec<Problem>,
    mut check: impl FnMut(&File, &R, &mut Sink),
) {
    for file in files {
        let mut sink = Sink::new(&file.name, &file.text);
        if let Some(raw) = read::<R>(&file.text, &[], &mut sink) {
            check(file, &raw, &mut sink);
        }
        problems.extend(sink.finish());
    }
}

fn stems(files: &[File]) -> BTreeSet<&str> {
    files.iter().map(|file| file.stem.as_str()).collect()
}

pub(crate) fn check_name<N: Display>(name: &At<N>, stem: &str, sink: &mut Sink) {
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
        self.check_images(raw, sink);
    }

    /// Two images of one name would be one file of the release.
    fn check_images(&self, raw: &RawProfile, sink: &mut Sink) {
        let mut owners: BTreeMap<&ImageName, &ComponentName> = BTreeMap::new();
        for member in &raw.components {
            let Some(recipe) = self.recipes.get(&member.component.value) else { continue };
            for image in &recipe.images {
                let Some(owner) = owners.insert(&image.name, &recipe.name) else { continue };
                if owner != &recipe.name {
                    let message = format!(
                        "`{owner}` and `{}` both make an image `{}`",
                        recipe.name, image.name
                    );
                    let hint = "name the images of one of them with `[[images]]`".to_owned();
                    sink.push(&member.component.span, message, Some(hint));
                }
            }
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
