//! The sources of a component: a wrapper module whose `go.sum` pins everything, fetched into our own module cache.

use crate::{
    BuildError, Event, Events, Step, Workspace, goproxy,
    kind::{
        Site,
        go::{GoStep, source_folder},
    },
    toolchain,
};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::time::Instant;

/// The folder with a step's `go.mod` and `go.sum`, named after their digest. The build sees this copy and not the
/// repository's, so what is built is what was planned.
pub(crate) fn folder(workspace: &Workspace, step: &Step, go: &GoStep) -> Utf8PathBuf {
    source_folder(workspace, step, &go.wrapper.digest())
}

/// Writes the copy of the wrapper, over whatever stands there.
pub(crate) fn place(
    workspace: &Workspace,
    step: &Step,
    go: &GoStep,
) -> Result<Utf8PathBuf, BuildError> {
    let folder = folder(workspace, step, go);
    let wrapper = &go.wrapper;
    for (name, text) in [("go.mod", &wrapper.go_mod), ("go.sum", &wrapper.go_sum)] {
        let path = folder.join(name);
        if files::read(&path, text.len() as u64).ok().as_deref() != Some(text.as_bytes()) {
            files::write(&path, text.as_bytes(), files::Mode::Plain)?;
        }
    }
    Ok(folder)
}

/// Whether a step's sources were fetched: a marker in the module cache, gone when the cache is gone, says so.
pub(crate) fn is_fetched(workspace: &Workspace, go: &GoStep) -> bool {
    marker(workspace, go).exists()
}

/// Fetches everything a step's wrapper names.
pub(crate) fn fetch(
    site: Site<'_>,
    go: &GoStep,
    offline: bool,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let Site { workspace, plan, step } = site;
    let Some(command) = plan.go().map(|go| toolchain::go::folder(workspace, go)) else {
        return Err(std::io::Error::other("the plan has no Go toolchain").into());
    };
    let folder = place(workspace, step, go)?;
    let what = format!("the sources of {} {}", step.component(), step.version());
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let bytes = download((workspace, step, go), &command, &folder, offline)?;
    files::write(&marker(workspace, go), what.as_bytes(), files::Mode::Plain)?;
    events.event(Event::Fetched { what, bytes, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}

fn marker(workspace: &Workspace, go: &GoStep) -> Utf8PathBuf {
    workspace.modcache().join("fipsmith").join(go.wrapper.digest().to_string())
}

/// Runs `go mod download` on the wrapper; gives the size of all archives.
fn download(
    (workspace, step, go): (&Workspace, &Step, &GoStep),
    command: &Utf8Path,
    folder: &Utf8Path,
    offline: bool,
) -> Result<u64, BuildError> {
    let mut client =
        goproxy::client(workspace, command.join("bin/go").as_str(), ["mod", "download", "-json"])?;
    client.environment.insert("GOFLAGS".to_owned(), "-mod=readonly".to_owned());
    client.folder = Some(folder.to_owned());
    if offline {
        client = goproxy::offline(client);
    }
    let outcome = client.run(None, &|_| {})?;
    let what = format!("the sources of {} {}", step.component(), step.version());
    if !outcome.status.success() {
        let error = goproxy::refused(&client, &what, step.component().as_str(), outcome);
        let missing = offline && !matches!(error, BuildError::SourceChanged { .. });
        return Err(if missing {
            BuildError::Offline { what, folder: workspace.modcache() }
        } else {
            error
        });
    }
    // The Go command may complete a go.sum; a line that was not in the committed file pins nothing.
    if files::read(&folder.join("go.sum"), 64 << 20)? != go.wrapper.go_sum.as_bytes() {
        let detail = "`go mod download` added lines to go.sum, so the committed one does not pin every source".to_owned();
        return Err(BuildError::SourceChanged { component: step.component().to_string(), detail });
    }
    archive_bytes(&outcome.stdout)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    #[serde(default)]
    zip: Utf8PathBuf,
}

fn archive_bytes(stdout: &[u8]) -> Result<u64, BuildError> {
    let mut total = 0;
    for object in serde_json::Deserializer::from_slice(stdout).into_iter::<Downloaded>() {
        let object = object.map_err(std::io::Error::from)?;
        total += object.zip.metadata().map_or(0, |metadata| metadata.len());
    }
    Ok(total)
}
