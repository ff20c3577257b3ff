//! The build information record (Go 1.18 and later): where it is, and the two strings in it.
//!
//! Layout, from the Go source `debug/buildinfo`: 14 bytes of magic, pointer size, flags; from offset 32, when flag bit 1
//! is set, two strings each preceded by its length as a varint: the Go version and the module text.

use super::modinfo;
use crate::Limits;
use crate::bytes;
use crate::facts::BuildInfo;
use crate::hidden::Hidden;
use crate::image::Image;
use crate::problems::Problems;
use crate::search::{Hits, Needle, Place, Wanted};

const MAGIC: Hidden<14> = Hidden::new(*b"\xff Go buildinf:");
/// The Go linker aligns the record so; `debug/buildinfo` searches at this step.
const ALIGNMENT: u64 = 16;
const HEADER: usize = 32;
/// Flag bit 1: the strings follow in the record.
const INLINE: u8 = 2;

/// What is searched for.
pub(crate) fn needle() -> Needle {
    Needle { wanted: Wanted::GoBuildInfo, place: Place::Data, bytes: MAGIC.reveal().to_vec() }
}

/// Finds and reads the record.
pub(crate) fn find(
    image: &Image<'_>,
    hits: &Hits,
    limits: &Limits,
    problems: &mut Problems,
) -> Option<BuildInfo> {
    let offset = locate(image, hits)?;
    let record = image.bytes.get(usize::try_from(offset).ok()?..)?;
    let (version, modules) = strings(record, limits, problems)?;
    let mut info = modinfo::parse(modules, problems);
    info.offset = offset;
    info.go_version = bytes::text(version);
    Some(info)
}

fn locate(image: &Image<'_>, hits: &Hits) -> Option<u64> {
    let magic = MAGIC.reveal();
    if let Some(section) = image.section(b".go.buildinfo")
        && image.section_data(section).is_some_and(|data| data.starts_with(&magic))
    {
        return Some(section.offset);
    }
    // Section headers are not needed to run and may be gone; the record is in the data segment all the same.
    let mut records = hits.of(Wanted::GoBuildInfo);
    let aligned =
        records.find(|hit| hit.address.is_multiple_of(ALIGNMENT) && image.is_writable(hit.address));
    aligned.map(|hit| hit.offset)
}

/// The version and the module text of a record that starts with the magic.
pub(crate) fn strings<'a>(
    record: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<(&'a [u8], &'a [u8])> {
    if record.get(15)? & INLINE == 0 {
        problems.note(
            "build information",
            "its strings are behind pointers, as before Go 1.18: not read",
        );
        return None;
    }
    let strings = record.get(HEADER..)?;
    let version = string(strings, limits, problems)?;
    let modules = string(strings.get(version.1..)?, limits, problems)?;
    Some((version.0, modules.0))
}

/// A string and how many bytes it took with its length.
fn string<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<(&'a [u8], usize)> {
    let Some((length, rest)) = bytes::uvarint(bytes) else {
        problems.note("build information", "a string's length is not a varint");
        return None;
    };
    if length > bytes::offset(limits.build_info) {
        problems.note(
            "build information",
            format!("a string of {length} bytes is over the limit {}", limits.build_info),
        );
        return None;
    }
    let Some(text) = bytes::slice(rest, 0, length) else {
        problems
            .note("build information", format!("a string of {length} bytes ends outside the file"));
        return None;
    };
    Some((text, bytes.len() - rest.len() + text.len()))
}
