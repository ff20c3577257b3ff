//! The package database of rpm, in each of its three forms: SQLite (Fedora, RHEL 9, Amazon Linux 2023), ndb (SUSE) and
//! Berkeley DB's hash (RHEL 7 and 8, Amazon Linux 2). All hold the same thing: one header for each installed package.
//!
//! Only what leads to the headers is read, straight from the file: no form needs all of it in memory. A database that says more
//! than its own length can hold is refused, so no chain of pages is followed for longer than the file is.

mod bdb;
mod header;
mod ndb;
mod sqlite;
mod wal;

use crate::blob::{Blob, cut};
use crate::limits::Problem;

/// Most packages of one database: the largest distribution has a tenth of that.
const PACKAGES: u64 = 500_000;

/// Longest header of one package, in bytes. rpm itself takes 256 MiB; the largest real ones, with a hundred thousand
/// files, stay below 20 MiB.
const HEADER: u64 = 64 << 20;

/// A package that a database lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Installed {
    /// Its name.
    pub name: String,
    /// `version-release`, behind `epoch:` where there is an epoch.
    pub version: String,
    /// Who built it.
    pub vendor: Option<String>,
}

/// What a database lists, and what stopped its reading: the packages before that stay.
#[derive(Debug, Default)]
pub struct Listing {
    /// The packages, sorted.
    pub packages: Vec<Installed>,
    /// Why there may be more.
    pub problem: Option<Problem>,
}

/// Reads a database. `log` is the write-ahead log beside one of SQLite (`rpmdb.sqlite-wal`), where there is one: it holds
/// what was not yet written back.
pub fn installed(database: &Blob, log: Option<&Blob>) -> Listing {
    let mut listing = Listing::default();
    let read = each(database, log, &mut |bytes| {
        if listing.packages.len() as u64 >= PACKAGES {
            return Err(Problem::Limit { what: "packages in one database", most: PACKAGES });
        }
        listing.packages.push(header::package(bytes)?);
        Ok(())
    });
    listing.problem = read.err();
    listing.packages.sort();
    listing
}

/// What takes the headers.
type Visit<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Problem>;

fn each(database: &Blob, log: Option<&Blob>, visit: Visit<'_>) -> Result<(), Problem> {
    let head = database.head(16)?;
    let mut budget = Budget::of(database.len().saturating_add(log.map_or(0, Blob::len)));
    // A database that was never written back is empty, and its log holds all of it.
    if head.starts_with(sqlite::MAGIC) || (head.is_empty() && log.is_some()) {
        return sqlite::each(database, log, &mut budget, visit);
    }
    if head.starts_with(ndb::MAGIC) {
        return ndb::each(database, &mut budget, visit);
    }
    match bdb::order(&head) {
        Some(order) => bdb::each(database, order, &mut budget, visit),
        None => Err(damaged("the package database of rpm is in no form that is known")),
    }
}

/// How much may still come: two headers share no byte and no page, so all of them fit into the file.
struct Budget {
    bytes: u64,
    pages: u64,
}

impl Budget {
    /// A page of any form has 512 bytes or more.
    fn of(len: u64) -> Self {
        Self { bytes: len, pages: len / 512 }
    }

    /// Takes a page on which a header goes on.
    fn page(&mut self) -> Result<(), Problem> {
        self.pages = self.pages.checked_sub(1).ok_or_else(too_much)?;
        Ok(())
    }

    /// Takes the length of one header.
    fn header(&mut self, len: u64) -> Result<usize, Problem> {
        if len > HEADER {
            return Err(Problem::Limit {
                what: "bytes in the header of one package",
                most: HEADER,
            });
        }
        self.bytes = self.bytes.checked_sub(len).ok_or_else(too_much)?;
        Ok(usize::try_from(len).unwrap_or(usize::MAX))
    }
}

fn too_much() -> Problem {
    damaged("the database says more than it can hold")
}

fn damaged(why: &str) -> Problem {
    Problem::Damaged(why.to_owned())
}

/// `len` bytes at a place of the file.
fn stretch(blob: &Blob, at: u64, len: u64) -> Result<Vec<u8>, Problem> {
    blob.slice(at, len).ok_or_else(cut)?.read(len)
}

/// A number of `N` bytes at a place of a page.
fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], Problem> {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).copied().ok_or_else(cut)
}

fn be16(bytes: &[u8], at: usize) -> Result<u16, Problem> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Result<u32, Problem> {
    array(bytes, at).map(u32::from_be_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Result<u32, Problem> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// A number of the file as a place in memory.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
