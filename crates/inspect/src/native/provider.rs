//! A FIPS provider of OpenSSL 3: the file `fips.so`, which libcrypto loads when its configuration says so.

use super::symbols;
use super::texts::Found;
use crate::Limits;
use crate::bytes;
use crate::facts::{Provider, Text};
use crate::image::Image;
use crate::integrity::openssl;
use std::collections::BTreeSet;

/// The function that libcrypto calls in a provider (OpenSSL, provider(7)).
const ENTRY: &[u8] = b"OSSL_provider_init";

/// The provider, when the file is one and carries the name of a FIPS provider.
pub(super) fn find(image: &Image<'_>, found: &Found, limits: &Limits) -> Option<Provider> {
    let Text { text, offset } = found.providers.first()?.clone();
    symbols::dynamic(image, limits).find(|symbol| symbol.defined && symbol.name == ENTRY)?;
    Some(Provider {
        name: text,
        offset,
        version: version(image),
        mac: openssl::module_mac(image.bytes),
    })
}

/// The one text in the file's constants that has the form of a version.
fn version(image: &Image<'_>) -> Option<String> {
    let constants = image.segments.iter().filter(|s| !s.executable && !s.writable);
    let texts = constants.flat_map(|segment| image.segment_data(segment).split(|byte| *byte == 0));
    let versions: BTreeSet<&[u8]> = texts.filter(|text| is_version(text)).take(64).collect();
    let mut versions = versions.into_iter();
    versions.next().filter(|_| versions.next().is_none()).map(bytes::text)
}

/// `3.1.2`, or `3.0.7-395c1a240fbfffd8` as vendors write it.
fn is_version(text: &[u8]) -> bool {
    let mut parts = text.splitn(3, |byte| *byte == b'.');
    let number = |part: Option<&[u8]>| {
        part.is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
        })
    };
    let last = |part: &[u8]| {
        part.len() <= 40
            && part.first().is_some_and(u8::is_ascii_digit)
            && part.iter().all(|b| b.is_ascii_alphanumeric() || b"-+_.~".contains(b))
    };
    number(parts.next()) && number(parts.next()) && parts.next().is_some_and(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_object_identifiers_and_sentences() {
        for (text, expected) in [
            ("3.1.2", true),
            ("3.0.7-395c1a240fbfffd8", true),
            ("3.1", false),
            ("OpenSSL 3.1.2", false),
            ("1.2.x", false),
            ("", false),
        ] {
            assert_eq!(is_version(text.as_bytes()), expected, "{text}");
        }
    }
}
