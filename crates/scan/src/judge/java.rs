//! Java archives and Python packages: languages whose cryptography is named by classes and packages, not by machine code.

use super::{Case, Context, evidence, module};
use crate::report::Evidence;
use crate::rules;
use inspect::facts::{JarHmac, JavaFacts, JavaImplementation, PythonPackage};

/// The module of Bouncy Castle; every other implementation in an archive is none.
const MODULE: &str = "BC-FJA";

/// Wrappers: their cryptography is in a native library, which is judged on its own wherever it lies.
const NATIVE: &[&str] = &[
    "Conscrypt",
    "wolfCrypt JNI",
    "Amazon Corretto Crypto Provider",
    "netty-tcnative",
    "lazysodium",
];

pub(super) fn judge(case: &mut Case, java: &JavaFacts, context: &Context<'_>) {
    let module: Vec<_> = java.implementations.iter().filter(|found| found.name == MODULE).collect();
    if let Some(first) = module.first() {
        bouncy_castle(case, java, first, context);
    }
    for found in java.implementations.iter().filter(|found| found.name != MODULE) {
        implementation(case, found);
    }
    if !module.is_empty() || !java.implementations.is_empty() {
        return;
    }
    if let Some(platform) = &java.platform {
        let message = format!(
            "{} of its {} classes use the cryptography of the Java platform",
            platform.classes, java.classes
        );
        case.findings.push(
            rules::PLATFORM_CRYPTO
                .finding(message, vec![evidence(&platform.class, None, &platform.what)]),
        );
    }
    for constant in &java.constants {
        let message = format!(
            "the constants of {} are in its classes and no known implementation explains them",
            constant.algorithm
        );
        case.findings.push(rules::UNATTRIBUTED_CONSTANTS.finding(
            message,
            vec![evidence(constant.algorithm, Some(constant.offset), "constant pool")],
        ));
    }
    case.no_crypto = Some(format!(
        "no cryptography: none of its {} classes belongs to a known implementation, holds the constants of a known algorithm, or uses the platform's cryptography",
        java.classes
    ));
}

/// The archive states its own integrity value; that value names the version better than the manifest does, because the
/// debug build of a version has the same manifest.
fn bouncy_castle(
    case: &mut Case,
    java: &JavaFacts,
    found: &JavaImplementation,
    context: &Context<'_>,
) {
    let mut seen = seen(found);
    match java.bouncy_castle {
        Some(JarHmac { stated: Some(stated), computed: Some(computed) }) if stated == computed => {
            seen.push(evidence(
                "META-INF/HMAC.SHA256, recomputed",
                None,
                format!("{stated} over the archive's entries"),
            ));
            match context.registry.jar_hmac(&stated) {
                Some(row) => module::admit(case, row, true, context.as_of, seen),
                None => case.findings.push(rules::MODULE_UNKNOWN.finding(
                    "the integrity value of Bouncy Castle's FIPS module is in no row of the registry",
                    seen,
                )),
            }
        }
        Some(JarHmac { stated: Some(stated), computed: Some(computed) }) => {
            seen.push(evidence("META-INF/HMAC.SHA256", None, stated.to_string()));
            seen.push(evidence("computed HMAC-SHA256", None, computed.to_string()));
            let message = "the archive's entries do not match the integrity value of Bouncy Castle's FIPS module: classes were added, changed or moved, and the module refuses to start";
            case.findings.push(rules::INTEGRITY_MISMATCH.finding(message, seen));
        }
        _ => case.findings.push(rules::INTEGRITY_UNREADABLE.finding(
            "classes of Bouncy Castle's FIPS module are in the archive, and its integrity value is not",
            seen,
        )),
    }
}

fn implementation(case: &mut Case, found: &JavaImplementation) {
    let shaded = if found.relocated { ", moved into another package" } else { "" };
    let (rule, message) = if NATIVE.contains(&found.name) {
        let message = format!(
            "{}{shaded}: its cryptography is a native library, which is judged where it lies",
            found.name
        );
        (rules::CRYPTO_LIBRARY, message)
    } else {
        let message =
            format!("{}{shaded} implements cryptography and is no validated module", found.name);
        (rules::CRYPTO_IMPLEMENTATION, message)
    };
    let mut finding = rule.finding(message, seen(found));
    finding.subject = Some(found.name.to_owned());
    case.findings.push(finding);
}

fn seen(found: &JavaImplementation) -> Vec<Evidence> {
    vec![evidence("class", None, &found.class)]
}

/// A package that implements cryptography in Python itself.
pub(super) fn python(case: &mut Case, package: &PythonPackage) {
    let message = format!(
        "the Python package `{}` {} implements {} and is no validated module",
        package.name, package.version, package.implements
    );
    let mut finding = rules::CRYPTO_IMPLEMENTATION
        .finding(message, vec![evidence("metadata", Some(0), &package.name)]);
    finding.subject = Some(package.name.clone());
    case.findings.push(finding);
}
