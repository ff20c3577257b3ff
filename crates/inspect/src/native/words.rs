//! Constants that the compiler put into instructions. A hash function that was unrolled, as in GNU coreutils, has no
//! table: each word of it is the operand of an addition. Many different words of one algorithm close together are that
//! algorithm; one or two are anybody's.

use crate::bytes;
use crate::facts::{Constant, Machine};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// An algorithm's words, and how many different ones make it.
struct Group {
    algorithm: &'static str,
    words: &'static [u32],
    enough: usize,
}

/// The words are stored inverted, so that this table is none of theirs.
const GROUPS: &[Group] = &[
    // FIPS 180-4, section 4.2.2. The upper halves of SHA-512's words are the same.
    Group {
        algorithm: "SHA-2 K in code",
        words: &[
            !0x428a_2f98,
            !0x7137_4491,
            !0xb5c0_fbcf,
            !0xe9b5_dba5,
            !0x3956_c25b,
            !0x59f1_11f1,
            !0x923f_82a4,
            !0xab1c_5ed5,
            !0xd807_aa98,
            !0x1283_5b01,
            !0x2431_85be,
            !0x550c_7dc3,
            !0x72be_5d74,
            !0x80de_b1fe,
            !0x9bdc_06a7,
            !0xc19b_f174,
        ],
        enough: 8,
    },
    // FIPS 180-4, sections 5.3.3 and 5.3.5; RFC 7693, section 2.6, takes the same.
    Group {
        algorithm: "SHA-2 or BLAKE2 initial value",
        words: &[
            !0x6a09_e667,
            !0xbb67_ae85,
            !0x3c6e_f372,
            !0xa54f_f53a,
            !0x510e_527f,
            !0x9b05_688c,
            !0x1f83_d9ab,
            !0x5be0_cd19,
        ],
        enough: 7,
    },
    // FIPS 180-4, section 4.2.1.
    Group {
        algorithm: "SHA-1 K",
        words: &[!0x5a82_7999, !0x6ed9_eba1, !0x8f1b_bcdc, !0xca62_c1d6],
        enough: 4,
    },
    // RFC 1321, section 3.4.
    Group {
        algorithm: "MD5 T in code",
        words: &[
            !0xd76a_a478,
            !0xe8c7_b756,
            !0x2420_70db,
            !0xc1bd_ceee,
            !0xf57c_0faf,
            !0x4787_c62a,
            !0xa830_4613,
            !0xfd46_9501,
            !0x6980_98d8,
            !0x8b44_f7af,
            !0xffff_5bb1,
            !0x895c_d7be,
            !0x6b90_1122,
            !0xfd98_7193,
            !0xa679_438e,
            !0x49b4_0821,
        ],
        enough: 8,
    },
    // RFC 1321, section 3.3; FIPS 180-4, section 5.3.1.
    Group {
        algorithm: "MD5 or SHA-1 initial value",
        words: &[!0x6745_2301, !0xefcd_ab89, !0x98ba_dcfe, !0x1032_5476],
        enough: 4,
    },
    // RFC 8439, section 2.3, as four words.
    Group {
        algorithm: "ChaCha20 or Salsa20 in code",
        words: &[!0x6170_7865, !0x3320_646e, !0x7962_2d32, !0x6b20_6574],
        enough: 4,
    },
];

/// How far apart the words of one algorithm may lie, in bytes: an unrolled compression function has some thousand.
const NEAR: u64 = 8192;
/// How many hits are kept; a file that is made of hits holds a cluster long before.
const KEPT: usize = 1 << 16;

/// Which word of which group.
type Word = (usize, usize);

static WORDS: LazyLock<Vec<(u32, Word)>> = LazyLock::new(|| {
    let inverted = GROUPS.iter().enumerate().flat_map(|(group, of)| {
        of.words.iter().enumerate().map(move |(index, word)| (!word, (group, index)))
    });
    // A compiler may turn an addition into a subtraction of the negated word.
    inverted.flat_map(|(word, id)| [(word, id), (word.wrapping_neg(), id)]).collect()
});

/// What the pass looks for: the words in the order of a little-endian machine, and then of a big-endian one.
pub(super) fn patterns() -> impl Iterator<Item = Vec<u8>> {
    let little = WORDS.iter().map(|(word, _)| word.to_le_bytes().to_vec());
    let big = WORDS.iter().map(|(word, _)| word.to_be_bytes().to_vec());
    little.chain(big)
}

