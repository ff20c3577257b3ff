//! What the platform decides: where Go's module refuses to work, and where certificates are verified outside the program.

use super::{Case, evidence};
use crate::rules;
use inspect::facts::{Format, GoFacts, Machine, ProgramFacts};

/// Go's module refuses to work on some platforms and in some builds (Go source `crypto/internal/fips140/fips140.go`,
/// `Supported`). Build settings may say so, and they never make a finding better.
pub(super) fn supported(case: &mut Case, program: &ProgramFacts, go: &GoFacts) {
    let setting = |key: &str| {
        go.build_info.as_ref().and_then(|info| info.settings.get(key)).map_or("", String::as_str)
    };
    let why = if (program.format, program.machine) == (Format::Pe, Machine::X86) {
        "on windows/386"
    } else if setting("GOOS") == "openbsd"
        || program.interpreter.as_deref() == Some("/usr/libexec/ld.so")
    {
        "on OpenBSD"
    } else if setting("GOOS") == "aix" {
        "on AIX"
    } else if setting("GOARCH") == "wasm" {
        "on WebAssembly"
    } else if setting("-tags").split(',').any(|tag| tag == "purego") {
        "with the build tag `purego`"
    } else if setting("-asan") == "true" || go.packages.contains_key("runtime/asan") {
        "with the address sanitizer"
    } else {
        return;
    };
    let message = format!("the Go Cryptographic Module is linked and refuses to work {why}");
    case.findings.push(rules::PLATFORM_UNSUPPORTED.finding(message, vec![]));
}

/// Windows and macOS verify certificates for Go.
pub(super) fn verifier(case: &mut Case, program: &ProgramFacts, go: &GoFacts) {
    let platform = match program.format {
        Format::Pe => "Windows",
        Format::MachO => "macOS",
        Format::Elf => return,
    };
    let Some(package) = go.packages.get("crypto/x509") else { return };
    let seen = vec![evidence("function of `crypto/x509`", Some(package.offset), &package.example)];
    let message =
        format!("certificates checked against the system's roots are verified by {platform}");
    case.findings.push(rules::PLATFORM_VERIFIER.finding(message, seen));
}
