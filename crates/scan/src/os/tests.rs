//! Roots of the distributions whose FIPS offerings differ.

use super::*;

fn os(files: &[(&str, &str)]) -> OperatingSystem {
    let mut root = Root::default();
    for (path, text) in files {
        root.put(&[(*path).to_owned()], None, Some(text.as_bytes().to_vec()));
    }
    let environment = ["GODEBUG=fips140=off".to_owned(), "PATH=/bin".to_owned()];
    OperatingSystem::of(&root, &environment, &scanner()).unwrap()
}

fn scanner() -> Scanner<'static> {
    let registry = catalog::Registry::embedded();
    let policy = catalog::Policy::embedded(catalog::Policy::DEFAULT).unwrap();
    Scanner { registry, policy, as_of: Date::constant(2026, 11, 22) }
}

#[test]
fn ubuntu_pro_is_told_by_the_versions_of_its_packages() {
    let status = "Package: libssl3\nStatus: install ok installed\nVersion: 3.0.2-0ubuntu1.10+Fips1\n\n\
                  Package: ubuntu-fips\nStatus: install ok installed\nVersion: 1.2\n\n\
                  Package: fips-gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
                  Package: bash\nStatus: install ok installed\nVersion: 5\n";
    let os = os(&[
        ("etc/os-release", "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"\n"),
        ("var/lib/dpkg/status", status),
        (
            "etc/default/grub.d/99-fips.cfg",
            "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT fips=1\"",
        ),
        ("etc/default/grub", "# fips=0\nGRUB_CMDLINE_LINUX=fips=1\n"),
    ]);
    assert_eq!((os.id.as_deref(), os.version.as_deref()), (Some("ubuntu"), Some("22.04")));
    assert!(os.fips_vendor.unwrap().contains("Ubuntu Pro"));
    let names: Vec<_> = os.fips_packages.iter().map(|package| package.name.as_str()).collect();
    assert_eq!(names, ["libssl3", "ubuntu-fips"]);
    assert_eq!(os.package_databases[0].packages, 3);
    let kernel: Vec<_> = os
        .kernel_command_lines
        .iter()
        .map(|line| (line.path.as_str(), line.value.as_str()))
        .collect();
    assert_eq!(
        kernel,
        [("/etc/default/grub", "fips=1"), ("/etc/default/grub.d/99-fips.cfg", "fips=1")]
    );
    assert_eq!(os.environment, ["GODEBUG=fips140=off"], "what switches Go's module off is told");
}

#[test]
fn red_hat_is_told_with_its_policy_and_a_database_that_cannot_be_read() {
    let os = os(&[
        ("usr/lib/os-release", "ID=\"rhel\"\nPRETTY_NAME='Red Hat Enterprise Linux 9.4'\n"),
        ("etc/crypto-policies/config", "# comment\n\nFIPS:OSPP\n"),
        ("etc/crypto-policies/state/current", "FIPS\n"),
        ("etc/system-fips", ""),
        ("var/lib/rpm/rpmdb.sqlite", "no database"),
        ("boot/loader/entries/a.conf", "title x\noptions root=/dev/sda fips=1 quiet\n"),
    ]);
    assert_eq!(os.name.as_deref(), Some("Red Hat Enterprise Linux 9.4"));
    assert_eq!(
        os.crypto_policy.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(),
        ["FIPS:OSPP", "FIPS"]
    );
    assert!(os.system_fips && !os.package_databases[0].read);
    assert_eq!(os.kernel_command_lines[0].path, "/boot/loader/entries/a.conf");
}

#[test]
fn others_are_recognised_and_an_unknown_one_has_no_vendor() {
    for (id, vendor) in [
        ("rocky", Some("Rocky Linux (CIQ)")),
        ("sles", Some("SUSE")),
        ("amzn", Some("Amazon Linux")),
        ("bottlerocket", Some("Amazon Bottlerocket")),
        ("debian", None),
    ] {
        let os = os(&[("etc/os-release", &format!("ID={id}\nVARIANT_ID=aws-k8s-1.33-fips\n"))]);
        assert_eq!(os.fips_vendor.as_deref(), vendor, "{id}");
    }
    let alpine =
        os(&[("lib/apk/db/installed", "C:Q1\nP:openssl-fips\nV:3.1.2-r0\n\nP:musl\nV:1\n")]);
    assert_eq!(alpine.fips_packages[0].version, "3.1.2-r0");
    assert_eq!(alpine.package_databases[0].packages, 2);
}

#[test]
fn a_root_that_says_nothing_is_no_operating_system() {
    assert_eq!(OperatingSystem::of(&Root::default(), &["PATH=/bin".to_owned()], &scanner()), None);
}
