//! A Go program: is there cryptography, which module does it run in, and what is linked beside it.

use super::{Case, Context, evidence, module, platform, toolchain};
use crate::packages::{self, Class};
use crate::report::Evidence;
use crate::rules;
use inspect::BinaryFacts;
use inspect::facts::{
    Constant, GoCompiler, GoFacts, GoModule, Package, ProgramFacts, SignatureKind,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn judge(
    case: &mut Case,
    facts: &BinaryFacts,
    program: &ProgramFacts,
    go: &GoFacts,
    context: &Context<'_>,
) {
    let other = match go.compiler {
        GoCompiler::Gc => None,
        GoCompiler::Gccgo => Some("GCC's Go"),
        GoCompiler::TinyGo => Some("TinyGo"),
    };
    if let Some(compiler) = other {
        let message = format!("the program was made by {compiler}, which lists no functions");
        case.findings.push(rules::UNREAD_COMPILER.finding(message, vec![]));
        return;
    }
    if go.build_info.is_none() {
        case.findings.push(
            rules::NO_BUILD_INFO.finding("the Go command's build information was removed", vec![]),
        );
    }
    if !go.functions_complete {
        let message = "the table of Go functions (pclntab) was not found or not read to its end";
        case.findings.push(rules::UNREADABLE.finding(message, vec![]));
        return;
    }
    let linked = Linked::of(go);
    module::integrity(case, program, go, &linked);
    libraries(case, program);
    if linked.has_cryptography() || go.boring.is_some() {
        modules(case, program, go, &linked, context);
        beside(case, go, &linked);
        tls(case, go);
        platform::verifier(case, program, go);
    } else {
        prove_absence(case, facts, go);
    }
}

/// The packages of a program that have to do with cryptography, by class.
pub(super) struct Linked<'a> {
    pub(super) by_class: BTreeMap<Class, BTreeMap<&'a str, &'a Package>>,
    pub(super) snapshots: BTreeMap<&'a str, &'a Package>,
}

impl<'a> Linked<'a> {
    fn of(go: &'a GoFacts) -> Self {
        let mut linked = Self { by_class: BTreeMap::new(), snapshots: BTreeMap::new() };
        for (path, package) in &go.packages {
            let class = packages::classify(path);
            if class != Class::None {
                linked.by_class.entry(class).or_default().insert(path, package);
            }
            if let Some(snapshot) = packages::snapshot_of(path) {
                linked.snapshots.entry(snapshot).or_insert(package);
            }
        }
        linked
    }

    pub(super) fn has_cryptography(&self) -> bool {
        !self.by_class.is_empty()
    }

    /// Some packages of a class, as evidence: the first few, so that a report stays readable.
    pub(super) fn examples(&self, class: Class) -> Vec<Evidence> {
        let packages = self.by_class.get(&class).into_iter().flatten();
        packages.take(5).map(|(path, package)| at(path, package)).collect()
    }
}

fn at(path: &str, package: &Package) -> Evidence {
    evidence(format!("function of `{path}`"), Some(package.offset), &package.example)
}

fn modules(
    case: &mut Case,
    program: &ProgramFacts,
    go: &GoFacts,
    linked: &Linked<'_>,
    context: &Context<'_>,
) {
    let by_host = toolchain::judge(case, go, context);
    if !linked.snapshots.is_empty() {
        platform::supported(case, program, go);
    }
    for (snapshot, package) in &linked.snapshots {
        module::native(case, go, snapshot, package, context);
    }
    if let Some(text) = &go.boring {
        module::boring(case, go, text, context);
    }
    if linked.snapshots.is_empty() && go.boring.is_none() && !by_host {
        module::absent(case, go, linked);
    }
}

/// Cryptography linked beside whatever module there is.
fn beside(case: &mut Case, go: &GoFacts, linked: &Linked<'_>) {
    for (path, package) in linked.by_class.get(&Class::Residual).into_iter().flatten() {
        if only_initialised(path, package) {
            let message = format!(
                "of `{path}` only the initialisation of variables is linked, none of its algorithms"
            );
            case.findings.push(rules::INITIALISED_ONLY.finding(message, vec![at(path, package)]));
            continue;
        }
        if module::mode(go) == Some("only") && go.self_blocking.contains(*path) {
            let message = format!("`{path}` refuses to work under `fips140=only`");
            case.findings.push(rules::BLOCKED_BY_MODE.finding(message, vec![at(path, package)]));
            continue;
        }
        let origin = origin(go, path)
            .map_or(String::new(), |module| format!(" ({} {})", module.path, module.version));
        let message = format!(
            "`{path}`{origin} implements cryptography outside the module; {} of its functions are linked",
            package.functions
        );
        let mut finding = rules::RESIDUAL_CRYPTO.finding(message, vec![at(path, package)]);
        finding.subject = Some((*path).to_owned());
        case.findings.push(finding);
    }
    let outside: BTreeSet<&str> = linked
        .by_class
        .get(&Class::StandardOutside)
        .into_iter()
        .flatten()
        .map(|(path, _)| *path)
        .chain(go.boring.iter().flat_map(|_| not_in_boring(go)))
        .collect();
    if !outside.is_empty() {
        let message = format!(
            "the standard library links {} outside the module",
            outside.iter().copied().collect::<Vec<_>>().join(", ")
        );
        case.findings.push(
            rules::STANDARD_LIBRARY_OUTSIDE
                .finding(message, linked.examples(Class::StandardOutside)),
        );
    }
}

