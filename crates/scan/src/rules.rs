//! The table of finding codes. A code is stable once released; what it means, how much it weighs and what to do about it
//! stand here and nowhere else.

use crate::report::{Evidence, Finding};
use catalog::KnownCode;
use vocab::{Severity, Verdict};

/// One rule: what a finding with this code says.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// The stable code.
    pub code: &'static str,
    /// How much a finding weighs.
    pub severity: Severity,
    /// The verdict that an unanswered finding forces.
    pub forces: Option<Verdict>,
    /// What to do about it.
    pub remedy: &'static str,
    /// The rule in a paragraph, with its source.
    pub explanation: &'static str,
}

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $(=> $verdict:ident)?, $remedy:literal $explanation:literal;)+) => {
        $(#[doc = $explanation]
        pub const $name: &Rule = &Rule {
            code: $code,
            severity: Severity::$severity,
            forces: rules!(@verdict $($verdict)?),
            remedy: $remedy,
            explanation: $explanation,
        };)+
        /// Every rule, in the order of the table.
        pub const RULES: &[&Rule] = &[$($name),+];
    };
    (@verdict $verdict:ident) => { Some(Verdict::$verdict) };
    (@verdict) => { None };
}

rules! {
    INTEGRITY_MISMATCH "integrity-mismatch" Error => Tampered,
        "discard the file and rebuild it from its pinned source; find out who changed it"
        "A module's own integrity value, recomputed from the file, differs from the one stored in it. FIPS 140-3 (ISO/IEC 19790:2012, 7.5) asks every software module for such a value; the program itself refuses to start with it.";
    INTEGRITY_MISLINKED "integrity-mislinked" Error => NotValidated,
        "link with GNU ld, or build a program that is not position-independent"
        "Go's linker writes the module's integrity value after the system's linker is done, and expects relocated pointers to be stored in the data (Go source `cmd/link/internal/ld/fips140.go`, `elffips`). lld does not store them in position-independent code, so the value is that of no bytes at all, and the module's own test stops the program: `fips140: verification mismatch`.";
    INTEGRITY_UNREADABLE "integrity-unreadable" Error => Undetermined,
        "rebuild with an unmodified linker, or send the file in for a look"
        "The module's integrity value, or the bytes it covers, could not be read, so nothing is known of the module's state.";
    MODULE_ABSENT "module-absent" Error => NotValidated,
        "build with `GOFIPS140=v1.0.0-c2097c7c`, or with `GOEXPERIMENT=boringcrypto` and `CGO_ENABLED=1`"
        "Cryptography is linked, and no validated module stands behind it.";
    FLAG_WITHOUT_MODULE "flag-without-module" Error => NotValidated,
        "set `CGO_ENABLED=1` explicitly beside `GOEXPERIMENT=boringcrypto`, and use a Go that knows `GOFIPS140`"
        "Build settings claim a FIPS build and the code of the module is not there: a boringcrypto build with cgo off, a build tag where an experiment was meant (golang/go#68588), or a Go too old for GOFIPS140.";
    MODULE_NOT_FROZEN "module-not-frozen" Error => NotValidated,
        "name the certified snapshot: `GOFIPS140=v1.0.0-c2097c7c`"
        "`GOFIPS140=latest`, or FIPS mode without a snapshot, runs the toolchain's own sources in FIPS mode. They are not the frozen sources that CMVP validated.";
    MODULE_UNKNOWN "module-unknown" Error => Undetermined,
        "compare the module with the registry (`fipsmith modules`); a new module needs a sourced row there"
        "The module's integrity value is right, but its fingerprint or snapshot name is in no row of the registry.";
    VERSION_NOT_VALIDATED "version-not-validated" Error => NotValidated,
        "use the exact version that the certificate names"
        "The registry knows this module version, and no certificate names it.";
    MODULE_UPDATE_STREAM "module-update-stream" Error => NotValidated,
        "use the exact version that the certificate names, or a policy that accepts update streams"
        "The module is a later version of a validated one whose certificate is active on the as-of date. No certificate names this version itself; FedRAMP's 20x text on cryptographic modules speaks of such update streams.";
    MODULE_IN_PROCESS "module-in-process" Error => InProcess,
        "use the certified version, or a policy that accepts modules in process"
        "The module is on CMVP's modules-in-process list. It has no certificate yet.";
    CERTIFICATE_HISTORICAL "certificate-historical" Error => Historical,
        "move to a module on the active list"
        "The module's certificate is on CMVP's historical list on the as-of date. On 2026-09-22 every FIPS 140-2 certificate went there.";
    CERTIFICATE_REVOKED "certificate-revoked" Error => NotValidated,
        "move to a module on the active list"
        "CMVP revoked the module's certificate.";
    CERTIFICATE_UNSOURCED "certificate-unsourced" Error => Undetermined,
        "read the certificate's page at NIST and give the registry row its source"
        "The registry's row for this module has no source, so its status cannot be said.";
    MODULE_INACTIVE "module-inactive" Error => Inactive,
        "remove `fips140=off` from `//go:debug` lines, from the `godebug` block of go.mod, and from the environment of the image"
        "The validated module is linked, and the program's default GODEBUG does not switch it on.";
    GODEBUG_OVERRIDE "godebug-override" Error => Inactive,
        "remove `-X runtime.godebugDefault=...` from the link flags"
        "The variable runtime.godebugDefault holds something else than build information says. `-ldflags -X` set it, and `-trimpath` hid that: the program runs with the variable's value.";
    ACTIVATION_UNREADABLE "activation-unreadable" Error => Undetermined,
        "send the file in for a look: the variable runtime.godebugDefault could not be located"
        "Whether the module is switched on is decided by a variable that could not be read.";
    ACTIVATION_BY_HOST "activation-by-host" Error => Undetermined,
        "build with `fips140=on`, or judge the program together with the host it runs on"
        "`fips140=auto`, a setting of Red Hat's Go 1.26 and later (golang-fips/go pull requests 358 and 359), switches the module on where the host's kernel is in FIPS mode. The file does not decide it.";
    PLATFORM_UNSUPPORTED "platform-unsupported" Error => NotValidated,
        "build for a platform that the module supports, without the `purego` tag and without `-asan`"
        "Go's module refuses to work there: on WebAssembly, windows/386, OpenBSD and AIX, with the build tag purego, and with the address sanitizer (Go source `crypto/internal/fips140/fips140.go`, `Supported`).";
    PLATFORM_VERIFIER "platform-verifier" Warning,
        "verify against an `x509.CertPool` of the program's own"
        "On Windows and macOS, crypto/x509 lets the operating system verify certificates that are checked against the system's roots (Go source `crypto/x509/root_windows.go`, `root_darwin.go`). Those signatures are computed outside the program's module.";
    HOST_OPENSSL "host-openssl" Error => Undetermined,
        "scan the image or host that the program runs in, or build with `GOFIPS140=v1.0.0-c2097c7c`"
        "The toolchain (Red Hat's, or Microsoft's with systemcrypto) made the standard library call OpenSSL, which the program loads when it starts (github.com/golang-fips/openssl). Which module that is, and whether it is in FIPS mode, depends on the host's OpenSSL.";
    HOST_PLATFORM_CRYPTO "host-platform-crypto" Error => Undetermined,
        "judge the program together with the operating system it runs on, or build with `GOFIPS140=v1.0.0-c2097c7c`"
        "Microsoft's toolchain made the standard library call the operating system's cryptography: CNG on Windows (github.com/microsoft/go-crypto-winnative), Apple's on macOS (github.com/microsoft/go-crypto-darwin). Whether that runs in FIPS mode depends on the host.";
    HOST_FALLBACK "host-fallback" Warning,
        "build with `GOEXPERIMENT=strictfipsruntime` (Red Hat) or the build tag `requirefips` (Microsoft)"
        "Where the host's library is missing or not in FIPS mode, the standard library falls back to Go's own cryptography. `strictfipsruntime` and `requirefips` make the program stop instead (golang-fips/go README; microsoft/go `eng/doc/fips`).";
    BLOCKED_BY_MODE "blocked-by-mode" Note,
        "none: under `fips140=only` the package returns errors instead of working"
        "The program runs with `fips140=only`, and this package of golang.org/x/crypto is recent enough to refuse to work then: its source file `fips140only_go1.26.go` is linked.";
    STRICT_MODE "strict-mode" Note,
        "none: the mode is stricter than validation needs; use `fips140=on` where it makes the program fail"
        "The program runs with `fips140=only`, which stops everything that is not approved. Go's documentation calls it best effort and means it for tests (go.dev/doc/security/fips140).";
    RESIDUAL_CRYPTO "residual-crypto" Error => OutsideModule,
        "remove the dependency, or answer it in the recipe with an `[[allow]]` that says what the package is used for"
        "A package that implements cryptography is linked beside the validated module. What it is used for cannot be read from bytes, so a person has to answer it.";
    INITIALISED_ONLY "initialised-only" Note,
        "none: nothing of it can be called"
        "A package outside the module that implements cryptography is imported, and the linker removed everything of it but the initialisation of its variables.";
    CRYPTO_LIBRARY "crypto-library" Error => Undetermined,
        "link the program statically, or without the library"
        "The program loads a cryptographic library at run time. Which module stands behind it depends on the host.";
    CRYPTO_IMPLEMENTATION "crypto-implementation" Error => NotValidated,
        "build against a validated module: AWS-LC FIPS 3.1.0 in Rust, OpenSSL with its FIPS provider in C, BC-FJA in Java"
        "The code of a cryptographic library is in the file or in a library that it loads: its functions or classes are defined there, or text that only its code carries. No validated module stands behind it.";
    PLATFORM_CRYPTO "platform-crypto" Error => Undetermined,
        "run it on a JVM whose java.security names a validated provider first and in approved mode, and scan that image"
        "The classes use the cryptography of the Java platform. Which provider serves them is decided by the virtual machine and its java.security file, not by this archive.";
    UNATTRIBUTED_CONSTANTS "unattributed-constants" Error => Undetermined,
        "find out which code the table belongs to"
        "The constant table of a well-known algorithm is in the file, and no known implementation explains it.";
    TLS_NOT_RESTRICTED "tls-not-restricted" Warning,
        "link `crypto/tls/fipsonly`"
        "BoringCrypto is linked, and `crypto/tls/fipsonly` is not: TLS may negotiate ChaCha20-Poly1305, X25519 and TLS 1.0, which run outside the module.";
    WEAK_TLS_DEFAULTS "weak-tls-defaults" Note,
        "raise the `go` line of the main module, or set the `godebug` block"
        "An old `go` line brings old TLS defaults. FIPS mode restricts TLS all the same; without it these settings would count.";
    STANDARD_LIBRARY_OUTSIDE "standard-library-outside" Note,
        "none: the module's mode does not use these for TLS; check that the program does not use them itself"
        "Packages of the standard library that implement cryptography outside the module (MD5, RC4, DES, ChaCha20-Poly1305, and Ed25519, X25519 and ML-KEM beside BoringCrypto). They are linked into every Go program that speaks TLS.";
    UNREADABLE "unreadable" Error => Undetermined,
        "check that the file is complete and not packed (UPX); rebuild it"
        "Part of the file could not be read, so what it contains cannot be said.";
    LIMIT_EXCEEDED "limit-exceeded" Error => Undetermined,
        "scan the parts one by one, or find out why the archive is so large"
        "An archive holds more entries, unpacks to more bytes, grows more in unpacking or nests deeper than fipsmith reads, so what else is in it cannot be said. Archives made to exhaust their reader look like this.";
    UNSUPPORTED_KIND "unsupported-kind" Error => Undetermined,
        "scan the programs inside it, or wait for a fipsmith that reads this kind"
        "fipsmith reads Go programs in ELF, PE and Mach-O files, other programs in ELF files, and Java archives. Everything else is undetermined, never passed.";
    UNREAD_COMPILER "unread-compiler" Error => Undetermined,
        "build with the Go project's own compiler"
        "GCC's Go and `TinyGo` write no table of functions, so what they linked cannot be listed. Neither has a validated module.";
    PACKED "packed" Error => Undetermined,
        "scan the program as it was before it was packed; ship it unpacked"
        "The program's code is compressed or encrypted in the file and unfolds in memory when it starts (UPX and its like), so nothing in it can be read.";
    HASH_IMPLEMENTATION "hash-implementation" Error => Undetermined,
        "find out what the hash is used for; for anything but checksums and tables, use a validated module"
        "Code of a hash function is linked, and none of a cipher, a signature or a key derivation. Programs hash for checksums and tables as well, which bytes do not tell apart.";
    CRYPTO_TRACE "crypto-trace" Error => Undetermined,
        "find out whether the library is linked; keep the symbols, or scan the library itself"
        "The file names a cryptographic library (a version text, one or two of its symbols, a crate in the list of `cargo auditable`) without showing its code. A header is enough for that, and so is a stripped library.";
    LIBRARY_UNSEEN "library-unseen" Error => Undetermined,
        "scan the program inside its root or image, where its libraries are, or link it statically"
        "The program loads a library that was not there to be looked at. It is not part of the C run time, so it could bring cryptography.";
    LIBRARY_MISSING "library-missing" Error => Undetermined,
        "put the library into the root, or scan the whole image"
        "The program needs a library that is not in the root around it: it would not start, or it gets the library from elsewhere.";
    PASSWORD_HASHING "password-hashing" Note,
        "none, as long as the program calls nothing of it"
        "libcrypt, which hashes passwords with `crypt`, is loaded. The program imports none of its functions.";
    APPENDED_DATA "appended-data" Error => Undetermined,
        "scan what is appended by itself: an archive, a script, a file system"
        "Data follow everything that the file's headers describe. Self-extracting programs carry whole libraries there.";
    DEPLOYMENT_UNSEEN "deployment-unseen" Error => Undetermined,
        "scan the root or image that the library is deployed in, with its `openssl.cnf` and `ossl-modules`"
        "libcrypto of OpenSSL 3 is not the validated module. The FIPS provider is, a file of its own (`fips_module`(7)), and the configuration decides whether programs run in it.";
    PROVIDER_ABSENT "provider-absent" Error => NotValidated,
        "install the FIPS provider of a validated version (3.1.2) and activate it in `openssl.cnf`"
        "OpenSSL 3 is loaded, and no FIPS provider is in the root: everything runs in the default provider, which no certificate covers.";
    PROVIDER_INACTIVE "provider-inactive" Error => Inactive,
        "activate `fips` and `base` in `openssl.cnf`, leave `default` out, and put the section of `fipsmodule.cnf` into the same file"
        "The FIPS provider is in the root, and the configuration that libcrypto reads does not make programs run in it (config(5), `fips_module`(7)). An `.include` that leads nowhere leaves it off without an error.";
    OTHER_PROVIDER_ACTIVE "other-provider-active" Warning,
        "leave `default` and `legacy` out of the section of providers"
        "Another provider with algorithms is activated beside the FIPS provider. `default_properties` keeps ordinary calls inside the module; a program that sets properties of its own can leave it.";
    NO_BUILD_INFO "no-build-info" Warning,
        "keep the section `.go.buildinfo`"
        "The Go command's build information is not there. It proves nothing, but its absence means that somebody removed it.";
}

