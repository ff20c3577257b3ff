//! Images as their readers see them: the bytes, and what `skopeo` makes of them.

#![expect(clippy::disallowed_methods, reason = "the outside program is the point of this test")]

use pack::{Image, ImageSpec, Layer, PackError, Platform, Program, Thing, layer_of};
use std::collections::BTreeMap;
use std::process::Command;
use vocab::{Sha256, Target};

const MTIME: u64 = 315_532_800;

fn layers(program: &Program) -> Vec<Layer<'_>> {
    let things = BTreeMap::from([
        ("etc/passwd".to_owned(), (0o644, Thing::File(b"root:x:0:0:root:/:/sbin/nologin\n"))),
        ("tmp".to_owned(), (0o1777, Thing::Folder)),
    ]);
    vec![layer_of(&things, MTIME).unwrap(), program.layer()]
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
        ports: vec![8443],
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
    assert_eq!(config["config"]["ExposedPorts"].to_string(), "{\"8443/tcp\":{}}");
    assert_eq!(config["config"]["Entrypoint"][0], "/usr/local/bin/etcd");
    let to = format!("oci:{}:copy", folder.path().join("layout").display());
    skopeo(&["copy", "--insecure-policy", "--override-arch", "arm64", &from, &to]);
}

#[test]
fn what_no_runtime_could_use_is_refused() {
    let error = |change: fn(&mut ImageSpec)| image(change).unwrap_err().to_string();
    assert!(error(|spec| spec.tag = "v1.0.0+fips.0".to_owned()).contains("a tag takes"));
    assert!(error(|spec| spec.entrypoint.clear()).contains("starts nothing"));
    assert!(error(|spec| spec.ports.push(0)).contains("nothing can serve on it"));
    let nameless = error(|spec| spec.environment = vec!["=x".to_owned()]);
    assert!(nameless.contains("NAME=value"), "{nameless}");
    let under_a_file = BTreeMap::from([
        ("etc".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
        ("etc/passwd".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
    ]);
    assert!(matches!(layer_of(&under_a_file, MTIME), Err(PackError::Duplicate { .. })));
    let setuid = BTreeMap::from([("su".to_owned(), (0o4755, Thing::File(b"x".as_slice())))]);
    assert!(matches!(layer_of(&setuid, MTIME), Err(PackError::Mode { .. })));
}

/// What a distribution's packages bring: links that GNU tar must read as they were meant.
#[test]
fn links_of_a_layer_are_unpacked_as_links_by_gnu_tar() {
    let folder = tempfile::tempdir().unwrap();
    let things = BTreeMap::from([
        ("lib".to_owned(), (0o777, Thing::Symlink("usr/lib"))),
        ("usr/bin/perl".to_owned(), (0o755, Thing::File(b"#!/bin/sh\n".as_slice()))),
        ("usr/bin/perl5".to_owned(), (0o755, Thing::Hardlink("usr/bin/perl"))),
        ("usr/lib/libz.so.1".to_owned(), (0o777, Thing::Symlink("libz.so.1.2"))),
        ("usr/lib/libz.so.1.2".to_owned(), (0o644, Thing::File(b"z".as_slice()))),
    ]);
    let layer = layer_of(&things, MTIME).unwrap();
    assert_eq!(layer, layer_of(&things, MTIME).unwrap());
    let path = folder.path().join("layer.tar.gz");
    std::fs::write(&path, layer.bytes()).unwrap();
    let tar = Command::new("tar").arg("-xzf").arg(&path).arg("-C").arg(folder.path()).output();
    assert!(tar.unwrap().status.success());
    let at = |path: &str| folder.path().join(path);
    assert_eq!(std::fs::read_link(at("lib")).unwrap().to_str(), Some("usr/lib"));
    assert_eq!(std::fs::read(at("lib/libz.so.1")).unwrap(), b"z");
    let inode = |path: &str| std::os::unix::fs::MetadataExt::ino(&at(path).metadata().unwrap());
    assert_eq!(inode("usr/bin/perl"), inode("usr/bin/perl5"));
}

#[test]
fn a_link_that_leads_nowhere_or_out_of_the_image_is_refused() {
    let with = |path: &str, thing: Thing<'static>| {
        let things = BTreeMap::from([
            ("usr/file".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
            (path.to_owned(), (0o777, thing)),
        ]);
        layer_of(&things, MTIME)
    };
    let long: &'static str = Box::leak("t".repeat(101).into_boxed_str());
    for (path, thing, why) in [
        ("a", Thing::Symlink("../etc"), "leads out of the image"),
        ("usr/a", Thing::Symlink("x/../../../etc"), "leads out of the image"),
        ("usr/a", Thing::Symlink("/.."), "leads out of the image"),
        ("a", Thing::Symlink(""), "printable ASCII"),
        ("a", Thing::Symlink("b\n"), "printable ASCII"),
        ("a", Thing::Symlink(long), "at most 100 bytes"),
        ("usr/a", Thing::Hardlink("usr/file"), "comes after it"),
        ("usr/z", Thing::Hardlink("usr/none"), "names no file"),
        ("z", Thing::Hardlink("usr"), "names no file"),
        ("usr/file/below", Thing::Symlink("x"), "twice"),
    ] {
        let error = with(path, thing.clone()).unwrap_err().to_string();
        assert!(error.contains(why), "{path} {thing:?}: {error}");
    }
    assert!(with("usr/a", Thing::Symlink("../etc/x")).is_ok());
    assert!(with("usr/z", Thing::Hardlink("usr/file")).is_ok());
    // What stands below a link would stand somewhere else.
    let behind = BTreeMap::from([
        ("lib".to_owned(), (0o777, Thing::Symlink("usr/lib"))),
        ("lib/x".to_owned(), (0o644, Thing::File(b"x".as_slice()))),
    ]);
    assert!(matches!(layer_of(&behind, MTIME), Err(PackError::Duplicate { .. })));
}
