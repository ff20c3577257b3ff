//! The whole chain on real components: one command from pinned sources to a sealed, labelled, verified release.

use crate::support::{SMOKE, empty, fipsmith, json, root, run, scratch, text, xtask};
use assert_cmd::Command;
use camino::Utf8Path;
use serde_json::Value;

fn release<'a>(args: &[&'a str], dist: &'a Utf8Path) -> Command {
    let mut command =
        xtask(&["release", "--profile", "smoke", "--format", "json", "--dist", dist.as_str()]);
    command.args(args);
    command
}

/// Without it nothing would show that the chain ends in a release that says what is true of real programs.
#[test]
fn a_release_of_real_components_is_sealed_labelled_and_verified() {
    let output = run(
        &mut fipsmith(&["verify", SMOKE.as_str(), "--allow-example-keys", "--format", "json"]),
        0,
    );
    let report = json(&output);
    assert_eq!(
        (&report["result"], &report["label"], &report["exampleKeys"]),
        (&"pass".into(), &"full".into(), &true.into())
    );
    let scan: Value =
        serde_json::from_slice(&files::read(&SMOKE.join("scan.json"), 1 << 24).unwrap()).unwrap();
    let verdict = |name: &str| {
        let artifacts = scan["artifacts"].as_array().unwrap();
        artifacts.iter().find(|a| a["path"].as_str().unwrap().ends_with(name)).unwrap()["verdict"]
            .clone()
    };
    // `loopback` links no cryptography, and that is proved; `host-local` hashes inside the module.
    assert_eq!((verdict("/loopback"), verdict("/host-local")), ("no-crypto".into(), "pass".into()));
}

/// Without it an unsuspecting operator could take a demo for a release.
#[test]
fn a_release_signed_by_example_keys_is_refused_unless_asked_for() {
    let output = run(&mut fipsmith(&["verify", SMOKE.as_str()]), 1);
    assert!(text(&output.stdout).contains("example"), "{}", text(&output.stdout));
    let sbom = files::read_text(&SMOKE.join("sbom.cdx.json"), 1 << 26).unwrap();
    let builds = files::read_text(&SMOKE.join("BUILDS.md"), 1 << 20).unwrap();
    assert!(
        sbom.contains("fipsmith:keys:example") && builds.to_lowercase().contains("example keys"),
        "{builds}"
    );
}

/// Without it every run would build again, and nobody would run it twice.
#[test]
fn an_unchanged_release_is_not_built_again_and_its_bytes_stay() {
    let dist = SMOKE.parent().unwrap();
    let before = files::read(&SMOKE.join("manifest.dsse.json"), 1 << 26).unwrap();
    let output = run(&mut release(&[], dist), 0);
    assert_eq!(json(&output)["unchanged"], true);
    assert!(!text(&output.stderr).contains("built"), "{}", text(&output.stderr));
    assert_eq!(files::read(&SMOKE.join("manifest.dsse.json"), 1 << 26).unwrap(), before);
}

/// Without it an archive could carry a date, a path or the order of threads.
#[test]
fn the_same_inputs_give_the_same_release_whatever_the_folder_and_the_jobs() {
    let dist = empty("again");
    let manifest: Value = payload(&SMOKE);
    let day = manifest["predicate"]["asOf"].as_str().unwrap();
    let output = run(&mut release(&["--jobs", "2", "--as-of", day, "--offline"], &dist), 0);
    let other = json(&output)["release"].as_str().unwrap().to_owned();
    let list = |folder: &Utf8Path| -> Vec<(String, Vec<u8>)> {
        let entries = files::walk(folder).unwrap();
        entries
            .into_iter()
            .map(|e| (e.path.to_string(), files::read(&folder.join(&e.path), 1 << 30).unwrap()))
            .collect()
    };
    for (one, two) in list(&SMOKE).iter().zip(&list(Utf8Path::new(&other))) {
        assert_eq!(one.0, two.0);
        assert!(one.1 == two.1, "{} differs", one.0);
    }
}

fn payload(folder: &Utf8Path) -> Value {
    // The PAE ends with the payload: `DSSEv1 LEN TYPE LEN BODY`.
    let pae = files::read(&folder.join("manifest.pae"), 1 << 26).unwrap();
    let start = pae.iter().position(|byte| *byte == b'{').unwrap();
    serde_json::from_slice(&pae[start..]).unwrap()
}

/// Without it "reproducible" would be a word.
#[test]
fn a_second_build_in_another_folder_with_cold_caches_gives_the_same_bytes() {
    run(
        &mut xtask(&[
            "build",
            "--profile",
            "smoke",
            "--component",
            "cni-plugins",
            "--rebuild-check",
            "--offline",
        ]),
        0,
    );
}

