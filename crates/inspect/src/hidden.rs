//! Byte patterns that must not stand in our own binary, or `fipsmith scan fipsmith` would find them there.

/// A pattern, each byte combined with [`MASK`] by exclusive or.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hidden<const N: usize>([u8; N]);

const MASK: u8 = 0x5a;

impl<const N: usize> Hidden<N> {
    /// Hides a pattern at compile time.
    pub(crate) const fn new(plain: [u8; N]) -> Self {
        let mut hidden = plain;
        let mut i = 0;
        while i < N {
            hidden[i] ^= MASK;
            i += 1;
        }
        Self(hidden)
    }

    /// The pattern. The mask is opaque to the optimiser, so that it cannot store the plain bytes after all.
    pub(crate) fn reveal(&self) -> [u8; N] {
        let mask = std::hint::black_box(MASK);
        self.0.map(|byte| byte ^ mask)
    }
}

/// Text hidden in the same way, where the patterns of a table differ in length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HiddenText(&'static [u8]);

impl HiddenText {
    /// Takes bytes that [`mask`] hid at compile time; the macro [`hidden!`] does both.
    pub(crate) const fn new(hidden: &'static [u8]) -> Self {
        Self(hidden)
    }

    /// Its length in bytes.
    pub(crate) const fn len(self) -> usize {
        self.0.len()
    }

    /// The text.
    pub(crate) fn reveal(self) -> Vec<u8> {
        let mask = std::hint::black_box(MASK);
        self.0.iter().map(|byte| byte ^ mask).collect()
    }
}

/// Hides a text at compile time.
pub(crate) const fn mask<const N: usize>(plain: &[u8; N]) -> [u8; N] {
    Hidden::new(*plain).0
}

/// A text that is not stored as it is.
macro_rules! hidden {
    ($text:literal) => {{
        const HIDDEN: &[u8] = &$crate::hidden::mask($text);
        $crate::hidden::HiddenText::new(HIDDEN)
    }};
}
pub(crate) use hidden;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_pattern_comes_back_and_is_not_stored_as_it_is() {
        let hidden = Hidden::new(*b"expand 32-byte k");
        assert_eq!(&hidden.reveal(), b"expand 32-byte k");
        assert_ne!(&hidden.0, b"expand 32-byte k");
        let text = hidden!(b"CRYPTOGAMS");
        assert_eq!(text.reveal(), b"CRYPTOGAMS");
        assert_ne!(text.0, b"CRYPTOGAMS");
    }
}
