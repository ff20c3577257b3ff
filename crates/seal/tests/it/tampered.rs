//! A release that somebody touched: every file, every kind of change.

use crate::common::{KEYS, copy, example_folder, refusals, run, succeed, verify, verify_with};
use camino::Utf8Path;
use manifest::{CheckKind, Reason, Role, Trust};

fn write(folder: &Utf8Path, name: &str, bytes: &[u8]) {
    files::write(&folder.join(name), bytes, files::Mode::Plain).unwrap();
}

fn read(folder: &Utf8Path, name: &str) -> Vec<u8> {
    files::read(&folder.join(name), 1 << 30).unwrap()
}

fn reasons(folder: &Utf8Path) -> Vec<(Reason, String)> {
    let verification = verify(folder);
    assert!(!verification.passed());
    refusals(&verification).into_iter().map(|check| (check.reason, check.path.clone())).collect()
}

/// Without it there would be a byte in a release that anyone may change.
#[test]
fn one_flipped_bit_anywhere_in_any_file_is_found_and_the_file_is_named() {
    let folder = copy();
    let names: Vec<String> =
        files::walk(&folder.path).unwrap().into_iter().map(|e| e.path.to_string()).collect();
    assert!(names.len() >= 11, "{names:?}");
    for name in &names {
        let bytes = read(&folder.path, name);
        for at in [0, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            write(&folder.path, name, &flipped);
            let found = reasons(&folder.path);
            assert!(found.iter().any(|(_, path)| path == name), "byte {at} of {name}: {found:?}");
        }
        write(&folder.path, name, &bytes);
    }
    assert!(verify(&folder.path).passed(), "every file was put back");
}

/// Without it a missing file would go unnoticed.
#[test]
fn each_removed_file_is_named() {
    let folder = copy();
    for entry in files::walk(&folder.path).unwrap() {
        let name = entry.path.to_string();
        let bytes = read(&folder.path, &name);
        files::remove_tree(&folder.path.join(&name)).unwrap();
        let found = reasons(&folder.path);
        assert!(found.contains(&(Reason::Missing, name.clone())), "{name}: {found:?}");
        write(&folder.path, &name, &bytes);
    }
}

/// Without it a truncated manifest could verify as a smaller release.
#[test]
fn each_truncated_or_extended_file_is_named() {
    let folder = copy();
    for entry in files::walk(&folder.path).unwrap() {
        let name = entry.path.to_string();
        let bytes = read(&folder.path, &name);
        for other in [bytes[..bytes.len() / 2].to_vec(), vec![], [bytes.as_slice(), b"\n"].concat()]
        {
            write(&folder.path, &name, &other);
            let found = reasons(&folder.path);
            assert!(found.iter().any(|(_, path)| *path == name), "{name}: {found:?}");
        }
        write(&folder.path, &name, &bytes);
    }
}

/// Without it a file that nobody sealed would travel under the release's name.
#[test]
fn an_added_file_a_symlink_and_a_fifo_are_refused_without_being_read() {
    let folder = copy();
    write(&folder.path, "archives/extra.tar.gz", b"x");
    std::os::unix::fs::symlink("/etc/passwd", folder.path.join("link")).unwrap();
    succeed("mkfifo", &[folder.path.join("fifo").as_str()], &[]);
    let found = reasons(&folder.path);
    for name in ["archives/extra.tar.gz", "link", "fifo"] {
        assert!(found.contains(&(Reason::Unexpected, name.to_owned())), "{found:?}");
    }
}

/// Without it a listed file could be a symlink to what an attacker changes later, or a FIFO on which verify hangs.
#[test]
fn a_symlink_or_fifo_in_the_place_of_a_file_is_refused_even_with_the_right_content() {
    for name in
        ["manifest.dsse.json", "sbom.cdx.json", "archives/plain-v1.0.0+fips.0-linux-amd64.tar.gz"]
    {
        let folder = copy();
        let elsewhere = copy();
        files::remove_tree(&folder.path.join(name)).unwrap();
        std::os::unix::fs::symlink(elsewhere.path.join(name), folder.path.join(name)).unwrap();
        assert!(reasons(&folder.path).contains(&(Reason::NotRegular, name.to_owned())), "{name}");
        files::remove_tree(&folder.path.join(name)).unwrap();
        succeed("mkfifo", &[folder.path.join(name).as_str()], &[]);
        assert!(reasons(&folder.path).contains(&(Reason::NotRegular, name.to_owned())), "{name}");
    }
}

