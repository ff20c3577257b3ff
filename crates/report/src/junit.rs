//! A scan as JUnit XML, for CI servers that show tests.
//!
//! One test case an artifact, with a failure for each finding that closes the gate. An artifact that passes by a waiver only
//! is skipped, with the waiver's words, so that nobody reads it as passed. A waiver that holds for nothing fails as a test
//! case of its own, and so does a scan of nothing. There are no times in it: the same report gives the same bytes.

mod verified;

pub use verified::verified;

use crate::{escape, plural};
use catalog::Policy;
use scan::{ArtifactReport, Finding, Outcome, ScanReport, WaiverUse, gate};
use xml::writer::{EmitterConfig, EventWriter, XmlEvent};

/// One test case.
struct Case {
    class: &'static str,
    name: String,
    properties: Vec<(&'static str, String)>,
    outcome: Vec<Bad>,
    /// What a reader of a failed case should know besides.
    notes: String,
}

/// What keeps a test case from having passed.
struct Bad {
    element: &'static str,
    kind: String,
    message: String,
    text: String,
}

/// The scan as JUnit XML; `policy` is the one the scan was made with.
pub fn xml(report: &ScanReport, policy: &Policy) -> String {
    let mut cases: Vec<Case> =
        report.artifacts.iter().map(|artifact| of_artifact(report, policy, artifact)).collect();
    cases.extend(report.waivers.iter().filter_map(of_waiver));
    if report.artifacts.is_empty() {
        cases.push(nothing(report));
    }
    let result = if report.result == Outcome::Pass { "pass" } else { "fail" };
    let properties = [
        ("asOf", report.as_of.to_string()),
        ("registryDate", report.registry_date.to_string()),
        ("policy", report.policy.to_string()),
        ("result", result.to_owned()),
    ];
    suite("fipsmith scan", &properties, &cases)
}

/// One suite of test cases. Writing to memory does not fail, and the elements are closed where they are opened.
fn suite(name: &str, properties: &[(&str, String)], cases: &[Case]) -> String {
    written(name, properties, cases).unwrap_or_default()
}

fn of_artifact(report: &ScanReport, policy: &Policy, artifact: &ArtifactReport) -> Case {
    let mut outcome: Vec<Bad> = gate::closing(policy, artifact).map(failure).collect();
    let waived = waived(report, artifact);
    if outcome.is_empty() && !gate::accepts(policy, artifact) {
        outcome.push(Bad {
            element: "failure",
            kind: artifact.verdict.to_string(),
            message: format!("the policy `{}` does not accept this verdict", policy.name),
            text: artifact.reasons.join("\n"),
        });
    }
    if outcome.is_empty() && !waived.is_empty() {
        let message = waived.join("; ");
        outcome.push(Bad {
            element: "skipped",
            kind: "waived".to_owned(),
            message,
            text: String::new(),
        });
    }
    let module = artifact.modules.iter().map(|module| {
        let certificate =
            module.certificate.map_or_else(|| "no certificate".to_owned(), |c| c.to_string());
        format!("{} {} {certificate} {}", module.name, module.version, module.status)
    });
    let mut properties = vec![
        ("sha256", artifact.sha256.to_string()),
        ("verdict", artifact.verdict.to_string()),
        ("label", artifact.label.to_string()),
    ];
    properties.extend(module.map(|module| ("module", module)));
    Case {
        class: "fipsmith.artifact",
        name: artifact.path.clone(),
        properties,
        outcome,
        notes: artifact.reasons.iter().chain(&waived).cloned().collect::<Vec<_>>().join("\n"),
    }
}

fn failure(finding: &Finding) -> Bad {
    let evidence = finding.evidence.iter().map(|evidence| {
        let place = evidence.offset.map_or(String::new(), |offset| format!(" at {offset:#x}"));
        format!("{}{place}: {}\n", evidence.what, evidence.value)
    });
    Bad {
        element: "failure",
        kind: finding.code.clone(),
        message: finding.message.clone(),
        text: evidence.chain([format!("remedy: {}\n", finding.remedy)]).collect(),
    }
}

/// Who lets what through, and until when: once for each waiver.
fn waived(report: &ScanReport, artifact: &ArtifactReport) -> Vec<String> {
    let used = |waiver: &&WaiverUse| waiver.paths.contains(&artifact.path);
    let line = |waiver: &WaiverUse| {
        format!(
            "`{}` is waived by {} until {}: {}",
            waiver.code, waiver.owner, waiver.expires, waiver.reason
        )
    };
    report.waivers.iter().filter(used).map(line).collect()
}

fn of_waiver(waiver: &WaiverUse) -> Option<Case> {
    let problem = waiver.problem.clone()?;
    Some(Case {
        class: "fipsmith.waiver",
        name: format!("{} {} of {}", waiver.place, waiver.code, waiver.artifact),
        properties: vec![("owner", waiver.owner.clone()), ("expires", waiver.expires.to_string())],
        outcome: vec![Bad {
            element: "failure",
            kind: "waiver".to_owned(),
            message: problem,
            text: format!("remedy: {}\n", waiver.remedy.as_deref().unwrap_or_default()),
        }],
        notes: String::new(),
    })
}

fn nothing(report: &ScanReport) -> Case {
    let skipped = usize::try_from(report.skipped).unwrap_or(usize::MAX);
    Case {
        class: "fipsmith.scan",
        name: "something was examined".to_owned(),
        properties: vec![],
        outcome: vec![Bad {
            element: "failure",
            kind: "nothing-examined".to_owned(),
            message: format!(
                "nothing was examined ({} skipped): that is never a pass",
                plural::count(skipped, "other file")
            ),
            text: String::new(),
        }],
        notes: String::new(),
    }
}

fn written(suite: &str, about: &[(&str, String)], cases: &[Case]) -> xml::writer::Result<String> {
    let count = |element: &str| {
        // Readers count elements, not test cases: one with two failures counts twice.
        let bad = cases.iter().flat_map(|case| &case.outcome);
        bad.filter(|bad| bad.element == element).count().to_string()
    };
    let (tests, failures, skipped) = (cases.len().to_string(), count("failure"), count("skipped"));
    let errors = count("error");
    let mut writer =
        EmitterConfig::new().perform_indent(true).pad_self_closing(false).create_writer(Vec::new());
    for name in ["testsuites", "testsuite"] {
        writer.write(
            XmlEvent::start_element(name)
                .attr("name", suite)
                .attr("tests", &tests)
                .attr("failures", &failures)
                .attr("errors", &errors)
                .attr("skipped", &skipped),
        )?;
    }
    properties(&mut writer, about)?;
    cases.iter().try_for_each(|case| test_case(&mut writer, case))?;
    writer.write(XmlEvent::end_element())?;
    writer.write(XmlEvent::end_element())?;
    let text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    Ok(text + "\n")
}

type Writer = EventWriter<Vec<u8>>;

fn test_case(writer: &mut Writer, case: &Case) -> xml::writer::Result<()> {
    let name = escape(&case.name);
    writer.write(
        XmlEvent::start_element("testcase").attr("classname", case.class).attr("name", &name),
    )?;
    properties(writer, &case.properties)?;
    for bad in &case.outcome {
        let (kind, message) = (escape(&bad.kind), escape(&bad.message));
        writer.write(
            XmlEvent::start_element(bad.element).attr("type", &kind).attr("message", &message),
        )?;
        text(writer, &bad.text)?;
        writer.write(XmlEvent::end_element())?;
    }
    if !case.notes.is_empty() {
        writer.write(XmlEvent::start_element("system-out"))?;
        text(writer, &case.notes)?;
        writer.write(XmlEvent::end_element())?;
    }
    writer.write(XmlEvent::end_element())
}

fn properties(writer: &mut Writer, all: &[(&str, String)]) -> xml::writer::Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    writer.write(XmlEvent::start_element("properties"))?;
    for (name, value) in all {
        let value = escape(value);
        writer
            .write(XmlEvent::start_element("property").attr("name", name).attr("value", &value))?;
        writer.write(XmlEvent::end_element())?;
    }
    writer.write(XmlEvent::end_element())
}

/// Text of several lines. XML 1.0 (2.2) knows no control characters but tab and line ends: the others are shown.
fn text(writer: &mut Writer, text: &str) -> xml::writer::Result<()> {
    let lines: Vec<String> = text.lines().map(escape).collect();
    if lines.is_empty() {
        return Ok(());
    }
    writer.write(XmlEvent::characters(&lines.join("\n")))
}
