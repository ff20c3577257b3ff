//! The module registry: cryptographic modules as CMVP validates them, each row with its source and a date.

mod check;
mod raw;

pub(crate) use raw::RawRegistry;

use crate::Problems;
use serde::Serialize;
use std::sync::LazyLock;
use vocab::{Arch, Backend, CertificateNumber, Date, ModuleId, Sha256, words};

/// Cryptographic modules and their certificates, as they were known on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registry {
    /// The day the sources were read.
    pub date: Date,
    /// The modules, in the order of the file. Ids are unique.
    pub modules: Vec<Module>,
}

/// One module version with one linkage: what one certificate covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    /// The row's name in every file of ours.
    pub id: ModuleId,
    /// The module's name on its certificate. It is not a key: CMVP reuses names.
    pub name: String,
    /// The module's own version string.
    pub version: String,
    /// Who sought the validation.
    pub vendor: String,
    /// How a program holds the module.
    pub linkage: Linkage,
    /// `FIPS 140-2` or `FIPS 140-3`.
    pub standard: String,
    /// The overall security level, 1 to 4.
    pub level: Option<u8>,
    /// The certificate, if there is one.
    pub certificate: Option<CertificateNumber>,
    /// The day the certificate was issued.
    pub issued: Option<Date>,
    /// The last day of the certificate on the active list.
    pub sunset: Option<Date>,
    /// Whether the module is on the modules-in-process list.
    pub in_process: bool,
    /// Whether the certificate is an interim one, which lasts two years.
    pub interim: bool,
    /// The validated module of whose branch this is a later version. Such a row has no certificate of its own.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id_of")]
    pub update_stream_of: Option<Box<Module>>,
    /// The operational environments that the certificate names, as it names them; empty where no source lists them.
    pub operational_environments: Vec<String>,
    /// Where the row comes from.
    pub sources: Vec<Source>,
    /// How good the best source is.
    pub confidence: Confidence,
    /// The backend that builds with this module.
    pub backend: Option<Backend>,
    /// What a reader of the row must know.
    pub note: Option<String>,
    /// How the module is recognised in bytes.
    pub fingerprints: Fingerprints,
}

/// A row inside another one stands for itself by its id.
#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn id_of<S: serde::Serializer>(module: &Option<Box<Module>>, to: S) -> Result<S::Ok, S::Error> {
    module.as_ref().map(|module| &module.id).serialize(to)
}

/// Where a statement of a row was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The document, as a stranger would look it up.
    pub what: String,
    /// What it says.
    pub note: String,
}

/// How a module is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fingerprints {
    /// Snapshots of Go's own module.
    pub go_snapshots: Vec<GoSnapshot>,
    /// Object files of BoringCrypto in Go toolchains.
    pub boring_texts: Vec<BoringFingerprint>,
    /// BC-FJA's own integrity values (`META-INF/HMAC.SHA256`): one for each archive that was ever published.
    pub jar_hmacs: Vec<Sha256>,
    /// Text inside the module. A hint for people; a string alone proves nothing. Inside the bytes that the module's own
    /// integrity value covers it names the version.
    pub strings: Vec<String>,
    /// OpenSSL 3 providers, as they name themselves.
    pub providers: Vec<ProviderName>,
    /// Packages of distributions that carry the module. What a database says is a hint for people, like a string.
    pub packages: Vec<PackageName>,
}

/// A package of a distribution that carries a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageName {
    /// Its names: a source is built into several packages.
    pub names: Vec<String>,
    /// Its exact version and release, without an epoch.
    pub version: String,
    /// The distributions, by the `ID` of os-release(5); empty where the version itself tells whose build it is.
    pub distributions: Vec<String>,
}

/// How an OpenSSL 3 provider names itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProviderName {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A snapshot of `crypto/internal/fips140`, as Go ships it in `lib/fips140`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GoSnapshot {
    /// The name, which is also the value of `GOFIPS140` and the path element in the pclntab: `v1.0.0-c2097c7c`.
    pub name: String,
    /// SHA-256 of the zip file.
    pub zip_sha256: Sha256,
    /// `h1:` sum of its content, also of the folder the Go command unpacks it into.
    pub dir_h1: String,
}

