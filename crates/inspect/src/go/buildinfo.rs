//! The build information record (Go 1.13 and later): where it is, and the two strings in it.
//!
//! Layout, from the Go source `debug/buildinfo`: 14 bytes of magic, pointer size, flags. Since Go 1.18 flag bit 1 is set,
//! and from offset 32 two strings follow, each preceded by its length as a varint: the Go version and the module text.
//! Before, two pointers to Go's strings stood at offset 16, big-endian when flag bit 0 is set.

use super::modinfo;
use crate::Limits;
use crate::bytes::{self, Order};
use crate::facts::{BuildInfo, GoVersion};
use crate::hidden::Hidden;
use crate::image::Image;
use crate::problems::Problems;
use crate::search::{Hits, Needle, Place, Wanted};

const MAGIC: Hidden<14> = Hidden::new(*b"\xff Go buildinf:");
/// The Go linker aligns the record so; `debug/buildinfo` searches at this step.
const ALIGNMENT: u64 = 16;
const HEADER: usize = 32;
/// Where linkers put it.
const SECTIONS: [&[u8]; 2] = [b".go.buildinfo", b"__go_buildinfo"];
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
    let (version, modules) = if record.get(15)? & INLINE == 0 {
        pointed(image, record, limits, problems)?
    } else {
        strings(record, limits, problems)?
    };
    let mut info = modinfo::parse(modules, problems);
    info.offset = offset;
    info.go_version = bytes::text(version);
    info.version = GoVersion::parse(&info.go_version);
    if info.version.is_none() {
        problems.note("build information", format!("`{}` is no version of Go", info.go_version));
    }
    Some(info)
}

fn locate(image: &Image<'_>, hits: &Hits) -> Option<u64> {
    let magic = MAGIC.reveal();
    let begins = |name: &&[u8]| {
        let section = image.section(name)?;
        image.section_data(section)?.starts_with(&magic).then_some(section.offset)
    };
    if let Some(offset) = SECTIONS.iter().find_map(begins) {
        return Some(offset);
    }
    // Section headers are not needed to run and may be gone; the record is in the data segment all the same.
    let mut records = hits.of(Wanted::GoBuildInfo);
    let aligned =
        records.find(|hit| hit.address.is_multiple_of(ALIGNMENT) && image.is_writable(hit.address));
    aligned.map(|hit| hit.offset)
}

/// The version and the module text behind the pointers of a record before Go 1.18. The module text may be absent.
fn pointed<'a>(
    image: &Image<'a>,
    record: &[u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<(&'a [u8], &'a [u8])> {
    let size = record.get(14)?;
    let expected = Order { little: record.get(15)? & 1 == 0, ..image.order };
    if usize::from(*size) != image.order.pointer_size() || expected != image.order {
        problems.note("build information", "its pointers are not those of this machine");
        return None;
    }
    let string = |index: usize| {
        let header = image.order.word(record, 16 + index * image.order.pointer_size())?;
        let word = bytes::offset(image.order.pointer_size());
        let (text, length) = (image.pointer(header)?, image.pointer(header.checked_add(word)?)?);
        (length <= bytes::offset(limits.build_info)).then(|| image.at(text, length)).flatten()
    };
    let version = string(0);
    if version.is_none() {
        problems
            .note("build information", "the Go version that it points to lies outside the file");
    }
    Some((version?, string(1).unwrap_or_default()))
}

/// The version and the module text of a record that starts with the magic.
pub(crate) fn strings<'a>(
    record: &'a [u8],
    limits: &Limits,
    problems: &mut Problems,
) -> Option<(&'a [u8], &'a [u8])> {
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
