//! A container image: what it is called in a registry, the file that delivers it, the binaries in it.

use super::{
    graph::{Graph, Node},
    group::{labelled, purl_of, supply},
    library::state_licence,
    licence::licences,
    overlay::{Acknowledgement, Extras},
    package,
    parts::{Bag, file_ref, hashes, image_ref, reference, references},
};
use crate::{Component, Description, Image, SbomError, property, purl};
use cyclonedx_bom::models::{
    component::{Classification, Component as Cdx},
    external_reference::{ExternalReference, ExternalReferenceType},
};

/// Adds an image.
pub(super) fn add(
    graph: &mut Graph,
    component: &Component,
    image: &Image,
    description: &Description,
) -> Result<(), SbomError> {
    let mut node = Cdx::new(
        Classification::Container,
        image.name.as_str(),
        &component.released,
        Some(image_ref(image)),
    );
    let mut bag: Bag = labelled(description, image.label);
    bag.add(property::BACKEND, &component.backend).add(property::DIGEST_OF, "image-manifest");
    bag.each(property::REASON, &image.expected);
    supply(&mut node, &mut bag, description);
    node.description =
        Some(format!("{}:{} for {}", image.name, image.tag, image.target).as_str().into());
    node.hashes = hashes(Some(image.manifest_sha256), Some(image.manifest_sha512));
    node.licenses = licences(std::slice::from_ref(&component.licence));
    state_licence(&node, &mut bag);
    let arch = image.target.arch();
    let name = purl::oci(image.name.as_str(), image.manifest_sha256, arch.as_str(), &image.tag);
    node.purl = purl_of(&name);
    node.external_references = references(vec![ExternalReference {
        hashes: hashes(Some(image.sha256), Some(image.sha512)),
        ..reference(ExternalReferenceType::Distribution, &image.path)
    }]);
    node.properties = bag.properties();
    let extras = Extras { acknowledgement: Some(Acknowledgement::Declared), ..Extras::default() };
    let depends_on = files(component, image).chain(package::refs(image)).collect();
    graph.add(Node { component: node, extras, depends_on, complete: true })
}

fn files(component: &Component, image: &Image) -> impl Iterator<Item = String> {
    let inside = component.artifacts.iter().filter(|artifact| {
        artifact.target == image.target && image.contains.contains(&artifact.name)
    });
    inside.map(|artifact| file_ref(&component.name, artifact))
}
