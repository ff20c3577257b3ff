//! The gate: what a release may contain. Every reason to stop is collected first; there is one stop.

use crate::edge::Stop;
use crate::scanning::Program;
use report::plural;
use scan::{Finding, Rule, Scanner};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use vocab::Severity;

/// Lets the programs through, or says everything that is wrong with all of them.
pub(crate) fn gate(programs: &[Program<'_>], scanner: &Scanner<'_>) -> Result<(), Stop> {
    let mut text = String::new();
    let mut stopped = 0;
    for program in programs {
        let report = program.scanned().report();
        let findings: Vec<&Finding> =
            report.findings.iter().filter(|finding| stops(finding, scanner)).collect();
        if scanner.accepts(report) && findings.is_empty() {
            continue;
        }
        stopped += 1;
        let _ = writeln!(text, "\n{} {} ({})", report.label, report.path, report.verdict);
        for finding in findings {
            report::scan::push_finding(&mut text, finding);
        }
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
