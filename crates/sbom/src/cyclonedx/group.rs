//! The groups of a release: the release itself, its profile, its components.

use super::{
    graph::{Graph, Node},
    library::state_licence,
    licence::licences,
    overlay::{Acknowledgement, Extras},
    parts::{
        Bag, RELEASE, component_ref, file_ref, group_hashes, hashes, image_ref, organisation,
        profile_ref, reference, references,
    },
};
use crate::{Artifact, Component, Description, Imported, SbomError, property, purl};
use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::{
    component::{Classification, Component as Cdx},
    external_reference::ExternalReferenceType,
};
use std::collections::BTreeSet;
use vocab::{Label, Layer, PackName};

/// Every binary of a release with its bom-ref.
pub(super) fn files(description: &Description) -> impl Iterator<Item = (String, &Artifact)> {
    description.components.iter().flat_map(component_files)
}

fn component_files(component: &Component) -> impl Iterator<Item = (String, &Artifact)> {
    component.artifacts.iter().map(|artifact| (file_ref(&component.name, artifact), artifact))
}

/// Adds the release and its profile.
pub(super) fn release(graph: &mut Graph, description: &Description) -> Result<(), SbomError> {
    let profile = profile_ref(&description.profile);
    let mut release = Cdx::new(
        Classification::Application,
        &description.product,
        &description.release,
        Some(RELEASE.to_owned()),
    );
    release.description = Some(description.profile_summary.as_str().into());
    release.hashes = hashes(Some(description.release_digest), None);
    release.purl = purl_of(&purl::generic(&description.product, &description.release, None));
    add(
        graph,
        description,
        release,
        description.label,
        "release-digest",
        BTreeSet::from([profile.clone()]),
    )?;

    let mut platform = Cdx::new(
        Classification::Platform,
        description.profile.as_str(),
        &description.release,
        Some(profile),
    );
    platform.description = Some(description.profile_summary.as_str().into());
    platform.hashes = group_hashes(files(description));
    let built = description.components.iter().map(|component| &component.name);
    let imported = description.imported.iter().map(|part| &part.name);
    let members = built.chain(imported).map(component_ref).collect();
    add(graph, description, platform, description.label, "members", members)
}

fn add(
    graph: &mut Graph,
    description: &Description,
    mut node: Cdx,
    label: Label,
    digest_of: &str,
    depends_on: BTreeSet<String>,
) -> Result<(), SbomError> {
    let mut bag = labelled(description, label);
    bag.add(property::DIGEST_OF, digest_of);
    supply(&mut node, &mut bag, description);
    let tags = if node.component_type == Classification::Platform {
        vec!["fips-profile"]
    } else {
        Vec::new()
    };
    node.properties = bag.properties();
    graph.add(Node {
        component: node,
        extras: Extras { tags, ..Extras::default() },
        depends_on,
        complete: true,
    })
}

/// Adds one component, without its binaries.
pub(super) fn component(
    graph: &mut Graph,
    component: &Component,
    description: &Description,
) -> Result<(), SbomError> {
    let mut node = Cdx::new(
        Classification::Application,
        component.name.as_str(),
        &component.released,
        Some(component_ref(&component.name)),
    );
    let mut bag = labelled(description, component.label);
    bag.add(property::BACKEND, &component.backend).add(property::DIGEST_OF, "members");
    place(&mut bag, &component.pack, component.layer);
    supply(&mut node, &mut bag, description);
    node.description = Some(component.summary.as_str().into());
    node.hashes = group_hashes(component_files(component));
    node.licenses = licences(std::slice::from_ref(&component.licence));
    state_licence(&node, &mut bag);
    node.purl = purl_of(&match &component.vcs {
        Some(vcs) => purl::from_git(component.name.as_str(), &component.released, vcs),
        None => purl::generic(component.name.as_str(), &component.released, None),
    });
    let vcs = component.repository.iter().map(|repository| {
        let mut vcs = reference(ExternalReferenceType::Vcs, repository);
        vcs.comment = Some(format!("built from {}", component.version));
        vcs
    });
    node.external_references = references(vcs.collect());
    node.properties = bag.properties();
    let extras = Extras { acknowledgement: Some(Acknowledgement::Declared), ..Extras::default() };
    let images = component.images.iter().map(image_ref);
    let depends_on = component_files(component).map(|(name, _)| name).chain(images).collect();
    graph.add(Node { component: node, extras, depends_on, complete: true })
}

/// Adds a part that was not built: a name, a version, and why nothing else is known.
pub(super) fn imported(
    graph: &mut Graph,
    part: &Imported,
    description: &Description,
) -> Result<(), SbomError> {
    let mut node = Cdx::new(
        Classification::Application,
        part.name.as_str(),
        &part.version,
        Some(component_ref(&part.name)),
    );
    let mut bag = labelled(description, Label::Unknown);
    bag.add(property::IMPORTED, &true)
        .add(property::REASON, &part.reason)
        .each(property::UNKNOWN, ["hash", "licence", "supplier"]);
    place(&mut bag, &part.pack, part.layer);
    node.purl = purl_of(&purl::generic(part.name.as_str(), &part.version, None));
    node.properties = bag.properties();
    let depends_on = BTreeSet::new();
    graph.add(Node { component: node, extras: Extras::default(), depends_on, complete: false })
}

/// Where a component stands in its profile.
fn place(bag: &mut Bag, pack: &PackName, layer: Option<Layer>) {
    bag.add(property::PACK, pack);
    if let Some(layer) = layer {
        bag.add(property::LAYER, &layer);
    }
}

/// The properties every labelled thing carries: a label means nothing without its policy and its dates.
pub(super) fn labelled(description: &Description, label: Label) -> Bag {
    let mut bag = Bag::default();
    bag.add(property::STATUS, &label)
        .add(property::POLICY, &description.policy)
        .add(property::AS_OF, &description.as_of)
        .add(property::REGISTRY_DATE, &description.registry_date);
    bag
}

/// Names who ships it, or says that it is not known.
pub(super) fn supply(node: &mut Cdx, bag: &mut Bag, description: &Description) {
    match &description.supplier {
        Some(name) => node.supplier = Some(organisation(name)),
        None => {
            bag.add(property::UNKNOWN, "supplier");
        }
    }
}

/// A package URL for a component. It was encoded by us; the core's validation parses it once more.
pub(super) fn purl_of(text: &str) -> Option<Purl> {
    text.parse().ok()
}
