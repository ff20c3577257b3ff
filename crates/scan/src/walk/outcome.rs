//! What a scan has found so far, and how what could not be read becomes a finding.

use super::Walk;
use crate::os::RootReport;
use crate::report::{ArtifactReport, Finding};
use crate::{judge, rules};
use unpack::{Blob, Problem};
use vocab::{Sha256, Verdict};

/// Artifacts, roots and counts.
#[derive(Default)]
pub(super) struct Found {
    pub(super) artifacts: Vec<ArtifactReport>,
    pub(super) roots: Vec<RootReport>,
    /// Files that are no artifacts.
    pub(super) skipped: u64,
    /// Scripts among them.
    pub(super) scripts: u64,
}

impl Found {
    pub(super) fn artifact(report: ArtifactReport) -> Self {
        Self { artifacts: vec![report], ..Self::default() }
    }

    pub(super) fn join(mut self, other: Self) -> Self {
        self.artifacts.extend(other.artifacts);
        self.roots.extend(other.roots);
        self.skipped += other.skipped;
        self.scripts += other.scripts;
        self
    }
}

/// The finding that a problem is.
fn finding(problem: &Problem) -> Finding {
    let rule = match problem {
        Problem::Limit { .. } => rules::LIMIT_EXCEEDED,
        Problem::Damaged(_) => rules::UNREADABLE,
    };
    rule.finding(problem.to_string(), vec![])
}

impl Walk<'_> {
    /// Something that could not be read, or read to its end.
    pub(super) fn refused(&self, path: &str, blob: Option<&Blob>, problem: &Problem) -> Found {
        self.own(path, "archive", blob, std::slice::from_ref(problem))
    }

    /// The entry of an archive itself, when there is something to say of it.
    pub(super) fn own(
        &self,
        path: &str,
        kind: &str,
        blob: Option<&Blob>,
        problems: &[Problem],
    ) -> Found {
        if problems.is_empty() {
            return Found::default();
        }
        let sha256 = blob.and_then(|blob| blob.sha256().ok()).unwrap_or_else(|| Sha256::of(b""));
        let size = blob.map_or(0, Blob::len);
        let findings = problems.iter().map(finding).collect();
        Found::artifact(self.entry(path, kind, (sha256, size), Verdict::Undetermined, findings))
    }

    /// An entry that no program stands behind.
    pub(super) fn entry(
        &self,
        path: &str,
        kind: &str,
        (sha256, size): (Sha256, u64),
        verdict: Verdict,
        findings: Vec<Finding>,
    ) -> ArtifactReport {
        ArtifactReport {
            path: path.to_owned(),
            kind: kind.to_owned(),
            sha256,
            size,
            verdict,
            label: verdict.label(),
            reasons: findings.iter().map(|finding| finding.message.clone()).collect(),
            modules: vec![],
            findings: judge::answered(findings, self.allow),
        }
    }
}
