//! Symbol tables (System V ABI, "Symbol Table"): which functions of a cryptographic interface a file defines or imports.

use super::known::{CALLERS, CXX_BEGINNINGS, CXX_NAMESPACES, EXACT, LOADERS, SYMBOLS};
use super::rust;
use crate::Limits;
use crate::bytes;
use crate::facts::{CryptoLibrary, Names, NativeFacts};
use crate::image::{Image, Section};
use crate::problems::Problems;

/// `SHT_SYMTAB`.
const SYMTAB: u32 = 2;
/// `SHT_DYNSYM`.
const DYNSYM: u32 = 11;
/// `STT_SECTION` and `STT_FILE`: names of no code.
const NO_CODE: [u8; 2] = [3, 4];

/// One entry of a symbol table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol<'a> {
    pub(super) name: &'a [u8],
    /// Where the name lies in the file.
    pub(super) offset: u64,
    /// Whether the symbol is in this file, and not imported.
    pub(super) defined: bool,
    pub(super) value: u64,
}

/// Reads every table into the facts.
pub(super) fn read(
    image: &Image<'_>,
    limits: &Limits,
    facts: &mut NativeFacts,
    problems: &mut Problems,
) {
    check_dynamic(image, problems);
    for section in image.sections.iter().filter(|s| s.kind == SYMTAB || s.kind == DYNSYM) {
        // A separate debug file keeps the header of a table whose bytes it does not hold; a cut file does not.
        for symbol in table(image, section, limits, problems) {
            facts.symbols = facts.symbols.saturating_add(1);
            see(facts, &symbol);
        }
    }
}

/// The entries of the dynamic symbol table.
pub(super) fn dynamic<'a>(image: &Image<'a>, limits: &Limits) -> impl Iterator<Item = Symbol<'a>> {
    let section = image.sections.iter().find(|s| s.kind == DYNSYM).copied();
    section.into_iter().flat_map(|section| table(image, &section, limits, &mut Problems::default()))
}

/// Where the names of the dynamic symbols lie in the file.
pub(super) fn dynamic_names(image: &Image<'_>) -> std::ops::Range<u64> {
    let table = image.sections.iter().find(|s| s.kind == DYNSYM);
    let names = table.and_then(|table| image.sections.get(table.link));
    names.map_or(0..0, |names| names.offset..names.offset.saturating_add(names.size))
}

/// The loader reads the table that `DT_SYMTAB` names. Where the sections show another one, or none, a reader of sections
/// would not see what is imported.
fn check_dynamic(image: &Image<'_>, problems: &mut Problems) {
    let Some(address) = image.dynamic.symbols else { return };
    let section = image.sections.iter().find(|s| s.kind == DYNSYM);
    if section.is_none_or(|s| s.address != address) {
        problems.note(
            "dynamic symbols",
            "the table that the loader reads is in no section: what is imported could not be read",
        );
    }
}

fn table<'a>(
    image: &Image<'a>,
    section: &Section<'a>,
    limits: &Limits,
    problems: &mut Problems,
) -> Vec<Symbol<'a>> {
    let strings = image.sections.get(section.link);
    let parts = image
        .section_data(section)
        .zip(strings.and_then(|strings| Some((image.section_data(strings)?, strings.offset))));
    let Some((entries, (names, names_at))) = parts else {
        problems.note("symbols", "a symbol table or its names lie outside the file");
        return Vec::new();
    };
    let size = if image.order.wide { 24 } else { 16 };
    let count = entries.len() / size;
    if count > limits.symbols {
        problems.note(
            "symbols",
            format!("there are {count}, only the first {} were read", limits.symbols),
        );
    }
    let read = |entry| symbol(image, entry, names, names_at);
    entries.chunks_exact(size).take(limits.symbols).filter_map(read).collect()
}

fn symbol<'a>(
    image: &Image<'a>,
    entry: &[u8],
    names: &'a [u8],
    names_at: u64,
) -> Option<Symbol<'a>> {
    let order = image.order;
    let at = order.u32(entry, 0)?;
    let (info, index, value) = if order.wide {
        (entry.get(4)?, order.u16(entry, 6)?, order.u64(entry, 8)?)
    } else {
        (entry.get(12)?, order.u16(entry, 14)?, u64::from(order.u32(entry, 4)?))
    };
    if at == 0 || NO_CODE.contains(&(info & 0xf)) {
        return None;
    }
    let name = bytes::c_string(names.get(usize::try_from(at).ok()?..)?)?;
    let offset = names_at.checked_add(u64::from(at))?;
    Some(Symbol { name, offset, defined: index != 0, value })
}

