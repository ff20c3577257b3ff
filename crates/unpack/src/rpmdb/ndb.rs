//! ndb, rpm's own database (`lib/backend/ndb/rpmpkg.c`): pages of slots, and the headers they lead to, each with a
//! checksum. All numbers are little-endian.

use super::{Budget, Visit, damaged, le32, stretch};
use crate::blob::Blob;
use crate::limits::Problem;

/// What the file begins with.
pub(super) const MAGIC: &[u8] = b"RpmP";

/// Bytes in a page of slots, and in a slot; headers begin at multiples of a slot's length.
const PAGE: u64 = 4096;
const SLOT: usize = 16;

/// The file's own header takes the place of two slots.
const FIRST: usize = 2;

/// Bytes before a package's header, and after it.
const HEAD: u64 = 16;
const TAIL: u64 = 12;

pub(super) fn each(blob: &Blob, budget: &mut Budget, visit: Visit<'_>) -> Result<(), Problem> {
    let head = stretch(blob, 0, 32)?;
    if le32(&head, 4)? != 0 {
        return Err(damaged("the database is of a version of ndb that is not known"));
    }
    let pages = u64::from(le32(&head, 12)?);
    if pages == 0 || pages > blob.len() / PAGE {
        return Err(damaged("the database has more pages of slots than it is long"));
    }
    for page in 0..pages {
        let slots = stretch(blob, page.saturating_mul(PAGE), PAGE)?;
        let skipped = if page == 0 { FIRST } else { 0 };
        for slot in slots.as_chunks::<SLOT>().0.iter().skip(skipped) {
            if !slot.starts_with(b"Slot") {
                return Err(damaged("a slot of the database does not begin as one"));
            }
            let (number, from, blocks) = (le32(slot, 4)?, le32(slot, 8)?, le32(slot, 12)?);
            // A slot without a place is free.
            if from != 0 {
                package(blob, number, u64::from(from), u64::from(blocks), budget, visit)?;
            }
        }
    }
    Ok(())
}

/// One package: `BlbS`, its number, a generation, a length; the header and zeros up to a block; a checksum, the length, `BlbE`.
fn package(
    blob: &Blob,
    number: u32,
    from: u64,
    blocks: u64,
    budget: &mut Budget,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    let block = SLOT as u64;
    let at = from.saturating_mul(block);
    let head = stretch(blob, at, HEAD)?;
    let len = u64::from(le32(&head, 12)?);
    let lies = !head.starts_with(b"BlbS")
        || le32(&head, 4)? != number
        || blocks != (HEAD + len + TAIL).div_ceil(block);
    if lies {
        return Err(damaged("a slot of the database does not lead to its package"));
    }
    let end = budget.header(len)?;
    let whole = stretch(blob, at, blocks.saturating_mul(block))?;
    let (sealed, tail) = whole.split_at_checked(whole.len().saturating_sub(12)).unwrap_or_default();
    if le32(tail, 0)? != adler32(sealed)
        || le32(tail, 4)? != place32(len)
        || !tail.ends_with(b"BlbE")
    {
        return Err(damaged("the checksum of a package in the database is wrong"));
    }
    let header = sealed.get(16..).and_then(|rest| rest.get(..end));
    visit(header.ok_or_else(crate::blob::cut)?)
}

fn place32(len: u64) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// RFC 1950, section 9: the sum of all bytes, and the sum of these sums, each modulo 65521. They are reduced every 5552
/// bytes: so many fit before the second overflows 32 bits.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for chunk in bytes.chunks(5552) {
        for byte in chunk {
            low = low.wrapping_add(u32::from(*byte));
            high = high.wrapping_add(low);
        }
        low %= 65521;
        high %= 65521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zlib() {
        assert_eq!(adler32(b""), 1);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(adler32(&vec![0xff; 1 << 20]), 0x8e88_ef11);
    }
}
