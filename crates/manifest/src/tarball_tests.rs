//! Hostile archives, one per trick.

use super::*;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

/// A tar file with one regular file, its header changed by `change` before the checksum is set.
fn tar(change: impl FnOnce(&mut tar::Header)) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path("a/b").unwrap();
    header.set_mode(0o755);
    header.set_size(3);
    header.set_entry_type(tar::EntryType::Regular);
    change(&mut header);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(b"abc");
    bytes.resize(2 * BLOCK, 0);
    bytes.resize(4 * BLOCK, 0);
    bytes
}

fn read(tar: &[u8]) -> Result<Vec<Member>, TarError> {
    members(&gzip(tar), 1 << 20)
}

#[test]
fn a_plain_archive_is_read() {
    let members = read(&tar(|_| {})).unwrap();
    let expected = Member {
        path: "a/b".parse().unwrap(),
        mode: FileMode::new(0o755).unwrap(),
        size: 3,
        sha256: Sha256::of(b"abc"),
    };
    assert_eq!(members, [expected]);
}

#[test]
fn a_name_that_leaves_the_folder_is_refused() {
    for name in ["../x", "/etc/x", "a/../../x", "a//b", "./a", "a\\b", "a b", ""] {
        let bytes = tar(|header| {
            let field = &mut header.as_mut_bytes()[..100];
            field.fill(0);
            field[..name.len()].copy_from_slice(name.as_bytes());
        });
        assert!(matches!(read(&bytes), Err(TarError::Name { .. })), "{name:?}");
    }
}

#[test]
fn links_devices_folders_and_extended_headers_are_refused() {
    for kind in *b"1234567xgLKSNV\0" {
        let error = read(&tar(|header| header.as_mut_bytes()[156] = kind)).unwrap_err();
        assert!(matches!(error, TarError::Header { .. }), "{kind}: {error}");
    }
}

#[test]
fn a_header_with_a_second_meaning_is_refused() {
    type Change = fn(&mut tar::Header);
    let changes: [(&str, Change); 8] = [
        ("a name behind the name", |h| h.as_mut_bytes()[50] = b'x'),
        ("a link name", |h| h.as_mut_bytes()[157] = b'x'),
        ("GNU magic", |h| h.as_mut_bytes()[257..265].copy_from_slice(b"ustar  \0")),
        ("no magic", |h| h.as_mut_bytes()[257..265].fill(0)),
        ("a size in base 256", |h| h.as_mut_bytes()[124] = 0x80),
        ("a size without end", |h| h.as_mut_bytes()[124..136].copy_from_slice(b"000000000003")),
        ("a device number", |h| h.as_mut_bytes()[329..337].copy_from_slice(b"0000001\0")),
        ("setuid", |h| h.set_mode(0o4755)),
    ];
    for (what, change) in changes {
        assert!(matches!(read(&tar(change)), Err(TarError::Header { .. })), "{what}");
    }
    let mut bytes = tar(|_| {});
    bytes[148] ^= 1;
    assert!(matches!(read(&bytes), Err(TarError::Header { .. })), "a wrong checksum");
}

#[test]
fn a_size_that_lies_and_a_bomb_are_refused() {
    assert!(read(&tar(|header| header.set_size(2000))).is_err(), "content cut off");
    assert!(matches!(
        read(&tar(|header| header.set_size(2 << 20))),
        Err(TarError::TooLarge { .. })
    ));
    let mut bomb = tar(|_| {});
    bomb.resize(64 << 20, 0);
    assert!(matches!(read(&bomb), Err(TarError::TrailingData)), "64 MiB of zeros after the end");
}

#[test]
fn content_after_an_end_is_refused_at_every_level() {
    let plain = tar(|_| {});
    let mut padded = plain.clone();
    padded[BLOCK + 10] = 1;
    assert!(read(&padded).is_err(), "bytes in the padding");
    assert!(
        matches!(read(&[plain.clone(), plain.clone()].concat()), Err(TarError::TrailingData)),
        "a second tar file"
    );
    let packed = gzip(&plain);
    for (what, bytes) in [
        ("a second gzip member", [packed.clone(), gzip(b"x")].concat()),
        ("bytes after the gzip member", [packed.clone(), b"x".to_vec()].concat()),
    ] {
        assert!(matches!(members(&bytes, 1 << 20), Err(TarError::TrailingData)), "{what}");
    }
    assert!(members(&packed[..packed.len() - 1], 1 << 20).is_err(), "cut off by one byte");
    assert!(members(&gzip(&plain[..3 * BLOCK]), 1 << 20).is_err(), "only one zero block");
    assert!(members(b"", 1 << 20).is_err(), "nothing");
    let mut damaged = packed;
    let at = damaged.len() - 8;
    damaged[at] ^= 1;
    assert!(members(&damaged, 1 << 20).is_err(), "a wrong CRC");
}
