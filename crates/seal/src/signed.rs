//! Scanned binaries become signed ones, and the manifest of all of it is sealed.

use crate::contents::{Contents, File, Header, ScannedBinary};
use crate::error::SealError;
use crate::keyring::KeyRing;
use crate::sealed::Sealed;
use crate::signer::{SIGNER, SignError};
use catalog::Imported;
use manifest::{
    Binary, BinarySignature, CRITICAL, Digests, Document, Entry, Envelope, Fips, KeyNote, Manifest,
    Release, ReleasePath, Role, SBOM_PATH, SCHEMA, Signer, Trust, fixed,
};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use vocab::{ArtifactName, Sha256};

/// Contents whose every binary is signed.
#[derive(Debug)]
#[must_use = "signatures are worth nothing until the manifest is sealed"]
pub struct Signed<'a> {
    header: Header,
    entries: Vec<Entry>,
    files: BTreeMap<ReleasePath, Cow<'a, [u8]>>,
}

impl<'a> Signed<'a> {
    /// Signs each binary with the artifact key. The bytes must be those that were scanned.
    pub fn new(contents: Contents<'a>, keys: &KeyRing) -> Result<Self, SealError> {
        let binaries: Vec<Binary> = contents
            .binaries
            .into_par_iter()
            .map(|binary| sign(binary, keys))
            .collect::<Result<_, _>>()?;
        let mut files = BTreeMap::new();
        let mut entries = Vec::new();
        for binary in binaries {
            files.insert(binary.sig.path.clone(), Cow::Owned(binary.sig.value.as_bytes().to_vec()));
            entries.push(Entry::Binary(Box::new(binary)));
        }
        entries.extend(contents.archives.into_iter().map(Entry::Archive));
        entries.extend(contents.images.into_iter().map(|image| Entry::Image(Box::new(image))));
        let sbom = File { path: SBOM_PATH.parse()?, bytes: contents.sbom };
        for file in contents.documents.into_iter().chain([sbom]) {
            entries.push(Entry::Document(document(&file)));
            files.insert(file.path, file.bytes);
        }
        entries.sort_by(|a, b| a.id().cmp(b.id()));
        Ok(Self { header: contents.header, entries, files })
    }

    /// Makes the manifest of everything and seals it.
    pub fn seal(mut self, keys: &KeyRing) -> Result<Sealed<'a>, SealError> {
        let manifest = Manifest::new(self.release(keys.trust())?)?;
        let envelope = keys
            .seal()
            .seal(manifest.payload()?)
            .map_err(|source| SealError::Sign { what: fixed::ENVELOPE.to_owned(), source })?;
        for (path, bytes) in own_files(&envelope, keys.trust()) {
            self.files.insert(path.parse()?, Cow::Owned(bytes));
        }
        Ok(Sealed::new(manifest, self.files))
    }

    fn release(&mut self, trust: &Trust) -> Result<Release, SealError> {
        let header = self.header.clone();
        let (name, epoch) = name(&header)?;
        let mut release = Release {
            schema: SCHEMA,
            critical: CRITICAL.map(str::to_owned).to_vec(),
            product: header.product,
            profile: header.profile,
            release: name,
            epoch,
            created: header.created,
            as_of: header.as_of,
            registry_date: header.registry_date,
            policy: header.policy,
            signer: Signer {
                module: SIGNER.module.to_owned(),
                certificate: SIGNER.certificate.to_owned(),
            },
            example_keys: trust.has_example_key(),
            keys: Role::ALL.map(|role| note(role, trust)).to_vec(),
            entries: std::mem::take(&mut self.entries),
            imported: sorted(header.imported),
            components: Vec::new(),
            label: vocab::Label::Unknown,
            release_digest: Sha256::of(b""),
            build: header.build,
        };
        let (components, label) = manifest::labels(release.verdicts());
        let digest =
            manifest::release_digest(release.binaries().map(|b| (b.digest.sha256, b.id.as_str())));
        (release.components, release.label, release.release_digest) = (components, label, digest);
        Ok(release)
    }
}

/// In one order, whoever lists it.
fn sorted(mut imported: Vec<Imported>) -> Vec<Imported> {
    imported.sort();
    imported
}

fn name(header: &Header) -> Result<(ArtifactName, u64), SealError> {
    let (profile, version, number) = (&header.profile, &header.version, header.fips.0);
    let name = format!("{profile}-{version}+fips.{number}").parse().ok();
    name.zip(manifest::epoch(version, header.fips)).ok_or_else(|| SealError::Version {
        profile: profile.clone(),
        version: version.clone(),
        number,
    })
}

fn note(role: Role, trust: &Trust) -> KeyNote {
    let key = trust.key(role);
    KeyNote { role, keyid: key.id().clone(), pem: key.pem().to_owned() }
}

fn sign(binary: ScannedBinary<'_>, keys: &KeyRing) -> Result<Binary, SealError> {
    let scanned = binary.program.scanned();
    let id = manifest::binary_id(&binary.archive, &binary.member)?;
    let failed = |source| SealError::Sign { what: binary.member.to_string(), source };
    let bytes = (binary.bytes)().map_err(|source| failed(SignError::Read(source)))?;
    let value = keys.artifact().sign_scanned(&binary.program, &bytes).map_err(failed)?;
    drop(bytes);
    let key = keys.artifact().public();
    let sig = BinarySignature {
        path: manifest::signature_path(&id)?,
        scheme: key.scheme(),
        keyid: key.id().clone(),
        value,
    };
    Ok(Binary {
        id,
        archive: binary.archive,
        member: binary.member,
        install: binary.install,
        component: binary.component,
        version: binary.version,
        target: binary.target,
        backend: binary.backend,
        size: scanned.size(),
        digest: binary.program.digests(),
        sig,
        fips: Fips::of(scanned.report()),
        allow: binary.allow,
        expected: binary.expected,
    })
}

fn document(file: &File<'_>) -> Document {
    Document {
        path: file.path.clone(),
        size: file.bytes.len() as u64,
        digest: Digests::of(&file.bytes),
    }
}

/// The files that every release has: the seal, and the public keys for information.
fn own_files(envelope: &Envelope, trust: &Trust) -> [(&'static str, Vec<u8>); 5] {
    let pem = |role| trust.key(role).pem().as_bytes().to_vec();
    [
        (fixed::ENVELOPE, envelope.write()),
        (fixed::PAE, envelope.pae()),
        (fixed::SEAL, envelope.signature().as_bytes().to_vec()),
        (fixed::SEAL_KEY, pem(Role::Seal)),
        (fixed::ARTIFACT_KEY, pem(Role::Artifact)),
    ]
}
