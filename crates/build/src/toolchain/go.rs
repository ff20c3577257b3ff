//! The Go toolchain as the module `golang.org/toolchain`: the Go command of the host fetches it as it would for itself.

use super::{check_tree, pinned};
use crate::{BuildError, Event, Events, Workspace, goproxy, unpack};
use camino::Utf8PathBuf;
use catalog::GoToolchain;
use serde::Deserialize;
use std::time::Instant;

/// Where a toolchain is unpacked.
pub(crate) fn folder(workspace: &Workspace, go: &GoToolchain) -> Utf8PathBuf {
    workspace.toolchain(&format!("{}-{}", go.version, go.host.dashed()))
}

/// Makes sure the toolchain is unpacked, and gives its folder. The network is used only when it is not.
pub(crate) fn fetch(
    workspace: &Workspace,
    go: &GoToolchain,
    offline: bool,
    events: &dyn Events,
) -> Result<Utf8PathBuf, BuildError> {
    let folder = folder(workspace, go);
    if folder.exists() {
        return Ok(folder);
    }
    let zip = zip_path(workspace, go);
    if !zip.exists() {
        if offline {
            return Err(BuildError::Offline {
                what: format!("the toolchain {}", go.version),
                folder,
            });
        }
        download(workspace, go, events)?;
    }
    unpack(go, &zip, &folder, events)?;
    Ok(folder)
}

/// Compares the unpacked tree with its pin. The Go command never does (`go mod verify` leaves toolchains out).
pub(crate) fn verify(
    workspace: &Workspace,
    go: &GoToolchain,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("the toolchain {}", go.version);
    check_tree(&what, &folder(workspace, go), &prefix(go), &go.tree_h1, events)
}

fn prefix(go: &GoToolchain) -> String {
    format!("{}/", go.module)
}

/// Where the Go command keeps the archive (go.dev/ref/mod, "Module cache").
fn zip_path(workspace: &Workspace, go: &GoToolchain) -> Utf8PathBuf {
    let (module, version) = go.module.split_once('@').unwrap_or((&go.module, ""));
    workspace
        .modcache()
        .join("cache/download")
        .join(module)
        .join("@v")
        .join(format!("{version}.zip"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Downloaded {
    #[serde(default)]
    sum: String,
    #[serde(default)]
    dir: Utf8PathBuf,
}

fn download(
    workspace: &Workspace,
    go: &GoToolchain,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("the toolchain {}", go.version);
    events.event(Event::Fetching { what: what.clone() });
    let client = goproxy::client(workspace, "go", ["mod", "download", "-json", &go.module])?;
    let outcome = client.run(None, &|_| {})?;
    if !outcome.status.success() {
        return Err(goproxy::refused(&client, &what, "golang.org/toolchain", outcome));
    }
    let path = zip_path(workspace, go);
    let downloaded: Downloaded = serde_json::from_slice(&outcome.stdout)
        .map_err(|error| BuildError::BadRecord { path: path.clone(), why: error.to_string() })?;
    // The pin is compared here too, because the environment can switch the checksum database off.
    if downloaded.sum != go.h1 {
        return Err(BuildError::PinMismatch {
            what,
            expected: go.h1.clone(),
            found: downloaded.sum,
        });
    }
    let bytes = pinned(&path, &go.zip_sha256)?.len() as u64;
    // The Go command unpacks it as well, without execute bits; ours is the copy that is used.
    if downloaded.dir.starts_with(workspace.modcache()) {
        files::remove_tree(&downloaded.dir)?;
    }
    events.event(Event::Fetched { what, bytes, seconds: outcome.elapsed.as_secs_f64() });
    Ok(())
}

fn unpack(
    go: &GoToolchain,
    zip: &Utf8PathBuf,
    folder: &Utf8PathBuf,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("unpacking {}", go.version);
    events.event(Event::Verifying { what: what.clone() });
    let started = Instant::now();
    let bytes = pinned(zip, &go.zip_sha256)?;
    let staged = files::Staged::beside(folder)?;
    // A module archive has no execute bits (golang.org/x/mod/zip); the Go command sets them on these two folders.
    let executable = |path: &str| path.starts_with("bin/") || path.starts_with("pkg/tool/");
    unpack::unpack(zip, &bytes, &prefix(go), staged.path(), unpack::TOOLCHAIN, &executable)?;
    files::make_read_only(staged.path())?;
    staged.commit()?;
    events.event(Event::Verified { what, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}