/// The algorithms whose words are close together somewhere in what is mapped.
#[derive(Debug, Default)]
pub(super) struct Found(BTreeMap<&'static str, Constant>);

impl Found {
    /// Looks through the hits of one mapped range, and through its code where that puts words together.
    pub(super) fn look(&mut self, hits: &Hits, machine: Machine, data: &[u8], offset: u64) {
        cluster(&hits.0, &mut self.0);
        if machine == Machine::Arm64 {
            cluster(&as_moves(data, offset), &mut self.0);
        }
    }

    /// One entry an algorithm.
    pub(super) fn constants(self) -> impl Iterator<Item = Constant> {
        self.0.into_values()
    }
}

/// Words as they stand in the bytes of one mapped range: operands on amd64, pools of literals and tables elsewhere.
#[derive(Debug, Default)]
pub(super) struct Hits(Vec<(u64, Word)>);

impl Hits {
    /// Enters the pattern `index`, which stands at `start` of a range that begins at `offset` of the file.
    pub(super) fn add(&mut self, index: usize, offset: u64, start: usize) {
        let word = WORDS.get(index % WORDS.len().max(1));
        if let Some((_, word)) = word.filter(|_| self.0.len() < KEPT) {
            self.0.push((offset.saturating_add(bytes::offset(start)), *word));
        }
    }
}

/// Words that A64 code puts together from two halves: `MOVZ` (or `MOVN`) and `MOVK` with a shift of 16 (Arm ARM, C6.2).
fn as_moves(data: &[u8], offset: u64) -> Vec<(u64, Word)> {
    let by_value: BTreeMap<u32, Word> = WORDS.iter().copied().collect();
    let mut low = [0_u32; 32];
    let mut hits = Vec::new();
    for (chunk, at) in data.chunks_exact(4).zip((offset..).step_by(4)) {
        let Some(word) = chunk.first_chunk::<4>().map(|word| u32::from_le_bytes(*word)) else {
            continue;
        };
        let (register, half) = (word & 31, word >> 5 & 0xffff);
        let Some(slot) = usize::try_from(register).ok().and_then(|r| low.get_mut(r)) else {
            continue;
        };
        match word & 0x7fe0_0000 {
            0x5280_0000 => *slot = half,
            0x1280_0000 => *slot = !half,
            0x72a0_0000 => {
                let value = half << 16 | *slot & 0xffff;
                if let Some(known) = by_value.get(&value).filter(|_| hits.len() < KEPT) {
                    hits.push((at, *known));
                }
            }
            // MOVZ of the upper half, then MOVK of the lower one.
            0x52a0_0000 => *slot = half << 16,
            0x7280_0000 => {
                let value = *slot & 0xffff_0000 | half;
                if let Some(known) = by_value.get(&value).filter(|_| hits.len() < KEPT) {
                    hits.push((at, *known));
                }
            }
            _ => {}
        }
    }
    hits
}

/// The first place of each algorithm where enough different words lie near each other.
fn cluster(hits: &[(u64, Word)], found: &mut BTreeMap<&'static str, Constant>) {
    for (index, group) in GROUPS.iter().enumerate() {
        let mut last: BTreeMap<usize, u64> = BTreeMap::new();
        for (at, (of, word)) in hits.iter().filter(|(_, (of, _))| *of == index) {
            debug_assert_eq!(*of, index);
            last.insert(*word, *at);
            last.retain(|_, seen| at.saturating_sub(*seen) <= NEAR);
            if last.len() >= group.enough {
                let offset = last.values().copied().min().unwrap_or(*at);
                let algorithm = group.algorithm;
                found.entry(algorithm).or_insert(Constant { algorithm, offset, count: 1 });
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_bytes(data: &[u8], offset: u64) -> Vec<(u64, Word)> {
        let mut hits = Hits::default();
        let grams = super::super::grams::Grams::new(patterns());
        grams.each(data, |index, start| hits.add(index, offset, start));
        hits.0
    }

    fn algorithms(hits: &[(u64, Word)]) -> Vec<&'static str> {
        let mut found = BTreeMap::new();
        cluster(hits, &mut found);
        found.into_keys().collect()
    }

    /// `add eax, word` for each word, with code between.
    fn unrolled(words: &[u32], between: usize) -> Vec<u8> {
        let add = |word: &u32| [&[0x05][..], &(!word).to_le_bytes(), &vec![0x90; between]].concat();
        words.iter().flat_map(add).collect()
    }

    #[test]
    fn an_unrolled_hash_is_found_and_a_few_of_its_words_are_not() {
        for group in GROUPS {
            let code = unrolled(group.words, 20);
            assert!(
                algorithms(&as_bytes(&code, 0)).contains(&group.algorithm),
                "{}",
                group.algorithm
            );
            let few = unrolled(&group.words[..group.enough - 1], 20);
            assert!(algorithms(&as_bytes(&few, 0)).is_empty(), "{}", group.algorithm);
        }
        let far = unrolled(GROUPS[2].words, 8192);
        assert!(algorithms(&as_bytes(&far, 0)).is_empty(), "each word in another function");
        let same = unrolled(&[GROUPS[2].words[0]; 9], 4);
        assert!(algorithms(&as_bytes(&same, 0)).is_empty(), "one word, nine times");
    }

    #[test]
    fn words_of_two_moves_are_put_together() {
        let moves = |word: &u32| {
            let word = !word;
            let movz = 0x5280_0003 | (word & 0xffff) << 5;
            let movk = 0x72a0_0003 | (word >> 16) << 5;
            [movz.to_le_bytes(), 0xd503_201f_u32.to_le_bytes(), movk.to_le_bytes()].concat()
        };
        let code: Vec<u8> = GROUPS[2].words.iter().flat_map(moves).collect();
        assert_eq!(algorithms(&as_moves(&code, 0)), ["SHA-1 K"]);
    }
}
