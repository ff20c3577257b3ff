//! Sparse files in tar archives, in the four forms that GNU tar ever had ("Storing Sparse Files" in its manual): a map of
//! where the bytes belong that are stored. The rest of the file is zeros.
//!
//! Zeros that nobody stored are counted like unpacked bytes: a map of two numbers can promise more than any disk holds.

use super::{BLOCK, padded, read_block};
use crate::blob::{Blob, cut};
use crate::decode::Input;
use crate::entry::{self, Stretch};
use crate::limits::{Gauge, Problem};
use std::io::{self, Read};
use tar::{GnuExtSparseHeader, GnuSparseHeader, Header};

/// Most stretches of one file.
const STRETCHES: usize = 1 << 16;

/// A stretch of stored bytes: where it begins in the file, and how long it is.
type Part = (u64, u64);

/// What pax records say of the next entry ("PAX Format, Versions 0.0, 0.1, 1.0").
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The file's own name: the entry's may be one that does not collide where sparse files are not known.
    pub(super) name: Option<String>,
    size: Option<u64>,
    /// Version 1: the map stands before the stored bytes.
    inside: bool,
    parts: Vec<Part>,
    /// Where the next stretch begins, in version 0.0.
    offset: u64,
}

impl Said {
    /// Takes a record, without the beginning of its name that all have in common.
    pub(super) fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), Problem> {
        match key {
            b"name" => self.name = Some(entry::name(value)),
            b"size" | b"realsize" => self.size = Some(number(value)?),
            b"major" => self.inside = number(value)? == 1,
            b"offset" => self.offset = number(value)?,
            b"numbytes" => add(&mut self.parts, (self.offset, number(value)?))?,
            b"map" => {
                let mut numbers = value.split(|byte| *byte == b',');
                while let Some(offset) = numbers.next() {
                    let length = numbers.next().ok_or_else(wrong)?;
                    add(&mut self.parts, (number(offset)?, number(length)?))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The map, when the records spoke of one. In version 1 it is read from the entry, of which `stored` bytes are there.
    pub(super) fn map(self, input: &mut Input, stored: u64) -> Result<Option<Map>, Problem> {
        let Some(size) = self.size else { return Ok(None) };
        if !self.inside {
            return Map::of(self.parts, stored, size).map(Some);
        }
        let mut lines = Lines { input, left: stored, block: [0; 512], at: 512 };
        let count = lines.next()?;
        let mut parts = Vec::new();
        for _ in 0..count {
            add(&mut parts, (lines.next()?, lines.next()?))?;
        }
        let stored = lines.left;
        Map::of(parts, stored, size).map(Some)
    }
}

/// The map of an entry of type `S`: four stretches in the header, and more in blocks behind it, as long as a byte in each says so.
pub(super) fn of_header(input: &mut Input, header: &Header, stored: u64) -> Result<Map, Problem> {
    let header = header.as_gnu().ok_or_else(wrong)?;
    let mut parts = Vec::new();
    take(&header.sparse, &mut parts)?;
    let mut more = header.is_extended();
    while more {
        let mut block = GnuExtSparseHeader::new();
        if !read_block(input, block.as_mut_bytes())? {
            return Err(cut());
        }
        take(block.sparse(), &mut parts)?;
        more = block.is_extended();
    }
    Map::of(parts, stored, header.real_size().map_err(|_| wrong())?)
}

fn take(sparse: &[GnuSparseHeader], parts: &mut Vec<Part>) -> Result<(), Problem> {
    for part in sparse.iter().filter(|part| !part.is_empty()) {
        let of = |number: io::Result<u64>| number.map_err(|_| wrong());
        add(parts, (of(part.offset())?, of(part.length())?))?;
    }
    Ok(())
}

fn add(parts: &mut Vec<Part>, part: Part) -> Result<(), Problem> {
    if parts.len() >= STRETCHES {
        return Err(Problem::Limit { what: "stretches of a sparse file", most: STRETCHES as u64 });
    }
    parts.push(part);
    Ok(())
}

fn number(digits: &[u8]) -> Result<u64, Problem> {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).ok_or_else(wrong)
}

fn wrong() -> Problem {
    Problem::Damaged("the map of a sparse file is none".to_owned())
}

/// Numbers in lines, in blocks before the stored bytes.
struct Lines<'a> {
    input: &'a mut Input,
    /// What is left of the entry behind the blocks that were read.
    left: u64,
    block: [u8; 512],
    at: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<u64, Problem> {
        let mut digits = Vec::new();
        loop {
            if self.at == self.block.len() {
                self.left = self.left.checked_sub(BLOCK).ok_or_else(wrong)?;
                if !read_block(self.input, &mut self.block)? {
                    return Err(cut());
                }
                self.at = 0;
            }
            let byte = self.block.get(self.at).copied().ok_or_else(wrong)?;
            self.at += 1;
            match byte {
                b'\n' => return number(&digits),
                // Longer than any number.
                _ if digits.len() > 20 => return Err(wrong()),
                digit => digits.push(digit),
            }
        }
    }
}

/// Where the stored bytes belong.
#[derive(Debug)]
pub(super) struct Map {
    parts: Vec<Part>,
    stored: u64,
    size: u64,
}

impl Map {
    /// The stretches come one behind the other, inside the file, and are as long together as what is stored.
    fn of(parts: Vec<Part>, stored: u64, size: u64) -> Result<Self, Problem> {
        let (mut end, mut sum) = (0_u64, 0_u64);
        for (offset, length) in &parts {
            if *offset < end {
                return Err(wrong());
            }
            end = offset.checked_add(*length).ok_or_else(wrong)?;
            sum = sum.checked_add(*length).ok_or_else(wrong)?;
        }
        if end > size || sum != stored || padded(size).is_err() {
            return Err(wrong());
        }
        Ok(Self { parts, stored, size })
    }

    /// How many bytes are stored.
    pub(super) fn stored(&self) -> u64 {
        self.stored
    }

    /// How long the file is.
    pub(super) fn size(&self) -> u64 {
        self.size
    }
}

/// The file as it was.
pub(super) struct Content<'a> {
    stretch: Stretch<'a>,
    parts: std::vec::IntoIter<Part>,
    part: Part,
    at: u64,
    size: u64,
    gauge: &'a Gauge,
}

impl<'a> Content<'a> {
    pub(super) fn new(stretch: Stretch<'a>, map: Map, gauge: &'a Gauge) -> Self {
        let size = map.size;
        let mut parts = map.parts.into_iter();
        let part = parts.next().unwrap_or((size, 0));
        Self { stretch, parts, part, at: 0, size, gauge }
    }

    pub(super) fn finish(self, padding: u64) -> Result<(), Problem> {
        self.stretch.finish(padding)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.part.0.saturating_add(self.part.1) && self.at < self.size {
            self.part = self.parts.next().unwrap_or((self.size, u64::MAX));
        }
        let (offset, length) = self.part;
        let hole = self.at < offset;
        let end = if hole { offset } else { offset.saturating_add(length) }.min(self.size);
        let left = usize::try_from(end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = buffer.len().min(left);
        let Some(buffer) = buffer.get_mut(..wanted) else { return Ok(0) };
        let read = if hole {
            buffer.fill(0);
            self.gauge.unpacked(wanted as u64)?;
            wanted
        } else {
            self.stretch.read(buffer)?
        };
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl entry::Content for Content<'_> {
    fn whole(&self) -> Option<Blob> {
        None
    }
}
