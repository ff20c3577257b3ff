//! Archives of the `zip` crate, and hostile ones made from them.

use super::*;
use crate::Limits;
use ::zip::write::{SimpleFileOptions, ZipWriter};
use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.add_symlink("link", "target", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap().into_inner()
}

type Seen = Vec<(String, What, Result<usize, Problem>)>;

fn read(bytes: &[u8], limits: Limits) -> Result<(Seen, Vec<Problem>), Problem> {
    let mut seen = Vec::new();
    let blob = Blob::memory(bytes.to_vec());
    let problems = each(&blob, &Gauge::new(limits), true, &mut |entry| {
        let mut content = Vec::new();
        let read = entry.content.read_to_end(&mut content).map_err(Problem::from);
        seen.push((entry.name, entry.what, read));
        ControlFlow::Continue(())
    })?;
    Ok((seen, problems))
}

#[test]
fn members_and_symlinks_are_read_also_behind_a_script() {
    let zip = archive(&[("a/b", b"12345"), ("folder/", b"")]);
    let scripted = [&b"#!/usr/bin/env python3\n"[..], &zip].concat();
    for bytes in [&zip, &scripted] {
        let (seen, problems) = read(bytes, Limits::default()).unwrap();
        assert_eq!(problems, []);
        assert_eq!(seen[0], ("a/b".to_owned(), What::File, Ok(5)));
        assert_eq!(seen[1].1, What::Folder);
        assert_eq!((&seen[2].0[..], &seen[2].1), ("link", &What::Symlink("target".to_owned())));
        assert!(has_directory(bytes));
    }
    assert!(!has_directory(b"PK\x05\x06 and no directory"));
}

/// Two members over the same bytes are how a small archive becomes petabytes, and how a scanner is shown another file.
#[test]
fn overlapping_members_and_hidden_ones_are_reported() {
    let zip = archive(&[("first", &[7; 3000]), ("other", &[8; 3000])]);
    let central = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let second =
        central + zip[central + 4..].windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 4;
    let mut overlapping = zip.clone();
    overlapping[second + 42..second + 46].copy_from_slice(&[0; 4]);
    let (_, problems) = read(&overlapping, Limits::default()).unwrap();
    assert!(!problems.is_empty());
    // The first member is left out of the directory: who reads from the front still finds it.
    let mut hidden = zip.clone();
    hidden.drain(central..second);
    let end = hidden.len() - 22;
    hidden[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    let size = u32::from_le_bytes(zip[zip.len() - 10..zip.len() - 6].try_into().unwrap());
    let size = size - u32::try_from(second - central).unwrap();
    hidden[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    let (seen, problems) = read(&hidden, Limits::default()).unwrap();
    assert!(seen.iter().all(|(name, ..)| name != "first") && !problems.is_empty());
}

#[test]
fn lying_sizes_changed_bytes_and_cut_files_are_damage() {
    let zip = archive(&[("member", &[7; 3000])]);
    let central = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let mut lying = zip.clone();
    lying[central + 24..central + 28].copy_from_slice(&10_u32.to_le_bytes());
    let (seen, problems) = read(&lying, Limits::default()).unwrap();
    assert!(seen[0].2.is_err() && !problems.is_empty());
    let mut changed = zip.clone();
    changed[central + 16] ^= 1;
    assert!(read(&changed, Limits::default()).unwrap().0[0].2.is_err(), "the CRC is compared");
    for cut in [0, 30, zip.len() / 2, zip.len() - 1] {
        assert!(read(&zip[..cut], Limits::default()).is_err(), "{cut}");
    }
}

#[test]
fn a_bomb_is_stopped() {
    let zip = archive(&[("bomb", &vec![0; 1 << 20])]);
    let expected = Problem::Limit { what: "bytes unpacked", most: 1 << 16 };
    let stopped = read(&zip, Limits { unpacked: 1 << 16, ..Limits::default() });
    assert_eq!(stopped.unwrap_err(), expected);
    let flat = Limits { ratio: 100, ratio_from: 1 << 16, ..Limits::default() };
    let expected = Problem::Limit { what: "unpacked bytes for each packed one", most: 100 };
    assert_eq!(read(&zip, flat).unwrap().0[0].2, Err(expected));
}
