//! Checked reads: every way this crate takes a number or a slice out of foreign bytes.

/// How a file lays out its integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    /// Least significant byte first.
    pub(crate) little: bool,
    /// Pointers take 8 bytes, not 4.
    pub(crate) wide: bool,
}

impl Order {
    /// Bytes in a pointer.
    pub(crate) fn pointer_size(self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let raw = array::<2>(bytes, at)?;
        Some(if self.little { u16::from_le_bytes(raw) } else { u16::from_be_bytes(raw) })
    }

    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let raw = array::<4>(bytes, at)?;
        Some(if self.little { u32::from_le_bytes(raw) } else { u32::from_be_bytes(raw) })
    }

    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Option<u64> {
        let raw = array::<8>(bytes, at)?;
        Some(if self.little { u64::from_le_bytes(raw) } else { u64::from_be_bytes(raw) })
    }

    /// The pointer-sized integer at `at`.
    pub(crate) fn word(self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.wide { self.u64(bytes, at) } else { self.u32(bytes, at).map(u64::from) }
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.first_chunk().copied()
}

/// `len` bytes from `at`, when they exist.
pub(crate) fn slice(bytes: &[u8], at: u64, len: u64) -> Option<&[u8]> {
    let start = usize::try_from(at).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(len).ok()?)?)
}

/// A file offset or length. `usize` is never wider than 64 bits.
pub(crate) fn offset(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// An unsigned LEB128 number, as `encoding/binary.Uvarint` writes it, and the bytes after it. At most ten bytes, and
/// nothing above 64 bits.
pub(crate) fn uvarint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (i, &byte) in bytes.iter().take(10).enumerate() {
        let bits = u64::from(byte & 0x7f);
        let shifted = bits << (7 * i);
        if shifted >> (7 * i) != bits {
            return None;
        }
        value |= shifted;
        if byte < 0x80 {
            return Some((value, bytes.get(i + 1..)?));
        }
    }
    None
}

/// The longest text that is kept from a file, in bytes.
const TEXT: usize = 4096;

/// Foreign text, made UTF-8 and cut; whoever prints it escapes it.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.get(..TEXT).unwrap_or(bytes)).into_owned()
}

/// The bytes before the first NUL; nothing when there is none.
pub(crate) fn c_string(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(..memchr::memchr(0, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_varint_over_64_bits_or_without_an_end_is_refused() {
        assert_eq!(uvarint(&[0x96, 0x01, 7]), Some((150, &[7][..])));
        assert_eq!(
            uvarint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
            Some((u64::MAX, &[][..]))
        );
        assert_eq!(
            uvarint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]),
            None,
            "65 bits"
        );
        assert_eq!(uvarint(&[0x80; 11]), None, "eleven bytes");
        assert_eq!(uvarint(&[0x80]), None, "cut short");
    }

    #[test]
    fn reads_at_and_past_the_end_give_nothing() {
        let order = Order { little: true, wide: true };
        assert_eq!(order.u64(&[1, 0, 0, 0, 0, 0, 0, 0], 0), Some(1));
        assert_eq!(order.u64(&[0; 8], 1), None);
        assert_eq!(order.u32(&[0; 8], usize::MAX), None);
        assert_eq!(slice(&[0; 8], u64::MAX, 1), None);
        assert_eq!(slice(&[0; 8], 1, u64::MAX), None);
    }

    #[test]
    fn big_endian_narrow_words_are_read_as_such() {
        assert_eq!(Order { little: false, wide: false }.word(&[0, 0, 1, 2], 0), Some(0x0102));
    }

    #[test]
    fn long_and_broken_text_is_cut_and_repaired() {
        assert_eq!(text(&[b'a'; 10_000]).len(), TEXT);
        assert_eq!(text(b"a\xff"), "a\u{fffd}");
    }
}
