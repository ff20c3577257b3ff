//! One file a verb.

mod explain;
mod modules;
mod scan;
mod verify;

use crate::flags::Verb;
use std::process::ExitCode;

impl Verb {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Scan(scan) => scan.run(),
            Self::Verify(verify) => verify.run(),
            Self::Modules(modules) => modules.run(),
            Self::Explain(explain) => explain.run(),
        }
    }
}

/// A value as JSON, indented, with a newline at the end.
fn json(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
