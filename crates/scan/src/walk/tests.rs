//! One content in every form, archives inside archives, and forms that hide or explode.
//!
//! The programs here are headers of ELF files: what is judged of them does not matter, where and whether they are seen
//! does.

#[path = "../../../unpack/tests/it/layout.rs"]
mod layout;

use super::*;
use crate::report::ArtifactReport;
use crate::summary::Outcome;
use crate::surroundings::{Library, Surroundings as _};
use catalog::{Policy, Registry};
use layout::{Files, Item, gz, tar, tarred};
use std::collections::BTreeSet;
use std::path::Path;
use vocab::{Date, Sha256, Verdict};

struct Dir(tempfile::TempDir);

impl Dir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn path(&self, name: &str) -> Utf8PathBuf {
        files::utf8(self.0.path().join(name)).unwrap()
    }
    fn put(&self, name: &str, bytes: &[u8]) -> Utf8PathBuf {
        files::write(&self.path(name), bytes, files::Mode::Plain).unwrap();
        self.path(name)
    }
}

fn scan_within(path: &Utf8Path, limits: &WalkLimits) -> ScanReport {
    let policy = policy();
    let as_of = Date::constant(2026, 11, 21);
    let scanner = Scanner { registry: Registry::embedded(), policy: &policy, as_of };
    scanner.scan_paths(&[path.to_owned()], limits, &[]).unwrap()
}

fn policy() -> Policy {
    Policy::embedded("fips140-3-active").unwrap().clone()
}

fn scan(path: &Utf8Path) -> ScanReport {
    scan_within(path, &WalkLimits::default())
}

/// An ELF header of its own content: a shared object for amd64, so that each has another digest.
fn program(mark: u8) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01".to_vec();
    bytes.resize(16, 0);
    bytes.extend_from_slice(&[3, 0, 62, 0, 1, 0, 0, 0]);
    bytes.resize(64, 0);
    bytes[52] = 64;
    bytes.extend_from_slice(&[mark; 200]);
    bytes
}

/// The paths behind the last `!` or the folder, with what was said there.
fn said(report: &ScanReport, outer: &Utf8Path) -> Vec<(String, Sha256, Verdict, Vec<String>)> {
    let inner = |artifact: &ArtifactReport| {
        let rest = artifact.path.strip_prefix(outer.as_str()).unwrap();
        let codes = artifact.findings.iter().map(|finding| finding.code.clone()).collect();
        (rest[1..].to_owned(), artifact.sha256, artifact.verdict, codes)
    };
    report.artifacts.iter().map(inner).collect()
}

fn codes(report: &ScanReport) -> Vec<(&str, Vec<&str>)> {
    report
        .artifacts
        .iter()
        .map(|artifact| {
            let codes = artifact.findings.iter().map(|finding| finding.code.as_str()).collect();
            (artifact.path.rsplit('/').next().unwrap(), codes)
        })
        .collect()
}

fn content() -> Files {
    let release = "ID=ubuntu\nVERSION_ID=\"22.04\"\n";
    [
        ("usr/bin/one", program(1)),
        ("usr/bin/two", program(2)),
        ("usr/lib/x86_64-linux-gnu/libx.so", program(3)),
        ("opt/app.tar.gz", gz(&tar(&[Item::File("deep/program", &program(4))]))),
        ("etc/os-release", release.into()),
        ("usr/share/doc/readme", b"text".to_vec()),
    ]
    .map(|(path, bytes): (&str, Vec<u8>)| (path.to_owned(), bytes))
    .into()
}

