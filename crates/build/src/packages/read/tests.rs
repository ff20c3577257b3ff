//! Packages that `dpkg-deb` makes, and what becomes of them.

use super::*;
use crate::process::Invocation;
use camino::Utf8Path;

/// A workspace with packages in it.
struct Bench {
    guard: tempfile::TempDir,
    workspace: Workspace,
}

impl Bench {
    fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let folder = Utf8PathBuf::from_path_buf(guard.path().join("state")).unwrap();
        let workspace = Workspace::new(&folder.join("manifests"), &folder).unwrap();
        files::create_dir_all(&workspace.downloads().join("debian")).unwrap();
        Self { guard, workspace }
    }

    /// A package with these files; gives its pin.
    fn package(&self, name: &str, fill: impl FnOnce(&Utf8Path)) -> DebianPackage {
        let folder = Utf8PathBuf::from_path_buf(self.guard.path().join(name)).unwrap();
        let control = format!(
            "Package: {name}\nVersion: 1:2.0-1\nArchitecture: all\nSource: origin (2.0-1)\nMaintainer: nobody <nobody@example.org>\nDescription: of a test\n"
        );
        put(&folder, "DEBIAN/control", control.as_bytes());
        fill(&folder);
        let mut package = DebianPackage {
            name: name.to_owned(),
            version: "1:2.0-1".to_owned(),
            architecture: "all".to_owned(),
            sha256: vocab::Sha256::of(b""),
        };
        let file = file(&self.workspace, &package);
        let words = ["--root-owner-group", "--build", folder.as_str(), file.as_str()];
        let mut build = Invocation::new("dpkg-deb", words);
        build.inherit = true;
        build.check("making a package", None, &|_| {}).unwrap();
        package.sha256 = vocab::Sha256::of(&files::read(&file, 1 << 20).unwrap());
        package
    }

    fn read(
        &self,
        packages: &[DebianPackage],
        leave_out: &[&str],
    ) -> Result<PackageFiles, BuildError> {
        let leave_out: Vec<String> = leave_out.iter().map(|&path| path.to_owned()).collect();
        read(&self.workspace, packages, &leave_out)
    }
}

fn put(folder: &Utf8Path, path: &str, bytes: &[u8]) {
    files::write(&folder.join(path), bytes, Mode::Plain).unwrap();
}

/// Without it an image could hold set-user-id programs, two `/lib`, or copies where a package has one file.
#[test]
fn a_package_becomes_a_merged_tree_without_maintainer_scripts_documents_and_setuid() {
    let bench = Bench::new();
    let package = bench.package("tool", |folder| {
        put(folder, "DEBIAN/postinst", b"#!/bin/sh\nexit 1\n");
        put(folder, "bin/mount", b"\x7fELF program");
        let setuid = std::os::unix::fs::PermissionsExt::from_mode(0o4755);
        std::fs::set_permissions(folder.join("bin/mount"), setuid).unwrap();
        let script = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.join("DEBIAN/postinst"), script).unwrap();
        std::fs::hard_link(folder.join("bin/mount"), folder.join("bin/umount")).unwrap();
        put(folder, "lib/libz.so.1.2", b"\x7fELF library");
        files::symlink_staged(&folder.join("lib/libz.so.1"), "libz.so.1.2").unwrap();
        put(folder, "etc/tool.conf", b"text\n");
        put(folder, "usr/lib/gconv/x.so", b"\x7fELF table");
        put(folder, "usr/share/man/man1/tool.1", b"manual\n");
        put(folder, "usr/share/doc/tool/README", b"read me\n");
        put(folder, "usr/share/doc/tool/copyright", b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Expat\n");
        files::create_dir_all(&folder.join("var/lib/nfs/sm")).unwrap();
    });
    let files = bench.read(std::slice::from_ref(&package), &["usr/lib/gconv"]).unwrap();
    let program = |path: &str| {
        let PackageEntry::File { bytes, executable } = &files.entries[path] else {
            panic!("{path} is no file")
        };
        (String::from_utf8_lossy(bytes).into_owned(), *executable)
    };
    assert_eq!(program("usr/bin/mount"), ("\u{7f}ELF program".to_owned(), true));
    assert_eq!(files.entries["usr/bin/umount"], PackageEntry::Hardlink("usr/bin/mount".to_owned()));
    assert_eq!(files.entries["usr/lib/libz.so.1"], PackageEntry::Symlink("libz.so.1.2".to_owned()));
    assert_eq!(files.entries["lib"], PackageEntry::Symlink("usr/lib".to_owned()));
    assert_eq!(files.entries["var/lib/nfs/sm"], PackageEntry::Folder);
    assert_eq!(program("etc/tool.conf"), ("text\n".to_owned(), false));
    let (status, _) = program("var/lib/dpkg/status.d/tool");
    assert!(status.starts_with("Package: tool\nStatus: install ok installed\n"), "{status}");
    for absent in
        ["DEBIAN/postinst", "usr/lib/gconv", "usr/share/man", "usr/share/doc/tool/README", "sbin"]
    {
        let below = format!("{absent}/");
        let found = files.entries.keys().find(|path| *path == absent || path.starts_with(&below));
        assert_eq!(found, None);
    }
    let [facts] = &files.packages[..] else { panic!("one package was read") };
    assert_eq!((facts.source.as_str(), facts.source_version.as_deref()), ("origin", Some("2.0-1")));
    assert_eq!((&facts.package, &facts.licences[..]), (&package, &["MIT".to_owned()][..]));
    assert!(facts.files.contains(&"usr/bin/mount".to_owned()));
}

