//! What upstream says of itself: the module's archive, its go.mod and go.sum, its licence and its origin.

use super::{
    GoCommand, Request, WrapError,
    probe::{Downloaded, probe},
};
use crate::{Event, Events, modules};
use camino::Utf8Path;
use serde::{Deserialize, Deserializer, Serialize};

/// A module of the component, as it was downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// The module path.
    pub path: String,
    /// The version that the query stood for.
    pub version: String,
    /// Its `h1:` sum.
    pub h1: String,
    /// The commit, where the proxy names it.
    pub commit: Option<String>,
    /// The repository, where the proxy names it.
    pub repository: Option<String>,
    /// SPDX identifiers of its licence texts.
    pub licences: Vec<String>,
    #[serde(skip)]
    pub(super) go_mod: GoMod,
    #[serde(skip)]
    pub(super) go_sum: String,
}

/// A go.mod as `go mod edit -json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct GoMod {
    pub(super) go: String,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) godebug: Vec<Godebug>,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) require: Vec<ModuleVersion>,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) replace: Vec<Replace>,
    #[serde(deserialize_with = "null_is_empty")]
    pub(super) exclude: Vec<ModuleVersion>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ModuleVersion {
    pub(super) path: String,
    #[serde(default)]
    pub(super) version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Replace {
    pub(super) old: ModuleVersion,
    pub(super) new: ModuleVersion,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Godebug {
    pub(super) key: String,
    pub(super) value: String,
}

/// The Go command prints `null` for a list that is not there.
fn null_is_empty<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(from)?.unwrap_or_default())
}

impl GoMod {
    /// Whether a folder of upstream's repository stands for a module.
    pub(super) fn replaces_by_folder(&self, path: &str) -> bool {
        self.replace.iter().any(|line| line.old.path == path && line.new.version.is_empty())
    }

    /// The version upstream requires of a module.
    pub(super) fn required(&self, path: &str) -> Option<&str> {
        self.require.iter().find(|line| line.path == path).map(|line| line.version.as_str())
    }
}

/// Downloads every module of a request. All must come out at one version, because a recipe has one.
pub(super) fn fetch(
    request: &Request,
    go: &GoCommand<'_>,
    folder: &Utf8Path,
    events: &dyn Events,
) -> Result<Vec<Upstream>, WrapError> {
    let mut all: Vec<Upstream> = Vec::new();
    for query in &request.modules {
        events.event(Event::Note(format!("asking for {query}")));
        let found = probe(go, folder, query)??;
        all.push(read(found, go, folder)?);
    }
    match all.iter().find(|module| all.first().is_some_and(|first| first.version != module.version))
    {
        None => Ok(all),
        Some(_) => Err(WrapError::VersionsDiffer {
            modules: all.into_iter().map(|module| (module.path, module.version)).collect(),
        }),
    }
}

fn read(found: Downloaded, go: &GoCommand<'_>, folder: &Utf8Path) -> Result<Upstream, WrapError> {
    let what = format!("reading the go.mod of {}", found.path);
    let go_mod =
        go.network(folder, ["mod", "edit", "-json", found.go_mod.as_str()])?.json(&what)?;
    let sums = found.dir.join("go.sum");
    let go_sum = if sums.exists() { files::read_text(&sums, 8 << 20)? } else { String::new() };
    let git = found.origin.filter(|origin| origin.vcs == "git");
    let full = |hash: &String| hash.len() == 40;
    Ok(Upstream {
        licences: modules::licences_of(&found.zip, &found.path, &found.version)?,
        commit: git.as_ref().map(|origin| origin.hash.clone()).filter(full),
        repository: git.map(|origin| origin.url).filter(|url| url.starts_with("https://")),
        path: found.path,
        version: found.version,
        h1: found.sum,
        go_mod,
        go_sum,
    })
}
