//! The header of an installed package: an index of tags, and the store of their values (rpm's `lib/header.c`). All
//! numbers are big-endian.

use super::{Installed, be32, damaged, place};
use crate::blob::cut;
use crate::limits::Problem;

/// Most tags: rpm refuses more than 65535.
const TAGS: u32 = 0xffff;

/// Longest name, version or vendor, in bytes.
const TEXT: usize = 1024;

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const VENDOR: u32 = 1011;

/// Types of values.
const INT32: u32 = 4;
const STRING: u32 = 6;

/// What the header says of its package.
pub(super) fn package(bytes: &[u8]) -> Result<Installed, Problem> {
    let header = Header::of(bytes)?;
    let needed = |tag, what: &str| {
        let text = header.text(tag)?;
        text.ok_or_else(|| damaged(&format!("the header of a package has no {what}")))
    };
    let (name, version) = (needed(NAME, "name")?, needed(VERSION, "version")?);
    let release = needed(RELEASE, "release")?;
    let epoch = header.number(EPOCH)?.map_or(String::new(), |epoch| format!("{epoch}:"));
    let vendor = header.text(VENDOR)?;
    Ok(Installed { name, version: format!("{epoch}{version}-{release}"), vendor })
}

struct Header<'a> {
    index: &'a [[u8; 16]],
    store: &'a [u8],
}

impl<'a> Header<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, Problem> {
        let (tags, store) = (be32(bytes, 0)?, be32(bytes, 4)?);
        if tags > TAGS {
            return Err(Problem::Limit {
                what: "tags in the header of a package",
                most: TAGS.into(),
            });
        }
        let rest = bytes.get(8..).ok_or_else(cut)?;
        let end = place(tags).saturating_mul(16);
        let index = rest.get(..end).ok_or_else(cut)?.as_chunks().0;
        let store = rest.get(end..).and_then(|rest| rest.get(..place(store))).ok_or_else(cut)?;
        Ok(Self { index, store })
    }

    /// Where the value of a tag begins, when the header has it.
    fn value(&self, tag: u32, kind: u32) -> Result<Option<&'a [u8]>, Problem> {
        for entry in self.index {
            if be32(entry, 0)? != tag {
                continue;
            }
            if be32(entry, 4)? != kind {
                return Err(damaged("a tag of a package has a value of another type"));
            }
            return self.store.get(place(be32(entry, 8)?)..).map(Some).ok_or_else(cut);
        }
        Ok(None)
    }

    fn text(&self, tag: u32) -> Result<Option<String>, Problem> {
        let Some(value) = self.value(tag, STRING)? else { return Ok(None) };
        let end = value.iter().take(TEXT).position(|byte| *byte == 0);
        let end = end.ok_or_else(|| damaged("a text in the header of a package has no end"))?;
        Ok(Some(String::from_utf8_lossy(value.get(..end).unwrap_or_default()).into_owned()))
    }

    fn number(&self, tag: u32) -> Result<Option<u32>, Problem> {
        self.value(tag, INT32)?.map(|value| be32(value, 0)).transpose()
    }
}
