//! Packages and archives as the system's own tools make them.

use crate::layout::{self, Item};
use crate::{content, gauge};
use std::path::Path;
use unpack::{Blob, Node, Opened, Tree};

#[expect(clippy::disallowed_methods, reason = "a test asks the real tool")]
pub(crate) fn run(folder: &Path, command: &str) -> String {
    let output = std::process::Command::new("sh")
        .args(["-euc", command])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn tree(path: &Path) -> Tree {
    let blob = Blob::file(files::open(path).unwrap()).unwrap();
    match unpack::open(&blob, &gauge()).unwrap() {
        Some(Opened::Tree(tree)) => *tree,
        other => panic!("{other:?}"),
    }
}

/// A folder with what makes archives hard: long names, hard links, symlinks, an empty file, a name with a line feed.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let long = "long/".repeat(30) + &"x".repeat(120);
    let script = format!(
        "mkdir -p root/usr/bin root/$(dirname '{long}')\ncd root\nhead -c 100000 /dev/zero | tr '\\0' a > usr/bin/tool\n\
         ln usr/bin/tool usr/bin/alias\nln -s usr/bin bin\n: > usr/empty\necho deep > '{long}'\nprintf n > \"usr/new\nline\""
    );
    run(folder.path(), &script);
    folder
}

#[test]
fn every_archive_of_one_folder_holds_the_same_files() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for (name, command) in [
        ("plain.tar", "tar -cf plain.tar -C root ."),
        ("pax.tar", "tar --format=posix -cf pax.tar -C root ."),
        ("v7.tar", "tar --format=v7 -cf v7.tar -C root usr bin"),
        ("tar.gz", "tar -czf tar.gz -C root ."),
        ("tar.xz", "tar -cJf tar.xz -C root ."),
        ("tar.zst", "tar --zstd -cf tar.zst -C root ."),
    ] {
        run(folder.path(), command);
        let tree = tree(&at(name));
        assert_eq!(tree.problems(), [], "{name}");
        let files = content(&tree);
        let long = usize::from(name != "v7.tar");
        assert_eq!(files.len(), 3 + long, "{name}: {:?}", files.keys());
        assert_eq!(files["usr/bin/alias,usr/bin/tool"], vec![b'a'; 100_000], "{name}");
        assert_eq!(files["usr/new\nline"], b"n", "{name}");
        let bin = tree.nodes().find(|(path, _)| *path == "bin");
        assert_eq!(bin.unwrap().1, &Node::Symlink("usr/bin".to_owned()), "{name}");
    }
}

/// The order of a package: `debian-binary`, `control.tar.xz`, `data.tar.xz`.
#[test]
fn a_debian_package_shows_its_data_as_a_root_and_its_scripts_aside() {
    let folder = folder();
    let control = "rm root/usr/new*; mkdir -p root/DEBIAN; printf 'Package: test\\nVersion: 1\\nArchitecture: all\\nMaintainer: t <t@example.org>\\nDescription: t\\n' > root/DEBIAN/control";
    run(folder.path(), control);
    for method in ["gzip", "xz", "zstd", "none"] {
        run(
            folder.path(),
            &format!("dpkg-deb -Z{method} --build --root-owner-group root {method}.deb"),
        );
        let tree = tree(&folder.path().join(format!("{method}.deb")));
        assert_eq!(tree.problems(), [], "{method}");
        let listed = run(
            folder.path(),
            &format!("dpkg-deb --fsys-tarfile {method}.deb | tar -tf - --quoting-style=literal"),
        );
        let clean = |line: &str| line.trim_start_matches("./").trim_end_matches('/').to_owned();
        let mut listed: Vec<String> =
            listed.lines().map(clean).filter(|line| !line.is_empty()).collect();
        listed.sort();
        let mut ours: Vec<String> = tree.nodes().map(|(path, _)| path.to_owned()).collect();
        ours.retain(|path| !path.starts_with("DEBIAN"));
        ours.sort();
        assert_eq!(ours, listed, "{method}");
        assert!(tree.nodes().any(|(path, _)| path == "DEBIAN/control"), "{method}");
    }
}

