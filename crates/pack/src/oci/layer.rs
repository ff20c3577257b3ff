//! Layers: `tar.gz` with folders, by the digest of what is packed and of what it unpacks to.

use crate::gzip::Gzip;
use crate::member::{PackError, parents, path_of, shown};
use crate::segment::Segment;
use crate::ustar::{self, Kind};
use std::borrow::Cow;
use std::collections::BTreeMap;
use vocab::Sha256;

/// One layer of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer<'a> {
    bytes: Cow<'a, [u8]>,
    digest: Sha256,
    diff_id: Sha256,
}

/// Something that stands at a path of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing<'a> {
    /// A folder.
    Folder,
    /// A regular file.
    File(&'a [u8]),
}

impl<'a> Layer<'a> {
    /// A layer whose digests were computed when it was packed.
    pub(crate) fn known(bytes: &'a [u8], digest: Sha256, diff_id: Sha256) -> Self {
        Self { bytes: bytes.into(), digest, diff_id }
    }
    /// Packs a tar file that was made elsewhere, for instance of a distribution's packages.
    pub fn of_tar(tar: &[u8]) -> Result<Layer<'static>, PackError> {
        let mut gzip = Gzip::new(Vec::new())?;
        gzip.segment(&Segment::of(tar)?)?;
        let bytes = gzip.finish()?;
        Ok(Layer { digest: Sha256::of(&bytes), diff_id: Sha256::of(tar), bytes: bytes.into() })
    }
    /// SHA-256 of the packed layer.
    pub fn digest(&self) -> Sha256 {
        self.digest
    }
    /// SHA-256 of the tar file inside (image specification, `rootfs.diff_ids`).
    pub fn diff_id(&self) -> Sha256 {
        self.diff_id
    }
    /// The packed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The layer under every program: users, groups, a folder for temporary files, and what the recipe adds. `things` are by
/// path without `/` before it, with their modes; parent folders are made, as root's and 0755.
pub fn base_layer(
    things: &BTreeMap<String, (u32, Thing<'_>)>,
    mtime: u64,
) -> Result<Layer<'static>, PackError> {
    let mut all: BTreeMap<String, (u32, Thing<'_>)> = BTreeMap::new();
    for (path, (mode, thing)) in things {
        path_of(path)?;
        if mode & !0o1777 != 0 {
            return Err(PackError::Mode { path: path.clone(), mode: *mode });
        }
        for folder in parents(path) {
            match things.get(folder) {
                Some((_, Thing::File(_))) => {
                    return Err(PackError::Duplicate { path: shown(folder) });
                }
                Some(_) => {}
                None => _ = all.insert(folder.to_owned(), (0o755, Thing::Folder)),
            }
        }
        all.insert(path.clone(), (*mode, thing.clone()));
    }
    let mut tar = Vec::new();
    for (path, (mode, thing)) in &all {
        match thing {
            Thing::Folder => {
                let name = format!("{path}/");
                tar.extend(ustar::header(&name, Kind::Folder, *mode, 0, mtime)?);
            }
            Thing::File(bytes) => {
                let size = bytes.len() as u64;
                tar.extend(ustar::header(path, Kind::File, *mode, size, mtime)?);
                tar.extend_from_slice(bytes);
                tar.extend_from_slice(ustar::padding(size));
            }
        }
    }
    tar.extend(ustar::END);
    Layer::of_tar(&tar)
}
