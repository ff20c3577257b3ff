//! The ELF container: what is read, and what is refused.

use crate::elf::{AMD64, ARM64, Elf, PPC, READ, Segment, WRITE};
use crate::program::Program;
use crate::{inspect, reported};
use inspect::facts::{FileKind, Machine, ProgramType};

const BASE: u64 = 0x10_0000;

fn with_dynamic(entries: &[(u64, u64)], strings: &[u8]) -> Elf {
    let mut elf = Elf::new(AMD64);
    let table: Vec<u8> = entries
        .iter()
        .flat_map(|(tag, value)| [AMD64.word(*tag), AMD64.word(*value)].concat())
        .collect();
    elf.dynamic = Some((BASE + 0x100, table.len() as u64));
    let mut bytes = strings.to_vec();
    bytes.resize(0x100, b'x');
    bytes.extend(table);
    elf.segments = vec![Segment { address: BASE, flags: READ, bytes, bss: 0 }];
    elf
}

#[test]
fn both_classes_and_byte_orders_are_read() {
    for (format, machine, bits, little) in [
        (AMD64, Machine::Amd64, 64, true),
        (ARM64, Machine::Arm64, 64, true),
        (PPC, Machine::Other(20), 32, false),
    ] {
        let elf = inspect(&Program::new(format).bytes()).program.unwrap();
        assert_eq!((elf.machine, elf.bits, elf.little_endian), (machine, bits, little));
        assert_eq!(elf.program_type, ProgramType::Executable);
    }
}

#[test]
fn libraries_and_interpreter_are_named_or_a_static_program_would_look_like_any_other() {
    let mut elf = with_dynamic(&[(1, 0), (5, BASE), (1, 5), (0, 0), (1, 9)], b"libA\0libB\0");
    elf.interpreter = Some("/lib/ld.so");
    let facts = inspect(&elf.build());
    let elf = facts.program.unwrap();
    assert_eq!(elf.needed, ["libA", "libB"], "and nothing after the end of the table");
    assert_eq!(elf.interpreter.as_deref(), Some("/lib/ld.so"));
    assert_eq!(facts.problems, []);
}

#[test]
fn library_names_outside_the_file_or_without_an_end_are_problems() {
    for (entries, strings) in [
        (&[(1_u64, 0_u64), (5, 0xdead_0000)][..], &b"lib\0"[..]),
        (&[(1, u64::MAX), (5, BASE)], b"lib\0"),
        (&[(1, 0)], b"lib\0"),
        (&[(1, 0x90), (5, BASE)], &[b'a'; 0x100]),
    ] {
        let mut elf = with_dynamic(entries, strings);
        let length = elf.segments[0].bytes.len();
        elf.segments[0].bytes[..length]
            .iter_mut()
            .skip(0x100 + entries.len() * 16)
            .for_each(|b| *b = b'x');
        let facts = inspect(&elf.build());
        let unread = reported(&facts, "dynamic table", "outside the file");
        assert!(
            unread || facts.program.unwrap().needed.iter().all(|n| n.starts_with('a')),
            "{entries:?}"
        );
    }
}

#[test]
fn more_entries_than_the_limit_are_not_read() {
    let entries: Vec<_> = (0..100).map(|_| (1, 0)).chain([(5, BASE)]).collect();
    let elf = with_dynamic(&entries, b"lib\0");
    let limits = inspect::Limits { elf_entries: 10, ..inspect::Limits::default() };
    let facts = inspect::inspect(&elf.build(), &limits);
    assert!(reported(&facts, "dynamic table", "more than 10 entries"));
}

#[test]
fn a_header_cut_anywhere_is_refused_and_never_a_panic() {
    let bytes = Program::new(AMD64).bytes();
    for length in 0..200 {
        let facts = inspect(&bytes[..length]);
        assert!(facts.go.is_none() && (length < 4 || facts.kind == FileKind::Elf), "{length}");
        assert!(length < 4 || !facts.problems.is_empty(), "{length} bytes, and nothing was said");
    }
}

#[test]
fn an_impossible_class_is_refused() {
    let mut bytes = Program::new(AMD64).bytes();
    bytes[4] = 3;
    let facts = inspect(&bytes);
    assert!(facts.program.is_none() && reported(&facts, "elf header", "neither"));
}

#[test]
fn a_table_of_segments_outside_the_file_is_refused() {
    let mut bytes = Program::new(AMD64).bytes();
    bytes[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(reported(&inspect(&bytes), "program headers", ""));
}

#[test]
fn a_table_of_sections_outside_the_file_is_a_problem_but_the_program_is_still_read() {
    let mut bytes = Program::new(AMD64).bytes();
    bytes[40..48].copy_from_slice(&u64::MAX.to_le_bytes());
    let facts = inspect(&bytes);
    assert!(reported(&facts, "section headers", ""));
    assert!(facts.go.unwrap().packages.contains_key("main"), "found by its segments");
}

#[test]
fn a_segment_that_ends_outside_the_file_is_cut_and_reported() {
    let bytes = Program::new(AMD64).bytes();
    let facts = inspect(&bytes[..bytes.len() - 0x2000]);
    assert!(reported(&facts, "segment", "of which the file holds"));
}

#[test]
fn overlapping_segments_are_reported_because_the_kernel_maps_the_later_one() {
    let mut elf = Program::new(AMD64).elf();
    elf.segments.push(Segment {
        address: elf.segments[1].address + 0x1000,
        flags: READ | WRITE,
        bytes: vec![0; 16],
        bss: 0,
    });
    assert!(reported(&inspect(&elf.build()), "segment", "overlap"));
}

#[test]
fn a_slice_that_begins_at_an_odd_address_is_read_too() {
    let shifted = [&[0][..], &Program::new(AMD64).bytes()].concat();
    assert!(inspect(&shifted[1..]).go.is_some(), "a file inside an archive begins anywhere");
}

#[test]
fn a_file_mapped_over_and_over_is_not_searched_over_and_over() {
    let mut elf = Program::new(AMD64).elf();
    let again = elf.segments[1].clone();
    let mut bytes = {
        elf.segments.extend((0_u64..40).map(|i| Segment {
            address: 0x100_0000 + i * 0x1000,
            bytes: vec![0],
            ..again.clone()
        }));
        elf.build()
    };
    let length = bytes.len() as u64;
    for header in bytes[64..].chunks_exact_mut(56).skip(3).take(40) {
        header[8..16].copy_from_slice(&0_u64.to_le_bytes());
        header[32..40].copy_from_slice(&length.to_le_bytes());
    }
    assert!(reported(&inspect(&bytes), "program headers", "over and over"));
}
