//! The text of a static BoringSSL-derived module (BoringCrypto, AWS-LC FIPS), found without symbols.
//!
//! The module's own integrity test names where its text begins and ends, and the value of that test is an HMAC with a
//! key of zeros over exactly these bytes (BoringSSL source `crypto/fipsmodule/bcm.c`; static builds hash no length):
//! HMAC-SHA256 in the module of Go 1.24 and later and in AWS-LC, HMAC-SHA512 in that of Go 1.23 and before. So: find two
//! addresses that code between them names close together, the first at the beginning of a page, compute, and look for
//! the result in the file. A module whose bytes were changed is found all the same, by the same two addresses, and its
//! value is not.

use crate::Limits;
use crate::bytes;
use crate::code::{self, Reference, Use};
use crate::facts::{BoringText, Fingerprint, GoFacts, Machine};
use crate::foreign;
use crate::go::pclntab::Pclntab;
use crate::hidden::Hidden;
use crate::image::{Image, Segment, dynamic};
use crate::search::{Needle, Place, Wanted};
use crypto::{HmacSha256, HmacSha512, Mac as _};
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use vocab::{Arch, Sha256, Sha512};

/// The object file's text is aligned to a page.
const PAGE: u64 = 4096;
/// What is hashed begins there, or behind the value itself, which AWS-LC FIPS 4 puts first.
const BEGINNINGS: [u64; 2] = [0, 32];
/// The integrity test names both ends this close to each other.
const NEAR: u64 = 200;
/// The shortest and longest text a module may have: 381 kB to 2.6 MB were measured.
const LENGTHS: Range<u64> = 300_000..8_000_000;
/// AWS-LC's module for arm64 asks small functions behind its text for the two addresses: there the end lies before the
/// code that names it, this close.
const TRAMPOLINE: u64 = 64 << 10;
/// How many candidates are hashed.
const TRIED: usize = 24;
/// How many distinct candidates are counted; a hostile file could name millions.
const COUNTED: usize = 4096;

/// Texts that such a module carries. Where none is, no module is looked for.
const TEXTS: [Hidden<16>; 3] = [
    Hidden::new(*b"FIPS integrity t"),
    Hidden::new(*b"goboringcrypto_A"),
    Hidden::new(*b"FIPS module does"),
];

/// What is searched for.
pub(crate) fn needles() -> impl Iterator<Item = Needle> {
    TEXTS.iter().map(|text| Needle {
        wanted: Wanted::BoringText,
        place: Place::Anywhere,
        bytes: text.reveal().to_vec(),
    })
}

/// Whether a Go program names functions that call into BoringCrypto.
pub(crate) fn named(go: &GoFacts) -> bool {
    go.markers.contains_key("crypto/internal/boring._Cfunc__goboringcrypto_")
}

/// Finds the module's text: the first candidate whose value stands in the file, else the one named most often. It is
/// looked for in code that is not Go's, and in all code when it is not there.
pub(crate) fn find(
    image: &Image<'_>,
    table: Option<&Pclntab<'_>>,
    limits: &Limits,
) -> Option<BoringText> {
    let foreign = table.map(|table| foreign::code(image, table)).unwrap_or_default();
    find_in(image, &foreign, limits).or_else(|| {
        let all: Vec<_> = image.executable().map(Segment::in_file).collect();
        find_in(image, &all, limits)
    })
}

fn find_in(image: &Image<'_>, code: &[Range<u64>], limits: &Limits) -> Option<BoringText> {
    let candidates = candidates(image, code);
    let mut first = None;
    let texts = candidates.iter().take(TRIED).filter_map(|range| measure(image, range, limits));
    for text in texts {
        if text.hmac_offset.is_some() {
            return Some(text);
        }
        first.get_or_insert(text);
    }
    first
}

/// Candidates, those named most often first: the test names both ends again for each function that it asserts to lie
/// inside, so on amd64 one changed byte cannot hide them.
fn candidates(image: &Image<'_>, code: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut ballot = Ballot { trampolines: image.machine == Machine::Arm64, ..Ballot::default() };
    for range in code {
        let bytes = image.at(range.start, range.end.saturating_sub(range.start));
        let bytes = bytes.unwrap_or_default();
        let inside = |reference: &Reference| range.contains(&reference.target);
        if image.machine == Machine::Arm64 {
            let references = || code::references(image.machine, image.order, bytes, range.start);
            let behind = trampolines(image, references());
            references()
                .map(|reference| behind.get(&reference.at).copied().unwrap_or(reference))
                .filter(|given| given.usage == Use::Address && inside(given))
                .for_each(|given| ballot.see(given));
        } else {
            code::addresses(image.machine, bytes, range.start)
                .filter(inside)
                .for_each(|reference| ballot.see(reference));
        }
    }
    ballot.ranked()
}

/// A64 `RET`.
const RETURN: u32 = 0xd65f_03c0;

