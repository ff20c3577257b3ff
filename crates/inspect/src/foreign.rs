//! Code in a Go program that is not Go's: C that was linked in.
//!
//! When the system's linker made the program, C lies before and after everything that the pclntab lists. When Go's own
//! linker did, the pclntab lists C functions too, under their C names, which have no package.

use crate::go::pclntab::Pclntab;
use crate::go::{moduledata, names};
use crate::image::{Image, Segment};
use std::ops::Range;

/// More pieces than this are not told apart: what follows the last is one piece.
const PIECES: usize = 4096;

/// The pieces of executable segments between Go functions; nothing when it is not known where those are.
pub(crate) fn code(image: &Image<'_>, table: &Pclntab<'_>) -> Vec<Range<u64>> {
    let Some(text) = moduledata::text_start(image, table) else { return Vec::new() };
    let mut pieces = Vec::new();
    for segment in image.executable().map(Segment::in_file) {
        let mut from = segment.start;
        let functions = table.iter().filter(|function| is_go(table, function.name));
        let ranges = functions.map(|f| (text.saturating_add(f.entry), text.saturating_add(f.end)));
        for (start, end) in ranges.filter(|(start, _)| segment.contains(start)) {
            if start > from && pieces.len() < PIECES {
                pieces.push(from..start);
            }
            // Code of fixed width is read in words from here on.
            from = from.max(end & !3);
        }
        if from < segment.end {
            pieces.push(from..segment.end);
        }
    }
    pieces
}

fn is_go(table: &Pclntab<'_>, name: Option<u32>) -> bool {
    let name = name.and_then(|name| table.name(name)).unwrap_or_default();
    names::escaped_package(name).is_some() || name.contains(&b':')
}
