//! The archive as the receiver's tar program sees it: if GNU tar reads something else than what we packed, nobody can
//! use the release without our code.

#![expect(clippy::disallowed_methods, reason = "the outside program is the point of this test")]

use pack::{Member, tar_gz};
use std::{
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output},
};

fn tar(arguments: &[&str], folder: &std::path::Path) -> String {
    let Output { status, stdout, stderr } =
        Command::new("tar").args(arguments).current_dir(folder).env("TZ", "UTC").output().unwrap();
    assert!(status.success(), "tar {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    assert!(stderr.is_empty(), "tar {arguments:?} warns: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn packed() -> (tempfile::TempDir, String) {
    let long = format!("etcd-v3.7.3+fips.0-linux-amd64/LICENSES/{}/LICENSE", "m".repeat(90));
    let program: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let members = [
        Member {
            path: "etcd-v3.7.3+fips.0-linux-amd64/etcd".to_owned(),
            mode: 0o755,
            bytes: &program,
        },
        Member { path: long.clone(), mode: 0o644, bytes: b"terms\n" },
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.tar.gz"), tar_gz(&members, 1_700_000_000).unwrap())
        .unwrap();
    (folder, long)
}

#[test]
fn gnu_tar_lists_names_modes_sizes_and_the_time() {
    let (folder, long) = packed();
    let list = tar(&["-tvzf", "a.tar.gz", "--numeric-owner"], folder.path());
    let words: Vec<String> =
        list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        words,
        [
            format!("-rw-r--r-- 0/0 6 2023-11-14 22:13 {long}"),
            "-rwxr-xr-x 0/0 1200000 2023-11-14 22:13 etcd-v3.7.3+fips.0-linux-amd64/etcd"
                .to_owned(),
        ]
    );
}

#[test]
fn gnu_tar_extracts_the_bytes_and_the_mode_bits() {
    let (folder, long) = packed();
    tar(&["-xpzf", "a.tar.gz"], folder.path());
    let program = folder.path().join("etcd-v3.7.3+fips.0-linux-amd64/etcd");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(std::fs::read(&program).unwrap().len(), 1_200_000);
    assert_eq!((mode(&program), mode(&folder.path().join(&long))), (0o755, 0o644));
    assert_eq!(std::fs::read(folder.path().join(long)).unwrap(), b"terms\n");
}

#[test]
fn gzip_finds_nothing_wrong_with_the_stream() {
    let (folder, _) = packed();
    let status = Command::new("gzip")
        .args(["--test", "a.tar.gz"])
        .current_dir(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
}
