//! `manifests/modules.toml` as it was written.

use super::{
    BoringFingerprint, Confidence, Fingerprints, GoSnapshot, Linkage, Module, PackageName,
    ProviderName, Source,
};
use crate::nearest::quoted;
use crate::raw::{At, GoSum, Leaf, Prefix, RawFile, Sentence, Text};
use schemars::JsonSchema;
use serde::Deserialize;
use vocab::{Arch, Backend, CertificateNumber, Date, ModuleId, Sha256};

/// The registry of cryptographic modules (manifests/modules.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith module registry")]
pub(crate) struct RawRegistry {
    /// The day the sources were read.
    pub(super) date: At<Date>,
    /// The modules: one row for what one certificate covers.
    pub(super) modules: Vec<RawModule>,
}

/// A module version with one linkage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawModule {
    /// The row's name in every file of ours.
    pub(super) id: At<ModuleId>,
    /// The module's name on its certificate.
    name: At<Text>,
    /// The module's own version string.
    version: At<Text>,
    /// Who sought the validation.
    vendor: At<Text>,
    /// How a program holds the module.
    linkage: At<Linkage>,
    /// The standard the certificate names.
    pub(super) standard: At<Standard>,
    /// The overall security level.
    #[schemars(range(min = 1, max = 4))]
    level: Option<u8>,
    /// The certificate number.
    #[schemars(range(min = 1, max = 99_999))]
    pub(super) certificate: Option<u32>,
    /// The day the certificate was issued.
    pub(super) issued: Option<At<Date>>,
    /// The last day of the certificate on the active list.
    pub(super) sunset: Option<At<Date>>,
    /// Whether the module is on the modules-in-process list.
    #[serde(default)]
    pub(super) in_process: bool,
    /// Whether the certificate is an interim one, which lasts two years.
    #[serde(default)]
    pub(super) interim: bool,
    /// The validated module whose branch this later version belongs to; only for a version without a certificate of
    /// its own.
    pub(super) update_stream_of: Option<At<ModuleId>>,
    /// The operational environments the certificate names, as it names them.
    #[serde(default)]
    operational_environments: Vec<At<Text>>,
    /// How good the best source is.
    pub(super) confidence: At<Confidence>,
    /// The backend that builds with this module.
    backend: Option<At<Backend>>,
    /// What a reader of the row must know.
    note: Option<At<Sentence>>,
    /// Where the row comes from.
    #[serde(default)]
    pub(super) sources: Vec<RawSource>,
    /// How the module is recognised in bytes.
    #[serde(default)]
    pub(super) fingerprints: RawFingerprints,
}

/// Where a statement of a row was read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    /// The document, as a stranger would look it up.
    what: At<Text>,
    /// What it says.
    note: At<Sentence>,
}

/// How a module is recognised in bytes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawFingerprints {
    /// Snapshots of Go's own module.
    #[serde(default)]
    pub(super) go_snapshots: Vec<RawSnapshot>,
    /// Object files of BoringCrypto in Go toolchains.
    #[serde(default)]
    pub(super) boring_texts: Vec<RawBoring>,
    /// BC-FJA's own integrity values.
    #[serde(default)]
    pub(super) jar_hmacs: Vec<At<Sha256>>,
    /// Text inside the module.
    #[serde(default)]
    pub(super) strings: Vec<At<Text>>,
    /// OpenSSL 3 providers, as they name themselves.
    #[serde(default)]
    pub(super) providers: Vec<RawProvider>,
    /// Packages of distributions that carry the module.
    #[serde(default)]
    pub(super) packages: Vec<RawPackage>,
}

/// A package of a distribution that carries a module.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPackage {
    /// Its names: a source is built into several packages.
    pub(super) names: Vec<At<Text>>,
    /// Its exact version and release, without an epoch.
    pub(super) version: At<Text>,
    /// The distributions, by the `ID` of os-release; left out where the version itself tells whose build it is.
    #[serde(default)]
    pub(super) distributions: Vec<At<Text>>,
}

/// How an OpenSSL 3 provider names itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawProvider {
    /// Its name.
    name: At<Text>,
    /// Its version.
    pub(super) version: At<Text>,
}

/// A snapshot of Go's own module.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawSnapshot {
    /// The snapshot's name: the value of `GOFIPS140`.
    pub(super) name: At<Text>,
    /// SHA-256 of the zip file.
    zip_sha256: At<Sha256>,
    /// The `h1:` sum of its content.
    dir_h1: At<GoSum>,
}

