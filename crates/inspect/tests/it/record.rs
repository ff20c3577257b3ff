//! The build information record.

use crate::elf::{AMD64, ARM64, Format, PPC};
use crate::program::{BUILD_INFO, DATA, Program, build_info, varint};
use crate::{inspect, reported};
use inspect::Limits;

/// A program whose build information record is `record`.
fn with_record(record: &[u8]) -> Vec<u8> {
    let mut elf = Program::new(AMD64).elf();
    elf.sections.clear();
    elf.segments[2].bytes[..0x1000].fill(0);
    elf.segments[2].bytes[..record.len()].copy_from_slice(record);
    elf.build()
}

fn record_with_length(length: &[u8]) -> Vec<u8> {
    let mut record = b"\xff Go buildinf:\x08\x02".to_vec();
    record.resize(32, 0);
    [&record, length].concat()
}

#[test]
fn the_record_is_found_by_section_and_without_sections() {
    for sections in [true, false] {
        let program = Program { sections, ..Program::new(AMD64) };
        let facts = inspect(&program.bytes());
        let info = facts.go.unwrap().build_info.unwrap();
        assert_eq!(
            (info.go_version.as_str(), info.path.as_str()),
            ("go1.27.4", "cmd"),
            "sections: {sections}"
        );
        assert_eq!(info.offset, program.elf().offset(BUILD_INFO));
        assert_eq!(facts.problems, []);
    }
}

#[test]
fn a_magic_that_is_not_aligned_is_not_the_record() {
    let decoy = build_info("go1.0", "path\tdecoy\n");
    let mut data = vec![0; 8];
    data.extend(decoy);
    data.resize(0x200, 0);
    data.extend(build_info("go1.27.4", "path\thonest\n"));
    let facts = inspect(&with_record(&data));
    assert_eq!(
        facts.go.unwrap().build_info.unwrap().path,
        "honest",
        "debug/buildinfo searches at steps of 16 bytes"
    );
}

#[test]
fn a_record_whose_lengths_lie_is_refused() {
    for (record, why) in [
        (record_with_length(&[0x80; 11]), "not a varint"),
        (record_with_length(&[0xff; 10]), "not a varint"),
        (record_with_length(&varint(0x1000_0000)), "over the limit"),
        (record_with_length(&varint(0x10_0000)), "ends outside the file"),
        ([record_with_length(&[1, b'x']), varint(0x10_0000)].concat(), "ends outside the file"),
    ] {
        let facts = inspect(&with_record(&record));
        assert!(reported(&facts, "build information", why), "{why}: {:?}", facts.problems);
        assert!(facts.go.unwrap().build_info.is_none(), "{why}");
    }
}

#[test]
fn a_record_over_the_callers_limit_is_refused() {
    let limits = Limits { build_info: 20, ..Limits::default() };
    let facts = inspect::inspect(&Program::new(AMD64).bytes(), &limits);
    assert!(reported(&facts, "build information", "over the limit 20"));
}

/// The record of Go 1.17 and before: pointers to two strings, in the byte order that the flags say.
fn with_pointers(format: Format, pointers: [u64; 2]) -> Vec<u8> {
    let mut elf = Program::new(format).elf();
    let version = b"go1.16.7b7";
    let modules = [&[b'<'; 16][..], b"path\tcmd/old\n", &[b'>'; 16]].concat();
    let size = u8::try_from(format.word_size()).unwrap();
    let mut record = [&b"\xff Go buildinf:"[..], &[size, u8::from(!format.little)]].concat();
    record.extend(pointers.map(|pointer| format.word(pointer)).concat());
    record.resize(0x40, 0);
    for (at, length) in [(DATA + 0x80, version.len()), (DATA + 0xa0, modules.len())] {
        record.extend([format.word(at), format.word(length as u64)].concat());
    }
    record.resize(0x80, 0);
    record.extend(version);
    record.resize(0xa0, 0);
    record.extend(modules);
    record.resize(0x200, 0);
    elf.segments[2].bytes[..record.len()].copy_from_slice(&record);
    elf.build()
}

#[test]
fn a_record_before_go_1_18_is_read_through_its_pointers() {
    for format in [AMD64, ARM64, PPC] {
        let second = DATA + 0x40 + 2 * format.word_size() as u64;
        let facts = inspect(&with_pointers(format, [DATA + 0x40, second]));
        let info = facts.go.unwrap().build_info.unwrap();
        assert_eq!((info.go_version.as_str(), info.path.as_str()), ("go1.16.7b7", "cmd/old"));
        assert_eq!(info.version.unwrap().boring_branch, Some(7));
    }
}

#[test]
fn pointers_that_lead_out_of_the_file_are_a_problem() {
    for pointers in [[0, 0], [u64::MAX, DATA], [DATA + 0x90, DATA]] {
        let facts = inspect(&with_pointers(AMD64, pointers));
        assert!(reported(&facts, "build information", "outside the file"), "{pointers:x?}");
        assert!(facts.go.unwrap().build_info.is_none());
    }
}

#[test]
fn a_version_that_is_none_is_a_problem() {
    let record = crate::program::build_info("rubbish \u{1}", "");
    assert!(reported(&inspect(&with_record(&record)), "build information", "is no version of Go"));
}

#[test]
fn a_big_endian_program_has_the_same_record() {
    assert_eq!(
        inspect(&Program::new(PPC).bytes()).go.unwrap().build_info.unwrap().settings["CGO_ENABLED"],
        "0"
    );
}
