//! The chain from bytes to label, for one artifact, as text: each step says what was read, where, and what follows.

use crate::scan::gravity;
use crate::{escape, plural, style};
use catalog::{Module, Registry};
use inspect::BinaryFacts;
use inspect::facts::{GoFacts, GodebugDefault, ProgramFacts};
use scan::gate::{self, Standing};
use scan::{ArtifactReport, Evidence, Finding, ModuleReport, Rule, Scanned, Scanner};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use vocab::{Date, PolicyName};

/// The chain as JSON: `fipsmith-explain/1`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chain<'a> {
    schema: &'static str,
    as_of: Date,
    registry_date: Date,
    artifact: &'a ArtifactReport,
    /// Everything that was read from the bytes.
    facts: &'a BinaryFacts,
    /// The registry's rows of the modules inside.
    registry: Vec<&'a Module>,
    gate: Gate<'a>,
}

/// What the policy says, and why.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Gate<'a> {
    policy: &'a PolicyName,
    accepted: bool,
    /// The code of the finding that forced the verdict, when one did.
    forced_by: Option<&'a str>,
    /// What each finding means to the gate, in order of gravity.
    findings: Vec<(&'a str, Standing)>,
}

/// The chain of one scanned artifact.
pub fn chain<'a>(scanned: &'a Scanned, scanner: &'a Scanner<'a>) -> Chain<'a> {
    let artifact = scanned.report();
    let row = |module: &ModuleReport| scanner.registry.by_id(&module.id);
    Chain {
        schema: "fipsmith-explain/1",
        as_of: scanner.as_of,
        registry_date: scanner.registry.date,
        artifact,
        facts: scanned.facts(),
        registry: artifact.modules.iter().filter_map(row).collect(),
        gate: Gate {
            policy: &scanner.policy.name,
            accepted: scanner.accepts(artifact),
            forced_by: forcing(artifact).map(|finding| finding.code.as_str()),
            findings: by_gravity(artifact)
                .into_iter()
                .map(|finding| (finding.code.as_str(), gate::standing(scanner.policy, finding)))
                .collect(),
        },
    }
}

/// The chain as text.
pub fn text(scanned: &Scanned, scanner: &Scanner<'_>) -> String {
    let (artifact, facts) = (scanned.report(), scanned.facts());
    let mut text = String::new();
    head(&mut text, "bytes", &artifact.path);
    line(&mut text, "sha256", artifact.sha256);
    line(&mut text, "size", format!("{} bytes", artifact.size));
    line(&mut text, "kind", &artifact.kind);
    facts.program.iter().for_each(|program| push_program(&mut text, program));
    facts.go.iter().for_each(|go| push_go(&mut text, go));
    for constant in &facts.constants {
        let found = format!("{} at {:#x}", plural::count(constant.count, "table"), constant.offset);
        line(&mut text, "constants", format!("{}: {found}", constant.algorithm));
    }
    for problem in &facts.problems {
        line(&mut text, "not read", format!("{}: {}", problem.what, problem.why));
    }
    push_modules(&mut text, artifact, scanner.registry);
    push_findings(&mut text, artifact, scanner);
    push_verdict(&mut text, artifact, scanner);
    text
}

fn push_program(text: &mut String, program: &ProgramFacts) {
    let order = if program.little_endian { "little-endian" } else { "big-endian" };
    let kind = format!("{:?} {:?} for {:?}", program.format, program.program_type, program.machine);
    line(text, "container", format!("{kind}, {} bits, {order}", program.bits));
    let needed =
        if program.needed.is_empty() { "no library".to_owned() } else { program.needed.join(", ") };
    line(text, "loads", needed);
}

fn push_go(text: &mut String, go: &GoFacts) {
    if let Some(info) = &go.build_info {
        let version = &info.go_version;
        line(text, "toolchain", format!("{version}, by build information at {:#x}", info.offset));
        for key in ["GOFIPS140", "GOEXPERIMENT", "CGO_ENABLED", "-tags", "DefaultGODEBUG"] {
            if let Some(value) = info.settings.get(key) {
                line(text, "claim", format!("{key}={value}"));
            }
        }
    }
    let complete = if go.functions_complete { "complete" } else { "not complete" };
    let functions = plural::count(go.function_count, "function");
    let packages = plural::count(go.packages.len(), "package");
    line(text, "functions", format!("{functions} in {packages}, table {complete}"));
    if let Some(info) = &go.fips_info {
        let state = match &info.computed {
            Some(computed) if *computed == info.stated => "recomputed and equal".to_owned(),
            Some(computed) => format!("recomputed as {computed}: NOT equal"),
            None => "could not be recomputed".to_owned(),
        };
        let place = format!("{} at {:#x}", info.stated, info.offset);
        line(
            text,
            "integrity",
            format!("HMAC-SHA256 {place} over {} bytes, {state}", info.covered),
        );
    }
    if let Some(boring) = &go.boring {
        let state = boring.hmac_offset.map_or_else(
            || "found nowhere in the file".to_owned(),
            |offset| format!("found at {offset:#x}"),
        );
        let run = format!("{} bytes of module text at {:#x}", boring.length, boring.offset);
        line(text, "integrity", format!("HMAC of {run}, recomputed and {state}"));
    }
    line(
        text,
        "activation",
        match &go.godebug_default {
            GodebugDefault::Value { text, offset } => {
                format!("runtime.godebugDefault is `{text}` at {offset:#x}")
            }
            GodebugDefault::Empty => "runtime.godebugDefault is empty".to_owned(),
            GodebugDefault::NotFound => "runtime.godebugDefault was not found".to_owned(),
        },
    );
}

