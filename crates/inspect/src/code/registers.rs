//! What registers are known to hold, and bits of instructions.

/// How many bytes of code may lie between the instruction that makes an address and the one that uses it.
const NEAR: u64 = 32;

/// What each register is known to hold, and since which instruction.
#[derive(Debug, Default)]
pub(super) struct Registers([Option<(u64, u64)>; 32]);

impl Registers {
    /// What a register holds at an instruction.
    pub(super) fn get(&self, register: u64, at: u64) -> Option<u64> {
        let (value, since) = (*self.0.get(usize::try_from(register).ok()?)?)?;
        (at.saturating_sub(since) <= NEAR).then_some(value)
    }

    /// A register is written: with a known value and where, or with anything.
    pub(super) fn set(&mut self, register: u64, value: Option<(u64, u64)>) {
        if let Some(slot) = usize::try_from(register).ok().and_then(|r| self.0.get_mut(r)) {
            *slot = value;
        }
    }
}

/// `width` bits of `word` from bit `low`.
pub(super) fn field(word: u32, low: u32, width: u32) -> u64 {
    u64::from(word >> low & ((1 << width) - 1))
}

/// The low `bits` of a value as a signed number.
pub(super) fn signed(value: u64, bits: u32) -> i64 {
    (value << (64 - bits)).cast_signed() >> (64 - bits)
}
