//! The cryptographic module objects inside a Go toolchain, and the folder Go unpacks a snapshot into.
//!
//! The tree hash already says that the toolchain is the pinned one. This says that the pin itself is one whose modules
//! the registry knows: a new toolchain with a new module object is refused until somebody gave the object a row.

use super::check_tree;
use crate::{BuildError, Event, Events, Workspace, plan::KnownObjects, unpack};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use vocab::{ModuleId, Sha256};

const OBJECT_LIMIT: u64 = 64 << 20;

/// A module object that a toolchain holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleObject {
    /// The file, below the toolchain's folder.
    pub file: String,
    /// Its digest.
    pub sha256: Sha256,
    /// The registry row it belongs to.
    pub module: ModuleId,
}

/// Every module object of a Go toolchain, each found in the registry; one that is not there is an error.
pub(crate) fn verify(
    go: &Utf8Path,
    version: &str,
    known: &KnownObjects,
) -> Result<Vec<ModuleObject>, BuildError> {
    let mut objects = Vec::new();
    for (folder, extension) in [("lib/fips140", "zip"), ("src/crypto/internal/boring/syso", "syso")]
    {
        for entry in files::walk(&go.join(folder))? {
            if entry.path.extension() != Some(extension) {
                continue;
            }
            let file = format!("{folder}/{}", entry.path);
            let sha256 = Sha256::of(&files::read(&go.join(&file), OBJECT_LIMIT)?);
            let Some(module) = known.file(&sha256).cloned() else {
                return Err(BuildError::UnknownModuleObject {
                    toolchain: version.to_owned(),
                    file,
                    found: sha256,
                });
            };
            objects.push(ModuleObject { file, sha256, module });
        }
    }
    Ok(objects)
}

/// Where the Go command looks for an unpacked snapshot (cmd/go/internal/fips140).
fn snapshot_folder(workspace: &Workspace, snapshot: &str) -> Utf8PathBuf {
    workspace.modcache().join(format!("golang.org/fips140@{snapshot}"))
}

/// Unpacks a snapshot if it is not there, and hashes it in any case: the Go command takes the folder as it finds it, and
/// a line changed there gives a program that passes its own self-test.
pub(crate) fn prime_snapshot(
    workspace: &Workspace,
    go: &Utf8Path,
    snapshot: &str,
    h1: &str,
    events: &dyn Events,
) -> Result<(), BuildError> {
    let folder = snapshot_folder(workspace, snapshot);
    let prefix = format!("golang.org/fips140@{snapshot}/");
    if !folder.exists() {
        let zip = go.join(format!("lib/fips140/{snapshot}.zip"));
        let staged = files::Staged::beside(&folder)?;
        unpack::unpack(
            &zip,
            &files::read(&zip, OBJECT_LIMIT)?,
            &prefix,
            staged.path(),
            unpack::TOOLCHAIN,
            &|_| false,
        )?;
        files::make_read_only(staged.path())?;
        staged.commit()?;
        events.event(Event::Note(format!("unpacked the certified snapshot {snapshot}")));
    }
    // From Go 1.27 on the Go command unpacks the snapshot again unless this file names its sum; in the sandbox it could not.
    let mark = workspace
        .modcache()
        .join(format!("cache/download/golang.org/fips140/@v/{snapshot}.ziphash"));
    if files::read(&mark, h1.len() as u64).ok().as_deref() != Some(h1.as_bytes()) {
        files::write(&mark, h1.as_bytes(), files::Mode::Plain)?;
    }
    check_tree(&format!("the unpacked snapshot {snapshot}"), &folder, &prefix, h1, events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::Registry;

    /// A folder laid out like a toolchain, with one module object of the given content.
    fn toolchain(folder: &Utf8Path, object: &[u8]) {
        files::create_dir_all(&folder.join("lib/fips140")).unwrap();
        let syso = folder.join("src/crypto/internal/boring/syso/goboringcrypto_linux_amd64.syso");
        files::write(&syso, object, files::Mode::Plain).unwrap();
    }

    #[test]
    fn a_module_object_without_a_row_is_refused_by_file_and_digest() {
        let guard = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(guard.path()).unwrap();
        toolchain(folder, b"another BoringCrypto");
        let error =
            verify(folder, "go1.99.0", &KnownObjects::of(Registry::embedded())).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("goboringcrypto_linux_amd64.syso` of go1.99.0"), "{text}");
        assert!(text.contains(&Sha256::of(b"another BoringCrypto").to_string()), "{text}");
        assert!(error.hint().unwrap().contains("manifests/modules.toml"));
    }

    #[test]
    fn the_registry_knows_the_certified_snapshot() {
        let known = KnownObjects::of(Registry::embedded());
        assert_eq!(
            known.snapshot_h1("v1.0.0-c2097c7c"),
            Some("h1:YapsF69QWGwygaBqdI0rp7IfE5a6tAwepNAHONVcWqQ=")
        );
    }
}
