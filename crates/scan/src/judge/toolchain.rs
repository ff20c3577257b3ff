//! Toolchains that make Go's standard library call cryptography of the host: Red Hat's (golang-fips) and Microsoft's.
//!
//! What is linked decides, as always: the package that calls the host's library. Its name is in the pclntab.

use super::{Case, Context, evidence};
use crate::report::Evidence;
use crate::rules;
use inspect::facts::{GoFacts, GoVendor};

/// Whose cryptography the standard library calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Backend {
    /// OpenSSL, loaded when the program starts.
    OpenSsl,
    /// Windows' CNG.
    Cng,
    /// Apple's `CommonCrypto`.
    CommonCrypto,
}

/// Packages that call the host: `github.com/golang-fips/openssl` for Red Hat since Go 1.19 and for Microsoft, below
/// `vendor/` of the standard library.
const BACKENDS: &[(&str, Backend)] = &[
    ("github.com/golang-fips/openssl", Backend::OpenSsl),
    ("github.com/microsoft/go-crypto-openssl", Backend::OpenSsl),
    ("github.com/microsoft/go-crypto-winnative", Backend::Cng),
    ("github.com/microsoft/go-crypto-darwin", Backend::CommonCrypto),
];

/// Red Hat's Go before 1.22 calls OpenSSL from the package that upstream uses for BoringCrypto.
const LOADS_OPENSSL: &str = "crypto/internal/boring._Cfunc__goboringcrypto_DLOPEN_OPENSSL";

/// OpenSSL's library and its FIPS provider, in the root that the program was found in.
fn openssl() -> [String; 3] {
    let library = inspect::names::libcrypto();
    [format!("/{library}.3"), format!("/{library}.1.1"), "/ossl-modules/fips.so".to_owned()]
}

/// Experiments of Microsoft's Go before 1.27 that ask for the host's cryptography.
const MICROSOFT_EXPERIMENTS: &[&str] =
    &["systemcrypto", "opensslcrypto", "cngcrypto", "darwincrypto"];

/// Judges a backend that is linked; whether there is one.
pub(super) fn judge(case: &mut Case, go: &GoFacts, context: &Context<'_>) -> bool {
    let Some((backend, seen)) = backend(go) else { return false };
    let mut seen = vec![seen];
    let maker = match vendor(go) {
        Some(GoVendor::RedHat) => "Red Hat's Go",
        Some(GoVendor::Microsoft) => "Microsoft's Go",
        None => "a patched Go",
    };
    let (rule, library) = match backend {
        Backend::OpenSsl => (rules::HOST_OPENSSL, "the host's OpenSSL"),
        Backend::Cng => (rules::HOST_PLATFORM_CRYPTO, "Windows' CNG"),
        Backend::CommonCrypto => (rules::HOST_PLATFORM_CRYPTO, "Apple's CommonCrypto"),
    };
    let message = format!(
        "the standard library of {maker} calls {library}: whether that is a validated module in FIPS mode depends on the host"
    );
    if backend == Backend::OpenSsl {
        // Which of them would be loaded, and how it is configured, is judged where they are artifacts themselves.
        let around = openssl();
        let around = around.iter().flat_map(|end| context.root.ending(end));
        seen.extend(around.map(|path| evidence("in the same root", None, path)));
    }
    case.findings.push(rule.finding(message, seen));
    if !strict(go) {
        let message =
            format!("without {library}, or outside its FIPS mode, Go's own cryptography runs");
        case.findings.push(rules::HOST_FALLBACK.finding(message, vec![]));
    }
    true
}

fn backend(go: &GoFacts) -> Option<(Backend, Evidence)> {
    let linked = go.packages.iter().find_map(|(path, package)| {
        let plain = path.strip_prefix("vendor/").unwrap_or(path);
        let (_, backend) = BACKENDS.iter().find(|(prefix, _)| {
            plain.strip_prefix(prefix).is_some_and(|r| r.is_empty() || r.starts_with(['/', '-']))
        })?;
        let seen =
            evidence(format!("function of `{path}`"), Some(package.offset), &package.example);
        Some((*backend, seen))
    });
    linked.or_else(|| {
        let marker = go.markers.get(LOADS_OPENSSL)?;
        Some((Backend::OpenSsl, evidence(LOADS_OPENSSL, Some(marker.offset), "linked")))
    })
}

/// Who made the toolchain, as far as it says so.
pub(super) fn vendor(go: &GoFacts) -> Option<GoVendor> {
    let info = go.build_info.as_ref()?;
    let named = info.version.as_ref().and_then(|version| version.vendor);
    let microsoft = info.settings.keys().any(|key| key.starts_with("microsoft_"));
    named.or(microsoft.then_some(GoVendor::Microsoft))
}

/// Whether the build asked the program to stop where the host is not in FIPS mode.
fn strict(go: &GoFacts) -> bool {
    has_experiment(go, &["strictfipsruntime"]) || has_tag(go, &["strictfipsruntime", "requirefips"])
}

/// What the build asked for and did not get, when no backend is linked.
pub(super) fn claim(go: &GoFacts) -> Option<&'static str> {
    let info = go.build_info.as_ref()?;
    let on = info.settings.get("microsoft_systemcrypto").is_some_and(|value| value == "1");
    if on || has_experiment(go, MICROSOFT_EXPERIMENTS) || has_tag(go, &["requirefips"]) {
        Some("Microsoft's systemcrypto")
    } else if strict(go) {
        Some("Red Hat's strictfipsruntime")
    } else {
        None
    }
}

/// `GOEXPERIMENT`, or what the version string says of it.
fn has_experiment(go: &GoFacts, names: &[&str]) -> bool {
    let Some(info) = &go.build_info else { return false };
    let named = info.settings.get("GOEXPERIMENT").map_or("", String::as_str).split(',');
    let version = info.version.iter().flat_map(|version| &version.experiments);
    named.chain(version.map(String::as_str)).any(|experiment| names.contains(&experiment))
}

fn has_tag(go: &GoFacts, names: &[&str]) -> bool {
    let Some(info) = &go.build_info else { return false };
    let mut tags = info.settings.get("-tags").map_or("", String::as_str).split(',');
    tags.any(|tag| {
        names.contains(&tag)
            || tag.strip_prefix("goexperiment.").is_some_and(|name| names.contains(&name))
    })
}
