//! Every occurrence of many short patterns. A table answers for three bytes at every second place whether they stand at the
//! beginning of a pattern or one byte behind it: a pattern of four bytes holds such three wherever it begins, and exactly
//! once. The loop that asks has no branch but one in 32 bytes, and rarely takes it.

/// Bytes looked at, and from one look to the next.
const GRAM: usize = 3;
const STEP: usize = 2;
/// The shortest pattern that cannot slip through.
const SHORTEST: usize = STEP + GRAM - 1;
/// Places between two decisions.
const BLOCK: usize = 32;
/// What the last look into a block reads beyond it.
const BEHIND: usize = GRAM - STEP;
/// Answers for 2^17 hashes, one byte each, which is zero or the number of a bucket of patterns: fits into the second cache of any processor, and four hundred patterns make the
/// loop look closer at one block in ten.
const BITS: u32 = 17;
const SIZE: usize = 1 << BITS;

/// Patterns made ready to be found.
#[derive(Debug)]
pub(super) struct Grams {
    patterns: Vec<Vec<u8>>,
    table: Vec<u8>,
    /// Three bytes, which of the patterns holds them, and how far in; in the order in which patterns with the same then begin.
    buckets: Vec<Vec<(u32, usize, usize)>>,
}

impl Grams {
    /// Patterns of four bytes or more; a shorter one may be missed.
    pub(super) fn new(patterns: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let patterns: Vec<Vec<u8>> = patterns.into_iter().collect();
        let buckets = vec![Vec::new(); usize::from(u8::MAX) + 1];
        let mut grams = Self { patterns, table: vec![0; SIZE], buckets };
        for before in (0..STEP).rev() {
            for (index, pattern) in grams.patterns.iter().enumerate() {
                debug_assert!(pattern.len() >= SHORTEST, "{pattern:?} is too short");
                let gram = pattern.get(before..).and_then(|rest| rest.first_chunk::<GRAM>());
                let Some(gram) = gram.map(|gram| number(*gram)) else { continue };
                let hash = hash(gram);
                let bucket = hash % usize::from(u8::MAX) + 1;
                if let (Some(slot), Some(entries)) =
                    (grams.table.get_mut(hash), grams.buckets.get_mut(bucket))
                {
                    *slot = u8::try_from(bucket).unwrap_or(u8::MAX);
                    entries.push((gram, index, before));
                }
            }
        }
        grams
    }

    /// Calls `hit` with the index of a pattern and where it begins, for every occurrence, in the order of the data, and of
    /// those at one place in the order of the patterns.
    pub(super) fn each(&self, data: &[u8], mut hit: impl FnMut(usize, usize)) {
        let Some(table) = self.table.first_chunk::<SIZE>() else { return };
        let mut at = 0;
        while let Some(block) = data.get(at..).and_then(|rest| rest.first_chunk()) {
            if interesting(table, block) {
                self.places(table, data, at, BLOCK, &mut hit);
            }
            at += BLOCK;
        }
        self.places(table, data, at, data.len().saturating_sub(at), &mut hit);
    }

    /// Compares at the looks into `count` places.
    #[cold]
    fn places(
        &self,
        table: &[u8; SIZE],
        data: &[u8],
        start: usize,
        count: usize,
        hit: &mut impl FnMut(usize, usize),
    ) {
        for at in (start..start.saturating_add(count)).step_by(STEP) {
            let Some(gram) = data.get(at..).and_then(|rest| rest.first_chunk::<GRAM>()) else {
                return;
            };
            let gram = number(*gram);
            let bucket = usize::from(answer(table, gram));
            for &(known, index, before) in self.buckets.get(bucket).into_iter().flatten() {
                let Some(at) = at.checked_sub(before).filter(|_| known == gram) else { continue };
                let rest = data.get(at..).unwrap_or_default();
                if self.patterns.get(index).is_some_and(|pattern| rest.starts_with(pattern)) {
                    hit(index, at);
                }
            }
        }
    }
}

/// Whether any of the looks into a block hits the table.
fn interesting(table: &[u8; SIZE], block: &[u8; BLOCK + BEHIND]) -> bool {
    // Four looks at eight bytes; the last of them goes on into what follows.
    let mut next = block.iter().skip(8).step_by(8);
    let any = block.as_chunks::<8>().0.iter().fold(0, |any, eight| {
        let next = u64::from(next.next().copied().unwrap_or(0));
        let eight = u64::from_le_bytes(*eight);
        let [first, second, third] = [eight, eight >> 16, eight >> 32];
        let fourth = eight >> 48 | next << 16;
        let looks = [first, second, third, fourth].map(|look| (look & 0xffff_ffff) as u32);
        looks.iter().fold(any, |any, look| any | answer(table, *look))
    });
    any != 0
}

/// Not zero where a pattern may hold the lowest three bytes of a number.
fn answer(table: &[u8; SIZE], number: u32) -> u8 {
    table.get(hash(number)).copied().unwrap_or(0)
}

fn number([a, b, c]: [u8; GRAM]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// Multiplication by the golden ratio spreads three bytes over the table (Knuth, volume 3, section 6.4). The fourth is
/// shifted out before.
fn hash(number: u32) -> usize {
    ((number << 8).wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(patterns: &[&str], data: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let patterns = patterns.iter().map(|pattern| pattern.as_bytes().to_vec());
        Grams::new(patterns).each(data, |index, at| found.push((index, at)));
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
