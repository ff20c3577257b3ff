//! Programs whose code is compressed or encrypted in the file and unfolds when they start: what it holds cannot be read.

use crate::bytes;
use crate::facts::Packed;
use crate::hidden::Hidden;
use crate::image::Image;
use memchr::memmem;

/// The beginning of the header that UPX writes behind a program's own (UPX source `src/stub/src/include/linux.h`,
/// `l_info`), and again at the end of the file. Unpacking by UPX itself can be made impossible by changing it, so its
/// absence says nothing.
const UPX: Hidden<4> = Hidden::new(*b"UPX!");
/// How far from the file's beginning and end that header stands.
const FROM_BEGINNING: usize = 4096;
const FROM_END: usize = 512;
/// Bytes of each sample of code, and how many samples are taken.
const SAMPLE: usize = 64 << 10;
const SAMPLES: usize = 16;
/// Less code than this says nothing.
const LEAST: u64 = 16 << 10;
/// Machine code has 5 to 6.8 bits of entropy a byte, compressed and encrypted bytes nearly 8.
const DENSE: f64 = 7.5;

/// How the code is packed, if it is.
pub(crate) fn find(image: &Image<'_>) -> Option<Packed> {
    let by_upx = upx(image.bytes);
    by_upx.or_else(|| dense(image))
}

fn upx(file: &[u8]) -> Option<Packed> {
    let magic = UPX.reveal();
    let head = file.get(..FROM_BEGINNING).unwrap_or(file);
    let tail_at = file.len().saturating_sub(FROM_END);
    let at = memmem::find(head, &magic)?;
    memmem::find(file.get(tail_at..)?, &magic)?;
    Some(Packed { by: Some("UPX"), offset: bytes::offset(at) })
}

/// Executable segments that hold no machine code to speak of.
fn dense(image: &Image<'_>) -> Option<Packed> {
    // Four counts for each byte value, taken in turn: a count that follows itself waits for its own last store.
    let mut lanes = [[0_u32; 256]; 4];
    let mut first = None;
    for segment in image.executable() {
        let data = image.segment_data(segment);
        first.get_or_insert(segment.offset);
        let step = data.len().div_ceil(SAMPLES).max(SAMPLE);
        for sample in data.chunks(step) {
            for bytes in sample.get(..SAMPLE).unwrap_or(sample).chunks(lanes.len()) {
                for (byte, lane) in bytes.iter().zip(&mut lanes) {
                    if let Some(count) = lane.get_mut(usize::from(*byte)) {
                        *count = count.saturating_add(1);
                    }
                }
            }
        }
    }
    let mut counts = [0_u64; 256];
    for lane in &lanes {
        counts.iter_mut().zip(lane).for_each(|(sum, count)| *sum += u64::from(*count));
    }
    let total: u64 = counts.iter().sum();
    (total >= LEAST && entropy(&counts, total) >= DENSE)
        .then(|| Packed { by: None, offset: first.unwrap_or(0) })
}

/// Shannon's entropy in bits a byte.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn entropy(counts: &[u64; 256], total: u64) -> f64 {
    let share = |count: &u64| *count as f64 / total as f64;
    counts.iter().filter(|count| **count > 0).map(share).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_shannon() {
        let mut counts = [0; 256];
        counts[7] = 10;
        assert!(entropy(&counts, 10) < 0.001);
        assert!((entropy(&[3; 256], 768) - 8.0).abs() < 0.001);
    }
}
