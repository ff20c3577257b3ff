//! Text that survives stripping, and what it says.

use super::known::{Meaning, TEXTS};
use super::{rust, symbols};
use crate::bytes;
use crate::facts::{Constant, CryptoLibrary, NativeFacts, OpenSslFolders, ProgramFacts, Text};
use std::collections::BTreeMap;

/// The longest text around a hit that is looked at.
const LONGEST: usize = 256;
/// How many pieces of one kind are kept.
const KEPT: usize = 8;

/// What the pass looks for.
pub(super) fn patterns() -> impl ExactSizeIterator<Item = Vec<u8>> {
    TEXTS.iter().map(|(text, _)| text.reveal())
}

/// What is found beside the facts.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Names of FIPS providers.
    pub(super) providers: Vec<Text>,
    /// Tables of algorithms.
    pub(super) tables: BTreeMap<&'static str, Constant>,
}

/// How long a pattern is.
pub(super) fn length(index: usize) -> Option<usize> {
    TEXTS.get(index).map(|(text, _)| text.len())
}

/// Reads what the pattern `index` says, which stands at `start` of a mapped range that begins at `offset` of the file.
pub(super) fn read(
    index: usize,
    (data, offset, start): (&[u8], u64, usize),
    program: &ProgramFacts,
    facts: &mut NativeFacts,
    found: &mut Found,
) {
    if let Some((text, meaning)) = TEXTS.get(index) {
        let hit = Hit { data, offset, start, end: start + text.len() };
        hit.see(*meaning, program, facts, found);
    }
}

#[derive(Debug, Clone, Copy)]
struct Hit<'a> {
    data: &'a [u8],
    /// Where the data begin in the file.
    offset: u64,
    start: usize,
    end: usize,
}

impl<'a> Hit<'a> {
    fn see(
        self,
        meaning: Meaning,
        program: &ProgramFacts,
        facts: &mut NativeFacts,
        found: &mut Found,
    ) {
        match meaning {
            Meaning::Code(library) => self.code(library, facts),
            Meaning::Banner(library) => self.banner(library, facts),
            Meaning::FileName => self.file_name(program, facts),
            Meaning::Rustc => self.rustc(facts),
            Meaning::CrateSource => self.crate_source(facts),
            Meaning::OpenSslDir => {
                if let Some(folder) = self.quoted() {
                    folders(facts).configuration = folder;
                }
            }
            Meaning::ModulesDir => {
                if let Some(folder) = self.quoted() {
                    folders(facts).modules = Some(folder);
                }
            }
            Meaning::FipsProvider => keep(&mut found.providers, self.whole()),
            Meaning::Table(algorithm) => {
                let at = Constant { algorithm, offset: self.at(), count: 0 };
                found.tables.entry(algorithm).or_insert(at).count += 1;
            }
            Meaning::Vendor => {
                facts.vendor.get_or_insert_with(|| self.whole());
            }
        }
    }

    fn at(self) -> u64 {
        self.offset.saturating_add(bytes::offset(self.start))
    }

