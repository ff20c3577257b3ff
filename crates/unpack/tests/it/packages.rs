//! Packages and archives as the system's own tools make them.

use crate::layout::{self, Item};
use crate::{content, gauge};
use std::path::Path;
use unpack::{Blob, Gauge, Limits, Node, Opened, Tree};

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
        ("tar.bz2", "tar -cjf tar.bz2 -C root ."),
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
    for method in ["gzip", "xz", "zstd", "none", "bzip2"] {
        // dpkg-deb reads bzip2, and has not written it since 2015.
        let build = match method {
            "bzip2" => "ar x none.deb; bzip2 data.tar; ar rc bzip2.deb debian-binary control.tar data.tar.bz2".to_owned(),
            _ => format!("dpkg-deb -Z{method} --build --root-owner-group root {method}.deb"),
        };
        run(folder.path(), &build);
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

/// In every form that GNU tar ever wrote, with more stretches than its header holds.
#[test]
fn a_sparse_file_is_read_with_its_holes() {
    let folder = tempfile::tempdir().unwrap();
    let holes = "truncate -s 1M a; for i in $(seq 40); do printf x | dd of=a bs=1 seek=$((i * 20000)) conv=notrunc status=none; done; echo b > b";
    run(folder.path(), holes);
    run(folder.path(), "truncate -s 3M hole");
    let whole = files::read(&files::utf8(folder.path().join("a")).unwrap(), 1 << 21).unwrap();
    for (name, how) in [
        ("gnu", "--format=gnu"),
        ("0.0", "--format=posix --sparse-version=0.0"),
        ("0.1", "--format=posix --sparse-version=0.1"),
        ("1.0", "--format=posix --sparse-version=1.0"),
        ("gnu.gz", "--format=gnu -z"),
    ] {
        run(folder.path(), &format!("tar {how} -S -cf {name} a b hole"));
        let packed = fs_err::metadata(folder.path().join(name)).unwrap().len();
        assert!(packed < 400_000, "{name}: {packed}");
        let tree = tree(&folder.path().join(name));
        assert_eq!(tree.problems(), [], "{name}");
        let files = content(&tree);
        assert_eq!(files.keys().collect::<Vec<_>>(), ["a", "b", "hole"], "{name}");
        assert!(files["a"] == whole && files["b"] == b"b\n", "{name}");
        assert!(files["hole"] == vec![0; 3 << 20], "{name}");
    }
}

/// A map of two numbers promises more than any disk holds, and each other lie of one.
#[test]
fn a_sparse_file_that_lies_is_refused_and_its_zeros_count() {
    let folder = tempfile::tempdir().unwrap();
    run(
        folder.path(),
        "truncate -s 5M a; echo x >> a; echo b > b; tar --format=posix -S -cf t a b",
    );
    let tar = files::read(&files::utf8(folder.path().join("t")).unwrap(), 1 << 20).unwrap();
    let open = |tar: &[u8], limits: Limits| {
        let gauge = Gauge::new(limits);
        let opened = unpack::open(&Blob::memory(tar.to_vec()), &gauge).unwrap();
        let Some(Opened::Tree(tree)) = opened else { panic!("no tree") };
        let mut problems = tree.problems().to_vec();
        problems.extend(tree.files(&gauge, &mut |file| {
            if let Err(error) = file.content.read_to_end(&mut Vec::new()) {
                panic!("{}", unpack::Problem::from(error))
            }
        }));
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert!(open(&tar, Limits::default()).is_empty());
    let replaced = |from: &[u8], to: &[u8]| {
        assert_eq!(from.len(), to.len());
        let mut tar = tar.clone();
        let at = tar.windows(from.len()).position(|window| window == from).unwrap();
        tar[at..at + to.len()].copy_from_slice(to);
        open(&tar, Limits::default()).join(" ")
    };
    assert!(
        replaced(b"realsize=5242882", b"realsize=1242882").contains("sparse"),
        "it ends before"
    );
    assert!(replaced(b"realsize=5242882", b"realsize=524288x").contains("sparse"));
    let offset = tar.windows(8).position(|window| window == b"5242880\n").unwrap();
    let map = offset / 512 * 512;
    let line = |to: &[u8]| {
        let mut tar = tar.clone();
        tar[map..map + to.len()].copy_from_slice(to);
        open(&tar, Limits::default()).join(" ")
    };
    assert!(line(b"9\n").contains("sparse"), "more stretches than there are");
    assert!(line(b"x\n").contains("sparse"));
    assert!(line(b"0\n").contains("sparse"), "stored bytes that belong nowhere");
    assert!(line(b"123456789012345678901234567890\n").contains("sparse"));
    let tight = Limits { unpacked: 1 << 20, ..Limits::default() };
    let caught = std::panic::catch_unwind(|| open(&tar, tight)).unwrap_err();
    let said = caught.downcast_ref::<String>().unwrap();
    assert!(said.contains("bytes unpacked"), "{said}");
}

/// An early archive with the processor's microcode, and the real one behind it, compressed.
#[test]
fn an_initial_ram_disk_is_read_to_its_last_part() {
    let folder = folder();
    let make = "mkdir early; echo code > early/microcode
python3 - <<'E'
import os, subprocess
def part(root):
    out = b''
    for path in sorted(os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs if not os.path.islink(os.path.join(d, f))) + ['TRAILER!!!']:
        data = b'' if path == 'TRAILER!!!' else open(os.path.join(root, path), 'rb').read()
        name = path.encode() + b'\\0'
        fields = [7, 0o100644 if data or path != 'TRAILER!!!' else 0, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0]
        for piece in (b'070701' + b''.join(b'%08x' % f for f in fields) + name, data):
            out += piece; out += b'\\0' * (-len(out) % 4)
    return out
early, late = part('early'), part('root')
zeros = b'\\0' * 500
pack = lambda tool: subprocess.run([tool, '-c'], input=late, stdout=subprocess.PIPE, check=True).stdout
open('plain', 'wb').write(early + zeros + late)
for tool in 'gzip', 'zstd', 'xz', 'bzip2':
    open(tool, 'wb').write(early + zeros + pack(tool) + (zeros if tool == 'gzip' else b''))
open('strange', 'wb').write(early + zeros + b'no archive')
E";
    run(folder.path(), make);
    for name in ["plain", "zstd", "xz", "bzip2"] {
        let tree = tree(&folder.path().join(name));
        assert_eq!(tree.problems(), [], "{name}");
        let files = content(&tree);
        assert_eq!(files["microcode"], b"code\n", "{name}");
        assert_eq!(files["usr/bin/tool"], vec![b'a'; 100_000], "{name}");
    }
    let strange = tree(&folder.path().join("strange"));
    assert!(strange.problems()[0].to_string().contains("follows"), "{:?}", strange.problems());
    assert_eq!(content(&strange).len(), 1);
}

/// Packages of rpmbuild itself, with a hard link and a symlink, compressed in each of its ways.
#[test]
fn packages_of_rpmbuild_show_their_payload() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "Name: real\nVersion: 1\nRelease: 1\nSummary: s\nLicense: MIT\nBuildArch: noarch\n%description\nd\n%install\n\
                mkdir -p %{buildroot}/opt/real\nseq 100000 > %{buildroot}/opt/real/tool\nln %{buildroot}/opt/real/tool %{buildroot}/opt/real/alias\n\
                ln -s tool %{buildroot}/opt/real/link\n: > %{buildroot}/opt/real/empty\n%files\n/opt/real\n";
    fs_err::write(folder.path().join("s.spec"), spec).unwrap();
    let expected = run(folder.path(), "seq 100000").into_bytes();
    for how in ["w9.gzdio", "w6.xzdio", "w3.zstdio", "w9.bzdio", "w.ufdio"] {
        let build = format!(
            "rm -rf top; rpmbuild --quiet --define \"_topdir $PWD/top\" --define '_binary_payload {how}' -bb s.spec 2>&1"
        );
        run(folder.path(), &build);
        let tree = tree(&folder.path().join("top/RPMS/noarch/real-1-1.noarch.rpm"));
        assert_eq!(tree.problems(), [], "{how}");
        let files = content(&tree);
        assert_eq!(files["opt/real/alias,opt/real/tool"], expected, "{how}");
        assert_eq!(files["opt/real/empty"], b"", "{how}");
        let link = tree.nodes().find(|(path, _)| *path == "opt/real/link");
        assert_eq!(link.unwrap().1, &Node::Symlink("tool".to_owned()), "{how}");
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
