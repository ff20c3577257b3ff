//! A verification as SARIF 2.1.0: one result for each check that did not simply pass, at the file of the release that it is
//! about. The rules are the reasons that occur: each is a stable code of its own.

use super::{FINGERPRINT, SCHEMA, uri};
use manifest::{Check, CheckVerdict, Verification};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// The verification as a SARIF log.
pub fn verified(verification: &Verification) -> Value {
    let said = |check: &&Check| check.verdict != CheckVerdict::Pass;
    let told: Vec<&Check> = verification.checks().iter().filter(said).collect();
    let rules: BTreeSet<String> = told.iter().map(|check| word(check.reason)).collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> =
        told.iter().map(|check| result(verification, check, &rules, &mut seen)).collect();
    let release = verification.release().map(|release| release.release.as_str());
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "fipsmith",
                "organization": "fipsmith",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "shortDescription": { "text": "verifies a sealed release, offline" },
                "rules": rules.iter().map(|code| json!({ "id": code })).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "exitCode": i32::from(!verification.passed()),
            }],
            "results": results,
            "properties": {
                "asOf": verification.as_of(),
                "checks": verification.checks().len(),
                "label": verification.labels().map(|(_, label)| label),
                "release": release,
                "result": if verification.passed() { "pass" } else { "fail" },
            },
        }],
    })
}

fn result(
    verification: &Verification,
    check: &Check,
    rules: &BTreeSet<String>,
    seen: &mut BTreeMap<String, usize>,
) -> Value {
    let level = match check.verdict {
        CheckVerdict::Fail | CheckVerdict::Error => "error",
        CheckVerdict::Warn => "warning",
        CheckVerdict::Pass | CheckVerdict::Skip => "note",
    };
    let (code, kind) = (word(check.reason), word(check.kind));
    let key = format!("{code}\n{kind}\n{}", check.path);
    let ordinal = seen.entry(key.clone()).and_modify(|count| *count += 1).or_insert(0_usize);
    let place = match check.path.as_str() {
        "" => verification.folder().to_string(),
        path => format!("{}/{path}", verification.folder().as_str().trim_end_matches('/')),
    };
    json!({
        "ruleId": code,
        "ruleIndex": rules.iter().position(|rule| *rule == code),
        "level": level,
        "message": { "text": check.message },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&place) } } }],
        "partialFingerprints": {
            FINGERPRINT: Sha256::of(format!("{key}\n{ordinal}").as_bytes()).to_string(),
        },
        "properties": {
            "check": kind,
            "verdict": check.verdict,
            "expected": check.expected,
            "actual": check.actual,
        },
    })
}

/// A kind or a reason as our JSON has it.
fn word(word: impl Serialize) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
