//! zip, and everything that is one: jar, war, wheel, nupkg (APPNOTE 6.3.10).
//!
//! A zip file says twice where its members are, and readers differ in whom they believe. An archive whose two sayings
//! differ, or whose members overlap, is read as its central directory has it, and reported.

use crate::blob::{Blob, BlobReader};
use crate::decode::ratio;
use crate::entry::{self, Content, Entry, Visit, What};
use crate::limits::{Gauge, Problem};
use ::zip::ZipArchive;
use std::io::{self, BufReader, Read};

/// Longest symlink target, in bytes.
const TARGET: usize = 1 << 16;

/// Most members of which it is said that they cannot be read.
const PROBLEMS: usize = 100;

/// APPNOTE 4.3.16: the end record has 22 bytes and a comment of at most 65535.
pub(crate) const END: u64 = 22 + 65_535;

/// Whether a file ends with the end record of a zip archive: what makes one of a program or script with a zip archive
/// behind it.
pub fn has_directory(bytes: &[u8]) -> bool {
    let length = usize::try_from(END).unwrap_or(usize::MAX);
    let tail = bytes.get(bytes.len().saturating_sub(length)..).unwrap_or_default();
    let ends = |at: usize| {
        let record = tail.get(at..)?;
        let comment = record.get(20..22)?.first_chunk::<2>()?;
        let length = 22 + usize::from(u16::from_le_bytes(*comment));
        Some(record.starts_with(b"PK\x05\x06") && record.len() == length)
    };
    (0..tail.len().saturating_sub(21)).rev().any(|at| ends(at) == Some(true))
}

/// Reads the entries. The second value says what is wrong with the archive as a whole.
pub(crate) fn each(
    blob: &Blob,
    gauge: &Gauge,
    check: bool,
    visit: Visit<'_>,
) -> Result<Vec<Problem>, Problem> {
    let mut archive =
        ZipArchive::new(BufReader::new(blob.reader())).map_err(|error| damaged(&error))?;
    let mut problems = Vec::new();
    if check && let Err(error) = archive.validate_header_consistency() {
        problems.push(damaged(&error));
    }
    for index in 0..archive.len() {
        gauge.entry()?;
        match one(&mut archive, index, gauge, visit) {
            Ok(false) => break,
            Err(problem @ Problem::Limit { .. }) => return Err(problem),
            // More of them help nobody, and a hostile archive has as many as it has members.
            Err(problem) if problems.len() < PROBLEMS => problems.push(problem),
            Ok(true) | Err(_) => {}
        }
    }
    Ok(problems)
}

fn one(
    archive: &mut ZipArchive<BufReader<BlobReader>>,
    index: usize,
    gauge: &Gauge,
    visit: Visit<'_>,
) -> Result<bool, Problem> {
    let mut file = archive.by_index(index).map_err(|error| damaged(&error))?;
    let name = entry::name(file.name_raw());
    let size = file.size();
    let packed = file.compressed_size();
    let symlink = file.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000);
    let folder = file.is_dir();
    let mut content = Member { reader: &mut file, packed, written: 0, size, gauge };
    let what = if folder {
        What::Folder
    } else if symlink {
        What::Symlink(entry::name(&crate::blob::read_up_to(&mut content, TARGET)?))
    } else {
        What::File
    };
    Ok(visit(Entry { name, what, size, content: &mut content }).is_continue())
}

fn damaged(error: &::zip::result::ZipError) -> Problem {
    Problem::Damaged(format!("the zip archive is damaged: {error}"))
}

/// A member, counted on its way. Its size is a claim: what comes after it is a lie.
struct Member<'a> {
    reader: &'a mut dyn Read,
    packed: u64,
    written: u64,
    size: u64,
    gauge: &'a Gauge,
}

impl Read for Member<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.written = self.written.saturating_add(read as u64);
        self.gauge.unpacked(read as u64)?;
        ratio(self.gauge, self.packed, self.written)?;
        if self.written > self.size {
            return Err(Problem::Damaged("a member is longer than it says".to_owned()).into());
        }
        Ok(read)
    }
}

impl Content for Member<'_> {
    fn whole(&self) -> Option<Blob> {
        None
    }
}

#[cfg(test)]
mod tests;
