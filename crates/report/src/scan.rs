//! A scan as text: every artifact, why it has its label, its findings by gravity with evidence and remedy, the waivers, and
//! one closing line.

use crate::{escape, plural, style};
use catalog::Policy;
use scan::gate::{self, Standing};
use scan::{ArtifactReport, Finding, Outcome, Rule, ScanReport, WaiverState, WaiverUse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use vocab::Severity;

/// How much to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Errors and warnings that nobody answered.
    Usual,
    /// Notes and answered findings too, and every digest.
    All,
}

/// The scan as text; `policy` is the one the scan was made with.
pub fn text(report: &ScanReport, policy: &Policy, detail: Detail) -> String {
    let mut text = String::new();
    for artifact in &report.artifacts {
        Page { report, policy, detail }.artifact(&mut text, artifact);
    }
    report.waivers.iter().for_each(|waiver| push_waiver(&mut text, waiver));
    crate::roots::push(&mut text, &report.roots);
    push_closing(&mut text, report, policy);
    push_summary(&mut text, report);
    text
}

/// What an artifact is printed by.
#[derive(Clone, Copy)]
struct Page<'a> {
    report: &'a ScanReport,
    policy: &'a Policy,
    detail: Detail,
}

impl Page<'_> {
    fn artifact(&self, text: &mut String, artifact: &ArtifactReport) {
        let accepted = gate::accepts(self.policy, artifact);
        let _ = writeln!(
            text,
            "{} {} ({})",
            style::label(artifact.label, 7),
            escape(&artifact.path),
            artifact.verdict
        );
        // Whoever has to waive a finding needs the digest; whoever only wonders does not.
        if !accepted || self.detail == Detail::All || artifact.findings.iter().any(|f| f.waived) {
            let _ = writeln!(text, "    sha256 {}", artifact.sha256);
        }
        let findings = self.shown(artifact);
        let told: BTreeSet<&str> = findings.iter().map(|f| f.message.as_str()).collect();
        for reason in artifact.reasons.iter().filter(|reason| !told.contains(reason.as_str())) {
            let _ = writeln!(text, "    {}", escape(reason));
        }
        for (index, finding) in findings.iter().enumerate() {
            push_head(text, finding, &self.state(artifact, finding));
            // Findings of one rule stand together, and their remedy stands once, below the last.
            if findings.get(index + 1).is_none_or(|next| next.code != finding.code) {
                push_remedy(text, finding);
            }
        }
    }

    /// The findings to print: what closes the gate first, then by severity and gravity, as the rules rank them.
    fn shown<'a>(&self, artifact: &'a ArtifactReport) -> Vec<&'a Finding> {
        let shown = |finding: &&Finding| {
            self.detail == Detail::All
                || (finding.severity != Severity::Note && finding.allowed.is_none())
        };
        let mut findings: Vec<&Finding> = artifact.findings.iter().filter(shown).collect();
        findings.sort_by_key(|finding| {
            (gate::standing(self.policy, finding), gravity(finding), finding.code.as_str())
        });
        findings
    }

    fn state(&self, artifact: &ArtifactReport, finding: &Finding) -> String {
        match gate::standing(self.policy, finding) {
            Standing::Answered => " (answered)".to_owned(),
            Standing::Accepted => format!(" (accepted by `{}`)", self.policy.name),
            Standing::Waived | Standing::Harmless if finding.waived => {
                let waiver = self.report.waiver_of(artifact, finding);
                waiver.map_or_else(
                    || " (waived)".to_owned(),
                    |w| format!(" (waived by {} until {})", escape(&w.owner), w.expires),
                )
            }
            _ => String::new(),
        }
    }
}

/// Graver first: by severity, then by the verdict a finding forces. The reasons of a verdict follow the same order.
pub fn gravity(finding: &Finding) -> (usize, usize) {
    let severity = match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    };
    let forces = Rule::by_code(&finding.code).and_then(|rule| rule.forces);
    (severity, forces.map_or(usize::MAX, scan::gravity))
}

/// One finding, indented below its artifact.
pub fn push_finding(text: &mut String, finding: &Finding) {
    let state = match (finding.waived, &finding.allowed) {
        (true, _) => " (waived)",
        (false, Some(_)) => " (answered)",
        (false, None) => "",
    };
    push_head(text, finding, state);
    push_remedy(text, finding);
}

fn push_head(text: &mut String, finding: &Finding, state: &str) {
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
    if let Some(answer) = &finding.allowed {
        let _ = writeln!(text, "      answer: {}", escape(answer));
    }
}

/// What to do about it, unless somebody has said already why it stays.
fn push_remedy(text: &mut String, finding: &Finding) {
    if finding.allowed.is_none() && !finding.waived {
        let _ = writeln!(text, "      remedy: {}", finding.remedy);
    }
}

fn push_waiver(text: &mut String, waiver: &WaiverUse) {
    let WaiverUse { code, owner, expires, reason, place, .. } = waiver;
    let (owner, reason, place) = (escape(owner), escape(reason), escape(place));
    if waiver.state == WaiverState::Used {
        let paths: Vec<String> =
            waiver.paths.iter().map(|path| format!("`{}`", escape(path))).collect();
        let _ = writeln!(
            text,
            "waived `{code}` of {} by {owner} until {expires}: {reason} ({place})",
            paths.join(", ")
        );
    } else {
        let _ = writeln!(
            text,
            "{} waiver of `{code}` by {owner} ({place}) is {}\n      remedy: {}",
            style::severity(Severity::Error),
            escape(waiver.problem.as_deref().unwrap_or_default()),
            waiver.remedy.as_deref().unwrap_or_default()
        );
    }
}

/// What keeps the gate closed, by code: the list above may be long.
fn push_closing(text: &mut String, report: &ScanReport, policy: &Policy) {
    let mut closing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for artifact in &report.artifacts {
        for finding in gate::closing(policy, artifact) {
            closing.entry(&finding.code).or_default().insert(&artifact.path);
        }
    }
    let each = |(code, paths): (&&str, &BTreeSet<&str>)| {
        format!("{code} in {}", plural::count(paths.len(), "artifact"))
    };
    if let Some(first) = closing.keys().next() {
        let all: Vec<String> = closing.iter().map(each).collect();
        let _ = writeln!(
            text,
            "the gate is closed by {} (`fipsmith explain {first}` tells more)",
            all.join(", ")
        );
    }
}

fn push_summary(text: &mut String, report: &ScanReport) {
    let waived = match report.summary.waived {
        0 => String::new(),
        number => format!(", {} waived", plural::count(number, "finding")),
    };
    for note in &report.notes {
        let _ = writeln!(text, "note by {}: {}", escape(&note.owner), escape(&note.text));
    }
    let _ = writeln!(
        text,
        "{}: {} full, {} partial, {} not, {} unknown{waived}; together {}; policy `{}` as of {}, registry of {}: {}",
        plural::count(report.artifacts.len(), "artifact"),
        report.summary.full,
        report.summary.partial,
        report.summary.not,
        report.summary.unknown,
        style::label(report.label, 0),
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
}
