//! One file a verb.

mod build;
mod doctor;
mod fetch;
mod init;
mod keys;
mod plan;
mod release;
mod schema;
mod scopes;
mod sources;
mod toolchain;
mod update;

use crate::flags::{Format, Verb};
use serde::Serialize;
use std::process::ExitCode;

impl Verb {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Release(release) => release.run(),
            Self::Plan(flags) => plan::run(&flags),
            Self::Build(build) => build.run(),
            Self::Fetch(flags) => fetch::run(&flags),
            Self::Doctor(flags) => doctor::run(&flags),
            Self::Init(init) => init.run(),
            Self::Update(update) => update.run(),
            Self::Toolchain(toolchain) => toolchain.run(),
            Self::Keys(keys) => keys.run(),
            Self::Schema(schema) => schema.run(),
            Self::Bench(bench) => bench.run(),
            Self::Scopes(scopes) => scopes.run(),
        }
    }
}

/// Prints a result as text or JSON.
fn print(format: Format, text: &str, json: &impl Serialize) -> anyhow::Result<()> {
    crate::edge::out(&match format {
        Format::Text => text.to_owned(),
        Format::Json => serde_json::to_string_pretty(json)? + "\n",
    });
    Ok(())
}
