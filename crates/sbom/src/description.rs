//! What the caller knows of a release, as plain data: the one input of every document this crate writes.
//!
//! The order of lists is of no consequence: documents are sorted. An empty list or `None` means "not known", and the
//! documents say so; nothing is filled in.

use std::collections::{BTreeMap, BTreeSet};
use vocab::{
    ArtifactName, Backend, CertificateNumber, ComponentName, Date, ImageName, Label, Layer,
    ModuleId, ModuleStatus, PackName, PolicyName, ProfileName, Sha256, Sha512, Target, Verdict,
};

/// A release, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The name under which the release is known, for instance `quickstart`.
    pub product: String,
    /// The organisation that ships it; `None` is stated as unknown.
    pub supplier: Option<String>,
    /// The profile it was made from.
    pub profile: ProfileName,
    /// What the profile is for, in one sentence.
    pub profile_summary: String,
    /// The release's version, for instance `1.0.0+fips.0`.
    pub release: String,
    /// Time of the release, from the caller's `SOURCE_DATE_EPOCH`, because this crate has no clock: RFC 3339 in UTC and
    /// whole seconds, for instance `2026-11-21T00:00:00Z`.
    pub created: String,
    /// The day on which certificates were judged.
    pub as_of: Date,
    /// The day of the module registry that was used.
    pub registry_date: Date,
    /// The policy the gate applied.
    pub policy: PolicyName,
    /// The version of fipsmith.
    pub tool_version: String,
    /// Whether the release is signed with example keys, which prove nothing.
    pub example_keys: bool,
    /// The digest that stands for all binaries of the release (see the sealed manifest).
    pub release_digest: Sha256,
    /// The label of the whole release.
    pub label: Label,
    /// Where a cluster finds the images of the release, where the profile says it.
    pub image_repository: Option<String>,
    /// The label of each layer, from the machine up; packs that stand in no layer are not listed.
    pub layers: Vec<(Layer, Label)>,
    /// What belongs to the release and was not built: `unknown`, each with its reason.
    pub imported: Vec<Imported>,
    /// What the release holds.
    pub components: Vec<Component>,
    /// Every cryptographic module found in any artifact, once.
    pub modules: Vec<CryptoModule>,
}

/// One component: what one recipe made, for every target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its name.
    pub name: ComponentName,
    /// Upstream's version, for instance `v3.7.3`.
    pub version: String,
    /// Our version, for instance `v3.7.3+fips.0`.
    pub released: String,
    /// Our version as the tag of an image, where `+` is not allowed: `v3.7.3_fips.0`.
    pub tag: String,
    /// Upstream's repository, an `https` URL, where there is one to be read.
    pub repository: Option<String>,
    /// Where exactly it was built from, when from git: `git+https://host/repository@commit`.
    pub vcs: Option<String>,
    /// The licence upstream declares, as an SPDX expression.
    pub licence: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// The pack it belongs to.
    pub pack: PackName,
    /// The layer of its pack.
    pub layer: Option<Layer>,
    /// The FIPS toolchain that was asked for.
    pub backend: Backend,
    /// The roll-up of its artifacts.
    pub label: Label,
    /// Its binaries.
    pub artifacts: Vec<Artifact>,
    /// Its archives, where their digests are known before the SBOM is made.
    pub archives: Vec<Archive>,
    /// Its container images.
    pub images: Vec<Image>,
}

/// A container image of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image {
    /// Path in the release folder.
    pub path: String,
    /// The last part of its repository.
    pub name: ImageName,
    /// Its tag.
    pub tag: String,
    /// What it runs on.
    pub target: Target,
    /// SHA-256 of the tar file.
    pub sha256: Sha256,
    /// SHA-512 of the tar file.
    pub sha512: Sha512,
    /// SHA-256 of the image manifest, the image's name in every registry.
    pub manifest_sha256: Sha256,
    /// SHA-512 of the image manifest.
    pub manifest_sha512: Sha512,
    /// The label of all programs in it.
    pub label: Label,
    /// The names of the component's binaries in it.
    pub contains: BTreeSet<ArtifactName>,
    /// Why it is shipped although it is less than the policy asks for, when it is.
    pub expected: Option<String>,
    /// The Debian packages in it.
    pub packages: Vec<DebianPackage>,
}