    /// Everything from the hit to the end of the text.
    fn rest(self) -> &'a [u8] {
        let rest = self.data.get(self.start..).unwrap_or_default();
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let length = rest.iter().take_while(|byte| printable(**byte)).count();
        rest.get(..length).unwrap_or_default()
    }

    /// The text that the hit is part of.
    fn whole(self) -> Text {
        let before = self.data.get(..self.start).unwrap_or_default();
        let length = before.iter().rev().take(LONGEST).take_while(|b| printable(**b)).count();
        let before = before.get(before.len().saturating_sub(length)..).unwrap_or_default();
        let offset = self.at().saturating_sub(bytes::offset(length));
        Text { text: bytes::text(&[before, self.rest()].concat()), offset }
    }

    fn code(self, library: CryptoLibrary, facts: &mut NativeFacts) {
        let rest = self.rest();
        let version = match library {
            // A crate's prefix without a version is the name of a folder or of a symbol of the module's own.
            CryptoLibrary::AwsLcFips => {
                let Some(version) = rest.get(12..).and_then(symbols::crate_version) else { return };
                Some(version)
            }
            CryptoLibrary::AwsLc if rest.starts_with(b"aws_lc_") => {
                let Some(version) = rest.get(7..).and_then(symbols::crate_version) else { return };
                Some(version)
            }
            CryptoLibrary::Libgcrypt => rest.get(18..).and_then(number),
            _ => None,
        };
        let whole = self.whole();
        let trace = facts.libraries.entry(library).or_default();
        trace.version = trace.version.take().or(version);
        keep(&mut trace.code, whole);
    }

    fn banner(self, library: CryptoLibrary, facts: &mut NativeFacts) {
        let rest = self.rest();
        let words: Vec<&[u8]> = rest.split(|byte| *byte == b' ').collect();
        let read = match (library, words.as_slice()) {
            // `OpenSSL 3.1.2 1 Aug 2023`: a date tells it from a sentence about OpenSSL.
            (CryptoLibrary::OpenSsl, [_, version, day, month, year, ..])
                if day.iter().all(u8::is_ascii_digit)
                    && month.len() == 3
                    && year.len() >= 4
                    && year.iter().take(4).all(u8::is_ascii_digit) =>
            {
                version
            }
            (CryptoLibrary::LibreSsl, [_, version, ..])
            | (CryptoLibrary::AwsLcFips, [_, _, version, ..]) => version,
            _ => return,
        };
        let Some(version) = number(read) else { return };
        let text = Text { text: bytes::text(rest), offset: self.at() };
        let trace = facts.libraries.entry(library).or_default();
        trace.version = trace.version.take().or(Some(version));
        keep(&mut trace.banners, text);
    }

    /// The name of a shared library: up to `.so` and the version behind it. Rust puts texts side by side with nothing in
    /// between, so the name does not end where the text does. A name that the program needs anyway, or its own, says
    /// nothing more.
    fn file_name(self, program: &ProgramFacts, facts: &mut NativeFacts) {
        let Some(name) = shared_library(self.rest()) else { return };
        let name = Text { text: bytes::text(name), offset: self.at() };
        let said = program.needed.iter().chain(&program.soname).any(|other| *other == name.text);
        if !said && facts.named_libraries.iter().all(|known| known.text != name.text) {
            keep(&mut facts.named_libraries, name);
        }
    }

    /// `/rustc/` and the 40 digits of a commit.
    fn rustc(self, facts: &mut NativeFacts) {
        let commit = self.data.get(self.end..).and_then(|rest| rest.get(..40));
        if let Some(commit) = commit.filter(|commit| commit.iter().all(u8::is_ascii_hexdigit)) {
            facts.rustc_commit.get_or_insert_with(|| bytes::text(commit));
        }
    }

    fn crate_source(self, facts: &mut NativeFacts) {
        let before = self.data.get(..self.start).unwrap_or_default();
        let Some((name, version)) = rust::crate_path(before) else { return };
        let trace = facts.crates.entry(name.to_owned()).or_default();
        trace.version = trace.version.take().or(version);
        if trace.path.is_none() {
            trace.path = Some(self.whole());
        }
    }

    /// What stands between the hit and the next quotation mark.
    fn quoted(self) -> Option<String> {
        let rest = self.data.get(self.end..)?;
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let text = rest.get(..memchr::memchr(b'"', rest)?)?;
        (text.iter().all(|byte| printable(*byte)) && !text.is_empty()).then(|| bytes::text(text))
    }
}

fn folders(facts: &mut NativeFacts) -> &mut OpenSslFolders {
    facts
        .openssl_folders
        .get_or_insert_with(|| OpenSslFolders { configuration: String::new(), modules: None })
}

/// The file name of a shared library that a text begins with.
fn shared_library(text: &[u8]) -> Option<&[u8]> {
    const ENDING: &[u8] = b".so";
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_+.-".contains(byte);
    let length = text.iter().take_while(|byte| in_name(byte)).count();
    let at = memchr::memmem::find(text.get(..length)?, ENDING)? + ENDING.len();
    let version = text.get(at..)?.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let name = text.get(..at + version)?;
    Some(name.strip_suffix(b".").unwrap_or(name))
}

fn printable(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte)
}

/// The beginning of a text, when it is a version: digits and dots, and what follows them up to a space.
fn number(text: &[u8]) -> Option<String> {
    let length =
        text.iter().take(32).take_while(|b| b.is_ascii_alphanumeric() || **b == b'.').count();
    let version = text.get(..length).filter(|v| v.first().is_some_and(u8::is_ascii_digit))?;
    version.contains(&b'.').then(|| bytes::text(version).trim_end_matches('.').to_owned())
}

fn keep(list: &mut Vec<Text>, text: Text) {
    if list.len() < KEPT {
        list.push(text);
    }
}
