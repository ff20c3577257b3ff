//! The marker functions of `crypto/internal/boring/sig` (Go source `sig_amd64.s`): 32 bytes of code that are executed by
//! nobody and name the cryptography that was linked. Only amd64 has them; elsewhere the functions are empty.

use crate::facts::{Machine, Signature, SignatureKind};
use crate::hidden::Hidden;
use crate::image::Image;
use crate::search::{Hits, Needle, Place, Wanted};

/// What all three begin with: a jump over the name.
const PREFIX: Hidden<7> = Hidden::new([0xeb, 0x1d, 0xf4, 0x48, 0xf4, 0x4b, 0xf4]);

/// The rest of each.
const NAMES: [(SignatureKind, Hidden<25>); 3] = [
    (
        SignatureKind::BoringCrypto,
        Hidden::new([
            0xb3, 0x32, 0xf5, 0x28, 0x13, 0xa3, 0xb4, 0x50, 0xd4, 0x41, 0xcc, 0x24, 0x85, 0xf0,
            0x01, 0x45, 0x4e, 0x92, 0x10, 0x1b, 0x1d, 0x2f, 0x19, 0x50, 0xc3,
        ]),
    ),
    (
        SignatureKind::StandardCrypto,
        Hidden::new([
            0xba, 0xee, 0x4d, 0xfa, 0x98, 0x51, 0xca, 0x56, 0xa9, 0x11, 0x45, 0xe8, 0x3e, 0x99,
            0xc5, 0x9c, 0xf9, 0x11, 0xcb, 0x8e, 0x80, 0xda, 0xf1, 0x2f, 0xc3,
        ]),
    ),
    (
        SignatureKind::FipsOnly,
        Hidden::new([
            0x36, 0x3c, 0xb9, 0xce, 0x9d, 0x68, 0x04, 0x7d, 0x31, 0xf2, 0x8d, 0x32, 0x5d, 0x5c,
            0xa5, 0x87, 0x3f, 0x5d, 0x80, 0xca, 0xf6, 0xd6, 0x15, 0x1b, 0xc3,
        ]),
    ),
];

/// What is searched for. Data is not searched: a scanner's own tables would be found there.
pub(crate) fn needles() -> impl Iterator<Item = Needle> {
    NAMES.iter().map(|(kind, name)| Needle {
        wanted: Wanted::GoSignature(*kind),
        place: Place::Code,
        bytes: [&PREFIX.reveal()[..], &name.reveal()].concat(),
    })
}

/// Every marker function in executable segments, in the order of the file.
pub(crate) fn read(image: &Image<'_>, hits: &Hits) -> Vec<Signature> {
    if image.machine != Machine::Amd64 {
        return Vec::new();
    }
    let kinds = hits.all().filter_map(|hit| match hit.wanted {
        Wanted::GoSignature(kind) => Some(Signature { kind, offset: hit.offset }),
        _ => None,
    });
    let mut signatures: Vec<_> = kinds.collect();
    signatures.sort_by_key(|signature| signature.offset);
    signatures
}
