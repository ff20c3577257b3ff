//! Which module, unmodified or not, switched on or not, and what its certificate says on the as-of date.

use super::{Case, Context, evidence, go::Linked, toolchain};
use crate::packages::Class;
use crate::report::{Evidence, ModuleReport};
use crate::rules;
use catalog::Module;
use inspect::facts::{
    BoringText, FipsInfo, GoFacts, GoVendor, GodebugDefault, Package, ProgramFacts, ProgramType,
};
use vocab::{Date, ModuleStatus};

/// The integrity values that the modules themselves check at start, recomputed from the file.
pub(super) fn integrity(
    case: &mut Case,
    program: &ProgramFacts,
    go: &GoFacts,
    linked: &Linked<'_>,
) {
    match &go.fips_info {
        // The system's linker writes the value into what it links; an object file waits for that.
        _ if program.program_type == ProgramType::Object => {
            if !linked.snapshots.is_empty() {
                let message = "an object file: the module's integrity value is computed when it is linked into a program";
                case.findings.push(rules::INTEGRITY_UNREADABLE.finding(message, vec![]));
            }
        }
        // Whoever links no snapshot claims nothing, and the linker's mistake changes nothing.
        Some(FipsInfo { mislinked: true, .. }) if linked.snapshots.is_empty() => {}
        Some(FipsInfo { offset, stated, mislinked: true, .. }) => {
            let message = "the linker measured other bytes than the module's, so the program refuses to start in FIPS mode";
            let seen =
                evidence("stated HMAC-SHA256 in .go.fipsinfo", Some(*offset), stated.to_string());
            case.findings.push(rules::INTEGRITY_MISLINKED.finding(message, vec![seen]));
        }
        Some(FipsInfo { offset, stated, computed: Some(computed), covered, .. })
            if stated != computed =>
        {
            let message = format!(
                "the HMAC over {covered} bytes of Go's cryptographic packages does not match: the file was changed after it was linked"
            );
            case.findings.push(rules::INTEGRITY_MISMATCH.finding(
                message,
                vec![
                    evidence(
                        "stated HMAC-SHA256 in .go.fipsinfo",
                        Some(*offset),
                        stated.to_string(),
                    ),
                    evidence("computed HMAC-SHA256", None, computed.to_string()),
                ],
            ));
        }
        Some(FipsInfo { computed: Some(_), .. }) => {}
        _ if linked.snapshots.is_empty() => {}
        _ => case.findings.push(rules::INTEGRITY_UNREADABLE.finding(
            "the module's record .go.fipsinfo is not there or points outside the file",
            vec![],
        )),
    }
    if let Some(BoringText { offset, length, hmac, hmac_offset: None, .. }) = &go.boring {
        let message = format!(
            "the {length} bytes of the module's text do not match any integrity value in the file: the module was changed"
        );
        case.findings.push(rules::INTEGRITY_MISMATCH.finding(
            message,
            vec![
                evidence("module text", Some(*offset), format!("{length} bytes")),
                evidence("computed HMAC-SHA256, found nowhere", None, hmac.to_string()),
            ],
        ));
    }
}

/// Go's own module: the snapshot's name stands in every function of it.
pub(super) fn native(
    case: &mut Case,
    go: &GoFacts,
    snapshot: &str,
    package: &Package,
    context: &Context<'_>,
) {
    let mut seen =
        vec![evidence("function of the snapshot", Some(package.offset), &package.example)];
    let Some(module) = context.registry.go_snapshot(snapshot) else {
        let message = format!(
            "the snapshot `{snapshot}` of the Go Cryptographic Module is in no row of the registry"
        );
        case.findings.push(rules::MODULE_UNKNOWN.finding(message, seen));
        return;
    };
    let active = activation(case, go, context);
    let (text, offset) = godebug(go);
    seen.extend(go.fips_info.as_ref().map(|info| {
        let covered = format!("{} over {} bytes", info.stated, info.covered);
        evidence("HMAC-SHA256 in .go.fipsinfo, recomputed", Some(info.offset), covered)
    }));
    seen.push(evidence("runtime.godebugDefault", offset, text));
    admit(case, module, active, context.as_of, seen);
}

