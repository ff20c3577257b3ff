//! Scanned binaries to a sealed release: `Contents` -> [`Signed`] -> [`Sealed`] -> a folder that appears at once.

use crate::keyring::KeyRing;
use crate::signer::{SIGNER_CERTIFICATE, SIGNER_MODULE, SignError};
use camino::{Utf8Path, Utf8PathBuf};
use catalog::Allow;
use manifest::{
    Archive, BadPath, Binary, BinarySignature, CRITICAL, Digests, Document, Entry, Envelope, Fips,
    InstallPath, KeyNote, Manifest, ManifestError, Release, ReleasePath, Role, SBOM_PATH, SCHEMA,
    Signer, TarError, Trust, Verified, fixed,
};
use rayon::prelude::*;
use scan::Scanned;
use std::borrow::Cow;
use std::collections::BTreeMap;
use vocab::{
    ArtifactName, Backend, ComponentName, Date, PolicyName, ProfileName, ReleaseNumber, Sha256,
    Target, Version,
};

/// The most content of one archive, in bytes.
const LARGEST_ARCHIVE: u64 = 8 << 30;

/// What a release is called and how it was judged.
#[derive(Debug, Clone)]
pub struct Header {
    /// What it is a release of, for people.
    pub product: ArtifactName,
    /// The profile.
    pub profile: ProfileName,
    /// The profile's version, three numbers.
    pub version: String,
    /// The `n` of `+fips.<n>`.
    pub fips: ReleaseNumber,
    /// The policy of the gate.
    pub policy: PolicyName,
    /// The date on which the labels hold.
    pub as_of: Date,
    /// The date of the module registry.
    pub registry_date: Date,
    /// When, from the sources' date.
    pub created: jiff::Timestamp,
    /// How it was built: data that nobody here judges.
    pub build: serde_json::Value,
}

/// A scanned program and where it stands.
#[derive(Debug)]
pub struct ScannedBinary<'a> {
    /// The scan of `bytes`.
    pub scanned: Scanned,
    /// The program.
    pub bytes: &'a [u8],
    /// The archive that holds it, as a path in the release folder.
    pub archive: ReleasePath,
    /// Its path inside the archive.
    pub member: ReleasePath,
    /// Where it belongs on a host.
    pub install: InstallPath,
    /// Its component.
    pub component: ComponentName,
    /// The component's upstream version.
    pub version: Version,
    /// The machine it runs on.
    pub target: Target,
    /// The FIPS toolchain.
    pub backend: Backend,
    /// The recipe's answers that the scan was made with.
    pub allow: Vec<Allow>,
}

/// A file of the release folder.
#[derive(Debug, Clone)]
pub struct File<'a> {
    /// Its path in the release folder.
    pub path: ReleasePath,
    /// Its content.
    pub bytes: Cow<'a, [u8]>,
}

/// Everything that goes into a release.
#[derive(Debug)]
pub struct Contents<'a> {
    /// Name and judgement.
    pub header: Header,
    /// The programs.
    pub binaries: Vec<ScannedBinary<'a>>,
    /// The `.tar.gz` files that hold them.
    pub archives: Vec<File<'a>>,
    /// `sbom.cdx.json`, made before signing: its digest goes into the manifest.
    pub sbom: Cow<'a, [u8]>,
    /// All other files: scan report, table of builds.
    pub documents: Vec<File<'a>>,
}

