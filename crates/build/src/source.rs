//! The sources of a component: a wrapper module whose `go.sum` pins everything, fetched into our own module cache; or a commit
//! of a git repository.

pub(crate) mod git;

use crate::{
    BuildError, Event, Events, Plan, Step, Workspace, goproxy,
    kind::{
        Site,
        go::{GoStep, Sources, Wrapper, source_folder},
    },
    toolchain,
};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::time::Instant;
use vocab::Target;

/// The folder with a step's `go.mod` and `go.sum`, named after their digest. The build sees this copy and not the
/// repository's, so what is built is what was planned.
fn folder(workspace: &Workspace, step: &Step, wrapper: &Wrapper) -> Utf8PathBuf {
    source_folder(workspace, step, &wrapper.digest())
}

/// The folder that is `{src}` of a step.
pub(crate) fn place(
    workspace: &Workspace,
    step: &Step,
    go: &GoStep,
) -> Result<Utf8PathBuf, BuildError> {
    match &go.sources {
        Sources::Wrapper(wrapper) => place_wrapper(workspace, step, wrapper),
        Sources::Git { source, .. } => Ok(git::folder(workspace, step.component(), source)),
    }
}

/// The `go.sum` that pins what a step links.
pub(crate) fn go_sum(
    workspace: &Workspace,
    step: &Step,
    go: &GoStep,
) -> Result<String, BuildError> {
    match &go.sources {
        Sources::Wrapper(wrapper) => Ok(wrapper.go_sum.clone()),
        Sources::Git { source, .. } => {
            let folder = git::folder(workspace, step.component(), source).join(&source.path);
            let path = folder.join("go.sum");
            // A module that needs no other has none.
            Ok(if path.exists() { files::read_text(&path, 4 << 20)? } else { String::new() })
        }
    }
}

/// Writes the copy of the wrapper, over whatever stands there.
fn place_wrapper(
    workspace: &Workspace,
    step: &Step,
    wrapper: &Wrapper,
) -> Result<Utf8PathBuf, BuildError> {
    let folder = folder(workspace, step, wrapper);
    for (name, text) in [("go.mod", &wrapper.go_mod), ("go.sum", &wrapper.go_sum)] {
        let path = folder.join(name);
        if files::read(&path, text.len() as u64).ok().as_deref() != Some(text.as_bytes()) {
            files::write(&path, text.as_bytes(), files::Mode::Plain)?;
        }
    }
    Ok(folder)
}

/// Looks whether every local clone stands at the commit its recipe pins, and whether there is such a recipe at all.
pub fn check_local_sources(plan: &Plan, workspace: &Workspace) -> Result<(), BuildError> {
    for component in workspace.local_sources().keys() {
        let step = plan.steps().iter().find(|step| step.component() == component);
        let Some(source) = step.and_then(Step::git) else {
            return Err(BuildError::NoGitSource { component: component.to_string() });
        };
        git::check_local(workspace, component, source)?;
    }
    Ok(())
}

/// Whether a step's sources were fetched: a marker in the module cache, gone when the cache is gone, says so.
pub(crate) fn is_fetched(workspace: &Workspace, step: &Step, go: &GoStep) -> bool {
    match &go.sources {
        Sources::Wrapper(wrapper) => marker(workspace, wrapper).exists(),
        Sources::Git { source, .. } => git::is_fetched(workspace, step.component(), source),
    }
}

/// Fetches everything a step is made of.
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
    let wrapper = match &go.sources {
        Sources::Wrapper(wrapper) => wrapper,
        Sources::Git { source, modules } => {
            return git::fetch(site, &command, (source, modules), offline, events);
        }
    };
    let folder = place_wrapper(workspace, step, wrapper)?;
    let what = format!("the sources of {} {}", step.component(), step.version());
    events.event(Event::Fetching { what: what.clone() });
    let started = Instant::now();
    let bytes = download((workspace, step, wrapper), &command, &folder, offline)?;
    files::write(&marker(workspace, wrapper), what.as_bytes(), files::Mode::Plain)?;
    events.event(Event::Fetched { what, bytes, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}

fn marker(workspace: &Workspace, wrapper: &Wrapper) -> Utf8PathBuf {
    workspace.modcache().join("fipsmith").join(wrapper.digest().to_string())
}

/// Runs `go mod download` on the wrapper; gives the size of all archives.
fn download(
    (workspace, step, wrapper): (&Workspace, &Step, &Wrapper),
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
    let stdout = outcome.stdout.clone();
    if !outcome.status.success() {
        let error = goproxy::refused(&client, &what, step.component().as_str(), outcome);
        let refused = !offline && matches!(error, BuildError::NotAtProxy { .. });
        if refused && packages(workspace, step, command, folder)? {
            check_sums(step, wrapper, folder)?;
            return archive_bytes(&stdout);
        }
        let missing = offline && !matches!(error, BuildError::SourceChanged { .. });
        return Err(if missing {
            BuildError::Offline { what, folder: workspace.modcache() }
        } else {
            error
        });
    }
    check_sums(step, wrapper, folder)?;
    archive_bytes(&stdout)
}

/// The Go command may complete a go.sum; a line that was not in the committed file pins nothing.
fn check_sums(step: &Step, wrapper: &Wrapper, folder: &Utf8Path) -> Result<(), BuildError> {
    if files::read(&folder.join("go.sum"), 64 << 20)? == wrapper.go_sum.as_bytes() {
        return Ok(());
    }
    let detail =
        "`go mod download` added lines to go.sum, so the committed one does not pin every source"
            .to_owned();
    Err(BuildError::SourceChanged { component: step.component().to_string(), detail })
}

/// Fetches the modules of what is built, and no others. A proxy may refuse the description of a version (`.info`), which `go mod
/// download` asks for and no build reads, and serve its archive; it may also refuse a module that nothing links. Whether all
/// packages could be loaded, for every machine.
fn packages(
    workspace: &Workspace,
    step: &Step,
    command: &Utf8Path,
    folder: &Utf8Path,
) -> Result<bool, BuildError> {
    let tags = step.action().arguments.iter().skip_while(|word| *word != "-tags").nth(1);
    let tags = tags.map(String::as_str).unwrap_or_default();
    for target in Target::ALL {
        let words = ["list", "-deps", "-f", "{{.ImportPath}}", "-tags", tags, "tool"];
        let mut client = goproxy::client(workspace, command.join("bin/go").as_str(), words)?;
        let cgo = step.action().environment.get("CGO_ENABLED").map_or("0", String::as_str);
        let set = [
            ("CGO_ENABLED", cgo),
            ("GOARCH", target.arch().as_str()),
            ("GOFLAGS", "-mod=readonly"),
            ("GOOS", target.os()),
        ];
        client.environment.extend(set.map(|(name, value)| (name.to_owned(), value.to_owned())));
        client.folder = Some(folder.to_owned());
        if !client.run(None, &|_| {})?.status.success() {
            return Ok(false);
        }
    }
    Ok(true)
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
