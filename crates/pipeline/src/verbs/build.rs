//! `build`: fetch and build, and stop before anything is scanned.

use crate::edge::Stop;
use crate::flags::{Build, Building, Sandbox};
use crate::reporter::Reporter;
use crate::workspace::Desk;
use build::{BuildError, Built, Plan, SandboxMode};
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;
use vocab::{ArtifactName, ComponentName, Sha256, Target};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    component: ComponentName,
    target: Target,
    artifact: ArtifactName,
    sha256: Sha256,
    size: u64,
    cached: bool,
}

impl Build {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let desk = Desk::open(&self.selection)?;
        let part =
            build::Selection { components: self.component.clone(), targets: self.target.clone() };
        let plan = desk.plan(&part)?;
        super::doctor::require(&desk, &plan)?;
        let built = built(&desk, &plan, &self.building, &Reporter::new())?;
        let lines: Vec<Line> = built.iter().flat_map(lines).collect();
        let mut text = String::new();
        for line in &lines {
            let _ = writeln!(
                text,
                "{}  {:>11}  {} {} {}",
                line.sha256, line.size, line.component, line.target, line.artifact
            );
        }
        super::print(self.output.format, &text, &lines)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn lines(built: &Built) -> Vec<Line> {
    let line = |artifact: &build::BuiltArtifact| Line {
        component: built.component().clone(),
        target: built.target(),
        artifact: artifact.name.clone(),
        sha256: artifact.sha256,
        size: artifact.size,
        cached: built.cached(),
    };
    built.artifacts().iter().map(line).collect()
}

/// Fetches what the plan needs and builds it. Every step that failed is named, each with its log.
pub(crate) fn built(
    desk: &Desk,
    plan: &Plan,
    flags: &Building,
    reporter: &Reporter,
) -> anyhow::Result<Vec<Built>> {
    let toolbox = build::fetch(plan, &desk.space, flags.offline, reporter)
        .map_err(|error| failed(&[error]))?;
    let options = build::Options {
        jobs: flags.jobs,
        rebuild_check: flags.rebuild_check,
        sandbox: match flags.sandbox {
            Sandbox::Auto => SandboxMode::Auto,
            Sandbox::Require => SandboxMode::Require,
            Sandbox::Off => SandboxMode::Off,
        },
    };
    build::build(plan, &toolbox, options, reporter).map_err(|errors| failed(&errors).into())
}

/// Errors of building, each with its causes; the first remedy is the hint.
pub(crate) fn failed(errors: &[BuildError]) -> Stop {
    let told = |error: &BuildError| {
        let causes =
            std::iter::successors(std::error::Error::source(error), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    };
    let hint = errors.iter().find_map(BuildError::hint);
    Stop::failed(errors.iter().map(told).collect::<Vec<_>>().join("\nerror: "), hint)
}
