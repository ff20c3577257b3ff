//! Addresses in machine code: just the instructions that compilers use to name data and code at a fixed distance.
//!
//! This is not a disassembler. On amd64 it finds byte patterns, some of which are not instructions at all; on arm64 it
//! follows an address from one instruction to the next. Whoever uses an address must have a second reason to believe it.

use crate::bytes;
use crate::facts::Machine;

/// What an instruction does with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It takes the address itself.
    Address,
    /// It loads the 64-bit word there.
    Load,
    /// It loads two 64-bit words there.
    LoadPair,
}

/// One address, and where it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Address of the instruction.
    pub(crate) at: u64,
    /// The address it names.
    pub(crate) target: u64,
    pub(crate) usage: Use,
}

/// Every address named in `code`, which is mapped at `address`.
pub(crate) fn references(
    machine: Machine,
    code: &[u8],
    address: u64,
) -> Box<dyn Iterator<Item = Reference> + '_> {
    match machine {
        Machine::Amd64 => Box::new(amd64(code, address)),
        Machine::Arm64 => Box::new(arm64(code, address)),
        Machine::Other(_) => Box::new(std::iter::empty()),
    }
}

/// The same, of addresses that are taken and not loaded from: on amd64, half the work.
pub(crate) fn addresses(
    machine: Machine,
    code: &[u8],
    address: u64,
) -> Box<dyn Iterator<Item = Reference> + '_> {
    match machine {
        Machine::Amd64 => {
            let lea = memchr::memchr_iter(0x8d, code);
            Box::new(lea.filter_map(move |opcode| amd64_at(code, address, opcode)))
        }
        _ => Box::new(
            references(machine, code, address).filter(|reference| reference.usage == Use::Address),
        ),
    }
}

/// `lea r64, [rip+d32]` and `mov r64, [rip+d32]` (Intel SDM volume 2, section 2.2.1.6, "RIP-Relative Addressing"):
/// REX.W or REX.WR, opcode 8D or 8B, `ModRM` with mod 0 and r/m 5, then a distance from the next instruction.
fn amd64(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    memchr::memchr2_iter(0x8b, 0x8d, code).filter_map(move |opcode| amd64_at(code, address, opcode))
}

/// The instruction whose opcode stands at an offset.
fn amd64_at(code: &[u8], address: u64, opcode: usize) -> Option<Reference> {
    const LENGTH: u64 = 7;
    let start = opcode.checked_sub(1)?;
    let &[0x48 | 0x4c, opcode, modrm, a, b, c, d] = code.get(start..)?.first_chunk::<7>()? else {
        return None;
    };
    if modrm & 0xc7 != 0x05 {
        return None;
    }
    let at = address.checked_add(bytes::offset(start))?;
    let distance = i64::from(i32::from_le_bytes([a, b, c, d]));
    let target = at.checked_add(LENGTH)?.checked_add_signed(distance)?;
    Some(Reference { at, target, usage: if opcode == 0x8b { Use::Load } else { Use::Address } })
}

/// A64 instructions that form and use an address (Arm ARM, section C6.2). An `ADRP` is followed for at most [`NEAR`]
/// instructions, and only until another one that is understood writes its register.
fn arm64(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    let mut registers = Registers([None; 32]);
    code.chunks_exact(4).zip(0_u64..).filter_map(move |(word, index)| {
        let word = u32::from_le_bytes(*word.first_chunk::<4>()?);
        let at = address.checked_add(index.checked_mul(4)?)?;
        let (target, usage) = registers.step(word, at)?;
        Some(Reference { at, target, usage })
    })
}

/// How many instructions may lie between the one that makes an address and the one that uses it.
const NEAR: u64 = 8;

/// What each register is known to hold, and since which instruction.
struct Registers([Option<(u64, u64)>; 32]);

impl Registers {
    fn step(&mut self, word: u32, at: u64) -> Option<(u64, Use)> {
        let (low, base) = (field(word, 0, 5), field(word, 5, 5));
        // ADR, ADRP: immhi:immlo is a signed number of 21 bits, of bytes or of pages.
        let distance = sign_extend(field(word, 5, 19) << 2 | field(word, 29, 2), 21);
        if word & 0x9f00_0000 == 0x1000_0000 {
            let target = at.checked_add_signed(distance)?;
            self.set(low, None);
            Some((target, Use::Address))
        } else if word & 0x9f00_0000 == 0x9000_0000 {
            let page = (at & !0xfff).checked_add_signed(distance << 12);
            self.set(low, page.map(|page| (page, at)));
            None
        } else if word & 0xff80_0000 == 0x9100_0000 {
            // ADD (immediate), 64 bits: 12 bits, shifted by 12 when bit 22 is set.
            let immediate = field(word, 10, 12) << (12 * field(word, 22, 1));
            let target = self.get(base, at).and_then(|v| v.checked_add(immediate));
            self.set(low, target.map(|target| (target, at)));
            Some((target?, Use::Address))
        } else if word & 0xffc0_0000 == 0xf940_0000 {
            // LDR (immediate, unsigned offset), 64 bits: 12 bits, in units of 8.
            let target = self.get(base, at).and_then(|v| v.checked_add(field(word, 10, 12) * 8));
            self.set(low, None);
            Some((target?, Use::Load))
        } else if word & 0xffc0_0000 == 0xa940_0000 {
            // LDP (signed offset), 64 bits: a signed number of 7 bits, in units of 8.
            let target = self
                .get(base, at)
                .and_then(|v| v.checked_add_signed(sign_extend(field(word, 15, 7), 7) * 8));
            self.set(low, None);
            self.set(field(word, 10, 5), None);
            Some((target?, Use::LoadPair))
        } else {
            None
        }
    }

