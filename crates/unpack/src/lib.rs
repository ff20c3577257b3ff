//! Archives, packages and images taken apart into entries, within limits: tar, zip, cpio, ar, deb, rpm, single compressed
//! files, OCI layouts and `docker save` archives.
//!
//! What a file is, is decided by its content, never by its name. Nothing is ever unpacked to a folder: a hostile path can
//! hit nothing. A root (a tar, a package, an image) is read twice, first without content, so that what a later layer
//! replaces or removes is not taken for what runs.
//!
//! What is absent: judgement, and any knowledge of what the files are for. LZMA without xz and encrypted zip members are
//! reported, not read.

mod ar;
mod archive;
mod blob;
mod cpio;
mod decode;
mod entry;
mod image;
mod limits;
mod path;
mod rpm;
mod rpmdb;
mod tar;
mod tree;
mod zip;

pub use archive::{Unpacked, recognise};
pub use blob::{Blob, BlobReader};
pub use entry::{Content, Peeked};
pub use image::{Image, Images};
pub use limits::{Gauge, Limits, Problem};
pub use path::resolve;
pub use rpmdb::{Installed, Listing, installed};
pub use tree::{File, FileId, Node, Tree};
pub use zip::has_directory;

use archive::{Archive, Form};
use image::Store;

/// What a blob turned out to be.
#[derive(Debug)]
pub enum Opened {
    /// An archive or package whose entries have paths: one root.
    Tree(Box<Tree>),
    /// Container images, each a root.
    Images(Images),
    /// The members of a static library: names that need not be different, and bytes.
    Library(Vec<(String, Blob)>, Option<Problem>),
    /// One compressed file: [`unpacked`] reads what is in it.
    Packed,
}

/// Takes a blob apart; nothing when it is no archive.
pub fn open(blob: &Blob, gauge: &Gauge) -> Result<Option<Opened>, Problem> {
    let Some(form) = archive::form(blob, gauge)? else { return Ok(None) };
    let archive = match form {
        Form::Tar => return open_tar(blob, gauge).map(Some),
        Form::Library => return Ok(Some(open_library(blob, gauge))),
        Form::Packed => return Ok(Some(Opened::Packed)),
        Form::Zip => Archive::Zip(blob.clone()),
        Form::Cpio => Archive::Cpio(blob.clone()),
        Form::Deb => Archive::Deb(blob.clone()),
        Form::Rpm => Archive::Rpm(blob.clone()),
    };
    Ok(Some(Opened::Tree(Box::new(Tree::of(vec![archive], false, gauge)))))
}

/// The images of a folder, when it is an OCI layout or an unpacked `docker save` archive.
pub fn open_folder(folder: &std::path::Path, gauge: &Gauge) -> Option<Images> {
    image::read(&Store::Folder(folder.to_owned()), gauge)
}

/// Reads what a compressed file unpacks to.
pub fn unpacked(blob: &Blob, gauge: &Gauge) -> Result<Unpacked, Problem> {
    Ok(Unpacked::new(blob, gauge)?)
}

/// A tar is an image or a root.
fn open_tar(blob: &Blob, gauge: &Gauge) -> Result<Opened, Problem> {
    let tree = Tree::of(vec![Archive::Tar(blob.clone(), None)], false, gauge);
    if tree.file("manifest.json").is_none() && tree.file("oci-layout").is_none() {
        return Ok(Opened::Tree(Box::new(tree)));
    }
    // The blobs of an image are read in another order than they come.
    let again = gauge.again();
    let plain = match decode::Input::of(blob, &again)? {
        decode::Input::Plain(_) => None,
        mut packed => Some(Blob::spool(&mut packed, &again)?),
    };
    let tree = match plain {
        Some(blob) => Tree::of(vec![Archive::Tar(blob, None)], false, &again),
        None => tree,
    };
    let blobs = tree.blobs(gauge);
    let store = Store::Tar { tree, blobs, used: std::cell::RefCell::default() };
    Ok(match (image::read(&store, gauge), store) {
        (Some(mut images), Store::Tar { tree, used, .. }) => {
            images.problems.extend(tree.problems().iter().cloned());
            images.problems.extend(image::beside(&tree, &used.borrow()));
            Opened::Images(images)
        }
        (_, Store::Tar { tree, .. }) => Opened::Tree(Box::new(tree)),
        (_, Store::Folder(_)) => Opened::Packed,
    })
}

fn open_library(blob: &Blob, gauge: &Gauge) -> Opened {
    let mut members = Vec::new();
    let read = ar::each(blob, gauge, &mut |name, member| {
        members.push((name, member));
        Ok(())
    });
    Opened::Library(members, read.err())
}