/// Without it the same programs could be judged differently by how they were handed in.
#[test]
fn a_folder_a_layout_its_tar_a_docker_archive_and_a_tar_give_identical_findings() {
    let dir = Dir::new();
    let files = content();
    layout::write(&files, dir.path("root").as_std_path());
    let whole = tarred(&files);
    // The layers: something that is replaced, something that is removed, then the rest.
    let lower = tar(&[
        Item::File("usr/bin/one", &program(9)),
        Item::File("opt/gone", &program(8)),
        Item::File("lost/x", &program(7)),
    ]);
    let upper = tar(&[
        Item::File("opt/.wh.gone", b""),
        Item::File(".wh.lost", b""),
        Item::Symlink("bin", "usr/bin"),
    ]);
    let layers = [lower, whole.clone(), upper];
    let oci = layout::oci(&[("linux/amd64", &layers)]);
    layout::write(&oci, dir.path("layout").as_std_path());
    let forms = [
        dir.path("layout"),
        dir.put("oci.tar", &tarred(&oci)),
        dir.put("oci.tar.gz", &gz(&tarred(&oci))),
        dir.put("docker.tar", &tarred(&layout::docker(&layers))),
        dir.put("root.tar", &whole),
        dir.put("root.tgz", &gz(&whole)),
    ];
    let expected = scan(&dir.path("root"));
    let seen = said(&expected, &dir.path("root"));
    let paths: Vec<_> = seen.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "opt/app.tar.gz!deep/program",
            "usr/bin/one",
            "usr/bin/two",
            "usr/lib/x86_64-linux-gnu/libx.so"
        ]
    );
    assert_eq!(expected.roots[0].os.id.as_deref(), Some("ubuntu"));
    for form in forms {
        let report = scan(&form);
        assert_eq!(said(&report, &form), seen, "{form}");
        assert_eq!(report.roots[0].os, expected.roots[0].os, "{form}");
        // The two documents of a layout are files of its folder.
        let more = if form == dir.path("layout") { 2 } else { 0 };
        assert_eq!(report.skipped, expected.skipped + more, "{form}");
    }
}

#[test]
fn each_platform_of_an_image_is_scanned_apart() {
    let dir = Dir::new();
    let one = [tar(&[Item::File("bin/x", &program(1))])];
    let other = [tar(&[Item::File("bin/x", &program(2))])];
    let files = layout::oci(&[("linux/amd64", &one), ("linux/arm64", &other)]);
    let path = dir.put("image.tar", &tarred(&files));
    let report = scan(&path);
    let names: Vec<_> = said(&report, &path).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(names, ["linux/amd64!bin/x", "linux/arm64!bin/x"]);
}

/// A layout in a folder of images is one of the folder's images, and its blobs are no files of the folder.
#[test]
fn layouts_and_archives_inside_a_folder_are_images_of_their_own() {
    let dir = Dir::new();
    let layers = [tar(&[Item::File("bin/x", &program(1))])];
    layout::write(
        &layout::oci(&[("linux/amd64", &layers)]),
        dir.path("images/layout").as_std_path(),
    );
    dir.put("images/a.tar", &tarred(&layout::docker(&layers)));
    let report = scan(&dir.path("images"));
    let names: Vec<_> =
        said(&report, &dir.path("images")).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(names, ["a.tar!bin/x", "layout!bin/x"]);
}

/// Two small files must not make a folder or an archive of programs into an image without them.
#[test]
fn what_lies_beside_an_image_is_not_hidden_by_it() {
    let dir = Dir::new();
    let layers = [tar(&[Item::File("bin/x", &program(1))])];
    let mut files = layout::oci(&[("linux/amd64", &layers)]);
    files.insert("beside".to_owned(), program(2));
    layout::write(&files, dir.path("layout").as_std_path());
    let names = |path: &Utf8Path| -> Vec<String> {
        said(&scan(path), path).into_iter().map(|(path, ..)| path).collect()
    };
    assert_eq!(names(&dir.path("layout")), ["bin/x", "beside"]);
    let report = scan(&dir.put("image.tar", &tarred(&files)));
    assert!(codes(&report).contains(&("image.tar", vec!["unreadable"])), "{:?}", codes(&report));
}

