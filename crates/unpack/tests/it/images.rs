//! Images: the same content in every form, and forms that lie.

use crate::layout::{self, Files, Item, gz, tarred};
use crate::{content, gauge};
use serde_json::{Value, json};
use unpack::{Blob, Images, Opened};

fn layers() -> Vec<Vec<u8>> {
    vec![
        layout::tar(&[
            Item::File("bin/one", b"1"),
            Item::File("etc/conf/a", b"a"),
            Item::File("etc/conf/b", b"b"),
            Item::Symlink("sbin", "bin"),
        ]),
        layout::tar(&[
            Item::File("etc/.wh.conf", b""),
            Item::File("sbin/two", b"2"),
            Item::Hardlink("bin/also", "bin/one"),
        ]),
    ]
}

fn images(bytes: Vec<u8>) -> Images {
    match unpack::open(&Blob::memory(bytes), &gauge()).unwrap() {
        Some(Opened::Images(images)) => images,
        other => panic!("{other:?}"),
    }
}

fn problems(files: &Files) -> Vec<String> {
    let images = images(tarred(files));
    let of_trees = images.images.iter().flat_map(|image| image.tree.problems());
    images.problems.iter().chain(of_trees).map(ToString::to_string).collect()
}

#[test]
fn a_layout_its_tar_and_a_docker_archive_hold_the_same_root() {
    let layers = layers();
    let oci = layout::oci(&[("linux/amd64", &layers)]);
    let folder = tempfile::tempdir().unwrap();
    layout::write(&oci, folder.path());
    let forms = [
        unpack::open_folder(folder.path(), &gauge()).unwrap(),
        images(tarred(&oci)),
        images(gz(&tarred(&oci))),
        images(tarred(&layout::docker(&layers))),
    ];
    for form in forms {
        assert_eq!(form.problems, []);
        let [image] = &form.images[..] else { panic!("{form:?}") };
        assert_eq!(image.tree.problems(), []);
        assert_eq!(
            (image.name.as_str(), &image.environment[..]),
            ("", &["PATH=/bin".to_owned()][..])
        );
        let files = content(&image.tree);
        let expected = [("bin/also,bin/one", b"1"), ("bin/two", b"2")];
        assert!(
            files
                .iter()
                .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
                .eq(expected.iter().map(|(path, bytes)| (*path, bytes.as_slice()))),
            "{files:?}"
        );
    }
}

#[test]
fn each_platform_is_an_image_of_its_own_and_attestations_are_none() {
    let (one, other) = (layers(), vec![layout::tar(&[Item::File("arm", b"a")])]);
    let mut files = layout::oci(&[("linux/amd64", &one), ("linux/arm64", &other)]);
    let mut index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    let mut statement = layout::blob(&mut files, b"{}");
    statement["platform"] = json!({ "os": "unknown", "architecture": "unknown" });
    statement["annotations"] = json!({ "vnd.docker.reference.type": "attestation-manifest" });
    index["manifests"].as_array_mut().unwrap().push(statement);
    // An index inside the index, which names the first image again.
    let inner = json!({ "manifests": [index["manifests"][0].clone()] });
    let inner = layout::blob(&mut files, &layout::bytes(&inner));
    index["manifests"].as_array_mut().unwrap().push(inner);
    files.insert("index.json".to_owned(), layout::bytes(&index));
    let images = images(tarred(&files));
    assert_eq!(images.problems, []);
    let names: Vec<_> = images.images.iter().map(|image| image.name.as_str()).collect();
    assert_eq!(names, ["linux/amd64", "linux/arm64"]);
}

#[test]
fn missing_and_changed_blobs_are_reported_and_what_is_right_is_still_read() {
    let good = layout::oci(&[("linux/amd64", &layers())]);
    let digest_of = |layer: &[u8]| format!("blobs/sha256/{}", vocab::Sha256::of(&gz(layer)));
    let second = digest_of(&layers()[1]);
    let mut missing = good.clone();
    missing.remove(&second).unwrap();
    let said = problems(&missing);
    assert!(said.len() == 1 && said[0].contains("missing"), "{said:?}");
    assert!(content(&images(tarred(&missing)).images[0].tree).contains_key("bin/one"));
    let mut changed = good.clone();
    changed.get_mut(&second).unwrap()[40] ^= 1;
    let said = problems(&changed);
    assert!(said[0].contains("as its descriptor says"), "{said:?}");
    let mut index = good.clone();
    index.insert(
        "index.json".to_owned(),
        b"{\"manifests\":[{\"digest\":\"md5:0\",\"size\":1}]}".to_vec(),
    );
    assert!(problems(&index)[0].contains("no SHA-256"));
    index.insert("index.json".to_owned(), b"[".to_vec());
    assert!(problems(&index)[0].contains("index.json"));
}

/// The layers of a docker archive have no digests of their own: the configuration has them.
#[test]
fn a_changed_layer_of_a_docker_archive_is_found_by_its_configuration() {
    let mut files = layout::docker(&layers());
    let other = layout::tar(&[Item::File("bin/one", b"other")]);
    files.insert(format!("{:064}/layer.tar", 0), other);
    assert!(problems(&files)[0].contains("unpacks to bytes"));
    let mut config = layout::docker(&layers());
    let name =
        config.keys().find(|name| name.ends_with(".json") && name.len() > 20).unwrap().clone();
    config.get_mut(&name).unwrap().push(b' ');
    assert!(problems(&config)[0].contains("has SHA-256"));
}

#[test]
fn a_digest_cannot_lead_out_of_the_layout() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = layout::oci(&[("linux/amd64", &layers())]);
    let digest = "../../../../../../../etc/passwd";
    let index = json!({ "manifests": [{ "digest": format!("sha256:{digest}"), "size": 1 }] });
    files.insert("index.json".to_owned(), layout::bytes(&index));
    layout::write(&files, folder.path());
    let images = unpack::open_folder(folder.path(), &gauge()).unwrap();
    assert!(images.images.is_empty() && images.problems[0].to_string().contains("no SHA-256"));
    // Nor can a symlink in the place of a blob.
    let layers = layers();
    let good = layout::oci(&[("linux/amd64", &layers)]);
    let folder = tempfile::tempdir().unwrap();
    layout::write(&good, folder.path());
    let blob = good.keys().find(|path| path.starts_with("blobs/")).unwrap();
    let outside = folder.path().join("outside");
    fs_err::rename(folder.path().join(blob), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, folder.path().join(blob)).unwrap();
    let images = unpack::open_folder(folder.path(), &gauge()).unwrap();
    let said =
        images.problems.iter().chain(images.images.iter().flat_map(|image| image.tree.problems()));
    assert!(said.map(ToString::to_string).any(|said| said.contains("missing")));
}

#[test]
fn a_folder_or_tar_that_only_looks_like_an_image_is_a_root() {
    let mut files = Files::new();
    files.insert("manifest.json".to_owned(), b"{\"manifest_version\":3}".to_vec());
    let opened = unpack::open(&Blob::memory(tarred(&files)), &gauge()).unwrap();
    assert!(matches!(opened, Some(Opened::Tree(_))));
}
