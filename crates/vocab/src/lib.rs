//! Names, digests, versions and labels: the words of fipsmith as types that are checked when they are made.
//!
//! Nothing here knows files, processes or policy. A value of one of these types needs no second check: an
//! [`ArtifactName`] is safe as a file name, a [`Sha256`] is 32 bytes, a [`Target`] is one we can build for.

mod digest;
mod judgement;
mod layer;
mod name;
mod target;
mod words;

pub use digest::{BadDigest, Sha256, Sha512};
pub use jiff::civil::Date;
pub use judgement::{Label, ModuleStatus, Severity, Verdict};
pub use layer::Layer;
pub use name::{
    ArtifactName, BadName, CertificateNumber, ComponentName, ImageName, ModuleId, PackName,
    PolicyName, ProfileName, ScopeName,
};
pub use target::{
    Arch, Backend, BadVersion, OutputKind, ReleaseNumber, Target, UnknownWord, Version,
};
