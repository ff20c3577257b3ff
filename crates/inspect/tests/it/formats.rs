//! Programs in PE and Mach-O files, and parts of programs: what is read, and what is refused.

use crate::containers::{fat, macho, pe};
use crate::elf::{AMD64, ARM64};
use crate::program::Program;
use crate::{inspect, reported};
use inspect::Limits;
use inspect::facts::{BinaryFacts, FileKind, Format, GodebugDefault, Machine, ProgramType};

const X86_64: u32 = 0x0100_0007;
const ARM_64: u32 = 0x0100_000c;

/// Everything that an honest Go program shows.
fn assert_complete(facts: &BinaryFacts) {
    let go = facts.go.as_ref().unwrap();
    assert_eq!(facts.problems, []);
    assert!(go.functions_complete && go.packages.contains_key("crypto/sha256"));
    assert_eq!(go.build_info.as_ref().unwrap().settings["CGO_ENABLED"], "0");
    assert!(
        matches!(&go.godebug_default, GodebugDefault::Value { text, .. } if text == "fips140=on")
    );
    let record = go.fips_info.as_ref().unwrap();
    assert_eq!(record.computed, Some(record.stated));
}

#[test]
fn a_windows_program_shows_what_an_elf_program_shows() {
    for (format, number, machine) in
        [(AMD64, 0x8664, Machine::Amd64), (ARM64, 0xaa64, Machine::Arm64)]
    {
        let facts = inspect(&pe(&Program::new(format), number));
        let program = facts.program.as_ref().unwrap();
        assert_eq!((facts.kind, program.format), (FileKind::Pe, Format::Pe));
        assert_eq!((program.machine, program.bits), (machine, 64));
        assert_eq!(program.program_type, ProgramType::Executable);
        assert_complete(&facts);
    }
}

#[test]
fn a_macos_program_shows_what_an_elf_program_shows() {
    for (format, cpu, machine) in [(AMD64, X86_64, Machine::Amd64), (ARM64, ARM_64, Machine::Arm64)]
    {
        let facts = inspect(&macho(&Program::new(format), cpu, 0));
        let program = facts.program.as_ref().unwrap();
        assert_eq!((facts.kind, program.format), (FileKind::MachO, Format::MachO));
        assert_eq!((program.machine, program.little_endian), (machine, true));
        assert_complete(&facts);
    }
}

#[test]
fn what_lies_between_the_sections_of_a_segment_is_mapped_and_searched_too() {
    let facts = inspect(&macho(&Program::new(AMD64), X86_64, 0x40));
    assert_complete(&facts);
}

#[test]
fn headers_cut_anywhere_or_changed_anywhere_are_refused_and_never_a_panic() {
    let program = Program::new(AMD64);
    for honest in [pe(&program, 0x8664), macho(&program, X86_64, 0)] {
        for length in 4..0x300 {
            let facts = inspect(&honest[..length]);
            assert!(!facts.problems.is_empty(), "{length} bytes, and nothing was said");
        }
        for at in 4..0x300 {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = honest.clone();
                bytes[at] = value;
                let _ = inspect(&bytes);
            }
        }
    }
}

#[test]
fn a_dos_program_is_no_program_that_can_be_read() {
    let facts = inspect(&[&b"MZ"[..], &[0; 200]].concat());
    assert!(facts.program.is_none() && reported(&facts, "pe header", ""));
}

#[test]
fn an_import_table_outside_the_file_is_a_problem() {
    let mut bytes = pe(&Program::new(AMD64), 0x8664);
    // The second data directory, behind the optional header's own 112 bytes.
    bytes[0x98 + 112 + 8..0x98 + 112 + 16].copy_from_slice(&[0x77; 8]);
    assert!(reported(&inspect(&bytes), "import table", ""));
}

#[test]
fn more_sections_than_the_limit_are_not_read() {
    let limits = Limits { elf_entries: 2, ..Limits::default() };
    let program = Program::new(AMD64);
    let windows = inspect::inspect(&pe(&program, 0x8664), &limits);
    assert!(reported(&windows, "section table", "only the first 2"));
    let macos = inspect::inspect(&macho(&program, X86_64, 0), &limits);
    assert!(reported(&macos, "load commands", "only the first 2"));
}

#[test]
fn each_program_of_a_fat_file_is_told_and_the_file_itself_is_none() {
    let (first, second) =
        (macho(&Program::new(AMD64), X86_64, 0), macho(&Program::new(ARM64), ARM_64, 0));
    let file = fat(&[(X86_64, &first), (ARM_64, &second)]);
    let members = inspect::fat_members(&file).unwrap();
    let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["x86_64", "arm64"]);
    for (_, program) in members {
        assert_complete(&inspect(program));
    }
    assert!(reported(&inspect(&file), "mach-o header", "several machines"));
}

#[test]
fn a_fat_file_that_lies_and_a_java_class_have_no_programs() {
    let program = macho(&Program::new(AMD64), X86_64, 0);
    let honest = fat(&[(X86_64, &program)]);
    assert!(inspect::fat_members(&honest[..honest.len() - 1]).is_none(), "cut short");
    assert!(inspect::fat_members(&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 0]).is_none(), "empty");
    let class = [&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 65][..], &[1; 4000]].concat();
    assert!(inspect::fat_members(&class).is_none(), "a Java class");
}

#[test]
fn an_object_file_is_read_by_its_sections() {
    let mut elf = Program::new(AMD64).elf();
    elf.kind = 1;
    // Sections of an object file have no addresses, and nothing is mapped.
    let bytes = elf.build();
    let facts = inspect(&bytes);
    assert_eq!(facts.program.unwrap().program_type, ProgramType::Object);
    assert!(facts.go.unwrap().packages.contains_key("crypto/sha256"));
}

#[test]
fn machines_are_told_by_their_numbers() {
    for (number, machine) in [
        (3, Machine::X86),
        (40, Machine::Arm),
        (8, Machine::Mips),
        (21, Machine::Ppc64),
        (22, Machine::S390x),
        (243, Machine::Riscv64),
        (258, Machine::Loong64),
        (2, Machine::Other(2)),
    ] {
        let mut bytes = Program::new(AMD64).bytes();
        bytes[18..20].copy_from_slice(&u16::to_le_bytes(number));
        assert_eq!(inspect(&bytes).program.unwrap().machine, machine);
    }
}
