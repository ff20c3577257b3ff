//! What somebody could change behind our back, each noticed before it can reach a binary.

use crate::bench::{Notes, at, build, plan, shared, smoke};
use build::{BuildError, SandboxMode};
use camino::Utf8Path;
use std::os::unix::fs::PermissionsExt as _;

/// Changes a file that is read-only, as somebody with the right to would.
fn change(path: &Utf8Path, edit: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = files::read(path, 1 << 30).unwrap();
    edit(&mut bytes);
    let folder = path.parent().unwrap();
    fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    files::write(path, &bytes, files::Mode::Plain).unwrap();
}

/// Without it a changed program in the cache would be signed as if it had been built.
pub(crate) fn a_changed_published_byte_is_built_again() {
    let (_guard, workspace) = smoke();
    let first = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap();
    let digest = first[0].record().digest;
    let path = workspace.state().join(format!("actions/{digest}/artifacts/loopback"));
    change(&path, |bytes| bytes[100_000] ^= 1);
    let notes = Notes::default();
    let second = build(&workspace, SandboxMode::Auto, &notes).unwrap();
    assert!(!second[0].cached());
    assert_eq!(second[0].artifacts(), first[0].artifacts());
    let notes = notes.0.lock().unwrap().join("\n");
    assert!(
        notes.contains("is built again") && notes.contains("was changed after it was built"),
        "{notes}"
    );
}

/// Without it one line changed in the folder that Go unpacks the certified snapshot into gives a program that passes its
/// own self-test and says it is the certified module.
pub(crate) fn a_changed_line_of_the_snapshot_is_refused() {
    let (_guard, workspace) = smoke();
    drop(build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap());
    files::remove_tree(&workspace.state().join("actions")).unwrap();
    let folder = "modcache/golang.org/fips140@v1.0.0-c2097c7c/fips140/v1.0.0-c2097c7c/sha256";
    change(&workspace.state().join(folder).join("sha256.go"), |bytes| {
        bytes.extend(b"\nvar tampered = true\n");
    });
    let error = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap_err();
    assert!(matches!(&error, BuildError::TreeChanged { .. }), "{error}");
    assert!(error.to_string().contains("snapshot v1.0.0-c2097c7c"), "{error}");
    assert!(!workspace.state().join("actions").exists(), "nothing was built");
}

/// Without it a changed file of an unpacked module would be compiled under the honest version's name.
pub(crate) fn a_changed_source_file_is_refused() {
    let (_guard, workspace) = smoke();
    drop(build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap());
    files::remove_tree(&workspace.state().join("actions")).unwrap();
    let module =
        "modcache/github.com/containernetworking/plugins@v1.9.1/plugins/main/loopback/loopback.go";
    change(&workspace.state().join(module), |bytes| bytes.extend(b"\n// tampered\n"));
    let error = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("source digest changed: github.com/containernetworking/plugins v1.9.1"),
        "{text}"
    );
}

/// Without it a source that somebody republished would be built under its old name.
pub(crate) fn a_changed_source_digest_is_refused() {
    let guard = tempfile::tempdir().unwrap();
    let manifests = Utf8Path::from_path(guard.path()).unwrap().join("manifests");
    files::copy_tree(shared().manifests(), &manifests).unwrap();
    let workspace = at(guard.path(), &manifests);
    let honest = "h1:8oU6WsIsU3bpnNZuvHp74a6cE1MJwbj2P7s4/yTUNlA=";
    change(&manifests.join("wrappers/cni-plugins/go.sum"), |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(honest));
        *bytes =
            text.replace(honest, "h1:9oU6WsIsU3bpnNZuvHp74a6cE1MJwbj2P7s4/yTUNlA=").into_bytes();
    });
    let error = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap_err();
    assert!(matches!(&error, BuildError::SourceChanged { .. }), "{error}");
    assert!(error.hint().unwrap().contains("manifests/wrappers/cni-plugins/go.sum"));
}

/// Without it a compiler that somebody changed on this disk would build everything.
pub(crate) fn a_changed_toolchain_is_refused() {
    let guard = tempfile::tempdir().unwrap();
    let workspace = at(guard.path(), shared().manifests());
    let name = "toolchains/go1.27.4-linux-amd64";
    fs_err::remove_file(workspace.state().join("toolchains")).unwrap();
    for part in ["VERSION", "go.env"] {
        let bytes = files::read(&shared().state().join(name).join(part), 1 << 20).unwrap();
        files::write(&workspace.state().join(name).join(part), &bytes, files::Mode::Plain).unwrap();
    }
    let error = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap_err();
    assert!(error.to_string().starts_with("the toolchain go1.27.4 below"), "{error}");
    assert!(error.hint().unwrap().contains("cargo xtask fetch"));
}

/// Without it `--offline` would wait for a network that is not there, or fail without a word of help.
pub(crate) fn offline_names_what_is_missing() {
    let guard = tempfile::tempdir().unwrap();
    let state = camino::Utf8PathBuf::from_path_buf(guard.path().join("state")).unwrap();
    let workspace = build::Workspace::new(shared().manifests(), &state).unwrap();
    let error = build::fetch(&plan(&workspace), &workspace, true, &build::Silent).unwrap_err();
    assert!(error.to_string().contains("the toolchain go1.27.4 is not in"), "{error}");
    assert!(error.hint().unwrap().contains("cargo xtask fetch"));
}
