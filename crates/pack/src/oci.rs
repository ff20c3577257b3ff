//! OCI images (image specification 1.1): an image layout in one tar file, the form that `skopeo`, `podman` and `ctr` read.

mod document;
mod layer;

pub use document::{ImageSpec, Platform};
pub use layer::{Layer, Thing, layer_of};

use crate::member::{PackError, shown};
use crate::program::digest_of;
use crate::ustar::{self, Kind};
use document::{config, index, manifest};
use std::collections::BTreeMap;
use std::io::Write;
use vocab::Sha256;

/// image-layout.md, "oci-layout file".
const LAYOUT: &[u8] = b"{\"imageLayoutVersion\":\"1.0.0\"}";

/// An image, ready to be written.
#[derive(Debug)]
pub struct Image<'a> {
    config: Vec<u8>,
    manifest: Vec<u8>,
    index: Vec<u8>,
    layers: &'a [Layer<'a>],
    mtime: u64,
}

impl<'a> Image<'a> {
    /// Puts an image together. What depends on a day may only stand in `spec.notes`, which lie in the index of the tar file:
    /// the image itself, and so its digest in a registry, is the same on every day.
    pub fn new(spec: &ImageSpec, layers: &'a [Layer<'a>], mtime: u64) -> Result<Self, PackError> {
        check(spec)?;
        let config = config(spec, layers)?;
        let manifest = manifest(spec, &config, layers)?;
        let index = index(spec, &manifest)?;
        Ok(Self { config, manifest, index, layers, mtime })
    }

    /// The image manifest: its digest is the image's name in a registry.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }
    /// The configuration.
    pub fn config(&self) -> &[u8] {
        &self.config
    }

    /// Writes the layout as a tar file: blobs by digest, `index.json`, `oci-layout`.
    pub fn write<W: Write>(&self, mut out: W) -> Result<W, PackError> {
        let mut blobs: BTreeMap<Sha256, &[u8]> =
            self.layers.iter().map(|layer| (layer.digest(), layer.bytes())).collect();
        for document in [&self.config, &self.manifest] {
            blobs.insert(digest_of(&[document]), document);
        }
        for (digest, bytes) in &blobs {
            self.entry(&mut out, &format!("blobs/sha256/{digest}"), bytes)?;
        }
        self.entry(&mut out, "index.json", &self.index)?;
        self.entry(&mut out, "oci-layout", LAYOUT)?;
        out.write_all(&ustar::END).map_err(PackError::Write)?;
        Ok(out)
    }

    fn entry<W: Write>(&self, out: &mut W, path: &str, bytes: &[u8]) -> Result<(), PackError> {
        let size = bytes.len() as u64;
        let header = ustar::header(path, Kind::File, 0o644, size, self.mtime)?;
        for part in [&header, bytes, ustar::padding(size)] {
            out.write_all(part).map_err(PackError::Write)?;
        }
        Ok(())
    }
}

fn check(spec: &ImageSpec) -> Result<(), PackError> {
    let bad = |what, value: &str, why| Err(PackError::Setting { what, value: shown(value), why });
    if !is_tag(&spec.tag) {
        let why = "a tag takes 1 to 128 of a-z, A-Z, 0-9, `_`, `.` and `-`, and begins with a letter, digit or `_`";
        return bad("the tag", &spec.tag, why);
    }
    if spec.entrypoint.is_empty() {
        return bad("the entrypoint", "", "an image that starts nothing is no image of a program");
    }
    let assigns = |pair: &&String| pair.split_once('=').is_none_or(|(name, _)| name.is_empty());
    if spec.ports.contains(&0) {
        return bad("the port", "0", "nothing can serve on it");
    }
    match spec.environment.iter().find(assigns) {
        Some(pair) => bad("the environment", pair, "each entry is written `NAME=value`"),
        None => Ok(()),
    }
}

/// distribution specification 1.1, "Pulling manifests": `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
