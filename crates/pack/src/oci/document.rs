//! The JSON documents of an image: configuration, manifest, index. Keys are sorted and there is no white space, so the
//! same image has one spelling.

use super::layer::Layer;
use crate::member::PackError;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vocab::{Arch, Sha256, Target};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// What an image is and how it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSpec {
    /// What it runs on.
    pub platform: Platform,
    /// The tag under which the layout offers it.
    pub tag: String,
    /// RFC 3339: one time for every image, because a time of its own would make every image another.
    pub created: String,
    /// `UID:GID`.
    pub user: String,
    /// The command that is started.
    pub entrypoint: Vec<String>,
    /// `NAME=value`, in the order in which they are written.
    pub environment: Vec<String>,
    /// Where it starts.
    pub workdir: String,
    /// TCP ports that it serves on.
    pub ports: Vec<u16>,
    /// Labels of the configuration and annotations of the manifest: facts that no day changes.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the index only, which lies in the tar file and goes into no registry.
    pub notes: BTreeMap<String, String>,
}

/// An operating system and architecture, in the spelling of the image specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform(Target);

impl From<Target> for Platform {
    fn from(target: Target) -> Self {
        Self(target)
    }
}

impl Platform {
    /// image-index.md, "Platform Variants": 64-bit Arm is `arm64` with the variant `v8`.
    fn fields(self) -> Vec<(&'static str, &'static str)> {
        let mut fields = vec![("os", self.0.os()), ("architecture", self.0.arch().as_str())];
        if self.0.arch() == Arch::Arm64 {
            fields.push(("variant", "v8"));
        }
        fields
    }
    fn put(self, value: &mut Value) {
        if let Some(object) = value.as_object_mut() {
            object
                .extend(self.fields().into_iter().map(|(key, text)| (key.to_owned(), text.into())));
        }
    }
}

/// config.md.
pub(super) fn config(spec: &ImageSpec, layers: &[Layer<'_>]) -> Result<Vec<u8>, PackError> {
    let history: Vec<Value> = layers
        .iter()
        .map(|_| json!({ "created": spec.created, "created_by": "fipsmith" }))
        .collect();
    let diff_ids: Vec<String> = layers.iter().map(|layer| named(layer.diff_id())).collect();
    let mut config = json!({
        "created": spec.created,
        "config": {
            "User": spec.user,
            "Entrypoint": spec.entrypoint,
            "Env": spec.environment,
            "WorkingDir": spec.workdir,
            "Labels": spec.labels,
        },
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": history,
    });
    spec.platform.put(&mut config);
    if let (false, Some(run)) = (spec.ports.is_empty(), config.get_mut("config")) {
        let ports: BTreeMap<String, Value> =
            spec.ports.iter().map(|port| (format!("{port}/tcp"), json!({}))).collect();
        run["ExposedPorts"] = json!(ports);
    }
    bytes(config)
}

/// manifest.md.
pub(super) fn manifest(
    spec: &ImageSpec,
    config: &[u8],
    layers: &[Layer<'_>],
) -> Result<Vec<u8>, PackError> {
    let layers: Vec<Value> = layers
        .iter()
        .map(|layer| {
            let size = layer.bytes().len();
            json!({ "mediaType": LAYER, "digest": named(layer.digest()), "size": size })
        })
        .collect();
    bytes(json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": { "mediaType": CONFIG, "digest": named(Sha256::of(config)), "size": config.len() },
        "layers": layers,
        "annotations": spec.labels,
    }))
}

/// image-index.md. annotations.md, `org.opencontainers.image.ref.name`: the tag, on the descriptor in the index.
pub(super) fn index(spec: &ImageSpec, manifest: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut annotations = spec.notes.clone();
    annotations.insert("org.opencontainers.image.ref.name".to_owned(), spec.tag.clone());
    let mut platform = json!({});
    spec.platform.put(&mut platform);
    let descriptor = json!({
        "mediaType": MANIFEST,
        "digest": named(Sha256::of(manifest)),
        "size": manifest.len(),
        "platform": platform,
        "annotations": annotations,
    });
    bytes(json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor] }))
}

/// descriptor.md, "Digests".
fn named(digest: Sha256) -> String {
    format!("sha256:{digest}")
}

fn bytes(mut document: Value) -> Result<Vec<u8>, PackError> {
    // Sorted whatever map `serde_json` was built with.
    document.sort_all_objects();
    serde_json::to_vec(&document).map_err(|error| PackError::Write(error.into()))
}
