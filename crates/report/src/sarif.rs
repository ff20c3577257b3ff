//! A scan as SARIF 2.1.0 (OASIS, errata 01), for code scanning services and review tools.
//!
//! One run. Its rules are the whole table of finding codes, each with its explanation and remedy; its artifacts are the
//! scanned files with digest, verdict and label; a result is one finding at its place in the file. What is waived or
//! answered is there, suppressed, with the reason. The same report gives the same bytes.

mod verified;

pub use verified::verified;

use catalog::Policy;
use scan::gate::{self, Standing};
use scan::{ArtifactReport, Evidence, Finding, Outcome, Rule, ScanReport, WaiverUse, rules::RULES};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use vocab::{Severity, Sha256};

/// The official schema's address, which a reader may look at and nobody fetches.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name of our fingerprint. Its version is raised when what it is made of changes.
const FINGERPRINT: &str = "fipsmithFinding/v1";

/// The scan as a SARIF log; `policy` is the one the scan was made with.
pub fn log(report: &ScanReport, policy: &Policy) -> Value {
    let results: Vec<Value> = report
        .artifacts
        .iter()
        .enumerate()
        .flat_map(|(index, artifact)| results(report, policy, index, artifact))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver() },
            "invocations": [invocation(report)],
            "artifacts": report.artifacts.iter().map(artifact).collect::<Vec<_>>(),
            "results": results,
            "properties": {
                "asOf": report.as_of,
                "registryDate": report.registry_date,
                "policy": report.policy,
                "result": report.result,
                "skipped": report.skipped,
                "summary": report.summary,
            },
        }],
    })
}

fn driver() -> Value {
    json!({
        "name": "fipsmith",
        "organization": "fipsmith",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "shortDescription": { "text": "says from bytes alone which cryptography a binary contains" },
        "rules": RULES.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
    })
}

