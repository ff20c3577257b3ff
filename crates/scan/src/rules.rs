//! The table of finding codes. A code is stable once released; what it means, how much it weighs and what to do about it
//! stand here and nowhere else.

use crate::report::{Evidence, Finding};
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
        "remove `fips140=off` from `//go:debug` lines and from the `godebug` block of go.mod"
        "The validated module is linked, and the program's default GODEBUG does not switch it on.";
    GODEBUG_OVERRIDE "godebug-override" Error => Inactive,
        "remove `-X runtime.godebugDefault=...` from the link flags"
        "The variable runtime.godebugDefault holds something else than build information says. `-ldflags -X` set it, and `-trimpath` hid that: the program runs with the variable's value.";
    ACTIVATION_UNREADABLE "activation-unreadable" Error => Undetermined,
        "send the file in for a look: the variable runtime.godebugDefault could not be located"
        "Whether the module is switched on is decided by a variable that could not be read.";
    RESIDUAL_CRYPTO "residual-crypto" Error => OutsideModule,
        "remove the dependency, or answer it in the recipe with an `[[allow]]` that says what the package is used for"
        "A package that implements cryptography is linked beside the validated module. What it is used for cannot be read from bytes, so a person has to answer it.";
    INITIALISED_ONLY "initialised-only" Note,
        "none: nothing of it can be called"
        "A package outside the module that implements cryptography is imported, and the linker removed everything of it but the initialisation of its variables.";
    CRYPTO_LIBRARY "crypto-library" Error => Undetermined,
        "link the program statically, or without the library"
        "The program loads a cryptographic library at run time. Which module stands behind it depends on the host.";
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
    UNSUPPORTED_KIND "unsupported-kind" Error => Undetermined,
        "scan the programs inside it, or wait for a fipsmith that reads this kind"
        "fipsmith reads ELF files, and of Go programs those for amd64 and arm64, so far. Everything else is undetermined, never passed.";
    CRYPTO_IMPLEMENTATION "crypto-implementation" Error => NotValidated,
        "build against a validated module: AWS-LC FIPS 3.1.0 in Rust, OpenSSL with its FIPS provider in C"
        "The code of a cryptographic library is in the file or in a library that it loads: its functions are defined there, or text that only its code carries. No validated module stands behind it.";
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
    PACKED "packed" Error => Undetermined,
        "scan the program before it is packed, or do not pack it"
        "The program's code is compressed or encrypted (UPX and the like): it unpacks itself at start, and what it then runs is not in the file to be read.";
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
