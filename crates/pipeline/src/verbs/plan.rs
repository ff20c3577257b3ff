//! `plan`: what a release would do.

use crate::flags::Plan;
use crate::workspace::Desk;
use std::process::ExitCode;

pub(crate) fn run(flags: &Plan) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&flags.selection)?;
    let plan = desk.plan(&build::Selection::default())?;
    super::print(flags.output.format, &plan.to_string(), &plan)?;
    Ok(ExitCode::SUCCESS)
}
