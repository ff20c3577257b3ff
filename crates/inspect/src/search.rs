//! One pass over everything that is mapped, for every byte pattern that anybody here asks for.
//!
//! Each reader of evidence lists its patterns as [`Needle`]s in [`needles`] and takes its hits from [`Hits`]; nobody walks
//! the file for itself. The pass looks at four bytes in every eight and asks a table whether they stand in any pattern
//! (Wu and Manber, "A fast algorithm for multi-pattern searching", 1994, with a step that is fixed instead of computed).
//! A pattern of [`SHORTEST`] bytes or more holds four such bytes wherever it begins, and exactly once, so no occurrence is
//! missed and none is reported twice. How many patterns there are costs nearly nothing until the table fills up.

use crate::boring;
use crate::bytes;
use crate::constants;
use crate::facts::SignatureKind;
use crate::go;
use crate::image::{Image, Segment};
use std::sync::LazyLock;

/// Bytes between two looks.
const STEP: usize = 8;
/// Bytes looked at.
const GRAM: usize = 4;
/// The shortest pattern that cannot slip through.
const SHORTEST: usize = STEP + GRAM - 1;
/// Looks taken between two decisions: the inner loop has no branch.
const BLOCK: usize = 8 * STEP;
/// The size of the table, as bits of the hash, one byte each: small enough for a near cache, large enough that with a
/// hundred patterns nine blocks in ten are passed over.
const BITS: u32 = 16;
const SIZE: usize = 1 << BITS;
/// Places kept of each pattern, in file order; the rest are counted.
const KEPT: usize = 16;

/// Who wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// The first words of an algorithm's table of constants.
    Constant(&'static str),
    /// Text that BoringSSL-derived modules carry.
    BoringText,
    /// The record of a Go program's build information.
    GoBuildInfo,
    /// The integrity record of a Go program.
    GoFipsInfo,
    /// The name of a source file that blocks a package in FIPS mode.
    GoBlocking,
    /// Text of GCC's Go library.
    Gccgo,
    /// Text of `TinyGo`'s runtime.
    TinyGo,
    /// A marker function of Go's `crypto/internal/boring/sig`.
    GoSignature(SignatureKind),
}

/// In which segments a pattern means anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In all of them.
    Anywhere,
    /// In executable ones.
    Code,
    /// In those that are not executable.
    Data,
}

impl Place {
    fn holds(self, segment: &Segment) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Code => segment.executable,
            Self::Data => !segment.executable,
        }
    }
}

/// One pattern.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    pub(crate) wanted: Wanted,
    pub(crate) place: Place,
    /// At least [`SHORTEST`] bytes; revealed, where it must not stand in our own file.
    pub(crate) bytes: Vec<u8>,
}

/// Every pattern. New ones are added by whoever wants them, as a function beside the code that reads the hits.
fn needles() -> Vec<Needle> {
    constants::needles()
        .chain(boring::needles())
        .chain([go::buildinfo::needle(), go::fipsinfo::needle(), go::blocking::needle()])
        .chain(go::compiler::needles())
        .chain(go::sig::needles())
        .collect()
}

/// Where a pattern was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) wanted: Wanted,
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Where it is mapped.
    pub(crate) address: u64,
}

/// The occurrences of all patterns.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    /// By pattern: how many, and the first of them.
    found: Vec<(Wanted, usize, Vec<Hit>)>,
}

impl Hits {
    /// How many times a pattern of this kind occurs.
    pub(crate) fn count(&self, wanted: Wanted) -> usize {
        self.found.iter().filter(|(of, ..)| *of == wanted).map(|(_, count, _)| count).sum()
    }

    /// The first occurrences of a kind, in the order of the file for each of its patterns.
    pub(crate) fn of(&self, wanted: Wanted) -> impl Iterator<Item = &Hit> {
        self.all().filter(move |hit| hit.wanted == wanted)
    }

    /// The first occurrences of every pattern.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Hit> {
        self.found.iter().flat_map(|(.., hits)| hits)
    }
}

