//! `doctor`: everything this machine lacks, at once, each with the command that installs it.

use crate::edge::Stop;
use crate::flags;
use crate::workspace::Desk;
use build::{Missing, Plan};
use report::plural;
use std::fmt::Write as _;
use std::process::ExitCode;

pub(crate) fn run(flags: &flags::Doctor) -> anyhow::Result<ExitCode> {
    if flags.sources {
        return super::sources::run(flags);
    }
    let flags = &flags.plan;
    let desk = Desk::open(&flags.selection)?;
    let plan = desk.plan(&build::Selection::default())?;
    let missing = build::doctor(&plan, &desk.space);
    let lacking = missing.iter().filter(|missing| missing.required).count();
    let mut text = list(&missing);
    let _ = writeln!(
        text,
        "profile {}: {} missing",
        desk.profile.name,
        plural::count(lacking, "required thing")
    );
    super::print(flags.output.format, &text, &missing)?;
    Ok(ExitCode::from(u8::from(lacking > 0)))
}

/// Stops before any work when something is missing that fipsmith cannot fetch and cannot do without.
pub(crate) fn require(desk: &Desk, plan: &Plan) -> anyhow::Result<()> {
    let missing: Vec<Missing> =
        build::doctor(plan, &desk.space).into_iter().filter(|missing| missing.required).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "this machine lacks {}:\n{}",
        plural::count(missing.len(), "thing"),
        list(&missing).trim_end()
    );
    Err(Stop::failed(message, Some("`cargo xtask doctor` prints this check alone".to_owned()))
        .into())
}

fn list(missing: &[Missing]) -> String {
    missing.iter().fold(String::new(), |mut text, missing| {
        let kind = if missing.required { "missing " } else { "without " };
        let _ =
            writeln!(text, "{kind} {}: {}\n         {}", missing.what, missing.why, missing.remedy);
        text
    })
}