fn see(facts: &mut NativeFacts, symbol: &Symbol<'_>) {
    facts.loads_libraries |= LOADERS.iter().any(|loader| symbol.name == loader.as_bytes());
    if let Some(library) = library(symbol.name) {
        let trace = facts.libraries.entry(library).or_default();
        count(if symbol.defined { &mut trace.defined } else { &mut trace.imported }, symbol);
        if trace.version.is_none() {
            trace.version = version(library, symbol.name);
        }
    } else if let Some(library) = caller(symbol.name) {
        if !symbol.defined {
            count(&mut facts.libraries.entry(library).or_default().imported, symbol);
        }
    } else if symbol.defined
        && let Some(name) = rust::crate_of(symbol.name)
    {
        count(&mut facts.crates.entry(name).or_default().defined, symbol);
    }
}

pub(super) fn count(names: &mut Names, symbol: &Symbol<'_>) {
    if names.count == 0 {
        names.example = bytes::text(symbol.name);
        names.offset = symbol.offset;
    }
    names.count += 1;
}

fn library(name: &[u8]) -> Option<CryptoLibrary> {
    let whole = EXACT.iter().find(|(known, _)| name == known.as_bytes());
    let beginning = || SYMBOLS.iter().find(|(known, _)| name.starts_with(known.as_bytes()));
    let cxx = || CXX_NAMESPACES.iter().find(|(known, _)| is_in_namespace(name, known));
    whole.or_else(beginning).or_else(cxx).map(|(_, library)| *library)
}

fn is_in_namespace(name: &[u8], namespace: &str) -> bool {
    CXX_BEGINNINGS.iter().any(|beginning| {
        let rest = name.strip_prefix(beginning.as_bytes());
        rest.is_some_and(|rest| rest.starts_with(namespace.as_bytes()))
    })
}

fn caller(name: &[u8]) -> Option<CryptoLibrary> {
    CALLERS
        .iter()
        .find(|(known, _)| name.starts_with(known.as_bytes()))
        .map(|(_, library)| *library)
}

/// AWS-LC's Rust crates put their own version before every name: `aws_lc_fips_0_13_11_EVP_...`.
fn version(library: CryptoLibrary, name: &[u8]) -> Option<String> {
    let rest = match library {
        CryptoLibrary::AwsLcFips => name.strip_prefix(b"aws_lc_fips_")?,
        CryptoLibrary::AwsLc => name.strip_prefix(b"aws_lc_")?,
        _ => return None,
    };
    crate_version(rest)
}

/// `0_13_11_...` as `0.13.11`.
pub(super) fn crate_version(text: &[u8]) -> Option<String> {
    let mut parts = text.split(|byte| *byte == b'_');
    let number = |part: Option<&[u8]>| {
        let part = part.filter(|part| part.len() <= 4 && !part.is_empty())?;
        part.iter().all(u8::is_ascii_digit).then(|| bytes::text(part))
    };
    let [major, minor, patch] =
        [number(parts.next())?, number(parts.next())?, number(parts.next())?];
    Some(format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_programs_own_names_are_no_librarys() {
        assert_eq!(library(b"EVP_DigestInit_ex"), Some(CryptoLibrary::OpenSsl));
        assert_eq!(library(b"aws_lc_fips_0_13_11_EVP_sha256"), Some(CryptoLibrary::AwsLcFips));
        assert_eq!(library(b"crypt"), Some(CryptoLibrary::Libcrypt));
        for own in ["wc_lines", "crypto_init", "crypt_open", "EVENT_", "ssl_version", ""] {
            assert_eq!(library(own.as_bytes()), None, "{own}");
        }
    }

    #[test]
    fn a_crates_version_is_read_from_its_prefix_or_not_at_all() {
        let version = |name: &[u8]| version(CryptoLibrary::AwsLcFips, name);
        assert_eq!(version(b"aws_lc_fips_0_13_11_EVP_sha256").as_deref(), Some("0.13.11"));
        assert_eq!(version(b"aws_lc_fips_x_13_11_EVP"), None);
        assert_eq!(version(b"aws_lc_fips_0_13"), None);
    }
}