#[test]
fn packages_that_are_not_what_is_pinned_or_hold_one_file_twice_are_refused() {
    let bench = Bench::new();
    let one = bench.package("one", |folder| put(folder, "etc/same", b"1"));
    let two = bench.package("two", |folder| put(folder, "etc/same", b"2"));
    let refused = |packages: &[DebianPackage]| bench.read(packages, &[]).unwrap_err().to_string();
    let said = refused(&[one.clone(), two.clone()]);
    assert!(said.contains("another package holds `etc/same` as well"), "{said}");
    assert!(bench.read(&[one.clone(), two.clone()], &["etc"]).is_ok());
    // The file of one package under the name and with the digest of another.
    let bytes = files::read(&file(&bench.workspace, &two), 1 << 20).unwrap();
    files::write(&file(&bench.workspace, &one), &bytes, Mode::Plain).unwrap();
    let said = refused(std::slice::from_ref(&one));
    assert!(said.contains(&one.sha256.to_string()), "{said}");
    let said = refused(&[DebianPackage { sha256: two.sha256, ..one.clone() }]);
    assert!(said.contains("it is not one 1:2.0-1"), "{said}");
    files::write(&file(&bench.workspace, &one), b"no package", Mode::Plain).unwrap();
    let sha256 = vocab::Sha256::of(b"no package");
    let said = refused(&[DebianPackage { sha256, ..one }]);
    assert!(said.contains("it is no Debian package"), "{said}");
}

#[test]
fn a_link_of_a_package_cannot_lead_an_unpacked_set_out_of_its_folder() {
    let bench = Bench::new();
    let package = bench.package("dev", |folder| {
        put(folder, "lib/libz.so.1", b"\x7fELF");
        files::symlink_staged(&folder.join("usr/lib/t/libz.so"), "/lib/libz.so.1").unwrap();
    });
    let set = catalog::PackageSet {
        name: "dev".parse().unwrap(),
        targets: vec![vocab::Target::LinuxAmd64],
        want: vec!["dev".to_owned()],
        without: vec![],
        leave_out: vec![],
        locked: vec![catalog::LockedPackages {
            target: vocab::Target::LinuxAmd64,
            packages: vec![package],
        }],
    };
    let set = crate::PinnedSet::of(&set, vocab::Target::LinuxAmd64).unwrap();
    let into = Utf8PathBuf::from_path_buf(bench.guard.path().join("system")).unwrap();
    crate::packages::unpack(&bench.workspace, &set, &into).unwrap();
    assert_eq!(files::read(&into.join("usr/lib/t/libz.so"), 100).unwrap(), b"\x7fELF");
}
