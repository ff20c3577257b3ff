//! The text of a static BoringSSL-derived module (BoringCrypto, AWS-LC FIPS), found without symbols.
//!
//! The module's own integrity test names where its text begins and ends, and the value of that test is an HMAC-SHA256
//! with 32 zero bytes as key over exactly these bytes (BoringSSL source `crypto/fipsmodule/bcm.c`,
//! `BORINGSSL_integrity_test`; static builds hash no length). So: find two addresses that code between them names close
//! together, the first at the beginning of a page, compute, and look for the result in the file. A module whose bytes
//! were changed is found all the same, by the same two addresses, and its value is not.

use crate::Limits;
use crate::bytes;
use crate::code::{self, Reference, Use};
use crate::elf::{Image, Segment};
use crate::facts::{BoringText, Fingerprint, GoFacts, Machine};
use hmac::{Hmac, Mac};
use memchr::memmem;
use std::collections::BTreeMap;
use std::ops::Range;
use vocab::{Arch, Sha256};

/// The object file's text is aligned to a page.
const PAGE: u64 = 4096;
/// The integrity test names both ends this close to each other.
const NEAR: u64 = 200;
/// The shortest and longest text a module may have: 544 kB to 2.1 MB were measured.
const LENGTHS: Range<u64> = 300_000..16_000_000;
/// How many candidates are hashed.
const TRIED: usize = 8;
/// How many distinct candidates are counted; a hostile file could name millions.
const COUNTED: usize = 4096;

/// Whether a Go program names functions that call into BoringCrypto.
pub(crate) fn named(go: &GoFacts) -> bool {
    go.packages.contains_key("crypto/internal/boring/syso")
        || go
            .packages
            .get("crypto/internal/boring")
            .is_some_and(|p| p.example.contains("goboringcrypto"))
}

/// Finds the module's text.
pub(crate) fn find(image: &Image<'_>, limits: &Limits) -> Option<BoringText> {
    let candidates: Vec<_> =
        image.executable().flat_map(|segment| ranked(image, segment)).take(TRIED).collect();
    let measured: Vec<_> =
        candidates.into_iter().filter_map(|range| measure(image, &range, limits)).collect();
    let intact = measured.iter().position(|text| text.hmac_offset.is_some()).unwrap_or(0);
    measured.into_iter().nth(intact)
}

/// Pairs of addresses in one segment, those named most often first: the test names both ends again for each function
/// that it asserts to lie inside, so one changed byte cannot hide them.
fn ranked(image: &Image<'_>, segment: &Segment) -> Vec<Range<u64>> {
    let mut votes: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let mut starts: Vec<Reference> = Vec::new();
    let mut ends: Vec<Reference> = Vec::new();
    let end_of_segment = segment.address.saturating_add(segment.size);
    let references = code::references(image.machine, image.segment_data(segment), segment.address);
    for reference in references.filter(|r| r.usage == Use::Address && r.target < end_of_segment) {
        let near = |other: &Reference| reference.at.saturating_sub(other.at) <= NEAR;
        starts.retain(near);
        ends.retain(near);
        let pairs: Vec<_> = if reference.target > reference.at {
            ends.push(reference);
            starts.iter().map(|start| (start.target, reference.target)).collect()
        } else if reference.target.is_multiple_of(PAGE) && reference.target >= segment.address {
            starts.push(reference);
            ends.iter().map(|end| (reference.target, end.target)).collect()
        } else {
            Vec::new()
        };
        for pair in pairs.into_iter().filter(|(start, end)| LENGTHS.contains(&(end - start))) {
            if votes.len() < COUNTED || votes.contains_key(&pair) {
                *votes.entry(pair).or_default() += 1;
            }
        }
    }
    let mut ranked: Vec<_> = votes.into_iter().collect();
    ranked.sort_by_key(|(pair, votes)| (std::cmp::Reverse(*votes), *pair));
    ranked.into_iter().map(|((start, end), _)| start..end).collect()
}

/// Everything about one candidate.
fn measure(image: &Image<'_>, range: &Range<u64>, limits: &Limits) -> Option<BoringText> {
    let text = image.at(range.start, range.end - range.start)?;
    let offset = image.offset_of(range.start)?;
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&[0; 32]).ok()?;
    mac.update(text);
    let hmac: [u8; 32] = mac.finalize().into_bytes().into();
    Some(BoringText {
        offset,
        length: bytes::offset(text.len()),
        text_sha256: Sha256::of(text),
        hmac: Sha256::from_bytes(hmac),
        hmac_offset: stored(image, range, &hmac),
        fingerprints: fingerprints(image, offset, limits),
        version_string: version(text),
    })
}

/// Where the value stands in the module's segment: it lay 1371 and 2476 bytes after the text in builds that were looked
/// at, and just before it in AWS-LC FIPS 4.
fn stored(image: &Image<'_>, range: &Range<u64>, value: &[u8]) -> Option<u64> {
    let segment = image
        .executable()
        .find(|s| s.address <= range.start && range.end <= s.address.saturating_add(s.size))?;
    let at = memmem::find(image.segment_data(segment), value)?;
    segment.offset.checked_add(bytes::offset(at))
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
fn version(text: &[u8]) -> Option<String> {
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
