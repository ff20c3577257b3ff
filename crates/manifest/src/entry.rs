//! The entries of a sealed manifest: binaries, archives, documents.

use crate::image::Image;
use crate::key::{KeyId, Scheme, SignatureBytes};
use crate::path::{InstallPath, ReleasePath};
use catalog::{Allow, Expected};
use scan::ArtifactReport;
use serde::{Deserialize, Serialize};
use std::fmt;
use vocab::{
    Backend, CertificateNumber, ComponentName, Label, ModuleId, ModuleStatus, Sha256, Sha512,
    Target, Verdict, Version,
};

/// One thing that the seal covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Entry {
    /// A program inside an archive, with its own signature and label.
    Binary(Box<Binary>),
    /// A `.tar.gz` in the release folder, with its exact content.
    Archive(Archive),
    /// A container image in the release folder.
    Image(Box<Image>),
    /// Any other file in the release folder.
    Document(Document),
}

impl Entry {
    /// The name under which the Statement lists it, unique in the manifest.
    pub fn id(&self) -> &ReleasePath {
        match self {
            Self::Binary(binary) => &binary.id,
            Self::Archive(archive) => &archive.path,
            Self::Image(image) => &image.path,
            Self::Document(document) => &document.path,
        }
    }
    /// Its digests.
    pub fn digest(&self) -> Digests {
        match self {
            Self::Binary(binary) => binary.digest,
            Self::Archive(archive) => archive.digest,
            Self::Image(image) => image.digest,
            Self::Document(document) => document.digest,
        }
    }
}

/// Both digests of the same bytes (in-toto `DigestSet`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digests {
    /// SHA-256.
    pub sha256: Sha256,
    /// SHA-512.
    pub sha512: Sha512,
}

impl Digests {
    /// The digests of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha256: Sha256::of(bytes), sha512: Sha512::of(bytes) }
    }
}

/// A program: where it is, what it is, who signed it, what was found in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Binary {
    /// Unique in the release: the archive's name without `.tar.gz`, `/`, the program's name.
    pub id: ReleasePath,
    /// The archive it is packed in, as a path in the release folder.
    pub archive: ReleasePath,
    /// Its path inside that archive.
    pub member: ReleasePath,
    /// Where it belongs on a host.
    pub install: InstallPath,
    /// The component it belongs to.
    pub component: ComponentName,
    /// The component's upstream version.
    pub version: Version,
    /// The machine it runs on.
    pub target: Target,
    /// The FIPS toolchain that built it: a claim, never evidence.
    pub backend: Backend,
    /// Size in bytes.
    pub size: u64,
    /// Digests of its bytes.
    pub digest: Digests,
    /// The artifact key's signature over its bytes.
    pub sig: BinarySignature,
    /// What the scan found on the release's as-of date.
    pub fips: Fips,
    /// The recipe's answers to findings, so that anyone can compute the label from the bytes again.
    pub allow: Vec<Allow>,
    /// The recipe's word that it is less than the policy asks for, and why it is shipped all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// A signature over a binary's raw bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BinarySignature {
    /// The plain signature file in the release folder.
    pub path: ReleasePath,
    /// For information: a verifier takes the scheme of its trusted key and compares.
    pub scheme: Scheme,
    /// The fingerprint of the artifact key.
    pub keyid: KeyId,
    /// The signature, the very bytes of the file at `path`.
    pub value: SignatureBytes,
}

/// The part of a scan's report that a release stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fips {
    /// What the bytes show.
    pub verdict: Verdict,
    /// What a person sees.
    pub label: Label,
    /// The cryptographic modules inside.
    pub modules: Vec<ModuleClaim>,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

/// A cryptographic module inside a binary, as the registry knew it on the as-of date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ModuleClaim {
    /// The registry's id.
    pub id: ModuleId,
    /// The CMVP certificate, if there is one.
    pub certificate: Option<CertificateNumber>,
    /// The certificate's status.
    pub status: ModuleStatus,
    /// Whether the program switches the module on.
    pub active: bool,
}

