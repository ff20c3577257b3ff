//! The sealed manifest: its schema, its exact bytes, whom to trust, and how a release is verified.
//!
//! A release is a folder. `manifest.dsse.json` in it is a DSSE envelope around an in-toto Statement whose subjects are all
//! binaries, archives and documents of the release, and whose predicate is [`Release`]. `VERIFYING.md` shows how the
//! same is checked without this code.
//!
//! What is absent: private keys, processes, the network, the clock. Nothing here knows how a release was built.

mod digester;
mod dsse;
mod entry;
mod image;
mod json;
mod key;
mod layout;
mod manifest;
mod path;
mod release;
mod rollup;
mod rules;
mod tarball;
mod trust;
mod verify;

pub use digester::Digester;
pub use dsse::{Envelope, EnvelopeError, LARGEST_ENVELOPE, PAE_PREFIX, PAYLOAD_TYPE, pae};
pub use entry::{
    Archive, BadMode, Binary, BinarySignature, Digests, Document, Entry, FileMode, Fips, Member,
    ModuleClaim,
};
pub use image::{Image, ImageProgram, image_path};
pub use key::{
    BadKey, BadKeyId, BadSignature, KEY_BITS, KeyId, PublicKey, Role, Scheme, SignatureBytes,
};
pub use layout::LayoutError;
pub use manifest::{Manifest, ManifestError};
pub use path::{BadPath, InstallPath, ReleasePath};
pub use release::{
    CRITICAL, ComponentLabel, KeyNote, PREDICATE_TYPE, Release, SBOM_PATH, SCHEMA, Signer,
    binary_id, epoch, fixed, signature_path,
};
pub use rollup::{labels, release_digest};
pub use rules::Broken;
pub use tarball::{TarError, members};
pub use trust::{Trust, TrustError, is_example_key};
pub use verify::{
    Check, CheckKind, CheckVerdict, Glance, Options, Reason, Verification, Verified, VerifyError,
    glance, verify,
};