/// Every code, as a file of waivers may name it.
pub fn known_codes() -> Vec<KnownCode> {
    RULES.iter().map(|rule| KnownCode { code: rule.code, unwaivable: rule.unwaivable() }).collect()
}

impl Rule {
    /// A finding of this rule.
    pub(crate) fn finding(&self, message: impl Into<String>, evidence: Vec<Evidence>) -> Finding {
        Finding {
            code: self.code.to_owned(),
            severity: self.severity,
            message: message.into(),
            remedy: self.remedy.to_owned(),
            waived: false,
            subject: None,
            allowed: None,
            evidence,
        }
    }

    /// Why a finding of this rule cannot be waived, if it cannot.
    pub fn unwaivable(&self) -> Option<&'static str> {
        match (self.forces, self.severity) {
            (Some(Verdict::Tampered), _) => {
                Some("bytes that somebody changed are nobody's to sign off")
            }
            (None, Severity::Note) => Some("a note closes no gate"),
            _ => None,
        }
    }

    /// The standard, the program's source or the public record behind the rule, where there is one.
    pub fn source(&self) -> Option<&'static str> {
        crate::sources::of(self.code)
    }

    /// Whether a recipe may answer a finding of this rule with `[[allow]]`.
    pub fn answerable(&self) -> bool {
        catalog::ANSWERABLE_CODES.contains(&self.code)
    }

    /// The rule with this code.
    pub fn by_code(code: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_every_rule_explains_itself() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(
                RULES.iter().skip(index + 1).all(|other| other.code != rule.code),
                "{}",
                rule.code
            );
            assert!(rule.explanation.ends_with('.') && rule.remedy.len() > 10, "{}", rule.code);
            assert_eq!(Rule::by_code(rule.code), Some(*rule));
            assert_eq!(
                rule.forces.is_some(),
                rule.severity == Severity::Error,
                "an error decides the verdict, nothing else does"
            );
        }
    }
}
