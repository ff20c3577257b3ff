//! AES by the processor's own instructions, which leaves no table in the file.

use crate::bytes;
use crate::facts::Machine;
use crate::image::Image;
use memchr::memmem;

/// `AESKEYGENASSIST` (Intel SDM volume 2): 66 0F 3A DF, with VEX the bytes behind the prefix end in DF. Code that only
/// mixes with single rounds, as hash tables do, expands no key.
const KEY: [u8; 4] = [0x66, 0x0f, 0x3a, 0xdf];
/// `AESENCLAST`: 66 0F 38 DD.
const LAST: [u8; 4] = [0x66, 0x0f, 0x38, 0xdd];

/// Where keys are expanded, when whole encryptions are there too. On arm64 the instructions alone do not tell a cipher
/// from a hash table, so nothing is said there.
pub(super) fn find(image: &Image<'_>) -> Option<u64> {
    if image.machine != Machine::Amd64 {
        return None;
    }
    image.executable().find_map(|segment| {
        let code = image.segment_data(segment);
        memmem::find(code, &LAST)?;
        Some(segment.offset.saturating_add(bytes::offset(memmem::find(code, &KEY)?)))
    })
}
