//! A verification as JUnit XML: one test case a check. What failed is a failure, what could not be examined an error, what
//! nobody wanted examined is skipped, and a warning passes with its words.

use super::{Bad, Case, suite};
use manifest::{Check, CheckVerdict, Verification};
use serde::Serialize;

/// The verification as JUnit XML.
pub fn verified(verification: &Verification) -> String {
    let release = verification.release();
    let result = if verification.passed() { "pass" } else { "fail" };
    let mut properties = vec![
        ("folder", verification.folder().to_string()),
        ("asOf", verification.as_of().to_string()),
        ("result", result.to_owned()),
    ];
    properties.extend(release.map(|release| ("release", release.release.as_str().to_owned())));
    properties.extend(verification.labels().map(|(_, label)| ("label", label.to_string())));
    let cases: Vec<Case> = verification.checks().iter().map(case).collect();
    suite("fipsmith verify", &properties, &cases)
}

fn case(check: &Check) -> Case {
    let element = match check.verdict {
        CheckVerdict::Pass | CheckVerdict::Warn => None,
        CheckVerdict::Fail => Some("failure"),
        CheckVerdict::Error => Some("error"),
        CheckVerdict::Skip => Some("skipped"),
    };
    let values = [("expected", &check.expected), ("actual", &check.actual)];
    let values =
        values.iter().filter_map(|(what, value)| Some(format!("{what}: {}\n", value.as_ref()?)));
    let bad = element.map(|element| Bad {
        element,
        kind: word(check.reason),
        message: check.message.clone(),
        text: values.collect(),
    });
    Case {
        class: "fipsmith.check",
        name: format!("{} {}", word(check.kind), check.path),
        properties: vec![],
        outcome: bad.into_iter().collect(),
        notes: if check.verdict == CheckVerdict::Pass {
            String::new()
        } else {
            check.message.clone()
        },
    }
}

/// A kind or a reason as our JSON has it.
fn word(word: impl Serialize) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
