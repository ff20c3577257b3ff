//! A binary: its digests, its label, what is linked into it.

use super::{
    graph::{Graph, Node},
    group::{labelled, purl_of, supply},
    library::{linked_ref, standard_library_ref},
    licence::licences,
    overlay::{Acknowledgement, Extras},
    parts::{Bag, file_ref, hashes, location, module_ref, reference, references},
};
use crate::{Artifact, Component, Description, Finding, ModuleUse, SbomError, property, purl};
use cyclonedx_bom::models::{
    component::{Classification, Component as Cdx},
    external_reference::{ExternalReference, ExternalReferenceType},
};
use std::collections::BTreeSet;

/// Adds a binary and the modules linked into it.
pub(super) fn add(
    graph: &mut Graph,
    component: &Component,
    artifact: &Artifact,
    description: &Description,
) -> Result<(), SbomError> {
    let reference = file_ref(&component.name, artifact);
    let mut node = Cdx::new(
        Classification::Application,
        artifact.name.as_str(),
        &component.released,
        Some(reference),
    );
    let mut bag = properties(artifact, description);
    supply(&mut node, &mut bag, description);
    node.description = Some(format!("{} for {}", artifact.name, artifact.target).as_str().into());
    node.hashes = hashes(Some(artifact.sha256), Some(artifact.sha512));
    node.licenses = licences(std::slice::from_ref(&component.licence));
    node.purl =
        purl_of(&purl::generic(artifact.name.as_str(), &component.released, Some(artifact.sha256)));
    node.external_references = references(vec![distribution(component, artifact)]);
    node.properties = bag.properties();
    let extras = Extras {
        acknowledgement: Some(Acknowledgement::Declared),
        evidence: Some(super::overlay::Evidence::of_file(artifact.sha256, location(artifact))),
        ..Extras::default()
    };
    graph.add(Node {
        component: node,
        extras,
        depends_on: depends_on(artifact),
        complete: artifact.linked_complete,
    })
}

/// The archive that delivers it, with the archive's digests where they are known already.
fn distribution(component: &Component, artifact: &Artifact) -> ExternalReference {
    let archive = component.archives.iter().find(|archive| archive.path == artifact.archive);
    ExternalReference {
        hashes: archive.and_then(|archive| hashes(Some(archive.sha256), Some(archive.sha512))),
        comment: Some(format!("holds {}", artifact.member)),
        ..reference(ExternalReferenceType::Distribution, &artifact.archive)
    }
}

fn depends_on(artifact: &Artifact) -> BTreeSet<String> {
    let linked = artifact.linked.iter().map(linked_ref);
    let modules = artifact.modules.iter().map(|used| module_ref(&used.id));
    let standard = artifact.go_version.as_deref().map(standard_library_ref);
    linked.chain(modules).chain(standard).collect()
}

fn properties(artifact: &Artifact, description: &Description) -> Bag {
    let mut bag = labelled(description, artifact.label);
    bag.add(property::VERDICT, &artifact.verdict)
        .add(property::SIZE, &artifact.size)
        .each(property::REASON, &artifact.reasons)
        .each(property::MODE, artifact.fips_mode)
        .each(property::ENFORCEMENT, artifact.enforcement.map(crate::Enforcement::as_str))
        .each(property::MODULE, artifact.modules.iter().map(module_use))
        .each(property::MAIN_PACKAGE, artifact.main.as_ref().map(|main| &main.import))
        .each(
            property::MAIN_MODULE,
            artifact.main.as_ref().map(|main| format!("{}@{}", main.module, main.version)),
        );
    for finding in &artifact.findings {
        let (name, text) = finding_property(finding);
        bag.add(name, &text);
    }
    file_properties(&mut bag, artifact);
    build_settings(&mut bag, artifact);
    bag
}

fn module_use(used: &ModuleUse) -> String {
    format!("{} {}", used.id, if used.active { "active" } else { "inactive" })
}

fn finding_property(finding: &Finding) -> (&'static str, String) {
    let subject =
        finding.subject.as_deref().map(|subject| format!(" {subject}")).unwrap_or_default();
    match &finding.allowed {
        Some(reason) => (property::ALLOWED, format!("{}{subject}: {reason}", finding.code)),
        None => (property::FINDING, format!("{}{subject}", finding.code)),
    }
}

/// BSI TR-03183-2 v2.1.0, "required data fields for each component"; names from the taxonomy's namespace `bsi`.
fn file_properties(bag: &mut Bag, artifact: &Artifact) {
    bag.add("bsi:component:filename", &artifact.name)
        .add("bsi:component:executable", "executable")
        .add("bsi:component:archive", "no archive")
        // "Structured" means that a reader still finds what the file is made of: here, Go's list of linked modules.
        .add(
            "bsi:component:structured",
            if artifact.linked_complete { "structured" } else { "unstructured" },
        );
}

fn build_settings(bag: &mut Bag, artifact: &Artifact) {
    use property::gomod;
    let setting = |key: &str| artifact.settings.get(key);
    let tags =
        setting("-tags").into_iter().flat_map(|tags| tags.split(',')).filter(|tag| !tag.is_empty());
    bag.each(gomod::GOVERSION, &artifact.go_version)
        .each(gomod::GOOS, setting("GOOS"))
        .each(gomod::GOARCH, setting("GOARCH"))
        .each(gomod::CGO_ENABLED, setting("CGO_ENABLED"))
        .each(gomod::TAG, tags)
        .each(property::GOFIPS140, setting("GOFIPS140"))
        .each(property::GOEXPERIMENT, setting("GOEXPERIMENT"));
}
