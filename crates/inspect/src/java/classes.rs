//! What the classes of an archive ask of the platform, and constants of well-known algorithms among theirs.
//!
//! A class names every class it uses in its constant pool (Java Virtual Machine Specification, 4.4), as text, whatever
//! was done to its own names. Integer constants stand there too, each behind its tag, so that a table of an algorithm
//! written in Java shows its first word.

use super::Archive;
use crate::Limits;
use crate::facts::{Constant, JavaFacts, PlatformUse};
use crate::hidden::Hidden;
use crate::problems::Problems;
use aho_corasick::AhoCorasick;
use std::borrow::Cow;
use std::io::Read as _;

/// Packages and classes of the platform through which its cryptography is used (Java SE API, modules java.base and
/// java.xml.crypto). The rest of `java.security` is access control.
const PLATFORM: &[&str] = &[
    "javax/crypto/",
    "javax/net/ssl/",
    "javax/xml/crypto/",
    "java/security/AlgorithmParameter",
    "java/security/DigestInputStream",
    "java/security/DigestOutputStream",
    "java/security/KeyFactory",
    "java/security/KeyPairGenerator",
    "java/security/KeyStore",
    "java/security/MessageDigest",
    "java/security/Provider",
    "java/security/SecureRandom",
    "java/security/Signature",
    "sun/security/",
];

/// First words of tables, as constant pool entries: `CONSTANT_Integer` is tag 3, `CONSTANT_Long` tag 5, big-endian.
const TABLES: [(&str, Hidden<5>); 3] = [
    ("SHA-256 K", Hidden::new([3, 0x42, 0x8a, 0x2f, 0x98])),
    ("MD5 T", Hidden::new([3, 0xd7, 0x6a, 0xa4, 0x78])),
    ("Blowfish P", Hidden::new([3, 0x24, 0x3f, 0x6a, 0x88])),
];
const LONG_TABLE: (&str, Hidden<9>) =
    ("SHA-512 K", Hidden::new([5, 0x42, 0x8a, 0x2f, 0x98, 0xd7, 0x28, 0xae, 0x22]));

/// Reads every class once.
pub(super) fn read(
    archive: &mut Archive<'_>,
    limits: &Limits,
    facts: &mut JavaFacts,
    problems: &mut Problems,
) {
    let mut patterns: Vec<Vec<u8>> = PLATFORM.iter().map(|text| text.as_bytes().to_vec()).collect();
    patterns.extend(TABLES.iter().map(|(_, table)| table.reveal().to_vec()));
    patterns.push(LONG_TABLE.1.reveal().to_vec());
    let Ok(searcher) = AhoCorasick::new(patterns) else { return };
    let mut left = limits.jar_unpacked;
    let mut bytes = Vec::new();
    for index in 0..archive.len() {
        let Ok(entry) = archive.by_index(index) else {
            problems.note("java archive", format!("entry {index} cannot be read"));
            continue;
        };
        let name = entry.name().map(Cow::into_owned).unwrap_or_default();
        if !name.ends_with(".class") {
            continue;
        }
        let offset = entry.data_start().unwrap_or_default();
        let most = limits.jar_entry.min(left);
        bytes.clear();
        let read = entry.take(most.saturating_add(1)).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 > most {
            problems.note("java archive", format!("class `{name}` is damaged or too long"));
            continue;
        }
        left -= bytes.len() as u64;
        let mut asks = None;
        for hit in searcher.find_iter(&bytes).map(|hit| hit.pattern().as_usize()) {
            match PLATFORM.get(hit) {
                Some(what) => asks = asks.or(Some(*what)),
                None => table(facts, hit - PLATFORM.len(), offset),
            }
        }
        if let Some(what) = asks {
            facts.platform.get_or_insert_with(|| PlatformUse::new(&name, what)).classes += 1;
        }
    }
}

fn table(facts: &mut JavaFacts, index: usize, offset: u64) {
    let algorithm = TABLES.get(index).map_or(LONG_TABLE.0, |(algorithm, _)| *algorithm);
    match facts.constants.iter_mut().find(|known| known.algorithm == algorithm) {
        Some(known) => known.count += 1,
        None => facts.constants.push(Constant { algorithm, offset, count: 1 }),
    }
}
