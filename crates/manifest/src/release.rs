//! The predicate: everything a release says about itself, under the seal.

use crate::entry::{Archive, Binary, Document, Entry};
use crate::image::Image;
use crate::key::{KeyId, Role};
use crate::path::ReleasePath;
use catalog::Imported;
use serde::{Deserialize, Serialize};
use vocab::{
    ArtifactName, ComponentName, Date, Label, PolicyName, ProfileName, ReleaseNumber, Sha256,
    Verdict,
};

/// The type of our predicate. It names the format; nothing is fetched from it.
pub const PREDICATE_TYPE: &str = "https://fipsmith.dev/fips-release/v1";

/// The version of the predicate's schema.
pub const SCHEMA: u32 = 1;

/// The fields that a reader must understand. A later writer adds a name here when ignoring its field would be unsafe,
/// and every reader that does not know the name refuses the manifest.
pub const CRITICAL: [&str; 5] = ["entries", "epoch", "exampleKeys", "imported", "policy"];

/// The SBOM's place in a release.
pub const SBOM_PATH: &str = "sbom.cdx.json";

/// The predicate of a sealed release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Release {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Names of fields that a reader must understand: [`CRITICAL`].
    pub critical: Vec<String>,
    /// What the release is a release of, for people.
    pub product: ArtifactName,
    /// The profile it was made from.
    pub profile: ProfileName,
    /// The release's name and the name of its folder: `quickstart-1.0.0+fips.0`.
    pub release: ArtifactName,
    /// Grows with every release of a profile: see [`epoch`].
    pub epoch: u64,
    /// When, in UTC: from the sources' date, never from a clock, so that the same input gives the same bytes.
    pub created: jiff::Timestamp,
    /// The date on which the labels hold.
    pub as_of: Date,
    /// The date of the module registry that the labels were made with.
    pub registry_date: Date,
    /// The policy the release was gated with.
    pub policy: PolicyName,
    /// The cryptographic module that made the signatures.
    pub signer: Signer,
    /// Whether a key that everybody has was used: such a release proves nothing about who made it.
    pub example_keys: bool,
    /// The public keys, for information. Trust never comes from here.
    pub keys: Vec<KeyNote>,
    /// Everything in the release.
    pub entries: Vec<Entry>,
    /// What belongs to the release and was not built: always `unknown`, and part of every label above it.
    pub imported: Vec<Imported>,
    /// The label of each component, the imported ones included.
    pub components: Vec<ComponentLabel>,
    /// The label of the release.
    pub label: Label,
    /// [`crate::release_digest`] of the binaries; the SBOM carries the same value.
    pub release_digest: Sha256,
    /// How it was built, as the pipeline recorded it. Never judged here.
    pub build: serde_json::Value,
}

/// What made the signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The provider.
    pub module: String,
    /// Its CMVP certificate, or `none`.
    pub certificate: String,
}

/// A public key that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyNote {
    /// What it signed.
    pub role: Role,
    /// Its fingerprint.
    pub keyid: KeyId,
    /// The key, the very bytes of `trust/<role>.pub`.
    pub pem: String,
}

/// The label of all binaries of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComponentLabel {
    /// The component.
    pub component: ComponentName,
    /// Its label.
    pub label: Label,
}

