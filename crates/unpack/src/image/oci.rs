//! OCI image layouts: `index.json` leads to indexes and manifests, a manifest to a configuration and layers.

use super::{Config, Image, Images, MANY, Store, json, layer, platform, tell_apart};
use crate::blob::Blob;
use crate::limits::{Gauge, Problem};
use crate::tree::Tree;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// How deep indexes may lead to indexes.
const DEPTH: usize = 4;

/// OCI content descriptor.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    digest: String,
    size: u64,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

/// An index has manifests, a manifest has layers.
#[derive(Deserialize)]
struct Document {
    manifests: Option<Vec<Descriptor>>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
}

struct Reading<'a> {
    store: &'a Store,
    gauge: &'a Gauge,
    seen: BTreeSet<Sha256>,
    images: Images,
}

pub(super) fn read(store: &Store, gauge: &Gauge) -> Images {
    let mut reading = Reading { store, gauge, seen: BTreeSet::new(), images: Images::default() };
    let index = store.get("index.json").and_then(|blob| json::<Document>(&blob, "`index.json`"));
    match index {
        Ok(index) => reading.index(index.manifests.unwrap_or_default(), 0),
        Err(problem) => reading.images.problems.push(problem),
    }
    tell_apart(&mut reading.images.images);
    reading.images
}

impl Reading<'_> {
    fn index(&mut self, manifests: Vec<Descriptor>, depth: usize) {
        for descriptor in manifests {
            if self.images.images.len() >= MANY {
                let problem = Problem::Limit { what: "images in a layout", most: MANY as u64 };
                return self.images.problems.push(problem);
            }
            if let Err(problem) = self.manifest(&descriptor, depth) {
                self.images.problems.push(problem);
            }
        }
    }

    fn manifest(&mut self, descriptor: &Descriptor, depth: usize) -> Result<(), Problem> {
        if is_attestation(descriptor) {
            return Ok(());
        }
        let (blob, digest) = self.blob(descriptor)?;
        // Two tags of one image are one image.
        if !self.seen.insert(digest) {
            return Ok(());
        }
        let document: Document = json(&blob, &format!("the manifest {digest}"))?;
        if let Some(manifests) = document.manifests {
            if depth >= DEPTH {
                return Err(Problem::Limit {
                    what: "indexes inside each other",
                    most: DEPTH as u64,
                });
            }
            self.index(manifests, depth + 1);
            return Ok(());
        }
        let layers = document.layers.unwrap_or_default();
        if layers.len() > MANY {
            return Err(Problem::Limit { what: "layers in an image", most: MANY as u64 });
        }
        let mut problems = Vec::new();
        // The configuration of an artifact that is no image may be anything.
        let config = document.config.map(|config| self.blob(&config)).transpose();
        let config = match config {
            Ok(blob) => blob.and_then(|(blob, _)| json(&blob, "the configuration").ok()),
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        let config: Config = config.unwrap_or_default();
        let mut archives = Vec::new();
        for (at, descriptor) in layers.iter().enumerate() {
            let title = descriptor.annotations.get("org.opencontainers.image.title");
            let name = title.map_or(descriptor.digest.as_str(), String::as_str);
            let read = self.blob(descriptor);
            match read.and_then(|(blob, _)| layer(blob, name, config.diff(at), self.gauge)) {
                Ok(archive) => archives.push(archive),
                Err(problem) => problems.push(problem),
            }
        }
        let mut tree = Tree::of(archives, true, self.gauge);
        for problem in problems {
            tree.problem(problem);
        }
        let stated = descriptor.platform.as_ref().map(|platform_| {
            platform(&platform_.os, &platform_.architecture, platform_.variant.as_deref())
        });
        let name = stated.filter(|name| !name.is_empty()).unwrap_or_else(|| config.platform());
        let environment = config.environment();
        self.images.images.push(Image { name, digest, tree, environment });
        Ok(())
    }

    /// The blob of a descriptor. One that has another size or digest than its descriptor says is not used at all: it is
    /// not the image that was named.
    fn blob(&self, descriptor: &Descriptor) -> Result<(Blob, Sha256), Problem> {
        let digest: Sha256 =
            descriptor.digest.strip_prefix("sha256:").and_then(|hex| hex.parse().ok()).ok_or_else(
                || Problem::Damaged(format!("`{}` is no SHA-256 digest", descriptor.digest)),
            )?;
        let blob = self.store.get(&format!("blobs/sha256/{digest}"))?;
        let found = blob.sha256()?;
        if found != digest || blob.len() != descriptor.size {
            return Err(Problem::Damaged(format!(
                "the blob {digest} has {} bytes with SHA-256 {found}, not {} bytes as its descriptor says",
                blob.len(),
                descriptor.size
            )));
        }
        Ok((blob, digest))
    }
}

/// What `BuildKit` lays beside an image: statements about it, for no platform.
fn is_attestation(descriptor: &Descriptor) -> bool {
    let nowhere = descriptor
        .platform
        .as_ref()
        .is_some_and(|platform| platform.os == "unknown" && platform.architecture == "unknown");
    nowhere && descriptor.annotations.contains_key("vnd.docker.reference.type")
}