/// Dead code elimination removed all of a package but the function that sets its variables.
fn only_initialised(path: &str, package: &Package) -> bool {
    package.functions == 1 && package.example.strip_prefix(path) == Some(".init")
}

/// Algorithms that Go's module covers and BoringCrypto's Go binding does not.
fn not_in_boring(go: &GoFacts) -> impl Iterator<Item = &str> {
    const BESIDE_BORING: &[&str] =
        &["crypto/ed25519", "crypto/mlkem", "crypto/sha3", "crypto/mldsa"];
    BESIDE_BORING.iter().copied().filter(|path| go.packages.contains_key(*path))
}

/// The module a package comes from: the one with the longest path above it.
fn origin<'a>(go: &'a GoFacts, package: &str) -> Option<&'a GoModule> {
    let info = go.build_info.as_ref()?;
    info.deps
        .iter()
        .chain(&info.main)
        .filter(|module| {
            package == module.path
                || package.strip_prefix(&module.path).is_some_and(|rest| rest.starts_with('/'))
        })
        .max_by_key(|module| module.path.len())
}

fn libraries(case: &mut Case, program: &ProgramFacts) {
    for library in program.needed.iter().filter(|library| packages::is_crypto_library(library)) {
        let mut finding = rules::CRYPTO_LIBRARY.finding(
            format!("`{library}` is loaded at run time"),
            vec![evidence("needed library", None, library)],
        );
        finding.subject = Some(library.clone());
        case.findings.push(finding);
    }
}

/// Settings of old Go versions that weaken TLS where FIPS mode does not restrict it (Go's doc/godebug.md).
const WEAK: &[&str] = &[
    "tls10server=1",
    "tls3des=1",
    "tlsrsakex=1",
    "tlssha1=1",
    "tlsunsafeekm=1",
    "rsa1024min=0",
    "x509sha1=1",
];

fn tls(case: &mut Case, go: &GoFacts) {
    let has = |marker: &str| go.markers.contains_key(marker);
    let restricted = has("crypto/tls/fipsonly.init")
        || has("crypto/internal/boring/sig.FIPSOnly")
        || go.signatures.iter().any(|signature| signature.kind == SignatureKind::FipsOnly);
    if let (Some(_), Some(tls), false) = (&go.boring, go.packages.get("crypto/tls"), restricted) {
        let message = "TLS is linked and not restricted to what the module approves";
        case.findings.push(rules::TLS_NOT_RESTRICTED.finding(message, vec![at("crypto/tls", tls)]));
    }
    let (text, offset) = module::godebug(go);
    let weak: Vec<&str> = text.split(',').filter(|setting| WEAK.contains(setting)).collect();
    if !weak.is_empty() {
        let message = format!("the default GODEBUG sets {}", weak.join(", "));
        case.findings.push(
            rules::WEAK_TLS_DEFAULTS
                .finding(message, vec![evidence("runtime.godebugDefault", offset, text)]),
        );
    }
}

/// Tables that the Go runtime itself brings. `internal/chacha8rand` seeds maps and `math/rand`; it offers no cryptographic
/// service, and its assembly for arm64 holds `ChaCha`'s constant once. A second one is somebody else's.
const OF_THE_RUNTIME: &[(&str, &str)] = &[("ChaCha20 or Salsa20", "internal/chacha8rand")];

fn explained(constant: &Constant, go: &GoFacts) -> bool {
    let brings = |(algorithm, package): &(&str, &str)| {
        *algorithm == constant.algorithm && go.packages.contains_key(*package)
    };
    constant.count == 1 && OF_THE_RUNTIME.iter().any(brings)
}

/// No cryptography is a claim like any other: every function is accounted for, no constant table of a known algorithm is
/// in the file, and no cryptographic library is loaded.
fn prove_absence(case: &mut Case, facts: &BinaryFacts, go: &GoFacts) {
    for constant in facts.constants.iter().filter(|constant| !explained(constant, go)) {
        let message = format!(
            "the constants of {} are in the file and no package explains them",
            constant.algorithm
        );
        case.findings.push(
            rules::UNATTRIBUTED_CONSTANTS.finding(
                message,
                vec![evidence(constant.algorithm, Some(constant.offset), "table")],
            ),
        );
    }
    case.no_crypto = Some(format!(
        "no cryptography: none of its {} functions belongs to a package that implements any, no constant table of a known algorithm is in the file, and it loads no cryptographic library",
        go.function_count
    ));
}
