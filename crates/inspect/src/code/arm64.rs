//! A64 instructions that form and use an address (Arm ARM, section C6.2). An `ADRP` is followed for a few instructions, and
//! only until another one that is understood writes its register.

use super::registers::{Registers, field, signed};
use super::{Reference, Use};

/// Every address named in `code`, which is mapped at `address`.
pub(super) fn references(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    let mut registers = Registers::default();
    code.chunks_exact(4).zip(0_u64..).filter_map(move |(word, index)| {
        let word = u32::from_le_bytes(*word.first_chunk::<4>()?);
        let at = address.checked_add(index.checked_mul(4)?)?;
        let (target, usage) = step(&mut registers, word, at)?;
        Some(Reference { at, target, usage })
    })
}

fn step(registers: &mut Registers, word: u32, at: u64) -> Option<(u64, Use)> {
    let (low, base) = (field(word, 0, 5), field(word, 5, 5));
    // ADR, ADRP: immhi:immlo is a signed number of 21 bits, of bytes or of pages.
    let distance = signed(field(word, 5, 19) << 2 | field(word, 29, 2), 21);
    if word & 0x9f00_0000 == 0x1000_0000 {
        let target = at.checked_add_signed(distance)?;
        registers.set(low, None);
        Some((target, Use::Address))
    } else if word & 0x9f00_0000 == 0x9000_0000 {
        let page = (at & !0xfff).checked_add_signed(distance << 12);
        registers.set(low, page.map(|page| (page, at)));
        None
    } else if word & 0xff80_0000 == 0x9100_0000 {
        // ADD (immediate), 64 bits: 12 bits, shifted by 12 when bit 22 is set.
        let immediate = field(word, 10, 12) << (12 * field(word, 22, 1));
        let target = registers.get(base, at).and_then(|v| v.checked_add(immediate));
        registers.set(low, target.map(|target| (target, at)));
        Some((target?, Use::Address))
    } else if word & 0xffc0_0000 == 0xf940_0000 {
        // LDR (immediate, unsigned offset), 64 bits: 12 bits, in units of 8.
        let target = registers.get(base, at).and_then(|v| v.checked_add(field(word, 10, 12) * 8));
        registers.set(low, None);
        Some((target?, Use::Load))
    } else if word & 0xffc0_0000 == 0xa940_0000 {
        // LDP (signed offset), 64 bits: a signed number of 7 bits, in units of 8.
        let offset = signed(field(word, 15, 7), 7) * 8;
        let target = registers.get(base, at).and_then(|v| v.checked_add_signed(offset));
        registers.set(low, None);
        registers.set(field(word, 10, 5), None);
        Some((target?, Use::LoadPair))
    } else {
        None
    }
}
