//! Rust: the host's own toolchain, of exactly the pinned release. What a build needs of it is copied, compared with its pin,
//! and read by nobody else; documentation, other targets and other tools stay behind.

use super::check_sum;
use crate::{BuildError, Event, Events, Missing, Workspace, dirhash::hash1, process::Invocation};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::RustToolchain;
use files::EntryKind;
use std::time::Instant;
use vocab::Sha256;

/// The compiler's library has 200 MB.
const FILE_LIMIT: u64 = 1 << 30;

/// What is copied: programs, and folders with everything in them.
const PROGRAMS: [&str; 2] = ["bin/rustc", "bin/cargo"];
const FOLDERS: [&str; 2] =
    ["lib/rustlib/x86_64-unknown-linux-gnu/lib", "lib/rustlib/x86_64-unknown-linux-gnu/bin/gcc-ld"];
const LINKER: &str = "lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld";

/// Where the copy stands.
pub(crate) fn folder(workspace: &Workspace, rust: &RustToolchain) -> Utf8PathBuf {
    workspace.toolchain(&format!("rust-{}-{}", rust.version, rust.host.dashed()))
}

/// Makes sure the copy is there.
pub(crate) fn fetch(
    workspace: &Workspace,
    rust: &RustToolchain,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let folder = folder(workspace, rust);
    if folder.exists() {
        return Ok(());
    }
    let sysroot = sysroot(rust).ok_or_else(|| absent(rust))?;
    let what = format!("copying rust {}", rust.version);
    events.event(Event::Verifying { what: what.clone() });
    let started = Instant::now();
    let staged = files::Staged::beside(&folder)?;
    for path in paths(&sysroot)? {
        let bytes = files::read(&sysroot.join(&path), FILE_LIMIT)?;
        let runs = path.starts_with("bin") || path.as_str().contains("/bin/");
        let mode = if runs { files::Mode::Executable } else { files::Mode::Plain };
        files::write_staged(&staged.path().join(&path), &bytes, mode)?;
    }
    let found = hash(staged.path())?;
    if found != rust.tree_h1 {
        return Err(BuildError::TreeChanged {
            what: format!("the toolchain rust {}", rust.version),
            folder: sysroot,
            expected: rust.tree_h1.clone(),
            found,
        });
    }
    files::make_read_only(staged.path())?;
    staged.commit()?;
    events.event(Event::Verified { what, seconds: started.elapsed().as_secs_f64() });
    Ok(())
}

/// Compares the copy with its pin.
pub(crate) fn verify(
    workspace: &Workspace,
    rust: &RustToolchain,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let (what, folder) = (format!("the toolchain rust {}", rust.version), folder(workspace, rust));
    check_sum(&what, &folder, &rust.tree_h1, events, || hash(&folder))
}

/// What the host lacks.
pub(crate) fn missing(rust: &RustToolchain) -> Option<Missing> {
    sysroot(rust).is_none().then(|| Missing {
        what: format!("Rust {}", rust.version),
        why: "the components of Rust are built with this release, so that their bytes are the same everywhere".to_owned(),
        remedy: remedy(rust),
        required: true,
    })
}

fn absent(rust: &RustToolchain) -> BuildError {
    BuildError::ToolchainAbsent { what: format!("rust {}", rust.version), remedy: remedy(rust) }
}

fn remedy(rust: &RustToolchain) -> String {
    format!("rustup toolchain install {} --profile minimal", rust.version)
}

/// The folder of the host's toolchain of this release: the one that rustup has under this name, or the default one.
fn sysroot(rust: &RustToolchain) -> Option<Utf8PathBuf> {
    let by_name = format!("+{}", rust.version);
    let ask = |arguments: &[&str]| {
        let mut rustc = Invocation::new("rustc", arguments.iter().copied());
        rustc.inherit = true;
        let outcome = rustc.run(None, &|_| {}).ok()?;
        let text = String::from_utf8(outcome.stdout).ok()?;
        outcome.status.success().then(|| text.trim().to_owned())
    };
    [vec![by_name.as_str()], vec![]].into_iter().find_map(|first| {
        let version = ask(&[&first[..], &["--version"]].concat())?;
        let right = version.split_whitespace().nth(1) == Some(rust.version.as_str());
        let folder = right.then(|| ask(&[&first[..], &["--print", "sysroot"]].concat()))??;
        Some(Utf8PathBuf::from(folder))
    })
}

/// What a build needs of a toolchain, sorted.
fn paths(sysroot: &Utf8Path) -> Result<Vec<Utf8PathBuf>, BuildError> {
    let mut paths: Vec<Utf8PathBuf> = PROGRAMS.into_iter().map(Utf8PathBuf::from).collect();
    paths.push(LINKER.into());
    for folder in FOLDERS {
        let entries = files::walk(&sysroot.join(folder))?;
        paths.extend(entries.into_iter().map(|entry| Utf8Path::new(folder).join(entry.path)));
    }
    // Beside the folder of targets lie the compiler's own libraries, and nothing else.
    for item in sysroot.join("lib").read_dir_utf8()? {
        let item = item?;
        if item.file_type()?.is_file() {
            paths.push(Utf8Path::new("lib").join(item.file_name()));
        }
    }
    paths.sort();
    Ok(paths)
}

fn hash(folder: &Utf8Path) -> Result<String, BuildError> {
    let mut files = Vec::new();
    for entry in files::walk(folder)? {
        if entry.kind != EntryKind::File {
            return Err(files::FileError::NotRegular { path: folder.join(entry.path) }.into());
        }
        let digest = Sha256::of(&files::read(&folder.join(&entry.path), FILE_LIMIT)?);
        files.push((entry.path.into_string(), digest));
    }
    Ok(hash1(files))
}
