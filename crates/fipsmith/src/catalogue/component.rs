//! One component of a profile: what its release says of it, held against what the profile asks for today.

use super::Reader;
use super::released::{Released, Sealed};
use catalog::{Imported, Member, Profile};
use manifest::{Binary, Fips};
use report::catalogue::{ComponentEntry, ModuleEntry};
use std::collections::BTreeSet;
use vocab::{Label, ModuleStatus, Verdict, Version};

/// Its verdicts and its entry. Whatever is not released as the profile asks for it today is undetermined.
pub(super) fn component(
    reader: &Reader<'_>,
    profile: &Profile,
    member: &Member,
    released: &Released,
) -> (Vec<Verdict>, ComponentEntry) {
    let version = reader.catalog.recipes.get(&member.component).map(|recipe| &recipe.version);
    let mut entry = ComponentEntry {
        component: member.component.clone(),
        version: version.map(|version| version.released(profile.fips)).unwrap_or_default(),
        label: Label::Unknown,
        modules: vec![],
        reasons: released.reason().into_iter().collect(),
    };
    let Released::Sealed(sealed) = released else { return (vec![Verdict::Undetermined], entry) };
    let differences = differences(reader, profile, member, version, sealed);
    let found: Vec<&Fips> = binaries(member, sealed)
        .filter_map(|binary| sealed.fips(binary.id.as_str()))
        .chain(sealed.own(&member.component))
        .collect();
    let mut verdicts: Vec<Verdict> = found.iter().map(|fips| fips.verdict).collect();
    if verdicts.is_empty() || !differences.is_empty() {
        verdicts = vec![Verdict::Undetermined];
    }
    entry.label = Label::of_verdicts(verdicts.iter().copied());
    entry.modules = modules(reader, &found);
    entry.reasons = match differences.is_empty() {
        true => reasons(&found),
        false => differences,
    };
    (verdicts, entry)
}

/// The entry of what was not built.
pub(super) fn imported(part: &Imported) -> ComponentEntry {
    ComponentEntry {
        component: part.component.clone(),
        version: part.version.clone(),
        label: Label::Unknown,
        modules: vec![],
        reasons: vec![part.reason.clone()],
    }
}

fn binaries<'a>(member: &'a Member, sealed: &'a Sealed) -> impl Iterator<Item = &'a Binary> {
    sealed.release.binaries().filter(|binary| binary.component == member.component)
}

/// In what the release is not what the profile asks for today.
fn differences(
    reader: &Reader<'_>,
    profile: &Profile,
    member: &Member,
    version: Option<&Version>,
    sealed: &Sealed,
) -> Vec<String> {
    let recipe = reader.catalog.recipes.get(&member.component);
    let backend = member.backend.or(recipe.and_then(|recipe| recipe.backends.first().copied()));
    let mut differences = BTreeSet::new();
    for binary in binaries(member, sealed) {
        if Some(&binary.version) != version {
            differences.insert(format!(
                "not released yet at this version: the release has {}",
                binary.version
            ));
        }
        if Some(binary.backend) != backend {
            differences.insert(format!(
                "not released yet with this backend: the release has `{}`",
                binary.backend
            ));
        }
    }
    let targets = member.targets.as_ref().unwrap_or(&profile.targets);
    let missing = targets
        .iter()
        .filter(|target| binaries(member, sealed).all(|binary| binary.target != **target));
    differences.extend(missing.map(|target| format!("not released yet for {target}")));
    differences.into_iter().collect()
}

/// The modules inside, as the registry knows them on the day.
fn modules(reader: &Reader<'_>, found: &[&Fips]) -> Vec<ModuleEntry> {
    let entry = |claim: &manifest::ModuleClaim| {
        let row = reader.options.registry.by_id(&claim.id);
        ModuleEntry {
            id: claim.id.clone(),
            name: row.map_or_else(
                || claim.id.to_string(),
                |module| format!("{} {}", module.name, module.version),
            ),
            certificate: row.and_then(|module| module.certificate),
            status: row.map_or(ModuleStatus::Unknown, |m| m.status_on(reader.options.as_of)),
        }
    };
    let all: BTreeSet<ModuleEntry> =
        found.iter().flat_map(|fips| &fips.modules).map(entry).collect();
    all.into_iter().collect()
}

/// Why a label is not full; and that there is no cryptography, where that is why it is.
fn reasons(found: &[&Fips]) -> Vec<String> {
    let less: Vec<&&Fips> = found.iter().filter(|fips| fips.label != Label::Full).collect();
    let mut all: Vec<String> = Vec::new();
    for reason in less.iter().flat_map(|fips| &fips.reasons) {
        if !all.contains(reason) {
            all.push(reason.clone());
        }
    }
    if less.is_empty() && found.iter().all(|fips| fips.verdict == Verdict::NoCrypto) {
        all.push("no cryptography".to_owned());
    }
    all
}
