//! Roots of a few files: which library a loader takes, and that no path leads out.

use super::*;
use inspect::BinaryFacts;
use inspect::facts::{FileKind, Format, Machine, ProgramType};
use vocab::Sha256;

pub(crate) fn program(machine: Machine, interpreter: &str) -> ProgramFacts {
    ProgramFacts {
        format: Format::Elf,
        machine,
        program_type: ProgramType::Dynamic,
        bits: 64,
        little_endian: true,
        interpreter: Some(interpreter.to_owned()).filter(|it| !it.is_empty()),
        soname: None,
        needed: vec![],
        rpath: vec![],
        runpath: vec![],
        has_symbols: false,
    }
}

/// A root with libraries for amd64, symlinks (`path->target`) and texts (`path=content`).
fn root(lines: &[&str]) -> Root {
    let mut root = Root::default();
    for line in lines {
        if let Some((path, target)) = line.split_once("->") {
            root.link(path, target);
        } else if let Some((path, text)) = line.split_once('=') {
            root.put(&[path.to_owned()], None, Some(text.as_bytes().to_vec()));
        } else {
            add(&mut root, line, program(Machine::Amd64, ""));
        }
    }
    root.settle(&[]);
    root
}

fn add(root: &mut Root, path: &str, program: ProgramFacts) {
    let facts =
        BinaryFacts { kind: FileKind::Elf, program: Some(program), ..BinaryFacts::default() };
    let neighbour =
        Neighbour { path: format!("/{path}"), sha256: Sha256::of(path.as_bytes()), facts };
    root.put(&[path.to_owned()], Some(neighbour), None);
}

fn found<'r>(root: &'r Root, path: &str, program: &ProgramFacts, name: &str) -> Option<&'r str> {
    match root.library(path, program, name) {
        Library::Found(neighbour) => Some(&neighbour.path),
        Library::Missing => None,
        Library::NoRoot => panic!("there is a root"),
    }
}

const GLIBC: &str = "/lib64/ld-linux-x86-64.so.2";

#[test]
fn runpath_comes_before_the_system_and_rpath_only_without_it() {
    let root =
        root(&["opt/app/lib/libz.so", "opt/other/libz.so", "usr/lib/x86_64-linux-gnu/libz.so"]);
    let mut program = program(Machine::Amd64, GLIBC);
    let path = "/opt/app/bin/tool";
    assert_eq!(found(&root, path, &program, "libz.so"), Some("/usr/lib/x86_64-linux-gnu/libz.so"));
    program.rpath = vec!["$ORIGIN/../lib".to_owned()];
    assert_eq!(found(&root, path, &program, "libz.so"), Some("/opt/app/lib/libz.so"));
    program.runpath = vec!["/nowhere:/opt/other".to_owned()];
    assert_eq!(found(&root, path, &program, "libz.so"), Some("/opt/other/libz.so"));
    program.runpath = vec![String::new(), "${ORIGIN}/../$LIB".to_owned()];
    assert_eq!(
        found(&root, path, &program, "libz.so"),
        Some("/opt/app/lib/libz.so"),
        "$LIB is lib too"
    );
    assert_eq!(found(&root, path, &program, "/opt/other/libz.so"), Some("/opt/other/libz.so"));
    assert_eq!(found(&root, path, &program, "none.so"), None);
}

#[test]
fn ld_so_conf_is_read_with_its_includes_and_loops_end() {
    let root = root(&[
        "etc/ld.so.conf=include ld.so.conf.d/*.conf\n# a comment\n/last",
        "etc/ld.so.conf.d/a.conf=/opt/a\ninclude /etc/ld.so.conf",
        "etc/ld.so.conf.d/b.conf=/opt/b=libc6",
        "etc/ld.so.conf.d/c.txt=/opt/c",
        "opt/b/libz.so",
        "opt/c/libz.so",
        "lib/libz.so",
    ]);
    assert_eq!(root.configured, ["/opt/a", "/opt/b", "/last"]);
    let program = program(Machine::Amd64, GLIBC);
    assert_eq!(found(&root, "/bin/x", &program, "libz.so"), Some("/opt/b/libz.so"));
}

