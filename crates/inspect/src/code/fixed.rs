//! Machines whose instructions are words, as far as Go's compiler uses them to load a variable: it makes the variable's
//! address, or its upper part, in a register, and loads from there.

use super::registers::{Registers, field, signed};
use super::{Reference, Use};
use crate::bytes::{self, Order};
use crate::facts::Machine;

/// Every word that is loaded from a known address in `code`, which is mapped at `address`.
pub(super) fn references(
    machine: Machine,
    order: Order,
    code: &[u8],
    address: u64,
) -> impl Iterator<Item = Reference> + '_ {
    let mut registers = Registers::default();
    (0..code.len()).step_by(4).filter_map(move |index| {
        let word = order.u32(code, index)?;
        let at = address.checked_add(bytes::offset(index))?;
        let target = match machine {
            Machine::Arm => arm(&mut registers, word, at, |place| {
                let place = usize::try_from(place.checked_sub(address)?).ok()?;
                order.u32(code, place)
            }),
            Machine::Ppc64 => ppc(&mut registers, word, at),
            Machine::Loong64 => loong(&mut registers, word, at),
            _ => None,
        }?;
        Some(Reference { at, target, usage: Use::Load })
    })
}

/// A32 `LDR` (immediate; Arm ARM for v7-A, section A8.8.63 and .64), always executed: from the function's literals, which
/// hold addresses, and from the address in a register.
fn arm(
    registers: &mut Registers,
    word: u32,
    at: u64,
    literal: impl Fn(u64) -> Option<u32>,
) -> Option<u64> {
    if word & 0xff70_0000 != 0xe510_0000 {
        return None;
    }
    let (base, to) = (field(word, 16, 4), field(word, 12, 4));
    let distance = signed(field(word, 0, 12), 13);
    let distance = if field(word, 23, 1) == 1 { distance } else { -distance };
    if base == 15 {
        // The program counter reads as the address of the next instruction but one.
        let place = at.checked_add(8)?.checked_add_signed(distance)?;
        registers.set(to, literal(place).map(|value| (value.into(), at)));
        return None;
    }
    let target = registers.get(base, at).and_then(|v| v.checked_add_signed(distance));
    registers.set(to, None);
    target
}

/// `addis`, `addi` and `ld` (Power ISA, book I, sections 3.3.9 and 3.3.2). A base register of zero means the number zero.
fn ppc(registers: &mut Registers, word: u32, at: u64) -> Option<u64> {
    let (to, base, immediate) =
        (field(word, 21, 5), field(word, 16, 5), signed(field(word, 0, 16), 16));
    let from = if base == 0 { Some(0) } else { registers.get(base, at) };
    match field(word, 26, 6) {
        15 => {
            let value = from.and_then(|v| v.checked_add_signed(immediate << 16));
            registers.set(to, value.map(|value| (value, at)));
            None
        }
        14 => {
            let value = from.and_then(|v| v.checked_add_signed(immediate));
            registers.set(to, value.map(|value| (value, at)));
            None
        }
        // DS form: the two lowest bits tell `ld` (0) from `ldu` and `lwa`.
        58 if field(word, 0, 2) == 0 => {
            let target = registers.get(base, at).and_then(|v| v.checked_add_signed(immediate));
            registers.set(to, None);
            target
        }
        _ => None,
    }
}

/// `pcalau12i`, `addi.d` and `ld.d` (`LoongArch` reference manual, volume 1, sections 2.2.1 and 2.2.5).
fn loong(registers: &mut Registers, word: u32, at: u64) -> Option<u64> {
    let (to, base) = (field(word, 0, 5), field(word, 5, 5));
    if word & 0xfe00_0000 == 0x1a00_0000 {
        let page = at.checked_add_signed(signed(field(word, 5, 20), 20) << 12);
        registers.set(to, page.map(|page| (page & !0xfff, at)));
        return None;
    }
    let sum =
        registers.get(base, at).and_then(|v| v.checked_add_signed(signed(field(word, 10, 12), 12)));
    match word & 0xffc0_0000 {
        0x02c0_0000 => {
            registers.set(to, sum.map(|value| (value, at)));
            None
        }
        0x28c0_0000 => {
            registers.set(to, None);
            sum
        }
        _ => None,
    }
}
