//! Stage one: what a file is, from its first bytes, and as much of it as that asks for.

use crate::root::{KEPT_IN_ALL, is_database, is_kept};
use inspect::facts::FileKind;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use unpack::{Blob, Content, Gauge, Peeked, Problem};

/// How much of a file is looked at to say what it is: as much as `inspect` asks for.
const HEAD: usize = 64 << 10;

/// Larger scripts are not looked at for an archive behind them.
const SCRIPT: u64 = 256 << 20;

/// Memory that is asked for at once, on the word of an archive.
const PREPARED: u64 = 64 << 20;

/// What was taken of one file.
pub(super) enum Load {
    /// All bytes of something that is inspected; and the file again when it is a zip archive too.
    Program { bytes: Vec<u8>, kept: bool, zip: Option<Blob> },
    /// An archive, package or image.
    Archive(Blob),
    /// The bytes of a small file that matters to others.
    Kept(Vec<u8>),
    /// A database of packages: read where it lies, because it may be larger than memory should be.
    Database(Blob),
    /// A script.
    Script,
    /// Text or data.
    Data,
    /// What could not be read.
    Failed(Problem),
}

/// Counts what is kept of one root.
#[derive(Default)]
pub(super) struct Keep(AtomicU64);

impl Keep {
    fn wants(&self, path: &str, size: u64) -> bool {
        is_kept(path, size)
            && self.0.fetch_add(size, Ordering::Relaxed).saturating_add(size) <= KEPT_IN_ALL
    }
}

/// Takes a file that lies somewhere as a whole.
pub(super) fn load_file(blob: &Blob, path: &str, limit: u64, keep: Option<&Keep>) -> Load {
    let gauge = Gauge::new(unpack::Limits::default());
    load(&mut blob.reader(), path, blob.len(), limit, &gauge, keep)
}

/// Takes a file while it passes. `path` is its path in its root.
pub(super) fn load(
    content: &mut dyn Content,
    path: &str,
    size: u64,
    limit: u64,
    gauge: &Gauge,
    keep: Option<&Keep>,
) -> Load {
    take(content, path, size, limit, gauge, keep).unwrap_or_else(Load::Failed)
}

fn take(
    content: &mut dyn Content,
    path: &str,
    size: u64,
    limit: u64,
    gauge: &Gauge,
    keep: Option<&Keep>,
) -> Result<Load, Problem> {
    let mut peeked = Peeked::new(content, HEAD)?;
    let head = peeked.head();
    let kind = inspect::file_kind(head);
    if unpack::recognise(head) {
        // The inspector knows some archives as a whole, and decides by their end.
        return Ok(Load::Archive(peeked.blob(gauge)?));
    }
    if keep.is_some() && is_database(path) {
        return Ok(Load::Database(peeked.blob(gauge)?));
    }
    let kept = keep.is_some_and(|keep| keep.wants(path, size));
    let program = is_artifact(kind);
    let script = kind == FileKind::Script && size <= SCRIPT;
    if !(program || kept || script) {
        return Ok(if kind == FileKind::Script { Load::Script } else { Load::Data });
    }
    if size > limit {
        return Err(Problem::Limit { what: "bytes in one file", most: limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(PREPARED)).unwrap_or_default());
    peeked.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(Problem::Limit { what: "bytes in one file", most: limit });
    }
    // Python programs and self-extracting archives are zip archives behind something else.
    let zip = (program || script) && unpack::has_directory(&bytes);
    Ok(match (program, zip) {
        (true, _) => {
            let zip = zip.then(|| Blob::memory(bytes.clone()));
            Load::Program { bytes, kept, zip }
        }
        (false, true) => Load::Archive(Blob::memory(bytes)),
        (false, false) if kept => Load::Kept(bytes),
        (false, false) => Load::Script,
    })
}

/// Whether a file of this kind is one that is inspected and judged.
fn is_artifact(kind: FileKind) -> bool {
    !matches!(kind, FileKind::Text | FileKind::Script | FileKind::Other)
}
