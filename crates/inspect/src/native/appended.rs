//! Bytes appended behind everything that the headers describe.

use crate::bytes;
use crate::facts::Appended;
use crate::image::Image;

/// Fewer bytes are padding.
const PADDING: u64 = 64;

/// Bytes behind every segment, section and header table.
pub(super) fn find(image: &Image<'_>) -> Option<Appended> {
    let nobits = object::elf::SHT_NOBITS.0;
    let sections = image.sections.iter().filter(|s| s.kind != nobits).map(|s| (s.offset, s.size));
    let segments = image.segments.iter().map(|s| (s.offset, s.size));
    let ends =
        sections.chain(segments).chain(image.headers).map(|(at, len)| at.saturating_add(len));
    let offset = ends.max().unwrap_or(0);
    let size = bytes::offset(image.bytes.len()).checked_sub(offset)?;
    (size > PADDING).then_some(Appended { offset, size })
}
