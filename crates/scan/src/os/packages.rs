//! Package databases: dpkg's status file and distroless images' parts of one, apk's list of installed packages. Those of
//! rpm are recognised only: they are databases of their own formats.

use super::{OperatingSystem, Package, PackageDatabase, short};
use crate::root::Root;

/// Most packages that are reported: no distribution has so many that name FIPS.
const MOST: usize = 500;

pub(super) fn read(root: &Root, os: &mut OperatingSystem) {
    let mut dpkg = vec!["/var/lib/dpkg/status".to_owned()];
    dpkg.extend(
        root.below("/var/lib/dpkg/status.d").into_iter().filter(|path| !path.ends_with(".md5sums")),
    );
    for path in dpkg {
        database(root, os, path, "dpkg", &dpkg_packages);
    }
    for path in ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"] {
        // On systems with merged folders both are one file.
        if os.package_databases.iter().all(|database| database.kind != "apk") {
            database(root, os, path.to_owned(), "apk", &apk_packages);
        }
    }
    for folder in ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"] {
        for name in ["rpmdb.sqlite", "Packages.db", "Packages"] {
            let path = format!("{folder}/{name}");
            if root.has(&path) && os.package_databases.iter().all(|database| database.kind != "rpm")
            {
                os.package_databases.push(PackageDatabase {
                    path,
                    kind: "rpm".to_owned(),
                    read: false,
                    packages: 0,
                });
            }
        }
    }
    os.fips_packages.sort();
    os.fips_packages.dedup();
    os.fips_packages.truncate(MOST);
}

fn database(
    root: &Root,
    os: &mut OperatingSystem,
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
    let fips = packages.iter().filter(|(name, version)| is_fips(name, version));
    os.fips_packages
        .extend(fips.map(|(name, version)| Package { name: short(name), version: short(version) }));
    let (kind, read) = (kind.to_owned(), text.is_some());
    os.package_databases.push(PackageDatabase { path, kind, read, packages: packages.len() });
}

/// Canonical and Chainguard mark their validated builds in the version or the name; others have packages of that name.
fn is_fips(name: &str, version: &str) -> bool {
    let lower = version.to_ascii_lowercase();
    name.contains("fips")
        || lower.contains("fips")
        || name.starts_with("crypto-policies")
        || name.ends_with("-hmac")
}

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
