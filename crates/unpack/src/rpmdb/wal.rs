//! SQLite's write-ahead log (sqlite.org/fileformat2.html, section 4): pages that were written and not yet put back into the
//! database. A system that was copied while it ran, or an image of one, has packages nowhere else.

use super::{be32, stretch};
use crate::blob::Blob;
use crate::limits::Problem;
use std::collections::BTreeMap;

/// Bytes before the first frame, and before the page of a frame.
const HEADER: u64 = 32;
const FRAME: u64 = 24;

/// "WAL magic number: 0x377f0682 or 0x377f0683"; the last bit says how the numbers that are summed are written.
const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;

/// The pages of a log whose writing was completed.
pub(super) struct Log<'a> {
    blob: &'a Blob,
    size: u32,
    /// Where in the log the newest of a page stands.
    newest: BTreeMap<u32, u64>,
    /// How many pages the database has with it.
    pages: u32,
}

impl<'a> Log<'a> {
    /// Reads a log. Nothing when there is nothing in it: its rest is what was overwritten or never completed, and SQLite takes
    /// that for the end as well.
    pub(super) fn read(blob: &'a Blob) -> Result<Option<Self>, Problem> {
        let Ok(header) = stretch(blob, 0, HEADER) else { return Ok(None) };
        let magic = be32(&header, 0)?;
        let big = magic == MAGIC | 1;
        if (magic != MAGIC && !big) || be32(&header, 4)? != VERSION {
            return Ok(None);
        }
        let size = be32(&header, 8)?;
        if !(512..=65536).contains(&size) || !size.is_power_of_two() {
            return Ok(None);
        }
        let salts = header.get(16..24).unwrap_or_default();
        let mut sum = Sum { big, first: 0, second: 0 };
        sum.add(header.get(..24).unwrap_or_default());
        if !sum.is(&header, 24)? {
            return Ok(None);
        }
        let mut log = Self { blob, size, newest: BTreeMap::new(), pages: 0 };
        let (mut open, mut at) = (Vec::new(), HEADER);
        let whole = FRAME.saturating_add(u64::from(size));
        while let Ok(frame) = stretch(blob, at, whole) {
            let (head, page) = frame.split_at_checked(24).unwrap_or_default();
            sum.add(head.get(..8).unwrap_or_default());
            sum.add(page);
            if head.get(8..16) != Some(salts) || !sum.is(head, 16)? {
                break;
            }
            open.push((be32(head, 0)?, at.saturating_add(FRAME)));
            let pages = be32(head, 4)?;
            // "For commit records, the size of the database file in pages after the commit. For all other records, zero."
            if pages != 0 {
                log.newest.extend(open.drain(..));
                log.pages = pages;
            }
            at = at.saturating_add(whole);
        }
        Ok(Some(log).filter(|log| log.pages != 0))
    }

    pub(super) fn page_size(&self) -> u64 {
        u64::from(self.size)
    }

    pub(super) fn pages(&self) -> u64 {
        u64::from(self.pages)
    }

    /// A page, when the log has it.
    pub(super) fn page(&self, number: u32) -> Option<Result<Vec<u8>, Problem>> {
        let at = self.newest.get(&number)?;
        Some(stretch(self.blob, *at, u64::from(self.size)))
    }
}

/// The running checksum over everything before ("Checksum Algorithm").
struct Sum {
    big: bool,
    first: u32,
    second: u32,
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let big = self.big;
        let number = |raw: &[u8; 4]| match big {
            true => u32::from_be_bytes(*raw),
            false => u32::from_le_bytes(*raw),
        };
        for [one, two] in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
            let (one, two) = (number(one), number(two));
            self.first = self.first.wrapping_add(one).wrapping_add(self.second);
            self.second = self.second.wrapping_add(two).wrapping_add(self.first);
        }
    }

    /// Whether the two numbers at a place are this sum.
    fn is(&self, bytes: &[u8], at: usize) -> Result<bool, Problem> {
        Ok((be32(bytes, at)?, be32(bytes, at + 4)?) == (self.first, self.second))
    }
}
