//! Real fetches and builds of the smallest component, and what must stop them. State is kept in `target/fipsmith`, which
//! releases use too, so that only the first run downloads.

mod bench;
mod git;
mod tampering;
mod wrappers;

use bench::{Notes, build, shared, smoke};
use build::{Isolation, SandboxMode, isolation};
use std::process::ExitCode;

/// A named test; its doc comment says what would be wrong without it.
type Test = (&'static str, fn());

const TESTS: &[Test] = &[
    ("the_sandbox_hides_network_and_host", the_sandbox_hides_network_and_host),
    ("what_was_built_is_not_built_again", what_was_built_is_not_built_again),
    ("the_record_names_everything_and_no_host_path", the_record_names_everything_and_no_host_path),
    ("the_sandbox_changes_no_byte", the_sandbox_changes_no_byte),
    ("a_changed_published_byte_is_built_again", tampering::a_changed_published_byte_is_built_again),
    (
        "a_changed_line_of_the_snapshot_is_refused",
        tampering::a_changed_line_of_the_snapshot_is_refused,
    ),
    ("a_changed_source_file_is_refused", tampering::a_changed_source_file_is_refused),
    ("a_changed_source_digest_is_refused", tampering::a_changed_source_digest_is_refused),
    ("a_changed_toolchain_is_refused", tampering::a_changed_toolchain_is_refused),
    ("offline_names_what_is_missing", tampering::offline_names_what_is_missing),
    ("a_commit_is_built_from_git", git::a_commit_is_built_from_git),
    (
        "a_local_clone_gives_the_same_action_and_bytes",
        git::a_local_clone_gives_the_same_action_and_bytes,
    ),
    ("a_commit_that_is_not_there_is_named", git::a_commit_that_is_not_there_is_named),
    ("attributes_change_no_byte", git::attributes_change_no_byte),
    ("another_module_is_refused", git::another_module_is_refused),
    ("a_changed_checkout_is_refused", git::a_changed_checkout_is_refused),
    ("wrappers_are_made_again_byte_for_byte", wrappers::wrappers_are_made_again_byte_for_byte),
    ("a_bad_request_says_what_to_do", wrappers::a_bad_request_says_what_to_do),
];

fn main() -> ExitCode {
    if let Some(code) = build::sandbox_entry() {
        return code;
    }
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen = TESTS
        .iter()
        .filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|word| name.contains(word)));
    let failed = chosen.filter(|(name, test)| !passes(name, *test)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "this is the test harness")]
fn passes(name: &str, test: fn()) -> bool {
    let passed = std::panic::catch_unwind(test).is_ok();
    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    passed
}

/// Without it a machine that silently builds with the network on would pass. The probe tries, from inside, to reach the
/// network, to see the host, to write to inputs and to make a mount writable again.
fn the_sandbox_hides_network_and_host() {
    let guard = tempfile::tempdir().unwrap();
    let scratch = camino::Utf8PathBuf::from_path_buf(guard.path().join("probe")).unwrap();
    match isolation(SandboxMode::Auto, &scratch).unwrap() {
        Isolation::Namespaces => {}
        // Not every machine allows it; then `Require` must refuse.
        Isolation::None { why } => {
            assert!(
                isolation(SandboxMode::Require, &scratch).unwrap_err().to_string().contains(&why)
            );
        }
    }
}

/// Without it every release would take minutes.
fn what_was_built_is_not_built_again() {
    let workspace = shared();
    let first = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap();
    let second = build(&workspace, SandboxMode::Auto, &Notes::default()).unwrap();
    assert!(second.iter().all(build::Built::cached));
    let digests = |built: &[build::Built]| -> Vec<_> {
        built.iter().flat_map(|b| b.artifacts().iter().map(|a| a.sha256)).collect()
    };
    assert_eq!(digests(&first), digests(&second));
}

/// Without it a record could miss what a label rests on, or tell the world where it was built.
fn the_record_names_everything_and_no_host_path() {
    let built = build(&shared(), SandboxMode::Auto, &Notes::default()).unwrap();
    let record = built.first().unwrap().record();
    let objects: Vec<&str> =
        record.module_objects.iter().map(|object| object.module.as_str()).collect();
    assert!(objects.contains(&"go-cryptographic-module-v1.0.0"), "{objects:?}");
    assert!(record.toolchains.iter().any(|tool| tool.name == "go" && tool.version == "go1.27.4"));
    let plugins = record
        .modules
        .iter()
        .find(|module| module.path == "github.com/containernetworking/plugins")
        .unwrap();
    assert_eq!(plugins.licences, ["Apache-2.0"]);
    assert_eq!(plugins.h1, "h1:8oU6WsIsU3bpnNZuvHp74a6cE1MJwbj2P7s4/yTUNlA=");
    assert_eq!(record.action.digest(), record.digest);
    let text = serde_json::to_string(record).unwrap();
    assert!(!text.contains(shared().state().as_str()), "{text}");
}

/// Without it the label of a build would depend on whether the machine allows namespaces.
fn the_sandbox_changes_no_byte() {
    let inside = build(&shared(), SandboxMode::Auto, &Notes::default()).unwrap();
    let (_guard, other) = smoke();
    let outside = build(&other, SandboxMode::Off, &Notes::default()).unwrap();
    for (one, two) in inside.iter().zip(&outside) {
        assert_eq!(one.artifacts(), two.artifacts());
        assert!(matches!(two.record().run.sandbox, Isolation::None { .. }));
    }
}