/// The patterns made ready to be found.
struct Search {
    needles: Vec<Needle>,
    /// For each hash of four bytes, whether they stand in a pattern: the number of a bucket, and zero for none.
    table: Vec<u8>,
    /// Which patterns share four bytes of that hash, and how far into the pattern they stand.
    buckets: Vec<Vec<(usize, usize)>>,
}

/// The patterns are made ready once.
static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::of(needles()));

/// Looks through every segment once, for everything.
pub(crate) fn run(image: &Image<'_>) -> Hits {
    SEARCH.run(image)
}

impl Search {
    fn of(needles: Vec<Needle>) -> Self {
        let mut search = Self {
            needles,
            table: vec![0; SIZE],
            buckets: vec![Vec::new(); usize::from(u8::MAX) + 1],
        };
        for (index, needle) in search.needles.iter().enumerate() {
            debug_assert!(needle.bytes.len() >= SHORTEST, "{:?} is too short", needle.wanted);
            for (at, gram) in needle.bytes.windows(GRAM).take(STEP).enumerate() {
                let Some(hash) = gram.first_chunk().map(|gram| hash(*gram)) else { continue };
                // Zero says that there is no pattern; what shares a bucket is compared in vain, and rarely.
                let bucket = hash % usize::from(u8::MAX) + 1;
                if let (Some(slot), Some(entries)) =
                    (search.table.get_mut(hash), search.buckets.get_mut(bucket))
                {
                    *slot = u8::try_from(bucket).unwrap_or(u8::MAX);
                    entries.push((index, at));
                }
            }
        }
        search
    }

    fn run(&self, image: &Image<'_>) -> Hits {
        let found = self.needles.iter().map(|needle| (needle.wanted, 0, Vec::new())).collect();
        let mut hits = Hits { found };
        for segment in &image.segments {
            self.segment(segment, image.segment_data(segment), &mut hits);
        }
        hits
    }

    fn segment(&self, segment: &Segment, data: &[u8], hits: &mut Hits) {
        let Some(table) = self.table.first_chunk() else { return };
        let (blocks, tail) = data.as_chunks::<BLOCK>();
        for (index, block) in blocks.iter().enumerate() {
            if interesting(table, block) {
                self.block(segment, data, index * BLOCK, block, hits);
            }
        }
        let mut last = [0; BLOCK];
        last.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
        self.block(segment, data, data.len() - tail.len(), &last, hits);
    }

    /// Compares the patterns that a block may hold.
    #[cold]
    fn block(
        &self,
        segment: &Segment,
        data: &[u8],
        start: usize,
        block: &[u8; BLOCK],
        hits: &mut Hits,
    ) {
        let (looks, _) = block.as_chunks::<STEP>();
        for (index, &[a, b, c, d, ..]) in looks.iter().enumerate() {
            let number = self.table.get(hash([a, b, c, d])).copied().unwrap_or(0);
            for &(needle, before) in self.buckets.get(usize::from(number)).into_iter().flatten() {
                let Some(at) = (start + index * STEP).checked_sub(before) else { continue };
                self.compare(segment, data, at, needle, hits);
            }
        }
    }

    fn compare(&self, segment: &Segment, data: &[u8], at: usize, needle: usize, hits: &mut Hits) {
        let (Some(pattern), Some((_, count, kept))) =
            (self.needles.get(needle), hits.found.get_mut(needle))
        else {
            return;
        };
        let here = data.get(at..).is_some_and(|data| data.starts_with(&pattern.bytes));
        if here && pattern.place.holds(segment) {
            *count += 1;
            if kept.len() < KEPT {
                kept.push(Hit {
                    wanted: pattern.wanted,
                    offset: segment.offset.saturating_add(bytes::offset(at)),
                    address: segment.address.saturating_add(bytes::offset(at)),
                });
            }
        }
    }
}

