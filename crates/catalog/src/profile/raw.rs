//! `manifests/profiles/NAME.toml` as it was written, and what must hold within it.

use super::{Member, Profile};
use crate::Imported;
use crate::raw::{At, ImageRepository, RawFile, Semver, Sentence, Sink, Text, unique};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use vocab::{
    Backend, ComponentName, Layer, PackName, PolicyName, ProfileName, ReleaseNumber, Target,
};

/// What is released and labelled together (manifests/profiles/NAME.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith profile")]
pub(crate) struct RawProfile {
    /// The profile's name, which is the file's name without `.toml`.
    pub(crate) name: At<ProfileName>,
    /// What the profile is for, in one line.
    summary: At<Text>,
    /// The profile's own version, for instance `1.0.0`.
    version: At<Semver>,
    /// The `n` of `+fips.<n>`: counts our builds of the same upstream versions.
    #[serde(default)]
    #[schemars(with = "u32")]
    fips: ReleaseNumber,
    /// Who supplies the release, as the SBOM names it (NTIA's minimum elements ask for a supplier).
    supplier: Option<At<Text>>,
    /// The policy its artifacts must meet.
    pub(crate) policy: At<PolicyName>,
    /// Where a cluster finds the images of the release, for its deployment files: `registry.example.mil/fips`.
    image_repository: Option<At<ImageRepository>>,
    /// The targets every member is built for, unless it names its own.
    #[schemars(length(min = 1))]
    targets: Vec<At<Target>>,
    /// The components.
    #[schemars(length(min = 1))]
    pub(crate) components: Vec<RawMember>,
    /// What the profile uses and does not build: always `unknown`.
    #[serde(default)]
    imported: Vec<RawImported>,
}

/// A component of the profile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawMember {
    /// The component's name.
    pub(crate) component: At<ComponentName>,
    /// The pack it belongs to, when that is not the component alone.
    pack: Option<At<PackName>>,
    /// The layer of its pack; without one it counts as infrastructure.
    layer: Option<At<Layer>>,
    /// The backend, when it is not the recipe's default.
    pub(crate) backend: Option<At<Backend>>,
    /// Its targets, when they are fewer than the profile's.
    #[schemars(length(min = 1))]
    targets: Option<Vec<At<Target>>>,
}

/// Something that the profile uses and does not build.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RawImported {
    /// The pack it is, or belongs to.
    pack: At<PackName>,
    /// Its own name, when it is not all of its pack.
    component: Option<At<ComponentName>>,
    /// The layer of its pack.
    layer: At<Layer>,
    /// Its version, as whoever makes it spells it.
    version: At<Text>,
    /// Why it is not built: a sentence that a reader of the release understands.
    reason: At<Sentence>,
}

impl RawFile for RawProfile {
    const SCHEMA: &'static str = "profile";
}

impl RawProfile {
    /// The profile, with a problem in the sink for each contradiction within the file.
    pub(crate) fn check(&self, sink: &mut Sink) -> Profile {
        unique(self.targets.iter().map(|at| (at.value.as_str(), &at.span)), "target", sink);
        let built = self.components.iter().map(|m| (m.component.value.as_str(), &m.component.span));
        let imported = self.imported.iter().map(RawImported::named);
        unique(built.chain(imported), "component", sink);
        self.components.iter().for_each(|member| self.check_targets(member, sink));
        self.check_layers(sink);
        Profile {
            name: self.name.value.clone(),
            summary: self.summary.value.0.clone(),
            version: self.version.value.0.clone(),
            fips: self.fips,
            supplier: self.supplier.as_ref().map(|supplier| supplier.value.0.clone()),
            policy: self.policy.value.clone(),
            image_repository: self.image_repository.as_ref().map(|at| at.value.0.clone()),
            targets: self.targets.iter().map(|target| target.value).collect(),
            components: self.components.iter().map(RawMember::made).collect(),
            imported: self.imported.iter().map(RawImported::made).collect(),
        }
    }

    fn check_targets(&self, member: &RawMember, sink: &mut Sink) {
        let own = member.targets.as_deref().unwrap_or_default();
        unique(own.iter().map(|at| (at.value.as_str(), &at.span)), "target", sink);
        for target in
            own.iter().filter(|own| self.targets.iter().all(|target| target.value != own.value))
        {
            let message = format!("the target `{}` is not one of the profile's", target.value);
            sink.push_missing(
                &target.span,
                message,
                Some("add it to the profile's `targets`".to_owned()),
            );
        }
    }

    /// A pack is chosen for one layer as a whole.
    fn check_layers(&self, sink: &mut Sink) {
        let members = self.components.iter().map(|member| {
            let span = member.layer.as_ref().map_or(&member.component.span, |layer| &layer.span);
            (member.pack(), member.layer.as_ref().map(|layer| layer.value), span)
        });
        let imported = self
            .imported
            .iter()
            .map(|part| (part.pack.value.clone(), Some(part.layer.value), &part.layer.span));
        let mut first: BTreeMap<PackName, Option<Layer>> = BTreeMap::new();
        for (pack, layer, span) in members.chain(imported) {
            let before = *first.entry(pack.clone()).or_insert(layer);
            if before != layer {
                let word = |layer: Option<Layer>| {
                    layer.map_or("no layer".to_owned(), |layer| format!("the layer `{layer}`"))
                };
                let message = format!(
                    "the pack `{pack}` stands in {}, and here in {}",
                    word(before),
                    word(layer)
                );
                let hint = "write the same `layer` for every part of a pack".to_owned();
                sink.push(span, message, Some(hint));
            }
        }
    }
}

impl RawMember {
    fn pack(&self) -> PackName {
        self.pack.as_ref().map_or_else(|| (&self.component.value).into(), |pack| pack.value.clone())
    }

    fn made(&self) -> Member {
        Member {
            component: self.component.value.clone(),
            pack: self.pack(),
            layer: self.layer.as_ref().map(|layer| layer.value),
            backend: self.backend.as_ref().map(|backend| backend.value),
            targets: self
                .targets
                .as_ref()
                .map(|targets| targets.iter().map(|target| target.value).collect()),
        }
    }
}

impl RawImported {
    fn named(&self) -> (&str, &std::ops::Range<usize>) {
        match &self.component {
            Some(own) => (own.value.as_str(), &own.span),
            None => (self.pack.value.as_str(), &self.pack.span),
        }
    }

    fn made(&self) -> Imported {
        Imported {
            component: self
                .component
                .as_ref()
                .map_or_else(|| (&self.pack.value).into(), |own| own.value.clone()),
            pack: self.pack.value.clone(),
            layer: Some(self.layer.value),
            version: self.version.value.0.clone(),
            reason: self.reason.value.0.clone(),
        }
    }
}