impl Release {
    /// The binaries, in the manifest's order.
    pub fn binaries(&self) -> impl Iterator<Item = &Binary> {
        self.entries.iter().filter_map(|entry| {
            if let Entry::Binary(binary) = entry { Some(&**binary) } else { None }
        })
    }
    /// The archives, in the manifest's order.
    pub fn archives(&self) -> impl Iterator<Item = &Archive> {
        self.entries.iter().filter_map(|entry| {
            if let Entry::Archive(archive) = entry { Some(archive) } else { None }
        })
    }
    /// The container images, in the manifest's order.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.entries
            .iter()
            .filter_map(|entry| if let Entry::Image(image) = entry { Some(&**image) } else { None })
    }
    /// The documents, in the manifest's order.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.entries.iter().filter_map(|entry| {
            if let Entry::Document(document) = entry { Some(document) } else { None }
        })
    }
    /// What every label is made of: the sealed verdict of each binary and of each program that only an image has, and that
    /// nobody looked at what is imported.
    pub fn verdicts(&self) -> impl Iterator<Item = (&ComponentName, Verdict)> {
        let binaries = self.binaries().map(|binary| (&binary.component, binary.fips.verdict));
        let images = self.images().flat_map(|image| {
            image.own_programs().map(move |program| (&image.component, program.verdict))
        });
        binaries.chain(images).chain(self.unexamined())
    }
    /// The imported parts with what counts for them in a roll-up.
    pub fn unexamined(&self) -> impl Iterator<Item = (&ComponentName, Verdict)> {
        self.imported.iter().map(|part| (&part.component, Imported::VERDICT))
    }
    /// The note about the key of a role.
    pub fn key(&self, role: Role) -> Option<&KeyNote> {
        self.keys.iter().find(|note| note.role == role)
    }
}

/// The files of every release that are no entries: the seal itself and the public keys.
pub mod fixed {
    /// The sealed manifest.
    pub const ENVELOPE: &str = "manifest.dsse.json";
    /// The very bytes that the seal covers, for `openssl`.
    pub const PAE: &str = "manifest.pae";
    /// The seal, for `openssl`.
    pub const SEAL: &str = "manifest.seal.sig";
    /// The seal key that was used, for information.
    pub const SEAL_KEY: &str = "trust/seal.pub";
    /// The artifact key that was used, for information.
    pub const ARTIFACT_KEY: &str = "trust/artifact.pub";
    /// All of them.
    pub const ALL: [&str; 5] = [ENVELOPE, PAE, SEAL, SEAL_KEY, ARTIFACT_KEY];
}

/// The epoch of a release: `major`, `minor`, `patch` and the FIPS number as four groups of four decimal digits, so that
/// a later release of a profile has a greater one. It stays below 2^53, because `jq` and browsers read numbers as
/// doubles. `None` for a version that is not three numbers or has a number too great for its group.
pub fn epoch(version: &str, fips: ReleaseNumber) -> Option<u64> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let (major, minor, patch) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = major < 900 && minor < 10_000 && patch < 10_000 && fips.0 < 10_000;
    (fits && parts.next().is_none())
        .then(|| ((major * 10_000 + minor) * 10_000 + patch) * 10_000 + u64::from(fips.0))
}

/// The id of a binary: its archive's file name without `.tar.gz`, `/`, its own file name.
pub fn binary_id(
    archive: &ReleasePath,
    member: &ReleasePath,
) -> Result<ReleasePath, crate::path::BadPath> {
    let stem = archive.file_name();
    format!("{}/{}", stem.strip_suffix(".tar.gz").unwrap_or(stem), member.file_name()).parse()
}

/// The name of the signature file of a binary: `signatures/<archive stem>/<binary>.sig`, from its id.
pub fn signature_path(id: &ReleasePath) -> Result<ReleasePath, crate::path::BadPath> {
    format!("signatures/{id}.sig").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_release_has_a_greater_epoch() {
        let epochs: Vec<_> = [
            ("1.0.0", 0),
            ("1.0.0", 1),
            ("1.0.1", 0),
            ("1.10.0", 0),
            ("2.0.0", 0),
            ("899.9999.9999", 9999),
        ]
        .into_iter()
        .map(|(version, fips)| epoch(version, ReleaseNumber(fips)).unwrap())
        .collect();
        assert!(epochs.is_sorted_by(|a, b| a < b), "{epochs:?}");
        assert!(epochs.iter().all(|e| *e < 1 << 53));
        for bad in ["1.0", "1.0.0.0", "a.b.c", "1.0.10000", "900.0.0", "", "1..0"] {
            assert_eq!(epoch(bad, ReleaseNumber(0)), None, "{bad}");
        }
    }
}
