//! An image's tar file read as strictly as we write one: exactly the blobs that its manifest names, each under its own
//! digest, one manifest, one configuration, and nothing beside them.
//!
//! Other readers take more. Whatever they could read differently is refused here, so that what was scanned is what runs.

use crate::entry::Digests;
use crate::json::{self, Numbers};
use crate::tarball::{TarError, Tarball};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use vocab::Sha256;

/// Largest index, manifest or configuration, in bytes.
const DOCUMENT: u64 = 1 << 20;

/// Why an image's tar file is refused.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The tar file.
    #[error("the image's tar file is refused")]
    Tar(#[source] TarError),
    /// A document of it.
    #[error("`{name}` of the image cannot be read")]
    Document {
        /// Its path in the tar file.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A rule that it breaks, in words.
    #[error("{0}")]
    Broken(String),
}

/// An image as its documents describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) manifest: Digests,
    pub(crate) config: Sha256,
    pub(crate) tag: String,
    pub(crate) os: String,
    pub(crate) architecture: String,
    pub(crate) user: String,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) environment: Vec<String>,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    size: u64,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Config {
    os: String,
    architecture: String,
    #[serde(rename = "config")]
    run: Run,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Run {
    user: String,
    entrypoint: Vec<String>,
    #[serde(default)]
    cmd: Vec<String>,
    env: Vec<String>,
}

/// What the tar file holds: the bytes of documents, the size of everything.
struct Content {
    documents: BTreeMap<String, Vec<u8>>,
    sizes: BTreeMap<String, u64>,
}

/// Reads an image of at most `limit` bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Layout, LayoutError> {
    let content = Content::of(bytes)?;
    let index: Index = content.json("index.json")?;
    let [manifest] = &index.manifests[..] else {
        return Err(broken(format!("its index names {} images, not one", index.manifests.len())));
    };
    let tag = manifest.annotations.get("org.opencontainers.image.ref.name").cloned();
    let manifest_name = content.named(manifest)?;
    let document: Manifest = content.json(&manifest_name)?;
    let config_name = content.named(&document.config)?;
    let config: Config = content.json(&config_name)?;
    let mut named = BTreeSet::from([manifest_name.clone(), config_name]);
    for layer in &document.layers {
        named.insert(content.named(layer)?);
    }
    named.extend(["index.json".to_owned(), "oci-layout".to_owned()]);
    if let Some(extra) = content.sizes.keys().find(|name| !named.contains(*name)) {
        return Err(broken(format!("`{extra}` belongs to no part of the image")));
    }
    if !config.run.cmd.is_empty() {
        return Err(broken("its configuration has a `Cmd` beside its entrypoint"));
    }
    Ok(Layout {
        manifest: Digests::of(content.documents.get(&manifest_name).map_or(&[], Vec::as_slice)),
        config: digest(&document.config)?,
        tag: tag.unwrap_or_default(),
        os: config.os,
        architecture: config.architecture,
        user: config.run.user,
        entrypoint: config.run.entrypoint,
        environment: config.run.env,
    })
}

impl Content {
    fn of(bytes: &[u8]) -> Result<Self, LayoutError> {
        let mut tarball = Tarball::plain(bytes);
        let (mut documents, mut sizes) = (BTreeMap::new(), BTreeMap::new());
        while let Some(header) = tarball.next().map_err(LayoutError::Tar)? {
            let name = header.path.as_str().to_owned();
            // Nothing is longer than the file that was read, and that is in memory already.
            let size = header.size.min(bytes.len() as u64);
            let content = tarball.content(size).map_err(LayoutError::Tar)?;
            if size != header.size {
                return Err(broken(format!("`{name}` claims more bytes than there are")));
            }
            if let Some(hex) = name.strip_prefix("blobs/sha256/")
                && Sha256::of(&content).to_string() != hex
            {
                return Err(broken(format!("the blob `{name}` does not have its digest")));
            }
            if sizes.insert(name.clone(), size).is_some() {
                return Err(broken(format!("`{name}` stands twice")));
            }
            if size <= DOCUMENT {
                documents.insert(name, content);
            }
        }
        Ok(Self { documents, sizes })
    }

    fn json<T: for<'de> Deserialize<'de> + serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<T, LayoutError> {
        let bytes =
            self.documents.get(name).ok_or_else(|| broken(format!("`{name}` is missing")))?;
        json::read(bytes, Numbers::Integers)
            .map_err(|source| LayoutError::Document { name: name.to_owned(), source })
    }

    /// The path of the blob of a descriptor, which must be there with that size.
    fn named(&self, descriptor: &Descriptor) -> Result<String, LayoutError> {
        let name = format!("blobs/sha256/{}", digest(descriptor)?);
        if self.sizes.get(&name) == Some(&descriptor.size) {
            Ok(name)
        } else {
            Err(broken(format!("`{name}` is missing, or has another size than its descriptor")))
        }
    }
}

fn digest(descriptor: &Descriptor) -> Result<Sha256, LayoutError> {
    let hex = descriptor.digest.strip_prefix("sha256:");
    hex.and_then(|hex| hex.parse().ok()).ok_or_else(|| {
        let text = descriptor.digest.chars().take(80).collect::<String>();
        broken(format!("`{}` is no SHA-256 digest", text.escape_debug()))
    })
}

fn broken(why: impl Into<String>) -> LayoutError {
    LayoutError::Broken(why.into())
}