/// A Debian package in an image.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DebianPackage {
    /// Its name.
    pub name: String,
    /// Its version, with the epoch.
    pub version: String,
    /// `amd64`, `arm64` or `all`.
    pub architecture: String,
    /// The source package it was built from.
    pub source: String,
    /// SHA-256 of the `.deb` file.
    pub sha256: Sha256,
    /// SHA-512 of the `.deb` file.
    pub sha512: Sha512,
    /// SPDX expressions of its licences; empty when not known.
    pub licences: Vec<String>,
    /// The label of its programs in this image.
    pub label: Label,
    /// Their verdicts, each once.
    pub verdicts: BTreeSet<Verdict>,
}

/// A part of a release that was not built, so that nothing about it is known but what follows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Imported {
    /// Its name.
    pub name: ComponentName,
    /// The pack it belongs to.
    pub pack: PackName,
    /// Its layer.
    pub layer: Option<Layer>,
    /// Its version, as whoever makes it spells it.
    pub version: String,
    /// Why it was not built.
    pub reason: String,
}

/// A packed archive of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Archive {
    /// Path in the release folder.
    pub path: String,
    /// SHA-256 of the archive.
    pub sha256: Sha256,
    /// SHA-512 of the archive.
    pub sha512: Sha512,
}

/// One binary for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The file's name.
    pub name: ArtifactName,
    /// What it runs on.
    pub target: Target,
    /// The archive that holds it, as a path in the release folder.
    pub archive: String,
    /// Its path inside the archive.
    pub member: String,
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
    /// SHA-512 of the bytes.
    pub sha512: Sha512,
    /// Size in bytes.
    pub size: u64,
    /// What the bytes show.
    pub verdict: Verdict,
    /// What a person sees.
    pub label: Label,
    /// Why, in sentences.
    pub reasons: Vec<String>,
    /// What the scan found.
    pub findings: Vec<Finding>,
    /// The FIPS toolchain whose module the bytes hold; `None` when they hold none.
    pub fips_mode: Option<Backend>,
    /// Whether the module is switched on; `None` when there is none or it cannot be told.
    pub enforcement: Option<Enforcement>,
    /// Go's version string from the build information, for instance `go1.27.4-X:boringcrypto`; `None` when it is no
    /// Go program or holds no build information.
    pub go_version: Option<String>,
    /// Build settings from the build information: `GOOS`, `GOARCH`, `CGO_ENABLED`, `GOFIPS140`, `GOEXPERIMENT`, `-tags`.
    pub settings: BTreeMap<String, String>,
    /// The main package.
    pub main: Option<MainPackage>,
    /// Whether `linked` is every module that is linked. False when the build information could not be read.
    pub linked_complete: bool,
    /// The Go modules linked into it, the main package's included.
    pub linked: Vec<LinkedModule>,
    /// The cryptographic modules inside, and what shows it.
    pub modules: Vec<ModuleUse>,
    /// How it was built.
    pub build: Option<Build>,
}

/// What the scan found, without its prose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The stable code, for instance `residual-crypto`.
    pub code: String,
    /// What it is about, for instance a package path.
    pub subject: Option<String>,
    /// The recipe's reason why it is no cryptography outside the module.
    pub allowed: Option<String>,
}

/// How far a module that is present is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Enforcement {
    /// Approved services come from the module; others are not stopped.
    On,
    /// What is not approved is refused as well (`fips140=only`, `crypto/tls/fipsonly`).
    Only,
    /// The module is present and not switched on.
    Off,
}

impl Enforcement {
    /// The word in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Only => "only",
            Self::Off => "off",
        }
    }
}

/// The main package of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MainPackage {
    /// Its import path.
    pub import: String,
    /// The module that holds it.
    pub module: String,
    /// That module's version.
    pub version: String,
}

