//! OpenSSL 3 in a root: libcrypto is not the module. The module is the FIPS provider, a file of its own, and whether a
//! program runs in it is decided by a configuration file.

use super::inventory::Inventory;
use super::linkage::Member;
use super::openssl::Activation;
use crate::judge::{Case, Context, evidence, module};
use crate::report::Evidence;
use crate::rules;
use crate::surroundings::{Library, Neighbour, Surroundings};
use inspect::facts::{CryptoLibrary, OpenSslFolders, Provider};
use inspect::integrity::openssl::stated_mac;
use inspect::openssl_conf::{ConfLimits, OpenSslConf};
use vocab::Sha256;

/// The name that the OpenSSL project gives its provider. Others are vendors', whose libcrypto may switch the provider on
/// by itself where the kernel is in FIPS mode.
const UPSTREAM: &str = "OpenSSL FIPS Provider";

/// Judges a libcrypto of OpenSSL 3 by what lies around it; says whether the file was one. A copy that a wheel brought
/// (`libcrypto-1f2e3d4c.so.3`) finds no configuration where it was built to look for one, and is judged by its code.
pub(super) fn libcrypto(
    member: &Member<'_>,
    context: &Context<'_>,
    inventory: &mut Inventory,
) -> bool {
    let library = member.native.libraries.get(&CryptoLibrary::OpenSsl);
    let folders = member.native.openssl_folders.as_ref().filter(|f| f.modules.is_some());
    let named = |name: &String| name.starts_with(&inspect::names::libcrypto());
    let (Some(library), Some(folders), true) =
        (library, folders, member.program.soname.as_ref().is_some_and(named))
    else {
        return false;
    };
    let mut seen = vec![evidence("MODULESDIR", None, folders.modules.clone().unwrap_or_default())];
    seen.extend(
        library.banners.first().map(|text| evidence("text", Some(text.offset), &text.text)),
    );
    seen.extend(member.sha256.map(|sha256| evidence(member.path, None, sha256.to_string())));
    if !has_root(member, context) {
        let message = format!(
            "OpenSSL's libcrypto is no module: a provider below `{}` would be, when `{}/openssl.cnf` activates it",
            folders.modules.clone().unwrap_or_default(),
            folders.configuration
        );
        inventory.open(rules::DEPLOYMENT_UNSEEN.finding(message, seen));
        return true;
    }
    let activation = activation(folders, context.root);
    let Some(found) = find(folders, activation.as_ref(), context.root) else {
        let message = format!(
            "{} is OpenSSL's libcrypto, and no FIPS provider (`ossl-modules/fips.so`) is in the root",
            member.name()
        );
        inventory.open(rules::PROVIDER_ABSENT.finding(message, seen));
        return true;
    };
    let mut case = Case::default();
    judge(&found, activation.as_ref(), context, seen, &mut case);
    inventory.module(case);
    true
}

/// Judges a file that is a FIPS provider itself; says whether it was one.
pub(super) fn provider(
    member: &Member<'_>,
    context: &Context<'_>,
    inventory: &mut Inventory,
) -> bool {
    let Some(provider) = &member.native.provider else { return false };
    let mut case = Case::default();
    let found = Found { path: member.path, provider, in_place: false };
    let seen = vec![evidence("provider", Some(provider.offset), &provider.name)];
    match stated(context.root, None) {
        Some(stated) => integrity(&found, stated, &mut case),
        None => {
            let message =
                "the integrity value of the provider stands in `fipsmodule.cnf`, which is not here";
            case.findings.push(rules::INTEGRITY_UNREADABLE.finding(message, vec![]));
        }
    }
    identify(&found, true, context, seen, &mut case);
    inventory.module(case);
    true
}

/// A file that was given alone finds no library, whatever its name.
pub(super) fn has_root(member: &Member<'_>, context: &Context<'_>) -> bool {
    let own = member.program.soname.as_deref().unwrap_or_default();
    !matches!(context.root.library(member.path, member.program, own), Library::NoRoot)
}

/// What the configuration that libcrypto reads says; nothing when there is no such file.
fn activation(folders: &OpenSslFolders, root: &dyn Surroundings) -> Option<Activation> {
    let path = format!("{}/openssl.cnf", folders.configuration);
    read(root, &path)
}

fn read(root: &dyn Surroundings, path: &str) -> Option<Activation> {
    let include = |path: &str| included(root, path);
    let conf = OpenSslConf::read(root.file(path)?, &ConfLimits::default(), &include);
    Some(Activation::of(&conf))
}

/// The files that an `.include` reads: an absolute path, or the files `*.cnf` and `*.conf` of a folder. A relative path
/// is looked for below the folder that the program runs in, which nobody knows.
fn included(root: &dyn Surroundings, path: &str) -> Vec<Vec<u8>> {
    if !path.starts_with('/') {
        return Vec::new();
    }
    if let Some(file) = root.file(path) {
        return vec![file.to_vec()];
    }
    let folder = format!("{}/", path.trim_end_matches('/'));
    let inside =
        |candidate: &&str| candidate.strip_prefix(&folder).is_some_and(|name| !name.contains('/'));
    let mut paths: Vec<&str> =
        [".cnf", ".conf"].iter().flat_map(|end| root.ending(end)).filter(inside).collect();
    paths.sort_unstable();
    paths.into_iter().filter_map(|path| root.file(path)).map(<[u8]>::to_vec).collect()
}

struct Found<'a> {
    path: &'a str,
    provider: &'a Provider,
    /// It lies where libcrypto looks for it.
    in_place: bool,
}

