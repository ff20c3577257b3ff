//! Where things are, and how the binaries under test are run.

use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;
use std::process::Output;
use std::sync::LazyLock;

/// The root of the repository.
pub(crate) fn root() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Where tests build and write; it stays between runs, so that a second run is fast.
pub(crate) fn scratch(name: &str) -> Utf8PathBuf {
    let path = root().join("target/e2e").join(name);
    files::create_dir_all(&path).unwrap();
    path
}

/// A folder of its own for one test, empty.
pub(crate) fn empty(name: &str) -> Utf8PathBuf {
    let path = root().join("target/e2e").join(name);
    files::remove_tree(&path).unwrap();
    files::create_dir_all(&path).unwrap();
    path
}

/// A binary of the workspace, as `cargo xtask` builds it.
fn binary(name: &str) -> Utf8PathBuf {
    let path = root().join("target/release").join(name);
    assert!(path.exists(), "{path} is not built: run the tests with `cargo xtask test`");
    path
}

/// `cargo xtask VERB ...`, without cargo.
pub(crate) fn xtask(args: &[&str]) -> Command {
    let mut command = Command::new(binary("release"));
    command
        .args(args)
        .env("FIPSMITH_ROOT", root().as_str())
        .env("CI", "true")
        .env_remove("SOURCE_DATE_EPOCH");
    command
}

/// `fipsmith VERB ...`.
pub(crate) fn fipsmith(args: &[&str]) -> Command {
    let mut command = Command::new(binary("fipsmith"));
    command.args(args);
    command
}

/// Runs a command to its end; a failure of the test shows both streams.
pub(crate) fn run(command: &mut Command, code: i32) -> Output {
    let output = command.output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{command:?}\n--- stdout\n{}\n--- stderr\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    output
}

/// Standard output as JSON.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stdout)))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A release of the smoke profile: fetched, built, scanned, sealed, once for all tests.
pub(crate) static SMOKE: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let dist = scratch("smoke-dist");
    let output = run(
        xtask(&["release", "--profile", "smoke", "--format", "json"])
            .args(["--dist", dist.as_str()]),
        0,
    );
    Utf8PathBuf::from(json(&output)["release"].as_str().unwrap())
});

/// A copy of the smoke release that a test may damage.
pub(crate) fn copy_of_smoke(name: &str) -> Utf8PathBuf {
    let copy = empty(name).join(SMOKE.file_name().unwrap());
    files::copy_tree(&SMOKE, &copy).unwrap();
    copy
}

/// The toolchains of the quickstart profile, fetched and checked; gives `target/fipsmith/toolchains`.
pub(crate) static TOOLCHAINS: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    run(&mut xtask(&["fetch", "--profile", "quickstart"]), 0);
    root().join("target/fipsmith/toolchains")
});

/// Changes one bit in the middle of a file.
pub(crate) fn damage(file: &Utf8Path) {
    let mut bytes = files::read(file, 1 << 30).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    files::write(file, &bytes, files::Mode::Plain).unwrap();
}

/// Changes one bit of an archive of a release.
pub(crate) fn damage_an_archive(release: &Utf8Path) {
    let archive = files::walk(&release.join("archives")).unwrap().remove(0).path;
    damage(&release.join("archives").join(archive));
}
