//! The tables before the programs: supported builds in the columns that DKP's documentation has (component, repository,
//! version), layers, and what was not built.

use super::cell;
use crate::{Component, Description};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// One line for each component. The repository is where a cluster pulls its image, or where its source is when the profile
/// names no image repository.
pub(super) fn supported(text: &mut String, description: &Description) {
    let mut rows: Vec<String> = description
        .components
        .iter()
        .map(|component| {
            let own = || component.repository.as_ref();
            let repository = description.image_repository.as_ref().or_else(own);
            format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                component.name,
                repository.map_or("-".to_owned(), |repository| cell(repository)),
                cell(&component.released),
                cell(&component.tag),
                component.label,
                certificates(component, description),
            )
        })
        .chain(description.imported.iter().map(|part| {
            format!(
                "| {} | not built here | {} | - | unknown | - |\n",
                part.name,
                cell(&part.version)
            )
        }))
        .collect();
    rows.sort();
    text.push_str(
        "\n## Supported FIPS builds\n\n| component | repository | version | image tag | label | certificate |\n\
         |---|---|---|---|---|---|\n",
    );
    text.push_str(&rows.concat());
}

/// The certificates of everything in a component.
fn certificates(component: &Component, description: &Description) -> String {
    let used = |id| {
        let mut artifacts = component.artifacts.iter();
        artifacts.any(|artifact| artifact.modules.iter().any(|module| module.id == id))
    };
    let certificates: BTreeSet<String> = description
        .modules
        .iter()
        .filter(|module| used(module.id.clone()))
        .map(|module| module.certificate.map_or("none".to_owned(), |number| number.to_string()))
        .collect();
    match certificates.is_empty() {
        true => "-".to_owned(),
        false => certificates.into_iter().collect::<Vec<_>>().join(", "),
    }
}

/// The label of each layer.
pub(super) fn layers(text: &mut String, description: &Description) {
    if description.layers.is_empty() {
        return;
    }
    text.push_str("\n## Layers\n\n| layer | label |\n|---|---|\n");
    for (layer, label) in &description.layers {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {layer} | {label} |");
    }
}

/// What was not built, and why.
pub(super) fn imported(text: &mut String, description: &Description) {
    if description.imported.is_empty() {
        return;
    }
    text.push_str(
        "\n## Not built here\n\nNobody has looked at these: each is **unknown**, and the release is no better than that.\n\n\
         | component | pack | layer | version | reason |\n|---|---|---|---|---|\n",
    );
    let parts: BTreeSet<_> = description.imported.iter().collect();
    for part in parts {
        let layer = part.layer.map_or("-".to_owned(), |layer| layer.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {layer} | {} | {} |",
            part.name,
            part.pack,
            cell(&part.version),
            cell(&part.reason)
        );
    }
}