/// Whether the program switches Go's module on by itself: the variable decides, build information only claims.
fn activation(case: &mut Case, go: &GoFacts, context: &Context<'_>) -> bool {
    // The environment wins over the program's default (Go's doc/godebug.md). It can only make things worse here: whoever
    // starts the program in another way loses what it switches on.
    let outside = context.root.variable("GODEBUG").unwrap_or_default();
    if setting(outside, "fips140") == Some("off") {
        let message = "the environment of the image sets `GODEBUG=fips140=off`";
        let seen = vec![evidence("GODEBUG in the image's configuration", None, outside)];
        case.findings.push(rules::MODULE_INACTIVE.finding(message, seen));
        return false;
    }
    if go.godebug_default == GodebugDefault::NotFound {
        case.findings.push(
            rules::ACTIVATION_UNREADABLE
                .finding("the variable runtime.godebugDefault was not found", vec![]),
        );
        return false;
    }
    let (text, offset) = godebug(go);
    let value = setting(text, "fips140").unwrap_or("off");
    // `crypto/internal/fips140`: `on`, `only` and `debug` enable the module; anything else leaves it off or panics.
    let seen = vec![evidence("runtime.godebugDefault", offset, text)];
    if value == "only" {
        case.findings
            .push(rules::STRICT_MODE.finding("the program runs with `fips140=only`", seen));
        return true;
    }
    if matches!(value, "on" | "debug") {
        return true;
    }
    if value == "auto" && toolchain::vendor(go) == Some(GoVendor::RedHat) {
        let message = "the program runs with `fips140=auto`: the host's FIPS mode decides";
        case.findings.push(rules::ACTIVATION_BY_HOST.finding(message, seen));
        return false;
    }
    let claimed = go
        .build_info
        .as_ref()
        .and_then(|info| info.settings.get("DefaultGODEBUG"))
        .map_or("", String::as_str);
    if setting(claimed, "fips140").is_some_and(|claim| claim != value) {
        let message = format!(
            "build information says `fips140={}`, the program runs with `fips140={value}`",
            setting(claimed, "fips140").unwrap_or_default()
        );
        case.findings.push(rules::GODEBUG_OVERRIDE.finding(message, seen));
    } else {
        case.findings.push(
            rules::MODULE_INACTIVE
                .finding(format!("the program runs with `fips140={value}`"), seen),
        );
    }
    false
}

/// The program's default GODEBUG and where it stands.
pub(super) fn godebug(go: &GoFacts) -> (&str, Option<u64>) {
    match &go.godebug_default {
        GodebugDefault::Value { text, offset } => (text, Some(*offset)),
        GodebugDefault::Empty | GodebugDefault::NotFound => ("", None),
    }
}

/// The FIPS mode that the program starts in, as far as its own default says.
pub(super) fn mode(go: &GoFacts) -> Option<&str> {
    setting(godebug(go).0, "fips140")
}

/// A GODEBUG setting; of several the last one counts (Go's internal/godebug reads from the end).
fn setting<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split(',').rev().find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
}

/// BoringCrypto: named by the fingerprint of its text, and used only if the standard library was compiled to call it.
pub(super) fn boring(case: &mut Case, go: &GoFacts, text: &BoringText, context: &Context<'_>) {
    let mut seen = vec![evidence(
        "module text",
        Some(text.offset),
        format!("{} bytes, SHA-256 {}", text.length, text.text_sha256),
    )];
    seen.extend(text.hmac_offset.map(|offset| {
        evidence(
            "the module's HMAC-SHA256, recomputed and found",
            Some(offset),
            text.hmac.to_string(),
        )
    }));
    let marker = |name: &str| go.markers.get(name);
    let calls = marker("crypto/internal/boring._Cfunc__goboringcrypto_");
    let standard = marker("crypto/internal/boring/sig.StandardCrypto");
    if calls.is_none() || standard.is_some() {
        let message = "the text of a BoringSSL module is in the file, and the program's standard library does not call it";
        let proof = standard.map(|found| {
            evidence("crypto/internal/boring/sig.StandardCrypto", Some(found.offset), "linked")
        });
        case.findings.push(
            rules::FLAG_WITHOUT_MODULE.finding(message, proof.into_iter().chain(seen).collect()),
        );
        return;
    }
    seen.extend(calls.map(|found| {
        evidence("functions that call the module", Some(found.offset), found.functions.to_string())
    }));
    match text.fingerprints.iter().find_map(|run| context.registry.boring_run(&run.sha256)) {
        Some(module) => admit(case, module, true, context.as_of, seen),
        // Changed text has no fingerprint; that finding is there already.
        None if text.hmac_offset.is_none() => {}
        None => case.findings.push(
            rules::MODULE_UNKNOWN.finding("the module's text is in no row of the registry", seen),
        ),
    }
}

