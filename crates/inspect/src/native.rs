//! Programs and libraries that a C, C++ or Rust compiler made: which cryptographic library is in them, is needed by them,
//! or is only named in them.

mod appended;
mod auditable;
mod grams;
mod instructions;
mod known;
mod library;
mod pass;
mod provider;
mod rust;
mod symbols;
mod texts;
mod words;

use crate::Limits;
use crate::boring;
use crate::bytes;
use crate::facts::{NativeFacts, ProgramFacts};
use crate::image::Image;
use crate::integrity::hmac_file;
use crate::problems::Problems;
use crate::search::{Hits, Wanted};

/// Everything that is to be told of native code; `in_go` is that of a Go program that links C.
pub(crate) fn read(
    image: &Image<'_>,
    program: &ProgramFacts,
    limits: &Limits,
    hits: &Hits,
    in_go: bool,
    problems: &mut Problems,
) -> NativeFacts {
    let mut facts = NativeFacts::default();
    symbols::read(image, limits, &mut facts, problems);
    let (found, algorithms) = pass::run(image, program, in_go, &mut facts);
    facts.constants = found.tables.values().cloned().chain(algorithms).collect();
    // The code of Go's own packages is full of it, and is told by its names.
    if !in_go {
        facts.aes_instructions = instructions::find(image);
    }
    facts.compilers = compilers(image);
    facts.auditable = image
        .section(b".dep-v0")
        .and_then(|section| image.section_data(section))
        .and_then(|section| auditable::read(section, limits, problems));
    facts.appended = appended::find(image);
    facts.boring_library = library::find(image, limits);
    if hits.count(Wanted::BoringText) > 0 && facts.boring_library.is_none() {
        facts.boring = boring::find(image, None, limits);
    }
    facts.integrity_hmac = integrity_hmac(image, program);
    facts.provider = provider::find(image, &found, limits);
    facts
}

/// The value that `.libgnutls.so.30.hmac` and its like state.
fn integrity_hmac(image: &Image<'_>, program: &ProgramFacts) -> Option<vocab::Sha256> {
    let soname = program.soname.as_deref()?;
    let is = |stems: &[&str]| stems.iter().any(|stem| soname.starts_with(stem));
    let key = if is(&["libgnutls.so", "libnettle.so", "libhogweed.so", "libgmp.so"]) {
        hmac_file::GNUTLS_KEY
    } else if is(&["libgcrypt.so"]) {
        hmac_file::LIBGCRYPT_KEY
    } else {
        return None;
    };
    Some(hmac_file::mac(key, image.bytes))
}

/// What lies before and behind a range of the file: names of symbols are read as symbols, where it is known whether they
/// are imported, and are no text of the file's own code.
fn without(
    range: std::ops::Range<u64>,
    offset: u64,
    data: &[u8],
) -> impl Iterator<Item = (u64, &[u8])> {
    let position = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
    let (before, behind) =
        (position(range.start).min(data.len()), position(range.end).min(data.len()));
    let parts = match range.is_empty() {
        true => [Some((offset, data)), None],
        false => [
            data.get(..before).map(|part| (offset, part)),
            data.get(behind..).map(|part| (offset.saturating_add(bytes::offset(behind)), part)),
        ],
    };
    parts.into_iter().flatten().filter(|(_, part)| !part.is_empty())
}

/// See [`crate::known_crates`].
pub(crate) fn known_crates() -> &'static [&'static str] {
    known::CRATES
}

/// How many texts of `.comment` are kept: one a compiler, and a large program has few.
const COMPILERS: usize = 16;

/// The texts of `.comment`, each once.
fn compilers(image: &Image<'_>) -> Vec<String> {
    let section = image.section(b".comment").and_then(|section| image.section_data(section));
    let mut compilers = Vec::new();
    for text in section.unwrap_or_default().split(|byte| *byte == 0).filter(|t| !t.is_empty()) {
        let text = bytes::text(text);
        if compilers.len() < COMPILERS && !compilers.contains(&text) {
            compilers.push(text);
        }
    }
    compilers
}
