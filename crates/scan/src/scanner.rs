//! One artifact scanned: hashed, read and judged.

use crate::judge::{self, Context};
use crate::report::{ArtifactReport, Finding, ModuleReport};
use crate::rules::{self, Rule};
use crate::surroundings::Alone;
use catalog::{Allow, BoringFingerprint, Policy, Registry};
use inspect::{BinaryFacts, Limits, Run};
use vocab::{Date, ModuleStatus, Sha256};

/// Where a module's relocation-free run begins in its text: the first eight bytes hold a branch (registry, `prefixHex`).
const RUN_START: u64 = 8;

/// What a scan judges by.
#[derive(Debug, Clone, Copy)]
pub struct Scanner<'a> {
    /// The modules that CMVP knows.
    pub registry: &'a Registry,
    /// Which verdicts pass the gate.
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
        self.policy.accepts(report.verdict)
            || self.policy.accept_update_streams && is_update_stream(report)
    }
}

/// Whether the one thing that is wrong with an artifact is that its modules are other versions of validated ones, in the
/// same branch and without a certificate of their own. The verdict and the label stay what they are.
fn is_update_stream(report: &ArtifactReport) -> bool {
    let status = |module: &ModuleReport| match module.status {
        ModuleStatus::Active | ModuleStatus::UpdateStream => module.active,
        _ => false,
    };
    let forces = |finding: &&Finding| {
        let rule = Rule::by_code(&finding.code);
        finding.allowed.is_none() && rule.is_none_or(|rule| rule.forces.is_some())
    };
    !report.modules.is_empty()
        && report.modules.iter().all(status)
        && report
            .findings
            .iter()
            .filter(forces)
            .all(|f| f.code == rules::VERSION_NOT_VALIDATED.code)
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

#[cfg(test)]
mod tests {
    use super::*;
    use vocab::Verdict;

    fn report(status: ModuleStatus, codes: &[&str]) -> ArtifactReport {
        let registry = Registry::embedded();
        let row = registry.version_string("AWS-LC FIPS 3.6.0", catalog::Linkage::Static).unwrap();
        let module = ModuleReport {
            id: row.id.clone(),
            name: row.name.clone(),
            version: row.version.clone(),
            certificate: None,
            standard: row.standard.clone(),
            level: row.level,
            status,
            sunset: None,
            active: true,
            evidence: vec![],
        };
        let finding = |code: &&str| Rule::by_code(code).unwrap().finding("found", vec![]);
        ArtifactReport {
            path: "program".to_owned(),
            kind: "elf".to_owned(),
            sha256: Sha256::of(b""),
            size: 0,
            verdict: Verdict::NotValidated,
            label: Verdict::NotValidated.label(),
            reasons: vec![],
            modules: vec![module],
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
        let stream =
            report(ModuleStatus::UpdateStream, &["version-not-validated", "weak-tls-defaults"]);
        assert!(accepts("update-stream", &stream));
        assert!(!accepts(Policy::DEFAULT, &stream) && !accepts("allow-in-process", &stream));
        for (status, codes) in [
            (ModuleStatus::None, &["version-not-validated"][..]),
            (ModuleStatus::UpdateStream, &["version-not-validated", "crypto-implementation"]),
            (ModuleStatus::UpdateStream, &["version-not-validated", "integrity-mismatch"]),
        ] {
            assert!(!accepts("update-stream", &report(status, codes)), "{status} {codes:?}");
        }
        let without = ArtifactReport { modules: vec![], ..stream };
        assert!(!accepts("update-stream", &without));
    }
}
