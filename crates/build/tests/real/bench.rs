//! Workspaces for tests: the shared one, and throw-away ones that borrow its toolchains and compiler caches.

use build::{BuildError, Built, Event, Events, Options, Plan, SandboxMode, Selection, Workspace};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Catalog;
use std::sync::Mutex;

/// Keeps the notes of a build.
#[derive(Default)]
pub(crate) struct Notes(pub(crate) Mutex<Vec<String>>);

impl Events for Notes {
    fn event(&self, event: Event) {
        if let Event::Note(note) = event {
            self.0.lock().unwrap().push(note);
        }
    }
}

fn root() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize_utf8().unwrap()
}

/// The repository's own state folder, or the one named by `FIPSMITH_STATE`.
pub(crate) fn shared() -> Workspace {
    let state = std::env::var("FIPSMITH_STATE")
        .map_or_else(|_| root().join("target/fipsmith"), Utf8PathBuf::from);
    Workspace::new(&root().join("manifests"), &state).unwrap()
}

/// A workspace of its own with the shared toolchain and compiler cache, and its own sources and outputs.
pub(crate) fn smoke() -> (tempfile::TempDir, Workspace) {
    let guard = tempfile::tempdir().unwrap();
    let workspace = at(guard.path(), &root().join("manifests"));
    (guard, workspace)
}

/// The same with manifests of the caller's.
pub(crate) fn at(folder: &std::path::Path, manifests: &Utf8Path) -> Workspace {
    // What is borrowed must be there.
    drop(build(&shared(), SandboxMode::Auto, &Notes::default()).unwrap());
    let state = Utf8PathBuf::from_path_buf(folder.join("state")).unwrap();
    files::create_dir_all(&state).unwrap();
    for name in ["toolchains", "cache"] {
        std::os::unix::fs::symlink(shared().state().join(name), state.join(name)).unwrap();
    }
    Workspace::new(manifests, &state).unwrap()
}

/// The plan of the smallest profile.
pub(crate) fn plan(workspace: &Workspace) -> Plan {
    let catalog = Catalog::load(workspace.manifests()).unwrap();
    let profile = catalog.profiles.get(&"smoke".parse().unwrap()).unwrap();
    build::plan(&catalog, profile, &Selection::default(), workspace).unwrap()
}

/// Plans, fetches and builds it.
pub(crate) fn build(
    workspace: &Workspace,
    sandbox: SandboxMode,
    notes: &Notes,
) -> Result<Vec<Built>, BuildError> {
    let plan = plan(workspace);
    let toolbox = build::fetch(&plan, workspace, false, notes)?;
    let options = Options { sandbox, ..Options::default() };
    build::build(&plan, &toolbox, options, notes).map_err(|mut errors| errors.remove(0))
}
