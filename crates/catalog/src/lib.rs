//! `manifests/` made into typed recipes, profiles, policies, waivers, the module registry and the pinned toolchains.
//!
//! What a person wrote and what the program believes are two types and one arrow between them. Each file is read to a
//! spanned TOML tree (`raw/read.rs`), held against the JSON schema that editors use (`raw/shape.rs`), and only then
//! turned into the public types; what spans files is judged last (`cross.rs`, `wrapper.rs`). Nothing stops at the first mistake:
//! every problem of every file is reported at once, with its line and column, the valid values, and a remedy.
//!
//! What is absent: processes, the network, the clock. A date is always an argument.

mod cross;
mod debian;
mod imported;
mod load;
mod nearest;
mod packages;
mod policy;
mod problem;
mod profile;
mod raw;
mod recipe;
mod registry;
mod schema;
mod scope;
mod status;
mod toolchains;
mod waiver;
mod wrapper;

pub use debian::{DebianPackage, DebianRoot};
pub use imported::Imported;
pub use load::Catalog;
pub use nearest::did_you_mean;
pub use packages::{LockedPackages, PackageSet};
pub use policy::{POLICY_CODES, Policy};
pub use problem::{Problem, Problems};
pub use profile::{LayerLabel, Member, PackLabel, Profile, ProfileLabels};
pub use recipe::{
    ANSWERABLE_CODES, Allow, CBuild, CrateSource, Expected, ExpectedPrograms, GitSource, ImageFile,
    ImageRecipe, MainPackage, Recipe, RustBuild, TreeOutput, Unavailable, WrapperNotes,
};
pub use registry::{
    BoringFingerprint, Confidence, Fingerprints, GoSnapshot, Linkage, Module, PackageName,
    ProviderName, Registry, Source,
};
pub use schema::{schemas, waivers_schema};
pub use scope::{
    Cluster, Feature, FipsSetting, Permission, Place, RECORD_FILE, Recorded, Requirement, Scope,
    ScopeKind, Scopes,
};
pub use status::LAST_DAY_OF_FIPS_140_2;
pub use toolchains::{GoToolchain, RustToolchain, Toolchains, ZigToolchain};
pub use waiver::{KnownCode, Note, Waiver, Waivers};

/// The largest file of `manifests/` that is read, in bytes. The registry, the largest, is a twentieth of it.
pub const FILE_LIMIT: u64 = 1 << 20;
