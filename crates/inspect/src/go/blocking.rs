//! Packages of `golang.org/x/crypto` that refuse to work under `fips140=only`. A source file of that name takes part in the
//! build only with Go 1.26 and later, and its name is in the pclntab's table of files when its check is linked.

use crate::bytes;
use crate::hidden::Hidden;
use crate::image::Image;
use crate::search::{Hits, Needle, Place, Wanted};
use std::collections::BTreeSet;

const FILE: Hidden<21> = Hidden::new(*b"fips140only_go1.26.go");
/// The longest path that is believed.
const LONGEST: usize = 1024;
/// What a module's folder begins with, below the module cache and in a build with `-trimpath`.
const MODULE: &str = "golang.org/x/crypto";

/// What is searched for.
pub(crate) fn needle() -> Needle {
    Needle { wanted: Wanted::GoBlocking, place: Place::Data, bytes: FILE.reveal().to_vec() }
}

/// The packages, by their import paths.
pub(crate) fn read(image: &Image<'_>, hits: &Hits) -> BTreeSet<String> {
    hits.of(Wanted::GoBlocking).filter_map(|hit| package(image.bytes, hit.offset)).collect()
}

/// `.../golang.org/x/crypto@v0.58.0/chacha20poly1305/` in front of the file's name.
fn package(file: &[u8], at: u64) -> Option<String> {
    let before = file.get(..usize::try_from(at).ok()?)?;
    let before = before.get(before.len().saturating_sub(LONGEST)..)?;
    let path = before.get(memchr::memrchr(0, before)? + 1..)?;
    let path = std::str::from_utf8(path).ok()?.strip_suffix('/')?;
    let rest = path.get(path.rfind(MODULE)? + MODULE.len()..)?;
    // Without a version it is a vendored copy, and most likely the standard library's own.
    let package = rest.strip_prefix('@').and_then(|rest| rest.get(rest.find('/')?..))?;
    Some(bytes::text(&[MODULE.as_bytes(), package.as_bytes()].concat()))
}