/// Enters a module of the registry with its status on the date, and the finding that a bad status is.
pub(super) fn admit(
    case: &mut Case,
    module: &Module,
    active: bool,
    as_of: Date,
    seen: Vec<Evidence>,
) {
    let status = module.status_on(as_of);
    case.modules.push(ModuleReport {
        id: module.id.clone(),
        name: module.name.clone(),
        version: module.version.clone(),
        certificate: module.certificate,
        standard: module.standard.clone(),
        level: module.level,
        status,
        sunset: module.sunset,
        active,
        evidence: seen.clone(),
    });
    let (rule, what) = match status {
        ModuleStatus::Active => return,
        ModuleStatus::Historical => (rules::CERTIFICATE_HISTORICAL, "is on the historical list"),
        ModuleStatus::Revoked => (rules::CERTIFICATE_REVOKED, "is revoked"),
        ModuleStatus::InProcess => (rules::MODULE_IN_PROCESS, "has no certificate yet"),
        ModuleStatus::UpdateStream => (
            rules::MODULE_UPDATE_STREAM,
            "is a later version of a validated module, and not validated",
        ),
        ModuleStatus::None => (rules::VERSION_NOT_VALIDATED, "is not validated"),
        ModuleStatus::Unknown => (rules::CERTIFICATE_UNSOURCED, "has a status that is not sourced"),
    };
    let certificate = module
        .certificate
        .map_or(String::new(), |number| format!(" (certificate {number}, {})", module.standard));
    case.findings.push(rule.finding(
        format!("{} {}{certificate} {what} on {as_of}", module.name, module.version),
        seen,
    ));
}

/// Cryptography and no module: a lie, a module that is not frozen, or plainly ordinary Go.
pub(super) fn absent(case: &mut Case, go: &GoFacts, linked: &Linked<'_>) {
    let setting_of = |key: &str| {
        go.build_info.as_ref().and_then(|info| info.settings.get(key)).map_or("", String::as_str)
    };
    let version = go.build_info.as_ref().and_then(|info| info.version.as_ref());
    let mut seen = linked.examples(Class::Unfrozen);
    if seen.is_empty() {
        seen = linked.examples(Class::Standard);
    }
    let standard = go.markers.get("crypto/internal/boring/sig.StandardCrypto");
    seen.extend(standard.map(|found| {
        evidence("crypto/internal/boring/sig.StandardCrypto", Some(found.offset), "linked")
    }));
    let boring = setting_of("GOEXPERIMENT").contains("boringcrypto")
        || version.is_some_and(|version| {
            version.has_experiment("boringcrypto") || version.boring_branch.is_some()
        })
        || setting_of("-tags")
            .split(',')
            .any(|tag| tag == "boringcrypto" || tag == "goexperiment.boringcrypto");
    let native = setting_of("GOFIPS140");
    let enabled = matches!(mode(go), Some("on" | "only" | "debug"));
    let (rule, message) = match native {
        _ if let Some(claim) = toolchain::claim(go) => (rules::FLAG_WITHOUT_MODULE, format!("the build settings ask for {claim}, and nothing is linked that calls the host's cryptography")),
        _ if boring => (rules::FLAG_WITHOUT_MODULE, format!("the build settings say boringcrypto (CGO_ENABLED={}), and Go's own cryptography is linked", setting_of("CGO_ENABLED"))),
        "" if enabled => (rules::MODULE_NOT_FROZEN, "FIPS mode is on, and the toolchain's own sources run in it instead of a frozen snapshot".to_owned()),
        "" | "off" => (rules::MODULE_ABSENT, "Go's own cryptography is linked, and no validated module".to_owned()),
        "latest" => (rules::MODULE_NOT_FROZEN, "`GOFIPS140=latest`: the toolchain's own sources run in FIPS mode instead of a frozen snapshot".to_owned()),
        other => (rules::FLAG_WITHOUT_MODULE, format!("the build settings say `GOFIPS140={other}`, and no function of that snapshot is linked")),
    };
    case.findings.push(rule.finding(message, seen));
}

/// The module in one line, for people.
pub(super) fn line(module: &ModuleReport, as_of: Date) -> String {
    let certificate = module
        .certificate
        .map_or("no certificate".to_owned(), |number| format!("certificate {number}"));
    let sunset = module.sunset.map_or(String::new(), |date| format!(" until {date}"));
    format!(
        "{} {} ({}, {certificate}, {}{sunset}, as of {as_of})",
        module.name, module.version, module.standard, module.status
    )
}
