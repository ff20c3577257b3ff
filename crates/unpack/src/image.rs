//! Container images: OCI layouts (image specification 1.1) and `docker save` archives, from a folder or from a tar.

mod docker;
mod oci;

use crate::archive::{Archive, Form, form};
use crate::blob::Blob;
use crate::limits::{Gauge, Problem};
use crate::path;
use crate::tree::{FileId, Node, Tree};
use serde::Deserialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// Longest index, manifest or configuration, in bytes.
const DOCUMENT: u64 = 8 << 20;

/// Most layers of an image, and most images of a layout. Docker allows 127 layers.
const MANY: usize = 1000;

/// One image: one platform of one manifest.
#[derive(Debug)]
pub struct Image {
    /// What tells it from the other images of its layout, for instance `linux/amd64`; empty when it is alone.
    pub name: String,
    /// SHA-256 of its manifest, or of its configuration where there is no manifest.
    pub digest: Sha256,
    /// Its layers applied.
    pub tree: Tree,
    /// The environment in which it starts programs, `NAME=value`.
    pub environment: Vec<String>,
}

/// The images of a layout or archive, and what was wrong before one was reached.
#[derive(Debug, Default)]
pub struct Images {
    /// The images.
    pub images: Vec<Image>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Where the blobs of an image lie.
pub(crate) enum Store {
    Folder(std::path::PathBuf),
    Tar { tree: Tree, blobs: BTreeMap<FileId, Blob>, used: RefCell<BTreeSet<FileId>> },
}

impl Store {
    fn get(&self, path: &str) -> Result<Blob, Problem> {
        let missing = || Problem::Damaged(format!("`{path}` of the image is missing"));
        match self {
            Self::Folder(folder) => {
                let file = files::open(&folder.join(path)).map_err(|_| missing())?;
                Ok(Blob::file(file)?)
            }
            Self::Tar { tree, blobs, used } => {
                let id = tree.file(path).ok_or_else(missing)?;
                used.borrow_mut().insert(id);
                blobs.get(&id).cloned().ok_or_else(missing)
            }
        }
    }

    fn has(&self, path: &str) -> bool {
        match self {
            Self::Folder(folder) => folder.join(path).is_file(),
            Self::Tar { tree, .. } => tree.file(path).is_some(),
        }
    }
}

/// The images of a folder or tar, when it is a layout or a `docker save` archive. A new `docker save` writes both forms
/// for the same images; the layout says more.
pub(crate) fn read(store: &Store, gauge: &Gauge) -> Option<Images> {
    if store.has("oci-layout") && store.has("index.json") {
        return Some(oci::read(store, gauge));
    }
    if store.has("manifest.json") {
        return docker::read(store, gauge);
    }
    None
}

/// What lies in an image's tar and belongs to no image: two small documents must not hide it.
pub(crate) fn beside(tree: &Tree, used: &BTreeSet<FileId>) -> Vec<Problem> {
    let known = |path: &str| {
        let base = path::split(path).1;
        // A layout may hold blobs that nothing names; the rest is what old versions of `docker save` write.
        path.starts_with("blobs/")
            || matches!(base, "VERSION" | "json" | "repositories" | "oci-layout")
            || matches!(path, "index.json" | "manifest.json")
    };
    let strange = tree.nodes().filter_map(|(path, node)| match node {
        Node::File(id) if !used.contains(id) && !known(path) => Some(path),
        _ => None,
    });
    let said = |path| Problem::Damaged(format!("`{path}` lies beside the image and was not read"));
    strange.take(MANY).map(said).collect()
}

/// The part of an image's configuration that matters here.
#[derive(Default, Deserialize)]
struct Config {
    #[serde(default, rename = "config")]
    run: Option<Run>,
    #[serde(default)]
    rootfs: RootFs,
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

#[derive(Default, Deserialize)]
struct Run {
    #[serde(default, rename = "Env")]
    env: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Vec<String>,
}

impl Config {
    fn platform(&self) -> String {
        platform(&self.os, &self.architecture, self.variant.as_deref())
    }

    fn environment(&self) -> Vec<String> {
        self.run.as_ref().and_then(|run| run.env.clone()).unwrap_or_default()
    }

    /// The digest that layer `at` should unpack to.
    fn diff(&self, at: usize) -> Option<Sha256> {
        self.rootfs.diff_ids.get(at)?.strip_prefix("sha256:")?.parse().ok()
    }
}

fn platform(os: &str, architecture: &str, variant: Option<&str>) -> String {
    let parts = [os, architecture, variant.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

fn json<T: for<'a> Deserialize<'a>>(blob: &Blob, what: &str) -> Result<T, Problem> {
    serde_json::from_slice(&blob.read(DOCUMENT)?)
        .map_err(|error| Problem::Damaged(format!("{what} is not what it should be: {error}")))
}

/// A layer: a tar archive, or a file that an artifact carries as it is.
fn layer(blob: Blob, name: &str, diff: Option<Sha256>, gauge: &Gauge) -> Result<Archive, Problem> {
    Ok(match form(&blob, gauge)? {
        Some(Form::Tar) => Archive::Tar(blob, diff),
        // A tar archive without entries is two blocks of zeros, and packed it is no tar archive yet.
        None | Some(Form::Packed) if diff.is_some() && is_empty_tar(&blob, gauge) => {
            Archive::Tar(blob, diff)
        }
        _ => Archive::File(name.to_owned(), blob),
    })
}

fn is_empty_tar(blob: &Blob, gauge: &Gauge) -> bool {
    let mut head = Vec::new();
    let read = crate::decode::Input::of(blob, &gauge.again()).and_then(|input| {
        std::io::Read::read_to_end(&mut std::io::Read::take(input, 1024), &mut head)
    });
    read.is_ok() && head.iter().all(|byte| *byte == 0)
}

/// Names that tell the images of one layout apart.
fn tell_apart(images: &mut [Image]) {
    if let [alone] = images {
        alone.name.clear();
        return;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for image in images.iter() {
        *seen.entry(image.name.clone()).or_default() += 1;
    }
    for image in images {
        if image.name.is_empty() || seen.get(&image.name).is_some_and(|times| *times > 1) {
            let digest = image.digest.to_string();
            let short = digest.get(..12).unwrap_or(&digest);
            image.name = format!("{}@{short}", image.name);
        }
    }
}
