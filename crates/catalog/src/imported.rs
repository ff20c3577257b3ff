//! What a release stands on and did not build: parts of a profile that nobody here has looked at.

use crate::{Catalog, Member, Profile, Recipe, Unavailable};
use serde::{Deserialize, Serialize};
use vocab::{ComponentName, Layer, PackName, Verdict};

/// A part of a profile that was not built here, so that nothing about it can be proved. It is sealed into the manifest: a
/// release that leaves a part out would otherwise be labelled by the rest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Imported {
    /// What it is called.
    pub component: ComponentName,
    /// The pack it belongs to.
    pub pack: PackName,
    /// Its layer, where the profile says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Layer>,
    /// Its version, as whoever makes it spells it.
    pub version: String,
    /// Why it was not built.
    pub reason: String,
}

impl Imported {
    /// What counts for it in every roll-up: nobody has looked, and that is what the word says.
    pub const VERDICT: Verdict = Verdict::Undetermined;
}

impl Unavailable {
    /// The exact reason, in one clause.
    fn reason(&self) -> String {
        let Self { module, version, said, asked } = self;
        format!("{module}@{version} could not be had on {asked}: {said}")
    }
}

impl Recipe {
    /// Why nothing is built by this recipe, if nothing is.
    pub fn not_built(&self) -> Option<String> {
        self.imported.then(|| {
            let reasons: Vec<String> = self.unavailable.iter().map(Unavailable::reason).collect();
            format!("not built: {}", reasons.join("; "))
        })
    }
}

impl Catalog {
    /// The parts of a profile that are not built, by name: what it imports, and the components whose sources cannot be had.
    pub fn imported(&self, profile: &Profile) -> Vec<Imported> {
        let unavailable = profile.components.iter().filter_map(|member| self.left_out(member));
        let mut all: Vec<Imported> = profile.imported.iter().cloned().chain(unavailable).collect();
        all.sort();
        all
    }

    fn left_out(&self, member: &Member) -> Option<Imported> {
        let recipe = self.recipes.get(&member.component)?;
        Some(Imported {
            component: member.component.clone(),
            pack: member.pack.clone(),
            layer: member.layer,
            version: recipe.version.to_string(),
            reason: recipe.not_built()?,
        })
    }
}
