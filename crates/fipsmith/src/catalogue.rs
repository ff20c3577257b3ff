//! What there is to choose from: profiles and packs with the labels that sealed releases give them today.
//!
//! A label comes from a sealed manifest whose key is trusted, never from a recipe's wish. What is not released is `unknown`.

mod component;
mod released;
mod scopes;

pub(crate) use scopes::scopes;

use camino::Utf8Path;
use catalog::{Catalog, Imported, Profile, ProfileLabels};
use component::component;
use manifest::{Options, Trust};
use released::Released;
use report::catalogue::{ComponentEntry, PackEntry, ProfileEntry};
use vocab::{ComponentName, Verdict};

/// How labels are found.
pub(crate) struct Reader<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) dist: &'a Utf8Path,
    pub(crate) trust: &'a Trust,
    pub(crate) options: Options<'a>,
    /// Whether every byte of a release is read.
    pub(crate) verify: bool,
}

/// A profile as it is today.
pub(crate) struct Listed {
    pub(crate) entry: ProfileEntry,
    pub(crate) packs: Vec<PackEntry>,
    pub(crate) labels: ProfileLabels,
    /// Whether there is a release that could not be believed.
    pub(crate) refused: bool,
}

impl Reader<'_> {
    /// Every profile, by name.
    pub(crate) fn profiles(&self) -> anyhow::Result<Vec<Listed>> {
        self.catalog.profiles.values().map(|profile| self.profile(profile)).collect()
    }

    fn profile(&self, profile: &Profile) -> anyhow::Result<Listed> {
        let folder = self.dist.join(profile.release_name());
        let released = Released::read(self, profile, &folder)?;
        let imported = self.catalog.imported(profile);
        let built: Vec<(ComponentName, Vec<Verdict>, ComponentEntry)> = profile
            .components
            .iter()
            .filter(|member| imported.iter().all(|part| part.component != member.component))
            .map(|member| {
                let (verdicts, entry) = component(self, profile, member, &released);
                (member.component.clone(), verdicts, entry)
            })
            .collect();
        let verdicts = built
            .iter()
            .flat_map(|(name, verdicts, _)| verdicts.iter().map(move |verdict| (name, *verdict)));
        let labels = ProfileLabels::of(profile, &imported, verdicts);
        let entries: Vec<ComponentEntry> = built.into_iter().map(|(_, _, entry)| entry).collect();
        let packs = packs(profile, &imported, &labels, &entries);
        let entry = ProfileEntry {
            profile: profile.name.clone(),
            version: format!("{}+fips.{}", profile.version, profile.fips.0),
            summary: profile.summary.clone(),
            label: labels.label,
            release: released.there().then(|| folder.to_string()),
            example_keys: released.example_keys(),
            reason: released.reason(),
            layers: labels.layers.clone(),
        };
        Ok(Listed { entry, packs, labels, refused: released.refused() })
    }
}

/// The packs of a profile, each with what it is made of.
fn packs(
    profile: &Profile,
    imported: &[Imported],
    labels: &ProfileLabels,
    entries: &[ComponentEntry],
) -> Vec<PackEntry> {
    let pack = |label: &catalog::PackLabel| {
        let members = profile.components.iter().filter(|member| member.pack == label.pack);
        let built = members.filter_map(|member| {
            entries.iter().find(|entry| entry.component == member.component).cloned()
        });
        let parts = imported.iter().filter(|part| part.pack == label.pack).map(component::imported);
        PackEntry {
            profile: profile.name.clone(),
            pack: label.pack.clone(),
            layer: label.layer,
            label: label.label,
            components: built.chain(parts).collect(),
        }
    };
    labels.packs.iter().map(pack).collect()
}
