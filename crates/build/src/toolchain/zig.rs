//! The C compiler and linker: `zig cc` from the `ziglang` wheel, fetched by pip, run without Python.

use super::{check_tree, pinned};
use crate::{BuildError, Event, Events, Workspace, process::Invocation, unpack};
use camino::Utf8PathBuf;
use catalog::ZigToolchain;
use std::time::Instant;

/// Where a toolchain is unpacked.
pub(crate) fn folder(workspace: &Workspace, zig: &ZigToolchain) -> Utf8PathBuf {
    workspace.toolchain(&format!("zig-{}-{}", zig.version, zig.host.dashed()))
}

/// Makes sure the toolchain is unpacked, and gives its folder. The network is used only when it is not.
pub(crate) fn fetch(
    workspace: &Workspace,
    zig: &ZigToolchain,
    offline: bool,
    events: &dyn Events,
) -> Result<Utf8PathBuf, BuildError> {
    let folder = folder(workspace, zig);
    if folder.exists() {
        return Ok(folder);
    }
    let wheel = workspace.downloads().join(&zig.file);
    if !wheel.exists() {
        if offline {
            return Err(BuildError::Offline {
                what: format!("the toolchain zig {}", zig.version),
                folder,
            });
        }
        download(workspace, zig, &wheel, events)?;
    }
    unpack(zig, &wheel, &folder, events)?;
    Ok(folder)
}

/// Compares the unpacked tree with its pin.
pub(crate) fn verify(
    workspace: &Workspace,
    zig: &ZigToolchain,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("the toolchain zig {}", zig.version);
    check_tree(&what, &folder(workspace, zig), "", &zig.tree_h1, events)
}

fn download(
    workspace: &Workspace,
    zig: &ZigToolchain,
    wheel: &Utf8PathBuf,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("the toolchain zig {}", zig.version);
    events.event(Event::Fetching { what: what.clone() });
    // pip takes hashes from a requirements file only (pip documentation, "Secure installs").
    let requirements = workspace.downloads().join("zig-requirements.txt");
    let pin = format!("{}=={} --hash=sha256:{}\n", zig.package, zig.version, zig.sha256);
    files::write(&requirements, pin.as_bytes(), files::Mode::Plain)?;
    let mut pip = Invocation::new(
        "python3",
        [
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "--progress-bar",
            "off",
        ],
    );
    pip.arguments.extend(
        ["-r", requirements.as_str(), "-d", workspace.downloads().as_str()].map(str::to_owned),
    );
    pip.inherit = true;
    let outcome = pip.check(&format!("fetching zig {} with pip", zig.version), None, &|_| {})?;
    let bytes = pinned(wheel, &zig.sha256)?.len() as u64;
    events.event(Event::Fetched { what, bytes, seconds: outcome.elapsed.as_secs_f64() });
    Ok(())
}

fn unpack(
    zig: &ZigToolchain,
    wheel: &Utf8PathBuf,
    folder: &Utf8PathBuf,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let what = format!("unpacking zig {}", zig.version);
    events.event(Event::Verifying { what: what.clone() });
    let started = Instant::now();
    let bytes = pinned(wheel, &zig.sha256)?;
    let staged = files::Staged::beside(folder)?;
    unpack::unpack(wheel, &bytes, "", staged.path(), unpack::TOOLCHAIN, &|path| {
        path == "ziglang/zig"
    })?;
    files::make_read_only(staged.path())?;
    staged.commit()?;
    events.event(Event::Verified { what, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}