/// A BoringCrypto object file (`goboringcrypto_linux_ARCH.syso`).
///
/// Its `.text` begins with a run without relocations, which every linker copies verbatim. The run that is hashed goes from
/// offset 8 of the section to the first relocation at or after it, and covers nearly all of the module's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BoringFingerprint {
    /// The architecture.
    pub arch: Arch,
    /// The Go releases that ship it, for instance `go1.24-go1.27`.
    pub toolchains: String,
    /// SHA-256 of the `.syso` file.
    pub syso_sha256: Sha256,
    /// Length of the run in bytes.
    pub run_length: u64,
    /// SHA-256 of the run.
    pub run_sha256: Sha256,
    /// The run's first bytes, in hex: what a search looks for.
    pub prefix_hex: String,
    /// Length in bytes of the text that the module's own integrity value covers, where it was measured.
    pub text_length: Option<u64>,
    /// SHA-256 of that text, where it was measured.
    pub text_sha256: Option<Sha256>,
}

words! {
    /// How a program holds a module.
    Linkage {
        /// Linked into the program as object code.
        Static = "static",
        /// A shared library or provider that is loaded.
        Dynamic = "dynamic",
        /// Compiled from the module's sources with the program.
        Source = "source",
    }
}

words! {
    /// How good the best source of a row is, best first.
    Confidence {
        /// NIST's page of the certificate was read.
        CertificatePage = "certificate-page",
        /// A document of the module's vendor, or of one who ships it.
        VendorDocument = "vendor-document",
        /// A public issue or pull request that quotes one of the above.
        Issue = "issue",
        /// Not good enough to judge by; the row's status is `unknown`.
        Unsourced = "unsourced",
    }
}

impl Registry {
    /// The registry this program was built with.
    ///
    /// # Panics
    ///
    /// When the file this program was built with cannot be read, which a test excludes: going on without a registry
    /// would judge every module as unknown and say nothing about why.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Registry> = LazyLock::new(|| {
            let text = include_str!("../../../manifests/modules.toml");
            Registry::parse(text, "modules.toml")
                .unwrap_or_else(|problems| panic!("the built-in registry: {problems}"))
        });
        &EMBEDDED
    }

    /// Reads a registry; `file_name` is what problems call it.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, Problems> {
        crate::load::parse::<RawRegistry, _>(file_name, text, RawRegistry::check)
    }

    /// The module that a snapshot of this name belongs to.
    pub fn go_snapshot(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| {
            module.fingerprints.go_snapshots.iter().any(|snapshot| snapshot.name == name)
        })
    }

    /// The module whose object file begins with a run of this digest.
    pub fn boring_run(&self, sha256: &Sha256) -> Option<&Module> {
        self.modules.iter().find(|module| {
            module.fingerprints.boring_texts.iter().any(|text| text.run_sha256 == *sha256)
        })
    }

    /// The module whose archive has this integrity value.
    pub fn jar_hmac(&self, hmac: &Sha256) -> Option<&Module> {
        self.modules.iter().find(|module| module.fingerprints.jar_hmacs.contains(hmac))
    }

    /// The module that carries this version text inside its hashed bytes. Rows without a certificate hold for either
    /// linkage: nothing was validated in any.
    pub fn version_string(&self, text: &str, linkage: Linkage) -> Option<&Module> {
        let carries = |module: &&Module| module.fingerprints.strings.iter().any(|s| s == text);
        let exact = |module: &&Module| module.linkage == linkage || module.certificate.is_none();
        self.modules.iter().filter(carries).find(exact)
    }

    /// The module that this OpenSSL 3 provider is.
    pub fn provider(&self, name: &str, version: &str) -> Option<&Module> {
        let is = |provider: &ProviderName| provider.name == name && provider.version == version;
        self.modules.iter().find(|module| module.fingerprints.providers.iter().any(is))
    }

    /// The module that a package of a distribution carries; `version` may begin with an epoch.
    pub fn package(
        &self,
        distribution: Option<&str>,
        name: &str,
        version: &str,
    ) -> Option<&Module> {
        let version = match version.split_once(':') {
            Some((epoch, version)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => version,
            _ => version,
        };
        let here = |ids: &[String]| {
            ids.is_empty() || ids.iter().any(|id| Some(id.as_str()) == distribution)
        };
        let is = |package: &PackageName| {
            package.version == version
                && package.names.iter().any(|known| known == name)
                && here(&package.distributions)
        };
        self.modules.iter().find(|module| module.fingerprints.packages.iter().any(is))
    }

    /// The module with this id.
    pub fn by_id(&self, id: &ModuleId) -> Option<&Module> {
        self.modules.iter().find(|module| module.id == *id)
    }

    /// Every known BoringCrypto object file, with its module.
    pub fn boring_texts(&self) -> impl Iterator<Item = (&Module, &BoringFingerprint)> {
        self.modules.iter().flat_map(|module| {
            module.fingerprints.boring_texts.iter().map(move |text| (module, text))
        })
    }
}
