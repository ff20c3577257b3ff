//! Berkeley DB, access method hash (`dbinc/db_page.h` of Berkeley DB 5.3): pages of items in pairs of key and value, and
//! long values on chains of overflow pages. The numbers are of the machine that wrote the file.

use super::{Budget, Visit, array, damaged, stretch};
use crate::blob::{Blob, cut};
use crate::limits::Problem;

/// `DB_HASHMAGIC`, at byte 12 of the first page.
const HASH: u32 = 0x0006_1561;

/// Types of pages.
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH_META: u8 = 8;
const HASH_SORTED: u8 = 13;

/// Types of items on a page of a hash.
const KEY_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Bytes before the items of a page.
const PAGE_HEADER: usize = 26;

/// How the numbers of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

impl Order {
    fn u16(self, bytes: &[u8], at: usize) -> Result<u16, Problem> {
        let raw = array(bytes, at)?;
        Ok(if self == Self::Little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    fn u32(self, bytes: &[u8], at: usize) -> Result<u32, Problem> {
        let raw = array(bytes, at)?;
        Ok(if self == Self::Little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }
}

/// The order of a hash database's numbers, by its magic.
pub(super) fn order(head: &[u8]) -> Option<Order> {
    let is = |order: &Order| order.u32(head, 12).is_ok_and(|magic| magic == HASH);
    [Order::Little, Order::Big].into_iter().find(is)
}

pub(super) fn each(
    blob: &Blob,
    order: Order,
    budget: &mut Budget,
    visit: Visit<'_>,
) -> Result<(), Problem> {
    let meta = stretch(blob, 0, 72)?;
    let version = order.u32(&meta, 16)?;
    let size = order.u32(&meta, 20)?;
    let [encrypted, kind, flags] = array(&meta, 24)?;
    if !(8..=10).contains(&version) || kind != HASH_META {
        return Err(damaged("the database is of a version of Berkeley DB that is not known"));
    }
    if !(512..=65536).contains(&size) || !size.is_power_of_two() {
        return Err(damaged("the database has pages of a length that does not exist"));
    }
    // Both make the headers of pages longer. rpm never asked for either.
    if encrypted != 0 || flags & 1 != 0 {
        return Err(damaged("the database is encrypted or has checksums, which is not read"));
    }
    let pages = Pages { blob, order, size: u64::from(size) };
    // Every page is looked at instead of every bucket: a page that is no longer used says so.
    for number in 1..=order.u32(&meta, 32)? {
        let header = stretch(blob, pages.start(number), PAGE_HEADER as u64)?;
        if matches!(header.get(25), Some(&(HASH_UNSORTED | HASH_SORTED))) {
            pages.items(number, budget, visit)?;
        }
    }
    Ok(())
}

struct Pages<'a> {
    blob: &'a Blob,
    order: Order,
    size: u64,
}

impl Pages<'_> {
    fn start(&self, number: u32) -> u64 {
        u64::from(number).saturating_mul(self.size)
    }

    /// The values of one page. Items lie behind each other from the page's end on.
    fn items(&self, number: u32, budget: &mut Budget, visit: Visit<'_>) -> Result<(), Problem> {
        let page = stretch(self.blob, self.start(number), self.size)?;
        let entries = usize::from(self.order.u16(&page, 20)?);
        let mut end = page.len();
        let mut package = false;
        for entry in 0..entries {
            let at = usize::from(self.order.u16(&page, PAGE_HEADER + 2 * entry)?);
            let item = page.get(at..end).filter(|item| !item.is_empty());
            let item = item.ok_or_else(|| damaged("the items of a page lie in no order"))?;
            end = at;
            if entry % 2 == 0 {
                package = is_package(item);
            } else if package {
                self.value(item, budget, visit)?;
            }
        }
        Ok(())
    }

    fn value(&self, item: &[u8], budget: &mut Budget, visit: Visit<'_>) -> Result<(), Problem> {
        match item.split_first() {
            Some((&KEY_DATA, value)) => {
                budget.header(value.len() as u64)?;
                visit(value)
            }
            Some((&OFF_PAGE, _)) => {
                let (first, len) = (self.order.u32(item, 4)?, self.order.u32(item, 8)?);
                visit(&self.chain(first, u64::from(len), budget)?)
            }
            _ => Err(damaged("an item of a page is of a type that rpm never writes")),
        }
    }

    /// A value on overflow pages: each says how much of it is there, and where the next is.
    fn chain(&self, first: u32, len: u64, budget: &mut Budget) -> Result<Vec<u8>, Problem> {
        let len = budget.header(len)?;
        let mut value = Vec::new();
        let mut next = first;
        while value.len() < len {
            budget.page()?;
            let page = stretch(self.blob, self.start(next), self.size)?;
            let here = usize::from(self.order.u16(&page, 22)?);
            let data = page.get(PAGE_HEADER..).and_then(|rest| rest.get(..here)).ok_or_else(cut)?;
            if page.get(25) != Some(&OVERFLOW) || data.is_empty() {
                return Err(damaged("a page of the database does not go on as it should"));
            }
            value.extend_from_slice(data);
            next = self.order.u32(&page, 16)?;
        }
        value.truncate(len);
        Ok(value)
    }
}

/// A key is the number of a package. Under zero rpm keeps the highest number.
fn is_package(item: &[u8]) -> bool {
    matches!(item, [KEY_DATA, number @ ..] if number.len() == 4 && number.iter().any(|byte| *byte != 0))
}
