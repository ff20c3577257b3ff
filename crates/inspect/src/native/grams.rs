//! Every occurrence of many short patterns. A table answers for each four bytes whether a pattern begins with their like;
//! the loop that asks it has no branch but one in 64 bytes, and almost never takes it.

use std::collections::BTreeMap;

/// Bytes looked at, and the shortest pattern.
const GRAM: usize = 4;
/// Places looked at between two decisions.
const BLOCK: usize = 64;
/// Answers for 2^20 hashes, one bit each: fits into the second cache of any processor, and three hundred patterns make the
/// loop look closer at one block in fifty.
const BITS: u32 = 20;
const SIZE: usize = 1 << (BITS - u64::BITS.ilog2());

/// Patterns made ready to be found.
#[derive(Debug)]
pub(super) struct Grams {
    patterns: Vec<Vec<u8>>,
    table: Vec<u64>,
    /// The patterns that begin with four bytes.
    beginnings: BTreeMap<[u8; GRAM], Vec<usize>>,
}

impl Grams {
    /// Patterns of four bytes or more; a shorter one is never found.
    pub(super) fn new(patterns: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let patterns: Vec<Vec<u8>> = patterns.into_iter().collect();
        let mut grams = Self { patterns, table: vec![0; SIZE], beginnings: BTreeMap::new() };
        for (index, pattern) in grams.patterns.iter().enumerate() {
            debug_assert!(pattern.len() >= GRAM, "{pattern:?} is too short");
            let Some(gram) = pattern.first_chunk::<GRAM>() else { continue };
            let (word, bit) = hash(*gram);
            if let Some(slot) = grams.table.get_mut(word) {
                *slot |= 1 << bit;
            }
            grams.beginnings.entry(*gram).or_default().push(index);
        }
        grams
    }

    /// Calls `hit` with the index of a pattern and where it begins, for every occurrence, in the order of the data.
    /// `hit` says whether to go on.
    pub(super) fn each(&self, data: &[u8], mut hit: impl FnMut(usize, usize) -> bool) {
        let Some(table) = self.table.first_chunk::<SIZE>() else { return };
        let mut at = 0;
        while let Some(block) = data.get(at..).and_then(|rest| rest.first_chunk()) {
            if interesting(table, block) && !self.places(table, data, at, BLOCK, &mut hit) {
                return;
            }
            at += BLOCK;
        }
        self.places(table, data, at, data.len().saturating_sub(at), &mut hit);
    }

    /// Compares at each of `count` places.
    #[cold]
    fn places(
        &self,
        table: &[u64; SIZE],
        data: &[u8],
        start: usize,
        count: usize,
        hit: &mut impl FnMut(usize, usize) -> bool,
    ) -> bool {
        for at in start..start.saturating_add(count) {
            let rest = data.get(at..).unwrap_or_default();
            let Some(gram) = rest.first_chunk::<GRAM>() else { return true };
            if answer(table, *gram) == 0 {
                continue;
            }
            for index in self.beginnings.get(gram).into_iter().flatten() {
                let here = self.patterns.get(*index).is_some_and(|p| rest.starts_with(p));
                if here && !hit(*index, at) {
                    return false;
                }
            }
        }
        true
    }
}

/// Whether a pattern may begin at any place of a block.
fn interesting(table: &[u64; SIZE], block: &[u8; BLOCK + GRAM - 1]) -> bool {
    let any = block
        .windows(GRAM)
        .fold(0, |any, gram| any | gram.first_chunk().map_or(0, |gram| answer(table, *gram)));
    any != 0
}

/// One where a pattern may begin with these bytes.
fn answer(table: &[u64; SIZE], gram: [u8; GRAM]) -> u64 {
    let (word, bit) = hash(gram);
    table.get(word).copied().unwrap_or(0) >> bit & 1
}

/// Multiplication by the golden ratio spreads four bytes over the table (Knuth, volume 3, section 6.4): which word of it,
/// and which bit of the word.
fn hash(gram: [u8; GRAM]) -> (usize, u32) {
    let hash = u32::from_le_bytes(gram).wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS);
    ((hash >> u64::BITS.ilog2()) as usize, hash % u64::BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(patterns: &[&str], data: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let patterns = patterns.iter().map(|pattern| pattern.as_bytes().to_vec());
        Grams::new(patterns).each(data, |index, at| {
            found.push((index, at));
            true
        });
        found
    }

    #[test]
    fn patterns_are_found_across_blocks_and_inside_each_other() {
        for before in 0..2 * BLOCK {
            let data = [&vec![b'.'; before][..], b"libssl.so", &vec![b'.'; before]].concat();
            let found = all(&["libssl", "ssl.so", "libssl.so"], &data);
            assert_eq!(found, [(0, before), (2, before), (1, before + 3)], "{before} before");
        }
        assert!(all(&["libssl"], b"libss").is_empty() && all(&["libssl"], b"").is_empty());
    }

    #[test]
    fn whoever_has_enough_stops_the_search() {
        let mut count = 0;
        Grams::new([b"aaaa".to_vec()]).each(&[b'a'; 1000], |_, _| {
            count += 1;
            count < 5
        });
        assert_eq!(count, 5);
    }

    proptest! {
        /// Many patterns that resemble each other, in data of the same few letters, against the plain search.
        #[test]
        fn nothing_is_missed_and_nothing_made_up(
            patterns in prop::collection::vec("[ab]{4,9}", 1..50),
            data in "[ab]{0,300}",
        ) {
            let texts: Vec<&str> = patterns.iter().map(String::as_str).collect();
            let plain = |p: &&str| data.as_bytes().windows(p.len()).filter(|w| *w == p.as_bytes()).count();
            prop_assert_eq!(all(&texts, data.as_bytes()).len(), texts.iter().map(plain).sum::<usize>());
        }
    }
}
