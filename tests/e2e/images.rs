//! Container images of a release: read by an outside client, judged like their archives, found out when touched.

use crate::support::{SMOKE, copy_of_smoke, fipsmith, json, root, run, text, xtask};
use assert_cmd::Command;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

const TAG: &str = "v1.9.1_fips.0";

fn image(release: &Utf8Path) -> Utf8PathBuf {
    release.join(format!("images/cni-plugins-{TAG}-amd64.oci.tar"))
}

fn payload(folder: &Utf8Path) -> Value {
    let pae = files::read(&folder.join("manifest.pae"), 1 << 26).unwrap();
    let start = pae.iter().position(|byte| *byte == b'{').unwrap();
    serde_json::from_slice(&pae[start..]).unwrap()
}

fn skopeo(arguments: &[&str]) -> Value {
    json(&run(Command::new("skopeo").args(arguments), 0))
}

/// Without it an image would be one in our own eyes only.
#[test]
fn skopeo_sees_the_digest_that_was_sealed_a_user_who_is_not_root_and_the_module_switched_on() {
    let from = format!("oci-archive:{}:{TAG}", image(&SMOKE));
    let seen = skopeo(&["inspect", &from]);
    let statement = payload(&SMOKE);
    let subjects = statement["subject"].as_array().unwrap();
    let name = format!("images/cni-plugins-{TAG}-amd64");
    let sealed = subjects.iter().find(|subject| subject["name"] == name.as_str()).unwrap();
    let digest = format!("sha256:{}", sealed["digest"]["sha256"].as_str().unwrap());
    assert_eq!(seen["Digest"], digest.as_str());
    let labels = &seen["Labels"];
    assert_eq!(labels["org.opencontainers.image.version"], "v1.9.1+fips.0");
    assert_eq!(labels["dev.fipsmith.cmvp.certificate"], "5247");
    assert_eq!(labels["dev.fipsmith.fips.backend"], "go-native");
    assert!(!labels.to_string().contains("as-of"), "a label that ages is in the image: {labels}");
    let config = skopeo(&["inspect", "--config", &from]);
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/local/bin/loopback");
    assert!(config["config"]["Env"].to_string().contains("GODEBUG=fips140=on"), "{config}");
    let builds = files::read_text(&SMOKE.join("BUILDS.md"), 1 << 20).unwrap();
    let sbom = files::read_text(&SMOKE.join("sbom.cdx.json"), 1 << 26).unwrap();
    assert!(builds.contains(&digest) && sbom.contains("pkg:oci/cni-plugins@sha256"), "{builds}");
}

/// Without it a program could be `full` in its archive and something else where it runs.
#[test]
fn an_image_is_scanned_like_any_image_and_its_programs_are_those_of_the_archive() {
    let report =
        json(&run(&mut fipsmith(&["scan", "--format", "json", image(&SMOKE).as_str()]), 0));
    let found = report["artifacts"].as_array().unwrap();
    let entries = payload(&SMOKE)["predicate"]["entries"].clone();
    let binaries: Vec<&Value> =
        entries.as_array().unwrap().iter().filter(|entry| entry["kind"] == "binary").collect();
    assert_eq!((found.len(), binaries.len()), (2, 2));
    for binary in binaries {
        let same = |artifact: &&Value| artifact["sha256"] == binary["digest"]["sha256"];
        let artifact = found.iter().find(same).expect("the image has every program of the archive");
        assert_eq!(artifact["verdict"], binary["fips"]["verdict"]);
    }
    let scan: Value =
        serde_json::from_slice(&files::read(&SMOKE.join("scan.json"), 1 << 24).unwrap()).unwrap();
    let paths = scan["artifacts"].to_string();
    assert!(paths.contains(".oci.tar!usr/local/bin/host-local"), "{paths}");
}

/// Without it a part of an image could be changed in a way that leaves a whole image.
#[test]
fn a_changed_layer_configuration_or_annotation_is_found() {
    let folder = copy_of_smoke("image-changed");
    let path = image(&folder);
    let original = files::read(&path, 1 << 30).unwrap();
    let find = |words: &[u8]| {
        original.windows(words.len()).position(|window| window == words).expect("it is there")
    };
    // The day of the label lies in the index, the user in the configuration, the rest in layers.
    for at in [find(b"fips.as-of") + 14, find(b"65532:65532"), find(b"\x1f\x8b\x08\0") + 100] {
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        files::write(&path, &bytes, files::Mode::Plain).unwrap();
        let output = text(
            &run(&mut fipsmith(&["verify", folder.as_str(), "--allow-example-keys"]), 1).stdout,
        );
        assert!(output.contains("amd64.oci.tar [file] Content Invalid [FAIL]"), "{output}");
    }
}

fn release(dist: &Utf8Path, more: &[&str]) -> Command {
    let mut command = xtask(&["release", "--profile", "smoke", "--offline", "--format", "json"]);
    command.args(["--dist", dist.as_str()]).args(more);
    command
}

/// Without it every release would compress every program again, or trust what it kept for ever.
#[test]
fn a_packed_program_is_kept_and_a_damaged_one_is_packed_again() {
    let _ = &*SMOKE;
    let dist = crate::support::empty("packed-again");
    run(&mut release(&dist, &["--force"]), 0);
    let kept = root().join("target/fipsmith/packed");
    let stamps = || files::stamps(&kept).unwrap();
    let before = stamps();
    assert!(before.len() >= 2, "{before:?}");
    let folder = dist.join(SMOKE.file_name().unwrap());
    let archive = "archives/cni-plugins-v1.9.1+fips.0-linux-amd64.tar.gz";
    let bytes =
        || [folder.join(archive), image(&folder)].map(|path| files::read(&path, 1 << 30).unwrap());
    let first = bytes();
    run(&mut release(&dist, &["--force"]), 0);
    assert_eq!(stamps(), before, "nothing was packed a second time");
    for name in before.keys() {
        let path = kept.join(name);
        let mut damaged = files::read(&path, 1 << 30).unwrap();
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        files::write(&path, &damaged, files::Mode::Plain).unwrap();
    }
    run(&mut release(&dist, &["--force"]), 0);
    assert!(bytes() == first, "a damaged cache reached the release");
}
