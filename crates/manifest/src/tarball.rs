//! Reads a `.tar.gz`, or a plain tar file, as strictly as we write one, in memory, without unpacking anything.
//!
//! Only the plain subset that every tar program reads alike is taken: ustar headers (POSIX.1-2017, pax, "ustar
//! Interchange Format"), regular files, octal numbers, correct checksums, zeros wherever the format leaves room, one gzip
//! member and nothing after it. Extended headers, links, devices, sparse files and folders are refused: each of them has
//! made two readers see two different archives.

use crate::entry::{FileMode, Member};
use crate::path::ReleasePath;
use flate2::bufread::GzDecoder;
use std::io::Read;
use vocab::Sha256;

/// The unit of a tar file, in bytes.
const BLOCK: usize = 512;

/// The most bytes of zeros that may follow the last member: tar programs fill up to a record of 20 blocks.
const LONGEST_END: u64 = 20 * BLOCK as u64;

/// The most memory that is taken in advance for one member, in bytes.
const LARGEST_RESERVE: u64 = 256 << 20;

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum TarError {
    /// The gzip stream is damaged or too short.
    #[error("the archive cannot be read: it is damaged or cut off")]
    Damaged(#[source] std::io::Error),
    /// Bytes after the gzip member or after the end of the tar file.
    #[error("the archive has content after its end")]
    TrailingData,
    /// A header that is no plain ustar header.
    #[error("member {number} of the archive has a header that is not plain ustar: {why}")]
    Header {
        /// The member, counted from 1.
        number: usize,
        /// What is wrong.
        why: &'static str,
    },
    /// A name outside the grammar.
    #[error("member {number} of the archive has a forbidden name")]
    Name {
        /// The member, counted from 1.
        number: usize,
        /// What is wrong.
        #[source]
        source: crate::path::BadPath,
    },
    /// A member that is larger than it may be.
    #[error(
        "`{path}` claims {size} bytes, more than the {limit} that are left for the archive's content"
    )]
    TooLarge {
        /// The member.
        path: ReleasePath,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A content that does not have the digest the manifest gives.
    #[error("{0}")]
    Unexpected(String),
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) path: ReleasePath,
    pub(crate) mode: FileMode,
    pub(crate) size: u64,
}

/// A reader that goes through an archive once, from its packed bytes.
pub(crate) struct Tarball<'a> {
    source: Source<'a>,
    number: usize,
}

/// The bytes of a tar file.
enum Source<'a> {
    Gzip(GzDecoder<&'a [u8]>),
    Plain(&'a [u8]),
}

impl Source<'_> {
    /// Whether there is nothing after what was read.
    fn is_at_end(&self) -> bool {
        match self {
            Self::Gzip(gzip) => gzip.get_ref().is_empty(),
            Self::Plain(rest) => rest.is_empty(),
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Gzip(gzip) => gzip.read(buffer),
            Self::Plain(rest) => rest.read(buffer),
        }
    }
}

impl<'a> Tarball<'a> {
    pub(crate) fn new(packed: &'a [u8]) -> Self {
        Self { source: Source::Gzip(GzDecoder::new(packed)), number: 0 }
    }

    /// A tar file that is not compressed.
    pub(crate) fn plain(bytes: &'a [u8]) -> Self {
        Self { source: Source::Plain(bytes), number: 0 }
    }

    /// The next header, or nothing after the end, which is then checked to be the very end of the bytes.
    pub(crate) fn next(&mut self) -> Result<Option<Header>, TarError> {
        let mut block = [0; BLOCK];
        self.source.read_exact(&mut block).map_err(TarError::Damaged)?;
        if block.iter().all(|byte| *byte == 0) {
            return self.finish().map(|()| None);
        }
        self.number += 1;
        header(&block, self.number).map(Some)
    }

    /// The content of the member whose header came last. The caller has checked that `size` is acceptable: so much
    /// memory is taken.
    pub(crate) fn content(&mut self, size: u64) -> Result<Vec<u8>, TarError> {
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(LARGEST_RESERVE)).unwrap_or(0));
        let read =
            self.source.by_ref().take(size).read_to_end(&mut bytes).map_err(TarError::Damaged)?;
        if read as u64 != size {
            return Err(TarError::Damaged(std::io::ErrorKind::UnexpectedEof.into()));
        }
        let mut padding = Vec::with_capacity(BLOCK);
        let wanted = size.next_multiple_of(BLOCK as u64) - size;
        self.source.by_ref().take(wanted).read_to_end(&mut padding).map_err(TarError::Damaged)?;
        if padding.len() as u64 != wanted || padding.iter().any(|byte| *byte != 0) {
            return Err(TarError::Header {
                number: self.number,
                why: "its last block is not filled up with zeros",
            });
        }
        Ok(bytes)
    }

    /// POSIX: the end is two zero blocks. The first was read; then only zeros follow, and after the gzip member nothing.
    fn finish(&mut self) -> Result<(), TarError> {
        let mut rest = Vec::new();
        self.source
            .by_ref()
            .take(LONGEST_END + 1)
            .read_to_end(&mut rest)
            .map_err(TarError::Damaged)?;
        if rest.len() < BLOCK {
            return Err(TarError::Damaged(std::io::ErrorKind::UnexpectedEof.into()));
        }
        let zeros = rest.iter().all(|byte| *byte == 0)
            && rest.len() as u64 <= LONGEST_END
            && rest.len() % BLOCK == 0;
        if zeros && self.source.is_at_end() { Ok(()) } else { Err(TarError::TrailingData) }
    }
}