/// Why a release was not sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The bytes to sign are not those that were scanned.
    #[error("`{member}` is not the file that was scanned: nothing unscanned is signed")]
    NotScanned {
        /// The program.
        member: ReleasePath,
    },
    /// A signature could not be made.
    #[error("failed to sign `{what}`")]
    Sign {
        /// What was being signed.
        what: String,
        /// Why it was not.
        #[source]
        source: SignError,
    },
    /// An archive is not of the plain kind that a release holds.
    #[error("the archive `{path}` cannot be released")]
    Archive {
        /// The archive.
        path: ReleasePath,
        /// Why.
        #[source]
        source: TarError,
    },
    /// A name that a release cannot hold.
    #[error("a path of the release cannot be used")]
    Path(#[from] BadPath),
    /// The release's name.
    #[error(
        "`{profile}-{version}+fips.{number}` cannot be the name of a release: the version takes three numbers below 10000"
    )]
    Version {
        /// The profile.
        profile: ProfileName,
        /// Its version.
        version: String,
        /// The FIPS number.
        number: u32,
    },
    /// The contents contradict each other.
    #[error("the contents make no manifest")]
    Manifest(#[from] ManifestError),
    /// The folder could not be written; the previous release is untouched.
    #[error("failed to write the release beside `{target}`; what was there before is untouched")]
    Write {
        /// The release folder.
        target: Utf8PathBuf,
        /// What went wrong.
        #[source]
        source: files::FileError,
    },
    /// The proof of verification is another release's.
    #[error("the staged release was not the one that was verified")]
    OtherRelease,
}

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
        for file in contents.archives {
            entries.push(Entry::Archive(archive(&file)?));
            files.insert(file.path, file.bytes);
        }
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
        Ok(Sealed { manifest, files: self.files })
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
                module: SIGNER_MODULE.to_owned(),
                certificate: SIGNER_CERTIFICATE.to_owned(),
            },
            example_keys: trust.has_example_key(),
            keys: Role::ALL.map(|role| note(role, trust)).to_vec(),
            entries: std::mem::take(&mut self.entries),
            components: Vec::new(),
            label: vocab::Label::Unknown,
            release_digest: Sha256::of(b""),
            build: header.build,
        };
        let verdicts = release.binaries().map(|binary| (&binary.component, binary.fips.verdict));
        let (components, label) = manifest::labels(verdicts);
        let digest =
            manifest::release_digest(release.binaries().map(|b| (b.digest.sha256, b.id.as_str())));
        (release.components, release.label, release.release_digest) = (components, label, digest);
        Ok(release)
    }
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
    let digest = Digests { sha256: binary.scanned.sha256(), sha512: binary.scanned.sha512() };
    if Sha256::of(binary.bytes) != digest.sha256 {
        return Err(SealError::NotScanned { member: binary.member });
    }
    let id = manifest::binary_id(&binary.archive, &binary.member)?;
    let value = keys
        .artifact()
        .sign_file(binary.bytes)
        .map_err(|source| SealError::Sign { what: binary.member.to_string(), source })?;
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
        size: binary.scanned.size(),
        digest,
        sig,
        fips: Fips::of(binary.scanned.report()),
        allow: binary.allow,
    })
}

fn archive(file: &File<'_>) -> Result<Archive, SealError> {
    let members = manifest::members(&file.bytes, LARGEST_ARCHIVE)
        .map_err(|source| SealError::Archive { path: file.path.clone(), source })?;
    let Document { path, size, digest } = document(file);
    Ok(Archive { path, size, digest, members })
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

/// A sealed release, in memory.
#[derive(Debug)]
#[must_use = "a sealed release is not on disk yet"]
pub struct Sealed<'a> {
    manifest: Manifest,
    files: BTreeMap<ReleasePath, Cow<'a, [u8]>>,
}

impl Sealed<'_> {
    /// What was sealed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes every file to a new folder beside `target`. Nothing at `target` changes.
    pub fn stage(self, target: &Utf8Path) -> Result<StagedRelease, SealError> {
        let failed = |source| SealError::Write { target: target.to_owned(), source };
        let staged = files::Staged::beside(target).map_err(failed)?;
        for (path, bytes) in &self.files {
            files::write(&staged.path().join(path.as_str()), bytes, files::Mode::Plain)
                .map_err(failed)?;
        }
        Ok(StagedRelease { staged, manifest: self.manifest, target: target.to_owned() })
    }
}

/// A complete release folder that has not taken its place yet. Dropped, it vanishes.
#[derive(Debug)]
#[must_use = "a staged release vanishes unless it is committed"]
pub struct StagedRelease {
    staged: files::Staged,
    manifest: Manifest,
    target: Utf8PathBuf,
}

impl StagedRelease {
    /// Where it stands now, to be verified.
    pub fn path(&self) -> &Utf8Path {
        self.staged.path()
    }

    /// Puts the folder in its place by one rename. It takes the proof that this very folder was verified: nothing
    /// unverified is released.
    pub fn commit(self, proof: &Verified) -> Result<Utf8PathBuf, SealError> {
        if proof.folder() != self.staged.path() || *proof.manifest() != self.manifest {
            return Err(SealError::OtherRelease);
        }
        let Self { staged, target, .. } = self;
        staged.commit().map_err(|source| SealError::Write { target, source })
    }
}
