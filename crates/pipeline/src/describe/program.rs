//! One program for the SBOM: digests, label, and every Go module that build information names, with the licence and the
//! digest of the real archive it was built from.

use super::{Subject, module};
use crate::scanning::Program;
use build::{ModuleSource, Step};
use inspect::facts::{BuildInfo, GoModule};
use sbom::{Artifact, Build, BuildTool, Finding, LinkedModule, MainPackage, Replaced};
use std::collections::BTreeMap;

/// Build settings that the SBOM shows.
const SETTINGS: &[&str] =
    &["GOOS", "GOARCH", "CGO_ENABLED", "GOFIPS140", "GOEXPERIMENT", "-tags", "DefaultGODEBUG"];

pub(super) fn artifact(subject: &Subject<'_>, program: &Program<'_>) -> Artifact {
    let report = program.scanned().report();
    let info = program.scanned().facts().go.as_ref().and_then(|go| go.build_info.as_ref());
    let (fips_mode, enforcement) = module::mode(subject, program);
    Artifact {
        name: program.name().clone(),
        target: program.built.target(),
        archive: program.archive.to_string(),
        member: program.member.to_string(),
        sha256: report.sha256,
        sha512: program.signable.digests().sha512,
        size: report.size,
        verdict: report.verdict,
        label: report.label,
        reasons: report.reasons.clone(),
        findings: report.findings.iter().map(finding).collect(),
        fips_mode,
        enforcement,
        go_version: info.map(|info| info.go_version.clone()),
        settings: info.map(settings).unwrap_or_default(),
        main: info.and_then(main),
        linked_complete: info.is_some(),
        linked: info.map(|info| linked(info, program.built.modules())).unwrap_or_default(),
        modules: module::uses(program),
        build: build_of(subject, program),
    }
}

fn finding(finding: &scan::Finding) -> Finding {
    Finding {
        code: finding.code.clone(),
        subject: finding.subject.clone(),
        allowed: finding.allowed.clone(),
    }
}

fn settings(info: &BuildInfo) -> BTreeMap<String, String> {
    let shown = info.settings.iter().filter(|(key, _)| SETTINGS.contains(&key.as_str()));
    shown.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn main(info: &BuildInfo) -> Option<MainPackage> {
    let module = info.main.as_ref()?;
    Some(MainPackage {
        import: info.path.clone(),
        module: module.path.clone(),
        version: module.version.clone(),
    })
}

/// What is linked, by build information; what each module is, by the archives that were built from.
fn linked(info: &BuildInfo, sources: &[ModuleSource]) -> Vec<LinkedModule> {
    info.main.iter().chain(&info.deps).map(|module| one(module, sources)).collect()
}

fn one(module: &GoModule, sources: &[ModuleSource]) -> LinkedModule {
    let real = module.replace.as_deref().unwrap_or(module);
    let source =
        sources.iter().find(|source| source.path == real.path && source.version == real.version);
    LinkedModule {
        path: real.path.clone(),
        version: real.version.clone(),
        h1: (!real.sum.is_empty()).then(|| real.sum.clone()),
        sha256: source.map(|source| source.zip_sha256),
        sha512: source.map(|source| source.zip_sha512),
        licences: source.map(|source| source.licences.clone()).unwrap_or_default(),
        replaced_from: module
            .replace
            .is_some()
            .then(|| Replaced { path: module.path.clone(), version: module.version.clone() }),
    }
}

/// The action that built it, and the pinned tools that action names.
fn build_of(subject: &Subject<'_>, program: &Program<'_>) -> Option<Build> {
    let built = program.built;
    let same =
        |step: &&Step| step.component() == built.component() && step.target() == built.target();
    let action = subject.plan.steps().iter().find(same)?.action();
    let go = subject.plan.go();
    let mut tools = vec![BuildTool {
        name: "go".to_owned(),
        version: go.version.clone(),
        sha256: go.zip_sha256,
    }];
    let zig = subject.plan.zig().filter(|_| action.environment.contains_key("CC"));
    tools.extend(zig.map(|zig| BuildTool {
        name: "zig".to_owned(),
        version: zig.version.clone(),
        sha256: zig.sha256,
    }));
    Some(Build {
        command: action.arguments.clone(),
        environment: action.environment.clone(),
        tools: tools.into_iter().collect(),
    })
}