#[test]
fn the_loader_passes_over_another_machine_and_follows_merged_folders() {
    let mut root = root(&["lib->usr/lib", "usr/lib/x86_64-linux-gnu/libz.so.1->libz.so.1.3"]);
    add(&mut root, "usr/lib/x86_64-linux-gnu/libz.so.1.3", program(Machine::Amd64, ""));
    add(&mut root, "opt/libz.so.1", program(Machine::Arm64, ""));
    let mut program = program(Machine::Amd64, GLIBC);
    program.runpath = vec!["/opt".to_owned()];
    let expected = Some("/usr/lib/x86_64-linux-gnu/libz.so.1.3");
    assert_eq!(found(&root, "/bin/x", &program, "libz.so.1"), expected);
    let small = ProgramFacts { bits: 32, ..program };
    assert_eq!(found(&root, "/bin/x", &small, "libz.so.1"), None, "another class");
    assert!(root.has("/lib/x86_64-linux-gnu/libz.so.1.3"));
    assert_eq!(root.ending("/libz.so.1").len(), 2);
}

#[test]
fn musl_has_its_own_path_file_and_default() {
    let mut lines = vec!["lib/ld-musl-x86_64.so.1", "usr/local/lib/libz.so", "opt/libz.so"];
    let program = program(Machine::Amd64, "/lib/ld-musl-x86_64.so.1");
    let plain = root(&lines);
    assert_eq!(found(&plain, "/bin/x", &program, "libz.so"), Some("/usr/local/lib/libz.so"));
    let library = super::tests::program(Machine::Amd64, "");
    assert_eq!(found(&plain, "/lib/y.so", &library, "libz.so"), Some("/usr/local/lib/libz.so"));
    lines.push("etc/ld-musl-x86_64.path=/none\n/opt:/usr/local/lib");
    let configured = root(&lines);
    assert_eq!(found(&configured, "/bin/x", &program, "libz.so"), Some("/opt/libz.so"));
}

#[test]
fn the_environment_of_an_image_counts() {
    let mut root = root(&["opt/libz.so", "lib/libz.so"]);
    root.settle(&["LD_LIBRARY_PATH=relative:/opt".to_owned()]);
    assert_eq!(
        found(&root, "/bin/x", &program(Machine::Amd64, GLIBC), "libz.so"),
        Some("/opt/libz.so")
    );
}

#[test]
fn symlinks_lead_neither_out_nor_round_in_circles() {
    let root = root(&["a->b", "b->a", "up->../../../lib", "lib/libz.so", "abs->/lib/libz.so"]);
    assert!(root.neighbour("/a").is_none());
    assert_eq!(root.neighbour("/up/libz.so").unwrap().path, "/lib/libz.so");
    assert_eq!(root.neighbour("/abs").unwrap().path, "/lib/libz.so");
    assert!(root.file("/lib/libz.so").is_none(), "a program's bytes are not kept");
}

#[test]
fn what_configures_or_proves_cryptography_is_kept_and_nothing_large() {
    for path in [
        "usr/lib/ssl/openssl.cnf",
        "etc/pki/tls/fips_local.cnf",
        "usr/lib64/.libcrypto.so.3.hmac",
        "usr/lib/x86_64-linux-gnu/nss/libsoftokn3.chk",
        "usr/lib64/libsoftokn3.so",
        "etc/ld.so.conf.d/x.conf",
        "usr/lib/os-release",
        "etc/crypto-policies/back-ends/opensslcnf.config",
        "boot/grub2/grubenv",
    ] {
        assert!(is_kept(path, 10), "{path}");
        assert!(!is_kept(path, 1 << 30), "{path}");
    }
    for path in ["usr/share/doc/x", "etc/ssl/certs/ca.pem", "usr/lib/libz.so", "home/grub.cfg"] {
        assert!(!is_kept(path, 10), "{path}");
    }
    assert!(is_kept("var/lib/dpkg/status", 20 << 20));
}
