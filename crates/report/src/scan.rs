//! A scan as text: every artifact, its reasons, every finding with evidence and remedy, and one closing line.

use crate::{escape, plural, style};
use scan::{ArtifactReport, Finding, Outcome, ScanReport};
use std::fmt::Write as _;
use vocab::Severity;

/// How much to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Errors and warnings that nobody answered.
    Usual,
    /// Notes and answered findings too.
    All,
}

/// The scan as text.
pub fn text(report: &ScanReport, detail: Detail) -> String {
    let mut text = String::new();
    for artifact in &report.artifacts {
        push_artifact(&mut text, artifact, detail);
    }
    crate::roots::push(&mut text, &report.roots);
    let _ = writeln!(
        text,
        "{}: {} full, {} partial, {} not, {} unknown; policy `{}` as of {}, registry of {}: {}",
        plural::count(report.artifacts.len(), "artifact"),
        report.summary.full,
        report.summary.partial,
        report.summary.not,
        report.summary.unknown,
        report.policy,
        report.as_of,
        report.registry_date,
        style::outcome(report.result == Outcome::Pass),
    );
    if report.artifacts.is_empty() {
        let _ = writeln!(
            text,
            "nothing was examined ({} skipped): that is never a pass",
            plural::count(usize::try_from(report.skipped).unwrap_or(usize::MAX), "other file")
        );
    }
    text
}

fn push_artifact(text: &mut String, artifact: &ArtifactReport, detail: Detail) {
    let _ = writeln!(
        text,
        "{} {} ({})",
        style::label(artifact.label, 7),
        escape(&artifact.path),
        artifact.verdict
    );
    for reason in &artifact.reasons {
        let _ = writeln!(text, "    {}", escape(reason));
    }
    let shown = |finding: &&Finding| {
        detail == Detail::All || (finding.severity != Severity::Note && finding.allowed.is_none())
    };
    for finding in artifact.findings.iter().filter(shown) {
        push_finding(text, finding);
    }
}

/// One finding, indented below its artifact.
pub fn push_finding(text: &mut String, finding: &Finding) {
    let state = match (finding.waived, &finding.allowed) {
        (true, _) => " (waived)",
        (false, Some(_)) => " (answered)",
        (false, None) => "",
    };
    let _ = writeln!(
        text,
        "  {} {}{state}: {}",
        style::severity(finding.severity),
        finding.code,
        escape(&finding.message)
    );
    for evidence in &finding.evidence {
        let place = evidence.offset.map_or(String::new(), |offset| format!(" at {offset:#x}"));
        let _ =
            writeln!(text, "      {}{place}: {}", escape(&evidence.what), escape(&evidence.value));
    }
    match &finding.allowed {
        Some(answer) => {
            let _ = writeln!(text, "      answer: {}", escape(answer));
        }
        None => {
            let _ = writeln!(text, "      remedy: {}", finding.remedy);
        }
    }
}
