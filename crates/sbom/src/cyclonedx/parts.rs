//! The small parts every node is made of: references, hashes, properties, suppliers.

use crate::{Artifact, Image};
use cyclonedx_bom::external_models::uri::Uri;
use cyclonedx_bom::models::{
    external_reference::{ExternalReference, ExternalReferenceType, ExternalReferences},
    hash::{Hash, HashAlgorithm, HashValue, Hashes},
    organization::OrganizationalEntity,
    property::{Properties, Property},
};
use std::collections::BTreeSet;
use vocab::{ComponentName, ModuleId, ProfileName, Sha256, Sha512};

/// The bom-ref of the release.
pub(super) const RELEASE: &str = "release";

/// The bom-ref of a profile.
pub(super) fn profile_ref(name: &ProfileName) -> String {
    format!("profile/{name}")
}

/// The bom-ref of a component.
pub(super) fn component_ref(name: &ComponentName) -> String {
    format!("component/{name}")
}

/// The bom-ref of a binary: one name may be built for several targets.
pub(super) fn file_ref(component: &ComponentName, artifact: &Artifact) -> String {
    format!("file/{component}/{}/{}", artifact.target.dashed(), artifact.name)
}

/// The bom-ref of a container image.
pub(super) fn image_ref(image: &Image) -> String {
    format!("image/{}/{}", image.name, image.target.dashed())
}

/// The bom-ref of a cryptographic module.
pub(super) fn module_ref(id: &ModuleId) -> String {
    format!("module/{id}")
}

/// Where an artifact stands in the release folder, in the way the scan names members of archives.
pub(super) fn location(artifact: &Artifact) -> String {
    format!("{}!{}", artifact.archive, artifact.member)
}

/// Hashes, strongest last.
pub(super) fn hashes(sha256: Option<Sha256>, sha512: Option<Sha512>) -> Option<Hashes> {
    let hash = |alg, content: String| Hash { alg, content: HashValue(content) };
    let list: Vec<_> = sha256
        .map(|digest| hash(HashAlgorithm::SHA_256, digest.to_string()))
        .into_iter()
        .chain(sha512.map(|digest| hash(HashAlgorithm::SHA_512, digest.to_string())))
        .collect();
    (!list.is_empty()).then_some(Hashes(list))
}

/// The digest that stands for a group: SHA-256 and SHA-512 of the lines `<sha256>  <bom-ref>`, sorted by bom-ref, as
/// `sha256sum` would print them.
pub(super) fn group_hashes<'a>(
    members: impl Iterator<Item = (String, &'a Artifact)>,
) -> Option<Hashes> {
    let lines: BTreeSet<_> = members.map(|(name, artifact)| (name, artifact.sha256)).collect();
    let lines: Vec<_> = lines.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect();
    let text = lines.concat();
    hashes(Some(Sha256::of(text.as_bytes())), Some(Sha512::of(text.as_bytes())))
}

/// A set of properties: sorted, and each pair once.
#[derive(Debug, Default)]
pub(super) struct Bag(BTreeSet<(String, String)>);

impl Bag {
    /// Adds one.
    pub(super) fn add(&mut self, name: &str, value: &(impl ToString + ?Sized)) -> &mut Self {
        self.0.insert((name.to_owned(), value.to_string()));
        self
    }
    /// Adds each.
    pub(super) fn each<V: ToString>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Self {
        for value in values {
            self.add(name, &value);
        }
        self
    }
    /// The properties for a component.
    pub(super) fn properties(&self) -> Option<Properties> {
        let list: Vec<_> = self.0.iter().map(|(name, value)| Property::new(name, value)).collect();
        (!list.is_empty()).then_some(Properties(list))
    }
}

/// An organisation known by its name only.
pub(super) fn organisation(name: &str) -> OrganizationalEntity {
    // `OrganizationalEntity::new` would keep line breaks, which its own validation then refuses.
    OrganizationalEntity { name: Some(name.into()), ..OrganizationalEntity::new("") }
}

/// One external reference.
pub(super) fn reference(kind: ExternalReferenceType, url: &str) -> ExternalReference {
    ExternalReference::new(kind, Uri::new(url))
}

/// A list of external references, `None` when empty.
pub(super) fn references(list: Vec<ExternalReference>) -> Option<ExternalReferences> {
    (!list.is_empty()).then_some(ExternalReferences(list))
}
