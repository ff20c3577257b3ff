//! Digests of what is being written, so that it need not be read again.

use crate::entry::Digests;
use crypto::Hash as _;
use std::io::{self, Write};
use vocab::{Sha256, Sha512};

/// A writer that takes both digests of what passes through it.
pub struct Digester<W> {
    out: W,
    sha256: crypto::Sha256,
    sha512: crypto::Sha512,
    size: u64,
}

impl<W: Write> Digester<W> {
    /// Nothing has passed yet.
    pub fn new(out: W) -> Self {
        Self { out, sha256: crypto::Sha256::new(), sha512: crypto::Sha512::new(), size: 0 }
    }

    /// The writer, the digests and the number of bytes.
    pub fn finish(self) -> (W, Digests, u64) {
        let sha256 = Sha256::from_bytes(self.sha256.finish());
        let sha512 = Sha512::from_bytes(self.sha512.finish());
        (self.out, Digests { sha256, sha512 }, self.size)
    }
}

impl<W: Write> Write for Digester<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let passed = bytes.get(..written).unwrap_or_default();
        self.sha256.update(passed);
        self.sha512.update(passed);
        self.size += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_in_pieces_has_the_digests_of_the_whole() {
        let mut digester = Digester::new(Vec::new());
        for piece in [&b"ab"[..], b"", b"c"] {
            digester.write_all(piece).unwrap();
        }
        assert_eq!(digester.finish(), (b"abc".to_vec(), Digests::of(b"abc"), 3));
    }
}
