//! From a folder to a catalogue: every file is read, every problem kept.

use crate::debian::RawDebian;
use crate::raw::{RawFile, Sink, read};
use crate::registry::RawRegistry;
use crate::toolchains::RawToolchains;
use crate::{
    FILE_LIMIT, KnownCode, PackageSet, Policy, Problem, Problems, Profile, Recipe, Registry,
    Scopes, Toolchains, cross, scope,
};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use vocab::{ComponentName, PolicyName, ProfileName};

/// Everything that `manifests/` says, checked as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// `components/*.toml`.
    pub recipes: BTreeMap<ComponentName, Recipe>,
    /// `profiles/*.toml`.
    pub profiles: BTreeMap<ProfileName, Profile>,
    /// `policies/*.toml`.
    pub policies: BTreeMap<PolicyName, Policy>,
    /// `modules.toml`.
    pub registry: Registry,
    /// `packages/*.toml`; empty where there is no such folder.
    pub packages: BTreeMap<ComponentName, PackageSet>,
    /// `toolchains.toml`.
    pub toolchains: Toolchains,
    /// `scopes/*.toml`, and the record of clusters beside them; empty where there is no such folder.
    pub scopes: Scopes,
}

impl Catalog {
    /// Reads `manifests/`. Files are named in problems as `manifests_dir` joined with their place below it.
    pub fn load(manifests_dir: &Utf8Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let components = folder(manifests_dir, "components", &mut problems);
        let profiles = folder(manifests_dir, "profiles", &mut problems);
        let policies = folder(manifests_dir, "policies", &mut problems);
        let registry = single(manifests_dir, "modules.toml", RawRegistry::check, &mut problems);
        let mut toolchains =
            single(manifests_dir, "toolchains.toml", RawToolchains::check, &mut problems);
        if let Some(toolchains) = &mut toolchains {
            let named = toolchains.default_debian.iter();
            let file = |name: &String| {
                let file = format!("toolchains/{name}.toml");
                single(manifests_dir, &file, RawDebian::check, &mut problems)
            };
            toolchains.debian = named.filter_map(file).collect();
        }
        let packages = if manifests_dir.join("packages").exists() {
            folder(manifests_dir, "packages", &mut problems)
        } else {
            Vec::new()
        };
        let read = Files {
            components: &components,
            profiles: &profiles,
            policies: &policies,
            packages: &packages,
            manifests: manifests_dir,
        };
        let packages = cross::packages(&read, &mut problems);
        let (recipes, profiles, policies) = cross::check(&read, &mut problems);
        let scopes = scope::load(manifests_dir, &profiles, &mut problems);
        Problems::check(problems)?;
        let (Some(registry), Some(toolchains)) = (registry, toolchains) else {
            return Err(Problem::of_file(
                manifests_dir.as_str(),
                "the registry or the toolchains could not be read",
                None,
            )
            .into());
        };
        Ok(Self { recipes, profiles, policies, registry, packages, toolchains, scopes })
    }
}

/// One file's text.
pub(crate) struct File {
    pub(crate) name: String,
    /// The name without folder and `.toml`.
    pub(crate) stem: String,
    pub(crate) text: String,
}

/// What the cross-file checks see.
pub(crate) struct Files<'a> {
    pub(crate) components: &'a [File],
    pub(crate) profiles: &'a [File],
    pub(crate) policies: &'a [File],
    pub(crate) packages: &'a [File],
    pub(crate) manifests: &'a Utf8Path,
}

/// One text that stands for itself: parsed, shaped and checked.
pub(crate) fn parse<R: RawFile, T>(
    file: &str,
    text: &str,
    check: fn(&R, &mut Sink) -> T,
) -> Result<T, Problems> {
    parse_with(file, text, &[], check)
}

/// The same for a file that names finding codes.
pub(crate) fn parse_with<R: RawFile, T>(
    file: &str,
    text: &str,
    codes: &[KnownCode],
    check: impl FnOnce(&R, &mut Sink) -> T,
) -> Result<T, Problems> {
    let mut sink = Sink::new(file, text);
    let value = read::<R>(text, codes, &mut sink).map(|raw| check(&raw, &mut sink));
    Problems::check(sink.finish())?;
    value.ok_or_else(|| Problem::of_file(file, "this file could not be read", None).into())
}

fn single<R: RawFile, T>(
    dir: &Utf8Path,
    name: &str,
    check: fn(&R, &mut Sink) -> T,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let file = file(&dir.join(name), problems)?;
    parse(&file.name, &file.text, check).map_err(|found| problems.extend(found)).ok()
}

/// The TOML files of a folder, by name. Other files are left alone: editors keep theirs there.
pub(crate) fn folder(dir: &Utf8Path, name: &str, problems: &mut Vec<Problem>) -> Vec<File> {
    let folder = dir.join(name);
    let entries = files::walk(&folder).map_err(|error| {
        let hint = format!("`{dir}` must be the `manifests` folder of a fipsmith repository");
        problems.push(Problem::of_file(
            folder.as_str(),
            format!("failed to read the folder: {error}"),
            Some(hint),
        ));
    });
    let is_toml =
        |path: &Utf8PathBuf| path.components().count() == 1 && path.extension() == Some("toml");
    entries
        .into_iter()
        .flatten()
        .map(|entry| entry.path)
        .filter(is_toml)
        .filter_map(|path| file(&folder.join(path), problems))
        .collect()
}

pub(crate) fn file(path: &Utf8Path, problems: &mut Vec<Problem>) -> Option<File> {
    match files::read_text(path, FILE_LIMIT) {
        Ok(text) => Some(File {
            name: path.to_string(),
            stem: path.file_stem().unwrap_or_default().to_owned(),
            text,
        }),
        Err(error) => {
            problems.push(Problem::of_file(
                path.as_str(),
                format!("failed to read the file: {error}"),
                None,
            ));
            None
        }
    }
}
