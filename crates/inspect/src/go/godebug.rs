//! The value of the variable `runtime.godebugDefault`, found without symbols.
//!
//! The Go command passes the default GODEBUG to the linker as a `-X` flag and writes the same text into build
//! information, but a second `-X` flag overrides the first and leaves the record as it was. So the variable itself is
//! read. Two runtime functions load the string, its pointer and its length: `godebugNotify` (which loads nothing else
//! like it) and `reparsedebugvars` (Go source `runtime/runtime.go`, `runtime1.go`, since Go 1.21). The pclntab says where
//! they are; the one address from which both load a string is the variable.

use super::moduledata;
use super::pclntab::{Function, Pclntab};
use crate::bytes;
use crate::code::{self, Use};
use crate::facts::GodebugDefault;
use crate::image::Image;
use crate::problems::Problems;
use std::collections::BTreeSet;

/// Functions that load the variable.
const READERS: [&str; 2] = ["runtime.godebugNotify", "runtime.reparsedebugvars"];
/// No function of the runtime that is read here is longer.
const LONGEST_FUNCTION: u64 = 4096;
/// No GODEBUG text is longer.
const LONGEST_TEXT: u64 = 64 << 10;

/// Reads the variable, or says why not. A program that links none of its readers has no settings that could matter (and
/// no cryptography: Go's own module asks for its setting), which is no problem.
pub(crate) fn read(
    image: &Image<'_>,
    table: &Pclntab<'_>,
    problems: &mut Problems,
) -> GodebugDefault {
    let readers = table.functions(&READERS);
    if readers.is_empty() {
        return GodebugDefault::NotFound;
    }
    let value = locate(image, table, &readers).and_then(|address| value(image, address));
    value.unwrap_or_else(|why| {
        problems.note("runtime.godebugDefault", why);
        GodebugDefault::NotFound
    })
}

/// The address of the variable.
fn locate(
    image: &Image<'_>,
    table: &Pclntab<'_>,
    readers: &[Function],
) -> Result<u64, &'static str> {
    let text = moduledata::text_start(image, table).ok_or("the module data was not found")?;
    let loaded: Option<Vec<_>> =
        readers.iter().map(|reader| strings_loaded(image, text, *reader)).collect();
    let loaded = loaded.ok_or("a function that reads it lies outside the file")?;
    let mut common = loaded.into_iter().reduce(|a, b| &a & &b).unwrap_or_default().into_iter();
    match (common.next(), common.next()) {
        (Some(address), None) => Ok(address),
        (None, _) => Err("the functions that read it load no string in common"),
        _ => Err("the functions that read it load more than one string in common"),
    }
}

/// Addresses of every two words that a function loads together.
fn strings_loaded(image: &Image<'_>, text: u64, function: Function) -> Option<BTreeSet<u64>> {
    let start = text.checked_add(function.entry)?;
    let length = function.end.checked_sub(function.entry)?.min(LONGEST_FUNCTION);
    let loads: Vec<_> =
        code::references(image.machine, image.order, image.at(start, length)?, start).collect();
    let single: BTreeSet<u64> =
        loads.iter().filter(|r| r.usage == Use::Load).map(|r| r.target).collect();
    let word = bytes::offset(image.order.pointer_size());
    let next = |a: u64| a.checked_add(word).is_some_and(|b| single.contains(&b));
    let both = single.iter().filter(|a| next(**a)).copied();
    let pairs = loads.iter().filter(|r| r.usage == Use::LoadPair).map(|r| r.target);
    Some(both.chain(pairs).filter(|a| a.is_multiple_of(word)).collect())
}

/// The Go string at an address: pointer, length.
fn value(image: &Image<'_>, address: u64) -> Result<GodebugDefault, &'static str> {
    let word = bytes::offset(image.order.pointer_size());
    if image.is_zero_memory(address, 2 * word) {
        return Ok(GodebugDefault::Empty);
    }
    let length = address.checked_add(word).and_then(|a| image.pointer(a));
    let (Some(pointer), Some(length)) = (image.pointer(address), length) else {
        return Err("it lies outside the file");
    };
    if length == 0 {
        return Ok(GodebugDefault::Empty);
    }
    let text = image
        .at(pointer, length)
        .filter(|_| length <= LONGEST_TEXT)
        .ok_or("its text lies outside the file")?;
    if !is_settings(text) {
        return Err("its text is not a list of settings");
    }
    let offset = image.offset_of(pointer).ok_or("its text lies outside the file")?;
    Ok(GodebugDefault::Value { text: String::from_utf8_lossy(text).into_owned(), offset })
}

/// `key=value(,key=value)*` in printable ASCII (Go source `runtime/runtime1.go`, `parsegodebug`).
fn is_settings(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_graphic)
        && text
            .split(|&b| b == b',')
            .all(|item| bytes::offset(memchr::memchr(b'=', item).unwrap_or(0)) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_of_settings_pass_for_one() {
        for good in ["fips140=on", "a=1,b=,fips140=off"] {
            assert!(is_settings(good.as_bytes()), "{good}");
        }
        for bad in ["", "fips140", "=on", "a=1,", "a=1,,b=2", "a=1 b", "a=\u{e9}", "a=1\0"] {
            assert!(!is_settings(bad.as_bytes()), "{bad:?}");
        }
    }
}
