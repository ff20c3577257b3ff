//! Addresses in machine code: just the instructions that compilers use to name data and code at a fixed distance.
//!
//! This is not a disassembler. On amd64 it finds byte patterns, some of which are not instructions at all; on arm64 it
//! follows an address from one instruction to the next. Whoever uses an address must have a second reason to believe it.

mod arm64;
mod fixed;
mod registers;
mod riscv64;
mod s390x;
mod x86;

use crate::bytes::Order;
use crate::facts::Machine;

/// What an instruction does with the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// It takes the address itself.
    Address,
    /// It loads the pointer-sized word there.
    Load,
    /// It loads two such words there.
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

/// Every address named in `code`, which is mapped at `address`. Nothing on machines whose code is not understood.
pub(crate) fn references(
    machine: Machine,
    order: Order,
    code: &[u8],
    address: u64,
) -> Box<dyn Iterator<Item = Reference> + '_> {
    match machine {
        Machine::Amd64 => Box::new(x86::wide(code, address)),
        Machine::X86 => Box::new(x86::narrow(code, address)),
        Machine::Arm64 => Box::new(arm64::references(code, address)),
        Machine::Riscv64 => Box::new(riscv64::references(code, address)),
        Machine::S390x => Box::new(s390x::references(code, address)),
        Machine::Arm | Machine::Ppc64 | Machine::Loong64 => {
            Box::new(fixed::references(machine, order, code, address))
        }
        Machine::Mips | Machine::Other(_) => Box::new(std::iter::empty()),
    }
}

/// The same, of addresses that are taken and not loaded from, on the machines that BoringCrypto is made for.
pub(crate) fn addresses(
    machine: Machine,
    code: &[u8],
    address: u64,
) -> Box<dyn Iterator<Item = Reference> + '_> {
    match machine {
        Machine::Amd64 => Box::new(x86::wide_addresses(code, address)),
        Machine::Arm64 => Box::new(
            arm64::references(code, address).filter(|reference| reference.usage == Use::Address),
        ),
        _ => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(machine: Machine, code: &[u8], address: u64) -> Vec<(u64, u64, Use)> {
        let order = Order { little: true, wide: true };
        references(machine, order, code, address).map(|r| (r.at, r.target, r.usage)).collect()
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

    /// Instructions of `runtime.godebugNotify` as Go 1.27 compiles it, with the addresses that `go tool nm` gives for
    /// `runtime.godebugDefault`.
    #[test]
    fn each_machine_loads_both_words_of_the_variable() {
        let big = |words: &[u32]| words.iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<_>>();
        let little = |words: &[u32]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>();
        let machines = [
            (
                Machine::X86,
                vec![0x8b, 0x2d, 0xc0, 0x3c, 0x49, 8, 0x8b, 0x35, 0xc4, 0x3c, 0x49, 8],
                0x80a_bbc4,
                [0x849_3cc0, 0x849_3cc4],
            ),
            (
                Machine::Arm,
                little(&[0xe59f_b008, 0xe59b_3000, 0xe59f_b004, 0xe59b_4000, 0x45_fc70, 0x45_fc74]),
                0x7_c3a0,
                [0x45_fc70, 0x45_fc74],
            ),
            (
                Machine::Riscv64,
                [vec![0x01, 0x26], little(&[0x0038_7517, 0x6ca5_3503, 0x0038_7597, 0x6ca5_b583])]
                    .concat(),
                0x5_94b4,
                [0x3e_0b80, 0x3e_0b88],
            ),
            (
                Machine::Ppc64,
                little(&[0x3ce0_0044, 0x38e7_0ba0, 0xe867_0000, 0xe887_0008]),
                0x7_3ab4,
                [0x44_0ba0, 0x44_0ba8],
            ),
            (
                Machine::Loong64,
                little(&[0x1a00_7c1e, 0x28de_03c4, 0x1a00_7c1e, 0x28de_23c5]),
                0x7_0f04,
                [0x45_0780, 0x45_0788],
            ),
            (
                Machine::S390x,
                [&[0x0d, 0xe1][..], &big(&[0xc428_0020, 0x2a5b_c438, 0x0020_2a5c])].concat(),
                0x7_b768,
                [0x48_0c20, 0x48_0c28],
            ),
        ];
        for (machine, code, address, expected) in machines {
            let order = Order {
                little: machine != Machine::S390x,
                wide: !matches!(machine, Machine::X86 | Machine::Arm),
            };
            let loads = references(machine, order, &code, address);
            let loads: Vec<_> = loads.filter(|r| r.usage == Use::Load).map(|r| r.target).collect();
            assert_eq!(loads, expected, "{machine:?}");
        }
    }

    #[test]
    fn code_that_is_cut_anywhere_ends_the_reading() {
        let order = Order { little: true, wide: true };
        for machine in [
            Machine::X86,
            Machine::Arm,
            Machine::Riscv64,
            Machine::Ppc64,
            Machine::Loong64,
            Machine::S390x,
            Machine::Mips,
        ] {
            for byte in [0, 0x8b, 0xa1, 0xc0, 0xc4, 0xe5, 0xff] {
                for length in 0..16 {
                    let code = vec![byte; length];
                    let found = references(machine, order, &code, u64::MAX - 8);
                    assert!(found.count() <= length, "{machine:?} {byte:#x} {length}");
                }
            }
        }
    }
}
