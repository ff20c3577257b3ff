//! A BoringSSL-derived module in a shared library (AWS-LC FIPS as `.so`).
//!
//! Four exported symbols name the ends of its code and of its constants. Its integrity value is HMAC-SHA256 with a key of
//! 32 zero bytes over the length of the code as eight bytes, least significant first, the code, the length of the
//! constants, and the constants (AWS-LC, `crypto/fipsmodule/bcm.c`).

use super::symbols;
use crate::Limits;
use crate::boring;
use crate::bytes;
use crate::facts::BoringLibrary;
use crate::image::Image;
use crypto::{HmacSha256, Mac as _};
use memchr::memmem;
use vocab::Sha256;

/// The symbols of the four ends.
const NAMES: [&[u8]; 4] = [
    b"BORINGSSL_bcm_text_start",
    b"BORINGSSL_bcm_text_end",
    b"BORINGSSL_bcm_rodata_start",
    b"BORINGSSL_bcm_rodata_end",
];

/// Finds the module by its symbols.
pub(super) fn find(image: &Image<'_>, limits: &Limits) -> Option<BoringLibrary> {
    let mut ends = [None; 4];
    for symbol in symbols::dynamic(image, limits).filter(|symbol| symbol.defined) {
        let known = NAMES.iter().position(|name| *name == symbol.name);
        if let Some(end) = known.and_then(|index| ends.get_mut(index)) {
            *end = Some(symbol.value);
        }
    }
    let [text_start, text_end, rodata_start, rodata_end] = ends;
    let text = part(image, text_start?, text_end?)?;
    let rodata = part(image, rodata_start?, rodata_end?)?;
    let hmac = value(text.1, rodata.1);
    let version_string = boring::version(text.1).or_else(|| boring::version(rodata.1));
    Some(BoringLibrary {
        text_offset: text.0,
        text_length: bytes::offset(text.1.len()),
        rodata_offset: rodata.0,
        rodata_length: bytes::offset(rodata.1.len()),
        hmac_offset: memmem::find(image.bytes, &hmac).map(bytes::offset),
        hmac: Sha256::from_bytes(hmac),
        version_string,
    })
}

/// Where a range of addresses lies, and its bytes.
fn part<'a>(image: &Image<'a>, start: u64, end: u64) -> Option<(u64, &'a [u8])> {
    Some((image.offset_of(start)?, image.at(start, end.checked_sub(start)?)?))
}

fn value(text: &[u8], rodata: &[u8]) -> [u8; 32] {
    let mut mac = HmacSha256::new(&[0; 32]);
    for part in [text, rodata] {
        mac.update(&bytes::offset(part.len()).to_le_bytes());
        mac.update(part);
    }
    mac.finish()
}