/// A BoringCrypto object file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct RawBoring {
    /// The architecture.
    arch: At<Arch>,
    /// The Go releases that ship it.
    toolchains: At<Text>,
    /// SHA-256 of the `.syso` file.
    syso_sha256: At<Sha256>,
    /// Length in bytes of the run without relocations, from offset 8 of `.text`.
    #[schemars(range(min = 4096, max = 16_777_216))]
    run_length: u64,
    /// SHA-256 of the run.
    pub(super) run_sha256: At<Sha256>,
    /// The first bytes of the run, in hex.
    prefix_hex: At<Prefix>,
    /// Length in bytes of the text that the module's integrity value covers.
    #[schemars(range(min = 4096, max = 16_777_216))]
    text_length: Option<u64>,
    /// SHA-256 of that text.
    text_sha256: Option<At<Sha256>>,
}

/// The standard of a certificate.
#[derive(Debug)]
pub(super) struct Standard(pub(super) String);

impl Standard {
    const WORDS: [&'static str; 2] = ["FIPS 140-2", "FIPS 140-3"];
}

impl Leaf for Standard {
    const FORMAT: &'static str = "standard";
    const WHAT: &'static str = "standard";
    fn words() -> Option<Vec<&'static str>> {
        Some(Self::WORDS.to_vec())
    }
    fn read(text: &str) -> Result<Self, String> {
        Self::WORDS
            .contains(&text)
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("unknown standard {}", quoted(text)))
    }
}

impl RawFile for RawRegistry {
    const SCHEMA: &'static str = "modules";
}

impl RawModule {
    /// Whether the two rows are of the same vendor and linkage.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.vendor.value.0 == other.vendor.value.0 && self.linkage.value == other.linkage.value
    }

    pub(super) fn made(&self) -> Module {
        let text = |at: &At<Text>| at.value.0.clone();
        Module {
            id: self.id.value.clone(),
            name: text(&self.name),
            version: text(&self.version),
            vendor: text(&self.vendor),
            linkage: self.linkage.value,
            standard: self.standard.value.0.clone(),
            level: self.level,
            certificate: self.certificate.map(CertificateNumber),
            issued: self.issued.as_ref().map(|date| date.value),
            sunset: self.sunset.as_ref().map(|date| date.value),
            in_process: self.in_process,
            interim: self.interim,
            update_stream_of: None,
            operational_environments: self.operational_environments.iter().map(text).collect(),
            sources: self
                .sources
                .iter()
                .map(|s| Source { what: text(&s.what), note: s.note.value.0.clone() })
                .collect(),
            confidence: self.confidence.value,
            backend: self.backend.as_ref().map(|backend| backend.value),
            note: self.note.as_ref().map(|note| note.value.0.clone()),
            fingerprints: self.fingerprints.made(),
        }
    }
}

impl RawFingerprints {
    fn made(&self) -> Fingerprints {
        Fingerprints {
            go_snapshots: self.go_snapshots.iter().map(RawSnapshot::made).collect(),
            boring_texts: self.boring_texts.iter().map(RawBoring::made).collect(),
            jar_hmacs: self.jar_hmacs.iter().map(|hmac| hmac.value).collect(),
            strings: self.strings.iter().map(|text| text.value.0.clone()).collect(),
            providers: self
                .providers
                .iter()
                .map(|provider| ProviderName {
                    name: provider.name.value.0.clone(),
                    version: provider.version.value.0.clone(),
                })
                .collect(),
            packages: self.packages.iter().map(RawPackage::made).collect(),
        }
    }
}

impl RawPackage {
    fn made(&self) -> PackageName {
        let texts = |texts: &[At<Text>]| texts.iter().map(|text| text.value.0.clone()).collect();
        PackageName {
            names: texts(&self.names),
            version: self.version.value.0.clone(),
            distributions: texts(&self.distributions),
        }
    }
}

impl RawSnapshot {
    fn made(&self) -> GoSnapshot {
        GoSnapshot {
            name: self.name.value.0.clone(),
            zip_sha256: self.zip_sha256.value,
            dir_h1: self.dir_h1.value.0.clone(),
        }
    }
}

impl RawBoring {
    fn made(&self) -> BoringFingerprint {
        BoringFingerprint {
            arch: self.arch.value,
            toolchains: self.toolchains.value.0.clone(),
            syso_sha256: self.syso_sha256.value,
            run_length: self.run_length,
            run_sha256: self.run_sha256.value,
            prefix_hex: self.prefix_hex.value.0.clone(),
            text_length: self.text_length,
            text_sha256: self.text_sha256.as_ref().map(|digest| digest.value),
        }
    }
}
