//! Code that a reader cannot see: packed, encrypted, or appended behind everything that the headers describe.

use crate::bytes;
use crate::elf::Image;
use crate::facts::{Appended, Packed};

/// Shorter code is not judged by its bytes.
const SMALLEST: usize = 4096;
/// How many bytes of code are counted.
const SAMPLE: usize = 1 << 20;
/// Machine code has 5 to 6.8 bits of entropy a byte, compressed or encrypted bytes nearly 8 (measured over a Debian
/// installation). In thousandths of a bit.
const MOST: f64 = 7.6;

/// Whether the code looks compressed or encrypted.
pub(super) fn find(image: &Image<'_>) -> Option<Packed> {
    let dense = image.executable().find(|segment| {
        let data = image.segment_data(segment);
        data.len() >= SMALLEST && entropy(data.get(..SAMPLE).unwrap_or(data)) > MOST
    })?;
    Some(Packed { what: "code without the redundancy of machine code", offset: dense.offset })
}

/// Shannon's entropy, in bits a byte.
fn entropy(data: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in data {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    // A sample has at most 2^20 bytes.
    let total = f64::from(u32::try_from(data.len()).unwrap_or(u32::MAX));
    let share = |count: &u32| f64::from(*count) / total;
    counts.iter().filter(|count| **count > 0).map(|c| -share(c) * share(c).log2()).sum()
}

/// Fewer bytes are padding.
const PADDING: u64 = 64;

/// Bytes behind every segment, section and header table.
pub(super) fn appended(image: &Image<'_>) -> Option<Appended> {
    let nobits = object::elf::SHT_NOBITS.0;
    let sections = image.sections.iter().filter(|s| s.kind != nobits).map(|s| (s.offset, s.size));
    let segments = image.segments.iter().map(|s| (s.offset, s.size));
    let ends =
        sections.chain(segments).chain(image.headers).map(|(at, len)| at.saturating_add(len));
    let offset = ends.max().unwrap_or(0);
    let size = bytes::offset(image.bytes.len()).checked_sub(offset)?;
    (size > PADDING).then_some(Appended { offset, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_tells_noise_from_repetition() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let noise: Vec<u8> = (0..SMALLEST).map(|_| noise()).collect();
        assert!(entropy(&noise) > MOST);
        assert!(entropy(&[0; SMALLEST]) < 0.1);
        assert!(entropy(&b"abcd".repeat(1000)) < 2.1);
    }
}
