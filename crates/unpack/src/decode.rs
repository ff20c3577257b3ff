//! Compressed streams: gzip, bzip2, zstd, xz. What comes out is counted, and so is what it came from.

mod xz;
mod zstd;

use crate::blob::{Blob, BlobReader};
use crate::limits::{Gauge, Problem};
use bzip2::bufread::MultiBzDecoder;
use crypto::Hash as _;
use flate2::read::MultiGzDecoder;
use std::io::{self, BufReader, Read, Seek as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use vocab::Sha256;

/// Most memory that a stream may ask a decoder to keep of what it already said, in bytes. `zstd --ultra -22` and `xz -9`
/// stay below; `zstd --long=31` does not, and `zstd` itself refuses that without being told to.
const WINDOW: u64 = 128 << 20;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// RFC 1952.
    Gzip,
    /// bzip2 1.0; nobody ever wrote its format down but its author.
    Bzip2,
    /// RFC 8878.
    Zstd,
    /// The .xz file format, version 1.2.
    Xz,
}

impl Codec {
    /// The codec that the first bytes announce. A file that only begins with a skippable frame of zstd is one too.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            // The level, and the beginning of a block, or of the end where there is none.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Some(Self::Bzip2),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            _ => None,
        }
    }

    /// What `blob` unpacks to.
    pub(crate) fn decode(self, blob: &Blob, gauge: &Gauge) -> Decoded {
        let read = Arc::new(AtomicU64::new(0));
        let source = Counted { inner: blob.reader(), read: Arc::clone(&read) };
        let source = BufReader::with_capacity(1 << 16, source);
        let inner: Box<dyn Read + Send> = match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(source)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(source)),
            Self::Zstd => Box::new(zstd::Frames::new(source)),
            Self::Xz => Box::new(xz::Streams::new(source)),
        };
        Decoded { inner, read, written: 0, gauge: gauge.clone() }
    }
}

struct Counted {
    inner: BlobReader,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Unpacked bytes, within the limits.
pub(crate) struct Decoded {
    inner: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    written: u64,
    gauge: Gauge,
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let written = self.inner.read(buffer)? as u64;
        self.written = self.written.saturating_add(written);
        self.gauge.unpacked(written)?;
        ratio(&self.gauge, self.read.load(Ordering::Relaxed), self.written)?;
        Ok(usize::try_from(written).unwrap_or(buffer.len()))
    }
}

/// Refuses a stream that grows out of proportion.
pub(crate) fn ratio(gauge: &Gauge, read: u64, written: u64) -> Result<(), Problem> {
    let most = gauge.limits().ratio;
    if written > gauge.limits().ratio_from && written / read.max(1) > most {
        return Err(Problem::Limit { what: "unpacked bytes for each packed one", most });
    }
    Ok(())
}

/// A reader that hashes what passes.
pub(crate) struct Hashing<R> {
    inner: R,
    hash: crypto::Sha256,
}

impl<R> Hashing<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, hash: crypto::Sha256::new() }
    }
    pub(crate) fn digest(self) -> Sha256 {
        Sha256::from_bytes(self.hash.finish())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Where an archive's bytes come from: as they lie, or unpacked on the way, with or without a hash of all of them.
pub(crate) enum Input {
    Plain(BlobReader),
    Packed(Decoded),
    Hashed(Box<Hashing<Input>>),
}

impl Input {
    /// The bytes of a blob, unpacked when they are packed.
    pub(crate) fn of(blob: &Blob, gauge: &Gauge) -> io::Result<Self> {
        let codec = Codec::of(&blob.head(8)?);
        Ok(codec.map_or_else(
            || Self::Plain(blob.reader()),
            |codec| Self::Packed(codec.decode(blob, gauge)),
        ))
    }

    pub(crate) fn hashed(self) -> Self {
        Self::Hashed(Box::new(Hashing::new(self)))
    }

    /// `len` bytes as a blob, of which `read` were read already, where they lie unpacked.
    pub(crate) fn stretch(&self, read: u64, len: u64) -> Option<Blob> {
        match self {
            Self::Plain(reader) => reader.source().slice(reader.position().checked_sub(read)?, len),
            Self::Packed(_) => None,
            Self::Hashed(hashing) => hashing.inner.stretch(read, len),
        }
    }

    /// Leaves `len` bytes out; a file that ends before is cut.
    pub(crate) fn skip(&mut self, len: u64) -> Result<(), Problem> {
        if let Self::Plain(reader) = self {
            let to = reader.position().saturating_add(len);
            if to > reader.source().len() {
                return Err(crate::blob::cut());
            }
            reader.seek(io::SeekFrom::Start(to))?;
            return Ok(());
        }
        let skipped = io::copy(&mut Read::by_ref(self).take(len), &mut io::sink())?;
        if skipped == len { Ok(()) } else { Err(crate::blob::cut()) }
    }

    /// Reads what is left and gives the hash of everything, where one was asked for.
    pub(crate) fn finish(mut self) -> Result<Option<Sha256>, Problem> {
        if let Self::Hashed(_) = self {
            io::copy(&mut self, &mut io::sink())?;
        }
        match self {
            Self::Hashed(hashing) => Ok(Some(hashing.digest())),
            _ => Ok(None),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Packed(decoded) => decoded.read(buffer),
            Self::Hashed(hashing) => hashing.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests;
