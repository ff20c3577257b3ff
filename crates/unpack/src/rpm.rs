//! RPM packages (the RPM v4 file format): a lead, a signature, a header, and a compressed cpio archive.
//!
//! Only what leads to the payload is read: what a package says of itself is not evidence.

use crate::blob::Blob;
use crate::limits::Problem;

/// What the lead begins with.
pub(crate) const MAGIC: &[u8] = b"\xed\xab\xee\xdb";

/// The lead's length in bytes.
const LEAD: u64 = 96;

/// Most bytes of a header: rpm itself refuses more than 256 MiB (`lib/header.c`, `headerMaxbytes`).
const HEADER: u64 = 256 << 20;

/// The payload: everything after the headers.
pub(crate) fn payload(blob: &Blob) -> Result<Blob, Problem> {
    let signature = header(blob, LEAD)?;
    // The signature is padded to eight bytes, the header is not.
    let start = LEAD.saturating_add(signature.next_multiple_of(8));
    let header = header(blob, start)?;
    let at = start.saturating_add(header);
    blob.slice(at, blob.len().saturating_sub(at)).ok_or_else(crate::blob::cut)
}

/// The length of the header structure at a place: 16 bytes, an index of 16 bytes an entry, and a store.
fn header(blob: &Blob, at: u64) -> Result<u64, Problem> {
    let intro = blob.slice(at, 16).ok_or_else(crate::blob::cut)?.read(16)?;
    if !intro.starts_with(b"\x8e\xad\xe8\x01") {
        return Err(Problem::Damaged("a header of the package does not begin as one".to_owned()));
    }
    let number = |from: usize| {
        let bytes = intro.get(from..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map_or(0, |bytes| u64::from(u32::from_be_bytes(*bytes)))
    };
    let length = 16 + 16 * number(8) + number(12);
    if length > HEADER {
        return Err(Problem::Limit { what: "bytes in a header of the package", most: HEADER });
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structure(entries: u32, store: u32) -> Vec<u8> {
        let mut bytes = b"\x8e\xad\xe8\x01\0\0\0\0".to_vec();
        bytes.extend_from_slice(&entries.to_be_bytes());
        bytes.extend_from_slice(&store.to_be_bytes());
        bytes
    }

    #[test]
    fn the_payload_begins_after_two_headers_of_which_one_is_padded() {
        let mut package = MAGIC.to_vec();
        package.resize(96, 0);
        package.extend(structure(1, 3));
        package.resize(96 + 40, 0);
        package.extend(structure(2, 5));
        package.resize(96 + 40 + 16 + 32 + 5, 0);
        package.extend_from_slice(b"payload");
        assert_eq!(payload(&Blob::memory(package.clone())).unwrap().read(9).unwrap(), b"payload");
        assert!(payload(&Blob::memory(package[..150].to_vec())).is_err());
        package.splice(96.., structure(u32::MAX, u32::MAX));
        assert!(matches!(payload(&Blob::memory(package)), Err(Problem::Limit { .. })));
    }
}
