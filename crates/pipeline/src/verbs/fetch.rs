//! `fetch`: everything a profile needs, checked, so that `--offline` works afterwards.

use super::{build, doctor};
use crate::edge;
use crate::flags::Plan;
use crate::reporter::Reporter;
use crate::workspace::Desk;
use std::process::ExitCode;

pub(crate) fn run(flags: &Plan) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&flags.selection)?;
    let plan = desk.plan(&::build::Selection::default())?;
    doctor::require(&desk, &plan)?;
    let _fetched = ::build::fetch(&plan, &desk.space, false, &Reporter::new())
        .map_err(|error| build::failed(&[error]))?;
    edge::say(&format!("profile {} can be released with `--offline` now", desk.profile.name));
    Ok(ExitCode::SUCCESS)
}
