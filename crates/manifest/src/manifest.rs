//! The signed payload: an in-toto Statement v1 around our predicate, read strictly and written in one spelling.

use crate::entry::{Digests, Entry};
use crate::json::{self, Numbers};
use crate::path::ReleasePath;
use crate::release::{CRITICAL, PREDICATE_TYPE, Release};
use crate::rules::{self, Broken};
use serde::{Deserialize, Serialize};

/// in-toto/attestation, spec/v1/statement.md: the value of `_type`.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// Why a payload is no manifest, or a release cannot become one.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, ambiguous JSON, or JSON of another shape.
    #[error("the manifest cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// Another in-toto layer.
    #[error("the payload is `{found}`, not an in-toto Statement v1")]
    StatementType {
        /// The `_type` that was found.
        found: String,
    },
    /// Another statement, perhaps validly signed: a provenance is no release.
    #[error("the statement is a `{found}`, not a `{PREDICATE_TYPE}`")]
    PredicateType {
        /// The `predicateType` that was found.
        found: String,
    },
    /// The writer says that a field must be understood, and this program does not know it.
    #[error("the manifest has critical fields that this version does not know: {}", names.join(", "))]
    UnknownCritical {
        /// The unknown names.
        names: Vec<String>,
    },
    /// The subjects of the statement are not the entries of the predicate.
    #[error("the statement's subjects are not the entries of the manifest")]
    Subjects,
    /// It contradicts itself.
    #[error("the manifest breaks {} of its own rules: {}", .0.len(), listed(.0))]
    Broken(Vec<Broken>),
}

fn listed(broken: &[Broken]) -> String {
    broken.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: Release,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: ReleasePath,
    digest: Digests,
}

/// What is read first, before the shape of the rest is believed: a better error than "unknown field".
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Preamble {
    #[serde(rename = "_type")]
    kind: String,
    predicate_type: String,
    predicate: Critical,
}

#[derive(Deserialize)]
struct Critical {
    #[serde(default)]
    critical: Vec<String>,
}

/// A manifest that keeps all its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    release: Release,
}

impl Manifest {
    /// A manifest for a release; all broken rules at once otherwise.
    pub fn new(release: Release) -> Result<Self, ManifestError> {
        let broken = rules::broken(&release);
        if broken.is_empty() { Ok(Self { release }) } else { Err(ManifestError::Broken(broken)) }
    }

    /// Reads a payload whose signature was verified.
    pub fn parse(payload: &[u8]) -> Result<Self, ManifestError> {
        let preamble: Preamble =
            json::read(payload, Numbers::Integers).map_err(ManifestError::Malformed)?;
        preamble.check()?;
        let statement: Statement =
            serde_json::from_slice(payload).map_err(ManifestError::Malformed)?;
        let manifest = Self::new(statement.predicate)?;
        if manifest.subjects() == statement.subject {
            Ok(manifest)
        } else {
            Err(ManifestError::Subjects)
        }
    }

    /// The exact bytes to sign.
    pub fn payload(&self) -> Result<Vec<u8>, ManifestError> {
        let statement = Statement {
            kind: STATEMENT_TYPE.to_owned(),
            subject: self.subjects(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: self.release.clone(),
        };
        json::write(&statement).map_err(ManifestError::Malformed)
    }

    /// What the release says about itself.
    pub fn release(&self) -> &Release {
        &self.release
    }

    fn subjects(&self) -> Vec<Subject> {
        self.release
            .entries
            .iter()
            .flat_map(|entry| {
                let own = Subject { name: entry.id().clone(), digest: entry.digest() };
                std::iter::once(own).chain(manifest_of(entry))
            })
            .collect()
    }
}

/// An image is listed a second time under the digest that registries know.
fn manifest_of(entry: &Entry) -> Option<Subject> {
    let Entry::Image(image) = entry else { return None };
    Some(Subject { name: image.manifest_name().ok()?, digest: image.manifest })
}

impl Preamble {
    fn check(self) -> Result<(), ManifestError> {
        let short = |text: String| text.chars().take(120).collect();
        if self.kind != STATEMENT_TYPE {
            return Err(ManifestError::StatementType { found: short(self.kind) });
        }
        if self.predicate_type != PREDICATE_TYPE {
            return Err(ManifestError::PredicateType { found: short(self.predicate_type) });
        }
        let names: Vec<String> = self
            .predicate
            .critical
            .into_iter()
            .filter(|name| !CRITICAL.contains(&name.as_str()))
            .map(short)
            .collect();
        if names.is_empty() { Ok(()) } else { Err(ManifestError::UnknownCritical { names }) }
    }
}
