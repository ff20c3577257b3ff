//! The gate: what a release may contain. Every reason to stop is collected first; there is one stop.

use crate::edge::Stop;
use crate::packing::Packed;
use crate::scanning::Program;
use report::plural;
use scan::{ArtifactReport, Finding, Rule, Scanner};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use vocab::{Severity, Verdict};

/// Lets the programs through, or says everything that is wrong with all of them.
pub(crate) fn gate(programs: &[Program<'_>], scanner: &Scanner<'_>) -> Result<(), Stop> {
    let mut text = String::new();
    let mut stopped = 0;
    for program in programs {
        let report = program.scanned().report();
        match program.recipe.expected(program.name()) {
            None if passes(report, scanner) => continue,
            // A module that was changed is `not` as well, and no reason stands for it.
            _ if tampered(report) => push(&mut text, report, scanner),
            None => push(&mut text, report, scanner),
            Some(expected) if expected.label == report.label => continue,
            Some(expected) => {
                let wanted = expected.label;
                let _ = writeln!(
                    text,
                    "\n{} {} ({}): its recipe expects it to be `{wanted}`",
                    report.label, report.path, report.verdict
                );
            }
        }
        stopped += 1;
    }
    let unused = unused(programs);
    for answer in &unused {
        let _ = writeln!(text, "\n{answer}");
    }
    if stopped == 0 && unused.is_empty() {
        return Ok(());
    }
    let mut message = format!(
        "{stopped} of {} miss the policy `{}`",
        plural::count(programs.len(), "program"),
        scanner.policy.name
    );
    if !unused.is_empty() {
        let _ = write!(
            message,
            ", and {} in recipes answer nothing",
            plural::count(unused.len(), "answer")
        );
    }
    let _ = write!(message, "; nothing was signed\n{text}");
    let hint = "mend the build, or answer what a person has judged with `[[allow]]` in the recipe; `fipsmith explain CODE` tells more";
    Err(Stop::failed(message, Some(hint.to_owned())))
}

/// Lets the images through whose own programs meet the policy, and those that are what their recipe says that they are; or
/// says what is wrong with all of them.
pub(crate) fn images(packed: &[Packed<'_>], scanner: &Scanner<'_>) -> Result<(), Stop> {
    let mut text = String::new();
    let (mut stopped, mut all) = (0, 0);
    for scanned in packed.iter().flat_map(|packed| &packed.images) {
        all += 1;
        let image = &scanned.image;
        let own: Vec<_> = image.own_programs().map(|program| program.sha256).collect();
        let missing: Vec<&ArtifactReport> = scanned
            .reports
            .iter()
            .filter(|report| own.contains(&report.sha256) && !passes(report, scanner))
            .collect();
        let label = image.label;
        let changed = missing.iter().any(|report| tampered(report));
        match &image.expected {
            None if missing.is_empty() => continue,
            Some(expected) if !changed && expected.label == label => continue,
            Some(expected) if !changed => {
                let _ = writeln!(
                    text,
                    "\n{label} {}: its recipe expects it to be `{}`",
                    image.path, expected.label
                );
            }
            _ => {
                let why = if changed {
                    "it holds a module that was changed"
                } else {
                    "its recipe expects nothing less than `full`"
                };
                let _ = writeln!(text, "\n{label} {}: {why}", image.path);
                for report in missing {
                    push(&mut text, report, scanner);
                }
            }
        }
        stopped += 1;
    }
    if stopped == 0 {
        return Ok(());
    }
    let message = format!(
        "{stopped} of {} are less, or more, than their recipes say; nothing was signed\n{text}",
        plural::count(all, "image")
    );
    let hint = "take the packages out, or say what is expected: `expected = { label = \"partial\", reason = \"...\" }` of the image in the recipe";
    Err(Stop::failed(message, Some(hint.to_owned())))
}

fn tampered(report: &ArtifactReport) -> bool {
    report.verdict == Verdict::Tampered
}

fn passes(report: &ArtifactReport, scanner: &Scanner<'_>) -> bool {
    scanner.accepts(report) && !report.findings.iter().any(|finding| stops(finding, scanner))
}

fn push(text: &mut String, report: &ArtifactReport, scanner: &Scanner<'_>) {
    let _ = writeln!(text, "\n{} {} ({})", report.label, report.path, report.verdict);
    for finding in report.findings.iter().filter(|finding| stops(finding, scanner)) {
        report::scan::push_finding(text, finding);
    }
}

/// Whether a finding stops a release: nobody answered it, and the policy does not accept what it forces.
fn stops(finding: &Finding, scanner: &Scanner<'_>) -> bool {
    let accepted = || {
        Rule::by_code(&finding.code)
            .and_then(|rule| rule.forces)
            .is_some_and(|verdict| scanner.policy.accepts(verdict))
    };
    finding.severity != Severity::Note
        && finding.allowed.is_none()
        && !finding.waived
        && !accepted()
}

/// Answers that no finding asked for: a dependency is gone, or the answer never fitted. Either way the recipe is wrong.
fn unused(programs: &[Program<'_>]) -> BTreeSet<String> {
    let asked: BTreeSet<(&str, &str, &str)> = programs
        .iter()
        .flat_map(|program| {
            program.scanned().report().findings.iter().map(move |finding| (program, finding))
        })
        .map(|(program, finding)| {
            (
                program.recipe.name.as_str(),
                finding.code.as_str(),
                finding.subject.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    programs
        .iter()
        .flat_map(|program| program.recipe.allow.iter().map(move |allow| (program.recipe, allow)))
        .filter(|(recipe, allow)| !asked.contains(&(recipe.name.as_str(), allow.code.as_str(), allow.subject.as_str())))
        .map(|(recipe, allow)| format!("manifests/components/{}.toml answers `{}` for `{}`, and no program of it has that finding", recipe.name, allow.code, allow.subject))
        .collect()
}
