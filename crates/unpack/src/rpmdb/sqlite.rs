//! SQLite's file format (sqlite.org/fileformat2.html), as much of it as leads to the rows of one table: `Packages(hnum, blob)`.
//! All numbers are big-endian.

use super::wal::Log;
use super::{Budget, Visit, array, be16, be32, damaged, stretch};
use crate::blob::{Blob, cut};
use crate::limits::Problem;
use std::collections::BTreeSet;

/// What the file begins with.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Types of pages of a table.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// Longest row of the schema that is looked at, in bytes.
const SCHEMA: u64 = 1 << 20;

pub(super) fn each(
    database: &Blob,
    log: Option<&Blob>,
    budget: &mut Budget,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    let log = log.map(Log::read).transpose()?.flatten();
    let pages = Pages::of(database, log)?;
    let mut root = None;
    pages.rows(1, SCHEMA, budget, &mut |row| {
        let [kind, name, _, page, ..] = columns(row)?[..] else { return Err(cut()) };
        if (kind.text(), name.text()) == (b"table", b"Packages") {
            root = Some(page.number()?);
        }
        Ok(())
    })?;
    let root = root.ok_or_else(|| damaged("the database has no table `Packages`"))?;
    pages.rows(root, super::HEADER, budget, &mut |row| match columns(row)?[..] {
        // The number of the row stands outside it, so its column is empty.
        [_, Column { serial, value }] if serial >= 12 && serial % 2 == 0 => visit(value),
        _ => Err(damaged("a row of the table `Packages` holds no header")),
    })
}

struct Pages<'a> {
    database: &'a Blob,
    log: Option<Log<'a>>,
    size: u64,
    /// Bytes at the end of every page that belong to somebody else.
    reserved: usize,
    number: u64,
}

impl<'a> Pages<'a> {
    fn of(database: &'a Blob, log: Option<Log<'a>>) -> Result<Self, Problem> {
        // The first page may stand in the log only.
        let size = match &log {
            Some(log) => log.page_size(),
            None => match be16(&stretch(database, 0, 100)?, 16)? {
                1 => 65536,
                size => u64::from(size),
            },
        };
        if !(512..=65536).contains(&size) || !size.is_power_of_two() {
            return Err(damaged("the database has pages of a length that does not exist"));
        }
        let number = log.as_ref().map_or(database.len() / size, Log::pages);
        let mut pages = Self { database, log, size, reserved: 0, number };
        let first = pages.page(1)?;
        let stated = be16(&first, 16)?;
        // Files are UTF-8 since rpm has this form; 480 bytes of a page are always used.
        let [reserved] = array(&first, 20)?;
        if !first.starts_with(MAGIC)
            || (u64::from(stated) != size && (stated, size) != (1, 65536))
            || be32(&first, 56)? > 1
            || size.saturating_sub(u64::from(reserved)) < 480
        {
            return Err(damaged("the first page of the database is not one of SQLite"));
        }
        pages.reserved = usize::from(reserved);
        Ok(pages)
    }

    fn page(&self, number: u32) -> Result<Vec<u8>, Problem> {
        if number == 0 || u64::from(number) > self.number {
            return Err(damaged("the database names a page that it does not have"));
        }
        if let Some(page) = self.log.as_ref().and_then(|log| log.page(number)) {
            return page;
        }
        let at = u64::from(number).saturating_sub(1).saturating_mul(self.size);
        stretch(self.database, at, self.size)
    }

    /// Bytes of a page that hold something.
    fn usable(&self) -> usize {
        usize::try_from(self.size).unwrap_or_default().saturating_sub(self.reserved)
    }

    /// The rows of a table, by the pages of its tree.
    fn rows(
        &self,
        root: u32,
        longest: u64,
        budget: &mut Budget,
        visit: Visit<'_>,
    ) -> Result<(), Problem> {
        let mut left = vec![root];
        let mut seen = BTreeSet::new();
        while let Some(number) = left.pop() {
            if !seen.insert(number) {
                return Err(damaged("the pages of a table lead to each other"));
            }
            let page = self.page(number)?;
            // The first page begins with the header of the file.
            let start = if number == 1 { 100 } else { 0 };
            let kind = page.get(start).copied();
            let cells = usize::from(be16(&page, start + 3)?);
            let first = start + if kind == Some(INTERIOR) { 12 } else { 8 };
            let cells = (0..cells).map(|cell| be16(&page, first + 2 * cell).map(usize::from));
            match kind {
                Some(LEAF) => {
                    for cell in cells {
                        visit(&self.row(&page, cell?, longest, budget)?)?;
                    }
                }
                Some(INTERIOR) => {
                    let children = cells.map(|cell| be32(&page, cell?));
                    let mut children = children.collect::<Result<Vec<_>, _>>()?;
                    children.push(be32(&page, start + 8)?);
                    left.extend(children.into_iter().rev());
                }
                _ => {
                    return Err(damaged(
                        "a page of the table is of a type that has no place there",
                    ));
                }
            }
        }
        Ok(())
    }

