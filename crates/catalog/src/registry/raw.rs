//! `manifests/modules.toml` as it was written, and what must hold within it.

use super::{
    BoringFingerprint, Confidence, Fingerprints, GoSnapshot, Linkage, Module, Registry, Source,
};
use crate::nearest::quoted;
use crate::raw::{At, GoSum, Leaf, RawFile, Sentence, Sink, Text};
use crate::recipe::unique;
use crate::status::LAST_DAY_OF_FIPS_140_2;
use schemars::JsonSchema;
use serde::Deserialize;
use vocab::{Arch, Backend, CertificateNumber, Date, ModuleId, Sha256};

/// The registry of cryptographic modules (manifests/modules.toml).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "fipsmith module registry")]
pub(crate) struct RawRegistry {
    /// The day the sources were read.
    date: At<Date>,
    /// The modules: one row for what one certificate covers.
    modules: Vec<RawModule>,
}

/// A module version with one linkage.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawModule {
    /// The row's name in every file of ours.
    id: At<ModuleId>,
    /// The module's name on its certificate.
    name: At<Text>,
    /// The module's own version string.
    version: At<Text>,
    /// Who sought the validation.
    vendor: At<Text>,
    /// How a program holds the module.
    linkage: At<Linkage>,
    /// The standard the certificate names.
    standard: At<Standard>,
    /// The overall security level.
    #[schemars(range(min = 1, max = 4))]
    level: Option<u8>,
    /// The certificate number.
    #[schemars(range(min = 1, max = 99_999))]
    certificate: Option<u32>,
    /// The day the certificate was issued.
    issued: Option<At<Date>>,
    /// The last day of the certificate on the active list.
    sunset: Option<At<Date>>,
    /// Whether the module is on the modules-in-process list.
    #[serde(default)]
    in_process: bool,
    /// Whether the certificate is an interim one, which lasts two years.
    #[serde(default)]
    interim: bool,
    /// How good the best source is.
    confidence: At<Confidence>,
    /// The backend that builds with this module.
    backend: Option<At<Backend>>,
    /// What a reader of the row must know.
    note: Option<At<Sentence>>,
    /// Where the row comes from.
    #[serde(default)]
    sources: Vec<RawSource>,
    /// How the module is recognised in bytes.
    #[serde(default)]
    fingerprints: RawFingerprints,
}

/// Where a statement of a row was read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RawSource {
    /// The document, as a stranger would look it up.
    what: At<Text>,
    /// What it says.
    note: At<Sentence>,
}

/// How a module is recognised in bytes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawFingerprints {
    /// Snapshots of Go's own module.
    #[serde(default)]
    go_snapshots: Vec<RawSnapshot>,
    /// Object files of BoringCrypto in Go toolchains.
    #[serde(default)]
    boring_texts: Vec<RawBoring>,
    /// Text inside the module.
    #[serde(default)]
    strings: Vec<At<Text>>,
}

/// A snapshot of Go's own module.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawSnapshot {
    /// The snapshot's name: the value of `GOFIPS140`.
    name: At<Text>,
    /// SHA-256 of the zip file.
    zip_sha256: At<Sha256>,
    /// The `h1:` sum of its content.
    dir_h1: At<GoSum>,
}

/// A BoringCrypto object file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawBoring {
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
    run_sha256: At<Sha256>,
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
struct Standard(String);

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

/// The first bytes of a run: enough of them that a search for them finds nothing else.
#[derive(Debug)]
pub(crate) struct Prefix(String);

impl Leaf for Prefix {
    const FORMAT: &'static str = "prefix-hex";
    const WHAT: &'static str = "prefix";
    fn read(text: &str) -> Result<Self, String> {
        let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let fits = hex && text.len() % 2 == 0 && (32..=128).contains(&text.len());
        fits.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!("{} is not a prefix: it takes 16 to 64 bytes in lower-case hex", quoted(text))
        })
    }
}

impl RawFile for RawRegistry {
    const SCHEMA: &'static str = "modules";
}

