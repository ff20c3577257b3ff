//! The gate: what a policy lets through, finding by finding.
//!
//! A verdict names the gravest finding only. The gate asks of each finding on its own: an artifact whose policy accepts
//! historical certificates does not pass with other cryptography beside the module, although its verdict is `historical`.

use crate::report::{ArtifactReport, Finding};
use crate::rules::Rule;
use catalog::Policy;
use serde::Serialize;
use vocab::{Severity, Verdict};

/// What a finding means to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It closes the gate.
    Closes,
    /// It would, and a waiver opens the gate for it.
    Waived,
    /// The policy accepts what it forces, or the finding itself.
    Accepted,
    /// The recipe answers it.
    Answered,
    /// It forces no verdict.
    Harmless,
}

/// What a finding means to the gate under a policy.
pub fn standing(policy: &Policy, finding: &Finding) -> Standing {
    match (forces(finding), &finding.allowed) {
        (_, Some(_)) => Standing::Answered,
        (None, None) => Standing::Harmless,
        (Some(verdict), None) if policy.accepts_finding(&finding.code, verdict) => {
            Standing::Accepted
        }
        (Some(_), None) if finding.waived => Standing::Waived,
        (Some(_), None) => Standing::Closes,
    }
}

/// The findings that keep the gate closed.
pub fn closing<'r>(
    policy: &'r Policy,
    report: &'r ArtifactReport,
) -> impl Iterator<Item = &'r Finding> {
    report.findings.iter().filter(|finding| standing(policy, finding) == Standing::Closes)
}

/// Whether the policy lets an artifact with this report through: each finding that forces a verdict is accepted, answered
/// or waived, and a verdict that no finding explains is accepted as such.
pub fn accepts(policy: &Policy, report: &ArtifactReport) -> bool {
    let explained = || report.findings.iter().any(|finding| forces(finding).is_some());
    closing(policy, report).next().is_none() && (policy.accepts(report.verdict) || explained())
}

/// The verdict that a finding forces. An error with a code that this program does not know, in a report of a later one,
/// forces what is not proved.
fn forces(finding: &Finding) -> Option<Verdict> {
    match Rule::by_code(&finding.code) {
        Some(rule) => rule.forces,
        None if finding.severity == Severity::Error => Some(Verdict::Undetermined),
        None => None,
    }
}
