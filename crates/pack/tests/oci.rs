//! Images as their readers see them: the bytes, and what `skopeo` makes of them.

#![expect(clippy::disallowed_methods, reason = "the outside program is the point of this test")]

use pack::{Image, ImageSpec, Layer, PackError, Platform, Program, Thing, base_layer};
use std::collections::BTreeMap;
use std::process::Command;
use vocab::{Sha256, Target};

const MTIME: u64 = 315_532_800;

fn layers(program: &Program) -> Vec<Layer<'_>> {
    let things = BTreeMap::from([
        ("etc/passwd".to_owned(), (0o644, Thing::File(b"root:x:0:0:root:/:/sbin/nologin\n"))),
        ("tmp".to_owned(), (0o1777, Thing::Folder)),
    ]);
    vec![base_layer(&things, MTIME).unwrap(), program.layer()]
}

/// An image in a tar file, and the digest of its manifest.
fn image(change: impl FnOnce(&mut ImageSpec)) -> Result<(Vec<u8>, Sha256), PackError> {
    let bytes: Vec<u8> = (0..90_000_u32).flat_map(u32::to_le_bytes).collect();
    let program = Program::new("usr/local/bin/etcd", 0o755, &bytes, MTIME)?;
    let layers = layers(&program);
    let labels = BTreeMap::from([("org.opencontainers.image.title".to_owned(), "etcd".to_owned())]);
    let notes = BTreeMap::from([("dev.fipsmith.fips.as-of".to_owned(), "2026-11-21".to_owned())]);
    let mut spec = ImageSpec {
        platform: Platform::from(Target::LinuxArm64),
        tag: "v3.7.3_fips.0".to_owned(),
        created: "1980-01-01T00:00:00Z".to_owned(),
        user: "65532:65532".to_owned(),
        entrypoint: vec!["/usr/local/bin/etcd".to_owned()],
        environment: vec!["PATH=/usr/local/bin".to_owned()],
        workdir: "/".to_owned(),
        labels,
        notes,
    };
    change(&mut spec);
    let image = Image::new(&spec, &layers, MTIME)?;
    Ok((image.write(Vec::new())?, Sha256::of(image.manifest())))
}

/// Without it a registry would get another image on every day.
#[test]
fn notes_change_the_file_and_not_the_image() {
    let (one, first) = image(|_| {}).unwrap();
    let (same, _) = image(|_| {}).unwrap();
    assert!(one == same);
    let (other, second) = image(|spec| spec.notes.clear()).unwrap();
    assert!(one != other);
    assert_eq!(first, second);
}

/// Without it our own reading of the specification would be the only one.
#[test]
fn skopeo_reads_the_image_and_copies_it_into_a_layout() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, digest) = image(|_| {}).unwrap();
    let path = folder.path().join("etcd.oci.tar");
    std::fs::write(&path, bytes).unwrap();
    let from = format!("oci-archive:{}:v3.7.3_fips.0", path.display());
    let skopeo = |arguments: &[&str]| {
        let output = Command::new("skopeo").args(arguments).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "skopeo {arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    };
    let seen: serde_json::Value =
        serde_json::from_str(&skopeo(&["inspect", "--override-arch", "arm64", &from])).unwrap();
    assert_eq!(seen["Digest"], format!("sha256:{digest}"));
    assert_eq!((&seen["Os"], &seen["Architecture"]), (&"linux".into(), &"arm64".into()));
    assert_eq!(seen["Labels"]["org.opencontainers.image.title"], "etcd");
    let config: serde_json::Value =
        serde_json::from_str(&skopeo(&["inspect", "--override-arch", "arm64", "--config", &from]))
            .unwrap();
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/local/bin/etcd");
    let to = format!("oci:{}:copy", folder.path().join("layout").display());
    skopeo(&["copy", "--insecure-policy", "--override-arch", "arm64", &from, &to]);
}

#[test]
fn what_no_runtime_could_use_is_refused() {
    let error = |change: fn(&mut ImageSpec)| image(change).unwrap_err().to_string();
    assert!(error(|spec| spec.tag = "v1.0.0+fips.0".to_owned()).contains("a tag takes"));
    assert!(error(|spec| spec.entrypoint.clear()).contains("starts nothing"));
    let nameless = error(|spec| spec.environment = vec!["=x".to_owned()]);
    assert!(nameless.contains("NAME=value"), "{nameless}");
    let under_a_file = BTreeMap::from([
        ("etc".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
        ("etc/passwd".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
    ]);
    assert!(matches!(base_layer(&under_a_file, MTIME), Err(PackError::Duplicate { .. })));
    let setuid = BTreeMap::from([("su".to_owned(), (0o4755, Thing::File(b"x".as_slice())))]);
    assert!(matches!(base_layer(&setuid, MTIME), Err(PackError::Mode { .. })));
}
