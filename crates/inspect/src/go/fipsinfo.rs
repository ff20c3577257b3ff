//! The `go:fipsinfo` record of Go 1.24 and later, and the integrity value in it, computed again.
//!
//! From the Go source `cmd/link/internal/ld/fips140.go`: 16 bytes of magic, a 32-byte HMAC-SHA256, a pointer to the
//! record itself, then start and end of four ranges. The value is over `go fips object v1\n` and, for each range, its
//! length as a big-endian 64-bit number and its bytes; the key is 32 zero bytes.

use crate::bytes;
use crate::facts::FipsInfo;
use crate::hidden::Hidden;
use crate::image::Image;
use crate::problems::Problems;
use crate::search::{Hits, Needle, Place, Wanted};
use crypto::{HmacSha256, Mac as _};
use vocab::Sha256;

const MAGIC: Hidden<16> = Hidden::new(*b"\xff Go fipsinfo \xff\0");
const SUM: usize = 32;
/// Text, read-only data, data without pointers, data.
const RANGES: u64 = 4;

/// What is searched for.
pub(crate) fn needle() -> Needle {
    Needle { wanted: Wanted::GoFipsInfo, place: Place::Data, bytes: MAGIC.reveal().to_vec() }
}

/// Finds the record and computes its value.
pub(crate) fn find(image: &Image<'_>, hits: &Hits, problems: &mut Problems) -> Option<FipsInfo> {
    let places = places(image, hits);
    let (&address, rest) = places.split_first()?;
    if !rest.is_empty() {
        problems.note("fips information", format!("{} records; the first was read", places.len()));
    }
    read(image, address, problems)
}

/// Addresses of all records that point to themselves. Only the first hits are kept and tried: each may cost a walk
/// through the relocations.
fn places(image: &Image<'_>, hits: &Hits) -> Vec<u64> {
    let aligned = hits.of(Wanted::GoFipsInfo).map(|hit| hit.address);
    let aligned = aligned.filter(|address| address.is_multiple_of(8));
    aligned.filter(|address| points_to_itself(image, *address)).collect()
}

fn points_to_itself(image: &Image<'_>, address: u64) -> bool {
    word(image, address, 0) == Some(address)
}

/// Where the `index`th pointer after the value stands.
fn place(image: &Image<'_>, address: u64, index: u64) -> Option<u64> {
    let start = bytes::offset(MAGIC.reveal().len() + SUM);
    address.checked_add(start + index * bytes::offset(image.order.pointer_size()))
}

/// That pointer, relocated.
fn word(image: &Image<'_>, address: u64, index: u64) -> Option<u64> {
    image.pointer(place(image, address, index)?)
}

/// That pointer as the file stores it.
fn stored(image: &Image<'_>, address: u64, index: u64) -> Option<u64> {
    image.order.word(image.tail(place(image, address, index)?)?, 0)
}

fn read(image: &Image<'_>, address: u64, problems: &mut Problems) -> Option<FipsInfo> {
    let stated = image.at(address, 48)?.last_chunk::<SUM>().copied().map(Sha256::from_bytes)?;
    let ranges = ranges(image, address, word);
    if ranges.is_none() {
        problems.note("fips information", "a range that it covers lies outside the file");
    }
    let computed = ranges.as_deref().map(value);
    let measured = || self::ranges(image, address, stored).as_deref().map(value);
    Some(FipsInfo {
        offset: image.offset_of(address)?,
        stated,
        computed,
        covered: ranges.iter().flatten().map(|r| bytes::offset(r.len())).sum(),
        mislinked: computed.is_some_and(|computed| computed != stated)
            && measured() == Some(stated),
    })
}

/// The ranges by their pointers, read in either way.
fn ranges<'a>(
    image: &Image<'a>,
    address: u64,
    pointer: fn(&Image<'_>, u64, u64) -> Option<u64>,
) -> Option<Vec<&'a [u8]>> {
    let range = |index: u64| {
        let (start, end) = (pointer(image, address, index)?, pointer(image, address, index + 1)?);
        image.at(start, end.checked_sub(start)?)
    };
    (0..RANGES).map(|i| range(1 + 2 * i)).collect()
}

fn value(ranges: &[&[u8]]) -> Sha256 {
    let mut mac = HmacSha256::new(&[0; 32]);
    mac.update(b"go fips object v1\n");
    for range in ranges {
        mac.update(&bytes::offset(range.len()).to_be_bytes());
        mac.update(range);
    }
    Sha256::from_bytes(mac.finish())
}
