//! One gzip member (RFC 1952), joined from stretches that were deflated before and bytes that are deflated here.

use crate::member::PackError;
use crate::segment::{Segment, deflate};
use std::io::Write;

/// RFC 1952 section 2.3: no file name, no comment, MTIME 0 ("no time stamp is available"), XFL 0, OS 255 ("unknown").
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// RFC 1951 section 3.2.4: an empty stored block that is the last one.
const END: [u8; 5] = [1, 0, 0, 255, 255];

/// A gzip stream that is being written.
pub(crate) struct Gzip<W> {
    out: W,
    /// Bytes that wait for more of their kind: headers and padding.
    pending: Vec<u8>,
    crc: crc32fast::Hasher,
    len: u64,
    written: u64,
}

impl<W: Write> Gzip<W> {
    pub(crate) fn new(out: W) -> Result<Self, PackError> {
        let mut gzip =
            Self { out, pending: Vec::new(), crc: crc32fast::Hasher::new(), len: 0, written: 0 };
        gzip.put(&HEADER)?;
        Ok(gzip)
    }

    /// Bytes to compress.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// A stretch that is compressed already; gives the place where it begins in the output.
    pub(crate) fn segment(&mut self, segment: &Segment<'_>) -> Result<u64, PackError> {
        self.flush()?;
        let place = self.written;
        self.put(segment.deflated())?;
        self.crc.combine(&crc32fast::Hasher::new_with_initial_len(
            segment.crc(),
            segment.content_len(),
        ));
        self.len += segment.content_len();
        Ok(place)
    }

    fn flush(&mut self) -> Result<(), PackError> {
        let bytes = std::mem::take(&mut self.pending);
        if bytes.is_empty() {
            return Ok(());
        }
        self.crc.update(&bytes);
        self.len += bytes.len() as u64;
        let packed = deflate(&bytes)?;
        self.put(&packed)
    }

    /// RFC 1952 section 2.3: the stream ends with the CRC-32 and the length of the content modulo 2^32.
    pub(crate) fn finish(mut self) -> Result<W, PackError> {
        self.flush()?;
        self.put(&END)?;
        let crc = self.crc.clone().finalize().to_le_bytes();
        self.put(&crc)?;
        let [a, b, c, d, ..] = self.len.to_le_bytes();
        self.put(&[a, b, c, d])?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), PackError> {
        self.written += bytes.len() as u64;
        self.out.write_all(bytes).map_err(PackError::Write)
    }
}