/// Without it a second name outside the folder could be used to change the release later, unseen.
#[test]
fn a_hard_link_is_reported() {
    let folder = copy();
    let outside = crate::common::folder();
    std::fs::hard_link(folder.path.join("BUILDS.md"), outside.path.join("x")).unwrap();
    let verification = verify(&folder.path);
    assert!(verification.passed(), "the content is right");
    assert!(
        verification.checks().iter().any(|c| c.reason == Reason::HardLink && c.path == "BUILDS.md")
    );
}

/// Without it one component's archive could be shipped under another's name, each validly signed.
#[test]
fn two_swapped_archives_and_two_swapped_signatures_are_refused() {
    for kind in [
        "archives/NAME-v1.0.0+fips.0-linux-amd64.tar.gz",
        "signatures/NAME-v1.0.0+fips.0-linux-amd64/NAME.sig",
    ] {
        let folder = copy();
        let (one, two) = (kind.replace("NAME", "plain"), kind.replace("NAME", "native"));
        let (first, second) = (read(&folder.path, &one), read(&folder.path, &two));
        write(&folder.path, &one, &second);
        write(&folder.path, &two, &first);
        let found = reasons(&folder.path);
        for name in [one, two] {
            assert!(found.iter().any(|(_, path)| *path == name), "{found:?}");
        }
    }
}

/// Without it an archive repacked with a changed program would only be "a wrong digest", and no one would know which.
#[test]
fn a_repacked_archive_names_the_program_that_changed() {
    let folder = copy();
    let name = "archives/plain-v1.0.0+fips.0-linux-amd64.tar.gz";
    let mut program = crate::common::PROGRAMS.plain.clone();
    let at = program.len() / 2;
    program[at] ^= 1;
    let mut packed = crate::common::archive("plain", &program);
    // The size is checked first; only an archive of the same size is looked into.
    packed.resize(read(&folder.path, name).len(), 0);
    write(&folder.path, name, &packed);
    let found = reasons(&folder.path);
    assert!(
        found.contains(&(Reason::Digest, "plain-v1.0.0+fips.0-linux-amd64/plain".to_owned())),
        "{found:?}"
    );
}

/// Without it a stranger's key, or our keys in each other's role, would do.
#[test]
fn another_key_and_swapped_roles_are_refused() {
    let folder = copy();
    let (artifact, seal) =
        (KEYS.trust().key(Role::Artifact).clone(), KEYS.trust().key(Role::Seal).clone());
    let swapped = Trust::new(seal, artifact).unwrap();
    let verification = verify_with(&folder.path, &swapped);
    assert_eq!(
        refusals(&verification).iter().map(|c| c.reason).collect::<Vec<_>>(),
        [Reason::OtherKey]
    );
    let strange = Trust::load(&example_folder()).unwrap();
    let verification = verify_with(&folder.path, &strange);
    assert!(
        refusals(&verification)
            .iter()
            .any(|c| c.reason == Reason::OtherKey && c.kind == CheckKind::Seal)
    );
    assert!(verification.release().is_none(), "nothing is believed");
}

/// Without it an empty folder would be a release without failures.
#[test]
fn an_empty_folder_fails_and_no_folder_is_an_error() {
    let folder = crate::common::folder();
    assert_eq!(reasons(&folder.path), [(Reason::Missing, "manifest.dsse.json".to_owned())]);
    let options = manifest::Options {
        as_of: crate::common::date("2026-11-21"),
        registry: catalog::Registry::embedded(),
        policy: None,
        allow_example_keys: false,
    };
    assert!(manifest::verify(&folder.path.join("none"), KEYS.trust(), &options).is_err());
}

/// Without it `openssl` and we would disagree about who signed what.
#[test]
fn openssl_agrees_about_a_changed_byte() {
    let folder = copy();
    let key = folder.path.join("trust/seal.pub");
    let check = || {
        let (signature, file) =
            (folder.path.join("manifest.seal.sig"), folder.path.join("manifest.pae"));
        let arguments = [
            "dgst",
            "-sha256",
            "-verify",
            key.as_str(),
            "-signature",
            signature.as_str(),
            file.as_str(),
        ];
        run("openssl", &arguments, &[]).status.success()
    };
    assert!(check());
    let mut bytes = read(&folder.path, "manifest.pae");
    bytes[100] ^= 1;
    write(&folder.path, "manifest.pae", &bytes);
    assert!(!check());
}
