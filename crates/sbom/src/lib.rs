//! A release described for people and machines: CycloneDX 1.6 with FIPS labels, and the table `BUILDS.md`.
//!
//! Pure: a [`Description`] goes in, bytes come out. There is no file, no clock and no randomness here, and the order
//! in which the caller lists things never shows, so that anyone can make the same document again from the same facts.
//!
//! The document's 1.5 core is made of `cyclonedx-bom`'s types and passes its validation; what CycloneDX has only since
//! 1.6 (licence acknowledgement, tags, several identities, claims) is laid over it from small types of our own. The
//! names of our properties are specified in `docs/cyclonedx-properties.md`.

mod builds;
mod cyclonedx;
mod description;
mod error;
pub mod property;
mod purl;

pub use builds::builds_table;
pub use cyclonedx::cyclonedx;
pub use description::{
    Archive, Artifact, Build, BuildTool, Component, CryptoModule, DebianPackage, Description,
    Ecosystem, Enforcement, Evidence, Finding, Image, Imported, Linkage, LinkedModule, MainPackage,
    ModuleUse, Replaced, Upstream,
};
pub use error::SbomError;
