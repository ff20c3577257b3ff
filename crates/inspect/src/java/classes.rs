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
use memchr::memmem::Finder;
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
    let searcher = Searcher::new();
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
        searcher.class(&name, offset, &bytes, facts);
    }
}

/// What is looked for in a class.
pub(super) struct Searcher {
    platform: Vec<(&'static str, Finder<'static>)>,
    tables: Vec<(&'static str, Finder<'static>)>,
}

impl Searcher {
    pub(super) fn new() -> Self {
        let platform = PLATFORM.iter().map(|text| (*text, Finder::new(*text))).collect();
        let mut tables: Vec<_> = TABLES
            .iter()
            .map(|(of, table)| (*of, Finder::new(&table.reveal()).into_owned()))
            .collect();
        tables.push((LONG_TABLE.0, Finder::new(&LONG_TABLE.1.reveal()).into_owned()));
        Self { platform, tables }
    }

    /// Enters what one class shows; `offset` is where it stands in the file.
    pub(super) fn class(&self, name: &str, offset: u64, bytes: &[u8], facts: &mut JavaFacts) {
        if let Some((what, _)) = self.platform.iter().find(|(_, text)| text.find(bytes).is_some()) {
            facts.platform.get_or_insert_with(|| PlatformUse::new(name, what)).classes += 1;
        }
        for (algorithm, _) in self.tables.iter().filter(|(_, table)| table.find(bytes).is_some()) {
            enter(facts, algorithm, offset);
        }
    }
}

fn enter(facts: &mut JavaFacts, algorithm: &'static str, offset: u64) {
    match facts.constants.iter_mut().find(|known| known.algorithm == algorithm) {
        Some(known) => known.count += 1,
        None => facts.constants.push(Constant { algorithm, offset, count: 1 }),
    }
}
