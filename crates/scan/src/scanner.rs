//! One artifact scanned: hashed, read and judged.

use crate::gate;
use crate::judge::{self, Context};
use crate::report::ArtifactReport;
use crate::surroundings::Alone;
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

impl Scanner<'_> {
    /// Scans the bytes of one artifact. `path` is what the report calls it; `allow` are a recipe's answers.
    pub fn scan(&self, path: &str, bytes: &[u8], allow: &[Allow]) -> Scanned {
        // Hashing and reading are independent passes over the same memory: where a second core is idle it takes one.
        let (facts, sha256) =
            rayon::join(|| inspect::inspect(bytes, &self.limits()), || Sha256::of(bytes));
        let judgement = judge::judge(&facts, &self.alone(path, allow));
        let report = ArtifactReport {
            path: path.to_owned(),
            kind: kind(&facts),
            sha256,
            size: bytes.len() as u64,
            verdict: judgement.verdict,
            label: judgement.verdict.label(),
            reasons: judgement.reasons,
            modules: judgement.modules,
            findings: judgement.findings,
        };
        Scanned { report, facts }
    }

    /// The judgement of a file that was named alone.
    fn alone<'a>(&'a self, path: &'a str, allow: &'a [Allow]) -> Context<'a> {
        Context { registry: self.registry, as_of: self.as_of, allow, path, root: &Alone }
    }

    /// The parser's limits, with the runs of module text that the registry can name.
    fn limits(&self) -> Limits {
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