/// The functions that do nothing but load an address and return it, with that address, by where they load it: AWS-LC's
/// module for arm64 asks them for everything that lies outside of it, and for its own ends.
fn trampolines(
    image: &Image<'_>,
    references: impl Iterator<Item = Reference>,
) -> BTreeMap<u64, Reference> {
    let returns = |r: &Reference| {
        let next = r.at.checked_add(4).and_then(|at| image.at(at, 4));
        next.and_then(|word| image.order.u32(word, 0)) == Some(RETURN)
    };
    let loads: Vec<Reference> =
        references.filter(|r| r.usage == Use::Load && returns(r)).take(COUNTED).collect();
    let places: BTreeSet<u64> = loads.iter().map(|load| load.target).collect();
    let relocated: BTreeMap<u64, u64> =
        dynamic::relative(image, |place, _| places.contains(&place)).collect();
    let value = |place: u64| {
        let stored = || image.order.u64(image.at(place, 8)?, 0);
        relocated.get(&place).copied().or_else(stored)
    };
    let given = loads.iter().filter_map(|load| {
        let target = value(load.target)?;
        Some((load.at, Reference { at: load.at, target, usage: Use::Address }))
    });
    given.collect()
}

/// Pairs of addresses and how often they were named together.
#[derive(Debug, Default)]
struct Ballot {
    votes: BTreeMap<(u64, u64), usize>,
    /// Whether code behind the text may name its end.
    trampolines: bool,
    /// The last address of a possible beginning that lies before the code that names it.
    start: Option<Reference>,
    /// The last address that could be an end.
    end: Option<Reference>,
}

impl Ballot {
    fn see(&mut self, reference: Reference) {
        if reference.target > reference.at {
            self.end = Some(reference);
        } else if BEGINNINGS.contains(&(reference.target % PAGE)) {
            self.start = Some(reference);
        } else if self.trampolines && reference.at - reference.target <= TRAMPOLINE {
            self.end = Some(reference);
        } else {
            return;
        }
        let (Some(start), Some(end)) = (self.start, self.end) else { return };
        // Two references of unrelated code can point the other way round.
        let length = end.target.checked_sub(start.target);
        if start.at.abs_diff(end.at) <= NEAR
            && length.is_some_and(|length| LENGTHS.contains(&length))
        {
            self.vote((start.target, end.target));
        }
    }

    fn vote(&mut self, pair: (u64, u64)) {
        if self.votes.len() < COUNTED || self.votes.contains_key(&pair) {
            *self.votes.entry(pair).or_default() += 1;
        }
    }

    fn ranked(self) -> Vec<Range<u64>> {
        let mut ranked: Vec<_> = self.votes.into_iter().collect();
        ranked.sort_by_key(|(pair, votes)| (std::cmp::Reverse(*votes), *pair));
        ranked.into_iter().map(|((start, end), _)| start..end).collect()
    }
}

/// Everything about one candidate.
fn measure(image: &Image<'_>, range: &Range<u64>, limits: &Limits) -> Option<BoringText> {
    let text = image.at(range.start, range.end.checked_sub(range.start)?)?;
    let offset = image.offset_of(range.start)?;
    let hmac = HmacSha256::of(&KEY, text);
    let mut hmac_offset = stored(image, range, &hmac);
    let mut hmac_sha512 = None;
    if hmac_offset.is_none() {
        let longer = HmacSha512::of(&KEY, text);
        hmac_offset = stored(image, range, &longer);
        hmac_sha512 = Some(Sha512::from_bytes(longer));
    }
    Some(BoringText {
        offset,
        length: bytes::offset(text.len()),
        text_sha256: Sha256::of(text),
        hmac: Sha256::from_bytes(hmac),
        hmac_sha512,
        hmac_offset,
        fingerprints: fingerprints(image, offset, limits),
        version_string: version(text),
    })
}

/// The key of either integrity value: zeros are the same key at any length up to the block.
const KEY: [u8; 32] = [0; 32];

/// How far from the text the value may stand: it lay 1306 to 2476 bytes after it in builds that were looked at, and just
/// before it in AWS-LC FIPS 4.
const AROUND: u64 = 1 << 20;

/// Where the value stands around the module's text.
fn stored(image: &Image<'_>, range: &Range<u64>, value: &[u8]) -> Option<u64> {
    let segment = image.executable().map(Segment::in_file).find(|s| s.contains(&range.start))?;
    let start = range.start.saturating_sub(AROUND).max(segment.start);
    let end = range.end.saturating_add(AROUND).min(segment.end);
    let at = memmem::find(image.at(start, end.checked_sub(start)?)?, value)?;
    image.offset_of(start)?.checked_add(bytes::offset(at))
}

fn fingerprints(image: &Image<'_>, text: u64, limits: &Limits) -> Vec<Fingerprint> {
    let of_machine = limits.boring_runs.iter().filter(|run| machine(run.arch) == image.machine);
    let hashed = of_machine.filter_map(|run| {
        let offset = text.checked_add(run.start)?;
        let sha256 = Sha256::of(bytes::slice(image.bytes, offset, run.length)?);
        Some(Fingerprint { offset, length: run.length, sha256 })
    });
    hashed.collect()
}

fn machine(arch: Arch) -> Machine {
    match arch {
        Arch::Amd64 => Machine::Amd64,
        Arch::Arm64 => Machine::Arm64,
    }
}

/// `AWS-LC FIPS 3.1.0` and the like, inside the hashed text.
pub(crate) fn version(text: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"AWS-LC FIPS ";
    const LONGEST: usize = 16;
    memmem::find_iter(text, NAME).find_map(|at| {
        let rest = text.get(at + NAME.len()..)?;
        let length =
            rest.iter().take(LONGEST).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let number = rest.get(..length).filter(|n| n.first().is_some_and(u8::is_ascii_digit))?;
        Some(bytes::text(&[NAME, number].concat()))
    })
}
