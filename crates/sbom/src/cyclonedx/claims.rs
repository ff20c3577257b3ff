//! `declarations`: the label of every binary as a claim with its evidence, so that an attestation client can read it.

use super::{group::files, parts::location};
use crate::{Artifact, Description, property};
use serde::Serialize;

/// CycloneDX 1.6, `declarations`.
#[derive(Debug, Serialize)]
pub(super) struct Declarations {
    claims: Vec<Claim>,
    evidence: Vec<Evidence>,
}

#[derive(Debug, Serialize)]
struct Claim {
    #[serde(rename = "bom-ref")]
    reference: String,
    target: String,
    predicate: String,
    reasoning: String,
    evidence: [String; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Evidence {
    #[serde(rename = "bom-ref")]
    reference: String,
    property_name: &'static str,
    description: String,
    created: String,
}

/// One claim and one piece of evidence for every binary.
pub(super) fn of(description: &Description) -> Declarations {
    let mut files: Vec<_> = files(description).collect();
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Declarations {
        claims: files.iter().map(|(name, artifact)| claim(name, artifact, description)).collect(),
        evidence: files
            .iter()
            .map(|(name, artifact)| evidence(name, artifact, description))
            .collect(),
    }
}

fn claim(name: &str, artifact: &Artifact, description: &Description) -> Claim {
    let Description { policy, as_of, registry_date, .. } = description;
    let Artifact { label, verdict, .. } = artifact;
    Claim {
        reference: format!("claim/{name}"),
        target: name.to_owned(),
        predicate: format!(
            "label {label}, verdict {verdict}, under policy {policy} as of {as_of}, module registry of {registry_date}"
        ),
        reasoning: sorted(&artifact.reasons).join("; "),
        evidence: [format!("evidence/{name}")],
    }
}

fn evidence(name: &str, artifact: &Artifact, description: &Description) -> Evidence {
    let sha256 = artifact.sha256;
    Evidence {
        reference: format!("evidence/{name}"),
        property_name: property::VERDICT,
        description: format!(
            "scan of the bytes of {} (SHA-256 {sha256}): see scan.json",
            location(artifact)
        ),
        created: description.created.clone(),
    }
}

fn sorted(texts: &[String]) -> Vec<&str> {
    let mut list: Vec<_> = texts.iter().map(String::as_str).collect();
    list.sort_unstable();
    list
}