/// Without it a build could fetch what no pin covers, or read the host.
#[test]
fn a_build_runs_without_network_in_a_sandbox_and_the_record_says_so() {
    let manifest = payload(&SMOKE);
    let action = &manifest["predicate"]["build"]["actions"][0];
    assert_eq!(action["environment"]["GOPROXY"], "off");
    assert_eq!(action["sandbox"]["kind"], "namespaces", "{action}");
    let whole = manifest.to_string();
    assert!(!whole.contains(root().as_str()), "a path of this machine is in the manifest");
}

/// Without it the second architecture would be a promise.
#[test]
fn the_same_component_builds_for_arm64_and_is_judged_there() {
    let state = root().join("target/fipsmith");
    let output = run(
        &mut xtask(&[
            "build",
            "--profile",
            "quickstart",
            "--component",
            "cni-plugins",
            "--target",
            "linux/arm64",
            "--format",
            "json",
        ]),
        0,
    );
    let lines = json(&output);
    let digest = lines
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["artifact"] == "host-local")
        .unwrap()["sha256"]
        .clone();
    let programs: Vec<_> = files::walk(&state.join("actions"))
        .unwrap()
        .into_iter()
        .filter(|e| e.path.file_name() == Some("host-local"))
        .collect();
    let report = json(
        &fipsmith(&["scan", "--format", "json"])
            .args(programs.iter().map(|e| state.join("actions").join(&e.path)))
            .output()
            .unwrap(),
    );
    let artifact =
        report["artifacts"].as_array().unwrap().iter().find(|a| a["sha256"] == digest).unwrap();
    assert_eq!((&artifact["verdict"], &artifact["label"]), (&"pass".into(), &"full".into()));
}

/// Without it a plan could not be read before hours are spent.
#[test]
fn a_plan_and_a_dry_run_show_every_step_and_do_nothing() {
    let dist = empty("dry");
    let plan = text(&run(&mut xtask(&["plan", "--profile", "quickstart"]), 0).stdout);
    for word in [
        "etcd v3.7.3 linux/amd64 go-native",
        "crictl v1.36.0 linux/arm64 go-boringcrypto",
        "-trimpath",
    ] {
        assert!(plan.contains(word), "no {word} in\n{plan}");
    }
    run(
        &mut xtask(&["release", "--profile", "quickstart", "--dry-run", "--dist", dist.as_str()]),
        0,
    );
    assert_eq!(files::walk(&dist).unwrap(), [], "a dry run wrote something");
}

/// Without it a vendor could not sign with keys of its own, or a receiver trust them.
#[test]
fn own_keys_sign_a_release_that_others_verify_with_the_public_halves() {
    let dir = empty("own-keys");
    let (keys, public, dist) = (dir.join("keys"), dir.join("public"), dir.join("dist"));
    let secret = dir.join("passphrase");
    files::write(&secret, b"correct horse battery staple\n", files::Mode::Private).unwrap();
    run(&mut xtask(&["keys", "new", keys.as_str(), "--passphrase-file", secret.as_str()]), 0);
    for name in ["seal.pub", "artifact.pub"] {
        files::write(
            &public.join(name),
            &files::read(&keys.join(name), 1 << 16).unwrap(),
            files::Mode::Plain,
        )
        .unwrap();
    }
    let args = ["--keys", keys.as_str(), "--passphrase-file", secret.as_str()];
    let folder = json(&run(&mut release(&args, &dist), 0))["release"].as_str().unwrap().to_owned();
    run(&mut fipsmith(&["verify", &folder, "--trust", public.as_str()]), 0);
    // Nobody else's keys verify it, the example keys least of all.
    run(&mut fipsmith(&["verify", &folder, "--allow-example-keys"]), 1);
}

/// Without it a certificate that lapses after the release would go unnoticed for ever.
#[test]
fn labels_are_computed_again_for_the_day_of_the_verification() {
    let after_sunset = ["verify", SMOKE.as_str(), "--allow-example-keys", "--as-of", "2031-05-01"];
    let output = text(&run(&mut fipsmith(&after_sunset), 1).stdout);
    assert!(output.contains("historical") && output.contains("host-local"), "{output}");
}

/// Without it the words that Konvoy's operators script against would be others.
#[test]
fn verify_prints_konvoys_shape() {
    let output =
        text(&run(&mut fipsmith(&["verify", SMOKE.as_str(), "--allow-example-keys"]), 0).stdout);
    assert!(output.contains("/loopback [file] Signature Validated [OK]"), "{output}");
}

/// Without it the pinned set-up would depend on a network for ever.
#[test]
fn after_a_first_run_everything_works_offline() {
    let dist = scratch("offline-dist");
    let mut command = release(&["--offline", "--force"], &dist);
    command.env("GOPROXY", "https://127.0.0.1:1").env("PIP_INDEX_URL", "https://127.0.0.1:1");
    let _ = &*SMOKE;
    run(&mut command, 0);
}
