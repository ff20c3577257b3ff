//! A whole scan: what `fipsmith scan --format json` prints and `scan.json` holds.

use crate::Scanner;
use crate::os::RootReport;
use crate::report::ArtifactReport;
use crate::waive::WaiverUse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Date, Label, PolicyName};

/// The schema's name and version.
pub const SCHEMA: &str = "fipsmith-scan/1";

/// One scan of one or many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanReport {
    /// `fipsmith-scan/1`.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: String,
    /// The day for which certificates were judged.
    #[schemars(with = "String", extend("format" = "date"))]
    pub as_of: Date,
    /// The day of the module registry.
    #[schemars(with = "String", extend("format" = "date"))]
    pub registry_date: Date,
    /// The policy of the gate.
    pub policy: PolicyName,
    /// Every artifact, sorted by path.
    pub artifacts: Vec<ArtifactReport>,
    /// Files in folders and archives that are no programs.
    pub skipped: u64,
    /// The waivers that were given, each with what became of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverUse>,
    /// What somebody says of the whole; it changes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// The label of the whole: its artifacts rolled up, those without cryptography left out.
    pub label: Label,
    /// The operating systems that were found, each with the folder, archive or image that holds it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<RootReport>,
    /// How many artifacts have each label.
    pub summary: Summary,
    /// Whether the policy accepts every artifact, and there was at least one.
    pub result: Outcome,
}

/// What somebody says of the whole that was scanned, for instance why a distribution is designated compliant although
/// helpers in it are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// Who says it.
    pub owner: String,
    /// What.
    pub text: String,
}

/// Artifacts by label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Full.
    pub full: usize,
    /// Partial: never of a single artifact.
    pub partial: usize,
    /// Not.
    pub not: usize,
    /// Unknown.
    pub unknown: usize,
    /// Findings, of any artifact, for which a waiver opens the gate.
    #[serde(default)]
    pub waived: usize,
}

/// The gate's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every artifact is accepted.
    Pass,
    /// One is not, or nothing was examined.
    Fail,
}

impl ScanReport {
    /// Sorts the artifacts and counts them.
    pub fn new(scanner: &Scanner<'_>, mut artifacts: Vec<ArtifactReport>, skipped: u64) -> Self {
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        // Zero artifacts is never a pass: the commonest way to pass a scan is to point it at nothing.
        let pass =
            !artifacts.is_empty() && artifacts.iter().all(|artifact| scanner.accepts(artifact));
        Self {
            schema: SCHEMA.to_owned(),
            as_of: scanner.as_of,
            registry_date: scanner.registry.date,
            policy: scanner.policy.name.clone(),
            notes: vec![],
            label: Label::of_verdicts(artifacts.iter().map(|artifact| artifact.verdict)),
            summary: Summary::of(&artifacts),
            artifacts,
            skipped,
            waivers: vec![],
            roots: vec![],
            result: if pass { Outcome::Pass } else { Outcome::Fail },
        }
    }
}

impl Summary {
    fn of(artifacts: &[ArtifactReport]) -> Self {
        let mut summary = Self::default();
        for artifact in artifacts {
            match artifact.label {
                Label::Full => summary.full += 1,
                Label::Partial => summary.partial += 1,
                Label::Not => summary.not += 1,
                Label::Unknown => summary.unknown += 1,
            }
        }
        summary
    }
}
