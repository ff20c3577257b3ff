//! Tables of constants of well-known algorithms. They show that cryptography is present, whoever wrote it and however
//! the file was stripped; they do not show whether it is used.

use crate::bytes;
use crate::elf::Image;
use crate::facts::Constant;
use crate::hidden::Hidden;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::BTreeMap;

/// What the one pass over the file found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Constants by algorithm.
    pub(crate) constants: Vec<Constant>,
    /// Whether there is text that BoringSSL-derived modules carry.
    pub(crate) boring_markers: bool,
}

/// The name under which markers are counted.
const BORING: &str = "BoringSSL";

/// The beginning of each table, in the byte orders that compilers give it, and texts of BoringSSL-derived modules.
const PATTERNS: [(&str, Hidden<16>); 15] = [
    // FIPS 180-4, sections 4.2.2 and 4.2.3: the first words of K.
    (
        "SHA-256 K",
        Hidden::new(*b"\x98\x2f\x8a\x42\x91\x44\x37\x71\xcf\xfb\xc0\xb5\xa5\xdb\xb5\xe9"),
    ),
    (
        "SHA-256 K",
        Hidden::new(*b"\x42\x8a\x2f\x98\x71\x37\x44\x91\xb5\xc0\xfb\xcf\xe9\xb5\xdb\xa5"),
    ),
    (
        "SHA-512 K",
        Hidden::new(*b"\x22\xae\x28\xd7\x98\x2f\x8a\x42\xcd\x65\xef\x23\x91\x44\x37\x71"),
    ),
    (
        "SHA-512 K",
        Hidden::new(*b"\x42\x8a\x2f\x98\xd7\x28\xae\x22\x71\x37\x44\x91\x23\xef\x65\xcd"),
    ),
    // FIPS 197, figure 7: the S-box; and the first words of the table that most implementations make of it.
    (
        "AES S-box",
        Hidden::new(*b"\x63\x7c\x77\x7b\xf2\x6b\x6f\xc5\x30\x01\x67\x2b\xfe\xd7\xab\x76"),
    ),
    ("AES Te0", Hidden::new(*b"\xa5\x63\x63\xc6\x84\x7c\x7c\xf8\x99\x77\x77\xee\x8d\x7b\x7b\xf6")),
    ("AES Te0", Hidden::new(*b"\xc6\x63\x63\xa5\xf8\x7c\x7c\x84\xee\x77\x77\x99\xf6\x7b\x7b\x8d")),
    // RFC 8439, section 2.3: the first row of the ChaCha20 state; Salsa20 has the same.
    ("ChaCha20 or Salsa20", Hidden::new(*b"expand 32-byte k")),
    // RFC 1321, section 3.4: the first words of T.
    ("MD5 T", Hidden::new(*b"\x78\xa4\x6a\xd7\x56\xb7\xc7\xe8\xdb\x70\x20\x24\xee\xce\xbd\xc1")),
    ("MD5 T", Hidden::new(*b"\xd7\x6a\xa4\x78\xe8\xc7\xb7\x56\x24\x20\x70\xdb\xc1\xbd\xce\xee")),
    // Schneier 1993: the P-array begins with the fraction of pi.
    (
        "Blowfish P",
        Hidden::new(*b"\x88\x6a\x3f\x24\xd3\x08\xa3\x85\x2e\x8a\x19\x13\x44\x73\x70\x03"),
    ),
    (
        "Blowfish P",
        Hidden::new(*b"\x24\x3f\x6a\x88\x85\xa3\x08\xd3\x13\x19\x8a\x2e\x03\x70\x73\x44"),
    ),
    (BORING, Hidden::new(*b"FIPS integrity t")),
    (BORING, Hidden::new(*b"goboringcrypto_A")),
    (BORING, Hidden::new(*b"FIPS module does")),
];

/// One pass over everything that is mapped.
pub(crate) fn find(image: &Image<'_>) -> Found {
    let patterns = PATTERNS.map(|(_, hidden)| hidden.reveal());
    // A handful of short patterns: the automaton's prefilter looks at 16 or 32 bytes at a time.
    let Ok(automaton) = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(patterns)
    else {
        return Found::default();
    };
    let mut hits: BTreeMap<&'static str, Constant> = BTreeMap::new();
    for (begin, data) in image.mapped() {
        for hit in automaton.find_iter(data) {
            let Some((algorithm, _)) = PATTERNS.get(hit.pattern().as_usize()) else { continue };
            let offset = begin.saturating_add(bytes::offset(hit.start()));
            let constant =
                hits.entry(algorithm).or_insert(Constant { algorithm, offset, count: 0 });
            constant.offset = constant.offset.min(offset);
            constant.count += 1;
        }
    }
    let boring_markers = hits.remove(BORING).is_some();
    Found { constants: hits.into_values().collect(), boring_markers }
}
