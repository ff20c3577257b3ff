//! Reports made by hand, one situation each.

use catalog::{Policy, Registry};
use scan::{ArtifactReport, Evidence, Finding, Rule, ScanReport, Scanner};
use vocab::{Date, Sha256, Verdict};

pub(crate) const AS_OF: Date = Date::constant(2026, 11, 21);

pub(crate) fn finding(code: &str) -> Finding {
    let rule = Rule::by_code(code).unwrap();
    Finding {
        code: code.to_owned(),
        severity: rule.severity,
        message: rule.explanation.to_owned(),
        remedy: rule.remedy.to_owned(),
        waived: false,
        subject: None,
        allowed: None,
        evidence: vec![Evidence { what: "w".to_owned(), offset: Some(8), value: "v".to_owned() }],
    }
}

pub(crate) fn artifact(name: &str, verdict: Verdict, codes: &[&str]) -> ArtifactReport {
    ArtifactReport {
        path: name.to_owned(),
        kind: "elf".to_owned(),
        sha256: digest(name),
        size: 1,
        verdict,
        label: verdict.label(),
        reasons: vec![],
        modules: vec![],
        findings: codes.iter().map(|code| finding(code)).collect(),
    }
}

/// A copy of an artifact has its bytes, so its digest.
pub(crate) fn digest(name: &str) -> Sha256 {
    Sha256::of(name.trim_end_matches("-copy").as_bytes())
}

pub(crate) fn policy(name: &str) -> &'static Policy {
    Policy::embedded(name).unwrap()
}

pub(crate) fn scanned(policy: &'static Policy, artifacts: Vec<ArtifactReport>) -> ScanReport {
    let registry = Registry::embedded();
    ScanReport::new(&Scanner { registry, policy, as_of: AS_OF }, artifacts, 0)
}
