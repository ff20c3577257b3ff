//! The checker as a component: built from this very repository with the validated module, and then it must behave like the one
//! that tests it.

use crate::support::{SMOKE, fipsmith, json, root, run, scratch, text, xtask};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use inspect::{BinaryFacts, Limits};
use serde_json::Value;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::LazyLock;

/// The program out of the release of the profile `checker`: built once for all tests, and again when its sources change.
static CHECKER: LazyLock<Utf8PathBuf> = LazyLock::new(|| {
    let dist = scratch("checker-dist");
    let args = ["release", "--profile", "checker", "--format", "json", "--dist", dist.as_str()];
    let release = Utf8PathBuf::from(json(&run(&mut xtask(&args), 0))["release"].as_str().unwrap());
    let archive = release.join("archives/fipsmith-v0.1.0+fips.0-linux-amd64.tar.gz");
    let folder = scratch("checker");
    run(Command::new("tar").args(["-xzf", archive.as_str(), "-C", folder.as_str()]), 0);
    let found = files::walk(&folder).unwrap();
    folder
        .join(&found.iter().find(|entry| entry.path.file_name() == Some("fipsmith")).unwrap().path)
});

fn facts(program: &Utf8Path) -> (Vec<u8>, BinaryFacts) {
    let bytes = files::read(program, 1 << 28).unwrap();
    let facts = inspect::inspect(&bytes, &Limits::default());
    (bytes, facts)
}

fn scan_of(program: &Utf8Path, code: i32) -> Value {
    let output = run(&mut fipsmith(&["scan", "--format", "json", program.as_str()]), code);
    json(&output)["artifacts"][0].clone()
}

/// Without it the checker would ask of others what it is not itself: validated, nothing beside it, no answer needed.
#[test]
fn the_released_checker_is_full_by_its_own_scan() {
    let report = scan_of(&CHECKER, 0);
    assert_eq!((&report["verdict"], &report["label"]), (&"pass".into(), &"full".into()));
    let module = &report["modules"][0];
    assert_eq!(
        (&module["id"], &module["certificate"], &module["active"]),
        (&"aws-lc-fips-3.1.0-static".into(), &5314.into(), &true.into())
    );
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["severity"] == "note"), "{findings:?}");
    let said = run(Command::new(CHECKER.as_str()).arg("--version"), 0);
    assert!(text(&said.stdout).contains("aws-lc-fips-3.1.0-static, CMVP certificate #5314"));
}

/// Without it an operator's old C library could be the one that the checker runs on, or none.
#[test]
fn the_released_checker_is_one_static_file_without_paths_of_its_build() {
    let (bytes, facts) = facts(&CHECKER);
    let program = facts.program.unwrap();
    assert!(program.interpreter.is_none() && program.needed.is_empty(), "{program:?}");
    let root = root();
    for path in [root.as_str(), "/fipsmith/tmp", "/fipsmith/cargocache"] {
        assert!(!bytes.windows(path.len()).any(|window| window == path.as_bytes()), "{path}");
    }
}

/// Without it the two providers could disagree about a digest, an integrity value or a signature.
#[test]
fn both_providers_see_the_same() {
    let smoke = SMOKE.as_str();
    let verify = ["verify", smoke, "--allow-example-keys", "--format", "json"];
    let of = |mut command: Command, code: i32| json(&run(&mut command, code));
    let checker = |args: &[&str]| {
        let mut command = Command::new(CHECKER.as_str());
        command.args(args);
        command
    };
    assert_eq!(of(checker(&verify), 0), of(fipsmith(&verify), 0));
    // BoringCrypto's and Go's integrity values, archives, images and a native program.
    let archives = SMOKE.join("archives");
    for path in [archives.as_str(), CHECKER.as_str(), "/bin/ls"] {
        let args = ["scan", "--format", "json", "--policy", "fips140-3-active", path];
        let code = fipsmith(&args).output().unwrap().status.code().unwrap();
        assert_eq!(of(checker(&args), code), of(fipsmith(&args), code), "{path}");
    }
}

/// Without it a release that was forged could pass where the other provider checks it.
#[test]
fn the_released_checker_refuses_a_changed_signature() {
    let copy = crate::support::copy_of_smoke("checker-forged");
    let signature = copy.join("manifest.seal.sig");
    let mut bytes = files::read(&signature, 1 << 16).unwrap();
    bytes[100] ^= 1;
    files::write(&signature, &bytes, files::Mode::Plain).unwrap();
    let args = ["verify", copy.as_str(), "--allow-example-keys"];
    run(Command::new(CHECKER.as_str()).args(args), 1);
}

/// Without it the module would be a name in a program, and not one that checks itself.
#[test]
fn one_changed_bit_of_the_module_stops_the_program_and_is_seen() {
    let (mut bytes, facts) = facts(&CHECKER);
    let text_offset = usize::try_from(facts.native.unwrap().boring.unwrap().offset).unwrap();
    bytes[text_offset + 500_000] ^= 1;
    let changed = scratch("checker-changed").join("fipsmith");
    files::write(&changed, &bytes, files::Mode::Executable).unwrap();
    assert_eq!(scan_of(&changed, 1)["verdict"], "tampered");
    let output = Command::new(changed.as_str()).arg("--version").output().unwrap();
    // SIGABRT
    assert_eq!(output.status.signal(), Some(6), "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("FIPS integrity test failed"),
        "{}",
        text(&output.stderr)
    );
}
