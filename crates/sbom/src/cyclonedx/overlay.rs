//! What CycloneDX has since 1.6, as small types of our own that are laid over the 1.5 core.

use super::{claims, formulation, graph::Graph};
use crate::{CryptoModule, Description, SbomError};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vocab::Sha256;

/// What 1.6 adds to a component.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Extras {
    /// `tags`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Vec<&'static str>,
    /// `licenses[].acknowledgement`, the same for every licence of the component.
    #[serde(skip)]
    pub(super) acknowledgement: Option<Acknowledgement>,
    /// `evidence`, with several identities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence>,
}

/// CycloneDX 1.6, `licenseAcknowledgementEnumeration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Acknowledgement {
    /// What the authors say.
    Declared,
    /// What the licence texts say.
    Concluded,
}

/// CycloneDX 1.6, `componentEvidence`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Evidence {
    identity: Vec<Identity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    occurrences: Vec<Occurrence>,
}

/// CycloneDX 1.6, `componentIdentityEvidence`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    field: &'static str,
    confidence: f32,
    concluded_value: String,
    methods: Vec<Method>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Method {
    technique: &'static str,
    confidence: f32,
    value: String,
}

/// CycloneDX 1.6, `componentEvidence.occurrences`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Occurrence {
    /// Which file, `outer!inner` in an archive.
    pub(super) location: String,
    /// Where in the file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<u64>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) additional_context: Option<String>,
}

impl Evidence {
    /// A file is known by its digest, and found in its archive.
    pub(super) fn of_file(sha256: Sha256, location: String) -> Self {
        let occurrence = Occurrence { location, offset: None, additional_context: None };
        let identity = Identity::new(
            "hash",
            sha256.to_string(),
            "hash-comparison",
            format!("sha256:{sha256}"),
        );
        Self { identity: vec![identity], occurrences: vec![occurrence] }
    }

    /// A cryptographic module is known by what was read from binaries; without that there is no evidence.
    pub(super) fn of_module(module: &CryptoModule, occurrences: Vec<Occurrence>) -> Option<Self> {
        let value = format!("{} in the bytes of the binaries below", module.id);
        let identity = Identity::new("name", module.name.clone(), "binary-analysis", value);
        (!occurrences.is_empty()).then(|| Self { identity: vec![identity], occurrences })
    }
}

impl Identity {
    fn new(
        field: &'static str,
        concluded_value: String,
        technique: &'static str,
        value: String,
    ) -> Self {
        Self {
            field,
            confidence: 1.0,
            concluded_value,
            methods: vec![Method { technique, confidence: 1.0, value }],
        }
    }
}

/// Turns the 1.5 core into a 1.6 document. Every valid 1.5 document is a valid 1.6 document once it says so.
pub(super) fn apply(
    document: &mut Value,
    description: &Description,
    graph: &Graph,
) -> Result<(), SbomError> {
    let mut extras: BTreeMap<&str, &Extras> =
        graph.nodes().map(|(name, node)| (name, &node.extras)).collect();
    if let Some(component) = document.pointer_mut("/metadata/component") {
        lay_over(component, &mut extras)?;
    }
    for component in list(document, "components") {
        lay_over(component, &mut extras)?;
    }
    for dependency in list(document, "dependencies").filter_map(Value::as_object_mut) {
        dependency.entry("dependsOn").or_insert_with(|| json!([]));
    }
    if let Some(document) = document.as_object_mut() {
        let schema = "http://cyclonedx.org/schema/bom-1.6.schema.json";
        document.insert("$schema".to_owned(), json!(schema));
        document.insert("specVersion".to_owned(), json!("1.6"));
        let formulation = serde_json::to_value(formulation::of(description))?;
        document.insert("formulation".to_owned(), formulation);
        let declarations = serde_json::to_value(claims::of(description))?;
        document.insert("declarations".to_owned(), declarations);
    }
    Ok(())
}

/// The items of a list of the document or of a part of it; none where there is no such list.
fn list<'v>(value: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn lay_over(component: &mut Value, extras: &mut BTreeMap<&str, &Extras>) -> Result<(), SbomError> {
    let reference = component.get("bom-ref").and_then(Value::as_str).unwrap_or_default();
    let Some(extras) = extras.remove(reference) else { return Ok(()) };
    if let Some(acknowledgement) = extras.acknowledgement {
        acknowledge(component, acknowledgement)?;
    }
    if let (Value::Object(component), Value::Object(more)) =
        (component, serde_json::to_value(extras)?)
    {
        component.extend(more);
    }
    Ok(())
}

fn acknowledge(component: &mut Value, acknowledgement: Acknowledgement) -> Result<(), SbomError> {
    let word = serde_json::to_value(acknowledgement)?;
    for choice in list(component, "licenses") {
        // An expression carries it itself; a licence carries it one level down.
        let inner =
            if choice.get("license").is_some() { choice.get_mut("license") } else { Some(choice) };
        if let Some(Value::Object(inner)) = inner {
            inner.insert("acknowledgement".to_owned(), word.clone());
        }
    }
    Ok(())
}
