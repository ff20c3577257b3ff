//! Bad input: each gets its own clear error and exit code, and nothing is lost.

use crate::support::{SMOKE, empty, fipsmith, json, root, run, text, xtask};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use std::time::Duration;

/// A copy of `manifests/` that a test may break, beside the example keys.
pub(crate) fn repository(name: &str) -> Utf8PathBuf {
    let copy = empty(name);
    files::copy_tree(&root().join("manifests"), &copy.join("manifests")).unwrap();
    files::copy_tree(&root().join("keys.example"), &copy.join("keys.example")).unwrap();
    copy
}

/// The binary `release` on such a copy, with the real state folder.
pub(crate) fn at<'a>(copy: &'a Utf8Path, args: &[&'a str]) -> Command {
    let mut command = xtask(args);
    command
        .env("FIPSMITH_ROOT", copy.as_str())
        .args(["--state", root().join("target/fipsmith").as_str()]);
    command
}

fn edit(path: &Utf8Path, from: &str, to: &str) {
    let text = files::read_text(path, 1 << 22).unwrap();
    assert!(text.contains(from), "{path} has no `{from}`");
    files::write(path, text.replacen(from, to, 1).as_bytes(), files::Mode::Plain).unwrap();
}

/// Without it a mistake would be found one at a time, hours apart.
#[test]
fn every_mistake_in_every_manifest_is_named_at_once_with_its_line() {
    let copy = repository("mistakes");
    edit(&copy.join("manifests/components/etcd.toml"), "go-native", "go-fips");
    edit(&copy.join("manifests/components/crictl.toml"), "licence =", "license =");
    edit(&copy.join("manifests/profiles/smoke.toml"), "cni-plugins", "cni-plugin");
    let error = text(&run(&mut at(&copy, &["plan", "--profile", "smoke"]), 2).stderr);
    for part in [
        "etcd.toml:",
        "go-fips",
        "go-boringcrypto",
        "crictl.toml:",
        "license",
        "smoke.toml:",
        "cni-plugin",
    ] {
        assert!(error.contains(part), "no `{part}` in\n{error}");
    }
}

/// Without it a source could change under an unchanged version.
#[test]
fn a_changed_source_digest_stops_the_build() {
    let copy = repository("changed-digest");
    let sums = copy.join("manifests/wrappers/cni-plugins/go.sum");
    let text_of = files::read_text(&sums, 1 << 22).unwrap();
    let line = text_of
        .lines()
        .find(|line| {
            line.starts_with("github.com/containernetworking/plugins ") && !line.contains("/go.mod")
        })
        .unwrap();
    let digest = line.split("h1:").nth(1).unwrap();
    edit(
        &sums,
        digest,
        &format!("{}{}", if digest.starts_with('A') { "B" } else { "A" }, &digest[1..]),
    );
    let error = text(&run(&mut at(&copy, &["build", "--profile", "smoke"]), 1).stderr);
    assert!(error.contains("source digest changed"), "{error}");
}

/// Without it a missing tool would surface in the middle of the work, one after another.
#[test]
fn a_machine_without_go_and_python_is_told_both_at_once_before_any_work() {
    let nowhere = empty("no-tools");
    let mut command = xtask(&[
        "release",
        "--profile",
        "quickstart",
        "--dist",
        nowhere.join("dist").as_str(),
        "--state",
        nowhere.join("state").as_str(),
    ]);
    let error = text(&run(command.env("PATH", nowhere.as_str()), 1).stderr);
    assert!(error.contains("Go") && error.contains("pip") && error.contains("hint:"), "{error}");
    assert!(!nowhere.join("dist").exists());
}

