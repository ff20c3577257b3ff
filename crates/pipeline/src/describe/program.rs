//! One program for the SBOM: digests, label, and every Go module that build information names, with the licence and the
//! digest of the real archive it was built from.

use super::{Subject, module, vcs_of};
use crate::scanning::Program;
use build::{ModuleSource, Step};
use inspect::facts::{BuildInfo, GoModule};
use sbom::{
    Artifact, Build, BuildTool, Ecosystem, Finding, LinkedModule, MainPackage, Replaced, Upstream,
};
use std::collections::BTreeMap;
use vocab::{Backend, Version};

/// Build settings that the SBOM shows.
const SETTINGS: &[&str] =
    &["GOOS", "GOARCH", "CGO_ENABLED", "GOFIPS140", "GOEXPERIMENT", "-tags", "DefaultGODEBUG"];

pub(super) fn artifact(subject: &Subject<'_>, program: &Program<'_>) -> anyhow::Result<Artifact> {
    let report = program.scanned().report();
    let info = program.scanned().facts().go.as_ref().and_then(|go| go.build_info.as_ref());
    // What a program of C is compiled from comes as crates as well: packages that carry upstream's sources.
    let of_crates = [Backend::RustAwsLcFips, Backend::COpensslFips];
    let crates = of_crates
        .contains(&program.built.backend())
        .then(|| program.built.modules().iter().map(|it| linked_crate(program, it)).collect());
    let expected = program.recipe.expected(program.name()).map(|of| of.reason.clone());
    let (fips_mode, enforcement) = module::mode(subject, program);
    let mut linked = info.map(|info| linked(subject, program, info)).or(crates);
    let linked_complete = linked.is_some();
    linked.get_or_insert_default().extend(of_system(subject, program)?);
    Ok(Artifact {
        name: program.name().clone(),
        target: program.built.target(),
        archive: program.archive.to_string(),
        member: program.member.to_string(),
        sha256: report.sha256,
        sha512: program.signable.digests().sha512,
        size: report.size,
        verdict: report.verdict,
        label: report.label,
        reasons: report.reasons.iter().cloned().chain(expected).collect(),
        findings: report.findings.iter().map(finding).collect(),
        fips_mode,
        enforcement,
        go_version: info.map(|info| info.go_version.clone()),
        settings: info.map(settings).unwrap_or_default(),
        main: info.and_then(main),
        linked_complete,
        linked: linked.unwrap_or_default(),
        modules: module::uses(program),
        build: build_of(subject, program),
    })
}

/// The Debian packages that C code of the program was linked against: those that the set was made for. What is taken from each is
/// not in the bytes, so all are named.
fn of_system(subject: &Subject<'_>, program: &Program<'_>) -> anyhow::Result<Vec<LinkedModule>> {
    let Some(name) = &program.recipe.system else { return Ok(vec![]) };
    let catalog = &subject.desk.catalog;
    let want = catalog.packages.get(name).map(|set| &set.want[..]).unwrap_or_default();
    let target = program.built.target();
    let is_it = |set: &&build::PinnedSet| set.name == *name && set.target == target;
    let Some(set) = subject.plan.packages().iter().find(is_it) else { return Ok(vec![]) };
    let files = build::read_packages(&subject.desk.space, set)?;
    let wanted = files.packages.into_iter().filter(|facts| want.contains(&facts.package.name));
    let module = |facts: build::PackageFacts| LinkedModule {
        ecosystem: Ecosystem::Debian,
        path: format!("{}:{}", facts.package.name, facts.package.architecture),
        version: facts.package.version,
        h1: None,
        sha256: Some(facts.package.sha256),
        sha512: Some(facts.sha512),
        licences: facts.licences,
        vcs: None,
        upstream: None,
        replaced_from: None,
    };
    Ok(wanted.map(module).collect())
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
fn linked(subject: &Subject<'_>, program: &Program<'_>, info: &BuildInfo) -> Vec<LinkedModule> {
    let built = program.built;
    let recipe = subject.desk.catalog.recipes.get(built.component());
    let vcs = recipe.and_then(vcs_of);
    let modules = info.main.iter().chain(&info.deps);
    modules.map(|module| one(module, built.modules(), built.version(), vcs.as_deref())).collect()
}

fn one(
    module: &GoModule,
    sources: &[ModuleSource],
    version: &Version,
    vcs: Option<&str>,
) -> LinkedModule {
    let real = module.replace.as_deref().unwrap_or(module);
    // The Go command calls it that when it built the module from a folder: the checkout of the commit, or a folder in it.
    if let Some(vcs) = vcs.filter(|_| real.version == "(devel)") {
        return LinkedModule {
            ecosystem: Ecosystem::Go,
            path: module.path.clone(),
            version: version.to_string(),
            h1: None,
            sha256: None,
            sha512: None,
            licences: vec![],
            vcs: Some(vcs.to_owned()),
            upstream: None,
            replaced_from: None,
        };
    }
    let source =
        sources.iter().find(|source| source.path == real.path && source.version == real.version);
    LinkedModule {
        ecosystem: Ecosystem::Go,
        path: real.path.clone(),
        version: real.version.clone(),
        h1: (!real.sum.is_empty()).then(|| real.sum.clone()),
        sha256: source.map(|source| source.zip_sha256),
        sha512: source.map(|source| source.zip_sha512),
        licences: source.map(|source| source.licences.clone()).unwrap_or_default(),
        vcs: None,
        upstream: None,
        replaced_from: module
            .replace
            .is_some()
            .then(|| Replaced { path: module.path.clone(), version: module.version.clone() }),
    }
}

/// A crate that is linked, by the build's own list of them: nothing in the program says it.
fn linked_crate(program: &Program<'_>, source: &ModuleSource) -> LinkedModule {
    let of_c = program.built.backend() == Backend::COpensslFips;
    LinkedModule {
        ecosystem: Ecosystem::Cargo,
        path: source.path.clone(),
        version: source.version.clone(),
        h1: None,
        sha256: Some(source.zip_sha256),
        sha512: Some(source.zip_sha512),
        licences: source.licences.clone(),
        vcs: None,
        upstream: of_c.then(|| upstream(source)).flatten(),
        replaced_from: None,
    }
}

/// The project whose sources a crate carries: `openssl-src` at `300.1.3+3.1.2` is OpenSSL 3.1.2. Those who make such crates
/// write upstream's version behind the `+`.
fn upstream(source: &ModuleSource) -> Option<Upstream> {
    let name = source.path.strip_suffix("-src")?.to_owned();
    let (_, version) = source.version.split_once('+')?;
    Some(Upstream { name, version: version.to_owned() })
}

/// The action that built it, and the pinned tools that action names.
fn build_of(subject: &Subject<'_>, program: &Program<'_>) -> Option<Build> {
    let built = program.built;
    let same =
        |step: &&Step| step.component() == built.component() && step.target() == built.target();
    let step = subject.plan.steps().iter().find(same)?;
    let action = step.action();
    let tool = |tool: build::Tool| BuildTool {
        name: tool.name,
        version: tool.version,
        sha256: tool.sha256,
    };
    Some(Build {
        command: action.arguments.clone(),
        environment: action.environment.clone(),
        tools: subject.plan.tools(step).into_iter().map(tool).collect(),
    })
}
