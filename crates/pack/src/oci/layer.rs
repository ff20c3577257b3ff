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
    /// A symbolic link, with its target as it is written.
    Symlink(&'a str),
    /// Another name of a file of the same layer: the path of that file, which sorts before.
    Hardlink(&'a str),
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

/// A layer of things by path, without `/` before it, with their modes. Parent folders are made, as root's and 0755. The bytes
/// depend on nothing but the things and the time.
pub fn layer_of(
    things: &BTreeMap<String, (u32, Thing<'_>)>,
    mtime: u64,
) -> Result<Layer<'static>, PackError> {
    let mut all: BTreeMap<String, (u32, Thing<'_>)> = BTreeMap::new();
    for (path, (mode, thing)) in things {
        path_of(path)?;
        if mode & !0o1777 != 0 {
            return Err(PackError::Mode { path: path.clone(), mode: *mode });
        }
        match thing {
            Thing::Symlink(target) => symlink(path, target)?,
            Thing::Hardlink(target) => hardlink(path, target, things)?,
            Thing::Folder | Thing::File(_) => {}
        }
        for folder in parents(path) {
            match things.get(folder) {
                Some((_, Thing::Folder)) => {}
                // Behind a link it would stand somewhere else, which depends on who unpacks.
                Some(_) => return Err(PackError::Duplicate { path: shown(folder) }),
                None => _ = all.insert(folder.to_owned(), (0o755, Thing::Folder)),
            }
        }
        all.insert(path.clone(), (*mode, thing.clone()));
    }
    let mut tar = Vec::new();
    for (path, (mode, thing)) in &all {
        let entry = |kind, size| ustar::header(path, kind, *mode, size, mtime);
        match thing {
            Thing::Folder => {
                let name = format!("{path}/");
                tar.extend(ustar::header(&name, Kind::Folder, *mode, 0, mtime)?);
            }
            Thing::File(bytes) => {
                let size = bytes.len() as u64;
                tar.extend(entry(Kind::File, size)?);
                tar.extend_from_slice(bytes);
                tar.extend_from_slice(ustar::padding(size));
            }
            Thing::Symlink(target) => tar.extend(entry(Kind::Symlink(target), 0)?),
            Thing::Hardlink(target) => tar.extend(entry(Kind::Hardlink(target), 0)?),
        }
    }
    tar.extend(ustar::END);
    Layer::of_tar(&tar)
}

/// symlink(7). A runtime resolves a link inside the image's root, but other readers, and people, follow it on their own.
fn symlink(path: &str, target: &str) -> Result<(), PackError> {
    let refused = |why| Err(PackError::Link { path: shown(path), target: shown(target), why });
    if target.is_empty() || target.bytes().any(|b| !b.is_ascii_graphic()) {
        return refused("a target takes printable ASCII without spaces");
    }
    // How many folders deep the link itself lies: so often may its target go up.
    let mut depth = if target.starts_with('/') { 0 } else { path.matches('/').count() };
    for part in target.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part != ".." {
            depth += 1;
        } else if depth == 0 {
            return refused("it leads out of the image");
        } else {
            depth -= 1;
        }
    }
    Ok(())
}

/// A file is unpacked once and named twice, so the name that carries the bytes must come first.
fn hardlink(
    path: &str,
    target: &str,
    things: &BTreeMap<String, (u32, Thing<'_>)>,
) -> Result<(), PackError> {
    let refused = |why| Err(PackError::Link { path: shown(path), target: shown(target), why });
    match things.get(target) {
        Some((_, Thing::File(_))) if target < path => Ok(()),
        Some((_, Thing::File(_))) => refused("the file that it names comes after it"),
        _ => refused("it names no file of the layer"),
    }
}