#[test]
fn what_is_nested_is_found_and_named_by_its_way_in() {
    let dir = Dir::new();
    let member = |name: &str, content: &[u8]| {
        let mut bytes =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len())
                .into_bytes();
        bytes.extend_from_slice(content);
        bytes
    };
    let library =
        [b"!<arch>\n".to_vec(), member("x.o/", &program(1)), member("x.o/", &program(2))].concat();
    let inner =
        tar(&[Item::File("lib/libx.a", &library), Item::File("packed.gz", &gz(&program(3)))]);
    let path = dir.put("outer.tar", &tar(&[Item::File("inner.tar.gz", &gz(&inner))]));
    let report = scan(&path);
    let names: Vec<_> = said(&report, &path).into_iter().map(|(path, ..)| path).collect();
    assert_eq!(
        names,
        [
            "inner.tar.gz!lib/libx.a!x.o",
            "inner.tar.gz!lib/libx.a!x.o#2",
            "inner.tar.gz!packed.gz!packed"
        ]
    );
}

/// An archive that never ends, or ends in the middle, is never passed for what was read of it.
#[test]
fn each_limit_and_each_damage_is_a_finding_of_the_archive() {
    let dir = Dir::new();
    let limits = |change: fn(&mut unpack::Limits)| {
        let mut limits = WalkLimits::default();
        change(&mut limits.archive);
        limits
    };
    let whole = tar(&[
        Item::File("a", &program(1)),
        Item::File("b", &program(2)),
        Item::File("zero", &vec![0; 1 << 20]),
    ]);
    let path = dir.put("x.tgz", &gz(&whole));
    let limited = [
        limits(|it| it.entries = 1),
        limits(|it| it.unpacked = 2000),
        limits(|it| (it.ratio, it.ratio_from) = (100, 1 << 18)),
    ];
    for limits in limited {
        let report = scan_within(&path, &limits);
        assert!(
            codes(&report).contains(&("x.tgz", vec!["limit-exceeded"])),
            "{limits:?}: {:?}",
            codes(&report)
        );
        assert_eq!(report.result, Outcome::Fail);
    }
    let mut nested = program(1);
    for _ in 0..5 {
        nested = tar(&[Item::File("x", &nested)]);
    }
    let path = dir.put("deep.tar", &nested);
    let report = scan_within(&path, &limits(|it| it.depth = 3));
    assert_eq!(report.artifacts.len(), 1);
    assert_eq!(report.artifacts[0].findings[0].code, "limit-exceeded");
    assert_eq!(said(&scan(&path), &path)[0].0, "x!x!x!x!x");
    let report = scan_within(
        &dir.put("big", &program(1)),
        &WalkLimits { file: 100, ..WalkLimits::default() },
    );
    assert_eq!(report.artifacts[0].findings[0].code, "limit-exceeded");
    let path = dir.put("cut.tar", &whole[..1500]);
    let seen = scan(&path);
    assert!(codes(&seen).contains(&("cut.tar", vec!["unreadable"])), "{:?}", codes(&seen));
    assert!(
        seen.artifacts.iter().any(|artifact| artifact.path.ends_with("!a")),
        "what was read stays"
    );
}

