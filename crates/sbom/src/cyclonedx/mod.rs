//! `sbom.cdx.json`: CycloneDX 1.6 (ECMA-424, 1st edition's successor) as JSON.
//!
//! Every component stands flat in `components` under a readable bom-ref, and `dependencies` draws the tree: release,
//! profile, component, binary, linked modules and cryptographic modules.

mod binary;
mod claims;
mod document;
mod formulation;
mod graph;
mod group;
mod image;
mod library;
mod licence;
mod overlay;
mod package;
mod parts;

use crate::{Description, SbomError};

/// Writes the CycloneDX 1.6 document of a release, indented, with a final newline.
///
/// The bytes depend on nothing but the description, and not on the order of its lists.
pub fn cyclonedx(description: &Description) -> Result<Vec<u8>, SbomError> {
    let graph = graph(description)?;
    let mut document = document::core(description, &graph)?;
    overlay::apply(&mut document, description, &graph)?;
    // Sorted whatever map `serde_json` was built with: a feature of a stranger must not change our bytes.
    document.sort_all_objects();
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn graph(description: &Description) -> Result<graph::Graph, SbomError> {
    let mut graph = graph::Graph::default();
    group::release(&mut graph, description)?;
    for component in &description.components {
        group::component(&mut graph, component, description)?;
        for image in &component.images {
            image::add(&mut graph, component, image, description)?;
            package::add(&mut graph, image, description)?;
        }
        for artifact in &component.artifacts {
            binary::add(&mut graph, component, artifact, description)?;
        }
    }
    for part in &description.imported {
        group::imported(&mut graph, part, description)?;
    }
    library::linked_modules(&mut graph, description)?;
    library::standard_libraries(&mut graph, description)?;
    library::crypto_modules(&mut graph, description)?;
    graph.check()?;
    Ok(graph)
}
