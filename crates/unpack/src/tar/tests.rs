//! Archives of the `tar` crate, of the system's tar, and hostile ones by hand.

use super::*;
use crate::Limits;
use crate::blob::Blob;
use std::ops::ControlFlow;

fn entries(bytes: &[u8]) -> Result<Vec<(String, What, Vec<u8>)>, Problem> {
    let gauge = Gauge::new(Limits { entries: 100, ..Limits::default() });
    let input = Input::of(&Blob::memory(bytes.to_vec()), &gauge).unwrap();
    let mut seen = Vec::new();
    let end = each(input, &gauge, &mut |entry| {
        let mut content = Vec::new();
        let _ = entry.content.read_to_end(&mut content);
        seen.push((entry.name, entry.what, content));
        ControlFlow::Continue(())
    })?;
    end.problems.into_iter().next().map_or(Ok(seen), Err)
}

pub(crate) fn header(kind: EntryType, name: &str, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..name.len().min(100)]
        .copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

#[test]
fn long_names_links_and_pax_headers_are_read() {
    let long = "a/".repeat(150) + "end";
    let mut builder = tar::Builder::new(Vec::new());
    let mut file = header(EntryType::Regular, "", 5);
    builder.append_data(&mut file, &long, &b"12345"[..]).unwrap();
    let mut link = header(EntryType::Symlink, "", 0);
    builder.append_link(&mut link, "link", &long).unwrap();
    builder.append_pax_extensions([("path", &b"from/pax"[..]), ("size", b"3")]).unwrap();
    builder.append(&header(EntryType::Regular, "short", 3), &b"abc"[..]).unwrap();
    let seen = entries(&builder.into_inner().unwrap()).unwrap();
    assert_eq!(seen[0], (long.clone(), What::File, b"12345".to_vec()));
    assert_eq!(seen[1], ("link".to_owned(), What::Symlink(long), vec![]));
    assert_eq!(seen[2], ("from/pax".to_owned(), What::File, b"abc".to_vec()));
}

/// An archive that announces a name of gigabytes must not get the memory for it.
#[test]
fn an_endless_name_a_sparse_file_and_a_cut_archive_are_refused() {
    let mut endless = header(EntryType::GNULongName, "././@LongLink", 1 << 33).as_bytes().to_vec();
    endless.extend_from_slice(&[b'a'; 1024]);
    assert!(matches!(entries(&endless), Err(Problem::Limit { most: EXTENSION, .. })));
    let sparse = header(EntryType::GNUSparse, "sparse", 512).as_bytes().to_vec();
    assert!(entries(&sparse).unwrap_err().to_string().contains("sparse"));
    let mut cut = header(EntryType::Regular, "cut", 4000).as_bytes().to_vec();
    cut.extend_from_slice(&[1; 2000]);
    assert_eq!(entries(&cut), Err(crate::blob::cut()));
    assert_eq!(entries(&cut[..700]), Err(crate::blob::cut()));
    let mut changed = header(EntryType::Regular, "x", 0).as_bytes().to_vec();
    changed[0] = b'y';
    assert!(entries(&changed).unwrap_err().to_string().contains("checksum"));
}

#[test]
fn sizes_that_lie_lead_nowhere() {
    for size in [u64::MAX, u64::MAX - 600, 1 << 62] {
        let mut bytes = header(EntryType::Regular, "huge", 0);
        bytes.as_gnu_mut().unwrap().size = {
            let mut field = [0; 12];
            field[0] = 0x80;
            field[4..].copy_from_slice(&size.to_be_bytes());
            field
        };
        bytes.set_cksum();
        assert!(entries(bytes.as_bytes()).is_err(), "{size}");
    }
    let link = header(EntryType::Symlink, "link", 1 << 40).as_bytes().to_vec();
    assert_eq!(entries(&link).unwrap().len(), 1, "a link has no content, whatever it says");
}

#[test]
fn an_archive_of_too_many_entries_is_stopped() {
    let many: Vec<u8> =
        (0..101).flat_map(|_| header(EntryType::Regular, "x", 0).as_bytes().to_vec()).collect();
    assert_eq!(entries(&many), Err(Problem::Limit { what: "entries", most: 100 }));
}