#[test]
fn a_root_without_programs_is_said_to_have_none_and_an_empty_one_was_not_examined() {
    let dir = Dir::new();
    let data =
        dir.put("data.tar", &tar(&[Item::File("cacert.pem", b"text"), Item::File("x", b"\0\x01")]));
    let report = scan(&data);
    assert_eq!(
        (report.artifacts[0].kind.as_str(), report.artifacts[0].verdict),
        ("image", Verdict::NoCrypto)
    );
    assert_eq!(report.artifacts[0].reasons, ["2 files, none of them a program"]);
    assert_eq!(report.result, Outcome::Pass);
    layout::write(
        &layout::oci(&[("linux/amd64", &[tar(&[Item::File("x", b"1")])])]),
        dir.path("l").as_std_path(),
    );
    assert_eq!(scan(&dir.path("l")).artifacts[0].verdict, Verdict::NoCrypto);
    let script = dir.put("script.tar", &tar(&[Item::File("x.sh", b"#!/bin/sh\n")]));
    assert_eq!(scan(&script).artifacts[0].verdict, Verdict::Undetermined, "somebody may run it");
    // A tar archive without entries is a block of zeros.
    assert_eq!(scan(&dir.put("empty.tar", &tar(&[]))).result, Outcome::Fail);
    let zip = dir.put("empty.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!((scan(&zip).artifacts.len(), scan(&zip).result), (0, Outcome::Fail));
    files::create_dir_all(&dir.path("empty")).unwrap();
    assert_eq!(scan(&dir.path("empty")).result, Outcome::Fail);
    let broken = layout::oci(&[("linux/amd64", &[tar(&[Item::File("x", b"1")])])]);
    let layer = broken
        .iter()
        .find(|(path, bytes)| path.starts_with("blobs") && bytes.starts_with(&[0x1f, 0x8b]));
    let mut broken = broken.clone();
    broken.remove(layer.unwrap().0);
    let report = scan(&dir.put("broken.tar", &tarred(&broken)));
    assert_eq!(
        report.artifacts[0].findings[0].code, "unreadable",
        "a missing layer is no proof of anything"
    );
}

#[test]
fn hard_links_are_one_artifact_copies_are_two_and_symlinks_none() {
    let dir = Dir::new();
    dir.put("r/b", &program(1));
    fs_err::hard_link(dir.path("r/b"), dir.path("r/a")).unwrap();
    dir.put("r/copy", &program(1));
    std::os::unix::fs::symlink("/etc", dir.path("r/out")).unwrap();
    std::os::unix::fs::symlink("b", dir.path("r/link")).unwrap();
    let names = |path: &Utf8Path| -> Vec<String> {
        said(&scan(path), path).into_iter().map(|(path, ..)| path).collect()
    };
    assert_eq!(names(&dir.path("r")), ["a", "copy"]);
    let archive = tar(&[
        Item::File("b", &program(1)),
        Item::Hardlink("a", "b"),
        Item::File("copy", &program(1)),
        Item::Symlink("link", "b"),
    ]);
    assert_eq!(names(&dir.put("r.tar", &archive)), ["a", "copy"]);
}

/// Python programs and Spring Boot's jars are zip archives behind a script or a program.
#[test]
fn what_is_packed_behind_a_script_or_a_program_is_seen() {
    let dir = Dir::new();
    let zip = empty_zip_with("inner/x", &program(5));
    let script = dir.put("app", &[b"#!/usr/bin/env python3\n", &zip[..]].concat());
    assert_eq!(said(&scan(&script), &script)[0].0, "inner/x");
    let behind = dir.put("elf", &[program(6), zip].concat());
    let report = scan(&behind);
    assert_eq!(
        report.artifacts.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(),
        [behind.as_str(), &format!("{behind}!inner/x")]
    );
}

/// A zip archive with one stored member (APPNOTE 4.3.7, 4.3.12, 4.3.16).
fn empty_zip_with(name: &str, content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common = [
        &[10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
        &crc.sum().to_le_bytes(),
        &length,
        &length,
        &name_length,
        &[0, 0],
    ]
    .concat();
    let mut zip = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let start = u32::try_from(zip.len()).unwrap().to_le_bytes();
    let directory = [b"PK\x01\x02\x0a\0", &common[..], &[0; 14], name.as_bytes()].concat();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    zip.extend_from_slice(&directory);
    zip.extend_from_slice(
        &[b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &size[..], &start, &[0, 0]].concat(),
    );
    zip
}

#[test]
fn a_named_file_is_an_artifact_whatever_it_is_and_what_is_not_there_is_an_error() {
    let dir = Dir::new();
    let text = dir.put("text", b"text");
    std::os::unix::fs::symlink(&text, dir.path("link")).unwrap();
    assert_eq!(scan(&dir.path("link")).artifacts[0].kind, "text");
    let none = dir.path("none");
    let policy = policy();
    let scanner = Scanner {
        registry: Registry::embedded(),
        policy: &policy,
        as_of: Date::constant(2026, 11, 21),
    };
    assert!(scanner.scan_paths(&[none], &WalkLimits::default(), &[]).is_err());
    assert!(scanner.scan_paths(&["/dev/zero".into()], &WalkLimits::default(), &[]).is_err());
}

#[test]
fn a_file_is_judged_in_a_root_by_its_path_here_or_there() {
    let dir = Dir::new();
    layout::write(&content(), dir.path("root").as_std_path());
    let policy = policy();
    let scanner = Scanner {
        registry: Registry::embedded(),
        policy: &policy,
        as_of: Date::constant(2026, 11, 21),
    };
    let elsewhere = dir.put("elsewhere", &program(7));
    let paths = [dir.path("root/usr/bin/one"), "/usr/bin/two".into(), elsewhere.clone()];
    // `/usr/bin/two` is on no machine, and in the root.
    assert!(!Path::new("/usr/bin/two").exists());
    let report =
        scanner.scan_in_root(&dir.path("root"), &paths, &WalkLimits::default(), &[]).unwrap();
    let mut seen: Vec<_> =
        report.artifacts.iter().map(|it| (it.path.as_str(), it.sha256, it.size)).collect();
    seen.sort();
    let mut expected = [(&paths[0], 1), (&paths[1], 2), (&elsewhere, 7)]
        .map(|(path, mark)| (path.as_str(), Sha256::of(&program(mark)), 264));
    expected.sort();
    assert_eq!(seen, expected);
}

/// Without it the search could follow our idea of a loader instead of the loader: a real program, linked and laid out here.
#[test]
fn a_linked_program_finds_the_libraries_that_its_loader_would() {
    let dir = Dir::new();
    let build = "mkdir -p root/opt/bin root/opt/lib root/usr/lib && echo 'int f(void){return 1;}' > f.c \
                 && echo 'int f(void); int main(void){return f();}' > m.c \
                 && cc -shared -fPIC -Wl,-soname,libf.so.1 -o root/opt/lib/libf.so.1.0 f.c \
                 && ln -s libf.so.1.0 root/opt/lib/libf.so.1 && cp root/opt/lib/libf.so.1.0 root/usr/lib/libf.so.1 \
                 && cc -o root/opt/bin/own m.c root/opt/lib/libf.so.1.0 -Wl,--enable-new-dtags,-rpath,'$ORIGIN/../lib' \
                 && cc -o root/opt/bin/plain m.c root/opt/lib/libf.so.1.0";
    run(&dir, build);
    let policy = policy();
    let as_of = Date::constant(2026, 11, 21);
    let scanner = Scanner { registry: Registry::embedded(), policy: &policy, as_of };
    let limits = WalkLimits::default();
    let walk = Walk::new(&scanner, &limits, &[]);
    let root = walk.around(
        dir.path("root").as_std_path(),
        &["opt/bin/own".to_owned(), "opt/bin/plain".to_owned()],
        BTreeSet::new(),
    );
    for (program, library) in [("own", "/opt/lib/libf.so.1.0"), ("plain", "/usr/lib/libf.so.1")] {
        let program = root.neighbour(&format!("/opt/bin/{program}")).unwrap();
        let facts = program.facts.program.as_ref().unwrap();
        assert_eq!(facts.needed, ["libf.so.1", "libc.so.6"]);
        let found = root.library(&program.path, facts, "libf.so.1");
        assert!(matches!(found, Library::Found(found) if found.path == library), "{found:?}");
        assert!(matches!(root.library(&program.path, facts, "libc.so.6"), Library::Missing));
    }
}

#[expect(clippy::disallowed_methods, reason = "a test asks the real tool")]
fn run(dir: &Dir, command: &str) {
    let mut shell = std::process::Command::new("sh");
    assert!(shell.args(["-euc", command]).current_dir(dir.0.path()).status().unwrap().success());
}
