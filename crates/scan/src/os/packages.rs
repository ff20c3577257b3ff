//! Package databases: dpkg's status file and distroless images' parts of one, apk's list of installed packages, and rpm's
//! database in each of its forms.

use super::{OperatingSystem, Package, PackageDatabase, PackagedModule, short};
use crate::Scanner;
use crate::root::{RPM, RPM_FORMS, RPM_LOG, Root};

/// Most packages that are reported: no distribution has so many that name FIPS.
const MOST: usize = 500;

pub(super) fn read(root: &Root, os: &mut OperatingSystem, by: &Scanner<'_>) {
    let mut dpkg = vec!["/var/lib/dpkg/status".to_owned()];
    dpkg.extend(
        root.below("/var/lib/dpkg/status.d").into_iter().filter(|path| !path.ends_with(".md5sums")),
    );
    for path in dpkg {
        database(root, os, by, path, "dpkg", &dpkg_packages);
    }
    for path in ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"] {
        // On systems with merged folders both are one file.
        if os.package_databases.iter().all(|database| database.kind != "apk") {
            database(root, os, by, path.to_owned(), "apk", &apk_packages);
        }
    }
    rpm(root, os, by);
    os.fips_packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    os.fips_packages.dedup();
    os.fips_packages.truncate(MOST);
}

fn database(
    root: &Root,
    os: &mut OperatingSystem,
    by: &Scanner<'_>,
    path: String,
    kind: &str,
    parse: &dyn Fn(&str) -> Vec<(&str, &str)>,
) {
    if !root.has(&path) {
        return;
    }
    // One that is too large was not kept.
    let text = root.text(&path);
    let packages = text.as_deref().map(parse).unwrap_or_default();
    for (name, version) in &packages {
        add(os, by, (name, version, None), is_fips(name, version));
    }
    let problem = text.is_none().then(|| "it is too large".to_owned());
    let (kind, read) = (kind.to_owned(), text.is_some());
    os.package_databases.push(PackageDatabase {
        path,
        kind,
        read,
        packages: packages.len(),
        problem,
    });
}

/// Every database of rpm in the root: a system that was upgraded may have kept the one of its old form, and says so here. Two
/// paths to one file are one database.
fn rpm(root: &Root, os: &mut OperatingSystem, by: &Scanner<'_>) {
    let mut seen = Vec::new();
    for (folder, form) in
        RPM.iter().flat_map(|folder| RPM_FORMS.iter().map(move |form| (folder, form)))
    {
        let path = format!("/{folder}/{form}");
        let log = root.database(&format!("{path}{RPM_LOG}"));
        let real = root.real(&path);
        if !(root.has(&path) || log.is_some()) || seen.contains(&real) {
            continue;
        }
        seen.push(real);
        // An empty file was not kept; beside a log it stands for itself.
        let empty = unpack::Blob::memory(Vec::new());
        let listing = unpack::installed(root.database(&path).unwrap_or(&empty), log);
        for package in &listing.packages {
            let unpack::Installed { name, version, vendor } = package;
            let named = is_fips(name, version) || CARRIERS.contains(&name.as_str());
            add(os, by, (name, version, vendor.as_deref()), named);
        }
        os.package_databases.push(PackageDatabase {
            path,
            kind: "rpm".to_owned(),
            read: listing.problem.is_none(),
            packages: listing.packages.len(),
            problem: listing.problem.map(|problem| short(&problem.to_string())),
        });
    }
}

/// Enters a package that has to do with FIPS mode: it says so itself, or the registry knows it.
fn add(
    os: &mut OperatingSystem,
    by: &Scanner<'_>,
    (name, version, vendor): (&str, &str, Option<&str>),
    named: bool,
) {
    let module =
        by.registry.package(os.id.as_deref(), name, version).map(|module| PackagedModule {
            id: module.id.clone(),
            certificate: module.certificate,
            standard: module.standard.clone(),
            status: module.status_on(by.as_of),
            sunset: module.sunset,
        });
    if named || module.is_some() {
        os.fips_packages.push(Package {
            name: short(name),
            version: short(version),
            vendor: vendor.map(short),
            module,
        });
    }
}

/// Canonical and Chainguard mark their validated builds in the version or the name; others have packages of that name.
fn is_fips(name: &str, version: &str) -> bool {
    let lower = version.to_ascii_lowercase();
    name.contains("fips")
        || lower.contains("fips")
        || name.starts_with("crypto-policies")
        || name.ends_with("-hmac")
}

/// Packages that carry the modules of distributions of rpm, whether validated or not: Red Hat's and SUSE's names.
const CARRIERS: &[&str] = &[
    "gnutls",
    "kernel",
    "kernel-core",
    "kernel-default",
    "kernel-uek",
    "kernel-uek-core",
    "libfreebl3",
    "libgcrypt",
    "libgcrypt20",
    "libgnutls30",
    "libkcapi",
    "libopenssl1_1",
    "libopenssl3",
    "libsoftokn3",
    "nettle",
    "nss-softokn",
    "nss-softokn-freebl",
    "openssl",
    "openssl-libs",
];

/// dpkg(1): paragraphs; a package counts when its status ends with `installed`. The parts in `status.d` have no status.
fn dpkg_packages(text: &str) -> Vec<(&str, &str)> {
    text.split("\n\n")
        .filter_map(|paragraph| {
            let field = |name: &str| {
                paragraph
                    .lines()
                    .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                    .map(str::trim)
            };
            let installed = field("Status").is_none_or(|status| status.ends_with(" installed"));
            Some((field("Package")?, field("Version").unwrap_or_default())).filter(|_| installed)
        })
        .collect()
}

/// apk-package(5): paragraphs; `P:` is the name and `V:` the version.
fn apk_packages(text: &str) -> Vec<(&str, &str)> {
    text.split("\n\n")
        .filter_map(|paragraph| {
            let field = |name: &str| paragraph.lines().find_map(|line| line.strip_prefix(name));
            Some((field("P:")?, field("V:").unwrap_or_default()))
        })
        .collect()
}
