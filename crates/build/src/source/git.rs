//! Sources from a git repository: one commit, fetched with the git client and written out as plain files.
//!
//! The commit is what is pinned. It names every byte of its tree through git's object ids, so the plan can take it as the digest
//! of `{src}` before anything was fetched, and neither the URL nor a local clone changes what is built. Object ids are SHA-1,
//! though: the tree's own `h1:` sum (SHA-256) is taken right after the checkout, stands in the build record, is compared before
//! every build, and can be pinned in the recipe too.

mod checkout;
mod client;

use crate::{BuildError, Event, Events, Step, Workspace, dirhash::hash_tree, goproxy, kind::Site};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::GitSource;
use serde::{Deserialize, Serialize};
use std::time::Instant;
use vocab::{ComponentName, Sha256};

/// The sources of a component, as they were built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GitTree {
    /// The repository's URL, as the recipe has it.
    pub git: String,
    /// The commit.
    pub commit: String,
    /// The folder of the Go module inside the repository; empty for its top.
    pub path: String,
    /// The `h1:` sum of all files, names relative to the top of the repository.
    pub tree_h1: String,
}

/// What stands for `{src}` in an action. The URL is left out: the same commit from a mirror or a local clone is the same source.
pub(crate) fn digest(source: &GitSource) -> Sha256 {
    let pin = source.tree_h1.as_deref().unwrap_or_default();
    Sha256::of(format!("git commit {}\npath {}\n{pin}\n", source.commit, source.path).as_bytes())
}

/// The folder with the files of a commit.
pub(crate) fn folder(
    workspace: &Workspace,
    component: &ComponentName,
    source: &GitSource,
) -> Utf8PathBuf {
    let short: String = source.commit.chars().take(12).collect();
    workspace.state().join("sources").join(format!("{component}-git-{short}"))
}

/// Says that the files and every module they need are there; it lies in the module cache and goes with it.
fn marker(workspace: &Workspace, source: &GitSource) -> Utf8PathBuf {
    workspace.modcache().join("fipsmith").join(format!("git-{}.json", digest(source)))
}

pub(crate) fn is_fetched(
    workspace: &Workspace,
    component: &ComponentName,
    source: &GitSource,
) -> bool {
    folder(workspace, component, source).exists() && fetched(workspace, source).is_ok()
}

/// What was fetched, as it was when it was fetched.
fn fetched(workspace: &Workspace, source: &GitSource) -> Result<GitTree, BuildError> {
    let path = marker(workspace, source);
    let text = files::read_text(&path, 64 << 10)?;
    serde_json::from_str(&text)
        .map_err(|error| BuildError::BadRecord { path, why: error.to_string() })
}

/// Fetches a commit, writes its files out, and fetches the Go modules they need.
pub(crate) fn fetch(
    site: Site<'_>,
    go: &Utf8Path,
    (source, named): (&GitSource, &[String]),
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let Site { workspace, step, .. } = site;
    let folder = folder(workspace, step.component(), source);
    let what = format!("the sources of {} at commit {}", step.component(), source.commit);
    if offline {
        return Err(BuildError::Offline { what, folder });
    }
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let store = client::Store::open(workspace, source)?;
    store.fetch(source, workspace.local_source(step.component()))?;
    let tree = checkout::checkout(&store, source, step, &folder, workspace, events)?;
    modules((workspace, step), go, (source, named), &folder)?;
    // The Go command may complete a go.sum; a line that is not in the commit pins nothing.
    if hash_tree(&folder, "")? != tree.tree_h1 {
        files::remove_tree(&folder)?;
        let detail =
            "`go mod download` changed files of the commit: its go.sum does not pin every source"
                .to_owned();
        return Err(BuildError::SourceChanged { component: step.component().to_string(), detail });
    }
    let json = serde_json::to_string_pretty(&tree).map_err(std::io::Error::from)?;
    files::write(&marker(workspace, source), json.as_bytes(), files::Mode::Plain)?;
    let bytes = files::walk(&folder)?.iter().map(|entry| entry.size).sum();
    events.event(Event::Note(format!(
        "the files of {} have the sum {}",
        step.component(),
        tree.tree_h1
    )));
    events.event(Event::Fetched { what, bytes, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}

/// Fetches the modules that the commit's go.mod names, after a look at whose go.mod it is.
fn modules(
    (workspace, step): (&Workspace, &Step),
    go: &Utf8Path,
    // With the modules that the recipe says are in the repository.
    (source, named): (&GitSource, &[String]),
    folder: &Utf8Path,
) -> Result<(), BuildError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct GoMod {
        module: Named,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        path: String,
    }
    let module = folder.join(&source.path);
    if !module.join("go.mod").is_file() {
        return Err(BuildError::GitModule {
            component: step.component().to_string(),
            why: format!("there is no go.mod in `{}` of the commit", shown(&source.path)),
        });
    }
    let client = |arguments: &[&str]| {
        let mut client =
            goproxy::client(workspace, go.join("bin/go").as_str(), arguments.iter().copied())?;
        client.environment.insert("GOFLAGS".to_owned(), "-mod=readonly".to_owned());
        client.folder = Some(module.clone());
        Ok::<_, BuildError>(client)
    };
    let what = format!("reading the go.mod of {}", step.component());
    let edit = client(&["mod", "edit", "-json"])?.check(&what, None, &|_| {})?;
    let go_mod: GoMod = serde_json::from_slice(&edit.stdout).map_err(std::io::Error::from)?;
    if !named.contains(&go_mod.module.path) {
        return Err(BuildError::GitModule {
            component: step.component().to_string(),
            why: format!(
                "the go.mod in `{}` of the commit is of the module `{}`, and the recipe names `{}`",
                shown(&source.path),
                go_mod.module.path,
                named.join("`, `")
            ),
        });
    }
    let download = client(&["mod", "download"])?;
    let outcome = download.run(None, &|_| {})?;
    if outcome.status.success() {
        return Ok(());
    }
    let what = format!("the modules of {}", step.component());
    Err(goproxy::refused(&download, &what, step.component().as_str(), outcome))
}

fn shown(path: &str) -> &str {
    if path.is_empty() { "." } else { path }
}

/// Compares the files with what they were when they were fetched, and gives what the record says of them.
pub(crate) fn verify(
    workspace: &Workspace,
    component: &ComponentName,
    source: &GitSource,
) -> Result<GitTree, BuildError> {
    let folder = folder(workspace, component, source);
    let tree = fetched(workspace, source)?;
    let found = hash_tree(&folder, "")?;
    if found == tree.tree_h1 {
        return Ok(GitTree { git: source.git.clone(), ..tree });
    }
    let what = format!("the sources of {component}");
    Err(BuildError::TreeChanged { what, folder, expected: tree.tree_h1, found })
}

/// Looks whether local clones stand at the commits that are pinned. Nothing is fetched.
pub(crate) fn check_local(
    workspace: &Workspace,
    component: &ComponentName,
    source: &GitSource,
) -> Result<(), BuildError> {
    match workspace.local_source(component) {
        Some(clone) => client::head_is(clone, component, source),
        None => Ok(()),
    }
}
