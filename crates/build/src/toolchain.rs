//! The pinned toolchains: fetched by the ecosystem's ordinary client, checked by our own digests, unpacked read-only.

pub(crate) mod debian;
pub(crate) mod go;
pub(crate) mod objects;
pub(crate) mod rust;
pub(crate) mod zig;

use crate::{BuildError, Event, Events, dirhash::hash_tree};
use camino::Utf8Path;
use std::time::Instant;
use vocab::Sha256;

/// No archive of a toolchain is larger: the zig wheel has 101 MB.
const ARCHIVE_LIMIT: u64 = 512 << 20;

/// Reads an archive and compares it with its pin.
pub(crate) fn pinned(path: &Utf8Path, expected: &Sha256) -> Result<Vec<u8>, BuildError> {
    let bytes = files::read(path, ARCHIVE_LIMIT)?;
    let found = Sha256::of(&bytes);
    if found == *expected {
        return Ok(bytes);
    }
    let what = format!("`{path}`");
    Err(BuildError::PinMismatch { what, expected: expected.to_string(), found: found.to_string() })
}

/// Hashes an unpacked tree and compares it with its pin.
pub(crate) fn check_tree(
    what: &str,
    folder: &Utf8Path,
    prefix: &str,
    expected: &str,
    events: &dyn Events,
) -> Result<(), BuildError> {
    check_sum(what, folder, expected, events, || hash_tree(folder, prefix))
}

/// The same, for a tree that is hashed in its own way.
fn check_sum(
    what: &str,
    folder: &Utf8Path,
    expected: &str,
    events: &dyn Events,
    hash: impl FnOnce() -> Result<String, BuildError>,
) -> Result<(), BuildError> {
    events.event(Event::Verifying { what: what.to_owned() });
    let started = Instant::now();
    let found = hash()?;
    if found != expected {
        let (what, folder) = (what.to_owned(), folder.to_owned());
        return Err(BuildError::TreeChanged { what, folder, expected: expected.to_owned(), found });
    }
    events
        .event(Event::Verified { what: what.to_owned(), seconds: started.elapsed().as_secs_f64() });
    Ok(())
}
