//! The one probe for whether a version can be had: downloading it. Lists leave out versions that are there, and a proxy may
//! answer for a version's information and refuse its archive.

use super::{GoCommand, WrapError, go::read_json};
use crate::BuildError;
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

/// What `go mod download -json` says of a module version that can be had.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Downloaded {
    pub(super) path: String,
    pub(super) version: String,
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    pub(super) sum: String,
    #[serde(default)]
    pub(super) go_mod: Utf8PathBuf,
    #[serde(default)]
    pub(super) zip: Utf8PathBuf,
    #[serde(default)]
    pub(super) dir: Utf8PathBuf,
    pub(super) origin: Option<Origin>,
}

/// Where the proxy took a version from, if it says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Origin {
    #[serde(rename = "VCS", default)]
    pub(super) vcs: String,
    #[serde(rename = "URL", default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) hash: String,
}

/// Downloads `path@query`. The inner error is what the proxy or the Go command said of this one version.
pub(super) fn probe(
    go: &GoCommand<'_>,
    folder: &Utf8Path,
    query: &str,
) -> Result<Result<Downloaded, WrapError>, WrapError> {
    let command = go.network(folder, ["mod", "download", "-json", query])?;
    let outcome = command.run()?;
    if outcome.status.success() {
        return Ok(Ok(read_json(&outcome.stdout, query)?));
    }
    let said: Option<Downloaded> = serde_json::from_slice(&outcome.stdout).ok();
    let said = said.map(|object| object.error).unwrap_or_default();
    if said.contains("module path must match major version") {
        let (module, version) = query.split_once('@').unwrap_or((query, ""));
        return Ok(Err(WrapError::MajorVersion {
            module: module.to_owned(),
            version: version.to_owned(),
        }));
    }
    let (module, _) = query.split_once('@').unwrap_or((query, ""));
    match command.refused(query, module, outcome) {
        // A network that is down is no answer about a version.
        WrapError::Build(error @ BuildError::Failed { .. }) if said.is_empty() => Err(error.into()),
        WrapError::Build(BuildError::Failed { .. }) => {
            Ok(Err(WrapError::Refused { query: query.to_owned(), said }))
        }
        error => Ok(Err(error)),
    }
}