    /// A row: its length, its number, its beginning, and the first of the pages that hold the rest.
    fn row(
        &self,
        page: &[u8],
        cell: usize,
        longest: u64,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, Problem> {
        let rest = page.get(..self.usable()).and_then(|page| page.get(cell..)).ok_or_else(cut)?;
        let (len, rest) = varint(rest)?;
        let (_, rest) = varint(rest)?;
        if len > longest {
            return Err(Problem::Limit { what: "bytes in one row of the database", most: longest });
        }
        let len = budget.header(len)?;
        let here = self.local(len);
        let mut row = rest.get(..here).ok_or_else(cut)?.to_vec();
        let mut next = if here < len { be32(rest, here)? } else { 0 };
        while row.len() < len {
            budget.page()?;
            let page = self.page(next)?;
            let data = page.get(4..self.usable()).ok_or_else(cut)?;
            let part = data.len().min(len.saturating_sub(row.len()));
            row.extend_from_slice(data.get(..part).unwrap_or_default());
            next = be32(&page, 0)?;
        }
        Ok(row)
    }

    /// How much of a row stands on the page of its tree ("Cell payload overflow pages").
    fn local(&self, len: usize) -> usize {
        let usable = self.usable();
        let most = usable.saturating_sub(35);
        if len <= most {
            return len;
        }
        let least = (usable.saturating_sub(12) * 32 / 255).saturating_sub(23);
        let here = least + len.saturating_sub(least) % usable.saturating_sub(4).max(1);
        if here <= most { here } else { least }
    }
}

/// One value of a row.
#[derive(Clone, Copy)]
struct Column<'a> {
    /// Its type and length.
    serial: u64,
    value: &'a [u8],
}

impl<'a> Column<'a> {
    fn text(self) -> &'a [u8] {
        if self.serial >= 13 && self.serial % 2 == 1 { self.value } else { b"" }
    }

    /// The number of a page.
    fn number(self) -> Result<u32, Problem> {
        let number = match self.serial {
            1..=6 => self.value.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)),
            9 => 1,
            _ => 0,
        };
        u32::try_from(number).map_err(|_| damaged("a table of the database begins nowhere"))
    }
}

/// The values of a row ("Record format").
fn columns(row: &[u8]) -> Result<Vec<Column<'_>>, Problem> {
    /// Most columns that are looked at: `sqlite_schema` has five.
    const MOST: usize = 8;
    let (head, after) = varint(row)?;
    let head = usize::try_from(head).ok().and_then(|head| row.split_at_checked(head));
    let (head, mut values) = head.ok_or_else(cut)?;
    let mut serials = head.get(row.len().saturating_sub(after.len())..).ok_or_else(cut)?;
    let mut columns = Vec::new();
    while !serials.is_empty() && columns.len() < MOST {
        let (serial, rest) = varint(serials)?;
        serials = rest;
        let len = match serial {
            0 | 8 | 9 => 0,
            1..=4 => serial,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return Err(damaged("a row of the database holds what does not exist")),
            text_or_blob => (text_or_blob - 12) / 2,
        };
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let (value, rest) = values.split_at_checked(len).ok_or_else(cut)?;
        columns.push(Column { serial, value });
        values = rest;
    }
    Ok(columns)
}

/// A number of one to nine bytes: seven bits each, the last byte of nine whole.
fn varint(bytes: &[u8]) -> Result<(u64, &[u8]), Problem> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Ok((number << 8 | u64::from(*byte), bytes.get(9..).unwrap_or_default()));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Ok((number, bytes.get(at + 1..).unwrap_or_default()));
        }
    }
    Err(cut())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_up_to_their_ninth_byte() {
        for (bytes, number) in [
            (&[5][..], 5),
            (&[0x81, 0x00], 128),
            (&[0xff; 9], u64::MAX),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 7], 7),
        ] {
            let (read, rest) = varint(bytes).unwrap();
            assert_eq!((read, rest.len()), (number, 0));
        }
        assert!(varint(&[0x80; 8]).is_err() && varint(&[]).is_err());
    }
}