impl Fips {
    /// What a report says, reduced to what is sealed.
    pub fn of(report: &ArtifactReport) -> Self {
        let modules = report.modules.iter().map(|module| ModuleClaim {
            id: module.id.clone(),
            certificate: module.certificate,
            status: module.status,
            active: module.active,
        });
        Self {
            verdict: report.verdict,
            label: report.label,
            modules: modules.collect(),
            reasons: report.reasons.clone(),
        }
    }

    /// What differs from a later judgement of the same bytes, in words; nothing when they agree. Reasons are prose with
    /// dates in it and are not compared.
    pub fn differences(&self, later: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        if self.verdict != later.verdict || self.label != later.label {
            differences.push(format!(
                "sealed as `{}` (label `{}`), now `{}` (label `{}`)",
                self.verdict, self.label, later.verdict, later.label
            ));
        }
        let missing = self
            .modules
            .iter()
            .filter(|sealed| !later.modules.iter().any(|now| now.id == sealed.id));
        differences
            .extend(missing.map(|module| format!("module `{}` is no longer found", module.id)));
        for now in &later.modules {
            match self.modules.iter().find(|sealed| sealed.id == now.id) {
                None => differences.push(format!("module `{}` is found now", now.id)),
                Some(sealed) => differences.extend(sealed.difference(now)),
            }
        }
        differences
    }
}

impl ModuleClaim {
    fn difference(&self, now: &Self) -> Option<String> {
        (self != now)
            .then(|| format!("module `{}` was {}, now {}", self.id, self.state(), now.state()))
    }
    fn state(&self) -> String {
        let certificate =
            self.certificate.map_or("no certificate".to_owned(), |n| format!("certificate {n}"));
        format!(
            "{certificate} {}, {}",
            self.status,
            if self.active { "switched on" } else { "not switched on" }
        )
    }
}

/// A `.tar.gz` in the release folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Archive {
    /// Its path in the release folder.
    pub path: ReleasePath,
    /// Size in bytes, packed.
    pub size: u64,
    /// Digests of the packed bytes.
    pub digest: Digests,
    /// Every member, in the archive's order.
    pub members: Vec<Member>,
}

/// One member of an archive: a regular file. Folders, links and devices are never members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// Its path inside the archive.
    pub path: ReleasePath,
    /// Permission bits.
    pub mode: FileMode,
    /// Size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

/// Permission bits, written in octal as `chmod` takes them: `"0755"`. Never setuid, setgid or sticky.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileMode(u32);

/// Bits that are not permission bits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a file mode: it takes four octal digits, `0755` for instance, without setuid, setgid and sticky bits"
)]
pub struct BadMode(String);

impl FileMode {
    /// These permission bits.
    pub fn new(bits: u32) -> Result<Self, BadMode> {
        if bits & !0o777 == 0 { Ok(Self(bits)) } else { Err(BadMode(format!("{bits:04o}"))) }
    }
    /// Whether anyone may execute it.
    pub fn is_executable(self) -> bool {
        self.0 & 0o111 != 0
    }
}
impl fmt::Display for FileMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}
impl TryFrom<String> for FileMode {
    type Error = BadMode;
    fn try_from(text: String) -> Result<Self, BadMode> {
        let bad = || BadMode(text.chars().take(20).collect());
        let bits = u32::from_str_radix(&text, 8).map_err(|_| bad())?;
        let mode = Self::new(bits)?;
        if mode.to_string() == text { Ok(mode) } else { Err(bad()) }
    }
}
impl From<FileMode> for String {
    fn from(mode: FileMode) -> Self {
        mode.to_string()
    }
}

/// A file in the release folder that is no archive: SBOM, scan report, table of builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// Its path in the release folder.
    pub path: ReleasePath,
    /// Size in bytes.
    pub size: u64,
    /// Digests of its bytes.
    pub digest: Digests,
}
