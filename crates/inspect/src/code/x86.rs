//! x86 instructions that load or take an address. They are found as byte patterns, some of which are no instructions.

use super::{Reference, Use};
use crate::bytes;

/// `lea r64, [rip+d32]` and `mov r64, [rip+d32]` (Intel SDM volume 2, section 2.2.1.6, "RIP-Relative Addressing"):
/// REX.W or REX.WR, opcode 8D or 8B, `ModRM` with mod 0 and r/m 5, then a distance from the next instruction.
pub(super) fn wide(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    memchr::memchr2_iter(0x8b, 0x8d, code).filter_map(move |opcode| wide_at(code, address, opcode))
}

/// The same, of addresses that are taken and not loaded from: half the work.
pub(super) fn wide_addresses(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    memchr::memchr_iter(0x8d, code).filter_map(move |opcode| wide_at(code, address, opcode))
}

/// The instruction whose opcode stands at an offset.
fn wide_at(code: &[u8], address: u64, opcode: usize) -> Option<Reference> {
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

/// `mov r32, [d32]` (opcode 8B, `ModRM` with mod 0 and r/m 5; opcode A1 for EAX) and `lea r32, [d32]`: without a
/// prefix for 64 bits, the four bytes are the address itself (Intel SDM volume 2, table 2-2).
pub(super) fn narrow(code: &[u8], address: u64) -> impl Iterator<Item = Reference> + '_ {
    let reference = move |at: usize, target: [u8; 4], usage| {
        Some(Reference {
            at: address.checked_add(bytes::offset(at))?,
            target: u32::from_le_bytes(target).into(),
            usage,
        })
    };
    memchr::memchr3_iter(0x8b, 0x8d, 0xa1, code).filter_map(move |at| {
        match *code.get(at..)?.first_chunk::<6>()? {
            [0xa1, a, b, c, d, _] => reference(at, [a, b, c, d], Use::Load),
            [opcode, modrm, a, b, c, d] if modrm & 0xc7 == 0x05 => {
                let usage = if opcode == 0x8b { Use::Load } else { Use::Address };
                reference(at, [a, b, c, d], usage)
            }
            _ => None,
        }
    })
}
