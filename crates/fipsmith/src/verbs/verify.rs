//! `fipsmith verify`: does a sealed release hold.

use crate::flags::Verify;
use std::process::ExitCode;

impl Verify {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not wired yet")
    }
}
