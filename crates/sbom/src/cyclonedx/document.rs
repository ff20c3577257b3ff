//! The 1.5 core of the document: metadata, components, dependencies, compositions, validated before anything is laid
//! over it.

use super::{
    graph::{Graph, Node},
    parts::{Bag, RELEASE},
};
use crate::{Description, SbomError, property};
use cyclonedx_bom::models::{
    bom::BomReference,
    component::{Classification, Component, Components},
    composition::{AggregateType, Composition, Compositions},
    dependency::{Dependencies, Dependency},
    lifecycle::{Lifecycle, Lifecycles, Phase},
    metadata::Metadata,
    tool::Tools,
};
use cyclonedx_bom::prelude::{Bom, DateTime, SpecVersion, UrnUuid, Validate as _};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use vocab::Sha256;

/// The core as CycloneDX 1.5, valid, and as JSON that can be laid over.
pub(super) fn core(description: &Description, graph: &Graph) -> Result<Value, SbomError> {
    let bom = Bom {
        version: 1,
        serial_number: Some(UrnUuid::from(serial(description))),
        metadata: Some(metadata(description, graph)?),
        components: Some(Components(components(graph))),
        dependencies: Some(Dependencies(dependencies(graph))),
        compositions: Some(Compositions(compositions(graph))),
        spec_version: SpecVersion::V1_5,
        ..Bom::default()
    };
    let result = bom.validate_version(SpecVersion::V1_5);
    if result.has_errors() {
        return Err(SbomError::Invalid { problems: problems(result) });
    }
    let mut json = Vec::new();
    bom.output_as_json(&mut json, SpecVersion::V1_5)?;
    Ok(serde_json::from_slice(&json)?)
}

fn problems(result: cyclonedx_bom::prelude::ValidationResult) -> String {
    result.errors().map(|(place, kind)| format!("{place}: {kind:?}")).collect::<Vec<_>>().join("; ")
}

/// RFC 9562 appendix B.2: a name-based UUID of version 8 with SHA-256. Version 5 would bring SHA-1 into the tool. One
/// release described again for another day is another document, so the days are part of the name.
fn serial(description: &Description) -> uuid::Uuid {
    let Description { release_digest, created, as_of, registry_date, policy, .. } = description;
    let mut name =
        format!("fipsmith sbom\n{release_digest}\n{created}\n{as_of}\n{registry_date}\n{policy}\n");
    // What was not built is in no digest of binaries.
    let imported: BTreeSet<_> = description.imported.iter().collect();
    for part in imported {
        let _ = writeln!(name, "imported {} {}", part.name, part.version);
    }
    // Nor are packages of images.
    let images = description.components.iter().flat_map(|component| &component.images);
    let held: BTreeSet<_> = images.filter(|image| !image.packages.is_empty()).collect();
    for image in held {
        let _ = writeln!(name, "image {}", image.manifest_sha256);
    }
    let digest = Sha256::of(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.as_bytes().split_at(16).0);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// RFC 3339 in UTC and whole seconds: one spelling, because two would be two documents.
fn timestamp(created: &str) -> Result<DateTime, SbomError> {
    let bad = || SbomError::Created { text: created.chars().take(80).collect() };
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        10 => byte == b'T',
        13 | 16 => byte == b':',
        19 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    if created.len() != 20 || !created.bytes().enumerate().all(shape) {
        return Err(bad());
    }
    DateTime::try_from(created.to_owned()).map_err(|_| bad())
}

fn metadata(description: &Description, graph: &Graph) -> Result<Metadata, SbomError> {
    let mut bag = Bag::default();
    bag.add(property::RELEASE_DIGEST, &description.release_digest);
    if description.example_keys {
        bag.add(property::EXAMPLE_KEYS, &true);
    }
    Ok(Metadata {
        timestamp: Some(timestamp(&description.created)?),
        // CISA 2026 minimum elements, "generation context": this SBOM is made by the build, from the built bytes.
        lifecycles: Some(Lifecycles(vec![Lifecycle::Phase(Phase::Build)])),
        tools: Some(Tools::Object {
            services: None,
            components: Some(Components(vec![tool(description)])),
        }),
        component: graph.get(RELEASE).map(|node| node.component.clone()),
        supplier: description.supplier.as_deref().map(super::parts::organisation),
        properties: bag.properties(),
        ..Metadata::default()
    })
}

fn tool(description: &Description) -> Component {
    Component::new(Classification::Application, "fipsmith", &description.tool_version, None)
}

fn components(graph: &Graph) -> Vec<Component> {
    graph
        .nodes()
        .filter(|(name, _)| *name != RELEASE)
        .map(|(_, node)| node.component.clone())
        .collect()
}

/// CycloneDX 1.6, `dependencies`: what depends on nothing is there with an empty list, what is not there "may have unknown
/// dependencies". The core leaves empty lists out; the overlay puts them in.
fn dependencies(graph: &Graph) -> Vec<Dependency> {
    let edges = |node: &Node| node.depends_on.iter().cloned().collect();
    graph
        .nodes()
        .filter(|(_, node)| node.complete || !node.depends_on.is_empty())
        .map(|(name, node)| Dependency {
            dependency_ref: name.to_owned(),
            dependencies: edges(node),
        })
        .collect()
}

/// Whose list of dependencies is complete, and whose is not known. CISA 2026 minimum elements, "coverage".
fn compositions(graph: &Graph) -> Vec<Composition> {
    let of = |complete: bool, aggregate| {
        let names = graph.nodes().filter(|(_, node)| node.complete == complete);
        let list: Vec<_> = names.map(|(name, _)| BomReference::new(name)).collect();
        (!list.is_empty()).then_some(Composition {
            bom_ref: None,
            aggregate,
            assemblies: None,
            dependencies: Some(list),
            vulnerabilities: None,
            signature: None,
        })
    };
    [of(true, AggregateType::Complete), of(false, AggregateType::Unknown)]
        .into_iter()
        .flatten()
        .collect()
}
