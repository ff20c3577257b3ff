//! RISC-V instructions that Go's compiler uses to load a variable: `AUIPC` and `LD` (RISC-V unprivileged ISA, sections 2.4
//! and 5.3), among compressed ones of half their length (chapter "C").

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
            // The two lowest bits are both set in an instruction of full length.
            let full = instruction.first()? & 3 == 3;
            next += if full { 4 } else { 2 };
            if full && let Some(target) = step(&mut registers, *instruction.first_chunk()?, at) {
                return Some(Reference { at, target, usage: Use::Load });
            }
        }
    })
}

fn step(registers: &mut Registers, instruction: [u8; 4], at: u64) -> Option<u64> {
    let word = u32::from_le_bytes(instruction);
    let (to, base) = (field(word, 7, 5), field(word, 15, 5));
    if word & 0x7f == 0x17 {
        let distance = signed(field(word, 12, 20) << 12, 32);
        registers.set(to, at.checked_add_signed(distance).map(|value| (value, at)));
        return None;
    }
    if word & 0x707f != 0x3003 {
        return None;
    }
    let displacement = signed(field(word, 20, 12), 12);
    let target = registers.get(base, at).and_then(|v| v.checked_add_signed(displacement));
    registers.set(to, None);
    target
}
