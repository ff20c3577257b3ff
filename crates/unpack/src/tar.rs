//! tar: POSIX.1-2017 ustar and pax interchange formats, GNU long names and sparse files.
//!
//! The headers are read by the `tar` crate; the loop around them is ours, because names in extension headers are as long
//! as the archive says, and an archive that says gigabytes must not get them.

mod sparse;

use crate::decode::Input;
use crate::entry::{self, Entry, Stretch, Visit, What};
use crate::limits::{Gauge, Problem};
use std::io::Read as _;
use std::ops::ControlFlow;
use tar::{EntryType, Header, PaxExtensions};

/// tar works in blocks of this many bytes.
const BLOCK: u64 = 512;

/// Longest extension header, in bytes: a path of Linux has at most 4096.
const EXTENSION: u64 = 1 << 20;

/// Whether a first block is a tar header: it has a name, and a checksum that is right. The magic came later than the format.
pub(crate) fn recognise(head: &[u8]) -> bool {
    head.first().is_some_and(|byte| *byte != 0) && head.first_chunk().is_some_and(checksum)
}

fn checksum(block: &[u8; 512]) -> bool {
    let header = Header::from_byte_slice(block);
    let field = 148..156;
    let sum = block
        .iter()
        .enumerate()
        .map(|(at, byte)| u32::from(if field.contains(&at) { b' ' } else { *byte }));
    header.cksum().is_ok_and(|stated| stated == sum.sum::<u32>())
}

/// What extension headers said of the next entry.
#[derive(Default)]
struct Extensions {
    path: Option<String>,
    link: Option<String>,
    size: Option<u64>,
    sparse: sparse::Said,
}

/// What reading a tar archive leaves.
pub(crate) struct End {
    /// The input after the archive's end.
    pub(crate) input: Input,
    /// Entries that were not read.
    pub(crate) problems: Vec<Problem>,
}

/// Reads the entries of a tar archive.
pub(crate) fn each(input: Input, gauge: &Gauge, visit: Visit<'_>) -> Result<End, Problem> {
    let mut end = End { input, problems: Vec::new() };
    let mut next = Extensions::default();
    let mut block = [0_u8; 512];
    loop {
        if !read_block(&mut end.input, &mut block)? || block == [0; 512] {
            return Ok(end);
        }
        if !checksum(&block) {
            return Err(Problem::Damaged("the checksum of a tar header is wrong".to_owned()));
        }
        gauge.entry()?;
        let header = Header::from_byte_slice(&block);
        let size = header.entry_size().map_err(Problem::from)?;
        match header.entry_type() {
            EntryType::GNULongName => next.path = Some(long(&mut end.input, size)?),
            EntryType::GNULongLink => next.link = Some(long(&mut end.input, size)?),
            EntryType::XHeader => pax(&mut end.input, size, &mut next)?,
            EntryType::XGlobalHeader => end.input.skip(padded(size)?)?,
            _ => {
                let extensions = std::mem::take(&mut next);
                if emit(&mut end, header, extensions, gauge, visit)?.is_break() {
                    return Ok(end);
                }
            }
        }
    }
}

/// One entry that is more than a header for the next one.
fn emit(
    end: &mut End,
    header: &Header,
    mut next: Extensions,
    gauge: &Gauge,
    visit: Visit<'_>,
) -> Result<ControlFlow<()>, Problem> {
    let kind = header.entry_type();
    let name = next.sparse.name.take().or(next.path);
    let name = name.unwrap_or_else(|| entry::name(&header.path_bytes()));
    let stated = header.entry_size().map_err(Problem::from)?;
    let stored = next.size.unwrap_or(stated);
    let map = match kind {
        EntryType::GNUSparse => Some(sparse::of_header(&mut end.input, header, stored)?),
        EntryType::Regular => next.sparse.map(&mut end.input, stored)?,
        _ => None,
    };
    if let Some(map) = map {
        let (stored, size) = (map.stored(), map.size());
        let stretch = Stretch::new(&mut end.input, stored);
        let mut content = sparse::Content::new(stretch, map, gauge);
        let flow = visit(Entry { name, what: What::File, size, content: &mut content });
        content.finish(padded(stored)? - stored)?;
        return Ok(flow);
    }
    let link = || entry::name(&header.link_name_bytes().unwrap_or_default());
    let what = match kind {
        // POSIX.1-1988 and older: a name that ends with a slash is a folder.
        EntryType::Regular if name.ends_with('/') && header.as_ustar().is_none() => What::Folder,
        EntryType::Directory => What::Folder,
        EntryType::Symlink => What::Symlink(next.link.unwrap_or_else(link)),
        EntryType::Link => What::Hardlink(next.link.unwrap_or_else(link)),
        EntryType::Char | EntryType::Block | EntryType::Fifo => What::Other,
        // "If other values are encountered, they shall be treated as a regular file."
        _ => What::File,
    };
    // pax, "size": for what eleven octal digits cannot say. Links have no content whatever they say.
    let size = match what {
        What::File => next.size.unwrap_or(stated),
        What::Folder | What::Other => stated,
        What::Symlink(_) | What::Hardlink(_) => 0,
    };
    let mut content = Stretch::new(&mut end.input, size);
    let flow = visit(Entry { name, what, size, content: &mut content });
    content.finish(padded(size)? - size)?;
    Ok(flow)
}

/// Reads one block; `false` when the archive ends where a block would begin.
fn read_block(input: &mut Input, block: &mut [u8; 512]) -> Result<bool, Problem> {
    let mut have = 0;
    while let Some(rest) = block.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match input.read(rest)? {
            0 if have == 0 => return Ok(false),
            0 => return Err(crate::blob::cut()),
            read => have += read,
        }
    }
    Ok(true)
}

fn padded(size: u64) -> Result<u64, Problem> {
    size.checked_next_multiple_of(BLOCK)
        .ok_or_else(|| Problem::Damaged("an entry is larger than any file".to_owned()))
}

fn extension(input: &mut Input, size: u64) -> Result<Vec<u8>, Problem> {
    if size > EXTENSION {
        return Err(Problem::Limit { what: "bytes in a tar extension header", most: EXTENSION });
    }
    let mut stretch = Stretch::new(input, size);
    let mut bytes = Vec::new();
    stretch.read_to_end(&mut bytes)?;
    stretch.finish(padded(size)? - size)?;
    Ok(bytes)
}

/// GNU: the name, with a NUL behind it.
fn long(input: &mut Input, size: u64) -> Result<String, Problem> {
    let bytes = extension(input, size)?;
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    Ok(entry::name(bytes.get(..end).unwrap_or_default()))
}

fn pax(input: &mut Input, size: u64, next: &mut Extensions) -> Result<(), Problem> {
    let bytes = extension(input, size)?;
    for record in PaxExtensions::new(&bytes) {
        let record = record?;
        let number = || std::str::from_utf8(record.value_bytes()).ok()?.parse().ok();
        match record.key_bytes() {
            b"path" => next.path = Some(entry::name(record.value_bytes())),
            b"linkpath" => next.link = Some(entry::name(record.value_bytes())),
            b"size" => {
                let size = number();
                next.size = Some(size.ok_or_else(|| {
                    Problem::Damaged("the size in a pax header is no number".to_owned())
                })?);
            }
            key => {
                if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                    next.sparse.record(key, record.value_bytes())?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
