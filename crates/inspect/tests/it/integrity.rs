//! The integrity record of Go's own module.

use crate::elf::{AMD64, ARM64, Elf, PPC, READ, Segment};
use crate::program::{FIPS_INFO, Program, TEXT};
use crate::{inspect, reported};
use crypto::{HmacSha256, Mac as _};
use vocab::Sha256;

fn patched(address: u64, with: &[u8]) -> Vec<u8> {
    let program = Program::new(AMD64);
    let at = usize::try_from(program.elf().offset(address)).unwrap();
    let mut bytes = program.bytes();
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

#[test]
fn an_honest_record_agrees_with_the_bytes_in_every_form_of_program() {
    for format in [AMD64, ARM64, PPC] {
        for (pie, sections) in [(false, true), (false, false), (true, true)] {
            if pie && format.machine == PPC.machine {
                continue;
            }
            let program = Program { pie, sections, ..Program::new(format) };
            let info = inspect(&program.bytes()).go.unwrap().fips_info.unwrap();
            assert_eq!(info.computed, Some(info.stated), "machine {}, pie: {pie}", format.machine);
            assert_eq!(
                (info.covered, info.offset),
                (0x10 + 4 + 1 + 1, program.elf().offset(FIPS_INFO))
            );
        }
    }
}

#[test]
fn one_changed_byte_of_the_module_or_of_its_value_disagrees() {
    for address in [TEXT, TEXT + 0xf, FIPS_INFO + 16, FIPS_INFO + 47] {
        let info = inspect(&patched(address, &[0xf4])).go.unwrap().fips_info.unwrap();
        assert_ne!(info.computed, Some(info.stated), "{address:#x}");
    }
    let info = inspect(&patched(TEXT + 0x10, &[0xf4])).go.unwrap().fips_info.unwrap();
    assert_eq!(info.computed, Some(info.stated), "a byte that is not covered");
}

#[test]
fn a_record_that_was_never_filled_in_shows_zeros() {
    let info = inspect(&patched(FIPS_INFO + 16, &[0; 32])).go.unwrap().fips_info.unwrap();
    assert_eq!(info.stated, Sha256::from_bytes([0; 32]));
}

#[test]
fn ranges_outside_the_file_are_a_problem_and_give_no_value() {
    for (at, value) in
        [(56, u64::MAX), (64, u64::MAX), (64, TEXT - 1), (64, TEXT + (1 << 40)), (56, 0)]
    {
        let facts = inspect(&patched(FIPS_INFO + at, &value.to_le_bytes()));
        assert!(reported(&facts, "fips information", "outside the file"), "{at}: {value:#x}");
        assert_eq!(facts.go.unwrap().fips_info.unwrap().computed, None);
    }
}

#[test]
fn a_magic_that_does_not_point_to_itself_is_not_the_record() {
    assert_eq!(inspect(&patched(FIPS_INFO + 48, &[0; 8])).go.unwrap().fips_info, None);
}

#[test]
fn a_second_record_is_reported_because_only_one_can_be_the_one_that_runs() {
    let mut elf = Program::new(AMD64).elf();
    let copy = FIPS_INFO + 0x400;
    let record = elf.segments[2].bytes[0x8000..0x8078].to_vec();
    elf.segments[2].bytes[0x8400..0x8478].copy_from_slice(&record);
    elf.segments[2].bytes[0x8430..0x8438].copy_from_slice(&copy.to_le_bytes());
    assert!(reported(&inspect(&elf.build()), "fips information", "2 records"));
}

/// Without it, what lld makes of an honest library would be called tampered.
#[test]
fn a_value_over_the_ranges_as_the_file_stores_them_is_the_linkers_mistake() {
    let mut elf = Program { pie: true, ..Program::new(AMD64) }.elf();
    // A library is mapped from address zero, where the stored pointers lead.
    elf.segments.push(Segment { address: 0, flags: READ, bytes: vec![0; 16], bss: 0 });
    let mut mac = HmacSha256::new(&[0; 32]);
    mac.update(b"go fips object v1\n");
    mac.update(&[0; 4 * 8]);
    let info = |elf: &Elf| inspect(&elf.build()).go.unwrap().fips_info.unwrap();
    assert!(!info(&elf).mislinked, "the right value");
    elf.segments[2].bytes[0x8010..0x8030].copy_from_slice(&mac.finish());
    let found = info(&elf);
    assert!(found.mislinked && found.computed.is_some_and(|computed| computed != found.stated));
    elf.segments[2].bytes[0x8010] ^= 1;
    assert!(!info(&elf).mislinked, "neither value");
}