/// A rule (SARIF 3.49), with help that stands on its own.
fn descriptor(rule: &Rule) -> Value {
    let first = rule.explanation.split_inclusive(". ").next().unwrap_or(rule.explanation);
    json!({
        "id": rule.code,
        "shortDescription": { "text": first.trim() },
        "fullDescription": { "text": rule.explanation },
        "help": {
            "text": format!("{}\n\nRemedy: {}.", rule.explanation, rule.remedy),
            "markdown": format!("{}\n\n**Remedy:** {}.", rule.explanation, rule.remedy),
        },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["fips-140", "cryptography"],
            "forces": rule.forces,
            "answerable": rule.answerable(),
            "waivable": rule.unwaivable().is_none(),
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// How the run went (SARIF 3.20): a waiver that holds for nothing is an error of the configuration, not of an artifact.
fn invocation(report: &ScanReport) -> Value {
    let notification = |waiver: &WaiverUse| {
        let problem = waiver.problem.as_ref()?;
        let remedy = waiver.remedy.as_deref().unwrap_or_default();
        let text = format!(
            "{}: the waiver of {} for `{}` is {problem}; {remedy}",
            waiver.place, waiver.owner, waiver.code
        );
        Some(json!({ "level": "error", "message": { "text": text } }))
    };
    let mut notifications: Vec<Value> = report.waivers.iter().filter_map(notification).collect();
    if report.artifacts.is_empty() {
        let text = "nothing was examined: that is never a pass";
        notifications.push(json!({ "level": "error", "message": { "text": text } }));
    }
    json!({
        "executionSuccessful": true,
        "exitCode": i32::from(report.result == Outcome::Fail),
        "toolConfigurationNotifications": notifications,
    })
}

/// A scanned file (SARIF 3.24).
fn artifact(artifact: &ArtifactReport) -> Value {
    json!({
        "location": { "uri": uri(&artifact.path) },
        "length": artifact.size,
        "hashes": { "sha-256": artifact.sha256.to_string() },
        "roles": ["analysisTarget"],
        "properties": {
            "kind": artifact.kind,
            "verdict": artifact.verdict,
            "label": artifact.label,
            "reasons": artifact.reasons,
        },
    })
}

fn results(
    report: &ScanReport,
    policy: &Policy,
    index: usize,
    artifact: &ArtifactReport,
) -> Vec<Value> {
    let mut seen = BTreeMap::new();
    let one = |finding: &Finding| {
        let key = identity(artifact, finding);
        let ordinal = seen.entry(key.clone()).and_modify(|count| *count += 1).or_insert(0_usize);
        let mut result = json!({
            "ruleId": finding.code,
            "level": level(finding.severity),
            "message": { "text": format!("{}\n\nRemedy: {}.", finding.message, finding.remedy) },
            "partialFingerprints": {
                FINGERPRINT: Sha256::of(format!("{key}\n{ordinal}").as_bytes()).to_string(),
            },
            "suppressions": suppressions(report, artifact, finding),
            "properties": properties(report, policy, artifact, finding),
        });
        if let Some(object) = result.as_object_mut() {
            locations(object, index, artifact, &finding.evidence);
            let rule = RULES.iter().position(|rule| rule.code == finding.code);
            object.extend(rule.map(|rule| ("ruleIndex".to_owned(), json!(rule))));
        }
        result
    };
    artifact.findings.iter().map(one).collect()
}

/// What makes two findings of two runs the same: code, place and subject, and neither offsets nor dates, which move with
/// every build and every day.
fn identity(artifact: &ArtifactReport, finding: &Finding) -> String {
    let about = finding
        .subject
        .as_deref()
        .or_else(|| finding.evidence.first().map(|evidence| evidence.what.as_str()))
        .unwrap_or_default();
    format!("{}\n{}\n{about}", finding.code, plain(&artifact.path))
}

/// The first place that is known is where the finding is; the others are related (SARIF 3.27.12 asks for one location
/// unless all of them have to be changed).
fn locations(
    result: &mut Map<String, Value>,
    index: usize,
    artifact: &ArtifactReport,
    evidence: &[Evidence],
) {
    let location = |evidence: Option<&Evidence>| {
        let mut physical = json!({
            "artifactLocation": { "uri": uri(&artifact.path), "index": index },
        });
        if let Some(offset) = evidence.and_then(|evidence| evidence.offset) {
            physical["region"] = json!({ "byteOffset": offset });
        }
        let mut location = json!({ "physicalLocation": physical });
        if let Some(Evidence { what, value, .. }) = evidence {
            location["message"] = json!({ "text": format!("{what}: {value}") });
        }
        location
    };
    let first = evidence.iter().position(|evidence| evidence.offset.is_some()).unwrap_or(0);
    result.insert("locations".to_owned(), json!([location(evidence.get(first))]));
    let related: Vec<Value> = evidence
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != first)
        .map(|(_, evidence)| location(Some(evidence)))
        .collect();
    if !related.is_empty() {
        result.insert("relatedLocations".to_owned(), Value::Array(related));
    }
}

/// Why a finding does not close the gate although it could (SARIF 3.35). An empty list says that it does (3.27.23).
fn suppressions(report: &ScanReport, artifact: &ArtifactReport, finding: &Finding) -> Vec<Value> {
    let answered = finding.allowed.as_ref().map(|reason| {
        json!({
            "kind": "external",
            "status": "accepted",
            "justification": reason,
            "properties": { "by": "recipe" },
        })
    });
    let waived = report.waiver_of(artifact, finding).map(|waiver| {
        json!({
            "kind": "external",
            "status": "accepted",
            "justification": waiver.reason,
            "properties": {
                "by": "waiver",
                "owner": waiver.owner,
                "expires": waiver.expires,
                "place": waiver.place,
            },
        })
    });
    answered.into_iter().chain(waived).collect()
}

fn properties(
    report: &ScanReport,
    policy: &Policy,
    artifact: &ArtifactReport,
    finding: &Finding,
) -> Value {
    let standing: Standing = gate::standing(policy, finding);
    json!({
        "artifactSha256": artifact.sha256.to_string(),
        "asOf": report.as_of,
        "gate": standing,
        "label": artifact.label,
        "subject": finding.subject,
        "verdict": artifact.verdict,
    })
}

/// The path without the `./` of whoever scanned the folder they stood in.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// A path as a URI reference (RFC 3986): everything outside the unreserved characters and a few harmless ones is
/// percent-encoded, so that a name from an archive cannot become a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!+=@,".contains(&byte);
    let encoded: String = plain(path)
        .bytes()
        .map(
            |byte| {
                if harmless(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    // Two slashes at the beginning would be an authority.
    let rooted = encoded.trim_start_matches('/');
    if rooted.len() == encoded.len() { encoded } else { format!("file:///{rooted}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_always_a_path() {
        for (path, expected) in [
            ("dist/a+fips.0.tar.gz!bin/etcd", "dist/a+fips.0.tar.gz!bin/etcd"),
            ("./bin/etcd", "bin/etcd"),
            ("/usr/local/bin", "file:///usr/local/bin"),
            ("//host/share", "file:///host/share"),
            ("https://x/?a#b", "https%3A//x/%3Fa%23b"),
            ("ä b\u{1b}%", "%C3%A4%20b%1B%25"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
