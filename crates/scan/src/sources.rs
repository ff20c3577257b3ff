//! Where each rule comes from: the standard, the program's source or the public record behind a finding code.

/// The source of the rule with this code, as a stranger would look it up. `None` where the rule is our own care only: what
/// could not be read is not passed.
pub(crate) fn of(code: &str) -> Option<&'static str> {
    const LISTS: &str = "NIST CMVP, validated modules search and modules-in-process list";
    const SNAPSHOT: &str =
        "go.dev/doc/security/fips140; Go, lib/fips140/certified.txt and inprocess.txt";
    const DEFAULT: &str = "Go, src/internal/godebug and src/crypto/internal/fips140/check/check.go";
    Some(match code {
        "integrity-mismatch" | "integrity-unreadable" => {
            "ISO/IEC 19790:2012, 7.5; Go, src/cmd/link/internal/ld/fips140.go; BoringSSL, crypto/fipsmodule/FIPS.md"
        }
        "module-absent" | "module-not-frozen" => SNAPSHOT,
        "flag-without-module" => "golang/go#68588; Go, src/crypto/internal/boring",
        "module-unknown"
        | "version-not-validated"
        | "certificate-revoked"
        | "certificate-unsourced"
        | "module-in-process" => LISTS,
        "module-update-stream" => "FedRAMP 20x, Using Cryptographic Modules",
        "certificate-historical" => "NIST, FIPS 140-3 Transition Effort: 2026-09-22",
        "module-inactive" | "godebug-override" | "activation-unreadable" => DEFAULT,
        "residual-crypto" => {
            "ISO/IEC 19790:2012, 7.2.4: the boundary names what was validated, nothing beside it was"
        }
        "tls-not-restricted" => "Go, src/crypto/tls/fipsonly",
        "weak-tls-defaults" => "go.dev/doc/godebug",
        "standard-library-outside" => {
            "Go, src/crypto/tls/defaults_fips140.go; certificates #5247 and #4735 name the covered algorithms"
        }
        "no-build-info" => "Go, src/debug/buildinfo",
        "crypto-library" => "ld.so(8): which library a name means is decided on the host",
        _ => return None,
    })
}
