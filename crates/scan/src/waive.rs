//! Waivers entered into a scan: the gate opens for what somebody signed off, and nothing else changes.
//!
//! The stage comes last and takes data: a report, waivers, a policy. It marks findings and computes the gate's answer anew.
//! No verdict and no label is touched. A waiver that holds for nothing, or no longer, closes the gate: left in place it would
//! open it one day for something that nobody has judged.

use crate::gate;
use crate::report::{ArtifactReport, Finding};
use crate::rules::Rule;
use crate::summary::{Note, Outcome, ScanReport};
use catalog::{Policy, Waiver, Waivers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocab::{Date, Sha256};

/// A waiver and what became of it in this scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaiverUse {
    /// The finding's code.
    pub code: String,
    /// SHA-256 of the artifact.
    pub artifact: Sha256,
    /// Who answers for it.
    pub owner: String,
    /// Why the risk is taken.
    pub reason: String,
    /// The last day on which it holds.
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
    /// Where it is written: file and line.
    pub place: String,
    /// Whether it opened the gate for a finding.
    pub state: WaiverState,
    /// The artifacts it was found to hold for, by path; empty unless it was used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// What is wrong with it, if something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What to do about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What became of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverState {
    /// It opens the gate for a finding.
    Used,
    /// Its last day is before the as-of date.
    Expired,
    /// No artifact of the scan has the finding.
    Unused,
}

impl ScanReport {
    /// The report with waivers entered; `policy` is the one the scan was made with.
    #[must_use]
    pub fn waive(mut self, waivers: &Waivers, policy: &Policy) -> Self {
        for waiver in &waivers.list {
            let entered = enter(&mut self.artifacts, waiver, self.as_of, &waivers.file);
            self.waivers.push(entered);
        }
        self.notes.extend(
            waivers
                .notes
                .iter()
                .map(|note| Note { owner: note.owner.clone(), text: note.text.clone() }),
        );
        let findings = self.artifacts.iter().flat_map(|artifact| &artifact.findings);
        self.summary.waived = findings.filter(|finding| finding.waived).count();
        // The same rule as without waivers, and every waiver is in order.
        let pass = !self.artifacts.is_empty()
            && self.artifacts.iter().all(|artifact| gate::accepts(policy, artifact))
            && self.waivers.iter().all(|waiver| waiver.state == WaiverState::Used);
        self.result = if pass { Outcome::Pass } else { Outcome::Fail };
        self
    }

    /// The waiver that opens the gate for a finding of an artifact.
    pub fn waiver_of(&self, artifact: &ArtifactReport, finding: &Finding) -> Option<&WaiverUse> {
        self.waivers.iter().find(|waiver| {
            finding.waived
                && waiver.state == WaiverState::Used
                && waiver.code == finding.code
                && waiver.artifact == artifact.sha256
        })
    }
}

fn enter(artifacts: &mut [ArtifactReport], waiver: &Waiver, as_of: Date, file: &str) -> WaiverUse {
    let mut entered = WaiverUse {
        code: waiver.code.clone(),
        artifact: waiver.artifact,
        owner: waiver.owner.clone(),
        reason: waiver.reason.clone(),
        expires: waiver.expires,
        place: format!("{file}:{}", waiver.line),
        state: WaiverState::Used,
        paths: vec![],
        problem: None,
        remedy: None,
    };
    if waiver.expires < as_of {
        entered.refuse(
            WaiverState::Expired,
            format!("expired: its last day was {}, and the scan is as of {as_of}", waiver.expires),
            "mend the artifact, or have the owner judge it again and sign another date",
        );
        return entered;
    }
    for artifact in artifacts.iter_mut().filter(|artifact| artifact.sha256 == waiver.artifact) {
        let mut held = false;
        for finding in artifact.findings.iter_mut().filter(|finding| fits(waiver, finding)) {
            finding.waived = true;
            held = true;
        }
        if held {
            entered.paths.push(artifact.path.clone());
        }
    }
    if entered.paths.is_empty() {
        entered.refuse(
            WaiverState::Unused,
            unused(artifacts, waiver),
            "remove it, or mend its code or digest",
        );
    }
    entered
}

impl WaiverUse {
    fn refuse(&mut self, state: WaiverState, problem: impl Into<String>, remedy: &str) {
        self.state = state;
        self.problem = Some(problem.into());
        self.remedy = Some(remedy.to_owned());
    }
}

/// A changed module is never waived, whoever made the waiver: the parser refuses it, and so does this.
fn fits(waiver: &Waiver, finding: &Finding) -> bool {
    let waivable = Rule::by_code(&finding.code).is_some_and(|rule| rule.unwaivable().is_none());
    finding.code == waiver.code && finding.allowed.is_none() && waivable
}

/// Why a waiver holds for nothing.
fn unused(artifacts: &[ArtifactReport], waiver: &Waiver) -> String {
    let same: Vec<&ArtifactReport> =
        artifacts.iter().filter(|artifact| artifact.sha256 == waiver.artifact).collect();
    let answered = |artifact: &&ArtifactReport| {
        artifact.findings.iter().any(|f| f.code == waiver.code && f.allowed.is_some())
    };
    match same.first() {
        None => "unused: no artifact of this scan has its digest".to_owned(),
        Some(artifact) if answered(artifact) => {
            format!("unused: the recipe of `{}` answers `{}` already", artifact.path, waiver.code)
        }
        Some(artifact) => {
            format!("unused: `{}` has no finding `{}`", artifact.path, waiver.code)
        }
    }
}