fn push_modules(text: &mut String, artifact: &ArtifactReport, registry: &Registry) {
    for module in &artifact.modules {
        head(text, "module", &format!("{} {}", module.name, module.version));
        module.evidence.iter().for_each(|evidence| push_evidence(text, evidence));
        let certificate =
            module.certificate.map_or_else(|| "no certificate".to_owned(), |c| c.to_string());
        let sunset = module.sunset.map_or(String::new(), |date| format!(" until {date}"));
        let status = format!("{certificate}, {}, {}{sunset}", module.standard, module.status);
        line(text, "certificate", status);
        line(text, "active", if module.active { "yes" } else { "no" });
        let Some(row) = registry.by_id(&module.id) else { continue };
        line(text, "row", format!("`{}` of the registry, confidence {}", row.id, row.confidence));
        for source in &row.sources {
            line(text, "source", format!("{}: {}", source.what, source.note));
        }
    }
}

fn push_findings(text: &mut String, artifact: &ArtifactReport, scanner: &Scanner<'_>) {
    let findings = by_gravity(artifact);
    head(text, "findings", &plural::count(findings.len(), "finding"));
    for finding in findings {
        let forces = Rule::by_code(&finding.code).and_then(|rule| rule.forces);
        let forces = forces.map_or(String::new(), |verdict| format!(", forces {verdict}"));
        let standing = match gate::standing(scanner.policy, finding) {
            Standing::Closes => ", closes the gate",
            Standing::Waived => ", waived",
            Standing::Accepted => ", accepted by the policy",
            Standing::Answered => ", answered by the recipe",
            Standing::Harmless => "",
        };
        let _ = writeln!(
            text,
            "  {} {}{forces}{standing}\n      {}",
            style::severity(finding.severity),
            finding.code,
            escape(&finding.message)
        );
        finding.evidence.iter().for_each(|evidence| push_evidence(text, evidence));
        match &finding.allowed {
            Some(answer) => line(text, "answer", answer),
            None => line(text, "remedy", &finding.remedy),
        }
    }
}

fn push_verdict(text: &mut String, artifact: &ArtifactReport, scanner: &Scanner<'_>) {
    head(text, "verdict", artifact.verdict.as_str());
    let why = match forcing(artifact) {
        Some(finding) => format!("forced by `{}`, the gravest finding", finding.code),
        None => artifact.reasons.first().cloned().unwrap_or_default(),
    };
    line(text, "why", why);
    let dates = format!("as of {}, registry of {}", scanner.as_of, scanner.registry.date);
    line(text, "label", format!("{} ({dates})", artifact.label));
    let closing: BTreeSet<&str> =
        gate::closing(scanner.policy, artifact).map(|finding| finding.code.as_str()).collect();
    let answer = match (scanner.accepts(artifact), closing.is_empty()) {
        (true, _) if scanner.policy.accepts(artifact.verdict) => "accepts this verdict".to_owned(),
        (true, _) => "accepts every finding that forces a verdict".to_owned(),
        (false, true) => "does not accept this verdict".to_owned(),
        (false, false) => format!("does not accept {}", Vec::from_iter(closing).join(", ")),
    };
    let _ = writeln!(
        text,
        "policy `{}` {answer}: {}",
        scanner.policy.name,
        style::outcome(scanner.accepts(artifact))
    );
}

fn by_gravity(artifact: &ArtifactReport) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = artifact.findings.iter().collect();
    findings.sort_by_key(|finding| gravity(finding));
    findings
}

/// The finding that forced the verdict: the first, in order of gravity, that nobody answered and that forces it.
fn forcing(artifact: &ArtifactReport) -> Option<&Finding> {
    let forces = |finding: &Finding| Rule::by_code(&finding.code).and_then(|rule| rule.forces);
    by_gravity(artifact)
        .into_iter()
        .find(|finding| finding.allowed.is_none() && forces(finding) == Some(artifact.verdict))
}

fn push_evidence(text: &mut String, evidence: &Evidence) {
    let place = evidence.offset.map_or(String::new(), |offset| format!(" at {offset:#x}"));
    line(text, "evidence", format!("{}{place}: {}", evidence.what, evidence.value));
}

fn head(text: &mut String, what: &str, value: &str) {
    let _ = writeln!(text, "{what}: {}", escape(value));
}

fn line(text: &mut String, what: &str, value: impl Display) {
    let _ = writeln!(text, "    {what:11}  {}", escape(&value.to_string()));
}
