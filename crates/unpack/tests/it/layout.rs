//! Makes images for tests: layers, OCI layouts and `docker save` archives, as maps from path to bytes.

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use vocab::Sha256;

/// The files of a layout.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// One entry of a layer.
pub(crate) enum Item<'a> {
    /// Path and content.
    File(&'a str, &'a [u8]),
    /// Path and target.
    Symlink(&'a str, &'a str),
    /// Path and target.
    Hardlink(&'a str, &'a str),
}

/// A tar archive.
pub(crate) fn tar(items: &[Item<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for item in items {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        match item {
            Item::File(path, content) => {
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, path, *content).unwrap();
            }
            Item::Symlink(path, target) | Item::Hardlink(path, target) => {
                let symbolic = matches!(item, Item::Symlink(..));
                let kind = if symbolic { tar::EntryType::Symlink } else { tar::EntryType::Link };
                header.set_entry_type(kind);
                header.set_size(0);
                builder.append_link(&mut header, path, target).unwrap();
            }
        }
    }
    builder.into_inner().unwrap()
}

/// A folder's worth of files as a tar archive.
pub(crate) fn tarred(files: &Files) -> Vec<u8> {
    let items: Vec<_> = files.iter().map(|(path, bytes)| Item::File(path, bytes)).collect();
    tar(&items)
}

/// Bytes as gzip.
pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An OCI layout of images: each a platform and its layers as tar archives, which are stored packed.
pub(crate) fn oci(images: &[(&str, &[Vec<u8>])]) -> Files {
    let mut files = Files::new();
    let manifests: Vec<Value> =
        images.iter().map(|(platform, layers)| image(&mut files, platform, layers)).collect();
    files.insert("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
    files.insert(
        "index.json".to_owned(),
        bytes(&json!({ "schemaVersion": 2, "manifests": manifests })),
    );
    files
}

fn image(files: &mut Files, platform: &str, layers: &[Vec<u8>]) -> Value {
    let (os, architecture) = platform.split_once('/').unwrap();
    let stored: Vec<Value> = layers.iter().map(|layer| blob(files, &gz(layer))).collect();
    let config = blob(files, &bytes(&config(os, architecture, layers)));
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": stored });
    let mut descriptor = blob(files, &bytes(&manifest));
    descriptor["platform"] = json!({ "os": os, "architecture": architecture });
    descriptor
}

fn config(os: &str, architecture: &str, layers: &[Vec<u8>]) -> Value {
    let diffs: Vec<_> =
        layers.iter().map(|layer| format!("sha256:{}", Sha256::of(layer))).collect();
    json!({
        "os": os,
        "architecture": architecture,
        "config": { "Env": ["PATH=/bin"] },
        "rootfs": { "type": "layers", "diff_ids": diffs },
    })
}

/// Stores a blob, and gives its descriptor.
pub(crate) fn blob(files: &mut Files, bytes: &[u8]) -> Value {
    let digest = Sha256::of(bytes);
    files.insert(format!("blobs/sha256/{digest}"), bytes.to_vec());
    json!({ "mediaType": "application/test", "digest": format!("sha256:{digest}"), "size": bytes.len() })
}

/// What `docker save` of old wrote.
pub(crate) fn docker(layers: &[Vec<u8>]) -> Files {
    let mut files = Files::new();
    let config = bytes(&config("linux", "amd64", layers));
    let name = format!("{}.json", Sha256::of(&config));
    files.insert(name.clone(), config);
    let paths: Vec<_> = (0..layers.len()).map(|at| format!("{at:064}/layer.tar")).collect();
    files.extend(paths.iter().cloned().zip(layers.iter().cloned()));
    let manifest = json!([{ "Config": name, "RepoTags": ["test:1"], "Layers": paths }]);
    files.insert("manifest.json".to_owned(), bytes(&manifest));
    files
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// Writes the files of a layout below a folder.
pub(crate) fn write(files: &Files, folder: &std::path::Path) {
    for (path, bytes) in files {
        let path = files::utf8(folder.join(path)).unwrap();
        files::write(&path, bytes, files::Mode::Plain).unwrap();
    }
}
