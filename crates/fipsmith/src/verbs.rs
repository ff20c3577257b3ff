//! One file a verb.

mod catalog;
mod explain;
mod modules;
mod scan;
mod verify;

use crate::flags::Verb;
use crate::input::Unusable;
use ::catalog::Allow;
use anyhow::Context as _;
use camino::Utf8Path;
use manifest::{Trust, TrustError};
use std::process::ExitCode;

impl Verb {
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Scan(scan) => scan.run(),
            Self::Verify(verify) => verify.run(),
            Self::Modules(modules) => modules.run(),
            Self::Explain(explain) => explain.run(),
            Self::Catalog(catalog) => catalog.run(),
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
    Ok(::catalog::Recipe::parse(&text, path.as_str())?.allow)
}

/// The keys of the folder; without one only the example keys are known, and those are refused unless asked for.
fn trust(folder: Option<&Utf8Path>) -> anyhow::Result<Trust> {
    Ok(folder.map_or_else(Trust::example, Trust::load).map_err(|error| no_keys(&error))?)
}

fn no_keys(error: &TrustError) -> Unusable {
    let source =
        std::error::Error::source(error).map_or(String::new(), |source| format!(": {source}"));
    Unusable { message: format!("{error}{source}"), hint: error.hint().map(str::to_owned) }
}

/// A value as JSON, indented, with a newline at the end.
fn json(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
