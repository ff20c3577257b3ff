//! IBM Z instructions that Go's compiler uses to load a variable (z/Architecture principles of operation, chapter 7):
//! `LGRL` loads from a fixed distance; `LARL` makes an address, and `LG` and `LMG` load from it.

use super::registers::{Registers, field, signed};
use super::{Reference, Use};
use crate::bytes;

/// Every word that is loaded from a known address in `code`, which is mapped at `address`.
pub(super) fn references(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    let mut registers = Registers::default();
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let instruction = code.get(next..)?;
            let at = address.checked_add(bytes::offset(next))?;
            // The two highest bits of an instruction say how long it is.
            next += match instruction.first()? >> 6 {
                0 => 2,
                1 | 2 => 4,
                _ => 6,
            };
            if let Some(bytes) = instruction.first_chunk()
                && let Some((target, usage)) = step(&mut registers, *bytes, at)
            {
                return Some(Reference { at, target, usage });
            }
        }
    })
}

fn step(registers: &mut Registers, bytes: [u8; 6], at: u64) -> Option<(u64, Use)> {
    let [operation, second, c, d, e, last] = bytes;
    let to = u64::from(second >> 4);
    let distance = i64::from(i32::from_be_bytes([c, d, e, last])) * 2;
    // RSY and RXY: base register and 20 bits of displacement, the upper 8 last.
    let word = u32::from_be_bytes([c, d, e, last]);
    let displacement = signed(field(word, 8, 8) << 12 | field(word, 16, 12), 20);
    let based = registers
        .get(field(word, 28, 4), at)
        .and_then(|value| value.checked_add_signed(displacement));
    match (operation, second & 0xf, last) {
        (0xc4, 8, _) => {
            registers.set(to, None);
            Some((at.checked_add_signed(distance)?, Use::Load))
        }
        (0xc0, 0, _) => {
            let value = at.checked_add_signed(distance);
            registers.set(to, value.map(|value| (value, at)));
            None
        }
        // LG without an index register.
        (0xe3, 0, 0x04) => {
            registers.set(to, None);
            Some((based?, Use::Load))
        }
        (0xeb, _, 0x04) => {
            registers.set(to, None);
            Some((based?, Use::LoadPair))
        }
        _ => None,
    }
}
