//! One file a verb.

mod explain;
mod modules;
mod scan;
mod verify;

use crate::flags::Verb;
use anyhow::Context as _;
use camino::Utf8Path;
use catalog::Allow;
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

/// Largest recipe that is read, in bytes.
const RECIPE: u64 = 1 << 20;

/// The answers of a recipe, if one is named.
fn answers(recipe: Option<&Utf8Path>) -> anyhow::Result<Vec<Allow>> {
    let Some(path) = recipe else { return Ok(vec![]) };
    let text = files::read_text(path, RECIPE)
        .with_context(|| format!("cannot use `{path}` as a recipe"))?;
    Ok(catalog::Recipe::parse(&text, path.as_str())?.allow)
}

/// A value as JSON, indented, with a newline at the end.
fn json(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