impl RawRegistry {
    /// The registry, with a problem in the sink for each contradiction.
    pub(crate) fn check(&self, sink: &mut Sink) -> Registry {
        unique(self.modules.iter().map(|m| (m.id.value.as_str(), &m.id.span)), "module id", sink);
        let snapshots = || self.modules.iter().flat_map(|module| &module.fingerprints.go_snapshots);
        unique(snapshots().map(|s| (s.name.value.0.as_str(), &s.name.span)), "snapshot", sink);
        let runs = || self.modules.iter().flat_map(|module| &module.fingerprints.boring_texts);
        let digests: Vec<String> = runs().map(|run| run.run_sha256.value.to_string()).collect();
        unique(
            digests.iter().map(String::as_str).zip(runs().map(|run| &run.run_sha256.span)),
            "run",
            sink,
        );
        self.modules.iter().for_each(|module| module.check(self.date.value, sink));
        Registry {
            date: self.date.value,
            modules: self.modules.iter().map(RawModule::made).collect(),
        }
    }
}

impl RawModule {
    fn check(&self, registry: Date, sink: &mut Sink) {
        self.check_sources(sink);
        self.check_certificate(sink);
        self.check_dates(registry, sink);
    }

    fn check_sources(&self, sink: &mut Sink) {
        if self.sources.is_empty() && self.confidence.value != Confidence::Unsourced {
            let message = format!(
                "`{}` names no source, and its confidence is not `unsourced`",
                self.id.value
            );
            sink.push(
                &self.confidence.span,
                message,
                Some("add `[[modules.sources]]`, or say `unsourced`".to_owned()),
            );
        }
    }

    fn check_certificate(&self, sink: &mut Sink) {
        let id = &self.id.value;
        if self.in_process && self.certificate.is_some() {
            let message =
                format!("`{id}` has a certificate and is in process: it is one or the other");
            sink.push(&self.id.span, message, None);
        }
        for date in [&self.issued, &self.sunset]
            .into_iter()
            .flatten()
            .filter(|_| self.certificate.is_none())
        {
            sink.push(
                &date.span,
                format!("`{id}` has a date of a certificate and no certificate"),
                None,
            );
        }
        if self.interim && self.certificate.is_none() {
            sink.push(&self.id.span, format!("`{id}` is interim without a certificate"), None);
        }
    }

    fn check_dates(&self, registry: Date, sink: &mut Sink) {
        if let Some(issued) = self.issued.as_ref().filter(|issued| issued.value > registry) {
            let message =
                format!("issued on {}, after the registry's own date {registry}", issued.value);
            sink.push(&issued.span, message, None);
        }
        let Some(sunset) = &self.sunset else { return };
        if self.standard.value.0 == "FIPS 140-2" && sunset.value > LAST_DAY_OF_FIPS_140_2 {
            let message =
                format!("no FIPS 140-2 certificate is active after {LAST_DAY_OF_FIPS_140_2}");
            sink.push(
                &sunset.span,
                message,
                Some(format!("write `sunset = \"{LAST_DAY_OF_FIPS_140_2}\"` or earlier")),
            );
        }
        let Some(issued) = &self.issued else { return };
        // A certificate lasts five years, an interim one two (CMVP's validation lifetimes).
        let years = if self.interim { 2 } else { 5 };
        let latest = issued
            .value
            .year()
            .checked_add(years)
            .and_then(|year| issued.value.with().year(year).build().ok());
        if sunset.value <= issued.value {
            sink.push(
                &sunset.span,
                format!("sunset on {}, not after the issue on {}", sunset.value, issued.value),
                None,
            );
        } else if latest.is_some_and(|latest| sunset.value > latest) {
            let message = format!(
                "sunset on {}, more than {years} years after the issue on {}",
                sunset.value, issued.value
            );
            sink.push(&sunset.span, message, None);
        }
    }

    fn made(&self) -> Module {
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
            strings: self.strings.iter().map(|text| text.value.0.clone()).collect(),
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