/// Without it a passphrase could be wrong after minutes of building, or end up in an error.
#[test]
fn a_wrong_passphrase_open_key_files_and_unencrypted_keys_are_refused() {
    let dir = empty("bad-keys");
    let (keys, right, wrong) = (dir.join("keys"), dir.join("right"), dir.join("wrong"));
    files::write(&right, b"right passphrase 1\n", files::Mode::Private).unwrap();
    files::write(&wrong, b"wrong passphrase 2\n", files::Mode::Private).unwrap();
    run(&mut xtask(&["keys", "new", keys.as_str(), "--passphrase-file", right.as_str()]), 0);
    let check = |passphrase: &Utf8Path| {
        text(
            &run(
                &mut xtask(&[
                    "keys",
                    "check",
                    keys.as_str(),
                    "--passphrase-file",
                    passphrase.as_str(),
                ]),
                2,
            )
            .stderr,
        )
    };
    let error = check(&wrong);
    assert!(error.contains("passphrase") && !error.contains("wrong passphrase 2"), "{error}");
    run(Command::new("chmod").args(["644", keys.join("seal.key.pem").as_str()]), 0);
    assert!(check(&right).contains("0600"));
    run(Command::new("chmod").args(["600", keys.join("seal.key.pem").as_str()]), 0);
    let open = Command::new("openssl")
        .args(["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output()
        .unwrap();
    files::write(&keys.join("seal.key.pem"), &open.stdout, files::Mode::Private).unwrap();
    check(&right);
}

/// Without it a scan could pass by looking at nothing, or die of what it looks at.
#[test]
fn a_scan_of_nothing_of_ruins_and_of_forgeries_is_never_a_pass() {
    let _ = &*SMOKE;
    let dir = empty("ruins");
    assert_eq!(
        json(&run(&mut fipsmith(&["scan", "--format", "json", dir.as_str()]), 1))["result"],
        "fail"
    );
    run(&mut fipsmith(&["scan", "--format", "json", dir.join("none").as_str()]), 2);
    let program = root().join("target/release/fipsmith");
    let whole = files::read(&program, 1 << 30).unwrap();
    for (name, bytes) in [
        ("empty", vec![]),
        ("header", whole[..64].to_vec()),
        ("half", whole[..whole.len() / 2].to_vec()),
        ("forged", [b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".as_slice(), &[0xff; 4096]].concat()),
    ] {
        files::write(&dir.join(name), &bytes, files::Mode::Executable).unwrap();
        let report =
            json(&run(&mut fipsmith(&["scan", "--format", "json", dir.join(name).as_str()]), 1));
        let verdict = &report["artifacts"][0]["verdict"];
        // Half of our own program still holds the code of the crates that sign and hash: that it is cut off as well does not
        // make it better.
        let expected = if name == "half" { "not-validated" } else { "undetermined" };
        assert_eq!(verdict, expected, "{name}");
        let findings = report["artifacts"][0]["findings"].to_string();
        assert!(findings.contains("\"unreadable\"") || name == "empty", "{name}: {findings}");
    }
    // A Go program without its last third has lost what it would be judged by.
    let etcd = files::walk(&root().join("target/fipsmith/actions")).unwrap();
    let real = etcd.iter().find(|entry| entry.path.file_name() == Some("host-local"));
    let bytes =
        files::read(&root().join("target/fipsmith/actions").join(&real.unwrap().path), 1 << 30)
            .unwrap();
    files::write(&dir.join("cut"), &bytes[..bytes.len() * 2 / 3], files::Mode::Executable).unwrap();
    let report =
        json(&run(&mut fipsmith(&["scan", "--format", "json", dir.join("cut").as_str()]), 1));
    assert_ne!(report["artifacts"][0]["label"], "full");
}

/// Without it a release cut off in the middle could take the place of a good one.
#[test]
fn a_kill_in_the_middle_leaves_the_old_release_and_the_next_run_finishes() {
    let dist = empty("killed-dist");
    let args = ["release", "--profile", "smoke", "--offline", "--force", "--dist", dist.as_str()];
    let _ = &*SMOKE;
    run(&mut xtask(&args), 0);
    let folder = dist.join(SMOKE.file_name().unwrap());
    let before = files::read(&folder.join("manifest.dsse.json"), 1 << 26).unwrap();
    for milliseconds in [5, 40, 120, 300, 600] {
        // A fast machine may have finished before: then there was no kill, and a release all the same.
        let _ = xtask(&args).timeout(Duration::from_millis(milliseconds)).output();
        // Whatever the moment: a whole release stands there, and it verifies.
        run(&mut fipsmith(&["verify", folder.as_str(), "--allow-example-keys"]), 0);
    }
    run(&mut xtask(&args), 0);
    assert_eq!(files::read(&folder.join("manifest.dsse.json"), 1 << 26).unwrap(), before);
}

/// Without it a full disk could leave half a release, or hide behind another error.
#[test]
fn a_full_disk_is_named_and_the_old_release_stays() {
    let mount = empty("full-disk");
    let mounted =
        Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).output();
    assert!(
        mounted.is_ok_and(|output| output.status.success()),
        "this test needs a mount namespace of its own"
    );
    let script = format!(
        "mount -t tmpfs -o size=2m none {mount} && FIPSMITH_ROOT={root} {root}/target/release/release release --profile smoke --offline --force --sandbox off --dist {mount}/dist; code=$?; find {mount} -name '*.json' | wc -l; exit $code",
        root = root()
    );
    let _ = &*SMOKE;
    let output = run(
        Command::new("unshare").args([
            "--user",
            "--map-root-user",
            "--mount",
            "bash",
            "-c",
            &script,
        ]),
        1,
    );
    let error = text(&output.stderr);
    assert!(error.contains("No space left on device"), "{error}");
    assert_eq!(text(&output.stdout).trim(), "0", "half a release is left");
}
