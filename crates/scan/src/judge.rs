//! Facts judged: findings first, and the verdict is what the gravest unanswered finding forces.

mod go;
mod java;
mod module;
mod native;
mod platform;
mod reasons;
#[cfg(test)]
mod tests;
mod toolchain;

use crate::report::{Evidence, Finding, ModuleReport};
use crate::rules;
use crate::surroundings::Surroundings;
use catalog::{Allow, Registry};
use inspect::BinaryFacts;
use inspect::facts::{FileKind, ProgramType};
use vocab::{Date, Verdict};

/// What a judgement needs beside the facts.
pub(crate) struct Context<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) as_of: Date,
    pub(crate) allow: &'a [Allow],
    /// Where the artifact lies in its root, and what lies around it.
    pub(crate) path: &'a str,
    pub(crate) root: &'a dyn Surroundings,
}

/// What the bytes of one artifact show, with every finding.
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: Vec<String>,
    pub(crate) modules: Vec<ModuleReport>,
    pub(crate) findings: Vec<Finding>,
}

/// Findings and modules as they are collected.
#[derive(Default)]
struct Case {
    modules: Vec<ModuleReport>,
    findings: Vec<Finding>,
    /// Set when the absence of cryptography was proved.
    no_crypto: Option<String>,
}

/// Graver first: what is proved wrong before what is only unproved.
const GRAVITY: &[Verdict] = &[
    Verdict::Tampered,
    Verdict::NotValidated,
    Verdict::Inactive,
    Verdict::Historical,
    Verdict::InProcess,
    Verdict::OutsideModule,
    Verdict::Undetermined,
];

/// Judges one artifact.
pub(crate) fn judge(facts: &BinaryFacts, context: &Context<'_>) -> Judgement {
    let mut case = Case::default();
    // Whether a module is on is judged where there is one; a program without cryptography need not have the variable.
    for problem in facts.problems.iter().filter(|problem| problem.what != "runtime.godebugDefault")
    {
        case.findings
            .push(rules::UNREADABLE.finding(format!("{}: {}", problem.what, problem.why), vec![]));
    }
    if let Some(java) = &facts.java {
        java::judge(&mut case, java, context);
    } else if let Some(package) = &facts.python {
        java::python(&mut case, package);
    } else {
        program(&mut case, facts, context);
    }
    answer(&mut case.findings, context.allow);
    let verdict = verdict(&case);
    let reasons = reasons::of(verdict, &case, context.as_of);
    Judgement { verdict, reasons, modules: case.modules, findings: case.findings }
}

fn program(case: &mut Case, facts: &BinaryFacts, context: &Context<'_>) {
    if let Some(packed) = &facts.packed {
        let by = packed.by.unwrap_or("a packer that does not say its name");
        let seen = vec![evidence("packed code", Some(packed.offset), by)];
        let message = format!("the program's code is packed by {by}");
        case.findings.push(rules::PACKED.finding(message, seen));
    }
    match (&facts.program, &facts.go) {
        (Some(program), Some(go)) if is_program(program) => {
            go::judge(case, facts, program, go, context);
            native::beside_go(case, facts, context);
        }
        (Some(program), None) if let Some(code) = &facts.native => {
            native::judge(case, facts, program, code, context);
        }
        _ => case.findings.push(rules::UNSUPPORTED_KIND.finding(unsupported(facts), vec![])),
    }
}

/// Whether it runs, is loaded, or becomes part of what is; a memory image is none of these.
fn is_program(program: &inspect::facts::ProgramFacts) -> bool {
    !matches!(program.program_type, ProgramType::Other(_))
}

fn unsupported(facts: &BinaryFacts) -> String {
    let container = match facts.kind {
        FileKind::Elf => "an ELF file",
        FileKind::Pe => "a Windows program",
        FileKind::MachO => "a macOS program",
        FileKind::Jar | FileKind::JavaClass | FileKind::PythonPackage => {
            return "an archive or package that could not be read".to_owned();
        }
        FileKind::Archive => return "an archive of this kind is not read yet".to_owned(),
        FileKind::Script => return "a script: what it runs is decided elsewhere".to_owned(),
        FileKind::Text | FileKind::Other => {
            return "not a program that fipsmith can read".to_owned();
        }
    };
    match (&facts.program, &facts.go) {
        (Some(program), Some(_)) => {
            format!("{container} that is no program: its type is {:?}", program.program_type)
        }
        (Some(_), None) => format!("{container} that is no Go program is not read yet"),
        (None, _) => format!("{container} whose headers could not be read"),
    }
}

/// The findings with a recipe's answers entered.
pub(crate) fn answered(mut findings: Vec<Finding>, allow: &[Allow]) -> Vec<Finding> {
    answer(&mut findings, allow);
    findings
}

/// A recipe's answer covers a finding with its code and subject; the finding stays, its weight goes.
fn answer(findings: &mut [Finding], allow: &[Allow]) {
    for finding in findings {
        let answer = allow
            .iter()
            .filter(|allow| catalog::ANSWERABLE_CODES.contains(&allow.code.as_str()))
            .find(|allow| {
                allow.code == finding.code
                    && finding.subject.as_deref().is_none_or(|subject| subject == allow.subject)
            });
        if let Some(answer) = answer {
            finding.allowed = Some(answer.reason.clone());
        }
    }
}

/// The rank of a verdict among those a finding can force: 0 is the gravest.
pub fn gravity(verdict: Verdict) -> usize {
    GRAVITY.iter().position(|graver| *graver == verdict).unwrap_or(GRAVITY.len())
}

fn verdict(case: &Case) -> Verdict {
    let forced = |finding: &Finding| match &finding.allowed {
        Some(_) => None,
        None => rules::Rule::by_code(&finding.code).and_then(|rule| rule.forces),
    };
    let forced: Vec<Verdict> = case.findings.iter().filter_map(forced).collect();
    if let Some(gravest) = GRAVITY.iter().find(|verdict| forced.contains(verdict)) {
        return *gravest;
    }
    match (&case.no_crypto, case.modules.is_empty()) {
        (Some(_), true) => Verdict::NoCrypto,
        (None, false) => Verdict::Pass,
        // Neither proved nor refuted cannot happen by the rules above; if it does, it is not a pass.
        _ => Verdict::Undetermined,
    }
}

/// A piece of evidence.
fn evidence(what: impl Into<String>, offset: Option<u64>, value: impl Into<String>) -> Evidence {
    Evidence { what: what.into(), offset, value: value.into() }
}
