//! The scan's JSON, `fipsmith-scan/1` (design section 5): names are fixed, fields may be added.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{CertificateNumber, Date, Label, ModuleId, ModuleStatus, Severity, Sha256, Verdict};

/// One artifact and everything that was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactReport {
    /// What was asked for; `outer!inner` inside an archive.
    pub path: String,
    /// The kind of file, for instance `elf`.
    pub kind: String,
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
    /// Size in bytes.
    pub size: u64,
    /// What the bytes show.
    pub verdict: Verdict,
    /// What a person sees.
    pub label: Label,
    /// Why, in sentences an auditor can read.
    pub reasons: Vec<String>,
    /// The validated (or in-process, or historical) modules inside.
    pub modules: Vec<ModuleReport>,
    /// Every finding, not only the first.
    pub findings: Vec<Finding>,
}

/// A cryptographic module found in an artifact, with its certificate as of the scan's date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModuleReport {
    /// The registry's id.
    pub id: ModuleId,
    /// The module's name as CMVP lists it.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// The certificate, if there is one.
    pub certificate: Option<CertificateNumber>,
    /// `FIPS 140-2` or `FIPS 140-3`.
    pub standard: String,
    /// The security level.
    pub level: Option<u8>,
    /// The certificate's status on the as-of date.
    pub status: ModuleStatus,
    /// The day the certificate leaves the active list.
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub sunset: Option<Date>,
    /// Whether the program switches the module on.
    pub active: bool,
    /// What shows that it is this module, unmodified, and on or off.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Evidence judged by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// A stable code, for instance `residual-crypto`.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
    /// Whether a waiver opens the gate for it. A waiver never changes the verdict.
    pub waived: bool,
    /// What the finding is about, for instance a package path: an answer in a recipe names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The recipe's reason why this is no cryptography outside the module, where it gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

/// A fact read from bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// What was read.
    pub what: String,
    /// Where in the file, in bytes.
    pub offset: Option<u64>,
    /// What stood there.
    pub value: String,
}