/// The provider that libcrypto would load, or else one that an environment variable could make it load.
fn find<'a>(
    folders: &OpenSslFolders,
    activation: Option<&Activation>,
    root: &'a dyn Surroundings,
) -> Option<Found<'a>> {
    let named = activation.and_then(|activation| activation.file.clone());
    let in_place =
        named.unwrap_or_else(|| format!("{}/fips.so", folders.modules.clone().unwrap_or_default()));
    let found = |neighbour: &'a Neighbour, in_place| {
        let provider = neighbour.facts.native.as_ref()?.provider.as_ref()?;
        Some(Found { path: &neighbour.path, provider, in_place })
    };
    let elsewhere = || {
        let mut paths = root.ending("/ossl-modules/fips.so").into_iter();
        paths.find_map(|path| found(root.neighbour(path)?, false))
    };
    root.neighbour(&in_place).and_then(|neighbour| found(neighbour, true)).or_else(elsewhere)
}

fn judge(
    found: &Found<'_>,
    activation: Option<&Activation>,
    context: &Context<'_>,
    mut seen: Vec<Evidence>,
    case: &mut Case,
) {
    seen.push(evidence(
        format!("provider `{}`", found.path),
        Some(found.provider.offset),
        &found.provider.name,
    ));
    match stated(context.root, activation) {
        Some(value) => integrity(found, value, case),
        None => {
            let message = format!("no `module-mac` for `{}` is in the root", found.path);
            case.findings.push(rules::INTEGRITY_UNREADABLE.finding(message, vec![]));
        }
    }
    let active = is_active(found, activation, context, case);
    identify(found, active, context, seen, case);
}

/// The value that the configuration in force states, or else the one of a `fipsmodule.cnf` in the root, or of an
/// `openssl.cnf` with the provider's section inside.
fn stated(root: &dyn Surroundings, activation: Option<&Activation>) -> Option<Sha256> {
    let inside = || {
        let files = root.ending("/openssl.cnf").into_iter();
        files.filter_map(|path| read(root, path)).find_map(|activation| activation.mac)
    };
    let in_force = activation.and_then(|activation| activation.mac).or_else(|| {
        let files = root.ending("/fipsmodule.cnf").into_iter().filter_map(|path| root.file(path));
        files
            .map(|file| OpenSslConf::read(file, &ConfLimits::default(), &|_| Vec::new()))
            .find_map(|conf| conf.get("fips_sect", "module-mac").and_then(stated_mac))
    });
    in_force.or_else(inside)
}

fn integrity(found: &Found<'_>, stated: Sha256, case: &mut Case) {
    if stated == found.provider.mac {
        return;
    }
    let message = format!(
        "the HMAC over `{}` is not the `module-mac` that its configuration states: the provider was changed, or stripped",
        found.path
    );
    let seen = vec![
        evidence("module-mac", None, stated.to_string()),
        evidence("computed HMAC-SHA256", None, found.provider.mac.to_string()),
    ];
    case.findings.push(rules::INTEGRITY_MISMATCH.finding(message, seen));
}

fn is_active(
    found: &Found<'_>,
    activation: Option<&Activation>,
    context: &Context<'_>,
    case: &mut Case,
) -> bool {
    if let Some(activation) =
        activation.filter(|activation| activation.is_active() && found.in_place)
    {
        if !activation.others.is_empty() {
            let message = format!(
                "`{}` is activated beside `fips`: a program that asks for it by name leaves the module",
                activation.others.join("`, `")
            );
            case.findings.push(rules::OTHER_PROVIDER_ACTIVE.finding(message, vec![]));
        }
        return true;
    }
    let why = activation.map_or_else(
        || "libcrypto's configuration file is not in the root".to_owned(),
        |activation| match activation.is_active() {
            true => format!("`{}` is not where libcrypto looks for its providers", found.path),
            false => activation.why_not(),
        },
    );
    let elsewhere = context.root.ending("/openssl.cnf").into_iter();
    let by_environment =
        elsewhere.filter_map(|path| read(context.root, path)).any(|a| a.is_active());
    let (rule, message) = if found.provider.name != UPSTREAM {
        (
            rules::ACTIVATION_UNREADABLE,
            format!(
                "{why}; the vendor's libcrypto may switch `{}` on with the kernel's FIPS mode",
                found.provider.name
            ),
        )
    } else if by_environment {
        (
            rules::ACTIVATION_UNREADABLE,
            format!(
                "{why}; a configuration in the root would activate the provider, if OPENSSL_CONF and OPENSSL_MODULES name it"
            ),
        )
    } else {
        (
            rules::PROVIDER_INACTIVE,
            format!("the FIPS provider `{}` is not active: {why}", found.path),
        )
    };
    case.findings.push(rule.finding(message, vec![]));
    false
}

/// Which module the provider is.
fn identify(
    found: &Found<'_>,
    active: bool,
    context: &Context<'_>,
    mut seen: Vec<Evidence>,
    case: &mut Case,
) {
    let Some(version) = &found.provider.version else {
        let message = format!("the version of the provider `{}` could not be read", found.path);
        case.findings.push(rules::MODULE_UNKNOWN.finding(message, seen));
        return;
    };
    seen.push(evidence("version", None, version));
    seen.push(evidence("HMAC-SHA256 of the file", None, found.provider.mac.to_string()));
    match context.registry.provider(&found.provider.name, version) {
        Some(row) => module::admit(case, row, active, context.as_of, seen),
        None => {
            let message = format!(
                "the provider `{}` {version} is in no row of the registry",
                found.provider.name
            );
            case.findings.push(rules::MODULE_UNKNOWN.finding(message, seen));
        }
    }
}
