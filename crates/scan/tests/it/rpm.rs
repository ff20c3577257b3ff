//! Systems of rpm: what their package database says of FIPS mode, in a folder and in an archive.

#[path = "../../../unpack/tests/it/databases.rs"]
mod databases;

use crate::situation::AS_OF;
use camino::Utf8PathBuf;
use databases::{Package, bdb, header, log, ndb, sqlite};
use scan::{OperatingSystem, ScanReport, Scanner, WalkLimits};
use vocab::ModuleStatus;

fn packages() -> Vec<Vec<u8>> {
    let package = |name, version, release| Package { name, version, release, epoch: Some(1) };
    [
        package("openssl-fips-provider", "3.0.7", "27.el9_2.ciqfips.0.2.7"),
        package("gnutls", "3.7.6", "23.el9_2.ciqfips.3.4"),
        package("kernel-core", "5.14.0", "1.el9"),
        package("bash", "5.1", "1.el9"),
    ]
    .iter()
    .map(header)
    .collect()
}

fn root(release: &str, databases: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = files::utf8(folder.path().join(path)).unwrap();
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        files::write(&path, bytes, files::Mode::Plain).unwrap();
    };
    put("etc/os-release", release.as_bytes());
    put("etc/crypto-policies/config", b"FIPS\n");
    put("etc/kernel/cmdline", b"root=/dev/sda fips=1\n");
    for (path, bytes) in databases {
        put(path, bytes);
    }
    folder
}

fn scan(path: Utf8PathBuf) -> ScanReport {
    let policy = catalog::Policy::embedded(catalog::Policy::DEFAULT).unwrap();
    let registry = catalog::Registry::embedded();
    let scanner = Scanner { registry, policy, as_of: AS_OF };
    scanner.scan_paths(&[path], &WalkLimits::default(), &[]).unwrap()
}

fn system(folder: &tempfile::TempDir) -> OperatingSystem {
    scan(files::utf8(folder.path().to_owned()).unwrap()).roots.remove(0).os
}

fn rows(os: &OperatingSystem) -> Vec<String> {
    let row = |it: &scan::os::Package| {
        let module = it.module.as_ref();
        let module = module.map_or("no row".to_owned(), |it| format!("{} {}", it.id, it.status));
        format!("{} {}: {module}", it.name, it.version)
    };
    os.fips_packages.iter().map(row).collect()
}

#[test]
fn packages_are_judged_by_the_registry_whatever_form_their_database_has() {
    let expected = [
        "gnutls 1:3.7.6-23.el9_2.ciqfips.3.4: rocky-gnutls in-process",
        "kernel-core 1:5.14.0-1.el9: no row",
        "openssl-fips-provider 1:3.0.7-27.el9_2.ciqfips.0.2.7: rocky-openssl-3.0.7-27 active",
    ];
    let two = sqlite(&packages()[3..]);
    let whole = sqlite(&packages());
    let pages: Vec<(u32, &[u8])> = (1..).zip(whole.chunks(512)).collect();
    let log = log(&pages, u32::try_from(pages.len()).unwrap());
    for databases in [
        vec![("var/lib/rpm/rpmdb.sqlite", sqlite(&packages()))],
        vec![
            ("usr/lib/sysimage/rpm/rpmdb.sqlite", two),
            ("usr/lib/sysimage/rpm/rpmdb.sqlite-wal", log),
        ],
        vec![("usr/lib/sysimage/rpm/Packages.db", ndb(&packages()))],
        vec![("var/lib/rpm/Packages", bdb(&packages()))],
    ] {
        let folder = root("ID=rocky\nVERSION_ID=9.2\n", &databases);
        let os = system(&folder);
        assert_eq!(rows(&os), expected);
        let [database] = &os.package_databases[..] else { panic!("{:?}", os.package_databases) };
        assert!(database.read && database.packages == 4 && database.kind == "rpm", "{database:?}");
        assert_eq!(os.fips_packages[0].vendor.as_deref(), Some("Nobody"));
        assert_eq!(os.kernel_command_lines[0].value, "fips=1");
        assert_eq!(os.crypto_policy[0].value, "FIPS");
        // The same through an archive, where the database passes once.
        let mut tar = tar::Builder::new(Vec::new());
        tar.append_dir_all(".", folder.path()).unwrap();
        let path = files::utf8(folder.path().join("root.tar")).unwrap();
        files::write(&path, &tar.into_inner().unwrap(), files::Mode::Plain).unwrap();
        assert_eq!(scan(path).roots[0].os, os);
    }
}

/// The same name and version are another build in another distribution; the registry's row says whose it means.
#[test]
fn a_package_is_only_known_where_its_row_says() {
    let package =
        Package { name: "openssl-fips-provider", version: "3.0.7", release: "8.el9", epoch: None };
    let database = [("var/lib/rpm/rpmdb.sqlite", sqlite(&[header(&package), header(&package)]))];
    let module = |release: &str| system(&root(release, &database)).fips_packages[0].module.clone();
    let red_hat = module("ID=rhel\n").unwrap();
    assert_eq!(red_hat.id.as_str(), "rhel9-openssl-provider-3.0.7");
    assert_eq!(red_hat.status, ModuleStatus::Unknown, "no sunset is known");
    assert_eq!(module("ID=centos\n"), None);
}

#[test]
fn a_database_that_cannot_be_read_to_its_end_says_why_and_a_left_over_one_stays_beside() {
    let mut cut = ndb(&packages());
    cut.truncate(cut.len() - 100);
    let databases = [
        ("usr/lib/sysimage/rpm/Packages.db", cut),
        ("var/lib/rpm/Packages", bdb(&packages()[2..])),
    ];
    let os = system(&root("ID=sles\n", &databases));
    let [old, new] = &os.package_databases[..] else { panic!("{:?}", os.package_databases) };
    assert!(old.read && old.packages == 2 && old.problem.is_none());
    assert!(!new.read && new.packages == 3 && new.problem.as_ref().unwrap().contains("too early"));
    assert_eq!(os.fips_packages.len(), 3, "what was read before stays");
}