fn rpm(payload: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xed\xab\xee\xdb\x03\0".to_vec();
    bytes.resize(96, 0);
    for _ in 0..2 {
        bytes.extend_from_slice(b"\x8e\xad\xe8\x01\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// Sparse files are said to be left out, and what comes after them is read.
#[test]
fn a_sparse_file_is_reported_and_the_rest_of_its_archive_read() {
    let folder = tempfile::tempdir().unwrap();
    let holes = "truncate -s 1M a; for i in $(seq 40); do printf x | dd of=a bs=1 seek=$((i * 20000)) conv=notrunc status=none; done; echo b > b";
    run(folder.path(), holes);
    for format in ["gnu", "posix"] {
        run(folder.path(), &format!("tar --format={format} -S -cf {format}.tar a b"));
        let tree = tree(&folder.path().join(format!("{format}.tar")));
        let said: Vec<_> = tree.problems().iter().map(ToString::to_string).collect();
        assert!(said.len() == 1 && said[0].contains("sparse"), "{format}: {said:?}");
        assert_eq!(
            content(&tree).into_iter().next_back().unwrap(),
            ("b".to_owned(), b"b\n".to_vec())
        );
    }
}

/// An RPM package's payload is a cpio archive, compressed as the packager likes.
#[test]
fn an_rpm_package_shows_its_payload_however_it_is_packed() {
    let mut cpio = Vec::new();
    for (name, mode, content) in [
        ("./usr/bin/tool", 0o100_755, &b"tool"[..]),
        ("./bin", 0o120_777, b"usr/bin"),
        ("TRAILER!!!", 0, b""),
    ] {
        let fields = [1, mode, 0, 0, 1, 0, content.len(), 0, 0, 0, 0, name.len() + 1, 0];
        cpio.extend_from_slice(b"070701");
        cpio.extend(fields.iter().flat_map(|field| format!("{field:08x}").into_bytes()));
        cpio.extend_from_slice(name.as_bytes());
        cpio.push(0);
        cpio.resize(cpio.len().next_multiple_of(4), 0);
        cpio.extend_from_slice(content);
        cpio.resize(cpio.len().next_multiple_of(4), 0);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = files::utf8(folder.path().join("cpio")).unwrap();
    files::write(&path, &cpio, files::Mode::Plain).unwrap();
    run(folder.path(), "gzip -k cpio; xz -k cpio; zstd -q -k cpio");
    for name in ["cpio", "cpio.gz", "cpio.xz", "cpio.zst"] {
        let payload = files::read(&path.with_file_name(name), 1 << 20).unwrap();
        for bytes in [rpm(&payload), payload] {
            let Some(Opened::Tree(tree)) = unpack::open(&Blob::memory(bytes), &gauge()).unwrap()
            else {
                panic!("{name}")
            };
            assert_eq!(tree.problems(), [], "{name}");
            assert_eq!(content(&tree)["usr/bin/tool"], b"tool", "{name}");
        }
    }
    let cut = rpm(&cpio[..cpio.len() - 200]);
    let Some(Opened::Tree(tree)) = unpack::open(&Blob::memory(cut), &gauge()).unwrap() else {
        panic!()
    };
    assert!(!tree.problems().is_empty());
}

#[test]
fn a_static_library_gives_its_members_and_a_compressed_file_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "echo 'int f(void){return 1;}' > a_member_with_a_long_name.c; cc -c *.c; ar rcs lib.a *.o; echo text > t; xz t",
    );
    let blob = |name: &str| Blob::file(files::open(&folder.path().join(name)).unwrap()).unwrap();
    let Some(Opened::Library(members, None)) = unpack::open(&blob("lib.a"), &gauge()).unwrap()
    else {
        panic!()
    };
    assert_eq!(members[0].0, "a_member_with_a_long_name.o");
    assert!(members[0].1.head(4).unwrap() == b"\x7fELF");
    assert!(matches!(unpack::open(&blob("t.xz"), &gauge()).unwrap(), Some(Opened::Packed)));
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut unpack::unpacked(&blob("t.xz"), &gauge()).unwrap(),
        &mut text,
    )
    .unwrap();
    assert_eq!(text, "text\n");
    assert!(unpack::open(&Blob::memory(b"text".to_vec()), &gauge()).unwrap().is_none());
}

#[test]
fn a_package_without_its_data_or_with_strange_members_is_reported() {
    let member = |name: &str, content: &[u8]| {
        let mut bytes =
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 644, content.len())
                .into_bytes();
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
        bytes
    };
    let data = layout::tar(&[Item::File("./usr/a", b"a")]);
    let package = |parts: &[(&str, &[u8])]| {
        let parts = parts.iter().map(|(name, content)| member(name, content));
        let bytes = [b"!<arch>\n".to_vec(), parts.collect::<Vec<_>>().concat()].concat();
        match unpack::open(&Blob::memory(bytes), &gauge()).unwrap() {
            Some(Opened::Tree(tree)) => {
                tree.problems().iter().map(ToString::to_string).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    assert!(package(&[("debian-binary", b"2.0\n"), ("data.tar", &data)]).is_empty());
    assert!(package(&[("debian-binary", b"2.0\n")])[0].contains("no `data.tar`"));
    let strange = package(&[("debian-binary", b"2.0\n"), ("payload", b"x"), ("data.tar", &data)]);
    assert!(strange[0].contains("no part of a package"));
    let bzip2 = package(&[("debian-binary", b"2.0\n"), ("data.tar.bz2", &[b'B'; 600])]);
    assert!(bzip2[0].contains("checksum"), "{bzip2:?}");
}
