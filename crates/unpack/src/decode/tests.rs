//! Streams that the system's own tools made, whole, joined, cut and changed.

use super::*;
use crate::{Limits, limits::Gauge};
use std::io::Write as _;
use std::process::Stdio;

#[expect(clippy::disallowed_methods, reason = "a test asks the real tool")]
fn made_by(tool: &str, args: &[&str], bytes: &[u8]) -> Vec<u8> {
    let mut child = std::process::Command::new(tool)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&bytes).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    output.stdout
}

fn content() -> Vec<u8> {
    // Not random and not constant: both literals and matches.
    (0..60_000_u32).flat_map(|i| (i.wrapping_mul(i) >> 7).to_le_bytes()).collect()
}

fn unpack(bytes: &[u8], limits: Limits) -> Result<Vec<u8>, Problem> {
    let blob = Blob::memory(bytes.to_vec());
    let mut unpacked = Vec::new();
    Input::of(&blob, &Gauge::new(limits)).unwrap().read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

const TOOLS: &[(&str, &[&str])] = &[
    ("gzip", &["-c"]),
    ("bzip2", &["-c"]),
    ("bzip2", &["-c", "-1"]),
    ("zstd", &["-c", "-q"]),
    ("zstd", &["-c", "-q", "-19", "--check"]),
    ("xz", &["-c"]),
    ("xz", &["-c", "-6", "--check=sha256", "--block-size=50000"]),
    ("xz", &["-c", "--check=crc32"]),
    ("xz", &["-c", "--check=none"]),
];

#[test]
fn what_the_tools_pack_comes_out_again_also_from_joined_streams() {
    let content = content();
    for (tool, args) in TOOLS {
        let packed = made_by(tool, args, &content);
        assert!(unpack(&packed, Limits::default()).unwrap() == content, "{tool} {args:?}");
        let joined = unpack(&[&packed[..], &packed].concat(), Limits::default()).unwrap();
        assert!(joined == [&content[..], &content].concat(), "{tool} twice");
    }
    let empty = made_by("xz", &["-c"], b"");
    assert!(unpack(&empty, Limits::default()).unwrap().is_empty());
    let padded = [&made_by("xz", &["-c"], b"a")[..], &[0; 8], &empty].concat();
    assert_eq!(unpack(&padded, Limits::default()).unwrap(), b"a");
    assert!(unpack(&made_by("bzip2", &["-c"], b""), Limits::default()).unwrap().is_empty());
    let skippable =
        [b"\x50\x2a\x4d\x18\x03\0\0\0abc", &made_by("zstd", &["-c"], b"a")[..]].concat();
    assert_eq!(unpack(&skippable, Limits::default()).unwrap(), b"a");
}

#[test]
fn a_cut_or_changed_stream_is_damaged() {
    let content = content();
    for (tool, args) in TOOLS {
        let packed = made_by(tool, args, &content);
        for cut in [9, packed.len() / 2, packed.len() - 1] {
            let result = unpack(&packed[..cut], Limits::default());
            assert!(matches!(result, Err(Problem::Damaged(_))), "{tool} cut at {cut}");
        }
        if args.contains(&"--check=none") {
            continue;
        }
        for at in [packed.len() / 3, packed.len() / 2, packed.len() - 5] {
            let mut changed = packed.clone();
            changed[at] ^= 4;
            assert!(unpack(&changed, Limits::default()).is_err(), "{tool} changed at {at}");
        }
    }
}

#[test]
fn a_bomb_is_stopped_by_its_size_and_by_its_ratio() {
    let zeros = vec![0; 8 << 20];
    for (tool, args) in [("zstd", &["-c", "-q"][..]), ("gzip", &["-c", "-1"])] {
        let bomb = made_by(tool, args, &zeros);
        let small = Limits { unpacked: 1 << 20, ..Limits::default() };
        let expected = Problem::Limit { what: "bytes unpacked", most: 1 << 20 };
        assert_eq!(unpack(&bomb, small), Err(expected));
        let flat = Limits { ratio: 100, ratio_from: 4 << 20, ..Limits::default() };
        let expected = Problem::Limit { what: "unpacked bytes for each packed one", most: 100 };
        assert_eq!(unpack(&bomb, flat), Err(expected));
    }
}

/// A stream may ask for gigabytes before it says anything.
#[test]
fn a_window_larger_than_any_honest_one_is_refused() {
    let mut xz = made_by("xz", &["-c", "-0"], b"a");
    // The dictionary size is the fourth byte of the block header; its CRC follows the padding.
    xz[16] = 40;
    let mut crc = flate2::Crc::new();
    crc.update(&xz[12..20]);
    xz.splice(20..24, crc.sum().to_le_bytes());
    let error = unpack(&xz, Limits::default()).unwrap_err().to_string();
    assert!(error.contains("memory"), "{error}");
    let zstd = [0x28, 0xb5, 0x2f, 0xfd, 0, 0xf8, 1, 0, 0];
    let error = unpack(&zstd, Limits::default()).unwrap_err().to_string();
    assert!(error.contains("window_size"), "{error}");
}
