//! Bytes that can be read at any place: a file, a stretch of one, or memory. Cloning one copies nothing.

use crate::limits::{Gauge, Problem};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use vocab::Sha256;

/// Unpacked bytes up to this number stay in memory; more go to a temporary file without a name.
const IN_MEMORY: u64 = 16 << 20;

/// Bytes that can be read at any place.
#[derive(Debug, Clone)]
pub struct Blob {
    store: Store,
    start: u64,
    len: u64,
}

#[derive(Debug, Clone)]
enum Store {
    File(Arc<std::fs::File>),
    Memory(Arc<[u8]>),
}

impl Blob {
    /// A file that was opened, to the length that it has now.
    pub fn file(file: std::fs::File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { store: Store::File(Arc::new(file)), start: 0, len })
    }

    /// Bytes in memory.
    pub fn memory(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self { store: Store::Memory(bytes.into()), start: 0, len }
    }

    /// How many bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `len` bytes from `start`; nothing when they do not lie inside.
    #[must_use]
    pub fn slice(&self, start: u64, len: u64) -> Option<Self> {
        let end = start.checked_add(len)?;
        (end <= self.len).then(|| Self {
            store: self.store.clone(),
            start: self.start.saturating_add(start),
            len,
        })
    }

    /// At most `len` bytes from the beginning.
    pub fn head(&self, len: usize) -> io::Result<Vec<u8>> {
        read_up_to(&mut self.reader(), len)
    }

    /// At most `len` bytes before the end.
    pub fn tail(&self, len: u64) -> io::Result<Vec<u8>> {
        let len = len.min(self.len);
        let mut reader = self.reader();
        reader.seek(SeekFrom::Start(self.len.saturating_sub(len)))?;
        read_up_to(&mut reader, usize::try_from(len).unwrap_or(usize::MAX))
    }

    /// All of it, when it is not longer than `limit` bytes.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, Problem> {
        if self.len > limit {
            return Err(Problem::Limit { what: "bytes in one file", most: limit });
        }
        let bytes =
            read_up_to(&mut self.reader(), usize::try_from(self.len).unwrap_or(usize::MAX))?;
        if bytes.len() as u64 == self.len { Ok(bytes) } else { Err(cut()) }
    }

    /// SHA-256 of all of it, read in pieces.
    pub fn sha256(&self) -> io::Result<Sha256> {
        let mut hashing = crate::decode::Hashing::new(self.reader());
        io::copy(&mut hashing, &mut io::sink())?;
        Ok(hashing.digest())
    }

    /// A reader at the beginning.
    pub fn reader(&self) -> BlobReader {
        BlobReader { blob: self.clone(), at: 0 }
    }

    /// Takes everything from a reader: into memory, or into a temporary file when it is long. The gauge says how much.
    pub fn spool(reader: &mut (impl Read + ?Sized), gauge: &Gauge) -> Result<Self, Problem> {
        let mut bytes = Vec::new();
        let mut reader = reader;
        Read::by_ref(&mut reader).take(IN_MEMORY).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < IN_MEMORY {
            return Ok(Self::memory(bytes));
        }
        let most = gauge.limits().unpacked;
        let mut file = files::scratch().map_err(io::Error::other)?;
        io::Write::write_all(&mut file, &bytes)?;
        drop(bytes);
        let more = io::copy(&mut reader.take(most), &mut file)?;
        if more >= most {
            return Err(Problem::Limit { what: "bytes unpacked", most });
        }
        Ok(Self::file(file)?)
    }
}

/// A file that ends before its time.
pub(crate) fn cut() -> Problem {
    Problem::Damaged("the file ends too early".to_owned())
}

/// Reads until `len` bytes are there or the reader ends.
pub(crate) fn read_up_to(reader: &mut dyn Read, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len.min(1 << 20));
    reader.take(len as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a [`Blob`] from any place.
#[derive(Debug, Clone)]
pub struct BlobReader {
    blob: Blob,
    at: u64,
}

impl BlobReader {
    /// Where the next byte comes from.
    pub(crate) fn position(&self) -> u64 {
        self.at
    }
    /// What is read.
    pub(crate) fn source(&self) -> &Blob {
        &self.blob
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.blob.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let Some(buffer) = buffer.get_mut(..wanted) else { return Ok(0) };
        let place = self.blob.start.saturating_add(self.at);
        let read = match &self.blob.store {
            Store::File(file) => file.read_at(buffer, place)?,
            Store::Memory(bytes) => {
                let from = usize::try_from(place).unwrap_or(usize::MAX);
                let source = bytes.get(from..).and_then(|rest| rest.get(..wanted));
                source.map_or(0, |source| {
                    buffer.copy_from_slice(source);
                    wanted
                })
            }
        };
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for BlobReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.blob.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = place.ok_or_else(|| io::Error::other("a place before the beginning"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn a_slice_reads_only_its_own_bytes_and_cannot_reach_out() {
        let blob = Blob::memory(b"0123456789".to_vec());
        let slice = blob.slice(2, 5).unwrap();
        assert_eq!(slice.read(5).unwrap(), b"23456");
        assert_eq!(slice.tail(2).unwrap(), b"56");
        assert_eq!(slice.slice(1, 2).unwrap().head(9).unwrap(), b"34");
        assert!(slice.slice(1, 5).is_none() && slice.slice(u64::MAX, 1).is_none());
        assert!(matches!(slice.read(4), Err(Problem::Limit { .. })));
        let mut reader = slice.reader();
        assert_eq!(reader.seek(SeekFrom::End(90)).unwrap(), 95);
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0, "past the end there is nothing");
        assert!(reader.seek(SeekFrom::Current(-96)).is_err());
    }

    #[test]
    fn long_content_is_spooled_to_a_file_and_reads_the_same() {
        let gauge = Gauge::new(Limits::default());
        let long = vec![7; usize::try_from(IN_MEMORY).unwrap() + 3];
        for bytes in [b"short".to_vec(), long] {
            let blob = Blob::spool(&mut &bytes[..], &gauge).unwrap();
            assert_eq!(blob.len(), bytes.len() as u64);
            assert_eq!(blob.sha256().unwrap(), Sha256::of(&bytes));
        }
        let tight = Gauge::new(Limits { unpacked: 1 << 20, ..Limits::default() });
        let endless = &mut io::repeat(1);
        assert!(matches!(Blob::spool(endless, &tight), Err(Problem::Limit { .. })));
    }
}
