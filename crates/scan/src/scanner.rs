//! One artifact scanned: hashed, read and judged.

use crate::gate;
use crate::judge::{self, Context};
use crate::report::ArtifactReport;
use crate::surroundings::{Alone, Surroundings};
use catalog::{Allow, BoringFingerprint, Policy, Registry};
use inspect::{BinaryFacts, Limits, Run};
use vocab::{Date, Sha256};

/// Where a module's relocation-free run begins in its text: the first eight bytes hold a branch (registry, `prefixHex`).
const RUN_START: u64 = 8;

/// What a scan judges by.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'a> {
    /// The modules that CMVP knows.
    pub registry: &'a Registry,
    /// Which verdicts and findings pass the gate.
    pub policy: &'a Policy,
    /// The day for which certificates are judged.
    pub as_of: Date,
}

/// An artifact that was looked at. Only a [`Scanner`] makes one, and only of bytes, so that nothing unscanned can be signed.
#[derive(Debug, Clone)]
#[must_use = "a scan says nothing unless its report is read"]
pub struct Scanned {
    report: ArtifactReport,
    facts: BinaryFacts,
}

/// What the bytes of one file are, before anybody judges them.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) sha256: Sha256,
    pub(crate) size: u64,
    pub(crate) facts: BinaryFacts,
}

impl Seen {
    /// `path` is what the report calls it, `place` its absolute path in its root.
    pub(crate) fn at<'a>(&'a self, path: &'a str, place: &'a str) -> Subject<'a> {
        Subject { path, place, sha256: self.sha256, size: self.size, facts: &self.facts }
    }
}

/// What is judged, and where it stands.
pub(crate) struct Subject<'a> {
    pub(crate) path: &'a str,
    pub(crate) place: &'a str,
    pub(crate) sha256: Sha256,
    pub(crate) size: u64,
    pub(crate) facts: &'a BinaryFacts,
}

impl Scanner<'_> {
    /// Scans the bytes of one artifact. `path` is what the report calls it; `allow` are a recipe's answers.
    pub fn scan(&self, path: &str, bytes: &[u8], allow: &[Allow]) -> Scanned {
        // Hashing and reading are independent passes over the same memory: where a second core is idle it takes one.
        let (facts, sha256) =
            rayon::join(|| inspect::inspect(bytes, &self.limits()), || Sha256::of(bytes));
        let seen = Seen { sha256, size: bytes.len() as u64, facts };
        let report = self.judge(&seen.at(path, path), &Alone, allow);
        Scanned { report, facts: seen.facts }
    }

    /// Reads the bytes of one file. It stays on one core: whoever reads many files has one for each.
    pub(crate) fn see(bytes: &[u8], limits: &Limits) -> Seen {
        let facts = inspect::inspect(bytes, limits);
        Seen { sha256: Sha256::of(bytes), size: bytes.len() as u64, facts }
    }

    /// Judges what was read.
    pub(crate) fn judge(
        &self,
        subject: &Subject<'_>,
        root: &dyn Surroundings,
        allow: &[Allow],
    ) -> ArtifactReport {
        let (registry, as_of, path) = (self.registry, self.as_of, subject.place);
        let judgement =
            judge::judge(subject.facts, &Context { registry, as_of, allow, path, root });
        ArtifactReport {
            path: subject.path.to_owned(),
            kind: kind(subject.facts),
            sha256: subject.sha256,
            size: subject.size,
            verdict: judgement.verdict,
            label: judgement.verdict.label(),
            reasons: judgement.reasons,
            modules: judgement.modules,
            findings: judgement.findings,
        }
    }

    /// The parser's limits, with the runs of module text that the registry can name.
    pub(crate) fn limits(&self) -> Limits {
        let run = |text: &BoringFingerprint| Run {
            arch: text.arch,
            start: RUN_START,
            length: text.run_length,
        };
        Limits {
            boring_runs: self.registry.boring_texts().map(|(_, text)| run(text)).collect(),
            ..Limits::default()
        }
    }

    /// Whether the policy lets an artifact with this report through.
    pub fn accepts(&self, report: &ArtifactReport) -> bool {
        gate::accepts(self.policy, report)
    }
}

fn kind(facts: &BinaryFacts) -> String {
    // The kind's serde name is its name in the JSON.
    serde_json::to_value(facts.kind)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

impl Scanned {
    /// What was judged with other files around it.
    pub(crate) fn new(report: ArtifactReport, facts: BinaryFacts) -> Self {
        Self { report, facts }
    }
    /// The report of what was found.
    pub fn report(&self) -> &ArtifactReport {
        &self.report
    }
    /// SHA-256 of the bytes that were scanned.
    pub fn sha256(&self) -> Sha256 {
        self.report.sha256
    }
    /// Their number.
    pub fn size(&self) -> u64 {
        self.report.size
    }
    /// The facts behind the report.
    pub fn facts(&self) -> &BinaryFacts {
        &self.facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rule;
    use vocab::Verdict;

    fn report(codes: &[&str]) -> ArtifactReport {
        let finding = |code: &&str| Rule::by_code(code).unwrap().finding("found", vec![]);
        ArtifactReport {
            path: "program".to_owned(),
            kind: "elf".to_owned(),
            sha256: Sha256::of(b""),
            size: 0,
            verdict: Verdict::NotValidated,
            label: Verdict::NotValidated.label(),
            reasons: vec![],
            modules: vec![],
            findings: codes.iter().map(finding).collect(),
        }
    }

    /// Without it, a policy for update streams could let anything through that is not validated.
    #[test]
    fn an_update_stream_is_accepted_by_its_policy_and_nothing_else_is() {
        let accepts = |policy: &str, report: &ArtifactReport| {
            let policy = Policy::embedded(policy).unwrap();
            let as_of = Date::constant(2026, 11, 21);
            Scanner { registry: Registry::embedded(), policy, as_of }.accepts(report)
        };
        let stream = report(&["module-update-stream", "weak-tls-defaults"]);
        assert!(accepts("update-stream", &stream));
        assert!(!accepts(Policy::DEFAULT, &stream) && !accepts("allow-in-process", &stream));
        for codes in [
            &["version-not-validated"][..],
            &["module-update-stream", "crypto-implementation"],
            &["module-update-stream", "integrity-mismatch"],
        ] {
            assert!(!accepts("update-stream", &report(codes)), "{codes:?}");
        }
    }
}