/// Whose package a linked module is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ecosystem {
    /// A Go module.
    #[default]
    Go,
    /// A crate of the crate registry.
    Cargo,
    /// A Debian package; its path is `name:architecture`.
    Debian,
}

/// A Go module, or a crate, linked into a binary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkedModule {
    /// Whose package it is.
    pub ecosystem: Ecosystem,
    /// Module path, with upper case where upstream writes it.
    pub path: String,
    /// Version as the Go command spells it.
    pub version: String,
    /// The `h1:` sum of go.sum: a digest of a list of files, not of the zip.
    pub h1: Option<String>,
    /// SHA-256 of the module zip.
    pub sha256: Option<Sha256>,
    /// SHA-512 of the module zip.
    pub sha512: Option<Sha512>,
    /// SPDX expressions of the licence texts in the zip; empty when none was recognised.
    pub licences: Vec<String>,
    /// The repository and commit it lies in, when it came from no module proxy: `git+https://host/repository@commit`.
    pub vcs: Option<String>,
    /// The project whose sources it carries, when it is a repackaging.
    pub upstream: Option<Upstream>,
    /// What this module stands in for, by a `replace` line.
    pub replaced_from: Option<Replaced>,
}

/// A project whose sources a package of somebody else carries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Upstream {
    /// The project.
    pub name: String,
    /// Its own version.
    pub version: String,
}

/// The module that a `replace` line took out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replaced {
    /// Module path.
    pub path: String,
    /// Version.
    pub version: String,
}

/// A cryptographic module inside an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleUse {
    /// The id of a [`CryptoModule`] of the description.
    pub id: ModuleId,
    /// Whether the program switches it on.
    pub active: bool,
    /// What shows it.
    pub evidence: Vec<Evidence>,
}

/// A fact read from the artifact's bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What was read, for instance `fipsinfo HMAC`.
    pub what: String,
    /// Where, in bytes from the start of the file.
    pub offset: Option<u64>,
    /// What stood there.
    pub value: String,
}

/// One run of a build command. Artifacts that one command made carry equal values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Build {
    /// The command line, one argument an item, without paths of the machine it ran on.
    pub command: Vec<String>,
    /// Its environment, without paths of the machine it ran on.
    pub environment: BTreeMap<String, String>,
    /// The tools it used.
    pub tools: BTreeSet<BuildTool>,
}

/// A pinned tool, fetched and checked by digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuildTool {
    /// Its name, for instance `go`.
    pub name: String,
    /// Its version, for instance `go1.27.4`.
    pub version: String,
    /// SHA-256 of the file that was fetched.
    pub sha256: Sha256,
}

/// A cryptographic module as CMVP validates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptoModule {
    /// The registry's id.
    pub id: ModuleId,
    /// The name on the certificate.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// Who holds the certificate.
    pub vendor: String,
    /// The certificate, if there is one.
    pub certificate: Option<CertificateNumber>,
    /// `FIPS 140-3` or `FIPS 140-2`.
    pub standard: String,
    /// The security level.
    pub level: Option<u8>,
    /// What CMVP says of it on the as-of date.
    pub status: ModuleStatus,
    /// The day that status was judged for.
    pub status_as_of: Date,
    /// The day the certificate leaves the active list.
    pub sunset: Option<Date>,
    /// How it is bound to programs.
    pub linkage: Linkage,
    /// Where the registry has its row from.
    pub sources: Vec<String>,
    /// SPDX expressions of its licence; empty when not known.
    pub licences: Vec<String>,
    /// SHA-256 of the object or source archive that is the module, as the toolchain ships it.
    pub sha256: Option<Sha256>,
}

/// How a cryptographic module is bound to a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Linkage {
    /// An object that is linked in.
    Static,
    /// A shared object that is loaded.
    Dynamic,
    /// Source that is compiled in.
    Source,
}

impl Linkage {
    /// The word in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Dynamic => "dynamic",
            Self::Source => "source",
        }
    }
}