/// Every member of a packed archive with its digest, for the manifest of a release that is being made. `limit` bounds
/// the unpacked content in bytes.
pub fn members(packed: &[u8], limit: u64) -> Result<Vec<Member>, TarError> {
    let mut tarball = Tarball::new(packed);
    let (mut members, mut left) = (Vec::new(), limit);
    while let Some(Header { path, mode, size }) = tarball.next()? {
        if size > left {
            return Err(TarError::TooLarge { path, size, limit: left });
        }
        // A member without content takes room as well: a header.
        left = left.saturating_sub(size).saturating_sub(BLOCK as u64);
        let sha256 = Sha256::of(&tarball.content(size)?);
        members.push(Member { path, mode, size, sha256 });
    }
    Ok(members)
}

/// Takes the fields of a header apart, refusing everything that two readers could read in two ways.
fn header(block: &[u8; BLOCK], number: usize) -> Result<Header, TarError> {
    let bad = |why| TarError::Header { number, why };
    let field = |from: usize, length: usize| block.get(from..from + length).unwrap_or_default();
    if field(257, 8) != b"ustar\x0000" {
        return Err(bad("it is not of the ustar format, version 00"));
    }
    let sum = octal(field(148, 8)).ok_or_else(|| bad("its checksum is not octal"))?;
    if sum != checksum(block) {
        return Err(bad("its checksum is wrong"));
    }
    if field(156, 1) != b"0" {
        return Err(bad("it is no regular file"));
    }
    if field(157, 100).iter().any(|byte| *byte != 0) || field(500, 12).iter().any(|byte| *byte != 0)
    {
        return Err(bad("a field that a regular file leaves empty is not empty"));
    }
    if [field(329, 8), field(337, 8)]
        .into_iter()
        .any(|device| !matches!(octal_or_empty(device), Some(0)))
    {
        return Err(bad("it has a device number"));
    }
    let path = path(field(345, 155), field(0, 100))
        .ok_or_else(|| bad("its name is not text that ends in zeros"))?;
    let mode = octal(field(100, 8))
        .and_then(|bits| u32::try_from(bits).ok())
        .and_then(|bits| FileMode::new(bits).ok());
    Ok(Header {
        path: path.parse().map_err(|source| TarError::Name { number, source })?,
        mode: mode.ok_or_else(|| bad("its mode has more than permission bits"))?,
        size: octal(field(124, 12)).ok_or_else(|| bad("its size is not octal"))?,
    })
}

/// The sum of all bytes, with the checksum's own field taken as spaces.
fn checksum(block: &[u8; BLOCK]) -> u64 {
    let value = |(at, byte): (usize, &u8)| {
        if (148..156).contains(&at) { u64::from(b' ') } else { u64::from(*byte) }
    };
    block.iter().enumerate().map(value).sum()
}

/// Octal digits, then nothing but zero bytes and spaces. Base 256, the GNU extension, is not taken.
fn octal(field: &[u8]) -> Option<u64> {
    let digits = field.iter().take_while(|byte| (b'0'..=b'7').contains(*byte)).count();
    let (digits, rest) = field.split_at_checked(digits)?;
    let ends = !digits.is_empty()
        && !rest.is_empty()
        && rest.iter().all(|byte| *byte == 0 || *byte == b' ');
    ends.then(|| digits.iter().fold(0, |number, digit| number * 8 + u64::from(digit - b'0')))
}

fn octal_or_empty(field: &[u8]) -> Option<u64> {
    if field.iter().all(|byte| *byte == 0) { Some(0) } else { octal(field) }
}

fn path(prefix: &[u8], name: &[u8]) -> Option<String> {
    let (prefix, name) = (text(prefix)?, text(name)?);
    Some(if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") })
}

/// Text up to the first zero byte, and only zero bytes after it: what stands behind it would be a second name.
fn text(field: &[u8]) -> Option<&str> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at_checked(end)?;
    if rest.iter().all(|byte| *byte == 0) { std::str::from_utf8(text).ok() } else { None }
}

#[cfg(test)]
#[path = "tarball_tests.rs"]
mod tests;
