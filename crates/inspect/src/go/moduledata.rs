//! `runtime.firstmoduledata`, found by the pointers it must hold: it says where the text begins.
//!
//! Layout, from the Go source `runtime/symtab.go` (`moduledata`, the same up to `text` since Go 1.18): a pointer to the
//! pclntab header, five slices, one more slice, three pointers, and then `text` as the 23rd word.

use super::pclntab::Pclntab;
use crate::bytes;
use crate::image::{Image, dynamic};
use memchr::memmem;

/// Which word `text` is.
const TEXT: u64 = 22;
/// More places that hold the header's address than this are not tried.
const CANDIDATES: usize = 64;

/// The address that function entries count from.
pub(crate) fn text_start(image: &Image<'_>, table: &Pclntab<'_>) -> Option<u64> {
    if table.is_absolute() {
        return Some(0);
    }
    let stored = places(image, table.address);
    let relocated =
        dynamic::relative(image, |_, addend| addend == table.address).map(|(place, _)| place);
    stored
        .into_iter()
        .chain(relocated)
        .take(CANDIDATES)
        .find_map(|place| text_of(image, table, place))
}

/// Addresses of aligned words in variables that hold `value`.
fn places(image: &Image<'_>, value: u64) -> Vec<u64> {
    let word = image.order.pointer_size();
    let mut bytes = if image.order.little { value.to_le_bytes() } else { value.to_be_bytes() };
    if !image.order.wide && !image.order.little {
        bytes.rotate_left(4);
    }
    let needle = bytes.get(..word).unwrap_or_default();
    let mut places = Vec::new();
    for segment in image.segments.iter().filter(|s| s.writable) {
        let hits = memmem::find_iter(image.segment_data(segment), needle).map(bytes::offset);
        let addresses = hits.map(|at| segment.address.saturating_add(at));
        places.extend(addresses.filter(|a| a.is_multiple_of(bytes::offset(word))).take(CANDIDATES));
    }
    places
}

/// The text address of the module data at `place`, if it is module data: its second word must point to the names.
fn text_of(image: &Image<'_>, table: &Pclntab<'_>, place: u64) -> Option<u64> {
    let word = bytes::offset(image.order.pointer_size());
    let names = table.address.checked_add(bytes::offset(table.names_at))?;
    if image.pointer(place.checked_add(word)?)? != names {
        return None;
    }
    image.pointer(place.checked_add(TEXT * word)?).filter(|text| image.is_code(*text))
}