    fn get(&self, register: u64, at: u64) -> Option<u64> {
        let (value, since) = (*self.0.get(usize::try_from(register).ok()?)?)?;
        (at.saturating_sub(since) <= 4 * NEAR).then_some(value)
    }

    fn set(&mut self, register: u64, value: Option<(u64, u64)>) {
        if let Some(slot) = usize::try_from(register).ok().and_then(|r| self.0.get_mut(r)) {
            *slot = value;
        }
    }
}

/// `width` bits of `word` from bit `low`.
fn field(word: u32, low: u32, width: u32) -> u64 {
    u64::from(word >> low & ((1 << width) - 1))
}

fn sign_extend(value: u64, bits: u32) -> i64 {
    (value << (64 - bits)).cast_signed() >> (64 - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(machine: Machine, code: &[u8], address: u64) -> Vec<(u64, u64, Use)> {
        references(machine, code, address).map(|r| (r.at, r.target, r.usage)).collect()
    }

    #[test]
    fn amd64_loads_and_addresses_are_told_apart_and_others_left_alone() {
        let code = [
            0x48, 0x8b, 0x05, 0x5e, 0xac, 0x52, 0x00, // mov rax, [rip+0x52ac5e]
            0x4c, 0x8d, 0x1d, 0xf9, 0xff, 0xff, 0xff, // lea r11, [rip-7]: itself
            0x48, 0x8b, 0x45, 0x10, 0, 0, 0, // mov rax, [rbp+16]
            0x48, 0x8d, 0x05, // cut short
        ];
        let expected =
            vec![(0x45_d26b, 0x98_7ed0, Use::Load), (0x45_d272, 0x45_d272, Use::Address)];
        assert_eq!(named(Machine::Amd64, &code, 0x45_d26b), expected);
    }

    #[test]
    fn arm64_addresses_are_followed_from_adrp_to_load() {
        let words: [u32; 6] = [
            0x9000_25bb, // adrp x27
            0x9100_c37b, // add x27, x27, #48
            0xa940_0760, // ldp x0, x1, [x27]
            0xf940_0342, // ldr x2, [x26]: unknown register
            0x1023_6cd6, // adr x22, #290200
            0xf940_0760, // ldr x0, [x27, #8]
        ];
        let code: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        let named = named(Machine::Arm64, &code, 0x6_9580);
        let expected = vec![
            (0x6_9584, 0x51_d030, Use::Address),
            (0x6_9588, 0x51_d030, Use::LoadPair),
            (0x6_9590, 0x6_9590 + 290_200, Use::Address),
            (0x6_9594, 0x51_d038, Use::Load),
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn an_address_is_forgotten_when_it_is_old_or_overwritten() {
        let far: Vec<u8> = [0x9000_25bb_u32]
            .into_iter()
            .chain([0xd503_201f; 9])
            .chain([0xa940_0760])
            .flat_map(u32::to_le_bytes)
            .collect();
        assert_eq!(named(Machine::Arm64, &far, 0), vec![]);
        let overwritten: Vec<u8> = [0x9000_25bb_u32, 0xf940_035b, 0xa940_0760]
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect();
        assert_eq!(named(Machine::Arm64, &overwritten, 0), vec![], "ldr x27, [x26] between");
    }

    #[test]
    fn distances_that_leave_the_address_space_are_no_references() {
        let back = [0x48, 0x8b, 0x05, 0, 0, 0, 0x80];
        assert_eq!(named(Machine::Amd64, &back, 0), vec![]);
        assert_eq!(named(Machine::Amd64, &[0x48, 0x8b, 0x05, 0, 0, 0, 0x7f], u64::MAX - 3), vec![]);
        assert_eq!(
            named(Machine::Arm64, &0x10ff_ffe0_u32.to_le_bytes(), 0),
            vec![],
            "adr x0, #-4 at 0"
        );
    }
}