/// Whether any of the looks into a block hits the table. Nearly always not.
fn interesting(table: &[u8; SIZE], block: &[u8; BLOCK]) -> bool {
    let (looks, _) = block.as_chunks::<STEP>();
    let any = looks.iter().fold(0, |any, &[a, b, c, d, ..]| {
        any | table.get(hash([a, b, c, d])).copied().unwrap_or(0)
    });
    any != 0
}

/// Multiplication by the golden ratio spreads four bytes over the table (Knuth, volume 3, section 6.4).
fn hash(gram: [u8; GRAM]) -> usize {
    (u32::from_le_bytes(gram).wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segment(size: usize, executable: bool) -> Segment {
        let size = bytes::offset(size);
        Segment { address: 0x1000, offset: 0x40, size, memory: size, executable, writable: false }
    }

    fn needle(bytes: &[u8], place: Place) -> Needle {
        Needle { wanted: Wanted::Constant("test"), place, bytes: bytes.to_vec() }
    }

    fn found(needles: Vec<Needle>, data: &[u8], executable: bool) -> Hits {
        let search = Search::of(needles);
        let found = search.needles.iter().map(|needle| (needle.wanted, 0, Vec::new())).collect();
        let mut hits = Hits { found };
        search.segment(&segment(data.len(), executable), data, &mut hits);
        hits
    }

    #[test]
    fn a_pattern_is_found_once_wherever_it_begins_and_ends() {
        let pattern = b"eleven byte";
        assert_eq!(pattern.len(), SHORTEST);
        for before in 0..2 * BLOCK {
            for after in [0, 1, 7, 8, BLOCK] {
                let data = [&vec![b'e'; before], &pattern[..], &vec![b'x'; after]].concat();
                let hits = found(vec![needle(pattern, Place::Anywhere)], &data, false);
                let places: Vec<_> = hits.all().map(|hit| (hit.offset, hit.address)).collect();
                let at = bytes::offset(before);
                assert_eq!(places, [(0x40 + at, 0x1000 + at)], "{before} before, {after} after");
            }
        }
    }

    #[test]
    fn a_pattern_counts_only_where_it_means_something() {
        let data = b"...eleven bytes...";
        for (place, in_code, in_data) in
            [(Place::Anywhere, 1, 1), (Place::Code, 1, 0), (Place::Data, 0, 1)]
        {
            let count = |executable| {
                found(vec![needle(b"eleven bytes", place)], data, executable)
                    .count(Wanted::Constant("test"))
            };
            assert_eq!((count(true), count(false)), (in_code, in_data), "{place:?}");
        }
    }

    #[test]
    fn all_are_counted_and_the_first_are_kept() {
        let hits = found(vec![needle(&[7; 11], Place::Anywhere)], &[7; 1000], false);
        assert_eq!(hits.count(Wanted::Constant("test")), 990);
        assert_eq!(hits.of(Wanted::Constant("test")).count(), KEPT);
    }

    #[test]
    fn every_pattern_of_ours_is_long_enough_and_stands_there_once() {
        let needles = needles();
        for (index, needle) in needles.iter().enumerate() {
            assert!(needle.bytes.len() >= SHORTEST, "{:?}", needle.wanted);
            assert!(needles.iter().skip(index + 1).all(|other| other.bytes != needle.bytes));
        }
    }

    proptest! {
        /// Many patterns that resemble each other, in data made of the same few letters, against the plain search.
        #[test]
        fn nothing_is_missed(
            patterns in prop::collection::vec("[ab]{11,16}", 1..200),
            data in "[ab]{0,600}",
        ) {
            let needles = patterns.iter().map(|p| needle(p.as_bytes(), Place::Anywhere)).collect();
            let hits = found(needles, data.as_bytes(), false);
            let expected: usize = patterns
                .iter()
                .map(|p| data.as_bytes().windows(p.len()).filter(|w| *w == p.as_bytes()).count())
                .sum();
            prop_assert_eq!(hits.count(Wanted::Constant("test")), expected);
        }
    }
}
